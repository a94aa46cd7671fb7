"""How long the last takes took, out of a database."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event, insert, update

from components.jobs.database import writing
from components.jobs.job import Destination, State
from components.jobs.rows import new_row
from components.jobs.schema import job, revision
from components.jobs.store import Store
from components.jobs.waits import MOST_KEPT, alike
from tests.jobs.takes import live, order

LIVE, SANDBOX = Destination.LIVE, Destination.SANDBOX
MODEL = order().model
_numbers = itertools.count(1)


def took(store: Store, *seconds: float, **changes: Any) -> None:
    """Takes that were ready so many seconds after they were sent, the newest last."""
    columns = {name: changes.pop(name) for name in ("state", "since", "ready") if name in changes}
    with writing(store._engine) as connection:
        for lasted in seconds:
            number = next(_numbers)
            row = new_row(live(**changes), id=f"{number:032x}", token=str(number), ordinal=0, now=1000.0)
            row |= {
                "state": columns.get("state", State.COMPLETED).value,
                "sent": 1000.0,
                "followed_since": columns.get("since", 1000.0),
                "ready": columns.get("ready", 1000.0 + lasted),
                "next_at": None,
            }
            connection.execute(insert(job).values(row))
        connection.execute(update(revision).values(value=revision.c.value + 1))


@pytest.fixture
def queries(store: Store) -> Iterator[list[str]]:
    """What the database is asked."""
    asked: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    store.revision()  # it is connected
    event.listen(store._engine, "before_cursor_execute", note)
    yield asked
    event.remove(store._engine, "before_cursor_execute", note)


def test_the_last_takes_of_the_same_model_and_place_say_what_to_expect(store: Store) -> None:
    took(store, 100, 120, 140, 160, 180)
    took(store, 9, 9, 9, 9, 9, destination=SANDBOX)
    took(store, 900, 900, 900, 900, 900, model="maker/other")
    found = store.waits.expected(LIVE, MODEL, 5)
    assert found is not None
    assert (found.median, found.low, found.high, found.count, found.ours) == (140, 100, 180, 5, True)


def test_only_takes_whose_end_was_seen_count(store: Store) -> None:
    took(store, 100)
    took(store, 5000, since=5500.0)  # taken up again
    took(store, 50, ready=None)
    took(store, 0, -5)
    took(store, 50)
    with writing(store._engine) as connection:  # damaged
        connection.exec_driver_sql("UPDATE job SET ready = 'late' WHERE ready = 1050")
    for state in (State.FAILED, State.ARCHIVING, State.GENERATING, State.UNKNOWN):
        took(store, 50, state=state)
    assert store.waits.last(LIVE, MODEL) == [(5, 100.0)]


def test_the_newest_thirty_count(store: Store) -> None:
    took(store, *[900] * 40)
    took(store, *[100] * 30)
    found = store.waits.expected(LIVE, MODEL, 5)
    assert found is not None
    assert (found.count, found.low, found.high) == (30, 100, 100)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (5, [1, 2, 3, 4, 5]),  # five of the same length are enough
        (10, [10, 11]),  # 15 is half as long again, and nearly that length
        (12, [10, 11]),
        (4, [1, 2, 3, 4, 5]),
        (30, []),
        (None, [99]),
        (0, []),
    ],
)
def test_similar_is_the_same_length_else_nearly_that(asked: int | None, expected: list[float]) -> None:
    waits = [*((5, float(n)) for n in range(1, 6)), (10, 10.0), (10, 11.0), (None, 99.0), (100, 50.0)]
    assert alike(waits, asked) == expected


def test_the_document_counts_until_there_are_five_and_other_lengths_come_last(store: Store) -> None:
    took(store, 300, 310, 320, 330, 340)
    documented = store.waits.expected(LIVE, MODEL, 15, (300.0, 840.0))
    others = store.waits.expected(LIVE, MODEL, 15)
    assert documented is not None
    assert others is not None
    assert (documented.ours, documented.high) == (False, 840)
    assert (others.ours, others.alike, others.median) == (True, False, 320)


def test_nothing_is_expected_of_a_model_that_never_made_anything(store: Store) -> None:
    assert store.waits.expected(LIVE, "'; drop table job", 5) is None
    assert store.waits.expected(SANDBOX, MODEL, None) is None


def test_as_long_as_the_store_stands_still_the_takes_are_read_once(store: Store, queries: list[str]) -> None:
    took(store, *[100] * 6)
    queries.clear()
    found = [store.waits.expected(LIVE, MODEL, 5) for _ in range(10)]
    assert sum("completed" in query for query in queries) == 1
    assert all(one is found[0] for one in found)
    took(store, *[200] * 30)
    queries.clear()
    anew = store.waits.expected(LIVE, MODEL, 5)
    assert anew is not None
    assert (anew.median, len(queries)) == (200, 2)


def test_the_takes_are_found_by_an_index_alone(store: Store, queries: list[str]) -> None:
    store.waits.last(LIVE, MODEL)
    with store._engine.connect() as connection:
        plan = connection.exec_driver_sql(
            f"EXPLAIN QUERY PLAN {queries[-1]}", (LIVE.value, MODEL, 60, 0)
        ).all()
    assert "job_waits" in str(plan)
    assert "TEMP B-TREE" not in str(plan)


def test_what_is_kept_in_memory_has_an_end(store: Store) -> None:
    for n in range(1, 2 * MOST_KEPT):
        store.waits._kept[LIVE, f"maker/{n}", 5, None] = 0, None
    store.waits.expected(LIVE, MODEL, 5)
    assert len(store.waits._kept) == 1
