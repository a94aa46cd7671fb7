"""A pricing block -> an estimate in USD, or none. A figure is never invented.

A block comes from `GET /v1/models?include=pricing` (FACTS.md, "Catalogue, schema, price, balance"):

    {"kind": "fixed", "units": [{"name", "measure", "price", "per"}]}
    {"kind": "variants", "dimensions": [...], "variants": [{"when": {...}, "price", "unit", "per"}]}
    {"kind": "variable"}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from components.catalog.openapi import bundled_rules
from components.catalog.spec import Role
from components.provider.sentences import bounded, words

PER_SECOND = frozenset({"second", "seconds", "sec", "s"})
PER_TAKE = frozenset({"generation", "video", "request"})
# No video costs so much; a figure above it is an error in the block.
LARGEST = Decimal(1_000_000)
# Nor so little; and written out, a smaller one could have any number of digits.
SMALLEST = Decimal("1e-9")
_LONGEST_FIGURE = 40
"""Characters of a figure given as text."""
LONGEST_HOW = 200
"""Characters of an estimate's explanation, and of any one name or value in it."""


@dataclass(frozen=True)
class Estimate:
    """What one take costs."""

    usd: Decimal | None
    """USD; None where the price is not known before the video is made."""
    how: str
    """How the figure comes about, or why there is none, in a few words; at most 200 characters."""


def estimate(
    block: Mapping[str, Any], settings: Mapping[str, Any], labels: Mapping[str, str] | None = None
) -> Estimate | None:
    """The price of one take; None for a broken block.

    `settings`: the request with the defaults in force. `labels`: what people call them, by name.
    """
    if not isinstance(block, Mapping) or str(block.get("currency") or "USD").upper() != "USD":
        return None
    found: Estimate | None = None
    match block.get("kind"):
        case "fixed":
            found = _fixed(block.get("units"), settings)
        case "variants":
            found = _variants(block.get("variants"), settings, labels or {})
        case "variable":
            found = Estimate(None, "The price depends on the video and is known only afterwards.")
    return found and Estimate(found.usd, bounded(found.how, LONGEST_HOW))


@dataclass(frozen=True)
class _Rate:
    price: Decimal
    per: Decimal
    unit: str

    @classmethod
    def read(cls, row: Any, unit_key: str) -> _Rate | None:
        """The rate in `row`, or None if a part is missing or odd: a price means nothing without its `per`."""
        if not isinstance(row, Mapping):
            return None
        price, per, unit = _amount(row.get("price")), _amount(row.get("per")), row.get(unit_key)
        if price is None or per is None or per == 0 or not isinstance(unit, str):
            return None
        return cls(price, per, unit.strip().lower())

    def estimate(self, settings: Mapping[str, Any], condition: str = "") -> Estimate | None:
        """None for a unit that is not known."""
        where = f" ({condition})" if condition else ""
        price, per = f"{_plain(self.price)} USD", _plain(self.per)
        if self.unit in PER_TAKE:
            how = f"{price} for each take{where}" if self.per == 1 else f"{price} for {per} takes{where}"
            return Estimate(self.price / self.per, how)
        if self.unit in PER_SECOND:
            rate = f"{price} a second{where}" if self.per == 1 else f"{price} for {per} s{where}"
            seconds = _seconds(settings)
            if seconds is None:
                return Estimate(None, f"{rate}; the length is up to the model")
            return Estimate(self.price * seconds / self.per, f"{_plain(seconds)} s at {rate}")
        return None


def _fixed(units: Any, settings: Mapping[str, Any]) -> Estimate | None:
    if not isinstance(units, list | tuple) or not units:
        return None
    if len(units) > 1:
        # Whether several units add up or are alternatives is not documented.
        return Estimate(None, "The price has several parts, which cannot be added up beforehand.")
    rate = _Rate.read(units[0], "measure")
    return rate.estimate(settings) if rate else None


def _variants(variants: Any, settings: Mapping[str, Any], labels: Mapping[str, str]) -> Estimate | None:
    if not isinstance(variants, list | tuple):
        return None
    readable = [
        (variant["when"], rate)
        for variant in variants
        if (rate := _Rate.read(variant, "unit")) and isinstance(variant.get("when"), Mapping)
    ]
    if not readable:
        return None
    fitting = [(when, rate) for when, rate in readable if _fits(when, settings)]
    # The one that says most counts.
    closest = max((len(when) for when, _ in fitting), default=0)
    rates = {rate: when for when, rate in fitting if len(when) == closest}
    if len(rates) != 1:
        names = sorted({_label(name, labels) for when, _ in readable for name in when})
        return Estimate(
            None, f"The price depends on {', '.join(names)}, and none is published for this choice."
        )
    ((rate, when),) = rates.items()
    return rate.estimate(settings, ", ".join(_condition(name, value, labels) for name, value in when.items()))


def _condition(name: str, value: Any, labels: Mapping[str, str]) -> str:
    """One setting that the price depends on, e.g. "sound on" or "resolution 720p"."""
    text = _text(value)
    said = {"true": "on", "false": "off"}.get(text) or _said(text)
    return f"{_label(name, labels)} {said}"


def _label(name: str, labels: Mapping[str, str]) -> str:
    return _said(labels.get(name, name)).lower()


def _said(text: str) -> str:
    """`text` of whatever length and kind as part of a sentence."""
    return bounded(words(text), LONGEST_HOW)


def _fits(when: Mapping[str, Any], settings: Mapping[str, Any]) -> bool:
    return all(name in settings and _text(settings[name]) == _text(value) for name, value in when.items())


def _seconds(settings: Mapping[str, Any]) -> Decimal | None:
    """The length asked for. What fields a length goes by is data."""
    for name, role in bundled_rules()["roles"].items():
        if role == Role.SECONDS and (seconds := _amount(settings.get(name))):
            return seconds
    return None


def _amount(value: Any) -> Decimal | None:
    """A number of zero or more, given as number or text; None for anything else.

    What it gives can be written out: it has some fifty digits at most.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    if isinstance(value, int) and not 0 <= value <= LARGEST:
        return None  # before it is made a text: it may have any number of digits
    text = str(value).strip()
    if len(text) > _LONGEST_FIGURE:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    if amount.is_zero():
        return Decimal(0)  # zero, too, can be written with an exponent of any size
    return amount if amount.is_finite() and SMALLEST <= amount <= LARGEST else None


def _text(value: Any) -> str:
    """`value` so that 5, 5.0 and "5", true and "true" are one."""
    if (amount := _amount(value)) is not None:
        return _plain(amount)
    # Python refuses to write out a number of thousands of digits, except in base 16.
    odd = isinstance(value, int) and abs(value) > LARGEST
    return hex(value) if odd else str(value).strip().lower()


def _plain(amount: Decimal) -> str:
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
