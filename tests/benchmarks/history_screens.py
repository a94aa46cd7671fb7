"""History in Chromium, with very many takes: from a key or a click to the page updated, by the browser's own clock.

Updated: the cards, the marks in them or the count above them are others than before, and the run of the script is over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

from playwright.sync_api import Browser, Locator, Page, TimeoutError

from tests.benchmarks.history_queries import PAGE
from tests.benchmarks.machine import Figure
from tests.benchmarks.plenty import LANGUAGES, Plenty
from tests.benchmarks.screens import fresh_page
from tests.browser.harness import RunningApp, open_app, ready

TARGET_MS = 300.0
_PATIENCE_MS = 20_000
_WORDS = 3
_LETTERS = 5

_SEEN = """
() => {
    const inside = (root, selector) => root.querySelector(selector)
        || [...root.querySelectorAll('*')].map(e => e.shadowRoot && inside(e.shadowRoot, selector)).find(Boolean);
    const sheet = inside(document, '.sheet');
    const cards = sheet ? [...sheet.querySelectorAll('.card:not(.leaving)')] : [];
    const marks = sheet ? [...sheet.querySelectorAll('mark')] : [];
    const count = [...document.querySelectorAll('[data-testid="stMarkdown"]')].map(e => e.textContent)
        .find(text => /takes?$/.test(text));
    return JSON.stringify([cards.map(card => card.dataset.id), marks.map(mark => mark.textContent), count]);
}
"""
# From the last key or click until what is seen is another and the run is over.
_UPDATED = """
() => {
    const seen = SEEN;
    const before = seen();
    const app = document.querySelector('[data-testid="stApp"]');
    window.benchmark = new Promise(resolve => {
        let last, changed;
        for (const name of ['keydown', 'click']) {
            addEventListener(name, event => { last = event.timeStamp; }, {capture: true});
        }
        const look = () => {
            if (last !== undefined && seen() !== before) changed ??= performance.now() - last;
            if (changed !== undefined && app.dataset.testScriptState === 'notRunning') {
                resolve({changed, finished: performance.now() - last});
            } else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
    });
}
""".replace("SEEN", _SEEN)
_FIRST = """
wanted => new Promise(resolve => {
    const seen = SEEN;
    const app = document.querySelector('[data-testid="stApp"]');
    const began = performance.now();
    const look = () => JSON.parse(seen())[0].length === wanted && app.dataset.testScriptState === 'notRunning'
        ? resolve(performance.now() - began) : requestAnimationFrame(look);
    document.querySelectorAll('[data-testid="stPageLink-NavLink"]')[1].click();
    requestAnimationFrame(look);
})
""".replace("SEEN", _SEEN)


def rest(page: Page) -> None:
    """Waits until nothing goes on."""
    ready(page)
    page.wait_for_timeout(400)


def screens(browser: Browser, app: RunningApp, filled: Plenty, rounds: int) -> Iterator[Figure]:
    """The first page, the search, each filter."""
    first = Figure("click on History in the header to its first page", "ms", TARGET_MS)
    with fresh_page(browser, app, filled.stock) as page:
        for _ in range(rounds):
            open_app(page, app, "/")
            page.wait_for_timeout(1500)
            first.values.append(float(page.evaluate(_FIRST, PAGE)))
        yield first
        yield from _searches(page, app)
        yield from _filters(page, app, rounds)
        yield from _turns(page, app, rounds)


def updated(page: Page, act: Callable[[], object]) -> float:
    """Milliseconds from the last key or click of `act` until the page shows something else and is at rest."""
    page.evaluate(_UPDATED)
    act()
    times = page.evaluate(
        """patience => Promise.race([window.benchmark, new Promise((_, reject) => setTimeout(() => reject(
            new Error('nothing changed: ' + document.body.innerText.slice(0, 300))), patience))])""",
        _PATIENCE_MS,
    )
    return float(times["finished"])


def _searches(page: Page, app: RunningApp) -> Iterator[Figure]:
    """Words typed letter by letter, each letter waited for."""
    figures = [
        Figure(f"letter {n + 1} of a word typed, to the page updated", "ms", TARGET_MS)
        for n in range(_LETTERS)
    ]
    more = Figure("a letter of a second word, likewise", "ms", TARGET_MS)
    words = [word for word in LANGUAGES["latin"].words[80:] if len(word) >= _LETTERS][:_WORDS]
    unspaced = Figure("a Chinese character, likewise", "ms", TARGET_MS)
    for word in words:
        open_app(page, app, "/history")
        rest(page)
        page.get_by_label("Search", exact=True).click()
        for figure, letter in zip(figures, word, strict=False):
            figure.values.append(updated(page, lambda letter=letter: page.keyboard.press(letter)))  # type: ignore[misc]
            rest(page)
    for character in LANGUAGES["chinese"].words[:_WORDS]:
        open_app(page, app, "/history")
        rest(page)
        search = page.get_by_label("Search", exact=True)
        search.click()

        def put(character: str = character) -> None:
            page.keyboard.insert_text(character)
            page.keyboard.press("Shift")

        unspaced.values.append(updated(page, put))
    open_app(page, app, f"/history?q={words[0][:2]}+")
    rest(page)
    page.get_by_label("Search", exact=True).click()
    page.keyboard.press("End")
    page.keyboard.press("Space")
    rest(page)
    for letter in LANGUAGES["latin"].words[0][:2]:
        more.values.append(updated(page, lambda letter=letter: page.keyboard.press(letter)))  # type: ignore[misc]
        rest(page)
    yield from (*figures, more, unspaced)


def _filters(page: Page, app: RunningApp, rounds: int) -> Iterator[Figure]:
    """Each filter put on."""

    def pill(key: str, number: int) -> Callable[[], None]:
        return lambda: page.locator(f".st-key-find-{key} button").nth(number).click()

    def toggle(label: str) -> Callable[[], None]:
        return lambda: page.get_by_text(label, exact=True).click()

    def listed(label: str) -> Callable[[], None]:
        def choose() -> None:
            unfold(page.get_by_label(label, exact=True))
            page.get_by_role("option").nth(1).click()

        return choose

    def unfold(box: Locator) -> None:
        # One click in thirty, quick as a program is, leaves a list as it was.
        for _ in range(3):
            box.click()
            with suppress(TimeoutError):
                page.get_by_role("option").first.wait_for(timeout=1_000)
                return

    def number() -> None:
        page.get_by_label("Cost from, in USD").fill("2")
        page.keyboard.press("Enter")

    def slider() -> None:
        page.locator(".st-key-find-length input").first.focus()
        page.keyboard.press("ArrowRight")

    def sort(name: str) -> Callable[[], None]:
        def choose() -> None:
            unfold(page.locator(".st-key-find-sort [role=combobox], .st-key-find-sort input").first)
            page.get_by_role("option", name=name).click()

        return choose

    acts: dict[str, Callable[[], None]] = {
        "state": pill("state", 1),
        "aspect ratio": pill("ratio", 1),
        "sound": pill("sound", 0),
        "starred": toggle("Starred"),
        "only mine": toggle("Only mine"),
        "model": listed("Model"),
        "maker": listed("Maker"),
        "project": listed("Project"),
        "cost": number,
        "length": slider,
        "longest first": sort("Longest first"),
        "dearest first": sort("Dearest first"),
    }
    for name, act in acts.items():
        figure = Figure(f"filter or order put on: {name}", "ms", TARGET_MS)
        for _ in range(max(1, rounds // 3)):
            open_app(page, app, "/history")
            page.get_by_text("Filters", exact=True).click()
            rest(page)
            figure.values.append(updated(page, act))
        yield figure


def _turns(page: Page, app: RunningApp, rounds: int) -> Iterator[Figure]:
    """The next page, again and again."""
    figure = Figure("the page of older takes", "ms", TARGET_MS)
    open_app(page, app, "/history")
    for _ in range(rounds):
        rest(page)
        figure.values.append(updated(page, lambda: page.locator(".st-key-older button").click()))
    yield figure
