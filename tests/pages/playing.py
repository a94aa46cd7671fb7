"""A playground at work for the tests of pages: the real tracker, a sandbox in a process of its own, and a clock
that stands still until it is set forward."""

from __future__ import annotations

import contextlib
import itertools
import json
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import pytest
from streamlit.testing.v1 import AppTest

from components import services as built
from components.catalog.spec import Role
from components.form.draft import Draft
from components.form.order import order
from components.jobs.job import Destination, Job, Order, State
from components.jobs.tracker import Tracker
from components.services import Services
from tests.need import ROOT

SHELL = str(ROOT / "components" / "shell.py")
PROMPT = "A white raccoon"
"""One prompt for all: the sandbox renders its film once."""
NOBODY_GIVES_UP = "1000000"
AT_ONCE = 0.02
"""Seconds from a create to its take, by the sandbox's clock: a take is followed by that of the test."""
_LONGEST_WAIT = 60.0
_TEXTS = ("name", "prompt", "note")
_clicks = itertools.count()


class Sandbox(httpx.Client):
    """The sandbox, over HTTP: its bad-day switch and its count of creates."""

    folder: Path

    def fault(self, name: str, on: str | None = None, **rule: Any) -> None:
        """Switches a fault on, until the faults are cleared."""
        self.post("/_sandbox/behaviour", json={"fault": name, "on": on, **rule}).raise_for_status()

    def clear(self) -> None:
        """A good day from here on."""
        self.delete("/_sandbox/behaviour").raise_for_status()

    def posts(self, job: Job) -> list[dict[str, Any]]:
        """The creates that arrived for a take."""
        arrived = self.get("/_sandbox/creates").json()
        return [post for post in arrived if post["client_request_id"] == job.id]


