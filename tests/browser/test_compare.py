"""Compare in Chromium: players that keep together, sound from one, keys, and the page for everybody."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.harness import NewPage, RunningApp, Watch, chromium, open_app, ready, running_app
from tests.browser.side_by_side import Made, furnish
from tests.browser.steps import FIRST_GUESS
from tests.browser.test_look import check
from tests.need import ALL, ROOT

WATCHED = 15.0 if ALL else 5.0
"""Seconds for which two players are watched."""
SLOWER = 24
"""Frames a second of the slower of the two."""
FRAME = 1 / SLOWER
TRIES = 4
"""A machine that is busy with other tests may keep one player up for a moment, whatever the page does."""
KEPT_UP = 0.1
"""Seconds between two looks, of 20 ms each, beyond which the machine did not keep up."""

TAKES = [
    Made("A white raccoon climbs out of a bin at night", WATCHED + 1, fps=SLOWER),
    Made("A white raccoon climbs out of a barrel at dawn", WATCHED + 1, fps=30),
    Made("A lighthouse in the fog", 1.5, width=360, height=640, sound=False),
    Made("A fox", 2, width=360, height=360),
]

SAMPLES = """(videos, seconds) => new Promise(done => {
  const rows = [], begun = performance.now();
  const look = () => {
    rows.push([performance.now() / 1000, ...videos.map(video => video.currentTime)]);
    if (performance.now() - begun > seconds * 1000) done(rows); else setTimeout(look, 20);
  };
  look();
})"""
"""When, and the positions of all players then, read in one task, every 20 ms or so."""

MOMENT = """videos => videos.map(({currentTime, paused, seeking, ended, muted, playbackRate}) =>
  ({currentTime, paused, seeking, ended, muted, playbackRate}))"""


@dataclass(frozen=True)
class Compared:
    """An app with takes to compare."""

    app: RunningApp
    ids: list[str]

    def open(self, page: Page, *numbers: int, more: str = "") -> Page:
        """The page with these takes; `more` goes to the end of the link."""
        link = ",".join(self.ids[number] for number in numbers)
        open_app(page, self.app, f"/compare?takes={link}{more}")
        expect(videos(page)).to_have_count(len(numbers))
        return page


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compared]:
    """The real app, and four takes that were made before it started."""
    chromium()
    data = tmp_path_factory.mktemp("data")
    ids = furnish(data, TAKES)
    with running_app(ROOT / "app.py", data) as app:
        yield Compared(app, ids)


@pytest.fixture
def two(compared: Compared, page: Page, watch: Watch) -> Page:
    """The page with two takes."""
    watch.allow(FIRST_GUESS)
    return compared.open(page, 0, 1)


def videos(page: Page) -> Locator:
    return page.locator(".comparing video")


def play(page: Page) -> Locator:
    return page.get_by_role("button", name=re.compile("^(Play|Pause) all$"))


def scrub(page: Page, seconds: float) -> None:
    """As a hand on the scrubber does it."""
    page.get_by_role("slider", name="Position").evaluate(
        """(slider, to) => { slider.value = to; slider.dispatchEvent(new Event('input', {bubbles: true})); }""",
        seconds,
    )


def now(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = videos(page).evaluate_all(MOMENT)
    return found


def wait(page: Page, condition: str, **options: Any) -> None:
    """Waits until `condition`, JavaScript on `videos`, holds."""
    page.wait_for_function(
        f"""() => {{
          const videos = [...document.querySelectorAll('*')].flatMap(element =>
            [...(element.shadowRoot?.querySelectorAll('.comparing video') ?? [])]);
          return videos.length > 0 && ({condition});
        }}""",
        **options,
    )


def wait_at(page: Page, seconds: float) -> None:
    """Waits until all rest at this moment, give or take a quarter of a frame."""
    wait(
        page,
        f"videos.every(v => v.paused && !v.seeking && Math.abs(v.currentTime - {seconds}) < {FRAME / 2})",
    )


def running(page: Page) -> None:
    """Waits until all play."""
    wait(page, "videos.every(v => !v.paused && !v.seeking && v.readyState > 2)")


def apart(page: Page, seconds: float) -> tuple[float, float]:
    """How far apart two players were at most while they played for so long, and the longest time between two looks.

    In seconds.
    """
    rows = videos(page).evaluate_all(SAMPLES, seconds)
    looks = [row[0] for row in rows]
    gap = max(later - earlier for earlier, later in pairwise(looks))
    return max(abs(one - other) for _, one, other in rows), gap


def test_nothing_but_posters_is_loaded_before_somebody_plays(compared: Compared, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    compared.open(page, 0, 1)
    ready(page)
    assert not [url for url in asked if ".mp4" in url]
    assert len([url for url in asked if ".webp" in url]) == 2
    play(page).click()
    running(page)
    assert {url[-36:-4] for url in asked if ".mp4" in url} == set(compared.ids[:2])


def test_two_players_keep_within_one_frame(two: Page) -> None:
    seen = []
    while not seen or seen[-1][0] > FRAME:
        assert len(seen) < TRIES, seen
        assert all(gap > KEPT_UP for _, gap in seen[1:]), seen  # one may fail on a machine that keeps up
        two.get_by_role("button", name="Back to the start").click()
        wait_at(two, 0)
        play(two).click()
        running(two)
        seen.append(apart(two, WATCHED))
        play(two).click()


def test_two_players_keep_within_one_frame_after_ten_seeks(two: Page) -> None:
    dice = random.Random(5)
    play(two).click()
    running(two)
    for _ in range(10):
        seen: list[tuple[float, float]] = []
        while not seen or seen[-1][0] > FRAME:
            assert len(seen) < TRIES, seen
            to = dice.uniform(0, WATCHED - 1)
            scrub(two, to)
            running(two)
            wait(two, f"videos.every(v => v.currentTime > {to} && v.currentTime < {to} + 1)")
            seen.append(apart(two, 0.4))
    play(two).click()
    for _ in range(10):
        to = dice.uniform(0, WATCHED)
        scrub(two, to)
        wait_at(two, to)
        one, other = (video["currentTime"] for video in now(two))
        assert one == other


def test_a_hand_on_the_scrubber_ends_where_it_stops(two: Page) -> None:
    for step in range(40):
        scrub(two, step / 10)
    wait_at(two, 3.9)


def test_frames_are_stepped_together_by_those_of_the_slower(two: Page) -> None:
    scrub(two, 1.0)
    wait_at(two, 1.0)
    ahead, back = (two.get_by_role("button", name=f"One frame {way}") for way in ("ahead", "back"))
    for step, frame in ((ahead, 25), (ahead, 26), (back, 25), (back, 24), (back, 23)):
        step.click()
        wait_at(two, (frame + 0.25) / SLOWER)
        assert [int(video["currentTime"] * SLOWER) for video in now(two)] == [frame, frame]


def test_the_keys(two: Page) -> None:
    root = two.locator(".comparing")
    two.locator(".comparing .facts").first.click()  # whoever clicks has the keys
    expect(root).to_be_focused()
    two.keyboard.press("ArrowRight")
    wait_at(two, 1.25 / SLOWER)
    two.keyboard.press("Shift+ArrowRight")
    wait_at(two, 1 + 1.25 / SLOWER)
    two.keyboard.press("ArrowLeft")
    wait_at(two, 1 + 0.25 / SLOWER)
    two.keyboard.press("End")
    wait_at(two, WATCHED + 1 - 0.5 / SLOWER)
    expect(two.locator(".comparing .at")).to_have_text(re.compile(f"^0:{int(WATCHED) + 1:02}"))
    two.keyboard.press("Home")
    wait_at(two, 0)
    two.keyboard.press("Space")
    running(two)
    expect(play(two)).to_have_accessible_name("Pause all")
    two.keyboard.press("Space")
    wait(two, "videos.every(v => v.paused)")
    # On a button the key presses the button, once.
    play(two).focus()
    two.keyboard.press("Space")
    running(two)
    two.keyboard.press("Space")
    wait(two, "videos.every(v => v.paused)")
    # A letter means nothing where somebody has not gone there.
    two.keyboard.press("m")
    expect(two).to_have_url(re.compile("sound=0"))
    two.get_by_role("heading", name="Compare").click()
    two.keyboard.press("1")
    assert all(video["muted"] for video in now(two))


def test_the_sound_is_from_one_that_is_chosen_and_in_the_link(
    compared: Compared, new_page: NewPage, watch: Watch
) -> None:
    watch.allow(FIRST_GUESS)
    page = compared.open(new_page(), 0, 2, 3)
    sounds = page.get_by_role("group", name="Sound from")
    expect(sounds.get_by_role("radio", name="Take 1")).to_be_checked()
    assert [video["muted"] for video in now(page)] == [False, True, True]
    expect(sounds.get_by_role("radio", name="Take 2, which has no sound")).to_be_disabled()
    sounds.get_by_role("radio", name="Take 3").check(force=True)
    assert [video["muted"] for video in now(page)] == [True, True, False]
    expect(page).to_have_url(re.compile("sound=3"))
    other = new_page()
    other.goto(page.url)
    expect(other.get_by_role("group", name="Sound from").get_by_role("radio", name="Take 3")).to_be_checked()
    assert [video["muted"] for video in now(other)] == [True, True, False]
    sounds.get_by_role("radio", name="none").check(force=True)
    assert all(video["muted"] for video in now(page))
    expect(page).to_have_url(re.compile("sound=0"))


def test_a_shorter_take_rests_on_its_last_picture_and_the_loop_takes_all_along(
    compared: Compared, page: Page, watch: Watch
) -> None:
    watch.allow(FIRST_GUESS)
    compared.open(page, 2, 3)
    play(page).click()
    wait(page, "videos[0].ended && !videos[1].paused && !videos[1].ended")
    assert now(page)[0]["currentTime"] == pytest.approx(1.5, abs=0.1)
    wait(page, "videos.every(v => v.ended || v.paused)")
    expect(play(page)).to_have_accessible_name("Play all")
    page.get_by_role("button", name="Loop").click()
    play(page).click()
    running(page)
    wait(page, "videos[0].ended && !videos[1].ended")
    running(page)  # the shorter one too
    page.get_by_role("radio", name="¼").check(force=True)
    wait(page, "videos.every(v => v.playbackRate < 0.4)")


def test_a_video_that_cannot_be_played_is_said_and_keeps_nobody_waiting(
    compared: Compared, page: Page, watch: Watch
) -> None:
    watch.allow(FIRST_GUESS)
    watch.allow("404|Failed to load resource")
    page.route(f"**/{compared.ids[1]}.mp4", lambda route: route.fulfill(status=404))
    compared.open(page, 0, 1)
    play(page).click()
    wait(page, "!videos[0].paused && videos[0].currentTime > 0.1")
    expect(page.get_by_role("status").filter(has_text="take 2 cannot be played")).to_be_visible()


def test_one_that_has_to_load_holds_the_others(compared: Compared, page: Page, watch: Watch) -> None:
    watch.allow(FIRST_GUESS)
    held: list[Any] = []
    page.route(f"**/{compared.ids[1]}.mp4", lambda route: held.append(route))
    compared.open(page, 0, 1)
    play(page).click()
    expect(page.get_by_role("status").filter(has_text="Waiting for take 2")).to_be_visible()
    assert now(page)[0]["currentTime"] == 0
    for route in held:
        route.continue_()
    page.unroute(f"**/{compared.ids[1]}.mp4")
    running(page)


def test_a_take_is_taken_out_and_another_opened(compared: Compared, page: Page, watch: Watch) -> None:
    watch.allow(FIRST_GUESS)
    compared.open(page, 0, 1, 3, more="&sound=3")
    play(page).click()
    running(page)
    page.get_by_role("button", name="Take number 2 out").click()
    expect(videos(page)).to_have_count(2)
    expect(page).to_have_url(re.compile(f"takes={compared.ids[0]}(,|%2C){compared.ids[3]}&sound=2"))
    running(page)  # the others play on
    assert [video["muted"] for video in now(page)] == [True, False]
    page.get_by_role("link", name=TAKES[3].prompt, exact=True).click()
    expect(page).to_have_url(re.compile(f"/history\\?job={compared.ids[3]}"))
    expect(page.get_by_text("What was asked for")).to_be_visible()
    page.go_back()
    expect(videos(page)).to_have_count(2)
    assert [src[-36:-4] for src in videos(page).evaluate_all("videos => videos.map(({src}) => src)")] == [
        compared.ids[0],
        compared.ids[3],
    ]


@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits_and_has_no_barrier_by_day_and_by_night(
    compared: Compared, new_page: NewPage, watch: Watch, width: int
) -> None:
    watch.allow(FIRST_GUESS)
    faults: list[str] = []
    page = new_page(width=width, height=844)
    compared.open(page, 0, 1)
    check(page, f"compare-two-{width}", faults, both=True)
    small = page.locator(".comparing button, .comparing label").evaluate_all(
        """targets => targets.map(target => target.getBoundingClientRect())
          .filter(({width, height}) => width < 24 || height < 24).length"""
    )
    assert small == 0
    compared.open(page, 0, 1, 2, 3)
    scrub(page, 1.0)
    check(page, f"compare-four-{width}", faults, both=True)
    open_app(page, compared.app, f"/compare?takes={compared.ids[0]},{'0' * 32}")
    expect(page.get_by_text("is not there")).to_be_visible()
    check(page, f"compare-one-{width}", faults, both=True)
    assert not faults, "\n\n".join(faults)
