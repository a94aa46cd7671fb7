"""One Chromium for the browser tests, and pages that may not misbehave.

All browser tests are one group of pytest-xdist: with `--dist loadgroup` one worker runs them, one after
another, so that one Chromium at a time is open.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.harness import CHROMIUM_ARGUMENTS, NewPage, RunningApp, Watch, chromium, running_app
from tests.need import ROOT

HERE = Path(__file__).parent
PATIENCE = 15_000
"""Milliseconds that a page may take for anything; the machine may be busy with other tests."""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "xdist_group(name): tests that one worker runs, one after another")


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.xdist_group("browser"))


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
def new_page(browser: Browser, watch: Watch) -> Iterator[NewPage]:
    """Opens a watched page in a context (cookies, cache) of its own.

    `new_page(width=390, height=844, color_scheme="dark")`; other arguments go to Playwright's `new_context`.
    """
    contexts = []

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
