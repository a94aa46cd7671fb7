"""What a take was asked for, written into its video file, and read from one again. Pure; reads only the file's index.

The words stand where players look for a title and a comment (`moov/udta/meta/ilst`, as iTunes writes it), the
settings as JSON in an item of our own beside them. The pictures are not touched: the index grows, and where it stands
before them its tables of where they lie are written anew. A file that is too odd for that is handed out as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from components.jobs.boxes import Box, Odd, box, index_of, inside, moved, prefix

PROGRAM = "Video Playground"
LARGEST_LABEL = 1_000_000
"""Bytes of everything that is written into a file."""

_TITLE, _COMMENT, _TOOL, _OURS = b"\xa9nam", b"\xa9cmt", b"\xa9too", b"----"
_MEAN, _NAME = b"video-playground", b"draft"
"""What tells our item from those of other programs."""

# `moof` and its like: the index says little of such a film. `meta`: it may point anywhere in the file.
_NOT_TO_BE_CHANGED = frozenset({b"moof", b"mfra", b"sidx", b"styp", b"meta"})
_SIGNED = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
"""The `uuid` of Content Credentials (C2PA), which are signed over the whole file and would no longer hold."""
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_AT_ONCE = 256 * 1024


@dataclass(frozen=True, kw_only=True)
class Label:
    """What is written into a file."""

    title: str
    comment: str
    """The prompt and the settings, for people."""
    draft: bytes
    """The settings as a draft's JSON file; empty for none."""


@dataclass(frozen=True)
class Labelled:
    """A file with its label: what to send, in this order. Ranges are those of the file as it lies on the disk."""

    parts: tuple[bytes | range, ...]

    @property
    def length(self) -> int:
        """Bytes of all parts."""
        return sum(map(len, self.parts))

    def chunks(self, file: BinaryIO) -> Iterator[bytes]:
        """The bytes, in pieces of at most 256 kB; closes `file` at the end. OSError where the file is cut short."""
        with file:
            for part in self.parts:
                if isinstance(part, bytes):
                    yield from (part[at : at + _AT_ONCE] for at in range(0, len(part), _AT_ONCE))
                    continue
                file.seek(part.start)
                left = len(part)
                while left:
                    read = file.read(min(left, _AT_ONCE))
                    if not read:
                        raise OSError("The video has become shorter while it was read.")
                    left -= len(read)
                    yield read


def labelled(file: BinaryIO, label: Label) -> Labelled | None:
    """`file` with `label` in it; None where it should be handed out as it is.

    That is a film in fragments, one that is signed, one that is no MP4 or damaged, and one whose tables could not say
    where its pictures then are. What others wrote into it stays, but for a title, a comment and a program's name.
    """
    try:
        outer, index, content = index_of(file)
        kinds = {found.kind for found in outer}
        if b"mdat" not in kinds or kinds & _NOT_TO_BE_CHANGED or _is_signed(file, outer):
            return None
        # The tables keep their size, so it is known before they are written how far everything moves.
        by = len(_with_label(content, index, label)) - len(content)
        new = _with_label(moved(content, index, by), index, label)
    except Odd:
        return None
    end = outer[-1].end
    parts = (range(index.start), new, range(index.end, end))
    return Labelled(tuple(part for part in parts if part))


def read_label(file: BinaryIO) -> bytes | None:
    """The draft's JSON in a file that was labelled here, unchecked, at most LARGEST_LABEL; None without one."""
    try:
        _, index, content = index_of(file)
        for item in _items(content, index):
            if (draft := _draft_in(content, item)) is not None:
                return draft if len(draft) <= LARGEST_LABEL else None
    except Odd:
        pass
    return None


def _with_label(content: bytes, index: Box, label: Label) -> bytes:
    """The index with the label in it, and in place of what stood there under the same names."""
    parts = inside(content, index.body - index.start, len(content))
    found = [part for part in parts if part.kind == b"udta"]
    if len(found) > 1:
        raise Odd("more than one place for labels")
    kept = [content[part.start : part.end] for part in parts if part.kind != b"udta"]
    return box(b"moov", *kept, _labels(content, found[0] if found else None, label))


