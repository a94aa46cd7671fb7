"""What windows of one person do to one another's drafts, with the store that the app uses."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components.catalog.spec import ModelSpec, Role
from components.form.desk import STORYBOARD, Desk, has_storyboard
from components.form.draft import Draft
from components.form.keeping import (
    bring_back,
    choose,
    keep,
    lost_to,
    open_desk,
    put_draft,
    start_over,
    undo,
)
from components.form.window import adaptations, crossed, seen, undo_offered
from components.jobs.drafts import Replaced
from components.jobs.store import StoreError
from components.services import Services, build
from components.settings import Settings
from components.storyboard.storyboard import Board, board_from


@pytest.fixture
def shared(tmp_path: Path) -> Services:
    return build(Settings(data=tmp_path))


class Window:
    """A window on the Studio: a session of its own."""

    def __init__(self, shared: Services, owner: str = "ann") -> None:
        self.shared, self.owner = shared, owner
        self.state: dict[str, Any] = {}
        self.desk: Desk = open_desk(self.state, shared, owner)

    @property
    def spec(self) -> ModelSpec:
        spec = self.shared.catalog.find(self.desk.model)
        assert spec is not None
        return spec

    def types(self, text: str, board: Board | None = None) -> None:
        prompt = self.spec.by_role(Role.PROMPT)
        assert prompt is not None
        values = {**self.desk.draft(self.spec).values, prompt.name: text}
        self.desk.keep(Draft(self.spec, values, board is not None, board))
        assert keep(self.state, self.shared, self.owner) is None

    def text(self) -> str:
        return Draft(self.spec, self.desk.draft(self.spec).values, False).prompt_text()

    def earlier(self, key: str | None = None) -> list[str]:
        versions = self.shared.store.drafts.earlier(self.owner, key or self.spec.id)
        return [Draft(self.spec, version.value["values"], False).prompt_text() for version in versions]

    def crossed(self) -> list[int]:
        return [one.id for one in crossed(self.state, self.spec.id, STORYBOARD).values()]


def test_a_desk_is_written_only_when_it_changed(shared: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    save = shared.store.drafts.save

    def counted(owner: str, key: str, *args: Any, **kwargs: Any) -> Any:
        written.append(key)
        return save(owner, key, *args, **kwargs)

    monkeypatch.setattr(shared.store.drafts, "save", counted)
    one = Window(shared)
    one.types("a")
    assert keep(one.state, shared, "ann") is None
    assert written.count(one.spec.id) == 1
    one.types("b")
    assert written.count(one.spec.id) == 2
    assert Window(shared).text() == "b"


def test_a_desk_that_cannot_be_kept_says_so(shared: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object, **kwargs: object) -> None:
        raise StoreError("The disk is full.")

    one = Window(shared)
    one.types("a fox")
    monkeypatch.setattr(shared.store.drafts, "save", full)
    one.desk.keep(Draft(one.spec, {}, False))
    said = keep(one.state, shared, "ann")
    assert said is not None
    assert "disk is full" in said
    with pytest.raises(StoreError):
        start_over(one.state, shared, one.spec)


def test_what_one_window_writes_is_there_when_another_opens(shared: Services) -> None:
    one = Window(shared)
    one.types("a fox", board_from([("a shot", 5)]))
    two = Window(shared)
    assert two.text() == "a fox"
    assert two.desk.board == board_from([("a shot", 5)])
    assert Window(shared, "bob").text() == ""


def test_when_two_windows_write_the_later_wins_and_the_other_comes_back(shared: Services) -> None:
    one, two = Window(shared), Window(shared)
    one.types("a fox")
    assert one.crossed() == []
    two.types("a bear")
    assert Window(shared).text() == "a bear"
    [id] = two.crossed()
    assert bring_back(two.state, shared, id)
    assert (two.text(), Window(shared).text()) == ("a fox", "a fox")
    assert two.crossed() == []
    assert two.earlier() == ["a bear"]


def test_a_window_that_writes_more_of_the_same_crosses_nothing(shared: Services) -> None:
    one, two = Window(shared), Window(shared)
    one.types("a fox")
    two.types("a fox runs")
    assert two.crossed() == []
    assert two.earlier() == []


def test_a_forgotten_tab_that_comes_back_says_what_it_wrote_over(shared: Services) -> None:
    """It is a new session: it reads the newest, and then reports the old text that its browser held."""
    Window(shared).types("old")
    Window(shared).types("old, and much that is new")
    back = Window(shared)
    back.types("old")
    [id] = back.crossed()
    assert bring_back(back.state, shared, id)
    assert back.text() == "old, and much that is new"


def test_what_a_visit_changes_a_little_is_kept_without_a_word(shared: Services) -> None:
    Window(shared).types("a fox in the snow")
    next_day = Window(shared)
    next_day.types("a fox in the sno")
    assert next_day.crossed() == []
    assert next_day.earlier() == ["a fox in the snow"]


def test_what_a_visit_replaces_is_said_for_a_moment(
    shared: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    Window(shared).types("a fox in the snow, at night")
    next_day = Window(shared)
    next_day.types("a bear")
    assert len(next_day.crossed()) == 1
    monkeypatch.setattr(time, "time", lambda: 9e9)
    assert next_day.crossed() == []
    assert next_day.earlier() == ["a fox in the snow, at night"]


def test_start_over_clears_and_undo_brings_it_all_back(shared: Services) -> None:
    one = Window(shared)
    board = board_from([("a shot", 5), ("another", 5)])
    spec = next(spec for spec in shared.catalog.models if has_storyboard(spec))
    choose(one.state, shared, spec.id)
    one.types("a fox", board)
    edition = one.desk.edition
    start_over(one.state, shared, spec)
    assert one.desk.edition != edition
    assert one.text() == ""
    assert one.desk.draft(spec).plan.is_blank
    assert one.desk.draft(spec).storyboard
    assert one.state[f"{STORYBOARD}:board"].is_blank  # the editor's, too
    assert Window(shared).text() == ""
    assert undo(one.state, shared)
    assert one.text() == "a fox"
    assert one.desk.draft(spec).plan == board
    assert one.state[f"{STORYBOARD}:board"] == board
    assert undo_offered(one.state) is None
    assert one.earlier() == []


def test_start_over_leaves_shots_that_are_not_meant(shared: Services) -> None:
    one = Window(shared)
    spec = next(spec for spec in shared.catalog.models if has_storyboard(spec))
    choose(one.state, shared, spec.id)
    one.types("a fox", board_from([("a shot", 5)]))
    one.desk.keep(replace(one.desk.draft(spec), storyboard=False))
    start_over(one.state, shared, spec)
    assert not one.desk.draft(spec).plan.is_blank


def test_undo_is_offered_until_something_changes_and_the_list_has_it_after(shared: Services) -> None:
    one = Window(shared)
    one.types("a fox")
    start_over(one.state, shared, one.spec)
    assert undo_offered(one.state) is not None
    one.types("a bear")
    assert undo_offered(one.state) is None
    assert not undo(one.state, shared)
    assert one.earlier() == ["a fox"]


def test_starting_over_with_nothing_offers_no_undo(shared: Services) -> None:
    one = Window(shared)
    start_over(one.state, shared, one.spec)
    assert undo_offered(one.state) is None


def test_start_over_keeps_what_this_window_shows_and_what_another_has_written(shared: Services) -> None:
    one, two = Window(shared), Window(shared)
    one.types("a fox")
    two.types("a bear")
    start_over(one.state, shared, one.spec)
    assert sorted(one.earlier()) == ["a bear", "a fox"]
    assert undo(one.state, shared)
    assert one.text() == "a fox"


def test_a_draft_put_over_another_leaves_it_among_the_earlier(shared: Services) -> None:
    one = Window(shared)
    one.types("a fox")
    prompt = one.spec.by_role(Role.PROMPT)
    assert prompt is not None
    new = Draft(one.spec, {prompt.name: "a bear"}, False)
    assert lost_to(one.state, new) == "a fox"
    put_draft(one.state, shared, new, Replaced.TAKEN_IN, "It is on the desk.", takes=3)
    assert (one.text(), one.earlier(), one.desk.takes) == ("a bear", ["a fox"], 3)
    assert undo(one.state, shared)
    assert one.text() == "a fox"


def test_a_text_that_another_models_text_replaces_is_kept(shared: Services) -> None:
    one = Window(shared)
    first, second = shared.catalog.models[:2]
    choose(one.state, shared, first.id)
    one.types("a fox")
    choose(one.state, shared, second.id)
    one.types("a bear")
    choose(one.state, shared, first.id)
    keep(one.state, shared, "ann")
    assert (one.text(), one.earlier()) == ("a bear", ["a fox"])
    one.types("")  # what is typed after it is not replaced on purpose
    assert one.earlier() == ["a fox"]


def test_a_model_that_is_opened_shows_what_another_window_wrote_there(shared: Services) -> None:
    first, second = shared.catalog.models[:2]
    one, two = Window(shared), Window(shared)
    choose(one.state, shared, first.id)
    choose(two.state, shared, second.id)
    two.types("a bear")
    choose(one.state, shared, second.id)
    assert one.text() == "a bear"
    assert one.desk.recent[:2] == (second.id, first.id)


def test_nobody_brings_back_what_is_not_theirs(shared: Services) -> None:
    one, two = Window(shared), Window(shared)
    one.types("a fox")
    two.types("a bear")
    [id] = two.crossed()
    bob = Window(shared, "bob")
    assert not bring_back(bob.state, shared, id)
    assert bob.text() == ""
    assert bob.earlier() == []


def test_a_model_that_is_not_known_yet_is_chosen_once_it_is(shared: Services) -> None:
    one = Window(shared)
    one.desk.choose("not/read-yet")
    keep(one.state, shared, "ann")
    again = Window(shared)
    assert (again.desk.model, again.desk.missing) == (shared.catalog.models[0].id, "not/read-yet")
    keep(again.state, shared, "ann")
    assert Window(shared).desk.missing == "not/read-yet"  # nothing forgets it meanwhile
    again.types("begun under another")
    again.desk.missing = shared.catalog.models[1].id  # as if it had been read
    assert open_desk(again.state, shared, "ann").model == shared.catalog.models[0].id
    waiting = Window(shared)
    waiting.desk.missing = shared.catalog.models[1].id
    assert open_desk(waiting.state, shared, "ann").model == shared.catalog.models[1].id
    assert waiting.desk.missing == ""


def test_a_changed_model_is_said_until_it_was_seen_or_edited(shared: Services) -> None:
    one = Window(shared)
    ratio = one.spec.by_role(Role.ASPECT_RATIO)
    assert ratio is not None
    one.types("a fox")
    changed = replace(one.spec, parameters=tuple(p for p in one.spec.parameters if p is not ratio))
    one.desk.keep(Draft(one.spec, {ratio.name: "16:9"}, False))
    assert adaptations(one.state, one.spec) == ()
    [sentence] = adaptations(one.state, changed)
    assert ratio.label not in sentence or "no longer taken" in sentence
    one.desk.keep(Draft(changed, {"prompt": "edited on"}, False))
    assert adaptations(one.state, changed) == (sentence,)  # this window has not said that it is seen
    seen(one.state, changed)
    assert adaptations(one.state, changed) == ()
