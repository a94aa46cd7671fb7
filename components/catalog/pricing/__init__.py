"""A pricing block -> an estimate in USD, or none. A figure is never invented.

A block comes from `GET /v1/models?include=pricing` (FACTS.md, "Catalogue, schema, price, balance"):

    {"kind": "fixed", "units": [{"name", "measure", "price", "per"}]}
    {"kind": "variants", "dimensions": [...], "variants": [{"when": {...}, "price", "unit", "per"}]}
    {"kind": "variable"}
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeGuard

from components.catalog.pricing.money import LARGEST, amount, plain, price
from components.catalog.pricing.rate import SECOND, TAKE, Rate, read_rate
from components.catalog.pricing.variants import Condition, Path, Row, conditions, find, parameter_at
from components.catalog.spec import Choice, ModelSpec, Number, Role, Switch
from components.provider.sentences import bounded, words

LONGEST_HOW = 200
"""Characters of an estimate's explanation, and of any one name or value in it."""
_MOST_ROWS = 500
"""Units or variants of a block; one with more is an error."""
_NAMED = 6
"""Parts or fields that an explanation names at the most."""
_AFTERWARDS = "the cost will show once it has run"

_LENGTH = re.compile(r"(\d{1,6}(?:\.\d{1,6})?) ?(?:s|sec|secs|second|seconds)?", re.IGNORECASE)
_RESOLUTION = re.compile(r"\d{3,4}p|\d{1,2}k", re.IGNORECASE)


@dataclass(frozen=True)
class Estimate:
    """What one take costs."""

    usd: Decimal | None
    """USD; None where the price is not known before the video is made."""
    how: str
    """How the figure comes about, or why there is none, in a few words; at most 200 characters."""
    bounds: tuple[Decimal, Decimal] | None = None
    """Least and most in USD, where that is certain and the price itself is not known."""

    @property
    def at_least(self) -> Decimal | None:
        """What it costs at least, in USD; None where nothing is known."""
        return self.bounds[0] if self.bounds else self.usd


@dataclass(frozen=True)
class _Length:
    """How long the video is, in seconds, as far as that is known."""

    least: Decimal
    most: Decimal


def estimate(
    block: Mapping[str, Any] | None,
    settings: Mapping[str, Any],
    spec: ModelSpec | None = None,
    seconds: int | None = None,
) -> Estimate | None:
    """The price of one take; None where none is published, or the block is broken.

    `settings`: the request with the defaults in force. `spec`: the model, whose form says what a field means.
    `seconds`: the length of the video where no field says it.
    """
    if not _is_in_dollars(block):
        return None
    length = _length(settings, spec, seconds)
    found: Estimate | None = None
    match block.get("kind"):
        case "fixed":
            found = _fixed(block.get("units"), length)
        case "variants":
            found = _variants(block.get("variants"), settings, spec, length)
        case "variable":
            found = Estimate(None, f"The provider says that this price varies; {_AFTERWARDS}.")
    if found is None or max((found.usd or Decimal(0), *(found.bounds or ()))) > LARGEST:
        return None
    return Estimate(found.usd, bounded(words(found.how), LONGEST_HOW), found.bounds)


def rates(block: Mapping[str, Any] | None) -> tuple[Decimal, Decimal] | None:
    """The least and the most that a second of video costs, in USD; None unless all of the block is by the second."""
    return _range(block, SECOND)


def per_take(block: Mapping[str, Any] | None) -> tuple[Decimal, Decimal] | None:
    """The least and the most that a video costs whatever its length, in USD; None unless all of the block is so."""
    return _range(block, TAKE)


def _is_in_dollars(block: Any) -> TypeGuard[Mapping[str, Any]]:
    if not isinstance(block, Mapping):
        return False
    currency = block.get("currency")
    return currency in (None, "") or (isinstance(currency, str) and currency.strip().upper() == "USD")


