"""A tiny app around the storyboard editor, for its own tests: what arrives is written to a file."""

import json
import os
from pathlib import Path

import streamlit as st

from components.catalog.spec import ListOf, Number, Role, Text
from components.storyboard.editor import board_now, board_problem, set_board, storyboard_editor
from components.storyboard.shapes import Shape, compiled
from components.storyboard.storyboard import Board, Budget, board_from, read_board

DATA = Path(os.environ["PLAYGROUND_DATA"])
KEY = "one"
SHAPES = {
    "Objects": Shape(
        ListOf(name="shots", label="Shots", item=Text(name="shot", label="Shot", role=Role.PROMPT)),
        Budget(tuple(range(3, 16)), tuple(range(1, 16)), most_shots=6, most_text=512),
        text_name="text",
        seconds_name="seconds",
        total=Number(name="duration", label="Duration", integer=True),
    ),
    "Texts": Shape(
        ListOf(name="shots", label="Shots", item=Text(name="shot", label="Shot", role=Role.PROMPT)),
        Budget(tuple(range(3, 16)), tuple(range(1, 16))),
    ),
    "Steps": Shape(
        ListOf(name="shots", label="Shots", item=Text(name="shot", label="Shot", role=Role.PROMPT)),
        Budget((5, 10), (5, 10), usual=5),
        seconds_name="seconds",
    ),
    "Long": Shape(
        ListOf(name="shots", label="Shots", item=Text(name="shot", label="Shot", role=Role.PROMPT)),
        Budget(tuple(range(3, 301)), tuple(range(1, 61)), most_text=512),
        text_name="text",
        seconds_name="seconds",
    ),
}


def last_number() -> int:
    """The number of the last showing: a link within the app does not have it."""
    return max((int(file.stem.removeprefix("board-")) for file in DATA.glob("board-*.json")), default=0)


def note(event: str) -> None:
    with (DATA / "events.jsonl").open("a") as file:
        board = board_now(KEY)
        said = {"event": event, "rows": board and board.rows, "problem": board_problem(KEY)}
        file.write(json.dumps(said) + "\n")


def write() -> None:
    st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    # Each showing has a file of its own: a run that the last test left behind may write when the next has begun.
    number = st.session_state.setdefault("number", int(st.query_params.get("board", last_number())))
    draft = DATA / f"board-{number}.json"
    kept = read_board(json.loads(draft.read_text())) if draft.exists() else None
    chosen = st.query_params.get("shape", "Objects")
    shape = SHAPES[chosen]
    insist = st.toggle("Insist")
    board = board_now(KEY) or kept or Board()
    empty = {shot.id: "This shot needs a text." for shot in board.shots if not shot.text.strip()}
    problems = empty | {"": "The storyboard cannot be sent like this."} if insist else {}
    storyboard_editor(
        board,
        key=KEY,
        shape=shape,
        problems=problems,
        on_change=lambda: None,
        on_submit=lambda: note("submit callback"),
    )
    board = board_now(KEY) or Board()
    if kept != board:
        whole = draft.with_suffix(".new")
        whole.write_text(json.dumps(board.as_json()), encoding="utf-8")
        whole.replace(draft)
    if st.button("Generate", type="primary", shortcut="Ctrl+Enter", on_click=note, args=("click callback",)):
        note("click")
    st.button(
        "Replace",
        on_click=lambda: set_board(KEY, board_from([("A fox", 4), ("in the snow", 6)]), "Fitted to 10 s."),
    )
    st.text_input("Beside")
    st.code(json.dumps(compiled(board, shape)))
    st.caption(f"Run {st.session_state['runs']}")


def elsewhere() -> None:
    st.title("Elsewhere")


page = st.navigation([st.Page(write, default=True), st.Page(elsewhere)])
page.run()
