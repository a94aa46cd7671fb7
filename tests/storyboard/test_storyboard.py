"""A board and what can be done to it: every operation, and any sequence of them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.storyboard.storyboard import (
    MOST_SHOTS,
    Board,
    Budget,
    Shot,
    board_from,
    read_board,
)
from tests.storyboard.boards import board, boards, budgets, told

BUDGET = Budget(totals=tuple(range(3, 16)), lengths=tuple(range(1, 16)), most_shots=4, most_text=9, usual=5)
SPARSE = Budget(totals=(5, 10, 20), lengths=(5, 10), usual=10)
UNEVEN = Budget(lengths=(1, 2, 5), usual=2)
FREE = Budget(lengths=tuple(range(1, 61)))

Change = Callable[[Board], Board | None]


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        # A new shot has the usual length, as far as there is room for it; one can be added even where there is none.
        ("", lambda b: b.add(BUDGET), "-5"),
        ("a3", lambda b: b.add(BUDGET), "a3 -5"),
        ("a3 b2 c3", lambda b: b.add(BUDGET, 0), "a3 -5 b2 c3"),
        ("a3 b2 c3", lambda b: b.add(BUDGET, 2), "a3 b2 c3 -5"),
        ("a3 b2 c3", lambda b: b.add(BUDGET, -1), "-5 a3 b2 c3"),
        ("a9 b2", lambda b: b.add(BUDGET), "a9 b2 -4"),
        ("a9 b5", lambda b: b.add(BUDGET), "a9 b5 -1"),
        ("a9 b6", lambda b: b.add(BUDGET), "a9 b6 -1"),
        ("a9 b9", lambda b: b.add(BUDGET), "a9 b9 -1"),
        ("a1 b1 c1 d1", lambda b: b.add(BUDGET), "a1 b1 c1 d1"),
        ("a10", lambda b: b.add(SPARSE), "a10 -10"),
        ("a10 b5", lambda b: b.add(SPARSE), "a10 b5 -5"),
        ("a10 b10", lambda b: b.add(SPARSE), "a10 b10 -5"),
        ("a60 b60", lambda b: b.add(FREE), "a60 b60 -5"),
        # A copy is as long as the shot, and may go over the budget.
        ("a3 b2", lambda b: b.duplicate(BUDGET, 0), "a3 a3 b2"),
        ("a9 b2", lambda b: b.duplicate(BUDGET, 0), "a9 a9 b2"),
        ("a3 b2", lambda b: b.duplicate(BUDGET, 1), "a3 b2 b2"),
        ("a3 b2", lambda b: b.duplicate(BUDGET, 2), "a3 b2"),
        ("a3 b2", lambda b: b.duplicate(BUDGET, -1), "a3 b2"),
        ("a1 b1 c1 d1", lambda b: b.duplicate(BUDGET, 0), "a1 b1 c1 d1"),
        ("a3 b2 c4", lambda b: b.delete(1), "a3 c4"),
        ("a3", lambda b: b.delete(0), ""),
        ("a3 b2", lambda b: b.delete(2), "a3 b2"),
        ("a3 b2", lambda b: b.delete(-1), "a3 b2"),
        ("a3 b2 c4", lambda b: b.keep([2, 0, 0, 17, -1]), "a3 c4"),
        ("a3 b2 c4", lambda b: b.keep([]), ""),
        # The place is the one where the shot stands afterwards.
        ("a3 b2 c4", lambda b: b.move(0, 2), "b2 c4 a3"),
        ("a3 b2 c4", lambda b: b.move(2, 0), "c4 a3 b2"),
        ("a3 b2 c4", lambda b: b.move(0, 1), "b2 a3 c4"),
        ("a3 b2 c4", lambda b: b.move(1, 1), "a3 b2 c4"),
        ("a3 b2 c4", lambda b: b.move(0, 3), "a3 b2 c4"),
        ("a3 b2 c4", lambda b: b.move(-1, 0), "a3 b2 c4"),
        ("a3 b2", lambda b: b.write(1, "z"), "a3 z2"),
        ("a3 b2", lambda b: b.write(1, ""), "a3 -2"),
        ("a3 b2", lambda b: b.write(2, "z"), "a3 b2"),
        # A typed length may go over the budget; one that no shot may have is none.
        ("a3 b2", lambda b: b.set_seconds(BUDGET, 0, 15), "a15 b2"),
        ("a3 b2", lambda b: b.set_seconds(BUDGET, 0, 16), "a3 b2"),
        ("a3 b2", lambda b: b.set_seconds(BUDGET, 0, 0), "a3 b2"),
        ("a3 b2", lambda b: b.set_seconds(BUDGET, 2, 4), "a3 b2"),
        ("a5", lambda b: b.set_seconds(SPARSE, 0, 7), "a5"),
        ("a3 b2", lambda b: b.lengthen(BUDGET, 1), "a3 b3"),
        ("a9 b6", lambda b: b.lengthen(BUDGET, 1), "a9 b6"),
        ("a9 b9", lambda b: b.lengthen(BUDGET, 1), "a9 b9"),
        ("a15", lambda b: b.lengthen(BUDGET, 0), "a15"),
        ("a60", lambda b: b.lengthen(FREE, 0), "a60"),
        ("a5 b10", lambda b: b.lengthen(SPARSE, 0), "a10 b10"),
        ("a5 b5 c5 d5", lambda b: b.lengthen(SPARSE, 0), "a5 b5 c5 d5"),
        ("a7", lambda b: b.lengthen(SPARSE, 0), "a10"),
        ("a3 b2", lambda b: b.lengthen(BUDGET, 2), "a3 b2"),
        ("a3 b2", lambda b: b.shorten(BUDGET, 0), "a2 b2"),
        ("a1 b2", lambda b: b.shorten(BUDGET, 0), "a1 b2"),
        ("a9 b9", lambda b: b.shorten(BUDGET, 0), "a8 b9"),
        ("a10 b5", lambda b: b.shorten(SPARSE, 0), "a5 b5"),
        ("a7", lambda b: b.shorten(SPARSE, 0), "a5"),
        ("a3 b2", lambda b: b.shorten(BUDGET, -1), "a3 b2"),
        ("a3 b2", lambda b: b.put([("x", 4)]), "a3 b2 x4"),
        ("a3 b2", lambda b: b.put([("x", 4)], 0), "x4 b2"),
        ("a3 b2", lambda b: b.put([("x", 4), ("y", 5), ("z", 6)], 1), "a3 x4 y5 z6"),
        ("a3 b2", lambda b: b.put([], 1), "a3 b2"),
        ("a3 b2 c3", lambda b: b.fit(BUDGET, 15), "a6 b4 c5"),
        ("a3 b2 c3", lambda b: b.fit(BUDGET, 8), "a3 b2 c3"),
        ("a3 b2 c3", lambda b: b.fit(BUDGET, 3), "a1 b1 c1"),
        ("a3 b2 c3", lambda b: b.fit(BUDGET, 2), None),
        ("a1 b14", lambda b: b.fit(BUDGET, 3), "a1 b2"),
        ("a1 b14", lambda b: b.fit(BUDGET, 30), "a15 b15"),
        ("a1 b14", lambda b: b.fit(BUDGET, 31), None),
        ("a10 b5", lambda b: b.fit(SPARSE, 20), "a10 b10"),
        ("a10 b5", lambda b: b.fit(SPARSE, 10), "a5 b5"),
        ("a10 b5", lambda b: b.fit(SPARSE, 12), None),
        # What is too large a step for what is missing is left to another shot.
        ("a5 b1", lambda b: b.fit(UNEVEN, 4), "a2 b2"),
        ("", lambda b: b.fit(BUDGET, 5), None),
        ("", lambda b: b.fit(BUDGET, 0), None),
        ("a5", lambda b: b.fit(BUDGET, -5), None),
    ],
)
def test_an_operation_gives_the_board_that_it_says(before: str, change: Change, after: str | None) -> None:
    start = board(before)
    assert told(change(start)) == after
    assert start == board(before)


def test_a_board_knows_its_length_its_cuts_and_whether_it_is_blank() -> None:
    assert (board("").seconds, board("").cuts, board("").rows) == (0, (), ())
    assert (board("a3 b2 c3").seconds, board("a3 b2 c3").cuts) == (8, (0, 3, 5))
    assert board("a3 b2").rows == (("a", 3), ("b", 2))
    assert [board(words).is_blank for words in ("", "-5 -5", "-5 a5")] == [True, True, False]
    assert board_from([(" \n\u00a0\t", 5)]).is_blank


def test_what_is_left_is_counted_from_the_longest_video() -> None:
    assert [BUDGET.left(board(words)) for words in ("", "a3 b2 c3", "a15", "a9 b9")] == [15, 7, 0, -3]
    assert (FREE.longest, FREE.left(board("a60 b60"))) == (None, None)


def test_no_board_grows_beyond_what_any_model_takes() -> None:
    full = board_from([("", 1)] * MOST_SHOTS)
    for budget in (FREE, Budget(most_shots=MOST_SHOTS + 1)):
        assert full.add(budget) is full
        assert full.duplicate(budget, 0) is full


def test_a_copy_is_the_one_behind() -> None:
    first, copied, second = board("a3 b2").duplicate(BUDGET, 0).shots
    assert (first, second) == board("a3 b2").shots
    assert copied == Shot("s3", "a", 3)


@given(st.lists(st.tuples(st.text(), st.integers(1, 99)), max_size=8), st.booleans())
def test_a_board_is_made_of_its_rows(rows: list[tuple[str, int]], write_lengths: bool) -> None:
    made = board_from(iter(rows), write_lengths=write_lengths)
    assert made.rows == tuple(rows)
    assert made.write_lengths is write_lengths
    assert made == Board(write_lengths=write_lengths).put(rows)


@given(st.data())
def test_rows_are_put_over_what_stands_there_and_behind_it(data: st.DataObject) -> None:
    start = data.draw(boards(BUDGET))
    rows = data.draw(st.lists(st.tuples(st.text(max_size=3), st.integers(1, 15)), max_size=5))
    at = data.draw(st.integers(0, len(start.shots)))
    changed = start.put(rows, at)
    assert changed.rows == (*start.rows[:at], *rows, *start.rows[at + len(rows) :])
    stayed = min(len(start.shots), len(changed.shots))
    assert [s.id for s in changed.shots[:stayed]] == [s.id for s in start.shots[:stayed]]


# Any sequence of operations.


def steps(budget: Budget) -> st.SearchStrategy[tuple[str, tuple[Any, ...]]]:
    """The name of an operation and what it is called with; places may be beyond the board."""
    place, text = st.integers(-2, 9), st.text(max_size=4)
    rows = st.lists(st.tuples(text, st.sampled_from(budget.lengths)), max_size=3)
    return st.one_of(
        st.tuples(st.just("add"), st.tuples(st.just(budget), st.none() | st.integers(-1, 9))),
        st.tuples(st.sampled_from(["duplicate", "lengthen", "shorten"]), st.tuples(st.just(budget), place)),
        st.tuples(st.just("set_seconds"), st.tuples(st.just(budget), place, st.integers(-1, 20))),
        st.tuples(st.just("delete"), st.tuples(place)),
        st.tuples(st.just("keep"), st.tuples(st.lists(place))),
        st.tuples(st.just("move"), st.tuples(place, place)),
        st.tuples(st.just("write"), st.tuples(place, text)),
        st.tuples(st.just("put"), st.tuples(rows, st.none() | st.integers(0, 9))),
        st.tuples(st.just("fit"), st.tuples(st.just(budget), st.integers(-1, 40))),
    )


@given(st.data())
def test_any_sequence_of_operations_keeps_the_law_and_can_be_undone(data: st.DataObject) -> None:
    budget = data.draw(budgets())
    history = [data.draw(boards(budget))]
    as_they_were = copy.deepcopy(history)
    for name, arguments in data.draw(st.lists(steps(budget), max_size=12)):
        before = history[-1]
        after = getattr(before, name)(*arguments)
        if after is None:
            assert name == "fit"
            continue
        history.append(after)
        as_they_were.append(copy.deepcopy(after))
        keeps_the_law(name, arguments, before, after, budget)
    while history:
        assert history.pop() == as_they_were.pop()


def keeps_the_law(name: str, arguments: tuple[Any, ...], before: Board, after: Board, budget: Budget) -> None:
    """What no operation may do to a board that was within its bounds."""
    assert all(shot.seconds in budget.lengths for shot in after.shots)
    ids = [shot.id for shot in after.shots]
    assert len(set(ids)) == len(ids)
    assert read_board(after.as_json()) is not None
    assert after.write_lengths is before.write_lengths
    if name in ("add", "duplicate"):
        most = budget.most_shots or MOST_SHOTS
        is_possible = len(before.shots) < most and (name == "add" or 0 <= arguments[1] < len(before.shots))
        assert len(after.shots) == len(before.shots) + is_possible
        assert [shot for shot in after.shots if shot in before.shots] == list(before.shots)
        left = budget.left(before)
        if name == "add" and is_possible and left is not None and left >= budget.lengths[0]:
            assert before.seconds < after.seconds <= before.seconds + left
    elif name == "move":
        assert set(after.shots) == set(before.shots)
    elif name in ("delete", "keep"):
        assert set(after.shots) <= set(before.shots)
        gone = set(before.shots) - set(after.shots)
        assert after.seconds == before.seconds - sum(shot.seconds for shot in gone)
        assert name == "keep" or len(gone) == (0 <= arguments[0] < len(before.shots))
    elif name != "put":
        assert [shot.id for shot in after.shots] == [shot.id for shot in before.shots]
        assert name == "write" or [s.text for s in after.shots] == [s.text for s in before.shots]
    if name == "lengthen" and after != before:
        left = budget.left(after)
        assert left is None or left >= 0
    if name == "shorten":
        assert after.seconds <= before.seconds
