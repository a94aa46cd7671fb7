"""From a prompt to a video that plays, as a new user would go, with every model; and nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from components.catalog.catalog import Catalog
from components.catalog.spec import Role
from components.form.starters import STARTERS
from tests.browser.conftest import NewPage
from tests.browser.harness import RunningApp, Watch, chromium, open_app, ready, start_app
from tests.browser.steps import (
    FIRST_GUESS,
    ask,
    asked_for,
    card,
    cards,
    choose_model,
    chosen_model,
    duration,
    generate,
    models,
    play,
    player,
    prompt,
    prompts_asked,
    spec,
    studio,
    take_id,
)
from tests.need import ROOT

A_SECOND = 1000
A_FRAME = 0.1
USUAL_SECONDS = 5
SENTENCE = "A lighthouse in the fog, its light turning slowly over the water."
QUICK = {"PLAYGROUND_SANDBOX_SECONDS": "1"}


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[list[RunningApp]]:
    """An app that a test may kill and start again: the last of the list is the one that lives."""
    chromium()
    data = tmp_path / "data"
    data.mkdir()
    lives = [start_app(ROOT / "app.py", data, QUICK)]
    yield lives
    lives[-1].stop()
    for life in lives:
        assert "Traceback (most recent call last)" not in life.log(), life.log()


def start_again(lives: list[RunningApp]) -> RunningApp:
    """Kills the app as a power cut would, and starts it at the same address, on the same data."""
    lives[-1].kill()
    port = int(lives[-1].url.rsplit(":", 1)[1])
    lives.append(start_app(ROOT / "app.py", lives[-1].data, QUICK, port=port))
    return lives[-1]


def expect_server_gone(watch: Watch) -> None:
    """What Chromium says while nobody answers."""
    watch.allow("ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|WebSocket|disconnected")
    watch.allow("No response received when attempting to reach|server is not responding")


def published_seconds(name: str) -> int:
    """The length of a take of this model when nobody chooses one."""
    seconds = spec(name).by_role(Role.SECONDS)
    return seconds.default if seconds is not None and isinstance(seconds.default, int) else USUAL_SECONDS


def limited_model() -> tuple[str, int]:
    """A model that limits its prompt: its name, and the characters that it takes."""
    for model in Catalog.bundled().models:
        if limit := getattr(model.by_role(Role.PROMPT), "max_length", None):
            return model.name, limit
    pytest.fail("No model limits its prompt.")


def check_plays(video: Locator, seconds: int) -> None:
    """Plays the video for a moment."""
    play(video)
    assert abs(duration(video) - seconds) < A_FRAME
    video.evaluate("video => video.pause()")


def history(page: Page) -> None:
    """Goes to History by the navigation, as a person does."""
    page.get_by_role("link", name="History").click()
    expect(page.get_by_role("heading", name="History")).to_be_visible()


# A video for each model


def test_every_model_makes_a_video_that_plays_in_studio_and_in_history(app: RunningApp, page: Page) -> None:
    studio(page, app)
    offered = models(page)
    assert len(offered) == 5
    asked: dict[str, int] = {}
    for number, name in enumerate(offered):
        choose_model(page, name)
        text = f"{number}: a fox in the snow, made by {name}"
        asked[text] = published_seconds(name)
        longer = page.get_by_role("radio", name="10 s", exact=True)
        if number == len(offered) - 1 and longer.count():
            longer.click()
            expect(longer).to_be_checked()
            asked[text] = 10
        ask(page, text)
    assert set(asked.values()) == {5, 10}
    for text, seconds in asked.items():
        check_plays(player(page, text), seconds)
    history(page)
    for text, seconds in asked.items():
        check_plays(player(page, text), seconds)
    with page.expect_download() as downloading:
        card(page, next(iter(asked))).get_by_role("link", name="Download").click()
    assert re.fullmatch(
        r"0-a-fox-in-the-snow-made-by-[a-z0-9-]+-[0-9a-f]{6}\.mp4", downloading.value.suggested_filename
    )
    assert b"ftyp" in Path(downloading.value.path()).read_bytes()[:12]


def test_four_takes_of_one_click_are_four_cards(app: RunningApp, page: Page) -> None:
    studio(page, app)
    page.get_by_role("radio", name="4", exact=True).click()
    expect(page.get_by_text(" for 4")).to_be_visible()  # the price of all
    ask(page, "Four of these")
    expect(card(page, "Four of these")).to_have_count(4)
    expect(cards(page)).to_have_count(4)
    assert prompts_asked(app).count("Four of these") == 4


def test_ctrl_enter_in_the_prompt_generates_once(app: RunningApp, page: Page) -> None:
    studio(page, app)
    prompt(page).fill("Once, by the keyboard")
    page.keyboard.press("Control+Enter")
    expect(card(page, "Once, by the keyboard")).to_have_count(1)
    player(page, "Once, by the keyboard")
    assert prompts_asked(app).count("Once, by the keyboard") == 1


def test_a_starter_fills_the_prompt_and_makes_room(app: RunningApp, page: Page) -> None:
    studio(page, app)
    title, text = next(iter(STARTERS.items()))
    page.get_by_role("radio", name=title).click()
    expect(prompt(page)).to_have_value(text)
    expect(page.get_by_text("Try one of these")).to_have_count(0)
    prompt(page).press("End")
    assert cards(page).count() == 0


# A link to a take


def test_a_link_opens_its_take_in_another_browser_and_after_a_restart(
    mortal: list[RunningApp], page: Page, new_page: NewPage, watch: Watch
) -> None:
    watch.allow(FIRST_GUESS)
    app = mortal[-1]
    studio(page, app)
    ask(page, SENTENCE)
    player(page, SENTENCE)
    link = f"/history?job={take_id(card(page, SENTENCE))}"
    page.get_by_role("button", name="Details").click()
    expect(page).to_have_url(app.url + link)
    page.context.close()
    for restarted in (False, True):
        opened = start_again(mortal) if restarted else mortal[-1]
        stranger = new_page()
        open_app(stranger, opened, link)
        expect(stranger.get_by_text("What was asked for")).to_be_visible()
        expect(stranger.get_by_text(SENTENCE, exact=True)).to_be_visible()
        check_plays(stranger.locator("video"), USUAL_SECONDS)
        stranger.context.close()


def test_a_link_to_nothing_gets_a_sentence_and_the_page_as_usual(
    app: RunningApp, page: Page, watch: Watch
) -> None:
    watch.allow(FIRST_GUESS)
    open_app(page, app, f"/history?job={'0' * 32}")
    expect(page.get_by_text("There is no take with this link")).to_be_visible()
    expect(page.get_by_role("heading", name="History")).to_be_visible()


# Bad input


def test_an_empty_prompt_gets_a_sentence_beside_the_field_and_nothing_is_sent(
    app: RunningApp, page: Page
) -> None:
    before = len(asked_for(app))
    studio(page, app)
    expect(prompt(page)).to_have_attribute("aria-invalid", "false")
    generate(page).click()
    expect(prompt(page)).to_have_attribute("aria-invalid", "true")
    expect(prompt(page)).to_have_accessible_description(re.compile("prompt", re.IGNORECASE))
    ready(page)
    assert cards(page).count() == 0
    assert len(asked_for(app)) == before
    ask(page, "Now with words")
    expect(prompt(page)).to_have_attribute("aria-invalid", "false")


def test_ten_thousand_pasted_characters_are_kept_counted_and_refused_in_a_sentence(
    app: RunningApp, new_page: NewPage
) -> None:
    before = len(asked_for(app))
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    studio(page, app)
    name, limit = limited_model()
    choose_model(page, name)
    pasted = ("The light turns over the water. " * 320)[:9_999] + "!"
    page.evaluate("text => navigator.clipboard.writeText(text)", pasted)
    prompt(page).focus()
    page.keyboard.press("Control+V")
    expect(prompt(page)).to_have_value(pasted)
    count = f"10,000 / {limit:,}, {10_000 - limit:,} too many"
    expect(page.get_by_text(count).first).to_be_visible()
    generate(page).click()
    generate_box = page.locator(".st-key-generate").locator("xpath=ancestor::*[@data-testid='stColumn']")
    expect(generate_box.get_by_text(f"{limit:,}")).to_be_visible()
    expect(prompt(page)).to_have_accessible_description(re.compile("10,000"))
    ready(page)
    assert cards(page).count() == 0
    assert len(asked_for(app)) == before
    expect(prompt(page)).to_have_value(pasted)


def test_markup_in_a_prompt_is_text_everywhere(app: RunningApp, page: Page) -> None:
    hostile = (
        "<script>document.title='gone'</script><img src=x onerror=\"document.title='gone'\"> **b** $1 and $2"
    )
    studio(page, app)
    ask(page, hostile)
    player(page, hostile)
    history(page)
    expect(card(page, hostile)).to_be_visible()
    card(page, hostile).get_by_role("link", name="Details").click()
    expect(page.get_by_text("What was asked for")).to_be_visible()
    expect(page.get_by_text(hostile, exact=True)).to_be_visible()
    assert page.locator("img[src=x]").count() == 0
    assert "gone" not in page.title()
    assert hostile in prompts_asked(app)


# Nothing is lost


def test_what_was_typed_outlives_a_reload_a_closed_tab_and_a_switch_of_model_and_page(
    app: RunningApp, page: Page
) -> None:
    studio(page, app)
    prompt(page).press_sequentially(SENTENCE, delay=5)
    page.wait_for_timeout(A_SECOND)  # the promise: what is older than a second is kept
    page.reload()
    expect(prompt(page)).to_have_value(SENTENCE)

    prompt(page).press("Control+End")
    prompt(page).press_sequentially(" And a gull.", delay=5)
    text = f"{SENTENCE} And a gull."
    page.wait_for_timeout(A_SECOND)
    context = page.context
    page.close()
    page = context.new_page()
    studio(page, app)
    expect(prompt(page)).to_have_value(text)

    first, second, *_ = models(page)
    page.get_by_role("radio", name="9:16", exact=True).click()
    expect(page.get_by_role("radio", name="9:16", exact=True)).to_be_checked()
    choose_model(page, second)
    expect(prompt(page)).to_have_value(text)
    history(page)
    page.get_by_role("link", name="Studio").click()
    expect(prompt(page)).to_have_value(text)
    expect(chosen_model(page)).to_have_text(second)
    choose_model(page, first)
    expect(prompt(page)).to_have_value(text)
    expect(page.get_by_role("radio", name="9:16", exact=True)).to_be_checked()


def test_what_was_typed_outlives_a_power_cut_with_the_page_open(
    mortal: list[RunningApp], page: Page, watch: Watch
) -> None:
    expect_server_gone(watch)
    studio(page, mortal[-1])
    prompt(page).press_sequentially(SENTENCE, delay=5)
    page.wait_for_timeout(A_SECOND)
    start_again(mortal)
    page.reload()
    ready(page)
    expect(prompt(page)).to_have_value(SENTENCE)
    ask(page, SENTENCE)
    check_plays(player(page, SENTENCE), USUAL_SECONDS)
