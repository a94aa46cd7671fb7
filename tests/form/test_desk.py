from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.catalog.catalog import Catalog
from components.catalog.spec import ModelSpec, Role
from components.form.desk import CHOICES, STORYBOARD, Desk, draft_of, has_storyboard, read_desk
from components.form.draft import Draft
from components.jobs.job import Destination, Order
from components.storyboard.storyboard import Board, board_from

CATALOG = Catalog.bundled()
MODELS = {spec.id: spec for spec in CATALOG.models}
BOARDS = [spec for spec in CATALOG.models if has_storyboard(spec)]
PLAIN = [spec for spec in CATALOG.models if not has_storyboard(spec)]


BOARD = board_from([("a", 3), ("b\n🦊", 4)])


def asked(spec: ModelSpec, body: dict[str, Any], board: dict[str, Any] | None = None) -> Order:
    """A take that was asked for with this request."""
    where = Destination.SANDBOX
    return Order(
        owner="ann",
        model=spec.id,
        model_name=spec.name,
        body=body,
        destination=where,
        base_url="",
        path="/",
        board=board,
    )


def name(spec: ModelSpec, role: Role) -> str:
    parameter = spec.by_role(role)
    assert parameter is not None
    return parameter.name


def test_switching_models_takes_the_prompt_along_and_brings_the_rest_back() -> None:
    old, new = BOARDS[0], PLAIN[0]
    desk = Desk(old.id)
    desk.keep(Draft(old, {name(old, Role.PROMPT): "a fox", name(old, Role.SECONDS): 7}, False))
    desk.switch(old, new)
    assert desk.model == new.id
    assert desk.draft(new).values[name(new, Role.PROMPT)] == "a fox"
    assert desk.draft(new).values.get(name(new, Role.SECONDS)) != 7  # this model makes no 7 s
    desk.switch(new, old)
    assert desk.draft(old).values[name(old, Role.SECONDS)] == 7


def test_a_storyboard_is_still_one_after_a_visit_to_a_model_without() -> None:
    old, new = BOARDS[0], PLAIN[0]
    desk = Desk(old.id)
    desk.keep(Draft(old, {}, True, BOARD))
    desk.switch(old, new)
    assert not desk.draft(new).storyboard
    desk.switch(new, old)
    assert desk.draft(old).storyboard
    assert desk.draft(old).plan == BOARD


def test_the_board_is_the_same_under_every_model_that_takes_shots() -> None:
    one, other = BOARDS
    desk = Desk(one.id)
    desk.keep(Draft(one, {}, True, BOARD))
    desk.switch(one, other)
    assert desk.draft(other).storyboard
    assert desk.draft(other).plan == BOARD
    changed = BOARD.move(1, 0)
    desk.keep(Draft(other, {}, True, changed))
    desk.switch(other, PLAIN[0])
    assert desk.draft(PLAIN[0]).plan == Board()
    desk.switch(PLAIN[0], one)
    assert desk.draft(one).plan == changed


def test_an_edition_is_never_the_same_again_and_outlives_the_session() -> None:
    """A browser keeps what is typed by it: an old one would bring an old text back."""
    desk = Desk(PLAIN[0].id)
    seen = {desk.edition}
    for old, new in ((PLAIN[0], PLAIN[1]), (PLAIN[1], PLAIN[0]), (PLAIN[0], PLAIN[1])):
        desk.switch(old, new)
        seen.add(desk.edition)
    assert len(seen) == 4
    again = read_desk({CHOICES: desk.choices()}, MODELS.__contains__, PLAIN[0].id)
    assert again.edition == desk.edition


def test_another_edition_shows_the_replaced_draft_in_fresh_fields() -> None:
    desk = Desk(PLAIN[0].id)
    before = desk.edition
    desk.replace(Draft(BOARDS[0], {name(BOARDS[0], Role.PROMPT): "new"}, False))
    assert desk.model == BOARDS[0].id
    assert desk.edition != before


def test_the_desk_comes_back_as_it_was_kept() -> None:
    spec = BOARDS[0]
    desk = Desk(spec.id, takes=3, destination=Destination.SANDBOX)
    desk.keep(Draft(spec, {name(spec, Role.PROMPT): "a fox\n🦊"}, False, BOARD))
    again = read_desk(
        {CHOICES: desk.choices(), STORYBOARD: BOARD.as_json(), **desk.drafts},
        MODELS.__contains__,
        PLAIN[0].id,
    )
    assert (again.model, again.takes, again.destination) == (spec.id, 3, Destination.SANDBOX)
    assert again.draft(spec) == desk.draft(spec)


@pytest.mark.parametrize(
    "kept",
    [
        {},
        {CHOICES: {"model": "gone/model", "takes": 99, "destination": "moon"}},
        {CHOICES: {"model": 7, "takes": "3", "destination": None}},
        {CHOICES: {"model": ["a"], "takes": True, "destination": {}, "edition": "../"}},
        {STORYBOARD: {"shots": "none"}},
        {PLAIN[0].id: {"values": "text"}},
        {PLAIN[0].id: {}},
    ],
)
def test_what_no_longer_fits_is_left_out_of_a_kept_desk(kept: Mapping[str, Mapping[str, Any]]) -> None:
    desk = read_desk(kept, MODELS.__contains__, PLAIN[0].id)
    assert desk.model in MODELS
    assert 1 <= desk.takes <= 4
    assert desk.draft(PLAIN[0]).request() == {"model": PLAIN[0].id}


@pytest.mark.parametrize("spec", CATALOG.models, ids=lambda spec: spec.id)
def test_a_request_becomes_a_draft_that_makes_the_same_request(spec: ModelSpec) -> None:
    body: dict[str, Any] = {"model": spec.id, name(spec, Role.PROMPT): "a fox", name(spec, Role.SECONDS): 10}
    desk = Desk(spec.id)
    desk.replace(draft_of(asked(spec, body), spec))
    assert desk.draft(spec).request() == body


@pytest.mark.parametrize("spec", BOARDS, ids=lambda spec: spec.id)
def test_a_storyboard_comes_back_from_its_take_with_its_seconds(spec: ModelSpec) -> None:
    first = Draft(spec, {}, True, BOARD)
    order = asked(spec, first.request(), board=BOARD.as_json())
    assert draft_of(order, spec) == first
    assert draft_of(order, spec, BOARD.keep([1])).plan == BOARD.keep([1])
    older = draft_of(replace(order, board=None), spec)  # from before boards were kept
    assert [seconds for _, seconds in older.plan.rows] == [3, 4]
    assert older.request() == first.request()


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from([CHOICES, STORYBOARD, *MODELS]),
        st.dictionaries(
            st.sampled_from(["model", "takes", "destination", "values", "storyboard", "shots", "edition"]),
            json_like,
            max_size=5,
        ),
        max_size=4,
    )
)
def test_no_kept_desk_breaks_the_page(kept: dict[str, dict[str, Any]]) -> None:
    desk = read_desk(kept, MODELS.__contains__, PLAIN[0].id)
    for spec in MODELS.values():
        desk.draft(spec).problems()
        desk.draft(spec).request()
