"""Takes of before, and of another program, come into the search: at once where they are few, else piece by piece."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from components.jobs.database import open_database, writing
from components.jobs.finding import index
from components.jobs.finding.backlog import FEW, PIECE
from components.jobs.finding.view import View
from components.jobs.migrations import MIGRATIONS, migrate
from components.jobs.store import DATABASE, Store
from tests.jobs.finding.test_index import anew, written

MANY = FEW + PIECE + 1
INSERT = (
    "insert into job (id, token, ordinal, owner, model, model_name, body, defaults, destination, base_url, path,"
    " prompt, state, created, tries, detail, raw) values"
    " (?, ?, 0, 'ann', ?, 'One', '{}', '{}', 'sandbox', 'built-in', '/v2', ?, 'completed', ?, 0, '', '')"
)


def take(number: int) -> tuple[Any, ...]:
    return f"{number:032x}", f"{number}", f"kiosk/{number % 3}", f"quokka {number}", 1_700_000_000 + number


def of_before(folder: Path, count: int) -> None:
    """A database as the version before the search left it."""
    old = open_database(folder / DATABASE)
    with writing(old) as connection:
        migrate(connection, MIGRATIONS[:5])
        for number in range(count):
            connection.exec_driver_sql(INSERT, take(number))
    old.dispose()


def maker_of(model: str) -> str:
    return {"kiosk/0": "Kiosk", "kiosk/1": "Kiosk"}.get(model, "")


def quokkas(store: Store) -> int:
    return len(store.history.ids(View(words="quokka"), most=10 * MANY))


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with many takes of before; nobody opens it."""
    folder = tmp_path_factory.mktemp("old")
    of_before(folder, MANY)
    return folder


@pytest.fixture
def many(old: Path, tmp_path: Path) -> Path:
    """One of its own."""
    (tmp_path / DATABASE).write_bytes((old / DATABASE).read_bytes())
    return tmp_path


@pytest.fixture
def no_rest() -> Iterator[threading.Event]:
    """Work that does not rest between its pieces."""
    ended = threading.Event()
    with patch.object(ended, "wait"):
        yield ended


def test_few_are_there_when_the_store_is_opened(tmp_path: Path) -> None:
    of_before(tmp_path, PIECE + 1)
    with closing(Store(tmp_path)) as store:
        assert (store.backlog.left, quokkas(store)) == (0, PIECE + 1)


def test_of_many_the_newest_are_there_at_once_and_the_others_follow(
    many: Path, no_rest: threading.Event
) -> None:
    with closing(Store(many)) as store:
        assert (store.backlog.left, quokkas(store)) == (MANY - PIECE, PIECE)
        assert [job.order.prompt for job in store.history.find(View(), limit=1).jobs] == [
            f"quokka {MANY - 1}"
        ]
        seen = store.revision()
        store.backlog.work(no_rest, maker_of)
        assert (store.backlog.left, quokkas(store), store.history.choices().total) == (0, MANY, MANY)
        assert store.revision() > seen  # pages look again
        assert len(store.history.ids(View(makers=("Kiosk",)), most=MANY)) == MANY - MANY // 3
        kept = written(store)
        assert anew(store) == kept


def test_who_is_ended_in_the_middle_goes_on_at_the_next_start(many: Path) -> None:
    ended = threading.Event()
    with closing(Store(many)) as store, patch.object(ended, "wait", side_effect=lambda _: ended.set()):
        store.backlog.work(ended, maker_of)
        assert store.backlog.left == MANY - 2 * PIECE
    with closing(Store(many)) as store:  # few enough by now
        assert (store.backlog.left, quokkas(store)) == (0, MANY)


def test_two_processes_share_the_work_and_changes_meanwhile_are_kept(
    many: Path, no_rest: threading.Event
) -> None:
    with closing(Store(many)) as one, closing(Store(many)) as other:
        of_old = f"{3:032x}"
        assert one.sorting.star([of_old], True)  # indexed by that
        gone = one.delete(f"{5:032x}")
        assert gone is not None
        workers = [
            threading.Thread(target=each.backlog.work, args=(no_rest, maker_of)) for each in (one, other)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert (one.backlog.left, other.backlog.left, quokkas(one)) == (0, 0, MANY - 1)
        assert one.history.choices().total == MANY - 1
        assert other.history.ids(View(starred=True), most=9) == [of_old]
        kept = written(one)
        assert anew(one) == kept


def test_a_database_that_is_busy_for_a_while_costs_a_while(many: Path, no_rest: threading.Event) -> None:
    with closing(Store(many)) as store:
        refresh, busy = index.refresh, iter([sqlite3.OperationalError("database is locked")] * 2)

        def refreshed(*given: Any, **more: Any) -> None:
            for error in busy:
                raise error
            refresh(*given, **more)

        with patch.object(index, "refresh", refreshed):
            store.backlog.work(no_rest, maker_of)
        assert quokkas(store) == MANY


def test_what_an_older_program_wrote_and_deleted_meanwhile_is_seen_at_the_next_start(tmp_path: Path) -> None:
    of_before(tmp_path, 5)
    Store(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / DATABASE)) as raw, raw:
        raw.execute(INSERT, take(7))
        raw.execute("delete from job where seq = 2")
    with closing(Store(tmp_path)) as store:
        assert quokkas(store) == 5
        assert store.history.choices().total == 5
        kept = written(store)
        assert anew(store) == kept


def test_takes_that_are_found_already_get_the_name_of_their_maker(
    tmp_path: Path, no_rest: threading.Event
) -> None:
    of_before(tmp_path, PIECE + 7)
    with closing(Store(tmp_path)) as store:
        assert store.history.choices().makers == {}
        store.backlog.work(no_rest, maker_of)
        makers = store.history.choices().makers
        assert makers == {"Kiosk": sum(number % 3 < 2 for number in range(PIECE + 7))}
        kept, seen = written(store), store.revision()
        store.backlog.work(no_rest, maker_of)
        assert (written(store), store.revision()) == (kept, seen)
        assert anew(store) == kept


@pytest.mark.parametrize(
    "damage",
    [
        "prompt = x'00ff'",
        "prompt = cast(x'41ff80' as text)",
        "id = cast(x'41ff80' as text)",
        "owner = 5.5",
        "created = 'long ago'",
        """video = '{"size": 9223372036854775807, "seconds": 1e400}'""",
        """video = '{"size": "large"}'""",
        "video = x'00ff'",
        "video = '['",
    ],
)
def test_a_damaged_take_of_before_does_not_stop_the_start(tmp_path: Path, damage: str) -> None:
    of_before(tmp_path, 3)
    with closing(sqlite3.connect(tmp_path / DATABASE)) as raw, raw:
        raw.execute(f"update job set {damage} where seq = 2")
    for _ in range(2):
        with closing(Store(tmp_path)) as store:
            shown = [job.order.prompt for job in store.history.each(View(words="quokka"))]
            assert [prompt for prompt in shown if prompt != "quokka 1"] == ["quokka 2", "quokka 0"]
            assert store.history.choices().total == 3
            assert 0 <= sum(store.history.sizes()) < 2**60
