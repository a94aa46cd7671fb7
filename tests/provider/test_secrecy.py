"""The API key is in the Authorization header and nowhere else."""

from __future__ import annotations

import asyncio
import html
import json
import logging
import pickle
import traceback
from urllib.parse import quote

import httpx
import pytest
from pydantic import SecretStr

from components.provider.client import Client, Patience
from components.provider.errors import ProviderError
from components.provider.secrecy import REMOVED, Scrubber
from tests.provider.server import CREATE, KEY, client, serving

CODES = "".join(f"\\u{ord(character):04X}" for character in KEY)


@pytest.mark.parametrize(
    "spelling", [KEY, CODES, quote(KEY, safe=""), "".join(f"%{ord(c):02x}" for c in KEY)]
)
def test_the_key_is_removed_in_any_spelling(spelling: str) -> None:
    assert Scrubber(KEY)(f"a {spelling} b") == f"a {REMOVED} b"


def test_a_key_with_marks_is_removed_escaped_or_not() -> None:
    key = 'a/b+c=d"e<f>&g.h*i'
    scrub = Scrubber(key)
    for spelling in (key, json.dumps(key)[1:-1], key.replace("/", "\\/"), quote(key), quote(key, safe="")):
        assert scrub(f"[{spelling}]") == f"[{REMOVED}]"
    assert scrub("".join(f"&#{ord(c)};" for c in key)) == REMOVED
    assert scrub('a/b+c=d"e<f>&gXh*i') == 'a/b+c=d"e<f>&gXh*i'
    assert key not in repr(scrub)


def test_a_placeholder_blanks_no_words() -> None:
    assert Scrubber("sandbox")("The sandbox is up") == "The sandbox is up"


def _texts(error: BaseException) -> str:
    printed = "".join(traceback.format_exception(error))
    chain = []
    link: BaseException | None = error
    while link is not None:
        chain.append(f"{link!r} {link} {vars(link)}")
        link = link.__cause__ or link.__context__
    return printed + "".join(chain)


def test_an_echoed_key_is_in_no_error_and_no_generation() -> None:
    told = f"Key {KEY} is wrong; {CODES}"
    bodies = [
        json.dumps({"message": told, "id": KEY, "status": told, "error": {"name": KEY, "message": told}}),
        told,
    ]
    bodies.append(f"<html><title>{html.escape(told)}</title>{told}")

    async def run() -> None:
        for status in (200, 308, 400, 401, 403, 404, 429, 500):
            for body in bodies:
                headers = {"x-inference-id": KEY, "Location": f"https://x/{KEY}", "Retry-After": KEY}
                answer = httpx.Response(status, content=body, headers=headers)
                asking = Client(
                    "https://a", SecretStr(KEY), transport=httpx.MockTransport(lambda _, a=answer: a)
                )
                try:
                    made = await asking.create(CREATE, {}, request_id="t")
                except ProviderError as error:
                    told_us = _texts(error)
                else:
                    told_us = repr(made) + made.model_dump_json()
                assert KEY not in told_us
                assert CODES not in told_us
                assert REMOVED in told_us

    asyncio.run(run())


def test_the_key_is_in_no_log_and_no_exception(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "httpcore.connection", "httpcore.http11", "asyncio"):
        caplog.set_level(logging.DEBUG, logger=name)
    told: list[str] = []

    async def run() -> None:
        answers = [
            b'HTTP/1.1 200 OK\r\nContent-Length: 28\r\n\r\n{"id":"g","status":"queued"}',
            b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\n{}",
            b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{",
            b"",
        ]
        for answer in answers:

            async def give(
                _: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: bytes = answer
            ) -> None:
                writer.write(answer)
                writer.close()

            async with serving(give) as (origin, seen):
                asking = client(origin)
                told.append(repr(asking))
                for ask in (
                    asking.create(CREATE, {"prompt": "p"}, request_id="t"),
                    asking.retrieve(CREATE, "g"),
                    asking.balance(),
                ):
                    try:
                        told.append(repr(await ask))
                    except ProviderError as error:
                        told.append(_texts(error))
                assert all(f"Authorization: Bearer {KEY}".encode() in request for request in seen)
                assert len(seen) == 3
                await asking.aclose()
        refused = client("http://127.0.0.1:1", Patience(connect=1))
        with pytest.raises(ProviderError) as caught:
            await refused.retrieve(CREATE, "g")
        told.append(_texts(caught.value))

    asyncio.run(run())
    assert any(record.name.startswith("httpcore") for record in caplog.records)
    assert KEY not in "".join(told)
    assert KEY not in caplog.text
    assert KEY not in repr([vars(record) for record in caplog.records])


@pytest.mark.parametrize("key", ["", "a b", "a\r\nX: y", "schlüssel", "a\x00"])
def test_a_key_that_no_header_can_carry_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(ValueError) as caught:
        Client("https://a", SecretStr(key))
    assert not key or key not in _texts(caught.value)


def test_an_error_can_be_kept_without_the_request_behind_it() -> None:
    async def run() -> None:
        def broken(request: httpx.Request) -> httpx.Response:
            raise httpx.ReadError(f"while sending {request.headers['authorization']}", request=request)

        asking = Client("https://a", SecretStr(KEY), transport=httpx.MockTransport(broken))
        with pytest.raises(ProviderError) as caught:
            await asking.retrieve(CREATE, "g")
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None
        assert KEY.encode() not in pickle.dumps(caught.value.args)

    asyncio.run(run())
