"""What Python makes of what a browser sends about the prompt field. The browser's side: tests/browser."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from components.form import prompt
from components.form.prompt import MOST, TOO_LONG, prompt_problem, prompt_text, set_prompt
from components.reports import clean_text

KEY = "model|prompt"


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A session state that is a plain dictionary."""
    state: dict[str, Any] = {f"{KEY}:text": "former"}
    monkeypatch.setattr("streamlit.session_state", state)
    return state


def arrive(session: dict[str, Any], contents: object, event: str = "report") -> list[str]:
    """What the browser sends arrives; gives the texts that were announced as changed or submitted."""
    heard: list[str] = []
    session[KEY] = {event: contents}

    def changed() -> None:
        heard.append(f"changed {prompt_text(KEY)}")

    if event == "submit":
        prompt._pressed(KEY, changed, lambda: heard.append(f"submitted {prompt_text(KEY)}"))
    else:
        prompt._reported(KEY, changed)
    return heard


def test_a_report_is_kept_and_announced_once(session: dict[str, Any]) -> None:
    assert arrive(session, {"revision": "", "text": "new"}) == ["changed new"]
    assert arrive(session, {"revision": "", "text": "new"}) == []
    assert session[f"{KEY}:text"] == "new"


def test_a_submission_brings_its_text(session: dict[str, Any]) -> None:
    assert arrive(session, {"revision": "", "text": "new"}, "submit") == ["changed new", "submitted new"]
    assert arrive(session, {"revision": "", "text": "new"}, "submit") == ["submitted new"]


def test_a_text_is_seen_before_it_is_heard(session: dict[str, Any]) -> None:
    session[KEY] = {"report": {"revision": "", "text": "just come"}}
    assert prompt_text(KEY) == "just come"
    assert session[f"{KEY}:text"] == "former"


def test_there_is_no_text_before_the_first_run(session: dict[str, Any]) -> None:
    assert prompt_text("another") is None


@pytest.mark.parametrize(
    "contents",
    [
        None,
        "text",
        17,
        [],
        {},
        {"text": "x"},
        {"revision": None, "text": "x"},
        {"revision": "x" * 65, "text": "x"},
        {"revision": "", "text": 17},
        {"revision": "", "text": ["x"]},
        {"revision": "", "text": {"x": "x"}},
        {"revision": ["x"], "text": "x"},
    ],
)
@pytest.mark.parametrize("event", ["report", "submit"])
def test_what_is_not_of_our_making_changes_nothing(
    session: dict[str, Any], contents: object, event: str
) -> None:
    assert arrive(session, contents, event) == []
    assert prompt_text(KEY) == "former"
    assert prompt_problem(KEY) == ""


def test_a_state_that_is_no_mapping_changes_nothing(session: dict[str, Any]) -> None:
    session[KEY] = "garbage"
    assert prompt_text(KEY) == "former"


@pytest.mark.parametrize("text", [None, "x" * (MOST + 1)])
def test_more_than_is_kept_leaves_the_former_text_with_a_problem(
    session: dict[str, Any], text: str | None
) -> None:
    assert arrive(session, {"revision": "", "text": text}) == []
    assert prompt_text(KEY) == "former"
    assert prompt_problem(KEY) == TOO_LONG
    assert arrive(session, {"revision": "", "text": text}, "submit") == []
    del session[KEY]  # on another page
    assert prompt_problem(KEY) == TOO_LONG
    assert arrive(session, {"revision": "", "text": "x" * MOST}) != []
    assert prompt_problem(KEY) == ""


def test_what_was_typed_before_a_replacement_arrived_does_not_undo_it(session: dict[str, Any]) -> None:
    arrive(session, {"revision": "", "text": "typed"})
    set_prompt(KEY, "starter")
    first = session[f"{KEY}:revision"]
    assert prompt_text(KEY) == "starter"  # although the older report still lies there
    assert arrive(session, {"revision": "", "text": "typed on"}) == []
    assert arrive(session, {"revision": "", "text": "typed on"}, "submit") == []
    assert prompt_text(KEY) == "starter"
    assert arrive(session, {"revision": first, "text": "starter!"}) == ["changed starter!"]
    set_prompt(KEY, "another")
    assert arrive(session, {"revision": first, "text": "starter!!"}) == []
    assert prompt_text(KEY) == "another"


def test_a_new_session_takes_the_revision_that_the_browser_is_at(session: dict[str, Any]) -> None:
    assert arrive(session, {"revision": "of the session before", "text": "typed"}) == ["changed typed"]
    assert arrive(session, {"revision": "", "text": "older"}) == []
    assert arrive(session, {"revision": "of the session before", "text": "typed on"}) == ["changed typed on"]


@pytest.mark.parametrize("revision", ["", "of the session before", "another"])
def test_a_receipt_is_given_back_even_for_what_is_not_kept(session: dict[str, Any], revision: str) -> None:
    session[f"{KEY}:revision"] = "of the session before"
    arrive(session, {"revision": revision, "text": "typed", "receipt": "17"})
    assert session[f"{KEY}:receipt"] == "17"
    for nonsense in (18, None, "x" * 65):
        arrive(session, {"revision": revision, "text": "typed", "receipt": nonsense})
        assert session[f"{KEY}:receipt"] == "17"


def test_a_replacement_ends_a_problem(session: dict[str, Any]) -> None:
    arrive(session, {"revision": "", "text": None})
    set_prompt(KEY, "starter")
    assert prompt_problem(KEY) == ""


@given(st.text(st.characters(codec=None)))
def test_a_kept_text_can_be_written_and_is_as_long_as_the_browser_counts(text: str) -> None:
    kept = clean_text(text)
    kept.encode("utf-8")
    assert "\r" not in kept
    assert len(kept) == len(text.replace("\r\n", "\n"))
    assert kept.count("\x00") == text.count("\x00")
    assert clean_text(kept) == kept


def page() -> None:
    import streamlit as st

    from components.form.prompt import prompt_field, set_prompt

    if st.button("Starter"):
        set_prompt("one", "starter")
    if st.toggle("Show", value=True):
        got = prompt_field("Prompt", "from the store", key="one", limit=10, rows=4)
        st.text(f"{got.text}|{got.submitted}|{got.problem}")


def test_the_field_begins_with_its_value_and_keeps_its_text_while_it_is_not_shown() -> None:
    app = AppTest.from_function(page).run()
    assert app.text[0].value == "from the store|False|"
    app.session_state["one:text"] = "typed"
    app.toggle[0].set_value(False).run()
    app.toggle[0].set_value(True).run()
    assert app.text[0].value == "typed|False|"
    app.button[0].click().run()
    assert app.text[0].value == "starter|False|"
    assert not app.exception
