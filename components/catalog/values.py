"""Values of parameters: what counts as set, and what is the same."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from components.catalog.spec import (
    ALTERNATIVE,
    VALUE,
    Choice,
    Group,
    Json,
    Media,
    OneOf,
    Parameter,
    Scalar,
    Text,
)

LARGEST = 2**53
"""Beyond this a number is no longer exact in every JSON reader (RFC 8259, section 6)."""

# Of JSON that somebody writes.
DEEPEST = 20
MOST_NODES = 5_000
_SECONDS = re.compile(r"\s*(\d{1,6})\s*(?:s|sec|secs|seconds?)?\s*", re.ASCII | re.IGNORECASE)


def same(one: Any, other: Any) -> bool:
    """Equality as JSON has it: 5 is 5.0, and true is not 1."""
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def is_set(parameter: Parameter, value: Any) -> bool:
    """Whether a person has set `parameter`. None, "" and [] are not set, nor is a text of blanks.

    A group is set where one of the fields that it offers is; JSON that somebody wrote is, be it an empty list.
    """
    if value is None or value == "":
        return False
    if isinstance(parameter, OneOf):
        chosen = chosen_in(parameter, value)
        if chosen is not None:
            return is_set(parameter.alternatives[chosen[0]], chosen[1])
        likely = [a for a in parameter.alternatives if isinstance(a, Group | Json | OneOf)]
        if isinstance(value, Mapping):
            return not likely or any(is_set(alternative, value) for alternative in likely)
        return any(is_set(alternative, value) for alternative in parameter.alternatives)
    if isinstance(parameter, Json):
        return True
    if isinstance(value, list | tuple) and not value:
        return False
    if isinstance(parameter, Text | Media) and isinstance(value, str):
        return bool(value.strip())
    if isinstance(parameter, Group) and isinstance(value, Mapping):
        return any(is_set(f, value.get(f.name)) for f in parameter.fields if not f.deprecated)
    return True


def chosen_in(parameter: OneOf, value: Any) -> tuple[int, Any] | None:
    """Position and value as a draft keeps them, of a value of that form; None for any other."""
    if not isinstance(value, Mapping) or not value.keys() <= {ALTERNATIVE, VALUE}:
        return None
    position = value.get(ALTERNATIVE)
    if type(position) is not int or not 0 <= position < len(parameter.alternatives):
        return None
    return position, value.get(VALUE)


def fallback(parameter: Parameter) -> Any:
    """What is sent for a required parameter that nobody set: its default, or its only option. Else None."""
    if parameter.default is None and isinstance(parameter, Choice) and len(parameter.options) == 1:
        return parameter.options[0]
    return parameter.default


def seconds_in(option: Scalar | None) -> int | None:
    """The whole seconds that an option of a length stands for: 5, "5", "8s". None for "auto"."""
    if isinstance(option, str):
        found = _SECONDS.fullmatch(option)
        return int(found[1]) if found else None
    if isinstance(option, bool) or not isinstance(option, int | float):
        return None
    return int(option) if abs(option) <= LARGEST and option % 1 == 0 else None


def is_json(value: Any) -> bool:
    """Whether `value` is JSON within bounds."""
    left, level = MOST_NODES, [value]
    for _ in range(DEEPEST + 1):
        left -= len(level)
        if left < 0:
            return False
        inner: list[Any] = []
        for node in level:
            if isinstance(node, Mapping):
                if not all(isinstance(name, str) and is_whole_text(name) for name in node):
                    return False
                inner += node.values()
            elif isinstance(node, list | tuple):
                inner += node
            elif isinstance(node, str):
                if not is_whole_text(node):
                    return False
            elif isinstance(node, float):
                if not math.isfinite(node) or abs(node) > LARGEST:
                    return False
            elif node is not None and (not isinstance(node, int) or abs(node) > LARGEST):
                return False
        if not inner:
            return True
        level = inner
    return False


def is_whole_text(value: str) -> bool:
    """Whether `value` has no half of a character, which no request can carry."""
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)
