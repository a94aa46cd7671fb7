"""The prompt field in Chromium, on a tiny app of its own."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.harness import (
    NewPage,
    RunningApp,
    Watch,
    free_port,
    open_app,
    running_app,
    screenshot,
    start_app,
)
from tests.need import ALL

SCRIPT = Path(__file__).parent / "prompt_app.py"
A_SECOND = 1000
TIMES = 50 if ALL else 10
SENTENCE = "A lighthouse in the fog, its light turning slowly over the water."


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """The tiny app, with whatever other tests have written in it."""
    with running_app(SCRIPT, tmp_path_factory.mktemp("data")) as app:
        yield app


@pytest.fixture(scope="module")
def port() -> int:
    """One address for the apps of all tests, or the browser would read Streamlit's scripts for each."""
    return free_port()


@pytest.fixture
def tiny(tmp_path: Path, port: int) -> Iterator[RunningApp]:
    """The tiny app with an empty data folder."""
    data = tmp_path / "data"
    data.mkdir()
    with running_app(SCRIPT, data, port=port) as app:
        yield app


def prompt(page: Page) -> Locator:
    """The field with a limit of 50."""
    return page.get_by_role("textbox", name="Prompt")


def avoid(page: Page) -> Locator:
    """The field without a limit."""
    return page.get_by_role("textbox", name="Avoid")


def counter(page: Page, key: str = "one") -> Locator:
    return page.locator(f".st-key-{key} #count")


def runs(page: Page) -> int:
    """How many times the script has run for this page."""
    return int((page.get_by_text(re.compile(r"^Run \d+$")).text_content() or "").removeprefix("Run "))


def events(app: RunningApp) -> list[dict[str, Any]]:
    """What arrived in Python, oldest first."""
    file = app.data / "events.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def draft(app: RunningApp) -> str | None:
    file = app.data / "draft.txt"
    return file.read_text(encoding="utf-8") if file.exists() else None


def wait_until(page: Page, condition: Callable[[], bool], timeout: float = 10 * A_SECOND) -> bool:
    """Whether `condition` came true in time; the page lives on meanwhile."""
    end = time.monotonic() + timeout / 1000
    while not (met := condition()) and time.monotonic() < end:
        page.wait_for_timeout(20)
    return met


def wait_for_draft(page: Page, app: RunningApp, text: str, timeout: float = 10 * A_SECOND) -> None:
    wait_until(page, lambda: draft(app) == text, timeout)
    assert draft(app) == text


def wait_for_events(page: Page, app: RunningApp, name: str, count: int) -> None:
    assert wait_until(page, lambda: sum(e["event"] == name for e in events(app)) >= count), events(app)


def test_it_counts_as_python_does_and_says_how_many_are_too_many(shared: RunningApp, page: Page) -> None:
    open_app(page, shared)
    for text, limited, unlimited in (
        ("a", "1 / 50", "1 character"),
        ("x" * 50, "50 / 50", "50 characters"),
        ("x" * 51, "51 / 50, 1 too many", "51 characters"),
        ("x" * 1234, "1,234 / 50, 1,184 too many", "1,234 characters"),
        ("🎬" * 50, "50 / 50", "50 characters"),
        ("👩‍🚀é\n", "5 / 50", "5 characters"),
        ("", "0 / 50", "0 characters"),
    ):
        prompt(page).fill(text)
        expect(counter(page, "one")).to_have_text(limited)
        expect(prompt(page)).to_have_attribute("aria-invalid", str(len(text) > 50).lower())
        avoid(page).fill(text)
        expect(counter(page, "two")).to_have_text(unlimited)
        avoid(page).blur()
        expect(page.locator("code")).to_have_text(f"{len(text)}|{len(text)}")


def test_an_over_long_paste_is_kept_whole_and_counted(shared: RunningApp, page: Page) -> None:
    open_app(page, shared)
    # A hundred lines: Chromium inserts each by itself, the slower the more there are.
    pasted = "\n".join("".join(random.Random(1).choices("abc é🎬", k=99)) for _ in range(100)) + "!"
    prompt(page).fill("")
    page.keyboard.insert_text(pasted)
    expect(counter(page)).to_have_text("10,000 / 50, 9,950 too many")
    wait_for_draft(page, shared, pasted)
    box = prompt(page).bounding_box()
    assert box is not None
    assert box["height"] <= 0.41 * 900  # grows with its text, and then scrolls


