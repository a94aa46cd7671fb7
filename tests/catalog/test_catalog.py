"""Finding models, and their prices."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import pytest

from components.catalog.catalog import MOST_ADDED, Catalog
from components.catalog.openapi import DocumentError, read_document
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


def test_a_published_document_of_one_of_ours_keeps_the_words_that_were_written_for_people() -> None:
    catalog = Catalog.bundled()
    ours = catalog.models[0]
    schema = {
        "properties": {
            "model": {"enum": [ours.id]},
            "prompt": {"type": "string", "description": "Textual conditioning.", "maxLength": 7},
            "seed": {"type": "integer", "description": "Of randomness."},
        }
    }
    catalog.set_list("sandbox", [{"id": ours.id}])
    catalog.learn({ours.id: read_document(document_of(schema))})
    live = catalog.find(ours.id)
    assert live is not None
    assert (live["prompt"].label, live["prompt"].help) == (ours["prompt"].label, ours["prompt"].help)
    assert getattr(live["prompt"], "max_length", None) == 7
    assert "Of randomness." in live["seed"].help


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
    catalog.set_list("live", [row])
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
    catalog.set_list("live", [broken])
    assert catalog.price("live", TURBO) is None
    catalog.set_list("live", [broken, {"id": TURBO, "pricing": PRICE}, broken])
    assert catalog.price("live", TURBO) == PRICE


def test_of_a_model_listed_twice_the_first_counts_and_an_id_before_an_alias() -> None:
    catalog = Catalog.bundled()
    rows = [
        {"id": "x", "aliases": [TURBO], "pricing": OTHER},
        {"id": TURBO, "pricing": PRICE},
        {"id": TURBO, "pricing": OTHER},
    ]
    catalog.set_list("live", rows)
    assert catalog.price("live", TURBO) == PRICE


def test_each_destination_has_prices_of_its_own_and_new_ones_replace_them() -> None:
    catalog = Catalog.bundled()
    catalog.set_list("sandbox", [{"id": TURBO, "pricing": OTHER}])
    catalog.set_list("live", [{"id": TURBO, "pricing": PRICE}])
    assert catalog.price("sandbox", TURBO) == OTHER
    assert catalog.price("live", TURBO) == PRICE
    assert catalog.price("nowhere", TURBO) is None
    catalog.set_list("live", [])
    assert catalog.price("live", TURBO) is None
    assert catalog.price("sandbox", TURBO) == OTHER


def ids(catalog: Catalog) -> list[str]:
    return [entry.id for entry in catalog.entries]


def listed(id: str, *aliases: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "aliases": [*aliases], "pricing": PRICE, **more}


def test_a_model_that_is_only_listed_is_an_entry_without_a_form() -> None:
    catalog = Catalog([model("ours")])
    info = {
        "name": "New one",
        "developer": "Maker",
        "description": "Makes films.",
        "releasedAt": "2026-01-02",
    }
    catalog.set_list("live", [listed("new", "old", info=info, capabilities=["text_to_video"])])
    entry = catalog.entry("old")
    assert entry is not None
    assert entry is catalog.entry("new")
    assert (entry.id, entry.name, entry.maker, entry.summary) == ("new", "New one", "Maker", "Makes films.")
    assert (entry.released, entry.capabilities) == ("2026-01-02", ("text_to_video",))
    assert (entry.aliases, entry.listed, entry.gone) == (("old",), {"live"}, frozenset())
    assert (entry.spec, entry.trouble, entry.added) == (None, "", False)
    assert [spec.id for spec in catalog.models] == ["ours"]
    assert catalog.find("new") is None


def test_the_order_is_ours_then_added_then_the_newest() -> None:
    catalog = Catalog([model("z"), model("y")])
    rows = [
        listed(name, info={"releasedAt": date}) for name, date in (("a", ""), ("b", "2025"), ("c", "2026"))
    ]
    catalog.set_list("live", [*rows, listed("y")])
    catalog.add(model("own").document)
    assert ids(catalog) == ["z", "y", "own", "c", "b", "a"]
    catalog.learn({"a": model("a"), "c": model("c")})
    assert [spec.id for spec in catalog.models] == ["z", "y", "own", "c", "a"]


def test_lists_of_two_destinations_meet_in_one_entry() -> None:
    catalog = Catalog([model("ours", "alias")])
    catalog.set_list("sandbox", [listed("new", info={"name": "Pretended"}), listed("ours")])
    catalog.set_list("live", [listed("newest", "new", info={"name": "Real"}), listed("alias")])
    assert [(entry.id, entry.listed) for entry in catalog.entries] == [
        ("ours", {"live", "sandbox"}),
        ("newest", {"live", "sandbox"}),
    ]
    entry = catalog.entry("new")
    assert entry is not None
    assert entry.name == "Real"
    assert {*entry.prices} == {"live", "sandbox"}


def test_our_models_stay_apart_whatever_a_row_says() -> None:
    catalog = Catalog([model("a"), model("b")])
    catalog.set_list("live", [listed("x", "a", "b"), listed("a"), listed("b", pricing=OTHER)])
    assert ids(catalog) == ["a", "b"]
    assert catalog.price("live", "b") == OTHER


def test_a_model_that_is_gone_stays_where_it_can_still_be_read() -> None:
    catalog = Catalog([])
    catalog.set_list("live", [listed("a", "old a"), listed("b"), listed("c")])
    catalog.learn({"a": model("a")})
    catalog.set_list("live", [listed("c")])
    assert ids(catalog) == ["c", "a"]
    entry = catalog.entry("old a")
    assert entry is not None
    assert (entry.listed, entry.gone, entry.prices) == (frozenset(), {"live"}, {})
    catalog.set_list("live", [listed("c"), listed("new a", "old a")])
    back = catalog.entry("a")
    assert back is None or (back.listed, back.gone) == ({"live"}, frozenset())


def test_words_of_the_list_count_before_those_of_a_document_and_ours_before_all() -> None:
    ours = read_document(
        document_of({"properties": {"model": {"enum": ["ours"]}}}, facts={"name": "Ours", "summary": "Good."})
    )
    catalog = Catalog([ours])
    catalog.set_list(
        "live", [listed("ours", info={"name": "Theirs"}), listed("new", info={"name": "New one"})]
    )
    catalog.learn({"ours": model("ours"), "new": model("new")})
    specs = [catalog.find(name) for name in ("ours", "new")]
    assert [(spec.name, spec.summary) for spec in specs if spec] == [("Ours", "Good."), ("New one", "")]
    assert catalog.find("ours") is not ours


def test_trouble_shows_only_where_no_form_can_be_made() -> None:
    catalog = Catalog([model("ours")])
    catalog.set_list("live", [listed("ours"), listed("new")])
    for name in ("ours", "new"):
        catalog.distrust(name, "It cannot be read.")
    assert [entry.trouble for entry in catalog.entries] == ["", "It cannot be read."]
    catalog.learn({"new": model("new")})
    assert [entry.trouble for entry in catalog.entries] == ["", ""]


def test_the_revision_grows_with_a_change_and_with_nothing_else() -> None:
    catalog = Catalog([model("ours")])
    seen = [catalog.revision]
    rows = [listed("a"), listed("b")]
    for change in (
        lambda: catalog.set_list("live", rows),
        lambda: catalog.learn({"a": model("a")}),
        lambda: catalog.distrust("b", "No."),
        lambda: catalog.add(model("own").document),
        lambda: catalog.remove("own"),
    ):
        change()
        seen.append(catalog.revision)
    assert seen == sorted({*seen})
    entry = catalog.entry("a")
    catalog.set_list("live", rows)
    catalog.distrust("b", "No.")
    catalog.remove("nobody")
    catalog.want("a")
    assert catalog.revision == seen[-1]
    catalog.set_list("live", [*rows, listed("c")])
    assert catalog.entry("a") is entry  # what did not change is the same object


class Shelf:
    """Keeps what is added, or fails to."""

    def __init__(self, trouble: Exception | None = None) -> None:
        self.documents: dict[str, Mapping[str, Any]] = {}
        self._trouble = trouble

    def add(self, model_id: str, name: str, document: Mapping[str, Any]) -> None:
        if self._trouble is not None:
            raise self._trouble
        self.documents[model_id] = document

    def remove(self, model_id: str) -> None:
        if self._trouble is not None:
            raise self._trouble
        del self.documents[model_id]


def test_a_model_can_be_added_and_removed() -> None:
    shelf = Shelf()
    catalog = Catalog([model("ours")], shelf)
    told: list[str] = []
    catalog.when_told(lambda: told.append("told"))
    entry = catalog.add(model("own", "mine").document, "  My \n model  ")
    assert (entry.id, entry.name, entry.added) == ("own", "My model", True)
    assert catalog.find("own") is entry.spec
    assert {*shelf.documents} == {"own"}
    assert told == ["told"]
    catalog.remove("own")
    assert catalog.entry("own") is None
    assert not shelf.documents


def test_an_added_model_hides_the_one_of_its_id_until_it_is_removed() -> None:
    catalog = Catalog([model("ours")])
    before = catalog.find("ours")
    changed = document_of({"properties": {"model": {"enum": ["ours"]}, "mood": {"type": "string"}}})
    catalog.add(changed)
    found = catalog.find("ours")
    assert found is not None
    assert "mood" in found
    assert ids(catalog) == ["ours"]
    catalog.remove("ours")
    assert catalog.find("ours") is before


def test_a_removed_model_does_not_come_back_from_the_sandbox_that_had_it() -> None:
    catalog = Catalog([])
    own = model("own")
    catalog.add(own.document)
    catalog.set_list("sandbox", [listed("own"), listed("other")])
    catalog.remove("own")
    catalog.set_list("sandbox", [listed("own"), listed("other")])  # it has not noticed yet
    catalog.learn({"own": own})
    catalog.set_list("sandbox", [listed("other")])
    assert ids(catalog) == ["other"]
    catalog.set_list("sandbox", [listed("other"), listed("own")])  # somebody put it there
    catalog.learn({"own": own})
    assert catalog.find("own") is not None


@pytest.mark.parametrize(
    "document", [None, [], "text", {}, {"openapi": "3.0.0", "paths": {}}, {"paths": {"/": 1}}]
)
def test_what_is_no_document_is_not_added(document: Any) -> None:
    catalog = Catalog([])
    with pytest.raises(DocumentError):
        catalog.add(document)
    assert not catalog.entries


@pytest.mark.parametrize("trouble", [OSError(28, "full"), ValueError("too large")])
def test_what_cannot_be_kept_is_not_added(trouble: Exception) -> None:
    catalog = Catalog([], Shelf(trouble))
    with pytest.raises(DocumentError, match="document"):
        catalog.add(model("own").document)
    assert not catalog.entries


def test_what_cannot_be_deleted_stays() -> None:
    catalog = Catalog([], Shelf(PermissionError("no")))
    catalog.restore([model("own")])
    with pytest.raises(DocumentError, match="removed"):
        catalog.remove("own")
    assert ids(catalog) == ["own"]


def test_so_many_models_can_be_added_and_no_more() -> None:
    catalog = Catalog([])
    catalog.restore(model(f"m{number}") for number in range(MOST_ADDED))
    with pytest.raises(DocumentError, match="already"):
        catalog.add(model("own").document)
    catalog.add(model("m7").document)


def test_a_model_that_was_added_under_another_of_its_names_is_not_hidden_by_a_second_one() -> None:
    catalog = Catalog([model("one", "other")])
    catalog.add(model("one").document)
    with pytest.raises(DocumentError, match="Remove that one first"):
        catalog.add(model("other").document)
    catalog.remove("one")
    assert catalog.add(model("other").document).added


def test_what_is_wanted_is_told_once_the_latest_first() -> None:
    catalog = Catalog([])
    for name in ("a", "b", "a"):
        catalog.want(name)
    for number in range(5000):
        catalog.want(f"{number % 3}")
    assert catalog.wanted() == ("1", "0", "2")
    assert catalog.wanted() == ()


def test_a_page_sees_a_whole_catalogue_while_it_changes() -> None:
    catalog = Catalog([model("ours")])
    ended = threading.Event()
    faults: list[str] = []

    def read() -> None:
        while not ended.is_set():
            entries = catalog.entries
            if len(entries) not in (1, 51) or entries[0].id != "ours":
                faults.append(f"{len(entries)} entries")

    reader = threading.Thread(target=read)
    reader.start()
    for turn in range(20):
        catalog.set_list(
            "live", [listed(f"m{number}") for number in range(50 * (turn % 2))] or [listed("ours")]
        )
    ended.set()
    reader.join()
    assert not faults
