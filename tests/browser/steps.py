"""What a person does on the pages, and what is seen there: the words the browser tests are written in."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from components.catalog.catalog import Catalog
from components.catalog.spec import ModelSpec
from components.jobs.job import Job
from components.jobs.store import Store
from tests.browser.harness import RunningApp, open_app, ready

MADE_MS = 60_000
"""How long a preview may take on a noisy machine; it is usually there after three seconds."""

FIRST_GUESS = r"404 \(Not Found\) \(http://127\.0\.0\.1:\d+/\w+/_stcore/(health|host-config)\)"
"""Streamlit's page, opened by a link to a page below the root, asks for its server there first: for Watch.allow."""

_POSITION = """video => {
    const {currentTime, duration, paused} = video;
    return {currentTime, duration, paused};
}"""


def studio(page: Page, app: RunningApp) -> None:
    """Opens the Studio and waits for the prompt field."""
    open_app(page, app)
    expect(prompt(page)).to_be_visible()


def prompt(page: Page) -> Locator:
    """The field of the single prompt."""
    return page.get_by_role("textbox", name="Prompt", exact=True)


def generate(page: Page) -> Locator:
    """The one primary button of the Studio."""
    return page.get_by_role("button", name="Generate")


def models(page: Page) -> list[str]:
    """The names that the picker offers."""
    page.get_by_role("button", name="Change model").click()
    names = page.locator('[class*="st-key-choose-"]')
    expect(names.first).to_be_visible()
    found = names.all_inner_texts()
    page.get_by_role("button", name="Close the list").click()
    expect(names).to_have_count(0)
    return found


def chosen_model(page: Page) -> Locator:
    """The name of the model that is chosen."""
    return page.locator(".st-key-model strong")


def choose_model(page: Page, name: str) -> None:
    """Chooses a model in the picker and waits for its form, which has a single prompt."""
    if chosen_model(page).inner_text() != name:
        pick(page, name)
        expect(prompt(page)).to_be_visible()


def pick(page: Page, name: str) -> None:
    """Chooses a model in the picker."""
    page.get_by_role("button", name="Change model").click()
    page.locator(".st-key-models").get_by_role("button", name=name, exact=True).click()
    expect(chosen_model(page)).to_have_text(name)
    ready(page)


def spec(name: str) -> ModelSpec:
    """The model that the picker calls `name`."""
    return next(spec for spec in Catalog.bundled().models if spec.name == name)


def ask(page: Page, text: str) -> Locator:
    """Writes a prompt, presses Generate; the card that appears."""
    prompt(page).fill(text)
    generate(page).click()
    asked = card(page, text)
    expect(asked.first).to_be_visible()
    return asked


def cards(page: Page) -> Locator:
    """All cards on the page, newest first: the Studio's, or those of History's contact sheet."""
    return page.locator('[class*="st-key-take-"], .sheet > .card')


def card(page: Page, text: str) -> Locator:
    """The cards with this prompt."""
    return cards(page).filter(has=page.get_by_text(text, exact=True))


def player(page: Page, text: str) -> Locator:
    """The video on the card with this prompt, once it is ready."""
    video = card(page, text).locator("video")
    expect(video).to_be_visible(timeout=MADE_MS)
    return video


def play(video: Locator) -> None:
    """Clicks on the picture, and waits until it moves."""
    ready(video.page)  # what hears the click comes with the run
    video.scroll_into_view_if_needed()
    video.click()
    with suppress(AssertionError):
        expect(video).to_have_js_property("paused", False, timeout=5_000)
    if video.evaluate("video => video.paused"):
        video.click()  # as a person would, where the page had not been listening yet
    expect(video).to_have_js_property("paused", False)
    first = wait_for_position(video, 0.0)
    wait_for_position(video, first)


def wait_for_position(video: Locator, after: float) -> float:
    """Waits until the video has played beyond `after`; where it is then. Both in seconds."""
    handle = video.element_handle()
    assert handle is not None
    video.page.wait_for_function(
        "([video, after]) => video.currentTime > after", arg=[handle, after], timeout=MADE_MS
    )
    return float(video.evaluate(_POSITION)["currentTime"])


def duration(video: Locator) -> float:
    """Seconds, as the browser has read them from the file."""
    return float(video.evaluate(_POSITION)["duration"])


def take_id(card: Locator) -> str:
    """The take's id, read from its video."""
    found = re.search(r"/media/([0-9a-f]{32})\.mp4$", card.locator("video").get_attribute("src") or "")
    assert found
    return found[1]


def asked_for(app: RunningApp) -> list[Job]:
    """Every take in the app's store, newest first."""
    store = Store(Path(app.data))
    try:
        return list(store.page(limit=100).jobs)
    finally:
        store.close()


def prompts_asked(app: RunningApp) -> list[str]:
    """The prompts of every take in the app's store, newest first."""
    return [job.order.prompt for job in asked_for(app)]
