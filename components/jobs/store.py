"""What was asked for, and what became of it: one table, and one function for each thing that happens to it.

Every change is one transaction, on disk when the function returns. Pages and the tracker share the database
and nothing else: `revision()` tells a page that something it shows may have changed. Time is passed in.

    add -> claim -> settle ... settle        the tracker's way; a claim is a lease that runs out by itself
    cancel, unfollow, follow, attach, delete what a person may ask for
    judge_shot                               what a person thinks of what came
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, exists, func, insert, select, update

from components.jobs.bin import Bin
from components.jobs.boards import Boards
from components.jobs.changes import bump, changed
from components.jobs.database import StoreError, open_database, reading, writing
from components.jobs.documents import Documents
from components.jobs.drafts import Drafts
from components.jobs.family import Family
from components.jobs.finding import index
from components.jobs.finding.backlog import Backlog
from components.jobs.finding.history import History
from components.jobs.job import ENDED, IN_FLIGHT, Job, Order, State, new_id
from components.jobs.migrations import NewerDatabase, migrate
from components.jobs.rows import SCHEDULE, as_columns, new_row, storable, to_job, to_verdicts
from components.jobs.schema import job, revision
from components.jobs.sorting import Sorting
from components.jobs.summary import Summaries
from components.jobs.waits import Waits

__all__ = ["Page", "Store", "StoreError"]

log = logging.getLogger(__name__)

DATABASE = "playground.db"

MOST_SHOTS = 200
"""So many shots of a take can be judged: as many as a storyboard can have."""

LONGEST_ID = 512
"""The longest generation id, in characters; as long as the provider's client takes one."""

_ENDED = [state.value for state in ENDED]
_IN_FLIGHT = [state.value for state in IN_FLIGHT]
_SENT = [State.QUEUED.value, State.GENERATING.value]
_IN_HAND = [*_IN_FLIGHT, State.ARCHIVING.value]


@dataclass(frozen=True)
class Page:
    """Some takes, newest first."""

    jobs: tuple[Job, ...]
    newer: int | None
    """Pass as `after` for the page of newer takes; None: there are none."""
    older: int | None
    """Pass as `before` for the page of older takes; None: there are none."""


