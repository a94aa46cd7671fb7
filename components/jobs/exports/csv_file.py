"""Takes as CSV: RFC 4180 in UTF-8 with a byte order mark, by which Excel knows it, and safe in a spreadsheet.

A spreadsheet takes a cell that begins with = + - @, a tab or a return for a formula, and runs it. Such a text is
marked by an apostrophe in front. So is one that begins with apostrophes and then such a sign, so that taking one
apostrophe away gives back every text exactly. A number is not marked: "-1" is one.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from components.jobs.exports.rows import Cell, Column, Kind, Row, iso

_AT_ONCE = 64 * 1024
"""Bytes that are written before they are handed on."""
# The wide signs are what a spreadsheet set to Japanese or Chinese reads as the narrow ones.
_SIGNS = "=+\\-@\t\r＝＋－＠"
_RUN_OR_MARKED = re.compile(f"'*[{_SIGNS}]")
_MARKED = re.compile(f"'+[{_SIGNS}]")


def marked(text: str) -> str:
    """`text` so that no spreadsheet runs it."""
    return f"'{text}" if _RUN_OR_MARKED.match(text) else text


def unmarked(text: str) -> str:
    """What `marked` was given."""
    return text[1:] if _MARKED.match(text) else text


def csv_parts(rows: Iterable[Row], columns: tuple[Column, ...]) -> Iterator[bytes]:
    """The file, part by part, so that it need not be in memory whole. Lines end in CRLF."""
    waiting, size = [csv_head(columns)], 0
    for row in rows:
        line = csv_line(row)
        waiting.append(line)
        size += len(line)
        if size >= _AT_ONCE:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)


def csv_head(columns: tuple[Column, ...]) -> bytes:
    """The beginning of the file: the mark by which it is known for UTF-8, and the headings."""
    return "\ufeff".encode() + csv_line(tuple(column.name for column in columns))


def csv_line(row: Row) -> bytes:
    """One line of the file, with its end."""
    written = io.StringIO(newline="")
    csv.writer(written).writerow([_text(cell) for cell in row])
    return written.getvalue().encode()


def _text(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return iso(cell)
    return marked(cell) if isinstance(cell, str) else cell


def read_back(file: Path | IO[bytes], columns: tuple[Column, ...]) -> Any:
    """The rows of such a file as a pandas DataFrame: texts as they were, numbers, and times with their zone.

    Where there is no value, NaN stands for a number, NaT for a time, and "" for a text.
    """
    import pandas as pd

    # As texts first: what a program would guess from a text, such as "NA" or "007", it must not.
    frame = pd.read_csv(file, encoding="utf-8-sig", dtype="object", keep_default_na=False, na_filter=False)
    for column in columns:
        cells = frame[column.name]
        if column.kind is Kind.TEXT:
            frame[column.name] = cells.map(unmarked).astype("object")
        elif column.kind is Kind.NUMBER:
            frame[column.name] = cells.map(lambda text: float(text or "nan")).astype("float64")
        else:
            frame[column.name] = pd.to_datetime(cells, utc=True, errors="coerce")
    return frame
