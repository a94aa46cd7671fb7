"""The schemas inside an OpenAPI document, made plain: references followed, `allOf` merged.

What comes out of `Reader.plain` has no `$ref`, and no `allOf` but for what could not be merged; the rest is as
`json_schema.clean` has it. Documents come from outside: references may run in circles and a small file may
describe an endless tree, so depth and size are bounded, for each field and for the whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.catalog.openapi.json_schema import JsonSchemas, Schema, UnknownShape, clean, number
from components.catalog.values import same

DEPTH = 16
SIZE = 5_000
"""Schemas that are read of one document at the most, one counted as often as it is referred to."""
FIELD_SIZE = 2_000
"""Of one field at the top of the request."""

# What says something about a schema without allowing or forbidding anything.
ANNOTATIONS = frozenset(
    {"title", "description", "default", "example", "examples", "deprecated", "externalDocs", "xml"}
    | {"writeOnly", "readOnly", "$comment", "$schema", "$id", "discriminator", "format"}
)
_LOWER_BOUNDS = frozenset({"minimum", "minLength", "minItems", "exclusiveMinimum", "minProperties"})
_UPPER_BOUNDS = frozenset({"maximum", "maxLength", "maxItems", "exclusiveMaximum", "maxProperties"})


class TooLarge(Exception):
    """The document describes more than is read of any."""


class Reader:
    """Makes the schemas of one document plain, within a budget."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._left = SIZE
        self._of_field = FIELD_SIZE
        self._schemas = JsonSchemas(self.target, self._spend)

    def begin_field(self) -> None:
        """What is read from now on is of another field."""
        self._of_field = FIELD_SIZE

    def plain(self, schema: Any, above: frozenset[str] = frozenset()) -> tuple[Schema, frozenset[str]]:
        """`schema` with references followed and `allOf` merged, one level deep: properties stay as they are.

        `above`: the references that were followed to get here. They come back with those of `schema` added.
        Raises UnknownShape for circles and dangling references, and for a field that is too large; TooLarge for
        a document that is.
        """
        followed: set[str] = set()
        return self._plain(schema, above, followed, 0), above | followed

    def demands(self, schema: Any) -> Schema:
        """`schema` as a JSON Schema of its own; an empty one where it is too large to be one."""
        try:
            return self._schemas.of(schema)
        except UnknownShape:
            return {}

    def resolve(self, node: Any) -> Any:
        """`node`, or what it refers to where it is a reference (to a request body, a path)."""
        for _ in range(DEPTH):
            if not (isinstance(node, Mapping) and "$ref" in node):
                return node
            node = self.target(node["$ref"])
        raise UnknownShape("references that run in a circle")

    def target(self, reference: Any) -> Any:
        """What `reference` leads to in this document. Raises UnknownShape where it leads nowhere in it."""
        if not isinstance(reference, str) or not reference.startswith("#/"):
            raise UnknownShape("a reference to another document")
        node: Any = self._document
        for step in reference[2:].split("/"):
            name = step.replace("~1", "/").replace("~0", "~")
            if not isinstance(node, Mapping) or name not in node:
                raise UnknownShape("a reference to nothing")
            node = node[name]
        return node

    def _spend(self) -> None:
        self._left -= 1
        self._of_field -= 1
        if self._left < 0:
            raise TooLarge
        if self._of_field < 0:
            raise UnknownShape("a schema without end")

    def _plain(self, schema: Any, above: frozenset[str], followed: set[str], depth: int) -> Schema:
        self._spend()
        if depth > DEPTH:
            raise UnknownShape("a schema without end")
        own = clean(schema)
        reference, parts = own.pop("$ref", None), own.pop("allOf", ())
        if reference is not None:
            if not isinstance(reference, str) or reference in above:
                raise UnknownShape("references that run in a circle")
            followed.add(reference)
            own = merge(own, self._plain(self.target(reference), above | {reference}, followed, depth + 1))
        for part in parts:
            own = merge(own, self._plain(part, above, followed, depth + 1))
        return own


def merge(one: Schema, other: Schema) -> Schema:
    """Both at once, as `allOf` has it: the narrower bound, the common options; `one`'s words come first.

    What cannot be merged stays beside the rest, in an `allOf`.
    """
    merged, rest = dict(one), list(other.get("allOf", ()))
    for keyword, theirs in other.items():
        if keyword == "allOf":
            continue
        if keyword not in merged:
            merged[keyword] = theirs
            continue
        ours = merged[keyword]
        if keyword in ANNOTATIONS or keyword.startswith("x-") or same(ours, theirs):
            continue
        both = _both(keyword, ours, theirs)
        if both is None:
            rest.append({keyword: theirs})
        else:
            merged[keyword] = both
    if rest:
        merged["allOf"] = [*one.get("allOf", ()), *rest]
    # A null must be allowed by both.
    if not (one.get("nullable") and other.get("nullable")) and ("type" in one and "type" in other):
        merged.pop("nullable", None)
    return merged


def _both(keyword: str, ours: Any, theirs: Any) -> Any:
    """What `ours` and `theirs` demand together, or None where that cannot be said in one."""
    if keyword == "properties":
        twice = {name: {"allOf": [ours[name], theirs[name]]} for name in ours if name in theirs}
        return {**ours, **theirs, **twice}
    if keyword == "required":
        lists = [names for names in (ours, theirs) if isinstance(names, list)]
        return [name for names in lists for name in names] if lists else True
    if keyword == "enum":
        return [option for option in ours if any(same(option, other) for other in theirs)] or None
    if keyword == "items":
        return {"allOf": [ours, theirs]}
    if keyword in _LOWER_BOUNDS:
        return max(ours, theirs)
    if keyword in _UPPER_BOUNDS:
        return min(ours, theirs)
    if keyword == "additionalProperties":
        return False if False in (ours, theirs) else None
    if keyword == "type":
        return _common_type(_kinds(ours), _kinds(theirs))
    return None


def _kinds(declared: Any) -> list[str]:
    return [declared] if isinstance(declared, str) else list(declared)


def _common_type(ours: list[str], theirs: list[str]) -> Any:
    common = [kind for kind in ours if kind in theirs or (kind == "integer" and "number" in theirs)] + [
        kind for kind in theirs if kind == "integer" and "number" in ours and kind not in ours
    ]
    return None if not common else common[0] if len(common) == 1 else common


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
