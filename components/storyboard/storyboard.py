"""A storyboard: shots in their order, what each shows and for how long. Pure and immutable.

Every operation gives a new board and leaves the old one as it was; one that is not possible gives the same board
back. The browser carries out the same operations while somebody edits (`board.js`); a test holds the two against
each other.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from components.reports import clean_text

MOST_SHOTS = 200
"""More than any model takes by far: a longer board is a mistake of whoever made it."""
MOST_SECONDS = 3600
"""The longest that one shot can be planned, in seconds; an hour."""
MOST_CHARACTERS = 200_000
"""Of all texts of a board together."""

_ID = re.compile("[a-z0-9]{1,16}")


@dataclass(frozen=True)
class Shot:
    """One shot."""

    id: str
    """Names the shot on its board, wherever it stands; lower-case letters and digits."""
    text: str = ""
    seconds: int = 1


@dataclass(frozen=True)
class Budget:
    """What a model allows. Lengths in whole seconds, ascending."""

    totals: tuple[int, ...] = ()
    """The lengths that the whole video may have; empty: the model does not say."""
    lengths: tuple[int, ...] = tuple(range(1, 16))
    """The lengths that one shot may have; never empty."""
    most_shots: int | None = None
    most_text: int | None = None
    """Characters (code points) of one shot's text."""
    usual: int = 5
    """The length of a new shot, as far as there is room for it; one of `lengths`."""

    @property
    def longest(self) -> int | None:
        """The longest video; None where the model does not say."""
        return self.totals[-1] if self.totals else None

    def left(self, board: Board) -> int | None:
        """Seconds that are left, negative when the board is over; None where there is no limit."""
        return None if self.longest is None else self.longest - board.seconds


