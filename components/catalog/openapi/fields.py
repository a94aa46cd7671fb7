"""The properties of an object schema -> parameters, one kind of them for each shape that a document may have.

A shape that no kind has is `Json`, and what a kind cannot say of a value goes into `Parameter.conditions`: what is
not understood never costs a field, and what a field demands is never forgotten.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from components.catalog.checks import is_set, problems_in, same
from components.catalog.openapi.alternatives import (
    alternatives_in,
    label_of_alternative,
    merged_options,
    without_twins,
)
from components.catalog.openapi.json_schema import Schema, UnknownShape
from components.catalog.openapi.kinds import BEYOND, OF_ANY, counts, evident_kind, kind_of, scalar_kind
from components.catalog.openapi.naming import Names, label_of, told_apart, words
from components.catalog.openapi.schema import Reader, TooLarge, coerced, merge
from components.catalog.patterns import finds
from components.catalog.prose import media_limits, takes_files
from components.catalog.spec import (
    Choice,
    Group,
    Json,
    ListOf,
    Media,
    Number,
    OneOf,
    Parameter,
    Role,
    Scalar,
    Switch,
    Text,
)
from components.catalog.values import LARGEST

# Deeper than this no form is usable: the rest is JSON.
NESTING = 12
# Choices inside of choices, likewise.
UNIONS = 4
MOST_ALTERNATIVES = 24
# Of one object.
MOST_FIELDS = 500

_ADDRESSES = frozenset({"uri", "url", "iri", "uri-reference"})
# A text that may not be longer than this takes no file.
_A_FILE = 100_000
# And one that may not be longer than this, no link.
_A_LINK = 20
_SAMPLE = "data:image/png;base64,iVBORw0KGgo="


@dataclass(frozen=True)
class Place:
    """Where a field stands."""

    depth: int = 0
    unions: int = 0
    above: frozenset[str] = frozenset()
    """The references that were followed to get here."""
    names: tuple[str, ...] = ()
    """Of the fields around it, the outermost first; the last is its own, where it has none."""
    prose: str = ""
    """What is said of the list or the choice that it stands in."""
    in_shots: bool = False
    """Whether it stands in a list of shots, whose fields are known by their names."""


class Fields:
    """Reads the fields of one document."""

    def __init__(self, reader: Reader, names: Names) -> None:
        self._reader = reader
        self._names = names

    def read(self, schema: Schema, place: Place | None = None, *, leave_out: str = "") -> list[Parameter]:
        """A parameter for each property of `schema`, in its order, deprecated ones included."""
        place = place or Place()
        required = schema.get("required")
        listed = dict.fromkeys(required if isinstance(required, list) else ())
        properties = schema.get("properties", {})
        if len(properties) > MOST_FIELDS:
            raise UnknownShape("too many fields") if place.depth else TooLarge
        parameters = []
        for name, raw in {**properties, **{name: {} for name in listed if name not in properties}}.items():
            if not isinstance(name, str) or not name or name == leave_out or raw is False:
                continue
            if place.depth == 0:
                self._reader.begin_field()
            flagged = isinstance(raw, Mapping) and raw.get("required") is True
            parameter = self.parameter(name, raw, place, required=name in listed or flagged)
            if parameter is not None:
                parameters.append(parameter)
        if place.depth == 0 or place.in_shots:
            parameters = self._names.with_roles(parameters)
        return told_apart(parameters)

    def parameter(self, name: str, raw: Any, place: Place, *, required: bool) -> Parameter | None:
        """The parameter that `raw` describes; None for one that nobody can set."""
        try:
            schema, above = self._reader.plain(raw, place.above)
            if schema.get("readOnly") is True or schema.get("type") == "null":
                return None
            return self._shaped(name, schema, replace(place, above=above), required)
        except UnknownShape:
            return self._json(name, raw if isinstance(raw, Mapping) else {}, raw, required)

    def _shaped(self, name: str, schema: Schema, place: Place, required: bool) -> Parameter | None:
        if place.depth > NESTING:
            raise UnknownShape("fields nested too deeply")
        options, kinds = schema.get("enum"), schema.get("type")
        are_plain = not any(isinstance(option, Mapping | list) for option in options or ())
        if options is not None and (are_plain or kinds in ("string", "integer", "number", "boolean")):
            parameter: Parameter | None = self._choice(name, schema, place, required)
        elif (found := alternatives_in(schema, self._reader, place.above)) is not None:
            parameter = self._one_of(name, schema, *found, place, required)
        else:
            parameter = self._of_kind(name, schema, kind_of(schema), place, required)
        if parameter is None:
            return None
        if schema.get("default") is None:
            return parameter
        default = coerced(schema["default"], scalar_kind(parameter))
        usable = is_set(parameter, default) and not any(problems_in(parameter, default, ()))
        return replace(parameter, default=default if usable else None)

    def _common(self, name: str, schema: Mapping[str, Any], required: bool) -> dict[str, Any]:
        title = words(schema.get("title"))
        ours = title or self._names.label(name, is_switch=schema.get("type") == "boolean")
        prose = words(schema.get("description")) or self._names.help(name)
        if name and not title and ours.casefold() != label_of(name).casefold():
            # Where a word of ours stands for the API's own name, that is told, too.
            stop = "" if not prose or prose[-1] in ".!?:;)”" else "."
            prose = f"{prose}{stop} In the API: {name}.".strip()
        return {
            "name": name,
            "label": ours,
            "help": prose,
            "required": required,
            "nullable": schema.get("nullable") is True,
            # What must be sent must be offered.
            "deprecated": schema.get("deprecated") is True and not required,
        }

    def _json(self, name: str, schema: Mapping[str, Any], demanded: Any, required: bool) -> Json:
        return Json(**self._common(name, schema, required), conditions=self._reader.demands(demanded))

    def _beyond(self, schema: Schema, kind: str, but: frozenset[str] = frozenset()) -> Schema:
        """What `schema` demands beyond what a parameter of this kind says itself."""
        wanted = (BEYOND[kind] | OF_ANY) - but
        demands = {keyword: schema[keyword] for keyword in sorted(wanted & schema.keys())}
        return self._reader.demands(demands) if demands else {}

    def _of_kind(
        self, name: str, schema: Schema, kind: str, place: Place, required: bool
    ) -> Parameter | None:
        common = self._common(name, schema, required)
        match kind:
            case "boolean":
                return Switch(**common, conditions=self._beyond(schema, "boolean"))
            case "integer" | "number":
                return self._number(common, schema, whole=kind == "integer")
            case "string":
                return self._text(common, schema, place)
            case "array":
                return self._list(common, schema, place)
            case "object" if schema.get("properties") or schema.get("required"):
                names = (*place.names, *self._named(name, schema))
                inner = replace(place, depth=place.depth + 1, names=names, prose="")
                fields = self.read(schema, inner)
                if any(not field.deprecated for field in fields):
                    beyond = self._beyond(schema, "object")
                    return Group(**common, fields=tuple(fields), conditions=beyond)
        return self._json(name, schema, schema, required)

    def _named(self, name: str, schema: Schema) -> tuple[str, ...]:
        """The name of an object, or what its own field says that it is: {"type": "image", "url": ...}."""
        for raw in schema["properties"].values() if schema.get("properties") else ():
            options = raw.get("enum", [raw.get("const")]) if isinstance(raw, Mapping) else ()
            match options:
                case [str(only)] if self._names.names_media(only):
                    return (only,)
        return (name,) if name else ()

    def _number(self, common: dict[str, Any], schema: Schema, *, whole: bool) -> Number:
        low, high = schema.get("minimum"), schema.get("maximum")
        said: set[str] = set()
        if whole:
            above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
            lows = [
                *([] if low is None else [math.ceil(low)]),
                *([] if above is None else [math.floor(above) + 1]),
            ]
            highs = [
                *([] if high is None else [math.floor(high)]),
                *([] if below is None else [math.ceil(below) - 1]),
            ]
            low, high = max(lows, default=None), min(highs, default=None)
            said = {"exclusiveMinimum", "exclusiveMaximum"}
        beyond = self._beyond(schema, "number", frozenset(said))
        # Beyond what any number may be that is sent, a bound says nothing.
        low = None if low is None or low < -LARGEST else min(low, LARGEST)
        high = None if high is None or high > LARGEST else max(high, -LARGEST)
        return Number(**common, integer=whole, minimum=low, maximum=high, conditions=beyond)

    def _text(self, common: dict[str, Any], schema: Schema, place: Place) -> Parameter:
        names = (*place.names, common["name"]) if common["name"] else place.names
        prose = words(schema.get("description")) or place.prose
        is_address = schema.get("format") in _ADDRESSES
        is_media, media = self._names.media(names, prose, is_address=is_address)
        pattern, longest = schema.get("pattern"), schema.get("maxLength")
        is_written = place.in_shots or self._names.candidate(common["name"]) in (Role.PROMPT, Role.AVOID)
        if is_media and not is_written and (longest is None or longest >= _A_LINK):
            takes = media is not None and takes_files(prose, media)
            takes = takes and (longest is None or longest >= _A_FILE)
            takes = takes and (pattern is None or finds(pattern, _SAMPLE) is not False)
            if not words(schema.get("title")) and (
                ours := self._names.label_of_address(common["name"], media)
            ):
                common["label"] = ours
            demands = {k: schema[k] for k in ("minLength", "maxLength") if k in schema}
            beyond = self._reader.demands(demands) if demands else {}
            beyond = {**self._beyond(schema, "string"), **beyond}
            return Media(
                **common, media=media, takes_files=takes, limits=media_limits(prose), conditions=beyond
            )
        least, most = counts(schema, "minLength", "maxLength")
        return Text(**common, min_length=least, max_length=most, conditions=self._beyond(schema, "string"))

    def _list(self, common: dict[str, Any], schema: Schema, place: Place) -> Parameter:
        name, items = common["name"], schema.get("items")
        is_shots = self._names.candidate(name) is Role.SHOTS and place.depth == 0
        names = (*place.names, name) if name else place.names
        prose = words(schema.get("description")) or place.prose
        is_named = is_shots or self._names.media(names, prose, is_address=False)[0]
        if "prefixItems" in schema or items is False or (not isinstance(items, Mapping) and not is_named):
            return self._json(name, schema, schema, common["required"])
        inner = replace(place, depth=place.depth + 1, names=names, prose=prose, in_shots=is_shots)
        item = self.parameter("", items, inner, required=True)
        if item is None:
            raise UnknownShape("a list of nothing")
        # Inside a list of shots, a bare text is the shot's prompt.
        role = Role.PROMPT if is_shots and isinstance(item, Text) else Role.OTHER
        title = words(items.get("title")) if isinstance(items, Mapping) else ""
        label = title or common["label"] or (self._names.label(names[-1]) if names else "")
        item = replace(item, label=label, role=role)
        least, most = counts(schema, "minItems", "maxItems")
        beyond = self._beyond(schema, "array")
        return ListOf(**common, item=item, min_items=least, max_items=most, conditions=beyond)

    def _choice(self, name: str, schema: Schema, place: Place, required: bool) -> Parameter:
        kinds = schema.get("type")
        kind = kinds if isinstance(kinds, str) else evident_kind(schema)
        bare = {keyword: value for keyword, value in schema.items() if keyword not in ("enum", "format")}
        plain = None
        if kind in ("string", "integer", "number", "boolean"):
            plain = self._of_kind("", {**bare, "type": kind}, kind, Place(), False)
            plain = Text(name="", label="") if isinstance(plain, Media) else plain
        usable: list[Scalar] = []
        for option in schema["enum"]:
            option = coerced(option, kind or "")
            fits = option != "" and isinstance(option, str | int | float)
            if plain is not None:
                fits = fits and is_set(plain, option) and not any(problems_in(plain, option, ()))
            if fits and not any(same(option, other) for other in usable[:500]):
                usable.append(option)
        if not usable:
            raise UnknownShape("options of which none can be chosen")
        common = self._common(name, schema, required)
        demands = {keyword: schema[keyword] for keyword in sorted(OF_ANY & schema.keys())}
        beyond = self._reader.demands(demands) if demands else {}
        if isinstance(plain, Switch) and len(usable) == 2:
            return Switch(**common, conditions=beyond)
        told = self._names.option_words(name)
        return Choice(**common, options=tuple(usable), words=told, conditions=beyond)

    def _one_of(
        self,
        name: str,
        schema: Schema,
        keyword: str,
        shapes: list[tuple[Schema | None, frozenset[str], Any]],
        nullable: bool,
        place: Place,
        required: bool,
    ) -> Parameter | None:
        """A choice among `shapes`, each one merged with what is demanded of all of them."""
        words_of_all: Schema = {
            w: schema[w] for w in ("title", "description", "deprecated", "nullable") if w in schema
        }
        if nullable:
            words_of_all["nullable"] = True
        if not shapes:
            return None
        if len(shapes) == 1 and shapes[0][0] is not None:
            only = merge(words_of_all, {k: v for k, v in shapes[0][0].items() if k != "nullable"})
            return self._shaped(name, only, replace(place, above=shapes[0][1]), required)
        if place.unions >= UNIONS or len(shapes) > MOST_ALTERNATIVES:
            raise UnknownShape("a choice among too many shapes")
        prose = words(schema.get("description")) or place.prose
        inner = replace(
            place,
            depth=place.depth + 1,
            unions=place.unions + 1,
            names=(*place.names, name) if name else place.names,
            prose=prose,
        )
        found: list[tuple[Parameter, Schema]] = []
        for shape, above, raw in shapes:
            try:
                if shape is None:
                    raise UnknownShape("an alternative that cannot be read")
                alternative = self._shaped("", shape, replace(inner, above=above), True)
            except UnknownShape:
                alternative = self._json("", shape or {}, raw, True)
            if alternative is not None:
                found.append((alternative, shape or {}))
        common = self._common(name, {**schema, **words_of_all}, required)
        exactly = keyword == "oneOf"
        beyond = self._reader.demands({"oneOf": schema["oneOf"]}) if exactly else {}
        if options := merged_options(
            [alternative for alternative, _ in found], [s for _, s in found], exactly
        ):
            told = {**options[1], **self._names.option_words(name)}
            return Choice(**common, options=options[0], words=told)
        kept = without_twins(found, widest=not exactly)
        if len(kept) == 1:
            both = {**kept[0][0].conditions, **beyond}
            return replace(
                kept[0][0], **{**common, "help": common["help"] or kept[0][0].help}, conditions=both
            )
        labels: list[str] = []
        alternatives = []
        for alternative, shape in kept:
            label = label_of_alternative(alternative, shape)
            count = labels.count(label) + 1
            labels.append(label)
            alternatives.append(replace(alternative, label=label if count == 1 else f"{label} ({count})"))
        return OneOf(**common, alternatives=tuple(alternatives), conditions=beyond)
