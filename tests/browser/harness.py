"""What the browser tests stand on: a real app in a process of its own, and waiting for Streamlit."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import ConsoleMessage, Error, Page, Request, WebSocket

from tests.need import ROOT, lacking

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Nothing but this machine has a name, whatever a page asks for.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
)
# Opened at /history, Streamlit's page first asks whether its server lies under /history.
STREAMLIT_LOOKS_FOR_ITSELF = r"404 .*:\d+/[^/]+/_stcore/(health|host-config)\)$"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
SCREENSHOTS = "PLAYGROUND_SCREENSHOTS"
START_SECONDS = 30
STOP_SECONDS = 10
# A dead address, so that a key in .streamlit/secrets.toml of whoever runs the tests is never used.
NOBODY = "http://127.0.0.1:9"

NewPage = Callable[..., Page]
"""What the fixture `new_page` gives: `new_page(width=390, height=844, color_scheme="dark")`."""

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
# Streamlit's own, when a browser leaves while its websocket is being closed: nothing of ours is in it.
_LEFT_IN_THE_MIDDLE = re.compile(
    r"Exception in ASGI application\nTraceback \(most recent call last\):\n"
    r"(?:(?!components/|pages/|Exception in ASGI application\n)[\s\S])*?"
    r'WebSocketDisconnected: Cannot call "send" once a close message has been sent\.\n?'
)
_SETTLED = (
    '[data-testid="stApp"][data-test-script-state="notRunning"][data-test-connection-state="CONNECTED"]'
)


def chromium() -> str:
    """Path of the system's Chromium; lacking where there is none."""
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    return found or lacking("Chromium is not installed (Debian: apt-get install chromium).")


def free_port() -> int:
    """A TCP port of the loopback address that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def plain(log: str) -> str:
    """`log` without colours, in which Streamlit prints a traceback, and without the one that is its own."""
    return _LEFT_IN_THE_MIDDLE.sub("", _COLOUR.sub("", log))


@dataclass
class RunningApp:
    """A Streamlit app in a process of its own, on loopback."""

    url: str
    """Its origin, without a slash at the end."""
    data: Path
    """Its PLAYGROUND_DATA."""
    log_file: Path
    process: subprocess.Popen[bytes]

    def log(self) -> str:
        """Everything the process has printed so far; see `plain`."""
        return plain(self.log_file.read_text(encoding="utf-8", errors="replace"))

    def kill(self) -> None:
        """As a power cut would: no clean-up."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """As an administrator would; killed if it has not ended after ten seconds."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def wait_until_healthy(self) -> None:
        """Returns when the app answers; fails the test, with its log, when it does not."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            try:
                if httpx.get(f"{self.url}/_stcore/health", trust_env=False, timeout=2).is_success:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.03)
        pytest.fail(f"The app did not start.\n{self.log()}")


def start_app(script: Path, data: Path, env: Mapping[str, str] | None = None, port: int = 0) -> RunningApp:
    """Starts `streamlit run script` and waits until it answers. `port` 0: a free one. `data` must exist."""
    port = port or free_port()
    log_file = data.parent / f"{data.name}-{port}.log"
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("AIMLAPI_", "PLAYGROUND_"))
    }
    environment = {
        **inherited,
        "AIMLAPI_BASE_URL": NOBODY,
        "PLAYGROUND_DATA": str(data),
        "PLAYGROUND_SANDBOX_PORT": "0",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        **(env or {}),
    }
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    with log_file.open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    app = RunningApp(f"http://127.0.0.1:{port}", data, log_file, process)
    try:
        app.wait_until_healthy()
    except BaseException:
        app.stop()
        raise
    return app


@contextmanager
def running_app(
    script: Path, data: Path, env: Mapping[str, str] | None = None, port: int = 0
) -> Iterator[RunningApp]:
    """`start_app`, stopped at the end. Fails the test when a traceback stands in the log."""
    app = start_app(script, data, env, port)
    try:
        yield app
    finally:
        app.stop()
    log = app.log()
    if "Traceback (most recent call last)" in log:
        pytest.fail(f"The app's log has a traceback.\n{log}")


class Watch:
    """Notes what a page must not do: ask another host, log an error, throw."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self._allowed = [STREAMLIT_LOOKS_FOR_ITSELF]

    def allow(self, pattern: str) -> None:
        """Complaints that match this regular expression are expected by the test."""
        self._allowed.append(pattern)

    def follow(self, page: Page) -> None:
        """Watches `page` from now on."""
        for event, heard in self._heard():
            page.on(event, heard)

    def leave(self, page: Page) -> None:
        """Watches `page` no more."""
        for event, heard in self._heard():
            page.remove_listener(event, heard)

    def _heard(self) -> Iterator[tuple[Any, Callable[[Any], None]]]:
        yield from (
            ("request", self._request),
            ("websocket", self._socket),
            ("console", self._console),
            ("pageerror", self._error),
        )

    def verdict(self) -> None:
        """Fails the test if there was anything."""
        left = [c for c in self.complaints if not any(re.search(allowed, c) for allowed in self._allowed)]
        if left:
            pytest.fail("The page misbehaved:\n" + "\n".join(left))

    def _request(self, request: Request) -> None:
        self._address("request", request.url)

    def _socket(self, socket: WebSocket) -> None:
        self._address("websocket", socket.url)

    def _address(self, what: str, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in LOOPBACK:
            self.complaints.append(f"{what} to another host: {url}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"console error: {message.text} ({message.location.get('url', '')})")

    def _error(self, error: Error) -> None:
        self.complaints.append(f"page error: {error}")


def ready(page: Page, timeout: float = 30_000) -> None:
    """Waits until Streamlit is connected and no script is running; `timeout` in milliseconds.

    Right after a click the run may not have begun: wait for what the click changes instead.
    """
    page.locator(_SETTLED).wait_for(state="attached", timeout=timeout)


def open_app(page: Page, app: RunningApp, path: str = "/") -> None:
    """Opens a page of the app and waits until it is ready."""
    page.goto(app.url + path)
    ready(page)


def screenshot(page: Page, name: str) -> Path | None:
    """A picture of the whole page in the folder named by PLAYGROUND_SCREENSHOTS; None where none is named."""
    folder = os.environ.get(SCREENSHOTS)
    if not folder:
        return None
    Path(folder).mkdir(parents=True, exist_ok=True)
    path = Path(folder) / f"{name}.png"
    page.screenshot(path=path, full_page=True)
    return path
