"""An OpenAPI document -> ModelSpec. Every quirk of the provider's documents is met here and in `schema.py`.

Known quirks (FACTS.md, "Request schemas" and "Traps"): defaults as text for whole numbers, a `model` that has
options and no type, `"required": true` on a property, `nullable`, deprecated fields, `$ref` and `allOf`.

What constrains a value in a way that is not understood makes the shape unknown. An optional field of unknown
shape is left out of the form; a required one makes the document unreadable: better no form than one whose
requests the provider refuses.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from components.catalog.checks import is_set, problems_in, same
from components.catalog.schema import ANNOTATIONS, Reader, Schema, UnknownShape, bound, coerced
from components.catalog.spec import (
    AtMostOne,
    Choice,
    ExactlyOne,
    Group,
    ListOf,
    ModelSpec,
    Number,
    OnlyWith,
    OptionWords,
    Parameter,
    Role,
    Rule,
    Switch,
    Text,
)

DOCUMENTS = Path(__file__).parent / "documents"

# Deeper than this no form is usable.
NESTING = 6
# The first parameters of a form, in this order; the rest follow as the document has them.
FIRST = (Role.PROMPT, Role.SHOTS, Role.SECONDS, Role.ASPECT_RATIO, Role.SOUND)
_PATH = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")
_BY_KIND = {
    "string": frozenset({"minLength", "maxLength"}),
    "integer": frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}),
    "number": frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}),
    "boolean": frozenset[str](),
    "array": frozenset({"items", "minItems", "maxItems"}),
    "object": frozenset({"properties", "required", "additionalProperties"}),
}
_COMMON = ANNOTATIONS | {"type", "enum", "nullable", "required", "format"}
# Formats that forbid nothing which the type allows.
_HARMLESS_FORMATS = frozenset({"", "float", "double", "int32", "int64", "password"})


class DocumentError(Exception):
    """A document describes no model that a form could be made for. The text is a sentence."""


@cache
def bundled_rules() -> Mapping[str, Any]:
    """`documents/rules.json`: what a field is for, by its name, and the rules that only prose states."""
    rules: dict[str, Any] = json.loads((DOCUMENTS / "rules.json").read_text(encoding="utf-8"))
    return rules


def read_document(document: Mapping[str, Any], rules: Mapping[str, Any] | None = None) -> ModelSpec:
    """The model that `document` describes. `rules` has the shape of `rules.json`, which it is by default.

    Raises DocumentError for a document that no form can be made from.
    """
    rules = bundled_rules() if rules is None else rules
    try:
        return _Document(document, rules).spec()
    except UnknownShape as trouble:
        raise DocumentError(f"This document cannot be read: it has {trouble}.") from None
    except RecursionError:
        raise DocumentError("This document cannot be read: it is nested too deeply.") from None


@dataclass(frozen=True)
class _Document:
    document: Mapping[str, Any]
    rules: Mapping[str, Any]

    def spec(self) -> ModelSpec:
        reader = Reader(self.document)
        path, body = self._create(reader)
        facts = _mapping(_mapping(self.document.get("info")).get("x-model"))
        properties = _mapping(body.get("properties"))
        model_id = _model_id(reader, properties, facts)
        fields = _Fields(reader, _mapping(self.rules.get("roles")), _mapping(self.rules.get("options")))
        parameters = fields.read(body, leave_out="model")
        parameters = sorted(parameters, key=lambda p: FIRST.index(p.role) if p.role in FIRST else len(FIRST))
        aliases = facts.get("aliases")
        return ModelSpec(
            id=model_id,
            name=_words(facts.get("name")) or model_id,
            maker=_words(facts.get("maker")),
            summary=_words(facts.get("summary")),
            aliases=tuple(a for a in aliases if isinstance(a, str)) if isinstance(aliases, list) else (),
            path=path,
            parameters=tuple(parameters),
            rules=tuple(_rules(self.rules.get("rules"), parameters)),
            native_sound=facts.get("sound") is True,
            typical_seconds=_span(facts.get("typical_seconds")),
            document=dict(self.document),
        )

    def _create(self, reader: Reader) -> tuple[str, Schema]:
        """The path of the first operation that takes a JSON object, and the schema of that object."""
        for path, operations in _mapping(self.document.get("paths")).items():
            post = _mapping(_mapping(reader.resolve(operations)).get("post"))
            content = _mapping(_mapping(reader.resolve(post.get("requestBody"))).get("content"))
            schema = _mapping(content.get("application/json")).get("schema")
            if schema is None:
                continue
            if not isinstance(path, str) or not _PATH.fullmatch(path):
                raise DocumentError("This document cannot be read: the path of its create endpoint is none.")
            body = reader.plain(schema)
            if _kind(body) != "object":
                raise UnknownShape("a request that is not an object")
            return path, body
        raise DocumentError("This document describes no endpoint that creates anything from JSON.")


@dataclass(frozen=True)
class _Fields:
    """Reads the properties of object schemas."""

    reader: Reader
    roles: Mapping[str, Any]
    options: Mapping[str, Any]
    """Name of a field -> its options -> what they mean in plain words."""

    def read(
        self, schema: Schema, *, leave_out: str = "", roles: bool = True, depth: int = 0
    ) -> list[Parameter]:
        """A parameter for each property. Raises UnknownShape if a required one cannot be read."""
        listed = schema.get("required")
        required = {name for name in listed if isinstance(name, str)} if isinstance(listed, list) else set()
        properties = _mapping(schema.get("properties"))
        if nowhere := required - properties.keys():
            raise UnknownShape(f"the required field “{min(nowhere)[:80]}”, and no description of it")
        parameters = []
        for name, raw in properties.items():
            if not isinstance(name, str) or not name or name == leave_out:
                continue
            is_required = name in required or (isinstance(raw, Mapping) and raw.get("required") is True)
            try:
                plain = self.reader.plain(raw)
                # A deprecated field of a group is not even kept: nobody can have asked for it here.
                is_history = depth > 0 and plain.get("deprecated") is True and not is_required
                if is_history or plain.get("readOnly") is True:
                    continue
                role = self._role(name) if roles else Role.OTHER
                parameters.append(self._parameter(name, plain, role, required=is_required, depth=depth))
            except UnknownShape as trouble:
                if is_required:
                    raise UnknownShape(f"the required field “{name[:80]}” with {trouble}") from None
        return parameters

    def _parameter(self, name: str, schema: Schema, role: Role, *, required: bool, depth: int) -> Parameter:
        if depth > NESTING:
            raise UnknownShape("fields nested too deeply")
        common: dict[str, Any] = {
            "name": name,
            "label": _words(schema.get("title")) or label_of(name),
            "help": _words(schema.get("description")),
            "required": required,
            "nullable": schema.get("nullable") is True,
            # What must be sent must be offered.
            "deprecated": schema.get("deprecated") is True and not required,
        }
        kind = _kind(schema)
        parameter: Parameter
        match kind:
            case "boolean":
                parameter = Switch(**common)
            case "integer" | "number":
                low, high = _bounds(schema, whole=kind == "integer")
                parameter = Number(**common, integer=kind == "integer", minimum=low, maximum=high)
            case "string":
                shortest, longest = _counts(schema, "minLength", "maxLength")
                parameter = Text(**common, min_length=shortest, max_length=longest)
            case "array":
                least, most = _counts(schema, "minItems", "maxItems")
                item = self._item(schema, common["label"], role, depth)
                parameter = ListOf(**common, item=item, min_items=least, max_items=most)
            case _:
                fields = self.read(schema, roles=role is Role.SHOTS, depth=depth + 1)
                if not fields:
                    raise UnknownShape("a group without fields")
                parameter = Group(**common, fields=tuple(fields))
        if "enum" in schema:
            parameter = _with_options(parameter, schema["enum"], kind, common)
        if isinstance(parameter, Choice):
            parameter = replace(parameter, words=_option_words(self.options.get(name)))
        default = coerced(schema.get("default"), kind)
        is_usable = is_set(parameter, default) and not any(problems_in(parameter, default, ()))
        return replace(parameter, role=_fitting(role, parameter), default=default if is_usable else None)

    def _item(self, schema: Schema, label: str, role: Role, depth: int) -> Parameter:
        plain = self.reader.plain(schema.get("items"))
        # Inside a list of shots, fields are known by their names; a bare text is the shot's prompt.
        item = self._parameter("", plain, role, required=True, depth=depth + 1)
        inner = Role.PROMPT if role is Role.SHOTS and isinstance(item, Text) else Role.OTHER
        return replace(item, label=_words(plain.get("title")) or label, role=inner)

    def _role(self, name: str) -> Role:
        try:
            return Role(self.roles.get(name, Role.OTHER))
        except ValueError:
            return Role.OTHER


def label_of(name: str) -> str:
    """A title for a field that has none: "cfg_scale" -> "Cfg scale"."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[_\-.\s]+", " ", name).strip()
    return words[:1].upper() + words[1:] if words else name


