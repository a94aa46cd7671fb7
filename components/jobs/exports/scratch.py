"""Excel files on their way: each is written whole below the data folder, and gone once it was sent."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Generator, Iterable
from pathlib import Path

from components.jobs.exports.excel import write_excel
from components.jobs.exports.rows import Column, Row

_CHUNK = 256 * 1024
_DAY = 86_400.0


def excel_parts(
    rows: Iterable[Row], columns: tuple[Column, ...], data: Path
) -> tuple[int, Generator[bytes, None, None]]:
    """How many bytes the Excel file of `rows` has, and the file, part by part.

    Close the parts when they are no longer wanted: the file goes then. Raises OSError where the disk refuses, and
    whatever `rows` raises.
    """
    folder = _folder(data / "exports")
    file = folder / "takes.xlsx"
    try:
        write_excel(rows, columns, file)
        size = file.stat().st_size
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    parts = _parts(folder, file)
    next(parts)  # from here on it sees to the folder, whatever becomes of it
    return size, parts


def _parts(folder: Path, file: Path) -> Generator[bytes, None, None]:
    try:
        with file.open("rb") as opened:
            yield b""
            while part := opened.read(_CHUNK):
                yield part
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _folder(place: Path) -> Path:
    """A new folder in `place`. What a process that was killed left there a day ago is removed."""
    place.mkdir(exist_ok=True, mode=0o700)
    for left in place.iterdir():
        with contextlib.suppress(OSError):
            if left.stat().st_mtime < time.time() - _DAY:
                shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(dir=place))
