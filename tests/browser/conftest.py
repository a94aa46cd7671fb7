"""One Chromium for the browser tests, and pages that may not misbehave.

All browser tests are one group of pytest-xdist: with `--dist loadgroup` one worker runs them, one after
another, so that one Chromium at a time is open.

One that fails tells what its pages showed, and is run once more: on a machine that others load, a browser now and
then falls behind in a way no person would meet. Whoever was run twice is listed at the end, with the reason, and is
worth a look; with PLAYGROUND_TEST_ALL nobody gets a second chance.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from tests.browser.harness import CHROMIUM_ARGUMENTS, NewPage, RunningApp, Watch, chromium, running_app
from tests.need import ALL, ROOT

HERE = Path(__file__).parent
PATIENCE = 15_000
"""Milliseconds that a page may take for anything; the machine may be busy with other tests."""
SEEN_CHARACTERS = 6_000
"""So much of what a page showed is told where a test failed."""
CONTEXTS = pytest.StashKey[list[BrowserContext]]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "xdist_group(name): tests that one worker runs, one after another")


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.xdist_group("browser"))
            if not ALL:
                item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Adds to a failure what its pages showed at that moment."""
    report = yield
    if report.when == "call" and report.failed:
        for page in [page for context in item.stash.get(CONTEXTS, []) for page in context.pages]:
            report.sections.append((f"page {page.url}", _seen(page)))
    return report


def _seen(page: Page) -> str:
    """What `page` shows, as a screen reader would meet it."""
    try:
        return page.locator("body").aria_snapshot(timeout=5_000)[:SEEN_CHARACTERS]
    except Error as error:
        return f"(not to be read: {error.message})"


# Not for the whole session: Playwright leaves its event loop running in this thread, and a test elsewhere
# that calls asyncio.run() would fail. Starting Chromium takes half a second.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    path = chromium()
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """What the test's pages did that they must not; `watch.allow(pattern)` for what is expected."""
    watch = Watch()
    yield watch
    watch.verdict()


@pytest.fixture(scope="module")
def warm(browser: Browser) -> Iterator[list[Page]]:
    """The tab that a module's tests use one after another, or none: a new one takes Streamlit two seconds to start."""
    warm: list[Page] = []
    yield warm
    for page in warm:
        page.context.close()


def _as_new(page: Page) -> bool:
    """Leaves nothing in the tab but the scripts that the browser has read; whether that was possible."""
    page.unroute_all()
    page.context.clear_cookies()
    page.context.clear_permissions()
    try:
        if page.url.startswith("http"):
            # Where the app's page cannot write once more on being left.
            page.goto(f"{page.evaluate('location.origin')}/_stcore/health")
            page.evaluate("sessionStorage.clear(); localStorage.clear()")
        page.goto("about:blank")
    except Error:  # its server is gone
        return False
    return True


@pytest.fixture
def new_page(
    browser: Browser, warm: list[Page], watch: Watch, request: pytest.FixtureRequest
) -> Iterator[NewPage]:
    """Opens a watched page, each for a person of its own: no cookies, nothing stored.

    `new_page(width=390, height=844, color_scheme="dark")`; other arguments go to Playwright's `new_context`.
    """
    contexts = request.node.stash[CONTEXTS] = []

    def open_one(
        width: int = 1280,
        height: int = 900,
        color_scheme: Literal["light", "dark"] = "light",
        **options: object,
    ) -> Page:
        if warm and not contexts and not options:
            page = warm.pop()
        else:
            page = browser.new_context(**options).new_page()  # type: ignore[arg-type] # passed on as they came
            page.set_default_timeout(PATIENCE)
        contexts.append(page.context)
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=color_scheme)
        watch.follow(page)
        if not options and len(contexts) == 1:
            usual.append(page)
        return page

    usual: list[Page] = []
    yield open_one
    for page in usual:
        watch.leave(page)
        if not page.is_closed() and len(page.context.pages) == 1 and _as_new(page):
            warm.append(page)
    for context in contexts:
        if not any(page.context is context for page in warm):
            context.close()


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """A watched page of 1280 x 900, light."""
    return new_page()


@pytest.fixture(scope="module")
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """The real app with a fresh data folder and a fast sandbox inside, shared by the tests of a module.

    Other settings: `pytestmark = pytest.mark.parametrize("app", [{"PLAYGROUND_...": "..."}], indirect=True)`.
    """
    chromium()  # without it the tests are skipped: start nothing
    env = {"PLAYGROUND_SANDBOX_SECONDS": "1", **getattr(request, "param", {})}
    with running_app(ROOT / "app.py", tmp_path_factory.mktemp("data"), env) as app:
        yield app
