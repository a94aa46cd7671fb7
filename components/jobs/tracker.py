"""Follows every take from the click to the file, in a thread of its own with its own event loop.

    claim -> submit | look | archive -> settle

A claim is a lease that is kept up while a step runs and runs out by itself when the process dies, so whoever
is there next carries on. A create is posted once, ever: the intent is on disk before the first byte leaves,
and a take found in that state without a living owner is `unknown`, for a person to decide. No step can end
the tracker.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random as chance
import secrets
import threading
import time
from collections.abc import Callable

from components.jobs import outcomes
from components.jobs.archive_errors import ArchiveError, NoDownload
from components.jobs.expectation import Expectation
from components.jobs.hold import Hold
from components.jobs.job import BUILT_IN, Destination, Job, Order, State
from components.jobs.mistakes import described
from components.jobs.sending import STORE_PAUSES, Sender
from components.jobs.sides import Files, Keeper, Wire
from components.jobs.store import Store, StoreError
from components.provider.errors import ProviderError
from components.provider.replies import Phase

log = logging.getLogger(__name__)

_WIDTH = 32
"""Steps at once: what httpx 0.28 can keep up without its pool collapsing."""
_DOWNLOADS = 96
"""Downloads that may run beside them; they wait for file hosts, not for the provider."""
_TIDY_EVERY = 86_400.0
_BUSY_PAUSE = 0.5
_IDLE_PAUSE = 2.0
_GRACE = 8.0
"""Seconds that a create which is under way is given to end when the tracker is stopped."""


class Tracker:
    """Follows the takes in `store` until `stop()`.

    `client_for` gives the client for a take's destination and base URL, or None while it cannot be followed;
    it is called in the tracker's thread, and the clients it gives are closed there at the end. `in_flight`
    takes may be with one base URL at once. A take without a result after `give_up` seconds fails. `lease` is
    how long, in seconds, the takes of a process that died rest before another carries on. `files` puts uploads
    into the requests that refer to them. `tidy` is called at the start and once a day, in a thread beside.
    `expected` says how long a take for an order will take, which decides when it is looked at.
    """

    def __init__(
        self,
        store: Store,
        client_for: Callable[[Job], Wire | None],
        archive: Keeper,
        *,
        in_flight: int,
        give_up: float,
        clock: Callable[[], float] = time.time,
        random: Callable[[], float] = chance.random,
        lease: float = 20.0,
        files: Files | None = None,
        tidy: Callable[[], object] | None = None,
        expected: Callable[[Order], Expectation | None] = lambda order: None,
    ) -> None:
        self._store = store
        self._client_for = client_for
        self._archive = archive
        self._in_flight = in_flight
        self._give_up = give_up
        self._clock = clock
        self._random = random
        self._lease = lease
        self._tidy = tidy
        self._expected = expected
        self._sender = Sender(
            store, files, give_up=give_up, clock=clock, random=random, expected=self._expected_of
        )
        self._name = secrets.token_hex(4)
        self._claims = 0
        self._holds: dict[str, Hold] = {}
        self._clients: dict[int, Wire] = {}
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._awake = asyncio.Event()
        self._stopping = False

    # From other threads

    def start(self) -> None:
        """Begin, in a thread of its own. Raises RuntimeError where it has begun already."""
        if self._thread is not None:
            raise RuntimeError("the tracker runs already")
        self._stopping = False
        ready = threading.Event()
        self._thread = threading.Thread(
            target=asyncio.run, args=(self._run(ready),), name="tracker", daemon=True
        )
        self._thread.start()
        ready.wait()

    def stop(self) -> None:
        """End within about ten seconds: creates under way are waited for, everything else is taken up next time."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._stopping = True
        self.wake()
        thread.join(_GRACE + 4)
        if thread.is_alive():
            log.error("The tracker did not end in time.")

    def wake(self) -> None:
        """Look into the store now: something was asked for. May be called from any thread, at any time."""
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # it has just ended
                loop.call_soon_threadsafe(self._awake.set)

    # The loop

    async def turn(self) -> int:
        """Take up everything that is due now and carry each a step further; gives how many there were."""
        holds = self._take_up()
        await asyncio.gather(*(hold.task for hold in holds if hold.task))
        return len(holds)

    async def _run(self, ready: threading.Event) -> None:
        self._loop, self._awake = asyncio.get_running_loop(), asyncio.Event()
        self._sender.begin()
        ready.set()
        renewing = asyncio.create_task(self._keep_leases())
        tidying = asyncio.create_task(self._keep_tidy())
        refused = 0
        while not self._stopping:
            self._awake.clear()
            try:
                self._take_up()
                pause = _BUSY_PAUSE if self._holds or self._store.busy() else _IDLE_PAUSE
                refused = 0
            except Exception as error:
                pause = STORE_PAUSES[min(refused, len(STORE_PAUSES) - 1)]
                refused += 1
                if refused in (1, 10, 100):
                    log.error("Takes cannot be followed at the moment: %s", described(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._awake.wait(), pause)
        await self._wind_down()
        renewing.cancel()
        tidying.cancel()
        self._loop = None

    def _take_up(self) -> list[Hold]:
        downloads = sum(hold.job.state is State.ARCHIVING for hold in self._holds.values())
        room = min(_WIDTH - (len(self._holds) - downloads), _WIDTH + _DOWNLOADS - len(self._holds))
        if room <= 0:
            return []
        self._claims += 1
        who = f"{self._name}.{self._claims}"
        claimed = self._store.claim(
            who, now=self._clock(), lease=self._lease, limit=room, in_flight=self._in_flight
        )
        taken = []
        now = asyncio.get_running_loop().time()
        for job in claimed:
            if job.id in self._holds:
                # The lease ran out under a step of our own (this machine slept): the step goes on with the new one.
                self._holds[job.id].who = who
                continue
            hold = self._holds[job.id] = Hold(job, who, now)
            hold.task = asyncio.create_task(self._step(hold))
            taken.append(hold)
        return taken

    async def _keep_leases(self) -> None:
        while True:
            await asyncio.sleep(self._lease / 4)
            now = asyncio.get_running_loop().time()
            for hold in [hold for hold in self._holds.values() if now - hold.since >= self._lease / 4]:
                with contextlib.suppress(Exception):  # tried again in a moment
                    self._store.renew(hold.job.id, hold.who, until=self._clock() + self._lease)

    async def _keep_tidy(self) -> None:
        while self._tidy is not None:
            try:
                await asyncio.to_thread(self._tidy)
            except Exception as error:  # tried again tomorrow
                log.warning("What is no longer used could not be cleared away: %s", described(error))
            await asyncio.sleep(_TIDY_EVERY)

    async def _wind_down(self) -> None:
        tasks = {hold.task for hold in self._holds.values() if hold.task}
        posting = {hold.task for hold in self._holds.values() if hold.task and hold.posting}
        for task in tasks - posting:
            task.cancel()
        if posting:
            await asyncio.wait(posting, timeout=_GRACE)
        for task in posting:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for hold in self._holds.values():  # those whose step had not even begun
            self._let_go(hold)
        self._holds.clear()
        for client in self._clients.values():
            with contextlib.suppress(Exception):
                await client.aclose()
        self._clients.clear()

    async def _step(self, hold: Hold) -> None:
        """One step, whatever happens in it."""
        try:
            await self._advance(hold)
        except asyncio.CancelledError:
            self._let_go(hold)
        except StoreError as error:
            log.warning("Take %s rests until the store can be used: %s", hold.job.id, error)
        except Exception as error:
            log.error("Take %s met a mistake of ours: %s", hold.job.id, described(error))
            with contextlib.suppress(StoreError):  # then the lease brings it back
                self._settle(hold, outcomes.after_mistake(hold.job, now=self._clock(), random=self._random()))
        finally:
            del self._holds[hold.job.id]
            self._awake.set()

    def _let_go(self, hold: Hold) -> None:
        """The tracker ends in the middle of the step: the next one can carry on at once."""
        now = self._clock()
        with contextlib.suppress(StoreError):
            self._settle(hold, outcomes.stopped_while_sending(now) if hold.posting else {"next_at": now})

    # The steps

    async def _advance(self, hold: Hold) -> None:
        match hold.job.state:
            case State.WAITING:
                await self._submit(hold)
            case State.SENDING:  # its owner is gone, and with it the answer
                self._settle(hold, outcomes.stopped_while_sending(self._clock()))
            case State.QUEUED | State.GENERATING:
                await self._look(hold)
            case State.ARCHIVING:
                await self._keep(hold)

    async def _submit(self, hold: Hold) -> None:
        job = hold.job
        client = self._client(job)
        if client is None:
            self._settle(hold, outcomes.out_of_reach(job, now=self._clock(), random=self._random()))
            return
        await self._sender.send(hold, client)

    async def _look(self, hold: Hold) -> None:
        job = hold.job
        client = self._client(job)
        if client is None or job.remote_id is None:
            self._settle(hold, outcomes.out_of_reach(job, now=self._clock(), random=self._random()))
            return
        try:
            generation = await client.retrieve(job.order.path, job.remote_id)
        except ProviderError as error:
            judged = outcomes.after_look_error(
                job, error, now=self._clock(), random=self._random(), give_up=self._give_up
            )
        else:
            judged = outcomes.after_look(
                job,
                generation,
                now=self._clock(),
                random=self._random(),
                give_up=self._give_up,
                expected=self._expected_of(job.order),
            )
        self._settle(hold, judged)

    async def _keep(self, hold: Hold) -> None:
        job = hold.job
        client = self._client(job)
        if client is None and job.order.destination is Destination.SANDBOX:
            self._settle(hold, outcomes.out_of_reach(job, now=self._clock(), random=self._random()))
            return
        # A video of the provider's can be fetched without a key.
        origin = job.order.base_url if client is None else client.origin
        try:
            url = job.video_url or "" if client is None else await self._address(hold, client)
            video = await self._archive.keep(job.id, url, trusted_origin=origin)
        except ProviderError as error:
            judged = outcomes.after_look_error(
                job, error, now=self._clock(), random=self._random(), give_up=self._give_up
            )
        except ArchiveError as error:
            judged = outcomes.after_archive_error(job, error, now=self._clock(), random=self._random())
        else:
            judged = outcomes.after_archive(video, now=self._clock())
        self._settle(hold, judged)

    async def _address(self, hold: Hold, client: Wire) -> str:
        """Where the take's video is, asked for anew where what is known may be out of date.

        Raises ProviderError or NoDownload where only the old address of a sandbox that has moved is known.
        """
        job = hold.job
        url = job.video_url or ""
        moved = job.order.base_url == BUILT_IN and not url.startswith(f"{client.origin}/")
        if job.remote_id is None or not (job.tries or moved):
            return url
        try:
            again = await client.retrieve(job.order.path, job.remote_id)
        except ProviderError:
            if moved:
                raise
            return url  # it may do, still
        if again.phase is Phase.COMPLETED and again.video_url:
            if again.video_url != url:
                self._settle(hold, {"video_url": again.video_url})
            return again.video_url
        if moved:
            raise NoDownload("The sandbox no longer says where the video is.")
        return url

    def _expected_of(self, order: Order) -> Expectation | None:
        """What is expected; None also where that cannot be told, since an answer must not be lost for it."""
        try:
            return self._expected(order)
        except Exception as error:
            log.warning("What is expected of a take cannot be told: %s", described(error))
            return None

    def _client(self, job: Job) -> Wire | None:
        client = self._client_for(job)
        if client is not None:
            self._clients[id(client)] = client
        return client

    def _settle(self, hold: Hold, changes: outcomes.Changes) -> bool:
        return self._store.settle(hold.job.id, hold.who, **changes)
