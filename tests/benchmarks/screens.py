"""What a person waits for, measured inside the page in Chromium by its own clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page

from components.catalog.catalog import Catalog
from components.catalog.spec import Choice, Role
from components.form.order import DOUBLE_CLICK
from tests.benchmarks.stock import PROMPT, Stock
from tests.browser.harness import RunningApp, open_app, ready
from tests.browser.steps import generate, prompt

TAKES_ON_A_PAGE = 24
_PATIENCE_MS = 30_000
_BOX = {"width": 1280, "height": 900}

# Interactive: Streamlit has run the page, and what a person came for is there. Looked at once a frame.
_INTERACTIVE = """
window.benchmark = new Promise(resolve => {
    const settled = '[data-testid="stApp"][data-test-script-state="notRunning"]'
        + '[data-test-connection-state="CONNECTED"]';
    const inside = (root, selector) => root.querySelector(selector)
        || [...root.querySelectorAll('*')].some(e => e.shadowRoot && inside(e.shadowRoot, selector));
    const look = () => document.querySelector(settled) && (GOAL)
        ? resolve(performance.now()) : requestAnimationFrame(look);
    requestAnimationFrame(look);
});
"""
_STUDIO = "document.querySelector('.st-key-generate button:enabled') && inside(document, 'textarea')"
_HISTORY = f"document.querySelectorAll('video[poster]').length >= {TAKES_ON_A_PAGE}"

# The server has answered: the request that it shows is the new one. Finished: and the run of the script is over.
_ANSWER = """
wanted => {
    const app = document.querySelector('[data-testid="stApp"]');
    const request = () => document.querySelector('[data-testid="stExpander"] [data-testid="stCode"]');
    window.benchmark = new Promise(resolve => {
        let clicked, answered;
        const observer = new MutationObserver(() => {
            if (clicked === undefined) return;
            const now = performance.now() - clicked;
            if (answered === undefined && request()?.textContent.includes(wanted)) answered = now;
            if (answered === undefined || app.dataset.testScriptState !== 'notRunning') return;
            observer.disconnect();
            resolve({answered, finished: now});
        });
        observer.observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
        addEventListener('click', event => { clicked = event.timeStamp; }, {capture: true, once: true});
    });
}
"""
_CARD = """
() => {
    const cards = () => [...document.querySelectorAll('[class*="st-key-take-"]')];
    const name = card => [...card.classList].find(one => one.startsWith('st-key-take-'));
    const known = new Set(cards().map(name));
    window.benchmark = new Promise(resolve => {
        let clicked;
        const observer = new MutationObserver(() => {
            if (clicked === undefined) return;
            const card = cards().find(card => !known.has(name(card)));
            if (!card || !card.checkVisibility()) return;
            observer.disconnect();
            resolve(performance.now() - clicked);
        });
        observer.observe(document, {subtree: true, childList: true, attributes: true});
        addEventListener('click', event => { clicked = event.timeStamp; }, {capture: true, once: true});
    });
}
"""


def _measured(page: Page) -> Any:
    """What the promise that was laid into the page comes to; an Error where it comes to nothing."""
    return page.evaluate(
        """patience => Promise.race([window.benchmark, new Promise((_, reject) => setTimeout(() => reject(
            new Error('what was waited for did not come: ' + document.body.innerText.slice(0, 500))), patience))])""",
        _PATIENCE_MS,
    )


@contextmanager
def fresh_page(browser: Browser, app: RunningApp, stock: Stock) -> Iterator[Page]:
    """A page of a browser that was never here (nothing cached) and yet is known by its cookie."""
    context = browser.new_context(viewport=_BOX)  # type: ignore[arg-type]  # a dict of its two names
    context.add_cookies([{"name": stock.cookie, "value": stock.value, "url": app.url}])
    try:
        yield context.new_page()
    finally:
        context.close()


def interactive(browser: Browser, app: RunningApp, stock: Stock, path: str) -> float:
    """Seconds from the start of the navigation until Studio (`/`) or History (`/history`) can be used."""
    with fresh_page(browser, app, stock) as page:
        page.add_init_script(_INTERACTIVE.replace("GOAL", _STUDIO if path == "/" else _HISTORY))
        page.goto(app.url + path, wait_until="commit")
        return float(_measured(page)) / 1000


def field_changes(
    browser: Browser, app: RunningApp, stock: Stock, rounds: int
) -> tuple[list[float], list[float]]:
    """Milliseconds from a click on another aspect ratio until the page has the answer, and until the run is over."""
    field = Catalog.bundled().models[0].by_role(Role.ASPECT_RATIO)
    assert isinstance(field, Choice)
    answered, finished = [], []
    with fresh_page(browser, app, stock) as page:
        open_app(page, app)
        page.get_by_text("The request", exact=True).click()
        request = page.locator('[data-testid="stExpander"] [data-testid="stCode"]').first
        request.wait_for()
        others = [option for option in field.options if option != field.default]
        for number in range(rounds):
            ready(page)
            option = str(others[number % len(others)])
            radio = page.get_by_role("radio", name=option, exact=True)
            page.evaluate(_ANSWER, f'"{field.name}": "{option}"')
            radio.click()
            times = _measured(page)
            assert radio.is_checked()
            answered.append(float(times["answered"]))
            finished.append(float(times["finished"]))
    return answered, finished


def clicks_on_generate(browser: Browser, app: RunningApp, stock: Stock, rounds: int) -> list[float]:
    """Milliseconds from a click on Generate until the new take's card is in the page, visible."""
    times = []
    with fresh_page(browser, app, stock) as page:
        open_app(page, app)
        prompt(page).fill(PROMPT)
        prompt(page).blur()
        page.wait_for_timeout(1000)  # what was typed has been reported, so that the click stands alone
        for _ in range(rounds):
            ready(page)
            page.evaluate(_CARD)
            generate(page).click()
            times.append(float(_measured(page)))
            page.wait_for_timeout(1000 * DOUBLE_CLICK + 400)  # the same request sooner is a double click
    return times
