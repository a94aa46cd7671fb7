"""An OpenAPI document -> ModelSpec. The quirks of the provider's documents are met here and in what this imports.

`schema.py` follows references and merges, `json_schema.py` puts each level into one form, `fields.py` makes
parameters, `alternatives.py` choices among shapes, `naming.py` knows what a field is by its name.

Known quirks (FACTS.md, "Request schemas" and "Traps"): defaults as text for whole numbers, a `model` that has
options and no type, `"required": true` on a property, `nullable`, deprecated fields, `$ref` and `allOf`.

A shape that nobody knows is a field for JSON, and a demand that no kind of parameter has is a condition; only a
document that names no model, or nothing that could be asked of it, gives no form.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from components.catalog.openapi.fields import Fields, Place
from components.catalog.openapi.json_schema import KNOWN, Schema, UnknownShape
from components.catalog.openapi.kinds import asks_for_media
from components.catalog.openapi.naming import Names, label_of, mapping, words
from components.catalog.openapi.schema import Reader, TooLarge
from components.catalog.prose import advice_of
from components.catalog.spec import (
    Advice,
    AtMostOne,
    ExactlyOne,
    ModelSpec,
    OnlyWith,
    Parameter,
    Role,
    Rule,
)

__all__ = ["DOCUMENTS", "DocumentError", "bundled_rules", "label_of", "read_document"]

DOCUMENTS = Path(__file__).parent.parent / "documents"

_BEFORE_MEDIA = (Role.PROMPT, Role.SHOTS)
_AFTER_MEDIA = (Role.SECONDS, Role.ASPECT_RATIO, Role.RESOLUTION, Role.SOUND)
_PATH = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")
_LONGEST_ID = 300
_NO_IDS = frozenset({"choices", "storyboard"})
"""What a desk keeps under names of its own, beside the drafts by model (`form/desk.py`)."""
_LONGEST_WAIT = 1e6
"""Seconds; nobody's video takes longer."""
_SEVERAL = ("anyOf", "oneOf", "allOf")


class DocumentError(Exception):
    """A document describes no model that a form could be made for. The text is a sentence."""


@cache
def bundled_rules() -> Mapping[str, Any]:
    """`documents/rules.json`: what a field is for, by its name, and the rules that only prose states."""
    rules: dict[str, Any] = json.loads((DOCUMENTS / "rules.json").read_text(encoding="utf-8"))
    return rules


@cache
def _bundled_names() -> Names:
    return Names(bundled_rules())


def read_document(
    document: Mapping[str, Any],
    rules: Mapping[str, Any] | None = None,
    *,
    facts: Mapping[str, Any] | None = None,
    model_id: str | None = None,
) -> ModelSpec:
    """The model that `document` describes. `rules` has the shape of `rules.json`, which it is by default.

    `facts`: what is known about the model from elsewhere (name, maker, summary, aliases, typical_seconds, sound);
    they go before those of the document. `model_id`: which of the models that the document names is meant.

    Raises DocumentError for a document that no form can be made from.
    """
    if not isinstance(document, Mapping):
        raise DocumentError("This is no OpenAPI document: it is not a JSON object.")
    rules = bundled_rules() if rules is None else rules
    said = mapping(mapping(document.get("info")).get("x-model"))
    known = {**said, **{name: value for name, value in (facts or {}).items() if value not in (None, "")}}
    try:
        _check_whole(document)
        return _Document(document, rules, known, model_id).spec()
    except UnknownShape as trouble:
        raise DocumentError(f"This document cannot be read: it has {trouble}.") from None
    except RecursionError:
        raise DocumentError("This document cannot be read: it is nested too deeply.") from None
    except TooLarge:
        raise DocumentError("This document cannot be read: it describes too many fields.") from None


