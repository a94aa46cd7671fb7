"""What History finds, held against every take looked at one after the other."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from components.jobs.database import open_database, writing
from components.jobs.finding import places
from components.jobs.finding.places import midnight
from components.jobs.finding.view import Choices, Cursor, Sort, Standing, View
from components.jobs.job import Job
from components.jobs.migrations import MIGRATIONS, migrate
from components.jobs.schema import job as table
from components.jobs.store import DATABASE, Store, StoreError
from tests.jobs.finding import plainly
from tests.jobs.finding.plainly import DAY, FIRST, everything, filled, shown
from tests.jobs.takes import order

TAKES = 60
LAST_DAY = int(0.3 * TAKES / 3) + 1


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store of varied takes; nobody changes them."""
    store = Store(tmp_path_factory.mktemp("full") / "data")
    filled(store, TAKES)
    yield store
    store.close()


@pytest.fixture(scope="module")
def takes(full: Store) -> list[Job]:
    """Every take in `full`."""
    return everything(full)


def some_of(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    """None of them most of the time, else one or two, and one that no take has."""
    named = st.lists(st.sampled_from([*filter(None, values), "no such"]), unique=True, min_size=1, max_size=2)
    return st.one_of(st.just(()), st.just(()), named.map(tuple))


def bounds(values: st.SearchStrategy) -> st.SearchStrategy:  # type: ignore[type-arg]
    """Bounds on one side, on both, or, most of the time, none."""
    both = st.tuples(st.none() | values, st.none() | values).map(
        lambda pair: tuple(sorted(pair)) if None not in pair else pair
    )
    return st.one_of(st.just((None, None)), st.just((None, None)), both)


beginnings = st.builds(
    lambda minus, word, letters: minus + word[:letters],
    st.sampled_from(["", "", "-"]),
    st.sampled_from(plainly.WORDS),
    st.integers(1, 8),
)
days = st.integers(-1, LAST_DAY).map(lambda number: date.fromtimestamp(FIRST + number * DAY))
views = st.builds(
    View,
    words=st.one_of(st.just(""), st.lists(beginnings, max_size=3).map(" ".join)),
    standings=some_of(tuple(standing.value for standing in Standing)).map(
        lambda values: tuple(Standing(value) for value in values if value != "no such")
    ),
    models=some_of(tuple(model for model, _, _ in plainly.MODELS)),
    makers=some_of(tuple({maker for _, _, maker in plainly.MODELS})),
    ratios=some_of(("16:9", "9:16", "1:1")),
    projects=some_of(plainly.PROJECTS),
    seconds=bounds(st.integers(0, 16)),
    cents=bounds(st.sampled_from([0, 34, 35, 36, 325, 1200, 10**8])),
    days=bounds(days),
    sound=st.sampled_from([None, None, True, False]),
    starred=st.sampled_from([False, False, True]),
    mine=st.sampled_from([False, False, True]),
    bin=st.booleans(),
    sort=st.sampled_from(list(Sort)),
)
owners = st.sampled_from(plainly.OWNERS)
# With 0 every list by length or cost is asked for rank by rank.
few = st.sampled_from([0, 5, places._FEW])


@given(views, owners, st.integers(1, 70), few)
def test_pages_there_and_back_have_every_take_once_in_the_order_asked_for(
    full: Store, takes: list[Job], view: View, owner: str, limit: int, few: int
) -> None:
    wanted = [job.id for job in shown(takes, view, owner)]
    with patch.object(places, "_FEW", few):
        pages = [full.history.find(view, owner=owner, limit=limit)]
        assert pages[0].newer is None
        while pages[-1].older is not None:
            pages.append(full.history.find(view.at_the_top(before=pages[-1].older), owner=owner, limit=limit))
        assert [job.id for page in pages for job in page.jobs] == wanted
        assert all(len(page.jobs) == limit for page in pages[:-1])
        assert all(page.newer is not None for page in pages[1:])
        back = [pages[-1]]
        while back[-1].newer is not None:
            back.append(full.history.find(view.at_the_top(after=back[-1].newer), owner=owner, limit=limit))
            assert back[-1].older is not None
        assert [job.id for page in reversed(back) for job in page.jobs] == wanted
        assert [job.id for job in full.history.each(view, owner=owner)] == wanted


@given(views, owners, few, st.integers(0, TAKES))
def test_counts_and_neighbours_are_those_of_the_whole_list(
    full: Store, takes: list[Job], view: View, owner: str, few: int, most: int
) -> None:
    wanted = [job.id for job in shown(takes, view, owner)]
    with patch.object(places, "_FEW", few):
        assert full.history.count(view, owner=owner) == len(wanted)
        assert full.history.count(view, owner=owner, most=most) == min(most, len(wanted))
        for place in {0, len(wanted) // 2, len(wanted) - 1} if wanted else ():
            one = next(job for job in takes if job.id == wanted[place])
            beside = full.history.beside(view, one, owner=owner)
            assert beside == (
                wanted[place - 1] if place else None,
                wanted[place + 1] if place + 1 < len(wanted) else None,
            )


@given(views, owners, st.integers(0, 2**60), st.integers(-1, 2000), st.booleans())
def test_from_any_place_in_an_address_what_lies_beyond_it_is_shown(
    full: Store, takes: list[Job], view: View, owner: str, seq: int, rank: int, backwards: bool
) -> None:
    seq %= TAKES * 2
    place = Cursor(seq, rank)
    key = {
        Sort.NEWEST: lambda job: -job.seq,
        Sort.OLDEST: lambda job: job.seq,
        Sort.LONGEST: lambda job: (-_rank(plainly.seconds(job)), -job.seq),
        Sort.DEAREST: lambda job: (-_rank(plainly.cents(job)), -job.seq),
    }[view.sort]
    here = {
        Sort.NEWEST: -seq,
        Sort.OLDEST: seq,
        Sort.LONGEST: (-rank, -seq),
        Sort.DEAREST: (-rank, -seq),
    }[view.sort]
    every = shown(takes, view, owner)
    if backwards:
        wanted = [job.id for job in every if key(job) < here][-5:]
        found = full.history.find(view.at_the_top(after=place), owner=owner, limit=5)
    else:
        wanted = [job.id for job in every if key(job) > here][:5]
        found = full.history.find(view.at_the_top(before=place), owner=owner, limit=5)
    assert [job.id for job in found.jobs] == wanted


def _rank(figure: int | None) -> int:
    return -1 if figure is None else figure


@pytest.mark.parametrize("bin", [False, True])
def test_the_choices_and_the_sizes_are_those_of_all_takes(full: Store, takes: list[Job], bin: bool) -> None:
    found, wanted = full.history.choices(bin=bin), plainly.counted(takes, bin=bin)
    assert found == wanted
    assert full.history.sizes()[bin] == wanted.size
    for counts in (found.standings, found.models, found.makers, found.ratios, found.projects):
        assert list(counts.values()) == sorted(counts.values(), reverse=True)
    assert list(found.seconds) == sorted(found.seconds)
    assert list(found.cents) == sorted(found.cents)


@pytest.mark.parametrize("bin", [False, True])
def test_the_largest_come_first_and_no_more_than_asked_for(full: Store, takes: list[Job], bin: bool) -> None:
    kept = [job for job in takes if job.video and (job.binned is not None) == bin]
    wanted = sorted(kept, key=lambda job: (-job.video.size if job.video else 0, -job.seq))
    assert full.history.largest(bin=bin, limit=3) == tuple(wanted[:3])
    assert full.history.largest(bin=bin, limit=TAKES) == tuple(wanted)


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("at_once", [1, 7, 5000])
def test_ids_alone_come_as_the_takes_do(full: Store, sort: Sort, at_once: int) -> None:
    view = View(sort=sort, sound=True)
    whole = [job.id for job in full.history.each(view)]
    with (
        patch("components.jobs.finding.history._IDS_AT_ONCE", at_once),
        patch("components.jobs.finding.history.to_job", side_effect=AssertionError("a take was read")),
    ):
        assert full.history.ids(view, most=1000) == whole
        assert full.history.ids(view, most=len(whole)) == whole
        assert full.history.ids(view, most=9) == whole[:9]
        assert full.history.ids(View(models=("no such",)), most=9) == []


def test_some_takes_come_in_the_order_of_their_ids_without_those_that_are_gone(
    full: Store, takes: list[Job]
) -> None:
    ids = [job.id for job in takes][::-3]
    assert [job.id for job in full.history.some([ids[0], "gone", "", "\ud83e", *ids[1:]])] == ids
    assert list(full.history.some([])) == []
    many = [takes[number % TAKES].id for number in range(450)]
    assert [job.id for job in full.history.some(many)] == many


@pytest.mark.parametrize(
    "words",
    [
        '"',
        "*",
        "AND",
        "(",
        ":",
        "NEAR(",
        "facets",
        "-",
        '-"',
        "\0",
        "\ud83e",
        "words:yak",
        "{",
        "^yak",
        "_",
        "+",
    ],
)
def test_whatever_is_typed_is_text_and_no_error(full: Store, words: str) -> None:
    for more in ("", " yak", "yak "):
        view = View(words=words + more)
        assert len(list(full.history.each(view))) == full.history.count(view)


@given(st.text(max_size=40))
def test_no_text_breaks_the_search(full: Store, words: str) -> None:
    full.history.find(View(words=words), limit=3)


def test_filters_of_any_text_find_nothing_and_break_nothing(full: Store) -> None:
    for text in ("\ud83e", 'x" OR "h_0', "\0", "x" * 5000):
        view = View(models=(text,), makers=(text,), ratios=(text,), projects=(text,), mine=True)
        assert full.history.find(view, owner=text).jobs == ()


BROKEN = {
    "a state of another version": {"state": "melting"},
    "a request that is none": {"body": [1]},
    "a film without a size": {"video": {"size": 3}},
    "a film that is none": {"video": [7]},
}


@pytest.mark.parametrize("damage", BROKEN.values(), ids=BROKEN)
def test_takes_that_cannot_be_read_are_left_out_and_stop_nothing(
    store: Store, damage: dict[str, object]
) -> None:
    jobs = store.add([order()] * 9, token="a click", now=FIRST)
    broken = {jobs[1].id, jobs[4].id, jobs[5].id}
    with writing(store._engine) as connection:
        connection.execute(update(table).where(table.c.id.in_(broken)).values(**damage, size=7))
    whole = [job.id for job in reversed(jobs) if job.id not in broken]
    for sort in (Sort.NEWEST, Sort.DEAREST):
        assert [job.id for job in store.history.each(View(sort=sort))] == whole
        pages, view = [], View(sort=sort)
        for _ in range(9):
            found = store.history.find(view, limit=2)
            pages += [job.id for job in found.jobs]
            if found.older is None:
                break
            view = view.at_the_top(before=found.older)
        assert pages == whole
    assert [job.id for job in store.history.some([job.id for job in jobs])] == whole[::-1]
    assert store.history.largest() == ()
    assert set(store.sorting.star([job.id for job in jobs], True)) == {job.id for job in jobs}
    assert [job.id for job in store.history.each(View(starred=True))] == whole


def test_a_day_is_whole_and_local(store: Store) -> None:
    noon = date(2026, 3, 14)
    start = midnight(noon)
    for number, moment in enumerate((start - 0.5, start, start + DAY - 0.5, start + DAY)):
        store.add([order(prompt=f"{number}")], token=f"{number}", now=moment)
    found = store.history.each(View(days=(noon, noon)))
    assert [job.order.prompt for job in found] == ["2", "1"]


def test_an_empty_store_has_nothing_and_says_so(store: Store) -> None:
    for sort in Sort:
        for view in (View(sort=sort), View(sort=sort, before=Cursor(5, 2)), View(sort=sort, after=Cursor(5))):
            found = store.history.find(view)
            assert (found.jobs, found.newer) == ((), None)
        assert store.history.find(View(sort=sort)).older is None
    assert store.history.choices() == Choices()
    assert store.history.sizes() == (0, 0)
    assert store.history.count(View(words="yak")) == 0


def test_who_pages_on_while_takes_come_and_go_sees_none_twice_and_misses_none(store: Store) -> None:
    jobs = store.add([order()] * 30, token="a click", now=FIRST)
    seen: list[str] = []
    view = View()
    while True:
        found = store.history.find(view, limit=7)
        seen += [job.id for job in found.jobs]
        store.add([order()], token=f"{len(seen)}", now=FIRST + 1)
        store.cancel(seen[-1], FIRST)
        assert store.delete(seen[-1])  # at the very place of the cursor
        if found.older is None:
            break
        view = view.at_the_top(before=found.older)
    assert seen == [job.id for job in reversed(jobs)]


def test_what_was_made_before_there_was_a_search_is_found(tmp_path: Path) -> None:
    old = open_database(tmp_path / DATABASE)
    film = '{"size": 70, "seconds": 9.9, "width": 720, "height": 1280, "fps": 24.0, "sound": true, "poster": true}'
    with writing(old) as connection:
        migrate(connection, MIGRATIONS[:5])
        for number in range(600):
            connection.exec_driver_sql(
                "insert into job (id, token, ordinal, owner, model, model_name, body, defaults, destination, base_url,"
                " path, prompt, state, created, tries, detail, raw, video) values"
                " (?, ?, 0, 'ann', 'kiosk/one', 'One', '{}', '{}', 'sandbox', 'built-in', '/v2', ?, 'completed', ?, 0,"
                " '', '', ?)",
                (
                    f"{number:032x}",
                    f"{number}",
                    f"quokka {number}",
                    FIRST + number,
                    film if number % 2 else None,
                ),
            )
    old.dispose()
    store = Store(tmp_path)
    assert [job.order.prompt for job in store.history.each(View(words="quok 599"))] == ["quokka 599"]
    assert store.history.count(View(seconds=(10, 10), ratios=("9:16",), sound=True)) == 300
    choices = store.history.choices()
    assert (choices.total, choices.size, choices.models) == (600, 300 * 70, {"kiosk/one": 600})
    assert [job.order.prompt for job in store.history.largest(limit=1)] == ["quokka 599"]
    store.close()


def test_a_store_that_cannot_be_used_says_so_in_a_sentence(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(tmp_path)
    store.close()
    for each in tmp_path.glob(f"{DATABASE}*"):
        each.unlink()
    (tmp_path / DATABASE).write_bytes(
        b"no database at all, but long enough to be read as the head of one" * 20
    )
    with caplog.at_level(logging.ERROR):
        for look in (
            lambda: store.history.find(View()),
            lambda: store.history.count(View()),
            lambda: store.history.choices(),
            lambda: store.sorting.star(["x"], True),
        ):
            with pytest.raises(StoreError, match="not a database"):
                look()
    store.close()
