from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from components.catalog.pricing import Estimate
from components.catalog.spec import Choice, Group, MediaKind, MediaLimits, ModelSpec, Number, Role
from components.form.draft import Draft
from components.form.keeping import choose, in_the_way, open_desk, put_on_desk
from components.form.order import DOUBLE_CLICK, ask, dearer, in_force, missing_files, price_of
from components.jobs.job import BUILT_IN, Destination, Job
from components.jobs.store import StoreError
from components.services import Services, build
from components.settings import Settings
from components.storyboard.shapes import shape_of
from components.storyboard.storyboard import board_from


@pytest.fixture
def shared(tmp_path: Path) -> Services:
    return build(Settings(data=tmp_path))


def draft(shared: Services, text: str = "a fox") -> Draft:
    spec = shared.catalog.models[0]
    prompt = spec.by_role(Role.PROMPT)
    assert prompt is not None
    return Draft(spec, {prompt.name: text})


def click(
    state: dict[str, Any], shared: Services, made: Draft, now: float = 100.0, takes: int = 1
) -> list[Job]:
    return ask(state, shared, made, owner="me", destination=Destination.SANDBOX, takes=takes, now=now)


def test_a_take_remembers_all_that_it_needs(shared: Services) -> None:
    made = draft(shared)
    job = click({}, shared, made, takes=2)[1]
    assert job.order.body == made.request()
    assert job.order.defaults == made.defaults()
    assert job.order.base_url == BUILT_IN
    assert job.order.path == made.spec.path
    assert job.order.prompt == "a fox"
    assert job.order.owner == "me"


def test_a_take_keeps_what_it_was_said_to_cost_and_what_it_was_made_from(shared: Services) -> None:
    made = draft(shared)
    unit = {"name": "video", "measure": "second", "price": 0.3, "per": 7}
    row = {"id": made.spec.id, "pricing": {"kind": "fixed", "units": [unit]}}
    shared.catalog.set_list(Destination.SANDBOX, [row])
    [job] = click({}, shared, made)
    assert job.order.estimate is not None
    assert job.order.estimate["usd"] == "0.214285714"  # 5 s, the published default
    assert job.order.estimate["how"] == "5 s at $0.30 per 7 s"
    assert job.order.document is not None
    assert shared.store.documents.get(job.order.document) == made.spec.document
    [unpriced] = ask({}, shared, made, owner="me", destination=Destination.LIVE, takes=1, now=100.0)
    assert unpriced.order.estimate is None
    assert unpriced.order.document == job.order.document


def test_a_price_follows_the_form_and_the_defaults_inside_its_groups() -> None:
    kind = Choice(name="kind", label="Kind", options=("pan", "zoom"), default="zoom")
    speed = Number(name="speed", label="Speed")
    camera = Group(name="camera", label="Camera", fields=(kind, speed))
    spec = ModelSpec(id="a", name="A", path="/v2", parameters=(camera,))
    rows = [
        {"when": {"camera.kind": k}, "price": p, "unit": "video", "per": 1}
        for k, p in (("pan", 1), ("zoom", 2))
    ]
    block = {"kind": "variants", "variants": rows}
    sent = price_of(Draft(spec, {"camera": {"speed": 2}}), block)
    assert sent is not None
    assert sent.usd == 2
    assert in_force(Draft(spec, {"camera": {"kind": "pan", "speed": 2}})) == {
        "model": "a",
        "camera": {"kind": "pan", "speed": 2},
    }
    left_out = price_of(Draft(spec, {}), block)
    assert left_out is not None
    assert left_out.bounds == (1, 2)
    assert price_of(Draft(spec, {}), None) is None


def test_a_storyboard_costs_what_its_shots_are_long(shared: Services) -> None:
    block = {"kind": "fixed", "units": [{"measure": "second", "price": "0.1", "per": 1}]}
    board = board_from([("one", 3), ("two", 4)])
    shapes = [(spec, shape) for spec in shared.catalog.models if (shape := shape_of(spec)) is not None]
    assert shapes
    for spec, shape in shapes:
        price = price_of(Draft(spec, {}, True, board), block)
        assert price is not None
        assert price.usd == Decimal("0.7")
        # The same model without a field for the whole length.
        others = tuple(p for p in spec.parameters if p is not shape.total)
        price = price_of(Draft(replace(spec, parameters=others), {}, True, board), block)
        assert price is not None
        assert price.usd == (None if shape.is_text_only else Decimal("0.7"))


def test_a_file_that_is_gone_is_told_of_before_anything_is_sent(shared: Services) -> None:
    png = BytesIO()
    Image.new("RGB", (8, 8)).save(png, "PNG")
    mine = shared.uploads.add(
        "me", "a.png", png.getvalue(), media=MediaKind.IMAGE, limits=MediaLimits(), now=1.0
    )
    assert missing_files(shared, {"images": [mine.reference]}, "me") is None
    assert missing_files(shared, {"prompt": "a fox"}, "me") is None
    gone = {"image": "upload:" + "0" * 32}
    assert "A file in this request is no longer kept" in (missing_files(shared, gone, "me") or "")
    both = {"images": [mine.reference, *gone.values()]}
    assert "2 files" in (missing_files(shared, both, "somebody else") or "")


def test_the_second_half_of_a_double_click_asks_for_nothing(shared: Services) -> None:
    state: dict[str, Any] = {}
    assert len(click(state, shared, draft(shared), 100.0)) == 1
    assert click(state, shared, draft(shared), 100.0 + DOUBLE_CLICK / 2) == []
    assert len(click(state, shared, draft(shared, "another"), 100.0 + DOUBLE_CLICK / 2)) == 1
    assert len(click(state, shared, draft(shared, "another"), 100.0 + DOUBLE_CLICK * 2)) == 1
    assert len(shared.store.page().jobs) == 3