def _range(block: Any, unit: str) -> tuple[Decimal, Decimal] | None:
    if not _is_in_dollars(block):
        return None
    match block.get("kind"):
        case "fixed":
            found = _units(block.get("units"))
            if len(set(found)) > 1:
                return None
        case "variants":
            found = [row.rate for row in _rows(block.get("variants"))]
        case _:
            return None
    each = [rate.each for rate in found if rate is not None and rate.unit == unit]
    return (min(each), max(each)) if each and len(each) == len(found) else None


def _units(units: Any) -> list[Rate | None]:
    if not isinstance(units, list | tuple) or not 0 < len(units) <= _MOST_ROWS:
        return [None]
    return [read_rate(unit, "measure", "unit") for unit in units]


def _rows(variants: Any) -> tuple[Row[Rate], ...]:
    if not isinstance(variants, list | tuple) or not 0 < len(variants) <= _MOST_ROWS:
        return ()
    found = []
    for variant in variants:
        when = variant.get("when") if isinstance(variant, Mapping) else None
        if isinstance(when, Mapping):
            asked, whole = conditions(when)
            found.append(Row(asked, read_rate(variant, "unit", "measure"), whole))
        else:  # who knows when it applies
            found.append(Row((), None, whole=False))
    return tuple(found)


def _fixed(units: Any, length: _Length | None) -> Estimate | None:
    found = _units(units)
    parts = list(dict.fromkeys(rate for rate in found if rate is not None and rate.price))
    if None in found:
        return None
    if not parts:
        return _cost([rate for rate in found[:1] if rate], length, "")
    if len(parts) > 1:
        # Whether several units add up or are alternatives is not documented.
        said = ", ".join(rate.said for rate in parts[:_NAMED])
        return Estimate(None, f"The price has several parts ({said}); {_AFTERWARDS}.")
    return _cost(parts, length, "")


def _variants(
    variants: Any, settings: Mapping[str, Any], spec: ModelSpec | None, length: _Length | None
) -> Estimate | None:
    rows = _rows(variants)
    if not any(row.rate for row in rows):
        return None
    found = find(rows, settings, spec)
    paths = list(dict.fromkeys(condition.path for row in rows for condition in row.conditions))
    names = ", ".join(dict.fromkeys(_label(path, spec) for path in paths[:_NAMED]))
    depends = f"The price depends on {names or 'the request'}"
    if not found.rows:
        return Estimate(None, f"{depends}, and none is published for this choice.")
    may = {(row.rate.each, row.rate.unit): row.rate for row in found.rows if row.rate is not None}
    if found.covered and all(row.rate is not None for row in found.rows):
        if len(may) == 1:
            where = _where(found.rows[0].conditions, spec) if len(found.rows) == 1 and found.certain else ""
            return _cost(list(may.values()), length, where)
        if found.certain:
            decisive = ", ".join(_label(path, spec) for path in found.unset[:_NAMED])
            return _cost(list(may.values()), length, decisive)
    return Estimate(None, f"{depends}; {_AFTERWARDS}.")


def _cost(may: Sequence[Rate], length: _Length | None, where: str) -> Estimate | None:
    """What a take costs at one rate, or between which amounts at several.

    `where`: the conditions of the one rate, or the names of the fields that decide between several.
    """
    if not may:
        return None
    rate = may[0]
    at = f" {where}" if where and len(may) == 1 else ""
    other = next((one for one in may if one.unit not in (SECOND, TAKE)), None)
    if other is not None:
        return Estimate(None, f"{other.said}{at if len(may) == 1 else ''}; {_AFTERWARDS}.")
    if length is None and any(one.unit == SECOND and one.price for one in may):
        if len(may) == 1:
            return Estimate(None, f"{rate.said}{at}; the length is up to the model.")
        return Estimate(None, f"The price depends on {where} and on the length, which is up to the model.")
    span = length or _Length(Decimal(1), Decimal(1))
    least = min(_total(one, span.least) for one in may)
    most = max(_total(one, span.most) for one in may)
    if least != most:
        on_length = "the length" if span.least != span.most and any(r.unit == SECOND for r in may) else ""
        on = " and ".join(filter(None, [where if len(may) > 1 else "", on_length]))
        rated = f"{rate.said}{at}, " if len(may) == 1 else ""
        return Estimate(None, f"{rated}depending on {on}", (least, most))
    if rate.unit == TAKE or len(may) > 1:
        return Estimate(least, f"{rate.said}{at}" if rate.per != 1 else f"a fixed price{at}")
    each = rate.each
    if rate.per == 1:
        return Estimate(least, f"{plain(span.least)} s × {price(each)}{at}")
    is_short = each * rate.per == rate.price and each == each.quantize(Decimal("0.0001"))
    by = f"× {price(each)} ({rate.said})" if is_short else f"at {rate.said}"
    return Estimate(least, f"{plain(span.least)} s {by}{at}")


