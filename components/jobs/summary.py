"""What was made in a period, in figures: by day or month, by model, by person.

Everything is counted by the database, over one index and without reading a take's texts. What was deleted counts for
as long as it is in the bin: it was made, and paid for.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Integer, case, cast, func, literal_column, select

from components.jobs.database import reading
from components.jobs.job import Destination, State
from components.jobs.schema import job, revision

MOST_DAYS = 120
"""A longer period is shown by months."""

_READY, _FAILED, _LIVE = State.COMPLETED.value, State.FAILED.value, Destination.LIVE.value
_MOST_YEARS = 10
"""A clock may have been wrong once: further back no times are shown, though the takes are counted."""
_LARGEST_CHARGE = 1_000_000
_KEPT = 32
_LONGEST_KEPT = 60.0
"""Seconds for which figures that took long to count may be behind."""
# Waiting is counted by the second, then by ten seconds, then by the minute: the steps, each up to so many seconds.
_STEPS = ((120, 1), (1200, 10), (86_400, 60))


@dataclass
class Figures:
    """How many takes were asked for, and what became of them."""

    takes: int = 0
    ready: int = 0
    failed: int = 0
    usd: float = 0.0
    """What the provider charged, in USD."""
    pretend: float = 0.0
    """What the sandbox said it would have been, in USD."""
    waits: Counter[int] = field(default_factory=Counter)
    """How many of those that are ready took so long, by steps of waiting."""

    @property
    def others(self) -> int:
        """Those that are neither ready nor failed: under way, cancelled, in doubt, no longer followed."""
        return self.takes - self.ready - self.failed

    @property
    def success(self) -> float | None:
        """Which part of those that came to an end is ready, 0 to 1; None where none did."""
        ended = self.ready + self.failed
        return self.ready / ended if ended else None

    @property
    def waiting(self) -> float | None:
        """The median of the seconds from sending a take until it was ready; None where that is not known."""
        half, seen = sum(self.waits.values()) / 2, 0
        for step in sorted(self.waits):
            seen += self.waits[step]
            if seen >= half:
                return _seconds(step)
        return None

    def add(self, destination: str, state: str, step: int | None, count: int, usd: float | None) -> None:
        """Counts so many takes in."""
        self.takes += count
        if state == _READY:
            self.ready += count
            if step is not None:
                self.waits[step] += count
        elif state == _FAILED:
            self.failed += count
        if usd is not None:
            if destination == _LIVE:
                self.usd += usd
            else:
                self.pretend += usd

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.takes + other.takes,
            self.ready + other.ready,
            self.failed + other.failed,
            self.usd + other.usd,
            self.pretend + other.pretend,
            self.waits + other.waits,
        )


@dataclass(frozen=True)
class Summary:
    """What was made in a period."""

    total: Figures
    times: tuple[tuple[date, Figures], ...]
    """Every day of the period, or the first day of every month of it."""
    by_month: bool
    models: dict[str, Figures]
    """By id, the most takes first."""
    people: dict[str, Figures]
    """By owner, likewise."""


class Summaries:
    """Figures on the takes in the store's database. Methods raise StoreError when it cannot be used."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._kept: dict[Any, tuple[int, float, Summary]] = {}
        self._counting = threading.Lock()

    def made(
        self,
        first: date | None,
        last: date,
        *,
        models: Sequence[str] = (),
        destination: Destination | None = None,
        now: float | None = None,
    ) -> Summary:
        """What was asked for from the `first` day (None: since ever) to the `last`; of these models, one destination.

        As of the store's last change; where counting takes long, of up to a minute ago.
        """
        now = time.monotonic() if now is None else now
        key = (first, last, tuple(models), destination)
        with self._counting:  # who asks for the same at the same time need not count it again
            with reading(self._engine) as connection:
                seen = int(connection.execute(select(revision.c.value)).scalar_one())
            if (kept := self._kept.get(key)) is not None and (kept[0] == seen or now < kept[1]):
                return kept[2]
            started = time.perf_counter()
            with reading(self._engine) as connection:
                found = _count(connection, first, last, models, destination)
            took = time.perf_counter() - started
            while len(self._kept) >= _KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = (seen, now + min(took * 100, _LONGEST_KEPT), found)
            return found

    def people(self) -> dict[str, int]:
        """Everybody who has asked for a take, with a number: 1 is who asked first."""
        found: dict[str, int] = {}
        with reading(self._engine) as connection:
            owner = connection.execute(select(func.min(job.c.owner))).scalar()
            while owner is not None:  # from one to the next, along the index
                found[owner] = connection.execute(
                    select(func.min(job.c.seq)).where(job.c.owner == owner)
                ).scalar_one()
                owner = connection.execute(select(func.min(job.c.owner)).where(job.c.owner > owner)).scalar()
        return {owner: number for number, owner in enumerate(sorted(found, key=found.__getitem__), 1)}


