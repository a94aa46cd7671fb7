"""A take that is ready says so on whatever page its person is: a toast, and the tab's title."""

import re

from playwright.sync_api import Page, expect

from tests.browser.harness import RunningApp
from tests.browser.steps import MADE_MS, ask, studio


def test_a_take_that_is_ready_is_said_on_another_page_until_somebody_has_looked(
    app: RunningApp, page: Page
) -> None:
    studio(page, app)
    ask(page, "A fox in the snow")
    page.get_by_role("link", name="Charts").click()
    expect(page).to_have_title(re.compile(r"^\(1\) ready · "), timeout=MADE_MS)
    expect(page.get_by_text("Ready: A fox in the snow")).to_be_visible()
    page.keyboard.press("Shift")
    expect(page).to_have_title("Video Playground")
