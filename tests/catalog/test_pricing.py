"""Estimates come from what is published, or there is none."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.catalog.pricing import LONGEST_HOW, Estimate, estimate, per_take, rates
from components.catalog.pricing.money import LARGEST, amount, money, price
from components.catalog.spec import (
    Choice,
    Group,
    Media,
    ModelSpec,
    Number,
    OptionWords,
    Parameter,
    Role,
    Switch,
    Text,
)
from tests.catalog.judge import VALUES, patient

RESOLUTION = Choice(name="resolution", label="Resolution", role=Role.RESOLUTION, options=("720p", "1080p"))
SOUND = Switch(name="generate_audio", label="Sound", role=Role.SOUND)
MODE = Choice(name="mode", label="Mode", options=("std", "pro"), words={"pro": OptionWords("Professional")})
CAMERA = Group(
    name="camera", label="Camera", fields=(Choice(name="kind", label="Move", options=("pan", "zoom")),)
)
LENGTH = Choice(name="duration", label="Length", role=Role.SECONDS, options=(5, 10))


def model(*parameters: Parameter, length: Parameter = LENGTH) -> ModelSpec:
    return ModelSpec(id="a/model", name="A Model", path="/v2", parameters=(length, *parameters))


SPEC = model(
    RESOLUTION, SOUND, MODE, CAMERA, Text(name="style", label="Style"), Media(name="image", label="Picture")
)


def fixed(figure: Any, measure: Any, per: Any = 1) -> dict[str, Any]:
    return {"kind": "fixed", "units": [{"name": "video", "measure": measure, "price": figure, "per": per}]}


def several(*units: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "fixed", "units": [block["units"][0] for block in units]}


def variants(*rows: tuple[Any, Any], unit: Any = "second", per: Any = 1) -> dict[str, Any]:
    table = [{"when": when, "price": figure, "unit": unit, "per": per} for when, figure in rows]
    return {"kind": "variants", "dimensions": ["resolution"], "variants": table}


BY_RESOLUTION = variants(({"resolution": "720p"}, 0.4), ({"resolution": "1080p"}, 0.65))
BY_SOUND = variants(({"generate_audio": False}, 0.1), ({"generate_audio": True}, 0.2))
BY_BOTH = variants(
    ({"resolution": "720p"}, 0.1),
    ({"resolution": "1080p", "generate_audio": False}, 0.2),
    ({"resolution": "1080p", "generate_audio": True}, 0.3),
)


@pytest.mark.parametrize(
    ("block", "settings", "usd", "how"),
    [
        # The example of FACTS.md.
        (BY_RESOLUTION, {"resolution": "1080p", "duration": 5}, "3.25", "5 s × $0.65 at 1080p"),
        (BY_RESOLUTION, {"resolution": " 1080P", "duration": "5"}, "3.25", "5 s × $0.65 at 1080p"),
        (BY_RESOLUTION, {"resolution": "720p", "duration": "10s"}, "4", "10 s × $0.40 at 720p"),
        (fixed(0.1, "second"), {"duration": 3}, "0.3", "3 s × $0.10"),
        (fixed("0.1", "per Seconds"), {"duration": 3}, "0.3", "3 s × $0.10"),
        (fixed(0.0125, "sec"), {"duration": 8}, "0.1", "8 s × $0.0125"),
        # `price` is read with `per`.
        (fixed(0.25, "second", per=5), {"duration": 8}, "0.4", "8 s × $0.05 ($0.25 per 5 s)"),
        (fixed(0.25, "second", per="5"), {"duration": 10}, "0.5", "10 s × $0.05 ($0.25 per 5 s)"),
        (fixed(0.1, "second", per=3), {"duration": 6}, "0.2", "6 s at $0.10 per 3 s"),
        (fixed(50, "second", per=1000), {"duration": 5}, "0.25", "5 s × $0.05 ($50.00 per 1000 s)"),
        (fixed(3, "minute"), {"duration": 5}, "0.25", "5 s × $0.05 ($3.00 a minute)"),
        (fixed(6, "minutes", per=2), {"duration": 5}, "0.25", "5 s × $0.05 ($6.00 per 2 minutes)"),
        (fixed(36, "hour"), {"duration": 5}, "0.05", "5 s × $0.01 ($36.00 an hour)"),
        (fixed(2, "generation"), {}, "2", "a fixed price"),
        (fixed(2, "Video"), {"duration": 10}, "2", "a fixed price"),
        (fixed(3, "request", per=2), {}, "1.5", "$3.00 for 2 takes"),
        (fixed(0, "request"), {}, "0", "a fixed price"),
        (fixed(0, "second"), {"duration": 5}, "0", "5 s × $0.00"),
        (several(fixed(2, "video"), fixed(2, "video")), {}, "2", "a fixed price"),
        (several(fixed(0.1, "second"), fixed(0, "token")), {"duration": 5}, "0.5", "5 s × $0.10"),
        (BY_SOUND, {"duration": 5, "generate_audio": True}, "1", "5 s × $0.20 with sound"),
        (BY_SOUND, {"duration": 5, "generate_audio": False}, "0.5", "5 s × $0.10 without sound"),
        (BY_SOUND, {"duration": 5, "generateAudio": "True"}, "1", "5 s × $0.20 with sound"),
        (
            variants(({"generate_audio": "true"}, 0.2), ({"generate_audio": "FALSE"}, 0.1)),
            {"duration": 5, "generate_audio": True},
            "1",
            "5 s × $0.20 with sound",
        ),
        (
            BY_BOTH,
            {"duration": 5, "resolution": "1080p", "generate_audio": True},
            "1.5",
            "5 s × $0.30 at 1080p, with sound",
        ),
        # The sound stands unset, and does not matter here.
        (BY_BOTH, {"duration": 5, "resolution": "720p"}, "0.5", "5 s × $0.10 at 720p"),
        (
            variants(({"duration": "5"}, 1), ({"duration": 10}, 2), unit="video"),
            {"duration": 5},
            "1",
            "a fixed price for 5 s",
        ),
        (
            variants(({"mode": "std"}, 1), ({"mode": "pro"}, 2), unit="video"),
            {"mode": "pro"},
            "2",
            "a fixed price with mode Professional",
        ),
        (variants(({}, 1), ({"mode": "pro"}, 2), unit="video"), {"mode": "std"}, "1", "a fixed price"),
        # Inside another field, as a path or as an object.
        (
            variants(({"camera.kind": "pan"}, 1), ({"camera": {"kind": "zoom"}}, 2), unit="video"),
            {"camera": {"kind": "zoom"}},
            "2",
            "a fixed price with move zoom",
        ),
        (
            variants(({"camera.kind": "PAN"}, 1), ({"camera/kind": "zoom"}, 2), unit="video"),
            {"camera": {"kind": "pan"}},
            "1",
            "a fixed price with move PAN",
        ),
        # A field that nobody can set: all variants agree, or none is said.
        (variants(({"tier": "a"}, 1), ({"tier": "b"}, 1), unit="video"), {}, "1", "a fixed price"),
        (
            variants(({"mode": ["pro", "std"]}, 1), unit="video"),
            {"mode": "pro"},
            "1",
            "a fixed price with mode pro or std",
        ),
    ],
)
def test_a_published_price_is_computed_exactly_and_says_how(
    block: Any, settings: dict[str, Any], usd: str, how: str
) -> None:
    assert estimate(block, settings, SPEC) == Estimate(Decimal(usd), how)


@pytest.mark.parametrize(
    ("block", "settings", "bounds", "how"),
    [
        (BY_RESOLUTION, {"duration": 5}, ("2", "3.25"), "depending on resolution"),
        (BY_SOUND, {"duration": 10}, ("1", "2"), "depending on sound"),
        (BY_BOTH, {"duration": 5}, ("0.5", "1.5"), "depending on resolution, sound"),
        (BY_BOTH, {"duration": 5, "resolution": "1080p"}, ("1", "1.5"), "depending on sound"),
        (fixed(0.1, "second"), {}, ("0.5", "1"), "$0.10 a second, depending on the length"),
        (BY_SOUND, {}, ("0.5", "2"), "depending on sound and the length"),
        (
            variants(({"duration": 5}, 1), ({"duration": 10}, 2), unit="video"),
            {},
            ("1", "2"),
            "depending on length",
        ),
    ],
)
def test_where_every_option_has_a_price_the_least_and_the_most_are_certain(
    block: Any, settings: dict[str, Any], bounds: tuple[str, str], how: str
) -> None:
    least, most = map(Decimal, bounds)
    found = estimate(block, settings, SPEC)
    assert found is not None
    assert (found.usd, found.bounds) == (None, (least, most))
    assert found.at_least == least
    assert set(found.how.replace(",", "").split()) == set(how.replace(",", "").split())


UNKNOWN = [
    ({"kind": "variable"}, {"duration": 5}),
    ({"kind": "variable", "units": [{"price": 1}]}, {}),
    # Nobody can know the length.
    (fixed(0.1, "second"), {"duration": "auto"}),
    (fixed(0.1, "second"), {"duration": -1}),
    (fixed(0.1, "second"), {"duration": 0}),
    # Nor how many.
    (fixed(1, "token", per=1000), {"duration": 5}),
    (fixed(1, "frame"), {"duration": 5}),
    (fixed(1, "image"), {"duration": 5}),
    (fixed(1, "input second"), {"duration": 5}),
    (several(fixed(1, "video"), fixed(1, "second")), {"duration": 5}),
    # No variant has this.
    (BY_RESOLUTION, {"resolution": "4k", "duration": 5}),
    (variants(({"resolution": "720p"}, 0.4)), {"duration": 5}),
    # A field that is not in the form.
    (variants(({"tier": "a"}, 1), ({"tier": "b"}, 2), unit="video"), {"duration": 5}),
    (variants(({}, 1), ({"tier": "b"}, 2), unit="video"), {"duration": 5}),
    # Two that say as much as each other.
    (variants(({"mode": "pro"}, 1), ({"duration": 5}, 2), unit="video"), {"mode": "pro", "duration": 5}),
    # What cannot be compared.
    (variants(({"duration": "1-5"}, 1), ({"duration": "6-10"}, 2), unit="video"), {"duration": 5}),
    (variants(({"duration": {"max": 5}}, 1), ({"duration": {"max": 10}}, 2), unit="video"), {"duration": 5}),
    (variants(({"duration": [5, 8]}, 1), ({"duration": [9, 10]}, 2), unit="video"), {"duration": 7}),
    (variants(({"image": True}, 1), ({"image": False}, 2), unit="video"), {"image": "https://a.b/c"}),
    (variants(({"image": True}, 1), ({"image": False}, 2), unit="video"), {}),
    (variants(({"style": None}, 1), ({}, 2), unit="video"), {}),
    # A row that says more, and whose price cannot be read.
    (variants(({"mode": "pro"}, 1), ({"mode": "pro", "duration": 5}, "?")), {"mode": "pro", "duration": 5}),
    ({**BY_RESOLUTION, "variants": [{"price": 1, "unit": "second", "per": 1}]}, {"duration": 5}),
]


@pytest.mark.parametrize(("block", "settings"), UNKNOWN, ids=range(len(UNKNOWN)))
def test_what_cannot_be_known_beforehand_has_a_reason_and_no_figure(block: Any, settings: Any) -> None:
    spec = model(MODE, RESOLUTION, Media(name="image", label="Picture"), Text(name="style", label="Style"))
    result = estimate(block, settings, spec)
    if result is None:
        assert block["kind"] == "variants"
        return
    assert (result.usd, result.bounds) == (None, None)
    assert result.how.endswith(".")


def test_a_length_that_is_free_within_bounds_bounds_the_price() -> None:
    spec = model(length=Number(name="seconds", label="Length", role=Role.SECONDS, minimum=2, maximum=12))
    assert estimate(fixed(0.5, "second"), {}, spec) == Estimate(
        None, "$0.50 a second, depending on the length", (Decimal(1), Decimal(6))
    )
    open_ended = model(length=Number(name="seconds", label="Length", role=Role.SECONDS, minimum=2))
    found = estimate(fixed(0.5, "second"), {}, open_ended)
    assert found == Estimate(None, "$0.50 a second; the length is up to the model.")


def test_the_seconds_of_shots_stand_for_a_length_that_no_field_says() -> None:
    silent = ModelSpec(id="a", name="A", path="/v2", parameters=())
    assert estimate(fixed(0.5, "second"), {}, silent, 7) == Estimate(Decimal("3.5"), "7 s × $0.50")


@pytest.mark.parametrize(
    "block",
    [
        {},
        {"kind": "free"},
        {"kind": "fixed"},
        {"kind": "fixed", "units": "5"},
        {"kind": "fixed", "units": []},
        {"kind": "fixed", "units": [None]},
        {"kind": "fixed", "units": [{"measure": "second", "price": 1}]},
        {"kind": "fixed", "units": [{"measure": "second", "price": 1, "per": "second"}]},
        {"kind": "fixed", "units": [{"measure": "second", "price": 1, "per": 1}] * 1000},
        {"kind": ["fixed"]},
        {"kind": "variants", "variants": [{"price": 1, "unit": "second", "per": 1}]},
        {"kind": "variants", "variants": None},
        {"kind": "variants", "variants": [None, 5, "x"]},
        fixed(1, None),
        fixed(1, ""),
        fixed(-1, "second"),
        fixed(True, "second"),
        fixed("NaN", "second"),
        fixed(float("inf"), "second"),
        fixed(10**5000, "second"),
        fixed("much", "second"),
        fixed(1, "second", per=0),
        fixed(1, "second", per=None),
        fixed(1_000_000, "second"),
        fixed(1, "second") | {"currency": "EUR"},
        fixed(1, "second") | {"currency": 10**5000},
        None,
        "0.65",
    ],
    ids=range(28),
)
def test_a_broken_block_gives_no_estimate(block: Any) -> None:
    assert estimate(block, {"duration": 5}, SPEC) is None


PRICES = st.one_of(VALUES, st.decimals(0, 10, places=3).map(str), st.floats(0, 10))
UNITS = st.one_of(VALUES, st.sampled_from(["second", "minute", "video", "frame"]))
PERS = st.one_of(VALUES, st.sampled_from([1, 5, "1", 0]))
WHEN = st.one_of(
    VALUES,
    st.dictionaries(
        st.sampled_from(["resolution", "generate_audio", "mode", "camera.kind", "camera", "tier"]),
        st.one_of(VALUES, st.sampled_from(["720p", "1080p", True, False, "pro", "std", "pan"])),
        max_size=3,
    ),
)
ROWS = st.lists(
    st.one_of(
        VALUES,
        st.fixed_dictionaries({"when": WHEN, "price": PRICES, "per": PERS, "unit": UNITS, "measure": UNITS}),
    ),
    max_size=4,
)
SETTINGS = st.dictionaries(
    st.sampled_from(["duration", "mode", "resolution", "generate_audio", "camera", "image"]),
    st.one_of(VALUES, st.sampled_from([5, "10", "720p", "pro", True, {"kind": "pan"}])),
)


@patient
@given(
    kind=st.sampled_from(["fixed", "variants", "variable", None]),
    rows=st.one_of(ROWS, VALUES),
    settings=SETTINGS,
)
def test_no_block_raises_or_gives_a_float_or_a_figure_that_is_not_in_it(
    kind: Any, rows: Any, settings: dict[str, Any]
) -> None:
    block = {"kind": kind, "units": rows, "variants": rows}
    for result in (estimate(block, settings, SPEC), estimate(block, settings)):
        if result is None:
            continue
        assert 0 < len(result.how) <= LONGEST_HOW
        assert kind != "variable" or result.at_least is None
        figures = [figure for figure in (result.usd, *(result.bounds or ())) if figure is not None]
        assert all(type(figure) is Decimal and 0 <= figure <= LARGEST for figure in figures)
        published = [amount(row.get("price")) for row in rows if isinstance(row, dict)] if figures else []
        assert not figures or any(figure is not None for figure in published)
        if figures and all(figure == 0 for figure in published if figure is not None):
            assert set(figures) == {0}
    for read in (rates, per_take):
        assert (found := read(block)) is None or 0 <= found[0] <= found[1]


@patient
@given(
    cents=st.lists(st.integers(1, 500), min_size=4, max_size=4),
    resolution=st.sampled_from([None, "720p", "1080p"]),
    sound=st.sampled_from([None, True, False]),
    seconds=st.sampled_from([None, 5, 10]),
)
def test_whatever_is_said_holds_for_everything_that_the_model_may_choose(
    cents: list[int], resolution: str | None, sound: bool | None, seconds: int | None
) -> None:
    every = [(r, s) for r in ("720p", "1080p") for s in (True, False)]
    each = dict(zip(every, cents, strict=True))
    block = variants(
        *(({"resolution": r, "generate_audio": s}, str(Decimal(c) / 100)) for (r, s), c in each.items())
    )
    settings = {"resolution": resolution, "generate_audio": sound, "duration": seconds}
    found = estimate(block, {name: value for name, value in settings.items() if value is not None}, SPEC)
    may = {
        Decimal(each[r, s]) * length / 100
        for r, s in every
        for length in (5, 10)
        if resolution in (None, r) and sound in (None, s) and seconds in (None, length)
    }
    assert found is not None
    if len(may) == 1:
        assert {found.usd} == may
    else:
        assert found.bounds == (min(may), max(may))


@pytest.mark.parametrize(
    "odd",
    ["1e-999999999", "1e-99999999999999999999", "1e-10", 1e-300, "0." + "1" * 100, "1" * 100, "1e999999999"],
    ids=range(7),
)
def test_a_figure_that_is_no_price_is_neither_used_nor_written_out(odd: Any) -> None:
    settings = {"resolution": "720p", "duration": 5}
    assert estimate(fixed(odd, "second"), settings, SPEC) is None
    assert estimate(fixed(1, "second", per=odd), settings, SPEC) is None
    assert estimate(variants(({"resolution": "720p"}, odd)), settings, SPEC) is None
    unknown_length = estimate(fixed(1, "second"), {"duration": odd}, SPEC)
    assert unknown_length is not None
    assert unknown_length.usd is None
    matched = estimate(variants(({"generate_audio": odd}, 1), unit="video"), {"generate_audio": odd}, SPEC)
    assert matched is not None
    assert len(matched.how) <= LONGEST_HOW


@pytest.mark.parametrize("nothing", ["0e-999999999", "0e999999999", "-0", 0.0])
def test_nothing_is_nothing_however_it_is_written(nothing: Any) -> None:
    assert estimate(fixed(nothing, "video"), {}, SPEC) == Estimate(Decimal(0), "a fixed price")


def test_a_number_of_any_length_can_be_a_condition() -> None:
    block = variants(({"seed": 10**9_000}, 1), unit="video")
    matched, other = estimate(block, {"seed": 10**9_000}), estimate(block, {"seed": 10**9_000 + 1})
    assert matched is not None
    assert other is not None
    assert (matched.usd, other.usd) == (1, None)


def nested(depth: int, value: Any = 1) -> Any:
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "when",
    [
        dict.fromkeys(["n" * 100_000], "720p"),
        dict.fromkeys(["n.m" * 100_000], "x" * 100_000),
        dict.fromkeys([f"name {i}" for i in range(1_000)], "l\n" * 100_000),
        {"mode": nested(900)},
        {"mode": {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": 1}}}}}}}}},
        {"": {"": 1}, "a": {}},
    ],
    ids=range(6),
)
def test_how_stays_short_whatever_the_block_says(when: dict[str, Any]) -> None:
    block = variants(*[(when, n) for n in range(200)], unit="video" * 1000)
    for unit in ("video", "v" * 100_000):
        block = variants(*[(when, n) for n in range(200)], unit=unit)
        for settings in (when, {}):
            result = estimate(block, settings, SPEC)
            assert result is not None
            assert 0 < len(result.how) <= LONGEST_HOW
            assert result.how.isprintable()


def test_a_block_with_many_fields_and_options_is_not_tried_out() -> None:
    many = tuple(Choice(name=f"f{n}", label=f"F{n}", options=tuple(range(80))) for n in range(10))
    block = variants(*[({f"f{n}": n}, n) for n in range(10)], unit="video")
    found = estimate(block, {}, model(*many))
    assert found is not None
    assert found.at_least is None


@pytest.mark.parametrize(
    ("block", "second", "take"),
    [
        (BY_RESOLUTION, ("0.4", "0.65"), None),
        (fixed(0.25, "second", per=5), ("0.05", "0.05"), None),
        (fixed(3, "minute"), ("0.05", "0.05"), None),
        (fixed(3, "video", per=2), None, ("1.5", "1.5")),
        (variants(({"mode": "a"}, 1), ({"mode": "b"}, 2), unit="video"), None, ("1", "2")),
        ({"kind": "variable"}, None, None),
        (several(fixed(1, "second"), fixed(2, "second")), None, None),
        (several(fixed(1, "video"), fixed(1, "second")), None, None),
        (variants(({"mode": "a"}, 1), ({"mode": "b"}, "?")), None, None),
        (fixed(1, "token"), None, None),
        (fixed(1, "second") | {"currency": "EUR"}, None, None),
        (None, None, None),
    ],
)
def test_the_rates_of_a_block(block: Any, second: Any, take: Any) -> None:
    assert rates(block) == (second and tuple(map(Decimal, second)))
    assert per_take(block) == (take and tuple(map(Decimal, take)))


@pytest.mark.parametrize(
    ("usd", "words"),
    [
        ("3.25", "$3.25"),
        ("3.255", "$3.26"),
        ("0.125", "$0.13"),
        ("0.105", "$0.11"),
        ("0.09", "$0.09"),
        ("0.0525", "$0.0525"),
        ("0.03333333333", "$0.0333"),
        ("0.0000012", "$0.0000012"),
        ("0", "$0.00"),
        ("1234.5", "$1,234.50"),
        ("-3", "-$3.00"),
    ],
)
def test_money_in_words(usd: str, words: str) -> None:
    assert money(Decimal(usd)) == words


def test_a_published_price_keeps_its_digits() -> None:
    assert [price(Decimal(usd)) for usd in ("0.65", "2", "0.0125", "100")] == [
        "$0.65",
        "$2.00",
        "$0.0125",
        "$100.00",
    ]
