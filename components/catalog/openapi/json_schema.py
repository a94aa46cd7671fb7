"""A schema of a document as a plain JSON Schema of its own: what OpenAPI says differently is said as 2020-12 does.

Keywords that nobody here knows are left out: what is not understood forbids nothing. References stay references,
to definitions that come along, so that circles are no harm.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from components.catalog.conditions import FORMATS

Schema = dict[str, Any]

TYPES = frozenset({"string", "integer", "number", "boolean", "array", "object"})

_AS_THEY_ARE = frozenset(
    {"type", "enum", "required", "pattern", "uniqueItems", "dependentRequired", "minContains", "maxContains"}
)
_BOUNDS = frozenset(
    {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
    | {"minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"}
    | {"minContains", "maxContains"}
)
_ONE = frozenset({"items", "not", "if", "then", "else", "contains", "additionalProperties", "propertyNames"})
_LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_NAMED = frozenset({"properties", "patternProperties", "dependentSchemas"})
KNOWN = _AS_THEY_ARE | _BOUNDS | _ONE | _LISTS | _NAMED | {"format"}
"""The keywords that may demand something."""

_DEPTH = 40


class UnknownShape(Exception):
    """A schema says something that this program does not understand. The text says what."""


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


def clean(schema: Any) -> Schema:
    """One level of `schema` in one form, without what is malformed: a keyword that makes no sense says nothing.

    What comes out has as `type` one of `TYPES`, "null", a list of several of them, or none; `nullable` true or
    absent; `enum` of at least one value, none of them null, and no `const`; exclusive bounds as numbers.
    """
    if schema is False:
        return {"not": {}}
    if not isinstance(schema, Mapping):
        return {}
    out = {name: value for name, value in schema.items() if isinstance(name, str)}
    for keyword in _BOUNDS & out.keys():
        value = out[keyword]
        if keyword.startswith("exclusive") and isinstance(value, bool):
            continue
        as_number = number(value)
        if as_number is None or (keyword == "multipleOf" and as_number <= 0):
            out.pop(keyword)
        else:
            out[keyword] = as_number
    for keyword, plain in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        # OpenAPI 3.0 has a flag beside the bound, 3.1 the bound itself.
        if isinstance(out.get(keyword), bool) and out.pop(keyword) and plain in out:
            out[keyword] = out.pop(plain)
    for keyword in _LISTS & out.keys():
        if not isinstance(out[keyword], list | tuple) or not out[keyword]:
            out.pop(keyword)
    for keyword in _NAMED & out.keys():
        if not isinstance(out[keyword], Mapping):
            out.pop(keyword)
    if isinstance(out.get("items"), list | tuple):  # before 2020-12, a list with a schema for each place
        places = out.pop("items")
        out |= {"prefixItems": places} if places else {}
    for keyword in _ONE & out.keys():
        if not isinstance(out[keyword], Mapping | bool):
            out.pop(keyword)
    for keyword in ("pattern", "format"):
        if not isinstance(out.get(keyword, ""), str):
            out.pop(keyword)
    if out.get("uniqueItems") is not True:
        out.pop("uniqueItems", None)
    _clean_required(out)
    _clean_type(out)
    _clean_options(out)
    return out


def _clean_required(out: Schema) -> None:
    required = out.get("required")
    if isinstance(required, list | tuple):
        out["required"] = [name for name in required if isinstance(name, str)]
    elif required is not True:
        out.pop("required", None)
    depends = out.get("dependentRequired", out.pop("dependencies", None))
    out.pop("dependentRequired", None)
    if isinstance(depends, Mapping):
        plain = {
            name: [other for other in names if isinstance(other, str)]
            for name, names in depends.items()
            if isinstance(name, str) and isinstance(names, list | tuple)
        }
        out |= {"dependentRequired": plain} if plain else {}


def _clean_type(out: Schema) -> None:
    declared = out.pop("type", None)
    kinds = declared if isinstance(declared, list | tuple) else [declared]
    named = [kind for kind in kinds if isinstance(kind, str)]
    known = [kind for n, kind in enumerate(named) if kind in TYPES and kind not in named[:n]]
    nullable = out.get("nullable") is True or "null" in named
    out.pop("nullable", None)
    if known:
        out["type"] = known[0] if len(known) == 1 else known
        if nullable:
            out["nullable"] = True
    elif "null" in named:
        out["type"] = "null"
    elif nullable:
        out["nullable"] = True


def _clean_options(out: Schema) -> None:
    options = out.get("enum")
    options = list(options) if isinstance(options, list | tuple) and options else None
    if "const" in out:
        only = out.pop("const")
        options = [only] if options is None or only in options else []
    out.pop("enum", None)
    if options is None:
        return
    some = [option for option in options if option is not None]
    if len(some) < len(options):
        out["nullable"] = True
    if some:
        out["enum"] = some
    elif options:
        out["type"] = "null"
    else:
        out["not"] = {}


class JsonSchemas:
    """Makes JSON Schemas out of the schemas of one document.

    `target` gives what a reference leads to, or raises UnknownShape; `spend` is called for each schema that is
    read, and raises UnknownShape when it was too many.
    """

    def __init__(self, target: Callable[[Any], Any], spend: Callable[[], None]) -> None:
        self._target = target
        self._spend = spend

    def of(self, schema: Any) -> Schema:
        """`schema`, with the definitions that it refers to. Raises UnknownShape for one that is too large."""
        names: dict[str, str] = {}
        made = self._made(schema, names, 0)
        definitions: Schema = {}
        while missing := [reference for reference, name in names.items() if name not in definitions]:
            for reference in missing:
                definitions[names[reference]] = {}
                definitions[names[reference]] = self._made(self._target(reference), names, 0)
        plain = made if isinstance(made, dict) else ({} if made else {"not": {}})
        return {**plain, "$defs": definitions} if definitions else plain

    def _made(self, schema: Any, names: dict[str, str], depth: int) -> Any:
        self._spend()
        if depth > _DEPTH:
            raise UnknownShape("fields nested too deeply")
        if isinstance(schema, bool):
            return schema

        def inner(part: Any) -> Any:
            return self._made(part, names, depth + 1)

        level = clean(schema)
        made: Schema = {name: level[name] for name in _AS_THEY_ARE | _BOUNDS if name in level}
        if made.get("required") is True:
            made.pop("required")
        made |= {name: inner(level[name]) for name in _ONE if name in level}
        made |= {name: [inner(part) for part in level[name]] for name in _LISTS if name in level}
        for keyword in _NAMED & level.keys():
            made[keyword] = {
                name: inner(part) for name, part in level[keyword].items() if isinstance(name, str)
            }
        flagged = [
            name
            for name, part in level.get("properties", {}).items()
            if isinstance(part, Mapping) and part.get("required") is True
        ]
        if flagged:
            made["required"] = [*made.get("required", []), *flagged]
        if level.get("format") in FORMATS:
            made["format"] = level["format"]
        if level.get("nullable") is True:
            if "enum" in made:
                made["enum"] = [*made["enum"], None]
            kinds = made.get("type")
            if kinds is not None:
                made["type"] = [*([kinds] if isinstance(kinds, str) else kinds), "null"]
        reference = level.get("$ref")
        if isinstance(reference, str):
            made["$ref"] = "#/$defs/" + names.setdefault(reference, f"d{len(names)}")
        return made
