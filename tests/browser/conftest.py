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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Lists the tests that were run once more, with the reason and what was seen."""
    for report in terminalreporter.stats.get("rerun", ()):
        terminalreporter.section(f"run once more: {report.nodeid}", sep="-")
        terminalreporter.line(report.longreprtext[-3_000:])
        for title, text in report.sections:
            if title.startswith("page "):
                terminalreporter.line(f"{title}\n{text}")


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


@pytest.fixture
def new_page(browser: Browser, watch: Watch, request: pytest.FixtureRequest) -> Iterator[NewPage]:
    """Opens a watched page in a context (cookies, cache) of its own.

    `new_page(width=390, height=844, color_scheme="dark")`; other arguments go to Playwright's `new_context`.
    """
    contexts = request.node.stash[CONTEXTS] = []

    def open_one(width: int = 1280, height: int = 900, **options: object) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)  # type: ignore[arg-type] # passed on as they came
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        watch.follow(page)
        return page

    yield open_one
    for context in contexts:
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
