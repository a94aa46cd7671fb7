"""Every reply of the provider that is not an error status, as models, normalised.

The shapes are those of FACTS.md ("Endpoints") and of `../shared/api/replies/generations.json`. What is unknown is
survived: further fields, null or missing parts, figures as texts. What cannot be used at all is a BadReply.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

from components.provider.errors import BadReply
from components.provider.sentences import bounded, one_sentence, page_title, raw_text, words

LONGEST_ID = 512
"""Characters of an id; what is longer is no id."""
_LONGEST_URL = 8_192
_LONGEST_NAME = 200
_LONGEST_DESCRIPTION = 2_000


class Phase(StrEnum):
    """What a status word means for us."""

    QUEUED = "queued"
    """Accepted, not known to have begun. Also any word that nobody knows: it claims the least, and never the end."""
    GENERATING = "generating"
    """Being made."""
    COMPLETED = "completed"
    """Finished well. The video may still be missing from the reply."""
    FAILED = "failed"
    """Finished without a video."""


# FACTS.md, "Status words seen"; written in lower case.
_PHASES = {
    "queued": Phase.QUEUED,
    "waiting": Phase.QUEUED,
    "pending": Phase.QUEUED,
    "generating": Phase.GENERATING,
    "active": Phase.GENERATING,
    "processing": Phase.GENERATING,
    "running": Phase.GENERATING,
    "dreaming": Phase.GENERATING,
    "uploading": Phase.GENERATING,
    "completed": Phase.COMPLETED,
    "complete": Phase.COMPLETED,
    "succeeded": Phase.COMPLETED,
    "error": Phase.FAILED,
    "failed": Phase.FAILED,
    "cancelled": Phase.FAILED,
    "canceled": Phase.FAILED,
}


def phase_of(status: str) -> Phase:
    """The phase that the provider's word stands for, in any case; QUEUED for a word that nobody knows."""
    return _PHASES.get(status.strip().lower(), Phase.QUEUED)


class Generation(BaseModel):
    """A reply to a create or a retrieve, which have one schema: a create may already tell the end."""

    model_config = ConfigDict(frozen=True)

    id: str | None
    """The provider's id; opaque, at most 512 characters. None where the reply has none."""
    status: str
    """The provider's own word; "" where the reply has none."""
    phase: Phase
    """What the word means. Decided by it alone, never by the presence of a video or an error."""
    video_url: str | None
    """Where the finished video lies; http or https. None where the reply has none that could be used."""
    error_name: str
    """The provider's name of the error; "" for none."""
    error_message: str
    """The error in one sentence, at most 2,000 characters; "" for none. It may stand beside a finished video."""
    credits_used: float | None
    """Credits charged; 2,000,000 are 1 USD. Called tokens until 2025-11."""
    usd_spent: float | None
    """USD charged, where the reply says it (since 2026-04)."""
    raw: str
    """The body as text, at most 64 KiB."""


class ModelRow(BaseModel):
    """A row of `GET /v1/models`."""

    model_config = ConfigDict(frozen=True)

    id: str
    """The model's id."""
    aliases: tuple[str, ...] = ()
    """Other ids under which it can still be requested."""
    type: str = ""
    """The endpoint that serves it, such as `internal/video-generations/submit`."""
    name: str = ""
    """Its name for people; the id where the row has none."""
    developer: str = ""
    """Who made it."""
    description: str = ""
    """A sentence or two, the provider's."""
    released_at: str = ""
    """Date of release, as written by the provider: `2025-08-07`."""
    docs_json: str = ""
    """Address of its OpenAPI document."""
    pricing: dict[str, Any] | None = None
    """The pricing block as it came, USD; see `catalog/pricing.py`."""
    capabilities: tuple[str, ...] = ()
    """What it is said to do, such as `image_to_video`."""
    outputs: tuple[str, ...] = ()
    """What it makes, such as `video`, where the list says it."""


class Balance(BaseModel):
    """The reply of `GET /v2/billing`."""

    model_config = ConfigDict(frozen=True)

    current_balance: Decimal
    """What is left on the account, in `currency`; below zero for a debt."""
    currency: str
    """`USD`; documented as always so."""


def read_generation(body: str | bytes, headers: Mapping[str, str] | None = None) -> Generation:
    """The generation in a 2xx reply to a create or a retrieve.

    `headers` (any case) stand in for what the body lacks: `x-inference-id`, which equals the id,
    `x-aimlapi-credits-used` and `x-aimlapi-usd-spent`. Raises BadReply for what is not a JSON object (a page, nothing,
    something cut off), for a status that is not text, and for an object with neither id nor status.
    """
    text = _text(body)
    reply = _object(text)
    head = {name.lower(): value for name, value in (headers or {}).items()}
    status = reply.get("status")
    if status is not None and not isinstance(status, str):
        raise BadReply("The reply's status is not a word.", raw=raw_text(text))
    if status is None and (_id(reply.get("id")) or _id(reply.get("generation_id"))) is None:
        said = one_sentence(reply)
        raise BadReply(said or "The reply has neither an id nor a status.", raw=raw_text(text))
    word = bounded(words(status or ""), _LONGEST_NAME)
    error = reply.get("error")
    meta = reply.get("meta")
    usage = meta.get("usage") if isinstance(meta, dict) else None
    figures = usage if isinstance(usage, dict) else {}
    return Generation(
        id=_id(reply.get("id")) or _id(reply.get("generation_id")) or _id(head.get("x-inference-id")),
        status=word,
        phase=phase_of(word),
        video_url=_video_url(reply.get("video")),
        error_name=_name(error.get("name")) if isinstance(error, dict) else "",
        error_message=one_sentence(error),
        credits_used=_first_figure(
            figures.get("credits_used"), figures.get("tokens_used"), head.get("x-aimlapi-credits-used")
        ),
        usd_spent=_first_figure(figures.get("usd_spent"), head.get("x-aimlapi-usd-spent")),
        raw=raw_text(text),
    )


