"""What is left on the provider's account: read in the background while somebody wants to know, kept with its time.

A page says `look()` and shows `balance(now)`; it never waits for the provider.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from components.provider.replies import Balance

log = logging.getLogger(__name__)

OUTDATED = 15 * 60.0
"""Seconds after which a balance says nothing about what is left now."""
_USUALLY = 3 * 60.0
"""Seconds between two looks while somebody watches."""
_AFTER_CHANGE = 20.0
"""At least so many seconds between two looks, though takes come and go."""
_LEDGER = 30.0
"""Seconds after a change in which the provider may still be writing down what it charged."""
_AFTER_FAILURE = 60.0
_WATCHED = 60.0
"""Seconds for which a look at the page counts as watching."""
_PAUSE = 2.0
"""Seconds between two glances at what changed here, while somebody watches."""


class Wire(Protocol):
    """The part of the provider's client that is needed."""

    async def balance(self) -> Balance:
        """What is left on the account."""

    async def aclose(self) -> None:
        """Closes all connections."""


@dataclass(frozen=True)
class _Known:
    usd: Decimal | None
    """None: it could not be read, or is in no dollars."""
    at: float


class Account:
    """The balance of one account. Safe to use from many threads.

    `client` makes a client, or None while there is no key. `revision` grows with every change to a take: what
    has just ended was charged. `clock` gives Unix seconds.
    """

    def __init__(
        self,
        client: Callable[[], Wire | None],
        revision: Callable[[], int],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._revision = revision
        self._clock = clock
        self._known: _Known | None = None
        self._seen: int | None = None
        self._changed = float("-inf")
        self._looked = float("-inf")
        self._awake = threading.Event()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Reads the balance once, and from then on while somebody looks, in a thread of its own."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="account", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Ends within a moment; a reading that is under way is left to itself."""
        self._ending.set()
        self._awake.set()
        if self._thread is not None:
            self._thread.join(1.0)
            self._thread = None

    def look(self) -> None:
        """Somebody looks at the balance now: it is kept fresh for the next minute."""
        self._looked = self._clock()
        self._awake.set()

    def balance(self, now: float) -> Decimal | None:
        """What is left, in USD, below zero for a debt; None where that is not known or out of date."""
        known = self._known
        return None if known is None or now - known.at > OUTDATED else known.usd

    @property
    def has_been_read(self) -> bool:
        """Whether there was an answer yet, good or bad."""
        return self._known is not None

    def turn(self) -> None:
        """One glance: reads the balance where that is due."""
        now = self._clock()
        revision: int | None
        try:
            revision = self._revision()
        except Exception:  # the store is busy or gone: what has changed can be seen later
            revision = self._seen
        if revision != self._seen:
            self._changed = now if self._seen is not None else self._changed
            self._seen = revision
        if self._is_due(now):
            self._known = _Known(self._read(), self._clock())

    def _is_due(self, now: float) -> bool:
        known = self._known
        if known is None:
            return True
        since = now - known.at
        if known.usd is None:
            return since >= _AFTER_FAILURE
        # A charge may be written down a little after its take has ended: so looked for until that must be over.
        is_behind = known.at < min(now, self._changed + _LEDGER)
        return since >= _USUALLY or (is_behind and since >= _AFTER_CHANGE)

    def _run(self) -> None:
        while not self._ending.is_set():
            self.turn()
            self._awake.clear()  # before the questions, so that none is answered by what was so a moment ago
            if self._ending.is_set():
                return
            if self._clock() - self._looked < _WATCHED:
                self._ending.wait(_PAUSE)
            else:
                self._awake.wait()

    def _read(self) -> Decimal | None:
        try:
            found = asyncio.run(self._ask())
        except Exception as error:
            # By its type: a text from outside has no place in the log.
            log.info("The balance could not be read: %s", type(error).__name__)
            return None
        return None if found is None or found.currency.upper() != "USD" else found.current_balance

    async def _ask(self) -> Balance | None:
        client = self._client()
        if client is None:
            return None
        try:
            return await client.balance()
        finally:
            await client.aclose()
