"""Labels in a film that are named by a table of keys, as QuickTime has them and FFmpeg can write them. Pure.

meta: hdlr "mdta", keys (names, counted from 1), ilst (items, each called by the number of its name)
"""

from __future__ import annotations

from collections.abc import Mapping

from components.jobs.boxes import MOST_BOXES, Box, Odd, box, inside

_SPACE = b"mdta"


def with_values(content: bytes, within: list[Box], values: Mapping[str, bytes]) -> list[bytes]:
    """The boxes of such a `meta` with these values, each a `data` box, in place of those of the same names.

    `within`: the boxes of the `meta` in `content`. Raises Odd.
    """
    keys, items = _parts(content, within)
    names = [*keys, *(key for key in map(_key, values) if key not in keys)]
    replaced = {n.to_bytes(4) for n, key in enumerate(keys, 1) if key in set(map(_key, values))}
    ours = [box((names.index(_key(name)) + 1).to_bytes(4), value) for name, value in values.items()]
    others = [content[item.start : item.end] for item in items if item.kind not in replaced]
    table = box(
        b"keys", bytes(4), len(names).to_bytes(4), *((4 + len(key)).to_bytes(4) + key for key in names)
    )
    kept = [content[part.start : part.end] for part in within if part.kind not in (b"keys", b"ilst")]
    return [*kept, table, box(b"ilst", *ours, *others)]


def value_of(content: bytes, within: list[Box], name: str) -> Box | None:
    """The item of this name; None without one. Raises Odd."""
    keys, items = _parts(content, within)
    numbers = {n.to_bytes(4) for n, key in enumerate(keys, 1) if key == _key(name)}
    return next((item for item in items if item.kind in numbers), None)


def _parts(content: bytes, within: list[Box]) -> tuple[list[bytes], list[Box]]:
    """The keys, each with what it begins with, and the items."""
    tables, lists = ([part for part in within if part.kind == kind] for kind in (b"keys", b"ilst"))
    if len(tables) != 1 or len(lists) != 1:
        raise Odd("not one table of keys and one list")
    return _keys(content, tables[0]), inside(content, lists[0].body, lists[0].end)


def _keys(content: bytes, table: Box) -> list[bytes]:
    count, position = int.from_bytes(content[table.body + 4 : table.body + 8]), table.body + 8
    if count > MOST_BOXES:
        raise Odd("too many keys")
    keys = []
    for _ in range(count):
        length = int.from_bytes(content[position : position + 4])
        if length < 8 or position + length > table.end:
            raise Odd("a damaged key")
        keys.append(content[position + 4 : position + length])
        position += length
    return keys


def _key(name: str) -> bytes:
    return _SPACE + name.encode("ascii")
