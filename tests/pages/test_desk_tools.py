"""The tools for a draft on the real page: start over, hand on, take in, earlier versions, two windows."""

import json
import time
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.catalog.spec import ModelSpec, Role
from components.form.desk import STORYBOARD, has_storyboard
from components.form.draft import Draft
from components.form.handing_on import as_file, as_link
from components.jobs.labelling import Label
from components.services import Services
from components.storyboard.storyboard import Board, board_from
from tests.jobs.test_labelling import label_bytes, simple
from tests.pages.picking import choose_model
from tests.pages.playing import SHELL, keys, said, sound

PAGE = "http://127.0.0.1/"


def studio(owner: str = "ann", **query: str) -> AppTest:
    """The Studio in a window of its own."""
    app = AppTest.from_file(SHELL, default_timeout=30)
    app.context = {"url": PAGE, "timezone": "Europe/Berlin"}
    app.session_state["owner"] = owner
    for name, value in query.items():
        app.query_params[name] = value
    return sound(app.run())


def spec_of(app: AppTest, shared: Services) -> ModelSpec:
    spec = shared.catalog.find(app.session_state["desk"].model)
    assert spec is not None
    return spec


def prompt_of(spec: ModelSpec) -> str:
    prompt = spec.by_role(Role.PROMPT)
    assert prompt is not None
    return prompt.name


def write(app: AppTest, shared: Services, words: str) -> AppTest:
    """What a report of the browser does: the text stands in the field."""
    spec = spec_of(app, shared)
    edition = app.session_state["desk"].edition
    app.session_state[f"{spec.id}|{edition}|{prompt_of(spec)}:text"] = words
    return sound(app.run())


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click()
    return sound(app.run())


def open_tool(app: AppTest, tool: str) -> AppTest:
    app.pills(key="draft|tool").select(tool)
    return sound(app.run())


def text(app: AppTest, shared: Services) -> str:
    spec = spec_of(app, shared)
    return Draft(spec, app.session_state["desk"].draft(spec).values, False).prompt_text()


def kept_text(shared: Services, owner: str = "ann") -> str:
    return text(studio(owner), shared)


def link_to(draft: Draft, takes: int = 1) -> str:
    link = as_link(draft, takes, PAGE)
    assert link is not None
    return link.partition("draft=")[2]


def shots_model(shared: Services) -> ModelSpec:
    return next(spec for spec in shared.catalog.models if has_storyboard(spec))


def test_start_over_clears_the_fields_and_undo_brings_them_back(shared: Services) -> None:
    app = write(studio(), shared, "a **fox**")
    edition = app.session_state["desk"].edition
    press(app, "draft|start-over")
    assert app.session_state["desk"].edition != edition
    assert (text(app, shared), kept_text(shared)) == ("", "")
    assert "Started over" in said(app)
    press(app, "draft|undo")
    assert (text(app, shared), kept_text(shared)) == ("a **fox**", "a **fox**")
    assert "draft|undo" not in keys(app)


def test_undo_is_offered_until_something_is_typed_and_then_the_list_has_it(shared: Services) -> None:
    app = write(studio(), shared, "a **fox**")
    press(app, "draft|start-over")
    write(app, shared, "a bear")
    assert "draft|undo" not in keys(app)
    open_tool(app, "Earlier versions")
    [radio] = [radio for radio in app.radio if radio.key == "draft|version"]
    assert radio.options == ["a \\*\\*fox\\*\\*"]
    press(app, "draft|bring-back")
    assert text(app, shared) == "a **fox**"
    open_tool(app, "Earlier versions")
    assert [radio.options for radio in app.radio if radio.key == "draft|version"] == [["a bear"]]


def test_undo_is_offered_under_the_model_that_it_was_for(shared: Services) -> None:
    app = write(studio(), shared, "a fox")
    first, other = spec_of(app, shared), next(m for m in shared.catalog.models if not has_storyboard(m))
    assert other is not first
    press(app, "draft|start-over")
    choose_model(app, other.id)
    assert "draft|undo" not in keys(app)
    assert "Started over" not in said(app)
    choose_model(app, first.id)
    assert text(press(app, "draft|undo"), shared) == "a fox"


def test_undo_of_shots_is_offered_wherever_the_shots_are_seen(shared: Services) -> None:
    one, other = [spec for spec in shared.catalog.models if has_storyboard(spec)][:2]
    for spec in (one, other):
        shared.store.drafts.save("ann", spec.id, {"values": {}, "storyboard": True}, 1.0)
    shared.store.drafts.save("ann", STORYBOARD, board_from([("a shot", 5)]).as_json(), 1.0)
    app = press(studio(model=one.id), "draft|start-over")
    choose_model(app, other.id)
    press(app, "draft|undo")
    assert app.session_state["desk"].draft(other).plan.rows == (("a shot", 5),)


