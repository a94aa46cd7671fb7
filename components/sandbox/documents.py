"""The models that this sandbox serves: whatever OpenAPI documents lie in its folder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.sandbox import fields
from components.sandbox.checks import Judge

BUNDLED = Path(__file__).resolve().parent.parent / "catalog" / "documents"
UNIVERSAL = "/v2/video/generations"
"""The create path that serves every model. The older ones, by vendor, are read from the documents."""


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

    def takes(self, kind: str) -> bool:
        """Whether any field asks for a picture, a video or a sound by its address."""
        return any(f"{kind}_url" in name or f"{kind}_list" in name for name in self.judge.properties)


def read_documents(folder: Path) -> tuple[Published, ...]:
    """Every model of the OpenAPI documents in `folder`, by file name; of two for one model the first counts.

    JSON that is no OpenAPI document is passed over. Raises DocumentError for a file that cannot be read.
    """
    found: dict[str, Published] = {}
    for path in sorted(folder.glob("*.json")):
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(document, dict) and "openapi" in document:
                for model in _models(document):
                    found.setdefault(model.id, model)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise DocumentError(f"{path.name} is not an OpenAPI document with a create operation.") from error
    return tuple(found.values())


def _models(document: dict[str, Any]) -> Iterator[Published]:
    for path, operations in document["paths"].items():
        create = operations.get("post")
        if create is None or "{" in path:
            continue
        schema = create["requestBody"]["content"]["application/json"]["schema"]
        judge = Judge(schema, document)
        statuses = [int(status) for status in create["responses"] if str(status).startswith("2")]
        extra: Mapping[str, Any] = document["info"].get("x-model", {})
        typical = extra.get("typical_seconds")
        asks_for_sound = any(name in judge.properties for name in fields.names("sound"))
        for model in judge.properties["model"].get("enum", []):
            yield Published(
                id=model,
                aliases=tuple(extra.get("aliases", ())),
                path=path,
                created_status=statuses[0] if statuses else 200,
                name=extra.get("name", model),
                maker=extra.get("maker", ""),
                summary=extra.get("summary", ""),
                released=extra.get("released"),
                typical_seconds=(float(typical[0]), float(typical[1])) if typical else None,
                native_sound=bool(extra.get("sound")) and not asks_for_sound,
                judge=judge,
                document=document,
            )