@dataclass(frozen=True)
class Board:
    """Shots in their order."""

    shots: tuple[Shot, ...] = ()
    write_lengths: bool = True
    """Whether each shot's seconds are written into its text, for a model that takes nothing but texts."""

    @property
    def seconds(self) -> int:
        """How long all shots are together."""
        return sum(shot.seconds for shot in self.shots)

    @property
    def is_blank(self) -> bool:
        """Whether nothing is written in any shot."""
        return not any(shot.text.strip() for shot in self.shots)

    @property
    def rows(self) -> tuple[tuple[str, int], ...]:
        """Text and seconds of each shot."""
        return tuple((shot.text, shot.seconds) for shot in self.shots)

    @property
    def cuts(self) -> tuple[int, ...]:
        """When each shot begins, in seconds."""
        starts = [0]
        for shot in self.shots[:-1]:
            starts.append(starts[-1] + shot.seconds)
        return tuple(starts[: len(self.shots)])

    def add(self, budget: Budget, after: int | None = None) -> Board:
        """With an empty shot behind the one at `after`; at the end without it."""
        if self._is_full(budget):
            return self
        left = budget.left(self)
        fitting = [length for length in budget.lengths if left is None or length <= left]
        seconds = min(budget.usual, fitting[-1]) if fitting else budget.lengths[0]
        return self._with(len(self.shots) if after is None else after + 1, Shot(self._free_id(), "", seconds))

    def duplicate(self, budget: Budget, index: int) -> Board:
        """With a copy of the shot at `index` behind it, just as long."""
        if self._is_full(budget) or not self._has(index):
            return self
        return self._with(index + 1, replace(self.shots[index], id=self._free_id()))

    def delete(self, index: int) -> Board:
        """Without the shot at `index`; the others stay as long as they are."""
        return self._put([shot for n, shot in enumerate(self.shots) if n != index])

    def keep(self, indices: Iterable[int]) -> Board:
        """With the shots at `indices` alone, in their order."""
        kept = set(indices)
        return self._put([shot for n, shot in enumerate(self.shots) if n in kept])

    def move(self, index: int, to: int) -> Board:
        """With the shot at `index` moved to the place `to`, text and seconds along."""
        if not self._has(index) or not self._has(to):
            return self
        rest = [shot for n, shot in enumerate(self.shots) if n != index]
        return self._put([*rest[:to], self.shots[index], *rest[to:]])

    def write(self, index: int, text: str) -> Board:
        """With another text in the shot at `index`. It may be too long for the model: nothing is cut off."""
        return self._change(index, text=text)

    def set_seconds(self, budget: Budget, index: int, seconds: int) -> Board:
        """With the shot at `index` just so long, where a shot may be; the board may go over its budget."""
        return self._change(index, seconds=seconds) if seconds in budget.lengths else self

    def lengthen(self, budget: Budget, index: int) -> Board:
        """With the next longer length for the shot at `index`, as far as the budget leaves it."""
        if not self._has(index):
            return self
        now, left = self.shots[index].seconds, budget.left(self)
        longer = next((length for length in budget.lengths if length > now), None)
        if longer is None or (left is not None and longer - now > left):
            return self
        return self._change(index, seconds=longer)

    def shorten(self, budget: Budget, index: int) -> Board:
        """With the next shorter length for the shot at `index`."""
        if not self._has(index):
            return self
        now = self.shots[index].seconds
        shorter = next((length for length in reversed(budget.lengths) if length < now), None)
        return self if shorter is None else self._change(index, seconds=shorter)

    def fit(self, budget: Budget, total: int) -> Board | None:
        """Stretched or shrunk to `total` seconds, every shot in proportion and within what a shot may be.

        None where that cannot be: more shots than the shortest of them leave room for, or longer than the
        longest of them fill.
        """
        lengths = [budget.lengths[0]] * len(self.shots)
        missing = total - sum(lengths)
        before = self.seconds or 1
        ideals = [shot.seconds * total / before for shot in self.shots]
        longer = dict(zip(budget.lengths, budget.lengths[1:], strict=False))
        # Whoever is furthest below its share grows next, so that what is left over goes where it is missed most.
        waiting = [(length - ideal, n) for n, (length, ideal) in enumerate(zip(lengths, ideals, strict=True))]
        heapq.heapify(waiting)
        while missing > 0 and waiting:
            _, n = heapq.heappop(waiting)
            step = longer.get(lengths[n], lengths[n]) - lengths[n]
            if 0 < step <= missing:
                lengths[n] += step
                missing -= step
                heapq.heappush(waiting, (lengths[n] - ideals[n], n))
        if missing or not self.shots:
            return None
        fitted = zip(self.shots, lengths, strict=True)
        return self._put([replace(shot, seconds=seconds) for shot, seconds in fitted])

    def put(self, shots: Sequence[tuple[str, int]], at: int | None = None) -> Board:
        """With these texts and seconds in the places from `at` on, over what stands there; at the end without it."""
        at = len(self.shots) if at is None else at
        board = self
        for n, (text, seconds) in enumerate(shots, at):
            if n < len(board.shots):
                board = board._change(n, text=text, seconds=seconds)
            else:
                board = board._with(n, Shot(board._free_id(), text, seconds))
        return board

    def as_json(self) -> dict[str, Any]:
        """As plain data; `read_board` reads it back."""
        shots = [{"id": shot.id, "text": shot.text, "seconds": shot.seconds} for shot in self.shots]
        return {"shots": shots, "write_lengths": self.write_lengths}

    def _has(self, index: int) -> bool:
        return 0 <= index < len(self.shots)

    def _is_full(self, budget: Budget) -> bool:
        most = MOST_SHOTS if budget.most_shots is None else min(budget.most_shots, MOST_SHOTS)
        return len(self.shots) >= most

    def _free_id(self) -> str:
        taken = {shot.id for shot in self.shots}
        return next(id for n in count(len(taken) + 1) if (id := f"s{n}") not in taken)

    def _put(self, shots: Sequence[Shot]) -> Board:
        return replace(self, shots=tuple(shots))

    def _with(self, at: int, shot: Shot) -> Board:
        return self._put([*self.shots[:at], shot, *self.shots[at:]])

    def _change(self, index: int, **changes: Any) -> Board:
        if not self._has(index):
            return self
        changed = replace(self.shots[index], **changes)
        return self._put([*self.shots[:index], changed, *self.shots[index + 1 :]])


def board_from(rows: Iterable[tuple[str, int]], *, write_lengths: bool = True) -> Board:
    """A board of these texts and seconds."""
    return Board(write_lengths=write_lengths).put(list(rows))


def read_board(data: object) -> Board | None:
    """The board that `as_json` wrote, from a browser or the disk; None for anything else, whatever it is."""
    if not isinstance(data, Mapping):
        return None
    shots, write_lengths = data.get("shots"), data.get("write_lengths", True)
    if not isinstance(shots, list) or len(shots) > MOST_SHOTS or not isinstance(write_lengths, bool):
        return None
    board = Board(tuple(filter(None, map(_read_shot, shots))), write_lengths)
    ids = {shot.id for shot in board.shots}
    whole = len(ids) == len(shots) and sum(len(shot.text) for shot in board.shots) <= MOST_CHARACTERS
    return board if whole else None


def _read_shot(data: object) -> Shot | None:
    if not isinstance(data, Mapping):
        return None
    id, text, seconds = data.get("id"), data.get("text"), data.get("seconds")
    if not isinstance(id, str) or not _ID.fullmatch(id) or not isinstance(text, str):
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds % 1 != 0:
        return None
    return Shot(id, clean_text(text), int(seconds)) if 1 <= seconds <= MOST_SECONDS else None
