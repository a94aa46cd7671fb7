"""A storyboard from its first word to its last cut, as a person makes it, and nothing typed is lost."""

from __future__ import annotations

import ast
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from components.jobs.store import Store
from tests.browser.harness import RunningApp, chromium, running_app
from tests.browser.steps import (
    choose_model,
    chosen_model,
    duration,
    generate,
    pick,
    player,
    spec,
    studio,
    take_id,
)
from tests.need import ALL, ROOT, shared
from tests.pages.playing import Sandbox, sandbox_process

TIMES = 50 if ALL else 10
SWITCHES = 6
A_TAB_STOP_TOO_MANY = 120
NOBODY = "http://127.0.0.1:9"
TEXTS_ONLY, OBJECTS = (
    "klingai/video-v3-pro-text-to-video",
    "klingai/video-v3-standard-turbo-text-to-video",
)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox of its own, which tells what reached it."""
    with sandbox_process(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def app(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """The real app, with its takes made by that sandbox."""
    chromium()
    origin = str(sandbox.base_url).rstrip("/")
    with running_app(
        ROOT / "app.py", tmp_path_factory.mktemp("data"), {"PLAYGROUND_SANDBOX_URL": origin}
    ) as app:
        yield app


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """The real app, whose takes wait for a sandbox that is not there: asking for many costs nothing."""
    chromium()
    with running_app(
        ROOT / "app.py", tmp_path_factory.mktemp("data"), {"PLAYGROUND_SANDBOX_URL": NOBODY}
    ) as app:
        yield app


def shot(page: Page, number: int) -> Locator:
    """The text of a shot."""
    return page.get_by_role("textbox", name=f"Shot {number}", exact=True)


def seconds(page: Page, number: int) -> Locator:
    return page.get_by_role("spinbutton", name=f"Seconds of shot {number}", exact=True)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def radio(page: Page, name: str) -> Locator:
    return page.get_by_role("radio", name=name, exact=True)


def texts(page: Page) -> list[str]:
    """What is written in the shots, in their order."""
    written = page.get_by_role("textbox", name=re.compile(r"^Shot \d+$"))
    return [field.input_value() for field in written.all()]


def bodies(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The requests that reached the sandbox, oldest first."""
    return [post["body"] for post in sandbox.get("/_sandbox/creates").json()]


def seed_sample() -> dict[str, Any]:
    """The request that the provider's own page sends for three shots with a raccoon."""
    [page] = shared("api/seeds").glob("000_*.md")
    [body] = re.findall(
        r"^    data = (\{.*?^    \})$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    sample: dict[str, Any] = ast.literal_eval(body)
    return sample


def storyboard(page: Page, app: RunningApp, model: str) -> None:
    """Opens the Studio with this model, in storyboard mode."""
    studio(page, app)
    [name] = [spec.name for spec in _models() if spec.id == model]
    choose_model(page, name)
    radio(page, "Storyboard").click()
    expect(shot(page, 1)).to_be_visible()


def _models() -> Any:
    from components.catalog.catalog import Catalog

    return Catalog.bundled().models


def tab_to(page: Page, wanted: Locator) -> None:
    """Presses Tab until `wanted` has the focus, as one does who has no mouse."""
    for _ in range(A_TAB_STOP_TOO_MANY):
        if wanted.evaluate("element => element.matches(':focus')"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab does not reach {wanted}.")


def choose(page: Page, arrow: str) -> None:
    """Goes to the next of several choices, and takes it."""
    page.keyboard.press(arrow)
    page.keyboard.press("Enter")


def wait_until_kept(page: Page, app: RunningApp, part: str) -> None:
    """Waits until the server has kept a draft with this in it."""
    for _ in range(600):
        with closing(sqlite3.connect(app.data / "playground.db")) as store:
            if store.execute("select 1 from draft where value like ?", (f"%{part}%",)).fetchone():
                return
        page.wait_for_timeout(25)
    pytest.fail(f"No draft with {part} is kept.")


def cuts_in(film: Path, count: int) -> list[float]:
    """When the pictures of a film change most, in seconds: its `count` hardest cuts."""
    times, pictures = [], []
    with av.open(str(film)) as container:
        for frame in container.decode(video=0):
            assert frame.time is not None
            times.append(float(frame.time))
            pictures.append(frame.to_ndarray(width=64, height=36, format="gray").astype(np.int16))
    changes = [float(np.abs(after - before).mean()) for before, after in pairwise(pictures)]
    hardest = sorted(range(len(changes)), key=changes.__getitem__)[-count:]
    return sorted(times[n + 1] for n in hardest)


def drag(page: Page, moved: Locator, onto: Locator) -> None:
    """With the mouse, in steps, as a hand does."""
    start, end = moved.bounding_box(), onto.bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] - 10, steps=15)
    page.mouse.up()


