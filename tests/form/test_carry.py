"""Switching models brings along what fits, and brings back the rest on return."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.catalog.catalog import Catalog
from components.catalog.openapi import read_document
from components.catalog.spec import ALTERNATIVE, VALUE, ModelSpec
from components.form.draft import carry
from tests.catalog.judge import VALUES, document_of, patient

MODELS = Catalog.bundled().models
PRO, TURBO, MASTER, STANDARD, OLDEST = MODELS
LONG = "x" * 10_000


@pytest.mark.parametrize(
    ("old", "values", "new", "kept", "expected"),
    [
        (STANDARD, {"prompt": "a", "aspect_ratio": "1:1", "duration": 10}, MASTER, {}, None),
        (STANDARD, {"prompt": "a", "negative_prompt": "b", "cfg_scale": 0.5}, PRO, {}, None),
        # Not a length of the other model: its own comes back.
        (PRO, {"prompt": "a", "duration": 12}, STANDARD, {"duration": 10}, {"prompt": "a", "duration": 10}),
        (PRO, {"prompt": "a", "duration": 12}, STANDARD, {}, {"prompt": "a"}),
        (STANDARD, {"prompt": "a"}, PRO, {"duration": 12}, {"prompt": "a", "duration": 12}),
        # What only the other has is as it was left there.
        (
            STANDARD,
            {"prompt": "a"},
            PRO,
            {"prompt": "b", "multi_prompt": ["c"]},
            {"prompt": "a", "multi_prompt": ["c"]},
        ),
        (PRO, {"generate_audio": False, "prompt": "a"}, STANDARD, {}, {"prompt": "a"}),
        # An empty field empties nothing.
        (
            STANDARD,
            {"prompt": "", "cfg_scale": None},
            MASTER,
            {"prompt": "b", "cfg_scale": 1},
            {"prompt": "b", "cfg_scale": 1},
        ),
        # A text that is too long is better than none.
        (PRO, {"prompt": LONG}, TURBO, {"prompt": "b"}, {"prompt": LONG}),
        # Shots travel as a board, not here.
        (PRO, {"multi_prompt": ["a", ""]}, TURBO, {}, {}),
        # Wrong types stay behind.
        (PRO, {"prompt": 5, "duration": "5"}, TURBO, {}, {}),
        # Deprecated and unknown fields do not travel.
        (MASTER, {"prompt": "a", "ratio": "1:1", "x": 1}, OLDEST, {}, {"prompt": "a"}),
        (PRO, {}, STANDARD, {"multi_prompt": ["a"], "prompt": "b"}, {"prompt": "b"}),
    ],
)
def test_what_fits_comes_along(
    old: ModelSpec,
    values: dict[str, Any],
    new: ModelSpec,
    kept: dict[str, Any],
    expected: dict[str, Any] | None,
) -> None:
    assert carry(values, old, new, kept) == (values if expected is None else expected)


def test_there_and_back_again_nothing_is_lost() -> None:
    values = {"prompt": "p", "duration": 12, "aspect_ratio": "9:16"}
    for other in MODELS:
        there = carry(values, TURBO, other, {})
        assert there["prompt"] == "p"
        assert there["aspect_ratio"] == "9:16"
        assert carry(there, other, TURBO, values) == values


def test_a_field_of_the_same_name_and_another_kind_stays_behind() -> None:
    one = read_document(
        document_of({"properties": {"seed": {"type": "integer"}, "size": {"enum": ["a", "b"]}}})
    )
    two = read_document(
        document_of({"properties": {"seed": {"type": "string"}, "size": {"enum": ["b", "c"]}}})
    )
    assert carry({"seed": 5, "size": "a"}, one, two, {}) == {}
    assert carry({"seed": 5, "size": "b"}, one, two, {"seed": "x"}) == {"seed": "x", "size": "b"}


def test_of_alternatives_the_value_comes_along_and_finds_its_place() -> None:
    picture = {"type": "string", "format": "uri"}
    pictures = {"type": "array", "items": picture}
    one = read_document(document_of({"properties": {"image_url": {"anyOf": [picture, pictures]}}}))
    other = read_document(document_of({"properties": {"image_url": {"anyOf": [pictures, picture]}}}))
    single = read_document(document_of({"properties": {"image_url": picture}}))
    link = "https://example.com/a.png"
    chosen = {"image_url": {ALTERNATIVE: 0, VALUE: link}}
    assert carry(chosen, one, other, {}) == {"image_url": link}
    assert carry(chosen, one, one, {}) == chosen
    assert carry(chosen, one, single, {}) == {"image_url": link}
    assert carry({"image_url": {ALTERNATIVE: 1, VALUE: [link]}}, one, single, {}) == {}
    assert carry({"image_url": link}, single, one, {}) == {"image_url": link}


def test_an_upload_stays_where_files_are_not_taken() -> None:
    takes = read_document(document_of({"properties": {"image_url": {"type": "string", "format": "uri"}}}))
    only_link = {"type": "string", "format": "uri", "maxLength": 2083}
    refuses = read_document(document_of({"properties": {"image_url": only_link}}))
    values = {"image_url": "upload:" + "0" * 32}
    assert carry(values, takes, takes, {}) == values
    assert carry(values, takes, refuses, {}) == {}


NAMES = st.sampled_from(["prompt", "multi_prompt", "duration", "aspect_ratio", "cfg_scale", "ratio", "x"])


@patient
@given(
    old=st.sampled_from(MODELS),
    new=st.sampled_from(MODELS),
    values=st.dictionaries(NAMES, VALUES) | VALUES,
    kept=st.dictionaries(NAMES, VALUES) | VALUES,
)
def test_whatever_was_kept_nothing_raises_and_only_known_fields_come_out(
    old: ModelSpec, new: ModelSpec, values: Any, kept: Any
) -> None:
    assert all(name in new for name in carry(values, old, new, kept))