def _check_whole(document: Mapping[str, Any]) -> None:
    """Raises DocumentError where a text has half of a character (JSON can say so), which nothing can show or send."""
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise DocumentError("This document cannot be read: a text in it has half of a character.") from None
    except (TypeError, ValueError):
        raise DocumentError("This document cannot be read: it is not plain JSON.") from None


@dataclass(frozen=True)
class _Document:
    document: Mapping[str, Any]
    rules: Mapping[str, Any]
    facts: Mapping[str, Any]
    model_id: str | None

    def spec(self) -> ModelSpec:
        reader = Reader(self.document)
        path, body, above = self._create(reader)
        facts, aliases = self.facts, self.facts.get("aliases")
        aliases = tuple(a for a in aliases if isinstance(a, str)) if isinstance(aliases, list | tuple) else ()
        model = self._model_id(reader, [body, *_parts(reader, body, above)], aliases)
        if not model.isprintable() or len(model) > _LONGEST_ID or model in _NO_IDS:
            raise DocumentError("This document names its model in a way that cannot be used.")
        body = _with_all_properties(reader, body, above, model)
        names = _bundled_names() if self.rules is bundled_rules() else Names(self.rules)
        fields = Fields(reader, names)
        parameters = sorted(fields.read(body, Place(above=above), leave_out="model"), key=_place_in_form)
        beyond = {k: v for k, v in body.items() if k in KNOWN - _SAID_OF_A_BODY}
        declared = tuple(_rules(self.rules.get("rules"), parameters))
        return ModelSpec(
            id=model,
            name=words(facts.get("name")) or model,
            maker=words(facts.get("maker")),
            summary=words(facts.get("summary")),
            aliases=aliases,
            path=path,
            parameters=tuple(parameters),
            rules=declared,
            advice=tuple(a for a in advice_of(parameters) if not _is_declared(a, declared)),
            conditions=reader.demands(beyond) if beyond else {},
            native_sound=facts.get("sound") is True,
            typical_seconds=_span(facts.get("typical_seconds")),
            document=dict(self.document),
        )

    def _create(self, reader: Reader) -> tuple[str, Schema, frozenset[str]]:
        """The path of the first operation that takes a JSON object with a model in it, and that object's schema."""
        troubles: list[Exception] = []
        for path, schema in self._posts(reader):
            try:
                body, above = reader.plain(schema)
                if body.get("type", "object") != "object":
                    raise UnknownShape("a request that is not an object")
                named = any(True for part in (body, *_parts(reader, body, above)) for _ in _models(part))
            except UnknownShape as unknown:
                troubles.append(unknown)
                continue
            if not named:
                troubles.append(DocumentError("This document names no model."))
            elif not _PATH.fullmatch(path):
                sentence = "This document cannot be read: the path of its create endpoint is none."
                troubles.append(DocumentError(sentence))
            else:
                return path, body, above
        sentence = "This document describes no endpoint that creates anything from JSON."
        raise troubles[0] if troubles else DocumentError(sentence)

    def _posts(self, reader: Reader) -> Iterator[tuple[str, Any]]:
        """Path and schema of each request that is JSON."""
        for path, operations in mapping(self.document.get("paths")).items():
            post = mapping(mapping(reader.resolve(operations)).get("post"))
            content = mapping(mapping(reader.resolve(post.get("requestBody"))).get("content"))
            for media_type, described in content.items():
                schema = mapping(described).get("schema")
                if schema is not None and str(media_type).split(";")[0].strip().lower() == "application/json":
                    yield str(path), schema

    def _model_id(self, reader: Reader, parts: list[Schema], aliases: tuple[str, ...]) -> str:
        named = [schema for part in parts for schema in _models(part)]
        if not named:
            raise DocumentError("This document names no model.")
        ids = list(dict.fromkeys(id for schema in named for id in _ids(reader, schema)))
        known = self.facts.get("id")
        for wanted in filter(None, (self.model_id, known, *aliases)):
            if isinstance(wanted, str) and (wanted in ids or (not ids and wanted != "")):
                return wanted
        if not ids:
            raise DocumentError("This document names no model.")
        if self.model_id and len(ids) > 1:
            raise DocumentError(f"This document is of other models than “{self.model_id[:80]}”.")
        return ids[0]


