import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.jobs.pace import CEILING, backoff, next_look

chances = st.floats(0, 1)


@pytest.mark.parametrize(
    ("elapsed", "floor", "expected"),
    [(0, 0.5, 0.5), (0, 5, 5), (10, 0.5, 2), (10, 5, 5), (40, 5, 8), (75, 5, 15), (1e6, 5, 15), (-3, 5, 5)],
)
def test_a_look_comes_after_about_a_fifth_of_the_time_it_has_run(
    elapsed: float, floor: float, expected: float
) -> None:
    assert next_look(elapsed, floor=floor, random=0.5) == pytest.approx(expected)


@given(elapsed=st.floats(0, 1e9), floor=st.sampled_from([0.5, 5.0]), random=chances)
def test_a_look_is_moved_by_a_tenth_at_most(elapsed: float, floor: float, random: float) -> None:
    middle = next_look(elapsed, floor=floor, random=0.5)
    assert 0.9 * middle - 1e-9 <= next_look(elapsed, floor=floor, random=random) <= 1.1 * middle + 1e-9
    assert 0.9 * floor - 1e-9 <= next_look(elapsed, floor=floor, random=random) <= 1.1 * CEILING


@given(tries=st.integers(0, 10**6), random=chances, ceiling=st.floats(1, 1e4))
def test_a_pause_after_failures_doubles_up_to_its_ceiling(tries: int, random: float, ceiling: float) -> None:
    pause = backoff(tries, random=random, ceiling=ceiling)
    assert 0.5 <= pause <= ceiling
    assert backoff(tries + 1, random=random, ceiling=ceiling) >= pause
    assert backoff(60, random=0, ceiling=ceiling) == ceiling
