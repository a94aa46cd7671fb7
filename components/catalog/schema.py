"""The schemas inside an OpenAPI document, made plain: references followed, `allOf` merged.

What comes out of `Reader.plain` has no `$ref`, no `allOf`, one `type` at most, and `nullable` true or absent.
Documents come from outside: references may run in circles and a small file may describe an endless tree, so
depth and total size are bounded.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

DEPTH = 16
SIZE = 4_000

# What says something about a schema without allowing or forbidding anything.
ANNOTATIONS = frozenset(
    {"title", "description", "default", "example", "examples", "deprecated", "externalDocs", "xml"}
    | {"writeOnly", "readOnly", "$comment", "$schema", "$id"}
)
_LOWER_BOUNDS = frozenset({"minimum", "minLength", "minItems"})
_UPPER_BOUNDS = frozenset({"maximum", "maxLength", "maxItems"})


class UnknownShape(Exception):
    """A schema says something that this program does not understand. The text says what."""


class Reader:
    """Makes the schemas of one document plain, within a budget for the whole document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._left = SIZE

    def plain(self, schema: Any) -> Schema:
        """`schema` with references followed and `allOf` merged, one level deep: properties stay as they are.

        Raises UnknownShape for circles, dangling references and contradictions.
        """
        return self._plain(schema, ())

    def resolve(self, node: Any) -> Any:
        """`node`, or what it refers to where it is a reference (to a request body, a path)."""
        for _ in range(DEPTH):
            if not (isinstance(node, Mapping) and "$ref" in node):
                return node
            node = self._target(node["$ref"])
        raise UnknownShape("references that run in a circle")

    def _plain(self, schema: Any, seen: tuple[str, ...]) -> Schema:
        self._left -= 1
        if self._left < 0 or len(seen) > DEPTH:
            raise UnknownShape("a schema without end")
        if not isinstance(schema, Mapping):
            raise UnknownShape("a schema that is not an object")
        own = _one_form({name: value for name, value in schema.items() if name not in ("$ref", "allOf")})
        if "$ref" in schema:
            reference = str(schema["$ref"])
            if reference in seen:
                raise UnknownShape("references that run in a circle")
            own = merge(own, self._plain(self._target(reference), (*seen, reference)))
        parts = schema.get("allOf", ())
        if not isinstance(parts, list | tuple):
            raise UnknownShape("an allOf that is not a list")
        for part in parts:
            own = merge(own, self._plain(part, (*seen, "allOf")[-DEPTH - 1 :]))
        return own

    def _target(self, reference: Any) -> Any:
        if not isinstance(reference, str) or not reference.startswith("#/"):
            raise UnknownShape("a reference to another document")
        node: Any = self._document
        for step in reference[2:].split("/"):
            name = step.replace("~1", "/").replace("~0", "~")
            if not isinstance(node, Mapping) or name not in node:
                raise UnknownShape("a reference to nothing")
            node = node[name]
        return node


def merge(one: Schema, other: Schema) -> Schema:
    """Both at once, as `allOf` has it: the narrower bound, the common options; `one`'s words come first.

    Raises UnknownShape where the two contradict each other.
    """
    merged = dict(one)
    for keyword, theirs in other.items():
        if keyword not in merged:
            merged[keyword] = theirs
            continue
        ours = merged[keyword]
        if keyword in ANNOTATIONS or keyword.startswith("x-") or ours == theirs:
            continue
        if keyword == "properties" and isinstance(ours, Mapping) and isinstance(theirs, Mapping):
            both = {name: {"allOf": [ours[name], theirs[name]]} for name in ours.keys() & theirs.keys()}
            merged[keyword] = {**ours, **theirs, **both}
        elif keyword == "required" and isinstance(ours, list) and isinstance(theirs, list):
            merged[keyword] = [*ours, *theirs]
        elif keyword == "enum" and isinstance(ours, list) and isinstance(theirs, list):
            merged[keyword] = [option for option in ours if option in theirs]
        elif keyword == "items":
            merged[keyword] = {"allOf": [ours, theirs]}
        elif keyword in _LOWER_BOUNDS:
            merged[keyword] = max(bound(one, keyword), bound(other, keyword))
        elif keyword in _UPPER_BOUNDS:
            merged[keyword] = min(bound(one, keyword), bound(other, keyword))
        elif keyword == "type" and {str(ours), str(theirs)} == {"integer", "number"}:
            merged[keyword] = "integer"
        elif keyword == "required":
            merged[keyword] = ours if isinstance(ours, list) else theirs
        else:
            raise UnknownShape(f"two values for {keyword}")
    # A null must be allowed by both.
    if not (one.get("nullable") and other.get("nullable")) and ("type" in one and "type" in other):
        merged.pop("nullable", None)
    return merged


def number(value: Any) -> int | float | None:
    """`value` as a finite number, numeric text included (documents write "5" for 5); None if it is none."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value.is_integer() else value
    return value


def bound(schema: Mapping[str, Any], keyword: str) -> int | float:
    """The number at `keyword`, which is there. Raises UnknownShape if it is not a number."""
    value = number(schema[keyword])
    if value is None:
        raise UnknownShape(f"a {keyword} that is not a number")
    return value


def coerced(value: Any, kind: str) -> Any:
    """`value` in the declared type where it is plainly meant ("5" -> 5, "true" -> True), else as it is."""
    if kind in ("integer", "number"):
        as_number = number(value)
        return value if as_number is None else as_number
    if kind == "boolean" and isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower(), value)
    if kind == "string" and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value


def _one_form(schema: Schema) -> Schema:
    """`type: [x, "null"]`, an enum with null and `const` in the forms of OpenAPI 3.0."""
    kinds = schema.get("type")
    if isinstance(kinds, list):
        others = [kind for kind in kinds if kind != "null"]
        if len(others) != 1:
            raise UnknownShape("several types at once")
        schema["type"] = others[0]
        if len(others) < len(kinds):
            schema["nullable"] = True
    if "const" in schema:
        schema = merge({"enum": [schema.pop("const")]}, schema)
    options = schema.get("enum")
    if isinstance(options, list) and None in options:
        schema["enum"] = [option for option in options if option is not None]
        schema["nullable"] = True
    if schema.get("nullable") is not True:
        schema.pop("nullable", None)
    return schema
