"""The background reader: brings into the catalogue what was kept on disk, then what destinations publish, on and on.

One thread with an event loop of its own. Pages only ever read the catalogue, which is replaced as a whole, so however
slow a list is, no page waits for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from components.catalog.catalog import Catalog, read_added
from components.catalog.live.following import Following, Pace, Record, Source
from components.catalog.live.kept import Kept, KeptDocument
from components.catalog.live.published import facts_of, spec_of
from components.catalog.openapi import DocumentError
from components.catalog.spec import ModelSpec
from components.jobs.job import Destination
from components.provider.replies import ModelRow

log = logging.getLogger(__name__)

_TOGETHER = 10
"""Kept documents that are taken in at once."""
_SANDBOX_NOTICES = 1.2
"""Seconds after which the sandbox has noticed a change in its folder."""


class Reader:
    """Keeps a catalogue up to date for as long as it runs. Run it once, in a thread of its own."""

    def __init__(
        self,
        catalog: Catalog,
        kept: Kept | None,
        sources: Sequence[Source],
        *,
        pace: Pace | None = None,
        clock: Callable[[], float] = time.time,
        when_loaded: Callable[[], None] = lambda: None,
    ) -> None:
        """`sources`: the one whose documents count most first. `when_loaded` is called once all kept documents
        have been read."""
        self._catalog, self._kept, self._sources = catalog, kept, tuple(sources)
        self._pace, self._clock = pace or Pace(), clock
        self._when_loaded = when_loaded
        self._records: dict[str, Record] = {}
        self._read: dict[str, ModelSpec] = {}
        """What was read from the disk and is not in the catalogue yet."""
        self._wished: deque[str] = deque(maxlen=_TOGETHER)
        """What was wanted lately."""
        self._following: tuple[Following, ...] = ()
        self._ending = threading.Event()
        self._end_loop: Callable[[], None] = lambda: None

    def run(self) -> None:
        """Until `end`."""
        if not self._ending.is_set():
            asyncio.run(self._run())

    def end(self) -> None:
        """Ends it, from whatever thread; what is being read is left to itself."""
        self._ending.set()
        self._end_loop()

    async def _run(self) -> None:
        loop, ended = asyncio.get_running_loop(), asyncio.Event()

        def call(what: Callable[[], None]) -> None:
            with contextlib.suppress(RuntimeError):  # it has ended
                loop.call_soon_threadsafe(what)

        self._end_loop = lambda: call(ended.set)
        if self._ending.is_set():
            return
        before: frozenset[str] = frozenset()
        following = []
        for source in self._sources:
            following.append(
                Following(
                    source,
                    self._catalog,
                    self._kept,
                    self._records,
                    before=before,
                    pace=self._pace,
                    clock=self._clock,
                )
            )
            before |= {source.destination}
        self._following = tuple(following)
        self._begin_with_lists()
        self._catalog.when_told(lambda: call(self._hear))
        tasks = [asyncio.create_task(one.follow_list()) for one in self._following]
        tasks.append(asyncio.create_task(self._documents()))
        self._hear()  # what was wanted before
        try:
            await ended.wait()
        finally:
            self._catalog.when_told(lambda: None)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for one in self._following:
                await one.close()

    def _hear(self) -> None:
        """Something was wanted, added or removed."""
        wanted = self._catalog.wanted()
        self._wished.extend(reversed(wanted))
        for one in self._following:
            for name in reversed(wanted):
                one.want(name)
            if not wanted:
                asyncio.get_running_loop().call_later(_SANDBOX_NOTICES, one.look)

    def _begin_with_lists(self) -> None:
        if self._kept is None:
            return
        for one in self._following:
            if (kept := self._kept.list_of(one.source.destination)) is not None:
                one.begin(kept)

    async def _documents(self) -> None:
        """What was kept first; then what is not there yet."""
        try:
            await self._load()
        except Exception as error:
            log.info("What the catalogue kept is passed over: %s", type(error).__name__)
        self._when_loaded()
        async with asyncio.TaskGroup() as group:
            for one in self._following:
                group.create_task(one.follow_documents())

    async def _load(self) -> None:
        """Takes in what was kept on disk, a few at a time: between them pages get their turn at the interpreter."""
        if self._kept is None:
            return
        added = []
        for document in self._kept.added():
            try:
                added.append(read_added(document.document, document.name))
            except DocumentError:
                log.info("An added model is passed over: its document cannot be read.")
            await asyncio.sleep(0)
        self._catalog.restore(added)
        for kept in self._kept.documents():
            began = time.perf_counter()
            self._take_in(kept)
            # Twice as long as it worked it rests: the first page is drawn at this very time.
            await asyncio.sleep(2 * (time.perf_counter() - began))
            while self._wished:  # somebody is waiting for this one
                if (wished := self._kept.document(self._wished.pop())) is not None:
                    self._take_in(wished)
                    self._learn_read()
        self._learn_read()

    def _take_in(self, kept: KeptDocument) -> None:
        if kept.model in self._records or (spec := self._spec(kept)) is None:
            return
        self._read[kept.model] = spec
        self._records[kept.model] = Record(kept.destination, kept.mark, kept.at)
        if len(self._read) >= _TOGETHER:
            self._learn_read()

    def _learn_read(self) -> None:
        self._catalog.learn(self._read)
        self._read = {}

    def _spec(self, kept: KeptDocument) -> ModelSpec | None:
        row = self._row(kept)
        try:
            spec = spec_of(kept.document, row)
        except DocumentError:
            log.info("A kept document is passed over: it cannot be read.")
            return None
        if self._kept is not None and kept.destination != Destination.SANDBOX:
            self._kept.hand_over(kept.model, kept.document, facts_of(row))
        return spec

    def _row(self, kept: KeptDocument) -> ModelRow:
        """The row that led to a kept document, or what stands for it."""
        rows, gone = self._catalog.rows(kept.destination)
        found = next((row for row in (*rows, *gone) if row.id == kept.model), None)
        if found is not None:
            return found
        entry = self._catalog.entry(kept.model)
        aliases = () if entry is None else (entry.id, *entry.aliases)
        return ModelRow(id=kept.model, aliases=aliases, name=kept.model)
