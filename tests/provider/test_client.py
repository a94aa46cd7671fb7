"""What the client asks, and what it makes of answers. MockTransport plays the provider."""

from __future__ import annotations

import asyncio
import gzip
import json
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Coroutine, Mapping
from decimal import Decimal
from typing import Any, TypeVar

import httpx
import pytest
from pydantic import SecretStr

from components.provider.client import LARGEST_REPLY, Client, Patience
from components.provider.errors import (
    BadReply,
    InvalidRequest,
    KeyRejected,
    NoAnswer,
    NotFound,
    NotSent,
    OutOfCredits,
    ProviderError,
    RateLimited,
    ServerTrouble,
)
from components.provider.replies import Generation, Phase
from components.provider.sentences import LONGEST_MESSAGE
from tests.need import ROOT
from tests.provider.server import CREATE, KEY

T = TypeVar("T")
Handler = Callable[[httpx.Request], httpx.Response]


def talk(handler: Handler, ask: Callable[[Client], Coroutine[Any, Any, T]], **more: Any) -> T:
    """What `ask` gives of a client whose provider is `handler`."""

    async def run() -> T:
        transport = httpx.MockTransport(handler)
        client = Client("https://api.example.com/", SecretStr(KEY), transport=transport, **more)
        try:
            return await ask(client)
        finally:
            await client.aclose()

    return asyncio.run(run())


def answering(status: int, body: Any = "", headers: Mapping[str, str] | None = None) -> Handler:
    """A provider that always answers so."""
    content = body if isinstance(body, bytes | str) else json.dumps(body)
    return lambda request: httpx.Response(status, content=content, headers=headers)


def create(client: Client) -> Coroutine[Any, Any, Generation]:
    return client.create(CREATE, {"prompt": "p"}, request_id="take-1")


def retrieve(client: Client) -> Coroutine[Any, Any, Generation]:
    return client.retrieve(CREATE, "g")


@pytest.mark.parametrize("status", [200, 201, 202])
def test_a_create_gives_the_generation_of_any_success_status(status: int) -> None:
    made = talk(answering(status, {"id": "g", "status": "queued"}), create)
    assert (made.id, made.phase) == ("g", Phase.QUEUED)


def test_a_create_may_already_tell_the_end() -> None:
    made = talk(answering(200, {"id": "g", "status": "error", "error": {"message": "no"}}), create)
    assert (made.phase, made.error_message) == (Phase.FAILED, "no")


def test_a_create_takes_its_id_from_the_header_where_the_body_has_none() -> None:
    assert talk(answering(200, {"status": "queued"}, {"x-inference-id": "h"}), create).id == "h"


BAD_CREATES = {
    "page": "<html><title>Just a moment</title>",
    "empty": "",
    "cut off": '{"id":"g","sta',
    "list": [{"id": "g"}],
    "wrong types": {"id": 7, "status": ["done"]},
    "no id": {"status": "queued"},
    "no id, generating": {"status": "generating"},
    "no content": b"",
}


@pytest.mark.parametrize("body", BAD_CREATES.values(), ids=BAD_CREATES.keys())
def test_a_success_that_cannot_be_understood_may_have_been_accepted(body: Any) -> None:
    with pytest.raises(BadReply) as caught:
        talk(answering(200, body), create)
    assert caught.value.raw == (
        body if isinstance(body, str) else body.decode() if body == b"" else json.dumps(body)
    )


def test_a_bad_reply_to_a_create_tells_the_id_that_its_header_named() -> None:
    with pytest.raises(BadReply, match="gen-77"):
        talk(answering(200, "<html>", {"x-inference-id": "gen-77"}), create)


@pytest.mark.parametrize("status", [500, 502, 504, 524])
@pytest.mark.parametrize("body", ["<html>", {"message": "y" * 5_000}])
def test_trouble_after_a_create_tells_the_id_that_its_header_named(status: int, body: Any) -> None:
    with pytest.raises(ServerTrouble, match="gen-77") as caught:
        talk(answering(status, body, {"x-inference-id": "gen-77"}), create)
    assert caught.value.status == status
    assert len(caught.value.message) <= LONGEST_MESSAGE


