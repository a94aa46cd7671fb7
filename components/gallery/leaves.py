"""Requests taken apart into their single values, each with what it is called and whose counterpart it is. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from components.catalog.checks import alternative_of
from components.catalog.spec import (
    Choice,
    Group,
    ListOf,
    Media,
    MediaKind,
    ModelSpec,
    OneOf,
    Parameter,
    Role,
    Text,
)
from components.jobs.job import Order
from components.jobs.upload import is_upload
from components.storyboard.shapes import planned
from components.words import showable

NOT_SET = "not set"

Path = tuple[str | int, ...]
"""Where a value stands, by purpose and name: the same in every model that has it."""

_DEEPEST = 6
_MOST_ENTRIES = 200
"""Of one list or group; what is beyond is compared, and told, as one."""
_LONGEST_NUMBER = 15
"""Digits of a number that is shown in words."""
_LONG = 60
"""Characters from which a text is one of which the words matter."""
_SHOT_TEXT = "prompt"
_FILES = {MediaKind.IMAGE: "picture", MediaKind.VIDEO: "video", MediaKind.AUDIO: "sound"}


class Kind(StrEnum):
    """How a value is told."""

    PLAIN = "plain"
    PROSE = "prose"
    """Something written, of which the words matter."""
    LENGTH = "length"
    FILE = "file"


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """One value of a request."""

    label: str
    text: str
    """In plain words; all of a prose, and for a file what it is."""
    same_as: tuple[str, str]
    """Equal for equal values: 5 is 5.0 and what says "5", and true is none of them."""
    exact: str
    """As JSON."""
    kind: Kind = Kind.PLAIN
    part: str = ""
    """The shot that it belongs to: "Shot 2"; "" for the whole request."""
    place: int = 0
    """The number of that shot."""


def leaves(orders: Sequence[Order], specs: Sequence[ModelSpec | None]) -> list[dict[Path, Leaf]]:
    """The values of each request, with the published defaults that were in force, in the request's order.

    Where a model is not known, its fields have the names and purposes that they have in the others.
    """
    return [_request(order, spec, specs) for order, spec in zip(orders, specs, strict=True)]


def _request(order: Order, spec: ModelSpec | None, others: Sequence[ModelSpec | None]) -> dict[Path, Leaf]:
    values = {name: value for name, value in {**order.defaults, **order.body}.items() if name != "model"}
    found: dict[Path, Leaf] = {}
    taken: set[Role] = set()
    for name, value in values.items():
        parameter = _parameter(name, spec, others)
        role = Role.OTHER if parameter is None else parameter.role
        # A second field for the same purpose goes by its name.
        key = name if role is Role.OTHER or role in taken else f"@{role}"
        taken.add(role)
        if role is Role.SHOTS and key != name and isinstance(value, list):
            found.update(_shots(value, parameter))
        else:
            found.update(_value((key,), _label(name, parameter), value, parameter, _DEEPEST))
    return found | {path: leaf for path, leaf in _planned_lengths(order, spec) if path not in found}


def _parameter(name: str, spec: ModelSpec | None, others: Sequence[ModelSpec | None]) -> Parameter | None:
    known = [spec] if spec is not None else [other for other in others if other is not None]
    return next((one[name] for one in known if name in one), None)


def _label(name: str, parameter: Parameter | None) -> str:
    return showable(name if parameter is None else parameter.label or name)


def _shots(value: list[Any], parameter: Parameter | None) -> Iterator[tuple[Path, Leaf]]:
    item = parameter.item if isinstance(parameter, ListOf) else None
    for number, entry in enumerate(value[:_MOST_ENTRIES], 1):
        path: Path = (f"@{Role.SHOTS}", number)
        part = {"part": f"Shot {number}", "place": number}
        if isinstance(entry, Mapping) and entry:
            fields = {f.name: f for f in item.fields} if isinstance(item, Group) else {}
            taken: set[Role] = set()
            for name, inner in _entries(entry):
                field = fields.get(name)
                role = Role.OTHER if field is None else field.role
                key = name if role is Role.OTHER or role in taken else f"@{role}"
                taken.add(role)
                label = _SHOT_TEXT if key == f"@{Role.PROMPT}" else _label(name, field)
                yield from _value((*path, key), label, inner, field, _DEEPEST, **part)
        else:
            key = f"@{Role.PROMPT}"
            kind = Text(name="", label="", role=Role.PROMPT)
            yield from _value((*path, key), _SHOT_TEXT, entry, kind, _DEEPEST, **part)
    if len(value) > _MOST_ENTRIES:
        rest = f"Shots after number {_MOST_ENTRIES}"
        yield (f"@{Role.SHOTS}", 0), _leaf(rest, value[_MOST_ENTRIES:], None)


def _planned_lengths(order: Order, spec: ModelSpec | None) -> Iterator[tuple[Path, Leaf]]:
    """The seconds of planned shots, for those models whose shots are sent without."""
    board = planned(order, spec)
    for number, shot in enumerate(() if board is None else board.shots[:_MOST_ENTRIES], 1):
        seconds = Text(name="", label="", role=Role.SECONDS)
        leaf = _leaf("Length", shot.seconds, seconds, part=f"Shot {number}", place=number)
        yield (f"@{Role.SHOTS}", number, f"@{Role.SECONDS}"), leaf


def _value(
    path: Path, label: str, value: Any, parameter: Parameter | None, depth: int, **part: Any
) -> Iterator[tuple[Path, Leaf]]:
    if isinstance(parameter, OneOf):
        chosen = alternative_of(parameter, value)
        parameter = None if chosen is None else parameter.alternatives[chosen[0]]
    if isinstance(value, Mapping) and value and depth > 0:
        fields = {f.name: f for f in parameter.fields} if isinstance(parameter, Group) else {}
        for name, inner in _entries(value):
            words = f"{label}, {_label(name, fields.get(name)).lower()}"
            yield from _value((*path, name), words, inner, fields.get(name), depth - 1, **part)
        if len(value) > _MOST_ENTRIES:
            rest = dict(list(value.items())[_MOST_ENTRIES:])
            yield (*path, 0), _leaf(f"{label}, the rest", rest, None, **part)
    elif isinstance(value, list) and value and depth > 0:
        item = parameter.item if isinstance(parameter, ListOf) else None
        for number, inner in enumerate(value[:_MOST_ENTRIES], 1):
            yield from _value((*path, number), f"{label} {number}", inner, item, depth - 1, **part)
        if len(value) > _MOST_ENTRIES:
            yield (*path, 0), _leaf(f"{label}, the rest", value[_MOST_ENTRIES:], None, **part)
    else:
        yield path, _leaf(label, value, parameter, **part)


def _entries(value: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return list(value.items())[:_MOST_ENTRIES]


def _leaf(label: str, value: Any, parameter: Parameter | None, **part: Any) -> Leaf:
    exact = _json(value)
    kind, text, same = Kind.PLAIN, _words(value, exact), _same(value, exact)
    role = Role.OTHER if parameter is None else parameter.role
    if isinstance(parameter, Choice) and isinstance(value, str) and value in parameter.words:
        text = parameter.words[value].label
    if isinstance(value, str):
        if is_upload(value) or value[:5].lower() == "data:":
            media = parameter.media if isinstance(parameter, Media) else None
            kind, text = Kind.FILE, "file" if media is None else _FILES[media]
        elif role in (Role.PROMPT, Role.AVOID) or (len(value) > _LONG and not isinstance(parameter, Media)):
            kind, text = Kind.PROSE, showable(value)
    if role is Role.SECONDS and same[0] == "number":
        kind, text = Kind.LENGTH, f"{text} s"
    return Leaf(label=label, text=text, same_as=same, exact=exact, kind=kind, **part)


def _words(value: Any, exact: str) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, str):
        return showable(value) or "empty"
    return "empty" if value is None or value in ([], {}) else showable(exact)


def _number(value: float) -> str:
    """A number with all its digits, without needless zeros."""
    text = repr(value)
    whole = text.removesuffix(".0")
    return whole if len(whole) <= _LONGEST_NUMBER else text[:_LONGEST_NUMBER] + "…"


def _same(value: Any, exact: str) -> tuple[str, str]:
    """What a value is compared by."""
    if isinstance(value, bool):
        return "switch", exact
    if isinstance(value, int | float):
        return "number", repr(value).removesuffix(".0")
    if isinstance(value, str):
        plain = value.strip()
        is_number = plain.isascii() and plain.isdigit() and len(plain) <= _LONGEST_NUMBER
        return ("number", str(int(plain))) if is_number else ("text", value)
    return "json", exact


def _json(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    except (RecursionError, ValueError, TypeError):
        return "something that cannot be shown"
