from __future__ import annotations

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
