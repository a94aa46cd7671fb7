"""The search index and the kept counts: after any changes they are what writing them anew makes of the takes."""

from __future__ import annotations

import random
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from components.jobs.changes import changed
from components.jobs.database import reading, writing
from components.jobs.finding import index
from components.jobs.finding.history import MOST_COUNTED
from components.jobs.finding.view import Sort, View
from components.jobs.job import State
from components.jobs.schema import job as table
from components.jobs.schema import rank, search_state, tally
from components.jobs.store import Store
from tests.jobs.finding import plainly
from tests.jobs.finding.plainly import FIRST, everything
from tests.jobs.takes import order


def written(store: Store) -> list[Any]:
    """All that the index and the counts say now; counts of nothing aside."""
    with reading(store._engine) as connection:
        return [
            sorted(map(tuple, connection.execute(select(index.search)))),
            sorted(map(tuple, connection.execute(select(rank)))),
            sorted(map(tuple, connection.execute(select(tally).where(tally.c.count != 0)))),
        ]


def anew(store: Store) -> list[Any]:
    """The same, written anew."""
    with writing(store._engine) as connection:
        connection.execute(update(search_state).values(version=-1))
        index.begin_anew(connection)
        index.refresh(connection, connection.execute(select(table.c.seq)).scalars().all())
    return written(store)


def emptied(store: Store) -> None:
    """Takes every take out of the store."""
    with writing(store._engine) as connection:
        changed(connection, connection.execute(delete(table).returning(table.c.seq)).scalars().all())


Step = tuple[str, int, int]
steps = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "add",
                "settle",
                "settle",
                "finish",
                "star",
                "move",
                "rename",
                "note",
                "bin",
                "restore",
                "delete",
                "attach",
                "cancel",
                "follow",
                "unfollow",
                "judge",
            ]
        ),
        st.integers(0, 1000),
        st.integers(0, 1000),
    ),
    min_size=1,
    max_size=25,
)


