"""Drafts in real windows: two of one person, one of somebody else, a forgotten one; start over, undo, a link."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from components.jobs.store import DATABASE
from tests.browser.conftest import PATIENCE, NewPage
from tests.browser.harness import RunningApp, Watch, chromium, ready, start_app
from tests.browser.steps import prompt, studio
from tests.need import ROOT

OLD = "A lighthouse in the fog."
MORE = " Its light turns slowly over the water."


@pytest.fixture
def lives(tmp_path: Path) -> Iterator[list[RunningApp]]:
    """An app that the test may end and start again: the last of the list is the one that lives."""
    chromium()
    data = tmp_path / "data"
    data.mkdir()
    lives = [start_app(ROOT / "app.py", data)]
    yield lives
    lives[-1].stop()
    for life in lives:
        assert "Traceback (most recent call last)" not in life.log(), life.log()


def until(holds: Callable[[], bool]) -> float:
    """Waits for a condition; how many seconds it took."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < PATIENCE / 1000
        time.sleep(0.02)
    return time.monotonic() - began


def kept(app: RunningApp, text: str) -> bool:
    """Whether the store has a draft, or an earlier version, with just this text."""
    with closing(sqlite3.connect(f"file:{app.data / DATABASE}?mode=ro", uri=True)) as database:
        rows = database.execute(
            "select value from draft union all select value from earlier_draft"
        ).fetchall()
    return any(text in json.loads(value).get("values", {}).values() for [value] in rows)


def window(page: Page, app: RunningApp) -> Page:
    """Another window of the same browser."""
    other = page.context.new_page()
    other.set_default_timeout(PATIENCE)
    studio(other, app)
    return other


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_two_windows_of_one_person_lose_nothing_and_nobody_else_sees_it(
    app: RunningApp, page: Page, new_page: NewPage
) -> None:
    studio(page, app)
    other = window(page, app)
    prompt(page).press_sequentially(OLD, delay=5)
    until(lambda: kept(app, OLD))

    third = window(page, app)
    expect(prompt(third)).to_have_value(OLD)  # it appears where it is opened
    third.close()
    expect(prompt(other)).to_have_value("")  # and nothing moves under anybody's fingers

    prompt(other).press_sequentially("A fox.", delay=5)
    expect(other.get_by_text("also changed in another window")).to_be_visible()
    press(other, "Bring that version back")
    expect(prompt(other)).to_have_value(OLD)
    expect(other.get_by_text("also changed in another window")).to_have_count(0)
    assert kept(app, "A fox.")  # among the earlier ones now

    stranger = new_page()
    studio(stranger, app)
    expect(prompt(stranger)).to_have_value("")


def test_a_forgotten_tab_that_comes_back_writes_over_nothing_for_good(
    lives: list[RunningApp], page: Page, watch: Watch
) -> None:
    watch.allow("ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|WebSocket|disconnected")
    watch.allow("No response received when attempting to reach|server is not responding")
    app = lives[-1]
    studio(page, app)
    prompt(page).press_sequentially(OLD, delay=5)
    until(lambda: kept(app, OLD))
    newer = window(page, app)
    expect(prompt(newer)).to_have_value(OLD)
    prompt(newer).press("Control+End")
    prompt(newer).press_sequentially(MORE, delay=5)
    until(lambda: kept(app, OLD + MORE))
    newer.close()
    app.kill()
    lives.append(start_app(ROOT / "app.py", app.data, port=int(app.url.rsplit(":", 1)[1])))
    ready(page)
    expect(prompt(page)).to_have_value(OLD)
    prompt(page).press_sequentially("!")  # somebody comes back to it, and types on
    expect(page.get_by_text("stood here and was replaced")).to_be_visible()
    assert kept(app, OLD + MORE)
    press(page, "Bring that version back")
    expect(prompt(page)).to_have_value(OLD + MORE)


def test_start_over_with_undo_and_a_link_that_somebody_else_opens(
    app: RunningApp, page: Page, new_page: NewPage
) -> None:
    studio(page, app)
    text = "A <b>raccoon</b> & two foxes."
    prompt(page).fill(text)
    until(lambda: kept(app, text))
    press(page, "Start over")
    expect(prompt(page)).to_have_value("")
    press(page, "Undo")
    expect(prompt(page)).to_have_value(text)

    page.get_by_text("Hand on", exact=True).click()
    link = page.locator("code").filter(has_text="draft=")
    expect(link).to_be_visible()
    address = "".join(link.inner_text().split())
    friend = new_page()
    friend.goto(address)
    ready(friend)
    expect(prompt(friend)).to_have_value(text)
    expect(friend).to_have_url(app.url + "/")
    friend.reload()
    expect(prompt(friend)).to_have_value(text)
    press(page, "Start over")
    expect(prompt(page)).to_have_value("")
    page.reload()
    expect(prompt(page)).to_have_value("")  # what was typed before does not come back
