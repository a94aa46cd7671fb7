"""Which rates of a `variants` block can apply to a request: exactly one, several, or none.

A row's `when` names request fields: at the top, or inside others (as a path with dots, or as nested objects). Whether
a condition holds is not always known: the field may stand unset with no published default, or be none of the
model's form. Then every row that may apply counts, and a price is only said where they agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Generic, TypeVar

from components.catalog.pricing.money import LARGEST, amount, plain
from components.catalog.spec import Choice, Group, ModelSpec, Parameter, Scalar, Switch
from components.catalog.values import seconds_in

Path = tuple[str, ...]
"""Names from the top of the request, as `when` has them."""
R = TypeVar("R")

_DEEPEST = 6
_MOST_CONDITIONS = 50
"""Conditions of one row, and fields of a block; of what has more, it is never certain that it applies."""
_MOST_WORK = 20_000
"""Conditions that are looked at, over all combinations of what stands unset."""
_LONGEST_VALUE = 200
"""Characters of a text that a price can depend on."""
_STEPS = re.compile(r"[./]")


@dataclass(frozen=True)
class Condition:
    """One field that a row's price depends on."""

    path: Path
    value: Any


@dataclass(frozen=True)
class Row(Generic[R]):
    """One row. `rate` is None where its price cannot be read."""

    conditions: tuple[Condition, ...]
    rate: R | None
    whole: bool = True
    """Whether `conditions` are all that it asks."""


@dataclass(frozen=True)
class Found(Generic[R]):
    """What may apply."""

    rows: tuple[Row[R], ...]
    """The rows that may; empty where none does."""
    covered: bool
    """Whether there is at least one, whatever the fields that stand unset turn out to be."""
    certain: bool
    """Whether it is one of `rows` for certain, and each of these fields decides which."""
    unset: tuple[Path, ...] = ()
    """The fields that decide between them, which stand unset."""


def conditions(when: Any) -> tuple[tuple[Condition, ...], bool]:
    """What `when` asks, and whether that is all of it."""
    found: list[Condition] = []
    for condition in _conditions(when, (), _DEEPEST):
        if len(found) == _MOST_CONDITIONS:
            return tuple(found), False
        found.append(condition)
    return tuple(found), True


def find(rows: tuple[Row[R], ...], settings: Mapping[str, Any], spec: ModelSpec | None) -> Found[R]:
    """The rows that may apply to `settings`, which have the defaults in force.

    Where a field of the form stands unset, each of its options is tried.
    """
    paths = dict.fromkeys(condition.path for row in rows for condition in row.conditions)
    if len(paths) > _MOST_CONDITIONS:
        return Found(rows, covered=False, certain=False)
    settled = {path: value for path in paths if (value := _looked_up(path, settings)) is not _UNSET}
    unset = {path: options for path in paths if path not in settled and (options := _options(path, spec))}
    work = sum(len(row.conditions) for row in rows)
    for options in unset.values():
        work *= len(options)
    if work > _MOST_WORK:
        unset = {}
    may: dict[int, Row[R]] = {}
    covered = certain = True
    for values in product(*unset.values()):
        chosen, sure = _fitting(rows, settled | dict(zip(unset, values, strict=True)))
        covered &= bool(chosen)
        certain &= sure
        may |= {id(row): row for row in chosen}
    return Found(tuple(may.values()), covered, certain, tuple(unset))


def _fitting(rows: Iterable[Row[R]], settled: Mapping[Path, Any]) -> tuple[list[Row[R]], bool]:
    """The rows that may apply, and whether it is certain that it is one of them, and which."""
    does: list[Row[R]] = []
    may: list[Row[R]] = []
    for row in rows:
        fits = [_holds(condition, settled) for condition in row.conditions]
        if False in fits:
            continue
        (may if None in fits or not row.whole else does).append(row)
    # The row that says most counts, and no row that says less than one that certainly applies.
    closest = max((len(row.conditions) for row in does), default=-1)
    does = [row for row in does if len(row.conditions) == closest]
    may = [row for row in may if len(row.conditions) >= closest]
    return [*does, *may], len(does) == 1 and not may


