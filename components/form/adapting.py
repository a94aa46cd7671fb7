"""A model that changed, or went, under a draft: what of the draft no longer fits, in sentences.

Pure. Nothing is changed in the draft: what no longer fits is kept, and either not sent or said beside its field.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from components.catalog.checks import allowed, is_set, problems_in
from components.catalog.entry import Entry
from components.catalog.spec import (
    ALTERNATIVE,
    VALUE,
    Choice,
    Group,
    Json,
    ListOf,
    Media,
    ModelSpec,
    OneOf,
    Parameter,
    Text,
)
from components.storyboard.shapes import shape_of
from components.words import setting

_MOST = 6
"""Sentences; the others are counted."""
_REMEMBERED = 64

MOST_ENTRIES = 200
"""Of a list that somebody handed on."""

_fingerprints: dict[int, tuple[ModelSpec, str]] = {}
"""By the identity of a spec, which is held so that no other gets the same."""


def fingerprint(spec: ModelSpec) -> str:
    """16 hex digits that are others where the model's parameters are."""
    known = _fingerprints.get(id(spec))
    if known is not None and known[0] is spec:
        return known[1]
    made = hashlib.sha256(repr(spec.parameters).encode("utf-8", "replace")).hexdigest()[:16]
    while len(_fingerprints) >= _REMEMBERED:
        _fingerprints.pop(next(iter(_fingerprints), 0), None)
    _fingerprints[id(spec)] = spec, made
    return made


def adapted(values: Mapping[str, Any], spec: ModelSpec) -> tuple[str, ...]:
    """What of `values`, which were set under an earlier document of `spec`, no longer fits: a sentence for each."""
    said = list(_adapted(values, spec))
    if len(said) > _MOST:
        said = [*said[: _MOST - 1], f"{len(said) - _MOST + 1} other settings no longer fit either."]
    return tuple(said)


def unsendable(entry: Entry | None, destination: str) -> str | None:
    """Why a draft of this model cannot be sent to `destination` any more, a sentence; None where it can.

    `entry` None: the catalogue does not have it at all.
    """
    if entry is None:
        who = "This playground no longer knows this model."
    elif destination in entry.gone and destination not in entry.listed and not entry.added:
        who = f"The provider no longer lists {entry.name}."
    else:
        return None
    return f"{who} Your draft is kept; choose another model: what both have comes along."


def unopened(entry: Entry | None) -> str:
    """Why nothing can be put into the form of a model that has none now; `entry` None: nobody knows it any more."""
    if entry is None:
        return "This playground no longer has that model, so its settings have nowhere to go."
    if entry.trouble:
        return f"{entry.name} cannot be used now: {entry.trouble}"
    return f"The form of {entry.name} is still being read. Try again in a moment."


def fitting(values: Mapping[str, Any], spec: ModelSpec) -> dict[str, Any]:
    """Those of `values` that the form of `spec` can show, whoever made them. The shots are the board's."""
    shape = shape_of(spec)
    found = {
        parameter.name: shaped(parameter, values.get(parameter.name))
        for parameter in spec.parameters
        if not parameter.deprecated and (shape is None or parameter is not shape.parameter)
    }
    return {name: value for name, value in found.items() if value is not None}


def shaped(parameter: Parameter, value: Any) -> Any:
    """What of `value`, which anybody may have made, can stand in the field of `parameter`; None for nothing.

    A text may be too long and a list unfinished, which is said beside the field. What no field could show is left out.
    """
    match parameter:
        case _ if not is_set(parameter, value):
            return None
        case Group(fields=fields):
            given = value if isinstance(value, Mapping) else {}
            inner = {p.name: shaped(p, given.get(p.name)) for p in fields}
            return {name: entry for name, entry in inner.items() if entry is not None} or None
        case ListOf(item=item):
            entries = value[:MOST_ENTRIES] if isinstance(value, list) else []
            return [entry for one in entries if (entry := shaped(item, one)) is not None] or None
        case OneOf(alternatives=alternatives):
            if not isinstance(value, Mapping) or ALTERNATIVE not in value:
                return value if any(shaped(other, value) is not None for other in alternatives) else None
            chosen = value[ALTERNATIVE]
            if type(chosen) is not int or not 0 <= chosen < len(alternatives):
                return None
            return {ALTERNATIVE: chosen, VALUE: shaped(alternatives[chosen], value.get(VALUE))}
        case Text() | Media():
            return value if isinstance(value, str) else None
        case Json():
            return value
    return None if any(problems_in(parameter, value, ())) else value


def _adapted(values: Mapping[str, Any], spec: ModelSpec) -> Iterator[str]:
    shape = shape_of(spec)
    for name, value in values.items():
        parameter = next((p for p in spec.parameters if p.name == name), None)
        if parameter is None or parameter.deprecated:
            if _is_something(value):
                yield f"“{_label(name, parameter)}” is no longer taken by this model; it is kept and not sent."
        elif (shape is None or parameter is not shape.parameter) and is_set(parameter, value):
            yield from _outgrown(parameter, value)


def _outgrown(parameter: Parameter, value: Any) -> Iterator[str]:
    """What is wrong with `value`: a sentence, or none."""
    problem = next(problems_in(parameter, value, (parameter.name,)), None)
    if problem is None:
        return
    if isinstance(parameter, Choice) and isinstance(value, str | int | float):
        shown = setting(value)[:60]
        yield f"{parameter.label} “{shown}” is no longer offered; it must be {allowed(parameter)}."
    else:
        yield problem.message


def _is_something(value: Any) -> bool:
    return (
        value is not None and value not in ("", [], {}) and not (isinstance(value, str) and not value.strip())
    )


def _label(name: str, parameter: Parameter | None) -> str:
    if parameter is not None:
        return parameter.label
    words = " ".join(str(name)[:60].replace("_", " ").split())
    return words[:1].upper() + words[1:]
