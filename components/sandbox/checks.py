"""Judging a request body by jsonschema on the published document, as the provider does.

The provider is lenient in two ways that its documents do not state: numbers may come as text (two of its own
samples send `"duration": "5"`), and unknown fields are ignored. Its complaints are worded by the Zod library;
so are these. Reads nothing of `catalog/openapi.py`: two readers of one document find each other's mistakes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import (  # type: ignore[import-untyped]  # it ships no types
    Draft202012Validator,
    FormatChecker,
)
from jsonschema.exceptions import ValidationError  # type: ignore[import-untyped]  # it ships no types

from components.sandbox import fields

_NUMERIC = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_DEEPEST_REFERENCE = 20
_MOST_PROBLEMS = 10
_LONGEST_ECHO = 200
_FORMATS = FormatChecker(formats=())


def _is_address(value: object) -> bool:
    # A public URL or a data URI; anything with a scheme is let through, as far as the documents say.
    return not isinstance(value, str) or _ADDRESS.fullmatch(value) is not None


_FORMATS.checks("uri")(_is_address)


@dataclass(frozen=True)
class Judgement:
    """What came of a body: either the `values` in force or what is wrong with it."""

    values: dict[str, Any]
    """The known fields that were given, numbers as numbers, and the defaults of the others."""
    problems: tuple[str, ...] = ()
    """In the provider's wording; empty when the body is accepted."""


class Judge:
    """Judges bodies against one request schema of an OpenAPI 3.0 document."""

    def __init__(self, schema: Mapping[str, Any], document: Mapping[str, Any]) -> None:
        self._schema = json_schema(schema, document)
        self._validator = Draft202012Validator(self._schema, format_checker=_FORMATS)
        self._properties: dict[str, Any] = self._schema.get("properties", {})

    @property
    def properties(self) -> Mapping[str, Any]:
        """The JSON schema of each field."""
        return self._properties

    def judge(self, body: Mapping[str, Any]) -> Judgement:
        """The values in force, or the problems: at most ten, each a short text."""
        known = {name: value for name, value in body.items() if name in self._properties}
        values = _lenient(known, self._schema)
        errors = sorted(
            self._validator.iter_errors(values), key=lambda error: [str(p) for p in error.absolute_path]
        )
        problems = [text for error in errors[:_MOST_PROBLEMS] for text in _worded(error)]
        if not problems:
            values = _with_defaults(values, self._schema)
            problems = [*self._story_problems(values)]
        return Judgement(values, tuple(problems))

    def _story_problems(self, values: Mapping[str, Any]) -> Iterable[str]:
        """What only prose says: a prompt or shots are there. And the shots' sum must be a length on offer."""
        prompt, shots = ([n for n in fields.names(m) if n in self._properties] for m in ("prompt", "shots"))
        required = self._schema.get("required", [])
        needs_either = bool(prompt and shots) and not {*prompt, *shots} & {*required}
        if needs_either and not fields.given(values, "prompt") and not fields.given(values, "shots"):
            yield f'Either {prompt[0]} or {shots[0]} must be provided at "{prompt[0]}"'
        total = total_of_shots(values)
        seconds = next((n for n in fields.names("seconds") if n in self._properties), None)
        if total is not None and seconds is not None:
            validator = self._validator.evolve(schema=self._properties[seconds])
            for error in validator.iter_errors(total):
                yield from _worded(error, where=seconds)


def total_of_shots(values: Mapping[str, Any]) -> float | int | None:
    """The shots' lengths together, in seconds; None where the shots have none of their own."""
    shots = fields.given(values, "shots")
    if not isinstance(shots, list) or not shots:
        return None
    lengths = [fields.given(shot, "shot_seconds") if isinstance(shot, dict) else None for shot in shots]
    known = [length for length in lengths if isinstance(length, int | float)]
    return sum(known) if len(known) == len(shots) else None


