"""What Python makes of what a browser sends about a storyboard. The browser's side: tests/browser/test_editor.py."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.storyboard import editor
from components.storyboard.editor import TOO_MANY, board_now, board_problem, set_board
from components.storyboard.holding import TOO_MUCH
from components.storyboard.storyboard import MOST_CHARACTERS, MOST_SHOTS, Board, Budget, board_from

KEY = "model|shots"
FORMER = board_from([("former", 2)])
NEW = board_from([("one", 3), ("two", 4)])
BUDGET = Budget(usual=5)


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A session state that is a plain dictionary."""
    state: dict[str, Any] = {f"{KEY}:board": FORMER}
    monkeypatch.setattr("streamlit.session_state", state)
    return state


def sent(board: object, revision: str = "", **more: Any) -> dict[str, Any]:
    """What our own page sends."""
    return {"revision": revision, "board": board.as_json() if isinstance(board, Board) else board, **more}


def report(session: dict[str, Any], contents: object) -> Board | None:
    """A report arrives; what is kept then."""
    session[KEY] = {"report": contents}
    editor._reported(KEY, lambda: None)
    kept: Board | None = session[f"{KEY}:board"]
    return kept


def submit(session: dict[str, Any], contents: object) -> list[Board | None]:
    """Ctrl+Enter arrives; the boards that were submitted."""
    submitted: list[Board | None] = []
    session[KEY] = {"submit": contents}
    editor._pressed(KEY, lambda: submitted.append(board_now(KEY)))
    return submitted


def paste(session: dict[str, Any], text: Any, at: Any = 0, board: object = NEW, **more: Any) -> Board | None:
    """Pasted rows arrive; what is kept then."""
    session[KEY] = {
        "paste": sent(board, session.get(f"{KEY}:revision", ""), at=at, text=text, id="1", **more)
    }
    editor._pasted(KEY, BUDGET, lambda: None)
    kept: Board | None = session[f"{KEY}:board"]
    return kept


def test_a_report_is_kept_as_it_came(session: dict[str, Any]) -> None:
    assert report(session, sent(NEW)) == NEW
    assert board_now(KEY) == NEW
    assert board_now("another") is None


def test_a_board_is_seen_before_it_is_heard(session: dict[str, Any]) -> None:
    session[KEY] = {"report": sent(NEW)}
    assert board_now(KEY) == NEW
    assert session[f"{KEY}:board"] == FORMER


def test_a_submission_brings_its_board(session: dict[str, Any]) -> None:
    assert submit(session, sent(NEW)) == [NEW]


SHOT = {"id": "s1", "text": "", "seconds": 1}


@pytest.mark.parametrize(
    "contents",
    [
        None,
        "board",
        17,
        [],
        {},
        {"revision": "", "board": 17},
        {"revision": ""},
        {"board": NEW.as_json()},
        {"revision": None, "board": NEW.as_json()},
        {"revision": "", "board": {"shots": None}},
        {"revision": "", "board": {"shots": [{**SHOT, "seconds": 0}]}},
        {"revision": "", "board": {"shots": [{**SHOT, "seconds": float("nan")}]}},
        {"revision": "", "board": {"shots": [{**SHOT, "seconds": True}]}},
        {"revision": "", "board": {"shots": [{**SHOT, "id": "<b>"}]}},
        {"revision": "", "board": {"shots": [SHOT, SHOT]}},
        {"revision": "", "board": {"shots": [{**SHOT, "text": "x" * (MOST_CHARACTERS + 1)}]}},
        {"revision": "", "board": {"shots": [{**SHOT, "id": f"s{n}"} for n in range(MOST_SHOTS + 1)]}},
    ],
)
def test_what_is_not_of_our_making_changes_nothing(session: dict[str, Any], contents: object) -> None:
    assert report(session, contents) == FORMER
    assert submit(session, contents) == []
    session[KEY] = {"paste": contents}
    editor._pasted(KEY, BUDGET, lambda: None)
    assert board_now(KEY) == FORMER
    assert board_problem(KEY) == ""


def test_more_than_is_kept_leaves_the_former_board_with_a_sentence(session: dict[str, Any]) -> None:
    assert report(session, sent(None)) == FORMER
    assert board_problem(KEY) == TOO_MUCH
    assert submit(session, sent(None)) == []
    assert paste(session, "a\nb", board=None) == FORMER
    assert report(session, sent(NEW)) == NEW
    assert board_problem(KEY) == ""


def test_what_was_edited_before_a_replacement_arrived_does_not_undo_it(session: dict[str, Any]) -> None:
    report(session, sent(NEW))
    set_board(KEY, FORMER, "Fitted.")
    assert report(session, sent(NEW)) == FORMER
    assert submit(session, sent(NEW)) == []
    revision = session[f"{KEY}:revision"]
    assert report(session, sent(NEW, revision)) == NEW
    assert session[f"{KEY}:said"] == "Fitted."


