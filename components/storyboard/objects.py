"""Shots in JSON: boards of our own, and what is sent to the provider, whatever its fields are called."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from components.reports import clean_text
from components.storyboard.columns import is_count_name, is_length_name, is_text_name
from components.storyboard.rows import NO_SHOT, Row, Unreadable, quoted, whole_seconds
from components.storyboard.storyboard import Board, read_board

_DEEPEST = 8
"""Levels below the outermost at which shots are looked for."""
_BEGINS = re.compile(r'\s*(?:\{\s*["}]|\[\s*(?:["{\]]|\[\s*["{\[\]]))')
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]{1,20}://|data:)\S*", re.IGNORECASE)
_LISTS_OF_SHOTS = ("shot", "scene", "prompt", "storyboard")


@dataclass(frozen=True)
class _Found:
    """A list that may be the shots."""

    name: str
    entries: list[Any]

    @property
    def likeliness(self) -> tuple[bool, bool, int]:
        """By its name, by lengths in it, by how much is written."""
        is_named = any(word in self.name.casefold() for word in _LISTS_OF_SHOTS)
        has_lengths = any(isinstance(entry, dict) and _seconds(entry) is not None for entry in self.entries)
        return is_named, has_lengths, sum(len(_text(entry) or "") for entry in self.entries)


def is_json(text: str) -> bool:
    """Whether `text` begins like JSON, and like nothing else."""
    return bool(_BEGINS.match(text))


def read_json(text: str) -> Board | Iterable[Row]:
    """The board that was exported, with its ids; else the shots of the likeliest list of texts.

    Raises Unreadable where there is none, where a length is none, and where it is no JSON.
    """
    whole = _parsed(text)
    lists: list[_Found] = []
    for name, value in _within(whole):
        board = read_board(value)
        if board is not None and board.shots:
            return board
        if isinstance(value, list) and _may_be_shots(value):
            lists.append(_Found(name, value))
    if not lists:
        single = _row(whole, "The shot") if isinstance(whole, dict) and _text(whole) is not None else None
        if single is None:
            raise Unreadable(NO_SHOT)
        return [single]
    likeliest = max(lists, key=lambda found: found.likeliness)
    return (_row(entry, f"Shot {n}") for n, entry in enumerate(likeliest.entries, 1))


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, strict=False, object_pairs_hook=_without_doubles)
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"Line {error.lineno}: the JSON cannot be read from character {error.colno} on. "
            "A comma, a bracket or a quotation mark may be missing there or before."
        ) from None
    except RecursionError:
        raise Unreadable("There are too many brackets within brackets in this JSON.") from None
    except ValueError:  # Python's limit for the digits of a whole number
        raise Unreadable("There is a number of thousands of digits in this JSON.") from None


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """One object. Raises Unreadable where it says something twice: one of the two would be lost."""
    found = dict(pairs)
    if len(found) < len(pairs):
        counted = Counter(name for name, _ in pairs)
        twice = next(name for name, times in counted.items() if times > 1)
        raise Unreadable(f"The name {quoted(twice)} stands twice in one object of this JSON.")
    return found


def _within(value: Any) -> Iterator[tuple[str, Any]]:
    """`value` and what is in it, with the names, the outer before the inner."""
    level = [("", value)]
    for _ in range(_DEEPEST + 1):
        yield from level
        inner: list[tuple[str, Any]] = []
        for name, outer in level:
            if isinstance(outer, dict):
                inner += outer.items()
            elif isinstance(outer, list):
                inner += [(name, entry) for entry in outer if isinstance(entry, dict | list)]
        level = inner


def _may_be_shots(entries: list[Any]) -> bool:
    texts = [_text(entry) for entry in entries]
    if not texts or None in texts:
        return False
    return any(text for text in texts) and not any(_ADDRESS.fullmatch(text or "") for text in texts)


def _text(entry: Any) -> str | None:
    """The text of a shot: the entry itself, the field that is called so, or the only one that is a text."""
    if isinstance(entry, str):
        return entry
    if not isinstance(entry, dict):
        return None
    texts = {
        name: value for name, value in entry.items() if isinstance(value, str) and not is_length_name(name)
    }
    named = [value for name, value in texts.items() if is_text_name(name)]
    if named:
        return named[0]
    return next(iter(texts.values())) if len(texts) == 1 else None


def _seconds(entry: dict[str, Any]) -> object:
    """The length that is given for a shot: in the field that is called so, or the only number; None without."""
    named = [value for name, value in entry.items() if is_length_name(name)]
    if named:
        return named[0]
    numbers = [
        value
        for name, value in entry.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and not is_count_name(name)
    ]
    return numbers[0] if len(numbers) == 1 else None


def _row(entry: Any, where: str) -> Row:
    seconds = whole_seconds(_seconds(entry), where) if isinstance(entry, dict) else None
    return Row(clean_text(_text(entry) or ""), seconds)