def test_a_click_that_was_cut_short_is_not_asked_twice(
    shared: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    state: dict[str, Any] = {}
    add = shared.store.add

    def add_and_fail(*args: Any, **kwargs: Any) -> list[Job]:
        add(*args, **kwargs)
        raise StoreError("The answer did not come.")

    monkeypatch.setattr(shared.store, "add", add_and_fail)
    with pytest.raises(StoreError):
        click(state, shared, draft(shared))
    monkeypatch.undo()
    [again] = click(state, shared, draft(shared), 200.0)
    assert [job.id for job in shared.store.page().jobs] == [again.id]


def test_another_draft_after_a_click_that_was_cut_short_is_asked_for(
    shared: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    state: dict[str, Any] = {}
    add = shared.store.add

    def add_and_fail(*args: Any, **kwargs: Any) -> list[Job]:
        add(*args, **kwargs)
        raise StoreError("The answer did not come.")

    monkeypatch.setattr(shared.store, "add", add_and_fail)
    with pytest.raises(StoreError):
        click(state, shared, draft(shared))
    monkeypatch.undo()
    [other] = click(state, shared, draft(shared, "something else"), 200.0)
    assert other.order.prompt == "something else"
    assert len(shared.store.page().jobs) == 2


def test_when_nothing_can_be_kept_nothing_is_sent(shared: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object, **kwargs: object) -> list[Job]:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(shared.store, "add", full)
    with pytest.raises(StoreError, match="disk is full"):
        click({}, shared, draft(shared))


def test_an_unknown_model_is_not_chosen(shared: Services) -> None:
    state: dict[str, Any] = {}
    before = open_desk(state, shared, "me").model
    assert not choose(state, shared, "no/such/model")
    assert open_desk(state, shared, "me").model == before


def test_a_take_goes_back_on_the_desk_and_says_what_it_would_replace(shared: Services) -> None:
    state: dict[str, Any] = {}
    desk = open_desk(state, shared, "me")
    job = click(state, shared, draft(shared, "the take's prompt"))[0]
    spec = shared.catalog.models[0]
    assert in_the_way(state, shared, job) is None
    desk.keep(Draft(spec, {"prompt": "half a sentence"}, False))
    assert in_the_way(state, shared, job) == "half a sentence"
    assert put_on_desk(state, shared, job)
    assert desk.draft(spec).request() == job.order.body
    assert in_the_way(state, shared, job) is None
    retried = click(state, shared, desk.draft(spec), 500.0)[0]
    assert retried.order.parent == job.id


def test_a_changed_setting_is_in_the_way_too(shared: Services) -> None:
    state: dict[str, Any] = {}
    desk = open_desk(state, shared, "me")
    job = click(state, shared, draft(shared, "a fox"))[0]
    spec = shared.catalog.models[0]
    seconds = spec.by_role(Role.SECONDS)
    assert seconds is not None
    desk.keep(Draft(spec, {"prompt": "a fox", seconds.name: 10}, False))
    assert in_the_way(state, shared, job) == f"{seconds.label}: 10"


def test_shots_behind_a_prompt_stay_on_the_desk(shared: Services) -> None:
    state: dict[str, Any] = {}
    desk = open_desk(state, shared, "me")
    job = click(state, shared, draft(shared, "a fox"))[0]
    spec = shared.catalog.models[0]
    board = board_from([("one", 3), ("two", 4)])
    desk.keep(Draft(spec, {}, True, board))
    assert in_the_way(state, shared, job) is None
    put_on_desk(state, shared, job)
    assert desk.draft(spec).plan == board
    assert desk.draft(spec).request() == job.order.body


def test_shots_come_back_from_a_take_over_others_after_a_question(shared: Services) -> None:
    state: dict[str, Any] = {}
    desk = open_desk(state, shared, "me")
    spec = shared.catalog.models[0]
    board = board_from([("one", 3), ("two", 4)])
    job = click(state, shared, Draft(spec, {}, True, board))[0]
    assert job.order.board == board.as_json()
    assert job.order.seconds == 7
    assert in_the_way(state, shared, job) is None
    desk.keep(Draft(spec, {"prompt": "kept"}, True, board_from([("one", 3), ("three", 4)])))
    assert in_the_way(state, shared, job) == "one"
    assert put_on_desk(state, shared, job, board.keep([1]))
    assert desk.draft(spec).plan.rows == (("two", 4),)
    assert desk.draft(spec).values["prompt"] == "kept"
    assert put_on_desk(state, shared, job)
    assert desk.draft(spec).request() == job.order.body


@pytest.mark.parametrize(
    ("now", "shown", "is_dearer"),
    [
        (Estimate(Decimal(2), ""), Estimate(Decimal(1), ""), True),
        (Estimate(Decimal(1), ""), Estimate(Decimal(2), ""), False),
        (Estimate(Decimal(1), ""), Estimate(Decimal(1), ""), False),
        (Estimate(None, "", (Decimal(1), Decimal(3))), Estimate(Decimal(2), ""), True),
        (Estimate(Decimal(2), ""), Estimate(None, "", (Decimal(1), Decimal(3))), False),
        (None, Estimate(Decimal(1), ""), True),
        (Estimate(None, "varies"), Estimate(Decimal(1), ""), True),
        (Estimate(Decimal(9), ""), None, False),
        (None, None, False),
    ],
)
def test_dearer_is_what_can_cost_more_than_was_shown(
    now: Estimate | None, shown: Estimate | None, is_dearer: bool
) -> None:
    assert dearer(now, shown) is is_dearer
