"""`kill -9` at random moments while takes run, and what is found afterwards: one round of it.

The sandbox stands alone and survives; it counts the creates. This process asks for takes as a page does, by
writing to the store; it kills the app, starts it again, and all the while reads the videos that it serves.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import httpx

from components.catalog.spec import Choice, ModelSpec, Number, Role
from components.form.draft import Draft
from components.form.order import order
from components.jobs.job import Destination, Job, Order, State
from components.services import Services, build
from components.settings import Settings
from tests.browser.harness import RunningApp, free_port, start_app
from tests.need import ROOT
from tests.sandbox.test_server import alone
from tests.whole import Judge, Reader

PATIENCE = 300.0
"""Seconds until all takes must have ended; what was in hand at a kill rests for the 20 s of its lease."""
AIM_SECONDS = 3.0
"""How long a kill waits for the kind of moment that it is meant for, before it comes at any other."""
JITTER = 0.5
"""By how many seconds at most a kill comes later than it was aimed; most come soon."""
ANSWER_SECONDS = 0.3
"""How long a create takes to be answered once it has been accepted: some seconds at the provider."""
IN_FLIGHT = "32"
"""The most there can be: takes that were being sent at a kill keep their places until their leases run out."""

Creates = list[dict[str, Any]]
"""What the sandbox tells of the creates that arrived."""


@dataclass(kw_only=True)
class Round:
    """What one round came to."""

    seed: int
    takes: int
    kills: int = 0
    interrupted: Counter[str] = field(default_factory=Counter)
    """How many takes the kills met in each state between waiting and the end."""
    completed: int = 0
    in_doubt: int = 0
    """Takes that ended unknown, before they were mended."""
    mended: int = 0
    """Those of them that completed once the id that the sandbox had given was attached."""
    posted: int = 0
    """Creates that arrived at the sandbox."""
    posted_twice: int = 0
    """Takes for which more than one arrived."""
    served: int = 0
    """How often the app gave out a video."""
    partial: list[str] = field(default_factory=list)
    """Files under a final name, and videos given out, that were not whole."""
    complaints: list[str] = field(default_factory=list)
    """Everything else that should not be, in words."""
    seconds: float = 0.0

    @property
    def lost(self) -> int:
        """Takes that are gone, or have ended neither completed nor in doubt."""
        return self.takes - self.completed - self.in_doubt


def one_round(folder: Path, *, takes: int = 50, kills: int, seed: int) -> Round:
    """Runs `takes` takes to their end under `kills` kills, in the new folder `folder`.

    They are asked for in equal parts before each kill and after the last, so that every kill finds takes in all
    states: being sent, with the sandbox, being downloaded.

    The moments follow from `seed`, as far as the machine lets them. Fails like a test where the app does not
    start.
    """
    began = time.monotonic()
    data = folder / "data"
    data.mkdir(parents=True)
    with alone(folder / "sandbox", "--seconds", "1") as (_, origin):
        shared = build(Settings(data=data, sandbox_url=origin))
        try:
            stage = _Stage(shared, origin, Round(seed=seed, takes=takes))
            stage.play(kills)
        finally:
            shared.store.close()
    stage.result.seconds = time.monotonic() - began
    return stage.result


class _Stage:
    """One round while it runs."""

    def __init__(self, shared: Services, origin: str, result: Round) -> None:
        self.result = result
        self._shared, self._store, self._origin = shared, shared.store, origin
        self._takes = shared.settings.data / "takes"
        self._orders = _orders(shared, result.takes)
        self._chance = random.Random(result.seed)
        self._judge = Judge()
        slow = {"fault": "slow", "on": "create", "seconds": ANSWER_SECONDS}
        httpx.post(f"{origin}/_sandbox/behaviour", json=slow, trust_env=False, timeout=30).raise_for_status()
        self._port = free_port()
        self._app = self._start()
        self._seconds: dict[str, int] = {}
        """How long the video of each take that was asked for is to be."""
        self._met: set[tuple[str, State]] = set()

    def play(self, kills: int) -> None:
        """Kills, waits for the end, and fills in the result."""
        try:
            with Reader(self._app.url, self._seconds, self._judge, random.Random(self.result.seed)) as reader:
                for number, moment in enumerate(islice(self._moments(), kills)):
                    self._ask(number, kills + 1)
                    self._kill_at(moment)
                self._ask(kills, kills + 1)
                has_ended = _reached(lambda: not self._store.busy(), PATIENCE)
                self._count()
                if has_ended:
                    self._mend()
            with httpx.Client(trust_env=False, timeout=10) as client:
                reader.read(client, self._seconds)
        finally:
            self._app.stop()
        self.result.served = reader.served
        self.result.interrupted.update(str(state) for _, state in self._met)
        self.result.partial += reader.faults + self._judge.faults_in(self._takes, self._seconds)
        self._check(reader.digests)

    def _start(self) -> RunningApp:
        settings = {"PLAYGROUND_SANDBOX_URL": self._origin, "PLAYGROUND_IN_FLIGHT": IN_FLIGHT}
        return start_app(ROOT / "app.py", self._shared.settings.data, settings, self._port)

    def _ask(self, part: int, parts: int) -> None:
        orders = self._orders[len(self._seconds) : self.result.takes * (part + 1) // parts]
        asked = self._store.add(orders, token=f"part {part}", now=time.time())
        self._seconds |= {job.id: job.order.seconds or 0 for job in asked}

    def _kill_at(self, moment: Callable[[], object]) -> None:
        _reached(moment, AIM_SECONDS)
        time.sleep(JITTER * self._chance.random() ** 2)  # not to wait for anything: to be unforeseen
        self._app.kill()
        self.result.kills += 1
        self._met |= {
            (job.id, job.state)
            for job in self._jobs()
            if not job.ended_for_good and job.state is not State.WAITING
        }
        self.result.partial += self._judge.faults_in(self._takes, self._seconds)
        self._app = self._start()

    def _moments(self) -> Iterator[Callable[[], object]]:
        """What to wait for before each kill: every kind in turn, in an order of this round's own."""
        kinds = [
            lambda: self._any(State.SENDING),
            lambda: self._any(State.QUEUED, State.GENERATING),
            lambda: any(_size(part) for part in self._files("part")),
            lambda: {path.stem for path in self._files("mp4")} & self._any(State.ARCHIVING),
            lambda: True,
        ]
        self._chance.shuffle(kinds)
        return cycle(kinds)

    def _files(self, ending: str) -> list[Path]:
        return list(self._takes.glob(f"??/*.{ending}"))

    def _any(self, *states: State) -> set[str]:
        return {job.id for job in self._jobs() if job.state in states}

    def _jobs(self) -> tuple[Job, ...]:
        return self._store.page(limit=2 * self.result.takes).jobs

    def _creates(self) -> Creates:
        creates: Creates = httpx.get(f"{self._origin}/_sandbox/creates", trust_env=False, timeout=30).json()
        return creates

    def _count(self) -> None:
        """Before anything is mended: what became of the takes."""
        states = Counter(job.state for job in self._jobs() if job.id in self._seconds)
        self.result.completed, self.result.in_doubt = states[State.COMPLETED], states[State.UNKNOWN]

    def _mend(self) -> None:
        """As a person does who finds the generation in the provider's list by the take's own id."""
        found = {create["client_request_id"]: create["generation_id"] for create in self._creates()}
        in_doubt = self._any(State.UNKNOWN) & found.keys()
        for job_id in in_doubt:
            if not self._store.attach(job_id, found[job_id], time.time()):
                self.result.complaints.append(f"{job_id} did not take the id of its generation.")
        _reached(lambda: not self._store.busy(), PATIENCE)
        self.result.mended = len(in_doubt & self._any(State.COMPLETED))
        if self.result.mended != len(in_doubt):
            self.result.complaints.append(f"{len(in_doubt)} could be mended, {self.result.mended} were.")

    def _check(self, digests: dict[str, set[str]]) -> None:
        """At the very end, with the app stopped."""
        complain = self.result.complaints.append
        creates = self._creates()
        by_take = Counter(create["client_request_id"] for create in creates)
        self.result.posted = len(creates)
        self.result.posted_twice = sum(count > 1 for count in by_take.values())
        jobs = {job.id: job for job in self._jobs()}
        if jobs.keys() != self._seconds.keys():
            complain(f"{len(self._seconds)} takes were asked for; {len(jobs)} are in the store.")
        if stray := by_take.keys() - jobs.keys():
            complain(f"Creates of no take: {stray}.")
        remote = {create["client_request_id"]: create["generation_id"] for create in creates}
        for job in jobs.values():
            if job.state is State.COMPLETED:
                for fault in self._faults_of(job, remote.get(job.id), digests.get(job.id, set())):
                    complain(f"{job.id}: {fault}.")
            elif job.state is not State.UNKNOWN or job.problem != "stopped_while_sending":
                complain(f"{job.id} is {job.state}: {job.problem}, {job.detail}.")
        if left := self._files("part"):
            complain(f"Left behind: {left}.")
        log = self._app.log()
        if "Traceback (most recent call last)" in log or "mistake of ours" in log:
            complain(f"The app's log tells of a mistake:\n{log}")

    def _faults_of(self, job: Job, remote_id: str | None, digests: set[str]) -> Iterator[str]:
        """What is wrong with a completed take."""
        if job.remote_id is None or job.remote_id != remote_id:
            yield "it has not the generation that was created for it"
        archive = self._shared.archive
        video = archive.video_path(job.id)
        if not video.exists() or not archive.poster_path(job.id).exists():
            yield "its file or its poster is missing"
            return
        if job.video is None or not job.video.poster or job.video.size != video.stat().st_size:
            yield f"the store knows another file: {job.video}"
        elif abs(job.video.seconds - self._seconds[job.id]) > 1 / job.video.fps:
            yield f"{job.video.seconds} s long, {self._seconds[job.id]} s asked for"
        made = httpx.get(job.video_url or "", trust_env=False, timeout=30).content
        if digests != {hashlib.sha256(made).hexdigest()} or video.read_bytes() != made:
            yield "what was served is not what the sandbox made"


def _orders(shared: Services, takes: int) -> list[Order]:
    """Takes of every model in turn, each as short as its model allows, all takes of a model alike.

    Equal requests, so that the sandbox renders few films: the takes are told apart by their ids alone.
    """
    base_url = shared.base_url(Destination.SANDBOX)
    each = [
        order(_draft(spec), owner="ann", destination=Destination.SANDBOX, base_url=base_url)
        for spec in shared.catalog.models
    ]
    return list(islice(cycle(each), takes))


def _draft(spec: ModelSpec) -> Draft:
    prompt, seconds = spec.by_role(Role.PROMPT), spec.by_role(Role.SECONDS)
    assert prompt is not None
    values: dict[str, Any] = {prompt.name: "A fox runs over fresh snow"}
    match seconds:
        case Choice():
            values[seconds.name] = min(seconds.options, key=float)
        case Number():
            values[seconds.name] = seconds.minimum
    draft = Draft(spec, values)
    assert not draft.problems(), draft.problems()
    return draft


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # it has just got its final name
        return 0


def _reached(condition: Callable[[], object], seconds: float) -> bool:
    """Waits until `condition` holds; False where it does not within so many seconds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True
