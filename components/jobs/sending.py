"""Sends a take, its uploads put into the request: once, ever.

The intent is on disk before the first byte leaves, and the answer is written however long the store refuses.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from components.jobs import outcomes
from components.jobs.expectation import Expectation
from components.jobs.hold import Hold
from components.jobs.job import Job, Order, State
from components.jobs.mistakes import described
from components.jobs.sides import Files, Wire
from components.jobs.store import Store, StoreError
from components.jobs.uploads import UploadError, references
from components.provider.errors import ProviderError, RateLimited

log = logging.getLogger(__name__)

STORE_PAUSES = (0.25, 0.5, 1.0, 2.0, 5.0)
"""Seconds between tries when the store refuses."""
_WITH_FILES = 2
"""Requests with files in them that are put together and sent at once: each may take hundreds of megabytes."""


class Sender:
    """Sends the takes that a tracker has claimed. `give_up` is in seconds; `files` is None where there are none.

    `expected` says how long a take for an order will take, and raises nothing.
    """

    def __init__(
        self,
        store: Store,
        files: Files | None,
        *,
        give_up: float,
        clock: Callable[[], float],
        random: Callable[[], float],
        expected: Callable[[Order], Expectation | None],
    ) -> None:
        self._store = store
        self._files = files
        self._give_up = give_up
        self._clock = clock
        self._random = random
        self._expected = expected
        self._asked_to_wait: dict[str, float] = {}  # base URL -> until when it takes no creates
        self._room_for_files = asyncio.Semaphore(_WITH_FILES)

    def begin(self) -> None:
        """Belong to the loop that runs now."""
        self._room_for_files = asyncio.Semaphore(_WITH_FILES)

    async def send(self, hold: Hold, client: Wire) -> None:
        """Send the take in hand, or write down why it is not sent now. Raises StoreError."""
        job, now = hold.job, self._clock()
        held_until = self._asked_to_wait.get(job.order.base_url, 0.0)
        if held_until > now:
            self._settle(hold, outcomes.held_back(job, until=held_until, random=self._random()))
            return
        if not _can_be_sent(job.order.body):
            self._settle(hold, outcomes.unsendable(now))
            return
        if not references(job.order.body):
            await self._post(hold, client, job.order.body)
            return
        async with self._room_for_files:
            try:
                body = await self._with_files(job)
            except UploadError as error:
                self._settle(hold, outcomes.without_its_file(str(error), self._clock()))
                return
            await self._post(hold, client, body)

    async def _with_files(self, job: Job) -> dict[str, Any]:
        """The take's request as it goes out. Raises UploadError: a reference means nothing to the provider."""
        if self._files is None:
            raise UploadError("There are no uploads here.")
        return await asyncio.to_thread(self._files.expand, job.order.body, job.order.owner)

    async def _post(self, hold: Hold, client: Wire, body: Mapping[str, Any]) -> None:
        job, now = hold.job, self._clock()
        if not self._settle(hold, outcomes.sending(now)):
            return  # cancelled, or somebody else's
        hold.posting = True
        job = replace(job, sent=now, followed_since=now)
        try:
            generation = await client.create(job.order.path, body, request_id=job.id)
        except Exception as error:
            changes = outcomes.after_create_error(job, error, now=self._clock(), random=self._random())
            if isinstance(error, RateLimited):
                self._asked_to_wait[job.order.base_url] = changes["next_at"]
            if not isinstance(error, ProviderError):
                log.error("The answer for take %s met a mistake of ours: %s", job.id, described(error))
        else:
            changes = outcomes.after_create(
                job,
                generation,
                now=self._clock(),
                random=self._random(),
                give_up=self._give_up,
                expected=self._expected(job.order),
            )
        await self._settle_surely(hold, changes)
        hold.posting = False

    def _settle(self, hold: Hold, changes: outcomes.Changes) -> bool:
        return self._store.settle(hold.job.id, hold.who, **changes)

    async def _settle_surely(self, hold: Hold, changes: outcomes.Changes) -> None:
        """Write the outcome of a create, however long the store refuses: it exists nowhere else."""
        job_id, remote_id = hold.job.id, changes.get("remote_id")
        refused = 0
        while True:
            try:
                if self._settle(hold, changes) or not remote_id:
                    return
                # Somebody thought us dead and put the take in doubt. It is not.
                if self._store.attach(job_id, remote_id, self._clock(), pasted=False):
                    return
                now = self._store.get(job_id)
                if now is None or now.state is not State.SENDING:
                    state = "deleted" if now is None else now.state
                    log.error("Take %s is generation %s, and is %s meanwhile.", job_id, remote_id, state)
                    return
                reason = "another tracker has it"  # and is about to put it in doubt
            except StoreError as error:
                reason = str(error)
            if refused == 0:
                # The id is no secret, and without it the video could not be found again.
                log.error("Take %s is generation %s: %s", job_id, remote_id, reason)
            await asyncio.sleep(STORE_PAUSES[min(refused, len(STORE_PAUSES) - 1)])
            refused += 1


def _can_be_sent(body: Mapping[str, Any]) -> bool:
    try:
        json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, TypeError):
        return False
    return True
