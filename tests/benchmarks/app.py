"""How fast the app is for people: it is started on 24 takes, watched from outside and in Chromium.

On a quiet machine: .venv/bin/python tests/benchmarks/app.py [--rounds 20] [--only start screens crowd]
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)  # instead of this folder, whose app.py is not the app

from playwright.sync_api import Browser, sync_playwright  # noqa: E402

from tests.benchmarks.crowd import crowd  # noqa: E402
from tests.benchmarks.machine import HAS_PROC, HEADER, NO_PROC, Figure, Process, bustle, machine  # noqa: E402
from tests.benchmarks.screens import clicks_on_generate, field_changes, interactive  # noqa: E402
from tests.benchmarks.stock import Stock, stock  # noqa: E402
from tests.browser.harness import (  # noqa: E402
    CHROMIUM_ARGUMENTS,
    CHROMIUM_NAMES,
    NOBODY,
    RunningApp,
    free_port,
    start_app,
)

PARTS = ("start", "screens", "crowd")
TAKES = 24
EVERY = 2.0
# Nothing comes of a take while the clicks are measured; what waits behind the first is not even sent.
SLOW = {"PLAYGROUND_SANDBOX_SECONDS": "3000", "PLAYGROUND_IN_FLIGHT": "1"}
_PATIENCE = 60.0
_LOOK_AGAIN = 0.004
_CHANGES_A_ROUND = 5


def first_answers(folder: Path) -> tuple[float, float]:
    """Seconds from the start of the process to the first 200 of `/healthz`, and of `/`."""
    port = free_port()
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("AIMLAPI_", "PLAYGROUND_"))}
    settings = {
        "AIMLAPI_BASE_URL": NOBODY,
        "PLAYGROUND_DATA": str(folder),
        "PLAYGROUND_SANDBOX_PORT": "0",
    }
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with (folder.parent / "start.log").open("ab") as log:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=kept | settings, stdout=log, stderr=log)
    app = RunningApp(f"http://127.0.0.1:{port}", folder, folder.parent / "start.log", process)
    try:
        healthy, answered = (_answered(app, port, path, began) for path in ("/healthz", "/"))
    finally:
        app.stop()
    return healthy, answered


def _answered(app: RunningApp, port: int, path: str, began: float) -> float:
    """Seconds since `began` when `path` is first answered with 200."""
    while app.process.poll() is None and time.perf_counter() - began < _PATIENCE:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
        try:
            connection.request("GET", path, headers={"Accept": "text/html"})
            if connection.getresponse().status == 200:
                return time.perf_counter() - began
        except (OSError, http.client.HTTPException):
            pass  # not yet
        finally:
            connection.close()
        time.sleep(_LOOK_AGAIN)
    raise SystemExit(f"The app did not start.\n{app.log()}")


@contextmanager
def running(kept: Stock) -> Iterator[RunningApp]:
    """The app on a filled folder."""
    app = start_app(ROOT / "app.py", kept.folder, SLOW)
    try:
        yield app
    finally:
        app.stop()


def starts(kept: Stock, rounds: int) -> list[Figure]:
    """From nothing to the first answer."""
    healthy = Figure("start to the first answer of /healthz", "s", 1.0)
    page = Figure("start to the first answer of / (the page)", "s", 1.0)
    first_answers(kept.folder)  # so that Python's files are in the system's cache
    for _ in range(rounds):
        for figure, took in zip((healthy, page), first_answers(kept.folder), strict=True):
            figure.values.append(took)
    return [healthy, page]


def screens(kept: Stock, rounds: int, browser: Browser) -> list[Figure]:
    """From a navigation or a click to what is seen."""
    first = Figure("time to interactive: Studio, the first visit after a start", "s")
    studio = Figure("time to interactive: Studio, nothing cached in the browser", "s", 1.5)
    history = Figure(f"time to interactive: History with {TAKES} takes, likewise", "s", 1.5)
    answered = Figure("change of a field to the page updated", "ms", 50)
    finished = Figure("   ... and to the end of that run", "ms")
    card = Figure("click on Generate to the card visible", "ms", 300)
    with running(kept) as app:
        first.values.append(interactive(browser, app, kept, "/"))
        interactive(browser, app, kept, "/history")
        for _ in range(rounds):
            studio.values.append(interactive(browser, app, kept, "/"))
            history.values.append(interactive(browser, app, kept, "/history"))
        answered.values, finished.values = field_changes(browser, app, kept, _CHANGES_A_ROUND * rounds)
        card.values = clicks_on_generate(browser, app, kept, rounds)
    return [first, studio, history, answered, finished, card]


def sessions(kept: Stock, number: int, seconds: float) -> list[Figure]:
    """What many open pages cost the server."""
    with running(kept) as app:
        # What runs beside the pages has begun by then: sandbox, tracker, price list.
        time.sleep(1)
        server = Process(app.process.pid)
        empty = server.megabytes()
        seen = asyncio.run(crowd(app.url, server, sessions=number, seconds=seconds, every=EVERY))

    def more(memory: float) -> list[float]:
        return [memory - seen.idle_memory]

    return [
        Figure("memory of the server before the first visit", "MB", None, [empty]),
        Figure("   ... with one session", "MB", None, [seen.one_memory]),
        Figure("   ... CPU of one session that watches", "%", None, [seen.one_cpu]),
        Figure(f"{number} sessions opened at once, until the last has its page", "ms", None, [seen.opened]),
        Figure("   ... watching: memory over one session", "MB", 100, more(seen.watching_memory)),
        Figure("   ... watching: CPU, percent of one core", "%", None, [seen.watching_cpu]),
        Figure(
            f"   ... a change each {EVERY:.0f} s: memory over one session",
            "MB",
            100,
            more(seen.changing_memory),
        ),
        Figure(f"   ... a change each {EVERY:.0f} s: CPU", "%", None, [seen.changing_cpu]),
        Figure(f"   ... a change each {EVERY:.0f} s: until its run is over", "ms", None, seen.changes),
    ]


def main() -> None:
    """Measures, and prints a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=20, help="starts, visits and clicks on Generate")
    parser.add_argument("--sessions", type=int, default=50, help="open sessions (default: 50)")
    parser.add_argument("--seconds", type=float, default=30, help="how long the sessions are watched")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="parts to measure")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is ended too
    path = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    notes = [f"before: {bustle()}"]
    version = None
    print(HEADER, flush=True)
    with tempfile.TemporaryDirectory() as name:
        if "start" in asked.only:
            show(starts(stock(Path(name) / "start", TAKES), asked.rounds))
        if "screens" in asked.only and path:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_ARGUMENTS))
                version = f"Chromium {browser.version}"
                show(screens(stock(Path(name) / "screens", TAKES), asked.rounds, browser))
                browser.close()
        elif "screens" in asked.only:
            notes.append("screens not measured: Chromium is not installed")
        if "crowd" in asked.only and HAS_PROC:
            show(sessions(stock(Path(name) / "crowd", TAKES), asked.sessions, asked.seconds))
        elif "crowd" in asked.only:
            notes.append(f"sessions {NO_PROC}")
    notes.append(f"after: {bustle()}")
    print(f"\n{machine(version)}")
    print("\n".join(notes))


def show(figures: list[Figure]) -> None:
    """Prints their lines."""
    print("\n".join(figure.row() for figure in figures), flush=True)


if __name__ == "__main__":
    main()
