import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, Table, inspect

from components.jobs import schema
from components.jobs import store as stores
from components.jobs.database import open_database, writing
from components.jobs.migrations import MIGRATIONS, migrate
from components.jobs.rows import new_row
from components.jobs.store import DATABASE, Store, StoreError
from tests.jobs.takes import order


@pytest.fixture(autouse=True)
def made_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not copied, as for other tests."""
    monkeypatch.setattr(stores, "open_database", open_database)


def test_the_steps_make_the_tables_that_the_queries_use(tmp_path: Path) -> None:
    Store(tmp_path).close()
    found = inspect(open_database(tmp_path / DATABASE))
    for table in schema.metadata.sorted_tables:
        made = {
            (c["name"], c["type"].__class__.__name__, c["nullable"]) for c in found.get_columns(table.name)
        }
        used = {(c.name, c.type.__visit_name__, bool(c.nullable)) for c in table.columns}
        assert {(n, t.upper().replace("STRING", "VARCHAR"), o) for n, t, o in used} == made


@pytest.mark.parametrize("steps", range(len(MIGRATIONS)))
def test_an_older_database_is_brought_up_to_date_and_keeps_its_takes(tmp_path: Path, steps: int) -> None:
    old = open_database(tmp_path / DATABASE)
    before: dict[str, Any] = {}
    with writing(old) as connection:
        migrate(connection, MIGRATIONS[:steps])
        if steps:
            job = Table("job", MetaData(), autoload_with=connection)
            row = new_row(order(prompt="🦊"), id="a" * 32, token="t", ordinal=0, now=1)
            connection.execute(job.insert().values({name: row[name] for name in row if name in job.c}))
            before = dict(connection.exec_driver_sql("select * from job").one()._mapping)
    old.dispose()
    store = Store(tmp_path)
    takes = store.page().jobs
    assert [(take.id, take.order, take.verdicts) for take in takes] == [
        ("a" * 32, order(prompt="🦊"), ())
    ] * bool(steps)
    with store._engine.connect() as connection:
        after = [row._mapping for row in connection.exec_driver_sql("select * from job")]
    assert [{name: row[name] for name in before} for row in after] == [before] * bool(steps)
    assert store.judge_shot("a" * 32, 1, True) == bool(steps)
    store.drafts.save("ann", "k", {}, 1.0)
    store.boards.save("ann", "Raccoons", {}, 1.0)
    store.close()


def test_what_must_be_found_fast_or_once_has_its_index(tmp_path: Path) -> None:
    Store(tmp_path).close()
    found = inspect(open_database(tmp_path / DATABASE))
    assert {index["name"] for index in found.get_indexes("job")} >= {
        "job_followed",
        "job_owner",
        "job_remote",
    }
    assert [index["column_names"] for index in found.get_indexes("board")] == [["owner", "saved", "id"]]
    assert [only["column_names"] for only in found.get_unique_constraints("board")] == [["owner", "name"]]


def test_starting_again_changes_nothing(tmp_path: Path) -> None:
    def shape() -> list[tuple[str, ...]]:
        with sqlite3.connect(tmp_path / DATABASE) as raw:
            return (
                raw.execute("select sql from sqlite_master").fetchall()
                + raw.execute("select name from migration").fetchall()
            )

    Store(tmp_path).close()
    first = shape()
    Store(tmp_path).close()
    assert shape() == first


def test_a_newer_database_is_left_alone_and_said_in_a_sentence(tmp_path: Path) -> None:
    Store(tmp_path).close()
    with sqlite3.connect(tmp_path / DATABASE) as raw:
        raw.execute("insert into migration values (99, 'm099_of_tomorrow')")
    raw.close()
    before = (tmp_path / DATABASE).read_bytes()
    with pytest.raises(StoreError, match="newer version"):
        Store(tmp_path)
    assert (tmp_path / DATABASE).read_bytes() == before


def test_a_step_that_fails_is_undone(tmp_path: Path) -> None:
    engine = open_database(tmp_path / DATABASE)

    def half(connection: object) -> None:
        raise RuntimeError("half way")

    with pytest.raises(RuntimeError), writing(engine) as connection:
        migrate(connection, [*MIGRATIONS, half])
    assert inspect(engine).get_table_names() == []
    engine.dispose()
