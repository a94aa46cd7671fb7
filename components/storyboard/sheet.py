"""A storyboard on paper: an HTML page of its own that prints six shots to a page, on A4 and on Letter.

It asks nothing of any address, holds no script, and reads on a screen as well as printed.
"""

from __future__ import annotations

import unicodedata
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil
from pathlib import Path

from components.reports import clean_text
from components.storyboard.storyboard import Board
from components.words import clock

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""The Content-Security-Policy that a sheet needs: it says so in the file, and whoever serves it may say it too."""
SHOTS_TO_A_PAGE = 6
FRAME_WIDTH = 640
"""Pixels that a frame is worth having wide: printed it is 9 cm."""

_COLUMNS = 2
_STYLE = (Path(__file__).parent / "sheet.css").read_text(encoding="utf-8")
_HINT = "To print this or to keep it as a PDF, use your browser’s Print."


@dataclass(frozen=True)
class _Setting:
    """How close a printed page is set."""

    frame: int
    """Percent of its column that a frame is wide."""
    text: float
    """Size of the shots' texts, in points."""

    def height(self, rows: Sequence[Sequence[str]]) -> float:
        """How high these texts under their frames come out, in millimetres, about."""
        per_line = _COLUMN_WIDTH / (self.text * _POINT * _LETTER)
        line = self.text * _POINT * 1.35
        above = _COLUMN_WIDTH * self.frame / 100 * 9 / 16 + _LABEL_AND_GAP
        return sum(above + line * max(_lines(text, per_line) for text in row) for row in rows)


_POINT = 0.353
"""Millimetres."""
_LETTER = 0.53
"""Width of a letter in the mean, of the size of its type."""
# What 12 mm of margin leave: of Letter, the lower of the two papers, and of A4, the narrower.
_PAGE_HEIGHT = 279 - 24 - 26  # without the head of the page
_COLUMN_WIDTH = (210 - 24 - 6) / _COLUMNS
_LABEL_AND_GAP = 11.5

_ROOMY, _CLOSE, _DENSE = _Setting(100, 9.5), _Setting(72, 8.5), _Setting(50, 7.5)


def sheet_html(
    board: Board, *, title: str, facts: Sequence[tuple[str, str]] = (), frames: Sequence[bytes | None] = ()
) -> str:
    """The sheet as an HTML file. `facts` are labels and values for the head of every page.

    `frames` are JPEG files in the shots' order; a shot without one has an empty box to draw in.
    """
    count = len(board.shots)
    length = f"{count} {'shot' if count == 1 else 'shots'}, {clock(board.seconds)}"
    cells = [_cell(board, n, frames[n] if n < len(frames) else None) for n in range(count)]
    starts = range(0, max(count, 1), SHOTS_TO_A_PAGE)
    pages = []
    for number, start in enumerate(starts, 1):
        head = _head(title, [("Length", length), *facts], f"Page {number} of {len(starts)}")
        shots = "\n".join(cells[start : start + SHOTS_TO_A_PAGE])
        body = f'<ol class="shots">\n{shots}\n</ol>' if shots else "<p>This storyboard has no shots yet.</p>"
        texts = [shot.text for shot in board.shots[start : start + SHOTS_TO_A_PAGE]]
        setting = _setting(texts)
        style = f"--frame:{setting.frame}%;--text:{setting.text}pt"
        pages.append(f'<section class="page" style="{style}">\n{head}\n{body}\n</section>')
    return "\n".join(
        (
            "<!DOCTYPE html>",
            '<html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{_shown(title)}</title>",
            f"<style>\n{_STYLE}</style></head><body>",
            f'<p class="hint">{_HINT}</p>',
            *pages,
            "</body></html>\n",
        )
    )


def _head(title: str, facts: Sequence[tuple[str, str]], page: str) -> str:
    rows = "".join(
        f'<div><dt>{_shown(label)}</dt><dd dir="auto">{_shown(value)}</dd></div>' for label, value in facts
    )
    return (
        f'<header><h1 dir="auto">{_shown(title)}</h1><p class="number">{page}</p>\n<dl>{rows}</dl></header>'
    )


def _cell(board: Board, index: int, frame: bytes | None) -> str:
    shot, cut, number = board.shots[index], board.cuts[index], index + 1
    picture = '<div class="frame"></div>'
    if frame is not None:
        source = f"data:image/jpeg;base64,{b64encode(frame).decode()}"
        picture = f'<img class="frame" alt="Frame of shot {number}" src="{source}">'
    times = f"{clock(cut)}–{clock(cut + shot.seconds)} · {shot.seconds} s"
    return (
        f'<li class="shot">{picture}\n'
        f'<div class="label"><h2>Shot {number}</h2><p class="times">{times}</p></div>\n'
        f'<p class="text" dir="auto">{_shown(shot.text)}</p></li>'
    )


def _setting(texts: Sequence[str]) -> _Setting:
    """The widest setting in which a page holds `texts`. Where none does, one that is good to read: rows go on."""
    rows = [texts[n : n + _COLUMNS] for n in range(0, len(texts), _COLUMNS)]
    fitting = (setting for setting in (_ROOMY, _CLOSE, _DENSE) if setting.height(rows) <= _PAGE_HEIGHT)
    return next(fitting, _CLOSE)


def _lines(text: str, per_line: float) -> int:
    """How many lines `text` takes, about, where `per_line` letters go on one."""
    return sum(max(1, ceil(_width(line) / per_line)) for line in text.split("\n"))


def _width(line: str) -> int:
    """How wide `line` is, in letters: those of East Asia count twice."""
    return len(line) + sum(unicodedata.east_asian_width(letter) in "WF" for letter in line)


def _shown(text: str) -> str:
    return escape(clean_text(text).replace("\0", "\ufffd"))
