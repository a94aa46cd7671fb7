"""The storyboard editor in Chromium, on a tiny app of its own."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from components.storyboard.storyboard import board_from
from tests.browser.harness import (
    NewPage,
    RunningApp,
    Watch,
    open_app,
    ready,
    running_app,
    screenshot,
    start_app,
)
from tests.browser.test_look import AT_REST, AXE, STREAMLITS_OWN
from tests.need import ROOT

SCRIPT = Path(__file__).parent / "board_app.py"
HEARD = "sessionStorage.length === 0"
"""Nothing is kept by the browser that Python has not heard."""
Rows = Sequence[tuple[str, int]]
THREE: Rows = (("Dusk over the harbour.", 3), ("A gull lands on a post.", 2), ("The lamps go on.", 3))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """The tiny app; each test puts its own board there."""
    with running_app(SCRIPT, tmp_path_factory.mktemp("data")) as app:
        yield app


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """One tab for all tests that need no other: a new one takes Streamlit a second to start."""
    tab = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    yield tab
    tab.close()


@pytest.fixture
def page(tab: Page, app: RunningApp, watch: Watch) -> Iterator[Page]:
    """The tab, watched. What a test leaves in it has arrived before the next begins."""
    watch.follow(tab)
    yield tab
    if tab.url.startswith(app.url):
        tab.wait_for_function(HEARD)
        ready(tab)


def show(page: Page, app: RunningApp, rows: Rows, shape: str = "Objects") -> None:
    """Opens the app with these shots."""
    number = last_number(app) + 1
    board_file(app, number).write_text(json.dumps(board_from(rows).as_json()), encoding="utf-8")
    (app.data / "events.jsonl").unlink(missing_ok=True)
    open_app(page, app, f"/?shape={shape}&board={number}")
    expect(page.get_by_role("group", name="Storyboard")).to_be_visible()


def last_number(app: RunningApp) -> int:
    """The number of the last showing; 0 before the first."""
    return max((int(file.stem.removeprefix("board-")) for file in app.data.glob("board-*.json")), default=0)


def board_file(app: RunningApp, number: int) -> Path:
    """Where the app keeps the board of one showing."""
    return app.data / f"board-{number}.json"


def heard(app: RunningApp) -> Rows:
    """What Python has heard of since the last showing, and kept."""
    last = board_file(app, last_number(app))
    shots = json.loads(last.read_text(encoding="utf-8"))["shots"]
    return tuple((shot["text"], shot["seconds"]) for shot in shots)


def wait_until(page: Page, condition: Callable[[], bool], patience: float = 10) -> bool:
    """Whether `condition` came true within so many seconds; the page lives on meanwhile."""
    end = time.monotonic() + patience
    while not (met := condition()) and time.monotonic() < end:
        page.wait_for_timeout(20)
    return met


def wait_for_board(page: Page, app: RunningApp, rows: Rows, patience: float = 10) -> None:
    wait_until(page, lambda: heard(app) == tuple(rows), patience)
    assert heard(app) == tuple(rows)


def events(app: RunningApp, name: str) -> list[dict[str, Any]]:
    """What the app noted under this name, oldest first."""
    file = app.data / "events.jsonl"
    noted = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    return [event for event in noted if event["event"] == name]


def text(page: Page, number: int) -> Locator:
    return page.get_by_role("textbox", name=f"Shot {number}", exact=True)


def seconds(page: Page, number: int) -> Locator:
    return page.get_by_role("spinbutton", name=f"Seconds of shot {number}", exact=True)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def status(page: Page) -> Locator:
    return page.locator(".storyboard .status")


def used(page: Page) -> Locator:
    return page.locator(".storyboard .used")


def shown(page: Page) -> Rows:
    """Text and seconds of every shot on the screen."""
    return tuple(
        (one.locator("textarea").input_value(), int(one.locator("input").input_value()))
        for one in page.locator(".shot").all()
    )


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def held(page: Page) -> str:
    """The name of what has the keyboard."""
    return str(
        page.evaluate("""() => {
          let element = document.activeElement;
          while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
          return element.getAttribute('aria-label') ?? element.textContent.trim();
        }""")
    )


# Editing


def test_a_storyboard_is_built_by_the_keyboard_alone(app: RunningApp, page: Page) -> None:
    show(page, app, ())
    expect(page.get_by_text("No shots yet.")).to_be_visible()
    page.get_by_role("switch", name="Insist").focus()
    while held(page) != "Add the first shot":
        press(page, "Tab")
    for number, (words, length) in enumerate(THREE, 1):
        press(page, "Enter")
        expect(text(page, number)).to_be_focused()
        page.keyboard.type(words)
        press(page, "Tab")
        expect(seconds(page, number)).to_be_focused()
        page.keyboard.type(str(length))
        press(page, "Tab", "Tab")
        assert held(page) == "Add shot"
    expect(used(page)).to_have_text("8 of 15 s")
    expect(page.get_by_text("7 s left", exact=True)).to_be_visible()
    expect(page.get_by_role("img", name="8 of 15 s; 7 s left; shot 1: 3 s, shot 2: 2 s")).to_be_visible()
    wait_for_board(page, app, THREE)
    button(page, "Move shot 3 of 3").focus()
    press(page, "Home")
    expect(status(page)).to_have_text("Shot moved to place 1 of 3.")
    assert held(page) == "Move shot 1 of 3"
    assert shown(page) == (THREE[2], THREE[0], THREE[1])
    press(page, "ArrowUp")
    expect(status(page)).to_have_text("This is the first place already.")
    press(page, "ArrowDown", "ArrowDown")
    assert held(page) == "Move shot 3 of 3"
    press(page, "Tab", "Tab", "Tab")
    assert held(page) == "Move shot 3 up"
    press(page, "ArrowLeft")
    assert held(page) == "Delete shot 3"
    press(page, "Enter")
    expect(status(page)).to_have_text("Shot 3 deleted; the video is 5 s now.")
    assert held(page) == "Delete shot 2"
    press(page, "Enter", "Enter")
    expect(status(page)).to_have_text("Shot 1 deleted; no shot is left.")
    assert held(page) == "Add the first shot"
    press(page, "Control+z", "Control+z", "Control+z")
    expect(status(page)).to_have_text("Undone: shot 3 deleted; the video is 8 s now.")
    assert shown(page) == THREE
    wait_for_board(page, app, THREE)


def test_buttons_do_what_they_say(app: RunningApp, page: Page) -> None:
    show(page, app, THREE)
    for name, said, rows in (
        ("Move shot 1 down", "Shot moved to place 2 of 3.", (THREE[1], THREE[0], THREE[2])),
        ("Move shot 2 up", "Shot moved to place 1 of 3.", THREE),
        ("Lengthen shot 1", "Shot 1 takes 4 s; 6 s left.", ((THREE[0][0], 4), *THREE[1:])),
        ("Shorten shot 1", "Shot 1 takes 3 s; 7 s left.", THREE),
        ("Duplicate shot 2", "Shot 2 duplicated; the video is 10 s now.", (*THREE[:2], *THREE[1:])),
        ("Delete shot 3", "Shot 3 deleted; the video is 8 s now.", THREE),
        ("Add a shot after shot 1", "Shot 2 added; the video is 13 s now.", (THREE[0], ("", 5), *THREE[1:])),
        ("Undo", "Undone: shot 2 added; the video is 8 s now.", THREE),
        ("Redo", "Redone: shot 2 added; the video is 13 s now.", (THREE[0], ("", 5), *THREE[1:])),
    ):
        button(page, name).click()
        expect(status(page)).to_have_text(said)
        assert shown(page) == rows
    wait_for_board(page, app, rows)
    page.locator(".part").nth(3).click()
    expect(text(page, 4)).to_be_focused()


def test_what_cannot_be_done_says_why_and_stays_within_reach(app: RunningApp, page: Page) -> None:
    show(page, app, [("", 1)] * 4 + [("", 11)])
    button(page, "Duplicate shot 1").click()
    for name, said in (
        ("Add shot", "This model takes at most 6 shots."),
        ("Duplicate shot 1", "This model takes at most 6 shots."),
        ("Add a shot after shot 2", "This model takes at most 6 shots."),
        ("Lengthen shot 1", "The shots are 1 s over already."),
        ("Shorten shot 1", "A shot takes at least 1 s."),
        ("Move shot 1 up", "This is the first shot already."),
        ("Redo", "Nothing to redo."),
    ):
        button(page, name).focus()
        expect(button(page, name)).to_have_attribute("aria-disabled", "true")
        expect(button(page, name)).to_have_accessible_description(said)
        press(page, "Enter")
        expect(status(page)).to_have_text(re.compile(re.escape(said)))
    expect(page.locator(".full")).to_have_text("This model takes at most 6 shots.")
    expect(page.get_by_text("1 s over: this model makes 3 to 15 s")).to_be_visible()
    button(page, "Shorten shot 6").click()
    expect(button(page, "Lengthen shot 1")).to_have_accessible_description("Nothing is left of the 15 s.")
    page.wait_for_function(HEARD)
    show(page, app, [("", 5)], "Steps")
    expect(page.locator(".rest")).to_have_text("5 s left")
    button(page, "Lengthen shot 1").click()
    expect(button(page, "Lengthen shot 1")).to_have_accessible_description("A shot takes at most 10 s.")


def test_seconds_are_typed_and_a_wrong_number_changes_nothing(app: RunningApp, page: Page) -> None:
    show(page, app, THREE)
    said = page.locator(".shot .wrong").nth(1)
    bad = "A shot takes 1 to 15 s, in whole seconds."
    for typed, meanwhile, after in (
        ("12", "", 12),
        ("99", bad, 12),
        ("0", bad, 12),
        ("2.5", bad, 12),
        ("soon", bad, 12),
        ("", "", 12),
        (" 7 ", "", 7),
    ):
        seconds(page, 2).fill(typed)
        expect(said).to_have_text(meanwhile)
        expect(seconds(page, 2)).to_have_attribute("aria-valuenow", str(after))
        press(page, "Tab")
        expect(seconds(page, 2)).to_have_value(str(after))
        is_good = typed.strip() == str(after)
        expect(said).to_have_text("" if is_good else f"{bad} It stays at 12 s.")
    for key, value in (("ArrowUp", "8"), ("ArrowDown", "7"), ("Control+z", "8"), ("Control+Shift+z", "7")):
        seconds(page, 2).press(key)
        expect(seconds(page, 2)).to_have_value(value)
    seconds(page, 2).fill("99")
    press(page, "Control+z")  # takes back what was typed, and no more
    expect(seconds(page, 2)).to_have_value("7")
    seconds(page, 2).fill("9")
    press(page, "Escape")
    expect(seconds(page, 2)).to_have_value("7")
    wait_for_board(page, app, (THREE[0], (THREE[1][0], 7), THREE[2]))
    page.wait_for_function(HEARD)
    show(page, app, [("", 10)], "Steps")
    seconds(page, 1).fill("1")  # of "10"
    expect(page.locator(".wrong").first).to_have_text("")
    press(page, "Enter")
    expect(page.locator(".wrong").first).to_have_text("A shot takes 5 or 10 s. It stays at 10 s.")


def test_an_over_long_text_is_kept_whole_and_counted(app: RunningApp, page: Page) -> None:
    show(page, app, THREE)
    text(page, 2).fill("")
    pasted = "🎬" * 500 + "é" * 100
    page.keyboard.insert_text(pasted)
    expect(page.get_by_text("600 / 512, 88 too many", exact=True)).to_be_visible()
    expect(text(page, 2)).to_have_attribute("aria-invalid", "true")
    expect(status(page)).to_have_text("Shot 2: 600 / 512, 88 too many")
    wait_for_board(page, app, (THREE[0], (pasted, 2), THREE[2]))
    text(page, 2).fill("x" * 200_001)
    expect(page.get_by_text("more than 200,000 characters")).to_be_visible()
    text(page, 2).fill("short")
    expect(page.get_by_text("more than 200,000 characters")).to_have_count(0)
    expect(text(page, 2)).to_have_attribute("aria-invalid", "false")
    wait_for_board(page, app, (THREE[0], ("short", 2), THREE[2]))


def test_reruns_while_typing_touch_neither_text_nor_caret(app: RunningApp, page: Page) -> None:
    show(page, app, [("beginning end", 3)])
    text(page, 1).focus()
    press(page, "Home", *["ArrowRight"] * len("beginning "))
    page.keyboard.type("middle, which is typed for more than one second ", delay=25)
    expect(text(page, 1)).to_have_value("beginning middle, which is typed for more than one second end")
    wait_for_board(page, app, [(text(page, 1).input_value(), 3)])
    runs = int((page.get_by_text(re.compile(r"^Run \d+$")).text_content() or "").removeprefix("Run "))
    assert runs >= 3  # and not only when it paused
    while text(page, 1).input_value() != "beginning end":  # more than one step where the machine paused
        press(page, "Control+z")
    page.keyboard.type("again ")  # where the caret was
    expect(text(page, 1)).to_have_value("beginning again end")


# Dragging


def middle(target: Locator) -> tuple[float, float]:
    box = target.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + min(box["height"] / 2, 20)


def test_a_shot_is_dragged_to_another_place(app: RunningApp, page: Page) -> None:
    show(page, app, THREE)
    x, y = middle(button(page, "Move shot 1 of 3"))
    for is_let_go in (False, True):
        button(page, "Move shot 3 of 3").hover()
        page.mouse.down()
        page.mouse.move(x, y + 30, steps=4)
        if not is_let_go:
            press(page, "Escape")
        page.mouse.up()
        moved = (THREE[2], THREE[0], THREE[1]) if is_let_go else THREE
        assert shown(page) == moved
    expect(status(page)).to_have_text("Shot moved to place 1 of 3.")
    assert held(page) == "Move shot 1 of 3"
    wait_for_board(page, app, moved)
    button(page, "Undo").click()
    assert shown(page) == THREE
    expect(button(page, "Undo")).to_have_attribute("aria-disabled", "true")  # it was one step


def test_a_shot_is_dragged_by_a_finger_through_a_long_list(app: RunningApp, new_page: NewPage) -> None:
    page = new_page(width=390, height=844, has_touch=True)
    rows = [(f"Shot {n}", 2) for n in range(12)]
    show(page, app, rows, "Long")
    button(page, "Move shot 1 of 12").scroll_into_view_if_needed()
    finger = page.context.new_cdp_session(page)
    x, y = middle(button(page, "Move shot 1 of 12"))

    def touch(kind: str, *points: tuple[float, float]) -> None:
        where = [{"x": x, "y": y} for x, y in points]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": where})

    touch("touchStart", (x, y))
    for step in range(1, 6):
        touch("touchMove", (x, y + (838 - y) * step / 5))
    last = page.get_by_role("textbox", name="Shot 12", exact=True)
    expect(last).to_be_in_viewport()  # the page scrolls along
    page.wait_for_timeout(100)
    touch("touchEnd")
    expect(status(page)).to_have_text("Shot moved to place 12 of 12.")
    assert shown(page) == (*rows[1:], rows[0])


ARRANGE = """(source) => {
  const arrange = new Function(`${source}; return arrange`)();
  const wrong = [];
  let seed = 1;
  const below = (n) => (seed = (seed * 48271) % 2147483647) % n;
  for (let turn = 0; turn < 600; turn += 1) {
    if (turn === 300) delete Element.prototype.moveBefore;  // as in older browsers
    const place = document.body.appendChild(document.createElement('div'));
    const all = Array.from({length: 1 + below(7)}, (_, n) => {
      const button = document.createElement('button');
      button.textContent = n;
      return button;
    });
    all.filter(() => below(3)).forEach((button) => place.append(button));
    const left = [...place.children];
    const held = left[below(left.length + 1)];
    held?.focus();
    let blurred = 0;
    held?.addEventListener('blur', () => blurred += 1);
    all.sort(() => below(3) - 1);
    arrange(place, all, held);
    const order = [...place.children].map((button) => button.textContent).join();
    const wanted = all.map((button) => button.textContent).join();
    if (order !== wanted || (held && document.activeElement !== held) || blurred) wrong.push([wanted, order]);
    held?.blur();
    place.remove();
  }
  return wrong;
}"""


def test_shots_are_put_in_order_and_the_focus_stays_where_it_is(new_page: NewPage) -> None:
    source = (ROOT / "components" / "storyboard" / "editor.js").read_text(encoding="utf-8")
    found = re.search(r"^function arrange\(.*?^}$", source, re.MULTILINE | re.DOTALL)
    assert found
    page = new_page()
    page.goto("about:blank")
    assert page.evaluate(ARRANGE, found[0]) == []


# Undo


def test_undo_and_redo_go_through_typing_moves_and_what_python_replaces(app: RunningApp, page: Page) -> None:
    show(page, app, THREE)
    text(page, 1).focus()
    press(page, "End")
    page.keyboard.insert_text(" Rain.")
    wait_for_board(page, app, ((f"{THREE[0][0]} Rain.", 3), *THREE[1:]))
    button(page, "Move shot 1 down").click()
    before = shown(page)
    button(page, "Replace").click()
    expect(status(page)).to_have_text("Fitted to 10 s.")
    replaced = (("A fox", 4), ("in the snow", 6))
    assert shown(page) == replaced
    wait_for_board(page, app, replaced)
    text(page, 2).press_sequentially("!")
    for said, rows in (
        ("Undone: text of shot 2; the video is 10 s now.", replaced),
        ("Undone: fitted to 10 s; the video is 8 s now.", before),
        ("Undone: shot 1 moved to place 2; the video is 8 s now.", None),
        ("Undone: text of shot 1; the video is 8 s now.", THREE),
        ("Nothing to undo.", THREE),
    ):
        press(page, "Control+z")
        expect(status(page)).to_have_text(said)
        assert rows is None or shown(page) == rows
    wait_for_board(page, app, THREE)
    press(page, "Control+y", "Control+Shift+z", "Control+Shift+z", "Control+y")
    final = (replaced[0], ("in the snow!", 6))
    assert shown(page) == final
    wait_for_board(page, app, final)
    press(page, "Control+z", "Control+z")
    page.get_by_role("link", name="elsewhere").click(delay=60)
    expect(page.get_by_role("heading", name="Elsewhere")).to_be_visible()
    page.get_by_role("link", name="write").click()
    expect(text(page, 3)).to_be_visible()
    assert shown(page) == before
    button(page, "Redo").click()  # the way on is still known
    assert shown(page) == replaced
    wait_for_board(page, app, replaced)


# The table


def paste(page: Page, target: Locator, copied: str) -> None:
    """Copies, as a spreadsheet does, and pastes with the keyboard."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", copied)
    target.focus()
    press(page, "Control+v")


