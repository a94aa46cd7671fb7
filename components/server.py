"""What runs beside the pages: the sandbox and the tracker for as long as the server lives, routes and middleware."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import threading
from collections.abc import AsyncIterator, Callable

import anyio.to_thread
import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from components import media
from components.jobs.job import Destination
from components.middleware import CompressedScripts, IdentityCookie, SafeHeaders
from components.provider.errors import ProviderError
from components.services import Services, StartError, close_services, services

log = logging.getLogger(__name__)

_PRICES_EVERY = 3600.0
"""Seconds between two looks at a destination's price list."""


@contextlib.asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Starts the tracker, and beside it the sandbox and the price lists; ends them all cleanly.

    When the services cannot be built the server runs all the same, so that the page can say why.
    """
    try:
        shared = await anyio.to_thread.run_sync(services)
    except StartError as error:
        log.error("%s", error)
        yield
        return
    shared.tracker.start()
    closing = threading.Event()
    beside = threading.Thread(target=_run_beside, args=(shared, closing), name="beside", daemon=True)
    beside.start()
    gc.collect()
    gc.freeze()  # what is loaded now stays: the collector need not look at it again
    try:
        yield
    finally:
        closing.set()
        await anyio.to_thread.run_sync(close_services)
        await anyio.to_thread.run_sync(beside.join, 10.0)


def _run_beside(shared: Services, closing: threading.Event) -> None:
    """Runs the sandbox, and reads each destination's price list now and every hour, until `closing`.

    In a thread of its own: the first page need not wait for the sandbox to be up, a take for it does.
    """
    stop = _start_sandbox(shared)
    shared.tracker.wake()
    tags: dict[Destination, str | None] = {}
    while not closing.is_set():
        for destination in shared.destinations:
            try:
                tags[destination] = asyncio.run(_read_prices(shared, destination, tags.get(destination)))
            except ProviderError as error:
                log.info("No price list from the %s: %s", destination, type(error).__name__)
        closing.wait(_PRICES_EVERY)
    stop()


def _start_sandbox(shared: Services) -> Callable[[], None]:
    """Starts the sandbox inside the app, unless one runs elsewhere; what ends it.

    A sandbox that cannot start is said on its takes.
    """
    if shared.settings.sandbox_url:
        shared.sandbox_origin = shared.settings.sandbox_url
        return lambda: None
    from components.sandbox.server import SandboxServer  # a tenth of a second that no page needs

    sandbox = SandboxServer(
        shared.settings.data / "sandbox",
        port=shared.settings.sandbox_port,
        seconds=shared.settings.sandbox_seconds,
    )
    try:
        shared.sandbox_origin = sandbox.start()
    except OSError as error:
        log.error("The sandbox could not start: %s.", error.strerror or type(error).__name__)
        return lambda: None
    return sandbox.stop


async def _read_prices(shared: Services, destination: Destination, tag: str | None) -> str | None:
    client = shared.new_client(destination, shared.base_url(destination))
    if client is None:
        return tag
    try:
        answer = await client.models(tag)
    finally:
        await client.aclose()
    if answer is None:  # not modified
        return tag
    rows, tag = answer
    shared.catalog.set_prices(destination, [row.model_dump() for row in rows])
    return tag


def _health(request: Request) -> Response:
    """For whoever watches the server: 200 when the app can work, 503 with the reason when it cannot."""
    try:
        shared = services()
    except StartError as error:
        return PlainTextResponse(str(error), 503)
    shared.store.revision()
    return PlainTextResponse("ok")


routes = [*media.routes, Route("/healthz", _health)]
middleware = [Middleware(SafeHeaders), Middleware(IdentityCookie), Middleware(CompressedScripts)]
