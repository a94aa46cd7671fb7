"""What stands between the browser and the app: identity cookie, safe headers, compressed scripts.

Pure ASGI, so that a streamed video passes through untouched.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import anyio.to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.services import StartError, services

_YEAR = 365 * 24 * 3600


def _streamlit_static() -> Path:
    spec = find_spec("streamlit")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "static"


STATIC = _streamlit_static()


class IdentityCookie:
    """Gives a browser that asks for a page and has no valid cookie a fresh one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else None
        if headers is None or "text/html" not in headers.get("accept", ""):
            await self.app(scope, receive, send)
            return
        try:
            identity = services().identity
        except StartError:  # the page says why; there is nothing to remember yet
            await self.app(scope, receive, send)
            return
        if identity.owner(cookie_parser(headers.get("cookie", ""))):
            await self.app(scope, receive, send)
            return
        secure = "; Secure" if scope.get("scheme") == "https" else ""
        cookie = (
            f"{identity.cookie}={identity.issue()}; Max-Age={_YEAR}; Path=/; HttpOnly; SameSite=Lax{secure}"
        )

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                fields = MutableHeaders(scope=message)
                if fields.get("content-type", "").startswith("text/html"):
                    fields.append("Set-Cookie", cookie)
                    fields["Cache-Control"] = "no-store"  # or a shared cache hands one person's cookie to all
            await send(message)

        await self.app(scope, receive, send_with_cookie)


def content_security_policy(index_html: str) -> str:
    """A policy that lets a page ask nothing of any other host.

    The inline scripts of Streamlit's own page are allowed by their hash, read from the installed version;
    `blob:` is how it loads custom components.
    """
    scripts = re.findall(r"<script>(.*?)</script>", index_html, re.DOTALL)
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in scripts
    )
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' blob: {hashes}".rstrip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "media-src 'self' blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'self'",
        )
    )


class SafeHeaders:
    """Content-Security-Policy and its companions on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._policy = content_security_policy((STATIC / "index.html").read_text(encoding="utf-8"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                fields = MutableHeaders(scope=message)
                fields.setdefault("Content-Security-Policy", self._policy)
                fields.setdefault("X-Content-Type-Options", "nosniff")
                fields.setdefault("Referrer-Policy", "same-origin")
            await send(message)

        await self.app(scope, receive, send_with_headers)


class CompressedScripts:
    """Streamlit's own scripts and styles (3 MB on the first visit), compressed once and kept in memory.

    Streamlit sends them as they are: on a line of 5 Mbit/s this halves the time to a usable page.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if (
            scope["type"] != "http"
            or scope["method"] != "GET"
            or not path.startswith("/static/")
            or not path.endswith((".js", ".css"))
            or "gzip" not in Headers(scope=scope).get("accept-encoding", "")
        ):
            await self.app(scope, receive, send)
            return
        body = await anyio.to_thread.run_sync(_compressed, path.lstrip("/"))
        if body is None:
            await self.app(scope, receive, send)
            return
        kind = b"text/javascript" if path.endswith(".js") else b"text/css"
        fields = [
            (b"content-type", kind + b"; charset=utf-8"),
            (b"content-encoding", b"gzip"),
            (b"vary", b"accept-encoding"),
            (b"cache-control", b"public, immutable, max-age=31536000"),  # the names carry a hash
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": fields})
        await send({"type": "http.response.body", "body": body})


@lru_cache(maxsize=1024)
def _compressed(name: str) -> bytes | None:
    """The file `name` ("static/js/...") of Streamlit, compressed; None when there is no such file there."""
    file = (STATIC / name).resolve()
    if STATIC / "static" not in file.parents or not file.is_file():
        return None
    return gzip.compress(file.read_bytes(), compresslevel=6, mtime=0)
