"""The catalogue as it is kept up to date, on good days and on bad ones."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from components.catalog.catalog import Catalog
from components.catalog.live import following
from components.catalog.live.following import Pace
from components.catalog.live.kept import Kept
from components.catalog.openapi import read_document
from components.catalog.spec import ModelSpec
from tests.catalog.publisher import EAGER, ORIGIN, Publisher, document, reading, row, until

HOUR = 3600.0


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "catalogue", tmp_path / "sandbox")


def own(*models: str) -> Catalog:
    return Catalog([read_document(document(model)) for model in models])


def spec(catalog: Catalog, name: str) -> ModelSpec:
    found = catalog.find(name)
    assert found is not None
    return found


def trouble(catalog: Catalog, name: str) -> str:
    entry = catalog.entry(name)
    return "" if entry is None else entry.trouble


def test_what_is_listed_is_in_the_catalogue_and_soon_with_its_document(kept: Kept) -> None:
    publisher, catalog = Publisher("new", "other"), own("mine")
    with reading(catalog, publisher.source(), kept=kept):
        until(lambda: {entry.id for entry in catalog.entries if entry.spec} == {"mine", "new", "other"})
    entry = catalog.entry("new")
    assert entry is not None
    assert (entry.name, entry.maker, entry.listed) == ("New", "Maker", {"live"})
    assert spec(catalog, "new").name == "New"
    assert catalog.models[0].id == "mine"
    assert catalog.price("live", "new") == {"kind": "variable"}
    asked = next(request for request in publisher.asked if request.url.path == "/docs-json")
    assert asked.url.params["endpoint"] == "internal/video-generations/submit"
    assert all("authorization" not in request.headers for request in publisher.asked)


def test_a_document_that_is_wanted_comes_before_the_others() -> None:
    models = [f"m{number}" for number in range(8)]
    publisher, catalog = Publisher(*models), own()
    with reading(catalog, publisher.source(), pace=Pace(list_again=HOUR, between=HOUR)):
        until(lambda: publisher.documents_asked)
        catalog.want("m5")
        until(lambda: catalog.find("m5"))
        catalog.want("m6")
        until(lambda: catalog.find("m6"))
        catalog.want("nobody")
        catalog.want("m6")
    assert publisher.documents_asked[:3] == ["m0", "m5", "m6"]
    assert publisher.documents_asked.count("m6") == 1


def test_what_was_wanted_before_the_reader_runs_is_read_too() -> None:
    publisher, catalog = Publisher("a", "b"), own()
    catalog.want("b")
    with reading(catalog, publisher.source(), pace=Pace(list_again=HOUR, between=HOUR)):
        until(lambda: publisher.documents_asked)
    assert publisher.documents_asked[0] == "b"


def test_a_start_without_network_has_all_that_was_kept(kept: Kept) -> None:
    publisher, first = Publisher("new"), own()
    with reading(first, publisher.source(), kept=kept):
        until(lambda: first.find("new"))
    dead = Publisher()
    dead.answer = httpx.ConnectError("no network")
    later = own("mine")
    with reading(later, dead.source(), kept=kept):
        until(lambda: later.find("new"))
        assert later.knows_prices("live")
        until(lambda: dead.lists_asked > 2)  # tried again
        assert spec(later, "new").name == "New"
    assert not dead.documents_asked  # it is not a day old


def test_a_list_that_has_not_changed_is_not_sent_again_also_after_a_restart(kept: Kept) -> None:
    publisher, catalog = Publisher("a"), own()
    with reading(catalog, publisher.source(), kept=kept):
        until(lambda: publisher.lists_asked > 2)
        revision = catalog.revision
        until(lambda: publisher.lists_asked > 4)
        assert catalog.revision == revision
    again = Publisher("a")
    with reading(own(), again.source(), kept=kept):
        until(lambda: again.lists_asked)
    assert again.asked[0].headers["if-none-match"] == '"1"'


def test_a_list_of_another_place_is_not_taken_for_this_one(kept: Kept) -> None:
    publisher = Publisher("a")
    first = own()
    with reading(first, publisher.source(), kept=kept):
        until(lambda: first.find("a"))
    elsewhere, catalog = Publisher("b"), own()
    with reading(catalog, elsewhere.source(origin="https://other.example"), kept=kept):
        until(lambda: catalog.entry("b"))
    assert "if-none-match" not in elsewhere.asked[0].headers
    entry = catalog.entry("a")
    assert entry is None or not entry.listed


def test_a_slow_list_holds_nobody_up() -> None:
    publisher, catalog = Publisher("new"), Catalog.bundled()
    publisher.held.clear()
    with reading(catalog, publisher.source()):
        until(lambda: publisher.asked)
        # While the list is held back, all this is answered.
        assert len(catalog.entries) == len(catalog.models) == 5
        assert catalog.find("new") is None
        publisher.held.set()
        until(lambda: catalog.find("new"))


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ConnectError("down"),
        httpx.ReadTimeout("late"),
        httpx.Response(500, text="<html>"),
        httpx.Response(302, headers={"Location": "https://evil.example"}),
        httpx.Response(304),
        httpx.Response(200, text="<html><title>Sign in</title>"),
        httpx.Response(200, json={"data": []}),
        httpx.Response(200, json={"data": [None, {"id": []}, {"id": "a", "type": "openai/chat"}]}),
        httpx.Response(200, content=b'{"data": [' + b" " * 9_000_000 + b"]}"),
    ],
)
def test_no_list_leaves_what_is_known_and_is_asked_for_again(answer: Any) -> None:
    publisher, catalog = Publisher("a"), own("mine")
    with reading(catalog, publisher.source()):
        until(lambda: catalog.find("a"))
        publisher.answer = answer
        publisher.etag = '"2"'
        seen = publisher.lists_asked
        until(lambda: publisher.lists_asked > seen + 2)
        entry = catalog.entry("a")
        assert entry is not None
        assert entry.listed == {"live"}
        publisher.answer, publisher.rows = None, [row("a"), row("b")]
        until(lambda: catalog.entry("b"))
    assert {model.id for model in catalog.models} >= {"mine", "a"}


@pytest.mark.parametrize("etag", ["no tag", '"1", "2"', "*", "W/", "\u00e9", "x" * 5000, ""])
def test_a_wrong_etag_does_no_harm(etag: str) -> None:
    publisher, catalog = Publisher("a"), own()
    publisher.answer = httpx.Response(
        200, json={"data": publisher.rows}, headers={"ETag": etag.encode("utf-8")}
    )
    with reading(catalog, publisher.source()):
        until(lambda: catalog.find("a"))
        until(lambda: publisher.lists_asked > 2)
        publisher.answer = None
        publisher.rows = [row("a"), row("b")]
        until(lambda: catalog.entry("b"))


def test_a_broken_row_costs_only_itself(kept: Kept) -> None:
    publisher, catalog = Publisher("a", "b"), own()
    broken: list[Any] = [
        None,
        7,
        [],
        {"id": None},
        {"id": "a\u0000b"},
        {**row("c"), "info": "x", "aliases": {"a": 1}, "pricing": [], "capabilities": 3, "type": None},
        {**row("d"), "info": {"docsJson": "file:///etc/passwd", "releasedAt": {}, "description": 5}},
    ]
    publisher.rows = [*broken, *publisher.rows]
    with reading(catalog, publisher.source(), kept=kept):
        until(lambda: catalog.find("a") and catalog.find("b"))
        until(lambda: trouble(catalog, "c") and trouble(catalog, "d"))


DEEP: Any = []
for _ in range(900):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    "bad",
    [
        httpx.Response(200, text="<html><title>Sign in</title></html>"),
        httpx.Response(200, content=b'{"openapi": "' + b"x" * 5_000_000 + b'"}'),
        httpx.Response(200, text="[1, 2]"),
        httpx.Response(200, text=""),
        httpx.Response(302, headers={"Location": f"{ORIGIN}/docs-json?model=b"}),
        httpx.Response(404, json={}),
        httpx.Response(403, json={"message": "no"}),
        httpx.Response(500),
        httpx.ConnectError("down"),
        httpx.ReadTimeout("late"),
        {},
        {"openapi": "3.0.0", "info": {}, "paths": {}},
        document("another"),
        {**document("a"), "paths": {"/x": {"post": {"$ref": "#/paths/~1x/post"}}}},
        {"paths": {"/x": {"post": {"requestBody": {"content": {"application/json": {"schema": DEEP}}}}}}},
    ],
)
def test_a_document_that_cannot_be_read_says_so_and_breaks_nothing_else(bad: Any) -> None:
    publisher, catalog = Publisher("a", "b"), own("mine")
    publisher.documents["a"] = bad
    with reading(catalog, publisher.source()):
        until(lambda: trouble(catalog, "a") and catalog.find("b"))
        entry = catalog.entry("a")
        assert entry is not None
        assert entry.spec is None
        assert entry.trouble.endswith(".")
        assert len(entry.trouble) <= 300
        publisher.documents["a"] = document("a")
        until(lambda: catalog.find("a"))  # asked for again
        assert trouble(catalog, "a") == ""
    assert [model.id for model in catalog.models] == ["mine", "a", "b"]


def test_a_mistake_of_ours_in_one_document_costs_that_model_alone_and_is_not_asked_for_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publisher, catalog = Publisher("a", "b"), own()
    read = following.spec_of

    def stumble(document: Any, row: Any) -> Any:
        if row.id == "a":
            raise RuntimeError("unforeseen")
        return read(document, row)

    monkeypatch.setattr(following, "spec_of", stumble)
    with reading(catalog, publisher.source()):
        until(lambda: catalog.find("b"))
        assert trouble(catalog, "a") == "The provider's description of this model cannot be read."
        until(lambda: len(publisher.documents_asked) >= 4)
    assert "unforeseen" not in trouble(catalog, "a")


def test_a_good_document_stays_in_force_when_the_next_one_is_bad(kept: Kept) -> None:
    publisher, catalog = Publisher("a"), own()
    with reading(catalog, publisher.source(), kept=kept):
        until(lambda: catalog.find("a"))
        publisher.documents["a"] = httpx.Response(200, text="<html>")
        publisher.etag, publisher.rows = '"2"', [row("a", description="Changed.")]
        until(lambda: len(publisher.documents_asked) > 2)
        assert spec(catalog, "a").path == "/v2/video/generations"
    again = own()
    with reading(again, publisher.source(), kept=kept):
        until(lambda: again.find("a"))


def test_a_changed_document_is_taken_when_its_row_changed_and_after_a_day(kept: Kept) -> None:
    publisher, catalog = Publisher("a"), own()
    now = [1_000_000.0]
    with reading(catalog, publisher.source(), kept=kept, clock=lambda: now[0]):
        until(lambda: catalog.find("a"))
        publisher.documents["a"] = document("a", "prompt", "style")
        seen = publisher.lists_asked
        until(lambda: publisher.lists_asked > seen + 2)
        assert len(publisher.documents_asked) == 1
        publisher.etag, publisher.rows = '"2"', [row("a", releasedAt="2026-01-01")]
        until(lambda: "style" in spec(catalog, "a"))
        publisher.documents["a"] = document("a", "prompt", "mood")
        now[0] += 25 * HOUR
        catalog.want("a")
        until(lambda: "mood" in spec(catalog, "a"))


def test_a_model_that_is_no_longer_listed_stays_and_is_known_to_be_gone(kept: Kept) -> None:
    publisher, catalog = Publisher("a", "b"), own()

    def is_gone(where: Catalog) -> bool:
        entry = where.entry("a")
        return entry is not None and entry.gone == {"live"} and not entry.listed and entry.spec is not None

    with reading(catalog, publisher.source(), kept=kept):
        until(lambda: catalog.find("a") and catalog.find("b"))
        publisher.etag, publisher.rows = '"2"', [row("b")]
        until(lambda: is_gone(catalog))
        assert catalog.price("live", "a") is None
    later = own()
    with reading(later, publisher.source(), kept=kept):
        until(lambda: is_gone(later))
        publisher.etag, publisher.rows = '"3"', [row("b"), row("a")]
        until(lambda: (entry := later.entry("a")) is not None and entry.listed == {"live"} and not entry.gone)


def test_the_schema_of_a_bundled_model_is_the_live_one_and_its_words_stay_ours() -> None:
    catalog = Catalog.bundled()
    ours = catalog.models[0]
    publisher = Publisher(ours.id)
    publisher.rows = [row(ours.id, name="Their name", description="Their words.")]
    with reading(catalog, publisher.source()):
        until(lambda: len(spec(catalog, ours.id).parameters) == 1)
    live = spec(catalog, ours.id)
    assert (live.name, live.summary, live.typical_seconds) == (ours.name, ours.summary, ours.typical_seconds)
    assert catalog.models[0] is live
    assert [entry.id for entry in catalog.entries] == [model.id for model in catalog.models]


def test_of_two_destinations_the_first_one_tells_what_a_model_takes() -> None:
    live, sandbox, catalog = Publisher("a"), Publisher("a", "b"), own()
    live.documents["a"] = document("a", "real")
    with reading(catalog, live.source(), sandbox.source("sandbox")):
        until(lambda: catalog.find("b") and (found := catalog.find("a")) is not None and "real" in found)
        entry = catalog.entry("a")
        assert entry is not None
        assert entry.listed == {"live", "sandbox"}


def test_what_the_provider_describes_can_be_tried_in_the_sandbox(kept: Kept, tmp_path: Path) -> None:
    live, sandbox, catalog = Publisher("a"), Publisher("b"), own()
    with reading(catalog, live.source(), sandbox.source("sandbox"), kept=kept):
        until(lambda: catalog.find("a") and catalog.find("b"))
    (handed,) = (tmp_path / "sandbox").iterdir()
    content = json.loads(handed.read_text())
    assert content["info"]["x-model"] == {"id": "a", "name": "A", "maker": "Maker"}
    assert content["paths"] == document("a")["paths"]


def test_a_full_disk_costs_no_more_than_what_would_have_been_kept(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("components.catalog.live.kept.os.open", full)
    publisher, catalog = Publisher("a", "b"), own()
    with reading(catalog, publisher.source(), kept=kept):
        until(lambda: catalog.find("a") and catalog.find("b"))
        publisher.etag, publisher.rows = '"2"', [row("a"), row("b"), row("c")]
        until(lambda: catalog.entry("c"))


def test_damaged_files_are_passed_over(kept: Kept, tmp_path: Path) -> None:
    publisher, catalog = Publisher("a"), own()
    with reading(catalog, publisher.source(), kept=kept):
        until(lambda: catalog.find("a"))
    catalog.add(document("mine"))
    kept.add("mine", "Mine", document("mine"))
    for path in (tmp_path / "catalogue").rglob("*.json"):
        for damage in (b"", b"{", b"null", b"[]", b'{"model": 1}', b"\xff\xfe", b"[" * 100_000):
            path.write_bytes(damage)
    for number, damage in enumerate((b"", b"{}", b'{"model": "x"}')):
        for folder in ("lists", "documents", "added"):
            (tmp_path / "catalogue" / folder / f"{number}.json").write_bytes(damage)
    later = own("ours")
    with reading(later, publisher.source(), kept=kept):
        until(lambda: later.find("a"))
    assert later.models[0].id == "ours"


def test_an_added_model_is_there_after_a_restart_and_stands_above_the_listed_one(kept: Kept) -> None:
    publisher = Publisher("a")
    catalog = Catalog([], kept)
    catalog.add(document("a", "prompt", "own"), "My own")
    later = Catalog([], kept)
    with reading(later, publisher.source(), kept=kept):
        until(lambda: later.find("a") and (entry := later.entry("a")) is not None and entry.listed)
        until(lambda: publisher.lists_asked > 3)
        entry = later.entry("a")
        assert entry is not None
        assert (entry.added, entry.name) == (True, "My own")
        assert "own" in spec(later, "a")
        later.remove("a")
        until(lambda: (found := later.find("a")) is not None and "own" not in found)
    assert not list(kept.added())


def test_the_reader_ends_at_once_whatever_it_waits_for() -> None:
    publisher = Publisher("a")
    publisher.held.clear()
    began = time.monotonic()
    with reading(own(), publisher.source(), pace=Pace()):
        until(lambda: publisher.asked)
    assert time.monotonic() - began < 5
    quiet = Publisher()
    with reading(own(), quiet.source(), pace=EAGER) as reader:
        reader.end()
