"""The contact sheet in Chromium, on a tiny app of its own: nothing that stands is touched, everything is heard."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from components.jobs import footage
from components.sandbox.animatic import Film, Shot, render
from tests.browser.harness import RunningApp, Watch, open_app, ready, running_app
from tests.browser.steps import play, wait_for_position
from tests.browser.test_look import check
from tests.browser.test_playing import SEEN, WATCH
from tests.need import ROOT

SCRIPT = Path(__file__).parent / "sheet_app.py"
ON_A_PAGE = 24
SPEED = 0.5
Take = dict[str, Any]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """The tiny app, with a film for every take."""
    data = tmp_path_factory.mktemp("data")
    (data / "media").mkdir()
    film = data / "film.mp4"
    render(Film(shots=(Shot("A fox", 15.0),), width=320, height=180, fps=12, sound=False), film)
    poster = footage.poster(film)
    assert poster is not None
    (data / "film.webp").write_bytes(poster)
    (data / "takes.json").write_text("[]")
    with running_app(SCRIPT, data) as app:
        yield app


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """One tab for all tests: a new one takes Streamlit a second to start."""
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    yield tab
    tab.close()


@pytest.fixture
def page(tab: Page, watch: Watch) -> Page:
    """The tab, watched."""
    watch.follow(tab)
    return tab


def ident(number: int) -> str:
    return f"{number:032x}"


def taken(number: int, prompt: str = "", **more: Any) -> Take:
    return {"id": ident(number), "prompt": prompt or f"Take {number}", "created": time.time() - 500, **more}


def made(number: int, **more: Any) -> Take:
    now = time.time()
    return taken(number, **{"state": "generating", "sent": now, "next_at": now, **more})


def put(app: RunningApp, takes: list[Take]) -> None:
    """Has the app show these takes from its next run on."""
    for take in takes:
        for ending in ("mp4", "webp") if take.get("state", "completed") == "completed" else ():
            file = app.data / "media" / f"{take['id']}.{ending}"
            if not file.exists():
                shutil.copy(app.data / f"film.{ending}", file)
    whole = app.data / "takes.test"
    whole.write_text(json.dumps(takes))
    whole.replace(app.data / "takes.json")


def show(page: Page, app: RunningApp, takes: list[Take], address: str = "/") -> None:
    """Opens the app with these takes."""
    put(app, takes)
    (app.data / "events.jsonl").unlink(missing_ok=True)
    open_app(page, app, address)
    expect(page.locator(".card")).to_have_count(len(takes))


def events(app: RunningApp) -> list[dict[str, Any]]:
    file = app.data / "events.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


Event = tuple[str, int, bool]


def heard(app: RunningApp) -> list[Event]:
    """What Python has heard: what was done, with which take, on or off."""
    return [
        (event["what"], int(id, 16), event.get("on", True)) for event in events(app) for id in event["ids"]
    ]


def wait_for(page: Page, app: RunningApp, expected: list[Event]) -> None:
    """Waits until Python has heard just this, in whatever order."""
    end = time.monotonic() + 10
    while len(heard(app)) < len(expected) and time.monotonic() < end:
        page.wait_for_timeout(20)
    ready(page)
    assert sorted(heard(app)) == sorted(expected)


def card(page: Page, number: int) -> Locator:
    return page.locator(f'.card[data-id="{ident(number)}"]')


def star(page: Page, number: int) -> Locator:
    return card(page, number).locator(".star")


def box(page: Page, number: int) -> Locator:
    return card(page, number).get_by_role("checkbox")


def shown(page: Page) -> list[int]:
    """The numbers of the takes on the sheet, in the order in which a keyboard finds them."""
    found = page.locator(".card").evaluate_all("cards => cards.map(card => card.dataset.id)")
    return [int(each, 16) for each in found]


def run(page: Page) -> str:
    return page.get_by_text(re.compile(r"^Run \d+$")).inner_text()


def selecting(page: Page) -> None:
    page.locator('label[data-testid="stCheckbox"], .stCheckbox').filter(has_text="Select").click()
    expect(page.locator(".sheet.selecting")).to_be_visible()
    ready(page)


def held(page: Page) -> str:
    """The name of what has the keyboard."""
    return str(
        page.evaluate("""() => {
          let element = document.activeElement;
          while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
          return element.getAttribute('aria-label') ?? element.tagName;
        }""")
    )


def watch_playing(page: Page, number: int) -> Locator:
    video = card(page, number).locator("video")
    play(video)
    video.evaluate(f"video => {{ video.playbackRate = {SPEED} }}")
    video.evaluate(WATCH)
    return video


def check_undisturbed(video: Locator) -> float:
    """The video has played all the time, in the same element, and does so still; at which speed."""
    seen = video.evaluate(SEEN)
    assert seen["touched"] == []
    assert seen["same"]
    assert seen["times"] == sorted(seen["times"])
    assert video.evaluate("video => !video.paused && video.isConnected")
    wait_for_position(video, seen["times"][-1])
    return float((seen["times"][-1] - seen["times"][0]) / seen["seconds"])


# What stands is not touched


def test_a_playing_video_goes_on_while_twenty_takes_come_run_and_finish_above_it_and_push_it_out(
    page: Page, app: RunningApp
) -> None:
    takes = [made(99), *(taken(n) for n in range(98, 98 - ON_A_PAGE + 1, -1))]
    show(page, app, takes, "/?watch=1")
    video = watch_playing(page, 90)
    for number in range(100, 120):
        takes = [made(number), *takes][: 2 * ON_A_PAGE]
        done = takes[2]["id"]
        takes = [taken(int(done, 16)) if take["id"] == done else take for take in takes]
        put(app, takes[:ON_A_PAGE])
        page.wait_for_timeout(250)
    expect(card(page, 119).locator(".ran")).to_be_visible()
    expect(card(page, 115).locator("video")).to_be_visible()
    assert check_undisturbed(video) > 0.6 * SPEED  # a busy machine may stutter
    assert shown(page) == [int(take["id"], 16) for take in takes[:ON_A_PAGE]] + [90]
    expect(card(page, 90).locator(".left")).to_be_visible()
    expect(page.locator(".leaving")).to_have_count(1)
    # Once it stops, it goes; the others stay.
    video.evaluate("video => video.pause()")
    expect(card(page, 90)).to_have_count(0)
    expect(page.locator(".card")).to_have_count(ON_A_PAGE)


def test_a_running_take_becomes_ready_in_its_place(page: Page, app: RunningApp) -> None:
    show(page, app, [taken(3), made(2), taken(1)], "/?watch=1")
    page.locator(".card").evaluate_all("cards => { window.cards = cards }")
    expect(card(page, 2).get_by_text(re.compile("^Generating$")).first).to_be_visible()
    put(app, [taken(3, title="Renamed"), taken(2), taken(1)])
    expect(card(page, 2).locator("video")).to_be_visible()
    expect(card(page, 2).locator(".badge")).to_have_text("Ready")
    expect(card(page, 3).locator(".name")).to_have_text("Renamed")
    same = page.locator(".card").evaluate_all("cards => cards.every((card, n) => card === window.cards[n])")
    assert same


def test_another_order_moves_others_around_the_one_that_plays(page: Page, app: RunningApp) -> None:
    show(page, app, [taken(n) for n in (5, 4, 3, 2, 1)])
    video = watch_playing(page, 4)
    page.locator(".stCheckbox").filter(has_text="Oldest first").click()
    expect(page.locator(".card").first).to_have_attribute("data-id", ident(1))
    assert shown(page) == [1, 2, 3, 4, 5]
    check_undisturbed(video)


def test_one_that_plays_stays_through_a_search_that_does_not_find_it_and_comes_back(
    page: Page, app: RunningApp
) -> None:
    show(page, app, [taken(3, "fox"), taken(2, "hare"), taken(1, "fox")])
    video = watch_playing(page, 2)
    search = page.get_by_label("Search")
    search.fill("fox")
    search.press("Enter")
    expect(card(page, 2).locator(".left")).to_be_visible()
    search.fill("")
    search.press("Enter")
    expect(card(page, 2).locator(".left")).to_be_hidden()
    assert shown(page) == [3, 2, 1]
    check_undisturbed(video)


def test_the_keyboard_stays_where_it_is_while_takes_come_and_goes_on_to_the_next_when_its_card_goes(
    page: Page, app: RunningApp
) -> None:
    show(page, app, [taken(3), taken(2), taken(1)], "/?watch=1")
    star(page, 2).focus()
    put(app, [made(5), made(4), taken(3), taken(2), taken(1)])
    expect(card(page, 5)).to_be_visible()
    assert held(page) == "Star: Take 2"
    put(app, [made(5), made(4), taken(3), taken(1)])
    expect(card(page, 2)).to_have_count(0)
    assert held(page) == "Details: Take 1"


def test_for_a_video_that_nobody_plays_its_poster_is_all_that_is_asked_for(
    page: Page, app: RunningApp
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    show(page, app, [taken(n) for n in range(400, 406)] + [made(407)])
    page.wait_for_load_state("networkidle")
    media = [url.rsplit("/", 1)[1] for url in asked if "/app/static/media/" in url]
    assert sorted(media) == [f"{ident(n)}.webp" for n in range(400, 406)]


PLACES = (ROOT / "components" / "gallery" / "sheet_places.js").read_text(encoding="utf-8")
SHUFFLED = """() => {
  PLACES
  let seed = 7;
  const below = (most) => (seed = (seed * 48271) % 2147483647) % most;
  const shuffled = (all) => all.map((one) => [below(1e6), one]).sort(([a], [b]) => a - b).map(([, one]) => one);
  const faults = [];
  for (let round = 0; round < 500; round += 1) {
    const list = document.createElement('ul');
    const all = Array.from({ length: 12 }, () => document.createElement('li'));
    list.append(...shuffled(all).slice(0, below(13)));
    const [wanted, held] = [shuffled(all).slice(0, below(13)), all[below(12)]];
    const observer = new MutationObserver(() => {});
    observer.observe(list, { childList: true });
    arrange(list, wanted, (element) => element === held);
    const moved = observer.takeRecords().flatMap(({ removedNodes }) => [...removedNodes]);
    const standing = [...list.children].filter((element) => wanted.includes(element));
    if (standing.some((element, n) => element !== wanted[n]) || standing.length < wanted.length) faults.push('order');
    if (moved.some((element) => element === held || !wanted.includes(element))) faults.push('moved');
  }
  return faults;
}"""


def test_whatever_the_new_order_one_that_is_held_and_those_that_are_leaving_never_move(
    page: Page, app: RunningApp
) -> None:
    show(page, app, [])
    assert page.evaluate(SHUFFLED.replace("PLACES", PLACES)) == []


# What people do is heard


def test_everything_that_is_done_in_one_instant_is_heard_once(page: Page, app: RunningApp) -> None:
    show(page, app, [taken(n) for n in (5, 4, 3, 2, 1)])
    selecting(page)
    # Shown before Python can have answered.
    pressed = page.locator(".sheet").evaluate(
        """sheet => {
          const [five, four, three, two, one] = sheet.children;
          for (const card of [five, four]) card.querySelector('.star').click();
          for (const card of [three, one]) card.querySelector('input').click();
          two.querySelector('.open').click();
          return [...sheet.children].map(card =>
            [card.querySelector('.star').ariaPressed, card.querySelector('input').checked]);
        }"""
    )
    off = ["false", False]
    assert pressed == [["true", False], ["true", False], ["false", True], off, ["false", True]]
    wait_for(
        page,
        app,
        [
            *(("starred", number, True) for number in (5, 4)),
            *(("selected", number, True) for number in (3, 1)),
            ("open", 2, True),
        ],
    )
    expect(star(page, 5)).to_have_attribute("aria-pressed", "true")
    expect(box(page, 1)).to_be_checked()


def test_a_star_that_python_does_not_keep_goes_out_again(page: Page, app: RunningApp) -> None:
    show(page, app, [taken(1, keeps=False)])
    star(page, 1).click()
    wait_for(page, app, [("starred", 1, True)])
    expect(star(page, 1)).to_have_attribute("aria-pressed", "false")


def test_shift_selects_all_between(page: Page, app: RunningApp) -> None:
    show(page, app, [taken(n) for n in (5, 4, 3, 2, 1)])
    selecting(page)
    box(page, 4).click()
    box(page, 2).click(modifiers=["Shift"])
    for number in (5, 4, 3, 2, 1):
        expect(box(page, number)).to_be_checked(checked=number in (4, 3, 2))
    card(page, 3).locator(".words").click()
    expect(box(page, 3)).not_to_be_checked()


def test_by_the_keyboard_alone(page: Page, app: RunningApp) -> None:
    show(page, app, [taken(n) for n in (3, 2, 1)])
    selecting(page)
    card(page, 3).locator(".play").focus()
    page.keyboard.press("x")
    expect(box(page, 3)).to_be_checked()
    way = []
    while not way or "Details" not in way[-1]:
        assert len(way) < 8, way
        page.keyboard.press("Tab")
        way.append(held(page))
    assert way[-4:] == ["Select: Take 3", "Star: Take 3", "Download: Take 3", "Details: Take 3"]
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    expect(star(page, 3)).to_have_attribute("aria-pressed", "true")
    star(page, 1).focus()
    page.keyboard.press("Shift+X")
    expect(box(page, 2)).to_be_checked()
    card(page, 1).locator(".open").press("Enter")
    choices = [("selected", number, True) for number in (3, 3, 2, 1)]
    wait_for(page, app, [*choices, ("starred", 3, True), ("open", 1, True)])


def test_the_keyboard_plays_a_video_and_has_its_controls_then(page: Page, app: RunningApp) -> None:
    show(page, app, [taken(2), taken(1)])
    assert card(page, 1).locator("video[controls]").count() == 0
    card(page, 1).get_by_role("button", name="Play: Take 1").press("Enter")
    wait_for_position(card(page, 1).locator("video[controls]"), 0)
    assert held(page) == "Video: Take 1"
    expect(card(page, 1).locator(".play")).to_be_hidden()
    expect(card(page, 2).locator(".play")).to_be_visible()


def test_a_take_opens_in_a_tab_of_its_own_without_a_word_to_python(page: Page, app: RunningApp) -> None:
    show(page, app, [taken(1)])
    link = card(page, 1).locator(".open")
    expect(link).to_have_attribute("href", f"/history?job={ident(1)}")
    with page.context.expect_page() as opened:
        link.click(modifiers=["ControlOrMeta"])
    opened.value.close()
    assert events(app) == []


# What is shown


def test_a_clock_runs_without_the_server_and_says_when_it_takes_longer(page: Page, app: RunningApp) -> None:
    show(page, app, [made(1, sent=time.time() - 57, usual=60.0), taken(2)])
    ready(page)
    before = run(page)
    expect(card(page, 1).locator(".wait")).to_have_text(re.compile(r"took about 60 seconds\.$"))
    expect(card(page, 1).locator(".ran")).to_have_text(re.compile("^1:0[1-9]$"))
    expect(card(page, 1).locator(".wait")).to_have_text(re.compile(r"Longer than usual\.$"))
    assert run(page) == before


def test_hits_are_marked_and_what_looks_like_html_is_text(page: Page, app: RunningApp) -> None:
    evil = '<img src=x onerror="document.title=1"> fox <mark>'
    show(
        page,
        app,
        [taken(1, evil, title="<b>Fox</b>", note="fox"), taken(2, "ثعلب", note="a fox <i>here</i>")],
    )
    search = page.get_by_label("Search")
    search.fill("fox")
    search.press("Enter")
    expect(card(page, 1).locator("mark")).to_have_text(["Fox", "fox"])
    expect(card(page, 1).locator(".prompt")).to_have_text(evil)
    expect(card(page, 1).locator(".note")).to_be_hidden()
    expect(card(page, 2).locator(".note")).to_have_text("a fox <i>here</i>")
    assert card(page, 1).locator("b, i, img").count() == 0


def test_a_take_in_every_state_fits_and_has_no_barrier_by_day_and_by_night(
    page: Page, app: RunningApp
) -> None:
    states = [
        made(9, usual=30.0, problem="look_server_trouble"),
        taken(8, "A fox in the snow", title="Winter", project="Spring", starred=True, selected=True),
        taken(7, "A fox " + "in an endless word " + "x" * 200),
        taken(6, state="failed", problem="generation_failed", detail="no"),
        taken(5, state="unknown", problem="lost_reply"),
        taken(4, state="cancelled"),
        taken(3, state="queued"),
        taken(2, "ثعلب في الثلج", note="fox"),
    ]
    faults: list[str] = []
    show(page, app, states)
    selecting(page)
    page.get_by_label("Search").fill("e")
    page.get_by_label("Search").press("Enter")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        check(page, f"sheet-{width}", faults)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")
    assert not faults, "\n\n".join(faults)