def test_a_screen_reader_hears_of_the_limit_once_typing_pauses_and_not_at_each_key(
    tiny: RunningApp, page: Page
) -> None:
    open_app(page, tiny)
    said = page.locator(".st-key-one #announcement")
    prompt(page).fill("")
    page.evaluate("""() => {
      const shadow = document.querySelector('.st-key-one [data-testid="stBidiComponentIsolated"]').shadowRoot;
      window.said = [];
      new MutationObserver(() => window.said.push(shadow.querySelector('#announcement').textContent))
        .observe(shadow.querySelector('#announcement'), {childList: true});
    }""")
    prompt(page).press_sequentially("x" * 53, delay=5)
    expect(said).to_have_text("53 / 50, 3 too many")
    prompt(page).fill("short")
    expect(said).to_have_text("Within the limit.")
    assert page.evaluate("window.said") == ["53 / 50, 3 too many", "Within the limit."]


def test_label_help_problem_and_count_belong_to_the_field(shared: RunningApp, page: Page) -> None:
    open_app(page, shared)
    prompt(page).fill("")
    expect(prompt(page)).to_have_accessible_description("What the video shows. 0 / 50")
    expect(prompt(page)).to_have_attribute("aria-invalid", "false")
    page.get_by_text("Insist").click()
    expect(prompt(page)).to_have_accessible_description("Write something first. What the video shows. 0 / 50")
    expect(prompt(page)).to_have_attribute("aria-invalid", "true")
    page.locator(".st-key-one label").click()
    expect(prompt(page)).to_be_focused()


def test_reruns_while_typing_touch_neither_text_nor_caret(shared: RunningApp, page: Page) -> None:
    open_app(page, shared)
    prompt(page).fill("beginning end")
    before, started = runs(page), time.monotonic()
    prompt(page).focus()
    page.keyboard.press("Home")
    for _ in range(len("beginning ")):
        page.keyboard.press("ArrowRight")
    inserted = "middle, which is typed for more than two seconds "
    page.keyboard.type(inserted, delay=45)
    expect(prompt(page)).to_have_value(f"beginning {inserted}end")
    wait_for_draft(page, shared, f"beginning {inserted}end")
    # Reported while it was typed, not only when it paused; and not at each key.
    most = (time.monotonic() - started) / 0.3 + 2
    assert 4 <= runs(page) - before <= most < len(inserted)


def test_typing_reports_the_letters_r_and_c_and_calls_no_shortcut_of_streamlit(
    shared: RunningApp, page: Page
) -> None:
    open_app(page, shared)
    prompt(page).fill("")
    page.keyboard.type("rcrc RC", delay=30)
    wait_for_draft(page, shared, "rcrc RC")
    expect(prompt(page)).to_be_focused()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_what_was_typed_a_second_before_the_tab_was_closed_is_there_in_another(
    tiny: RunningApp, new_page: NewPage
) -> None:
    page, another = new_page(), new_page()
    open_app(page, tiny)
    prompt(page).press_sequentially(SENTENCE, delay=2)
    page.wait_for_timeout(A_SECOND)
    page.close()  # without leaving the field first
    open_app(another, tiny)
    expect(prompt(another)).to_have_value(SENTENCE)


def test_a_tab_closed_in_the_middle_of_typing_loses_less_than_a_second_of_it(
    tiny: RunningApp, new_page: NewPage
) -> None:
    page, another = new_page(), new_page()
    open_app(page, tiny)
    typed = (SENTENCE * 3)[:120]
    prompt(page).press_sequentially(typed, delay=20)
    page.close()
    # What has left the browser by now arrives, however busy the server is.
    wait_until(another, lambda: len(typed) - len(draft(tiny) or "") < A_SECOND / 20)
    kept = draft(tiny) or ""
    assert typed.startswith(kept)
    assert len(typed) - len(kept) < A_SECOND / 20