def json_schema(schema: Any, document: Mapping[str, Any], depth: int = 0) -> Any:
    """OpenAPI 3.0's dialect as JSON Schema 2020-12: references inlined, `nullable`, exclusive bounds,
    defaults written as text, and the draft-3 `"required": true` that some published documents still carry."""
    if isinstance(schema, list):
        return [json_schema(item, document, depth) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if isinstance(reference := schema.get("$ref"), str):
        # A schema that refers to itself for ever is let through as "anything" once it is deep enough.
        return (
            {}
            if depth >= _DEEPEST_REFERENCE
            else json_schema(_referred(reference, document), document, depth + 1)
        )
    out: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "properties" and isinstance(value, dict):
            out[key] = {name: json_schema(each, document, depth) for name, each in value.items()}
        elif key in ("items", "not", "additionalProperties", "anyOf", "oneOf", "allOf"):
            out[key] = json_schema(value, document, depth)
        else:
            out[key] = value
    if not isinstance(out.get("required", []), list):
        del out["required"]
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(out.get(exclusive), bool) and out.pop(exclusive) and bound in out:
            out[exclusive] = out.pop(bound)
    if "default" in out:
        out["default"] = _lenient(out["default"], out)
    if out.pop("nullable", False):
        if isinstance(out.get("type"), str):
            out["type"] = [out["type"], "null"]
        if isinstance(out.get("enum"), list) and None not in out["enum"]:
            out["enum"] = [*out["enum"], None]
    return out


def _referred(reference: str, document: Mapping[str, Any]) -> Any:
    node: Any = document
    for part in reference.removeprefix("#/").split("/"):
        node = node.get(part.replace("~1", "/").replace("~0", "~"), {}) if isinstance(node, dict) else {}
    return node


def _types(schema: Mapping[str, Any]) -> list[Any]:
    declared = schema.get("type", [])
    return declared if isinstance(declared, list) else [declared]


def _lenient(value: Any, schema: Any) -> Any:
    """`value` with numbers given as text made numbers, wherever the schema wants a number."""
    if not isinstance(schema, dict):
        return value
    if isinstance(value, dict) and isinstance(properties := schema.get("properties"), dict):
        return {name: _lenient(each, properties.get(name)) for name, each in value.items()}
    if isinstance(value, list):
        return [_lenient(each, schema.get("items")) for each in value]
    wants_number = not {"integer", "number"}.isdisjoint(_types(schema))
    if wants_number and isinstance(value, str) and _NUMERIC.fullmatch(value):
        number = float(value)
        return int(number) if number.is_integer() else number
    is_whole = "integer" in _types(schema) and isinstance(value, float) and value.is_integer()
    return int(value) if is_whole else value


def _with_defaults(value: Any, schema: Any) -> Any:
    """`value` with the published default of every field that was not given."""
    if not isinstance(schema, dict):
        return value
    if isinstance(value, dict) and isinstance(properties := schema.get("properties"), dict):
        given = {name: _with_defaults(each, properties.get(name)) for name, each in value.items()}
        missing = {n: p["default"] for n, p in properties.items() if isinstance(p, dict) and "default" in p}
        return {**missing, **given}
    if isinstance(value, list):
        return [_with_defaults(each, schema.get("items")) for each in value]
    return value


_ZOD_TYPES = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}


def _worded(error: ValidationError, where: str = "") -> Iterable[str]:
    """An error as Zod words it, e.g. `Invalid enum value. Expected 'a' | 'b', received 'c' at "ratio"`."""
    place = ".".join(str(part) for part in error.absolute_path) or where
    rule, limit = error.validator, error.validator_value
    if rule == "required" and isinstance(limit, list) and isinstance(error.instance, dict):
        for name in [name for name in limit if name not in error.instance]:
            yield f'Required at "{f"{place}.{name}" if place else name}"'
        return
    # A value of the wrong type breaks the enum too; it is told once.
    if rule == "type" and "enum" in (error.schema if isinstance(error.schema, dict) else {}):
        return
    yield _sentence(rule, limit, error) + (f' at "{place}"' if place else "")


def _sentence(rule: object, limit: Any, error: ValidationError) -> str:
    received = _ZOD_TYPES.get(type(error.instance), "null")
    match rule:
        case "enum":
            expected = " | ".join(_quoted(option) for option in limit if option is not None)
            return f"Invalid enum value. Expected {expected}, received {_quoted(error.instance)}"
        case "type":
            wanted = " | ".join(
                "number" if t == "integer" else str(t) for t in _types({"type": limit}) if t != "null"
            )
            is_fraction = received == "number" and wanted == "number"
            return (
                "Expected integer, received float"
                if is_fraction
                else f"Expected {wanted}, received {received}"
            )
        case "minimum":
            return f"Number must be greater than or equal to {limit}"
        case "maximum":
            return f"Number must be less than or equal to {limit}"
        case "exclusiveMinimum":
            return f"Number must be greater than {limit}"
        case "exclusiveMaximum":
            return f"Number must be less than {limit}"
        case "minLength":
            return f"String must contain at least {limit} character(s)"
        case "maxLength":
            return f"String must contain at most {limit} character(s)"
        case "minItems":
            return f"Array must contain at least {limit} element(s)"
        case "maxItems":
            return f"Array must contain at most {limit} element(s)"
        case "format":
            return f"Invalid {'url' if limit == 'uri' else limit}"
    return "Invalid input"


def _quoted(value: Any) -> str:
    if isinstance(value, int) and abs(value) > 10**20:
        return "a very large number"
    text = value if isinstance(value, str) else json.dumps(value)
    short = text if len(text) <= _LONGEST_ECHO else text[:_LONGEST_ECHO] + "…"
    return f"'{short}'" if isinstance(value, str) else short
