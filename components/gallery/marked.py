"""Which words of a text became which: pieces that stayed, went and came. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache
from itertools import groupby

_MOST_WORDS = 400
"""So many on either side are compared word by word; more, where all of them differ, take too long."""
_LONGEST_TEXT = 20_000
_CONTEXT = 60
"""Characters of unchanged text that are shown beside a change."""
_LONGEST_PIECE = 600
# Written without spaces: each sign is a word of its own, or one sentence would be one.
_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")


class Mark(StrEnum):
    """What became of a piece."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True)
class Piece:
    """Some words in a row with one fate."""

    text: str
    mark: Mark


@lru_cache(maxsize=64)
def marked(before: str, after: str) -> tuple[Piece, ...]:
    """The pieces of both texts in reading order: without the new ones they are `before`, without those gone `after`.

    Of texts beyond 20,000 characters their beginnings are compared.
    """
    one, other = words(before[:_LONGEST_TEXT]), words(after[:_LONGEST_TEXT])
    start = _alike(one, other)
    end = _alike(one[start:][::-1], other[start:][::-1])
    old, new = one[start : len(one) - end], other[start : len(other) - end]
    pieces = [Piece("".join(one[:start]), Mark.SAME)]
    if max(len(old), len(new)) > _MOST_WORDS:
        pieces += [Piece("".join(old), Mark.GONE), Piece("".join(new), Mark.NEW)]
    else:
        for how, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if how == "equal":
                pieces.append(Piece("".join(old[i1:i2]), Mark.SAME))
            else:
                pieces += [Piece("".join(old[i1:i2]), Mark.GONE), Piece("".join(new[j1:j2]), Mark.NEW)]
    pieces.append(Piece("".join(one[len(one) - end :]), Mark.SAME))
    return tuple(_joined(_without_single_spaces(pieces)))


def words(text: str) -> list[str]:
    """`text` in words, spaces and signs; together they are the text. What belongs to a letter stays with it."""
    found: list[str] = []
    before = ""
    for character in text:
        kind = _kind(character)
        joins = kind == "mark" or (kind == before and kind in ("letter", "space"))
        if found and joins:
            found[-1] += character
        else:
            found.append(character)
        before = before if kind == "mark" and found else kind
    return found


def folded(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces for a person in a hurry: of long unchanged ones what stands beside a change."""
    shown = []
    for number, piece in enumerate(pieces):
        text, first, last = piece.text, number == 0, number == len(pieces) - 1
        if piece.mark is not Mark.SAME:
            text = text if len(text) <= _LONGEST_PIECE else f"{text[:_LONGEST_PIECE]}…"
        elif len(text) > 3 * _CONTEXT:
            head = "" if first else text[:_CONTEXT].rsplit(" ", 1)[0]
            tail = "" if last else text[-_CONTEXT:].split(" ", 1)[-1]
            text = f"{head} … {tail}"
        shown.append(Piece(text, piece.mark))
    return shown


def _kind(character: str) -> str:
    category = unicodedata.category(character)
    if category[0] == "M" or character in "\u200d\u200c" or "\U0001f3fb" <= character <= "\U0001f3ff":
        return "mark"
    if character.isspace():
        return "space"
    if category[0] in "LN" or character in "'’_":
        is_unspaced = character > "\u0dff" and unicodedata.name(character, "").startswith(_UNSPACED)
        return "sign" if is_unspaced else "letter"
    return "sign"


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """With how many words both begin."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def _without_single_spaces(pieces: Iterable[Piece]) -> list[Piece]:
    """A lone space between two changes belongs to both: what changed reads as one."""
    pieces = [piece for piece in pieces if piece.text]
    found: list[Piece] = []
    for number, piece in enumerate(pieces):
        between = 0 < number < len(pieces) - 1
        if piece.mark is Mark.SAME and between and piece.text.isspace():
            found += [Piece(piece.text, Mark.GONE), Piece(piece.text, Mark.NEW)]
        else:
            found.append(piece)
    return found


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Neighbours of one fate as one; within a change what is gone stands before what is new."""
    found: list[Piece] = []
    for is_same, run in groupby(pieces, lambda piece: piece.mark is Mark.SAME):
        group = list(run)
        for mark in (Mark.SAME,) if is_same else (Mark.GONE, Mark.NEW):
            if text := "".join(piece.text for piece in group if piece.mark is mark):
                found.append(Piece(text, mark))
    return found