def test_a_reload_at_once_loses_nothing(tiny: RunningApp, page: Page) -> None:
    open_app(page, tiny)
    for turn in range(3):
        text = f"Take {turn}: {SENTENCE}"
        prompt(page).fill("")
        prompt(page).press_sequentially(text, delay=2)
        page.reload()
        expect(prompt(page)).to_have_value(text)
    wait_for_draft(page, tiny, text)  # and Python is told
    prompt(page).fill("")
    page.reload()
    expect(counter(page)).to_have_text("0 / 50")
    assert prompt(page).input_value() == ""


def test_what_python_has_heard_is_not_kept_by_the_browser(tiny: RunningApp, page: Page) -> None:
    open_app(page, tiny)
    prompt(page).fill("Heard")
    wait_for_draft(page, tiny, "Heard")
    page.wait_for_function("sessionStorage.length === 0")
    (tiny.data / "draft.txt").write_text("Written in another tab")
    page.reload()
    expect(prompt(page)).to_have_value("Written in another tab")


def test_typing_and_clicking_generate_at_once_loses_nothing_time_after_time(
    tiny: RunningApp, page: Page
) -> None:
    open_app(page, tiny)
    generate = page.get_by_role("button", name="Generate")
    box = generate.bounding_box()
    assert box is not None
    wanted = []
    for turn in range(TIMES):
        wanted.append(f"Take {turn}")
        prompt(page).evaluate("field => { field.focus(); field.select() }")
        page.keyboard.insert_text(wanted[-1])
        page.mouse.click(box["x"] + 20, box["y"] + 10)
        wait_for_events(page, tiny, "click", turn + 1)
    assert [e["text"] for e in events(tiny) if e["event"] == "click"] == wanted
    # The button's callback runs before the field's: it must not see the text of the time before.
    assert [e["text"] for e in events(tiny) if e["event"] == "click callback"] == wanted


def test_ctrl_enter_submits_the_text_once_and_presses_no_button_beside(tiny: RunningApp, page: Page) -> None:
    open_app(page, tiny)
    wanted = []
    for turn, modifier in enumerate(("Control", "Meta", "Control")):
        wanted.append(f"Take {turn} {SENTENCE}")
        prompt(page).fill(wanted[-1])
        page.keyboard.press(f"{modifier}+Enter")
        wait_for_events(page, tiny, "submitted", turn + 1)
        page.wait_for_timeout(A_SECOND)  # sooner, a second press is a slip
    expect(prompt(page)).to_have_value(wanted[-1])
    page.get_by_text("Insist").click()
    expect(prompt(page)).to_have_attribute("aria-invalid", "true")
    assert [e["text"] for e in events(tiny) if e["event"] == "submitted"] == wanted
    assert [e["text"] for e in events(tiny) if e["event"] == "submit callback"] == wanted
    assert not [e for e in events(tiny) if e["event"].startswith("click")]


def test_a_held_key_and_a_double_press_submit_once(tiny: RunningApp, page: Page) -> None:
    open_app(page, tiny)
    prompt(page).fill("Once")
    # Together, because a busy machine could spread real presses over more than a second.
    prompt(page).evaluate("""field => {
      for (const repeat of [false, true, true, false]) {
        const press = {key: 'Enter', ctrlKey: true, repeat, bubbles: true, composed: true, cancelable: true};
        field.dispatchEvent(new KeyboardEvent('keydown', press));
      }
    }""")
    wait_for_events(page, tiny, "submitted", 1)
    page.keyboard.type(" and more")
    wait_for_draft(page, tiny, "Once and more")
    assert [e["text"] for e in events(tiny) if e["event"] == "submit callback"] == ["Once"]
    assert [e["text"] for e in events(tiny) if e["event"] == "submitted"] == ["Once"]


def test_a_second_press_at_once_submits_another_text(tiny: RunningApp, page: Page) -> None:
    open_app(page, tiny)
    prompt(page).evaluate("""field => {
      for (const text of ['', 'Now there is one']) {
        field.value = text;
        field.dispatchEvent(new Event('input', {bubbles: true}));
        const press = {key: 'Enter', ctrlKey: true, bubbles: true, composed: true, cancelable: true};
        field.dispatchEvent(new KeyboardEvent('keydown', press));
      }
    }""")
    # Streamlit may put both reports into one run, which hears the latter.
    assert wait_until(
        page, lambda: any(e["text"] == "Now there is one" for e in events(tiny) if e["event"] == "submitted")
    )


