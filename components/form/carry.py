"""Switching models: what comes along, and what comes back.

Nothing that someone wrote is lost by looking at another model: what the two have in common comes along, the
rest stays with the model it was written for, and a field that is empty never empties another. Shots travel as a
board, which belongs to no model (`desk.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.catalog.checks import is_set, problems_in, sendable
from components.catalog.spec import Group, ListOf, ModelSpec, OneOf, Parameter, Role, Text


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
        if source is None or parameter.deprecated or parameter.role is Role.SHOTS:
            continue
        brought = _brought(values.get(source.name), source, parameter)
        if brought is not None:
            carried[parameter.name] = brought
    return carried


def _counterpart(parameter: Parameter, others: tuple[Parameter, ...]) -> Parameter | None:
    """The one of `others` that is for the same thing: by its role, else by its name."""
    offered = [other for other in others if not other.deprecated]
    if parameter.role is not Role.OTHER:
        return next((other for other in offered if other.role is parameter.role), None)
    return next((o for o in offered if o.name == parameter.name and o.role is Role.OTHER), None)


def _brought(value: Any, old: Parameter, new: Parameter) -> Any:
    """`value` of `old` as a value of `new`, or None if it does not fit or is not set."""
    if not is_set(old, value):
        return None
    if old != new and _has_alternatives(old):
        # Which alternative was chosen means something under the old model alone.
        value = sendable(old, value)
    if isinstance(new, Text):
        return value if isinstance(value, str) else None
    return value if is_set(new, value) and not any(problems_in(new, value, ())) else None


def _has_alternatives(parameter: Parameter) -> bool:
    match parameter:
        case OneOf():
            return True
        case Group(fields=fields):
            return any(map(_has_alternatives, fields))
        case ListOf(item=item):
            return _has_alternatives(item)
    return False


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
