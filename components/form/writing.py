"""Values that are written as text: JSON, and lists of numbers, one entry to a line.

A text that cannot be read (yet) is no value. A draft keeps it all the same, as `{UNREAD: text}`, since nothing that
somebody has typed may be lost; nothing is sent while it stands there.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from components.catalog.spec import Group, ListOf, Number, Parameter

UNREAD = "@unread"
"""The key under which a draft keeps a text that could not be read."""
MOST_COLUMNS = 4
MOST_LINES = 2_000
DEEPEST = 20
_LONGEST_NUMBER = 30


class Unreadable(Exception):
    """A text is not the value it is meant for. The text of this is a sentence for whoever wrote it."""


def unread_text(value: Any) -> str | None:
    """The text that could not be read, where `value` is one."""
    if isinstance(value, Mapping) and value.keys() == {UNREAD} and isinstance(value[UNREAD], str):
        return str(value[UNREAD])
    return None


def readable(value: Any) -> Any:
    """`value` without the texts in it that could not be read."""
    if unread_text(value) is not None:
        return None
    if isinstance(value, Mapping):
        return {name: readable(inner) for name, inner in value.items()}
    return [readable(inner) for inner in value] if isinstance(value, list) else value


def columns_of(item: Parameter) -> tuple[Number, ...] | None:
    """The fields of an entry that is a few numbers, side by side in a row; None for any other entry."""
    if not isinstance(item, Group):
        return None
    numbers = tuple(field for field in item.fields if isinstance(field, Number))
    is_row = len(numbers) == len(item.fields) and 1 <= len(numbers) <= MOST_COLUMNS
    return numbers if is_row and not any(number.deprecated for number in numbers) else None


@dataclass(frozen=True)
class Writing:
    """How values of one parameter are written as text, and read: a list of a few numbers each, else JSON."""

    parameter: Parameter

    def text_of(self, value: Any) -> str:
        """`value` as text; a text that could not be read is itself."""
        if (text := unread_text(value)) is not None:
            return text
        if self._columns is None:
            return "" if value is None else json.dumps(value, indent=2, ensure_ascii=False, default=str)
        entries = value if isinstance(value, list) else []
        return "\n".join(self._line(entry) for entry in entries)

    def read(self, text: str) -> Any:
        """The value that `text` says, None for an empty one. Raises Unreadable."""
        if not text.strip():
            return None
        return _json(text) if self._columns is None else self._rows(text)

    def read_or_keep(self, text: str) -> Any:
        """The value that `text` says, or `text` as what could not be read."""
        try:
            return self.read(text)
        except Unreadable:
            return {UNREAD: text}

    def complaint(self, text: str) -> str:
        """Why `text` cannot be read: a sentence."""
        try:
            self.read(text)
        except Unreadable as unreadable:
            return str(unreadable)
        return f"{self.parameter.label} cannot be read; please write it anew."

    @property
    def form(self) -> str:
        """What one line holds: "x, y"."""
        return ", ".join(column.label for column in self._columns or ())

    @cached_property
    def _columns(self) -> tuple[Number, ...] | None:
        return columns_of(self.parameter.item) if isinstance(self.parameter, ListOf) else None

    def _line(self, entry: Any) -> str:
        fields = entry if isinstance(entry, Mapping) else {}
        return ", ".join(_number_text(fields.get(column.name)) for column in self._columns or ())

    def _rows(self, text: str) -> list[dict[str, Any]]:
        columns = self._columns or ()
        lines = [(n, line.strip()) for n, line in enumerate(text.split("\n"), 1) if line.strip()]
        if len(lines) > MOST_LINES:
            raise Unreadable(f"These are {len(lines):,} lines; {MOST_LINES:,} can be read.")
        found = []
        for n, line in lines:
            words = re.split(r"\s*[,;\t]\s*|\s+", line.strip("()[] "))
            numbers = [_number(word, column) for word, column in zip(words, columns, strict=False)]
            if len(words) != len(columns) or any(isinstance(number, str) for number in numbers):
                raise Unreadable(f"Line {n} must be {_counted(columns)}: {self.form}. It is “{line[:40]}”.")
            pairs = zip(columns, numbers, strict=True)
            found.append({column.name: number for column, number in pairs if number is not None})
        return found


def _counted(columns: tuple[Number, ...]) -> str:
    kind = "whole number" if all(column.integer for column in columns) else "number"
    return f"one {kind}" if len(columns) == 1 else f"{len(columns)} {kind}s"


def _number(word: str, column: Number) -> float | int | str | None:
    """The number that `word` says; `word` itself where it says none, None where the place is left open ("-")."""
    if word in ("-", "–") and not column.required:
        return None
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?", word, re.IGNORECASE | re.ASCII):
        return word
    if len(word) > _LONGEST_NUMBER or not math.isfinite(number := float(word)):
        return word
    if number.is_integer():
        return int(number)
    return word if column.integer else number


def _number_text(value: Any) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return repr(value) if is_number else "-"


def _json(text: str) -> Any:
    try:
        value = json.loads(text, parse_constant=_no_constant, parse_float=_finite)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, character {error.colno}"
        raise Unreadable(f"This is not JSON yet; look at {where}.") from None
    except (ValueError, RecursionError):
        raise Unreadable("This JSON holds a number or a nesting that cannot be sent.") from None
    if _depth(value) > DEEPEST:
        raise Unreadable(f"This is nested too deeply; {DEEPEST} levels can be sent.")
    return value


def _no_constant(word: str) -> Any:
    raise ValueError(word)


def _finite(word: str) -> float:
    number = float(word)
    if not math.isfinite(number):
        raise ValueError(word)
    return number


def _depth(value: Any, most: int = DEEPEST + 1) -> int:
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return 0 if most == 0 else 1 + max((_depth(one, most - 1) for one in inner), default=0)
