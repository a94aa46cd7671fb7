"""Sorting out many takes in Chromium: select, delete, undo, the bin, for good; and the pages of figures."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from components.jobs.archive import Archive
from components.jobs.job import State
from components.jobs.store import Store
from tests.browser.conftest import NewPage
from tests.browser.harness import RunningApp, Watch, chromium, open_app, ready, running_app
from tests.browser.steps import FIRST_GUESS, cards
from tests.browser.test_look import check
from tests.jobs.takes import FILM, order
from tests.need import ROOT

FOXES, BIRDS = 26, 2


def fill(folder: Path) -> None:
    """Takes as the app would have left them: foxes, and two birds as the newest."""
    store, archive = Store(folder), Archive(folder, 10_000)
    now = time.time()
    for number in range(FOXES + BIRDS):
        animal = "fox" if number < FOXES else "bird"
        [job] = store.add(
            [order(prompt=f"A {animal}, number {number}")], token=str(number), now=now - 3600 + number
        )
        store.claim("filling", now=now, lease=60, limit=1, in_flight=1)
        video = replace(FILM, size=1_000_000 * (number + 1), poster=False)
        assert store.settle(
            job.id,
            "filling",
            state=State.COMPLETED,
            video=video,
            sent=now - 90,
            followed_since=now - 90,
            ready=now,
        )
        archive.video_path(job.id).parent.mkdir(parents=True, exist_ok=True)
        archive.video_path(job.id).write_bytes(b"a film")
    store.close()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """The real app with takes in it."""
    chromium()
    folder = tmp_path_factory.mktemp("data")
    fill(folder)
    with running_app(ROOT / "app.py", folder, {}) as app:
        yield app


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def select(page: Page) -> None:
    """Begins to select."""
    page.locator(".stCheckbox").filter(has_text="Select").locator("label").click()
    expect(page.locator(".st-key-bulk")).to_be_visible()
    ready(page)


def tick(page: Page, number: int) -> None:
    """Selects the take with this number."""
    box = cards(page).filter(has_text=f"number {number}").get_by_role("checkbox")
    box.check()
    expect(box).to_be_checked()


def bar(page: Page) -> Locator:
    return page.locator(".st-key-bulk")


def notice(page: Page) -> Locator:
    return page.locator(".st-key-sorting")


def videos(app: RunningApp) -> int:
    return sum(1 for _ in app.data.glob("takes/*/*.mp4"))


def test_many_are_deleted_come_back_by_undo_and_go_for_good_by_the_bin(app: RunningApp, page: Page) -> None:
    open_app(page, app, "/history?q=fox")
    expect(cards(page)).to_have_count(24)
    select(page)
    tick(page, 20)
    expect(bar(page)).to_contain_text("1 selected")
    button(page, "Select all that match (26)").click()
    expect(bar(page)).to_contain_text("26 selected")
    button(page, "Delete").click()
    expect(notice(page)).to_contain_text("26 takes are in the bin.")
    expect(cards(page)).to_have_count(0)
    button(page, "Undo").click()
    expect(notice(page)).to_contain_text("26 takes are back.")
    expect(cards(page)).to_have_count(24)

    tick(page, 20)
    tick(page, 21)
    expect(bar(page)).to_contain_text("2 selected")
    button(page, "Delete").click()
    expect(notice(page)).to_contain_text("2 takes are in the bin.")
    button(page, "Bin (2)").click()
    expect(page.get_by_role("heading", name="Bin")).to_be_visible()
    expect(cards(page)).to_have_count(2)
    ready(page)
    if not bar(page).is_visible():
        select(page)
    tick(page, 20)
    button(page, "Restore").click()
    expect(notice(page)).to_contain_text("One take is back.")
    expect(cards(page)).to_have_count(1)
    button(page, "Empty the bin").click()
    page.get_by_role("dialog").get_by_role("button", name="Empty the bin").click()
    expect(page.get_by_text("The bin is empty.")).to_be_visible()
    expect(notice(page)).to_contain_text("One take is deleted for good.")
    assert videos(app) == FOXES + BIRDS - 1
    button(page, "Back to the History").click()
    expect(page.get_by_role("heading", name="History")).to_be_visible()
    expect(cards(page)).to_have_count(24)


def test_a_filter_is_off_in_its_field_once_it_is_taken_off_and_on_again_on_the_way_back(
    app: RunningApp, page: Page, watch: Watch
) -> None:
    watch.allow(FIRST_GUESS)
    open_app(page, app, "/history?q=bird")
    page.get_by_text("Filters", exact=True).click()
    silent = page.get_by_role("radio", name="Without sound")
    silent.click()
    expect(page).to_have_url(re.compile("sound=off"))
    chip = page.locator(".st-key-find-chips").get_by_role("button").filter(visible=True)
    expect(chip).to_have_count(1)
    expect(silent).to_be_checked()
    chip.click()
    expect(page).not_to_have_url(re.compile("sound=off"))
    expect(chip).to_have_count(0)
    expect(page.get_by_label("Search")).to_have_value("bird")
    expect(silent).not_to_be_checked()
    ready(page)
    page.go_back()
    expect(silent).to_be_checked()
    expect(chip).to_have_count(1)


@pytest.mark.parametrize("width", [1280, 390])
def test_bar_bin_disk_and_charts_fit_and_have_no_barrier(
    app: RunningApp, new_page: NewPage, watch: Watch, width: int
) -> None:
    watch.allow(FIRST_GUESS)
    faults: list[str] = []
    page = new_page(width=width, height=844 if width < 500 else 900)
    open_app(page, app, "/history")
    expect(cards(page)).to_have_count(24)
    select(page)
    tick(page, 26)
    expect(bar(page)).to_contain_text("1 selected")
    button(page, "Delete").click()
    expect(notice(page)).to_contain_text("One take is in the bin.")
    tick(page, 5)
    expect(bar(page)).to_contain_text("1 selected")
    check(page, f"selecting-{width}", faults)
    button(page, "Move to project").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    check(page, f"moving-{width}", faults)
    page.keyboard.press("Escape")
    open_app(page, app, "/history?bin=yes")
    expect(cards(page)).to_have_count(1)
    check(page, f"bin-{width}", faults)
    open_app(page, app, "/disk")
    expect(page.get_by_text("Largest takes", exact=True)).to_be_visible()
    check(page, f"disk-{width}", faults)
    open_app(page, app, "/charts")
    expect(page.locator("svg.marks").first).to_be_visible()
    tables = page.get_by_text("The figures as a table")
    expect(tables).to_have_count(1)  # one model, one person: their tables stand without a chart
    tables.click()
    expect(page.get_by_role("table")).to_have_count(3)
    check(page, f"charts-{width}", faults)
    open_app(page, app, "/history?bin=yes")
    button(page, "Restore all").click()
    expect(notice(page)).to_contain_text("One take is back.")
    assert not faults, "\n\n".join(faults)
