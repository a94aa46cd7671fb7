"""Every reply shape of the provider becomes a Generation, and nothing else raises but BadReply."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.provider.errors import BadReply
from components.provider.replies import (
    Generation,
    Phase,
    phase_of,
    read_balance,
    read_document,
    read_generation,
    read_models,
)
from tests.need import shared

STATUS_WORDS = {
    "queued": Phase.QUEUED,
    "waiting": Phase.QUEUED,
    "generating": Phase.GENERATING,
    "active": Phase.GENERATING,
    "processing": Phase.GENERATING,
    "running": Phase.GENERATING,
    "uploading": Phase.GENERATING,
    "dreaming": Phase.GENERATING,
    "completed": Phase.COMPLETED,
    "complete": Phase.COMPLETED,
    "succeeded": Phase.COMPLETED,
    "error": Phase.FAILED,
    "failed": Phase.FAILED,
    "cancelled": Phase.FAILED,
    "unknown": Phase.QUEUED,
    "completing": Phase.QUEUED,
    "": Phase.QUEUED,
}


def generation(**reply: Any) -> Generation:
    return read_generation(json.dumps(reply))


@pytest.mark.parametrize(("word", "phase"), STATUS_WORDS.items())
def test_a_status_word_means_the_same_in_any_case(word: str, phase: Phase) -> None:
    assert {phase_of(word), phase_of(word.upper()), phase_of(f" {word.title()} ")} == {phase}


@settings(deadline=None)  # the machine may be busy
@given(st.text().filter(lambda word: word.strip().lower() not in STATUS_WORDS and word.lower() != "canceled"))
def test_a_word_that_nobody_knows_is_never_the_end(word: str) -> None:
    assert phase_of(word) not in (Phase.COMPLETED, Phase.FAILED)


def _published(file: str, part: str | None = None) -> list[tuple[str, dict[str, Any]]]:
    found = json.loads(shared(f"api/replies/{file}").read_text())
    rows = found[part] if part else found
    assert rows
    return [(row.get("shape") or row["id"], row["body"]) for row in rows]


def test_every_published_reply_is_understood() -> None:
    for shape, body in _published("generations.json"):
        read = read_generation(json.dumps(body), {})
        assert read.id == body.get("id", body.get("generation_id")), shape
        assert read.status == body["status"], shape
        assert read.phase is STATUS_WORDS[body["status"]], shape
        usage = body.get("meta", {}).get("usage", {})
        assert read.credits_used == usage.get("credits_used", usage.get("tokens_used")), shape
        assert read.usd_spent == usage.get("usd_spent"), shape
        video = body.get("video")
        first = video[0] if isinstance(video, list) else video
        assert read.video_url == (first["url"] if isinstance(first, dict) else first), shape
        assert bool(read.error_message) == bool(body.get("error")), shape
        assert json.loads(read.raw) == body, shape


def test_every_published_failure_is_understood() -> None:
    for name, body in _published("errors.json", "job"):
        read = read_generation(json.dumps(body))
        assert read.phase is STATUS_WORDS[body["status"]], name
        assert read.error_message, name
        assert read.id == (body["id"] or None), name


ERRORS = {
    "name and message": ({"name": "Blocked", "message": "No."}, "Blocked", "No."),
    "details": ({"detail": [{"loc": ["body", "prompt"], "msg": "No face"}]}, "", "prompt: No face"),
    "a text": ("It broke", "", "It broke"),
    "a list": (["One", "Two"], "", "One; Two"),
    "null": (None, "", ""),
    "true": (True, "", ""),
    "of wrong types": ({"name": 7, "message": {"message": "inner"}}, "", "inner"),
}


@pytest.mark.parametrize(("error", "name", "message"), ERRORS.values(), ids=ERRORS.keys())
def test_an_error_of_any_shape_is_one_sentence(error: object, name: str, message: str) -> None:
    read = generation(id="g", status="error", error=error)
    assert (read.phase, read.error_name, read.error_message) == (Phase.FAILED, name, message)


VIDEOS = {
    "object": ({"url": "https://a/v.mp4"}, "https://a/v.mp4"),
    "object with more": (
        {"url": "https://a/v.mp4", "file_size": 8, "content_type": "video/mp4"},
        "https://a/v.mp4",
    ),
    "list of objects": ([{"url": "https://a/v.mp4"}, {"url": "https://a/w.mp4"}], "https://a/v.mp4"),
    "list of texts": (["https://a/v.mp4?x=%2F&y=1"], "https://a/v.mp4?x=%2F&y=1"),
    "text": ("HTTP://a/v.mp4", "HTTP://a/v.mp4"),
    "first usable of a list": ([None, {}, "https://a/v.mp4"], "https://a/v.mp4"),
    "null": (None, None),
    "empty list": ([], None),
    "empty object": ({}, None),
    "url null": ({"url": None}, None),
    "number": (3, None),
    "script": ({"url": "javascript:alert(1)"}, None),
    "file": ({"url": "file:///etc/passwd"}, None),
    "no host": ({"url": "https:///v.mp4"}, None),
    "no address": ({"url": "http://[::1"}, None),
    "line break": ({"url": "https://a/\nv.mp4"}, None),
    "lone surrogate": ({"url": "https://a/\ud800.mp4"}, None),
    "endless": ({"url": "https://a/" + "v" * 10_000}, None),
}


@pytest.mark.parametrize(("video", "url"), VIDEOS.values(), ids=VIDEOS.keys())
def test_a_video_of_any_shape_is_one_address_or_none(video: object, url: str | None) -> None:
    read = generation(id="g", status="completed", video=video)
    assert (read.phase, read.video_url) == (Phase.COMPLETED, url)


def test_the_status_decides_not_the_presence_of_a_video_or_an_error() -> None:
    assert generation(id="g", status="queued", video={"url": "https://a/v.mp4"}).phase is Phase.QUEUED
    assert generation(id="g", status="queued", error={"message": "x"}).phase is Phase.QUEUED
    assert generation(id="g", status="completed", error={"message": "x"}).phase is Phase.COMPLETED


IDS = {
    "nanoid": ({"id": "-G3b3vVKdoC42fMNeK1T5"}, "-G3b3vVKdoC42fMNeK1T5"),
    "with the model's name": ({"id": "50f3:vendor/model"}, "50f3:vendor/model"),
    "older name": ({"generation_id": "755f"}, "755f"),
    "both": ({"id": "new", "generation_id": "old"}, "new"),
    "id of no use, older name": ({"id": None, "generation_id": "old"}, "old"),
    "empty": ({"id": ""}, None),
    "blank": ({"id": "  "}, None),
    "number": ({"id": 234954179076239}, "234954179076239"),
    "true": ({"id": True}, None),
    "object": ({"id": {"a": 1}}, None),
    "line break": ({"id": "a\nb"}, None),
    "lone surrogate": ({"id": "\ud800"}, None),
    "endless": ({"id": "a" * 5_000}, None),
    "missing": ({}, None),
}


@pytest.mark.parametrize(("given_id", "expected"), IDS.values(), ids=IDS.keys())
def test_an_id_is_taken_as_it_is_or_not_at_all(given_id: dict[str, Any], expected: str | None) -> None:
    assert generation(status="queued", **given_id).id == expected


def test_an_id_without_a_status_is_a_generation_that_was_accepted() -> None:
    for reply in ({"id": "g"}, {"generation_id": "g", "status": None}):
        read = generation(**reply)
        assert (read.id, read.status, read.phase) == ("g", "", Phase.QUEUED)


FIGURES = {
    "figures": ({"credits_used": 5031936, "usd_spent": 2.515968}, 5031936.0, 2.515968),
    "tokens": ({"tokens_used": 420000}, 420000.0, None),
    "texts": ({"credits_used": "120000", "usd_spent": "0.06"}, 120000.0, 0.06),
    "null": ({"credits_used": None, "usd_spent": None}, None, None),
    "zero": ({"credits_used": 0, "usd_spent": 0}, 0.0, 0.0),
    "true": ({"credits_used": True, "usd_spent": False}, None, None),
    "no figures": ({"credits_used": "many", "usd_spent": ""}, None, None),
    "endless": ({"credits_used": 10**400, "usd_spent": "inf"}, None, None),
    "below zero": ({"credits_used": -1, "usd_spent": "-0.5"}, None, None),
    "objects": ({"credits_used": {}, "usd_spent": []}, None, None),
}


@pytest.mark.parametrize(("usage", "credits_used", "usd"), FIGURES.values(), ids=FIGURES.keys())
def test_figures_are_read_where_they_are_figures(
    usage: dict[str, Any], credits_used: float | None, usd: float | None
) -> None:
    read = generation(id="g", status="completed", meta={"usage": usage})
    assert (read.credits_used, read.usd_spent) == (credits_used, usd)


@pytest.mark.parametrize("meta", [None, "none", [], {}, {"usage": None}, {"usage": "none"}, {"usage": []}])
def test_a_missing_or_odd_meta_is_survived(meta: object) -> None:
    read = generation(id="g", status="completed", meta=meta)
    assert (read.credits_used, read.usd_spent) == (None, None)


def test_headers_stand_in_for_what_the_body_lacks() -> None:
    headers = {
        "X-Inference-Id": "from-header",
        "X-AIMLAPI-Credits-Used": "1000",
        "x-aimlapi-usd-spent": "0.5",
    }
    read = read_generation('{"status": "queued"}', headers)
    assert (read.id, read.credits_used, read.usd_spent) == ("from-header", 1000.0, 0.5)
    body = {"id": "own", "status": "queued", "meta": {"usage": {"credits_used": 2, "usd_spent": 3}}}
    read = read_generation(json.dumps(body), headers)
    assert (read.id, read.credits_used, read.usd_spent) == ("own", 2.0, 3.0)


BAD = {
    "a page": (b"<!doctype html><title>Just a moment</title>", "web page: Just a moment"),
    "empty": (b"", "empty"),
    "blank": (b" \r\n", "empty"),
    "cut off": (b'{"id":"gxcV","sta', "not whole"),
    "a list": (b'[{"id":"g"}]', "not a JSON object"),
    "null": (b"null", "not a JSON object"),
    "a text": (b'"queued"', "not a JSON object"),
    "not text": (b"\x00\xff\xfe\x80", "not whole"),
    "nested without end": (b'{"id":' + b"[" * 200_000, "not whole"),
    "an endless number": (b'{"id":"g","status":"queued","n":' + b"1" * 10_000 + b"}", "not whole"),
    "a status of a wrong type": (
        b'{"id":7,"status":["done"],"video":3,"error":true}',
        "status is not a word",
    ),
    "an error envelope with status 200": (b'{"statusCode":401,"message":"No key here"}', "No key here"),
    "an object without id and status": (b"{}", "neither an id nor a status"),
}


@pytest.mark.parametrize(("body", "reason"), BAD.values(), ids=BAD.keys())
def test_what_cannot_be_used_is_a_bad_reply_with_its_raw_body(body: bytes, reason: str) -> None:
    with pytest.raises(BadReply) as caught:
        read_generation(body)
    assert reason in caught.value.message
    assert caught.value.raw.startswith(body[:100].decode("utf-8", "replace").replace("\x00", "\ufffd"))


def test_a_byte_order_mark_and_unknown_fields_are_survived() -> None:
    body = '\ufeff{"id":"g","status":"queued","video":null,"x":{"y":[1]},"n":NaN}'
    assert read_generation(body.encode()).id == "g"


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
_replies = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("id", "generation_id", "video", "error", "message"), _json)
    | {"status": st.sampled_from([*STATUS_WORDS]) | _json, "meta": st.fixed_dictionaries({"usage": _json})},
)


@settings(deadline=None)  # the machine may be busy
@given(_replies | _json)
def test_any_json_is_a_generation_that_can_be_stored_or_a_bad_reply(reply: object) -> None:
    try:
        read = read_generation(json.dumps(reply))
    except BadReply as error:
        stored = [error.message, error.raw]
    else:
        stored = [
            read.id or "",
            read.status,
            read.video_url or "",
            read.error_name,
            read.error_message,
            read.raw,
        ]
        assert len(read.error_message) <= 2_000
    for text in stored:
        assert "\x00" not in text
        text.encode("utf-8")


@settings(deadline=None)  # the machine may be busy
@given(st.binary() | st.text(), st.dictionaries(st.text(), st.text(), max_size=3))
def test_any_bytes_are_a_generation_or_a_bad_reply(body: bytes | str, headers: dict[str, str]) -> None:
    try:
        read_generation(body, headers)
    except BadReply as error:
        said = error.message
    else:
        said = "understood"
    assert said


ROW = {
    "id": "maker/model",
    "aliases": ["model"],
    "type": "internal/video-generations/submit",
    "info": {
        "name": "Model",
        "developer": "Maker",
        "description": "Makes\nvideos.",
        "releasedAt": "2026-01-02",
        "docsJson": "https://a/docs-json?model=maker%2Fmodel",
    },
    "capabilities": ["text_to_video"],
    "pricing": {"kind": "variable"},
    "tags": ["x"],
}


def test_a_row_of_the_catalogue_is_read_in_full() -> None:
    (row,) = read_models(json.dumps({"object": "list", "data": [ROW]}))
    assert row.model_dump() == {
        "id": "maker/model",
        "aliases": ("model",),
        "type": "internal/video-generations/submit",
        "name": "Model",
        "developer": "Maker",
        "description": "Makes videos.",
        "released_at": "2026-01-02",
        "docs_json": "https://a/docs-json?model=maker%2Fmodel",
        "pricing": {"kind": "variable"},
        "capabilities": ("text_to_video",),
        "outputs": (),
    }


def test_broken_rows_are_left_out_and_broken_parts_are_empty() -> None:
    broken: list[Any] = [None, 7, "x", [], {}, {"id": None}, {"id": ""}]
    odd = {
        "id": "b",
        "aliases": "x",
        "info": "none",
        "pricing": [],
        "capabilities": [1, None, "c"],
        "type": 3,
    }
    rows = read_models(json.dumps({"data": [*broken, ROW, odd]}))
    assert [row.id for row in rows] == ["maker/model", "b"]
    assert rows[0].aliases == ("model",)
    assert rows[1].model_dump(exclude={"id"}) == {
        "aliases": (),
        "type": "",
        "name": "b",
        "developer": "",
        "description": "",
        "released_at": "",
        "docs_json": "",
        "pricing": None,
        "capabilities": ("c",),
        "outputs": (),
    }


def test_a_model_that_is_listed_twice_has_two_rows() -> None:
    rows = read_models(json.dumps({"data": [ROW, {**ROW, "aliases": []}]}))
    assert [row.aliases for row in rows] == [("model",), ()]


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"data": {}}', "<html>", '{"data": "x"}'])
def test_a_catalogue_without_rows_is_a_bad_reply(body: str) -> None:
    with pytest.raises(BadReply):
        read_models(body)


@settings(deadline=None)  # the machine may be busy
@given(_json)
def test_any_rows_are_read_or_left_out(rows: object) -> None:
    try:
        found = read_models(json.dumps({"data": rows}))
    except BadReply:
        assert not isinstance(rows, list)
    else:
        assert isinstance(rows, list)
        assert len(found) <= len(rows)


BALANCES = {
    "figure": ('{"current_balance": 123.45, "currency": "USD"}', Decimal("123.45"), "USD"),
    "text": ('{"current_balance": " -0.10 ", "currency": "EUR"}', Decimal("-0.10"), "EUR"),
    "no currency": ('{"current_balance": 0}', Decimal(0), "USD"),
}


@pytest.mark.parametrize(("body", "amount", "currency"), BALANCES.values(), ids=BALANCES.keys())
def test_a_balance_is_exact(body: str, amount: Decimal, currency: str) -> None:
    read = read_balance(body)
    assert (read.current_balance, read.currency) == (amount, currency)


@pytest.mark.parametrize("amount", ["null", "true", '"much"', "NaN", "1e999", "[]", '"' + "9" * 30 + 'x"'])
def test_a_balance_that_is_no_figure_is_a_bad_reply(amount: str) -> None:
    with pytest.raises(BadReply):
        read_balance(f'{{"current_balance": {amount}, "currency": "USD"}}')


def test_a_document_is_an_object_or_a_bad_reply() -> None:
    assert read_document('{"openapi": "3.0.0"}') == {"openapi": "3.0.0"}
    with pytest.raises(BadReply):
        read_document("[]")
