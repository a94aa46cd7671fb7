"""The cells of a table that is text: CSV, TSV, what a spreadsheet copies.

Behind commas and semicolons a quotation mark at the start of a cell is one that must be closed. A spreadsheet that
copies cells puts tabs between them, quotes those alone that hold a tab or a new line, and leaves every other
quotation mark as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from components.storyboard.rows import Unreadable

TAB = "\t"

# What a spreadsheet would calculate, or pass on to another program; with any apostrophes before it.
_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
_MOST_CELLS = 1000
"""Of one line."""
_MOST_EMPTY = 5000
"""Rows without anything, of those that look as if there were something."""
_ALL_QUOTED = re.compile(r'(?:"[^"\t\n]*"\t)+"[^"\t\n]*"(?:\n|\Z)')
_WRONG_QUOTES = (
    "a quotation mark is opened here and not closed at the end of its cell. "
    "Quotation marks inside a cell are written twice."
)


@dataclass(frozen=True)
class Line:
    """One row of a table that is not empty."""

    number: int
    """The line of the file that it begins in, from 1."""
    cells: tuple[str, ...]

    @property
    def width(self) -> int:
        """The number of its cells up to the last that is not empty."""
        return max(n for n, cell in enumerate(self.cells, 1) if cell.strip())


def guarded(text: str) -> str:
    """`text` for a cell: an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(cell: str) -> str:
    """The text that `guarded` made this cell of."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def lines_of(text: str, separator: str) -> Iterator[Line]:
    """The rows of a table, in any number of lines each; empty ones are passed over.

    Raises Unreadable where a quotation mark is not closed as it should be, and on far too many cells.
    """
    blanks = "" if separator == TAB else " *+"
    quoted = re.compile(f'{blanks}"([^"]*+(?:""[^"]*+)*+)"{blanks}(?=[{separator}\n]|\\Z)')
    plain = re.compile(f"[^{separator}\n]*+")
    # Only a program quotes what needs no quotation marks; it does so in every cell of the first line.
    sparing = separator == TAB and not _ALL_QUOTED.match(text)
    no_quotes = "" if separator == TAB else '|""(?!")'
    nothing = re.compile(f"(?:[\\s{separator}]{no_quotes})*+")
    at = _behind_empty_lines(text, 0, nothing)
    number, empty = 1 + text.count("\n", 0, at), 0
    while at < len(text):
        start, cells = at, list[str]()
        while True:
            found = quoted.match(text, at)
            if found and not (sparing and _needs_no_quotes(found[1])):
                cells.append(found[1].replace('""', '"'))
            else:
                found = plain.match(text, at)
                assert found
                cell = found[0].strip(" ") if blanks else found[0]
                if blanks and cell.startswith('"'):
                    raise Unreadable(f"Line {number + text.count(chr(10), start, at)}: {_WRONG_QUOTES}")
                cells.append(cell)
            if len(cells) > _MOST_CELLS:
                raise Unreadable(f"Line {number}: this has more than {_MOST_CELLS:,} cells.")
            at = found.end() + 1
            if not text.startswith(separator, at - 1):
                break
        if any(cell.strip() for cell in cells):
            yield Line(number, tuple(cells))
        else:
            empty += 1
        if empty > _MOST_EMPTY:
            raise Unreadable(f"Line {number}: more than {_MOST_EMPTY:,} rows up to here are empty.")
        at = _behind_empty_lines(text, at, nothing)
        number += text.count("\n", start, at)


def _behind_empty_lines(text: str, at: int, nothing: re.Pattern[str]) -> int:
    """Where the next line begins that `nothing`, which is what empty lines are made of, does not fill."""
    end = nothing.match(text, at)
    return at if end is None else text.rfind("\n", at, end.end()) + 1 or at


def _needs_no_quotes(content: str) -> bool:
    return not any(mark in content for mark in '\t\n"')
