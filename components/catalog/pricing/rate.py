"""One published rate: a price, per so many of a unit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from components.catalog.pricing.money import amount, plain, price
from components.provider.sentences import bounded, words

SECOND, TAKE = "second", "take"
"""The units that are understood: of the video's length, and of nothing but its being made."""

_TIMES = {
    **dict.fromkeys(("second", "seconds", "sec", "secs", "s"), 1),
    **dict.fromkeys(("minute", "minutes", "min", "mins"), 60),
    **dict.fromkeys(("hour", "hours", "h"), 3600),
}
_NAMES = {1: "second", 60: "minute", 3600: "hour"}
_TAKES = frozenset({"generation", "generations", "video", "videos", "request", "requests"})
_LONGEST_UNIT = 200
_LONGEST_NAME = 60


@dataclass(frozen=True)
class Rate:
    """What so many of a unit cost."""

    price: Decimal
    """USD."""
    per: Decimal
    """Of how many: of seconds, takes, or whatever `unit` is."""
    unit: str
    """SECOND, TAKE, or another as it was published."""
    said: str
    """The rate in words, as it was published: "$0.65 a second"."""

    @property
    def each(self) -> Decimal:
        """For one of the unit, in USD."""
        return self.price / self.per


def read_rate(row: Any, *unit_keys: str) -> Rate | None:
    """The rate in `row`, or None if a part is missing or odd: a price means nothing without its `per`.

    `unit_keys`: where the unit's name may stand; the first that is a text counts.
    """
    if not isinstance(row, Mapping):
        return None
    figure, per = amount(row.get("price")), amount(row.get("per"))
    named = next((unit for key in unit_keys if isinstance(unit := row.get(key), str)), "")
    unit = re.sub(r"[\s_-]+", " ", named[:_LONGEST_UNIT]).strip().casefold().removeprefix("per ")
    if figure is None or not per or not unit:
        return None
    if unit in _TIMES:
        long = _TIMES[unit]
        name = _NAMES[long]
        one = f"an {name}" if name == "hour" else f"a {name}"
        many = f"{plain(per)} s" if long == 1 else f"{plain(per)} {name}s"
        said = f"{price(figure)} {one}" if per == 1 else f"{price(figure)} per {many}"
        return Rate(figure, per * long, SECOND, said)
    if unit in _TAKES:
        said = f"{price(figure)} a take" if per == 1 else f"{price(figure)} for {plain(per)} takes"
        return Rate(figure, per, TAKE, said)
    name = bounded(words(unit), _LONGEST_NAME)
    many = f"{plain(per)} {name.removesuffix('s')}s"
    return Rate(figure, per, unit, f"{price(figure)} per {name if per == 1 else many}")
