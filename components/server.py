"""What runs beside the pages: the sandbox and the tracker for as long as the server lives, routes and middleware."""

from __future__ import annotations

import contextlib
import gc
import logging
import threading
from collections.abc import AsyncIterator
from functools import partial
from typing import TYPE_CHECKING

import anyio.to_thread
import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from components import downloads, media
from components.catalog.live.following import Source
from components.catalog.live.reader import Reader
from components.jobs.store import StoreError
from components.middleware import CompressedScripts, IdentityCookie, SafeHeaders
from components.services import Services, StartError, close_services, services

if TYPE_CHECKING:
    from components.sandbox.server import SandboxServer

log = logging.getLogger(__name__)


@contextlib.asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Starts the tracker, and beside it the sandbox and the catalogue's reader; ends them all cleanly.

    When the services cannot be built the server runs all the same, so that the page can say why.
    """
    try:
        shared = await anyio.to_thread.run_sync(services)
    except StartError as error:
        log.error("%s", error)
        yield
        return
    shared.tracker.start()
    if shared.settings.api_key is not None:
        shared.account.start()
    beside = _Beside(shared)
    beside.start()
    try:
        yield
    finally:
        beside.end_work()
        # The tracker first: a create that is under way still gets its answer from the sandbox.
        await anyio.to_thread.run_sync(close_services)
        await anyio.to_thread.run_sync(beside.end)


class _Beside(threading.Thread):
    """Runs the sandbox, and keeps the catalogue up to date.

    In a thread of its own: the first page need not wait for the sandbox to be up, a take for it does.
    """

    def __init__(self, shared: Services) -> None:
        super().__init__(name="beside", daemon=True)
        self._shared = shared
        self._reader = reader(shared)
        self._sandbox: SandboxServer | None = None
        self._ended = threading.Event()

    def run(self) -> None:
        """Until `end`. Whatever goes wrong here is logged, and costs the catalogue or the sandbox, not the app."""
        try:
            self._start_sandbox()
        except Exception as error:
            log.error("The sandbox could not start: %s", error)
        self._shared.tracker.wake()
        threading.Thread(target=self._catch_up, name="backlog", daemon=True).start()
        import PIL.Image  # noqa: F401  # Streamlit loads it, and numpy, for the page's icon: not in a visitor's time

        gc.collect()
        gc.freeze()  # what is loaded now stays: the collector need not look at it again
        try:
            self._reader.run()
        except Exception as error:
            # By its type: a text from outside has no place in the log.
            log.error("The catalogue is no longer kept up to date: %s", type(error).__name__)

    def end_work(self) -> None:
        """What is done a piece at a time ends after the piece."""
        self._ended.set()

    def end(self) -> None:
        """Ends the sandbox; what the catalogue's reader is about is left to itself."""
        self._reader.end()
        self.join(5.0)
        if self._sandbox is not None:
            self._sandbox.stop()

    def _catch_up(self) -> None:
        """Takes of before are put into the search; without it only those are found that are there."""
        try:
            self._shared.store.backlog.work(self._ended, self._shared.maker_of)
        except Exception as error:
            log.error("Older takes are not in the search: %s", type(error).__name__)

    def _start_sandbox(self) -> None:
        settings = self._shared.settings
        if settings.sandbox_url:
            return  # one runs elsewhere
        from components.sandbox.server import SandboxServer  # a tenth of a second that no page needs

        sandbox = SandboxServer(
            settings.data / "sandbox", port=settings.sandbox_port, seconds=settings.sandbox_seconds
        )
        self._shared.sandbox_origin = sandbox.start()
        self._sandbox = sandbox


def reader(shared: Services) -> Reader:
    """The reader of everything that can be asked: each destination's list, and the documents that it leads to."""
    sources = [
        Source(
            destination=place,
            base_url=shared.base_url(place),
            connect=partial(shared.new_client, place, shared.base_url(place)),
        )
        for place in shared.destinations
    ]
    # What was kept stays loaded, too. Not collected before: that takes as long as a page, which may be under way.
    return Reader(shared.catalog, shared.kept, sources, when_loaded=gc.freeze)


def _health(request: Request) -> Response:
    """For whoever watches the server: 200 when the app can work, 503 with the reason when it cannot."""
    try:
        shared = services()
        shared.store.revision()
    except (StartError, StoreError) as error:
        return PlainTextResponse(str(error), 503)
    return PlainTextResponse("ok")


routes = [*media.routes, *downloads.routes, Route("/healthz", _health)]
middleware = [Middleware(SafeHeaders), Middleware(IdentityCookie), Middleware(CompressedScripts)]
