"""The takes that a View shows, a page at a time: found by the index, read by their numbers.

Newest and oldest first the index gives as it lies. By length or cost it is asked once for each length or price that
there is (the tally knows them), from the top until the page is full; where little is found, that is sorted here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import Connection, Engine, select

from components.jobs.database import StoreError, reading
from components.jobs.finding.index import (
    BINNED,
    BYTES,
    HERE,
    SILENT,
    SOUND,
    STAR,
    UNKNOWN,
    matching,
    search,
    token,
)
from components.jobs.finding.typed import typed
from components.jobs.finding.view import Choices, Cursor, Sort, View
from components.jobs.job import Job
from components.jobs.rows import storable, to_job
from components.jobs.schema import job, rank, tally

MOST_COUNTED = 1000
"""Counting ends there: who finds more is told "more than"."""
_FEW = 4000
"""So many takes are sorted by length or cost after they were found; more are asked for rank by rank."""
_AT_ONCE = 200
_RANKED = {Sort.LONGEST: ("l", rank.c.seconds), Sort.DEAREST: ("c", rank.c.cents)}
_NOWHERE = 2**62


@dataclass(frozen=True)
class Found:
    """A page of takes, in the order that was asked for."""

    jobs: tuple[Job, ...]
    newer: Cursor | None
    """As `after` of the view it leads to the page before this one; None: there is none."""
    older: Cursor | None
    """As `before` of the view it leads to the page behind this one; None: there is none."""


@dataclass(frozen=True)
class _Question:
    """A View as the index is asked it."""

    match: str
    first: int
    last: int
    """The least and the greatest number of a take that counts."""


class History:
    """What the store's database holds, to be looked for. Every method raises StoreError when it cannot be used.

    `owner` is the person who looks, for `view.mine`.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, view: View, *, owner: str = "", limit: int = 24) -> Found:
        """The page of `limit` takes that `view` asks for; a take that cannot be read is left out."""
        with reading(self._engine) as connection:
            question = _question(connection, view, owner)
            if question is None:
                return Found((), None, None)
            backwards = view.after is not None
            places = _places(connection, view, question, limit + 1)
            goes_on, places = len(places) > limit, places[:limit]
            if backwards:
                places.reverse()
                newer, older = goes_on, bool(places) or view.after is not None
                if places:
                    older = bool(_places(connection, view.at_the_top(before=places[-1]), question, 1))
            else:
                older = goes_on
                newer = view.before is not None and bool(places)
                if newer:
                    newer = bool(_places(connection, view.at_the_top(after=places[0]), question, 1))
            jobs = _read(connection, [place.seq for place in places])
        return Found(jobs, places[0] if newer and places else None, places[-1] if older and places else None)

    def count(self, view: View, *, owner: str = "", most: int = MOST_COUNTED) -> int:
        """How many takes `view` shows on all its pages; `most` where there are that many or more."""
        with reading(self._engine) as connection:
            question = _question(connection, view, owner)
            if question is None:
                return 0
            return len(_asked(connection, question, question.match, most))

    def each(self, view: View, *, owner: str = "") -> Iterator[Job]:
        """Every take that `view` shows, from its first page on. None is held for longer than it takes to give it."""
        view = view.at_the_top()
        while True:
            found = self.find(view, owner=owner, limit=_AT_ONCE)
            yield from found.jobs
            if found.older is None:
                return
            view = view.at_the_top(before=found.older)

    def some(self, ids: Sequence[str]) -> Iterator[Job]:
        """The takes with these ids, in this order; those that are gone or cannot be read are left out."""
        for start in range(0, len(ids), _AT_ONCE):
            wanted = [storable(job_id) for job_id in ids[start : start + _AT_ONCE]]
            with reading(self._engine) as connection:
                rows = {row.id: row for row in connection.execute(select(job).where(job.c.id.in_(wanted)))}
            for job_id in wanted:
                if job_id in rows:
                    try:
                        yield to_job(rows[job_id])
                    except StoreError:
                        continue

    def beside(self, view: View, one: Job, *, owner: str = "") -> tuple[str | None, str | None]:
        """The ids of the takes before and behind `one` in the order of `view`; None where there is none."""
        with reading(self._engine) as connection:
            question = _question(connection, view, owner)
            if question is None:
                return None, None
            here = _placed(connection, view, [one.seq])
            if not here:
                return None, None
            before = _places(connection, view.at_the_top(after=here[0]), question, 1)
            behind = _places(connection, view.at_the_top(before=here[0]), question, 1)
            ids = dict(
                connection.execute(
                    select(job.c.seq, job.c.id).where(job.c.seq.in_([p.seq for p in before + behind]))
                ).all()
            )
        return tuple(ids.get(places[0].seq) if places else None for places in (before, behind))  # type: ignore[return-value]

    def choices(self, *, bin: bool = False) -> Choices:
        """What the list (or the bin's) can be narrowed to, with the number of takes of each."""
        kinds: dict[str, list[tuple[str, int]]] = {}
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(tally.c.token, tally.c.value, tally.c.count).where(tally.c.bin == bin)
            ).all()
        total = size = starred = 0
        for name, value, count in rows:
            if name == BYTES:
                size = count
            elif name in (HERE, BINNED):
                total = count
            elif name == STAR:
                starred = count
            else:
                kinds.setdefault(name[0], []).append((value, count))

        def named(kind: str) -> dict[str, int]:
            return dict(sorted(kinds.get(kind, []), key=lambda one: (-one[1], one[0])))

        def counted(kind: str) -> dict[int, int]:
            return {
                int(value): count
                for value, count in sorted(kinds.get(kind, []), key=_by_number)
                if value != "-1"
            }

        return Choices(
            total=total,
            size=size,
            standings=named("s"),
            models=named("m"),
            makers=named("k"),
            ratios=named("r"),
            projects=named("p"),
            seconds=counted("l"),
            cents=counted("c"),
            starred=starred,
        )

    def sizes(self) -> tuple[int, int]:
        """How many bytes the takes have on disk: outside of the bin, and in it."""
        query = select(tally.c.bin, tally.c.count).where(tally.c.token == BYTES)
        with reading(self._engine) as connection:
            found = {bool(bin): int(count) for bin, count in connection.execute(query)}
        return found.get(False, 0), found.get(True, 0)

    def largest(self, *, bin: bool = False, limit: int = 24) -> tuple[Job, ...]:
        """The takes with the largest files, the largest first."""
        where = job.c.binned.is_not(None) if bin else job.c.binned.is_(None)
        query = (
            select(job.c.seq)
            .where(job.c.size.is_not(None), where)
            .order_by(job.c.size.desc(), job.c.seq.desc())
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return _read(connection, connection.execute(query).scalars().all())


def _question(connection: Connection, view: View, owner: str) -> _Question | None:
    """None where nothing can be found: a filter asks for what no take has."""
    wanted: list[Sequence[str]] = [[BINNED if view.bin else HERE]]
    for kind, values in (("m", view.models), ("k", view.makers), ("r", view.ratios), ("p", view.projects)):
        if values:
            wanted.append([token(kind, value) for value in values])
    if view.standings:
        wanted.append([f"s_{standing}" for standing in view.standings])
    for kind, bounds in (("l", view.seconds), ("c", view.cents)):
        if bounds != (None, None):
            wanted.append(
                [f"{kind}_{rank}" for rank in _ranks(connection, kind, view.bin, bounds) if rank >= 0]
            )
    if view.sound is not None:
        wanted.append([SOUND if view.sound else SILENT])
    if view.starred:
        wanted.append([STAR])
    if view.mine:
        wanted.append([token("o", owner)])
    if not all(wanted):
        return None
    match = _all_of(wanted)
    words = typed(view.words)
    if positive := words.match():
        match = f"({positive}) AND {match}"
    if words.without:
        match = f"({match}) NOT ({words.without})"
    first, last = _days(connection, view.days)
    return _Question(match, first, last)


def _all_of(wanted: Sequence[Sequence[str]]) -> str:
    """Takes that have one token of each group."""
    groups = ("(" + " OR ".join(f'"{each}"' for each in group) + ")" for group in wanted)
    return f"facets : ({' AND '.join(groups)})"


def _days(connection: Connection, days: tuple[date | None, date | None]) -> tuple[int, int]:
    """The first and the last number of the takes of these days. Numbers are given out as time passes."""
    first, last = 0, _NOWHERE
    if days[0] is not None:
        since = select(job.c.seq).where(job.c.created >= _midnight(days[0])).order_by(job.c.created).limit(1)
        first = connection.execute(since).scalar() or _NOWHERE
    if days[1] is not None:
        end = _midnight(days[1] + timedelta(days=1))
        until = select(job.c.seq).where(job.c.created < end).order_by(job.c.created.desc()).limit(1)
        last = connection.execute(until).scalar() or 0
    return first, last


def _midnight(day: date) -> float:
    return time.mktime((day.year, day.month, day.day, 0, 0, 0, 0, 0, -1))


def _places(connection: Connection, view: View, question: _Question, limit: int) -> list[Cursor]:
    """So many places from `view.before` on; or from `view.after` on, and then in the opposite order."""
    backwards = view.after is not None
    at = view.after or view.before
    if view.sort not in _RANKED:
        downwards = (view.sort is Sort.NEWEST) != backwards
        found = _asked(connection, _bounded(question, at, downwards), question.match, limit, downwards)
        return [Cursor(seq) for seq in found]
    if len(_asked(connection, question, question.match, _FEW + 1)) <= _FEW:
        return _sorted(connection, view, question, at, backwards)[:limit]
    kind, _ = _RANKED[view.sort]
    places: list[Cursor] = []
    for place in sorted(_ranks(connection, kind, view.bin, (None, None)), reverse=not backwards):
        if at is not None and (place < at.rank if backwards else place > at.rank):
            continue
        bounded = _bounded(question, at, not backwards) if at is not None and place == at.rank else question
        ranked = f'({question.match}) AND facets : "{kind}_{UNKNOWN if place < 0 else place}"'
        found = _asked(connection, bounded, ranked, limit - len(places), not backwards)
        places += [Cursor(seq, place) for seq in found]
        if len(places) >= limit:
            break
    return places


def _sorted(
    connection: Connection, view: View, question: _Question, at: Cursor | None, backwards: bool
) -> list[Cursor]:
    """All places beyond `at`, sorted after they were found."""
    _, figure = _RANKED[view.sort]
    rowid = search.c.rowid
    found = select(rowid).where(matching(question.match), rowid.between(question.first, question.last))
    rows = connection.execute(select(rank.c.seq, figure).where(rank.c.seq.in_(found)))
    places = sorted((Cursor(seq, place) for seq, place in rows), key=_order, reverse=backwards)
    if at is None:
        return places
    return [p for p in places if (_order(p) < _order(at) if backwards else _order(p) > _order(at))]


def _order(place: Cursor) -> tuple[int, int]:
    return -place.rank, -place.seq


def _bounded(question: _Question, at: Cursor | None, downwards: bool) -> _Question:
    """Only the takes beyond `at`, in the direction in which they are asked for."""
    if at is None:
        return question
    if downwards:
        return replace(question, last=min(question.last, at.seq - 1))
    return replace(question, first=max(question.first, at.seq + 1))


def _asked(
    connection: Connection, question: _Question, match: str, limit: int, downwards: bool = True
) -> list[int]:
    """The numbers of the takes that the index gives, by their age."""
    rowid = search.c.rowid
    query = (
        select(rowid)
        .where(matching(match), rowid.between(question.first, question.last))
        .order_by(rowid.desc() if downwards else rowid)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def _placed(connection: Connection, view: View, seqs: Sequence[int]) -> list[Cursor]:
    """The places of these takes in the order of `view`."""
    if view.sort not in _RANKED or not seqs:
        return [Cursor(seq) for seq in seqs]
    _, figure = _RANKED[view.sort]
    rows = connection.execute(select(rank.c.seq, figure).where(rank.c.seq.in_(seqs)))
    return [Cursor(seq, place) for seq, place in rows]


def _ranks(connection: Connection, kind: str, bin: bool, bounds: tuple[int | None, int | None]) -> list[int]:
    """The lengths or costs that takes have, within `bounds`; -1 for none."""
    query = select(tally.c.value).where(
        tally.c.bin == bin, tally.c.token.startswith(f"{kind}_", autoescape=True)
    )
    least, most = bounds
    ranks = [int(value) for value in connection.execute(query).scalars()]
    return [rank for rank in ranks if (least is None or rank >= least) and (most is None or rank <= most)]


def _by_number(one: tuple[str, int]) -> int:
    return int(one[0])


def _read(connection: Connection, seqs: Sequence[int]) -> tuple[Job, ...]:
    """The takes with these numbers, in this order, without those that cannot be read."""
    rows = (
        {row.seq: row for row in connection.execute(select(job).where(job.c.seq.in_(seqs)))} if seqs else {}
    )
    jobs = []
    for seq in seqs:
        try:
            if seq in rows:
                jobs.append(to_job(rows[seq]))
        except StoreError:
            continue
    return tuple(jobs)
