"""What a session holds of a board: Python's copy of what the browser has. Pure; the session's state is passed in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.reports import Held, NotOurs, State, TooMuch
from components.storyboard.storyboard import MOST_CHARACTERS, Board, read_board

TOO_MUCH = (
    f"This storyboard has more than {MOST_CHARACTERS:,} characters, more than can be kept here. "
    "Please shorten it."
)


def held_board(state: State, key: str) -> Held[Board]:
    """What the editor called `key` holds."""
    return Held(state, key, "board", _read)


def put_board(state: State, key: str, board: Board, said: str = "") -> None:
    """Replaces the board, in the browser too, from the editor's next run on: there one step that can be undone.

    `said` is a sentence on what was done, shown and told to screen readers: "Fitted to 15 s."
    """
    held_board(state, key).put(board)
    state[f"{key}:said"] = said


def _read(contents: Mapping[str, Any]) -> Board:
    if "board" in contents and contents["board"] is None:  # the browser kept it back, since it is too long
        raise TooMuch(TOO_MUCH)
    board = read_board(contents.get("board"))
    if board is None:
        raise NotOurs
    return board