def test_three_shots_by_keyboard_alone_are_the_providers_own_sample_and_are_seen_one_by_one(
    app: RunningApp, sandbox: Sandbox, page: Page
) -> None:
    sample = seed_sample()
    studio(page, app)
    assert spec_id_shown(page) == sample["model"]
    tab_to(page, radio(page, "Single prompt"))
    choose(page, "ArrowRight")
    expect(shot(page, 1)).to_be_visible()
    planned = zip(sample["multi_prompt"], (3, 2, 3), strict=True)
    for number, (text, length) in enumerate(planned, 1):
        if number > 1:
            tab_to(page, button(page, "Add shot"))
            page.keyboard.press("Enter")
        expect(shot(page, number)).to_be_visible()
        tab_to(page, shot(page, number))
        page.keyboard.insert_text(text)
        tab_to(page, seconds(page, number))
        page.keyboard.press("Control+A")
        page.keyboard.type(str(length))
    expect(page.get_by_text("8 of 15 s")).to_be_visible()
    tab_to(page, radio(page, "16:9"))
    choose(page, "ArrowRight")
    expect(radio(page, "9:16")).to_be_checked()
    wait_until_kept(page, app, '"9:16"')  # there and back in one message would be no choice
    choose(page, "ArrowLeft")
    expect(radio(page, "16:9")).to_be_checked()
    tab_to(page, generate(page))
    page.keyboard.press("Enter")
    made = page.locator('[class*="st-key-take-"]')
    expect(made).to_have_count(1)
    expect(made.locator("video")).to_be_visible(timeout=60_000)
    assert bodies(sandbox) == [sample]

    film = app.data / "takes"
    id = take_id(made)
    [file] = film.rglob(f"{id}.mp4")
    assert cuts_in(file, 2) == pytest.approx([3, 5], abs=0.05)
    made.get_by_role("button", name="Details").click()
    video = page.locator("video")
    chapters = page.get_by_role("group", name="Planned cuts").get_by_role("button")
    expect(chapters).to_have_count(3)
    chapters.nth(2).click()
    page.wait_for_function("video => video.currentTime >= 5", arg=video.element_handle())
    assert duration(video) == pytest.approx(8, abs=0.1)


def spec_id_shown(page: Page) -> str:
    """The model that the picker shows."""
    return spec(chosen_model(page).inner_text()).id


def test_six_shots_by_mouse_with_drag_undo_and_fit(app: RunningApp, sandbox: Sandbox, page: Page) -> None:
    before = len(bodies(sandbox))
    storyboard(page, app, OBJECTS)
    shot(page, 1).fill("shot a")
    for letter, number in zip("bcde", range(2, 6), strict=True):
        button(page, "Add shot").click()
        shot(page, number).fill(f"shot {letter}")
    assert texts(page) == [f"shot {letter}" for letter in "abcde"]
    drag(page, button(page, "Move shot 5 of 5"), shot(page, 1))
    expect(shot(page, 1)).to_have_value("shot e")
    assert texts(page) == [f"shot {letter}" for letter in "eabcd"]
    button(page, "Duplicate shot 2").click()
    six = [f"shot {letter}" for letter in "eaabcd"]
    expect(shot(page, 6)).to_have_value("shot d")
    assert texts(page) == six
    expect(button(page, "Add shot")).to_be_disabled()
    expect(page.get_by_text("This model takes at most 6 shots.").first).to_be_visible()
    button(page, "Undo").click()
    button(page, "Undo").click()
    assert texts(page) == [f"shot {letter}" for letter in "abcde"]
    button(page, "Redo").click()
    button(page, "Redo").click()
    assert texts(page) == six
    page.get_by_role("radio", name="Fit").or_(button(page, "Fit")).first.click()
    page.get_by_role("slider", name="Length").press("End")
    button(page, "Fit to 15 s").click()
    expect(page.get_by_text("15 of 15 s")).to_be_visible()
    generate(page).click()
    expect(page.locator('[class*="st-key-take-"]')).to_have_count(1)
    player(page, " ".join(six))
    [body] = bodies(sandbox)[before:]
    sent = body["multi_prompt"]
    assert [entry["prompt"] for entry in sent] == six
    assert sum(entry["duration"] for entry in sent) == body["duration"] == 15