def test_start_over_in_a_storyboard_clears_the_shots_too(shared: Services) -> None:
    spec = shots_model(shared)
    values = {"values": {prompt_of(spec): "behind"}, "storyboard": True}
    shared.store.drafts.save("ann", spec.id, values, 1.0)
    shared.store.drafts.save("ann", STORYBOARD, board_from([("a shot", 5), ("another", 5)]).as_json(), 1.0)
    app = studio(model=spec.id)
    press(app, "draft|start-over")
    assert app.session_state["desk"].draft(spec).plan.is_blank
    assert app.session_state["desk"].draft(spec).storyboard
    press(app, "draft|undo")
    assert len(app.session_state["desk"].draft(spec).plan.shots) == 2
    assert app.session_state[f"{STORYBOARD}:board"].rows[0] == ("a shot", 5)
    assert text(app, shared) == "behind"


def test_two_windows_the_later_wins_and_says_so_and_the_other_comes_back(shared: Services) -> None:
    one, two = studio(), studio()
    write(one, shared, "a fox")
    write(two, shared, "a bear")
    assert "also changed in another window" in said(two)
    assert "also changed" not in said(one)
    assert kept_text(shared) == "a bear"
    assert kept_text(shared, "bob") == ""
    press(two, f"draft|crossed-{spec_of(two, shared).id}")
    assert (text(two, shared), kept_text(shared)) == ("a fox", "a fox")
    assert "also changed" not in said(two)


def test_a_notice_of_another_window_goes_when_it_is_left(shared: Services) -> None:
    one, two = studio(), studio()
    write(one, shared, "a fox")
    write(two, shared, "a bear")
    press(two, f"draft|crossed-{spec_of(two, shared).id}-left")
    assert "also changed" not in said(two)
    assert text(two, shared) == "a bear"


def test_a_link_goes_on_an_empty_desk_at_once_with_undo_and_leaves_the_address(shared: Services) -> None:
    spec = shared.catalog.models[1]
    app = studio(draft=link_to(Draft(spec, {prompt_of(spec): "a fox"}, False), takes=2))
    assert spec_of(app, shared) is spec
    assert text(app, shared) == "a fox"
    assert app.session_state["desk"].takes == 2
    assert "draft" not in app.query_params
    assert kept_text(shared) == "a fox"


@pytest.mark.parametrize("button", ["draft|put", "draft|leave"])
def test_a_link_asks_before_a_draft_is_replaced(shared: Services, button: str) -> None:
    spec = shared.catalog.models[0]
    write(studio(model=spec.id), shared, "half a **sentence**")
    app = studio(draft=link_to(Draft(spec, {prompt_of(spec): "a <b>fox</b>"}, False)))
    assert text(app, shared) == "half a **sentence**"
    assert "half a \\*\\*sentence\\*\\*" in said(app)
    assert "a \\<b\\>fox" in said(app)
    press(app, button)
    assert text(app, shared) == ("a <b>fox</b>" if button == "draft|put" else "half a **sentence**")
    assert not {"draft|put", "draft|leave"} & keys(app)
    if button == "draft|put":
        press(app, "draft|undo")
        assert text(app, shared) == "half a **sentence**"


@pytest.mark.parametrize("draft", ["", "%%%", "AAAA", "a" * 7000])
def test_a_link_that_is_none_gets_a_sentence_at_most(shared: Services, draft: str) -> None:
    app = studio(draft=draft)
    assert bool(app.error) is bool(draft)
    assert text(app, shared) == ""


def test_a_link_for_an_unknown_model_says_so_and_changes_nothing(shared: Services) -> None:
    spec = replace(shared.catalog.models[0], id="gone/**model**")
    app = studio(draft=link_to(Draft(spec, {prompt_of(spec): "a fox"}, False)))
    assert "gone/\\*\\*model\\*\\*" in said(app).replace("\\/", "/")
    assert "draft|put" not in keys(app)
    assert text(app, shared) == ""
    press(app, "draft|leave")
    assert "gone" not in said(app)


def test_a_draft_is_handed_on_as_a_link_that_opens_it(shared: Services) -> None:
    app = open_tool(write(studio(), shared, "a fox"), "Hand on")
    [link] = [code.value for code in app.code if "draft=" in code.value]
    assert link.startswith("http://127.0.0.1?draft=")
    other = studio("bob", draft=link.partition("draft=")[2])
    assert text(other, shared) == "a fox"
    long = "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(4_000))
    write(app, shared, long)
    assert not [code for code in app.code if "draft=" in code.value]
    assert "too long for a link" in said(app)