def test_rows_of_a_spreadsheet_are_pasted_into_the_table(app: RunningApp, page: Page) -> None:
    show(page, app, THREE)
    page.get_by_role("radio", name="Table").check(force=True)
    expect(page.get_by_role("table", name="Shots")).to_be_visible()
    assert shown(page) == THREE
    paste(page, text(page, 2), "One\t4\r\nTwo\t2\r\nThree\t1\r\n")
    expect(status(page)).to_have_text("3 rows pasted.")
    expect(text(page, 4)).to_have_value("Three")
    wait_for_board(page, app, (THREE[0], ("One", 4), ("Two", 2), ("Three", 1)))
    paste(page, seconds(page, 1), "2\n2\n2\n")
    expect(seconds(page, 3)).to_have_value("2")
    wait_for_board(page, app, ((THREE[0][0], 2), ("One", 2), ("Two", 2), ("Three", 1)))
    text(page, 3).fill("")
    paste(page, text(page, 3), "a single cell\n")
    expect(text(page, 3)).to_have_value(re.compile("^a single cell\n?$"))
    for _ in range(6):
        press(page, "Control+z")
    assert shown(page) == THREE
    paste(page, text(page, 1), "\n".join(["x"] * 201))
    expect(status(page)).to_have_class(re.compile("bad"))
    assert shown(page) == THREE


