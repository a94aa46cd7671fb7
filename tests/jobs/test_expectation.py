import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.jobs.expectation import ENOUGH, Expectation, expectation

FIVE = [100.0, 110.0, 120.0, 130.0, 140.0]
figures = st.lists(st.one_of(st.floats(), st.floats(0.1, 1e4)), max_size=40)


def told(found: Expectation | None) -> tuple[float, float, float, int, bool]:
    assert found is not None
    return round(found.low), round(found.median), round(found.high), found.count, found.ours


@pytest.mark.parametrize(
    ("alike", "documented", "others", "expected"),
    [
        (FIVE, None, [], (100, 120, 140, 5, True)),
        (FIVE, (60, 180), [], (100, 120, 140, 5, True)),
        (FIVE[:4], (60, 240), [], (60, 120, 240, 0, False)),
        ([], (78, 78), [], (78, 78, 78, 0, False)),
        ([], (300, 840), FIVE, (300, 502, 840, 0, False)),
        ([], None, FIVE, (100, 120, 140, 5, True)),
        (FIVE[:2], None, FIVE, (100, 120, 140, 5, True)),
        (FIVE[:2], None, FIVE[:3], (100, 105, 110, 2, True)),
    ],
)
def test_our_own_takes_count_from_five_on_and_what_is_documented_until_then(
    alike: list[float],
    documented: tuple[float, float] | None,
    others: list[float],
    expected: tuple[float, float, float, int, bool],
) -> None:
    assert told(expectation(alike, documented, others)) == expected


def test_nothing_is_expected_where_nothing_is_known() -> None:
    assert expectation([], None) is None
    assert expectation([0.0, -5.0, math.nan, math.inf], (0, 0)) is None


def test_fewer_than_five_takes_are_no_sentence_and_nothing_is_unusual_by_them() -> None:
    few = expectation(FIVE[:4], None)
    assert few is not None
    assert (few.is_told, few.p90) == (False, None)
    assert few.centre == pytest.approx(115)


def test_takes_of_other_lengths_are_told_apart_and_less_sure() -> None:
    alike, others = expectation(FIVE, None), expectation([], None, FIVE)
    assert alike is not None
    assert others is not None
    assert (alike.alike, others.alike) == (True, False)
    assert others.spread > alike.spread + 0.2


def test_a_night_asleep_is_neither_in_the_range_nor_in_the_guess() -> None:
    found = expectation([*FIVE * 3, 30_000.0], None)
    assert found is not None
    assert (found.low, found.high, found.strays) == (100, 140, True)
    assert found.centre == 120
    assert found.p90 == 140
    assert found.spread < 0.4


def test_few_takes_draw_what_is_documented_towards_them() -> None:
    alone, with_two = expectation([], (100, 100)), expectation([400.0, 400.0], (100, 100))
    assert alone is not None
    assert with_two is not None
    assert (alone.centre, with_two.centre) == (pytest.approx(100), pytest.approx(200))
    assert with_two.spread > alone.spread
    assert told(with_two) == (100, 100, 100, 0, False)


def test_one_figure_that_is_documented_leaves_room_before_it_is_called_longer() -> None:
    found = expectation([], (78, 78))
    assert found is not None
    assert found.p90 is not None
    assert 95 < found.p90 < 120
    wide = expectation([], (300, 840))
    assert wide is not None
    assert wide.p90 == 840


def test_takes_that_lie_close_are_expected_more_closely() -> None:
    close, wide = expectation([100.0, 101.0] * 15, None), expectation([60.0, 100.0, 170.0] * 10, None)
    assert close is not None
    assert wide is not None
    assert close.spread < 0.12
    assert 0.3 < wide.spread < 0.5


@given(
    alike=figures,
    others=figures,
    documented=st.one_of(st.none(), st.tuples(st.floats(), st.floats())),
)
def test_any_figures_survive(
    alike: list[float], others: list[float], documented: tuple[float, float] | None
) -> None:
    found = expectation(alike, documented, others)
    if found is None:
        return
    assert 0 < found.low <= found.median * (1 + 1e-9)
    assert found.median <= found.high * (1 + 1e-9)
    assert 0 < found.centre < math.inf
    assert 0 < found.spread < 5
    assert found.p90 is None or 0 < found.p90 < math.inf
    assert (found.p90 is None) == (not found.is_told)


@given(takes=st.lists(st.floats(1, 1e4), min_size=ENOUGH, max_size=30))
def test_a_tenth_of_our_takes_is_longer_than_usual(takes: list[float]) -> None:
    found = expectation(takes, None)
    assert found is not None
    assert found.median == statistics.median(takes)
    assert found.p90 is not None
    assert sum(seconds > found.p90 for seconds in takes) <= math.ceil(len(takes) / 10)
    assert found.p90 >= found.median
