"""A view and its address: there and back is the same, and no address is an error."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.jobs.finding.view import (
    LONGEST_CHOICE,
    LONGEST_QUERY,
    MOST_CHOICES,
    Cursor,
    Sort,
    Standing,
    View,
)

NOBODY_TYPES = st.characters(codec="utf-8")
texts = st.text(NOBODY_TYPES, min_size=1, max_size=30)
choices = st.lists(texts, unique=True, max_size=4).map(tuple)


def bounds(values: st.SearchStrategy) -> st.SearchStrategy:  # type: ignore[type-arg]
    """Bounds in order, on no side, one, or both."""
    one = st.none() | values
    return st.tuples(one, one).map(lambda pair: tuple(sorted(pair)) if None not in pair else pair)


cursors = st.builds(Cursor, st.integers(0, 10**18 - 1), st.integers(-1, 10**9 - 1))
views = st.builds(
    View,
    words=st.text(NOBODY_TYPES, max_size=LONGEST_QUERY),
    standings=st.lists(st.sampled_from(list(Standing)), unique=True).map(tuple),
    models=choices,
    makers=choices,
    ratios=choices,
    projects=choices,
    seconds=bounds(st.integers(0, 10**8)),
    cents=bounds(st.integers(0, 10**8)),
    days=bounds(st.dates(date(2000, 1, 1), date(2200, 12, 31))),
    sound=st.none() | st.booleans(),
    starred=st.booleans(),
    mine=st.booleans(),
    bin=st.booleans(),
    sort=st.sampled_from(list(Sort)),
)


def read(view: View) -> View:
    """The view that a colleague sees who is given its address."""
    return View.read(parse_qs(urlencode(view.params(), doseq=True)))


@given(views, st.none() | cursors, st.booleans())
def test_a_view_comes_back_from_its_address_as_it_was(view: View, place: Cursor | None, behind: bool) -> None:
    view = view.at_the_top(**{"before" if behind else "after": place})
    assert read(view) == view


@given(views)
def test_the_address_says_only_what_is_not_usual(view: View) -> None:
    assert all(view.params().values())
    assert View().params() == {}
    assert read(View(sort=Sort.OLDEST)).params() == {"sort": "oldest"}


NAMES = [
    "q",
    "state",
    "model",
    "maker",
    "ratio",
    "project",
    "length",
    "cost",
    "from",
    "to",
    "sound",
    "starred",
    "mine",
    "bin",
    "sort",
    "before",
    "after",
    "job",
    "other",
]
LIKELY = [
    "", "-", "3-", "-9", "9-3", "3-9", "yes", "no", "on", "off", "newest", "longest", "running", "5", "5~3", "5~-1",
    "5~", "-1", "0", "1e9", "٣-٩", "٣", "9" * 30, "9" * 30 + "-", "2026-02-30", "2026-02-28", "20260228", "2026-W01-1",
    "0001-01-01", "9999-12-31", "2026-02-28T10:00", "x" * 100_000, "\ud83e", "\0", "5\n", "2026-02-28\n", "3-9\n",
]  # fmt: skip
hostile = st.dictionaries(
    st.sampled_from(NAMES), st.lists(st.sampled_from(LIKELY) | st.text(max_size=12), max_size=3)
)


@given(hostile)
def test_any_address_is_a_view_that_stays_within_its_bounds(params: dict[str, list[str]]) -> None:
    view = View.read(params)
    assert len(view.words) <= LONGEST_QUERY
    for values in (view.models, view.makers, view.ratios, view.projects):
        assert all(0 < len(value) <= LONGEST_CHOICE for value in values)
    for least, most in (view.seconds, view.cents, view.days):
        assert least is None or most is None or least <= most  # type: ignore[operator]
    assert view.before is None or view.after is None
    assert View.read(
        {name: [value] if isinstance(value, str) else value for name, value in view.params().items()}
    ) == (view)


def test_so_many_choices_count_and_no_more() -> None:
    view = View.read({"model": [f"m{number}" for number in range(1000)], "state": ["ready"] * 5 + ["gone"]})
    assert view.models == tuple(f"m{number}" for number in range(MOST_CHOICES))
    assert view.standings == (Standing.READY,)


def test_of_a_parameter_that_is_there_twice_the_last_counts() -> None:
    view = View.read({"q": ["fox", "yak"], "sort": ["oldest", "dearest"]})
    assert (view.words, view.sort) == ("yak", Sort.DEAREST)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2026-02-28", date(2026, 2, 28)),
        ("2026-02-30", None),
        ("1999-12-31", None),
        ("2201-01-01", None),
        ("28.2.2026", None),
    ],
)
def test_a_day_that_makes_no_sense_is_left_out(text: str, days: date | None) -> None:
    assert View.read({"from": [text]}).days == (days, None)


def test_days_in_the_wrong_order_are_left_out_like_other_bounds() -> None:
    view = View.read({"from": ["2026-03-02"], "to": ["2026-03-01"], "length": ["9-3"]})
    assert (view.days, view.seconds) == ((None, None), (None, None))


@given(views, cursors)
def test_narrowed_is_what_leaves_something_out(view: View, place: Cursor) -> None:
    assert not view.everything.narrowed
    assert not view.everything.at_the_top(before=place).narrowed
    assert view.narrowed == (view != View(bin=view.bin, sort=view.sort))
    assert view.everything.at_the_top(starred=True).narrowed
    assert view.at_the_top(before=place).at_the_top().before is None


@given(cursors)
def test_a_place_comes_back_from_its_text(place: Cursor) -> None:
    assert Cursor.read(str(place)) == place


@pytest.mark.parametrize(
    "text", ["", "~", "5~", "~5", "-5", "5~-2", "5~3~1", " 5", "5\n", "٣", "9" * 19, "5~" + "9" * 10]
)
def test_what_names_no_place_is_none(text: str) -> None:
    assert Cursor.read(text) is None