def test_enter_goes_down_in_the_table_and_tab_to_the_right(app: RunningApp, page: Page) -> None:
    show(page, app, THREE[:2])
    page.get_by_role("radio", name="Table").check(force=True)
    text(page, 1).focus()
    press(page, "Enter")
    expect(text(page, 2)).to_be_focused()
    press(page, "Tab")
    expect(seconds(page, 2)).to_be_focused()
    page.keyboard.type("4")
    press(page, "Enter", "Enter")
    expect(text(page, 3)).to_be_focused()
    page.keyboard.type("first")
    press(page, "Shift+Enter")
    page.keyboard.type("second")
    press(page, "Alt+Enter")
    page.keyboard.type("third")
    press(page, "Shift+Tab")
    expect(seconds(page, 2)).to_be_focused()
    wait_for_board(page, app, (THREE[0], (THREE[1][0], 4), ("first\nsecond\nthird", 5)))
    page.get_by_role("radio", name="Shots").check(force=True)
    expect(button(page, "Move shot 1 of 3")).to_be_visible()


# Texts that carry their seconds


def test_it_shows_what_is_sent_and_where_text_and_plan_differ(app: RunningApp, page: Page) -> None:
    show(page, app, [("A fox in the snow", 3), ("It looks up, 2 seconds.", 5)], "Texts")
    sent = page.locator(".sent").first
    expect(sent).to_have_text("Sent as: “A fox in the snow, 3 seconds.”")
    expect(page.get_by_text("The text says 2 seconds, the plan 5.")).to_be_visible()
    button(page, "Use 2 s").click()
    expect(seconds(page, 2)).to_have_value("2")
    expect(page.get_by_text("The text says 2 seconds")).to_have_count(0)
    button(page, "Lengthen shot 1").click()
    expect(sent).to_have_text("Sent as: “A fox in the snow, 4 seconds.”")
    page.get_by_role("checkbox", name="Write each shot’s seconds into its text").uncheck()
    expect(sent).to_have_text("")
    expect(page.locator("code")).to_contain_text('"A fox in the snow"')
    press(page, "Control+z")
    expect(sent).to_have_text("Sent as: “A fox in the snow, 4 seconds.”")
    text(page, 1).fill("x" * 80 + " and <b>the end</b>")
    expect(sent).to_have_text(re.compile("^Sent as: “….*<b>the end</b>, 4 seconds.”$"))


