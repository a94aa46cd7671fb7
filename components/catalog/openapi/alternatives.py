"""`anyOf` and `oneOf`: which of them offer shapes to choose from, and what the shapes are called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from components.catalog.openapi.json_schema import KNOWN, Schema, UnknownShape
from components.catalog.openapi.naming import label_of, words
from components.catalog.openapi.schema import ANNOTATIONS, Reader, merge
from components.catalog.spec import (
    Choice,
    Group,
    ListOf,
    Media,
    MediaKind,
    Number,
    OneOf,
    OptionWords,
    Parameter,
    Scalar,
    Switch,
    Text,
)
from components.catalog.values import same

Shape = tuple[Schema | None, frozenset[str], Any]
"""An alternative made plain (None where it cannot be), the references followed to it, and as the document has it."""

_SHAPES = frozenset({"type", "properties", "items", "prefixItems", "enum", "anyOf", "oneOf"})
_ONE = {
    MediaKind.IMAGE: "One picture",
    MediaKind.VIDEO: "One video",
    MediaKind.AUDIO: "One sound",
    None: "A link",
}
_MANY = {
    MediaKind.IMAGE: "A list of pictures",
    MediaKind.VIDEO: "A list of videos",
    MediaKind.AUDIO: "A list of sounds",
    None: "A list of links",
}


def alternatives_in(
    schema: Schema, reader: Reader, above: frozenset[str]
) -> tuple[str, list[Shape], bool] | None:
    """The keyword, the shapes and whether null is one of them, where `schema` offers several; None where it does not.

    Alternatives that only demand something of one shape ("this field or that one") are no choice.
    """
    kinds = schema.get("type")
    if isinstance(kinds, list) and "anyOf" not in schema:
        schema = {
            **{k: v for k, v in schema.items() if k != "type"},
            "anyOf": [{"type": kind} for kind in kinds],
        }
    for keyword in ("anyOf", "oneOf"):
        if keyword not in schema:
            continue
        base = {k: v for k, v in schema.items() if k in KNOWN | {"format"} and k != keyword}
        base.pop("required", None) if base.get("required") is True else None
        shapes, nullable, any_shape = _shapes(schema[keyword], base, reader, above)
        if any_shape or not _SHAPES & base.keys():
            return keyword, shapes, nullable
    return None


def _shapes(
    alternatives: Sequence[Any], base: Schema, reader: Reader, above: frozenset[str]
) -> tuple[list[Shape], bool, bool]:
    shapes: list[Shape] = []
    nullable = any_shape = False
    for raw in alternatives:
        try:
            plain, followed = reader.plain(raw, above)
        except UnknownShape:
            shapes.append((None, above, {"allOf": [raw, base]} if base else raw))
            continue
        if plain.get("type") == "null" or _says_only_null(plain):
            nullable = True
            continue
        nullable = nullable or plain.pop("nullable", False) is True
        if plain.get("not") == {}:
            continue
        any_shape = any_shape or bool(_SHAPES & plain.keys())
        merged = merge(plain, base) if base else plain
        shapes.append((merged, followed, {"allOf": [raw, base]} if base else raw))
    return shapes, nullable, any_shape


def _says_only_null(plain: Schema) -> bool:
    """Whether all that an alternative says is that there may be none: OpenAPI 3.0 has no type for null."""
    return plain.get("nullable") is True and not plain.keys() - ANNOTATIONS - {"nullable"}


def merged_options(
    alternatives: Sequence[Parameter], schemas: Sequence[Schema], exactly: bool
) -> tuple[tuple[Scalar, ...], dict[str, OptionWords]] | None:
    """The options of all `alternatives` and what they mean, where all are options; `exactly`: those of just one."""
    if not any(isinstance(alternative, Choice) for alternative in alternatives):
        return None
    listed: list[tuple[Scalar, Schema]] = []
    for alternative, schema in zip(alternatives, schemas, strict=True):
        if alternative.conditions or not isinstance(alternative, Choice | Switch):
            return None
        options = alternative.options if isinstance(alternative, Choice) else (True, False)
        listed += [(option, schema) for option in options]
    found: list[Scalar] = []
    told: dict[str, OptionWords] = {}
    for option, schema in listed[:1_000]:
        times = sum(same(option, other) for other, _ in listed)
        if any(same(option, other) for other in found) or (exactly and times > 1):
            continue
        found.append(option)
        # A title of a single option is what that option is called.
        title = words(schema.get("title"))
        if title and isinstance(option, str) and len(schema.get("enum", ())) == 1:
            told[option] = OptionWords(title, words(schema.get("description")))
    return (tuple(found), told) if found else None


def without_twins(
    found: Sequence[tuple[Parameter, Schema]], *, widest: bool
) -> list[tuple[Parameter, Schema]]:
    """`found` without those that are the same as another; `widest`: nor those that another one includes."""
    kept: list[tuple[Parameter, Schema]] = []
    for alternative, schema in found:
        bare = _bare(alternative)
        if any(_bare(other) == bare or (widest and _includes(other, alternative)) for other, _ in kept):
            continue
        if widest:
            kept = [(other, said) for other, said in kept if not _includes(alternative, other)]
        kept.append((alternative, schema))
    return kept


def _bare(parameter: Parameter) -> Parameter:
    return replace(parameter, label="", help="", default=None)


def _includes(wide: Parameter, narrow: Parameter) -> bool:
    """Whether every value of `narrow` is one of `wide`, and `wide` serves it as well on a form."""
    if wide.conditions:
        return False
    match wide, narrow:
        case Number(), Number():
            low = wide.minimum is None or (narrow.minimum is not None and narrow.minimum >= wide.minimum)
            high = wide.maximum is None or (narrow.maximum is not None and narrow.maximum <= wide.maximum)
            return low and high and (narrow.integer or not wide.integer)
        case Text(), Text():
            high = wide.max_length is None or (
                narrow.max_length is not None and narrow.max_length <= wide.max_length
            )
            return high and narrow.min_length >= wide.min_length
        case Media(media=kind), Text() if kind is not None:
            return True  # who may give any text for a picture gives its address
    return False


def label_of_alternative(parameter: Parameter, schema: Schema) -> str:
    """What an alternative is called among the others: by its title, or by what it is."""
    if title := words(schema.get("title")):
        return label_of(title)
    match parameter:
        case Media():
            return _ONE[parameter.media]
        case ListOf(item=Media() as item):
            return _MANY[item.media]
        case ListOf(item=Text()):
            return "A list of texts"
        case ListOf(item=Number()):
            return "A list of numbers"
        case ListOf():
            return "A list"
        case Choice(options=(str(only),)):
            return label_of(only)
        case Choice(options=(only,)):
            return str(only)
        case Choice():
            return "One of the options"
        case Text():
            return "Text"
        case Number():
            return "A whole number" if parameter.integer else "A number"
        case Switch():
            return "On or off"
        case Group(fields=fields):
            for field in fields:
                if isinstance(field, Choice) and field.required and len(field.options) == 1:
                    return label_of(str(field.options[0]))
            return "Several settings"
        case OneOf():
            return "One of several"
    return "JSON"
