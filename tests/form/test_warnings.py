"""What the provider's prose says is warned of in its own words, and never blocks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from components.catalog.openapi import read_document
from components.catalog.spec import Advice, Advises
from components.form.draft import Draft, Problem
from tests.catalog.judge import document_of

FIELDS = {
    "prompt": {"type": "string"},
    "image_url": {"type": "string"},
    "tail": {"type": "string"},
    "sound": {"type": "boolean", "default": True},
    "mode": {"enum": ["std", "pro"]},
}
PLAIN = read_document(document_of({"properties": FIELDS}))
LINK = "https://example.com/a.png"


@pytest.mark.parametrize(
    ("advice", "values", "place"),
    [
        ((Advises.EXACTLY_ONE, ("prompt", "image_url")), {}, "prompt"),
        ((Advises.EXACTLY_ONE, ("prompt", "image_url")), {"prompt": "a"}, None),
        ((Advises.EXACTLY_ONE, ("prompt", "image_url")), {"prompt": "a", "image_url": LINK}, "image_url"),
        ((Advises.AT_MOST_ONE, ("prompt", "image_url")), {}, None),
        ((Advises.AT_MOST_ONE, ("prompt", "image_url")), {"prompt": "a", "image_url": LINK}, "image_url"),
        ((Advises.ONLY_WITH, ("tail", "image_url")), {"tail": "a"}, "tail"),
        ((Advises.ONLY_WITH, ("tail", "image_url")), {"tail": "a", "image_url": LINK}, None),
        ((Advises.ONLY_WITH, ("tail", "mode"), ("pro",)), {"tail": "a", "mode": "std"}, "tail"),
        ((Advises.ONLY_WITH, ("tail", "mode"), ("pro",)), {"tail": "a", "mode": "pro"}, None),
        # A default holds, too.
        ((Advises.ONLY_WITH, ("tail", "sound"), (True,)), {"tail": "a"}, None),
        ((Advises.NOT_WITH, ("tail", "sound"), (True,)), {"tail": "a"}, "tail"),
        ((Advises.NOT_WITH, ("tail", "sound"), (True,)), {"tail": "a", "sound": False}, None),
        ((Advises.NOT_WITH, ("tail", "image_url")), {"tail": "a", "image_url": LINK}, "tail"),
        ((Advises.NOT_WITH, ("tail", "image_url")), {"image_url": LINK}, None),
        ((Advises.NEEDED_IF, ("tail", "mode"), ("pro",)), {"mode": "pro"}, "tail"),
        ((Advises.NEEDED_IF, ("tail", "mode"), ("pro",)), {"mode": "pro", "tail": "a"}, None),
        ((Advises.NEEDED_IF, ("tail", "mode"), ("pro",)), {"mode": "std"}, None),
        ((Advises.NEEDED_IF, ("tail", "image_url")), {"image_url": LINK}, "tail"),
    ],
)
def test_advice_that_is_not_heeded_is_quoted_at_its_field(
    advice: tuple[Any, ...], values: dict[str, Any], place: str | None
) -> None:
    kind, names, *wanted = advice
    spec = replace(PLAIN, advice=(Advice(kind, names, "As we say.", *wanted),))
    draft = Draft(spec, values)
    expected = () if place is None else (Problem((place,), "The provider says: “As we say.”"),)
    assert draft.warnings() == expected
    assert draft.problems() == ()


def test_a_declared_rule_silences_the_advice_on_its_fields() -> None:
    described = {
        "prompt": {
            "type": "string",
            "description": "Either prompt or multi_prompt must be provided, but not both.",
        },
        "multi_prompt": {"type": "array", "items": {"type": "string"}},
    }
    document = document_of({"properties": described})
    assert not read_document(document).advice
    assert read_document(document).rules
    assert read_document(document, {}).advice


@pytest.mark.parametrize("values", [None, [], {"prompt": []}, {"tail": {"a": float("nan")}}, {"mode": {}}])
def test_whatever_is_kept_a_warning_is_never_an_error(values: Any) -> None:
    every = tuple(Advice(kind, ("tail", "mode"), "x", ("pro",)) for kind in Advises)
    assert Draft(replace(PLAIN, advice=every), values).warnings() is not None
