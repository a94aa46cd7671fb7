"""How models take shots: the limits as their documents have them; the storyboard of a take."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.catalog.catalog import Catalog
from components.catalog.openapi import DocumentError, read_document
from components.catalog.spec import ListOf, Role
from components.jobs.job import Destination, Order
from components.storyboard.shapes import planned, shape_of
from components.storyboard.storyboard import MOST_SECONDS, Board, Budget, Shot
from tests.catalog.judge import body_schema, document_of
from tests.need import shared
from tests.storyboard.shapes import ITEM, OBJECTS, TEXT, TEXTS, TOTAL, UNTIMED, document, item, shape


@pytest.mark.parametrize(
    ("item", "total", "budget"),
    [
        (ITEM, TOTAL, Budget((5, 10), (2, 4, 6), None, 40, 4)),
        (ITEM, None, Budget((), (2, 4, 6), None, 40, 4)),
        (item(prompt={"type": "string"}), TOTAL, Budget((5, 10), (2, 4, 6), None, None, 4)),
        # Without a default, what is nearest to five seconds.
        (item(duration={"type": "integer", "enum": [8, 1, 3]}), None, Budget((), (1, 3, 8), None, 40, 3)),
        (item(duration={"type": "integer", "enum": [-1, 0, 3]}), None, Budget((), (3,), None, 40, 3)),
        (
            item(duration={"type": "integer", "minimum": 2, "maximum": 4, "default": 2}),
            {"type": "integer", "minimum": 3, "maximum": 6},
            Budget((3, 4, 5, 6), (2, 3, 4), None, 40, 2),
        ),
        (
            item(duration={"type": "number", "minimum": 1.5, "maximum": 4.5}),
            {"type": "number", "exclusiveMinimum": False, "minimum": 0, "maximum": 3.5},
            Budget((1, 2, 3), (2, 3, 4), None, 40, 4),
        ),
        (
            item(duration={"type": "integer", "minimum": -3, "maximum": 2}),
            None,
            Budget((), (1, 2), None, 40, 2),
        ),
        # A longer shot than an hour is offered by nobody, whatever a document says.
        (
            item(duration={"type": "integer", "maximum": 10**12}),
            TOTAL,
            Budget((5, 10), tuple(range(1, MOST_SECONDS + 1)), None, 40, 5),
        ),
        # Where the top is open, as long as the video can be; a minute where nobody says.
        (
            item(duration={"type": "integer", "minimum": 7}),
            TOTAL,
            Budget((5, 10), (7, 8, 9, 10), None, 40, 7),
        ),
        (item(duration={"type": "integer"}), TOTAL, Budget((5, 10), tuple(range(1, 11)), None, 40, 5)),
        (item(duration={"type": "integer"}), None, Budget((), tuple(range(1, 61)), None, 40, 5)),
        (TEXT, TOTAL, Budget((5, 10), tuple(range(1, 11)), None, None, 5)),
        (TEXT, {**TOTAL, "default": 10}, Budget((5, 10), tuple(range(1, 11)), None, None, 10)),
        (TEXT, {"type": "integer", "minimum": 3}, Budget((), tuple(range(1, 61)), None, None, 5)),
        (TEXT, {"type": "integer", "enum": [2, 3]}, Budget((2, 3), (1, 2, 3), None, None, 3)),
        ({"type": "string", "maxLength": 12}, None, Budget((), tuple(range(1, 61)), None, 12, 5)),
    ],
)
def test_the_limits_are_those_of_the_document(
    item: dict[str, Any], total: dict[str, Any] | None, budget: Budget
) -> None:
    assert shape(item, total).budget == budget
    few = shape(item, total, maxItems=3, minItems=1)
    assert few.budget.most_shots == 3
    assert few.budget.lengths == budget.lengths


def test_a_shape_knows_where_texts_and_seconds_go() -> None:
    places = [(each.text_name, each.seconds_name) for each in (OBJECTS, TEXTS, UNTIMED)]
    assert places == [("prompt", "duration"), (None, None), ("prompt", None)]
    assert [each.is_text_only for each in (OBJECTS, TEXTS, UNTIMED)] == [False, True, True]
    assert [each.parameter.name for each in (OBJECTS, TEXTS, UNTIMED)] == ["multi_prompt"] * 3
    assert [each.total and each.total.name for each in (OBJECTS, shape(ITEM))] == ["duration", None]


@pytest.mark.parametrize(
    "properties",
    [
        {"prompt": TEXT, "duration": TOTAL},
        {"multi_prompt": TEXT},
        {"multi_prompt": {"type": "array", "items": {"type": "integer"}}},
        {"multi_prompt": {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}}},
        {"multi_prompt": {"type": "array", "items": {"type": "object", "properties": {"duration": TOTAL}}}},
        {"multi_prompt": {"type": "array", "items": {**item(seed=TEXT), "required": ["prompt", "seed"]}}},
        {"multi_prompt": {"type": "array", "items": TEXT, "deprecated": True}},
    ],
)
def test_what_is_no_list_of_texts_and_seconds_is_no_storyboard(properties: dict[str, Any]) -> None:
    assert shape_of(read_document(document_of({"properties": properties}))) is None


def documents() -> list[dict[str, Any]]:
    """Every document that there is and that a form can be made of."""
    bundled = [spec.document for spec in Catalog.bundled().models]
    files = sorted(shared("api/schemas/kling").glob("*.json"))
    found = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    readable = []
    for each in (*bundled, *found):
        try:
            read_document(each)
        except DocumentError:
            continue
        readable.append(each)
    return readable


def test_every_published_list_of_shots_is_a_storyboard_within_its_schema() -> None:
    """Read a second time here, from the schema as it stands."""
    seen = []
    for each in documents():
        spec = read_document(each)
        found = shape_of(spec)
        properties = body_schema(each)["properties"]
        shots = spec.by_role(Role.SHOTS)
        assert (found is not None) == isinstance(shots, ListOf), spec.id
        if found is None:
            continue
        schema = properties[found.parameter.name]
        texts = schema["items"] if found.text_name is None else schema["items"]["properties"][found.text_name]
        totals = properties["duration"]["enum"]
        lengths: list[int] = list(range(1, totals[-1] + 1))
        if found.seconds_name is not None:
            seconds = schema["items"]["properties"][found.seconds_name]
            lengths = seconds.get("enum") or list(range(seconds["minimum"], seconds["maximum"] + 1))
        assert found.budget.totals == tuple(totals)
        assert found.budget.lengths == tuple(lengths)
        assert found.budget.most_shots == schema.get("maxItems")
        assert found.budget.most_text == texts.get("maxLength")
        assert found.budget.usual == int(properties["duration"]["default"])
        seen.append(found.is_text_only)
    assert set(seen) == {True, False}


# What a take was asked for.


def order(body: dict[str, Any], board: Any = None, seconds: int | None = None) -> Order:
    return Order(
        owner="me",
        model="maker/some-model",
        model_name="Some",
        body=body,
        destination=Destination.SANDBOX,
        base_url="built-in",
        path="/v2/video/generations",
        seconds=seconds,
        board=board,
    )


def test_a_take_has_the_board_that_it_was_asked_for_with() -> None:
    spec = read_document(document(TEXT, TOTAL))
    board = Board((Shot("s7", "a", 4), Shot("s3", "b", 1)), write_lengths=False)
    kept = order({"multi_prompt": ["a", "b"]}, board.as_json(), 5)
    assert planned(kept, spec) == board
    assert planned(kept, None) == board


@pytest.mark.parametrize("board", [None, {}, {"shots": [None]}])
def test_a_take_without_a_board_that_can_be_read_has_the_shots_of_its_request(board: Any) -> None:
    spec = read_document(document(TEXT, TOTAL))
    older = order({"multi_prompt": ["a", "b, 2 s"]}, board, 5)
    found = planned(older, spec)
    assert found is not None
    assert found.rows == (("a", 3), ("b, 2 s", 2))
    assert planned(older, None) is None


def test_a_take_of_one_prompt_has_no_board() -> None:
    spec = read_document(document(TEXT, TOTAL))
    bodies: list[dict[str, Any]] = [{"prompt": "a"}, {"multi_prompt": []}, {"multi_prompt": None}, {}]
    for body in bodies:
        assert planned(order(body), spec) is None
    assert planned(order({"multi_prompt": ["a"]}), read_document(document_of({"properties": {}}))) is None