@contextlib.contextmanager
def sandbox_process(folder: Path, *, port: int = 0, seconds: float = 0.2) -> Iterator[Sandbox]:
    """A stand-alone sandbox whose takes are ready after so many seconds; ends with its block."""
    command = [sys.executable, "-m", "components.sandbox", "--port", str(port), "--data", str(folder)]
    command += ["--seconds", str(seconds)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        told = process.stdout.readline()
        assert told.startswith("Sandbox: "), told
        with Sandbox(base_url=told.removeprefix("Sandbox: ").strip(), timeout=30, trust_env=False) as client:
            client.folder = folder
            yield client
    finally:
        process.terminate()
        process.wait(15)
        process.stdout.close()


class Clock:
    """The tracker's clock. While it stands, a take that waits stays as it is, however slow this machine."""

    def __init__(self) -> None:
        self._now = time.time()

    def __call__(self) -> float:
        return self._now

    def forward(self, until: float) -> None:
        """Sets it to `until`, never back."""
        self._now = max(self._now, until)


class Playground:
    """The services that the pages use, with a tracker that runs by `clock`."""

    def __init__(self, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sandbox = sandbox
        self.clock = Clock()
        self._environment = monkeypatch
        self._mending: list[Callable[[], object]] = []
        self._ending = contextlib.ExitStack()

    @property
    def origin(self) -> str:
        """Where the shared sandbox answers."""
        return str(self.sandbox.base_url).rstrip("/")

    @property
    def shared(self) -> Services:
        """What the pages use."""
        return built.services()

    def restart(self, **environment: str | None) -> None:
        """Ends the app and starts it anew, with these settings changed."""
        built.close_services()
        for name, value in environment.items():
            if value is None:
                self._environment.delenv(name, raising=False)
            else:
                self._environment.setenv(name, value)
        shared = built.services()
        shared.tracker = Tracker(
            shared.store,
            shared.client_for,
            shared.archive,
            in_flight=shared.settings.in_flight,
            give_up=shared.settings.give_up_minutes * 60,
            clock=self.clock,
            files=shared.uploads,
            random=lambda: 0.5,
        )
        shared.tracker.start()

    def order(self, prompt: str = PROMPT, destination: Destination = Destination.LIVE) -> Order:
        """What a click on Generate asks for."""
        spec = self.shared.catalog.models[0]
        named = spec.by_role(Role.PROMPT)
        assert named is not None
        base_url = self.shared.base_url(destination)
        draft = Draft(spec, {named.name: prompt}, storyboard=False)
        return order(draft, owner="ann", destination=destination, base_url=base_url)

    def ask(self, prompt: str = PROMPT, destination: Destination = Destination.LIVE) -> Job:
        """A take that was just asked for."""
        token = f"click {next(_clicks)}"
        [job] = self.shared.store.add([self.order(prompt, destination)], token=token, now=self.clock())
        return job

    def now(self, job: Job) -> Job:
        """The take as it stands."""
        found = self.shared.store.get(job.id)
        assert found is not None
        return found

    def until(self, job: Job, reached: Callable[[Job], bool]) -> Job:
        """Follows the take until it has come so far and rests, setting the clock forward where it only waits."""
        deadline = time.monotonic() + _LONGEST_WAIT
        while True:
            in_hand, next_at = self._standing(job)
            is_due = next_at is not None and next_at <= self.clock()
            if not in_hand and not is_due:  # so it stays, for the clock stands
                job = self.now(job)
                if reached(job):
                    return job
                if next_at is not None:
                    self.clock.forward(next_at)
            assert time.monotonic() < deadline, f"still {self.now(job)}"
            # Not while a step runs, which wakes the tracker at its end: each time costs that step some milliseconds.
            if is_due or not in_hand:
                self.shared.tracker.wake()
            time.sleep(0.005)

    def _standing(self, job: Job) -> tuple[bool, float | None]:
        """Whether a tracker is at the take just now, and when it is to be seen to next."""
        asked = self._database.execute(
            "select lease_by is not null, next_at from job where id = ?", (job.id,)
        )
        in_hand, next_at = asked.fetchone()
        return bool(in_hand), next_at

    @cached_property
    def _database(self) -> sqlite3.Connection:
        database = f"file:{self.shared.settings.data / 'playground.db'}?mode=ro"
        connection = sqlite3.connect(database, uri=True)
        return self._ending.enter_context(contextlib.closing(connection))

    def until_problem(self, job: Job, problem: str, state: State) -> Job:
        """Follows the take until it has this problem in this state."""
        return self.until(job, lambda take: take.problem == problem and take.state is state)

    def until_completed(self, job: Job) -> Job:
        """Follows the take to the end, which must be a good one."""
        job = self.until(job, lambda take: take.ended_for_good)
        assert job.state is State.COMPLETED, job
        return job

    def to_mend(self, *steps: Callable[[], object]) -> None:
        """What `mend` does to make the day good again, last step first."""
        self._mending.extend(steps)

    def mend(self) -> None:
        """Makes the day good again."""
        while self._mending:
            self._mending.pop()()
        self.sandbox.clear()

    def another_sandbox(self) -> Path:
        """A folder for another sandbox, which has the films of this one: to make one takes seconds."""
        folder = self.shared.settings.data.parent / "another sandbox"
        films = self.sandbox.folder / "films"
        if films.exists():
            shutil.copytree(films, folder / "films")
        return folder

    def move_to(self, folder: Path, *, port: int) -> None:
        """From now on `sandbox` is another one, on this folder and port."""
        self.sandbox = self._ending.enter_context(sandbox_process(folder, port=port, seconds=AT_ONCE))

    def close(self) -> None:
        """Ends the app and what was started for it."""
        self.mend()
        built.close_services()
        self._ending.close()

    def files(self) -> list[str]:
        """The names of everything that is kept of takes, finished or not."""
        folder = self.shared.settings.data / "takes"
        return sorted(path.name for path in folder.rglob("*") if path.is_file())


def history(**query: str) -> AppTest:
    """The History page of a fresh session, at this link."""
    app = AppTest.from_file(SHELL, default_timeout=30)
    app.switch_page("../pages/history.py")
    for name, value in query.items():
        app.query_params[name] = value
    return sound(app.run())


def sound(app: AppTest) -> AppTest:
    """A page never shows a traceback."""
    assert not app.exception, app.exception
    return app


def whole(app: AppTest) -> AppTest:
    """The whole page after a run that drew a part of it: AppTest knows that part alone then."""
    return sound(sound(app).run())


def said(app: AppTest) -> str:
    """Every sentence on the page, as it was given to Streamlit, those on the contact sheet's cards too."""
    kinds = (app.markdown, app.info, app.warning, app.error, app.caption)
    told = [sentence for card in sheet(app) for sentence in card["told"]]
    return "\n".join([*(element.value for kind in kinds for element in kind), *told])


def sheet(app: AppTest) -> list[dict[str, Any]]:
    """What the contact sheet was given of each card, from the top; nothing where there is none."""
    for element in app.get("bidi_component"):
        if element.proto.component_name.endswith("contact_sheet"):
            cards: list[dict[str, Any]] = json.loads(element.proto.json)["cards"]
            return cards
    return []


def text_of(card: dict[str, Any]) -> str:
    """What a card calls its take, and says of it: name, prompt and note, marks left out."""
    texts = (
        "".join(piece if isinstance(piece, str) else piece[0] for piece in card[part]) for part in _TEXTS
    )
    return "\n".join(filter(None, texts))


def raw_html(app: AppTest) -> str:
    """Every piece of HTML on the page."""
    return "\n".join(element.proto.body for element in app.get("html"))


def keys(app: AppTest) -> set[str]:
    """The keys of the buttons on the page."""
    return {button.key for button in app.button if button.key}