@pytest.mark.parametrize(
    ("text", "at", "more", "wanted"),
    [
        ("a\t3\nb\t4", 0, {}, [("a", 3), ("b", 4)]),
        ("a\t3\nb\t4", 1, {}, [("one", 3), ("a", 3), ("b", 4)]),
        ("a\t3\nb\t4\n", 2, {}, [("one", 3), ("two", 4), ("a", 3), ("b", 4)]),
        ("a\nb\nc", 0, {}, [("a", 3), ("b", 4), ("c", 5)]),
        ("a\r\nb\r\n", 1, {}, [("one", 3), ("a", 4), ("b", 5)]),
        ("7\n8\n9", 0, {"column": "seconds"}, [("one", 7), ("two", 8), ("", 9)]),
        ("7\n8\n9\n", 1, {"column": "seconds"}, [("one", 3), ("two", 7), ("", 8), ("", 9)]),
        ("a\t7\nb\t8", 0, {"column": "seconds"}, [("a", 7), ("b", 8)]),
    ],
)
def test_pasted_rows_go_over_what_stands_from_there_on(
    session: dict[str, Any], text: str, at: int, more: dict[str, str], wanted: list[tuple[str, int]]
) -> None:
    board = paste(session, text, at, **more)
    assert board is not None
    assert board.rows == tuple(wanted)
    assert board.shots[0].id == NEW.shots[0].id
    assert session[f"{KEY}:revision"] != ""
    assert session[f"{KEY}:said"] == f"{len(wanted) - at} rows pasted."
    assert session[f"{KEY}:pasted"] == {"id": "1", "problem": ""}


def test_the_same_rows_are_not_pasted_twice(session: dict[str, Any]) -> None:
    session[KEY] = {"paste": sent(NEW, at=2, text="a\nb", id="1")}
    editor._pasted(KEY, BUDGET, lambda: None)
    once = session[f"{KEY}:board"]
    editor._pasted(KEY, BUDGET, lambda: None)
    assert session[f"{KEY}:board"] == once
    assert len(once.shots) == 4


@pytest.mark.parametrize(
    ("at", "text", "more"),
    [
        (-1, "a\nb", {}),
        (3, "a\nb", {}),
        (True, "a\nb", {}),
        ("0", "a\nb", {}),
        (0, 17, {}),
        (0, None, {}),
    ],
)
def test_a_paste_that_our_page_does_not_send_is_passed_over(
    session: dict[str, Any], at: Any, text: Any, more: dict[str, Any]
) -> None:
    assert paste(session, text, at, **more) == NEW
    assert f"{KEY}:pasted" not in session


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("\n".join(["a"] * (MOST_SHOTS - 1)), TOO_MANY),
        ("\n".join(["a"] * (MOST_SHOTS + 1)), None),
        ("x" * MOST_CHARACTERS + "\ny", None),
        ("\t\n\t", "There is nothing to paste in this."),
    ],
    ids=["too many with the others", "too many", "too long", "nothing"],
)
def test_rows_that_cannot_be_taken_leave_the_board_and_say_why(
    session: dict[str, Any], text: str, sentence: str | None
) -> None:
    assert paste(session, text, at=2) == NEW
    told = session[f"{KEY}:pasted"]
    assert told["id"] == "1"
    assert told["problem"].endswith(".")
    assert len(told["problem"]) < 200
    assert sentence is None or told["problem"] == sentence


def page() -> None:
    import streamlit as st

    from components.catalog.spec import ListOf, Text
    from components.storyboard.editor import board_now, set_board, storyboard_editor
    from components.storyboard.shapes import Shape
    from components.storyboard.storyboard import Budget, board_from

    if st.button("Fit"):
        set_board("one", board_from([("a fox", 3), ("a dog, 5 seconds", 9)]), "Fitted.")
    if st.toggle("Show", value=True):
        shots = ListOf(name="shots", label="Shots", item=Text(name="shot", label="Shot"))
        storyboard_editor(
            board_from([("<b>", 3)]),
            key="one",
            shape=Shape(shots, Budget((5, 10), (3, 9), most_text=512, usual=3)),
            problems={"": "Something is wrong."} if st.toggle("Insist") else {},
            on_change=lambda: None,
            on_submit=lambda: None,
        )
    st.text(repr(board_now("one").rows))  # type: ignore[union-attr] # it was drawn


def told(app: AppTest) -> dict[str, Any]:
    """What the browser is told."""
    (component,) = app.get("bidi_component")
    return dict(json.loads(component.proto.mixed.json or component.proto.json))


def test_the_editor_tells_the_browser_the_board_its_budget_and_what_will_be_sent() -> None:
    app = AppTest.from_function(page).run()
    assert app.text[0].value == "(('<b>', 3),)"
    first = told(app)
    assert first["board"] == board_from([("<b>", 3)]).as_json()
    assert (first["key"], first["revision"], first["most"]) == ("one", "", MOST_CHARACTERS)
    assert first["budget"] == {
        "totals": [5, 10],
        "lengths": [3, 9],
        "most_shots": None,
        "most_text": 512,
        "usual": 3,
    }
    assert (first["text_only"], first["problems"], first["spoken"]) == (True, {}, {})
    assert first["sent"] == {"s1": "<b>, 3 seconds."}
    app.button[0].click().run()
    second = told(app)
    assert second["sent"] == {"s1": "a fox, 3 seconds."}
    assert second["spoken"] == {"s2": 5}
    assert second["said"] == "Fitted."
    assert second["revision"] != ""
    app.toggle[1].set_value(True).run()
    assert told(app)["problems"] == {"": "Something is wrong."}
    app.toggle[0].set_value(False).run()
    assert app.text[0].value == "(('a fox', 3), ('a dog, 5 seconds', 9))"
    app.toggle[0].set_value(True).run()
    assert told(app)["board"]["shots"][1]["text"] == "a dog, 5 seconds"
    assert not app.exception
