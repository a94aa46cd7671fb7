"""The bin is emptied: files first, only what is in it and at rest, and again where something stood in the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update

from components.jobs.archive import Archive
from components.jobs.bin import MOST_AT_ONCE, Emptied, throw_out
from components.jobs.database import writing
from components.jobs.finding.view import View
from components.jobs.job import State
from components.jobs.schema import job as table
from components.jobs.store import Store
from tests.jobs.takes import FILM, order

DAY = 24 * 3600
NOW = 1_700_000_000.0
NOBODY = "0" * 32


def taken(store: Store, count: int = 1) -> list[str]:
    """The ids of takes that have ended."""
    jobs = store.add([order()] * count, token=f"click {store.revision()}", now=NOW)
    for job in store.claim("me", now=NOW, lease=60, limit=count, in_flight=count):
        assert store.settle(job.id, "me", state=State.COMPLETED, video=FILM)
    return [job.id for job in jobs]


class Shelf:
    """Pretends to be the archive."""

    def __init__(self, *stuck: str) -> None:
        self.stuck = set(stuck)
        self.removed: list[str] = []

    def remove(self, job_id: str) -> None:
        if job_id in self.stuck:
            raise PermissionError(13, "not allowed")
        self.removed.append(job_id)


def test_only_what_is_in_the_bin_is_removed(store: Store) -> None:
    kept, binned = taken(store, 2)
    store.sorting.bin([binned], NOW)
    shelf = Shelf()
    assert store.bin.empty([kept, binned, NOBODY, "no id", "\ud83e"], shelf.remove) == Emptied((binned,))
    assert shelf.removed == [binned]
    assert store.get(binned) is None
    assert store.get(kept) is not None
    assert store.history.choices(bin=True).total == 0
    assert [job.id for job in store.history.each(View())] == [kept]


@pytest.mark.parametrize("in_doubt", [False, True], ids=["follow", "attach"])
def test_what_is_taken_up_again_comes_out_of_the_bin(store: Store, in_doubt: bool) -> None:
    [job] = store.add([order()], token="a click", now=NOW)
    store.claim("me", now=NOW, lease=60, limit=1, in_flight=1)
    if in_doubt:
        store.settle(job.id, "me", state=State.UNKNOWN)
    else:
        store.settle(job.id, "me", state=State.QUEUED, remote_id="gen-1", next_at=None)
    store.sorting.bin([job.id], NOW)
    assert store.attach(job.id, "gen-1", NOW) if in_doubt else store.follow(job.id, NOW)
    shelf = Shelf()
    assert throw_out(store.bin, shelf.remove, days=30, now=NOW + 99 * DAY) == 0
    assert shelf.removed == []
    assert [each.id for each in store.history.each(View())] == [job.id]
    assert store.history.choices(bin=True).total == 0


def test_what_is_still_followed_stays_in_the_bin(store: Store) -> None:
    [job] = store.add([order()], token="a click", now=NOW)
    store.claim("me", now=NOW, lease=60, limit=1, in_flight=1)
    store.settle(job.id, "me", state=State.QUEUED, remote_id="gen-1", next_at=None)
    assert store.follow(job.id, NOW)
    with writing(store._engine) as connection:  # an older version left it there
        connection.execute(update(table).values(binned=NOW))
    shelf = Shelf()
    assert store.bin.empty([job.id], shelf.remove) == Emptied()
    assert shelf.removed == []


def test_a_take_whose_files_cannot_go_stays_and_the_others_go(store: Store) -> None:
    first, second, third = taken(store, 3)
    store.sorting.bin([first, second, third], NOW)
    shelf = Shelf(second)
    assert store.bin.empty([first, second, third], shelf.remove) == Emptied((first, third), (second,))
    assert store.bin.ids() == [second]
    assert store.sorting.restore([second]) == []  # nobody knows which of its files are left
    shelf.stuck.clear()
    assert throw_out(store.bin, shelf.remove, days=30, now=NOW + 1) == 1  # the next tidy sees to it
    assert store.get(second) is None


def test_what_ended_between_files_and_row_is_made_good_the_next_time(store: Store) -> None:
    first, second = taken(store, 2)
    store.sorting.bin([first, second], NOW)
    removed: list[str] = []

    def cut(job_id: str) -> None:
        if removed:
            raise KeyboardInterrupt
        removed.append(job_id)

    with pytest.raises(KeyboardInterrupt):
        store.bin.empty([first, second], cut)
    assert store.bin.ids() == [first, second]
    assert store.sorting.restore([first, second]) == []  # the files of the first are gone
    assert store.bin.empty([first, second], Shelf().remove).gone == (first, second)


def test_a_revision_tells_pages_and_only_where_something_went(store: Store) -> None:
    [job_id] = taken(store)
    store.sorting.bin([job_id], NOW)
    seen = store.revision()
    store.bin.empty([NOBODY], Shelf().remove)
    store.bin.empty([job_id], Shelf(job_id).remove)
    assert store.revision() == seen
    store.bin.empty([job_id], Shelf().remove)
    assert store.revision() > seen


def test_more_than_one_call_takes_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="at most"):
        store.bin.empty([NOBODY] * (MOST_AT_ONCE + 1), Shelf().remove)


def test_what_has_been_there_for_long_enough_goes_by_itself_in_as_many_steps_as_it_takes(
    store: Store,
) -> None:
    old, young = taken(store, MOST_AT_ONCE + 20), taken(store, 2)
    stays = taken(store)
    store.sorting.bin(old, NOW - 30 * DAY - 1)
    store.sorting.bin(young, NOW - 30 * DAY + 1)
    shelf = Shelf(old[3])
    assert throw_out(store.bin, shelf.remove, days=30, now=NOW) == MOST_AT_ONCE + 19
    assert set(store.bin.ids()) == {*young, old[3]}
    assert store.get(stays[0]) is not None
    assert throw_out(store.bin, Shelf().remove, days=0, now=NOW) == 3


def test_every_file_of_a_take_goes(store: Store, tmp_path: Path) -> None:
    [job_id] = taken(store)
    archive = Archive(tmp_path, 1000)
    folder = archive.video_path(job_id).parent
    folder.mkdir(parents=True)
    for ending in (".mp4", ".webp", ".large.webp", ".0123abcd.part", ".webp.0123abcd.part"):
        (folder / f"{job_id}{ending}").write_bytes(b"x")
    (folder / f"{NOBODY}.mp4").write_bytes(b"another take's")
    store.sorting.bin([job_id], NOW)
    assert store.bin.empty([job_id], archive.remove).gone == (job_id,)
    assert [path.name for path in folder.iterdir()] == [f"{NOBODY}.mp4"]
