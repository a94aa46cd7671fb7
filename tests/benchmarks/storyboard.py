"""How fast the storyboard editor is: in the browser, and until the server has confirmed what was done.

On a quiet machine: .venv/bin/python tests/benchmarks/storyboard.py [--rounds 100] [--reports 12]

Done on the real Studio in Chromium, in drafts whose every shot has a text of 200 characters: a step (a shot longer or
shorter by one length), a move (an arrow key on the handle), a key press (a letter in a text).
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)  # instead of this folder, whose app.py is not the app

from playwright.sync_api import Browser, Error, Locator, Page, sync_playwright  # noqa: E402

from components.catalog.catalog import Catalog  # noqa: E402
from components.catalog.spec import ModelSpec  # noqa: E402
from components.form.desk import Desk  # noqa: E402
from components.form.draft import Draft  # noqa: E402
from components.form.keeping import keep  # noqa: E402
from components.form.window import Window  # noqa: E402
from components.identity import Identity  # noqa: E402
from components.jobs.store import Store  # noqa: E402
from components.services import Services  # noqa: E402
from components.storyboard.shapes import shape_of  # noqa: E402
from components.storyboard.storyboard import board_from  # noqa: E402
from tests.benchmarks.machine import HAS_PROC, HEADER, Figure, Process, bustle, machine  # noqa: E402
from tests.benchmarks.screens import fresh_page  # noqa: E402
from tests.benchmarks.stock import Stock  # noqa: E402
from tests.browser.harness import (  # noqa: E402
    CHROMIUM_ARGUMENTS,
    CHROMIUM_NAMES,
    NOBODY,
    RunningApp,
    open_app,
    ready,
    start_app,
)

TEXT = (
    "A raccoon in a yellow raincoat walks along the harbour wall at dusk, stops at a lamp, looks back over its "
    "shoulder at the camera, and hurries on while the first drops of the rain fall into the water below."
)
CHARACTERS = 200
IN_THE_BROWSER_MS = 16
CONFIRMED_MS = 60
ACTS = ("step", "move", "key press")
# The longest that a shot can be: a board over its budget can only be shortened, and is long enough for all rounds.
LONG, SHORT = 15, 2
_PATIENCE_MS = 10_000
_MOST_OF_A_LOG = 4000

_SCRIPT = Path(__file__).with_suffix(".js")


@dataclass(frozen=True)
class Case:
    """A model, and how many shots its draft has."""

    spec: ModelSpec
    shots: int

    @property
    def name(self) -> str:
        """As it is printed."""
        shape = shape_of(self.spec)
        assert shape is not None
        return f"{self.shots} shots, {'texts alone' if shape.is_text_only else 'texts and seconds'}"


def cases() -> list[Case]:
    """6 and 30 shots where there is no limit; 6 where a shot has its seconds beside it."""
    shapes = [(spec, shape) for spec in Catalog.bundled().models if (shape := shape_of(spec))]
    free = next(spec for spec, shape in shapes if shape.is_text_only and shape.budget.most_shots is None)
    timed = next((spec for spec, shape in shapes if not shape.is_text_only), None)
    return [Case(free, 6), Case(free, 30), *([Case(timed, 6)] if timed else [])]


def drafted(folder: Path, case: Case) -> Stock:
    """A person, by a cookie, whose Studio opens on that storyboard."""
    shape = shape_of(case.spec)
    assert shape is not None
    fits = case.shots * SHORT < (shape.budget.longest or 0)
    board = board_from([(TEXT[:CHARACTERS].ljust(CHARACTERS, "."), SHORT if fits else LONG)] * case.shots)
    identity = Identity(folder)
    value = identity.issue()
    owner = identity.owner({identity.cookie: value})
    assert owner is not None
    desk = Desk(case.spec.id)
    desk.replace(Draft(case.spec, {}, True, board))
    with closing(Store(folder)) as store:
        shared = cast(Services, SimpleNamespace(store=store))  # nothing else of them is used
        window = Window(owner, kept={}, numbers={}, found=None)
        if problem := keep({"desk": desk, "window": window}, shared, owner):
            raise SystemExit(problem)
    return Stock(folder, identity.cookie, value)


def measured(
    browser: Browser, app: RunningApp, case: Case, rounds: int, reports: int
) -> tuple[list[Figure], list[float]]:
    """Figures for the case, and the frames of more than 50 ms meanwhile, in milliseconds."""
    figures, processor = [], Figure(f"CPU of the server for a report, {case.name}", "ms")
    server = Process(app.process.pid) if HAS_PROC else None
    with fresh_page(browser, app, drafted(app.data, case)) as page:
        page.add_init_script(path=_SCRIPT)
        open_app(page, app)
        editor = page.get_by_role("group", name="Storyboard", exact=True)
        editor.get_by_role("textbox", name=f"Shot {case.shots}", exact=True).wait_for()
        for act in ACTS:
            figures += in_the_browser(editor, act, case, rounds)
            quiet(page)
            before = server.cpu_seconds() if server else 0
            figures += confirmed(page, editor, act, case, reports)
            quiet(page)
            processor.values += [1000 * (server.cpu_seconds() - before) / reports] if server else []
        return [*figures, processor], page.evaluate("benchmark.longFrames")


def in_the_browser(editor: Locator, act: str, case: Case, rounds: int) -> list[Figure]:
    """From the event to the end of script and layout, and to the end of the frame."""
    asked = {"act": act, "rounds": rounds, "count": case.shots, "pause": 20}
    times: list[tuple[float, float]] = editor.evaluate("benchmark.inTheBrowser", asked)
    return [
        Figure(f"{act}, {case.name}", "ms", IN_THE_BROWSER_MS, [took for took, _ in times]),
        Figure("   ... and painted, as far as the page does that", "ms", None, [all for _, all in times]),
    ]


def confirmed(page: Page, editor: Locator, act: str, case: Case, reports: int) -> list[Figure]:
    """From the sending of a report to the editor's hearing that it has arrived, and the parts of that."""
    heard: list[dict[str, float]] = []
    for n in range(reports):
        quiet(page)
        asked: dict[str, Any] = {"act": act, "n": n, "count": case.shots, "patience": _PATIENCE_MS}
        heard.append(editor.evaluate("benchmark.confirmed", asked))
    return [
        Figure("   ... report sent to confirmed", "ms", CONFIRMED_MS, [one["confirmed"] for one in heard]),
        Figure("   ... of that, until the answer is there", "ms", None, [one["answered"] for one in heard]),
        Figure("   ... of that, until the run has begun", "ms", None, [one["first"] for one in heard]),
    ]


