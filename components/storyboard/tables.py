"""Shots in tables: with a header or without, their columns in any order, whatever stands between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from components.storyboard.cells import TAB, Line, lines_of, unguarded
from components.storyboard.columns import Columns, columns_by_content, columns_of
from components.storyboard.rows import Row, Unreadable, length_in, whole_seconds
from components.storyboard.storyboard import MOST_SHOTS

# A German spreadsheet writes semicolons, since it has commas in its numbers: these go first.
_SEPARATORS = (TAB, ";", ",")
_BAR = re.compile(r"(?<!\\)\|")
_UNDER_HEADER = re.compile(r"[\s|:-]*")
# Some programs tell Excel so what stands between the cells.
_HINT = re.compile(r"sep=([,;\t])\n", re.IGNORECASE)


@dataclass(frozen=True)
class _Table:
    """A file as it looks with one of the separators."""

    separator: str
    lines: list[Line]
    columns: Columns

    @property
    def fits(self) -> bool:
        """Whether no line is wider than the first."""
        return all(line.width <= len(self.lines[0].cells) for line in self.lines)

    @property
    def is_one(self) -> bool:
        """Whether it is a table at all with this separator, and not texts with commas in them."""
        if self.columns.has_header or self.separator == TAB:
            return True
        widths = {len(line.cells) for line in self.lines}
        return self.columns.has_numbers and (len(widths) == 1 or max(widths) == 2)


def read_table(text: str) -> Iterable[Row]:
    """The shots of a table. Where nothing shows what stands between the cells, each line is one text.

    Raises Unreadable.
    """
    if hint := _HINT.match(text):
        return _rows(_table("\n" + text[hint.end() :], hint[1]))
    table = _best(text)
    return _plain_lines(text) if table is None else _rows(table)


def read_cells(text: str) -> Iterable[Row]:
    """The rows that were copied from a spreadsheet, or plain lines. Raises Unreadable.

    A line that could be a header is one only if it names both the text and the length.
    """
    table = _table(text, TAB)
    if table is not None and table.columns.has_header and table.columns.named < 2:
        cells = [line.cells for line in table.lines]
        table = _Table(TAB, table.lines, columns_by_content(cells))
    return _rows(table)


def has_bars(text: str) -> bool:
    """Whether `text` has a table as Markdown draws it, with bars between the cells."""
    return text.startswith("|") or text.count("\n|", 0, 20_000) > 1


def read_bars(text: str) -> Iterable[Row]:
    """The shots of the tables that have bars between their cells. Raises Unreadable."""
    lines = list[Line]()
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("|") and not _UNDER_HEADER.fullmatch(line) and len(lines) < MOST_SHOTS + 2:
            cells = _BAR.split(line.strip().removeprefix("|").removesuffix("|"), maxsplit=1000)
            lines.append(Line(number, tuple(cell.strip().replace("\\|", "|") for cell in cells)))
    return _rows(_Table("|", lines, columns_of([line.cells for line in lines])) if lines else None)


def names_both_columns(text: str) -> bool:
    """Whether the first line of `text` is the header of a table with texts and lengths."""
    first = text.lstrip(" \n\t,;").partition("\n")[0]
    for separator in _SEPARATORS:
        cells = [cell.strip(' "') for cell in first[:1000].split(separator)]
        if columns_of([cells]).named == 2:
            return True
    return bool(_HINT.match(text))


def has_lengths_throughout(text: str) -> bool:
    """Whether `text` is a table without a header that has a length in each of its lines."""
    try:
        table = _best(text)
    except Unreadable:
        return False
    if table is None or table.columns.has_header or table.columns.seconds is None:
        return False
    at = table.columns.seconds
    return all(len(line.cells) > at and length_in(line.cells[at]) is not None for line in table.lines)


def _table(text: str, separator: str) -> _Table | None:
    """As many of its lines as say whether they are too many: a header, a board, one more. None without any."""
    lines = list(islice(lines_of(text, separator), MOST_SHOTS + 2))
    return _Table(separator, lines, columns_of([line.cells for line in lines])) if lines else None


def _best(text: str) -> _Table | None:
    """The table with the separator that makes the most sense; None where none does. Raises Unreadable."""
    tables, problems = list[_Table](), list[Unreadable]()
    for separator in _SEPARATORS:
        try:
            table = _table(text, separator)
        except Unreadable as unreadable:
            problems.append(unreadable)
        else:
            tables += [] if table is None else [table]
    likely = [table for table in tables if table.is_one and max(line.width for line in table.lines) > 1]
    likely += [table for table in tables if table.columns.has_header and table not in likely]
    if likely:
        return max(likely, key=lambda t: (t.columns.named, t.fits, t.columns.seconds is not None))
    if problems:
        raise problems[-1]
    # One column. Behind a comma the quotation marks of a program are told from those of a text.
    return next((t for t in reversed(tables) if all(line.width == 1 for line in t.lines)), None)


def _rows(table: _Table | None) -> Iterator[Row]:
    if table is None:
        return
    columns, names = table.columns, len(table.lines[0].cells)
    for line in table.lines[int(columns.has_header) :]:
        if columns.has_header and line.width > names:
            raise Unreadable(
                f"Line {line.number}: this has {line.width} cells, but the first line names {names}. "
                "Put a text that holds a comma or a semicolon into quotation marks."
            )
        text = unguarded(_cell(line, columns.text))
        seconds = whole_seconds(unguarded(_cell(line, columns.seconds)), f"Line {line.number}")
        yield Row(text, seconds)


def _cell(line: Line, column: int | None) -> str:
    return line.cells[column] if column is not None and column < len(line.cells) else ""


def _plain_lines(text: str) -> Iterator[Row]:
    return (Row(line.strip()) for line in text.split("\n"))