def paste(app: AppTest, words: str) -> AppTest:
    app.session_state["draft|paste:text"] = words
    return sound(app.run())


def test_a_file_or_a_request_that_is_pasted_is_shown_and_put_on_the_desk(shared: Services) -> None:
    spec = shared.catalog.models[1]
    app = open_tool(write(studio(), shared, "mine"), "Take in")
    content: Any = as_file(Draft(spec, {prompt_of(spec): "a fox"}, False), 1).decode()
    paste(app, content)
    assert text(app, shared) == "mine"
    press(app, "draft|use")
    assert (spec_of(app, shared), text(app, shared)) == (spec, "a fox")
    open_tool(app, "Take in")
    paste(app, json.dumps({"model": spec.id, prompt_of(spec): "a bear", "no_such": 1}))
    assert "no\\_such" in said(app)
    press(app, "draft|use")
    assert text(app, shared) == "a bear"
    press(app, "draft|undo")
    assert text(app, shared) == "a fox"


def drop(app: AppTest, name: str, content: bytes) -> AppTest:
    app.file_uploader(key="draft|file").set_value((name, content, "video/mp4"))
    return sound(app.run())


def test_a_video_that_was_downloaded_here_brings_its_settings_back(shared: Services) -> None:
    spec = shared.catalog.models[1]
    told = as_file(Draft(spec, {prompt_of(spec): "a **fox**"}, False), 1)
    video = label_bytes(simple(), Label(title="A fox", comment="", draft=told))
    app = drop(open_tool(write(studio(), shared, "mine"), "Take in"), "a-fox.mp4", video)
    assert "a \\*\\*fox\\*\\*" in said(app)
    assert text(app, shared) == "mine"
    press(app, "draft|use")
    assert (spec_of(app, shared), text(app, shared)) == (spec, "a **fox**")


def test_a_video_from_elsewhere_gets_a_sentence(shared: Services) -> None:
    app = drop(open_tool(studio(), "Take in"), "holiday.mp4", simple())
    assert "carries no settings" in said(app)
    assert "draft|use" not in keys(app)


@pytest.mark.parametrize("words", ["no JSON", "{}", "[" * 50_000, '{"model": "x/y"}'])
def test_what_cannot_be_taken_in_gets_a_sentence(shared: Services, words: str) -> None:
    app = paste(open_tool(studio(), "Take in"), words)
    assert app.error or app.warning
    assert "draft|use" not in keys(app)


def test_a_hostile_draft_draws_a_form_like_any_other(shared: Services) -> None:
    for spec in shared.catalog.models[:2]:
        values: dict[str, Any] = {
            p.name: {"@alternative": 3, "x": ["<script>", -1e300]} for p in spec.parameters
        }
        board = Board().as_json()
        told = {
            "format": "video-playground draft",
            "version": 1,
            "model": spec.id,
            "values": values,
            "board": board,
        }
        app = paste(open_tool(studio(), "Take in"), json.dumps(told))
        press(app, "draft|use")
        assert spec_of(app, shared) is spec


def test_a_changed_model_says_what_was_adapted_until_that_is_understood(shared: Services) -> None:
    spec = shared.catalog.models[0]
    values = {prompt_of(spec): "a fox", "ratio_mode": "wide"}
    draft = {"values": values, "storyboard": False, "@spec": "0" * 16}
    shared.store.drafts.save("ann", spec.id, draft, time.time())
    app = studio(model=spec.id)
    assert "“Ratio mode” is no longer taken" in said(app)
    press(app, "draft|understood")
    assert "no longer taken" not in said(app)
    assert "no longer taken" not in said(studio(model=spec.id))


def test_a_model_that_went_leaves_its_draft_and_what_fits_comes_along(shared: Services) -> None:
    first, second = shared.catalog.models[:2]
    shared.store.drafts.save("ann", "went/away", {"values": {prompt_of(second): "a fox", "x": 1}}, 1.0)
    shared.store.drafts.save("ann", "choices", {"model": "went/away"}, 1.0)
    app = studio()
    assert "no longer knows the model" in said(app)
    assert spec_of(app, shared) is first
    other = studio(model=second.id)
    assert text(other, shared) == "a fox"
    assert "no longer knows" not in said(other)
    assert shared.store.drafts.get("ann", "went/away") is not None
