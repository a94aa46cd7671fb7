"""A file host on loopback that behaves as badly as it is told to."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class FileHost:
    """Serves `content` under every path. The other fields say how badly; `asked` is what came in."""

    content: bytes = b""
    etag: str | None = '"one"'
    status: int = 200
    cut_after: int | None = None
    """The connection breaks after so many bytes of each answer."""
    lengths: bool = True
    """Whether answers say how long they are."""
    ranges: bool = True
    redirect: Callable[[str], str | None] = lambda path: None
    before: Callable[[int], None] = lambda count: None
    """Called before the n-th answer, from 1."""
    announced: int | None = None
    """A length that is not the true one."""
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __enter__(self) -> FileHost:
        host = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                host._answer(self)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        """Where it listens, on 127.0.0.1."""
        return int(self._server.server_address[1])

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self.port}"

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.append((request.path, {name.lower(): value for name, value in request.headers.items()}))
        self.before(len(self.asked))
        request.close_connection = True
        target = self.redirect(request.path)
        if target is not None:
            request.send_response(302)
            request.send_header("Location", target)
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        if self.status != 200:
            request.send_error(self.status)
            return
        start = self._start(request)
        body = self.content[start:]
        if start and not body:
            request.send_error(416)
            return
        request.send_response(206 if start else 200)
        if start:
            end = len(self.content) - 1
            request.send_header("Content-Range", f"bytes {start}-{end}/{len(self.content)}")
        if self.lengths:
            request.send_header("Content-Length", str(self.announced or len(body)))
        if self.etag:
            request.send_header("ETag", self.etag)
        request.send_header("Connection", "close")
        request.end_headers()
        request.wfile.write(body if self.cut_after is None else body[: self.cut_after])

    def _start(self, request: BaseHTTPRequestHandler) -> int:
        """The byte to begin with: the range's, where the file is still the one that is meant."""
        wanted = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", ""))
        same = request.headers.get("If-Range") in (None, self.etag)
        return int(wanted[1]) if wanted and same and self.ranges else 0
