"""The proof: a draft without problems makes a request that the document allows, and the other way round.

jsonschema judges by the document itself and knows nothing of specs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from components.catalog.catalog import Catalog
from components.catalog.openapi import read_document
from components.catalog.spec import ExactlyOne, Role
from components.form.draft import Draft
from components.storyboard.storyboard import Board, board_from
from tests.catalog.judge import VALUES, body_schema, document_of, fitting, object_schemas, patient, validator

BUNDLED = Catalog.bundled().models
JUDGES = {spec.id: validator(spec.document) for spec in BUNDLED}
LARGEST = 2**53


@st.composite
def values_for(draw: st.DrawFn, schema: dict[str, Any], always: tuple[str, ...] = ()) -> dict[str, Any]:
    """Values for the fields of `schema`: in every other draft good ones, else some odd ones among them."""
    odd = draw(st.booleans())
    fields = {name: fitting(part, odd=odd) for name, part in schema["properties"].items() if name != "model"}
    named = {name: fields.pop(name) for name in always if name in fields} if not odd else {}
    values: dict[str, Any] = draw(st.fixed_dictionaries(named, optional={**fields, "unknown": VALUES}))
    return values


@st.composite
def boards(draw: st.DrawFn) -> Board | None:
    """No board, or one that a person may have planned, within the limits of the models or not."""
    text = st.sampled_from(["", " ", "a fox", "a fox, 3 seconds", "x" * 3073, "a\x00b"]) | st.text(max_size=9)
    rows = st.lists(st.tuples(text, st.integers(1, 20)), max_size=8)
    board = draw(st.none() | rows.map(board_from))
    return board if board is None else replace(board, write_lengths=draw(st.booleans()))


@st.composite
def bundled_drafts(draw: st.DrawFn) -> Draft:
    spec = draw(st.sampled_from(BUNDLED))
    content = tuple(p.name for p in spec.parameters if p.role in (Role.PROMPT, Role.SHOTS))
    values = draw(values_for(body_schema(spec.document), content))
    return Draft(spec, values, draw(st.sampled_from([None, False, True])), draw(boards()))


@st.composite
def random_drafts(draw: st.DrawFn) -> Draft:
    schema = draw(object_schemas())
    # Without the bundled rules, so that the schema is all there is to it.
    spec = read_document(document_of(schema), {})
    return Draft(spec, draw(values_for(schema, tuple(schema.get("required", ())))))


def empties(node: Any) -> Iterator[Any]:
    """Every null and "" in a request."""
    if isinstance(node, dict | list):
        for inner in node.values() if isinstance(node, dict) else node:
            yield from empties(inner)
    elif node is None or node == "":
        yield node


def check_request(draft: Draft, is_valid: bool) -> None:
    body = draft.request()
    event("sent" if not draft.problems() else "refused")
    if draft.problems():
        assert all(problem.message[-1] == "." for problem in draft.problems())
        return
    assert is_valid, body
    assert not list(empties(body))
    assert json.loads(json.dumps(body, allow_nan=False).encode()) == body
    assert not body.keys() & draft.defaults().keys()


@settings(patient, max_examples=400)
@given(bundled_drafts())
def test_a_draft_without_problems_is_a_valid_request_of_a_bundled_model(draft: Draft) -> None:
    body = draft.request()
    check_request(draft, JUDGES[draft.spec.id].is_valid(body))
    if draft.problems():
        return
    for rule in draft.spec.rules:
        if isinstance(rule, ExactlyOne):
            assert len(body.keys() & set(rule.names)) == 1
    if draft.plans_shots and draft.shape is not None:
        assert len(body[draft.shape.parameter.name]) == len(draft.plan.shots)
        assert draft.shape.total is not None
        assert body[draft.shape.total.name] == draft.plan.seconds


@settings(patient, max_examples=150)
@given(random_drafts())
def test_a_draft_without_problems_is_a_valid_request_of_any_model(draft: Draft) -> None:
    check_request(draft, validator(draft.spec.document).is_valid(draft.request()))


@settings(patient, max_examples=150)
@given(random_drafts())
def test_a_draft_has_problems_exactly_if_the_document_forbids_what_was_set(draft: Draft) -> None:
    schema = body_schema(draft.spec.document)
    meant = as_meant(schema, {**draft.values, "model": draft.spec.id})
    unsendable = any(unfit(part) for part in leaves(meant))
    assume(not (unsendable and validator(draft.spec.document).is_valid(meant)))
    has_problems = bool(draft.problems())
    event("forbidden" if has_problems else "allowed")
    assert has_problems != validator(draft.spec.document).is_valid(meant), meant


@patient
@given(draft=bundled_drafts(), name=st.integers(0, 9), value=VALUES)
def test_a_value_that_the_document_forbids_has_a_problem_in_its_place(
    draft: Draft, name: int, value: Any
) -> None:
    spec = draft.spec
    plain = [p for p in spec.parameters if p.role is not Role.SHOTS]  # those come from a board
    parameter = plain[name % len(plain)]
    schema = body_schema(spec.document)["properties"][parameter.name]
    probe = {"type": "object", "properties": {"model": {}, "it": schema}}
    judge = validator(document_of(probe))
    meant = as_meant(probe, {"it": value})
    assume("it" in meant and not judge.is_valid({"model": "maker/some-model", **meant}))
    with_shots = parameter.deprecated or parameter.name == "shot_type"
    only_here = Draft(
        spec,
        {"prompt": "a", parameter.name: value},
        with_shots,
        board_from([("a", 3)]) if with_shots else None,
    )
    places = {problem.path[:1] for problem in only_here.problems()}
    assert parameter.deprecated or (parameter.name,) in places


def as_meant(schema: dict[str, Any], value: Any) -> Any:
    """`value` as a person means it: empty is not set, unknown and deprecated fields are not there, and what is
    required and not set is what the document has as its default, or the only option."""
    if "items" in schema and isinstance(value, list):
        item = schema["items"]
        blank: Any = {} if "properties" in item else None
        return [as_meant(item, entry if is_given(item, entry) else blank) for entry in value]
    if "properties" not in schema or not isinstance(value, dict):
        return value
    meant = {}
    for name, part in schema["properties"].items():
        is_required = name in schema.get("required", [])
        offered = is_required or not part.get("deprecated")
        if offered and is_given(part, value.get(name)):
            meant[name] = as_meant(part, value[name])
        elif is_required and "default" in part:
            default = part["default"]
            is_text_for_number = isinstance(default, str) and part["type"] == "integer"
            meant[name] = int(default) if is_text_for_number else default
        elif is_required and len(part.get("enum", ())) == 1:  # a fact, not a question
            meant[name] = part["enum"][0]
        elif is_required and "properties" in part:
            meant[name] = as_meant(part, {})
    return meant


def is_given(schema: dict[str, Any], value: Any) -> bool:
    """Whether a person put anything there."""
    if isinstance(value, dict) and "properties" in schema:
        return any(is_given(part, value.get(name)) for name, part in schema["properties"].items())
    is_text = schema.get("type") == "string" and "enum" not in schema
    if is_text and isinstance(value, str):
        return bool(value.strip())
    return value is not None and value not in ("", [])


def leaves(node: Any) -> Iterator[Any]:
    if isinstance(node, dict | list):
        yield node
        for inner in node.values() if isinstance(node, dict) else node:
            yield from leaves(inner)
    else:
        yield node


def unfit(value: Any) -> bool:
    """Whether JSON Schema allows `value` and we do not: odd characters, numbers beyond exactness, empty entries."""
    if isinstance(value, str):
        return "\x00" in value or any("\ud800" <= c <= "\udfff" for c in value)
    if isinstance(value, int | float):
        return not abs(value) <= LARGEST
    return isinstance(value, list) and any(
        entry is None or entry == [] or (isinstance(entry, str) and not entry.strip()) for entry in value
    )
