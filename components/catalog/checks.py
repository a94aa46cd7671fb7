"""Whether a value fits a parameter, and if not, why, in sentences for people; and how it is sent.

Values come from widgets, storage and components, so they may be of any type: a wrong one is a Problem, never
an exception.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from components.catalog.conditions import broken
from components.catalog.links import is_address
from components.catalog.spec import (
    Choice,
    Group,
    Json,
    ListOf,
    Media,
    Number,
    OneOf,
    Parameter,
    Role,
    Switch,
    Text,
)
from components.catalog.values import (
    LARGEST,
    chosen_in,
    fallback,
    is_json,
    is_set,
    is_whole_text,
    same,
    seconds_in,
)
from components.catalog.wording import (
    Path,
    Problem,
    allowed,
    as_sentence,
    is_run,
    missing,
    must_be,
)

__all__ = [
    "Path",
    "Problem",
    "allowed",
    "alternative_of",
    "entry",
    "fallback",
    "is_run",
    "is_set",
    "missing",
    "needed",
    "problems_in",
    "same",
    "seconds_in",
    "sendable",
]


def problems_in(
    parameter: Parameter, value: Any, path: Path, subject: str | None = None
) -> Iterator[Problem]:
    """What is wrong with `value`, which is set, as `parameter`. `subject` begins the sentences."""
    subject = parameter.label if subject is None else subject
    is_right = True
    for problem in _by_kind(parameter, value, path, subject):
        is_right = False
        yield problem
    # What the document demands is asked of a value as it is sent, and only once its kind is right.
    if is_right and parameter.conditions:
        yield from broken(parameter.conditions, sendable(parameter, value), path, subject, _prose(parameter))


def alternative_of(parameter: OneOf, value: Any) -> tuple[int, Any] | None:
    """Which alternative a draft's value is of, and its plain value; None for a value that is of none.

    A plain value is of the first alternative that it fits, else of the first whose kind it has; of those that
    would lose a part of it only where all would.
    """
    if (chosen := chosen_in(parameter, value)) is not None:
        return chosen
    alike = [n for n, alternative in enumerate(parameter.alternatives) if _is_alike(alternative, value)]
    # Better a sentence about one that has a place for all of the value than one that loses some of it.
    whole = [n for n in alike if _holds(parameter.alternatives[n], value)]
    for position in whole or alike:
        if not any(problems_in(parameter.alternatives[position], value, ())):
            return position, value
    return ((whole or alike)[0], value) if alike else None


def entry(parameter: Parameter, value: Any, *, top: bool = False) -> dict[str, Any]:
    """`parameter` as it stands in a request: its name and value, or nothing if it is left out.

    `top`: it stands at the top of the request, where a value is one that somebody chose. The fields of a group
    come together, so those of them that nobody touched stand at their defaults.
    """
    if is_set(parameter, value):
        is_default = not top and parameter.default is not None and same(value, parameter.default)
        if is_default and not parameter.required and parameter.role not in (Role.PROMPT, Role.SHOTS):
            return {}
        sent = sendable(parameter, value)
        is_empty = sent in ({}, []) and not isinstance(parameter, Json)
        return {} if sent is None or (is_empty and not parameter.required) else {parameter.name: sent}
    if not parameter.required:
        return {}
    usual = fallback(parameter)
    if usual is not None:
        sent = sendable(parameter, usual)
    elif isinstance(parameter, Group) or isinstance(chosen_group(parameter, value), Group):
        sent = sendable(parameter, value if isinstance(parameter, OneOf) else {})
    else:
        sent = None
    return {} if sent is None else {parameter.name: sent}


def chosen_group(parameter: Parameter, value: Any) -> Group | None:
    """The group that somebody chose among alternatives, without setting anything in it yet."""
    if not isinstance(parameter, OneOf) or value is None:
        return None
    found = alternative_of(parameter, value)
    alternative = None if found is None else parameter.alternatives[found[0]]
    return alternative if isinstance(alternative, Group) else None


def sendable(parameter: Parameter, value: Any) -> Any:
    """`value` as JSON for `parameter`; None if it can be none. An upload is still a reference."""
    match parameter:
        case OneOf():
            found = alternative_of(parameter, value)
            if found is None:
                return None
            alternative, inner = parameter.alternatives[found[0]], found[1]
            if isinstance(alternative, Group) and not isinstance(inner, Mapping):
                inner = {} if inner is None else inner
            return sendable(alternative, inner)
        case Json():
            return deepcopy(value) if is_json(value) else None
        case Group() if isinstance(value, Mapping):
            body: dict[str, Any] = {}
            for inner in parameter.fields:
                if not inner.deprecated:
                    body |= entry(inner, value.get(inner.name))
            return body
        case ListOf() if isinstance(value, list | tuple):
            entries = (entry(parameter.item, one) for one in value)
            return [sent for one in entries for sent in one.values()]
        case Choice():
            value = next((option for option in parameter.options if same(option, value)), value)
        case Number() if isinstance(value, float) and value.is_integer():
            value = int(value)
        case Media() if isinstance(value, str):
            value = value.strip()
    return value if isinstance(value, str | int | float) else None


def _prose(parameter: Parameter) -> str:
    """The provider's own words on `parameter`."""
    return parameter.help.removesuffix(f"In the API: {parameter.name}.")


