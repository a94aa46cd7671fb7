"""What every change of a take ends with, in its own transaction."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, update

from components.jobs.finding import index
from components.jobs.schema import revision


def changed(connection: Connection, seqs: Iterable[int], *, texts: bool = True) -> None:
    """The takes with these numbers have changed: they are found by what they are now, and pages look again.

    `texts`: whether what they are searched by may have changed.
    """
    index.refresh(connection, seqs, texts=texts)
    bump(connection)


def bump(connection: Connection) -> None:
    """Something changed that a page could show."""
    connection.execute(update(revision).values(value=revision.c.value + 1))