def _kind(schema: Schema) -> str:
    """The type, declared or evident. Raises UnknownShape for none and for what is said beyond it."""
    kind = schema.get("type")
    if kind is None:
        kind = _evident_kind(schema)
    if not isinstance(kind, str) or kind not in _BY_KIND:
        raise UnknownShape("a type that is not known")
    for keyword, value in schema.items():
        is_understood = keyword in _COMMON or keyword in _BY_KIND[kind]
        if not (is_understood or value is False or keyword.startswith("x-")):
            raise UnknownShape(f"the condition “{keyword[:40]}”")
    if kind == "string" and schema.get("format", "") not in _HARMLESS_FORMATS:
        raise UnknownShape(f"the format “{str(schema['format'])[:40]}”")
    return kind


def _evident_kind(schema: Schema) -> str | None:
    """The type of a schema that declares none: that of its options, or of what it holds."""
    if "properties" in schema:
        return "object"
    if "items" in schema:
        return "array"
    options = schema.get("enum")
    if not isinstance(options, list) or not options:
        return None
    for kind, types in (("string", str), ("boolean", bool), ("integer", int), ("number", int | float)):
        if all(isinstance(option, types) for option in options):
            return kind
    return None


def _with_options(plain: Parameter, options: Any, kind: str, common: dict[str, Any]) -> Parameter:
    """`plain` narrowed to `options`, those of them that it allows, each once."""
    if isinstance(plain, Group | ListOf) or not isinstance(options, list):
        raise UnknownShape("options that are not plain values")
    usable: list[Any] = []
    for option in (coerced(option, kind) for option in options):
        fits = is_set(plain, option) and not any(problems_in(plain, option, ()))
        if fits and not any(same(option, other) for other in usable):
            usable.append(option)
    if not usable:
        raise UnknownShape("options of which none can be chosen")
    if isinstance(plain, Switch) and len(usable) == 2:
        return plain
    return Choice(**common, options=tuple(usable))


