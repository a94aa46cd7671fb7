"""What the search index lacks, put into it a piece at a time: takes of before there was one, or of another program.

What few takes lack is made good when the store is opened. Of many, the newest are, so that History's first page is
whole; the others follow in a thread beside (`Backlog.work`), the newest first. Each piece is a transaction of its own,
so that nobody waits long, and begins by asking what is still missing: two processes at the same folder share the work,
and who is ended in the middle goes on at the next start.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, func, select, update

from components.jobs.changes import bump, changed
from components.jobs.database import StoreError, reading, writing
from components.jobs.finding import index
from components.jobs.schema import job, rank, tally

log = logging.getLogger(__name__)

FEW = 2000
"""So many takes do not hold up the start."""
PIECE = 500
_TOLD = 10
"""After so many pieces pages look again: what they show has grown."""
_AGAIN = 5.0
"""Seconds until it is tried again where the database was busy."""

MakerOf = Callable[[str], str]
"""Who makes the model of this id; "" where that is not known."""


class Backlog:
    """What the index of the store's database lacks. Make it when the tables are there.

    Raises StoreError when the database cannot be used.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        with reading(engine) as connection:
            self._left = _lacking(connection)
        for _ in range(-(-len(self._left) // PIECE) if len(self._left) <= FEW else 1):
            self._piece(None)

    @property
    def left(self) -> int:
        """How many takes are not in the index yet; those of another process are counted until they are come to."""
        return len(self._left)

    def work(self, ended: threading.Event, maker_of: MakerOf) -> None:
        """Puts in what is left, and notes who makes the models of takes of before; until that is done, or `ended`.

        Between two pieces it rests for as long as one takes: others write, too.
        """
        pieces = 0
        while self._left and not ended.is_set():
            pieces += 1
            started = time.monotonic()
            try:
                self._piece(maker_of, told=pieces % _TOLD == 0 or len(self._left) <= PIECE)
            except StoreError as error:
                log.warning("Older takes are not in the search yet: %s It is tried again.", error)
                ended.wait(_AGAIN)
            ended.wait(time.monotonic() - started)
        before: int | None = None
        while not ended.is_set():
            try:
                started = time.monotonic()
                before = self._makers(maker_of, before)
                if before is None:
                    return
                ended.wait(time.monotonic() - started)
            except StoreError as error:
                log.warning(
                    "The makers of older takes could not be noted, and will be at the next start: %s", error
                )
                return

    def _piece(self, maker_of: MakerOf | None, *, told: bool = True) -> None:
        seqs = self._left[-PIECE:]
        if not seqs:
            return
        with writing(self._engine) as connection:
            there = set(connection.execute(select(rank.c.seq).where(rank.c.seq.in_(seqs))).scalars())
            rows = connection.execute(
                select(job.c.seq, job.c.model, job.c.maker).where(job.c.seq.in_(seqs))
            ).all()
            noted = [] if maker_of is None else _note(connection, rows, maker_of)
            # Those that are in one of the two alone: the others somebody has seen to meanwhile.
            index.refresh(connection, (there ^ {row.seq for row in rows}).union(noted))
            if told:
                bump(connection)
        del self._left[-PIECE:]

    def _makers(self, maker_of: MakerOf, before: int | None) -> int | None:
        """Notes the makers of some takes without one, the newest before that number; None: there are no more."""
        query = select(job.c.seq, job.c.model, job.c.maker).where(job.c.maker.is_(None))
        if before is not None:
            query = query.where(job.c.seq < before)
        query = query.order_by(job.c.seq.desc()).limit(PIECE)
        with reading(self._engine) as connection:
            if before is None and _all_have_makers(connection):
                return None
            rows = connection.execute(query).all()
        if not rows:
            return None
        if any(_maker(row.model, maker_of) for row in rows):
            with writing(self._engine) as connection:
                changed(connection, _note(connection, rows, maker_of))
        return int(rows[-1].seq)


def _note(connection: Connection, rows: Sequence[Any], maker_of: MakerOf) -> list[int]:
    """Notes who makes the models of those of these takes that do not say. The numbers of those that say it now."""
    noted: list[int] = []
    for model in {row.model for row in rows if row.maker is None}:
        if maker := _maker(model, maker_of):
            seqs = [row.seq for row in rows if row.model == model]
            lacking = job.c.seq.in_(seqs), job.c.maker.is_(None)
            change = update(job).where(*lacking).values(maker=maker).returning(job.c.seq)
            noted += connection.execute(change).scalars()
    return noted


def _maker(model: object, maker_of: MakerOf) -> str:
    return maker_of(model) if isinstance(model, str) else ""


def _all_have_makers(connection: Connection) -> bool:
    """By the kept counts: no take is read for it."""
    counted = select(func.coalesce(func.sum(tally.c.count), 0))
    with_maker = connection.execute(counted.where(tally.c.token.between("k_", "k_g"))).scalar_one()
    return bool(
        with_maker
        == connection.execute(counted.where(tally.c.token.in_((index.HERE, index.BINNED)))).scalar_one()
    )


def _lacking(connection: Connection) -> list[int]:
    """The numbers of the takes that the index does not have, and of those that it alone still has; rising."""
    takes = connection.execute(select(func.count(), func.max(job.c.seq)).select_from(job)).one()
    if takes == connection.execute(select(func.count(), func.max(rank.c.seq)).select_from(rank)).one():
        return []  # nearly always, and soon said
    not_there = select(job.c.seq).where(~select(rank.c.seq).where(rank.c.seq == job.c.seq).exists())
    gone = select(rank.c.seq).where(~select(job.c.seq).where(job.c.seq == rank.c.seq).exists())
    return sorted([*connection.execute(not_there).scalars(), *connection.execute(gone).scalars()])
