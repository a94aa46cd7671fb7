"""A video that plays goes on playing while other takes are asked for, run and finish around it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import HERE
from tests.browser.harness import RunningApp, chromium, ready, running_app
from tests.browser.steps import MADE_MS, ask, card, cards, play, player, studio
from tests.need import ALL

A_SECOND = 1000
PLAYED = "The one that plays"
SECONDS_WATCHED = 60 if ALL else 5
TAKES_ASKED = 20 if ALL else 11
"""Around the one that plays; most of them one by one."""
ROUNDS = 3 if ALL else 1
SPEED = 0.2 if ALL else 0.5
"""So that the 15 seconds of the take outlast the test on a slow machine."""

# Everything that could show that a video was touched, noted as it happens. `timeupdate` comes four times a second.
WATCH = """video => {
  const seen = window.seen = {video, touched: [], times: [video.currentTime], from: performance.now()};
  for (const name of ['pause', 'emptied', 'abort', 'seeking', 'ended', 'error', 'loadstart'])
    video.addEventListener(name, () => seen.touched.push(`${name} at ${video.currentTime}`));
  video.addEventListener('timeupdate', () => seen.times.push(video.currentTime));
  new MutationObserver(() => {
    if (!video.isConnected) seen.touched.push(`taken out of the page at ${video.currentTime}`);
  }).observe(document.body, {childList: true, subtree: true});
}"""
SEEN = """video => {
  const {touched, times, from} = window.seen;
  return {same: video === window.seen.video, touched, times, seconds: (performance.now() - from) / 1000};
}"""


@pytest.fixture(
    scope="module", params=[15, 60] * ROUNDS if ALL else [60], ids="{} ms before and after each card".format
)
def slow(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """The real app with slow cards."""
    chromium()
    env = {"PLAYGROUND_SANDBOX_SECONDS": "1", "PLAYGROUND_TEST_CARD_MS": str(request.param)}
    with running_app(HERE / "slow_app.py", tmp_path_factory.mktemp("data"), env) as app:
        yield app


def play_and_watch(page: Page) -> None:
    """Plays the long take on this page, and notes from then on what happens to it."""
    video = player(page, PLAYED)
    play(video)
    video.evaluate(f"video => {{ video.playbackRate = {SPEED} }}")
    video.evaluate(WATCH)


def check_undisturbed(page: Page) -> None:
    """The video has played all the time, in the same element, without a pause, a jump or a reload."""
    seen = player(page, PLAYED).evaluate(SEEN)
    assert seen["touched"] == []
    assert seen["same"]
    times = seen["times"]
    assert times == sorted(times)
    assert times[-1] - times[0] > 0.6 * SPEED * seen["seconds"]  # a busy machine may stutter
    assert player(page, PLAYED).evaluate("video => !video.paused")


def test_a_playing_video_is_not_touched_by_the_takes_around_it(slow: RunningApp, page: Page) -> None:
    studio(page, slow)
    ask(page, "Old")
    seconds = page.get_by_role("slider", name="Duration")
    seconds.press("End")
    expect(page.get_by_text("15 s × ")).to_be_visible()  # how the price comes about
    ask(page, PLAYED)
    seconds.press("Home")
    expect(page.get_by_text(re.compile("^3 s × "))).to_be_visible()
    player(page, PLAYED)

    history = page.context.new_page()
    history.goto(f"{slow.url}/")
    ready(history)
    history.get_by_role("link", name="History").click()
    expect(history.get_by_role("heading", name="History")).to_be_visible()
    expect(history.locator("video")).to_have_count(2, timeout=MADE_MS)

    play_and_watch(history)
    play_and_watch(page)
    began = time.monotonic()
    # More than the Studio shows when it is opened.
    page.get_by_role("radio", name="4", exact=True).click()
    for text in ("New", "Newer"):
        expect(ask(page, text)).to_have_count(4)
    page.get_by_role("radio", name="1", exact=True).click()
    expect(page.get_by_text(" for 4")).to_have_count(0)
    asked = 0
    # Nothing but takes that come, run and finish, until the time is over; on a slow machine it is over by now.
    while asked == 0 or time.monotonic() - began < SECONDS_WATCHED:
        if 8 + asked < TAKES_ASKED:
            asked += 1
            ask(page, f"Newest {asked}")
        page.wait_for_timeout(A_SECOND)
    check_undisturbed(page)
    check_undisturbed(history)
    # They did appear, above, and finish, on both pages.
    for seen in (page, history):
        expect(card(seen, "Newer").locator("video")).to_have_count(4, timeout=MADE_MS)
        player(seen, "Newest 1")
        expect(cards(seen).first).to_contain_text("Newest")