def _by_kind(parameter: Parameter, value: Any, path: Path, subject: str) -> Iterator[Problem]:
    match parameter:
        case Choice():
            if not any(same(value, option) for option in parameter.options):
                yield must_be(subject, allowed(parameter), value, path)
        case Number():
            yield from _in_number(parameter, value, path, subject)
        case Switch():
            if not isinstance(value, bool):
                yield must_be(subject, "on or off", value, path)
        case Text():
            yield from _in_text(parameter, value, path, subject)
        case Media():
            if not is_address(parameter, value):
                yield must_be(subject, allowed(parameter), value, path)
        case Group():
            yield from _in_group(parameter, value, path, subject)
        case ListOf():
            yield from _in_list(parameter, value, path, subject)
        case OneOf():
            found = alternative_of(parameter, value)
            if found is None:
                yield must_be(subject, allowed(parameter), value, path)
            else:
                yield from needed(parameter.alternatives[found[0]], found[1], path, subject)
        case Json():
            if not is_json(value):
                sentence = f"{subject} must be JSON of a usual size, without numbers that are too large."
                yield Problem(path, as_sentence(sentence))


def _in_number(parameter: Number, value: Any, path: Path, subject: str) -> Iterator[Problem]:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    is_sendable = is_number and abs(value) <= LARGEST  # False for NaN and the infinities, too
    is_whole = is_sendable and (isinstance(value, int) or value.is_integer())
    low, high = parameter.minimum, parameter.maximum
    fits = is_sendable and (is_whole or not parameter.integer)
    if not fits or (low is not None and value < low) or (high is not None and value > high):
        yield must_be(subject, allowed(parameter), value, path)


def _in_text(parameter: Text, value: Any, path: Path, subject: str) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield must_be(subject, "text", value, path)
        return
    if "\x00" in value:
        sentence = f"{subject} contains an invisible NUL character, which cannot be sent; delete it."
        yield Problem(path, as_sentence(sentence))
    if not is_whole_text(value):
        sentence = f"{subject} contains half of a character, perhaps an emoji that was cut; type it again."
        yield Problem(path, as_sentence(sentence))
    length, least, limit = len(value), parameter.min_length, parameter.max_length
    if limit is not None and length > limit:
        sentence = f"{subject} is too long: {length:,} characters, and the limit is {limit:,}."
        yield Problem(path, as_sentence(sentence))
    if length < least:
        sentence = f"{subject} is too short: {length:,} characters, and at least {least:,} are needed."
        yield Problem(path, as_sentence(sentence))


