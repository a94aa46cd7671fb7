"""What was made in a period is counted as a plain count of the takes would give it."""

from __future__ import annotations

import statistics
import time
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from components.jobs.job import Destination, State
from components.jobs.store import Store
from components.jobs.summary import MOST_DAYS, Figures, Summary, _parts, _seconds
from tests.jobs.takes import FILM, live, order

TODAY = date(2026, 3, 31)


def at(day: date, hour: int = 12) -> float:
    return time.mktime((day.year, day.month, day.day, hour, 0, 0, 0, 0, -1))


def made(
    store: Store,
    day: date,
    *,
    state: State = State.COMPLETED,
    wait: float = 60,
    usd: float | None = None,
    **asked: Any,
) -> str:
    """A take of that day; its id."""
    when = at(day)
    one = live(**asked) if asked.pop("real", False) else order(**asked)
    [job] = store.add([one], token=f"click {time.monotonic_ns()}", now=when)
    store.claim("me", now=when, lease=60, limit=1, in_flight=100)
    ready = when + wait if state is State.COMPLETED else None
    changes: dict[str, Any] = {
        "sent": when,
        "followed_since": when,
        "ready": ready,
        "usd_spent": usd,
        "next_at": None,
    }
    assert store.settle(job.id, "me", state=state, video=FILM if ready else None, **changes)
    return job.id


def days(summary: Summary) -> dict[date, int]:
    return {day: figures.takes for day, figures in summary.times if figures.takes}


def test_a_period_begins_at_midnight_and_ends_with_the_last_day(store: Store) -> None:
    for back in (0, 6, 7):
        made(store, TODAY - timedelta(days=back))
    week = store.summaries.made(TODAY - timedelta(days=6), TODAY)
    assert week.total.takes == 2
    assert days(week) == {TODAY: 1, TODAY - timedelta(days=6): 1}
    assert len(week.times) == 7
    assert not week.by_month
    assert store.summaries.made(None, TODAY).total.takes == 3


def test_models_people_success_waiting_and_money_are_told_apart(store: Store) -> None:
    made(store, TODAY, wait=30, usd=0.5, real=True, model="a/one")
    made(store, TODAY, wait=90, usd=1.25, real=True, model="a/one", owner="bob")
    made(store, TODAY, wait=50, usd=2.0, model="a/two")
    made(store, TODAY, state=State.FAILED, model="a/one")
    made(store, TODAY, state=State.CANCELLED, model="a/one")
    found = store.summaries.made(TODAY, TODAY)
    assert list(found.models) == ["a/one", "a/two"]
    one = found.models["a/one"]
    assert (one.takes, one.ready, one.failed, one.others) == (4, 2, 1, 1)
    assert (one.usd, one.pretend) == (1.75, 0)
    assert found.models["a/two"].pretend == 2.0
    assert found.total.success == 0.75
    assert found.total.waiting == 50
    assert {owner: figures.takes for owner, figures in found.people.items()} == {"ann": 4, "bob": 1}
    assert store.summaries.made(TODAY, TODAY, models=["a/two"]).total.takes == 1
    assert store.summaries.made(TODAY, TODAY, destination=Destination.LIVE).total.takes == 2
    assert store.summaries.people() == {"ann": 1, "bob": 2}


def test_a_take_counts_in_the_bin_and_no_longer_when_it_is_gone(store: Store) -> None:
    job_id = made(store, TODAY)
    store.sorting.bin([job_id], at(TODAY))
    assert store.summaries.made(TODAY, TODAY).total.takes == 1
    store.bin.empty([job_id], lambda _: None)
    assert store.summaries.made(TODAY, TODAY, now=1e9).total == Figures()


def test_nothing_is_no_figures_and_no_division_by_it(store: Store) -> None:
    found = store.summaries.made(None, TODAY)
    assert found.total == Figures()
    assert (found.total.success, found.total.waiting) == (None, None)
    assert len(found.times) == 1


def test_charges_beyond_all_sense_are_left_out(store: Store) -> None:
    for usd in (float("inf"), -5.0, 1e12, 0.25):
        made(store, TODAY, usd=usd, real=True)
    assert store.summaries.made(TODAY, TODAY).total.usd == 0.25


def test_a_take_that_was_taken_up_again_says_nothing_about_waiting(store: Store) -> None:
    job_id = made(store, TODAY, state=State.FAILED)
    store.claim("me", now=at(TODAY), lease=60, limit=1, in_flight=100)
    with store._engine.begin() as connection:
        connection.exec_driver_sql(
            "update job set state = 'completed', ready = sent + 9000, followed_since = sent + 8000 where id = ?",
            (job_id,),
        )
    assert store.summaries.made(TODAY, TODAY).total.waiting is None


def test_what_is_counted_is_kept_until_something_changes(store: Store) -> None:
    made(store, TODAY)
    first = store.summaries.made(TODAY, TODAY, now=0)
    assert store.summaries.made(TODAY, TODAY, now=1e9) is first
    made(store, TODAY)
    assert store.summaries.made(TODAY, TODAY, now=1e9).total.takes == 2


def test_the_clock_of_a_take_may_have_been_wrong(store: Store) -> None:
    made(store, date(1971, 1, 2))
    found = store.summaries.made(None, TODAY)
    assert found.by_month
    assert found.total.takes == 1
    assert len(found.times) < 130


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 800))
def test_days_and_months_cover_a_period_without_gap_or_overlap(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    parts = list(_parts(first, last, length >= MOST_DAYS))
    assert parts[0][0] == first
    assert parts[-1][1] == last
    assert all(start <= end for start, end in parts)
    assert all(end + timedelta(days=1) == start for (_, end), (start, _) in pairwise(parts))


@given(st.lists(st.floats(0, 80_000), min_size=1, max_size=40))
def test_the_median_wait_is_near_the_true_one(waits: list[float]) -> None:
    figures = Figures()
    for wait in waits:
        step = (
            int(wait)
            if wait < 120
            else 120 + int((wait - 120) / 10)
            if wait < 1200
            else 228 + int((wait - 1200) / 60)
        )
        figures.add("live", "completed", step, 1, None)
    lower = statistics.median_low(waits)
    assert figures.waiting is not None
    assert abs(figures.waiting - lower) <= (1 if lower < 120 else 5 if lower < 1200 else 30)


def test_a_step_beyond_the_last_is_a_day() -> None:
    assert _seconds(10_000) == 86_400
