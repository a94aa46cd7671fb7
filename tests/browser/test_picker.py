"""The list of models in Chromium: by the keyboard, as one types, and how it looks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewPage
from tests.browser.harness import RunningApp, chromium, open_app, ready, running_app
from tests.browser.steps import prompt
from tests.browser.test_look import check

APP = Path(__file__).with_name("models_app.py")
COUNT = 60


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """The real app with sixty models."""
    chromium()
    with running_app(APP, tmp_path_factory.mktemp("data"), {"PLAYGROUND_TEST_MODELS": str(COUNT)}) as app:
        yield app


def change(page: Page) -> Locator:
    return page.get_by_role("button", name="Change model")


def search(page: Page) -> Locator:
    return page.get_by_label("Search models")


def cards(page: Page) -> Locator:
    return page.locator('[class*="st-key-choose-"] button')


def open_list(page: Page, app: RunningApp) -> None:
    open_app(page, app)
    expect(prompt(page)).to_be_visible()
    change(page).click()
    expect(search(page)).to_be_focused()


def test_a_model_is_found_and_chosen_by_the_keyboard_alone_and_nothing_typed_is_lost(
    app: RunningApp, page: Page
) -> None:
    open_app(page, app)
    prompt(page).fill("A raccoon in the rain")
    ready(page)
    field = prompt(page).element_handle()
    change(page).focus()
    page.keyboard.press("Enter")
    expect(search(page)).to_be_focused()
    expect(cards(page)).to_have_count(12)
    page.keyboard.type("voyage 6")
    expect(cards(page)).to_have_count(1)  # as one types: nothing was confirmed
    expect(page.get_by_text(f"1 of {COUNT} models")).to_be_visible()
    expect(search(page)).to_be_focused()
    # Neither opening nor searching has drawn the form anew.
    assert field is not None
    assert field.evaluate("field => field.isConnected && field.value") == "A raccoon in the rain"
    for _ in range(15):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Voyage 6":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_text("Voyage 6", exact=True)).to_be_visible()
    expect(cards(page)).to_have_count(0)
    expect(change(page)).to_be_focused()
    expect(prompt(page)).to_have_value("A raccoon in the rain")
    page.reload()
    expect(page.get_by_text("Voyage 6", exact=True)).to_be_visible()


def test_a_model_whose_form_was_not_read_is_there_once_it_has_been(app: RunningApp, page: Page) -> None:
    open_list(page, app)
    search(page).fill("late")
    page.get_by_role("button", name="Late", exact=True).click()
    expect(cards(page)).to_have_count(0)
    # The link of the head is of the model whose form is shown.
    expect(page.get_by_role("link", name="Link to this model")).to_have_attribute(
        "href", re.compile(r"\?model=lagoon%2Flate$")
    )
    expect(page.get_by_text("Reading the form")).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_list_fits_and_has_no_barrier_by_day_and_by_night(
    app: RunningApp, new_page: NewPage, width: int
) -> None:
    faults: list[str] = []
    page = new_page(width=width, height=844 if width < 500 else 900)
    open_list(page, app)
    page.get_by_text("Compare models").click()
    for name in ("Compare Kling 3 Pro", "Compare Kling 2 Master"):
        page.get_by_text(name, exact=True).click()
        expect(page.get_by_role("columnheader", name=name.removeprefix("Compare "))).to_be_visible()
    page.get_by_text("Length and price").click()
    expect(page.get_by_label("Length")).to_be_visible()
    page.get_by_text("Add a model from its OpenAPI document").click()
    expect(page.get_by_role("button", name="Add this model")).to_be_visible()
    ready(page)  # a press in the middle of the run that draws the button was once heard by nobody
    page.get_by_role("button", name="Add this model").click()
    expect(page.get_by_text("Choose a file or paste a document first.")).to_be_visible()
    check(page, f"models-compared-{width}", faults)
    search(page).fill("nothing is called so")
    expect(page.get_by_role("button", name="Show all models")).to_be_visible()
    check(page, f"models-none-{width}", faults)
    assert not faults, "\n\n".join(faults)