def quiet(page: Page) -> None:
    """Waits until nothing that was done is still under way: no report waits, no script runs."""
    page.wait_for_function("() => !Object.keys(sessionStorage).some(name => name.startsWith('typed '))")
    ready(page)


def main() -> None:
    """Measures, and prints a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=100, help="of each act in the browser")
    parser.add_argument("--reports", type=int, default=12, help="of each act to the server")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is ended too
    path = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if path is None:
        raise SystemExit("Not measured: Chromium is not installed.")
    notes = [f"before: {bustle()}"]
    frames: list[float] = []
    print(HEADER, flush=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name) / "data"
        folder.mkdir()
        app = start_app(ROOT / "app.py", folder, {"PLAYGROUND_SANDBOX_URL": NOBODY})
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_ARGUMENTS))
        version = f"Chromium {browser.version}"
        try:
            for case in cases():
                figures, long = measured(browser, app, case, asked.rounds, asked.reports)
                frames += long
                print("\n".join(figure.row() for figure in figures), flush=True)
        except Error as error:  # as a rule it was the app, and its log says why
            raise SystemExit(f"{error}\n\n{app.log()[-_MOST_OF_A_LOG:]}") from error
        finally:
            browser.close()
            app.stop()
    longest = f", the longest {max(frames):.0f} ms" if frames else ""
    notes += [f"frames of more than 50 ms meanwhile: {len(frames)}{longest}", f"after: {bustle()}"]
    print(f"\n{machine(version)}")
    print("\n".join(notes))


if __name__ == "__main__":
    main()
