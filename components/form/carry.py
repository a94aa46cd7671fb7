"""Switching models: what comes along, and what comes back.

Nothing that someone wrote is lost by looking at another model: what the two have in common comes along, the
rest stays with the model it was written for, and a field that is empty never empties another.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.catalog.checks import is_set, problems_in
from components.catalog.spec import Group, ListOf, ModelSpec, Parameter, Role, Text


def carry(
    values: Mapping[str, Any], old: ModelSpec, new: ModelSpec, kept: Mapping[str, Any]
) -> dict[str, Any]:
    """The values under `new`: those of `values` (set under `old`) that fit it, over `kept` (set under `new`).

    A text comes along even if it is too long: better a sentence that says so than a text that is gone.
    """
    values, kept = _mapping(values), _mapping(kept)
    carried = {name: value for name, value in kept.items() if name in new}
    for parameter in new.parameters:
        source = _counterpart(parameter, old.parameters)
        if source is None or parameter.deprecated:
            continue
        brought = _brought(values.get(source.name), source, parameter, kept.get(parameter.name))
        if brought is not None:
            carried[parameter.name] = brought
    return carried


def _counterpart(parameter: Parameter, others: tuple[Parameter, ...]) -> Parameter | None:
    """The one of `others` that is for the same thing: by its role, else by its name."""
    offered = [other for other in others if not other.deprecated]
    if parameter.role is not Role.OTHER:
        return next((other for other in offered if other.role is parameter.role), None)
    return next((o for o in offered if o.name == parameter.name and o.role is Role.OTHER), None)


def _brought(value: Any, old: Parameter, new: Parameter, kept: Any) -> Any:
    """`value` of `old` as a value of `new`, or None if it does not fit or is not set."""
    if not is_set(old, value):
        return None
    if new.role is Role.SHOTS and isinstance(old, ListOf) and isinstance(new, ListOf):
        return _shots(value, old.item, new.item, kept)
    if isinstance(new, Text):
        return value if isinstance(value, str) else None
    return value if is_set(new, value) and not any(problems_in(new, value, ())) else None


def _shots(value: Any, old: Parameter, new: Parameter, kept: Any) -> list[Any] | None:
    """The same shots in the other model's shape; what only that one has is taken from `kept`, by position."""
    if not isinstance(value, list | tuple):
        return None
    before = kept if isinstance(kept, list | tuple) else []
    shots: list[Any] = []
    for position, shot in enumerate(value):
        if isinstance(new, Group):
            was = before[position] if position < len(before) else None
            shots.append(_as_group(shot, old, new, _mapping(was)))
        else:
            shots.append(_text(shot, old))
    return shots


def _as_group(shot: Any, old: Parameter, new: Group, kept: Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(old, Group):
        given = _mapping(shot)
        sources = {field.name: _counterpart(field, old.fields) for field in new.fields}
        brought = {
            field.name: _brought(given.get(source.name), source, field, None)
            for field in new.fields
            if (source := sources[field.name]) is not None
        }
    else:
        brought = {field.name: _text(shot, old) for field in new.fields if field.role is Role.PROMPT}
    known = {name: value for name, value in kept.items() if any(f.name == name for f in new.fields)}
    return known | {name: value for name, value in brought.items() if value is not None}


def _text(shot: Any, item: Parameter) -> str:
    """What is written in a shot of the shape `item`; "" if nothing is."""
    if isinstance(item, Group):
        field = next((f for f in item.fields if f.role is Role.PROMPT), None)
        shot = None if field is None else _mapping(shot).get(field.name)
    return shot if isinstance(shot, str) else ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
