"""The generations, kept on disk, and the clock that moves them: queued, generating, completed.

A row is committed and synced before the create is answered, so no restart loses one. The state is not stored:
it follows from the time of creation, and only the end is written down.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import sqlite3
import string
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from components.sandbox.documents import UNIVERSAL
from components.sandbox.films import Films
from components.sandbox.plan import Plan

POSTS_KEPT = 5_000
"""How many creates are remembered for `/_sandbox/creates`."""
LONGEST_BODY_KEPT = 64 * 1024
"""Characters; a longer body is counted, not kept."""
_ID_ALPHABET = string.ascii_letters + string.digits + "_-"

_TABLES = """
CREATE TABLE IF NOT EXISTS generations (
    id TEXT PRIMARY KEY, path TEXT NOT NULL, model TEXT NOT NULL, file TEXT NOT NULL UNIQUE,
    plan TEXT NOT NULL, created REAL NOT NULL, queued REAL NOT NULL, total REAL NOT NULL, usd REAL NOT NULL,
    fate TEXT, ready INTEGER NOT NULL DEFAULT 0, failure TEXT
);
CREATE TABLE IF NOT EXISTS posts (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, path TEXT NOT NULL, status INTEGER,
    client_request_id TEXT, generation_id TEXT, model TEXT, body TEXT
);
"""


class Status(StrEnum):
    """The documented status words."""

    QUEUED = "queued"
    GENERATING = "generating"
    COMPLETED = "completed"
    ERROR = "error"


@dataclass(frozen=True, kw_only=True)
class Clock:
    """How long a generation takes, in seconds from its creation."""

    queued: float
    total: float

    @classmethod
    def of(cls, total: float) -> Clock:
        """A quarter of the time is spent in the queue, at most ten seconds."""
        return cls(queued=min(total / 4, 10.0), total=total)

    def status(self, elapsed: float) -> Status:
        """Where a generation stands after so many seconds. A clock set back counts as no time at all."""
        if elapsed >= self.total:
            return Status.COMPLETED
        return Status.QUEUED if elapsed < self.queued else Status.GENERATING


@dataclass(frozen=True, kw_only=True)
class Generation:
    """One accepted create."""

    id: str
    path: str
    """The path that created it; only there it is found."""
    model: str
    file: str
    """The name of its file, without the ending: 32 hex digits, unguessable."""
    plan: Plan
    created: float
    clock: Clock
    usd: float
    fate: str | None = None
    """The name of the fault that spoils its end, if any."""
    ready: bool = False
    failure: str | None = None


@dataclass(frozen=True, kw_only=True)
class Post:
    """One create as it arrived, whatever became of it."""

    path: str
    client_request_id: str | None
    model: str | None
    body: str | None
    """The JSON text as sent, or None where there was none that could be read."""


class Generations:
    """The table of generations. Safe to use from several threads."""

    def __init__(
        self,
        data: Path,
        *,
        films: Films,
        now: Callable[[], float] = time.time,
        posts_kept: int = POSTS_KEPT,
    ) -> None:
        """Opens or creates the table in the folder `data`; raises OSError when it cannot be written."""
        self._films = films
        self._now = now
        self._posts_kept = posts_kept
        self._lock = threading.Lock()
        try:
            data.mkdir(parents=True, exist_ok=True)
            # The number in the name goes up when the tables change: previews are not worth a migration.
            self._db = sqlite3.connect(
                data / "generations-1.sqlite", check_same_thread=False, isolation_level=None, timeout=10
            )
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.executescript(_TABLES)
        except sqlite3.Error as error:
            raise OSError(f"The sandbox cannot keep its generations: {error}.") from error

    def accept(
        self,
        post: Post,
        *,
        status: int,
        model: str,
        plan: Plan,
        clock: Clock,
        usd: float,
        fate: str | None = None,
    ) -> Generation:
        """Keeps a new generation and counts the post that asked for it, in one synced transaction."""
        generation = Generation(
            id=_nanoid() if post.path == UNIVERSAL else f"{uuid.uuid4()}:{model}",
            path=post.path,
            model=model,
            file=uuid.uuid4().hex,
            plan=plan,
            created=self._now(),
            clock=clock,
            usd=usd,
            fate=fate,
        )
        with self._transaction() as db:
            db.execute(
                "INSERT INTO generations (id, path, model, file, plan, created, queued, total, usd, fate)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    generation.id,
                    generation.path,
                    model,
                    generation.file,
                    plan.as_json(),
                    generation.created,
                    clock.queued,
                    clock.total,
                    usd,
                    fate,
                ),
            )
            self._count(db, post, status, generation.id)
        return generation

    def refuse(self, post: Post, *, status: int) -> None:
        """Counts a post that was answered with an error."""
        with self._transaction() as db:
            self._count(db, post, status, None)

    def find(self, generation_id: str, path: str) -> Generation | None:
        """The generation of this id, where it was created on this path."""
        return self._one("SELECT * FROM generations WHERE id = ? AND path = ?", (generation_id, path))

    def of_file(self, file: str) -> Generation | None:
        """The generation whose file has this name."""
        return self._one("SELECT * FROM generations WHERE file = ?", (file,))

    def doom(self, generation: Generation, fate: str) -> None:
        """Gives a generation the fault that spoils its end. It keeps its first."""
        with self._transaction() as db:
            db.execute("UPDATE generations SET fate = ? WHERE id = ? AND fate IS NULL", (fate, generation.id))

    def release(self, fates: list[str]) -> None:
        """Takes these faults back: the generations that had one go on as if nothing had been."""
        with self._transaction() as db:
            db.executemany("UPDATE generations SET fate = NULL WHERE fate = ?", [(fate,) for fate in fates])

    def follow(self, generation: Generation) -> Generation:
        """The generation as it stands now. Has its film made if need be, and writes down how that ended."""
        if generation.ready or generation.failure is not None:
            return generation
        work = self._films.ask(generation.plan)
        if work is None:
            return self._end(generation, ready=True, failure=None)
        if work.done() and not work.cancelled() and (error := work.exception()) is not None:
            return self._end(generation, ready=False, failure=_reason(error))
        return generation

    def status(self, generation: Generation) -> Status:
        """Where it stands: `completed` is only said when its time is over and the film is there."""
        if generation.failure is not None:
            return Status.ERROR
        by_clock = self.by_clock(generation)
        is_late = by_clock is Status.COMPLETED and not generation.ready
        return Status.GENERATING if is_late else by_clock

    def by_clock(self, generation: Generation) -> Status:
        """Where it stands by the clock alone, whether its film is there or not."""
        return generation.clock.status(self._now() - generation.created)

    def posts(self) -> list[dict[str, Any]]:
        """The creates that arrived, oldest first, only the last of them; `generation_id` only where accepted."""
        with self._lock:
            rows = self._db.execute("SELECT * FROM posts ORDER BY seq").fetchall()
        return [
            {**dict(row), "body": None if row["body"] is None else json.loads(row["body"])} for row in rows
        ]

    def close(self) -> None:
        """Closes the table; the films' threads are closed by whoever made them."""
        with self._lock:
            self._db.close()

    def _end(self, generation: Generation, *, ready: bool, failure: str | None) -> Generation:
        with self._transaction() as db:
            db.execute(
                "UPDATE generations SET ready = ?, failure = ? WHERE id = ?", (ready, failure, generation.id)
            )
        return replace(generation, ready=ready, failure=failure)

    def _one(self, query: str, values: tuple[str, ...]) -> Generation | None:
        with self._lock:
            row = self._db.execute(query, values).fetchone()
        if row is None:
            return None
        return Generation(
            id=row["id"],
            path=row["path"],
            model=row["model"],
            file=row["file"],
            plan=Plan.from_json(row["plan"]),
            created=row["created"],
            clock=Clock(queued=row["queued"], total=row["total"]),
            usd=row["usd"],
            fate=row["fate"],
            ready=bool(row["ready"]),
            failure=row["failure"],
        )

    def _count(self, db: sqlite3.Connection, post: Post, status: int, generation_id: str | None) -> None:
        body = post.body if post.body is not None and len(post.body) <= LONGEST_BODY_KEPT else None
        cursor = db.execute(
            "INSERT INTO posts (at, path, status, client_request_id, generation_id, model, body)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (self._now(), post.path, status, post.client_request_id, generation_id, post.model, body),
        )
        db.execute("DELETE FROM posts WHERE seq <= ?", ((cursor.lastrowid or 0) - self._posts_kept,))

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                # After some failures, such as a full disk, SQLite has rolled back by itself.
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise


def _nanoid() -> str:
    """21 characters, as the provider's ids: they may begin with `-` or `_`."""
    return "".join(secrets.choice(_ID_ALPHABET) for _ in range(21))


def _reason(error: BaseException) -> str:
    """Why a film failed: what the system says ("No space left on device"), else the kind of error."""
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
