"""Reading a request's body: bounded, and whatever was sent ends as a JSON object or as a complaint."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from starlette.requests import ClientDisconnect, Request

LARGEST_BODY = 140_000_000
"""Bytes: files of 100 MB as data URIs, and the text around them."""
DEEPEST_BODY = 64
"""Lists and objects within one another; no published schema needs more than six."""


class BodyError(Exception):
    """A body that is refused. The text is what the provider would say; `status` the HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


async def read_body(request: Request) -> bytes:
    """The body's bytes; BodyError 413 beyond LARGEST_BODY, without reading on."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            if len(body) + len(chunk) > LARGEST_BODY:
                raise BodyError(413, "request entity too large")
            body += chunk
    except ClientDisconnect:
        raise BodyError(400, "request aborted") from None
    return bytes(body)


def read_object(raw: bytes) -> dict[str, Any]:
    """The JSON object in `raw`. BodyError 400 for anything else, not-a-number, and bottomless nesting."""
    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=_no_constant, parse_float=_finite)
    except (ValueError, RecursionError):
        # Not the parser's own text: it would echo the body.
        raise BodyError(400, "Body validation error!\nInvalid JSON") from None
    if not isinstance(value, dict):
        raise BodyError(400, "Body validation error!\nExpected object")
    if _is_too_deep(value):
        raise BodyError(400, "Body validation error!\nNested too deeply")
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("too large")
    return number


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST_BODY):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True