def test_a_refusal_does_not_speak_of_a_generation() -> None:
    with pytest.raises(InvalidRequest) as caught:
        talk(answering(400, {"message": "no"}, {"x-inference-id": "gen-77"}), create)
    assert "gen-77" not in caught.value.message


@pytest.mark.parametrize(
    ("body", "phase"),
    [
        ({"status": "completed", "video": {"url": "https://cdn.example.com/v.mp4"}}, Phase.COMPLETED),
        ({"status": "error", "error": {"message": "no"}}, Phase.FAILED),
    ],
)
def test_a_create_that_tells_the_end_needs_no_id(body: Any, phase: Phase) -> None:
    made = talk(answering(200, body), create)
    assert (made.id, made.phase) == (None, phase)


@pytest.mark.parametrize("ask", [create, retrieve])
@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"message": "Refused"}, InvalidRequest),
        (401, {"message": "Key"}, KeyRejected),
        (403, {"error": {"data": {"kind": "err_insufficent_credits"}}}, OutOfCredits),
        (404, {"message": "Inference not found"}, NotFound),
        (429, {"message": "Slow"}, RateLimited),
        (500, {"message": "Broken"}, ServerTrouble),
        (502, "<html><title>502 Bad Gateway</title>", ServerTrouble),
        (524, "<html>", ServerTrouble),
        (304, "", ServerTrouble),
    ],
)
def test_an_error_status_is_raised_with_the_raw_body(status: int, body: Any, error: Any, ask: Any) -> None:
    with pytest.raises(error) as caught:
        talk(answering(status, body), ask)
    assert caught.value.status == status
    assert caught.value.raw == (body if isinstance(body, str) else json.dumps(body))


def test_a_retry_after_date_is_measured_from_the_clock_passed_in() -> None:
    headers = {"Retry-After": "Mon, 21 Sep 2026 14:14:20 GMT"}
    with pytest.raises(RateLimited) as caught:
        talk(answering(429, "", headers), create, clock=lambda: 1_790_000_000.0)
    assert caught.value.retry_after == 60.0


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("ask", [create, retrieve])
def test_a_redirect_is_not_followed(status: int, ask: Any) -> None:
    asked: list[str] = []

    def redirect(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(status, headers={"Location": "https://elsewhere.example/x"})

    with pytest.raises(ServerTrouble, match=r"elsewhere\.example"):
        talk(redirect, ask)
    assert asked == ["api.example.com"]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (httpx.ConnectError, NotSent),
        (httpx.ConnectTimeout, NotSent),
        (httpx.PoolTimeout, NotSent),
        (httpx.ProxyError, NotSent),
        (httpx.UnsupportedProtocol, NotSent),
        (httpx.ReadTimeout, NoAnswer),
        (httpx.WriteTimeout, NoAnswer),
        (httpx.ReadError, NoAnswer),
        (httpx.WriteError, NoAnswer),
        (httpx.CloseError, NoAnswer),
        (httpx.RemoteProtocolError, NoAnswer),
        (httpx.LocalProtocolError, NoAnswer),
        (ConnectionResetError, NoAnswer),
    ],
)
def test_every_fault_of_the_transport_is_told_apart_and_sent_once(fault: Any, error: Any) -> None:
    asked = []

    def broken(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        raise fault("at fault")

    for ask in (create, retrieve):
        with pytest.raises(ProviderError) as caught:
            talk(broken, ask)
        assert type(caught.value) is error
    assert len(asked) == 2


@pytest.mark.parametrize("generation_id", ["-G3b3", "a:b/c?d&e=f#g", "é 🎬", "a%2Fb", "x+y"])
def test_an_id_of_any_kind_is_encoded_in_the_query(generation_id: str) -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"id": generation_id, "status": "generating"})

    assert talk(answer, lambda client: client.retrieve(CREATE, generation_id)).id == generation_id
    (request,) = asked
    assert request.method == "GET"
    assert request.url.path == CREATE
    assert request.url.params.multi_items() == [("generation_id", generation_id)]
    assert request.headers["authorization"] == f"Bearer {KEY}"