def _option_words(raw: Any) -> dict[str, OptionWords]:
    told = {option: _mapping(words) for option, words in _mapping(raw).items()}
    return {
        option: OptionWords(label, _words(words.get("note")))
        for option, words in told.items()
        if (label := _words(words.get("label")))
    }


def _bounds(schema: Schema, *, whole: bool) -> tuple[float | None, float | None]:
    """Minimum and maximum, inclusive; an exclusive one can be said for whole numbers only."""
    low = bound(schema, "minimum") if "minimum" in schema else None
    high = bound(schema, "maximum") if "maximum" in schema else None
    for keyword, sign in (("exclusiveMinimum", 1), ("exclusiveMaximum", -1)):
        exclusive = schema.get(keyword, False)
        if exclusive is False:
            continue
        # OpenAPI 3.0 has a flag beside the bound, 3.1 the bound itself.
        limit = (low if sign > 0 else high) if exclusive is True else bound(schema, keyword)
        if limit is None:
            continue
        if not whole:
            raise UnknownShape("an open bound")
        inside = math.floor(limit) + 1 if sign > 0 else math.ceil(limit) - 1
        if sign > 0:
            low = inside if low is None else max(low, inside)
        else:
            high = inside if high is None else min(high, inside)
    if whole:
        low, high = (None if low is None else math.ceil(low)), (None if high is None else math.floor(high))
    if low is not None and high is not None and low > high:
        raise UnknownShape("bounds that nothing fits")
    return low, high


def _counts(schema: Schema, least: str, most: str) -> tuple[int, int | None]:
    low = math.ceil(bound(schema, least)) if least in schema else 0
    high = math.floor(bound(schema, most)) if most in schema else None
    if high is not None and (high < 1 or high < low):
        raise UnknownShape("bounds that nothing fits")
    return max(low, 0), high


def _fitting(role: Role, parameter: Parameter) -> Role:
    """`role`, if a parameter of this kind can have it."""
    match role:
        case Role.PROMPT | Role.AVOID:
            fits = isinstance(parameter, Text)
        case Role.SHOTS:
            fits = isinstance(parameter, ListOf) and _holds_texts(parameter.item)
        case Role.SECONDS:
            numbers = isinstance(parameter, Choice) and all(
                isinstance(option, int) and not isinstance(option, bool) for option in parameter.options
            )
            fits = numbers or isinstance(parameter, Number)
        case Role.ASPECT_RATIO:
            fits = isinstance(parameter, Choice)
        case Role.SOUND:
            fits = isinstance(parameter, Switch)
        case _:
            fits = True
    return role if fits else Role.OTHER


def _holds_texts(item: Parameter) -> bool:
    if isinstance(item, Group):
        return any(field.role is Role.PROMPT for field in item.fields)
    return isinstance(item, Text)


def _rules(raw: Any, parameters: list[Parameter]) -> Iterator[Rule]:
    """The rules whose fields this model has, all of them."""
    by_name = {parameter.name: parameter for parameter in parameters}
    for rule in raw if isinstance(raw, list) else ():
        match rule:
            case {"kind": "exactly_one", "names": [*names]} if all(name in by_name for name in names):
                # A schema that requires one of them has said what counts.
                if not any(by_name[name].required for name in names):
                    yield ExactlyOne(tuple(names))
            case {"kind": "at_most_one", "names": [*names]} if all(name in by_name for name in names):
                yield AtMostOne(tuple(names))
            case {"kind": "only_with", "name": name, "needs": needs} if name in by_name and needs in by_name:
                yield OnlyWith(name, needs)


def _model_id(reader: Reader, properties: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    if "model" not in properties:
        raise DocumentError("This document names no model.")
    options = reader.plain(properties["model"]).get("enum")
    options = options if isinstance(options, list) else []
    ids = [option for option in options if isinstance(option, str) and option]
    known = facts.get("id")
    if isinstance(known, str) and known and (known in ids or not ids):
        return known
    if not ids:
        raise DocumentError("This document names no model.")
    return ids[0]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _words(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _span(value: Any) -> tuple[float, float] | None:
    match value:
        case [int() | float() as start, int() | float() as end] if 0 < start <= end:
            return float(start), float(end)
    return None
