"""A SQLite file that many threads and processes share, opened the way the store needs it.

WAL, so that readers never wait; `synchronous=FULL`, so that an acknowledged intent survives a power cut;
`BEGIN IMMEDIATE` for writers, so that they queue instead of failing half-way.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

BUSY_SECONDS = 10.0
"""How long a writer waits for the others before it says that the store is busy."""

DEEPEST = 100
"""So many lists and objects of a JSON column may stand in each other; what the app writes has a dozen."""


class StoreError(Exception):
    """The store cannot be used now. The text is a sentence for whoever runs the app."""


# What SQLite says, and what a person is told. The first match counts.
_SENTENCES = (
    (
        "database or disk is full",
        "The disk that holds the data folder is full. Make room; nothing already saved is lost.",
    ),
    (
        "file is not a database",
        "The file {file} is not a database of this app. Move it away, or choose another data folder.",
    ),
    ("malformed", "The database {file} is damaged. Restore it from a backup, or move it away to begin anew."),
    ("readonly", "The database {file} cannot be written. Give the app's user the right to write it."),
    ("read-only", "The database {file} cannot be written. Give the app's user the right to write it."),
    (
        "unable to open",
        "The database {file} cannot be opened. Check that the data folder exists and can be written.",
    ),
    ("locked", "The database {file} is busy with another program. Try again in a moment."),
    ("busy", "The database {file} is busy with another program. Try again in a moment."),
    ("disk i/o error", "The disk that holds {file} does not answer as it should. Check the disk."),
)


def open_database(file: Path) -> Engine:
    """An engine on `file`, made where it does not exist. Nothing is read or written until it is used."""
    engine = create_engine(
        URL.create("sqlite", database=str(file)),
        pool_size=8,
        max_overflow=24,
        json_deserializer=_json,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        connection.text_factory = _text
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A reader's statements are each a snapshot of their own and need no transaction.
        if connection.get_execution_options().get("writes"):
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _text(held: bytes) -> str:
    """What a text column holds. Where that is no UTF-8, SQLite would give no row of the whole question."""
    return held.decode("utf-8", "replace")


def _json(text: str) -> Any:
    """What a JSON column holds; None where it is damaged or too deep, so that the other rows can still be read."""
    try:
        held = json.loads(text)
    except (ValueError, TypeError, RecursionError):  # TypeError: SQLite gives a number for text that is one
        return None
    return None if _is_deep(text, held) else held


def _is_deep(text: str | bytes, held: Any) -> bool:
    """Whether lists and objects stand in each other more than DEEPEST times: who walks through them would fall."""
    written = text if isinstance(text, str) else str(text)  # a damaged column holds bytes
    if written.count("[") + written.count("{") <= DEEPEST:
        return False  # nearly always
    level = [held]
    for _ in range(DEEPEST):
        level = [
            part
            for each in level
            if isinstance(each, dict | list)
            for part in (each.values() if isinstance(each, dict) else each)
        ]
    return any(isinstance(each, dict | list) for each in level)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection for reads. Raises StoreError."""
    with _in_sentences(engine), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction, on disk when the block has ended, undone where it raises. Raises StoreError."""
    with _in_sentences(engine), engine.connect() as plain:
        connection = plain.execution_options(writes=True)
        with connection.begin():
            yield connection


@contextmanager
def _in_sentences(engine: Engine) -> Iterator[None]:
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:  # while connecting, SQLite's errors come as they are
        said = error.orig if isinstance(error, DBAPIError) else error
        raise StoreError(sentence_for(str(said), engine.url.database or "")) from None
    except PoolTimeout:
        raise StoreError("The database is too busy. Try again in a moment.") from None


def sentence_for(said: str, file: str) -> str:
    """What a person is told when SQLite says `said` about `file`."""
    for words, sentence in _SENTENCES:
        if words in said.lower():
            return sentence.format(file=file)
    return f"The database {file} cannot be used: {said}."
