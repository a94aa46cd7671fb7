"""The bin, emptied: what was deleted is removed for good, its files with it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, delete, select, update

from components.jobs.changes import changed
from components.jobs.database import reading, writing
from components.jobs.rows import storable
from components.jobs.schema import job
from components.jobs.sorting import GOING

log = logging.getLogger(__name__)

DAY = 24 * 3600
"""Seconds."""
MOST_AT_ONCE = 100
"""So many takes one call removes: while their files go, nobody else can write to the database."""

Remove = Callable[[str], None]
"""Deletes every file of the take with this id. Raises OSError or ValueError where that cannot be."""


@dataclass(frozen=True)
class Emptied:
    """What became of takes that were to be removed for good."""

    gone: tuple[str, ...] = ()
    stuck: tuple[str, ...] = ()
    """Those whose files could not be deleted; they stay in the bin."""


class Bin:
    """The takes in the bin of the store's database. Methods raise StoreError when it cannot be used."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def empty(self, ids: Sequence[str], remove: Remove) -> Emptied:
        """Removes those of these takes for good that are in the bin and at rest, at most 100 at once.

        The files go first. Where the app is ended in between, or the disk does not let go of all of them, a take is
        still in the bin: it can be removed again, by the tidy at the latest, and no longer be brought back.
        Raises ValueError for more ids than one call removes.
        """
        if len(ids) > MOST_AT_ONCE:
            raise ValueError(f"at most {MOST_AT_ONCE} takes at once")
        if not ids:
            return Emptied()
        wanted = job.c.id.in_([storable(each) for each in ids])
        at_rest = job.c.binned.is_not(None), job.c.next_at.is_(None)
        # On disk before the first file goes: a take without its video must not come back as if it were whole.
        with writing(self._engine) as connection:
            connection.execute(update(job).where(wanted, *at_rest).values(binned=GOING))
        gone: dict[int, str] = {}
        stuck: list[str] = []
        # One transaction around it all: nobody brings a take back whose files are just going.
        with writing(self._engine) as connection:
            there = select(job.c.seq, job.c.id).where(wanted, *at_rest)
            for seq, job_id in connection.execute(there.order_by(job.c.seq)).all():
                try:
                    remove(job_id)
                except (OSError, ValueError) as error:
                    log.warning("The files of take %s could not be deleted: %s", job_id, error)
                    stuck.append(job_id)
                else:
                    gone[seq] = job_id
            if gone:
                connection.execute(delete(job).where(job.c.seq.in_(list(gone))))
                changed(connection, gone)
        return Emptied(tuple(gone.values()), tuple(stuck))

    def ids(self, *, before: float | None = None) -> list[str]:
        """The ids of all takes in the bin, the first ones first; or of those put there before then (Unix seconds)."""
        query = select(job.c.id).where(job.c.binned < (float("inf") if before is None else before))
        with reading(self._engine) as connection:
            return list(connection.execute(query.order_by(job.c.binned)).scalars())


def throw_out(takes: Bin, remove: Remove, *, days: float, now: float) -> int:
    """Removes for good what has been in the bin for so many days, and says how many takes that were."""
    outdated = takes.ids(before=now - days * DAY)
    count = 0
    for start in range(0, len(outdated), MOST_AT_ONCE):
        count += len(takes.empty(outdated[start : start + MOST_AT_ONCE], remove).gone)
    if count:
        log.info("Takes that had been in the bin for long were removed: %d", count)
    return count
