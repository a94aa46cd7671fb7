"""Both shapes in which models take shots: objects of text and seconds, and plain texts.

For plain texts the seconds live in the board alone; they can be written into the texts as the provider's own example
does ("..., 3 seconds."; FACTS, rule 2).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from components.catalog.spec import Choice, Group, ListOf, ModelSpec, Number, Parameter, Role, Text
from components.jobs.job import Order
from components.reports import clean_text
from components.storyboard.storyboard import (
    MOST_SECONDS,
    MOST_SHOTS,
    Board,
    Budget,
    Shot,
    board_from,
    read_board,
)

_USUAL = 5
"""Seconds of a new shot where the document publishes no default."""
_LONGEST = 60
"""Seconds up to which lengths are offered where the document sets no limit."""

_WORDS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
    "twenty",
)
_UNITS = "secs?|seconds?|sekunden?|secondes?|segundos?|secondi"
# "30s" and "1980s" are ages and decades, "3S" is a name; "10s" is a length. Words of ASCII alone: without regard to
# case, "i" is a dotless one too.
_SPOKEN = re.compile(
    rf"""
    (?<![\w.,/]) (?!(?!10s)\d+0s\b) (\d{{1,4}}(?:[.,]\d{{1,3}})?) [\s-]* (?:(?-i:s)|{_UNITS}) (?!\w)
    | (?<!\w) (?<!\w-) ((?a:{"|".join(_WORDS)})) [\s-]* (?:{_UNITS}) (?!\w)
    | (?<![\d.,第]) (\d{{1,4}}(?:[.,]\d{{1,3}})?) \s* [秒초]
    """,
    re.IGNORECASE | re.VERBOSE,
)
_AT_THE_END = " \t\n\u00a0.,;:。、，；…"


@dataclass(frozen=True)
class Shape:
    """How a model takes shots."""

    parameter: ListOf
    """The list of shots."""
    budget: Budget
    text_name: str | None = None
    """The field of a shot that holds its text; None: the shot is the text."""
    seconds_name: str | None = None
    """The field of a shot that holds its seconds; None: the model takes no seconds for a shot."""
    total: Parameter | None = None
    """The model's length of the video: the sum of the shots is sent as this."""

    @property
    def is_text_only(self) -> bool:
        """Whether a shot's seconds can only be written into its text."""
        return self.seconds_name is None


def shape_of(spec: ModelSpec) -> Shape | None:
    """How `spec` takes shots; None where it takes none, or something else than texts and seconds."""
    shots, total = spec.by_role(Role.SHOTS), spec.by_role(Role.SECONDS)
    if not isinstance(shots, ListOf):
        return None
    item = shots.item
    fields = item.fields if isinstance(item, Group) else (item,)
    text = next((f for f in fields if isinstance(f, Text) and f.role is Role.PROMPT), None)
    seconds = next((f for f in fields if f.role is Role.SECONDS), None)
    if text is None or any(field.required for field in fields if field not in (text, seconds)):
        return None
    totals = _lengths(total)
    longest = totals[-1] if totals else _LONGEST
    lengths = _lengths(seconds, longest) or tuple(range(1, longest + 1))
    default = (seconds or total or text).default
    return Shape(
        parameter=shots,
        budget=Budget(
            totals=totals,
            lengths=lengths,
            most_shots=shots.max_items,
            most_text=text.max_length,
            usual=default if default in lengths else _nearest(_USUAL, lengths),
        ),
        text_name=text.name if isinstance(item, Group) else None,
        seconds_name=seconds.name if seconds is not None and isinstance(item, Group) else None,
        total=total,
    )


def compiled(board: Board, shape: Shape) -> list[Any]:
    """The shots as the model takes them; an empty list where nothing is written in any of them."""
    return [] if board.is_blank else [_entry(shot, board, shape) for shot in board.shots]


def sent_text(shot: Shot, board: Board, shape: Shape) -> str:
    """The text of `shot` as it is sent: with its seconds written in, where they have no other place."""
    words = shot.text.rstrip(_AT_THE_END)
    if not (shape.is_text_only and board.write_lengths and words) or spoken_length(shot.text):
        return shot.text
    unit = "second" if shot.seconds == 1 else "seconds"
    return f"{words}, {shot.seconds} {unit}."


