from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.sandbox.checks import Judge
from components.sandbox.documents import BUNDLED, Published, read_documents
from tests.need import shared

SECONDS = [*range(3, 16)]
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "model": {"type": "string", "enum": ["m"]},
        "prompt": {"type": "string", "maxLength": 20},
        "multi_prompt": {
            "type": "array",
            "nullable": True,
            "minItems": 1,
            "maxItems": 3,
            "items": {
                "type": "object",
                "required": ["prompt"],
                "properties": {
                    "prompt": {"type": "string"},
                    "duration": {"type": "integer", "enum": [*range(1, 16)], "default": "5"},
                },
            },
        },
        "duration": {"type": "integer", "enum": SECONDS, "default": "5"},
        "cfg_scale": {"type": "number", "minimum": 0, "maximum": 1},
        "generate_audio": {"type": "boolean", "default": True},
        "image_url": {"type": "string", "format": "uri", "required": True},
        "steps": {"type": "integer", "minimum": 1, "exclusiveMinimum": True},
    },
    "required": ["model"],
}
JUDGE = Judge(SCHEMA, {})


def body(**fields: Any) -> dict[str, Any]:
    return {"model": "m", "prompt": "a fox", **fields}


@pytest.mark.parametrize(
    ("given_fields", "in_force"),
    [
        ({}, {"duration": 5, "generate_audio": True}),
        ({"duration": "10"}, {"duration": 10}),
        ({"duration": 7.0}, {"duration": 7}),
        ({"cfg_scale": "0.5"}, {"cfg_scale": 0.5}),
        ({"generate_audio": False}, {"generate_audio": False}),
        ({"multi_prompt": None}, {"prompt": "a fox"}),
        (
            {"multi_prompt": [{"prompt": "a", "duration": "3"}]},
            {"multi_prompt": [{"prompt": "a", "duration": 3}]},
        ),
        ({"multi_prompt": [{"prompt": "a"}]}, {"multi_prompt": [{"prompt": "a", "duration": 5}]}),
        ({"image_url": "data:image/png;base64,AAAA"}, {}),
    ],
)
def test_what_is_accepted_and_what_is_then_in_force(
    given_fields: dict[str, Any], in_force: dict[str, Any]
) -> None:
    judgement = JUDGE.judge(body(**given_fields))
    assert judgement.problems == ()
    assert {name: judgement.values[name] for name in in_force} == in_force
    assert type(judgement.values["duration"]) is int


def test_unknown_fields_are_ignored() -> None:
    assert "colour" not in JUDGE.judge(body(colour={"a": [1]})).values


@pytest.mark.parametrize(
    ("given_fields", "problem"),
    [
        ({"duration": 99}, f"Invalid enum value. Expected {' | '.join(map(str, SECONDS))}, received 99"),
        ({"duration": "soon"}, "received 'soon' at \"duration\""),
        ({"duration": "1e1"}, "received '1e1'"),
        ({"duration": "nan"}, "received 'nan'"),
        ({"duration": "９"}, "received '９'"),
        ({"duration": True}, "received true"),
        ({"duration": 10**4000}, "a very large number"),
        ({"cfg_scale": 1.1}, 'Number must be less than or equal to 1 at "cfg_scale"'),
        ({"cfg_scale": -1}, "Number must be greater than or equal to 0"),
        ({"cfg_scale": []}, "Expected number, received array"),
        ({"steps": 1}, "Number must be greater than 1"),
        ({"steps": 2.5}, "Expected integer, received float"),
        ({"prompt": 3}, 'Expected string, received number at "prompt"'),
        ({"prompt": "x" * 21}, "String must contain at most 20 character(s)"),
        ({"generate_audio": "yes"}, "Expected boolean, received string"),
        ({"image_url": "a picture"}, 'Invalid url at "image_url"'),
        ({"multi_prompt": []}, "Array must contain at least 1 element(s)"),
        ({"multi_prompt": [{"prompt": "a"}] * 4}, "Array must contain at most 3 element(s)"),
        ({"multi_prompt": [{"duration": 3}]}, 'Required at "multi_prompt.0.prompt"'),
        ({"multi_prompt": [{"prompt": "a", "duration": 15}] * 3}, 'received 45 at "duration"'),
        ({"prompt": None}, 'Expected string, received null at "prompt"'),
        ({"duration": None}, "received null"),
        ({"prompt": "", "multi_prompt": None}, "Either prompt or multi_prompt must be provided"),
        ({"model": None}, "Expected 'm', received null"),
    ],
)
def test_what_is_refused_and_how_it_is_worded(given_fields: dict[str, Any], problem: str) -> None:
    problems = JUDGE.judge(body(**given_fields)).problems
    assert any(problem in text for text in problems), problems
    assert all(len(text) < 1_000 for text in problems)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters()),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*SCHEMA["properties"], "?"]), inner)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from([*SCHEMA["properties"], "?"]), JSON))
def test_no_body_breaks_the_judge(anything: dict[str, Any]) -> None:
    judgement = JUDGE.judge(anything)
    json.dumps(judgement.values)
    assert all(isinstance(text, str) for text in judgement.problems)


def test_references_are_followed_and_circles_end() -> None:
    document = {
        "components": {
            "schemas": {
                "Seconds": {"type": "integer", "enum": [5]},
                "Tree": {"type": "object", "properties": {"of": {"$ref": "#/components/schemas/Tree"}}},
            }
        }
    }
    schema = {
        "properties": {
            "duration": {"$ref": "#/components/schemas/Seconds"},
            "tree": {"$ref": "#/components/schemas/Tree"},
        }
    }
    judge = Judge(schema, document)
    assert judge.judge({"duration": "5", "tree": {"of": {"of": {}}}}).problems == ()
    assert judge.judge({"duration": 6}).problems
    assert judge.judge({"tree": {"of": 3}}).problems


@pytest.mark.parametrize("model", read_documents(BUNDLED), ids=lambda model: model.id)
def test_the_smallest_body_of_every_bundled_model_is_accepted(model: Published) -> None:
    judgement = model.judge.judge({"model": model.id, "prompt": "a fox"})
    assert judgement.problems == ()
    assert model.judge.judge({"model": model.id}).problems
    assert (
        model.judge.judge({"model": model.id, "prompt": ""}).problems
        or "multi_prompt" not in model.judge.properties
    )


def test_every_published_document_of_the_family_can_be_served() -> None:
    models = [m for folder in ("kling", "legacy") for m in read_documents(shared(f"api/schemas/{folder}"))]
    assert len({model.id for model in models}) >= 44
    for model in models:
        problems = model.judge.judge({"model": model.id}).problems
        assert all("Required" in text or "must be provided" in text for text in problems)
