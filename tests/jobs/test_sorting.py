"""Star, name, note, project, bin: what each changes, what it leaves alone, and what it does with texts from outside."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from components.jobs.changes import changed
from components.jobs.database import writing
from components.jobs.finding.view import View
from components.jobs.job import State
from components.jobs.schema import job as table
from components.jobs.sorting import (
    LONGEST_NOTE,
    LONGEST_PROJECT,
    LONGEST_TITLE,
    MOST_AT_ONCE,
    Sorting,
    one_line,
)
from components.jobs.store import Store
from tests.jobs.takes import order

NOW = 1_700_000_000.0
NOBODY = "0" * 32


def taken(store: Store, count: int = 1) -> list[str]:
    """The ids of takes that have ended."""
    jobs = store.add([order()] * count, token=f"click {store.revision()}", now=NOW)
    with writing(store._engine) as connection:  # all at once
        connection.execute(update(table).values(state=State.CANCELLED.value, next_at=None))
        changed(connection, [job.seq for job in jobs])
    return [job.id for job in jobs]


def found(store: Store, view: View) -> list[str]:
    """The ids of what `view` shows, oldest first."""
    return [job.id for job in store.history.each(view)][::-1]


CHANGES: dict[str, Callable[[Sorting, list[str]], object]] = {
    "star": lambda sorting, ids: sorting.star(ids, True),
    "move": lambda sorting, ids: sorting.move(ids, "Spring"),
    "bin": lambda sorting, ids: sorting.bin(ids, NOW),
    "rename": lambda sorting, ids: [job_id for job_id in ids if sorting.rename(job_id, "Otter")],
    "note": lambda sorting, ids: [job_id for job_id in ids if sorting.write_note(job_id, "wet")],
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_a_change_did_is_said_and_doing_it_again_does_nothing(
    store: Store, change: Callable[[Sorting, list[str]], object]
) -> None:
    first, second, other = taken(store, 3)
    untouched = store.get(other)
    seen = store.revision()
    assert change(store.sorting, [first, NOBODY]) == [first]
    assert store.revision() > seen
    assert change(store.sorting, [first, second]) == [second]
    seen = store.revision()
    assert change(store.sorting, [first, second, NOBODY, "\ud83e", ""]) == []
    assert store.revision() == seen
    assert store.get(other) == untouched


def test_a_star_is_given_and_taken_and_found(store: Store) -> None:
    first, second = taken(store, 2)
    assert store.sorting.star([first, second], True) == [first, second]
    assert found(store, View(starred=True)) == [first, second]
    assert store.sorting.star([second], False) == [second]
    assert found(store, View(starred=True)) == [first]
    assert [bool(job and job.starred) for job in map(store.get, (first, second))] == [True, False]


def test_a_name_a_note_and_a_project_are_found_and_taken_away_again(store: Store) -> None:
    [take] = taken(store)
    for tell, words in (
        (lambda text: store.sorting.rename(take, text), "otter"),
        (lambda text: store.sorting.write_note(take, text), "quokka"),
        (lambda text: store.sorting.move([take], text), "puma"),
    ):
        assert found(store, View(words=words)) == []
        assert tell(f"  The {words}\n")
        assert found(store, View(words=words)) == [take]
        assert tell("  \n ")
        assert found(store, View(words=words)) == []
    job = store.get(take)
    assert job is not None
    assert (job.title, job.note, job.project) == ("", "", "")


def test_a_note_keeps_its_lines_and_a_name_has_one(store: Store) -> None:
    [take] = taken(store)
    text = "  first\n\n\tsecond\u2028third  "
    store.sorting.write_note(take, text)
    store.sorting.rename(take, text)
    store.sorting.move([take], text)
    job = store.get(take)
    assert job is not None
    assert job.note == "first\n\n\tsecond\u2028third"
    assert job.title == job.project == "first second third"


@pytest.mark.parametrize(
    ("name", "longest"), [("title", LONGEST_TITLE), ("project", LONGEST_PROJECT), ("note", LONGEST_NOTE)]
)
def test_a_text_is_kept_to_its_limit_and_telling_it_again_changes_nothing(
    store: Store, name: str, longest: int
) -> None:
    [take] = taken(store)
    tell: Callable[[str], object] = {
        "title": lambda text: store.sorting.rename(take, text),
        "project": lambda text: store.sorting.move([take], text),
        "note": lambda text: store.sorting.write_note(take, text),
    }[name]
    for text in ("x" * 10_000 * 3, "🦊" * longest + "y", "x" * (longest - 1) + " y"):
        assert tell(text)
        kept = getattr(store.get(take), name)
        assert kept == text[:longest].rstrip()
        assert not tell(text)
        assert not tell(kept)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(), max_size=40)
    | st.sampled_from(["\ud83e", "a\ud83e\udd8a", "\0", "\x1b[31m", "\u202e"])
)
def test_any_text_is_kept_and_shown_without_what_no_line_has(store: Store, text: str) -> None:
    if not store.history.count(View()):
        taken(store)
    [take] = found(store, View())
    store.sorting.rename(take, text)
    store.sorting.write_note(take, text)
    store.sorting.move([take], text)
    job = store.get(take)
    assert job is not None
    job.note.encode()
    for line in (job.title, job.project):
        line.encode()
        assert line == one_line(line)
        assert not any(ord(each) < 32 or each in "\x7f\u2028\u2029" for each in line)
    assert store.history.choices().projects == ({job.project: 1} if job.project else {})
    assert found(store, View(projects=(job.project,) if job.project else ())) == [take]


def test_what_is_in_the_bin_is_nowhere_else_and_comes_back_as_it_was(store: Store) -> None:
    first, second = taken(store, 2)
    store.sorting.star([first], True)
    before = store.get(first)
    assert store.sorting.bin([first], NOW) == [first]
    assert found(store, View()) == [second]
    assert found(store, View(starred=True)) == []
    assert found(store, View(bin=True)) == found(store, View(bin=True, starred=True)) == [first]
    assert [job.id for job in store.page().jobs] == [second]
    assert store.sorting.bin([first], NOW + 5) == []  # it keeps its day
    job = store.get(first)
    assert job is not None
    assert job.binned == NOW
    assert store.sorting.restore([first, second]) == [first]
    assert store.get(first) == before
    assert store.sorting.restore([first]) == []


def test_what_is_still_made_stays_out_of_the_bin(store: Store) -> None:
    waiting, left = (job.id for job in store.add([order()] * 2, token="a click", now=NOW))
    store.claim("me", now=NOW, lease=60, limit=2, in_flight=2)
    assert store.settle(left, "me", state=State.QUEUED, remote_id="gen-1", next_at=None)
    assert store.sorting.bin([waiting, left], NOW) == [left]
    assert found(store, View()) == [waiting]


def test_what_was_binned_before_then_comes_first_ones_first(store: Store) -> None:
    first, second, third, kept = taken(store, 4)
    for job_id, when in ((third, 30.0), (first, 10.0), (second, 20.0)):
        store.sorting.bin([job_id], when)
    assert store.sorting.outdated(30.0) == [first, second]
    assert store.sorting.outdated(NOW) == [first, second, third]
    assert store.sorting.outdated(NOW, limit=1) == [first]
    assert store.sorting.outdated(0.0) == []
    assert kept not in store.sorting.outdated(float("inf"))


def test_as_many_as_one_call_changes_are_changed_and_more_are_refused(store: Store) -> None:
    ids = taken(store, MOST_AT_ONCE)
    for change in (
        lambda given: store.sorting.star(given, True),
        lambda given: store.sorting.move(given, "Spring"),
        lambda given: store.sorting.bin(given, NOW),
        lambda given: store.sorting.restore(given),
    ):
        seen = store.revision()
        with pytest.raises(ValueError, match="at most"):
            change([*ids, NOBODY])
        assert change([]) == []
        assert store.revision() == seen
        assert sorted(change(ids)) == sorted(ids)
    assert store.history.choices().projects == {"Spring": MOST_AT_ONCE}
    assert store.history.choices().starred == MOST_AT_ONCE


def test_the_same_id_twice_is_one_take(store: Store) -> None:
    [take] = taken(store)
    assert store.sorting.star([take] * 3, True) == [take]
    assert store.history.choices().starred == 1


def test_a_star_or_the_bin_leaves_the_tracker_its_lease(store: Store) -> None:
    [job] = store.add([order()], token="a click", now=NOW)
    store.claim("me", now=NOW, lease=60, limit=1, in_flight=1)
    store.sorting.star([job.id], True)
    store.sorting.rename(job.id, "Otter")
    store.sorting.bin([job.id], NOW)
    assert store.settle(job.id, "me", state=State.QUEUED, next_at=NOW + 5)
    after = store.get(job.id)
    assert after is not None
    assert (after.starred, after.title, after.binned, after.state) == (True, "Otter", None, State.QUEUED)
