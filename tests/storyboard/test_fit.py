"""Stretching and shrinking a board to a total."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from components.storyboard.storyboard import Budget, board_from
from tests.storyboard.boards import boards, budgets


@given(st.data())
def test_fitting_gives_just_the_total_in_proportion_or_says_that_it_cannot_be(data: st.DataObject) -> None:
    budget = data.draw(budgets(contiguous=True))
    start = data.draw(boards(budget))
    shortest, longest = (len(start.shots) * length for length in (budget.lengths[0], budget.lengths[-1]))
    total = data.draw(st.integers(shortest - 2, longest + 2))
    fitted = start.fit(budget, total)
    assert (fitted is not None) == (bool(start.shots) and shortest <= total <= longest)
    if fitted is None:
        return
    assert fitted.seconds == total
    assert all(type(shot.seconds) is int and shot.seconds in budget.lengths for shot in fitted.shots)
    pairs = list(zip(start.shots, fitted.shots, strict=True))
    for (old, new), (other, fitted_other) in itertools.permutations(pairs, 2):
        assert old.seconds >= other.seconds or new.seconds <= fitted_other.seconds
        assert old.seconds != other.seconds or abs(new.seconds - fitted_other.seconds) <= 1


@given(st.data())
def test_fitting_to_the_present_total_changes_nothing(data: st.DataObject) -> None:
    budget = data.draw(budgets(contiguous=True))
    start = data.draw(boards(budget).filter(lambda board: board.shots))
    assert start.fit(budget, start.seconds) == start


@given(st.data())
def test_no_way_to_fit_is_closer_to_the_proportion(data: st.DataObject) -> None:
    low = data.draw(st.integers(1, 3))
    budget = Budget(lengths=tuple(range(low, low + data.draw(st.integers(1, 6)))))
    seconds = data.draw(st.lists(st.sampled_from(budget.lengths), min_size=1, max_size=4))
    total = data.draw(st.integers(len(seconds) * low, len(seconds) * budget.lengths[-1]))
    fitted = board_from(("", length) for length in seconds).fit(budget, total)
    assert fitted is not None

    def distance(lengths: tuple[int, ...]) -> int:
        """The squared distances to the ideals, over a common denominator: whole numbers, so exact."""
        whole = sum(seconds)
        return sum((length * whole - old * total) ** 2 for old, length in zip(seconds, lengths, strict=True))

    ways = itertools.product(budget.lengths, repeat=len(seconds))
    assert distance(tuple(shot.seconds for shot in fitted.shots)) == min(
        distance(way) for way in ways if sum(way) == total
    )