@lru_cache(maxsize=256)  # every run of the page asks for each shot, several times
def spoken_length(text: str) -> float | None:
    """The length in seconds that `text` names, the last where it names several; None where it names none."""
    found = [match[1] or match[2] or match[3] for match in _SPOKEN.finditer(text)]
    if not found:
        return None
    last = found[-1].casefold()
    return float(_WORDS.index(last) + 1 if last in _WORDS else last.replace(",", "."))


def board_of(value: object, shape: Shape, seconds: object = None) -> Board:
    """The shots of a request as a board, in whole seconds. What is no shot is left out, never an error.

    `seconds` is the request's length of the video. Shots whose length nobody says share what the others leave.
    """
    entries = value[:MOST_SHOTS] if isinstance(value, list | tuple) else ()
    texts = [text for entry in entries if (text := _text(entry, shape)) is not None]
    said = [_whole(_said(entry, shape)) for entry in entries if _text(entry, shape) is not None]
    unsaid = said.count(None)
    rest = (_whole(seconds) or 0) - sum(length or 0 for length in said)
    shares = _shares(rest, unsaid) if rest >= unsaid > 0 else [shape.budget.usual] * unsaid
    lengths = [shares.pop() if length is None else length for length in said]
    return board_from(zip(texts, lengths, strict=True))


def planned(order: Order, spec: ModelSpec | None) -> Board | None:
    """The storyboard that a take was asked for with; None for a single prompt.

    Where none was kept, or none that can be read, it is read from the request, as far as the model is known.
    """
    if (board := read_board(order.board)) is not None:
        return board
    shape = None if spec is None else shape_of(spec)
    if shape is None or not order.body.get(shape.parameter.name):
        return None
    return board_of(order.body[shape.parameter.name], shape, order.seconds)


def _entry(shot: Shot, board: Board, shape: Shape) -> Any:
    text = sent_text(shot, board, shape)
    if shape.text_name is None:
        return text
    seconds = {} if shape.seconds_name is None else {shape.seconds_name: shot.seconds}
    return {shape.text_name: text, **seconds}


def _text(entry: object, shape: Shape) -> str | None:
    if isinstance(entry, Mapping) and shape.text_name is not None:
        entry = entry.get(shape.text_name, "")
    return clean_text(entry) if isinstance(entry, str) else None


def _said(entry: object, shape: Shape) -> object:
    """The length that an entry of a request gives: in its field, by that field's default, or in its text."""
    if isinstance(entry, Mapping) and shape.seconds_name is not None:
        return entry.get(shape.seconds_name, shape.budget.usual)
    return spoken_length(_text(entry, shape) or "")


def _whole(seconds: object) -> int | None:
    """`seconds` as a length that a board can hold, or None."""
    if isinstance(seconds, str) and seconds.isascii() and seconds.isdigit():
        seconds = int(seconds[:9])
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    return int(seconds) if 1 <= seconds <= MOST_SECONDS and seconds % 1 == 0 else None


def _shares(total: int, parts: int) -> list[int]:
    """`total` in `parts` whole shares as equal as can be, the larger ones last."""
    share, over = divmod(total, parts)
    return [share] * (parts - over) + [share + 1] * over


def _lengths(parameter: Parameter | None, longest: int | None = None) -> tuple[int, ...]:
    """The whole seconds that `parameter` allows, ascending, up to `longest` where it has no limit of its own.

    Empty where there is no limit at all to list them up to.
    """
    if isinstance(parameter, Choice):
        whole = {int(option) for option in parameter.options if _whole(option) is not None}
        return tuple(sorted(whole))
    high = parameter.maximum if isinstance(parameter, Number) else None
    high = longest if high is None else high
    if isinstance(parameter, Number) and high is not None:
        return tuple(range(math.ceil(max(parameter.minimum or 1, 1)), int(min(high, MOST_SECONDS)) + 1))
    return ()


def _nearest(length: int, lengths: Sequence[int]) -> int:
    return min(lengths, key=lambda offered: (abs(offered - length), offered))
