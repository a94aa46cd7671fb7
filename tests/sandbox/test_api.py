from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from jsonschema import Draft202012Validator

from components.sandbox.checks import json_schema
from tests.need import shared
from tests.sandbox.desk import UNIVERSAL, Desk

KEYLESS = {"Authorization": ""}


def smallest(model: str, **fields: Any) -> dict[str, Any]:
    return {"model": model, "prompt": "a fox at dusk", **fields}


def test_each_model_makes_a_film_of_the_length_asked_for(desk: Desk) -> None:
    for row in desk.all_models():
        path = desk.create_path(row["id"])
        created = desk.create(smallest(row["id"], duration="5", aspect_ratio="1:1"), path)
        assert created.status_code == int(
            next(iter(desk.document(row["id"])["paths"][path]["post"]["responses"]))
        )
        generation = created.json()
        assert generation["status"] == "queued"
        reply = desk.ended(generation["id"], path)
        assert reply["status"] == "completed"
        assert reply["error"] is None
        assert reply["meta"] == generation["meta"]
        usage = generation["meta"]["usage"]
        assert usage["credits_used"] == round(usage["usd_spent"] * 2_000_000) > 0
        film = desk.get(reply["video"]["url"], headers=KEYLESS)
        assert film.headers["content-type"] == "video/mp4"
        assert film.content[4:8] == b"ftyp"


def test_any_model_is_taken_on_either_path_and_found_only_there(desk: Desk) -> None:
    paths = {desk.create_path(row["id"]) for row in desk.all_models()} | {UNIVERSAL}
    assert len(paths) == 2
    for row in desk.all_models():
        for path in paths:
            created = desk.create(smallest(row["id"]), path)
            assert created.status_code == (200 if path == UNIVERSAL else 201)
            for other in paths:
                found = desk.retrieve(created.json()["id"], other)
                assert found.status_code == (200 if other == path else 404)


def test_the_older_path_gives_ids_that_must_be_encoded(desk: Desk) -> None:
    model, path = next(
        (row["id"], path) for row in desk.all_models() if (path := desk.create_path(row["id"])) != UNIVERSAL
    )
    generation_id = desk.create(smallest(model), path).json()["id"]
    assert generation_id.endswith(f":{model}")
    assert "/" in generation_id


def test_an_alias_finds_its_model(desk: Desk) -> None:
    aliased = [row for row in desk.all_models() if row["aliases"]]
    assert aliased
    for row in aliased:
        for alias in row["aliases"]:
            assert desk.create(smallest(alias)).status_code == 200
            assert desk.get("/v1/models", params={"id": alias}).json()["data"][0]["id"] == row["id"]


def test_the_ids_of_a_request_come_back_in_its_headers(desk: Desk) -> None:
    model = desk.all_models()[0]["id"]
    created = desk.create(smallest(model), **{"X-Client-Request-Id": "take:1.2_3-4"})
    assert created.headers["x-client-request-id"] == "take:1.2_3-4"
    assert created.headers["x-inference-id"] == created.json()["id"]
    usage = created.json()["meta"]["usage"]
    assert float(created.headers["x-aimlapi-credits-used"]) == usage["credits_used"]
    assert float(created.headers["x-aimlapi-usd-spent"]) == usage["usd_spent"]
    seen = desk.retrieve(created.json()["id"])
    assert seen.headers["x-inference-id"] == created.json()["id"]


@pytest.mark.parametrize("client_id", ["", "a b", "x" * 129, "a/b", "ü"])
def test_a_client_id_of_another_form_is_dropped(desk: Desk, client_id: str) -> None:
    headers = {"X-Client-Request-Id": client_id.encode()}
    model = desk.all_models()[0]["id"]
    created = desk.post(UNIVERSAL, json=smallest(model), headers=headers)  # type: ignore[arg-type]  # bytes are allowed
    assert created.status_code == 200
    assert "x-client-request-id" not in created.headers
    assert desk.get("/_sandbox/creates").json()[-1]["client_request_id"] is None


