"""The storyboard editor: shots under a time bar, edited in the browser, with undo.

The browser holds the board while somebody edits it and reports every change (`components/reports.py` says how).
Python keeps a copy under f"{key}:board" and replaces what the browser holds by `set_board` alone, which there is
one step that can be undone.

The browser's half is one module, put together from files of one idea each: reports, the board and its history
(`board.js`, without a screen), then the screen, and last `editor.js`, which ties them together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

import streamlit as st

from components.reports import REPORTS_JS, Held, clean_text, lean
from components.storyboard.holding import held_board, put_board
from components.storyboard.reading import Unreadable, read_rows
from components.storyboard.shapes import Shape, sent_text, spoken_length
from components.storyboard.storyboard import (
    MOST_CHARACTERS,
    MOST_SECONDS,
    MOST_SHOTS,
    Board,
    Budget,
    read_board,
)

HERE = Path(__file__).parent

TOO_MANY = (
    f"With these rows the storyboard would have more than {MOST_SHOTS} shots or {MOST_CHARACTERS:,} characters. "
    "Please paste fewer."
)

WRONG_LENGTH = "What was typed as the seconds of a shot is no length that a shot can have."

_WHOLE = re.compile("[0-9]{1,4}")
_LONGEST_ID = 64

_SCRIPTS = (
    "board.js",
    "timebar.js",
    "shot.js",
    "drag.js",
    "steps.js",
    "seconds.js",
    "keys.js",
    "pasting.js",
    "editor.js",
)


_component = st.components.v2.component(
    "storyboard_editor",
    html=(HERE / "editor.html").read_text(encoding="utf-8"),
    css=(HERE / "editor.css").read_text(encoding="utf-8"),
    js=lean(REPORTS_JS + "".join((HERE / name).read_text(encoding="utf-8") for name in _SCRIPTS)),
)


def storyboard_editor(
    board: Board,
    *,
    key: str,
    shape: Shape,
    problems: Mapping[str, str],
    on_change: Callable[[], None],
    on_submit: Callable[[], None],
) -> None:
    """Draws the editor. What it holds is read with `board_now`.

    `board` is what it starts with in a new session and is not looked at again. `problems` are sentences by the id
    of a shot, and by "" for the whole board. `on_change` runs when a changed board has arrived, `on_submit` when
    Ctrl+Enter was pressed: both before the page, with the board already in place. Not to be used inside `st.form`.
    """
    held = _held(key)
    new_here = held.start(board)
    kept = held.kept() or board
    said = problems if not held.problem() else {**problems, "": held.problem()}
    result = _component(
        key=key,
        data={
            "key": key,
            "board": kept.as_json(),
            **held.marks(),
            "budget": asdict(shape.budget),
            "most": MOST_CHARACTERS,
            "text_only": shape.is_text_only,
            "problems": dict(said),
            "sent": {
                shot.id: sent for shot in kept.shots if (sent := sent_text(shot, kept, shape)) != shot.text
            },
            "spoken": {
                shot.id: spoken
                for shot in kept.shots
                if (spoken := spoken_length(shot.text)) not in (None, shot.seconds)
            },
            "said": st.session_state.get(f"{key}:said", ""),
            "pasted": st.session_state.get(f"{key}:pasted", {}),
        },
        on_report_change=lambda: _reported(key, on_change),
        on_submit_change=lambda: _pressed(key, on_submit),
        on_paste_change=lambda: _pasted(key, shape.budget, on_change),
    )
    if new_here:
        # A server that was started again behind an open page: the browser has told what it holds.
        held.hear(result.get("report"))


def board_now(key: str) -> Board | None:
    """What the editor called `key` holds, in callbacks and above the editor too; None before its first run."""
    return _held(key).now()


def board_problem(key: str) -> str:
    """Why `board_now` is not what stands in the editor: a sentence; empty where it is."""
    said = st.session_state.get(key)
    report = said.get("report") if isinstance(said, Mapping) else None
    is_wrong = isinstance(report, Mapping) and report.get("wrong") is True
    return _held(key).problem() or (WRONG_LENGTH if is_wrong else "")


def set_board(key: str, board: Board, said: str = "") -> None:
    """`put_board` in this session."""
    put_board(st.session_state, key, board, said)


def _held(key: str) -> Held[Board]:
    return held_board(st.session_state, key)


def _reported(key: str, on_change: Callable[[], None]) -> None:
    _held(key).hear_report()
    on_change()  # also where nothing could be kept: that is a problem, or the end of one


def _pressed(key: str, on_submit: Callable[[], None]) -> None:
    if _held(key).hear(st.session_state[key].get("submit")):
        on_submit()


def _pasted(key: str, budget: Budget, on_change: Callable[[], None]) -> None:
    """Puts pasted rows over what stands in the table from a row on, or says why not."""
    contents = st.session_state[key].get("paste")
    held = _held(key)
    if not held.hear(contents):
        return
    board = held.kept() or Board()
    at, id, text = contents.get("at"), contents.get("id"), contents.get("text")
    if not isinstance(text, str) or not isinstance(id, str) or len(id) > _LONGEST_ID:
        return
    if isinstance(at, bool) or not isinstance(at, int) or not 0 <= at <= len(board.shots):
        return
    problem, rows = "", []
    try:
        rows = _rows(text, budget, board, at, of_seconds=contents.get("column") == "seconds")
        pasted = board.put(rows, at)
        if not rows:
            problem = "There is nothing to paste in this."
        elif read_board(pasted.as_json()) is None:
            problem = TOO_MANY
    except Unreadable as unreadable:
        problem = str(unreadable)
    st.session_state[f"{key}:pasted"] = {"id": id, "problem": problem}
    if not problem:
        set_board(key, pasted, "1 row pasted." if len(rows) == 1 else f"{len(rows)} rows pasted.")
    on_change()


def _rows(text: str, budget: Budget, board: Board, at: int, *, of_seconds: bool) -> list[tuple[str, int]]:
    """What to put in the places from `at` on. Raises Unreadable."""
    there = dict(enumerate(board.rows))
    lines = text.strip().split()
    if of_seconds and all(_WHOLE.fullmatch(line) and 1 <= int(line) <= MOST_SECONDS for line in lines):
        lengths = map(int, lines)
        return [(there.get(n, ("", 0))[0], seconds) for n, seconds in enumerate(lengths, at)]
    rows = enumerate(read_rows(text, budget), at)
    return [
        (clean_text(text), there.get(n, ("", budget.usual))[1] if seconds is None else seconds)
        for n, (text, seconds) in rows
    ]
