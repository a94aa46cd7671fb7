"""Lines of descent: back to the first, forth to the newest, and never for ever."""

import pytest
from sqlalchemy import update

from components.jobs.family import Ancestor
from components.jobs.job import Job, Kin
from components.jobs.schema import job as table
from components.jobs.store import Store
from tests.jobs.takes import order

NOBODY = "f" * 32


def add(store: Store, parent: str | None = None, *, takes: int = 1) -> list[Job]:
    one = order(parent=parent, kin=Kin.AGAIN.value if parent else "")
    return store.add([one] * takes, token=f"click {store.revision()}", now=1.0)


def chain(store: Store, length: int) -> list[Job]:
    jobs = add(store)
    while len(jobs) < length:
        jobs += add(store, jobs[-1].id)
    return jobs


def delete(store: Store, one: Job) -> None:
    assert store.cancel(one.id, 2.0)
    assert store.delete(one.id)


def test_a_take_that_comes_from_nothing_has_no_line(store: Store) -> None:
    [one] = add(store)
    line, children = store.family.line(one), store.family.children(one.id)
    assert (line.ancestors, line.goes_on) == ((), False)
    assert (children.jobs, children.count) == ((), 0)


def test_a_line_leads_back_to_the_first_the_nearest_first(store: Store) -> None:
    jobs = chain(store, 4)
    line = store.family.line(jobs[-1])
    assert [step.job for step in line.ancestors] == jobs[-2::-1]
    assert not line.goes_on


def test_a_line_ends_at_what_was_deleted_and_names_it(store: Store) -> None:
    jobs = chain(store, 4)
    delete(store, jobs[1])
    line = store.family.line(jobs[-1])
    assert line.ancestors == (Ancestor(jobs[2].id, jobs[2]), Ancestor(jobs[1].id, None))
    assert not line.goes_on


@pytest.mark.parametrize("parent", ["", "nonsense", "\ud83e", "' or 1=1 --", NOBODY])
def test_whatever_stands_where_a_parent_should_the_line_ends(store: Store, parent: str) -> None:
    [one] = add(store)
    broken = Job(**{**one.__dict__, "order": order(parent=parent)})
    assert not any(step.job for step in store.family.line(broken).ancestors)


def test_a_long_line_is_followed_so_far_and_says_that_it_goes_on(store: Store) -> None:
    jobs = chain(store, 7)
    line = store.family.line(jobs[-1], farthest=3)
    assert [step.job for step in line.ancestors] == jobs[-2:-5:-1]
    assert line.goes_on
    assert not store.family.line(jobs[3], farthest=3).goes_on


def test_a_line_that_runs_in_a_circle_ends_where_it_closes(store: Store) -> None:
    first, second, third = chain(store, 3)
    with store._engine.begin() as connection:
        connection.execute(update(table).where(table.c.id == first.id).values(parent=third.id))
    line = store.family.line(third)
    assert [step.id for step in line.ancestors] == [second.id, first.id]
    assert not line.goes_on


def test_a_take_that_names_itself_is_neither_its_parent_nor_its_child(store: Store) -> None:
    [one] = add(store)
    with store._engine.begin() as connection:
        connection.execute(update(table).where(table.c.id == one.id).values(parent=one.id))
    itself = store.get(one.id)
    assert itself is not None
    assert store.family.line(itself).ancestors == ()
    assert store.family.children(one.id).count == 0


def test_children_come_newest_first_and_are_counted_beyond_those_shown(store: Store) -> None:
    [one] = add(store)
    jobs = add(store, one.id, takes=5)
    add(store, jobs[0].id)  # a grandchild
    children = store.family.children(one.id, most=3)
    assert list(children.jobs) == jobs[:1:-1]
    assert children.count == 5


def test_a_child_in_the_bin_is_not_shown(store: Store) -> None:
    [one] = add(store)
    away, stays = add(store, one.id, takes=2)
    assert store.cancel(away.id, 2.0)
    assert store.sorting.bin([away.id], 3.0)
    children = store.family.children(one.id)
    assert (children.jobs, children.count) == ((stays,), 1)


def test_both_are_found_by_an_index(store: Store) -> None:
    with store._engine.connect() as connection:
        plan = connection.exec_driver_sql("explain query plan select * from job where parent = 'x'").all()
    assert "job_parent" in str(plan)
