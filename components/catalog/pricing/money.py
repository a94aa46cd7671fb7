"""Figures out of a pricing block, and amounts of money in words. `Decimal` throughout: a price is no float."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

# No video costs so much; a figure above it is an error in the block.
LARGEST = Decimal(1_000_000)
# Nor so little; and written out, a smaller one could have any number of digits.
SMALLEST = Decimal("1e-9")
_LONGEST_FIGURE = 40
"""Characters of a figure given as text."""
_CENT = Decimal("0.01")
_TINY = Decimal("0.10")
"""Below this, a part of a cent is said."""


def amount(value: Any) -> Decimal | None:
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
        found = Decimal(text)
    except InvalidOperation:
        return None
    if found.is_zero():
        return Decimal(0)  # zero, too, can be written with an exponent of any size
    return found if found.is_finite() and SMALLEST <= found <= LARGEST else None


def plain(figure: Decimal) -> str:
    """A figure without an exponent and needless zeros: "5", "0.25", "100"."""
    text = f"{figure:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(usd: Decimal) -> str:
    """An amount as people are told it: to the cent, "$3.25"; below ten cents with its first three digits, "$0.0125"."""
    exact = abs(usd)
    shown = to_cents(exact)
    if exact < _TINY and shown != exact:
        shown = exact.quantize(Decimal(1).scaleb(exact.adjusted() - 2), ROUND_HALF_UP)
    return f"{'-' if usd < 0 else ''}${_at_least_cents(shown)}"


def price(usd: Decimal) -> str:
    """A published price with all its digits, at least cents: "$0.65", "$0.0125"."""
    return f"${_at_least_cents(usd)}"


def to_cents(usd: Decimal) -> Decimal:
    """Rounded to the cent, half a cent up."""
    return usd.quantize(_CENT, ROUND_HALF_UP)


def _at_least_cents(usd: Decimal) -> str:
    whole, _, part = f"{usd:,f}".partition(".")
    return f"{whole}.{part.rstrip('0').ljust(2, '0')}"
