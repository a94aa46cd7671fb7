"""Pretend prices, from `prices.json`: published in the provider's shapes, and charged as published."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

CREDITS_PER_USD = 2_000_000


@cache
def _price_list() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(Path(__file__).with_name("prices.json").read_text(encoding="utf-8"))
    return data


@dataclass(frozen=True)
class Charge:
    """What a generation is said to cost."""

    usd: float

    @property
    def credits(self) -> int:
        """The same in the provider's credits."""
        return round(self.usd * CREDITS_PER_USD)


def balance() -> float:
    """The pretend account's balance in USD. It never gets less: the sandbox costs nothing."""
    return float(_price_list()["balance"])


def pricing(model: str) -> dict[str, Any]:
    """The published `pricing` block of a model: kind `fixed`, `variants` or `variable`."""
    block: dict[str, Any] = _entry(model)["pricing"]
    return block


def charge(model: str, values: Mapping[str, Any], seconds: float) -> Charge:
    """The charge for a film of so many seconds, made with `values` (defaults included)."""
    entry = _entry(model)
    block = entry["pricing"]
    if block["kind"] == "fixed":
        usd = sum(_amount(unit, unit["measure"], seconds) for unit in block["units"])
    elif block["kind"] == "variants":
        fitting = [
            v for v in block["variants"] if all(values.get(k) == wanted for k, wanted in v["when"].items())
        ]
        # A field that was not sent and has no default fits no variant: the first is the model's own choice.
        variant = (fitting or block["variants"])[0]
        usd = _amount(variant, variant["unit"], seconds)
    else:
        usd = entry["charged_per_second"] * seconds
    return Charge(round(usd, 6))


def _entry(model: str) -> dict[str, Any]:
    listed = _price_list()
    entry: dict[str, Any] = listed["models"].get(model, listed["other"])
    return entry


def _amount(rate: Mapping[str, Any], unit: str, seconds: float) -> float:
    return float(rate["price"]) / float(rate["per"]) * (seconds if unit == "second" else 1)