def test_a_submission_is_heard_though_typing_goes_on_at_once(tiny: RunningApp, page: Page) -> None:
    open_app(page, tiny)
    prompt(page).fill("Heard")
    page.keyboard.press("Control+Enter")
    page.keyboard.type(" and then much more is typed", delay=10)
    wait_for_draft(page, tiny, "Heard and then much more is typed")
    assert [e["text"] for e in events(tiny) if e["event"] == "submit callback"] == ["Heard"]


def test_python_replaces_the_text_and_typing_goes_on_from_there(shared: RunningApp, page: Page) -> None:
    open_app(page, shared)
    prompt(page).fill("mine")
    page.get_by_role("button", name="Starter").click()
    expect(prompt(page)).to_have_value("A fox\nin the snow")
    expect(counter(page)).to_have_text("17 / 50")
    prompt(page).press_sequentially("!")
    wait_for_draft(page, shared, prompt(page).input_value())
    prompt(page).fill("mine again")
    page.get_by_role("button", name="Starter").click()
    expect(prompt(page)).to_have_value("A fox\nin the snow")


def test_the_text_outlives_a_switch_of_the_page_and_something_appearing_above(
    shared: RunningApp, page: Page
) -> None:
    open_app(page, shared)
    prompt(page).fill("kept one")
    avoid(page).fill("kept two")
    page.get_by_role("link", name="elsewhere").click(delay=60)
    expect(page.get_by_role("heading", name="Elsewhere")).to_be_visible()
    page.get_by_role("link", name="write").click()
    expect(prompt(page)).to_have_value("kept one")
    expect(avoid(page)).to_have_value("kept two")
    for visible in (True, False):
        prompt(page).press_sequentially("+")
        page.get_by_text("Something above").click()
        expect(page.get_by_text("This was not here before.")).to_be_visible(visible=visible)
    expect(prompt(page)).to_have_value(re.compile(r"^\+*kept one\+*$"))
    assert prompt(page).input_value().count("+") == 2
    expect(avoid(page)).to_have_value("kept two")


def test_a_tap_on_another_page_goes_there_and_keeps_what_was_just_typed(
    tiny: RunningApp, new_page: NewPage
) -> None:
    page = new_page(has_touch=True)
    open_app(page, tiny)
    finger = page.context.new_cdp_session(page)
    sent: list[str | bytes] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.reload()
    for turn in range(3):
        prompt(page).fill(f"Take {turn}")
        box = page.get_by_role("link", name="elsewhere").bounding_box()
        assert box is not None
        point = {"x": box["x"] + 20, "y": box["y"] + box["height"] / 2}
        sent.clear()
        finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
        wait_until(page, lambda: bool(sent))  # a finger stays down long enough for that
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        expect(page.get_by_role("heading", name="Elsewhere")).to_be_visible()
        page.reload()  # the worst that can be done there
        page.get_by_role("link", name="write").click()
        expect(prompt(page)).to_have_value(f"Take {turn}")
        wait_for_draft(page, tiny, f"Take {turn}")


def test_more_than_is_kept_is_said_and_nothing_is_submitted(tiny: RunningApp, page: Page) -> None:
    open_app(page, tiny)
    prompt(page).fill("former")
    wait_for_draft(page, tiny, "former")
    prompt(page).fill("x" * 200_001)
    expect(page.get_by_text("longer than 200,000 characters")).to_be_visible()
    page.keyboard.press("Control+Enter")
    prompt(page).fill("x" * 199_999)
    expect(page.get_by_text("longer than 200,000 characters")).to_have_count(0)
    wait_for_draft(page, tiny, "x" * 199_999)
    assert not [e for e in events(tiny) if e["event"].startswith("subm")]


