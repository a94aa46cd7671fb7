"""An answer with an error status -> the exception that it stands for (FACTS.md, "Errors")."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from components.provider.errors import (
    Forbidden,
    HttpError,
    InvalidRequest,
    KeyRejected,
    NotFound,
    OutOfCredits,
    RateLimited,
    ServerTrouble,
)
from components.provider.sentences import bounded, one_sentence, page_title, raw_text, words

LONGEST_WAIT = 3600.0
"""Seconds: a `Retry-After` that asks for more is taken as this."""

# By a status that is not here, 5xx and redirects among them, the provider says nothing for certain.
_BY_STATUS: dict[int, type[HttpError]] = {
    400: InvalidRequest,
    401: KeyRejected,
    402: OutOfCredits,
    403: Forbidden,
    404: NotFound,
    405: NotFound,
    410: NotFound,
    411: InvalidRequest,
    413: InvalidRequest,
    414: InvalidRequest,
    415: InvalidRequest,
    422: InvalidRequest,
    431: InvalidRequest,
}
# The first is the provider's spelling.
_NO_CREDITS = frozenset({"err_insufficent_credits", "err_insufficient_credits"})
_SECONDS = re.compile(r"[0-9]{1,18}(\.[0-9]{1,18})?")


def refusal(status: int, headers: Mapping[str, str], body: str, *, now: float) -> HttpError:
    """The exception for an answer with this status, for the caller to raise.

    `headers` in any case. `now`, Unix seconds, is what a `Retry-After` date is measured from where there is no `Date`.
    """
    head = {name.lower(): value for name, value in headers.items()}
    reply = _json(body)
    kind = _kind(reply)
    message = _message(status, head, reply, body)
    raw = raw_text(body)
    if status == 429:
        wait = retry_after(head.get("retry-after", ""), head.get("date", ""), now=now)
        return RateLimited(message, status=status, raw=raw, kind=kind, retry_after=wait)
    error = _BY_STATUS.get(status, ServerTrouble)
    if error is Forbidden and kind in _NO_CREDITS:
        error = OutOfCredits
    return error(message, status=status, raw=raw, kind=kind)


def retry_after(value: str, date: str = "", *, now: float) -> float | None:
    """Seconds to wait, from 0 to 3,600, from a `Retry-After` header in seconds or as a date; None for nonsense.

    A date counts from the answer's own `date`, or from `now` (Unix seconds) where that cannot be read.
    """
    value = value.strip()
    if _SECONDS.fullmatch(value):
        return min(float(value), LONGEST_WAIT)
    until = _moment(value)
    if until is None:
        return None
    since = _moment(date)
    return min(max(until - (now if since is None else since), 0.0), LONGEST_WAIT)


def _moment(date: str) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
        # A date without a zone is meant in GMT, as HTTP dates are.
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError, OSError):
        return None


def _json(body: str) -> Any:
    try:
        return json.loads(body.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return None


def _kind(reply: Any) -> str:
    for step in ("error", "data", "kind"):
        reply = reply.get(step) if isinstance(reply, dict) else None
    return bounded(words(reply), 100) if isinstance(reply, str) else ""


def _message(status: int, head: Mapping[str, str], reply: Any, body: str) -> str:
    if 300 <= status < 400:
        target = bounded(words(head.get("location", "")), 300)
        return (
            f"The answer (HTTP {status}) points to another address, which is not followed: {target or 'none'}"
        )
    if said := one_sentence(reply):
        return said
    start = body[:200].strip("\ufeff \t\r\n")
    is_prose = reply is None and bool(start) and start[0] not in "<{["
    return (bounded(words(body), 500) if is_prose else page_title(body)) or _plain(status)


def _plain(status: int) -> str:
    try:
        return f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP {status}"