def asked_texts(app: RunningApp) -> list[str]:
    """The prompts of every take in the app's store, oldest first."""
    with closing(Store(app.data)) as store:
        return [job.order.prompt for job in reversed(store.page(limit=200).jobs)]


def until(page: Page, condition: Callable[[], bool]) -> None:
    """Waits until `condition` holds, while the page lives on."""
    for _ in range(1500):
        if condition():
            return
        page.wait_for_timeout(10)
    pytest.fail("It did not come true in time.")


def test_typing_and_at_once_pressing_generate_loses_nothing_time_after_time(
    patient: RunningApp, page: Page
) -> None:
    storyboard(page, patient, TEXTS_ONLY)
    button(page, "Add shot").click()
    shot(page, 1).fill("The first shot")
    box = generate(page).bounding_box()
    assert box is not None
    wanted = []
    for turn in range(TIMES):
        text = f"Take {turn}"
        wanted.append(f"The first shot\n{text}")
        shot(page, 2).evaluate("field => { field.focus(); field.select() }")
        page.keyboard.insert_text(text)
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 10)
        until(page, lambda: len(asked_texts(patient)) > len(wanted) - 1)
    assert asked_texts(patient) == wanted


def test_switching_the_page_within_a_tenth_of_a_second_of_the_last_key_loses_nothing(
    patient: RunningApp, page: Page
) -> None:
    storyboard(page, patient, TEXTS_ONLY)
    for turn in range(SWITCHES):
        box = page.get_by_role("link", name="History").bounding_box()
        assert box is not None
        shot(page, 1).evaluate("field => { field.focus(); field.select() }")
        page.keyboard.insert_text(f"Typed {turn}")
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(page.get_by_role("heading", name="History")).to_be_visible()
        page.get_by_role("link", name="Studio", exact=True).click()
        expect(shot(page, 1)).to_have_value(f"Typed {turn}")
    page.reload()
    expect(shot(page, 1)).to_have_value(f"Typed {SWITCHES - 1}")


def test_a_length_that_is_none_is_not_sent_as_another(patient: RunningApp, page: Page) -> None:
    storyboard(page, patient, OBJECTS)
    before = len(asked_texts(patient))
    shot(page, 1).fill("Not yet")
    for press in (lambda: generate(page).click(), lambda: page.keyboard.press("Control+Enter")):
        seconds(page, 1).fill("99")
        expect(page.get_by_text("A shot takes 1 to 15 s").first).to_be_visible()
        press()
        expect(page.get_by_text("It stays at 5 s").first).to_be_visible()
    expect(page.get_by_text("What was typed as the seconds of a shot is no length")).to_have_count(0)
    assert len(asked_texts(patient)) == before
    seconds(page, 1).fill("7")
    generate(page).click()
    until(page, lambda: len(asked_texts(patient)) == before + 1)


def test_the_board_and_its_undo_are_the_same_under_another_model(patient: RunningApp, page: Page) -> None:
    storyboard(page, patient, OBJECTS)
    shot(page, 1).fill("Under one model")
    button(page, "Add shot").click()
    shot(page, 2).fill("and under the other")
    choose_board_model(page, TEXTS_ONLY)
    expect(page.get_by_text("Write each shot’s seconds into its text")).to_be_visible()
    assert texts(page) == ["Under one model", "and under the other"]
    button(page, "Undo").click()
    button(page, "Undo").click()
    expect(shot(page, 2)).to_have_count(0)
    choose_board_model(page, OBJECTS)
    expect(page.get_by_text("Write each shot’s seconds into its text")).to_be_hidden()
    assert texts(page) == ["Under one model"]
    button(page, "Clear").click()
    expect(shot(page, 1)).to_have_value("")
    button(page, "Undo").click()
    expect(shot(page, 1)).to_have_value("Under one model")


def choose_board_model(page: Page, model: str) -> None:
    """Chooses another model in storyboard mode."""
    [name] = [spec.name for spec in _models() if spec.id == model]
    pick(page, name)


def test_price_and_problems_follow_the_board(app: RunningApp, page: Page) -> None:
    storyboard(page, app, OBJECTS)
    shot(page, 1).press("Control+Enter")
    missing = page.get_by_text("Plan at least one shot, or write a prompt.")
    expect(missing.filter(visible=True)).to_have_count(2)  # at the board and beside Generate
    shot(page, 1).fill("Now there is one")
    expect(missing.filter(visible=True)).to_have_count(0)
    expect(page.get_by_text(re.compile("^5 s × "))).to_be_visible()
    seconds(page, 1).press("ArrowUp")
    expect(page.get_by_text(re.compile("^6 s × "))).to_be_visible()