# Nothing is lost


def test_a_reload_at_once_loses_nothing(app: RunningApp, page: Page) -> None:
    show(page, app, THREE)
    for turn in range(2):
        text(page, 1).fill("")
        text(page, 1).press_sequentially(f"Turn {turn}", delay=2)
        button(page, "Move shot 1 of 3").press("End")
        seconds(page, 3).fill(str(turn + 4))
        wanted = shown(page)
        page.reload()
        expect(text(page, 3)).to_have_value(f"Turn {turn}")
        assert shown(page) == wanted
    wait_for_board(page, app, wanted)
    page.wait_for_function(HEARD)
    while page.locator(".shot").count():
        button(page, "Delete shot 1").click()
    page.reload()
    expect(button(page, "Add the first shot")).to_be_visible()


def test_typing_and_clicking_generate_or_another_page_at_once_loses_nothing(
    app: RunningApp, page: Page
) -> None:
    show(page, app, THREE)
    for turn in range(5):
        wanted = [[f"Turn {turn}", 3], *map(list, THREE[1:])]
        text(page, 1).fill(f"Turn {turn}")
        page.get_by_role("button", name="Generate").click()
        assert wait_until(page, lambda count=turn + 1: len(events(app, "click")) == count)  # type: ignore[misc]
        assert events(app, "click callback")[-1]["rows"] == wanted
    for turn in range(2):
        text(page, 1).fill(f"Switch {turn}")
        page.get_by_role("link", name="elsewhere").click(delay=60)
        expect(page.get_by_role("heading", name="Elsewhere")).to_be_visible()
        page.get_by_role("link", name="write").click()
        expect(text(page, 1)).to_have_value(f"Switch {turn}")


