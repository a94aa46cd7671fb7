"""The other reader: judges requests by jsonschema on the document itself, without `openapi.py`.

Also random documents in the shapes that the provider publishes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

# A busy machine is no failure.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

# What a schema says to people, not to machines.
WORDS = ("title", "description")


def body_schema(document: dict[str, Any]) -> dict[str, Any]:
    """The schema of the create request, as it stands in the document."""
    ((_, operations),) = document["paths"].items()
    schema: dict[str, Any] = operations["post"]["requestBody"]["content"]["application/json"]["schema"]
    return schema


def validator(document: dict[str, Any]) -> Draft202012Validator:
    """Judges a request by the document; a field that the schema does not have is an error."""
    return Draft202012Validator(_json_schema(body_schema(document)))


def _json_schema(schema: Any) -> Any:
    """OpenAPI 3.0 as JSON Schema; null is never allowed, nor anything beyond the named properties."""
    if not isinstance(schema, dict):
        return schema
    plain = {k: v for k, v in schema.items() if k not in ("nullable", "default", *WORDS)}
    if isinstance(plain.get("required"), bool):
        plain.pop("required")
    if "properties" in plain:
        properties = schema["properties"]
        flagged = [n for n, p in properties.items() if isinstance(p, dict) and p.get("required") is True]
        plain["required"] = [*plain.get("required", []), *flagged]
        plain["properties"] = {name: _json_schema(inner) for name, inner in properties.items()}
        plain["additionalProperties"] = False
    if "items" in plain:
        plain["items"] = _json_schema(plain["items"])
    return plain


def document_of(
    schema: dict[str, Any], path: str = "/v2/video/generations", facts: Any = None
) -> dict[str, Any]:
    """A document whose create request has `schema`, with a `model` and the `facts` about it added."""
    properties = {"model": {"enum": ["maker/some-model"]}, **schema.get("properties", {})}
    body = {"type": "object", **schema, "properties": properties}
    content = {"application/json": {"schema": body}}
    return {
        "openapi": "3.0.0",
        "info": {"title": "API", "version": "1", "x-model": facts},
        "paths": {path: {"post": {"requestBody": {"content": content}}}},
    }


def walk(schema: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Every schema of a field inside `schema`, with its path; [] stands for the entries of a list."""
    for name, inner in schema.get("properties", {}).items():
        yield (*path, name), inner
        yield from walk(inner, (*path, name))
    if isinstance(schema.get("items"), dict):
        yield (*path, "[]"), schema["items"]
        yield from walk(schema["items"], (*path, "[]"))


NAMES = ["prompt", "multi_prompt", "duration", "aspect_ratio", "shot_type", "negative_prompt", "seed", "mode"]


@st.composite
def scalar_schemas(draw: st.DrawFn) -> dict[str, Any]:
    """A schema of one value, in the shapes that the provider publishes."""
    kind = draw(st.sampled_from(["string", "integer", "number", "boolean", "choice", "numbers"]))
    if kind == "choice":
        options = draw(
            st.lists(st.sampled_from(["16:9", "9:16", "pro", "std", "a b"]), min_size=1, unique=True)
        )
        schema: dict[str, Any] = {"type": "string", "enum": options}
        return schema | ({"default": draw(st.sampled_from(options))} if draw(st.booleans()) else {})
    if kind == "numbers":
        numbers = sorted(draw(st.sets(st.integers(1, 15), min_size=1)))
        schema = {"type": "integer", "enum": numbers}
        # Numbers are written as text in the provider's defaults.
        return schema | ({"default": str(draw(st.sampled_from(numbers)))} if draw(st.booleans()) else {})
    schema = {"type": kind}
    if kind == "string" and draw(st.booleans()):
        schema["maxLength"] = draw(st.integers(1, 12))
    if kind == "string" and draw(st.booleans()):
        schema["minLength"] = draw(st.integers(0, 1))
    if kind in ("integer", "number"):
        low, high = sorted(draw(st.tuples(st.integers(-10, 10), st.integers(-10, 10))))
        schema |= {"minimum": low} if draw(st.booleans()) else {}
        schema |= {"maximum": high} if draw(st.booleans()) else {}
        schema |= {"default": low} if draw(st.booleans()) else {}
    if kind == "boolean" and draw(st.booleans()):
        schema["default"] = draw(st.booleans())
    return schema


@st.composite
def object_schemas(draw: st.DrawFn, depth: int = 0) -> dict[str, Any]:
    """An object of such values; nested objects and lists to a depth of two."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=6, unique=True))
    inner = scalar_schemas() if depth > 1 else scalar_schemas() | object_schemas(depth + 1) | lists(depth + 1)
    required = draw(st.lists(st.sampled_from(names), unique=True, max_size=2))
    schema: dict[str, Any] = {"type": "object", "properties": {name: draw(inner) for name in names}}
    if depth == 0 and draw(st.booleans()):
        schema["properties"][names[0]]["deprecated"] = True
    return schema | ({"required": required} if required else {})


@st.composite
def lists(draw: st.DrawFn, depth: int = 1) -> dict[str, Any]:
    """A list of values or objects."""
    schema: dict[str, Any] = {"type": "array", "items": draw(scalar_schemas() | object_schemas(depth + 1))}
    if draw(st.booleans()):
        schema["minItems"] = draw(st.integers(0, 2))
    if draw(st.booleans()):
        schema["maxItems"] = draw(st.integers(2, 4))
    if draw(st.booleans()):
        schema["nullable"] = True
    return schema


TEXTS = st.sampled_from(["", " ", "a fox", "\n", "x" * 13, "\x00", "\ud83d", "🦊" * 12, "16:9", "pro", "5"])
ODD = st.sampled_from(
    [None, True, False, [], {}, [None], {"a": 1}, float("nan"), float("inf"), 10**400, 2.5, -1]
)
VALUES = st.recursive(
    TEXTS | ODD | st.integers(-20, 20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=8,
)


def fitting(schema: dict[str, Any], *, odd: bool) -> st.SearchStrategy[Any]:
    """Values that fit `schema`; if `odd`, now and then others."""
    if "enum" in schema:
        good: st.SearchStrategy[Any] = st.sampled_from(schema["enum"])
    elif schema.get("type") == "string":
        good = st.text(max_size=min(20, schema.get("maxLength", 20)))
    elif schema.get("type") in ("integer", "number"):
        low = schema.get("minimum", min(0, schema.get("maximum", 0)))
        good = st.integers(low, max(low, schema.get("maximum", low + 10)))
    elif schema.get("type") == "boolean":
        good = st.booleans()
    elif "items" in schema:
        most = schema.get("maxItems", 4)
        good = st.lists(fitting(schema["items"], odd=odd), min_size=min(1, most), max_size=most)
    else:
        fields = schema.get("properties", {}).items()
        properties = {name: fitting(inner, odd=odd) for name, inner in fields}
        named = {name: properties[name] for name in schema.get("required", []) if name in properties}
        good = st.fixed_dictionaries(
            named, optional={name: value for name, value in properties.items() if name not in named}
        )
    return st.one_of(good, good, good, good, good, good, good, VALUES) if odd else good