class Store:
    """The database in `folder`, made or brought up to date. Safe to use from many threads and processes.

    Every method raises StoreError, with a sentence, when the database cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StoreError(f"The data folder {folder} cannot be made: {error.strerror}.") from None
        self._unreadable: set[str] = set()
        self._engine = open_database(folder / DATABASE)
        self.bin = Bin(self._engine)
        self.boards = Boards(self._engine)
        self.documents = Documents(self._engine)
        self.drafts = Drafts(self._engine)
        self.family = Family(self._engine)
        self.history = History(self._engine)
        self.sorting = Sorting(self._engine)
        self.summaries = Summaries(self._engine)
        self.waits = Waits(self._engine)
        try:
            with writing(self._engine) as connection:
                migrate(connection)
                index.begin_anew(connection)
            self.backlog = Backlog(self._engine)
        except NewerDatabase:
            self.close()
            raise StoreError(
                f"The database in {folder} was written by a newer version of this app. "
                "Start that version, or choose another data folder."
            ) from None
        except StoreError:
            self.close()
            raise

    def close(self) -> None:
        """Give the file back. The store opens it again when it is used again."""
        self._engine.dispose()

    # Asking for takes

    def add(self, orders: Sequence[Order], *, token: str, now: float) -> list[Job]:
        """The takes of one click, waiting to be sent; on disk when this returns.

        `token` is new for each click. The same token again gives the takes already made and makes none, so
        that a page run twice, or a double click, cannot pay twice.
        """
        if not orders:
            return []
        of_this_click = select(job).where(job.c.token == token).order_by(job.c.ordinal)
        with writing(self._engine) as connection:
            made = connection.execute(of_this_click).all()
            if not made:
                rows = [
                    new_row(order, id=new_id(), token=token, ordinal=ordinal, now=now)
                    for ordinal, order in enumerate(orders)
                ]
                # One by one: the order of the numbers is the order of the orders.
                for row in rows:
                    connection.execute(insert(job).values(row))
                changed(
                    connection, connection.execute(select(job.c.seq).where(job.c.token == token)).scalars()
                )
                made = connection.execute(of_this_click).all()
            return [to_job(row) for row in made]

    # Looking

    def get(self, job_id: str) -> Job | None:
        """The take with this id, or None: also for an id that no take can have."""
        if not re.fullmatch(r"[0-9a-f]{32}", job_id):
            return None
        with reading(self._engine) as connection:
            row = connection.execute(select(job).where(job.c.id == job_id)).one_or_none()
        return None if row is None else to_job(row)

    def page(
        self,
        *,
        before: int | None = None,
        after: int | None = None,
        limit: int = 24,
        owner: str | None = None,
    ) -> Page:
        """Takes, newest first: the newest, or those next to `before` (older) or `after` (newer).

        `before` and `after` are `seq` numbers, of takes that may be gone; give one of them at most.
        `owner` leaves out everyone else's. A take that this version cannot read is left out.
        """
        before, after = _number(before), _number(after)
        whose = [job.c.binned.is_(None), *([] if owner is None else [job.c.owner == owner])]
        towards_newer = after is not None
        query = select(job).where(*whose).limit(limit + 1)
        if after is not None:
            query = query.where(job.c.seq > after).order_by(job.c.seq)
        else:
            query = query.order_by(job.c.seq.desc())
            if before is not None:
                query = query.where(job.c.seq < before)
        with reading(self._engine) as connection:
            found = connection.execute(query).all()
            goes_on, rows = len(found) > limit, found[:limit]
            if towards_newer:
                rows = rows[::-1]
            # The first and last number of this page; where it is empty, the place where it would stand.
            newest = rows[0].seq if rows else (after if after is not None else (before or 1) - 1)
            oldest = rows[-1].seq if rows else (newest or 0) + 1
            if towards_newer:
                newer = goes_on
                older = _any(connection, job.c.seq < oldest, *whose)
            else:
                older = goes_on
                newer = before is not None and _any(connection, job.c.seq > newest, *whose)
        return Page(tuple(self._readable(rows)), newest if newer else None, oldest if older else None)

    def revision(self) -> int:
        """A number that grows with every change that a page could show."""
        with reading(self._engine) as connection:
            return int(connection.execute(select(revision.c.value)).scalar_one())

    def busy(self) -> bool:
        """Whether any take is still followed."""
        with reading(self._engine) as connection:
            return _any(connection, job.c.next_at.is_not(None))

    def ended_since(self, owner: str, since: float) -> tuple[list[Job], int]:
        """The takes of `owner` that ended last, not before then, the last first, 50 at most; how many go on."""
        theirs = job.c.owner == owner
        ended = select(job).where(theirs, job.c.ended >= since, job.c.binned.is_(None))
        running = select(func.count()).where(theirs, job.c.next_at.is_not(None))
        with reading(self._engine) as connection:
            rows = connection.execute(ended.order_by(job.c.ended.desc()).limit(50)).all()
            return self._readable(rows), int(connection.execute(running).scalar_one())

    # The tracker's side

    def claim(self, who: str, *, now: float, lease: float, limit: int, in_flight: int) -> list[Job]:
        """At most `limit` takes that are due, each leased to `who` for `lease` seconds.

        Takes that wait to be sent come last, oldest first, and only while fewer than `in_flight` of the same
        base URL are with the provider or about to go there. Claiming changes nothing that a page shows.
        A take that this version cannot read is left as it is, and no longer followed.
        """
        with reading(self._engine) as connection:
            if not _any(connection, _due(now, [*_IN_HAND, State.WAITING.value])):
                return []  # the usual case costs no lock
        with writing(self._engine) as connection:
            due = select(job.c.seq).where(_due(now, _IN_HAND)).order_by(job.c.next_at).limit(limit)
            chosen = list(connection.execute(due.with_for_update(skip_locked=True)).scalars())
            chosen += _next_to_send(connection, now=now, limit=limit - len(chosen), in_flight=in_flight)
            if not chosen:
                return []
            connection.execute(
                update(job).where(job.c.seq.in_(chosen)).values(next_at=now + lease, lease_by=who)
            )
            rows = connection.execute(select(job).where(job.c.seq.in_(chosen)).order_by(job.c.seq)).all()
            jobs = self._readable(rows)
            left = {row.id for row in rows} - {job.id for job in jobs}
            if left:
                unfollowed = update(job).where(job.c.id.in_(left)).values(next_at=None, lease_by=None)
                connection.execute(unfollowed)
                changed(connection, [row.seq for row in rows if row.id in left])
            return jobs

    def _readable(self, rows: Iterable[Row[Any]]) -> list[Job]:
        """The takes in `rows`, without those that cannot be read: one of them must not stop the others."""
        jobs = []
        for row in rows:
            try:
                jobs.append(to_job(row))
            except StoreError as error:
                if row.id not in self._unreadable:  # once: pages come by again and again
                    log.error("%s It is left out.", error)
                self._unreadable.add(row.id)
        return jobs

    def renew(self, job_id: str, who: str, *, until: float) -> bool:
        """Keep the lease until then; False where it is no longer ours."""
        with writing(self._engine) as connection:
            ours = update(job).where(job.c.id == job_id, job.c.lease_by == who).values(next_at=until)
            return connection.execute(ours).rowcount == 1

    def settle(self, job_id: str, who: str, **changes: Any) -> bool:
        """Write parts of a Job, by name; False, and nothing written, where the lease is no longer ours.

        Naming `next_at` ends the lease: the take is scheduled anew, or with None no longer followed.
        """
        columns = as_columns(changes)
        if columns.get("state") in _ENDED:
            columns["next_at"] = None
        if "next_at" in columns:
            columns["lease_by"] = None
        with writing(self._engine) as connection:
            ours = job.c.id == job_id, job.c.lease_by == who
            was = connection.execute(select(job).where(*ours)).one_or_none()
            if was is None:
                return False
            if columns:
                connection.execute(update(job).where(*ours).values(columns))
            if _shows(was._mapping, columns):
                changed(connection, [was.seq], texts=False)
            return True

    # What a person may ask for

    def cancel(self, job_id: str, now: float) -> bool:
        """Call off a take that has not been sent; False where it is too late."""
        called_off = {"state": State.CANCELLED.value, "ended": now, "next_at": None, "problem": None}
        return self._change(job_id, job.c.state == State.WAITING.value, called_off)

    def unfollow(self, job_id: str) -> bool:
        """No longer look for the result of a take that the provider has. It is not stopped there."""
        followed = job.c.state.in_(_SENT) & job.c.next_at.is_not(None)
        return self._change(job_id, followed, {"next_at": None})

    def follow(self, job_id: str, now: float) -> bool:
        """Look again for a take that is not followed, or that failed after the provider had accepted it."""
        known = job.c.remote_id.is_not(None)
        left = job.c.state.in_(_SENT) & job.c.next_at.is_(None)
        failed = job.c.state == State.FAILED.value
        return self._change(job_id, known & (left | failed), _taken_up(now))

    def attach(self, job_id: str, remote_id: str, now: float, *, pasted: bool = True) -> bool:
        """Follow a take of which nobody knew whether it was accepted, by the id a person found.

        False, and nothing changed, where the take is not in doubt, the id is empty, longer than 512
        characters or not printable, or another take of the same destination has it. `pasted` is False where
        the provider itself gave the id, late.
        """
        remote_id = remote_id.strip()
        if not (1 <= len(remote_id) <= LONGEST_ID and remote_id.isprintable()):
            return False
        other = job.alias()
        taken = exists().where(
            other.c.remote_id == remote_id, other.c.destination == job.c.destination, other.c.id != job.c.id
        )
        in_doubt = (job.c.state == State.UNKNOWN.value) & ~taken
        return self._change(job_id, in_doubt, {"remote_id": remote_id, "pasted": pasted, **_taken_up(now)})

    def delete(self, job_id: str) -> Job | None:
        """Forget a take that has ended or is not followed, and give what it was; None where it goes on."""
        at_rest = job.c.id == job_id, job.c.next_at.is_(None)
        with writing(self._engine) as connection:
            row = connection.execute(select(job).where(*at_rest)).one_or_none()
            if row is None:
                return None
            gone = to_job(row)
            connection.execute(delete(job).where(*at_rest))
            changed(connection, [gone.seq])
            return gone

    def judge_shot(self, job_id: str, shot: int, verdict: bool | None) -> bool:
        """Thumbs up or down for one planned shot, the first being 0; None takes them back.

        False where there is no such take, or no storyboard has such a shot. The tracker's lease stays as it is.
        """
        if not 0 <= shot < MOST_SHOTS:
            return False
        this = job.c.id == storable(job_id)
        with writing(self._engine) as connection:
            row = connection.execute(select(job.c.verdicts).where(this)).one_or_none()
            if row is None:
                return False
            before = to_verdicts(row.verdicts)
            after = [*before, *[None] * (shot + 1 - len(before))]
            after[shot] = verdict
            while after and after[-1] is None:
                after.pop()
            if tuple(after) != before:
                connection.execute(update(job).where(this).values(verdicts=after or None))
                bump(connection)
            return True

    def _change(self, job_id: str, allowed: ColumnElement[bool], values: dict[str, Any]) -> bool:
        """Change the take where that is `allowed`, and end whatever lease there is on it."""
        with writing(self._engine) as connection:
            change = update(job).where(job.c.id == job_id, allowed).values(lease_by=None, tries=0, **values)
            seqs = connection.execute(change.returning(job.c.seq)).scalars().all()
            if not seqs:
                return False
            changed(connection, seqs, texts=False)
            return True


def _number(given: int | None) -> int | None:
    """A number from a link, as one that the database can compare."""
    return None if given is None else min(max(given, 0), 2**62)


def _any(connection: Connection, *conditions: ColumnElement[bool]) -> bool:
    return connection.execute(select(job.c.seq).where(*conditions).limit(1)).first() is not None


def _due(now: float, states: Sequence[str]) -> ColumnElement[bool]:
    return job.c.state.in_(states) & (job.c.next_at <= now)


def _next_to_send(connection: Connection, *, now: float, limit: int, in_flight: int) -> list[int]:
    """Numbers of waiting takes that may go out now, oldest first, within the limit of each base URL."""
    waiting = _due(now, [State.WAITING.value])
    going_out = (job.c.state == State.WAITING.value) & job.c.lease_by.is_not(None) & (job.c.next_at > now)
    with_provider = job.c.state.in_(_IN_FLIGHT) & job.c.next_at.is_not(None)
    chosen: list[int] = []
    for base_url in connection.execute(select(job.c.base_url).where(waiting).distinct()).scalars().all():
        there = select(func.count()).where(going_out | with_provider, job.c.base_url == base_url)
        room = in_flight - connection.execute(there).scalar_one()
        if room > 0:
            next_ones = (
                select(job.c.seq).where(waiting, job.c.base_url == base_url).order_by(job.c.seq).limit(room)
            )
            chosen += connection.execute(next_ones).scalars()
    return sorted(chosen)[: max(limit, 0)]


def _taken_up(now: float) -> dict[str, Any]:
    return {
        "state": State.QUEUED.value,
        "followed_since": now,
        "next_at": now,
        "ended": None,
        "problem": None,
        "detail": "",
        "binned": None,  # out of the bin: nobody removes what is being made
    }


def _shows(was: Any, columns: dict[str, Any]) -> bool:
    """Whether a page could show a difference. When a take waits because of a problem, it says until when."""
    if columns.get("problem"):
        return True
    visible = columns.keys() - SCHEDULE - {"lease_by"}
    return any(was[name] != columns[name] for name in visible)