def test_ctrl_enter_submits_the_board_once(app: RunningApp, page: Page) -> None:
    show(page, app, THREE)
    text(page, 2).fill("Now")
    for _ in range(3):
        press(page, "Control+Enter")
    assert wait_until(page, lambda: bool(events(app, "submit callback")))
    ready(page)
    (submitted,) = events(app, "submit callback")
    assert submitted["rows"] == [list(THREE[0]), ["Now", 2], list(THREE[2])]
    assert events(app, "click callback") == []


def test_what_is_edited_while_the_server_is_away_reaches_the_next_one(
    tmp_path: Path, new_page: NewPage, watch: Watch
) -> None:
    page = new_page()
    watch.allow("ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|WebSocket")
    watch.allow("disconnected from server|not responding|reaching server endpoint")
    data = tmp_path / "data"
    data.mkdir()
    app = start_app(SCRIPT, data)
    try:
        show(page, app, THREE)
        button(page, "Replace").click()
        expect(text(page, 1)).to_have_value("A fox")
        app.kill()
        text(page, 1).fill("Typed in between")
        button(page, "Move shot 1 down").click()
        app = start_app(SCRIPT, data, port=int(app.url.rsplit(":", 1)[1]))
        wait_for_board(page, app, (("in the snow", 6), ("Typed in between", 4)), patience=20)
        button(page, "Undo").click()
        wait_for_board(page, app, (("Typed in between", 4), ("in the snow", 6)))
    finally:
        app.stop()
    assert "Traceback" not in app.log()


