"""How large a schema becomes once its references are followed: a short document can describe a schema without end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MOST_NODES = 50_000
"""Objects and values of a schema that is still judged by."""
_DEEPEST_REFERENCE = 20


def is_endless(schema: Any, document: Mapping[str, Any]) -> bool:
    """Whether `schema` is too large to judge by, its references into `document` followed as far as the judge does."""
    waiting: list[tuple[Any, int]] = [(schema, 0)]
    seen = 0
    while waiting and seen <= MOST_NODES:
        node, depth = waiting.pop()
        seen += 1
        if isinstance(node, list):
            waiting += [(each, depth) for each in node]
        elif isinstance(node, Mapping) and isinstance(node.get("$ref"), str):
            if depth < _DEEPEST_REFERENCE:
                waiting.append((referred(node["$ref"], document), depth + 1))
        elif isinstance(node, Mapping):
            waiting += [(each, depth) for each in node.values()]
    return seen > MOST_NODES


def referred(reference: str, document: Mapping[str, Any]) -> Any:
    """What a reference into `document` leads to; None for nothing."""
    node: Any = document
    for step in reference.removeprefix("#/").split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        node = node.get(name) if isinstance(node, Mapping) else None
    return node
