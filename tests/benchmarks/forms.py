"""How fast the largest form is: a change of a field, with everything filled and unfolded.

On a quiet machine: .venv/bin/python tests/benchmarks/forms.py [--rounds 30]

Done on the real Studio in Chromium. The largest form is that of the document in ../shared with most fields, nested ones
included. A change is a click on another option, until the script's run is over and the page shows it.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)  # instead of this folder, whose app.py is not the app

from playwright.sync_api import Browser, Page, expect, sync_playwright  # noqa: E402

from components.sandbox.server import SandboxServer  # noqa: E402
from tests.benchmarks.machine import HEADER, Figure, bustle, machine  # noqa: E402
from tests.browser.filling import field, fill, unfold  # noqa: E402
from tests.browser.harness import CHROMIUM_ARGUMENTS, RunningApp, chromium, ready, running_app  # noqa: E402
from tests.catalog.judge import body_schema  # noqa: E402
from tests.need import shared  # noqa: E402

FOLDER = "api/schemas/kling"
CHANGE_MS = 60
NEVER_BOTH = ("advanced_camera_control", "multi_prompt")

# From a click on the radio until it is chosen, a run has begun since, and that run is over.
_UNTIL = """
radio => new Promise((resolve, reject) => {
    const app = document.querySelector('[data-testid="stApp"]');
    const chosen = () => radio.checked === true || radio.getAttribute('aria-checked') === 'true';
    let began, ran = false;
    const look = () => {
        const running = app.dataset.testScriptState !== 'notRunning';
        ran ||= running;
        if (began === undefined || !ran || running || !chosen()) return;
        observer.disconnect();
        resolve(performance.now() - began);
    };
    const observer = new MutationObserver(look);
    observer.observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
    setTimeout(() => reject(new Error('no run')), 20000);
    began = performance.now();
    radio.click();
})
"""


def largest() -> dict[str, Any]:
    """The document with most fields."""
    documents = [
        json.loads(file.read_text(encoding="utf-8")) for file in sorted(shared(FOLDER).glob("*.json"))
    ]
    return max(documents, key=lambda document: _count(body_schema(document)))


def _count(schema: Any) -> int:
    if isinstance(schema, dict):
        return len(schema.get("properties", ())) + sum(map(_count, schema.values()))
    return sum(map(_count, schema)) if isinstance(schema, list) else 0


def filled(browser: Browser, app: RunningApp, document: dict[str, Any]) -> Page:
    """The Studio with every field of the model set, and every fold open."""
    page: Page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    properties = body_schema(document)["properties"]
    page.goto(f"{app.url}/?model={quote(properties['model']['enum'][0])}")
    expect(field(page, ("duration",))).to_be_visible()
    ready(page)
    unfold(page)
    for name, schema in properties.items():
        if name not in ("model", *NEVER_BOTH):
            fill(page, (name,), schema, required=False)
            ready(page)
    return page


def changes(page: Page, rounds: int) -> list[float]:
    """Milliseconds from a click on the other length until the run is over and the page shows it."""
    radios = field(page, ("duration",)).get_by_role("radio")
    other = 0 if radios.last.is_checked() else 1
    times = []
    for number in range(rounds):
        page.wait_for_timeout(500)
        times.append(float(radios.nth((number + other) % 2).evaluate(_UNTIL)))
    return times


def main() -> None:
    """Prints the figures."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--rounds", type=int, default=30)
    rounds = arguments.parse_args().rounds
    print(bustle())
    document = largest()
    unfolded = Figure("a change of a field in the largest form, filled, all open", "ms", CHANGE_MS)
    folded = Figure("the same as it comes back after a reload", "ms", CHANGE_MS)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = SandboxServer(Path(folder) / "sandbox", port=0, documents=shared(FOLDER))
        data = Path(folder) / "data"
        data.mkdir()
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(CHROMIUM_ARGUMENTS))
        with running_app(ROOT / "app.py", data, {"PLAYGROUND_SANDBOX_URL": server.start()}) as app:
            page = filled(browser, app, document)
            unfolded.values = changes(page, rounds)
            page.reload()
            expect(field(page, ("duration",))).to_be_visible()
            ready(page)
            folded.values = changes(page, rounds)
        print(
            f"{machine(browser.version)}\n{body_schema(document)['properties']['model']['enum'][0]}\n\n{HEADER}"
        )
        browser.close()
        server.stop()
    print(unfolded.row())
    print(folded.row())


if __name__ == "__main__":
    main()