class _Unset:
    """The value of a field that has none."""


_UNSET = _Unset()


def _conditions(when: Any, path: Path, depth: int) -> Iterator[Condition]:
    if isinstance(when, Mapping) and when and depth:
        for name, value in when.items():
            yield from _conditions(value, (*path, name if isinstance(name, str) else ""), depth - 1)
    elif path:
        yield Condition(path, when)


def _looked_up(path: Path, settings: Mapping[str, Any]) -> Any:
    """The value at `path`; _UNSET where there is none."""
    for way in _ways(path):
        value: Any = settings
        for name in way:
            value = _entry(value, name)
        if not isinstance(value, _Unset) and value is not None:
            return value
    return _UNSET


def _ways(path: Path) -> tuple[Path, ...]:
    """`path` as it is, and with its dots as steps."""
    steps = tuple(step for name in path for step in _STEPS.split(name[:200]))
    return (path,) if steps == path else (path, steps)


def _entry(value: Any, name: str) -> Any:
    if not isinstance(value, Mapping):
        return _UNSET
    if name in value:
        return value[name]
    wanted = _spelled(name)
    return next((entry for key, entry in value.items() if _spelled(key) == wanted), _UNSET)


def _spelled(name: Any) -> str:
    """A name so that `generateAudio`, `generate-audio` and `generate_audio` are one."""
    return re.sub(r"[_\-\s]", "", name[:200]).casefold() if isinstance(name, str) else ""


def parameter_at(path: Path, spec: ModelSpec | None) -> Parameter | None:
    """The parameter of the form that `path` names, or None."""
    for way in _ways(path) if spec is not None else ():
        found: Parameter | None = None
        fields: tuple[Parameter, ...] = spec.parameters if spec is not None else ()
        for name in way:
            found = next((f for f in fields if f.name == name), None) or next(
                (f for f in fields if _spelled(f.name) == _spelled(name)), None
            )
            fields = found.fields if isinstance(found, Group) else ()
        if found is not None:
            return found
    return None


def _options(path: Path, spec: ModelSpec | None) -> tuple[Scalar, ...]:
    """Every value that the field at `path` can have; empty where that is not known."""
    match parameter_at(path, spec):
        case Choice(options=options):
            return options
        case Switch():
            return (False, True)
    return ()


def _holds(condition: Condition, settled: Mapping[Path, Any]) -> bool | None:
    """Whether the condition holds; None where that is not known."""
    if condition.path not in settled:
        return None
    return _is(settled[condition.path], condition.value)


def _is(value: Any, wanted: Any) -> bool | None:
    """Whether `value` is what is `wanted`; None where the two cannot be compared."""
    if isinstance(wanted, list | tuple):
        # Any of these, or from the one to the other: that is not documented.
        single = (one for one in wanted[:_MOST_CONDITIONS] if not isinstance(one, list | tuple))
        return True if any(_is(value, one) is True for one in single) else None
    one, other = _comparable(value), _comparable(wanted)
    if one is None or other is None:
        return None
    if one == other:
        return True
    lengths = [seconds_in(part) if isinstance(part, str | int | float) else None for part in (value, wanted)]
    if None not in lengths:  # 5, "5" and "5s" are one length
        return lengths[0] == lengths[1]
    # A number of seconds and "5-10", a switch and "hd", an address and true: whoever compares them guesses.
    return False if one[0] == other[0] else None


def _comparable(value: Any) -> tuple[str, str] | None:
    """Kind and text of a single value, so that 5, 5.0 and "5", true and "True" are one; None for anything else."""
    if isinstance(value, bool):
        return "switch", str(value).lower()
    if (number := amount(value)) is not None:
        return "number", plain(number)
    if isinstance(value, int):
        # Python refuses to write out a number of thousands of digits, except in base 16.
        return "number", hex(value) if abs(value) > LARGEST else str(value)
    if isinstance(value, float):
        return "number", str(value)
    if isinstance(value, str) and len(value) <= _LONGEST_VALUE:
        text = " ".join(value.split()).casefold()
        return ("switch", text) if text in ("true", "false") else ("text", text)
    return None
