"""Every published document: its form asks for all that it has, and what is filled in is what the document takes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.catalog.checks import alternative_of, is_set
from components.catalog.openapi import read_document
from components.catalog.spec import (
    Choice,
    Group,
    Json,
    ListOf,
    Media,
    Number,
    OneOf,
    Parameter,
    Switch,
    Text,
)
from components.form.draft import Draft
from tests.catalog.judge import body_schema
from tests.catalog.schemas import judge
from tests.need import SHARED

FILES = sorted((SHARED / "api/schemas/kling").glob("*.json"))


def document(file: Any) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return read


def filled(parameter: Parameter) -> Any:
    """A value of every kind, with all that is in it."""
    match parameter:
        case Choice(options=options):
            return options[-1]
        case Number(minimum=low, maximum=high):
            return low if low is not None else high if high is not None else 1
        case Switch():
            return True
        case Text():
            return "a fox"[: parameter.max_length]
        case Media():
            return "https://example.com/a.png"
        case Group(fields=fields):
            return {field.name: filled(field) for field in fields if not field.deprecated}
        case ListOf(item=item, min_items=least):
            return [filled(item) for _ in range(max(least, 1))]
        case OneOf(alternatives=alternatives):
            return filled(alternatives[-1])
        case Json():
            return {"a": 1}
    raise AssertionError(parameter)


@pytest.mark.skipif(not FILES, reason="../shared/api/schemas is not beside the checkout.")
@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.stem))
def test_a_request_of_all_fields_and_one_of_the_required_are_valid(file: Any) -> None:
    read = document(file)
    schema, spec = body_schema(read), read_document(read)
    valid = judge(schema)
    names = [name for name, part in schema["properties"].items() if not part.get("deprecated")]
    assert sorted(p.name for p in spec.parameters if not p.deprecated) == sorted(set(names) - {"model"})
    # "A prompt or shots": a rule that no schema states.
    either = {name for rule in spec.rules for name in getattr(rule, "names", ())[1:]}
    everything = {p.name: filled(p) for p in spec.parameters if p.name not in either}
    required = {name: everything[name] for name in schema["required"] if name != "model"}
    content = {"prompt": "a fox"} if "prompt" in spec else {}
    for values in (everything, required | content):
        draft = Draft(spec, values)
        assert draft.problems() == ()
        request = draft.request()
        assert valid.is_valid(request), [error.message for error in valid.iter_errors(request)]
        needs_shots = {rule.name for rule in spec.rules if hasattr(rule, "needs")}
        assert request == {"model": spec.id} | {k: v for k, v in values.items() if k not in needs_shots}


@pytest.mark.skipif(not FILES, reason="../shared/api/schemas is not beside the checkout.")
def test_either_shape_of_a_field_can_be_filled() -> None:
    found = 0
    for file in FILES:
        read = document(file)
        spec, valid = read_document(read), judge(body_schema(read))
        for parameter in spec.parameters:
            if not isinstance(parameter, OneOf):
                continue
            found += 1
            others = {p.name: filled(p) for p in spec.parameters if p.required}
            for position, alternative in enumerate(parameter.alternatives):
                value = filled(alternative)
                assert alternative_of(parameter, value) == (position, value)
                chosen = {"@alternative": position, "@value": value}
                assert is_set(parameter, chosen)
                for kept in (value, chosen):
                    draft = Draft(spec, {**others, parameter.name: kept})
                    assert draft.problems() == ()
                    assert draft.request()[parameter.name] == value
                    assert valid.is_valid(draft.request())
    assert found