_SAID_OF_A_BODY = frozenset({"type", "properties", "required", "additionalProperties", "enum", "format"})


def _ids(reader: Reader, schema: Any) -> Iterator[str]:
    """The ids that the field `model` may have."""
    plain, above = reader.plain(schema)
    parts = [plain]
    for keyword in ("anyOf", "oneOf"):
        parts += [reader.plain(part, above)[0] for part in plain.get(keyword, ())[:100]]
    listed = [option for part in parts for option in part.get("enum", ())]
    for option in listed or [plain.get("default")]:
        if isinstance(option, str) and option:
            yield option


def _models(part: Schema) -> Iterator[Any]:
    """What `part` of a body says of the field `model`."""
    properties = mapping(part.get("properties"))
    if "model" in properties:
        yield properties["model"]


def _parts(reader: Reader, body: Schema, above: frozenset[str], *keywords: str) -> Iterator[Schema]:
    """The alternatives and conditional parts of `body`, made plain; or those under `keywords` alone."""
    found = [part for keyword in keywords or _SEVERAL for part in body.get(keyword, ())[:100]]
    if not keywords:
        found += [body[keyword] for keyword in ("then", "else") if keyword in body]
        found += mapping(body.get("dependentSchemas")).values()
    for part in found:
        with contextlib.suppress(UnknownShape):
            yield reader.plain(part, above)[0]


def _with_all_properties(reader: Reader, body: Schema, above: frozenset[str], model: str) -> Schema:
    """`body` with the properties that only its alternatives have: which go together is said by its conditions.

    Alternatives that are of other models than `model` count for nothing.
    """

    def is_of_it(part: Schema) -> bool:
        ids = [id for schema in _models(part) for id in _ids(reader, schema)]
        return not ids or model in ids

    properties = dict(mapping(body.get("properties")))
    more: dict[str, list[Any]] = {}
    for part in filter(is_of_it, _parts(reader, body, above)):
        for name, schema in mapping(part.get("properties")).items():
            if name not in properties and schema is not False and schema not in more.setdefault(name, []):
                more[name].append(schema)
    added = {name: found[0] if len(found) == 1 else {"anyOf": found} for name, found in more.items() if found}
    needed = _required(body)
    for keyword in ("anyOf", "oneOf"):
        wanted = [_required(part) for part in filter(is_of_it, _parts(reader, body, above, keyword))]
        # What every alternative asks for is asked for.
        needed += [name for name in wanted[0] if all(name in others for others in wanted)] if wanted else []
    return {**body, "properties": {**properties, **added}, "required": needed}


def _required(schema: Schema) -> list[str]:
    names = schema.get("required")
    return list(names) if isinstance(names, list) else []


def _place_in_form(parameter: Parameter) -> int:
    if parameter.deprecated:
        return 100
    if parameter.role in _BEFORE_MEDIA:
        return _BEFORE_MEDIA.index(parameter.role)
    if asks_for_media(parameter):
        return 10 if parameter.required else 11
    if parameter.role in _AFTER_MEDIA:
        return 20 + _AFTER_MEDIA.index(parameter.role)
    return 30 if parameter.required else 40


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


def _is_declared(advice: Advice, rules: tuple[Rule, ...]) -> bool:
    """Whether a rule says already what `advice` does, of the same fields."""
    names = [{rule.name, rule.needs} if isinstance(rule, OnlyWith) else set(rule.names) for rule in rules]
    return any(set(advice.names) <= known for known in names)


def _span(value: Any) -> tuple[float, float] | None:
    match value:
        case [int() | float() as start, int() | float() as end] if 0 < start <= end <= _LONGEST_WAIT:
            return float(start), float(end)
    return None
