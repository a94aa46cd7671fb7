"""Documents that come, change and go while the sandbox runs."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from components.sandbox.documents import BUNDLED, Published, read_documents
from components.sandbox.extent import is_endless
from components.sandbox.server import SandboxServer
from components.sandbox.shelf import LOOKS_EVERY, Shelf
from tests.need import shared
from tests.sandbox.desk import Desk

ALWAYS = read_documents(BUNDLED)


def document(*models: str, path: str = "/v2/video/generations", **fields: Any) -> dict[str, Any]:
    properties = {"model": {"enum": [*models]}, "prompt": {"type": "string"}, **fields}
    schema = {"type": "object", "properties": properties, "required": ["model"]}
    create = {
        "requestBody": {"content": {"application/json": {"schema": schema}}},
        "responses": {"200": {"description": ""}},
    }
    return {"openapi": "3.0.0", "info": {"title": "T"}, "paths": {path: {"post": create}}}


def put(folder: Path, name: str, content: Any) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f".{name}"
    beside.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    beside.replace(folder / name)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def added(shelf: Shelf, clock: Clock) -> list[str]:
    """The models on offer beyond the usual ones, after a look."""
    clock.now += LOOKS_EVERY
    shelf.look()
    return [model.id for model in shelf.offer.models if model.id not in {each.id for each in ALWAYS}]


def test_a_document_comes_changes_and_goes(tmp_path: Path) -> None:
    clock, folder = Clock(), tmp_path / "documents"
    shelf = Shelf(ALWAYS, folder, clock=clock)
    assert added(shelf, clock) == []
    put(folder, "a.json", document("one"))
    assert added(shelf, clock) == ["one"]
    first = shelf.offer.by_name["one"]
    put(folder, "b.json", document("two", "three"))
    assert added(shelf, clock) == ["one", "two", "three"]
    assert shelf.offer.by_name["one"] is first  # read once
    put(folder, "a.json", document("one", style={"type": "string"}))
    added(shelf, clock)
    assert "style" in shelf.offer.by_name["one"].judge.properties
    assert shelf.offer.by_name["one"].version != first.version
    (folder / "b.json").unlink()
    assert added(shelf, clock) == ["one"]


def test_the_folder_is_looked_at_once_a_second_at_most(tmp_path: Path) -> None:
    clock = Clock()
    shelf = Shelf(ALWAYS, tmp_path, clock=clock)
    shelf.look()
    put(tmp_path, "a.json", document("one"))
    assert not shelf.is_due
    shelf.look()
    assert "one" not in shelf.offer.by_name
    clock.now += LOOKS_EVERY
    shelf.look()
    assert "one" in shelf.offer.by_name


def test_a_document_in_the_folder_counts_more_and_the_first_by_name_of_two(tmp_path: Path) -> None:
    clock = Clock()
    shelf = Shelf(ALWAYS, tmp_path, clock=clock)
    usual = ALWAYS[0].id
    put(tmp_path, "~handed.json", document(usual, "other", second={"type": "string"}))
    put(tmp_path, "by hand.json", document("other", first={"type": "string"}))
    assert added(shelf, clock) == ["other"]
    assert "second" in shelf.offer.by_name[usual].judge.properties
    assert "first" in shelf.offer.by_name["other"].judge.properties
    assert shelf.offer.models[0].id == usual


ENDLESS = {
    f"s{number}": {"properties": {name: {"$ref": f"#/components/schemas/s{number + 1}"} for name in "abcd"}}
    for number in range(15)
}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff",
        b'{"openapi": 3}',
        b"[" * 100_000,
        b" " * 6_000_000,
        {"openapi": "3.0.0", "paths": []},
        {"openapi": "3.0.0", "paths": {"/x": {"post": {}}}},
        document("x", path="no path"),
        {**document("x"), "info": {"x-model": {"typical_seconds": [1]}}},
        {**document("x"), "info": {"x-model": {"typical_seconds": [10**400, 10**400]}}},
        {**document("x", deep={"$ref": "#/components/schemas/s0"}), "components": {"schemas": ENDLESS}},
    ],
)
def test_a_file_that_cannot_be_read_is_passed_over(
    content: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    shelf = Shelf(ALWAYS, tmp_path, clock=clock)
    put(tmp_path, "a bad.json", content)
    put(tmp_path, "b good.json", document("one"))
    with caplog.at_level(logging.WARNING):
        assert added(shelf, clock) == ["one"]


def test_a_schema_that_refers_to_itself_is_served(tmp_path: Path) -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/node"}}}
    put(
        tmp_path,
        "a.json",
        {
            **document("one", chain={"$ref": "#/components/schemas/node"}),
            "components": {"schemas": {"node": node}},
        },
    )
    clock = Clock()
    assert added(Shelf(ALWAYS, tmp_path, clock=clock), clock) == ["one"]


def test_every_published_document_is_of_a_size_to_judge_by() -> None:
    for path in shared("api/schemas/kling").glob("*.json"):
        content = json.loads(path.read_text())
        assert not is_endless(content["paths"], content)


def test_a_model_without_options_is_the_one_that_the_file_is_about(tmp_path: Path) -> None:
    content = document("x")
    create = content["paths"]["/v2/video/generations"]["post"]
    properties = create["requestBody"]["content"]["application/json"]["schema"]["properties"]
    properties["model"] = {"type": "string"}
    content["info"]["x-model"] = {"id": "one", "name": "One", "aliases": [7, "uno"], "released": 5}
    put(tmp_path, "a.json", content)
    clock = Clock()
    shelf = Shelf((), tmp_path, clock=clock)
    added(shelf, clock)
    assert (shelf.offer.by_name["uno"].name, shelf.offer.by_name["uno"].released) == ("One", None)


@pytest.mark.parametrize(
    "field",
    [
        {"image_url": {"type": "string"}},
        {"inputs": {"type": "array", "items": {"properties": {"image_url": {"type": "string"}}}}},
        {"input": {"anyOf": [{"type": "null"}, {"properties": {"start_image_url": {"type": "string"}}}]}},
    ],
)
def test_a_field_for_a_picture_is_found_however_deep(field: dict[str, Any], tmp_path: Path) -> None:
    put(tmp_path, "a.json", document("one", **field))
    found: Published = read_documents(tmp_path)[0]
    assert found.takes("image")
    assert not found.takes("video")


def test_what_is_put_into_the_folder_is_served_at_once_on_its_own_path(tmp_path: Path) -> None:
    server = SandboxServer(tmp_path, port=0, seconds=0)
    with Desk(server.start()) as desk:
        usual = len(desk.all_models())
        before = desk.get("/v1/models").headers["etag"]
        path = "/v2/made/elsewhere"
        assert desk.post(path, json={}).status_code == 404
        for source in sorted(shared("api/schemas/kling").glob("*.json")):
            put(tmp_path / "documents", source.name, source.read_bytes())
        put(tmp_path / "documents", "one.json", document("one", path=path))
        while len(desk.all_models()) == usual:  # a second at most
            pass
        listed = {row["id"]: row for row in desk.all_models()}
        assert len(listed) >= 45
        assert desk.get("/v1/models").headers["etag"] != before
        created = desk.create({"model": "one", "prompt": "a fox"}, path)
        assert created.status_code == 200
        assert desk.ended(created.json()["id"], path)["status"] == "completed"
        assert desk.put(path, json={}).status_code == 405
        assert desk.get(listed["one"]["info"]["docsJson"]).json() == document("one", path=path)
        kinds = {row["pricing"]["kind"] for row in desk.all_models()}
        assert kinds == {"fixed", "variants", "variable"}
    server.stop()


MODEL = {"enum": ["one"]}
PROMPT = {"type": "string"}
PARTS: dict[str, Any] = {
    "plain": {"properties": {"model": MODEL, "prompt": PROMPT}, "required": ["model", "prompt"]},
    "allOf": {
        "allOf": [
            {"$ref": "#/components/schemas/base"},
            {"properties": {"prompt": PROMPT}, "required": ["prompt"]},
        ]
    },
    "anyOf": {
        "properties": {"model": {"const": "one"}},
        "anyOf": [
            {"properties": {"prompt": PROMPT}, "required": ["prompt"]},
            {"properties": {"image_url": PROMPT}, "required": ["image_url"]},
        ],
    },
    "reference": {"$ref": "#/components/schemas/whole"},
}


@pytest.mark.parametrize("layout", PARTS)
@pytest.mark.parametrize("is_referred", [False, True])
def test_a_request_is_found_however_the_document_is_laid_out(
    layout: str, is_referred: bool, tmp_path: Path
) -> None:
    body = {"content": {"application/json; charset=utf-8": {"schema": PARTS[layout]}}}
    content = {
        "openapi": "3.1.0",
        "paths": {
            "/v1/jobs": {
                "post": {"requestBody": {"$ref": "#/components/requestBodies/body"} if is_referred else body}
            },
            "/v1/hooks": {"post": {"requestBody": {"content": {"text/plain": {}}}}},
        },
        "components": {
            "requestBodies": {"body": body},
            "schemas": {
                "base": {"properties": {"model": MODEL}, "required": ["model"]},
                "whole": {"$ref": "#/components/schemas/real"},
                "real": PARTS["plain"],
            },
        },
    }
    put(tmp_path, "a.json", content)
    (found,) = read_documents(tmp_path)
    assert (found.id, found.path, found.created_status) == ("one", "/v1/jobs", 200)
    good = found.judge.judge({"model": "one", "prompt": "a fox"})
    assert (good.problems, good.values["prompt"]) == ((), "a fox")
    assert found.judge.judge({"model": "one"}).problems
    assert found.judge.judge({"model": "one", "prompt": 5}).problems
