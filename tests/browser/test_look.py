"""How the pages look and can be used: at two widths, light and dark, by the keyboard, for a screen reader."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import NewPage
from tests.browser.harness import (
    RunningApp,
    Watch,
    chromium,
    free_port,
    open_app,
    ready,
    running_app,
    screenshot,
)
from tests.browser.steps import FIRST_GUESS, ask, card, cards, generate, player, prompt, studio, take_id
from tests.need import ALL, ROOT

LIGHTHOUSE = "A lighthouse in the fog, its light turning slowly over the water."
REFUSED = "A take that the provider refuses, so that there is a failed one to look at."

AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
}

STREAMLITS_OWN = (
    # The shortcut on a button is written in the button's own colour at 60 %.
    ("color-contrast", "<kbd ", ("light", "dark")),
    # The chosen option of a segmented control is written in the primary colour on a tint of the same, while
    # the primary button has white text on it: in the dark no colour has 4.5:1 in both places.
    ("color-contrast", 'data-selected="true"', ("dark",)),
    ("color-contrast", 'data-focused="true"', ("dark",)),
)
"""Rule of axe, part of the element or its selector, colour schemes. Nothing that is of our making stands here."""


def rgb(colour: str) -> str:
    """ "#5246D6" as a browser says it: "rgb(82, 70, 214)"."""
    return f"rgb{tuple(bytes.fromhex(colour.removeprefix('#')))}"


THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
BACKGROUNDS = {scheme: rgb(THEME[scheme]["backgroundColor"]) for scheme in ("light", "dark")}


AT_REST = """() => document.getAnimations().every(({playState, effect}) =>
  playState !== 'running' || effect.getComputedTiming().iterations === Infinity)"""


@dataclass(frozen=True)
class Furnished:
    """An app with a finished and a failed take, and the person who asked for them."""

    app: RunningApp
    cookies: Any
    """Of the context that asked, for another one that is to be the same person."""
    take: str


@pytest.fixture(scope="module")
def furnished(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Furnished]:
    """The real app with takes in it."""
    chromium()
    sandbox = free_port()
    env = {"PLAYGROUND_SANDBOX_SECONDS": "1", "PLAYGROUND_SANDBOX_PORT": str(sandbox)}
    with running_app(ROOT / "app.py", tmp_path_factory.mktemp("data"), env) as app:
        context = browser.new_context()
        page = context.new_page()
        studio(page, app)
        ask(page, LIGHTHOUSE)
        player(page, LIGHTHOUSE)
        fault = {"fault": "403_funds", "times": 1}
        httpx.post(f"http://127.0.0.1:{sandbox}/_sandbox/behaviour", json=fault).raise_for_status()
        ask(page, REFUSED)
        expect(card(page, REFUSED).get_by_text("Failed", exact=True)).to_be_visible()
        ready(page)
        made = Furnished(app, context.storage_state(), take_id(card(page, LIGHTHOUSE)))
        context.close()
        yield made


def violations(page: Page, scheme: str) -> list[str]:
    """What axe finds that is not Streamlit's own, in sentences."""
    found = []
    page.mouse.move(0, 0)  # what a pointer rests upon by chance has other colours
    for violation in Axe().run(page, options=AXE).response["violations"]:
        for node in violation["nodes"]:
            where = " ".join(map(str, node["target"]))
            known = any(
                rule == violation["id"] and part in where + node["html"] and scheme in schemes
                for rule, part, schemes in STREAMLITS_OWN
            )
            if not known:
                found.append(f"{violation['id']} at {where}: {node['html'][:200]} {node['failureSummary']}")
    return found