def _total(rate: Rate, seconds: Decimal) -> Decimal:
    # Multiplied first: a third of a dollar has no end.
    return rate.price * (seconds if rate.unit == SECOND else 1) / rate.per


def _length(settings: Mapping[str, Any], spec: ModelSpec | None, seconds: int | None) -> _Length | None:
    """The length asked for, or the lengths that the model makes where none is asked for."""
    if seconds is not None and seconds > 0:
        return _Length(Decimal(seconds), Decimal(seconds))
    parameter = spec.by_role(Role.SECONDS) if spec is not None else None
    if parameter is None:
        return None
    if (value := settings.get(parameter.name)) is not None:
        asked = _seconds(value)
        return None if asked is None else _Length(asked, asked)
    match parameter:
        case Choice(options=options):
            lengths = [_seconds(option) for option in options]
        case Number(minimum=low, maximum=high):
            lengths = [_seconds(low), _seconds(high)]
        case _:
            return None
    known = [length for length in lengths if length is not None]
    return _Length(min(known), max(known)) if known and len(known) == len(lengths) else None


def _seconds(value: Any) -> Decimal | None:
    """A length: 5, "5", "5s"; None for what is none, as "auto" and -1."""
    if isinstance(value, str):
        found = _LENGTH.fullmatch(value.strip())
        value = found[1] if found else None
    return amount(value) or None


def _where(asked: Sequence[Condition], spec: ModelSpec | None) -> str:
    """The conditions of a rate in words: "at 1080p, with sound"."""
    said = [_condition(condition, spec) for condition in asked]
    return ", ".join(sorted(said, key=lambda part: not part.startswith("at ")))


def _condition(condition: Condition, spec: ModelSpec | None) -> str:
    parameter = parameter_at(condition.path, spec)
    role = parameter.role if parameter is not None else None
    value = condition.value
    text = _said(str(value).lower() if isinstance(value, bool) else value)
    if text in ("true", "false") and (isinstance(value, bool) or isinstance(parameter, Switch)):
        name = "sound" if role is Role.SOUND else _label(condition.path, spec)
        return f"{'with' if text == 'true' else 'without'} {name}"
    if role is Role.SECONDS and _seconds(value) is not None:
        return f"for {text.removesuffix('s').strip()} s"
    if role is Role.RESOLUTION or _RESOLUTION.fullmatch(text):
        return f"at {text}"
    if isinstance(parameter, Choice) and text in parameter.words:
        text = _said(parameter.words[text].label)
    return f"with {_label(condition.path, spec)} {text}"


def _label(path: Path, spec: ModelSpec | None) -> str:
    parameter = parameter_at(path, spec)
    return _said(" ".join(path) if parameter is None else parameter.label).lower()


def _said(value: Any) -> str:
    """`value` of whatever length and kind as part of a sentence."""
    if isinstance(value, str):
        return bounded(words(value), LONGEST_HOW)
    if isinstance(value, list | tuple):
        return " or ".join(_said(one) for one in value[:_NAMED] if not isinstance(one, list | tuple))
    figure = amount(value)
    return plain(figure) if figure is not None else "a value"