def test_any_text_arrives_as_it_was_typed(shared: RunningApp, page: Page) -> None:
    open_app(page, shared)
    for text in ("<script>alert(1)</script> **b** `c`", "שלום 🎬 مرحبا", "a\x00b", "a\u2028b"):
        prompt(page).fill(text)
        wait_for_draft(page, shared, text)
        page.reload()
        expect(prompt(page)).to_have_value(text)


def test_half_a_surrogate_pair_is_replaced(shared: RunningApp, page: Page) -> None:
    open_app(page, shared)
    prompt(page).evaluate(
        "field => { field.value = 'a\\ud83cb'; field.dispatchEvent(new Event('input', {bubbles: true})) }"
    )
    wait_for_draft(page, shared, "a\ufffdb")


def test_text_typed_while_the_server_is_away_reaches_the_next_one(
    tmp_path: Path, page: Page, watch: Watch
) -> None:
    watch.allow("ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|WebSocket")
    watch.allow("disconnected from server|not responding|reaching server endpoint")
    data = tmp_path / "data"
    data.mkdir()
    app = start_app(SCRIPT, data)
    try:
        open_app(page, app)
        prompt(page).fill("mine")
        wait_for_draft(page, app, "mine")
        page.get_by_role("button", name="Starter").click()
        expect(prompt(page)).to_have_value("A fox\nin the snow")
        prompt(page).press_sequentially("!")
        wait_for_draft(page, app, prompt(page).input_value())
        app.kill()
        prompt(page).fill("typed in between")
        port = int(app.url.rsplit(":", 1)[1])
        app = start_app(SCRIPT, data, port=port)
        wait_for_draft(page, app, "typed in between", timeout=20 * A_SECOND)
        expect(prompt(page)).to_have_value("typed in between")
        prompt(page).press_sequentially(" and after")
        wait_for_draft(page, app, prompt(page).input_value())
        assert "and after" in prompt(page).input_value()
    finally:
        app.stop()
    assert "Traceback" not in app.log()


LOOKS = """() => {
  const native = document.querySelector('[data-testid="stTextArea"]');
  const label = native.querySelector('[data-testid="stWidgetLabel"]');
  const area = native.querySelector('textarea');
  const shadow = document.querySelector('.st-key-one [data-testid="stBidiComponentIsolated"]').shadowRoot;
  const look = (element, names) => Object.fromEntries(names.map(n => [n, getComputedStyle(element)[n]]));
  const text = ['fontFamily', 'fontSize', 'fontWeight', 'color'];
  const box = ['backgroundColor', 'borderTopColor', 'borderTopWidth', 'borderTopLeftRadius'];
  const inside = [...text, 'lineHeight', 'paddingTop', 'paddingLeft', 'width', 'resize'];
  const faint = (element) => {  // as the eye sees it
    const context = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
    context.fillStyle = getComputedStyle(element, '::placeholder').color;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data].join();
  };
  const between = (above, below) => below.getBoundingClientRect().top - above.getBoundingClientRect().top;
  const of = (label, area) => ({
    label: look(label, ['fontSize', 'color']), box: look(area.parentElement, box), area: look(area, inside),
    placeholder: faint(area), gap: between(label, area.parentElement),
  });
  return {native: of(label, area), ours: of(shadow.querySelector('label'), shadow.querySelector('textarea'))};
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_it_looks_like_streamlits_own_text_area(
    shared: RunningApp, new_page: NewPage, scheme: str, width: int
) -> None:
    page = new_page(width=width, color_scheme=scheme)
    open_app(page, shared)
    native = page.get_by_role("textbox", name="Native")
    expect(native).to_be_visible()
    prompt(page).fill("")
    screenshot(page, f"prompt-empty-{scheme}-{width}")
    page.get_by_role("button", name="Starter").focus()
    looks = page.evaluate(LOOKS)
    assert looks["ours"] == looks["native"]
    prompt(page).focus()
    ours_in_focus = page.evaluate(LOOKS)["ours"]
    native.focus()
    native_in_focus = page.evaluate(LOOKS)["native"]
    assert ours_in_focus == native_in_focus
    assert ours_in_focus != looks["ours"]  # the ring is there
    prompt(page).fill(SENTENCE)
    screenshot(page, f"prompt-over-{scheme}-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