def read_models(body: str | bytes) -> list[ModelRow]:
    """The rows of `GET /v1/models` in their order; a model may have several.

    A row that cannot be used is left out. Raises BadReply when there is no list of rows at all.
    """
    text = _text(body)
    rows = _object(text).get("data")
    if not isinstance(rows, list):
        raise BadReply("The list of models has no rows.", raw=raw_text(text))
    return [row for row in map(read_row, rows) if row is not None]


def read_row(row: object) -> ModelRow | None:
    """A row of `GET /v1/models`; None for one that cannot be used. Broken parts of it are left empty."""
    if not isinstance(row, dict) or (id := _id(row.get("id"))) is None:
        return None
    info = row.get("info")
    about: dict[str, Any] = info if isinstance(info, dict) else {}
    description, pricing = about.get("description"), row.get("pricing")
    docs_json, modalities = about.get("docsJson"), row.get("modalities")
    return ModelRow(
        id=id,
        aliases=_names(row.get("aliases")),
        type=_name(row.get("type")),
        name=_name(about.get("name")) or id,
        developer=_name(about.get("developer")),
        description=bounded(words(description), _LONGEST_DESCRIPTION) if isinstance(description, str) else "",
        released_at=_name(about.get("releasedAt")),
        docs_json=_web_address(docs_json.strip()) or "" if isinstance(docs_json, str) else "",
        pricing=pricing if isinstance(pricing, dict) else None,
        capabilities=_names(row.get("capabilities")),
        outputs=_names(modalities.get("output")) if isinstance(modalities, dict) else (),
    )


def read_balance(body: str | bytes) -> Balance:
    """The account's balance. Raises BadReply when it is not a figure."""
    text = _text(body)
    reply = _object(text)
    amount = reply.get("current_balance")
    currency = reply.get("currency")
    if isinstance(amount, int | float | str) and not isinstance(amount, bool):
        try:
            balance = Decimal(str(amount).strip())
        except (InvalidOperation, ValueError):
            balance = Decimal("NaN")
        if balance.is_finite():
            named = _name(currency) if isinstance(currency, str) else ""
            return Balance(current_balance=balance, currency=named or "USD")
    raise BadReply("The balance is not a figure.", raw=raw_text(text))


def read_document(body: str | bytes) -> dict[str, Any]:
    """An OpenAPI document as it came. Raises BadReply for what is not a JSON object."""
    return _object(_text(body))


def read_id(value: object) -> str | None:
    """`value` as an id of the provider's: a text or a number that can be sent back; else None."""
    return _id(value)


def _text(body: str | bytes) -> str:
    return body if isinstance(body, str) else body.decode("utf-8", "replace")


def _object(text: str) -> dict[str, Any]:
    try:
        reply = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        raise BadReply(_why_not_json(text), raw=raw_text(text)) from None
    if not isinstance(reply, dict):
        raise BadReply("The reply is not a JSON object.", raw=raw_text(text))
    return reply


def _why_not_json(text: str) -> str:
    start = text[:200].strip("\ufeff \t\r\n")
    if not start:
        return "The reply is empty."
    if start[0] == "<":
        title = page_title(text)
        return f"The reply is a web page: {title}" if title else "The reply is a web page."
    return "The reply is not whole, or not JSON."


def _id(value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**40:
        value = str(value)
    # Opaque: taken as it is, if it can be kept and sent back.
    usable = isinstance(value, str) and value.strip() and value.isprintable() and len(value) <= LONGEST_ID
    return value if usable and isinstance(value, str) else None


def _video_url(video: object) -> str | None:
    for one in video if isinstance(video, list) else [video]:
        address = one.get("url") if isinstance(one, dict) else one
        if isinstance(address, str) and (url := _web_address(address.strip())):
            return url
    return None


def _web_address(address: str) -> str | None:
    if len(address) > _LONGEST_URL or not address.isprintable():
        return None
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    return address if usable else None


def _first_figure(*candidates: object) -> float | None:
    """The first that is a figure, not below zero; a text that reads as one too."""
    for candidate in candidates:
        if isinstance(candidate, bool) or not isinstance(candidate, int | float | str):
            continue
        try:
            figure = float(candidate)
        except (ValueError, OverflowError):
            continue
        if math.isfinite(figure) and figure >= 0:
            return figure
    return None


def _name(value: object) -> str:
    return bounded(words(value), _LONGEST_NAME) if isinstance(value, str) else ""


def _names(value: object) -> tuple[str, ...]:
    return tuple(name for name in map(_name, value) if name) if isinstance(value, list) else ()
