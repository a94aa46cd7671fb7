"""Whatever a provider publishes: a form, no value lost, no request called valid that its schema forbids, and no
value refused that its schema allows. The values are made from the schema, and jsonschema judges."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from hypothesis import event, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from components.catalog.openapi import bundled_rules, read_document
from components.catalog.spec import Group, ListOf, OneOf, Parameter
from components.form.draft import Draft
from tests.catalog.judge import ODD, body_schema, document_of, patient
from tests.catalog.schemas import COMPONENTS, judge, objects, values

economical = settings(patient, max_examples=120, derandomize=True)

# Without the bundled rules between fields, so that the schema is all there is to it.
RULES = {name: part for name, part in bundled_rules().items() if name != "rules"}
WRONG = ODD.filter(lambda value: value != {"a": 1})


class Case(NamedTuple):
    """A draft of a random model, and the judge of its requests."""

    draft: Draft
    judge: Draft202012Validator

    def __repr__(self) -> str:
        schema = body_schema(self.draft.spec.document)
        return f"schema={json.dumps(schema)}\nvalues={self.draft.values}"


@st.composite
def cases(draw: st.DrawFn, *, odd: bool) -> Case:
    body = draw(objects(4))
    document = {**document_of(body), "components": {"schemas": COMPONENTS}}
    spec = read_document(document, RULES)
    made = {name: values(part, name) for name, part in properties(body, draw(st.integers(0, 1))).items()}
    needed = {name: made.pop(name) for name in body.get("required", ()) if name in made}
    chosen = draw(st.fixed_dictionaries(needed, optional=made))
    if odd and chosen and draw(st.booleans()):
        chosen[draw(st.sampled_from(sorted(chosen)))] = draw(WRONG | st.lists(WRONG, max_size=2))
    schema = {"type": "object", **body, "properties": {"model": {}, **body["properties"]}}
    return Case(Draft(spec, chosen), judge(schema))


def properties(body: dict[str, Any], branch: int) -> dict[str, Any]:
    """Those of the body and of one of its alternatives."""
    found = dict(body["properties"])
    for part in body.get("oneOf", ())[branch : branch + 1]:
        found |= {name: schema for name, schema in part.get("properties", {}).items() if name not in found}
    return found


def offered(parameters: Any) -> Iterator[Parameter]:
    for parameter in parameters:
        yield parameter
        match parameter:
            case Group(fields=fields):
                yield from offered(fields)
            case ListOf(item=item):
                yield from offered([item])
            case OneOf(alternatives=alternatives):
                yield from offered(alternatives)


def pruned(value: Any) -> Any:
    """`value` as a person means it: nothing that is empty."""
    if isinstance(value, dict):
        return {name: part for name, inner in value.items() if not is_empty(part := pruned(inner))}
    return [pruned(inner) for inner in value] if isinstance(value, list) else value


def is_empty(value: Any) -> bool:
    return value is None or value in ("", [], {}) or (isinstance(value, str) and not value.strip())


def is_kept(value: Any, sent: Any) -> bool:
    """Whether all of `value` is in what is sent."""
    if isinstance(value, dict):
        return isinstance(sent, dict) and all(
            is_empty(inner) or (name in sent and is_kept(inner, sent[name])) for name, inner in value.items()
        )
    if isinstance(value, list):
        return isinstance(sent, list) and len(value) == len(sent) and all(map(is_kept, value, sent))
    return (type(value) is type(sent) and value == sent) or (not isinstance(value, bool) and value == sent)


@economical
@given(cases(odd=True))
def test_what_has_no_problem_is_valid_and_whole(case: Case) -> None:
    draft, valid = case
    body, problems = draft.request(), draft.problems()
    event("refused" if problems else "sent")
    assert all(problem.message.endswith((".", "”")) for problem in problems)
    if problems:
        return
    assert valid.is_valid(body), (body, [error.message for error in valid.iter_errors(body)])
    deprecated = {parameter.name for parameter in draft.spec.parameters if parameter.deprecated}
    nested = any(p.deprecated for p in offered(draft.spec.parameters))
    for name, value in draft.values.items():
        if name in draft.spec and name not in deprecated and not nested and not is_empty(pruned(value)):
            assert name in body, (name, value)
            assert is_kept(pruned(value), body[name]), (value, body[name])


@economical
@given(cases(odd=False))
def test_what_the_schema_allows_is_not_refused(case: Case) -> None:
    draft, valid = case
    meant = pruned({**draft.values, "model": draft.spec.id})
    # What is empty is not set, and deprecated fields are not sent: not a matter of what the schema allows.
    is_same = meant == {**draft.values, "model": draft.spec.id}
    if not is_same or any(p.deprecated for p in offered(draft.spec.parameters)):
        return
    allowed = valid.is_valid(meant)
    event("allowed" if allowed else "forbidden")
    if allowed:
        assert draft.problems() == (), (meant, draft.problems())
