"""How fast the list of models is: opening it, searching it, choosing from it.

On a quiet machine: .venv/bin/python tests/benchmarks/picker.py [--models 300] [--rounds 20]

Done on the real Studio in Chromium, with the bundled models under many names and prices. Opening is from the click
until a dozen cards and everything above them are in the page and the run is over: in a browser that was never here,
and again. Searching is from the last letter typed, of which 200 ms are waited for another one.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)  # instead of this folder, whose app.py is not the app

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from components.catalog.entry import Entry  # noqa: E402
from components.picker.facts import facts_of  # noqa: E402
from components.picker.finding import Sort, find, offered  # noqa: E402
from tests.benchmarks.machine import HEADER, Figure, bustle, machine  # noqa: E402
from tests.browser.harness import (  # noqa: E402
    CHROMIUM_ARGUMENTS,
    RunningApp,
    chromium,
    open_app,
    ready,
    running_app,
)
from tests.browser.steps import generate, prompt  # noqa: E402
from tests.picker.entries import model, per_second  # noqa: E402

APP = ROOT / "tests" / "browser" / "models_app.py"
OPEN_MS, SWITCH_MS = 300, 300
FRESH = 5
SEARCHES = ("voyage 6", "turbo 7")
"""Each finds a few."""
_PATIENCE_MS = 20_000
_BOX = {"width": 1280, "height": 900}

# From a click on `selector` until THERE and the script has run.
_UNTIL = """
selector => new Promise((resolve, reject) => {
    const app = document.querySelector('[data-testid="stApp"]');
    const began = performance.now();
    const look = () => {
        if ((THERE) && app.dataset.testScriptState === 'notRunning') return resolve(performance.now() - began);
        if (performance.now() - began > PATIENCE) return reject(new Error('what was waited for did not come'));
        requestAnimationFrame(look);
    };
    document.querySelector(selector).click();
    look();
})
"""
_CARDS = "document.querySelectorAll('[class*=\"st-key-choose-\"] button').length"
_OPENED = f"{_CARDS} === 12 && document.querySelector('.st-key-models-more') && " + (
    "document.querySelector('.st-key-models-search input')"
)
_CHANGE = ".st-key-change-model button"


def until(page: Page, selector: str, there: str) -> float:
    """Milliseconds from a click until `there` is true."""
    return float(
        page.evaluate(_UNTIL.replace("THERE", there).replace("PATIENCE", str(_PATIENCE_MS)), selector)
    )


def studio(browser: Browser, app: RunningApp) -> Page:
    """The Studio in a browser that was never here, at rest."""
    page = browser.new_context(viewport=_BOX).new_page()  # type: ignore[arg-type]  # a dict of its two names
    open_app(page, app)
    prompt(page).wait_for()
    generate(page).wait_for()
    rest(page)
    return page


def rest(page: Page) -> None:
    """Waits until nothing goes on."""
    ready(page)
    page.wait_for_timeout(500)


def close(page: Page) -> None:
    """Closes the list."""
    until(page, _CHANGE, f"{_CARDS} === 0")
    rest(page)


def in_the_browser(browser: Browser, app: RunningApp, rounds: int) -> list[Figure]:
    """Opening, searching, choosing."""
    first = Figure("the list opened, in a browser that was never here", "ms", OPEN_MS)
    again = Figure("the list opened again", "ms", OPEN_MS)
    searched = Figure("a search answered, 200 ms of waiting included", "ms")
    chosen = Figure("a model chosen, until its form can be used", "ms", SWITCH_MS)
    studio(browser, app).context.close()  # the server's first page is no browser's matter
    for _ in range(FRESH):
        page = studio(browser, app)
        first.values.append(until(page, _CHANGE, _OPENED))
        page.context.close()
    page = studio(browser, app)
    for number in range(rounds):
        again.values.append(until(page, _CHANGE, _OPENED))
        rest(page)
        search = page.get_by_label("Search models")
        search.press_sequentially(SEARCHES[number % len(SEARCHES)])
        began = time.perf_counter()
        page.wait_for_function(f"() => {_CARDS} > 0 && {_CARDS} < 12", timeout=_PATIENCE_MS, polling="raf")
        searched.values.append(1000 * (time.perf_counter() - began))
        rest(page)
        card = page.locator('[class*="st-key-choose-"]').nth(number % 3)
        name = str(card.inner_text())
        key = next(each for each in str(card.get_attribute("class")).split() if "st-key-choose-" in each)
        there = (
            f"{_CARDS} === 0 && document.querySelector('.st-key-model').textContent.includes({name!r}) "
            "&& document.querySelector('.st-key-generate button')"
        )
        chosen.values.append(until(page, f".{key} button", there))
        rest(page)
    page.context.close()
    return [first, again, searched, chosen]


def without_a_screen(models: int, rounds: int) -> list[Figure]:
    """Reading the facts of entries, and finding among them."""
    figures = [Figure(name, "ms") for name in ("facts of all models read", "filters offered", "models found")]

    def timed(figure: Figure, run: Any) -> None:
        began = time.perf_counter()
        run()
        figure.values.append(1000 * (time.perf_counter() - began))

    for _ in range(rounds):
        entries: tuple[Entry, ...] = tuple(
            model(f"Model {n} turbo", seconds=range(3, 16), sound=bool(n % 2), price=per_second(n / 100))
            for n in range(models)
        )
        timed(figures[0], lambda entries=entries: [facts_of(each) for each in entries])
        timed(figures[1], lambda entries=entries: offered(entries, "live"))
        timed(
            figures[2], lambda entries=entries: find(entries, "turb 1", sort=Sort.PRICE, destination="live")
        )
    return figures


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--models", type=int, default=300)
    arguments.add_argument("--rounds", type=int, default=20)
    asked = arguments.parse_args()
    print(bustle())
    figures = without_a_screen(asked.models, asked.rounds)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        data = Path(folder) / "data"
        data.mkdir()
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(CHROMIUM_ARGUMENTS))
        with running_app(APP, data, {"PLAYGROUND_TEST_MODELS": str(asked.models)}) as app:
            figures += in_the_browser(browser, app, asked.rounds)
        print(f"{machine(browser.version)}\n{asked.models} models\n\n{HEADER}")
        browser.close()
    for figure in figures:
        print(figure.row())


if __name__ == "__main__":
    main()
