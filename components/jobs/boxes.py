"""The boxes that an MP4 is made of (ISO 14496-12): found, looked into, written. Pure.

A file may be made by anybody: what is not as the standard has it, or is more than any film has, is `Odd`.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

LARGEST_INDEX = 32_000_000
"""Bytes of a film's index (`moov`) that are read; ten minutes have about one million."""
MOST_BOXES = 10_000
"""Boxes beside one another."""
_MOST_CHUNKS = 1_000_000
"""Pieces that a film may lie in, all tracks together."""
_DEEPEST = 8
_AT_ONCE = 65_536

_ON_THE_WAY = frozenset({b"trak", b"mdia", b"minf", b"stbl"})
"""What the tables of chunks lie in."""
_POINTING = frozenset({b"saio", b"iloc", b"mvex", b"cmov"})
"""What points into the file in other ways than a table of chunks, or says that something else does."""


class Odd(Exception):
    """The file is no film that can be looked into, or changed without harm."""


@dataclass(frozen=True)
class Box:
    """Where a box lies: its head from `start`, its content from `body` up to `end`, in bytes."""

    kind: bytes
    start: int
    body: int
    end: int


def outermost(file: BinaryIO) -> list[Box]:
    """The outermost boxes of a file. Raises Odd where it is not made of whole boxes."""
    size = file.seek(0, 2)

    def read(position: int, length: int) -> bytes:
        file.seek(position)
        return file.read(length)

    return list(_boxes(read, 0, size, open_end=True))


def inside(data: bytes, start: int, end: int) -> list[Box]:
    """The boxes that lie in `data` from `start` to `end`. Raises Odd.

    Four zeros at the end, with which QuickTime ends some lists, are passed over.
    """
    return list(_boxes(lambda position, length: data[position : min(position + length, end)], start, end))


def index_of(file: BinaryIO) -> tuple[list[Box], Box, bytes]:
    """The outermost boxes, the film's index among them, and all that stands in it, its head included. Raises Odd."""
    outer = outermost(file)
    indexes = [box for box in outer if box.kind == b"moov"]
    if len(indexes) != 1:
        raise Odd("not one index")
    index = indexes[0]
    if index.end - index.start > LARGEST_INDEX:
        raise Odd("the index is too large")
    file.seek(index.start)
    content = file.read(index.end - index.start)
    if len(content) != index.end - index.start:
        raise Odd("the index is not whole")
    return outer, index, content


def box(kind: bytes, *content: bytes) -> bytes:
    """A box of this content. Raises Odd where it would be 4 GB or more."""
    length = 8 + sum(map(len, content))
    if length >= 1 << 32:
        raise Odd("a box is too large")
    return b"".join((length.to_bytes(4), kind, *content))


def chunk_tables(data: bytes, start: int, end: int, level: int = 0) -> Iterator[Box]:
    """Every table of chunks in the index that lies in `data` from `start` to `end`.

    Raises Odd where something else in it points into the file.
    """
    if level > _DEEPEST:
        raise Odd("too deep")
    for found in inside(data, start, end):
        if found.kind in _POINTING:
            raise Odd("something else points into the file")
        if found.kind in (b"stco", b"co64"):
            yield found
        elif found.kind in _ON_THE_WAY:
            yield from chunk_tables(data, found.body, found.end, level + 1)
        elif found.kind == b"meta":
            within = inside(data, found.body + prefix(data, found), found.end)
            if any(part.kind in _POINTING for part in within):
                raise Odd("something else points into the file")


def prefix(data: bytes, meta: Box) -> int:
    """The bytes before the boxes in a `meta`: four of version and flags, or none, as QuickTime has it."""
    return 0 if data[meta.body + 4 : meta.body + 8] == b"hdlr" else 4


def moved(data: bytes, index: Box, by: int) -> bytes:
    """The index `data` with its tables of chunks as they must be when all behind it lies `by` bytes further on.

    `index`: where it lies in the file. Raises Odd where a table is damaged, or its fields would not hold that.
    """
    changed, head, count = bytearray(data), index.body - index.start, 0
    for table in chunk_tables(data, head, len(data)):
        width = 8 if table.kind == b"co64" else 4
        first = table.body + 8
        entries = int.from_bytes(data[table.body + 4 : first])
        count += entries
        if first + entries * width > table.end or count > _MOST_CHUNKS:
            raise Odd("a table of chunks is damaged, or too long")
        last = first + entries * width
        for at in range(first, last, _AT_ONCE * width):
            to = min(at + _AT_ONCE * width, last)
            changed[at:to] = _moved(data[at:to], width, index, by)
    return bytes(changed)


def _moved(offsets: bytes, width: int, index: Box, by: int) -> bytes:
    table = array("Q" if width == 8 else "I")
    table.frombytes(offsets)
    if sys.byteorder == "little":
        table.byteswap()
    if any(index.start <= offset < index.end for offset in table):
        raise Odd("a chunk lies in the index")
    try:
        table = array(table.typecode, [o + by if o >= index.end else o for o in table])
    except OverflowError:
        raise Odd("a chunk would lie further on than its table can say") from None
    if sys.byteorder == "little":
        table.byteswap()
    return table.tobytes()


def _boxes(
    read: Callable[[int, int], bytes], start: int, end: int, *, open_end: bool = False
) -> Iterator[Box]:
    position, count = start, 0
    while position < end:
        head = read(position, 16)
        if not open_end and head == bytes(4) and end - position == 4:
            return
        length, kind, before = int.from_bytes(head[:4]), head[4:8], 8
        if length == 1 and len(head) == 16:
            length, before = int.from_bytes(head[8:16]), 16
        elif length == 0 and open_end:
            length = end - position
        count += 1
        if length < before or position + length > end or count > MOST_BOXES:
            raise Odd("a box is damaged, or there are too many")
        yield Box(kind, position, position + before, position + length)
        position += length
