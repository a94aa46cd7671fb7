"""Where the takes of a View stand in its order: the index is asked, no take is read.

Newest and oldest first the index gives as it lies. By length or cost, what is few is sorted; of more, the index is
asked for the takes of one length or price after the other (the tally knows which there are, and how many takes each
has), from the top until enough are found.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from components.jobs.finding.index import (
    BINNED,
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
from components.jobs.finding.view import Cursor, Sort, View
from components.jobs.schema import job, rank, tally

_FEW = 1000
"""So many takes are sorted."""
_RANKED = {Sort.LONGEST: ("l", "seconds"), Sort.DEAREST: ("c", "cents")}
_NOWHERE = 2**62


@dataclass(frozen=True)
class Question:
    """A View as the index is asked it."""

    match: str
    first: int
    last: int
    """The least and the greatest number of a take that counts."""
    few: bool = False
    """Whether what is found, and shown by length or cost, is sorted."""


def question_of(connection: Connection, view: View, owner: str) -> Question | None:
    """None where nothing can be found: a filter asks for what no take has. `owner` is who looks."""
    wanted: list[Sequence[str]] = [[BINNED if view.bin else HERE]]
    for kind, values in (("m", view.models), ("k", view.makers), ("r", view.ratios), ("p", view.projects)):
        if values:
            wanted.append([token(kind, value) for value in values])
    if view.standings:
        wanted.append([f"s_{standing}" for standing in view.standings])
    for kind, bounds in (("l", view.seconds), ("c", view.cents)):
        if bounds != (None, None):
            wanted.append([f"{kind}_{place}" for place in _ranks(connection, kind, view) if place >= 0])
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
    question = Question(match, first, last)
    if view.sort not in _RANKED:
        return question
    return replace(question, few=how_many(connection, question, _FEW + 1) <= _FEW)


def places_of(connection: Connection, view: View, question: Question, limit: int) -> list[Cursor]:
    """So many places from `view.before` on; or from `view.after` on, and then in the opposite order."""
    backwards = view.after is not None
    at = view.after or view.before
    if view.sort not in _RANKED:
        downwards = (view.sort is Sort.NEWEST) != backwards
        return [
            Cursor(seq) for seq in _by_age(connection, _beyond(question, at, downwards), limit, downwards)
        ]
    if question.few:
        return _sorted(connection, view, question, at, limit, backwards)
    kind, _ = _RANKED[view.sort]
    counts = _ranks(connection, kind, view)
    there = [place for place in counts if at is None or (place >= at.rank if backwards else place <= at.rank)]
    places: list[Cursor] = []
    for group in _groups(sorted(there, reverse=not backwards), counts):
        tokens = " OR ".join(f'"{kind}_{UNKNOWN if place < 0 else place}"' for place in group)
        of_these = replace(question, match=f"({question.match}) AND facets : ({tokens})")
        left = limit - len(places)
        if len(group) > 1:
            places += _sorted(connection, view, of_these, at, left, backwards)
        else:
            here = at if at is not None and at.rank == group[0] else None
            found = _by_age(connection, _beyond(of_these, here, not backwards), left, not backwards)
            places += [Cursor(seq, group[0]) for seq in found]
        if len(places) >= limit:
            break
    return places


def how_many(connection: Connection, question: Question, most: int) -> int:
    """How many takes the index finds; `most` where there are that many or more."""
    found = select(search.c.rowid).where(*_found(question)).limit(most).subquery()
    return int(connection.execute(select(func.count()).select_from(found)).scalar_one())


def place_of(connection: Connection, view: View, seq: int) -> Cursor | None:
    """The place of the take with this number in the order of `view`; None where it is gone."""
    if view.sort not in _RANKED:
        return Cursor(seq)
    _, name = _RANKED[view.sort]
    place = connection.execute(select(rank.c[name]).where(rank.c.seq == seq)).scalar()
    return None if place is None else Cursor(seq, place)


def _all_of(wanted: Sequence[Sequence[str]]) -> str:
    """Takes that have one token of each group."""
    groups = ("(" + " OR ".join(f'"{each}"' for each in group) + ")" for group in wanted)
    return f"facets : ({' AND '.join(groups)})"


def _days(connection: Connection, days: tuple[date | None, date | None]) -> tuple[int, int]:
    """The first and the last number of the takes of these days. Numbers are given out as time passes."""
    first, last = 0, _NOWHERE
    if days[0] is not None:
        since = (
            select(job.c.seq)
            .where(job.c.created >= midnight(days[0]))
            .order_by(job.c.created, job.c.seq)
            .limit(1)
        )
        first = connection.execute(since).scalar() or _NOWHERE
    if days[1] is not None:
        end = midnight(days[1] + timedelta(days=1))
        until = (
            select(job.c.seq)
            .where(job.c.created < end)
            .order_by(job.c.created.desc(), job.c.seq.desc())
            .limit(1)
        )
        last = connection.execute(until).scalar() or 0
    return first, last


def midnight(day: date) -> float:
    """When the day begins here, in Unix seconds."""
    return time.mktime((day.year, day.month, day.day, 0, 0, 0, 0, 0, -1))


def _groups(ranks: Sequence[int], counts: dict[int, int]) -> Iterator[list[int]]:
    """The ranks in their order, those together that have few takes in all."""
    group: list[int] = []
    size = 0
    for place in ranks:
        if group and size + counts[place] > _FEW:
            yield group
            group, size = [], 0
        group.append(place)
        size += counts[place]
    if group:
        yield group


def _sorted(
    connection: Connection, view: View, question: Question, at: Cursor | None, limit: int, backwards: bool
) -> list[Cursor]:
    """So many places beyond `at`, of all that are found."""
    _, name = _RANKED[view.sort]
    seq, place = rank.c.seq, rank.c[name]
    query = select(seq, place).select_from(search.join(rank, seq == search.c.rowid)).where(*_found(question))
    if at is not None:
        query = query.where(
            or_(place > at.rank, and_(place == at.rank, seq > at.seq))
            if backwards
            else or_(place < at.rank, and_(place == at.rank, seq < at.seq))
        )
    order = (place, seq) if backwards else (place.desc(), seq.desc())
    return [Cursor(*row) for row in connection.execute(query.order_by(*order).limit(limit))]


def _beyond(question: Question, at: Cursor | None, downwards: bool) -> Question:
    """Only the takes beyond `at`, in the direction in which they are asked for."""
    if at is None:
        return question
    if downwards:
        return replace(question, last=min(question.last, at.seq - 1))
    return replace(question, first=max(question.first, at.seq + 1))


def _by_age(connection: Connection, question: Question, limit: int, downwards: bool) -> list[int]:
    """The numbers of the takes that the index gives."""
    rowid = search.c.rowid
    query = select(rowid).where(*_found(question)).order_by(rowid.desc() if downwards else rowid).limit(limit)
    return list(connection.execute(query).scalars())


def _found(question: Question) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return matching(question.match), search.c.rowid.between(question.first, question.last)


def _ranks(connection: Connection, kind: str, view: View) -> dict[int, int]:
    """The lengths or costs that takes have, within the view's bounds, and how many have each; -1 for none."""
    query = select(tally.c.value, tally.c.count).where(
        tally.c.bin == view.bin, tally.c.token.between(f"{kind}_", f"{kind}_{UNKNOWN}")
    )
    least, most = view.seconds if kind == "l" else view.cents
    ranks = ((int(value), count) for value, count in connection.execute(query))
    return {
        place: count
        for place, count in ranks
        if (least is None or place >= least) and (most is None or place <= most)
    }
