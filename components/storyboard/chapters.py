"""A storyboard's planned cuts as WebVTT chapters (https://www.w3.org/TR/webvtt1/), for the player's track."""

from __future__ import annotations

from html import escape

from components.reports import clean_text
from components.storyboard.storyboard import Board
from components.words import excerpt

_FIRST_WORDS = 60


def chapters_vtt(board: Board) -> str:
    """A WebVTT file: each shot from its planned cut to the next, named by its number and its first words."""
    cues = [
        f"{_moment(cut)} --> {_moment(cut + shot.seconds)}\n{_name(n, shot.text)}\n"
        for n, (shot, cut) in enumerate(zip(board.shots, board.cuts, strict=True), 1)
    ]
    return "\n".join(["WEBVTT\n", *cues])


def _name(number: int, text: str) -> str:
    words = excerpt(clean_text(text).replace("\0", "\ufffd"), _FIRST_WORDS)
    # With ">" written as a reference no text holds the arrow that ends a cue.
    return escape(f"{number}. {words}".rstrip(), quote=False)


def _moment(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest:02}.000"
