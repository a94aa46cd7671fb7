"""A board as a file. Each of them is read back exactly by `reading.read_file`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from components.storyboard.cells import TAB, guarded
from components.storyboard.lists import list_item
from components.storyboard.storyboard import Board


@dataclass(frozen=True)
class Format:
    """A kind of file that boards are written in."""

    name: str
    """As people call it."""
    ending: str
    """Of the file name, without the dot."""
    media_type: str
    write: Callable[[Board], bytes]


def _csv(board: Board) -> bytes:
    """As Excel opens it: with a mark for UTF-8, without which it takes it for something older."""
    lines = ["Text,Seconds", *(f"{_quoted(guarded(shot.text))},{shot.seconds}" for shot in board.shots)]
    return _lines(lines)


def _tsv(board: Board) -> bytes:
    """As spreadsheets copy cells: quoted is only what needs it."""
    lines = [f"Text{TAB}Seconds"]
    for shot in board.shots:
        cell = guarded(shot.text)
        needs_quotes = any(mark in cell for mark in '\t\n"')
        lines.append(f"{_quoted(cell) if needs_quotes else cell}{TAB}{shot.seconds}")
    return _lines(lines)


def _json(board: Board) -> bytes:
    return (json.dumps(board.as_json(), ensure_ascii=False, indent=2) + "\n").encode()


def _markdown(board: Board) -> bytes:
    items = [list_item(f"{n}.", shot.text, shot.seconds) for n, shot in enumerate(board.shots, 1)]
    return "\n".join(["# Storyboard", "", *items, ""]).encode()


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _lines(lines: list[str]) -> bytes:
    """The line ends within a cell are line feeds, between the rows they are those of Windows."""
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8-sig")


FORMATS = (
    Format("CSV", "csv", "text/csv", _csv),
    Format("TSV", "tsv", "text/tab-separated-values", _tsv),
    Format("JSON", "json", "application/json", _json),
    Format("Markdown", "md", "text/markdown", _markdown),
)
"""Every format that the editor exports."""
