"""The takes that a View shows, a page at a time: found by the index (`places.py`), read by their numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, select

from components.jobs.database import StoreError, reading
from components.jobs.finding.index import BINNED, BYTES, HERE, STAR
from components.jobs.finding.places import how_many, place_of, places_of, question_of
from components.jobs.finding.view import Choices, Cursor, View
from components.jobs.job import Job
from components.jobs.rows import storable, to_job
from components.jobs.schema import job, tally

MOST_COUNTED = 1000
"""Counting ends there: who finds more is told "more than"."""
_AT_ONCE = 200
_IDS_AT_ONCE = 5000


@dataclass(frozen=True)
class Found:
    """A page of takes, in the order that was asked for."""

    jobs: tuple[Job, ...]
    newer: Cursor | None
    """As `after` of the view it leads to the page before this one; None: there is none."""
    older: Cursor | None
    """As `before` of the view it leads to the page behind this one; None: there is none."""


class History:
    """What the store's database holds, to be looked for. Every method raises StoreError when it cannot be used.

    `owner` is the person who looks, for `view.mine`.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, view: View, *, owner: str = "", limit: int = 24) -> Found:
        """The page of `limit` takes that `view` asks for; a take that cannot be read is left out."""
        with reading(self._engine) as connection:
            question = question_of(connection, view, owner)
            if question is None:
                return Found((), None, None)
            backwards = view.after is not None
            places = places_of(connection, view, question, limit + 1)
            goes_on, places = len(places) > limit, places[:limit]
            if backwards:
                places.reverse()
                newer, older = goes_on, bool(places) or view.after is not None
                if places:
                    older = bool(places_of(connection, view.at_the_top(before=places[-1]), question, 1))
            else:
                older = goes_on
                newer = view.before is not None and bool(places)
                if newer:
                    newer = bool(places_of(connection, view.at_the_top(after=places[0]), question, 1))
            jobs = _read(connection, [place.seq for place in places])
        return Found(jobs, places[0] if newer and places else None, places[-1] if older and places else None)

    def count(self, view: View, *, owner: str = "", most: int = MOST_COUNTED) -> int:
        """How many takes `view` shows on all its pages; `most` where there are that many or more."""
        with reading(self._engine) as connection:
            question = question_of(connection, view, owner)
            if question is None:
                return 0
            return how_many(connection, question, most)

    def each(self, view: View, *, owner: str = "") -> Iterator[Job]:
        """Every take that `view` shows, from its first page on. None is held for longer than it takes to give it."""
        view = view.at_the_top()
        while True:
            found = self.find(view, owner=owner, limit=_AT_ONCE)
            yield from found.jobs
            if found.older is None:
                return
            view = view.at_the_top(before=found.older)

    def ids(self, view: View, *, owner: str = "", most: int) -> list[str]:
        """The ids of the takes that `view` shows, from its first page on, `most` of them. No take is read for it."""
        found: list[str] = []
        before: Cursor | None = None
        with reading(self._engine) as connection:
            question = question_of(connection, view, owner)
            while question is not None and len(found) < most:
                limit = min(most - len(found), _IDS_AT_ONCE)
                places = places_of(connection, view.at_the_top(before=before), question, limit)
                numbers = [place.seq for place in places]
                named = select(job.c.seq, job.c.id).where(job.c.seq.in_(numbers))
                ids = dict(connection.execute(named).all())
                found += [ids[seq] for seq in numbers if seq in ids]
                if len(places) < limit:
                    break
                before = places[-1]
        return found

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
            question = question_of(connection, view, owner)
            if question is None:
                return None, None
            here = place_of(connection, view, one.seq)
            if here is None:
                return None, None
            before = places_of(connection, view.at_the_top(after=here), question, 1)
            behind = places_of(connection, view.at_the_top(before=here), question, 1)
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
