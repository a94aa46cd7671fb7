"""The models that this sandbox serves: whatever OpenAPI documents lie in its folder."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from components.sandbox import fields
from components.sandbox.checks import Judge
from components.sandbox.request_schema import request_schema, resolved

BUNDLED = Path(__file__).resolve().parent.parent / "catalog" / "documents"
LARGEST = 5_000_000
"""Bytes of a document."""
UNIVERSAL = "/v2/video/generations"
"""The create path that serves every model. The older ones, by vendor, are read from the documents."""

BROKEN = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
"""What reading a file raises that holds no document."""
_HOLDERS = ("items", "anyOf", "oneOf", "allOf", "additionalProperties")


class DocumentError(ValueError):
    """A document cannot be read. The text is a sentence that names the file."""


@dataclass(frozen=True, kw_only=True)
class Published:
    """One model, as its document describes it."""

    id: str
    aliases: tuple[str, ...]
    path: str
    """The create path that its document names."""
    created_status: int
    """HTTP status of a create on that path: 200, or 201 on the older paths."""
    name: str
    maker: str
    summary: str
    released: str | None
    typical_seconds: tuple[float, float] | None
    """How long a generation takes, from and to, where that is documented."""
    native_sound: bool
    """Every film has sound, without a field that asks for it."""
    judge: Judge
    document: dict[str, Any]

    @cached_property
    def version(self) -> str:
        """Another one for another document: 12 hex digits."""
        return hashlib.sha256(json.dumps(self.document, sort_keys=True).encode()).hexdigest()[:12]

    @cached_property
    def _field_names(self) -> frozenset[str]:
        return frozenset(_names_in(dict(self.judge.properties)))

    def takes(self, kind: str) -> bool:
        """Whether any field, however deep, asks for a picture, a video or a sound by its address."""
        return any(f"{kind}_url" in name or f"{kind}_list" in name for name in self._field_names)


def read_documents(folder: Path) -> tuple[Published, ...]:
    """Every model of the OpenAPI documents in `folder`, by file name; of two for one model the first counts.

    JSON that is no OpenAPI document is passed over. Raises DocumentError for a file that cannot be read.
    """
    found: dict[str, Published] = {}
    for path in sorted(folder.glob("*.json")):
        try:
            for model in read_file(path):
                found.setdefault(model.id, model)
        except BROKEN as error:
            raise DocumentError(f"{path.name} is not an OpenAPI document with a create operation.") from error
    return tuple(found.values())


def read_file(path: Path) -> tuple[Published, ...]:
    """The models of one file; none for JSON that is no OpenAPI document. Raises one of `BROKEN`."""
    if path.stat().st_size > LARGEST:
        raise ValueError("The file is too large.")
    document = json.loads(path.read_text(encoding="utf-8"))
    return tuple(_models(document)) if isinstance(document, dict) and "openapi" in document else ()


def _models(document: dict[str, Any]) -> Iterator[Published]:
    creates = [
        (path, create)
        for path, operations in document["paths"].items()
        if (create := resolved(resolved(operations, document).get("post"), document)) and "{" not in path
    ]
    found = [model for path, create in creates for model in _of_operation(path, create, document)]
    if creates and not found:
        raise ValueError("No operation creates anything from JSON with a model in it.")
    return iter(found)


def _of_operation(path: str, create: Mapping[str, Any], document: dict[str, Any]) -> Iterator[Published]:
    schema = request_schema(create, document)
    if schema is not None and path.startswith("/") and "model" in schema["properties"]:
        judge = Judge(schema, document)
        responses = resolved(create.get("responses"), document)
        statuses = [int(status) for status in responses if re.fullmatch("2[0-9][0-9]", str(status))]
        extra: Mapping[str, Any] = resolved(resolved(document.get("info"), document).get("x-model"), document)
        typical = extra.get("typical_seconds")
        asks_for_sound = any(name in judge.properties for name in fields.names("sound"))
        for model in _ids(judge.properties["model"], extra.get("id")):
            yield Published(
                id=model,
                aliases=tuple(name for name in extra.get("aliases", ()) if isinstance(name, str)),
                path=path,
                created_status=statuses[0] if statuses else 200,
                name=_text(extra.get("name")) or model,
                maker=_text(extra.get("maker")),
                summary=_text(extra.get("summary")),
                released=_text(extra.get("released")) or None,
                typical_seconds=(float(typical[0]), float(typical[1])) if typical else None,
                native_sound=bool(extra.get("sound")) and not asks_for_sound,
                judge=judge,
                document=document,
            )


def _ids(schema: Mapping[str, Any], known: Any) -> list[str]:
    """The models that a document is for: the options of its field, else the one that the file itself is about."""
    parts = [schema, *(part for keyword in ("allOf", "anyOf", "oneOf") for part in schema.get(keyword, ()))]
    options = [option for part in parts for option in (*part.get("enum", ()), part.get("const"))]
    ids = [option for option in options if isinstance(option, str) and option]
    fallback = [name for name in (known, schema.get("default")) if isinstance(name, str) and name]
    return [*dict.fromkeys(ids)] or fallback[:1]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _names_in(properties: Any) -> Iterator[str]:
    """The names of fields, those of fields in fields too."""
    waiting = [properties]
    while waiting:
        for name, schema in waiting.pop().items():
            yield name
            inner = [schema]
            while inner:
                node = inner.pop()
                if isinstance(node, list):
                    inner += node
                elif isinstance(node, dict):
                    if isinstance(node.get("properties"), dict):
                        waiting.append(node["properties"])
                    inner += [node[key] for key in _HOLDERS if key in node]