def taken(store: Store, what: str, which: int, chance: random.Random) -> None:
    """One change of one take, or a few; or none, where it may not be."""
    jobs = everything(store)
    if what == "add" or not jobs:
        orders = [plainly.varied(chance) for _ in range(1 + which % 3)]
        store.add(orders, token=f"{chance.random()}", now=FIRST)
        return
    one = jobs[which % len(jobs)]
    some = [one.id, jobs[which // 2 % len(jobs)].id, "no such"]
    on = chance.random() < 0.6
    text = chance.choice(["", "spring", "quokka", "зелёный"])
    now = one.next_at or FIRST
    match what:
        case "settle":
            store.claim("me", now=now, lease=60, limit=2, in_flight=100)
            state = chance.choice([*State])
            store.settle(
                one.id, "me", state=state, next_at=chance.choice([None, now + 1]), remote_id=text or None
            )
        case "finish":
            store.claim("me", now=now, lease=60, limit=5, in_flight=100)
            came = plainly.video(chance)
            store.settle(
                one.id, "me", state=State.COMPLETED, video=came, usd_spent=chance.choice([None, 0.2])
            )
        case "star":
            store.sorting.star(some, on)
        case "move":
            store.sorting.move(some, text)
        case "rename":
            store.sorting.rename(one.id, text)
        case "note":
            store.sorting.write_note(one.id, text)
        case "bin":
            store.sorting.bin(some, FIRST)
        case "restore":
            store.sorting.restore(some)
        case "delete":
            store.delete(one.id)
        case "attach":
            store.attach(one.id, f"gen-{which}", FIRST)
        case "cancel":
            store.cancel(one.id, FIRST)
        case "follow":
            store.follow(one.id, FIRST)
        case "unfollow":
            store.unfollow(one.id)
        case "judge":
            store.judge_shot(one.id, which % 3, on)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps, st.integers(0, 2**32))
def test_after_any_changes_it_is_what_writing_it_anew_makes(
    store: Store, taking: list[Step], seed: int
) -> None:
    emptied(store)
    assert written(store) == [[], [], []]
    chance = random.Random(seed)
    for what, which, more in taking:
        taken(store, what, which * 1000 + more, chance)
    kept = written(store)
    jobs = everything(store)
    assert [store.history.choices(bin=bin) for bin in (False, True)] == [
        plainly.counted(jobs, bin=bin) for bin in (False, True)
    ]
    assert kept == anew(store)


def test_another_version_is_written_anew_when_the_store_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    plainly.filled(store, 30)
    before = written(store)
    with writing(store._engine) as connection:  # as another version might have left it
        connection.execute(update(index.search).values(words="other tokens", facets="other", size=4))
        connection.execute(update(tally).values(count=77))
    store.close()
    Store(tmp_path).close()  # the same version: nothing is looked at
    assert Store(tmp_path).history.count(View()) == 0
    monkeypatch.setattr(index, "VERSION", index.VERSION + 1)
    store = Store(tmp_path)
    assert written(store) == before
    store.close()


def test_what_was_changed_and_undone_leaves_no_trace(store: Store) -> None:
    ids = plainly.filled(store, 20)
    before = written(store)
    sorting = store.sorting
    resting = sorting.bin(ids, FIRST)
    sorting.restore(resting)
    starred = sorting.star(ids, True)
    sorting.star(starred, False)
    assert written(store) == before
    emptied(store)
    assert written(store) == [[], [], []]


def test_a_change_that_fails_half_way_changes_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = plainly.filled(store, 5)
    before, seen = written(store), store.revision()
    monkeypatch.setattr(index, "_tally", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        store.sorting.star(ids, True)
    assert (written(store), store.revision()) == (before, seen)


def test_more_than_are_counted_are_more_than_that(store: Store) -> None:
    for click in range(11):
        store.add([order(model=f"m/{click % 2}")] * 100, token=f"{click}", now=FIRST)
    assert store.history.count(View()) == MOST_COUNTED
    assert store.history.count(View(models=("m/1",))) == 500
    assert store.history.choices().total == 1100


HOSTILE: dict[str, dict[str, Any]] = {
    "an estimate beyond all numbers": {"estimate": {"usd": "9e999999"}},
    "an estimate in words": {"estimate": {"usd": ["much"]}},
    "no number": {"estimate": {"usd": "NaN"}},
    "less than nothing": {"usd_spent": -3.0},
    "endless": {"usd_spent": float("inf")},
    "a film of words": {"video": {"seconds": "long", "width": "wide", "height": [], "sound": "loud"}},
    "a film of no extent": {"video": {"seconds": 0, "width": 0, "height": 0}},
    "a film as wide as the world": {"video": {"seconds": 1e300, "width": 10**400, "height": 1}},
    "a film that is text": {"video": "film"},
    "a size in words": {"size": "large"},
    "a size that is none": {"size": 2.5},
    "half a character": {"prompt": "fine", "estimate": {"usd": "\ud83e"}},
    "a lot of one word": {"prompt": "z" * 300_000},
    "nothing but signs": {"prompt": "\x01\x1f\u200b" * 1000, "title": "\u202e", "note": '"*()'},
    "a state of another version": {"state": "melting"},
}


@pytest.mark.parametrize("damage", HOSTILE.values(), ids=HOSTILE)
def test_no_row_stops_the_index(store: Store, damage: dict[str, Any]) -> None:
    jobs = store.add([order()] * 2, token="a click", now=FIRST)
    with writing(store._engine) as connection:
        values = {name: value for name, value in damage.items() if name != "size"}
        if values:
            connection.execute(update(table).where(table.c.id == jobs[0].id).values(**values))
        if "size" in damage:
            connection.exec_driver_sql("update job set size = ? where id = ?", (damage["size"], jobs[0].id))
        changed(connection, [job.seq for job in jobs])
    kept = written(store)
    assert [job.id for job in store.history.each(View(words="fox"))][-1:] in ([jobs[0].id], [jobs[1].id])
    assert store.history.choices().total == 2
    assert anew(store) == kept


# As SQL: a column holds whatever was put into it.
ANYTHING = {
    "bytes": "x'00ff'",
    "no UTF-8": "cast(x'41ff80' as text)",
    "text": "'abc'",
    "a number for text": "'1200'",
    "the largest number": "9223372036854775807",
    "an endless number": "9e999",
    "a very large film": """'{"size": 9223372036854775807, "seconds": 9e999, "width": 1e400, "usd": 9e999}'""",
    "a very long text": "replace(hex(zeroblob(200000)), '00', 'ab ')",
}


@pytest.mark.parametrize("held", ANYTHING.values(), ids=ANYTHING)
def test_whatever_a_column_holds_stops_no_other_take(store: Store, held: str) -> None:
    columns = [column.name for column in table.c if column.name != "seq"]
    jobs = store.add([order()] * (len(columns) + 1), token="a click", now=FIRST)
    whole = jobs[-1].id
    with writing(store._engine) as connection:
        for job, column in zip(jobs[:-1], columns, strict=True):
            connection.exec_driver_sql(f"update job set {column} = {held} where seq = {job.seq}")
        changed(connection, [job.seq for job in jobs])
    kept = written(store)
    assert anew(store) == kept
    here, binned = (store.history.choices(bin=bin) for bin in (False, True))
    assert here.total + binned.total == len(jobs)
    assert 0 <= sum(store.history.sizes()) < 2**60
    for sort in Sort:
        assert whole in [job.id for job in store.history.each(View(sort=sort))]
    assert whole in [job.id for job in store.history.each(View(words="fox", models=("maker/model",)))]
    assert whole in [job.id for job in store.page(limit=100).jobs]
    store.history.largest()
    store.claim("me", now=FIRST, lease=60, limit=100, in_flight=100)
    assert store.sorting.star([whole], True)
    for job in store.history.each(View()):  # what is shown of a take is what a take can be
        asdict(job)
        time.localtime(job.created)
