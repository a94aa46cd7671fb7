"""A destination that publishes a list of models and their documents, played by MockTransport, and a reader at work."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
from pydantic import SecretStr

from components.catalog.catalog import Catalog
from components.catalog.live.following import Pace, Source
from components.catalog.live.kept import Kept
from components.catalog.live.reader import Reader
from components.provider.client import Client, Patience
from tests.catalog.judge import document_of

ORIGIN = "https://api.example.com"
LONGEST_WAIT = 20.0
EAGER = Pace(
    list_again=0.02, list_soon=0.01, between=0, document_again=86_400, document_soon=0.05, wanted_soon=0
)


def document(model: str, *fields: str) -> dict[str, Any]:
    """A document of a model with these fields."""
    properties = {
        "model": {"enum": [model]},
        **{name: {"type": "string"} for name in (fields or ("prompt",))},
    }
    return document_of({"properties": properties})


def row(model: str, *aliases: str, **info: Any) -> dict[str, Any]:
    """A row of a list."""
    return {
        "id": model,
        "aliases": [*aliases],
        "type": "internal/video-generations/submit",
        "info": {"name": model.title(), "developer": "Maker", **info},
        "pricing": {"kind": "variable"},
        "capabilities": ["text_to_video"],
    }


class Publisher:
    """Publishes `rows` under `etag`, and `documents` by id. What is a response stands for itself."""

    def __init__(self, *models: str) -> None:
        self.rows: Any = [row(model) for model in models]
        self.documents: dict[str, Any] = {model: document(model) for model in models}
        self.etag: str | None = '"1"'
        self.answer: httpx.Response | Exception | None = None
        """Instead of the list."""
        self.asked: list[httpx.Request] = []
        self.held = threading.Event()
        """Answers wait until it is set."""
        self.held.set()

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        """What the destination answers."""
        self.asked.append(request)
        while not self.held.is_set():  # noqa: ASYNC110  # it is set by another thread
            await asyncio.sleep(0.005)
        if request.url.path == "/v1/models":
            return self._list(request)
        found = self.documents.get(request.url.params["model"])
        if isinstance(found, Exception):
            raise found
        if isinstance(found, httpx.Response):
            return found
        return httpx.Response(404, json={}) if found is None else httpx.Response(200, json=found)

    def _list(self, request: httpx.Request) -> httpx.Response:
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is not None:
            return self.answer
        if self.etag is not None and request.headers.get("if-none-match") == self.etag:
            return httpx.Response(304)
        headers = {} if self.etag is None else {"ETag": self.etag}
        return httpx.Response(200, json={"object": "list", "data": self.rows}, headers=headers)

    @property
    def lists_asked(self) -> int:
        """How often the list was asked for."""
        return sum(request.url.path == "/v1/models" for request in self.asked)

    @property
    def documents_asked(self) -> list[str]:
        """The models whose documents were asked for."""
        return [r.url.params["model"] for r in self.asked if r.url.path == "/docs-json"]

    def source(self, destination: str = "live", origin: str = ORIGIN) -> Source:
        """This as a source of a catalogue."""
        return Source(
            destination=destination,
            base_url=origin,
            connect=lambda: Client(
                origin,
                SecretStr("key"),
                transport=httpx.MockTransport(self),
                patience=Patience(whole=LONGEST_WAIT, document=LONGEST_WAIT),
            ),
        )


@contextlib.contextmanager
def reading(
    catalog: Catalog, *sources: Source, kept: Kept | None = None, pace: Pace = EAGER, **more: Any
) -> Iterator[Reader]:
    """A reader at work."""
    reader = Reader(catalog, kept, sources, pace=pace, **more)
    thread = threading.Thread(target=reader.run, daemon=True)
    thread.start()
    try:
        yield reader
    finally:
        reader.end()
        thread.join(LONGEST_WAIT)
        assert not thread.is_alive()


def until(reached: Callable[[], object]) -> None:
    """Waits for what the reader brings about."""
    deadline = time.monotonic() + LONGEST_WAIT
    while not reached():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.002)
