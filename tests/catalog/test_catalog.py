"""Finding models, and their prices."""

from __future__ import annotations

from typing import Any

import pytest

from components.catalog.catalog import Catalog
from components.catalog.openapi import read_document
from components.catalog.spec import ExactlyOne, ModelSpec, OnlyWith, Role
from tests.catalog.judge import document_of

TURBO = "klingai/video-v3-standard-turbo-text-to-video"
TURBO_ALIAS = "kling-video/v3/turbo/standard/text-to-video"
PRICE = {"kind": "fixed", "units": []}
OTHER = {"kind": "variable"}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.bundled()


def model(name: str, *aliases: str) -> ModelSpec:
    document = document_of({"properties": {"model": {"enum": [name]}}}, facts={"aliases": [*aliases]})
    return read_document(document)


def test_every_model_is_found_by_its_id(catalog: Catalog) -> None:
    assert all(catalog.find(spec.id) is spec for spec in catalog.models)


def test_an_alias_finds_the_model(catalog: Catalog) -> None:
    found = catalog.find(TURBO_ALIAS)
    assert found is not None
    assert found.id == TURBO


def test_an_unknown_name_finds_nothing(catalog: Catalog) -> None:
    assert catalog.find("nobody/nothing") is None


def test_an_id_is_stronger_than_an_alias() -> None:
    first, second = model("a", "b"), model("b")
    found = Catalog([first, second]).find("b")
    assert found is second


def test_the_models_are_as_documented(catalog: Catalog) -> None:
    pro, turbo, master, standard, oldest = catalog.models
    legacy = "/v2/generate/video/kling/generation"
    assert [spec.path == legacy for spec in catalog.models] == [False, False, True, False, True]
    assert pro.rules == (ExactlyOne(("prompt", "multi_prompt")), OnlyWith("shot_type", "multi_prompt"))
    assert turbo.rules == (ExactlyOne(("prompt", "multi_prompt")),)
    assert master.rules == standard.rules == oldest.rules == ()
    assert [spec.has_sound for spec in catalog.models] == [True, True, False, False, False]
    assert turbo.typical_seconds is None
    assert pro.typical_seconds == (381, 381)
    for spec in (master, oldest):
        assert spec["ratio"].deprecated
        assert "provider" not in spec
        assert "camera_control" not in spec
    for spec in catalog.models:
        assert spec.document["info"]["x-model"]["id"] == spec.id
        length, prompt = spec.by_role(Role.SECONDS), spec.by_role(Role.PROMPT)
        assert length is not None
        assert prompt is not None
        assert isinstance(length.default, int | None)
        assert prompt.required == (spec.by_role(Role.SHOTS) is None)


@pytest.mark.parametrize("asked", [TURBO, TURBO_ALIAS])
@pytest.mark.parametrize(
    "row",
    [
        {"id": TURBO, "pricing": PRICE},
        {"id": TURBO_ALIAS, "pricing": PRICE},
        {"id": "another/name", "aliases": [TURBO_ALIAS], "pricing": PRICE},
        {"id": "another/name", "aliases": ["x", TURBO], "pricing": PRICE},
    ],
)
def test_a_price_is_found_whichever_side_uses_which_name(asked: str, row: dict[str, Any]) -> None:
    catalog = Catalog.bundled()
    catalog.set_prices("live", [row])
    assert catalog.price("live", asked) == PRICE


@pytest.mark.parametrize(
    "broken",
    [
        None,
        "text",
        [],
        {},
        {"id": TURBO},
        {"id": None, "aliases": [TURBO], "pricing": OTHER},
        {"id": TURBO, "pricing": None},
        {"id": TURBO, "pricing": "free"},
        {"id": [TURBO], "pricing": OTHER},
        {"id": "x", "aliases": TURBO, "pricing": OTHER},
        {"id": "x", "aliases": [None, [TURBO]], "pricing": OTHER},
    ],
)
def test_a_broken_row_is_passed_over(broken: Any) -> None:
    catalog = Catalog.bundled()
    catalog.set_prices("live", [broken])
    assert catalog.price("live", TURBO) is None
    catalog.set_prices("live", [broken, {"id": TURBO, "pricing": PRICE}, broken])
    assert catalog.price("live", TURBO) == PRICE


def test_of_a_model_listed_twice_the_first_counts_and_an_id_before_an_alias() -> None:
    catalog = Catalog.bundled()
    rows = [
        {"id": "x", "aliases": [TURBO], "pricing": OTHER},
        {"id": TURBO, "pricing": PRICE},
        {"id": TURBO, "pricing": OTHER},
    ]
    catalog.set_prices("live", rows)
    assert catalog.price("live", TURBO) == PRICE


def test_each_destination_has_prices_of_its_own_and_new_ones_replace_them() -> None:
    catalog = Catalog.bundled()
    catalog.set_prices("sandbox", [{"id": TURBO, "pricing": OTHER}])
    catalog.set_prices("live", [{"id": TURBO, "pricing": PRICE}])
    assert catalog.price("sandbox", TURBO) == OTHER
    assert catalog.price("live", TURBO) == PRICE
    assert catalog.price("nowhere", TURBO) is None
    catalog.set_prices("live", [])
    assert catalog.price("live", TURBO) is None
    assert catalog.price("sandbox", TURBO) == OTHER
