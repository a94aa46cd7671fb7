"""How long the last takes of a model took, and what is expected of the next one.

A page's run and every look at a take ask for it, so it is kept until the store has changed; a change costs one query
over one index, however many takes there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, String, bindparam, literal_column, select

from components.jobs.database import reading
from components.jobs.expectation import ENOUGH, Expectation, expectation
from components.jobs.job import Destination
from components.jobs.schema import job, revision

MOST = 30
"""So many takes say how long the next one takes: older ones were made by what the provider had then."""

_SEEN = 60
"""Among the last so many takes of the model, those of similar length are looked for."""
_SIMILAR = 1.5
"""Lengths are similar up to this factor."""
MOST_KEPT = 500
"""Expectations that are held in memory."""

Key = tuple[Destination, str, int | None, tuple[float, float] | None]
Wait = tuple[int | None, float]
"""The length that was asked for, and the seconds that it took."""

# Built once: to build and to compare them takes longer than to run them.
_REVISION = select(revision.c.value)
_LAST = (
    select(job.c.seconds, job.c.sent, job.c.followed_since, job.c.ready)
    .where(
        job.c.destination == bindparam("where"),
        job.c.model == bindparam("of"),
        # Spelled out, or SQLite would not use the index for it.
        job.c.state == literal_column("'completed'", String),
    )
    .order_by(job.c.seq.desc())
    .limit(_SEEN)
)


class Waits:
    """What is expected of takes, by the takes in the database of `engine`. Safe to use from many threads.

    Methods raise StoreError when the database cannot be used.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._kept: dict[Key, tuple[int, Expectation | None]] = {}

    def expected(
        self,
        destination: Destination,
        model: str,
        seconds: int | None,
        documented: tuple[float, float] | None = None,
    ) -> Expectation | None:
        """How long a take of `seconds` asked for (None: the model decides) will take; None where nothing is known.

        `documented`: from and to, in seconds, as the provider says.
        """
        key = (destination, model, seconds, documented)
        with reading(self._engine) as connection:
            now = int(connection.execute(_REVISION).scalar_one())
            kept = self._kept.get(key)
            if kept is not None and kept[0] == now:
                return kept[1]
            waits = _last(connection, destination, model)
        found = expectation(alike(waits, seconds), documented, [took for _, took in waits[:MOST]])
        if len(self._kept) >= MOST_KEPT:
            self._kept = {}
        self._kept[key] = now, found
        return found

    def last(self, destination: Destination, model: str) -> list[Wait]:
        """The last takes of a model that came, newest first: from sent to ready.

        Without those that a person took up again: when they were ready, nobody looked.
        """
        with reading(self._engine) as connection:
            return _last(connection, destination, model)


def _last(connection: Connection, destination: Destination, model: str) -> list[Wait]:
    rows = connection.execute(_LAST, {"where": destination.value, "of": model}).all()
    return [
        (asked if isinstance(asked, int) else None, ready - sent)
        for asked, sent, since, ready in rows
        if _is_time(sent) and _is_time(ready) and ready > sent and since in (None, sent)
    ]


def alike(waits: Sequence[Wait], seconds: int | None) -> list[float]:
    """What those of the same length took, newest first; where there are not five, also those of nearly that length."""
    same = [took for asked, took in waits if asked == seconds][:MOST]
    if len(same) >= ENOUGH or not seconds:
        return same
    return [took for asked, took in waits if asked and seconds / _SIMILAR <= asked <= seconds * _SIMILAR][
        :MOST
    ]


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float)
