"""Takes as an Excel file. Texts stay texts, never formulas or links; times are real dates, in UTC.

Written row by row, so that memory stays the same at any length: that is why XlsxWriter writes it and not pandas,
which would hold all of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from components.jobs.exports.rows import Cell, Column, Kind, Row

MOST_ROWS = 1_048_576
"""Of a sheet, the heading included."""
MOST_IN_A_CELL = 32_767
"""Characters as Excel counts them: those beyond the first 65,536 of Unicode, such as emoji, are two."""

_CUT = " … (cut here: an Excel cell holds no more; the CSV file has all of it)"
_MORE = "There are more takes than an Excel sheet can hold. The CSV file has all of them, or narrow the list."
# What XML cannot carry; control characters are left to XlsxWriter, which writes them as Excel does.
_NOT_IN_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
_FIRST_DAY = datetime(1900, 3, 1, tzinfo=UTC)
"""Excel believes in a 29 February 1900: days before this one come out wrong."""


def write_excel(
    rows: Iterable[Row], columns: tuple[Column, ...], file: Path, *, most_rows: int = MOST_ROWS
) -> None:
    """Writes the file. Scratch files lie beside it while it is written. Raises OSError where the disk refuses."""
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    book = xlsxwriter.Workbook(
        str(file),
        {
            "constant_memory": True,
            "tmpdir": str(file.parent),
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "remove_timezone": True,
        },
    )
    book.use_zip64()
    sheet = book.add_worksheet("Takes")
    heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 0, "bottom": 1})
    plain = book.add_format({"valign": "top"})
    time = book.add_format({"valign": "top", "num_format": "yyyy-mm-dd hh:mm:ss"})
    for at, column in enumerate(columns):
        sheet.set_column(at, at, column.width, time if column.kind is Kind.TIME else plain)
        sheet.write_string(0, at, column.name, heading)
    sheet.freeze_panes(1, 0)
    waiting = iter(rows)
    line = 0
    for line, row in enumerate(islice(waiting, most_rows - 2), 1):
        _write(sheet, line, row, plain, time)
    # The last line is a take's only if that is the last take.
    last, more = next(waiting, None), next(waiting, None)
    if last is not None and more is None:
        _write(sheet, line + 1, last, plain, time)
        line += 1
    elif last is not None:
        sheet.write_string(line + 1, 0, _MORE, heading)
    sheet.autofilter(0, 0, max(line, 1), len(columns) - 1)
    try:
        book.close()
    except FileCreateError as error:
        raise OSError("The Excel file could not be written.") from error


def _write(sheet: Any, line: int, row: Row, plain: Any, time: Any) -> None:
    for at, cell in enumerate(row):
        _write_cell(sheet, line, at, cell, plain, time)


def _write_cell(sheet: Any, line: int, at: int, cell: Cell, plain: Any, time: Any) -> None:
    if isinstance(cell, str):
        if cell:
            sheet.write_string(line, at, shown(cell), plain)
    elif isinstance(cell, datetime):
        if cell >= _FIRST_DAY:
            sheet.write_datetime(line, at, cell.replace(tzinfo=None, microsecond=0), time)
    elif cell is not None:
        sheet.write_number(line, at, cell, plain)


def shown(text: str) -> str:
    """`text` as a cell can hold it: line ends as line feeds, and cut, which it then says, where it is too long."""
    text = _NOT_IN_XML.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) * 2 > MOST_IN_A_CELL and _units(text) > MOST_IN_A_CELL:
        room = (MOST_IN_A_CELL - _units(_CUT)) * 2
        text = text.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + _CUT
    # XlsxWriter takes a text between these two for XML of its own, and would write it as it is.
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
