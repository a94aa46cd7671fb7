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
from components.jobs.keyed_labels import value_of, with_values

PROGRAM = "Video Playground"
LARGEST_LABEL = 1_000_000
"""Bytes of everything that is written into a file."""

_TITLE, _COMMENT, _TOOL, _OURS = b"\xa9nam", b"\xa9cmt", b"\xa9too", b"----"
_MEAN, _NAME = b"video-playground", b"draft"
"""What tells our item from those of other programs."""
_KEY = "video-playground.draft"

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
    """A file with its label: what to send, in this order. Ranges are of bytes of the file as it lies on the disk."""

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
        if len(label.title) + len(label.comment) + len(label.draft) > LARGEST_LABEL:
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
        draft = next(_drafts(content, index), b"")
    except Odd:
        return None
    return draft if 0 < len(draft) <= LARGEST_LABEL else None


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
    if _handler(content, within) == b"mdta":
        return box(b"meta", content[meta.body : begin], *with_values(content, within, _by_key(label)))
    if _handler(content, within) != b"mdir" or sum(part.kind == b"ilst" for part in within) > 1:
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
    return items


def _by_key(label: Label) -> dict[str, bytes]:
    """The same where labels are named by keys; the words are FFmpeg's."""
    words = (("title", label.title), ("comment", label.comment), ("encoder", PROGRAM))
    values = {key: _text(said) for key, said in words if said}
    return values | ({_KEY: _data(label.draft)} if label.draft else {})


def _text(said: str) -> bytes:
    return _data(_CONTROLS.sub("", said).encode("utf-8", "replace"))


def _data(value: bytes) -> bytes:
    return box(b"data", (1).to_bytes(4), bytes(4), value)  # 1: it is UTF-8; zeros: for any country


def _drafts(content: bytes, index: Box) -> Iterator[bytes]:
    """The drafts in the list of labels of an index: one, or none. Of more lists than one the first counts."""
    udta = _first(b"udta", inside(content, index.body - index.start, len(content)))
    meta = None if udta is None else _first(b"meta", inside(content, udta.body, udta.end))
    if meta is not None:
        yield from _drafts_in(content, inside(content, meta.body + prefix(content, meta), meta.end))


def _drafts_in(content: bytes, within: list[Box]) -> Iterator[bytes]:
    if _handler(content, within) == b"mdta":
        item = value_of(content, within, _KEY)
        if item is not None:
            yield _value(content, item)
        return
    items = _first(b"ilst", within)
    for item in [] if items is None else inside(content, items.body, items.end):
        if (draft := _draft_in(content, item)) is not None:
            yield draft


def _first(kind: bytes, boxes: list[Box]) -> Box | None:
    return next((found for found in boxes if found.kind == kind), None)


def _handler(content: bytes, within: list[Box]) -> bytes | None:
    """How a `meta` names its labels: "mdir" as iTunes does, "mdta" by keys."""
    handlers = [content[part.body + 8 : part.body + 12] for part in within if part.kind == b"hdlr"]
    return handlers[0] if len(handlers) == 1 else None


def _is_replaced(content: bytes, item: Box) -> bool:
    return item.kind in (_TITLE, _COMMENT, _TOOL) or _draft_in(content, item) is not None


def _draft_in(content: bytes, item: Box) -> bytes | None:
    """What stands in an item of ours; None for any other."""
    if item.kind != _OURS:
        return None
    parts = {part.kind: content[part.body : part.end] for part in inside(content, item.body, item.end)}
    if parts.get(b"mean", b"")[4:] != _MEAN or parts.get(b"name", b"")[4:] != _NAME:
        return None
    return _value(content, item)


def _value(content: bytes, item: Box) -> bytes:
    """What stands in the `data` of an item; nothing without one."""
    data = _first(b"data", inside(content, item.body, item.end))
    return b"" if data is None else content[data.body + 8 : data.end]


def _is_signed(file: BinaryIO, outer: list[Box]) -> bool:
    for found in outer:
        if found.kind == b"uuid":
            file.seek(found.body)
            if file.read(16) == _SIGNED:
                return True
    return False
