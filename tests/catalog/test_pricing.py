"""Estimates come from what is published, or there is none."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.catalog.pricing import LONGEST_HOW, Estimate, estimate
from tests.catalog.judge import VALUES, patient


def fixed(price: Any, measure: Any, per: Any = 1) -> dict[str, Any]:
    return {"kind": "fixed", "units": [{"name": "video", "measure": measure, "price": price, "per": per}]}


def variants(*rows: tuple[dict[str, Any], Any], unit: str = "second") -> dict[str, Any]:
    table = [{"when": when, "price": price, "unit": unit, "per": 1} for when, price in rows]
    return {"kind": "variants", "dimensions": ["resolution"], "variants": table}


BY_RESOLUTION = variants(({"resolution": "720p"}, 0.4), ({"resolution": "1080p"}, 0.65))


@pytest.mark.parametrize(
    ("block", "settings", "usd"),
    [
        # The example of FACTS.md.
        (BY_RESOLUTION, {"resolution": "1080p", "duration": 5}, "3.25"),
        (BY_RESOLUTION, {"resolution": "1080P", "duration": "5"}, "3.25"),
        (BY_RESOLUTION, {"resolution": "720p", "duration": 10}, "4"),
        (fixed(0.1, "second"), {"duration": 3}, "0.3"),
        (fixed("0.1", "seconds"), {"duration": 3}, "0.3"),
        (fixed(0.35, "second", per=5), {"duration": 10}, "0.7"),
        (fixed(0.35, "second", per="5"), {"duration": 10}, "0.7"),
        (fixed(2, "generation"), {}, "2"),
        (fixed(2, "Video"), {"duration": 10}, "2"),
        (fixed(3, "request", per=2), {}, "1.5"),
        (fixed(0, "request"), {}, "0"),
        (variants(({"duration": "5"}, 1), ({"duration": 10}, 2), unit="video"), {"duration": 5}, "1"),
        (variants(({"sound": "true"}, 2), ({"sound": False}, 1), unit="video"), {"sound": True}, "2"),
        (variants(({}, 1), ({"mode": "pro"}, 2), unit="video"), {"mode": "pro"}, "2"),
        (variants(({}, 1), ({"mode": "pro"}, 2), unit="video"), {"mode": "std"}, "1"),
    ],
)
def test_a_published_price_is_computed_exactly(block: Any, settings: dict[str, Any], usd: str) -> None:
    result = estimate(block, settings)
    assert result is not None
    assert result.usd == Decimal(usd)
    assert result.how


def test_how_names_the_rate_and_the_condition() -> None:
    result = estimate(BY_RESOLUTION, {"resolution": "1080p", "duration": 5})
    assert result == Estimate(Decimal("3.25"), "5 s at 0.65 USD a second (resolution 1080p)")


@pytest.mark.parametrize(
    ("block", "settings"),
    [
        ({"kind": "variable"}, {"duration": 5}),
        (fixed(0.1, "second"), {}),
        (BY_RESOLUTION, {"duration": 5}),
        (BY_RESOLUTION, {"resolution": "4k", "duration": 5}),
        (variants(({"a": 1}, 1), ({"b": 1}, 2), unit="video"), {"a": 1, "b": 1}),
        (
            {"kind": "fixed", "units": [*fixed(1, "video")["units"], *fixed(1, "second")["units"]]},
            {"duration": 5},
        ),
    ],
)
def test_what_cannot_be_known_beforehand_has_a_reason_and_no_figure(block: Any, settings: Any) -> None:
    result = estimate(block, settings)
    assert result is not None
    assert result.usd is None
    assert result.how


@pytest.mark.parametrize(
    "block",
    [
        {},
        {"kind": "free"},
        {"kind": "fixed"},
        {"kind": "fixed", "units": "5"},
        {"kind": "fixed", "units": [None]},
        {"kind": "fixed", "units": [{"measure": "second", "price": 1}]},
        {"kind": ["fixed"]},
        {"kind": "variants", "variants": [{"price": 1, "unit": "second", "per": 1}]},
        {"kind": "variants", "variants": None},
        fixed(1, "token"),
        fixed(1, None),
        fixed(-1, "second"),
        fixed(True, "second"),
        fixed("NaN", "second"),
        fixed(float("inf"), "second"),
        fixed(10**5000, "second"),
        fixed("much", "second"),
        fixed(1, "second", per=0),
        fixed(1, "second", per=None),
        fixed(1, "second") | {"currency": "EUR"},
        None,
        "0.65",
    ],
)
def test_a_broken_block_gives_no_estimate(block: Any) -> None:
    assert estimate(block, {"duration": 5}) is None


@patient
@given(
    kind=st.sampled_from(["fixed", "variants", "variable", None]),
    inner=VALUES,
    rows=st.lists(st.fixed_dictionaries({"when": VALUES, "price": VALUES, "per": VALUES, "unit": VALUES})),
    settings=st.dictionaries(st.sampled_from(["duration", "mode"]), VALUES),
)
def test_no_block_raises(kind: Any, inner: Any, rows: Any, settings: dict[str, Any]) -> None:
    for block in (
        {"kind": kind, "units": inner, "variants": inner},
        {"kind": kind, "units": rows, "variants": rows},
    ):
        result = estimate(block, settings)
        assert result is None or result.usd is None or result.usd >= 0


@pytest.mark.parametrize(
    "odd",
    ["1e-999999999", "1e-99999999999999999999", "1e-10", 1e-300, "0." + "1" * 100, "1" * 100, "1e999999999"],
    ids=range(7),
)
def test_a_figure_that_is_no_price_is_neither_used_nor_written_out(odd: Any) -> None:
    assert estimate(fixed(odd, "second"), {"duration": 5}) is None
    assert estimate(fixed(1, "second", per=odd), {"duration": 5}) is None
    assert estimate(variants(({"resolution": "720p"}, odd)), {"resolution": "720p", "duration": 5}) is None
    unknown_length = estimate(fixed(1, "second"), {"duration": odd})
    assert unknown_length is not None
    assert unknown_length.usd is None
    matched = estimate(variants(({"sound": odd}, 1), unit="video"), {"sound": odd})
    assert matched is not None
    assert len(matched.how) <= LONGEST_HOW


@pytest.mark.parametrize("nothing", ["0e-999999999", "0e999999999", "-0", 0.0])
def test_nothing_is_nothing_however_it_is_written(nothing: Any) -> None:
    assert estimate(fixed(nothing, "video"), {}) == Estimate(Decimal(0), "0 USD for each take")


def test_a_number_of_any_length_can_be_a_condition() -> None:
    block = variants(({"seed": 10**9_000}, 1), unit="video")
    matched, other = estimate(block, {"seed": 10**9_000}), estimate(block, {"seed": 10**9_000 + 1})
    assert matched is not None
    assert other is not None
    assert (matched.usd, other.usd) == (1, None)


@pytest.mark.parametrize("value", ["720p", "x" * 100_000], ids=["usual", "long"])
@pytest.mark.parametrize(
    "names", [["n" * 100_000], [f"name {i}" for i in range(1_000)]], ids=["long", "many"]
)
def test_how_stays_short_whatever_the_block_says(names: list[str], value: str) -> None:
    block = variants((dict.fromkeys(names, value), 1), unit="video")
    for settings in (dict.fromkeys(names, value), {}):
        for labels in ({}, dict.fromkeys(names, "l\n" * 100_000)):
            result = estimate(block, settings, labels)
            assert result is not None
            assert 0 < len(result.how) <= LONGEST_HOW
            assert result.how.isprintable()
