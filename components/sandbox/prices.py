"""Pretend prices, from `prices.json`: published in the provider's shapes, and charged as published."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from components.sandbox import fields

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


def pricing(model: str, properties: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The published `pricing` block of a model: kind `fixed`, `variants` or `variable`.

    `properties`: the JSON schemas of its fields. By them, and by its id, a model that the price list does not name
    gets a price: always the same one.
    """
    block: dict[str, Any] = _entry(model, properties or {})["pricing"]
    return block


def charge(
    model: str, values: Mapping[str, Any], seconds: float, properties: Mapping[str, Any] | None = None
) -> Charge:
    """The charge for a film of so many seconds, made with `values` (defaults included). The rest as for `pricing`."""
    entry = _entry(model, properties or {})
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


def _entry(model: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    listed = _price_list()
    named: dict[str, Any] | None = listed["models"].get(model)
    return named if named is not None else _invented(listed["other"], model, properties)


def _invented(other: Mapping[str, Any], model: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """By resolution where there is a choice of it, else by sound where there is, else one of the plain kinds."""
    for meaning in other["by"]:
        for name in fields.names(meaning):
            options = _options(properties.get(name))
            if len(options) > 1:
                return _by_option(other["by"][meaning], name, options)
    plain = other["plain"]
    entry: dict[str, Any] = plain[hashlib.sha256(model.encode(errors="replace")).digest()[0] % len(plain)]
    return entry


def _by_option(rate: Mapping[str, Any], name: str, options: list[Any]) -> dict[str, Any]:
    """Each option dearer than the one before."""
    steps = [
        {
            "when": {name: option},
            "price": round(rate["price"] * (1 + rate["more"] * step), 4),
            "unit": rate["unit"],
            "per": 1,
        }
        for step, option in enumerate(options)
    ]
    return {
        "pricing": {"kind": "variants", "currency": "USD", "dimensions": [name], "variants": steps},
    }


def _options(schema: Any) -> list[Any]:
    """What can be chosen in a field, as the document has it; for a switch off and on."""
    if not isinstance(schema, Mapping):
        return []
    if isinstance(options := schema.get("enum"), list):
        return [option for option in options if option is not None]
    return [False, True] if schema.get("type") in ("boolean", ["boolean", "null"]) else []


def _amount(rate: Mapping[str, Any], unit: str, seconds: float) -> float:
    return float(rate["price"]) / float(rate["per"]) * (seconds if unit == "second" else 1)
