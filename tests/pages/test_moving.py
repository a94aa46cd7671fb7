"""What the catalogue does to a form that is open: its model goes, comes back, or is called otherwise."""

import json
import time
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.catalog.openapi import read_document
from components.catalog.spec import ModelSpec
from components.jobs.job import Destination
from components.services import Services
from tests.pages.picking import choose_model
from tests.pages.playing import said, sound
from tests.pages.test_desk_tools import open_tool, press, prompt_of, studio, text, write

MINE = "my/model"
PROMPT = {"prompt": {"type": "string"}}


def document(model: str, properties: dict[str, Any] = PROMPT) -> dict[str, Any]:
    """A document of a model with these fields."""
    fields = {"model": {"type": "string", "enum": [model]}, **properties}
    schema = {"type": "object", "required": ["model", "prompt"], "properties": fields}
    body = {"requestBody": {"content": {"application/json": {"schema": schema}}}}
    return {
        "openapi": "3.0.0",
        "info": {"title": model},
        "paths": {"/v2/video/generations": {"post": body}},
    }


def generate(app: AppTest) -> AppTest:
    """A press after somebody has looked: not the second half of a double click."""
    app.session_state["refused"] = (0.0, "")
    return sound(app.button(key="generate").click().run())


def report(app: AppTest, model: str, words: str) -> None:
    """A text that arrives together with what comes next, as it does from a browser."""
    app.session_state[f"{model}|{app.session_state['desk'].edition}|prompt:text"] = words


def asked(shared: Services) -> list[tuple[str, str]]:
    return [(job.order.model, job.order.prompt) for job in reversed(shared.store.page().jobs)]


def at_mine(shared: Services) -> AppTest:
    """A form that is open, of a model that somebody added; under the first of all lies an old draft."""
    shared.catalog.add(document(MINE))
    app = write(studio(), shared, "an old draft")
    return write(choose_model(app, MINE), shared, "half of mine")


def test_a_model_that_goes_sends_no_other_models_draft_and_its_text_goes_along(shared: Services) -> None:
    app = at_mine(shared)
    shared.catalog.remove(MINE)
    report(app, MINE, "all of mine")
    sound(app.button(key="generate").click().run())
    app.session_state["refused"] = (time.time(), app.session_state["refused"][1])
    sound(app.button(key="generate").click().run())  # a double click
    assert asked(shared) == []
    assert "Nothing was sent" in said(app)
    assert f"no longer knows the model “{MINE}”" in said(app)
    other = shared.catalog.models[1].id
    choose_model(app, other)
    assert text(app, shared) == "all of mine"
    assert "no longer knows" not in said(app)
    generate(app)
    assert asked(shared) == [(other, "all of mine")]
    assert text(choose_model(app, shared.catalog.models[0].id), shared) == "all of mine"


def test_a_model_that_comes_back_is_chosen_again_unless_somebody_has_begun_elsewhere(
    shared: Services,
) -> None:
    app = at_mine(shared)
    shared.catalog.remove(MINE)
    sound(sound(app.run()).run())
    assert studio().session_state["desk"].missing == MINE  # another session knows of it too
    shared.catalog.add(document(MINE))
    sound(app.run())
    assert (app.session_state["desk"].model, text(app, shared)) == (MINE, "half of mine")
    shared.catalog.remove(MINE)
    write(sound(app.run()), shared, "begun elsewhere")
    shared.catalog.add(document(MINE))
    assert text(sound(app.run()), shared) == "begun elsewhere"
    assert "can be used again" in said(app)


def test_start_over_clears_no_other_model_than_the_one_on_the_page(shared: Services) -> None:
    app = at_mine(shared)
    shared.catalog.remove(MINE)
    press(app, "draft|start-over")
    assert "no longer knows" in said(app)
    assert text(app, shared) == "an old draft"
    assert app.session_state["desk"].drafts[MINE]["values"]["prompt"] == "half of mine"


def rename(shared: Services, spec: ModelSpec, model: str) -> None:
    """The provider lists `spec` under one of its other names."""
    row = {
        "id": model,
        "aliases": [spec.id],
        "type": "internal/video-generations/submit",
        "info": {"name": "X"},
    }
    shared.catalog.set_list(Destination.LIVE, [row])
    told = json.loads(json.dumps(spec.document).replace(spec.id, model))
    shared.catalog.learn({model: read_document(told, model_id=model)})
    assert shared.catalog.find(spec.id) is shared.catalog.find(model) is not spec


@pytest.mark.parametrize("old", ["", "an old draft"])
def test_a_model_that_is_called_otherwise_keeps_what_was_typed(shared: Services, old: str) -> None:
    spec = next(model for model in shared.catalog.models if model.aliases)
    alias, prompt = spec.aliases[0], prompt_of(spec)
    if old:
        shared.store.drafts.save("ann", alias, {"values": {prompt: old}}, 1.0)
    app = write(studio(model=spec.id), shared, "half of it")
    rename(shared, spec, alias)
    report(app, spec.id, "all of it")
    sound(app.button(key="generate").click().run())
    assert asked(shared) == []
    assert (app.session_state["desk"].model, text(app, shared)) == (alias, "all of it")
    assert app.session_state[f"{alias}|{app.session_state['desk'].edition}|{prompt}:text"] == "all of it"
    assert text(studio(), shared) == "all of it"
    earlier = [one.value["values"][prompt] for one in shared.store.drafts.earlier("ann", alias)]
    assert earlier == ([old] if old else [])
    generate(app)
    assert asked(shared) == [(alias, "all of it")]


def test_a_document_under_another_name_comes_and_goes_without_taking_a_text(shared: Services) -> None:
    spec = next(model for model in shared.catalog.models if model.aliases)
    app = write(studio(model=spec.id), shared, "typed before")
    shared.catalog.add(json.loads(json.dumps(spec.document).replace(spec.id, spec.aliases[0])))
    assert text(sound(app.run()), shared) == "typed before"
    write(app, shared, "typed after")
    shared.catalog.remove(spec.aliases[0])
    assert text(sound(app.run()), shared) == "typed after"
    assert app.session_state["desk"].model == spec.id


def test_earlier_versions_come_back_under_the_present_name(shared: Services) -> None:
    spec = next(model for model in shared.catalog.models if model.aliases)
    app = press(write(studio(model=spec.id), shared, "the first try"), "draft|start-over")
    write(app, shared, "the second")
    rename(shared, spec, spec.aliases[0])
    open_tool(app, "Earlier versions")
    [radio] = [radio for radio in app.radio if radio.key == "draft|version"]
    assert "the first try" in radio.options
    named = [one for one in shared.store.drafts.earlier("ann", spec.id) if "the first try" in str(one.value)]
    radio.set_value(named[0].id)
    press(app, "draft|bring-back")
    assert text(app, shared) == "the first try"


def test_a_session_that_opens_later_finds_what_was_typed_under_the_former_name(shared: Services) -> None:
    spec = next(model for model in shared.catalog.models if model.aliases)
    other = next(model for model in shared.catalog.models if not model.aliases)
    for model in (spec, other):
        write(studio(model=model.id), shared, f"for {model.id}")
    rename(shared, spec, spec.aliases[0])
    app = studio()
    assert (app.session_state["desk"].model, text(app, shared)) == (other.id, f"for {other.id}")
    desk = app.session_state["desk"]
    assert desk.drafts[spec.aliases[0]]["values"][prompt_of(spec)] == f"for {spec.id}"
    write(studio(model=spec.aliases[0]), shared, "chosen under the new name")
    shared.catalog.add(json.loads(json.dumps(spec.document)))
    assert text(studio(), shared) == "chosen under the new name"
