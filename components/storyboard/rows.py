"""Rows: what every reader of a format finds, and the sentence where something cannot be read."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from components.storyboard.shapes import spoken_length
from components.storyboard.storyboard import (
    MOST_CHARACTERS,
    MOST_SECONDS,
    MOST_SHOTS,
    Board,
    Budget,
    board_from,
)
from components.words import excerpt

UNIT = r"(?:seconds?|secs?|s|sekunden?|sek|secondes?|segundos?|secondi|sekundy?|秒|초)\.?"
"""How people write "seconds" behind a number; for regular expressions that ignore case."""

_NUMBER = re.compile(rf"([+-]?[0-9]{{1,9}}(?:[.,][0-9]{{1,9}})?)\s*(?:{UNIT})?", re.IGNORECASE)
_CLOCK = re.compile(r"(?:([0-9]{1,2}):)?([0-9]{1,3}):([0-9]{2}(?:[.,][0-9]{1,3})?)")
_LONGEST_LENGTH = 40

NO_SHOT = (
    "There is no shot in it. It may be a table with a column for the text, a list, plain lines, JSON, "
    "subtitles or a screenplay."
)


class Unreadable(Exception):
    """What was given cannot be read. The text is a sentence that names the place and the reason."""


@dataclass(frozen=True)
class Row:
    """One shot, as far as what was read says something about it."""

    text: str
    seconds: int | None = None
    """None: it says nothing about the length."""


def board_of(rows: Iterable[Row], budget: Budget) -> Board:
    """The board of these rows.

    Where a row has no length it is the one that its text names, if that is whole, or the model's usual one.
    Raises Unreadable where there is none, or more than a board holds.
    """
    found = at_most_a_board(rows)
    if not found:
        raise Unreadable(NO_SHOT)
    return board_from((row.text, row.seconds or named_seconds(row.text) or budget.usual) for row in found)


def at_most_a_board(rows: Iterable[Row]) -> list[Row]:
    """All of `rows` that say something. Raises Unreadable where they are more than a board holds; it stops there."""
    found = list(islice((row for row in rows if row.seconds or row.text.strip()), MOST_SHOTS + 1))
    if len(found) > MOST_SHOTS:
        raise Unreadable(
            f"There are more than {MOST_SHOTS} shots in it; a storyboard has at most {MOST_SHOTS}."
        )
    characters = sum(len(row.text) for row in found)
    if characters > MOST_CHARACTERS:
        raise Unreadable(
            f"Its shots have {characters:,} characters together; a storyboard has at most {MOST_CHARACTERS:,}."
        )
    return found


def named_seconds(text: str) -> int | None:
    """The length that `text` names, where it is one that a shot can have."""
    spoken = spoken_length(text)
    return int(spoken) if spoken and spoken % 1 == 0 and spoken <= MOST_SECONDS else None


def length_in(cell: str) -> float | None:
    """The seconds that `cell` is: "3", "3 s", "2,5 sec", "0:03"; None where it is no length."""
    if len(cell) > _LONGEST_LENGTH:
        return None
    plain = unicodedata.normalize("NFKC", cell).strip()
    if number := _NUMBER.fullmatch(plain):
        return float(number[1].replace(",", "."))
    if clock := _CLOCK.fullmatch(plain):
        hours, minutes, seconds = clock[1] or "0", clock[2], clock[3].replace(",", ".")
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    return None


def whole_seconds(said: object, where: str) -> int | None:
    """The length that `said` is, in seconds; None where it says nothing.

    Raises Unreadable, beginning with `where` ("Line 3"), where no shot can have that length.
    """
    if said is None or (isinstance(said, str) and not said.strip()):
        return None
    seconds: object = length_in(said) if isinstance(said, str) else said
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 1 or seconds % 1 != 0:
        raise Unreadable(f"{where}: the length must be a whole number of seconds; it says {quoted(said)}.")
    if seconds > MOST_SECONDS:
        raise Unreadable(
            f"{where}: a shot can be at most {MOST_SECONDS:,} seconds long; it says {quoted(said)}."
        )
    return int(seconds)


def quoted(said: object) -> str:
    """The beginning of `said` in quotation marks, for a sentence."""
    if not isinstance(said, str | int | float):
        return "something that is no number"
    text = said if isinstance(said, str) else json.dumps(said)
    shown = "".join(letter if letter.isprintable() else " " for letter in text[:200])
    return f"“{excerpt(shown, 40)}”"
