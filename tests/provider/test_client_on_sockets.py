"""Faults of a real connection: what cannot have been sent, and what may have been. A create is sent once."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from components.provider.client import LARGEST_REPLY, Client, Patience
from components.provider.errors import BadReply, NoAnswer, NotSent, ProviderError, RateLimited
from components.provider.replies import Phase
from tests.provider.server import CREATE, IMPATIENT, Answer, client, serving

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def _create(client: Client) -> Coroutine[Any, Any, Any]:
    return client.create(CREATE, {"prompt": "p"}, request_id="take-1")


def _retrieve(client: Client) -> Coroutine[Any, Any, Any]:
    return client.retrieve(CREATE, "g")


ASKING = pytest.mark.parametrize("ask", [_create, _retrieve])
Ask = Callable[[Client], Coroutine[Any, Any, Any]]


def failure(answer: Answer, ask: Ask, patience: Patience | None = None) -> tuple[ProviderError, int]:
    """What `ask` raised against a server with this answer, and how many requests reached the server."""

    async def run() -> tuple[ProviderError, int]:
        async with serving(answer) as (origin, seen):
            asking = client(origin, patience)
            with pytest.raises(ProviderError) as caught:
                await ask(asking)
            await asking.aclose()
            return caught.value, len(seen)

    return asyncio.run(run())


@ASKING
def test_a_refused_connection_was_not_sent(ask: Ask) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody can answer there

        async def run() -> None:
            with pytest.raises(NotSent) as caught:
                await ask(client(f"http://127.0.0.1:{taken.getsockname()[1]}"))
            assert "No connection" in caught.value.message

        asyncio.run(run())


@ASKING
def test_a_host_that_does_not_exist_and_an_impossible_address_were_not_sent(ask: Ask) -> None:
    async def run() -> None:
        for origin in ("http://nowhere.invalid", "ftp://127.0.0.1", "http://127.0.0.1:99999", "http://[::1"):
            with pytest.raises(NotSent):
                await ask(client(origin))

    asyncio.run(run())


@ASKING
def test_a_failed_handshake_was_not_sent(ask: Ask) -> None:
    async def not_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async def run() -> None:
        listening = await asyncio.start_server(not_tls, "127.0.0.1", 0)
        with pytest.raises(NotSent):
            await ask(client(f"https://127.0.0.1:{listening.sockets[0].getsockname()[1]}"))
        listening.close()

    asyncio.run(run())


@ASKING
def test_a_handshake_that_is_never_answered_was_not_sent(ask: Ask) -> None:
    async def run() -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(NotSent):
            await ask(client(f"https://127.0.0.1:{silent.getsockname()[1]}", Patience(connect=0.2)))

    asyncio.run(run())


def test_a_create_that_finds_no_free_connection_was_not_sent() -> None:
    async def run() -> None:
        answering = asyncio.Event()

        async def hold(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await answering.wait()
            writer.write(OK + b"Content-Length: 10\r\n\r\n" + b'{"id":"g"}')

        async with serving(hold) as (origin, seen):
            asking = client(origin, Patience(connect=0.3, create=20, whole_create=20))
            creates = [asyncio.create_task(_create(asking)) for _ in range(20)]
            done, waiting = await asyncio.wait(creates, timeout=10, return_when=asyncio.FIRST_COMPLETED)
            while len(done) < 4:
                more, waiting = await asyncio.wait(waiting, timeout=10, return_when=asyncio.FIRST_COMPLETED)
                done |= more
            assert [type(task.exception()) for task in done] == [NotSent] * 4
            answering.set()
            assert {(await task).id for task in waiting} == {"g"}
            assert len(seen) == len(waiting) == 16

    asyncio.run(run())


async def _silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def _closed(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def _reset(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    # With a linger time of zero the socket is closed by RST, not by FIN.
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _not_http(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"\x00\x01 what is this\r\n\r\n")
    writer.close()


async def _cut_off(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(OK + b'Content-Length: 40\r\n\r\n{"id":"gen-1","sta')
    writer.close()


async def _cut_off_in_a_chunk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(OK + b'Transfer-Encoding: chunked\r\n\r\n28\r\n{"id":"gen-1"')
    writer.close()


async def _falls_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(OK + b'Content-Length: 40\r\n\r\n{"id":"gen-1","sta')
    await reader.read()


RECEIVED: dict[Answer, str] = {
    _cut_off: '{"id":"gen-1","sta',
    _cut_off_in_a_chunk: '{"id":"gen-1"',
    _falls_silent: '{"id":"gen-1","sta',
}


@ASKING
@pytest.mark.parametrize(
    "answer", [_silent, _closed, _reset, _not_http, _cut_off, _cut_off_in_a_chunk, _falls_silent]
)
def test_a_lost_answer_may_have_been_accepted_and_is_never_asked_for_again(answer: Answer, ask: Ask) -> None:
    error, requests = failure(answer, ask, IMPATIENT)
    assert type(error) is NoAnswer
    assert requests == 1
    assert error.raw == RECEIVED.get(answer, "")


def test_a_lost_answer_to_a_create_tells_the_id_that_its_header_named() -> None:
    async def cut_off(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"x-inference-id: gen-77\r\nContent-Length: 40\r\n\r\n{")
        writer.close()

    error, _ = failure(cut_off, _create)
    assert type(error) is NoAnswer
    assert "gen-77" in error.message
    assert str(error) == error.message


@ASKING
def test_an_answer_that_trickles_ends_with_our_patience(ask: Ask) -> None:
    async def trickle(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"Content-Length: 100000\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)

    error, requests = failure(trickle, ask, Patience(whole_create=0.4, whole=0.4))
    assert type(error) is NoAnswer
    assert requests == 1


@ASKING
def test_an_endless_body_is_left_at_the_limit(ask: Ask) -> None:
    sent = 0

    async def endless(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(OK + b"\r\n")
        while True:
            writer.write(b"[" * 65536)
            sent += 65536
            await writer.drain()

    error, requests = failure(endless, ask)
    assert type(error) is BadReply
    assert "larger than" in error.message
    assert requests == 1
    assert sent < LARGEST_REPLY + 32 * 1024 * 1024  # what the kernel buffers besides


def test_an_error_status_counts_though_its_body_was_lost() -> None:
    async def cut_off(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nContent-Length: 99\r\n\r\n{")
        writer.close()

    error, requests = failure(cut_off, _create)
    assert isinstance(error, RateLimited)
    assert error.retry_after == 7.0
    assert requests == 1


def test_each_create_has_a_fresh_connection_and_looks_share_one() -> None:
    async def run() -> None:
        peers: list[Any] = []

        async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            peers.append(writer.get_extra_info("peername"))
            writer.write(OK + b"Content-Length: 28\r\n\r\n" + b'{"id":"g","status":"queued"}')

        async with serving(answer) as (origin, _):
            asking = client(origin)
            for _ in range(3):
                await _create(asking)
            for _ in range(3):
                await _retrieve(asking)
            await asking.aclose()
        assert len(set(peers[:3])) == 3
        assert len(set(peers[3:])) == 1

    asyncio.run(run())


def test_a_create_goes_over_the_wire_as_typed() -> None:
    async def run() -> bytes:
        async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 201 Created\r\nContent-Length: 25\r\n\r\n" + b'{"generation_id":"g:a/b"}')

        async with serving(answer) as (origin, seen):
            asking = client(origin)
            body = {"model": "m", "prompt": "Ein „Café“ 🎬\n</script>", "duration": 5, "cfg_scale": 0.5}
            made = await asking.create("/v2/generate/video/x/generation", body, request_id="a.B_9:-")
            assert (made.id, made.phase) == ("g:a/b", Phase.QUEUED)
            await asking.aclose()
            return seen[0]

    head, _, body = asyncio.run(run()).partition(b"\r\n\r\n")
    assert head.startswith(b"POST /v2/generate/video/x/generation HTTP/1.1\r\n")
    assert b"\r\nX-Client-Request-Id: a.B_9:-" in head
    assert b"\r\nUser-Agent: video-playground" in head
    expected = '{"model":"m","prompt":"Ein „Café“ 🎬\\n</script>","duration":5,"cfg_scale":0.5}'
    assert body.decode() == expected


@ASKING
@pytest.mark.parametrize(
    ("origin", "proxied"),
    [
        ("http://127.0.0.1:1", False),
        ("http://localhost:1", False),
        ("http://[::1]:1", False),
        ("http://api.example.com", True),
    ],
)
def test_a_proxy_is_used_for_the_provider_and_never_for_this_machine(
    ask: Ask, origin: str, proxied: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")

    async def run() -> None:
        async with serving(proxy) as (address, seen):
            for name in ("no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY", "http_proxy"):
                monkeypatch.delenv(name, raising=False)
            monkeypatch.setenv("HTTP_PROXY", address)
            asking = client(origin)
            with pytest.raises(ProviderError):
                await ask(asking)
            await asking.aclose()
            assert bool(seen) is proxied

    asyncio.run(run())