@pytest.mark.parametrize("key", ["", "Bearer", "Basic abc", "token"])
@pytest.mark.parametrize("path", [UNIVERSAL, "/v2/billing"])
def test_without_a_key_nothing_is_served(desk: Desk, key: str, path: str) -> None:
    reply = desk.get(path, params={"generation_id": "x"}, headers={"Authorization": key})
    assert reply.status_code == 401
    assert {"message", "path", "requestId", "statusCode", "timestamp"} == set(reply.json())
    assert reply.json()["path"] == path
    if path == UNIVERSAL:
        assert desk.post(path, json={}, headers={"Authorization": key}).status_code == 401


@pytest.mark.parametrize("key", ["Bearer <YOUR_AIMLAPI_KEY>", "bearer k"])
def test_any_key_will_do(desk: Desk, key: str) -> None:
    assert desk.get("/v2/billing", headers={"Authorization": key}).json()["currency"] == "USD"


def test_bodies_are_refused_in_the_providers_words(desk: Desk) -> None:
    model = desk.model_where("aspect_ratio")
    reply = desk.create(smallest(model, aspect_ratio="4:3"))
    assert reply.status_code == 400
    assert reply.json()["statusCode"] == 400
    assert reply.json()["message"].startswith(
        "Body validation error!\nInvalid enum value. Expected '16:9' | "
    )
    assert reply.json()["message"].endswith("received '4:3' at \"aspect_ratio\"")


def test_an_unknown_model(desk: Desk) -> None:
    assert desk.create(smallest("nobody/nothing")).status_code == 404
    [older] = {desk.create_path(row["id"]) for row in desk.all_models()} - {UNIVERSAL}
    refused = desk.create(smallest("nobody/nothing"), older)
    assert refused.status_code == 400
    assert "Invalid enum value. Expected '" in refused.json()["message"]


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b'"text"', 400),
        (b"null", 400),
        (b"\xff\xfe\x00", 400),
        (b'{"model": NaN}', 400),
        (b'{"model": "%s", "prompt": "x", "cfg_scale": 1e999}', 400),
        (b'{"model": "%s", "prompt": "x", "duration": ' + b"9" * 5_000 + b"}", 400),
        (b'{"model": "%s", "prompt": "x", "duration": ' + b"9" * 4_000 + b"}", 400),
        (b"[" * 200_000, 400),
        (b'{"a":' * 200_000, 400),
        (b'{"model": "%s", "prompt": "x", "other": ' + b"[" * 500 + b"]" * 500 + b"}", 400),
        (b'{"model": "%s", "prompt": "x", "other": ' + b"[" * 30 + b"]" * 30 + b"}", 200),
        (b'{"model": "%s", "prompt": "\\ud800 \\u0000 \\uffff"}', 200),
        (b'{"model": "\\ud800"}', 404),
        (b'{"model": 5}', 400),
        (b'{"model": ["%s"]}', 400),
    ],
    ids=range(18),
)
def test_whatever_is_sent_is_answered(desk: Desk, content: bytes, status: int) -> None:
    model = desk.model_where("prompt", "cfg_scale", lacks=("multi_prompt",)).encode()
    headers = {"Content-Type": "application/json"}
    reply = desk.post(UNIVERSAL, content=content.replace(b"%s", model), headers=headers)
    assert reply.status_code == status
    assert reply.json()
    if status == 200:
        assert desk.ended(reply.json()["id"])["status"] == "completed"
    assert desk.get("/_sandbox/creates").status_code == 200


def test_a_body_that_is_not_declared_as_json_is_not_read(desk: Desk) -> None:
    content = json.dumps(smallest(desk.all_models()[0]["id"]))
    reply = desk.post(UNIVERSAL, content=content, headers={"Content-Type": "text/plain"})
    assert reply.status_code == 400
    assert 'Required at "model"' in reply.json()["message"]


@pytest.mark.parametrize(
    ("method", "path", "status", "allowed"),
    [
        ("PUT", UNIVERSAL, 405, {"GET", "HEAD", "POST"}),
        ("DELETE", UNIVERSAL, 405, {"GET", "HEAD", "POST"}),
        ("POST", "/v1/models", 405, {"GET", "HEAD"}),
        ("POST", "/v1/generate", 404, None),
        ("GET", UNIVERSAL + "/", 404, None),
        ("GET", "/", 404, None),
    ],
)
def test_other_methods_and_paths(
    desk: Desk, method: str, path: str, status: int, allowed: set[str] | None
) -> None:
    reply = desk.request(method, path)
    assert reply.status_code == status
    assert reply.json()["message"] == f"Cannot {method} {path}"
    if allowed is not None:
        assert set(reply.headers["allow"].replace(" ", "").split(",")) == allowed


