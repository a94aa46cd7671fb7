"""How fast History is with very many takes, and what they cost the server.

On a quiet machine: .venv/bin/python -m tests.benchmarks.history [--takes 100000] [--folder F] [--rounds 10]
                    [--only queries screens memory tick]

The store is filled first (about two minutes for each 100,000 takes); a folder that is named is kept, and found filled
the next time. Screens, memory and the tick need Chromium, and the real app on that folder. `--takes 1000000 --only
queries` asks the questions of a million.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)  # instead of this folder, whose app.py is not the app

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from components.jobs.finding.view import View  # noqa: E402
from components.jobs.store import Store  # noqa: E402
from tests.benchmarks.history_queries import queries, target  # noqa: E402
from tests.benchmarks.history_screens import rest, screens  # noqa: E402
from tests.benchmarks.machine import HAS_PROC, HEADER, NO_PROC, Figure, Process, bustle, machine  # noqa: E402
from tests.benchmarks.plenty import Plenty, plenty  # noqa: E402
from tests.benchmarks.screens import fresh_page  # noqa: E402
from tests.browser.harness import (  # noqa: E402
    CHROMIUM_ARGUMENTS,
    CHROMIUM_NAMES,
    RunningApp,
    open_app,
    start_app,
)

PARTS = ("queries", "screens", "memory", "tick")
A_HUNDRED = 100
MEMORY_MB, TICK_MS = 50.0, 5.0
TICK_SECONDS = 1.0
"""How often History looks at the store while something runs."""


@contextmanager
def running(filled: Plenty) -> Iterator[RunningApp]:
    """The app on a filled folder."""
    app = start_app(ROOT / "app.py", filled.stock.folder)
    try:
        yield app
    finally:
        app.stop()


def toured(browser: Browser, filled: Plenty) -> float:
    """Megabytes of the server after somebody has been everywhere."""
    store = Store(filled.stock.folder)
    ids = [job.id for job in store.history.find(View(sound=True)).jobs]
    store.close()
    addresses = (
        "/", "/history", "/history?q=ra", "/history?q=ra&sort=dearest", "/history?sort=longest", "/history?sound=on",
        "/history?starred=yes&state=ready", "/history?bin=yes", f"/history?job={ids[0]}", f"/history?job={ids[1]}",
        f"/compare?takes={ids[0]},{ids[1]}", "/disk", "/charts", "/history", "/",
    )  # fmt: skip
    with running(filled) as app, fresh_page(browser, app, filled.stock) as page:
        for address in addresses:
            open_app(page, app, address)
            rest(page)
        _page_on(page, app)
        time.sleep(2)
        return Process(app.process.pid).megabytes()


def _page_on(page: Page, app: RunningApp) -> None:
    open_app(page, app, "/history?q=o")
    for _ in range(5):
        rest(page)
        older = page.locator(".st-key-older button")
        if not older.count():
            return
        older.click()
        page.wait_for_timeout(200)


def memory(browser: Browser, filled: Plenty, few: Plenty) -> list[Figure]:
    """What so many takes cost the server's memory."""
    small, large = toured(browser, few), toured(browser, filled)
    return [
        Figure(f"memory of the server after a tour, {few.takes:,} takes", "MB", None, [small]),
        Figure(f"   ... {filled.takes:,} takes", "MB", None, [large]),
        Figure("   ... more than with few", "MB", MEMORY_MB, [large - small]),
    ]


def tick(browser: Browser, filled: Plenty, seconds: float, rounds: int) -> list[Figure]:
    """What History costs the server while it is open, something runs and nothing changes."""
    waiting = Figure("CPU of a tick of History while something runs", "ms", TICK_MS)
    idle = Figure("   ... CPU of the server in a second without a visitor", "ms")
    with running(filled) as app:
        server = Process(app.process.pid)
        with fresh_page(browser, app, filled.stock) as page:  # what is loaded once is loaded
            open_app(page, app, "/history")
            rest(page)
        time.sleep(5)
        for _ in range(rounds):
            idle.values.append(_cpu(server, lambda: time.sleep(seconds)) / seconds)
            with fresh_page(browser, app, filled.stock) as page:
                open_app(page, app, "/history")
                rest(page)
                page.wait_for_timeout(3000)
                used = _cpu(server, lambda page=page: page.wait_for_timeout(1000 * seconds))  # type: ignore[misc]
            waiting.values.append(max(0.0, used / seconds - idle.values[-1]) * TICK_SECONDS)
            time.sleep(3)
    return [waiting, idle]


def _cpu(server: Process, meanwhile: Callable[[], None]) -> float:
    """Milliseconds of CPU that the server used."""
    before = server.cpu_seconds()
    meanwhile()
    return 1000 * (server.cpu_seconds() - before)


def show(figures: list[Figure]) -> None:
    """Prints their lines."""
    print("\n".join(figure.row() for figure in figures), flush=True)


def show_queries(filled: Plenty, rounds: int) -> None:
    """Prints a line for each question, as it is answered, and two for all."""
    middles = Figure("medians of all of these questions", "ms", target(filled.takes))
    slowest = 0.0
    for figure in queries(filled, rounds):
        show([figure])
        middles.values.append(sorted(figure.values)[len(figure.values) // 2])
        slowest = max(slowest, *figure.values)
    show([middles])
    print(f"the slowest median {max(middles.values):.1f} ms; the slowest single answer {slowest:.1f} ms")


def main() -> None:
    """Measures, and prints a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--takes", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="where the filled store is kept for another time")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=20, help="how long a tick is watched each time")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="parts to measure")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is ended too
    path = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    version = None
    with tempfile.TemporaryDirectory() as name:
        filled = plenty(asked.folder or Path(name) / "many", asked.takes)
        database = sum(each.stat().st_size for each in filled.stock.folder.glob("playground.db*"))
        notes = [f"{asked.takes:,} takes; the database has {database / 1e6:,.0f} MB", f"before: {bustle()}"]
        print(HEADER, flush=True)
        if "queries" in asked.only:
            show_queries(filled, asked.rounds)
        if {"screens", "memory", "tick"} & set(asked.only) and path:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_ARGUMENTS))
                version = f"Chromium {browser.version}"
                if "screens" in asked.only:
                    with running(filled) as app:
                        for figure in screens(browser, app, filled, asked.rounds):
                            show([figure])
                if "memory" in asked.only and HAS_PROC:
                    show(memory(browser, filled, plenty(Path(name) / "few", A_HUNDRED)))
                if "tick" in asked.only and HAS_PROC:
                    show(tick(browser, filled, asked.seconds, min(asked.rounds, 5)))
                browser.close()
        notes += [] if path else ["screens not measured: Chromium is not installed"]
        notes += [] if HAS_PROC else [f"memory {NO_PROC}"]
    notes.append(f"after: {bustle()}")
    print(f"\n{machine(version)}")
    print("\n".join(notes))


if __name__ == "__main__":
    main()
