"""Rows of a list, one for each model."""

from __future__ import annotations

import random
from typing import Any

import pytest

from components.catalog.live.listing import MOST_ALIASES, MOST_ROWS, folded, is_video
from components.provider.replies import ModelRow

PRICE = {"kind": "variable"}
ADDRESS = "https://a/docs-json?model=a"


def row(id: str, *aliases: str, **parts: Any) -> ModelRow:
    return ModelRow(id=id, aliases=aliases, **parts)


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        ([row("a"), row("a")], [{"a"}]),
        ([row("a", "b"), row("b")], [{"a", "b"}]),
        ([row("b"), row("a", "b")], [{"a", "b"}]),
        ([row("a", "old"), row("b", "old")], [{"a", "b", "old"}]),
        ([row("a"), row("b"), row("c", "a", "b")], [{"a", "b", "c"}]),
        ([row("a", "b"), row("b", "a"), row("c")], [{"a", "b"}, {"c"}]),
        ([row("a", "x"), row("b", "y")], [{"a", "x"}, {"b", "y"}]),
        ([row("a", "a")], [{"a"}]),
        ([], []),
    ],
)
def test_rows_of_one_model_fold(rows: list[ModelRow], names: list[set[str]]) -> None:
    assert [{found.id, *found.aliases} for found in folded(rows)] == names


def test_the_row_that_tells_its_document_and_its_price_counts_and_has_what_it_lacks_from_the_other() -> None:
    bare = row("new", "old", developer="Maker", name="new", capabilities=("text_to_video",))
    full = row("old", pricing=PRICE, docs_json=ADDRESS, name="Old name", capabilities=("image_to_video",))
    (found,) = folded([bare, full])
    assert (found.id, found.aliases) == ("old", ("new",))
    assert (found.pricing, found.docs_json, found.developer) == (PRICE, ADDRESS, "Maker")
    assert found.name == "Old name"
    assert found.capabilities == ("text_to_video", "image_to_video")


def test_of_two_that_tell_as_much_the_first_counts_unless_the_other_is_known() -> None:
    rows = [row("a", "b", pricing=PRICE), row("b", pricing={"kind": "fixed"})]
    assert folded(rows)[0].id == "a"
    assert folded(rows, apart={"b"})[0].id == "b"


def test_a_row_that_calls_two_known_models_one_does_not_fold_them() -> None:
    found = folded([row("x", "a", "b"), row("a"), row("b")], apart={"a", "b"})
    assert sorted(entry.id for entry in found) == ["a", "b"]


def test_an_alias_that_half_the_list_shares_folds_nothing_more() -> None:
    assert len(folded(row(str(number), "video") for number in range(100))) > 10


def test_a_list_of_any_length_is_bounded() -> None:
    endless = (row(str(number), *map(str, range(10**6, 10**6 + 500))) for number in range(MOST_ROWS + 5))
    found = folded(endless)
    assert sum(1 for entry in found) <= MOST_ROWS
    assert all(len(entry.aliases) <= 8 + MOST_ALIASES for entry in found)


def test_the_order_of_a_list_does_not_decide_what_is_one_model() -> None:
    rows = [row("a", "b"), row("b"), row("c", "d"), row("e", "d"), row("f")]
    expected = {frozenset({"a", "b"}), frozenset({"c", "d", "e"}), frozenset({"f"})}
    for seed in range(20):
        shuffled = random.Random(seed).sample(rows, len(rows))
        assert {frozenset({found.id, *found.aliases}) for found in folded(shuffled)} == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (row("a"), True),
        (row("a", type="internal/video-generations/submit"), True),
        (row("a", type="openai/chat-completions"), False),
        (row("a", type="x", outputs=("video",)), True),
        (row("a", type="x", capabilities=("image_to_video",)), True),
        (row("a", capabilities=("video_to_text",)), False),
    ],
)
def test_only_models_that_make_videos_count(found: ModelRow, expected: bool) -> None:
    assert is_video(found) is expected