@pytest.mark.parametrize(
    "generation_id", ["nobody", "../../etc/passwd", "\0", "'; DROP TABLE generations", "é" * 9_000]
)
def test_an_unknown_generation(desk: Desk, generation_id: str) -> None:
    reply = desk.retrieve(generation_id)
    assert reply.status_code == 404
    assert reply.json()["message"] == "Inference not found"


def test_a_retrieve_without_an_id(desk: Desk) -> None:
    assert desk.get(UNIVERSAL).status_code == 400
    assert desk.retrieve("").status_code == 400


def film_url(desk: Desk, **fields: Any) -> str:
    model = desk.all_models()[0]["id"]
    path = desk.create_path(model)
    url: str = desk.ended(desk.create(smallest(model, **fields), path).json()["id"], path)["video"]["url"]
    return url


def test_parts_of_a_file_can_be_had_without_a_key(desk: Desk) -> None:
    url = film_url(desk)
    whole = desk.get(url, headers=KEYLESS)
    assert whole.headers["accept-ranges"] == "bytes"
    part = desk.get(url, headers={**KEYLESS, "Range": "bytes=100-199"})
    assert part.status_code == 206
    assert part.content == whole.content[100:200]
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole.content)}"
    rest = desk.get(url, headers={"Range": "bytes=-50", "If-Range": whole.headers["etag"]})
    assert (rest.status_code, rest.content) == (206, whole.content[-50:])
    assert desk.get(url, headers={"Range": f"bytes={len(whole.content)}-"}).status_code == 416


def test_the_same_request_gives_the_same_bytes_under_another_address(desk: Desk) -> None:
    urls = [film_url(desk), film_url(desk)]
    assert urls[0] != urls[1]
    first, second = (desk.get(url) for url in urls)
    assert first.content == second.content
    assert desk.get(film_url(desk, aspect_ratio="9:16")).content != first.content


@pytest.mark.parametrize("name", ["0" * 32 + ".mp4", "x.mp4", "..%2f..%2fgenerations-1.sqlite", "%00.mp4"])
def test_no_other_file_is_served(desk: Desk, name: str) -> None:
    assert desk.get(f"/files/{name}").status_code == 404


@pytest.mark.parametrize("host", ["sandbox.example", "sandbox.example:8443", "[::1]:99"])
def test_an_address_names_the_host_that_was_asked(desk: Desk, origin: str, host: str) -> None:
    url = desk.get("/v1/models", headers={"Host": host}).json()["data"][0]["info"]["docsJson"]
    assert urlsplit(url).netloc == host


@pytest.mark.parametrize("host", ["evil host", 'a"b', "a/b", "user@host"])
def test_a_host_that_is_none_is_not_repeated(desk: Desk, origin: str, host: str) -> None:
    reply = desk.get("/v1/models", headers={"Host": host})
    assert reply.json()["data"][0]["info"]["docsJson"].startswith(origin)


def test_the_catalogue_is_as_documented(desk: Desk) -> None:
    document = json.loads(shared("api/schemas/service/models.json").read_text())
    schema = document["paths"]["/v1/models"]["get"]["responses"]["200"]["content"]["application/json"][
        "schema"
    ]
    plain = desk.get("/v1/models", headers=KEYLESS).json()
    full = desk.get("/v1/models", params={"include": "all"}, headers=KEYLESS).json()
    for listing in (plain, full):
        Draft202012Validator(json_schema(schema, document)).validate(listing)
        assert listing["object"] == "list"
    assert not {"pricing", "modalities", "capabilities"} & set(plain["data"][0])
    assert {"pricing", "modalities", "capabilities"} <= set(full["data"][0])


