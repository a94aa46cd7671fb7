"""What is done with many takes: in pieces, with a result in words and a way back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from components.gallery.work import Piece, What, Work, stay, step, told, undo, work
from components.jobs.archive import Archive
from components.jobs.bin import MOST_AT_ONCE as MOST_REMOVED
from components.jobs.sorting import MOST_AT_ONCE
from components.jobs.store import Store
from tests.jobs.takes import order

NOW = 1_700_000_000.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "data")

    @event.listens_for(opened._engine, "connect")
    def _in_a_hurry(connection: Any, _: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")

    opened.close()
    yield opened
    opened.close()


def taken(store: Store, count: int) -> list[str]:
    """The ids of takes that have ended."""
    jobs = store.add([order()] * count, token=f"click {time.monotonic_ns()}", now=NOW)
    with store._engine.begin() as connection:  # at once: one by one they take a while
        connection.exec_driver_sql(
            "update job set state = 'cancelled', next_at = null where next_at is not null"
        )
    return [job.id for job in jobs]


def done(asked: Work | None, store: Store, folder: Path) -> Work:
    """All of it, done."""
    assert asked is not None
    while not asked.finished:
        step(asked, store, Archive(folder, 1), NOW)
    return asked


def said(asked: Work) -> str:
    return told(asked, bin_days=30)


@pytest.mark.parametrize("what", list(What))
def test_it_is_cut_into_pieces_that_one_call_can_do(what: What) -> None:
    ids = [str(n) for n in range(1234)]
    asked = work(what, [*ids, *ids], "Spring")
    assert asked is not None
    most = MOST_REMOVED if what is What.REMOVE else MOST_AT_ONCE
    assert [job_id for piece in asked.pieces for job_id in piece.ids] == ids
    assert all(0 < len(piece.ids) <= most and piece.project == "Spring" for piece in asked.pieces)
    assert (asked.total, asked.done, asked.finished) == (1234, 0, False)


def test_nothing_is_no_work() -> None:
    assert work(What.BIN, []) is None


def test_stars_come_and_go_and_only_those_that_changed_are_undone(store: Store, tmp_path: Path) -> None:
    first, second, third = taken(store, 3)
    store.sorting.star([second], True)
    starred = done(work(What.STAR, [first, second, third]), store, tmp_path)
    assert said(starred) == "2 takes have a star now."
    back = done(undo(starred), store, tmp_path)
    assert said(back) == "2 takes have no star any more."
    assert [job.starred for job in store.history.some([first, second, third])] == [False, True, False]


def test_takes_move_and_go_back_each_to_where_it_came_from(store: Store, tmp_path: Path) -> None:
    ids = taken(store, 4)
    store.sorting.move(ids[:1], "Winter")
    store.sorting.move(ids[1:2], "Spring")
    moved = done(work(What.MOVE, ids, "Spring"), store, tmp_path)
    assert said(moved) == "3 takes are in “Spring” now."
    assert {job.project for job in store.history.some(ids)} == {"Spring"}
    assert said(done(undo(moved), store, tmp_path)) == "3 takes are back where they came from."
    assert [job.project for job in store.history.some(ids)] == ["Winter", "Spring", "", ""]
    out = done(work(What.MOVE, ids, ""), store, tmp_path)
    assert said(out) == "2 takes are in no project now."


def test_a_projects_name_is_text_in_the_sentence(store: Store, tmp_path: Path) -> None:
    moved = done(work(What.MOVE, taken(store, 1), "**a** [b](c)"), store, tmp_path)
    assert said(moved) == r"One take is in “\*\*a\*\* \[b\]\(c\)” now."


def test_hundreds_go_into_the_bin_and_come_back_together(store: Store, tmp_path: Path) -> None:
    ids = taken(store, MOST_AT_ONCE + 30)
    binned = done(work(What.BIN, ids), store, tmp_path)
    assert said(binned) == "530 takes are in the bin. The bin keeps a take for 30 days."
    assert store.history.choices(bin=True).total == 530
    assert said(done(undo(binned), store, tmp_path)) == "530 takes are back."
    assert store.history.choices(bin=True).total == 0


def test_what_is_still_being_made_stays_and_that_is_said(store: Store, tmp_path: Path) -> None:
    [ended] = taken(store, 1)
    made = [job.id for job in store.add([order()] * 2, token="a click", now=NOW)]
    binned = done(work(What.BIN, [ended, *made]), store, tmp_path)
    assert said(binned) == (
        "One take is in the bin. The bin keeps a take for 30 days. "
        "2 takes are still being made and stayed. Stop following them first, or wait."
    )
    only = done(work(What.BIN, made[:1]), store, tmp_path)
    assert said(only) == "One take is still being made and stayed. Stop following it first, or wait."
    assert undo(only) is None


def test_the_same_again_does_nothing_and_says_so(store: Store, tmp_path: Path) -> None:
    ids = taken(store, 2)
    done(work(What.BIN, ids), store, tmp_path)
    again = done(work(What.BIN, ids), store, tmp_path)
    assert said(again).startswith("Nothing to do")
    assert undo(again) is None


def test_what_is_removed_for_good_cannot_be_undone(store: Store, tmp_path: Path) -> None:
    ids = taken(store, MOST_REMOVED + 1)
    store.sorting.bin(ids, NOW)
    removed = done(work(What.REMOVE, ids), store, tmp_path)
    assert said(removed) == "101 takes are deleted for good."
    assert undo(removed) is None


def test_files_that_cannot_go_are_told(store: Store, tmp_path: Path) -> None:
    [job_id] = taken(store, 1)
    store.sorting.bin([job_id], NOW)
    Archive(tmp_path, 1).video_path(job_id).mkdir(parents=True)  # no file: it cannot be deleted as one
    removed = done(work(What.REMOVE, [job_id]), store, tmp_path)
    assert said(removed).startswith(
        "One take could not be removed, since the disk does not let go of its files."
    )
    assert store.bin.ids() == [job_id]


def test_whoever_stops_it_is_told_how_far_it_went_and_can_undo_that(store: Store, tmp_path: Path) -> None:
    ids = taken(store, MOST_AT_ONCE + 1)
    asked = work(What.STAR, ids)
    assert asked is not None
    step(asked, store, Archive(tmp_path, 1), NOW)
    assert said(asked) == "500 takes have a star now. Stopped there: one take is as before."
    assert undo(asked) == Work([Piece(What.UNSTAR, tuple(asked.changed))], undoing=True)


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (0, "The bin is emptied within a day."),
        (1, "The bin keeps a take for 1 day."),
        (7.5, "The bin keeps a take for 7.5 days."),
    ],
)
def test_how_long_the_bin_keeps_a_take_is_a_sentence(days: float, sentence: str) -> None:
    assert stay(days) == sentence
