"""What runs beside the pages: the sandbox and the tracker for as long as the server lives, routes and middleware."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import threading
from collections.abc import AsyncIterator

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
from components.sandbox.server import SandboxServer
from components.services import Services, StartError, close_services, services

log = logging.getLogger(__name__)

_PRICES_EVERY = 3600.0
"""Seconds between two looks at a destination's price list."""


@contextlib.asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Starts the sandbox, then the tracker; ends both cleanly.

    When the services cannot be built the server runs all the same, so that the page can say why.
    """
    try:
        shared = await anyio.to_thread.run_sync(services)
    except StartError as error:
        log.error("%s", error)
        yield
        return
    sandbox = await anyio.to_thread.run_sync(_start_sandbox, shared)
    shared.tracker.start()
    closing = threading.Event()
    prices = threading.Thread(target=_keep_prices, args=(shared, closing), name="prices", daemon=True)
    prices.start()
    gc.collect()
    gc.freeze()  # what is loaded now stays: the collector need not look at it again
    try:
        yield
    finally:
        closing.set()
        await anyio.to_thread.run_sync(close_services)
        if sandbox is not None:
            await anyio.to_thread.run_sync(sandbox.stop)


def _start_sandbox(shared: Services) -> SandboxServer | None:
    """The sandbox inside the app, unless one runs elsewhere. A sandbox that cannot start is said on its takes."""
    if shared.settings.sandbox_url:
        shared.sandbox_origin = shared.settings.sandbox_url
        return None
    sandbox = SandboxServer(
        shared.settings.data / "sandbox",
        port=shared.settings.sandbox_port,
        seconds=shared.settings.sandbox_seconds,
    )
    try:
        shared.sandbox_origin = sandbox.start()
    except OSError as error:
        log.error("The sandbox could not start: %s.", error.strerror or type(error).__name__)
        return None
    return sandbox


def _keep_prices(shared: Services, closing: threading.Event) -> None:
    """Reads each destination's price list now and every hour, until `closing`. Runs in a thread of its own."""
    tags: dict[Destination, str | None] = {}
    while True:
        for destination in shared.destinations:
            try:
                tags[destination] = asyncio.run(_read_prices(shared, destination, tags.get(destination)))
            except ProviderError as error:
                log.info("No price list from the %s: %s", destination, type(error).__name__)
        if closing.wait(_PRICES_EVERY):
            return


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
