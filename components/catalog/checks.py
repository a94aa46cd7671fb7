"""Whether a value fits a parameter, and if not, why, in sentences for people.

Values come from widgets, storage and components, so they may be of any type: a wrong one is a Problem, never
an exception.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from components.catalog.spec import Choice, Group, ListOf, Number, Parameter, Role, Scalar, Switch, Text

Path = tuple[str | int, ...]

# Beyond this a number is no longer exact in every JSON reader (RFC 8259, section 6).
LARGEST = 2**53
# More options than this are not listed in a sentence.
LISTED = 8


@dataclass(frozen=True)
class Problem:
    """Why a draft cannot be sent."""

    path: Path
    """Where: names and list positions from the top of the request; `()` is the whole form."""
    message: str
    """A full sentence."""


def is_set(parameter: Parameter, value: Any) -> bool:
    """Whether a person has set `parameter`. None, "" and [] are not set, nor is a text of blanks."""
    if value is None or value == "" or (isinstance(value, list | tuple) and not value):
        return False
    if isinstance(parameter, Text) and isinstance(value, str):
        return bool(value.strip())
    if isinstance(parameter, Group) and isinstance(value, Mapping):
        return any(is_set(field, value.get(field.name)) for field in parameter.fields)
    return True


def same(one: Any, other: Any) -> bool:
    """Equality as JSON has it: 5 is 5.0, and true is not 1."""
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def problems_in(
    parameter: Parameter, value: Any, path: Path, subject: str | None = None
) -> Iterator[Problem]:
    """What is wrong with `value`, which is set, as `parameter`. `subject` begins the sentences."""
    subject = parameter.label if subject is None else subject
    match parameter:
        case Choice():
            if not any(same(value, option) for option in parameter.options):
                yield _must_be(subject, allowed(parameter), value, path)
        case Number():
            yield from _in_number(parameter, value, path, subject)
        case Switch():
            if not isinstance(value, bool):
                yield _must_be(subject, "on or off", value, path)
        case Text():
            yield from _in_text(parameter, value, path, subject)
        case Group():
            yield from _in_group(parameter, value, path, subject)
        case ListOf():
            yield from _in_list(parameter, value, path, subject)


def missing(parameter: Parameter, path: Path, subject: str | None = None) -> Problem:
    """The problem that a required parameter is not set."""
    subject = parameter.label if subject is None else subject
    match parameter:
        case Text() if parameter.role is Role.PROMPT:
            # A shot's text is spoken of as the shot.
            sentence = "Write a prompt." if len(path) == 1 else f"{subject} has no text yet."
        case ListOf() if parameter.role is Role.SHOTS:
            sentence = "Plan at least one shot."
        case Text() | Number():
            sentence = f"{subject} is missing; please fill it in."
        case ListOf():
            sentence = f"{subject} needs at least one entry."
        case _:
            sentence = f"{subject} is not set; please choose."
    return Problem(path, _sentence(sentence))


def allowed(parameter: Parameter) -> str:
    """What may be given, to stand after "must be": "5 or 10", "a whole number from 3 to 15"."""
    if isinstance(parameter, Choice):
        options = parameter.options
        if is_run(options):
            return f"a whole number from {options[0]} to {options[-1]}"
        if len(options) > LISTED:
            return f"one of the {len(options)} options"
        words = [_shown(option) if isinstance(option, bool) else str(option) for option in options]
        return " or ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
    if isinstance(parameter, Number):
        kind = "a whole number" if parameter.integer else "a number"
        low, high = parameter.minimum, parameter.maximum
        if low is not None and high is not None:
            return f"{kind} from {_shown(low)} to {_shown(high)}"
        if low is not None:
            return f"{kind}, at least {_shown(low)}"
        return kind if high is None else f"{kind}, at most {_shown(high)}"
    return "something else"


def is_run(options: tuple[Scalar, ...]) -> bool:
    """Whether `options` are more than three whole numbers without a gap, in order."""
    whole = all(isinstance(option, int) and not isinstance(option, bool) for option in options)
    return whole and len(options) > 3 and list(options) == list(range(int(options[0]), int(options[-1]) + 1))


def _in_number(parameter: Number, value: Any, path: Path, subject: str) -> Iterator[Problem]:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    is_sendable = is_number and abs(value) <= LARGEST  # False for NaN and the infinities, too
    is_whole = is_sendable and (isinstance(value, int) or value.is_integer())
    low, high = parameter.minimum, parameter.maximum
    fits = is_sendable and (is_whole or not parameter.integer)
    if not fits or (low is not None and value < low) or (high is not None and value > high):
        yield _must_be(subject, allowed(parameter), value, path)


def _in_text(parameter: Text, value: Any, path: Path, subject: str) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield _must_be(subject, "text", value, path)
        return
    if "\x00" in value:
        sentence = f"{subject} contains an invisible NUL character, which cannot be sent; delete it."
        yield Problem(path, _sentence(sentence))
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        sentence = f"{subject} contains half of a character, perhaps an emoji that was cut; type it again."
        yield Problem(path, _sentence(sentence))
    length, least, limit = len(value), parameter.min_length, parameter.max_length
    if limit is not None and length > limit:
        sentence = f"{subject} is too long: {length:,} characters, and the limit is {limit:,}."
        yield Problem(path, _sentence(sentence))
    if length < least:
        sentence = f"{subject} is too short: {length:,} characters, and at least {least:,} are needed."
        yield Problem(path, _sentence(sentence))


def _in_group(parameter: Group, value: Any, path: Path, subject: str) -> Iterator[Problem]:
    if not isinstance(value, Mapping):
        yield _must_be(subject, "a group of settings", value, path)
        return
    for field in parameter.fields:
        inner, where = value.get(field.name), (*path, field.name)
        # The text of a shot is the shot, to a reader.
        is_the_shot = field.role is Role.PROMPT and bool(path)
        named = subject if is_the_shot else f"{field.label} in {subject}"
        if is_set(field, inner):
            yield from problems_in(field, inner, where, named)
        elif (field.required or is_the_shot) and field.default is None:
            yield from _unset(field, where, named)


def _in_list(parameter: ListOf, value: Any, path: Path, subject: str) -> Iterator[Problem]:
    if not isinstance(value, list | tuple):
        yield _must_be(subject, "a list", value, path)
        return
    shots = parameter.role is Role.SHOTS
    count, limit = len(value), parameter.max_items
    if limit is not None and count > limit:
        over = f"There are {count} shots" if shots else f"{subject} has too many entries: {count}"
        yield Problem(path, _sentence(f"{over}, and the limit is {limit}."))
    if count < parameter.min_items:
        few = f"There are only {count} shots" if shots else f"{subject} has too few entries: {count}"
        yield Problem(path, _sentence(f"{few}, and at least {parameter.min_items} are needed."))
    for position, entry in enumerate(value):
        named = f"shot {position + 1}" if shots else f"{subject} {position + 1}"
        where = (*path, position)
        if is_set(parameter.item, entry):
            yield from problems_in(parameter.item, entry, where, named)
        else:
            yield from _unset(parameter.item, where, named)


def _unset(parameter: Parameter, path: Path, subject: str) -> Iterator[Problem]:
    """The problems of a required parameter that is not set: those of its fields, where it has any."""
    if isinstance(parameter, Group):
        yield from _in_group(parameter, {}, path, subject)
    else:
        yield missing(parameter, path, subject)


def _must_be(subject: str, what: str, value: Any, path: Path) -> Problem:
    return Problem(path, _sentence(f"{subject} must be {what}; you gave {_shown(value)}."))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _shown(value: Any) -> str:
    """`value` in a few words, whatever it is."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float):
        if not math.isfinite(value) if isinstance(value, float) else abs(value) > LARGEST:
            return "a number that is too large"
        return f"{value:.15g}" if isinstance(value, float) else str(value)
    if isinstance(value, str):
        legible = "".join(character if character.isprintable() else "�" for character in value[:40])
        return f"“{legible}{'…' if len(value) > 40 else ''}”"
    if isinstance(value, list | tuple):
        return "a list"
    return "a group" if isinstance(value, Mapping) else "nothing" if value is None else "something else"
