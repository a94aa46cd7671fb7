"""The sandbox as a server of its own in a thread of this process."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from components.sandbox.api import build
from components.sandbox.behaviour import Behaviour, Rule

log = logging.getLogger(__name__)

_LONGEST_START = 30.0
_GRACE = 3
"""Seconds that open answers are given when the server ends."""


class _Server(uvicorn.Server):
    """uvicorn, but answers that are being held back are let go when it ends."""

    def __init__(self, config: uvicorn.Config, behaviour: Behaviour) -> None:
        super().__init__(config)
        self._behaviour = behaviour

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends."""
        self._behaviour.ending.set()
        await super().shutdown(sockets)


class SandboxServer:
    """uvicorn in a thread of its own, on loopback unless told otherwise. Start it once; then stop it once."""

    def __init__(
        self,
        data: Path,
        *,
        host: str = "127.0.0.1",
        port: int = 8796,
        seconds: float | None = None,
        documents: Path | None = None,
        pace: str = "quick",
        faults: Sequence[Rule] = (),
    ) -> None:
        """`data` is the sandbox's own folder; the rest as `api.build` takes it; `faults` are on at once."""
        self._data = data
        self._host = host
        self._port = port
        self._seconds = seconds
        self._documents = documents
        self._pace = pace
        self._faults = faults
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> str:
        """Serves on the port asked for, or on a free one where that is taken; the origin, once it answers.

        Raises OSError when the data folder cannot be written or no port be bound, DocumentError for a
        document that cannot be read.
        """
        app = build(self._data, documents=self._documents, seconds=self._seconds, pace=self._pace)
        for rule in self._faults:
            app.state.behaviour.add(rule)
        bound = _bind(self._host, self._port)
        config = uvicorn.Config(
            app,
            # Named, or uvicorn would take uvloop where it finds it: under that a lost reply is not lost.
            loop="asyncio",
            http="h11",
            log_config=None,
            access_log=False,
            ws="none",
            timeout_graceful_shutdown=_GRACE,
        )
        server = _Server(config, app.state.behaviour)
        thread = threading.Thread(target=server.run, args=([bound],), name="sandbox", daemon=True)
        thread.start()
        deadline = time.monotonic() + _LONGEST_START
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                bound.close()
                raise OSError("The sandbox's server did not start.")
            time.sleep(0.005)
        self._server, self._thread = server, thread
        return _origin(self._host, bound.getsockname()[1])

    def stop(self) -> None:
        """Ends the server: waits for what is being answered, for seconds at most, and for a film being rendered."""
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        self._thread.join()
        self._server = self._thread = None


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for attempt in (port, 0):
        # Named as TCP, or asyncio leaves Nagle's algorithm on and every answer takes 40 ms.
        bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        # What uvicorn itself does: a port whose last connections are only winding down can be had again.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((host, attempt))
        except OSError:
            bound.close()
            if attempt == 0:
                raise
            log.info("Port %s is taken; the sandbox takes a free one.", port)
        else:
            bound.listen(128)
            return bound
    raise OSError(f"No port on {host} could be bound.")


def _origin(host: str, port: int) -> str:
    """The origin for a client on this machine."""
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # compared, not bound
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
