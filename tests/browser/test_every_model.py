"""Every published document gives a form in which everything can be set, and whose requests the document allows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from components.jobs.job import ENDED, Job
from components.sandbox.behaviour import rule_from
from components.sandbox.server import SandboxServer
from tests.browser.filling import field, fill, unfold
from tests.browser.harness import RunningApp, chromium, ready, running_app
from tests.browser.steps import asked_for, generate
from tests.catalog.judge import body_schema, validator
from tests.need import ALL, ROOT, SHARED, shared

FOLDER = "api/schemas/kling"
EITHER = (("prompt", "multi_prompt"), ("camera_control", "advanced_camera_control"))
"""Of each only one is sent (FACTS.md, "Rules that the schemas do not carry")."""
ONLY_WITH_SHOTS = "shot_type"
RICHEST = 6
"""So many documents are enough for a usual run; with PLAYGROUND_TEST_ALL it is all of them."""
BOUNDS = (
    "title",
    "description",
    "example",
    "default",
    "maxLength",
    "minItems",
    "maxItems",
    "minimum",
    "maximum",
)


def documents() -> list[Any]:
    """The documents to go through: all, or those in which the most of all fields are met, in each of their shapes."""
    left = {
        file: _fields(json.loads(file.read_text(encoding="utf-8")))
        for file in sorted((SHARED / FOLDER).glob("*.json"))
    }
    if ALL:
        return [pytest.param(file, id=file.stem) for file in left]
    picked, missing = [], frozenset[str]().union(*left.values())
    while missing and len(picked) < RICHEST:
        richest = max(left, key=lambda file: len(left[file] & missing))
        picked.append(pytest.param(richest, id=richest.stem))
        missing -= left.pop(richest)
    return picked


def _fields(document: dict[str, Any]) -> frozenset[str]:
    """The fields of a document, each with its shape."""
    properties = body_schema(document)["properties"]
    return frozenset(
        json.dumps([name, _shape(field)], sort_keys=True)
        for name, field in properties.items()
        if name != "model"
    )


def _shape(node: Any) -> Any:
    if isinstance(node, dict):
        return {name: _shape(inner) for name, inner in node.items() if name not in BOUNDS}
    return [_shape(inner) for inner in node] if isinstance(node, list) else node


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """The app with every published document in its sandbox, which takes what is valid and then renders nothing."""
    chromium()
    fails = rule_from({"fault": "error_at_once"})
    server = SandboxServer(
        tmp_path_factory.mktemp("sandbox"), port=0, documents=shared(FOLDER), faults=[fails]
    )
    env = {"PLAYGROUND_SANDBOX_URL": server.start()}
    try:
        with running_app(ROOT / "app.py", tmp_path_factory.mktemp("data"), env) as app:
            yield app
    finally:
        server.stop()


@pytest.mark.parametrize("file", documents())
def test_every_setting_is_shown_once_can_be_set_and_is_sent_as_the_document_has_it(
    every: RunningApp, page: Page, file: Path
) -> None:
    document = json.loads(file.read_text(encoding="utf-8"))
    schema = body_schema(document)
    model = schema["properties"]["model"]["enum"][0]
    properties = {
        name: inner
        for name, inner in schema["properties"].items()
        if name != "model" and not inner.get("deprecated")
    }
    required = [name for name in schema.get("required", ()) if name != "model"]
    has_shots = "multi_prompt" in properties

    page.goto(f"{every.url}/?model={quote(model)}")
    expect(field(page, (next(iter(properties)),)).or_(field(page, ("prompt",))).first).to_be_visible()
    ready(page)
    unfold(page)
    elsewhere = {"multi_prompt", ONLY_WITH_SHOTS} if has_shots else set()
    for name in properties:
        expect(field(page, (name,))).to_have_count(0 if name in elsewhere else 1)

    # What is required and no more; where prose alone asks for a prompt, that too.
    for name in {*required, *(["prompt"] if has_shots else [])}:
        fill(page, (name,), properties[name], required=True)
    sent = generated(every, page)
    judge(document, sent)
    assert {*required} <= sent.order.body.keys()

    # And everything.
    shown = [name for name in properties if name not in elsewhere and name not in sent.order.body]
    if has_shots:
        plan_a_shot(page)
        unfold(page)
        shown = [name for name in shown if name not in ("prompt", "duration")]
        shown += [name for name in (ONLY_WITH_SHOTS,) if name in properties]
    left_out = {other for one, other in EITHER if one in shown and other in shown}
    for name in shown:
        if name not in left_out:
            fill(page, (name,), properties[name], required=name in required)
    whole = generated(every, page)
    judge(document, whole)
    expected = {*properties, "model"} - left_out - ({"prompt"} if has_shots else set())
    assert whole.order.body.keys() == expected


def plan_a_shot(page: Page) -> None:
    """Writes a shot in place of the prompt; its seconds are the video's."""
    page.get_by_role("radio", name="Storyboard").click()
    shot = page.get_by_role("textbox", name="Shot 1")
    expect(shot).to_be_visible()
    shot.fill("A raccoon wakes up.")


def generated(app: RunningApp, page: Page) -> Job:
    """Presses Generate; the take that comes of it."""
    before = len(asked_for(app))
    ready(page)
    generate(page).click()
    for _ in range(300):
        if len(jobs := asked_for(app)) > before and jobs[0].state in ENDED:
            return jobs[0]
        page.wait_for_timeout(50)
    problems = page.locator(".st-key-generate").locator("xpath=../..").inner_text()
    raise AssertionError(f"No take was asked for: {problems}")


def judge(document: dict[str, Any], job: Job) -> None:
    """The request is valid by the document, and the sandbox has taken it."""
    errors = [
        f"{error.json_path}: {error.message}" for error in validator(document).iter_errors(job.order.body)
    ]
    assert errors == []
    assert job.remote_id, (job.problem, job.detail)
    assert not re.search(r'null|""', json.dumps(job.order.body))
