"""What the Studio says of a draft that comes from a take."""

import pytest

from components.catalog.catalog import Catalog
from components.catalog.spec import Role
from components.form.desk import draft_of
from components.form.draft import Draft
from components.form.order import order
from components.gallery.lineage import changed, told
from components.jobs.job import Destination, Job, State

SPEC = Catalog.bundled().models[0]


def made(values: dict[Role, object]) -> Draft:
    named = {}
    for role, value in values.items():
        parameter = SPEC.by_role(role)
        assert parameter is not None
        named[parameter.name] = value
    return Draft(SPEC, named, False)


def take(draft: Draft) -> Job:
    asked = order(draft, owner="ann", destination=Destination.SANDBOX, base_url="built-in")
    return Job(id="ab" * 16, seq=1, order=asked, state=State.COMPLETED, created=0.0)


PARENT = take(made({Role.PROMPT: "a fox"}))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({Role.PROMPT: "a fox"}, "Nothing changed so far."),
        ({Role.PROMPT: "a red fox"}, "Changed so far: Prompt changed."),
        ({}, "Changed so far: Prompt"),
        ({Role.PROMPT: "a fox", Role.ASPECT_RATIO: "9:16"}, "9:16"),
        ({Role.PROMPT: "a fox", Role.ASPECT_RATIO: "16:9"}, "Nothing changed so far."),
    ],
)
def test_it_says_what_was_changed_and_a_default_that_was_chosen_is_no_change(
    values: dict[Role, object], said: str
) -> None:
    assert said in changed(PARENT, made(values))


def test_the_settings_of_a_take_are_no_change() -> None:
    assert changed(PARENT, draft_of(PARENT.order, SPEC)) == "Nothing changed so far."


@pytest.mark.parametrize(
    ("kin", "beginning"),
    [("variation", "A variation of “a fox”."), ("retry", "Another try at"), ("draft", "Made from")],
)
def test_it_names_the_take(kin: str, beginning: str) -> None:
    assert told(PARENT, kin, made({Role.PROMPT: "a fox"})).startswith(beginning)


def test_a_long_change_stays_a_line() -> None:
    assert len(told(PARENT, "draft", made({Role.PROMPT: "x " * 5_000}))) < 500
