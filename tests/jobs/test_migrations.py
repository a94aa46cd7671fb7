import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import inspect

from components.jobs import schema
from components.jobs.database import open_database, writing
from components.jobs.migrations import MIGRATIONS, migrate
from components.jobs.rows import new_row
from components.jobs.store import DATABASE, Store, StoreError
from tests.jobs.takes import order


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
    with writing(old) as connection:
        migrate(connection, MIGRATIONS[:steps])
        if steps:
            connection.execute(
                schema.job.insert().values(new_row(order(), id="a" * 32, token="t", ordinal=0, now=1))
            )
    old.dispose()
    store = Store(tmp_path)
    assert [job.id for job in store.page().jobs] == ["a" * 32] * bool(steps)
    store.save_draft("ann", "k", {}, 1.0)
    store.close()


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