def _labels(content: bytes, udta: Box | None, label: Label) -> bytes:
    within = [] if udta is None else inside(content, udta.body, udta.end)
    metas = [part for part in within if part.kind == b"meta"]
    others = [content[part.start : part.end] for part in within if part.kind != b"meta"]
    if len(metas) > 1:
        raise Odd("more than one list of labels")
    # Behind the others: of two titles, players believe the last.
    return box(b"udta", *others, _list_of_labels(content, metas[0] if metas else None, label))


def _list_of_labels(content: bytes, meta: Box | None, label: Label) -> bytes:
    if meta is None:
        handler = box(b"hdlr", bytes(8), b"mdirappl", bytes(9))
        return box(b"meta", bytes(4), handler, box(b"ilst", *_written(label)))
    begin = meta.body + prefix(content, meta)
    within = inside(content, begin, meta.end)
    if not _is_of_items(content, within) or sum(part.kind == b"ilst" for part in within) > 1:
        raise Odd("labels of another kind")
    kept = [content[part.start : part.end] for part in within if part.kind != b"ilst"]
    items = [part for lst in within if lst.kind == b"ilst" for part in inside(content, lst.body, lst.end)]
    others = [content[item.start : item.end] for item in items if not _is_replaced(content, item)]
    return box(b"meta", content[meta.body : begin], *kept, box(b"ilst", *_written(label), *others))


def _written(label: Label) -> list[bytes]:
    """The items of a label."""
    words = ((_TITLE, label.title), (_COMMENT, label.comment), (_TOOL, PROGRAM))
    items = [box(kind, _text(said)) for kind, said in words if said]
    if label.draft:
        named = box(b"mean", bytes(4), _MEAN), box(b"name", bytes(4), _NAME)
        items.append(box(_OURS, *named, _data(label.draft)))
    if sum(map(len, items)) > LARGEST_LABEL:
        raise Odd("the label is too long")
    return items


def _text(said: str) -> bytes:
    return _data(_CONTROLS.sub("", said).encode("utf-8", "replace"))


def _data(value: bytes) -> bytes:
    return box(b"data", (1).to_bytes(4), bytes(4), value)  # 1: it is UTF-8; zeros: for any country


def _items(content: bytes, index: Box) -> Iterator[Box]:
    """The items of every list of labels in an index."""
    for udta in inside(content, index.body - index.start, len(content)):
        for meta in inside(content, udta.body, udta.end) if udta.kind == b"udta" else ():
            if meta.kind != b"meta":
                continue
            within = inside(content, meta.body + prefix(content, meta), meta.end)
            for found in within if _is_of_items(content, within) else ():
                if found.kind == b"ilst":
                    yield from inside(content, found.body, found.end)


def _is_of_items(content: bytes, within: list[Box]) -> bool:
    """Whether a `meta` says of itself that its list is one of named items."""
    handlers = [content[part.body + 8 : part.body + 12] for part in within if part.kind == b"hdlr"]
    return handlers == [b"mdir"]


def _is_replaced(content: bytes, item: Box) -> bool:
    return item.kind in (_TITLE, _COMMENT, _TOOL) or _draft_in(content, item) is not None


def _draft_in(content: bytes, item: Box) -> bytes | None:
    """What stands in an item of ours; None for any other."""
    if item.kind != _OURS:
        return None
    parts = {part.kind: content[part.body : part.end] for part in inside(content, item.body, item.end)}
    if parts.get(b"mean", b"")[4:] != _MEAN or parts.get(b"name", b"")[4:] != _NAME:
        return None
    return parts.get(b"data", b"")[8:]


def _is_signed(file: BinaryIO, outer: list[Box]) -> bool:
    for found in outer:
        if found.kind == b"uuid":
            file.seek(found.body)
            if file.read(16) == _SIGNED:
                return True
    return False