def _in_group(parameter: Group, value: Any, path: Path, subject: str) -> Iterator[Problem]:
    if not isinstance(value, Mapping):
        yield must_be(subject, "a group of settings", value, path)
        return
    for field in parameter.fields:
        if field.deprecated:
            continue
        # The text of a shot is the shot, to a reader.
        is_the_shot = field.role is Role.PROMPT and bool(path)
        named = subject if is_the_shot else f"{field.label} in {subject}"
        inner, where = value.get(field.name), (*path, field.name)
        if is_set(field, inner):
            yield from problems_in(field, inner, where, named)
        elif field.required or (is_the_shot and fallback(field) is None):
            yield from needed(field, inner, where, named)


def _in_list(parameter: ListOf, value: Any, path: Path, subject: str) -> Iterator[Problem]:
    if not isinstance(value, list | tuple):
        yield must_be(subject, "a list", value, path)
        return
    shots = parameter.role is Role.SHOTS
    count, limit = len(value), parameter.max_items
    if limit is not None and count > limit:
        over = f"There are {count} shots" if shots else f"{subject} has too many entries: {count}"
        yield Problem(path, as_sentence(f"{over}, and the limit is {limit}."))
    if count < parameter.min_items:
        few = f"There are only {count} shots" if shots else f"{subject} has too few entries: {count}"
        yield Problem(path, as_sentence(f"{few}, and at least {parameter.min_items} are needed."))
    for position, one in enumerate(value):
        named = f"shot {position + 1}" if shots else f"{subject} {position + 1}"
        where = (*path, position)
        if not is_set(parameter.item, one) and fallback(parameter.item) is not None:
            # An entry that was left empty was not meant to be the default.
            yield missing(parameter.item, where, named)
        else:
            yield from needed(parameter.item, one, where, named)


def needed(parameter: Parameter, value: Any, path: Path, subject: str | None = None) -> Iterator[Problem]:
    """The problems of a parameter that has to be there, set or not: of a group, those of its fields."""
    subject = parameter.label if subject is None else subject
    if is_set(parameter, value):
        yield from problems_in(parameter, value, path, subject)
    elif (usual := fallback(parameter)) is not None:
        # The only option may still be one that the document forbids elsewhere.
        yield from problems_in(parameter, usual, path, subject)
    elif isinstance(parameter, Group):
        yield from problems_in(parameter, {}, path, subject)
    elif (group := chosen_group(parameter, value)) is not None:
        yield from problems_in(group, {}, path, subject)
    else:
        yield missing(parameter, path, subject)


def _is_alike(parameter: Parameter, value: Any) -> bool:
    """Whether `value` has the kind of `parameter`, whatever its limits are."""
    match parameter:
        case Choice():
            return any(same(value, option) for option in parameter.options)
        case Number():
            return isinstance(value, int | float) and not isinstance(value, bool)
        case Switch():
            return isinstance(value, bool)
        case Text() | Media():
            return isinstance(value, str)
        case Group():
            return isinstance(value, Mapping)
        case ListOf():
            return isinstance(value, list | tuple)
        case OneOf():
            return any(_is_alike(alternative, value) for alternative in parameter.alternatives)
    return True


def _holds(parameter: Parameter, value: Any) -> bool:
    """Whether `parameter`, whose kind `value` has, has a place for each thing in it."""
    match parameter:
        case Group(fields=fields) if isinstance(value, Mapping):
            by_name = {field.name: field for field in fields if not field.deprecated}
            return all(
                inner is None or (name in by_name and _holds(by_name[name], inner))
                for name, inner in value.items()
            )
        case ListOf(item=item) if isinstance(value, list | tuple):
            return all(_holds(item, inner) for inner in value)
        case OneOf() if chosen_in(parameter, value) is None:
            return any(_holds(a, value) for a in parameter.alternatives if _is_alike(a, value))
    return True