def _never(request: httpx.Request) -> httpx.Response:
    pytest.fail("something was sent")


@pytest.mark.parametrize(
    "path", ["", "v2", "https://elsewhere/x", "/a?b=c", "/a#b", "/a b", "/a\r\nX: y", "/é"]
)
def test_a_path_that_is_none_is_refused_before_anything_is_sent(path: str) -> None:
    with pytest.raises(ValueError):
        talk(_never, lambda client: client.create(path, {}, request_id="t"))
    with pytest.raises(ValueError):
        talk(_never, lambda client: client.retrieve(path, "g"))


@pytest.mark.parametrize("request_id", ["", "a b", "é", "a\n", "x" * 129, "a/b"])
def test_a_request_id_that_the_provider_would_drop_is_refused(request_id: str) -> None:
    with pytest.raises(ValueError):
        talk(_never, lambda client: client.create(CREATE, {}, request_id=request_id))


@pytest.mark.parametrize("body", [{"a": float("nan")}, {"a": "\ud800"}])
def test_a_body_that_is_no_json_is_refused_before_anything_is_sent(body: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        talk(_never, lambda client: client.create(CREATE, body, request_id="t"))


@pytest.mark.parametrize("generation_id", ["", " ", "a\nb", "\ud800", "x" * 600])
def test_an_id_that_cannot_be_one_is_refused_before_anything_is_sent(generation_id: str) -> None:
    with pytest.raises(ValueError):
        talk(_never, lambda client: client.retrieve(CREATE, generation_id))


def test_the_catalogue_is_asked_for_without_the_key_and_known_by_its_etag() -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if request.headers.get("if-none-match") == 'W/"1"':
            return httpx.Response(304)
        return httpx.Response(200, json={"data": [{"id": "m"}, {}]}, headers={"ETag": 'W/"1"'})

    async def ask(client: Client) -> tuple[Any, Any]:
        first = await client.models()
        assert first is not None
        return first, await client.models(first[1])

    (rows, etag), second = talk(answer, ask)
    assert [row.id for row in rows] == ["m"]
    assert etag == 'W/"1"'
    assert second is None
    for request in asked:
        assert request.url.path == "/v1/models"
        assert dict(request.url.params) == {"output_modalities": "video", "include": "pricing,capabilities"}
        assert "authorization" not in request.headers


def test_a_document_is_asked_for_by_model_and_endpoint() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/docs-json"
        assert dict(request.url.params) == {"model": "a/b", "endpoint": "internal/video-generations/submit"}
        assert "authorization" not in request.headers
        return httpx.Response(200, json={"openapi": "3.0.0"})

    assert talk(answer, lambda client: client.document("a/b")) == {"openapi": "3.0.0"}
    with pytest.raises(NotFound):
        talk(answering(404, {"message": "none"}), lambda client: client.document("a/b"))


HERE = "https://api.example.com"


@pytest.mark.parametrize(
    ("origin", "address", "asked"),
    [
        (HERE, f"{HERE}/docs-json?model=a%2Fb&version=2", f"{HERE}/docs-json?model=a%2Fb&version=2"),
        (HERE, "https://API.example.com:443/other?x=1&x=2", f"{HERE}/other?x=1&x=2"),
        ("https://a.example/api", "https://a.example/api/d?m=1", "https://a.example/api/d?m=1"),
        *(
            (HERE, address, f"{HERE}/docs-json?model=a%2Fb&endpoint=some%2Fendpoint")
            for address in (
                "",
                "http://api.example.com/docs-json",
                "https://api.example.com:444/docs-json",
                "https://evil.example/docs-json",
                "https://api.example.com@evil.example/docs-json",
                "https://me:secret@api.example.com/docs-json",
                "https://api.example.com.evil.example/x",
                "https://api.example.com//evil.example/x",
                "//evil.example/x",
                "/docs-json?model=other",
                "file:///etc/passwd",
                "https://[",
                "https://api.example.com:99999/x",
                "no address",
            )
        ),
    ],
)
def test_the_address_of_a_document_is_followed_on_the_same_origin_only(
    origin: str, address: str, asked: str
) -> None:
    seen = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(str(request.url))
        assert "authorization" not in request.headers
        return httpx.Response(200, json={})

    async def ask() -> None:
        client = Client(origin, SecretStr(KEY), transport=httpx.MockTransport(answer))
        await client.document("a/b", "some/endpoint", address=address)
        await client.aclose()

    asyncio.run(ask())
    assert seen == [asked]


def test_a_document_elsewhere_and_one_of_any_size_are_not_followed() -> None:
    def large(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=b"[" + b" " * 5_000_000 + b"]")

    with pytest.raises(BadReply, match="larger than"):
        talk(large, lambda client: client.document("a/b"))
    moved = httpx.Response(302, headers={"Location": "https://evil.example/"})
    with pytest.raises(ServerTrouble):
        talk(lambda request: moved, lambda client: client.document("a/b"))


def test_the_balance_is_asked_for_with_the_key() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert (request.url.path, request.headers["authorization"]) == ("/v2/billing", f"Bearer {KEY}")
        return httpx.Response(200, json={"current_balance": 12.3, "currency": "USD"})

    assert talk(answer, lambda client: client.balance()).current_balance == Decimal("12.3")


PACKED = gzip.compress(b'{"id":"g","status":"queued"}')
PACKINGS = {
    "gzip": (PACKED, "gzip", "g"),
    "identity": (b'{"id":"g"}', "identity", "g"),
    "cut off": (PACKED[:-12], "gzip", NoAnswer),
    "not gzip": (b'{"id":"g"}', "gzip", BadReply),
    "not asked for": (b"x", "br", BadReply),
    "a bomb": (gzip.compress(b" " * (LARGEST_REPLY * 20)), "gzip", BadReply),
    "empty": (b"", "gzip", BadReply),
}


@pytest.mark.parametrize(("body", "packing", "result"), PACKINGS.values(), ids=PACKINGS.keys())
def test_packed_bodies_are_unpacked_with_a_bound(body: bytes, packing: str, result: Any) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["accept-encoding"] == "gzip"
        return httpx.Response(200, headers={"Content-Encoding": packing}, stream=httpx.ByteStream(body))

    if isinstance(result, str):
        assert talk(answer, create).id == result
    else:
        with pytest.raises(ProviderError) as caught:
            talk(answer, create)
        assert type(caught.value) is result
        assert len(caught.value.raw) <= 64 * 1024


def test_a_packed_bomb_takes_no_more_memory_than_the_limit_allows() -> None:
    bomb = gzip.compress(b" " * (LARGEST_REPLY * 30))
    answer = httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(bomb))
    tracemalloc.start()
    try:
        with pytest.raises(BadReply, match="larger"):
            talk(lambda _: answer, create)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < LARGEST_REPLY * 10


def test_a_body_at_the_limit_is_read_and_one_above_is_not() -> None:
    body = b'{"id":"g","status":"queued"}'
    assert talk(answering(200, body.ljust(LARGEST_REPLY)), create).id == "g"
    with pytest.raises(BadReply, match="larger"):
        talk(answering(200, body.ljust(LARGEST_REPLY + 1)), create)


def test_a_provider_that_never_answers_is_left_after_our_patience() -> None:
    async def never(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    with pytest.raises(NoAnswer):
        talk(never, create, patience=Patience(whole_create=0.05))  # type: ignore[arg-type]  # httpx takes both kinds
    with pytest.raises(NoAnswer):
        talk(never, retrieve, patience=Patience(whole=0.05))  # type: ignore[arg-type]


def test_a_cancelled_question_is_cancelled() -> None:
    async def never(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    async def ask(client: Client) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(retrieve(client), 0.05)

    talk(never, ask)  # type: ignore[arg-type]  # httpx takes both kinds


def test_importing_the_client_brings_nothing_heavy() -> None:
    heavy = ("streamlit", "pandas", "numpy", "sqlalchemy", "starlette", "jsonschema", "av", "PIL")
    code = f"import sys, components.provider.client; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
