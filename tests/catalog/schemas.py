"""Random schemas of every shape that providers publish, and values for them, made from the schema alone."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry

Schema = dict[str, Any]

PLAIN_NAMES = [
    "prompt",
    "duration",
    "seed",
    "mode",
    "camera",
    "negative_prompt",
    "option",
    "shot_type",
    "size",
]
MEDIA_NAMES = ["image_url", "images", "audio_url", "tail_image", "reference_video_url"]
LINKS = st.sampled_from(
    ["https://example.com/a.png", "http://example.com/b%20c?d=e", "https://e.example/x.mp4"]
)
REFERENCES = ["Base", "Tree", "Size"]
COMPONENTS: Schema = {
    "Base": {"type": "object", "properties": {"mode": {"type": "string"}}, "required": ["mode"]},
    "Tree": {
        "type": "object",
        "properties": {"option": {"type": "integer"}, "camera": {"$ref": "#/components/schemas/Tree"}},
    },
    "Size": {"anyOf": [{"enum": ["square", "wide"]}, {"$ref": "#/components/schemas/Pair"}]},
    "Pair": {
        "type": "object",
        "properties": {"x": {"type": "integer", "minimum": 1}, "y": {"type": "integer", "maximum": 9}},
        "required": ["x", "y"],
    },
}


def judge(body: Schema) -> Draft202012Validator:
    """Judges requests by the document as it stands; OpenAPI 3.0 is put into the words of 2020-12."""
    components = {"schemas": {name: _as_2020(part) for name, part in COMPONENTS.items()}}
    schema = {**_as_2020(body), "components": components}
    Draft202012Validator.check_schema(schema)
    checker = Draft202012Validator.FORMAT_CHECKER
    return Draft202012Validator(schema, registry=Registry(), format_checker=checker)


def _as_2020(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_as_2020(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {}
    for keyword, value in schema.items():
        if keyword in ("properties", "patternProperties"):
            plain[keyword] = {name: _as_2020(part) for name, part in value.items()}
        elif keyword in ("enum", "const", "default", "required"):
            plain[keyword] = value
        else:
            plain[keyword] = _as_2020(value)
    if isinstance(plain.get("required"), bool):
        plain.pop("required")
    flagged = [
        n
        for n, p in schema.get("properties", {}).items()
        if isinstance(p, dict) and p.get("required") is True
    ]
    if flagged:
        plain["required"] = [*plain.get("required", []), *flagged]
    for bound, flag in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(plain.get(flag), bool) and plain.pop(flag) and bound in plain:
            plain[flag] = plain.pop(bound)
    if plain.pop("nullable", False):
        if "enum" in plain:
            plain["enum"] = [*plain["enum"], None]
        if "type" in plain:
            plain["type"] = [*([plain["type"]] if isinstance(plain["type"], str) else plain["type"]), "null"]
    return plain


@st.composite
def scalars(draw: st.DrawFn) -> Schema:
    """A schema of a single value."""
    kind = draw(
        st.sampled_from(
            [
                "string",
                "integer",
                "number",
                "boolean",
                "enum",
                "const",
                "uri",
                "none",
                "form",
                "options",
                "types",
            ]
        )
    )
    few = st.integers(-3, 12)
    match kind:
        case "string":
            schema: Schema = {"type": "string"}
            schema |= draw(st.sampled_from([{}, {"maxLength": 30}, {"minLength": 2}, {"nullable": True}]))
        case "form":
            schema = {"type": "string"} | draw(
                st.sampled_from(
                    [
                        {"pattern": "^[a-z]+$"},
                        {"format": "date"},
                        {"not": {"enum": ["a fox"]}},
                        {"pattern": "o"},
                    ]
                )
            )
        case "integer" | "number":
            schema = {"type": kind}
            schema |= {"minimum": draw(few)} if draw(st.booleans()) else {}
            schema |= {"maximum": draw(few)} if draw(st.booleans()) else {}
            schema |= draw(
                st.sampled_from(
                    [
                        {},
                        {"multipleOf": 2},
                        {"multipleOf": 0.5},
                        {"exclusiveMinimum": 0},
                        {"exclusiveMaximum": 10},
                        {"exclusiveMinimum": True},
                        {"nullable": True},
                        {"not": {"const": 5}},
                    ]
                )
            )
        case "boolean":
            schema = {"type": "boolean"}
        case "enum":
            schema = {
                "type": "string",
                "enum": draw(st.sampled_from([["a", "b", "c"], ["wide"], ["a fox", "a"]])),
            }
        case "options":
            schema = {
                "enum": draw(st.sampled_from([[5, 10], ["auto", 5], [True, "off"], [1, True], [0.5, None]]))
            }
        case "const":
            schema = {"const": draw(st.sampled_from(["a", 5, True, {"x": 1}, [1]]))}
        case "uri":
            schema = {"type": "string", "format": "uri"}
        case "types":
            schema = {
                "type": draw(
                    st.sampled_from([["string", "integer"], ["string", "null"], ["boolean", "number"]])
                )
            }
        case _:
            schema = {}
    return schema


@st.composite
def schemas(draw: st.DrawFn, depth: int) -> Schema:
    """A schema of any shape, `depth` levels deep at the most."""
    if depth <= 0:
        return draw(scalars())
    inner = schemas(depth - 1)
    kind = draw(
        st.sampled_from(
            ["scalar", "scalar", "object", "object", "list", "anyOf", "oneOf", "ref", "allOf", "free", "map"]
        )
    )
    match kind:
        case "scalar":
            return draw(scalars())
        case "object":
            return draw(objects(depth))
        case "list":
            schema: Schema = {"type": "array", "items": draw(inner)}
            schema |= {"minItems": draw(st.integers(0, 2))} if draw(st.booleans()) else {}
            schema |= {"maxItems": draw(st.integers(1, 3))} if draw(st.booleans()) else {}
            return schema | draw(st.sampled_from([{}, {}, {"uniqueItems": True}, {"nullable": True}]))
        case "anyOf" | "oneOf":
            # Where nothing is said a form asks for text: among others that would be a choice of its own.
            several = draw(st.lists(inner.filter(bool), min_size=1, max_size=3))
            return {kind: several + ([{"type": "null"}] if draw(st.booleans()) else [])}
        case "ref":
            return {"$ref": f"#/components/schemas/{draw(st.sampled_from(REFERENCES))}"}
        case "allOf":
            part = draw(
                st.sampled_from([{"required": ["mode"]}, {"properties": {"mode": {"maxLength": 3}}}, {}])
            )
            return {"allOf": [{"$ref": "#/components/schemas/Base"}, part]}
        case "free":
            return draw(
                st.sampled_from(
                    [{"type": "object"}, {"type": "array"}, {"type": "object", "minProperties": 1}]
                )
            )
    return {"type": "object", "additionalProperties": {"type": "integer"}}


@st.composite
def objects(draw: st.DrawFn, depth: int) -> Schema:
    """An object with fields, `depth` levels deep at the most."""
    names = draw(st.lists(st.sampled_from(PLAIN_NAMES + MEDIA_NAMES), min_size=1, max_size=4, unique=True))
    properties = {name: draw(schemas(depth - 1)) for name in names}
    schema: Schema = {"type": "object", "properties": properties}
    if required := draw(st.lists(st.sampled_from(names), unique=True, max_size=2)):
        schema["required"] = required
    extra = draw(st.integers(0, 11))
    if extra == 0:
        schema["anyOf"] = [{"required": [name]} for name in names[:2]]
    elif extra == 1:
        schema["oneOf"] = [{"required": [name]} for name in names[:2]]
    elif extra == 2:
        schema["minProperties"] = 2
    elif extra == 3:
        schema["dependentRequired"] = {names[0]: names[1:2]}
    elif extra == 4:
        properties[names[-1]] = {**properties[names[-1]], "deprecated": True}
    elif extra == 5:
        schema["additionalProperties"] = False
    elif extra == 6:
        more = {"properties": {"kind": {"const": "a"}, "seed": draw(scalars())}, "required": ["kind"]}
        other = {"properties": {"kind": {"const": "b"}, "mode": draw(scalars())}, "required": ["kind"]}
        schema["oneOf"] = [more, other]
    return schema


JSON = st.recursive(
    st.integers(-9, 9) | st.booleans() | st.sampled_from(["a", "b c"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=2),
    max_leaves=4,
)
TEXTS = st.sampled_from(["a", "b", "a fox", "wide", "auto", "2026-01-31", "x" * 31, "abc", "off"])
NUMBERS = st.integers(-4, 13) | st.sampled_from([0.5, 2.0, 5.0, 2.25, 5])


def values(schema: Any, name: str, depth: int = 6) -> st.SearchStrategy[Any]:
    """Values that may fit `schema`, most of them do. `name`: of the field, since addresses are known by it."""
    if not isinstance(schema, dict) or depth < 0:
        return TEXTS
    if "$ref" in schema:
        return values(COMPONENTS[schema["$ref"].rsplit("/", 1)[1]], name, depth - 1)
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from([option for option in schema["enum"] if option is not None])
    fields = dict(schema.get("properties", {}))
    for part in schema.get("allOf", ()):
        while "$ref" in part:
            part = COMPONENTS[part["$ref"].rsplit("/", 1)[1]]
        fields |= {k: v for k, v in part.get("properties", {}).items() if k not in fields}
    branches = [part for keyword in ("anyOf", "oneOf") for part in schema.get(keyword, ())]
    branches = [part for part in branches if part.get("type") != "null"]
    shapes = [part for part in branches if set(part) - {"required"}]
    if shapes and not fields:
        return st.one_of([values(part, name, depth - 1) for part in shapes])
    if fields:
        return st.one_of([_fields(schema, fields, part, depth) for part in shapes or [{}]])
    kinds = schema.get("type", "string")
    if isinstance(kinds, list):
        return st.one_of([values({**schema, "type": kind}, name, depth) for kind in kinds if kind != "null"])
    match kinds:
        case "string":
            return LINKS if name in MEDIA_NAMES or schema.get("format") == "uri" else TEXTS
        case "integer" | "number":
            return NUMBERS
        case "boolean":
            return st.booleans()
        case "array" if "items" in schema:
            return st.lists(values(schema["items"], name, depth - 1), min_size=1, max_size=3)
        case "array":
            return st.lists(JSON | LINKS if name not in MEDIA_NAMES else LINKS, min_size=1, max_size=2)
    inner = schema.get("additionalProperties")
    made = values(inner, "x", depth - 1) if isinstance(inner, dict) else JSON
    return st.dictionaries(st.sampled_from("xyz"), made, min_size=1, max_size=3)


def _fields(schema: Schema, fields: Schema, branch: Schema, depth: int) -> st.SearchStrategy[Schema]:
    """The fields of an object, and those of one of its alternatives."""
    more = {name: part for name, part in branch.get("properties", {}).items() if name not in fields}
    made = {name: values(part, name, depth - 1) for name, part in {**fields, **more}.items()}
    needed = {name: made.pop(name) for name in schema.get("required", ()) if name in made}
    return st.fixed_dictionaries(needed, optional=made)
