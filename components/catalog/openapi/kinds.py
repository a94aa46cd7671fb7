"""Of which kind a schema is, and what it may demand beyond that."""

from __future__ import annotations

import math

from components.catalog.openapi.json_schema import Schema
from components.catalog.spec import Choice, Group, ListOf, Media, Number, OneOf, Parameter, Switch, Text

# What a kind says itself, of all that a document may demand of a value of its type.
SAID = {
    "string": {"minLength", "maxLength"},
    "number": {"minimum", "maximum"},
    "array": {"items", "minItems", "maxItems"},
    "object": {"properties", "required", "additionalProperties"},
    "boolean": set[str](),
}
BEYOND = {
    "string": {"pattern", "format"},
    "number": {"multipleOf", "exclusiveMinimum", "exclusiveMaximum"},
    "array": {"uniqueItems", "contains", "minContains", "maxContains", "enum"},
    "object": {
        *("minProperties", "maxProperties", "propertyNames", "patternProperties", "enum"),
        *("dependentRequired", "dependentSchemas"),
    },
    "boolean": set[str](),
}
OF_ANY = {"allOf", "anyOf", "oneOf", "not", "if", "then", "else"}


def kind_of(schema: Schema) -> str:
    """The type, declared or evident; "" where any value will do, "string" where nothing speaks against one."""
    kind = schema.get("type")
    if isinstance(kind, str):
        return kind
    return evident_kind(schema) or ("" if OF_ANY & schema.keys() or "enum" in schema else "string")


def evident_kind(schema: Schema) -> str | None:
    """The type of a schema that declares none: that of its options, or of what is said about its values."""
    options = schema.get("enum")
    if options:
        for kind, types in (("string", str), ("boolean", bool), ("integer", int), ("number", int | float)):
            if all(isinstance(option, types) for option in options) and (
                kind == "boolean" or not any(isinstance(option, bool) for option in options)
            ):
                return kind
        return None
    for kind in ("object", "array", "string", "number"):
        if (SAID[kind] | BEYOND[kind]) & schema.keys() and schema.get("required") is not True:
            return kind
    return None


def scalar_kind(parameter: Parameter) -> str:
    """The type in which the default of `parameter` is meant; "" for none in particular."""
    match parameter:
        case Switch():
            return "boolean"
        case Number() if parameter.integer:
            return "integer"
        case Number():
            return "number"
        case Text() | Media():
            return "string"
        case Choice(options=options):
            return evident_kind({"enum": list(options)}) or ""
    return ""


def counts(schema: Schema, least: str, most: str) -> tuple[int, int | None]:
    """Least and largest number of characters or entries, by the keywords of that name."""
    high = schema.get(most)
    return max(math.ceil(schema.get(least, 0)), 0), None if high is None else math.floor(high)


def asks_for_media(parameter: Parameter) -> bool:
    """Whether `parameter` is a picture, a video or a sound, or several: what a video is made from."""
    match parameter:
        case Media(media=media):
            return media is not None
        case ListOf(item=item):
            return asks_for_media(item)
        case OneOf(alternatives=alternatives):
            return any(map(asks_for_media, alternatives))
        case Group(fields=fields):
            # {"type": "image", "url": ...}: nothing else must be said there.
            others = [field for field in fields if field.required and not asks_for_media(field)]
            facts = [field for field in others if isinstance(field, Choice) and len(field.options) == 1]
            return any(map(asks_for_media, fields)) and len(facts) == len(others)
    return False
