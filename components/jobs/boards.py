"""Storyboards that people keep by name. Each is its owner's alone: to anybody else it does not exist.

Every change is one transaction. As with drafts, none is part of the store's revision: no other person's page
shows it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from dataclasses import dataclass
from itertools import chain, count
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, delete, insert, literal, select, update

from components.jobs.database import reading, writing
from components.jobs.job import new_id
from components.jobs.rows import storable
from components.jobs.schema import board

LONGEST_NAME = 80
"""The longest name of a board, in characters."""

_LARGEST = 2**62  # the database holds no larger number
_COPY = re.compile(r" \(copy(?: \d+)?\)$")
_LISTED: list[ColumnElement[Any]] = [board.c.id, board.c.name, board.c.saved, board.c.shots, board.c.seconds]


@dataclass(frozen=True)
class SavedBoard:
    """What a list of boards says of one."""

    id: str
    """32 hex digits."""
    name: str
    saved: float
    """When it was last kept, in Unix seconds."""
    shots: int
    seconds: int
    """How long its shots are together."""


class Boards:
    """The boards in the store's database. Every method raises StoreError when the database cannot be used."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def save(self, owner: str, name: str, value: dict[str, Any], now: float) -> SavedBoard:
        """Keeps `value` as `name`, in place of what `owner` had under that name.

        Raises ValueError, with a sentence, for a name that no board can have.
        """
        name = _name(name)
        shots, seconds = _measures(value)
        with writing(self._engine) as connection:
            old = _named(connection, owner, name)
            kept = SavedBoard(old.id if old else new_id(), name, now, shots, seconds)
            contents = {"saved": now, "shots": shots, "seconds": seconds, "value": value}
            if old:
                connection.execute(update(board).where(board.c.id == old.id).values(contents))
            else:
                connection.execute(insert(board).values(id=kept.id, owner=owner, name=name, **contents))
        return kept

    def named(self, owner: str, name: str) -> SavedBoard | None:
        """The board that saving under `name` would replace, or None."""
        try:
            name = _name(name)
        except ValueError:
            return None
        with reading(self._engine) as connection:
            return _named(connection, owner, name)

    def all(self, owner: str) -> list[SavedBoard]:
        """Every board of `owner`, the last kept first."""
        newest_first = board.c.saved.desc(), board.c.id.desc()
        with reading(self._engine) as connection:
            mine = select(*_LISTED).where(board.c.owner == owner).order_by(*newest_first)
            return [_listed(row) for row in connection.execute(mine)]

    def get(self, owner: str, board_id: str) -> dict[str, Any] | None:
        """What was kept, empty where it is damaged; None where `owner` has no such board."""
        with reading(self._engine) as connection:
            row = connection.execute(select(board.c.value).where(_this(owner, board_id))).one_or_none()
        return None if row is None else _value(row)

    def duplicate(self, owner: str, board_id: str, now: float) -> SavedBoard | None:
        """A second board with the same contents, under a name of its own; None where there is no such board."""
        with writing(self._engine) as connection:
            row = connection.execute(select(*_LISTED).where(_this(owner, board_id))).one_or_none()
            if row is None:
                return None
            taken = set(connection.execute(select(board.c.name).where(board.c.owner == owner)).scalars())
            copy = SavedBoard(new_id(), _copy_name(row.name, taken), now, row.shots, row.seconds)
            told = {"id": copy.id, "owner": owner, "name": copy.name, "saved": now}
            # From column to column: the copy is the same to the letter.
            as_they_are = [board.c.shots, board.c.seconds, board.c.value]
            contents = select(*map(literal, told.values()), *as_they_are).where(board.c.id == board_id)
            connection.execute(insert(board).from_select([*told, *(c.name for c in as_they_are)], contents))
            return copy

    def delete(self, owner: str, board_id: str) -> bool:
        """Forgets a board; whether it was there."""
        with writing(self._engine) as connection:
            return connection.execute(delete(board).where(_this(owner, board_id))).rowcount > 0


def _this(owner: str, board_id: str) -> ColumnElement[bool]:
    return (board.c.id == storable(board_id)) & (board.c.owner == owner)


def _named(connection: Connection, owner: str, name: str) -> SavedBoard | None:
    mine = select(*_LISTED).where(board.c.owner == owner, board.c.name == name)
    row = connection.execute(mine).one_or_none()
    return None if row is None else _listed(row)


def _listed(row: Row[Any]) -> SavedBoard:
    return SavedBoard(row.id, row.name, row.saved, row.shots, row.seconds)


def _value(row: Row[Any]) -> dict[str, Any]:
    return row.value if isinstance(row.value, dict) else {}


def _measures(value: dict[str, Any]) -> tuple[int, int]:
    """How many shots `value` has, and their seconds together. What is not as `Board.as_json` writes it is no shot."""
    listed = value.get("shots")
    shots = [shot for shot in listed if isinstance(shot, dict)] if isinstance(listed, list) else []
    seconds = sum(length for shot in shots if type(length := shot.get("seconds")) is int)
    return len(shots), max(-_LARGEST, min(seconds, _LARGEST))


def _name(given: str) -> str:
    """`given` as names are kept: composed, on one line, without blanks around. Raises ValueError."""
    one_line = "".join(" " if unicodedata.category(c) == "Cc" else c for c in storable(given))
    name = " ".join(unicodedata.normalize("NFC", one_line).split())
    if not any(c.isprintable() and c != " " for c in name):
        raise ValueError("A board needs a name.")
    if len(name) > LONGEST_NAME:
        raise ValueError(f"A board's name can have {LONGEST_NAME} characters; this one has {len(name)}.")
    return name


def _copy_name(name: str, taken: Container[str]) -> str:
    """A free name for a copy of `name`: "Name (copy)", "Name (copy 2)" and so on."""
    own = _COPY.sub("", name)
    endings = chain([" (copy)"], (f" (copy {number})" for number in count(2)))
    copies = (own[: LONGEST_NAME - len(ending)].rstrip() + ending for ending in endings)
    return next(copy for copy in copies if copy not in taken)
