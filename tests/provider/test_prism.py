"""The client against Prism: a server that nobody here wrote, answering from the seeds' own OpenAPI documents."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from pydantic import SecretStr

from components.provider.client import Client
from components.provider.errors import InvalidRequest, NotFound
from components.provider.replies import Generation, Phase, phase_of
from tests.need import lacking, shared

T = TypeVar("T")
DOCUMENTS = (
    "klingai_video-v3-pro-text-to-video",
    "klingai_video-v3-standard-turbo-text-to-video",
    "kling-video_v1.6_standard_text-to-video",
)
PATH = "/v2/video/generations"
STARTED = "Prism is listening"
LONGEST_START = 240.0
"""Seconds, the installation on a first run among them."""


@dataclass(frozen=True)
class Prism:
    """A running server."""

    origin: str
    operations: dict[str, Any]
    """What its document says of PATH, by method."""

    @property
    def body(self) -> dict[str, Any]:
        """A request that its document allows."""
        schema = self.operations["post"]["requestBody"]["content"]["application/json"]["schema"]
        model = schema["properties"]["model"]["enum"][0]
        return {"model": model, "prompt": "A paper boat – „Regen“ 🎬", "duration": 5, "aspect_ratio": "9:16"}


@contextmanager
def running_prism(name: str) -> Iterator[Prism]:
    """Prism with one of the documents: one process, ended with the block."""
    for program in ("bash", "node", "npm"):
        if shutil.which(program) is None:
            lacking(f"Prism needs {program}, which is not on this machine.")
    document = shared(f"api/seeds/openapi/{name}.json")
    script = shared("spikes/prism.sh")
    place = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "video-playground" / "prism"
    place.mkdir(parents=True, exist_ok=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (place / ".lock").open("w") as lock:
        # Two runs of the tests must not install into one folder at once.
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = subprocess.Popen(
            ["bash", str(script), "mock", str(port), str(document)],
            env={**os.environ, "PRISM_DIR": str(place), "NO_COLOR": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        said = _said_until_started(process)
    reader = threading.Thread(target=_read_to_the_end, args=(process,))
    reader.start()
    try:
        if STARTED not in said[-1]:
            lacking(f"Prism did not start: {' '.join(said[-3:])}")
        operations = json.loads(document.read_text(encoding="utf-8"))["paths"][PATH]
        yield Prism(f"http://127.0.0.1:{port}", operations)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        reader.join()


def _said_until_started(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    said = ["it said nothing."]
    end_of_patience = threading.Timer(LONGEST_START, process.kill)
    end_of_patience.start()
    for line in process.stdout:
        said.append(line.strip())
        if STARTED in line:
            break
    end_of_patience.cancel()
    return said


def _read_to_the_end(process: subprocess.Popen[str]) -> None:
    # Prism writes a line for each request; it would stand still once nobody reads them.
    assert process.stdout is not None
    for _ in process.stdout:
        pass


class Preferring(httpx.AsyncHTTPTransport):
    """Asks Prism for a random body that the document allows, in place of the same one always."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer to `request`."""
        request.headers["Prefer"] = "dynamic=true"
        return await super().handle_async_request(request)


def talk(
    prism: Prism,
    ask: Callable[[Client], Coroutine[Any, Any, T]],
    transport: httpx.AsyncBaseTransport | None = None,
) -> T:
    """What `ask` gives of a client of `prism`."""

    async def run() -> T:
        client = Client(prism.origin, SecretStr("a-key-of-the-tests"), transport=transport)
        try:
            return await ask(client)
        finally:
            await client.aclose()

    return asyncio.run(run())


def _a_create_is_accepted(prism: Prism) -> None:
    made = talk(prism, lambda client: client.create(PATH, prism.body, request_id="take-1"))
    assert made.id
    assert made.status
    assert made.phase is phase_of(made.status)


def _a_retrieve_is_accepted_where_the_document_has_one(prism: Prism) -> None:
    def ask(client: Client) -> Coroutine[Any, Any, Generation]:
        return client.retrieve(PATH, "-a:b/c?d")

    if "get" in prism.operations:
        found = talk(prism, ask)
        # Prism's fixed answer has an error and a video in a queued generation: the status decides.
        assert (found.phase, found.error_message) == (Phase.QUEUED, "string")
        assert found.video_url
    else:
        with pytest.raises(NotFound):
            talk(prism, ask)


def _a_refused_body_is_told_in_a_sentence(prism: Prism) -> None:
    body = {**prism.body, "aspect_ratio": "21:9"}
    with pytest.raises(InvalidRequest, match="aspect_ratio") as caught:
        talk(prism, lambda client: client.create(PATH, body, request_id="take-1"))
    assert caught.value.status == 422
    assert json.loads(caught.value.raw)


def _what_the_document_does_not_have_is_not_found(prism: Prism) -> None:
    with pytest.raises(NotFound):
        talk(prism, lambda client: client.create("/v2/nowhere", prism.body, request_id="take-1"))
    with pytest.raises(NotFound):
        talk(prism, lambda client: client.models())


def _odd_replies_are_survived(prism: Prism) -> None:
    async def ask(client: Client) -> list[Generation]:
        if "get" in prism.operations:
            return [await client.retrieve(PATH, "g") for _ in range(40)]
        return [await client.create(PATH, prism.body, request_id="take-1") for _ in range(40)]

    found = talk(prism, ask, Preferring())
    for one in found:
        reply = json.loads(one.raw)
        assert (one.status, one.phase) == (reply["status"], phase_of(reply["status"]))
        assert bool(one.error_message) <= bool(reply.get("error"))
        assert bool(one.video_url) <= bool(reply.get("video"))
    assert len({one.phase for one in found}) > 1


# One test for each document, since the start takes some seconds, and workers share no fixture.
@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_client_and_a_server_from_the_document_understand_each_other(name: str) -> None:
    with running_prism(name) as prism:
        _a_create_is_accepted(prism)
        _a_retrieve_is_accepted_where_the_document_has_one(prism)
        _a_refused_body_is_told_in_a_sentence(prism)
        _what_the_document_does_not_have_is_not_found(prism)
        _odd_replies_are_survived(prism)
