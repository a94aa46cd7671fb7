"""Storyboards that come from elsewhere: files, pasted text, cells of a spreadsheet.

Nothing that arrives is trusted: whatever it is, it gives a board or an Unreadable with a sentence.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable

from components.reports import clean_text
from components.storyboard.encoding import text_of
from components.storyboard.lists import is_list, read_lines, read_list
from components.storyboard.objects import is_json, read_json
from components.storyboard.rows import Row, Unreadable, at_most_a_board, board_of
from components.storyboard.screenplays import is_screenplay, read_screenplay
from components.storyboard.storyboard import Board, Budget
from components.storyboard.subtitles import is_subtitles, read_subtitles
from components.storyboard.tables import (
    has_bars,
    has_lengths_throughout,
    names_both_columns,
    read_bars,
    read_cells,
    read_table,
)

__all__ = ["ACCEPTED", "MOST_BYTES", "Unreadable", "read_file", "read_rows", "read_text"]

ACCEPTED = ("csv", "tsv", "json", "md", "txt", "srt", "fountain")
"""Endings of the files that are read."""
MOST_BYTES = 1_000_000
"""Of a file; also the most characters of a text that is pasted."""
_MOST_LINES = 250_000
"""More than the longest texts of a board can have."""

_HEADING = re.compile("#{1,6} [^\n\t]*\n")
_TAB_IN_LINE = re.compile("[^\t\n]\t")


def read_file(name: str, content: bytes, budget: Budget) -> Board:
    """The storyboard in a file, read as its ending says, else as it looks; JSON is read under any. Raises Unreadable.

    Lengths that this model does not offer are kept, up to an hour: the editor shows them.
    """
    if len(content) > MOST_BYTES:
        size = math.ceil(len(content) / 100_000) / 10
        raise Unreadable(f"This file is {size:,} MB; a storyboard is at most {MOST_BYTES // 1_000_000} MB.")
    text = _of_so_many_lines(text_of(content))
    read = _BY_ENDING.get(name.rpartition(".")[2].casefold(), _read_as_it_looks)
    return _board(read_json(text) if is_json(text) else read(text), budget)


def read_text(text: str, budget: Budget) -> Board:
    """The storyboard in a text that was pasted, read as it looks. Raises Unreadable."""
    return _board(_read_as_it_looks(_pasted(text)), budget)


def read_rows(text: str, budget: Budget) -> list[tuple[str, int | None]]:
    """Rows that were copied from a spreadsheet, or plain lines: text and seconds, None where a row has none.

    Raises Unreadable. A length may be one that `budget` does not offer; the editor shows it.
    """
    return [(row.text, row.seconds) for row in at_most_a_board(read_cells(_pasted(text)))]


def _pasted(text: str) -> str:
    if len(text) > MOST_BYTES:
        raise Unreadable(f"This text has {len(text):,} characters; at most {MOST_BYTES:,} are read.")
    return _of_so_many_lines(clean_text(text).removeprefix("\ufeff"))


def _of_so_many_lines(text: str) -> str:
    lines = text.count("\n")
    if lines > _MOST_LINES:
        raise Unreadable(f"It has {lines:,} lines; at most {_MOST_LINES:,} are read.")
    return text


def _board(found: Board | Iterable[Row], budget: Budget) -> Board:
    return found if isinstance(found, Board) else board_of(found, budget)


def _read_as_it_looks(text: str) -> Board | Iterable[Row]:
    """What a text says whose format nobody has told: the strictest formats are tried first."""
    if is_json(text):
        return read_json(text)
    if is_subtitles(text):
        return read_subtitles(text)
    if _HEADING.match(text) and is_list(text):
        return read_list(text)
    if names_both_columns(text) or _has_tabs(text):
        return read_table(text)
    if has_bars(text):
        return read_bars(text)
    if is_screenplay(text):
        return read_screenplay(text)
    if is_list(text):
        return read_list(text)
    return read_table(text) if has_lengths_throughout(text) else read_lines(text)


def _has_tabs(text: str) -> bool:
    """Whether most lines have a tab between something."""
    lines = [line for line in text.split("\n") if line.strip()]
    return 2 * sum(bool(_TAB_IN_LINE.search(line)) for line in lines) > len(lines)


def _read_markdown(text: str) -> Board | Iterable[Row]:
    rows = [] if has_bars(text) else at_most_a_board(read_list(text))
    return rows or _read_as_it_looks(text)


_BY_ENDING: dict[str, Callable[[str], Board | Iterable[Row]]] = {
    "csv": read_table,
    "tsv": read_table,
    "json": read_json,
    "md": _read_markdown,
    "srt": read_subtitles,
    "fountain": read_screenplay,
}
