"""Fills the form of any model in the browser, from the model's own document: a reader of schemas of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from playwright.sync_api import Locator, Page, TimeoutError, expect

from tests.browser.harness import ready

Path = tuple[str | int, ...]
Schema = Mapping[str, Any]

LINK = "https://files.example.com/{}.png"


def field(page: Page, path: Path) -> Locator:
    """The container of the field at `path`; not of those inside it."""
    name = ".".join(str(step) for step in path)
    return page.locator(f".st-key-field-{re.sub(r'[^a-zA-Z0-9_-]', '-', name)}")


def unfold(page: Page) -> None:
    """Opens what the form keeps folded, so that every field is drawn."""
    more = page.get_by_text("More settings", exact=True)
    if more.count():
        summary = page.locator("summary").filter(has=more)
        if summary.locator("xpath=..").get_attribute("open") is None:
            summary.click()
            ready(page)


def fill(page: Page, path: Path, schema: Schema, *, required: bool) -> None:
    """Sets the field at `path`, and everything in it, to something that `schema` allows."""
    box = field(page, path)
    expect(box).to_have_count(1)
    if "anyOf" in schema:
        options = box.get_by_role("radio")
        expect(options.first).to_be_visible()  # the box may be there before what is in it
        last = options.count() - 1
        options.nth(last).click()
        ready(page)
        schema = schema["anyOf"][-1]
    match schema.get("type"):
        case "object":
            _fill_group(page, path, schema, box, required=required)
        case "array":
            _fill_list(page, path, schema, box)
        case "boolean":
            _switch(box)
        case "integer" | "number" if "enum" not in schema:
            number = box.get_by_role("spinbutton")
            number.fill(str(schema.get("maximum", schema.get("minimum", 7))))
            number.press("Tab")
        case _ if "enum" in schema:
            _choose(page, box, len(schema["enum"]))
        case _:
            is_link = schema.get("format") == "uri" or "url" in str(path[-1]) or "mask" in str(path[-1])
            words = LINK.format("-".join(map(str, path))) if is_link else f"Something for {path[-1]}"
            box.get_by_role("textbox").fill(words)


def _fill_group(page: Page, path: Path, schema: Schema, box: Locator, *, required: bool) -> None:
    is_entry = isinstance(path[-1], int)
    if not is_entry and not required:
        box.locator("summary").first.click()
        ready(page)
    for name, inner in schema["properties"].items():
        fill(page, (*path, name), inner, required=name in schema.get("required", ()))


def _fill_list(page: Page, path: Path, schema: Schema, box: Locator) -> None:
    count = min(max(schema.get("minItems", 0), 2), schema.get("maxItems", 2))
    for position in range(count):
        inner = schema["items"]
        first = next(iter(inner["properties"])) if inner.get("type") == "object" else None
        entry = (*path, position)
        # Rows of numbers have no container of their own, only their fields have.
        if not (field(page, entry).count() or (first and field(page, (*entry, first)).count())):
            box.get_by_role("button", name=re.compile("^add ", re.IGNORECASE)).last.click()
            ready(page)
        if first and not field(page, entry).count():
            for name, column in inner["properties"].items():
                fill(page, (*entry, name), column, required=True)
        else:
            fill(page, entry, inner, required=True)


def _switch(box: Locator) -> None:
    switch = box.get_by_role("switch")
    if switch.count():
        box.locator("label").first.click()
    else:
        box.get_by_role("radio").last.click()


def _choose(page: Page, box: Locator, options: int) -> None:
    """Another option than the one that stands there; of a single one nothing is asked."""
    if options == 1:
        return
    if (radios := box.get_by_role("radio")).count():
        (radios.first if radios.last.is_checked() else radios.last).click()
    elif (slider := box.get_by_role("slider")).count():
        slider.press("End")
    else:
        # A run that draws the fold around it closes a list that was opened in the same moment, and a long list that
        # still moves takes a click for none: what shows that one was chosen is that the list has gone.
        options_shown = page.get_by_role("option")
        for patience in (2_000, 2_000, 2_000, 15_000):
            ready(page)
            if not options_shown.count():
                box.get_by_role("combobox").click()
            with suppress(TimeoutError, AssertionError):
                options_shown.last.click(timeout=patience)
                expect(options_shown).to_have_count(0, timeout=patience)
                return
        raise AssertionError(f"No option can be chosen in {box}.")
