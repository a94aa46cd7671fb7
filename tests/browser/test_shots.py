"""The result, shot by shot: chapters that seek, the running shot's text, thumbs that stay."""

from __future__ import annotations

import re
import time
from contextlib import closing
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from components.catalog.catalog import Catalog
from components.form.draft import Draft
from components.form.order import order
from components.jobs.job import BUILT_IN, Destination, Job, new_id
from components.jobs.store import Store
from components.storyboard.shapes import shape_of
from components.storyboard.storyboard import board_from
from tests.browser.harness import NewPage, RunningApp, Watch, open_app, ready
from tests.browser.steps import FIRST_GUESS, MADE_MS, wait_for_position
from tests.browser.test_look import check
from tests.browser.test_playing import SEEN, WATCH

SHOTS = [("A raccoon looks up", 3), ("It climbs on a bin, " * 8, 2), ("It runs into the night", 3)]


@dataclass(frozen=True)
class Planned:
    """A take of several shots in a running app."""

    app: RunningApp
    id: str

    def now(self) -> Job:
        """The take as it stands in the store."""
        with closing(Store(self.app.data)) as store:
            job = store.get(self.id)
        assert job is not None
        return job


@pytest.fixture(scope="module")
def planned(app: RunningApp) -> Planned:
    """A take that the app has made of three shots, once somebody looks."""
    spec = next(spec for spec in Catalog.bundled().models if shape_of(spec))
    draft = Draft(spec, {}, storyboard=True, board=board_from(SHOTS))
    asked = order(draft, owner="ann", destination=Destination.SANDBOX, base_url=BUILT_IN)
    with closing(Store(app.data)) as store:
        [job] = store.add([asked], token=new_id(), now=time.time())
    return Planned(app, job.id)


@pytest.fixture
def opened(planned: Planned, page: Page, watch: Watch) -> Page:
    """The take's own page, with its video."""
    watch.allow(FIRST_GUESS)
    return look(page, planned)


def look(page: Page, planned: Planned) -> Page:
    open_app(page, planned.app, f"/history?job={planned.id}")
    expect(video(page)).to_be_visible(timeout=MADE_MS)
    expect(chapter(page, 1)).to_be_visible()
    return page


def video(page: Page) -> Locator:
    return page.locator("video")


def chapter(page: Page, number: int) -> Locator:
    return page.get_by_role("group", name="Planned cuts").get_by_role("button", name=f"Shot {number},")


