"""Following one destination: its list now and every hour, and the documents that the list leads to.

A model's document is read at once when somebody wants it. The others are read quietly, one every two seconds: only
from their documents can the picker know what a model takes, and filter by it, and a model whose document is here opens
without a wait. What was read is read again after a day, or when the model's row changed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from components.catalog.catalog import Catalog
from components.catalog.entry import Entry
from components.catalog.live.kept import Kept, KeptDocument, KeptList, mark_of
from components.catalog.live.listing import is_video
from components.catalog.live.published import facts_of, spec_of, trouble_of
from components.catalog.openapi import DocumentError
from components.jobs.job import Destination
from components.provider.errors import ProviderError
from components.provider.replies import ModelRow

if TYPE_CHECKING:
    from components.provider.client import Client

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How often to ask, in seconds."""

    list_again: float = 3600
    list_soon: float = 60
    """After a look that failed; twice as long after each that fails again, and `list_again` at most."""
    near_again: float = 10
    """The same for what listens on this machine, where a look costs next to nothing."""
    near_soon: float = 0.5
    between: float = 2
    """Between two documents that nobody waits for; none where they come from this machine."""
    document_again: float = 24 * 3600
    """After this a document is looked at again."""
    document_soon: float = 60
    """After a document that did not come; twice as long after each further time."""
    wanted_soon: float = 5
    """The same for one that somebody wants."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A destination whose list is followed."""

    destination: str
    base_url: str
    """Where it is, as takes remember it."""
    connect: Callable[[], Client | None]
    """A client of its own; None while there is none. It is closed by whoever follows."""


@dataclass(frozen=True)
class Record:
    """What is known of a document that was read."""

    destination: str
    mark: str
    at: float


@dataclass
class _Failures:
    times: int
    at: float


