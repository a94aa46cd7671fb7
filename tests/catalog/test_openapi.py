"""Documents are read as they are published: quirks understood, unknown shapes left out, no crash."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.catalog.checks import is_set, problems_in
from components.catalog.openapi import DocumentError, label_of, read_document
from components.catalog.spec import (
    AtMostOne,
    Choice,
    ExactlyOne,
    Group,
    Json,
    ListOf,
    Media,
    ModelSpec,
    Number,
    OneOf,
    OnlyWith,
    Parameter,
    Role,
    Switch,
    Text,
)
from tests.catalog.judge import VALUES, body_schema, document_of, object_schemas, patient, walk
from tests.need import shared


def read(schema: dict[str, Any], **parts: Any) -> ModelSpec:
    """The spec of a document whose request has the one field `field` with `schema`."""
    return read_document({**document_of({"properties": {"field": schema}}), **parts})


def text(**more: Any) -> Text:
    return Text(name="field", label="Field", **more)


def number(**more: Any) -> Number:
    return Number(name="field", label="Field", **more)


def choice(*options: Any, **more: Any) -> Choice:
    return Choice(name="field", label="Field", options=options, **more)


@pytest.mark.parametrize(
    ("schema", "parameter"),
    [
        ({"type": "string"}, text()),
        ({"type": "string", "maxLength": 9, "minLength": 1}, text(max_length=9, min_length=1)),
        ({"type": "string", "title": " Avoid ", "description": "What not."}, text(help="What not.")),
        ({"type": "string", "nullable": True, "deprecated": True}, text(nullable=True, deprecated=True)),
        ({"type": ["string", "null"]}, text(nullable=True)),
        ({"type": "string", "default": ""}, text()),
        ({"type": "string", "x-order": 3, "example": "auto", "format": "password"}, text()),
        ({"type": "boolean", "default": "true"}, Switch(name="field", label="Field", default=True)),
        ({"type": "boolean", "enum": [True, False]}, Switch(name="field", label="Field")),
        ({"type": "boolean", "enum": [True]}, choice(True)),
        ({"type": "integer", "default": "5"}, number(integer=True, default=5)),
        ({"type": "integer", "default": 5.0, "format": "int32"}, number(integer=True, default=5)),
        ({"type": "integer", "default": "five"}, number(integer=True)),
        ({"type": "integer", "default": True}, number(integer=True)),
        ({"type": "number", "minimum": 0, "maximum": 1}, number(minimum=0, maximum=1)),
        ({"type": "number", "maximum": "1", "default": 2}, number(maximum=1)),
        ({"type": "number", "default": "0.5"}, number(default=0.5)),
        ({"type": "integer", "minimum": 0.5, "maximum": 9.5}, number(integer=True, minimum=1, maximum=9)),
        ({"type": "integer", "minimum": 0, "exclusiveMinimum": True}, number(integer=True, minimum=1)),
        ({"type": "integer", "exclusiveMaximum": 10}, number(integer=True, maximum=9)),
        ({"type": "number", "exclusiveMinimum": False, "minimum": 0}, number(minimum=0)),
        ({"type": "integer", "enum": [5, 10], "default": "5"}, choice(5, 10, default=5)),
        ({"type": "integer", "enum": ["5", "10"], "default": 10}, choice(5, 10, default=10)),
        ({"type": "integer", "enum": [5, 10], "default": 7}, choice(5, 10)),
        ({"type": "integer", "enum": [5, 5.0, "5", True, None, 10]}, choice(5, 10, nullable=True)),
        ({"type": "string", "enum": ["a"]}, choice("a")),
        ({"type": "string", "enum": ["", "a", 1]}, choice("a", "1")),
        ({"enum": ["a", "b"]}, choice("a", "b")),
        ({"enum": [1, 2]}, choice(1, 2)),
        ({"const": "a"}, choice("a")),
        ({"allOf": [{"type": "string", "maxLength": 9}, {"maxLength": 5}]}, text(max_length=5)),
        ({"allOf": [{"type": "integer"}, {"type": "number", "minimum": 2}]}, number(integer=True, minimum=2)),
        (
            {"allOf": [{"enum": ["a", "b", "c"]}, {"enum": ["c", "b"]}], "default": "c"},
            choice("b", "c", default="c"),
        ),
    ],
)
def test_a_field_is_read(schema: dict[str, Any], parameter: Parameter) -> None:
    (found,) = read(schema).parameters
    title = schema.get("title", "Field").strip()
    assert found == type(parameter)(**{**vars(parameter), "label": title})
    assert isinstance(found.default, bool) == isinstance(parameter.default, bool)


COMPONENTS: dict[str, Any] = {
    "schemas": {
        "Circle": {"allOf": [{"$ref": "#/components/schemas/Circle"}]},
        "Tree": {
            "type": "object",
            "properties": {"child": {"$ref": "#/components/schemas/Tree"}, "size": {"type": "integer"}},
            "required": ["child"],
        },
    }
}


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        # Nothing speaks against a text.
        ({}, Text),
        ({"description": "Anything."}, Text),
        ({"type": "file"}, Text),
        ({"type": None}, Text),
        ("string", Text),
        (None, Text),
        ([], Text),
        # What makes no sense says nothing.
        ({"type": "string", "maxLength": "long"}, Text),
        ({"type": "string", "enum": []}, Text),
        ({"type": "string", "enum": "abc"}, Text),
        ({"type": "number", "maximum": float("nan")}, Number),
        ({"allOf": "a", "type": "integer"}, Number),
        ({"type": "object", "properties": {"a": {"anyOf": []}}}, Group),
        # What nothing fits is shown, and never sent.
        ({"type": "string", "maxLength": 0}, Text),
        ({"type": "string", "maxLength": 2, "minLength": 3}, Text),
        ({"type": "number", "minimum": 2, "maximum": 1}, Number),
        ({"allOf": [{"type": "string"}, {"type": "integer"}]}, Text),
        ({"allOf": [{"enum": ["a"]}, {"enum": ["b"]}]}, Json),
        ({"type": "integer", "enum": ["a", {}, []]}, Json),
        # Conditions.
        ({"type": "string", "pattern": "^a"}, Text),
        ({"type": "string", "format": "email"}, Text),
        ({"type": "string", "not": {"enum": ["a"]}}, Text),
        ({"type": "number", "minimum": 0, "exclusiveMinimum": True}, Number),
        ({"type": "number", "multipleOf": 0.1}, Number),
        ({"type": "array", "items": {"type": "string"}, "uniqueItems": True}, ListOf),
        ({"type": "array", "items": {"type": "string"}, "enum": [["a"]]}, ListOf),
        ({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["b"]}, Group),
        ({"type": "object", "properties": {"a": {}, "b": {}}, "anyOf": [{"required": ["a"]}]}, Group),
        ({"properties": {"a": {}}, "dependentRequired": {"a": ["b"]}}, Group),
        # Addresses.
        ({"type": "string", "format": "uri"}, Media),
        ({"type": "array", "items": {"type": "string", "format": "uri"}}, ListOf),
        # Several shapes.
        ({"type": ["string", "integer"]}, OneOf),
        ({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}, OneOf),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, Text),
        ({"oneOf": [{"$ref": "#/components/schemas/Tree"}, {"type": "string"}]}, OneOf),
        # No shape.
        ({"type": "array"}, Json),
        ({"type": "array", "prefixItems": [{"type": "string"}]}, Json),
        ({"type": "object"}, Json),
        ({"type": "object", "properties": {}}, Json),
        ({"type": "object", "additionalProperties": {"type": "string"}}, Json),
        ({"const": {"a": 1}}, Json),
        ({"not": {"type": "string"}}, Json),
        ({"$ref": "#/components/schemas/Nowhere"}, Json),
        ({"$ref": "https://elsewhere.example/schema.json"}, Json),
        ({"$ref": 5}, Json),
        ({"$ref": "#/components/schemas/Circle"}, Json),
        ({"$ref": "#/components/schemas/Tree"}, Group),
    ],
)
@pytest.mark.parametrize("required", [(), ("field",)])
def test_every_shape_has_a_field_and_costs_no_other(
    schema: Any, kind: type[Parameter], required: tuple[str, ...]
) -> None:
    fields = {"field": schema, "other": {"type": "string"}}
    document = {**document_of({"properties": fields, "required": [*required]}), "components": COMPONENTS}
    spec = read_document(document)
    assert {parameter.name for parameter in spec.parameters} == {"field", "other"}
    assert type(spec["field"]) is kind
    assert spec["field"].required == bool(required)
    assert type(spec["other"]) is Text


def test_a_circle_costs_only_the_field_that_closes_it() -> None:
    document = {
        **document_of({"properties": {"tree": {"$ref": "#/components/schemas/Tree"}}}),
        "components": COMPONENTS,
    }
    (tree,) = read_document(document).parameters
    assert isinstance(tree, Group)
    child, size = tree.fields
    assert isinstance(child, Json)
    assert child.required
    assert size == Number(name="size", label="Size", integer=True)
    # What is written there is judged all the same, as deep as it goes.
    value: dict[str, Any] = {"size": 1, "child": {"size": 2, "child": {"size": "x", "child": {}}}}
    assert [problem.path for problem in problems_in(tree, value, ("tree",))] == [("tree", "child")]


def test_a_flag_makes_a_field_required_as_the_list_does() -> None:
    fields: dict[str, dict[str, Any]] = {name: {"type": "string"} for name in "abc"}
    fields["b"]["required"] = True
    schema = {"properties": fields, "required": ["a"]}
    assert [p.required for p in read_document(document_of(schema)).parameters] == [True, True, False]


def test_a_required_field_is_offered_even_if_deprecated() -> None:
    (field,) = read({"type": "string", "deprecated": True, "required": True}).parameters
    assert not field.deprecated


SEED = "The same number with the same settings gives a similar video."


def test_references_and_merged_parts_are_followed() -> None:
    components = {
        "schemas": {
            "Base": {"type": "object", "properties": {"seed": {"type": "integer"}}, "required": ["seed"]},
            "a/b": {"type": "string", "maxLength": 3},
        }
    }
    schema = {
        "allOf": [{"$ref": "#/components/schemas/Base"}, {"properties": {"seed": {"maximum": 9}}}],
        "properties": {
            "model": {"enum": ["m"]},
            "words": {"$ref": "#/components/schemas/a~1b", "title": "Words"},
        },
    }
    body = {"$ref": "#/components/requestBodies/Create"}
    document = {
        "paths": {"/v2/create": {"post": {"requestBody": body}}},
        "components": {
            **components,
            "requestBodies": {"Create": {"content": {"application/json": {"schema": schema}}}},
        },
    }
    assert read_document(document).parameters == (
        Number(name="seed", label="Seed", help=SEED, integer=True, required=True, maximum=9),
        Text(name="words", label="Words", max_length=3),
    )


def test_groups_and_lists_nest() -> None:
    camera = {
        "type": "object",
        "properties": {
            "type": {"type": "string", "enum": ["simple"]},
            "config": {"properties": {"pan": {"type": "number"}}},
        },
        "required": ["type"],
    }
    (found,) = read({"type": "array", "items": camera, "minItems": 1, "maxItems": 6}).parameters
    pan = Number(name="pan", label="Pan")
    fields = (
        Choice(name="type", label="Type", required=True, options=("simple",)),
        Group(name="config", label="Config", fields=(pan,)),
    )
    item = Group(name="", label="Field", required=True, fields=fields)
    assert found == ListOf(name="field", label="Field", item=item, min_items=1, max_items=6)


SHOT = {"properties": {"prompt": {"type": "string"}, "duration": {"type": "integer"}}, "required": ["prompt"]}
ALL = {
    "shot_type": {"type": "string"},
    "generate_audio": {"type": "boolean"},
    "camera_control": {"type": "string"},
    "advanced_camera_control": {"type": "string"},
    "aspect_ratio": {"enum": ["1:1"]},
    "duration": {"enum": [5, 10]},
    "multi_prompt": {"type": "array", "items": SHOT},
    "prompt": {"type": "string"},
}


def test_parameters_stand_in_the_order_of_a_form() -> None:
    names = [parameter.name for parameter in read_document(document_of({"properties": ALL})).parameters]
    first = ["prompt", "multi_prompt", "duration", "aspect_ratio", "generate_audio"]
    assert names == [*first, "shot_type", "camera_control", "advanced_camera_control"]


def test_rules_apply_to_any_model_that_has_all_their_fields() -> None:
    exactly = ExactlyOne(("prompt", "multi_prompt"))
    at_most = AtMostOne(("camera_control", "advanced_camera_control"))
    only = OnlyWith("shot_type", "multi_prompt")

    def rules(without: str = "", **other: Any) -> tuple[Any, ...]:
        properties = {name: schema for name, schema in {**ALL, **other}.items() if name != without}
        return read_document(document_of({"properties": properties})).rules

    assert rules() == (exactly, at_most, only)
    assert rules(without="prompt") == (at_most, only)
    assert rules(without="multi_prompt") == (at_most,)
    assert rules(without="camera_control") == (exactly, only)
    assert rules(prompt={"type": "string", "required": True}) == (at_most, only)


def test_roles_reach_into_shots_and_only_there() -> None:
    spec = read_document(document_of({"properties": {**ALL, "scene": SHOT}}))
    shots, scene = spec["multi_prompt"], spec["scene"]
    assert isinstance(shots, ListOf)
    assert isinstance(shots.item, Group)
    assert isinstance(scene, Group)
    assert [field.role for field in shots.item.fields] == [Role.PROMPT, Role.SECONDS]
    assert [field.role for field in scene.fields] == [Role.OTHER, Role.OTHER]


def test_a_role_is_given_only_to_a_field_of_a_fitting_kind() -> None:
    odd = {
        "prompt": {"type": "integer"},
        "multi_prompt": {"type": "string"},
        "duration": {"enum": ["short", "long"]},
        "aspect_ratio": {"type": "string"},
        "generate_audio": {"enum": ["on"]},
        "negative_prompt": {"type": "boolean"},
    }
    spec = read_document(document_of({"properties": odd}))
    assert {parameter.role for parameter in spec.parameters} == {Role.OTHER}
    assert len(spec.parameters) == len(odd)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("cfg_scale", "Cfg scale"),
        ("prompt", "Prompt"),
        ("enableAudio", "Enable audio"),
        ("a-b.c", "A b c"),
        ("_", "_"),
    ],
)
def test_a_field_without_a_title_is_called_by_its_name(name: str, label: str) -> None:
    assert label_of(name).lower() == label.lower()
    assert label_of(name)[:1] == label[:1]


def test_what_is_known_about_a_model_is_read_and_rubbish_in_it_is_not() -> None:
    facts = {
        "name": "A",
        "maker": "B",
        "summary": "C.",
        "aliases": ["x"],
        "sound": True,
        "typical_seconds": [1, 2],
    }
    spec = read_document(document_of({}, facts=facts))
    assert (spec.name, spec.maker, spec.summary, spec.aliases) == ("A", "B", "C.", ("x",))
    assert (spec.native_sound, spec.typical_seconds, spec.id) == (True, (1, 2), "maker/some-model")
    rubbish: dict[str, Any] = dict.fromkeys(facts, 5)
    for value in (rubbish, {**rubbish, "typical_seconds": [5, 1], "aliases": [None]}, 5, None):
        spec = read_document(document_of({}, facts=value))
        assert (spec.name, spec.maker, spec.summary, spec.aliases) == ("maker/some-model", "", "", ())
        assert (spec.native_sound, spec.typical_seconds) == (False, None)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"paths": None},
        {"paths": {"/a": {"get": {}}}},
        {"paths": {"/a": {"post": {"requestBody": {"content": {"multipart/form-data": {"schema": {}}}}}}}},
        {"paths": {"/a": {"$ref": "#/paths/~1a"}}},
        document_of({"type": "array"}),
        document_of({"properties": {"model": {"type": "string"}}}),
        document_of({"properties": {"model": {"enum": [5, None]}}}),
        [],
        None,
        document_of({}, path="//elsewhere.example/x"),
        document_of({}, path="/v2/../admin"),
        document_of({}, path="v2/create"),
        document_of({}, path="/v2/create?a=b"),
        document_of({}, path="/@elsewhere.example"),
    ],
)
def test_a_document_without_a_model_to_make_a_form_for_is_an_error(document: Any) -> None:
    with pytest.raises(DocumentError) as error:
        read_document(document)
    assert str(error.value).endswith(".")


def test_a_small_document_that_describes_an_endless_tree_ends_soon() -> None:
    def next_level(level: int) -> dict[str, Any]:
        return {"properties": {f"p{n}": {"$ref": f"#/components/schemas/S{level + 1}"} for n in range(20)}}

    schemas = {f"S{level}": next_level(level) for level in range(30)}
    merged = {"allOf": [{"$ref": "#/components/schemas/M1"}] * 9}
    schemas |= {f"M{n}": {"allOf": [{"$ref": f"#/components/schemas/M{n + 1}"}] * 9} for n in range(30)}
    start = time.process_time()
    read({"$ref": "#/components/schemas/S0"}, components={"schemas": schemas})
    read(merged, components={"schemas": schemas})
    assert time.process_time() - start < 2


def published() -> list[dict[str, Any]]:
    folder = shared("api/schemas/kling")
    return [json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.json"))]


def test_every_published_document_gives_a_form_of_all_it_has() -> None:
    for document in published():
        agree(read_document(document), body_schema(document))


def _spec_or_none(document: dict[str, Any]) -> ModelSpec | None:
    try:
        return read_document(document)
    except DocumentError:
        return None


def agree(spec: ModelSpec, schema: dict[str, Any]) -> None:
    """`spec` and `schema` have the same fields with the same limits."""
    assert [spec.id] == schema["properties"]["model"]["enum"]
    published_fields = dict(walk(schema))
    seen: set[tuple[str, ...]] = {("model",)}

    def compare(parameter: Parameter, path: tuple[str, ...]) -> None:
        seen.add(path)
        part = published_fields[path]
        parent = published_fields.get(path[:-1], schema)
        assert parameter.required == (path[-1] == "[]" or path[-1] in parent.get("required", []))
        assert parameter.nullable == part.get("nullable", False)
        assert parameter.deprecated == part.get("deprecated", False)
        assert str(parameter.default) == str(part.get("default"))
        assert not parameter.conditions
        assert part.get("description", "") in parameter.help
        match parameter:
            case Choice(options=options):
                assert list(options) == part["enum"]
                kinds = {"integer": int, "string": str}
                assert all(type(option) is kinds[part["type"]] for option in options)
                assert parameter.default is None or parameter.default in options
            case Number(integer=integer, minimum=minimum, maximum=maximum):
                assert part["type"] == ("integer" if integer else "number")
                assert (minimum, maximum) == (part.get("minimum"), part.get("maximum"))
            case Switch():
                assert part["type"] == "boolean"
            case Text(min_length=least, max_length=most):
                assert part["type"] == "string"
                assert "format" not in part
                assert (least, most) == (part.get("minLength", 0), part.get("maxLength"))
            case Media(media=media):
                assert part["type"] == "string"
                assert media is not None  # none of them calls back
            case Group(fields=fields):
                for field in fields:
                    compare(field, (*path, field.name))
            case ListOf(item=item, min_items=least, max_items=most):
                assert (least, most) == (part.get("minItems", 0), part.get("maxItems"))
                compare(item, (*path, "[]"))
            case OneOf(alternatives=alternatives):
                assert len(alternatives) == len(part["anyOf"])

    for parameter in spec.parameters:
        compare(parameter, (parameter.name,))
    assert published_fields.keys() == seen


@patient
@given(schema=object_schemas())
def test_a_default_always_fits_its_parameter(schema: dict[str, Any]) -> None:
    try:
        spec = read_document(document_of(schema))
    except DocumentError:
        return
    for parameter in spec.parameters:
        if parameter.default is not None:
            assert is_set(parameter, parameter.default)
            assert not list(problems_in(parameter, parameter.default, ()))


KEYWORDS = [
    "type", "enum", "items", "properties", "required", "default", "minimum", "maxLength", "maxItems", "allOf",
    "anyOf", "$ref", "nullable", "title", "format", "const", "exclusiveMinimum",
]  # fmt: skip
RUBBISH = st.recursive(
    VALUES | st.sampled_from(["string", "integer", "array", "object", "#/components/a", "#/", "uri"]),
    lambda inner: st.dictionaries(st.sampled_from(KEYWORDS), inner, max_size=5) | st.lists(inner, max_size=3),
    max_leaves=12,
)


@settings(patient, max_examples=150)
@given(field=RUBBISH, body=st.dictionaries(st.sampled_from(KEYWORDS), RUBBISH), component=RUBBISH)
def test_rubbish_gives_a_spec_or_a_sentence(field: Any, body: dict[str, Any], component: Any) -> None:
    for schema in (body, {"properties": {"prompt": field, "multi_prompt": component}}):
        try:
            document = document_of({"properties": {}, **schema}) if isinstance(schema, dict) else {}
        except TypeError:  # properties that are no mapping
            document = {"paths": {"/a": {"post": {"requestBody": {"content": {"application/json": schema}}}}}}
        # DocumentError is the one thing that may come out of it.
        spec = _spec_or_none({**document, "components": {"a": component}})
        assert spec is None or spec.path


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"model": {"enum": ["my/\ud800"]}}},
        {"properties": {"model": {"enum": ["choices"]}}},
        {"properties": {"model": {"enum": ["storyboard"]}}},
        {"properties": {"model": {"enum": ["a\nb"]}}},
        {"properties": {"model": {"enum": ["m" * 301]}}},
        {"properties": {"half \ud800": {"type": "string"}}},
        {"properties": {"text": {"type": "string", "title": "\udfff"}}},
    ],
)
def test_what_could_not_be_shown_kept_or_sent_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(DocumentError):
        read_document(document_of(schema))


def test_figures_beyond_all_sense_say_nothing() -> None:
    huge = {"type": "integer", "minimum": -(10**400), "maximum": 10**400}
    spec = read_document(
        document_of({"properties": {"seed": huge}}, facts={"typical_seconds": [10**400, 10**400]})
    )
    seed = spec["seed"]
    assert isinstance(seed, Number)
    assert (seed.minimum, seed.maximum, spec.typical_seconds) == (None, None, None)
