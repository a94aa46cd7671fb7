"""Patterns out of documents: whether a text has one, tried only where that ends soon.

Python's `re` knows no time limit, and a short pattern may take years over a short text. So each pattern has a
longest text on which it is tried, by how its repetitions stand.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from re import _parser  # type: ignore[attr-defined]  # the one way to look into a pattern
from typing import Any

_STEPS = 2_000_000
_LONGEST_PATTERN = 2_000
_NESTED = 20
"""Characters of a text on which a repetition of a repetition is tried."""
_EVERY = 1_000_000


@lru_cache(maxsize=512)
def _read(pattern: str) -> tuple[re.Pattern[str], int] | None:
    """The pattern, and the longest text on which it is tried; None where it is none that we could read."""
    if len(pattern) > _LONGEST_PATTERN:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = _parser.parse(pattern)
            compiled = re.compile(pattern)
    except (re.error, RecursionError, OverflowError, ValueError):
        return None
    repeats, nested = _repeats(tree)
    if nested:
        return compiled, _NESTED
    # A search that is not held at the start begins anew at each character.
    tries = repeats + (0 if pattern.startswith("^") else 1)
    return compiled, _EVERY if tries <= 1 else int(_STEPS ** (1 / tries))


def finds(pattern: Any, text: str) -> bool | None:
    """Whether `pattern` occurs in `text`; None where that cannot be said within a moment."""
    read = _read(pattern) if isinstance(pattern, str) else None
    if read is None or len(text) > read[1]:
        return None
    return read[0].search(text) is not None


def _repeats(tree: Any, inside: bool = False) -> tuple[int, bool]:
    """How many repetitions of open length stand side by side, and whether one stands in another."""
    count, nested = 0, False
    for operation, argument in tree:
        name = str(operation)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            low, high, body = argument
            is_open = int(high) != int(low)
            more, deeper = _repeats(body, inside or int(high) > 1)
            nested = nested or deeper or (is_open and int(high) > 1 and inside)
            count += more + (1 if is_open and int(high) > 1 else 0)
        elif name == "GROUPREF":
            nested = True
        else:
            # One of several ways at each turn: as many ways as a repetition of a repetition has.
            nested = nested or (inside and name == "BRANCH")
            for body in _bodies(argument):
                more, deeper = _repeats(body, inside)
                count, nested = count + more, nested or deeper
    return count, nested


def _bodies(argument: Any) -> list[Any]:
    """The patterns inside the argument of an operation."""
    if isinstance(argument, _parser.SubPattern):
        return [argument]
    if isinstance(argument, list | tuple):
        return [body for part in argument for body in _bodies(part)]
    return []
