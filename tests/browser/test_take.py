"""A take's own page in Chromium: walking through a list, filing while the page lives, deleting, and its looks."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from components.jobs.store import Store
from tests.browser.conftest import NewPage
from tests.browser.harness import RunningApp, Watch, chromium, open_app, ready, running_app
from tests.browser.side_by_side import Made, furnish
from tests.browser.steps import FIRST_GUESS
from tests.browser.test_look import check
from tests.need import ROOT

FIRST, SECOND, THIRD = "A lighthouse in the fog", "A lighthouse in the rain", "A lighthouse in the snow"


@dataclass(frozen=True)
class Played:
    """An app with three takes, each made from the one before it."""

    app: RunningApp
    folder: Path
    ids: list[str]
    """The oldest first."""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    chromium()
    folder = tmp_path_factory.mktemp("data")
    takes = [Made(prompt, 1.0, width=854, height=480) for prompt in (FIRST, SECOND, THIRD)]
    ids = furnish(folder, takes)
    with closing(sqlite3.connect(folder / "playground.db")) as connection, connection:
        for parent, child, kin in ((ids[0], ids[1], "variation"), (ids[1], ids[2], "draft")):
            connection.execute("update job set parent = ?, kin = ? where id = ?", (parent, kin, child))
    with running_app(ROOT / "app.py", folder) as app:
        yield Played(app, folder, ids)


def open_take(page: Page, played: Played, number: int, query: str = "") -> None:
    open_app(page, played.app, f"/history?job={played.ids[number]}{query}")
    expect(page.get_by_text("What was asked for")).to_be_visible()
    ready(page)


def stands_at(page: Page, played: Played, number: int) -> None:
    """The page shows this take, and its address says so."""
    expect(page).to_have_url(re.compile(f"job={played.ids[number]}"))
    expect(page.locator(f".st-key-take-{played.ids[number]} video")).to_be_visible()
    ready(page)


def test_arrow_keys_and_buttons_lead_through_the_list_and_back_to_it_as_it_was(
    played: Played, page: Page, watch: Watch
) -> None:
    watch.allow(FIRST_GUESS)
    open_take(page, played, 2, "&q=lighthouse&sort=newest")
    expect(page.get_by_role("button", name="Previous take")).to_be_disabled()
    page.keyboard.press("ArrowRight")
    stands_at(page, played, 1)
    page.get_by_role("button", name="Next take").click()
    stands_at(page, played, 0)
    expect(page.get_by_role("button", name="Next take")).to_be_disabled()
    page.keyboard.press("ArrowRight")  # there is none: nothing happens
    page.keyboard.press("ArrowLeft")
    stands_at(page, played, 1)
    # Where these keys have another use they keep it.
    page.get_by_label("Name", exact=True).click()
    page.keyboard.press("ArrowLeft")
    page.locator("video").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_role("heading", level=3).click()
    stands_at(page, played, 1)
    page.get_by_role("button", name="Back to the list").click()
    expect(page.get_by_role("heading", name="History")).to_be_visible()
    expect(page).to_have_url(re.compile("q=lighthouse"))


def test_a_note_that_is_being_written_outlives_what_happens_meanwhile_and_is_kept_on_leaving(
    played: Played, page: Page, watch: Watch
) -> None:
    watch.allow(FIRST_GUESS)
    open_take(page, played, 1)
    note = page.get_by_role("textbox", name="Note")
    note.click()
    page.keyboard.type("half a tho")
    with closing(Store(played.folder)) as store:
        store.sorting.star([played.ids[1]], True)  # another window
        expect(page.get_by_role("button", name="Starred")).to_be_visible()  # the page has run anew
        expect(note).to_have_value("half a tho")
        page.keyboard.type("ught")
        page.get_by_label("Name", exact=True).click()
        page.keyboard.type("Fog, second try")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Fog, second try")).to_be_visible()
        page.get_by_role("combobox", name="Project").click()
        page.keyboard.type("Autumn")
        page.keyboard.press("Enter")
        ready(page)
        page.reload()
        expect(page.get_by_role("combobox", name="Project")).to_have_value("Autumn")
        kept = store.get(played.ids[1])
        assert kept is not None
        assert (kept.note, kept.title, kept.project) == ("half a thought", "Fog, second try", "Autumn")
        store.sorting.rename(played.ids[1], "")
        store.sorting.write_note(played.ids[1], "")


def test_a_deleted_take_is_back_at_one_click(played: Played, page: Page, watch: Watch) -> None:
    watch.allow(FIRST_GUESS)
    open_take(page, played, 0, "&q=lighthouse")
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("heading", name="History")).to_be_visible()
    expect(page.get_by_text("in the bin")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("back")).to_be_visible()
    open_take(page, played, 0)
    expect(page.get_by_text("This take is in the bin")).to_have_count(0)


def test_a_line_of_descent_is_walked_by_its_links(played: Played, page: Page, watch: Watch) -> None:
    watch.allow(FIRST_GUESS)
    open_take(page, played, 2)
    page.get_by_role("button", name=FIRST, exact=True).click()
    stands_at(page, played, 0)
    page.get_by_role("button", name=SECOND, exact=True).click()
    stands_at(page, played, 1)
    page.get_by_role("link", name="Compare with the one it came from").click()
    expect(page.locator("video")).to_have_count(2)


def test_a_draft_made_to_change_one_thing_says_what_has_changed_and_leads_back(
    played: Played, page: Page, watch: Watch
) -> None:
    watch.allow(FIRST_GUESS)
    open_take(page, played, 0)
    page.get_by_role("button", name="Change one thing").click()
    expect(page.get_by_text(f"A variation of “{FIRST}”. Nothing changed so far.")).to_be_visible()
    page.get_by_role("textbox", name="Prompt", exact=True).fill("A lighthouse at night")
    page.get_by_role("textbox", name="Prompt", exact=True).blur()
    expect(page.get_by_text("Changed so far: Prompt changed.")).to_be_visible()
    page.get_by_role("link", name="Look at it").click()
    stands_at(page, played, 0)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_fits_and_has_no_barrier_by_day_and_by_night(
    played: Played, new_page: NewPage, watch: Watch, width: int
) -> None:
    watch.allow(FIRST_GUESS)
    faults: list[str] = []
    page = new_page(width=width, height=844 if width < 500 else 900)
    open_take(page, played, 1, "&q=lighthouse")
    check(page, f"take-family-{width}", faults, both=True)
    assert not faults, "\n\n".join(faults)
