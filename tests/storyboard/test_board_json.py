"""Boards as plain data: what was written is read, and anything else is a sound board or none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from components.storyboard.storyboard import (
    MOST_CHARACTERS,
    MOST_SECONDS,
    MOST_SHOTS,
    Board,
    Budget,
    Shot,
    board_from,
    read_board,
)
from tests.storyboard.boards import boards, budgets

SHOT = {"id": "s1", "text": "a fox", "seconds": 3}


@given(st.data())
def test_a_board_is_read_as_it_was_written(data: st.DataObject) -> None:
    plain = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=5)
    shots = data.draw(boards(data.draw(budgets())))
    texts = data.draw(st.lists(plain, min_size=len(shots.shots), max_size=len(shots.shots)))
    for n, text in enumerate(texts):
        shots = shots.write(n, text)
    assert read_board(shots.as_json()) == shots
    assert read_board(json.loads(json.dumps(shots.as_json()))) == shots


@pytest.mark.parametrize(
    ("changes", "shot"),
    [
        ({"seconds": 3.0}, Shot("s1", "a fox", 3)),
        ({"seconds": MOST_SECONDS}, Shot("s1", "a fox", MOST_SECONDS)),
        ({"id": "x" * 16}, Shot("x" * 16, "a fox", 3)),
        ({"text": "a\r\nb\rc\ud83d"}, Shot("s1", "a\nb\nc\ufffd", 3)),
        ({"text": "\x00"}, Shot("s1", "\x00", 3)),
        ({"more": [1]}, Shot("s1", "a fox", 3)),
        *[
            ({"seconds": wrong}, None)
            for wrong in (
                *(None, True, "3", [3], 0, -1, 2.5, MOST_SECONDS + 1),
                *(10**400, -(10**400), float("nan"), float("inf"), float("-inf"), 1e308),
            )
        ],
        *[({"id": wrong}, None) for wrong in (None, 1, "", "S1", "x" * 17, "s1\n", "é", "s-1", ["s1"])],
        *[({"text": wrong}, None) for wrong in (None, 5, ["a"], {"a": 1}, b"a")],
    ],
)
def test_a_shot_that_is_none_makes_the_board_none(changes: dict[str, Any], shot: Shot | None) -> None:
    read = read_board({"shots": [{**SHOT, **changes}], "write_lengths": False})
    assert read == (None if shot is None else Board((shot,), False))
    if read is not None:
        assert type(read.shots[0].seconds) is int
    assert read_board({"shots": [{**SHOT, "id": "s2"}, {**SHOT, **changes}]}) is None or shot is not None


@pytest.mark.parametrize(
    "data",
    [
        *(None, [], "board", 7, {}, {"shots": None}, {"shots": {}}, {"shots": "s1"}, {"shots": (SHOT,)}),
        *({"shots": [None]}, {"shots": [[]]}, {"shots": [{}]}, {"shots": [SHOT, 5]}),
        {"shots": [SHOT, SHOT]},
        {"shots": [SHOT], "write_lengths": 1},
        {"shots": [SHOT], "write_lengths": None},
        {"shots": [{**SHOT, "id": f"s{n}"} for n in range(MOST_SHOTS + 1)]},
        {"shots": [{**SHOT, "text": "x" * (MOST_CHARACTERS + 1)}]},
        {
            "shots": [
                {**SHOT, "text": "x" * MOST_CHARACTERS},
                {**SHOT, "id": "s2", "text": "x"},
            ]
        },
    ],
)
def test_what_is_no_board_is_none(data: object) -> None:
    assert read_board(data) is None


def test_the_largest_board_is_read() -> None:
    texts = ["x" * (MOST_CHARACTERS // MOST_SHOTS)] * MOST_SHOTS
    largest = board_from((text, 1) for text in texts)
    assert read_board(largest.as_json()) == largest
    assert read_board({"shots": []}) == Board()


ODD = st.sampled_from(
    [None, True, float("nan"), float("inf"), 10**400, -1, 2.5, "", "s1", "\ud83d", "x" * 17, b"", ()]
)
FIELDS = ["id", "text", "seconds", "shots", "write_lengths"]
ANYTHING = st.recursive(
    ODD | st.text(st.characters(codec=None), max_size=3) | st.integers() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner),
    max_leaves=12,
)
ALMOST = st.fixed_dictionaries(
    {
        "shots": st.lists(
            st.fixed_dictionaries(
                {"id": st.sampled_from(["s1", "s2", "x"]) | ANYTHING, "text": st.text() | ANYTHING},
                optional={"seconds": st.integers(1, 9) | ANYTHING},
            ),
            max_size=3,
        )
    },
    optional={"write_lengths": st.booleans() | ANYTHING},
)


@given(ANYTHING | ALMOST)
@example({"shots": [{"id": "s1", "text": "\ud83d\ude00", "seconds": 1}]})
def test_anything_at_all_is_a_sound_board_or_none(data: Any) -> None:
    read = read_board(data)
    if read is not None:
        assert read_board(read.as_json()) == read
        json.dumps(read.as_json(), ensure_ascii=False).encode()


def test_a_shot_that_is_added_has_an_id_that_can_be_read_again_whatever_the_others_have() -> None:
    shots = tuple(Shot(id, "a", 3) for id in ("s999999999999999", "s2", "s3", "x"))
    board = Board(shots).add(Budget()).duplicate(Budget(), 0)
    assert len({shot.id for shot in board.shots}) == 6
    assert read_board(board.as_json()) == board