def check(page: Page, name: str, faults: list[str], *, both: bool = ALL) -> None:
    """Notes in `faults` what is wrong with the page as it stands; keeps pictures where they are wanted.

    `both`: by day and by night; else a wide window by day, a narrow one by night.
    """
    ready(page)
    wide = page.evaluate(
        """() => [document.documentElement, document.querySelector('[data-testid="stMain"]')]
          .map(element => element.scrollWidth - element.clientWidth)"""
    )
    if any(excess > 0 for excess in wide):
        faults.append(f"{name}: wider than the window by {wide} pixels")
    size = page.viewport_size
    usual = ("dark",) if size is not None and size["width"] < 500 else ("light",)
    for scheme in BACKGROUNDS if both else usual:
        page.emulate_media(color_scheme=scheme)
        expect(page.locator(".stApp")).to_have_css("background-color", BACKGROUNDS[scheme])
        page.wait_for_function(AT_REST)  # or a colour between two is judged
        screenshot(page, f"{name}-{scheme}")
        faults.extend(f"{name}-{scheme}: {violation}" for violation in violations(page, scheme))


@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_fits_and_has_no_barrier_by_day_and_by_night(
    furnished: Furnished, new_page: NewPage, watch: Watch, width: int
) -> None:
    watch.allow(FIRST_GUESS)
    faults: list[str] = []
    size = {"width": width, "height": 844 if width < 500 else 900}

    page = new_page(**size)
    studio(page, furnished.app)
    check(page, f"studio-empty-{width}", faults, both=True)
    generate(page).click()
    expect(prompt(page)).to_have_attribute("aria-invalid", "true")
    check(page, f"studio-missing-{width}", faults)
    page.get_by_role("radio", name="Storyboard").click()
    expect(page.get_by_role("button", name="Add shot", exact=True)).to_be_visible()
    ready(page)
    check(page, f"studio-storyboard-{width}", faults)
    expect(page.get_by_role("switch", name="Sound")).to_have_count(1)
    for tool, part in (
        ("Fit", "Length of the video"),
        ("Import", "Storyboard file"),
        ("My boards", "Save board"),
    ):
        page.get_by_role("radio", name=tool).or_(page.get_by_role("button", name=tool, exact=True)).click()
        expect(page.get_by_text(part).first).to_be_visible()
        ready(page)
        check(page, f"studio-{tool.split()[0].lower()}-{width}", faults)

    page = new_page(storage_state=furnished.cookies, **size)
    studio(page, furnished.app)
    expect(cards(page)).to_have_count(2)
    check(page, f"studio-takes-{width}", faults, both=True)
    page.get_by_role("link", name="History").click()
    expect(page.get_by_role("heading", name="History")).to_be_visible()
    expect(cards(page)).to_have_count(2)
    check(page, f"history-{width}", faults, both=True)
    open_app(page, furnished.app, f"/history?job={furnished.take}")
    expect(page.get_by_text("What was asked for")).to_be_visible()
    check(page, f"take-{width}", faults, both=True)
    assert not faults, "\n\n".join(faults)


# The keyboard


HELD = """() => {
  let element = document.activeElement;
  while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  const {x, y, width, height} = element.closest('label')?.getBoundingClientRect()
    ?? element.getBoundingClientRect();
  const name = element.getAttribute('aria-label') ?? element.textContent.trim();
  return {
    name: `${element.getAttribute('role') ?? element.tagName.toLowerCase()} ${name}`,
    box: [x - 8, y - 8, x + width + 8, y + height + 8].map(Math.round),
  };
}"""
"""What has the keyboard: its role or tag and its name, and where it stands, with room for a ring around it."""


def picture(page: Page) -> Image.Image:
    """The window as it is seen now."""
    return Image.open(BytesIO(page.screenshot(caret="hide", animations="disabled"))).convert("RGB")


def test_tab_goes_from_the_prompt_to_generate_and_the_focus_is_seen_all_the_way(
    furnished: Furnished, page: Page
) -> None:
    studio(page, furnished.app)
    prompt(page).fill("By the keyboard alone")
    prompt(page).blur()
    expect(page.get_by_text("Try one of these")).to_have_count(0)
    ready(page)
    unheld = picture(page)
    prompt(page).focus()
    way, unseen = [], []
    while not way or "Generate" not in way[-1]:
        assert len(way) < 25, way
        held = page.evaluate(HELD)
        way.append(held["name"])
        if ImageChops.difference(picture(page).crop(held["box"]), unheld.crop(held["box"])).getbbox() is None:
            unseen.append(held["name"])
        page.keyboard.press("Tab")
    assert unseen == []
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(card(page, "By the keyboard alone")).to_be_visible()
