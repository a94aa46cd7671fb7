"""What the provider tells without a generation: the catalogue with its prices, the documents, the balance."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from components.sandbox import prices
from components.sandbox.documents import Published
from components.sandbox.wire import Json

ENDPOINT = "internal/video-generations/submit"
"""The endpoint type of every video model, as the provider's catalogue names it."""
_SECTIONS = ("pricing", "modalities", "capabilities")


def catalogue(models: Sequence[Published], request: Request, origin: str) -> Response:
    """`GET /v1/models`: filtered and expanded as the query asks, with an ETag; 304 for a known one."""
    query = request.query_params
    asked = set(_values(query.getlist("include")))
    if "all" in asked or query.get("details") in ("true", "1"):
        asked = {*_SECTIONS}
    filters: dict[str, Callable[[dict[str, Any]], Iterable[str]]] = {
        "id": lambda row: [row["id"], *row["aliases"]],
        "type": lambda row: [row["type"]],
        "tags": lambda row: row["tags"],
        "capabilities": lambda row: row["capabilities"],
        "input_modalities": lambda row: row["modalities"]["input"],
        "output_modalities": lambda row: row["modalities"]["output"],
        "modalities": lambda row: [*row["modalities"]["input"], *row["modalities"]["output"]],
    }
    wanted = {name: set(_values(query.getlist(name))) for name in filters if name in query}
    rows = [_row(model, origin) for model in models]
    rows = [
        row
        for row in rows
        if all(not values.isdisjoint(filters[name](row)) for name, values in wanted.items())
    ]
    hidden = {*_SECTIONS} - asked
    body = {"object": "list", "data": [{k: v for k, v in row.items() if k not in hidden} for row in rows]}
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:32]
    tag = f'W/"{digest}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if _knows(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    return Json(body, headers=headers)


def document(by_name: Mapping[str, Published], request: Request) -> Response | None:
    """`GET /docs-json`: the OpenAPI document of a model's endpoint; None for an unknown model or endpoint."""
    name, endpoint = request.query_params.get("model"), request.query_params.get("endpoint")
    model = by_name.get(name) if name is not None else None
    return Json(model.document) if model is not None and endpoint in (None, ENDPOINT) else None


def billing() -> Response:
    """`GET /v2/billing`: a pretend balance."""
    return Json({"current_balance": prices.balance(), "currency": "USD"})


def _row(model: Published, origin: str) -> dict[str, Any]:
    inputs = ["text", *(kind for kind in ("image", "video", "audio") if model.takes(kind))]
    documented = f"model={quote(model.id, safe='')}&endpoint={quote(ENDPOINT, safe='')}"
    # So that the row changes with the document, and who keeps it reads it again.
    documented += f"&version={model.version}"
    info = {
        "name": model.name,
        "developer": model.maker,
        "description": model.summary,
        "releasedAt": model.released,
        "docsJson": f"{origin}/docs-json?{documented}",
    }
    return {
        "id": model.id,
        "aliases": list(model.aliases),
        "type": ENDPOINT,
        "info": {name: value for name, value in info.items() if value is not None},
        "tags": ["playground:video", "sandbox"],
        "modalities": {"input": inputs, "output": ["video"]},
        "capabilities": [f"{inputs[-1]}_to_video"],
        "pricing": prices.pricing(model.id, model.judge.properties),
    }


def _values(given: Iterable[str]) -> Iterable[str]:
    """Comma-separated and repeated values alike."""
    return (part.strip() for value in given for part in value.split(",") if part.strip())


def _knows(if_none_match: str, tag: str) -> bool:
    known = [part.strip().removeprefix("W/") for part in if_none_match.split(",")]
    return "*" in known or tag.removeprefix("W/") in known