class Following:
    """Follows one source. Belongs to one event loop."""

    def __init__(
        self,
        source: Source,
        catalog: Catalog,
        kept: Kept | None,
        records: dict[str, Record],
        *,
        before: frozenset[str] = frozenset(),
        pace: Pace | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`records`: what was read, by id, of all sources together. `before`: destinations whose documents count
        more: what they list is read there."""
        self.source = source
        self._catalog, self._kept, self._records = catalog, kept, records
        self._before = before
        self._pace, self._clock = pace or Pace(), clock
        self._client: Client | None = None
        self._etag: str | None = None
        self._list_due, self._stirred = asyncio.Event(), asyncio.Event()
        self._wanted: dict[str, None] = {}
        self._failed: dict[str, _Failures] = {}

    def begin(self, kept: KeptList) -> None:
        """Begins with what was kept of a former run, if it is of this place."""
        if kept.base_url == self.source.base_url and kept.rows:
            self._catalog.set_list(self.source.destination, kept.rows, kept.gone)
            self._etag = kept.etag

    def want(self, name: str) -> None:
        """Reads the document of this model next, if this source has it."""
        self._wanted[name] = None
        self._stirred.set()

    def look(self) -> None:
        """Looks at the list now, if it is near."""
        if self._is_near:
            self._list_due.set()

    async def follow_list(self) -> None:
        """Looks at the list, on and on, until it is cancelled."""
        failed = 0
        while True:
            failed = 0 if await self._survived(self._look()) else failed + 1
            again = self._pace.near_again if self._is_near else self._pace.list_again
            soon = self._pace.near_soon if self._is_near else self._pace.list_soon
            await _first(self._list_due, min(again, soon * 2 ** min(failed - 1, 20)) if failed else again)

    async def follow_documents(self) -> None:
        """Reads what documents are to be read, on and on, until it is cancelled."""
        quiet_since = -math.inf
        while True:
            rows = self._own_rows()
            row = self._wanted_row(rows)
            # Not at once even here: a page may be waiting for its turn at the interpreter.
            rest = quiet_since + (0.005 if self._is_near else self._pace.between) - time.monotonic()
            if row is None and rest <= 0:
                row, rest = self._due_row(rows), self._pace.document_soon
            if row is None:
                await _first(self._stirred, rest)
            else:
                await self._survived(self._read(row))
                quiet_since = time.monotonic()

    async def close(self) -> None:
        """Closes the connections."""
        if self._client is not None:
            await self._client.aclose()

    @property
    def _is_near(self) -> bool:
        host = urlsplit(self._client.origin).hostname if self._client is not None else None
        return host is not None and (host in ("localhost", "::1") or host.startswith("127."))

    def _connected(self) -> Client | None:
        if self._client is None:
            self._client = self.source.connect()
        return self._client

    async def _survived(self, work: Awaitable[bool]) -> bool:
        """Whether `work` came to a good end. Nothing that comes from outside ends the following."""
        try:
            return await work
        except Exception as error:
            # By its type: a text from outside has no place in the log.
            log.info("The %s's catalogue: %s", self.source.destination, type(error).__name__)
            return False

    async def _look(self) -> bool:
        client = self._connected()
        if client is None:
            return False
        place = self.source.destination
        has_rows = bool(self._catalog.rows(place)[0])
        answer = await client.models(self._etag if has_rows else None)
        if answer is None:  # not modified
            return True
        rows = [row for row in answer[0] if is_video(row)]
        if not rows:  # a list of nothing is a mistake, not the end of all models
            return False
        self._catalog.set_list(place, rows)
        self._etag = answer[1]
        now, gone = self._catalog.rows(place)
        if self._kept is not None:
            kept = KeptList(
                base_url=self.source.base_url, etag=self._etag, at=self._clock(), rows=now, gone=gone
            )
            self._kept.keep_list(place, kept)
        self._stirred.set()
        return True

    def _own_rows(self) -> list[tuple[Entry, ModelRow]]:
        """The rows whose documents are to be read here, each with its entry."""
        rows = self._catalog.rows(self.source.destination)[0]
        pairs = [(self._catalog.entry(row.id), row) for row in rows]
        return [
            (entry, row)
            for entry, row in pairs
            if entry is not None and not entry.added and self._before.isdisjoint(entry.listed)
        ]

    def _wanted_row(self, rows: Sequence[tuple[Entry, ModelRow]]) -> ModelRow | None:
        """The row that somebody wants to be read, the latest wish first."""
        now = self._clock()
        while rows and self._wanted:  # before there is a list, nobody knows whether this is the place
            name, _ = self._wanted.popitem()
            for entry, row in rows:
                if name in (entry.id, *entry.aliases) and self._is_wanting(entry, row, now):
                    return row
        return None

    def _due_row(self, rows: Sequence[tuple[Entry, ModelRow]]) -> ModelRow | None:
        """A row whose document has not been read, else one whose document is old."""
        now = self._clock()
        due = [(entry, row) for entry, row in rows if self._is_due(row, now)]
        return next((row for entry, row in due if entry.spec is None), due[0][1] if due else None)

    def _is_due(self, row: ModelRow, now: float) -> bool:
        failures = self._failed.get(row.id)
        if failures is not None:
            wait = min(
                self._pace.document_soon * 2.0 ** min(failures.times - 1, 20), self._pace.document_again
            )
            return now >= failures.at + wait
        return self._is_old(row, now)

    def _is_wanting(self, entry: Entry, row: ModelRow, now: float) -> bool:
        failures = self._failed.get(row.id)
        if failures is not None and now < failures.at + self._pace.wanted_soon:
            return False
        return entry.spec is None or self._is_old(row, now)

    def _is_old(self, row: ModelRow, now: float) -> bool:
        record = self._records.get(row.id)
        if record is None or (record.destination, record.mark) != (self.source.destination, mark_of(row)):
            return True
        return not 0 <= now - record.at < self._pace.document_again

    async def _read(self, row: ModelRow) -> bool:
        client = self._connected()
        if client is None:
            return False
        now = self._clock()
        try:
            document = await client.document(row.id, row.type, address=row.docs_json)
            self._learn(row, document)
        except Exception as error:
            # Whatever it is, it costs this model alone, and for a while: the next one is read, and nobody is asked
            # again and again.
            if not isinstance(error, ProviderError | DocumentError):
                log.warning("A model's document could not be read: %s", type(error).__name__)
            former = self._failed.get(row.id)
            self._failed[row.id] = _Failures(former.times + 1 if former is not None else 1, now)
            self._catalog.distrust(row.id, trouble_of(error))
            return False
        self._failed.pop(row.id, None)
        self._keep(row, document, now)
        return True

    def _learn(self, row: ModelRow, document: Mapping[str, object]) -> None:
        entry = self._catalog.entry(row.id)
        record = self._records.get(row.id)
        told_the_same = record is None or record.mark == mark_of(row)
        if entry is not None and entry.spec is not None and told_the_same and entry.spec.document == document:
            return
        self._catalog.learn({row.id: spec_of(document, row)})

    def _keep(self, row: ModelRow, document: dict[str, object], now: float) -> None:
        place = self.source.destination
        record = Record(place, mark_of(row), now)
        self._records[row.id] = record
        if self._kept is None:
            return
        self._kept.keep_document(
            KeptDocument(model=row.id, destination=place, mark=record.mark, at=now, document=document)
        )
        if place != Destination.SANDBOX:
            self._kept.hand_over(row.id, document, facts_of(row))


async def _first(due: asyncio.Event, seconds: float) -> None:
    """Waits for `due`, or for so long."""
    with contextlib.suppress(TimeoutError):
        # Not `wait_for`: in Python 3.11 a cancellation is lost in it where both come at once.
        async with asyncio.timeout(seconds):
            await due.wait()
    due.clear()
