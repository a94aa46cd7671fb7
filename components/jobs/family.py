"""What a take came from and what came from it.

Nothing here trusts that a line is whole: ancestors may be deleted, and a damaged row may name itself as its parent.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, Row, func, select

from components.jobs.database import StoreError, reading
from components.jobs.job import Job
from components.jobs.rows import storable, to_job
from components.jobs.schema import job

FARTHEST = 20
"""So many steps back a line is followed."""
MOST_CHILDREN = 24
MOST_COUNTED = 1000
"""Counting children ends there."""


@dataclass(frozen=True)
class Ancestor:
    """One step back."""

    id: str
    job: Job | None
    """None: the take was deleted for good, or cannot be read."""


@dataclass(frozen=True)
class Line:
    """Where a take comes from."""

    ancestors: tuple[Ancestor, ...]
    """The nearest first."""
    goes_on: bool
    """Whether there are more behind the last one."""


@dataclass(frozen=True)
class Children:
    """What came from a take directly, without what lies in the bin."""

    jobs: tuple[Job, ...]
    """The newest first."""
    count: int
    """How many there are, these included; `MOST_COUNTED` where there are that many or more."""


class Family:
    """The descent of the takes in the store's database. Every method raises StoreError when it cannot be used."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def line(self, one: Job, farthest: int = FARTHEST) -> Line:
        """The takes from which `one` comes, back to the first, to one that is deleted, or `farthest` steps."""
        found: list[Ancestor] = []
        seen, parent = {one.id}, one.order.parent
        with reading(self._engine) as connection:
            while parent and parent not in seen and len(found) < farthest:
                seen.add(parent)
                before = _one(connection, parent)
                found.append(Ancestor(parent, before))
                parent = None if before is None else before.order.parent
        return Line(tuple(found), bool(parent) and parent not in seen)

    def children(self, job_id: str, most: int = MOST_CHILDREN) -> Children:
        """The takes that come directly from the one with this id, `most` of them."""
        its = job.c.parent == storable(job_id), job.c.binned.is_(None), job.c.id != storable(job_id)
        newest = select(job).where(*its).order_by(job.c.seq.desc()).limit(most)
        counted = select(job.c.seq).where(*its).limit(MOST_COUNTED).subquery()
        with reading(self._engine) as connection:
            rows = connection.execute(newest).all()
            count = len(rows)
            if count == most:
                count = int(connection.execute(select(func.count()).select_from(counted)).scalar_one())
        jobs = (_readable(row) for row in rows)
        return Children(tuple(each for each in jobs if each is not None), count)


def _one(connection: Connection, job_id: str) -> Job | None:
    row = connection.execute(select(job).where(job.c.id == storable(job_id))).one_or_none()
    return None if row is None else _readable(row)


def _readable(row: Row[tuple[object, ...]]) -> Job | None:
    try:
        return to_job(row)
    except StoreError:
        return None
