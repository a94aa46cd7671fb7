"""The schema of the request that an operation takes, found however a document is laid out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from components.sandbox.extent import is_endless, referred

_DEEPEST = 20


def request_schema(operation: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any] | None:
    """The JSON that `operation` takes, with every field that it may have among its `properties`; None for no JSON.

    A field that only a part of the schema has (`allOf`, or an alternative) stands there as well: what is no property
    counts as unknown, and is dropped. The part still judges it. Raises ValueError for a schema without end.
    """
    body = resolved(operation.get("requestBody"), document)
    content = resolved(body.get("content"), document)
    for kind, described in content.items():
        if str(kind).partition(";")[0].strip().lower() == "application/json" and "schema" in described:
            if is_endless(described["schema"], document):
                raise ValueError("The schema is without end.")
            return _complete(described["schema"], document)
    return None


def resolved(node: Any, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """`node`, or the object that it refers to; empty where there is none."""
    for _ in range(_DEEPEST):
        if not isinstance(node, Mapping) or not isinstance(node.get("$ref"), str):
            break
        node = referred(node["$ref"], document)
    return node if isinstance(node, Mapping) else {}


def _complete(schema: Any, document: Mapping[str, Any]) -> dict[str, Any]:
    whole = dict(resolved(schema, document))
    found: dict[str, list[Any]] = {}
    required: list[str] = []
    for part, is_certain in _parts(whole, document, depth=0, is_certain=True):
        for name, field in dict(part.get("properties") or {}).items():
            if field not in found.setdefault(name, []):
                found[name].append(field)
        if is_certain and isinstance(part.get("required"), list):
            required += part["required"]
    fields = {name: each[0] if len(each) == 1 else {"anyOf": each} for name, each in found.items()}
    whole["properties"] = {**fields, **dict(whole.get("properties") or {})}
    if required:
        whole["required"] = [*dict.fromkeys(required)]
    return whole


def _parts(
    schema: Mapping[str, Any], document: Mapping[str, Any], *, depth: int, is_certain: bool
) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """`schema` and the schemas that it is made of, each with whether it holds in any case."""
    yield schema, is_certain
    if depth >= _DEEPEST:
        return
    for keyword in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(keyword) or ():
            holds = is_certain and keyword == "allOf"
            yield from _parts(resolved(part, document), document, depth=depth + 1, is_certain=holds)
