from __future__ import annotations

from typing import Any

import pytest

from components.sandbox import prices
from components.sandbox.documents import BUNDLED, read_documents

MODELS = read_documents(BUNDLED)


def test_each_kind_of_price_occurs() -> None:
    assert {prices.pricing(model.id)["kind"] for model in MODELS} == {"fixed", "variants", "variable"}


@pytest.mark.parametrize("model", [*(model.id for model in MODELS), "somebody/else"])
def test_every_model_is_charged_in_usd_and_credits(model: str) -> None:
    charge = prices.charge(model, {"duration": 5}, 5.0)
    assert charge.usd > 0
    assert charge.credits == round(charge.usd * 2_000_000)


def test_a_charge_follows_the_published_price() -> None:
    for model in MODELS:
        block = prices.pricing(model.id)
        if block["kind"] == "fixed":
            [unit] = block["units"]
            assert unit["measure"] == "second"
            assert prices.charge(model.id, {}, 7.0).usd == pytest.approx(unit["price"] / unit["per"] * 7)
        if block["kind"] == "variants":
            assert {name for variant in block["variants"] for name in variant["when"]} == {
                *block["dimensions"]
            }
            assert {*block["dimensions"]} <= {*model.judge.properties}
            for variant in block["variants"]:
                factor = 10.0 if variant["unit"] == "second" else 1.0
                charged = prices.charge(model.id, variant["when"], 10.0).usd
                assert charged == pytest.approx(variant["price"] / variant["per"] * factor)


RESOLUTIONS = {"enum": ["480p", "720p", "1080p", None]}
SOUND = {"type": ["boolean", "null"], "default": True}


@pytest.mark.parametrize(
    ("properties", "dimension", "options"),
    [
        ({"resolution": RESOLUTIONS, "generate_audio": SOUND}, "resolution", ["480p", "720p", "1080p"]),
        ({"resolution": {"enum": ["720p"]}, "generate_audio": SOUND}, "generate_audio", [False, True]),
    ],
)
def test_a_model_that_no_list_names_costs_by_what_can_be_chosen(
    properties: dict[str, Any], dimension: str, options: list[Any]
) -> None:
    block = prices.pricing("somebody/else", properties)
    assert (block["kind"], block["dimensions"]) == ("variants", [dimension])
    assert [variant["when"] for variant in block["variants"]] == [{dimension: option} for option in options]
    charged = [prices.charge("somebody/else", {dimension: o}, 5.0, properties).usd for o in options]
    assert charged == sorted({*charged})
    for variant, usd in zip(block["variants"], charged, strict=True):
        assert usd == pytest.approx(variant["price"] * 5)


def test_the_others_have_plain_prices_of_several_kinds_always_the_same() -> None:
    names = [f"maker/model-{number}" for number in range(40)]
    blocks = [prices.pricing(name, {"prompt": {"type": "string"}}) for name in names]
    assert {block["kind"] for block in blocks} == {"fixed", "variable"}
    assert blocks == [prices.pricing(name, {"prompt": {"type": "string"}}) for name in names]
    assert all(prices.charge(name, {}, 5.0, {}).usd > 0 for name in names)