def thumb(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def new_draft(page: Page) -> Locator:
    return page.get_by_role("button", name="New draft from the shots I liked")


def expect_running(page: Page, number: int) -> None:
    """The chapter, the words beside the video and the row in the list are all this shot's."""
    text = re.compile(re.escape(SHOTS[number - 1][0].strip()))
    name = re.compile(rf"Shot {number}, ")
    expect(page.locator(".chapter[aria-current=true]")).to_have_attribute("aria-label", name)
    expect(page.locator(".now:visible .text")).to_have_text(text)
    expect(page.locator(".shot.running-now .text")).to_have_text(text)


def expect_at(page: Page, seconds: float) -> None:
    """The video shows this moment, and rests."""
    expect(video(page)).to_have_js_property("currentTime", seconds)
    expect(video(page)).to_have_js_property("seeking", False)
    expect(video(page)).to_have_js_property("paused", True)


def test_a_chapter_of_a_video_not_loaded_yet_plays_from_its_cut_and_the_text_follows(opened: Page) -> None:
    assert video(opened).evaluate("video => video.readyState") == 0
    expect_running(opened, 1)
    seeks = "video => video.addEventListener('seeking', () => (window.sought ??= []).push(video.currentTime))"
    video(opened).evaluate(seeks)
    chapter(opened, 2).click()
    expect_running(opened, 2)
    wait_for_position(video(opened), 3.0)
    assert opened.evaluate("window.sought") == [3]
    expect(video(opened)).to_have_js_property("paused", False)
    expect_running(opened, 3)
    chapter(opened, 1).click()
    expect_running(opened, 1)
    expect(video(opened)).to_have_js_property("paused", False)
    # The player itself knows the chapters too.
    starts = "video => [...video.textTracks[0].cues].map(cue => cue.startTime)"
    assert video(opened).evaluate(starts) == [0, 3, 5]


def test_a_paused_video_shows_the_shot_that_is_chosen_and_stays_paused(opened: Page) -> None:
    video(opened).evaluate("video => { video.preload = 'auto'; video.load(); }")
    expect(video(opened)).to_have_js_property("readyState", 4)
    chapter(opened, 3).click()
    expect_at(opened, 5)
    expect_running(opened, 3)
    opened.get_by_role("button", name="Go to shot 2").click()
    expect_at(opened, 3)
    expect_running(opened, 2)
    video(opened).evaluate("video => { video.currentTime = 2.9; }")
    expect_running(opened, 1)
    # A video that came out shorter than its plan still shows a picture.
    shorter = "video => { Object.defineProperty(video, 'duration', {value: 4, configurable: true}); }"
    video(opened).evaluate(shorter)
    chapter(opened, 3).click()
    expect_at(opened, 3.95)
    expect_running(opened, 2)
    video(opened).evaluate("video => { delete video.duration; }")

    # By the keyboard alone.
    chapter(opened, 3).focus()
    for key, number in (("ArrowLeft", 2), ("ArrowLeft", 1), ("ArrowLeft", 1), ("End", 3), ("ArrowRight", 3)):
        opened.keyboard.press(key)
        expect(chapter(opened, number)).to_be_focused()
    opened.keyboard.press("Enter")
    expect_at(opened, 5)
    opened.keyboard.press("Home")
    opened.keyboard.press("Space")
    expect_at(opened, 0)


def test_a_thumb_disturbs_no_playing_video_and_is_there_after_a_reload(
    planned: Planned, opened: Page
) -> None:
    expect(new_draft(opened)).to_be_disabled()
    video(opened).evaluate("video => { video.muted = true; video.loop = true; }")
    chapter(opened, 1).click()
    wait_for_position(video(opened), 0.0)
    video(opened).evaluate(WATCH)
    # So fast that a run of the page hears several at once.
    for name in ("I like shot 1", "I do not like shot 2", "I like shot 3", "I like shot 2", "I like shot 1"):
        thumb(opened, name).evaluate("thumb => thumb.click()")
    for name, pressed in (("I like shot 1", "false"), ("I like shot 2", "true"), ("I like shot 3", "true")):
        expect(thumb(opened, name)).to_have_attribute("aria-pressed", pressed)
    expect(thumb(opened, "I do not like shot 2")).to_have_attribute("aria-pressed", "false")
    expect(new_draft(opened)).to_be_enabled()
    opened.wait_for_function("() => window.seen.times.length > 8")
    seen = video(opened).evaluate(SEEN)
    assert seen["same"]
    assert [touch for touch in seen["touched"] if not touch.startswith("seeking at 0")] == []  # the loop
    ready(opened)
    assert planned.now().verdicts == (None, True, True)

    opened.reload()
    expect(thumb(opened, "I like shot 3")).to_have_attribute("aria-pressed", "true")
    expect(thumb(opened, "I like shot 1")).to_have_attribute("aria-pressed", "false")


@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits_and_has_no_barrier_by_day_and_by_night(
    planned: Planned, new_page: NewPage, watch: Watch, width: int
) -> None:
    watch.allow(FIRST_GUESS)
    page = look(new_page(width=width, height=900), planned)
    faults: list[str] = []
    check(page, f"shots-{width}", faults)
    small = page.locator(".shots button").evaluate_all(
        """buttons => buttons.map(button => button.getBoundingClientRect())
          .filter(({width, height}) => width < 24 || height < 24).length"""
    )
    assert small == 0
    assert not faults, "\n\n".join(faults)
