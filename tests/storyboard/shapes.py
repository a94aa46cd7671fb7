"""Models that take shots, in each shape that there is."""

from __future__ import annotations

from typing import Any

from components.catalog.openapi import read_document
from components.storyboard.shapes import Shape, shape_of
from tests.catalog.judge import document_of

ITEM: dict[str, Any] = {
    "type": "object",
    "properties": {
        "prompt": {"type": "string", "maxLength": 40},
        "duration": {"type": "integer", "enum": [2, 4, 6], "default": "4"},
    },
    "required": ["prompt"],
}
TOTAL: dict[str, Any] = {"type": "integer", "enum": [5, 10]}
TEXT: dict[str, Any] = {"type": "string"}


def document(item: dict[str, Any], total: dict[str, Any] | None = None, **list_schema: Any) -> dict[str, Any]:
    """A document of a model that takes a list of `item` and is `total` long."""
    length = {} if total is None else {"duration": total}
    shots = {"type": "array", "items": item, **list_schema}
    return document_of({"properties": {"multi_prompt": shots, **length}})


def shape(item: dict[str, Any], total: dict[str, Any] | None = None, **list_schema: Any) -> Shape:
    found = shape_of(read_document(document(item, total, **list_schema)))
    assert found is not None
    return found


def item(**changes: dict[str, Any]) -> dict[str, Any]:
    """ITEM with other fields, or with more."""
    return {**ITEM, "properties": {**ITEM["properties"], **changes}}


OBJECTS = shape(ITEM, TOTAL)
TEXTS = shape(TEXT, {"type": "integer", "minimum": 3, "maximum": 15})
UNTIMED = shape({"type": "object", "properties": {"prompt": TEXT}, "required": ["prompt"]}, TOTAL)