@pytest.mark.parametrize(
    ("query", "sections"),
    [
        ({"include": "pricing"}, {"pricing"}),
        ({"include": "pricing,capabilities"}, {"pricing", "capabilities"}),
        ({"include": ["pricing", "modalities"]}, {"pricing", "modalities"}),
        ({"include": "nonsense"}, set()),
        ({"details": "true"}, {"pricing", "modalities", "capabilities"}),
        ({"details": "1"}, {"pricing", "modalities", "capabilities"}),
        ({"details": "no"}, set()),
    ],
)
def test_sections_are_added_as_asked(desk: Desk, query: dict[str, Any], sections: set[str]) -> None:
    for row in desk.get("/v1/models", params=query).json()["data"]:
        assert {"pricing", "modalities", "capabilities"} & set(row) == sections


def test_the_catalogue_is_filtered(desk: Desk) -> None:
    ids = [row["id"] for row in desk.all_models()]
    everything: list[dict[str, Any]] = [
        {"output_modalities": "video"},
        {"type": "internal/video-generations/submit"},
        {"input_modalities": "text", "output_modalities": "video"},
        {"capabilities": "text_to_video,anything"},
        {"tags": "playground:video"},
    ]
    for query in everything:
        assert [row["id"] for row in desk.get("/v1/models", params=query).json()["data"]] == ids
    for query in ({"output_modalities": "text"}, {"type": "openai/chat-completions"}, {"id": "nobody"}):
        assert desk.get("/v1/models", params=query).json()["data"] == []
    two = desk.get("/v1/models", params={"id": f"{ids[1]},{ids[0]}"}).json()["data"]
    assert {row["id"] for row in two} == {*ids[:2]}


def test_a_known_catalogue_is_not_sent_again(desk: Desk) -> None:
    first = desk.get("/v1/models", params={"include": "pricing"})
    known = desk.get(
        "/v1/models",
        params={"include": "pricing"},
        headers={"If-None-Match": f'"x", {first.headers["etag"]}'},
    )
    assert (known.status_code, known.content) == (304, b"")
    other = desk.get("/v1/models", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200


def test_a_row_names_the_address_of_its_document(desk: Desk) -> None:
    for row in desk.all_models():
        url = row["info"]["docsJson"]
        assert parse_qs(urlsplit(url).query)["model"] == [row["id"]]
        document = desk.get(url, headers=KEYLESS).json()
        assert document["openapi"].startswith("3.")
    for query in ({}, {"model": "nobody"}, {"model": row["id"], "endpoint": "openai/chat-completions"}):
        assert desk.get("/docs-json", params=query).status_code == 404


def test_every_create_is_listed(desk: Desk) -> None:
    model = desk.all_models()[0]["id"]
    before = len(desk.get("/_sandbox/creates").json())
    accepted = desk.create(smallest(model), **{"X-Client-Request-Id": "twice"}).json()
    desk.create({"model": model, "duration": "never"}, **{"X-Client-Request-Id": "twice"})
    desk.create(smallest(model, prompt="x" * 100_000))
    first, second, third = desk.get("/_sandbox/creates").json()[before:]
    assert (first["client_request_id"], second["client_request_id"]) == ("twice", "twice")
    assert (first["generation_id"], second["generation_id"]) == (accepted["id"], None)
    assert (first["status"], second["status"]) == (200, 400)
    assert first["body"] == smallest(model)
    assert first["model"] == model
    assert first["at"] > 0
    assert third["body"] is None
    assert "any" not in [str(value) for value in first.values()]


def test_no_other_site_may_read_or_steer(desk: Desk) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for reply in (desk.options(UNIVERSAL, headers=asked), desk.get("/_sandbox/creates", headers=asked)):
        assert not [name for name in reply.headers if name.startswith("access-control")]
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        content = b'{"fault": "500"}'
        posted = desk.post("/_sandbox/behaviour", content=content, headers={"Content-Type": kind})
        assert posted.status_code == 415
    assert desk.get("/_sandbox/behaviour").json()["rules"] == []


def test_the_keep_alive_survives_a_refused_body(desk: Desk) -> None:
    with httpx.Client(base_url=desk.base_url, trust_env=False) as client:
        for _ in range(3):
            assert client.post(UNIVERSAL, json={"prompt": "x" * 10_000}).status_code == 401
