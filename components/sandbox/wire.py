"""What goes over the wire: JSON in the provider's envelopes, and answers that no sound server would give."""

from __future__ import annotations

import asyncio
import datetime
import json
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

Payload = dict[str, Any] | str
"""A body: JSON, or the text of an HTML page."""

_LONGEST_PATH_ECHO = 300
_ALPHABET = string.ascii_letters + string.digits + "_-"


class Json(Response):
    """JSON in ASCII: whatever text arrived, a lone surrogate too, can be sent back."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """The bytes of `content`."""
        return json.dumps(content, separators=(",", ":"), allow_nan=False).encode("ascii")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What an error envelope says of the request that it answers."""

    path: str
    at: float
    """Unix seconds."""
    id: str = field(default_factory=lambda: "".join(secrets.choice(_ALPHABET) for _ in range(21)))

    @property
    def timestamp(self) -> str:
        """The time as the provider writes it: `2026-04-14T09:46:33.609Z`."""
        moment = datetime.datetime.fromtimestamp(self.at, datetime.UTC)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def envelope(asked: Asked, status: int, message: str) -> Payload:
    """The older of the provider's two error envelopes, and still the usual one."""
    return {
        "requestId": asked.id,
        "statusCode": status,
        "timestamp": asked.timestamp,
        "path": asked.path[:_LONGEST_PATH_ECHO],
        "message": message,
    }


def worded_status(asked: Asked, status: int, message: str) -> Payload:
    """The same with its status as text, as the limit of the free tier was seen to answer."""
    return {**_object(envelope(asked, status, message)), "statusCode": str(status)}


def listed(asked: Asked, status: int, message: str) -> Payload:
    """The same with a list of messages."""
    return {**_object(envelope(asked, status, message)), "message": message.split("\n")}


def problem(asked: Asked, status: int, message: str) -> Payload:
    """The newer envelope, with the kind that means an empty account (the spelling is the provider's)."""
    return {
        "title": "Forbidden",
        "status": status,
        "message": message,
        "instance": asked.path[:_LONGEST_PATH_ECHO] + "?",
        "timestamp": asked.timestamp,
        "error": {
            "name": "ForbiddenException",
            "message": message,
            "data": {"kind": "err_insufficent_credits"},
        },
    }


def out_of_funds(asked: Asked, status: int, message: str) -> Payload:
    """The short form of the same, seen in 2026."""
    error = {"name": "OutOfFundsException", "message": message, "data": {"kind": "err_insufficent_credits"}}
    return {"message": message, "error": error}


def page(asked: Asked, status: int, message: str) -> Payload:
    """An HTML page, as a gateway answers in the provider's stead."""
    return (
        f"<html>\n<head><title>{status} {message}</title></head>\n<body><h1>{message}</h1></body>\n</html>\n"
    )


def respond(payload: Payload, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """The response for a body in either form."""
    if isinstance(payload, str):
        return Response(payload, status, headers, media_type="text/html")
    return Json(payload, status, headers)


def refusal(asked: Asked, status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """An error in the usual envelope."""
    return respond(envelope(asked, status, message), status, headers)


class BrokenOff(Response):
    """Sends what it is given under the declared length, or nothing for None; then closes the connection."""

    def __init__(
        self, content: bytes | None, *, declared: int = 0, media_type: str = "application/json"
    ) -> None:
        super().__init__(content, headers={"content-length": str(declared)}, media_type=media_type)
        self._content = content

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers; ends once the connection is closed."""
        if self._content is not None:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await send({"type": "http.response.body", "body": self._content, "more_body": True})
        await _hang_up(receive)


class Endless(Response):
    """Sends zeros without a declared length until the other side has had enough, or `most` bytes."""

    def __init__(self, most: int, media_type: str) -> None:
        super().__init__(b"", media_type=media_type)
        del self.headers["content-length"]
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers; ends when the client is gone."""
        gone = asyncio.ensure_future(_gone(receive))
        chunk = bytes(64 * 1024)
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        for _ in range(self._most // len(chunk)):
            if gone.done():
                return
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await asyncio.sleep(0)
        gone.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _hang_up(receive: Receive) -> None:
    # ASGI has no word for closing a connection. Under uvicorn, `receive` is a method of the object that holds
    # the connection; without one (a test client in this process) an error says the same.
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    if not isinstance(transport, asyncio.BaseTransport):
        raise ConnectionResetError("The sandbox was told to close this connection.")
    transport.close()
    await _gone(receive)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _object(payload: Payload) -> dict[str, Any]:
    assert isinstance(payload, dict)
    return payload
