from dataclasses import replace
from typing import Any

import pytest

from components.catalog.entry import Entry
from components.catalog.spec import (
    ALTERNATIVE,
    VALUE,
    Choice,
    ListOf,
    ModelSpec,
    Number,
    OneOf,
    Parameter,
    Text,
)
from components.form.adapting import MOST_ENTRIES, adapted, fingerprint, fitting, shaped, unsendable

RATIO = Choice(name="ratio", label="Ratio", options=("16:9", "1:1"))
SECONDS = Number(name="seconds", label="Seconds", integer=True, minimum=3, maximum=10)
PROMPT = Text(name="prompt", label="Prompt", max_length=5)
STYLE = OneOf(name="style", label="Style", alternatives=(PROMPT, SECONDS))


def model(*parameters: Parameter) -> ModelSpec:
    return ModelSpec(id="maker/model", name="Model", path="/", parameters=parameters)


def test_a_fingerprint_is_that_of_the_parameters_and_nothing_else() -> None:
    spec = model(RATIO, SECONDS)
    assert fingerprint(spec) == fingerprint(replace(spec, summary="New words")) == fingerprint(spec)
    assert fingerprint(spec) != fingerprint(model(RATIO))
    assert fingerprint(spec) != fingerprint(model(RATIO, replace(SECONDS, maximum=5)))


@pytest.mark.parametrize(
    ("values", "sentences"),
    [
        ({}, []),
        ({"ratio": "1:1", "seconds": 5, "prompt": "a fox"}, []),
        ({"ratio": None, "gone": "", "prompt": "  "}, []),
        ({"aspect_mode": "x"}, ["“Aspect mode” is no longer taken by this model; it is kept and not sent."]),
        ({"old": "x"}, ["“Old setting” is no longer taken by this model; it is kept and not sent."]),
        ({"ratio": "4:3"}, ["Ratio “4:3” is no longer offered; it must be 16:9 or 1:1."]),
        ({"seconds": 15}, ["Seconds must be a whole number from 3 to 10; you gave 15."]),
        ({"prompt": "a long text"}, ["Prompt is too long: 11 characters, and the limit is 5."]),
    ],
)
def test_what_no_longer_fits_is_said(values: dict[str, Any], sentences: list[str]) -> None:
    old = Text(name="old", label="Old setting", deprecated=True)
    assert list(adapted(values, model(RATIO, SECONDS, PROMPT, old))) == sentences


def test_many_that_no_longer_fit_are_counted() -> None:
    said = adapted({f"name {n}": 1 for n in range(20)}, model(RATIO))
    assert len(said) == 6
    assert said[-1] == "15 other settings no longer fit either."


@pytest.mark.parametrize(
    ("entry", "sent"),
    [
        (Entry(id="m", name="M", listed=frozenset({"live"})), True),
        (Entry(id="m", name="M"), True),
        (Entry(id="m", name="M", gone=frozenset({"sandbox"})), True),
        (Entry(id="m", name="M", gone=frozenset({"live"})), False),
        (Entry(id="m", name="M", gone=frozenset({"live"}), added=True), True),
        (None, False),
    ],
)
def test_a_model_that_went_can_no_longer_be_sent(entry: Entry | None, sent: bool) -> None:
    sentence = unsendable(entry, "live")
    assert (sentence is None) is sent
    assert sentence is None or "draft is kept" in sentence


@pytest.mark.parametrize(
    ("parameter", "value", "left"),
    [
        (RATIO, "4:3", None),
        (RATIO, ["1:1"], None),
        (SECONDS, "5", None),
        (SECONDS, 5, 5),
        (PROMPT, "far too long", "far too long"),
        (PROMPT, {"a": 1}, None),
        (STYLE, {ALTERNATIVE: 1, VALUE: 5}, {ALTERNATIVE: 1, VALUE: 5}),
        (STYLE, {ALTERNATIVE: 1, VALUE: "x"}, {ALTERNATIVE: 1, VALUE: None}),
        (STYLE, {ALTERNATIVE: 9, VALUE: 5}, None),
        (STYLE, {ALTERNATIVE: "1"}, None),
        (STYLE, 5, 5),
        (STYLE, [5], None),
        (ListOf(name="l", label="L", item=SECONDS), [5, "x", 6], [5, 6]),
        (ListOf(name="l", label="L", item=SECONDS), [5] * 1000, [5] * MOST_ENTRIES),
        (ListOf(name="l", label="L", item=SECONDS), {"a": 5}, None),
    ],
)
def test_only_what_a_field_can_show_is_left(parameter: Parameter, value: Any, left: Any) -> None:
    assert shaped(parameter, value) == left


def test_of_a_model_that_went_what_fits_comes_along() -> None:
    values = {"prompt": "a long text", "seconds": 15, "ratio": "1:1", "other": 1}
    assert fitting(values, model(RATIO, SECONDS, PROMPT)) == {"ratio": "1:1", "prompt": "a long text"}