# How it looks


OUTSIDE = """() => {
  const wide = document.documentElement.clientWidth;
  const root = document.querySelector('.st-key-one [data-testid="stBidiComponentIsolated"]').shadowRoot;
  const out = [...root.querySelectorAll('.storyboard *')].filter((element) => {
    const {left, right, width} = element.getBoundingClientRect();
    return width > 1 && (left < 0 || right > wide);
  });
  return [document.documentElement.scrollWidth - wide, ...out.map((element) => element.outerHTML.slice(0, 80))];
}"""

SMALL = """() => {
  const root = document.querySelector('.st-key-one [data-testid="stBidiComponentIsolated"]').shadowRoot;
  return [...root.querySelectorAll('button, input')].filter((element) => {
    const {width, height} = element.getBoundingClientRect();
    return width > 0 && (width < 24 || height < 24) && element.type !== 'checkbox';
  }).map((element) => element.outerHTML.slice(0, 120));
}"""

MANY: Rows = (("x" * 600, 9), ("A gull lands, 2 seconds.", 4), *THREE, ("", 1))


@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits_and_has_no_barrier_by_day_and_by_night(
    app: RunningApp, new_page: NewPage, width: int
) -> None:
    page = new_page(width=width, height=900)
    faults: list[str] = []

    def check(name: str, schemes: Sequence[str] = ("light", "dark")) -> None:
        ready(page)
        page.mouse.move(0, 0)
        assert page.evaluate(OUTSIDE) == [0]
        assert page.evaluate(SMALL) == []
        for scheme in schemes:
            page.emulate_media(color_scheme=scheme)
            page.wait_for_function(AT_REST)
            screenshot(page, f"editor-{name}-{width}-{scheme}")
            for violation in Axe().run(page, context=".st-key-one", options=AXE).response["violations"]:
                for node in violation["nodes"]:
                    where = " ".join(map(str, node["target"])) + node["html"]
                    known = any(rule == violation["id"] and part in where for rule, part, _ in STREAMLITS_OWN)
                    if not known:
                        faults.append(f"{name} {scheme} {violation['id']}: {node['html'][:300]}")

    show(page, app, MANY, "Texts" if width < 500 else "Objects")
    page.get_by_text("Insist").click()
    expect(page.get_by_text("This shot needs a text.")).to_be_visible()
    seconds(page, 1).fill("99")
    seconds(page, 1).blur()
    check("cards")
    page.get_by_role("radio", name="Table").check(force=True)
    check("table", ["dark" if width < 500 else "light"])
    assert faults == []


def test_what_takes_the_focus_is_not_under_what_stays_above(app: RunningApp, new_page: NewPage) -> None:
    page = new_page(width=390, height=700)
    show(page, app, [(f"Shot {n}", 2) for n in range(12)], "Long")
    text(page, 12).focus()
    hidden = []
    for _ in range(30):
        press(page, "Shift+Tab")
        below = page.evaluate("""async () => {
          await new Promise(requestAnimationFrame);
          let element = document.activeElement;
          while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
          const head = element.closest('.storyboard').querySelector('.head');
          return element.getBoundingClientRect().top - head.getBoundingClientRect().bottom;
        }""")
        if below < 0:
            hidden.append(held(page))
    assert hidden == []
