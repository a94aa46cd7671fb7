"""Sorting takes out: a star, a name, a note, a project, the bin. What is said of many is one transaction.

Every method raises StoreError when the database cannot be used, and then nothing has changed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Engine, and_, select, update

from components.jobs.changes import changed
from components.jobs.database import reading, writing
from components.jobs.rows import storable
from components.jobs.schema import job

LONGEST_TITLE = 120
LONGEST_PROJECT = 80
LONGEST_NOTE = 20_000
"""In characters."""
MOST_AT_ONCE = 500
"""So many takes one call changes; who has more calls again, so that nobody waits long for the database."""
GOING = -1.0
"""For when it was put into the bin: the take's files are being removed, or some are gone already."""
_TEXTS = {"title", "note", "project"}


class Sorting:
    """What people do with the takes in the store's database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def star(self, ids: Sequence[str], on: bool) -> list[str]:
        """Gives these takes a star, or takes it away. The ids of those that this has changed."""
        differs = job.c.starred.is_not(True) if on else job.c.starred.is_(True)
        return self._set(ids, differs, {"starred": on or None})

    def rename(self, job_id: str, title: str) -> bool:
        """Gives the take a name of at most 120 characters; an empty one takes it away. Whether it changed."""
        return bool(self._tell(job_id, "title", one_line(title)[:LONGEST_TITLE].rstrip()))

    def write_note(self, job_id: str, note: str) -> bool:
        """Keeps a note of at most 20,000 characters with the take; an empty one takes it away. Whether it changed."""
        return bool(self._tell(job_id, "note", note.strip()[:LONGEST_NOTE].rstrip()))

    def move(self, ids: Sequence[str], project: str) -> list[str]:
        """Moves these takes into a project, by its name; "" takes them out. The ids of those that this has changed."""
        name = storable(one_line(project)[:LONGEST_PROJECT].rstrip()) or None
        differs = job.c.project.is_not(None) if name is None else job.c.project.is_distinct_from(name)
        return self._set(ids, differs, {"project": name})

    def bin(self, ids: Sequence[str], now: float) -> list[str]:
        """Puts these takes into the bin. The ids of those that went: what is still being made stays."""
        at_rest = and_(job.c.next_at.is_(None), job.c.binned.is_(None))
        return self._set(ids, at_rest, {"binned": now})

    def restore(self, ids: Sequence[str]) -> list[str]:
        """Takes these takes out of the bin again. The ids of those that were there and are whole: see `Bin.empty`."""
        return self._set(ids, job.c.binned > GOING, {"binned": None})

    def outdated(self, before: float, limit: int = MOST_AT_ONCE) -> list[str]:
        """The ids of takes that were put into the bin before then, the first ones first."""
        query = select(job.c.id).where(job.c.binned < before).order_by(job.c.binned).limit(limit)
        with reading(self._engine) as connection:
            return list(connection.execute(query).scalars())

    def _tell(self, job_id: str, name: str, text: str) -> list[str]:
        given = storable(text) or None
        return self._set([job_id], job.c[name].is_distinct_from(given), {name: given})

    def _set(self, ids: Sequence[str], where: ColumnElement[bool], values: dict[str, Any]) -> list[str]:
        """Raises ValueError for more ids than one call may change."""
        if len(ids) > MOST_AT_ONCE:
            raise ValueError(f"at most {MOST_AT_ONCE} takes at once")
        if not ids:
            return []
        change = update(job).where(job.c.id.in_([storable(each) for each in ids]), where).values(values)
        with writing(self._engine) as connection:
            rows = connection.execute(change.returning(job.c.seq, job.c.id)).all()
            if rows:
                changed(connection, [row.seq for row in rows], texts=bool(_TEXTS & values.keys()))
        return [row.id for row in rows]


def one_line(text: str) -> str:
    """`text` without line breaks, controls and needless spaces."""
    return " ".join(
        "".join(
            " " if unicodedata.category(each) in ("Cc", "Zl", "Zp") else each for each in text[:2000]
        ).split()
    )
