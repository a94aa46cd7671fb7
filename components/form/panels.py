"""The tools under the storyboard: fit, split, import, export, saved boards, clear.

One at a time opens below the row, on the page itself: a dialog would be closed by the next run of the page. What a
tool does it does in a callback, with the newest board that the browser has told of.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from components.form.incoming import import_panel, split_panel
from components.form.saved_boards import boards_panel, fresh
from components.storyboard.editor import board_now, board_problem, set_board
from components.storyboard.shapes import Shape
from components.storyboard.sheet import sheet_html
from components.storyboard.storyboard import Board, Budget
from components.storyboard.writing import FORMATS
from components.words import excerpt

FIT, SPLIT, IMPORT, EXPORT, BOARDS = "Fit", "Split a prompt", "Import", "Export", "My boards"
_ICONS = {FIT: "fit_width", SPLIT: "splitscreen", IMPORT: "upload", EXPORT: "download", BOARDS: "folder_open"}

_FEW = 5
"""Up to so many lengths stand side by side; more are a slider."""


def panels(key: str, shape: Shape, board: Board, *, prompt: str, owner: str, name: str) -> None:
    """Draws the row of tools for the editor called `key`, and below it the one that is open.

    `board` is used until the editor has run once. `prompt` is the model's single prompt, to be split; `name` is
    what exported files are called.
    """
    board = board_now(key) or board
    tool_key = f"{key}|tool"
    tools = [tool for tool in _ICONS if tool != FIT or shape.budget.totals]

    def done() -> None:
        st.session_state[tool_key] = None

    # Always one container, whatever stands in it: a tool that opens moves no field behind it to another place.
    with st.container():
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            tool = st.pills(
                "Tools for the storyboard",
                tools,
                key=tool_key,
                format_func=lambda tool: f":material/{_ICONS[tool]}: {tool}",
                label_visibility="collapsed",
                on_change=partial(fresh, key),
                persist_state="session",
            )
            st.button(
                "Clear",
                key=f"{key}|clear",
                icon=":material/delete_sweep:",
                type="tertiary",
                on_click=_clear,
                args=(key, shape.budget, board),
            )
        if tool is None:
            return
        with st.container(border=True):
            if problem := board_problem(key):
                # What the browser holds cannot be kept: no tool may put an older board in its place.
                st.error(problem)
            elif tool == FIT:
                _fit_panel(key, shape.budget, board, done)
            elif tool == SPLIT:
                split_panel(key, shape.budget, board, prompt, done)
            elif tool == IMPORT:
                import_panel(key, shape.budget, board, done)
            elif tool == EXPORT:
                _export_panel(key, board, name)
            else:
                boards_panel(key, board, owner, done)


def _clear(key: str, budget: Budget, board: Board) -> None:
    now = board_now(key) or board
    cleared = Board(write_lengths=now.write_lengths).add(budget)
    if now.rows != cleared.rows or board_problem(key):
        set_board(key, cleared, "Cleared.")


def _fit_panel(key: str, budget: Budget, board: Board, done: Callable[[], None]) -> None:
    """Every shot longer or shorter in proportion, shown before it is done."""
    chosen = f"{key}|fit"
    if st.session_state.get(chosen) not in budget.totals:
        st.session_state[chosen] = min(budget.totals, key=lambda length: abs(length - board.seconds))
    label, totals, seconds = "Length of the video", list(budget.totals), "{} s".format
    if len(totals) <= _FEW:
        st.segmented_control(label, totals, key=chosen, format_func=seconds, required=True)
    else:
        st.select_slider(label, totals, key=chosen, format_func=seconds)
    total: int = st.session_state[chosen]
    fitted = board.fit(budget, total)
    if fitted is None:
        st.warning(why_not(board, budget, total))
    elif fitted == board:
        st.caption(f"The shots are {total} s long already.")
    else:
        st.markdown("\n".join(_changes(board, fitted)))
        st.button(
            f"Fit to {total} s",
            key=f"{key}|fit-now",
            icon=":material/check:",
            on_click=_fit,
            args=(key, budget, board, total, done),
        )


def _fit(key: str, budget: Budget, board: Board, total: int, done: Callable[[], None]) -> None:
    now = board_now(key) or board
    fitted = now.fit(budget, total)
    if fitted is None:  # a shot came since it was offered; the panel now says why it cannot be
        return
    if fitted != now:
        set_board(key, fitted, f"Fitted to {total} s.")
    done()


def _changes(board: Board, fitted: Board) -> list[str]:
    """A line for each shot: how long it is, and how long it would be."""
    pairs = [(old.seconds, new.seconds) for old, new in zip(board.shots, fitted.shots, strict=True)]
    return [
        f"- Shot {n}: {old} s → **{new} s**" if old != new else f"- Shot {n}: {old} s, as it is"
        for n, (old, new) in enumerate(pairs, 1)
    ]


def why_not(board: Board, budget: Budget, total: int) -> str:
    """Why the shots cannot be `total` seconds long together, as a sentence."""
    count, shortest, longest = len(board.shots), budget.lengths[0], budget.lengths[-1]
    if count == 0:
        return "There is no shot yet that could be longer or shorter."
    shots, verb = ("1 shot", "does") if count == 1 else (f"{count} shots", "do")
    if count * shortest > total:
        return f"{shots} of at least {shortest} s {verb} not fit into {total} s."
    if count * longest < total:
        return f"{shots} of at most {longest} s {verb} not fill {total} s."
    allowed = ", ".join(map(str, budget.lengths[:-1])) + f" or {longest}"
    return f"{shots} of {allowed} s cannot make {total} s together."


def _export_panel(key: str, board: Board, name: str) -> None:
    """The board as a file. Nothing is made before somebody asks for it."""
    # A button that was drawn a moment ago still gives the board of this moment.
    newest: dict[str, Board] = st.session_state.setdefault(f"{key}|export", {})
    newest["board"] = board
    with st.container(horizontal=True):
        for format in FORMATS:
            write = partial(_written, newest, format.write)
            _download(key, format.name, format.ending, format.media_type, name, write)
        sheet = partial(_written, newest, partial(sheet_html, title=excerpt(name, 80) or "Storyboard"))
        _download(key, "Printable sheet", "html", "text/html", name, sheet)
    st.caption(
        "Import reads all of them back exactly, but the sheet: that one is for paper, six shots to a page."
    )


def _written(newest: Mapping[str, Board], write: Callable[[Board], str | bytes]) -> str | bytes:
    return write(newest["board"])


def _download(
    key: str, label: str, ending: str, media_type: str, name: str, write: Callable[[], str | bytes]
) -> None:
    st.download_button(
        label,
        write,
        file_name=file_name(name, ending),
        mime=media_type,
        key=f"{key}|export-{ending}",
        icon=":material/print:" if ending == "html" else ":material/download:",
        on_click="ignore",  # a run of the page would withdraw the file that is just being made
    )


def file_name(name: str, ending: str) -> str:
    """A file name that every system takes, in any script: "three-raccoons-storyboard.csv"."""
    plain = re.sub(r"[^\w]+|_", "-", unicodedata.normalize("NFKC", name[:400]).casefold())
    words = plain[:60].strip("-")
    return f"{words}-storyboard.{ending}" if words else f"storyboard.{ending}"