def _count(
    connection: Connection,
    first: date | None,
    last: date,
    models: Sequence[str],
    destination: Destination | None,
) -> Summary:
    wanted: list[ColumnElement[bool]] = [job.c.model.in_(models)] if models else []
    if destination is not None:
        wanted.append(job.c.destination == destination.value)
    begin = first or _first_day(connection, last)
    by_month = (last - begin).days >= MOST_DAYS
    whole = [*wanted, *_between(begin if first else None, last)]
    by_model = _by(connection, job.c.model, whole)
    by_person = _by(connection, job.c.owner, whole)
    total = sum(by_model.values(), Figures())
    times = []
    for start, end in _parts(begin, last, by_month):
        times.append((start, here := Figures()))
        for figures in _grouped(connection, [], [*wanted, *_between(start, end)]):
            here.add(*figures)
    return Summary(total, tuple(times), by_month, by_model, by_person)


def _by(
    connection: Connection, what: ColumnElement[str], wanted: Sequence[ColumnElement[bool]]
) -> dict[str, Figures]:
    """The figures of each value of a column, the most takes first."""
    found: defaultdict[str, Figures] = defaultdict(Figures)
    for value, *figures in _grouped(connection, [what], wanted):
        found[value].add(*figures)
    return dict(sorted(found.items(), key=lambda one: (-one[1].takes, one[0])))


def _grouped(
    connection: Connection, by: Sequence[ColumnElement[Any]], wanted: Sequence[ColumnElement[bool]]
) -> Iterable[Any]:
    """Rows of the values of `by` and what `Figures.add` takes."""
    groups = [*by, job.c.destination, job.c.state, _step()]
    charged = case((job.c.usd_spent.between(0, _LARGEST_CHARGE), job.c.usd_spent))
    query = select(*groups, func.count(), func.sum(charged)).where(*wanted)
    return connection.execute(query.group_by(*(literal_column(str(n)) for n in range(1, 1 + len(groups)))))


def _step() -> ColumnElement[int | None]:
    """The step of waiting of a take that was followed all the time; none for others."""
    waited = job.c.ready - job.c.sent
    in_order = (job.c.followed_since <= job.c.sent + 1) & (waited >= 0)
    steps, reached, below = [], 0, 0
    for limit, width in _STEPS:
        step = reached + cast((waited - below) / width, Integer)
        steps.append((in_order & (waited < limit), step))
        reached, below = reached + (limit - below) // width, limit
    return case(*steps)


def _seconds(step: int) -> float:
    """The middle of what a step of waiting stands for."""
    reached, below = 0, 0
    for limit, width in _STEPS:
        steps = (limit - below) // width
        if step < reached + steps:
            return float(below + (step - reached) * width + width // 2)
        reached, below = reached + steps, limit
    return float(below)


def _between(first: date | None, last: date) -> list[ColumnElement[bool]]:
    bounds = [job.c.created < _midnight(last + timedelta(days=1))]
    return bounds if first is None else [job.c.created >= _midnight(first), *bounds]


def _parts(first: date, last: date, by_month: bool) -> Iterator[tuple[date, date]]:
    """The days, or the months, from `first` to `last`: each with its first and its last day."""
    start = first
    while start <= last:
        end = start
        if by_month:
            end = (start.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        yield start, min(end, last)
        start = end + timedelta(days=1)


def _first_day(connection: Connection, last: date) -> date:
    """The day of the first take, but not more than ten years before `last`; `last` where there is none before it."""
    created = connection.execute(select(func.min(job.c.created))).scalar()
    try:
        first = last if created is None else date.fromtimestamp(created)
    except (ValueError, OverflowError, OSError):
        return last
    return min(max(first, last - timedelta(days=_MOST_YEARS * 365)), last)


def _midnight(day: date) -> float:
    return time.mktime((day.year, day.month, day.day, 0, 0, 0, 0, 0, -1))
