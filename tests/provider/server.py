"""A provider on a real loopback socket that breaks as it is told, and a client for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from pydantic import SecretStr

from components.provider.client import Client, Patience

KEY = "k3y-0123456789abcdef-DO-NOT-TELL"
CREATE = "/v2/video/generations"
IMPATIENT = Patience(connect=2, create=0.2, read=0.2, whole_create=2, whole=2)
"""For servers that fall silent: soon at its end, and long enough for all else that loopback does."""

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def client(origin: str, patience: Patience | None = None) -> Client:
    """A client of `origin` with KEY."""
    return Client(origin, SecretStr(KEY), patience=patience)


async def request_of(reader: asyncio.StreamReader) -> bytes:
    """The whole next request: head and body."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    return head + await reader.readexactly(length)


@asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server's origin, and the requests that have reached it. `answer` is called after each."""
    seen: list[bytes] = []
    answering: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        answering.add(task)
        try:
            while True:
                seen.append(await request_of(reader))
                await answer(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            answering.discard(task)
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}", seen
    finally:
        listening.close()
        for task in list(answering):
            task.cancel()
        await asyncio.gather(*answering, return_exceptions=True)
