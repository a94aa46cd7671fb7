"""Sorting out many takes on History: selected, starred, moved, deleted, brought back, removed for good."""

from __future__ import annotations

import time

import pytest
from streamlit.testing.v1 import AppTest

from components.gallery import bulk, work
from components.gallery.doing import NOTICE, SELECTED
from components.jobs.job import Job
from components.jobs.store import StoreError
from components.services import Services
from tests.pages.playing import history, keys, said, sound
from tests.pages.test_history import ask, completed, confirm, press, shown

SELECT = "history|selecting"


def ended(shared: Services, count: int, prompt: str = "a fox") -> list[Job]:
    """Takes that nobody makes any more, the oldest first."""
    jobs = ask(shared, prompt, takes=count)
    for job in jobs:
        shared.store.cancel(job.id, time.time())
    return jobs


def selecting(app: AppTest, *jobs: Job) -> AppTest:
    """The page with these takes selected, as a click on each card does it."""
    app.session_state[SELECTED] = [job.id for job in jobs]
    app.toggle(key=SELECT).set_value(True)
    return sound(app.run())


def told(app: AppTest) -> str:
    return "\n".join(box.value for box in [*app.success, *app.error])


def type_project(app: AppTest, name: str) -> None:
    """Types a new name into the field, which AppTest has no way to do."""
    field = app.selectbox(key="bulk-project")
    field.options.append(name)
    field.set_value(name)


def undo(app: AppTest) -> AppTest:
    [key] = [key for key in keys(app) if key.startswith("undo-")]
    return press(app, key)


def starred(shared: Services, jobs: list[Job]) -> list[bool]:
    return [job.starred for job in shared.store.history.some([job.id for job in jobs])]


def test_without_selecting_there_is_no_bar_and_with_nothing_selected_it_says_what_to_do(
    shared: Services,
) -> None:
    ended(shared, 2)
    app = history()
    assert "select-page" not in keys(app)
    selecting(app)
    assert "Nothing selected." in said(app)
    assert "bulk-bin" not in keys(app)


def test_takes_are_starred_and_moved_and_that_is_undone(shared: Services) -> None:
    jobs = ended(shared, 3)
    app = selecting(history(), *jobs[:2])
    press(app, "bulk-star")
    assert starred(shared, jobs) == [True, True, False]
    assert "2 takes have a star now." in told(app)
    undo(app)
    assert starred(shared, jobs) == [False, False, False]
    press(app, "bulk-move")
    type_project(app, "Spring")
    confirm(app, "bulk-move", "move-confirmed")
    assert "2 takes are in “Spring” now." in told(app)
    assert shared.store.history.choices().projects == {"Spring": 2}
    assert app.session_state[SELECTED] == [job.id for job in jobs[:2]]


def test_a_move_to_nowhere_asks_for_a_name(shared: Services) -> None:
    jobs = ended(shared, 1)
    app = selecting(history(), *jobs)
    press(app, "bulk-move")
    confirm(app, "bulk-move", "move-confirmed")
    assert "Choose a project first" in told(app)


def test_everything_that_matches_is_deleted_and_comes_back_by_undo(shared: Services) -> None:
    foxes, birds = ended(shared, 30), ended(shared, 2, "a bird")
    app = selecting(history(q="fox"))
    press(app, "select-page")
    assert "24 selected" in said(app)
    press(app, "select-all")
    assert "30 selected" in said(app)
    assert "6 of them not on this page" in said(app)
    press(app, "bulk-bin")
    assert "30 takes are in the bin. The bin keeps a take for 30 days." in told(app)
    assert shown(app) == []
    assert app.session_state[SELECTED] == []
    assert set(shown(history())) == {job.id for job in birds}
    undo(app)
    assert "30 takes are back." in told(app)
    assert shown(app) == [job.id for job in reversed(foxes)][:24]


def test_a_second_click_takes_no_undo_away(shared: Services) -> None:
    jobs = ended(shared, 3)
    app = selecting(history(), *jobs[:2])
    press(app, "bulk-bin")
    before = app.session_state[NOTICE]
    selecting(app, *jobs[:2])  # as the page was when the second click came
    press(app, "bulk-bin")
    assert app.session_state[NOTICE] == before
    assert len(shared.store.bin.ids()) == 2


def test_what_is_still_being_made_stays_selected_and_is_told(shared: Services) -> None:
    [done], [made] = ended(shared, 1), ask(shared)
    app = selecting(history(), done, made)
    press(app, "bulk-bin")
    assert "One take is still being made and stayed." in told(app)
    assert app.session_state[SELECTED] == [made.id]
    assert shown(app) == [made.id]


def test_the_bin_gives_back_and_removes_for_good_with_the_files(shared: Services) -> None:
    jobs = [completed(shared, job) for job in ask(shared, takes=3)]
    shared.store.sorting.bin([job.id for job in jobs], time.time())
    app = selecting(history(bin="yes"), jobs[0])
    assert "3 takes in the bin" in said(app)
    press(app, "bulk-restore")
    assert shown(history()) == [jobs[0].id]
    selecting(app, jobs[1])
    press(app, "bulk-remove")
    assert "cannot be undone" in said(app)
    confirm(app, "bulk-remove", "remove-confirmed")
    assert shared.store.get(jobs[1].id) is None
    assert not shared.archive.video_path(jobs[1].id).exists()
    assert not shared.archive.poster_path(jobs[1].id).exists()
    assert shared.archive.video_path(jobs[2].id).exists()
    press(app, "bin-empty")
    confirm(app, "bin-empty", "empty-confirmed")
    assert "The bin is empty." in said(app)
    assert not shared.archive.video_path(jobs[2].id).exists()
    assert shown(history()) == [jobs[0].id]


def test_all_of_the_bin_is_restored(shared: Services) -> None:
    jobs = ended(shared, 3)
    shared.store.sorting.bin([job.id for job in jobs], time.time())
    app = press(history(bin="yes"), "bin-restore")
    assert "3 takes are back." in told(app)
    assert len(shown(history())) == 3


def test_once_a_day_what_has_been_in_the_bin_for_as_long_as_is_set_goes_with_its_files(
    shared: Services,
) -> None:
    old, young = [completed(shared, job) for job in ask(shared, takes=2)]
    stays = shared.settings.bin_days * 86_400
    shared.store.sorting.bin([old.id], time.time() - stays - 60)
    shared.store.sorting.bin([young.id], time.time() - stays + 3600)
    shared._tidy()
    assert shared.store.bin.ids() == [young.id]
    assert not shared.archive.video_path(old.id).exists()
    assert shared.archive.video_path(young.id).exists()


@pytest.mark.parametrize("count", [1, 5])
def test_too_few_or_too_many_to_compare_are_told(shared: Services, count: int) -> None:
    jobs = ended(shared, count)
    app = selecting(history(), *jobs)
    press(app, "bulk-compare")
    assert f"Two to four takes can be compared side by side. Now {count}" in told(app)


def test_a_download_is_offered_of_what_is_selected(shared: Services) -> None:
    jobs = ended(shared, 2)
    app = selecting(history(), *jobs)
    press(app, "bulk-download")
    links = [link.proto.url for link in app.get("link_button")]
    assert [link.rsplit(".", 1)[1] for link in links if "handed" in link] == ["zip", "csv", "xlsx"]


def test_many_are_worked_through_in_pieces_that_can_be_stopped(
    shared: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "MOST_AT_ONCE", 2)
    jobs = ended(shared, 7)
    app = selecting(history(), *jobs)
    press(app, "bulk-star")
    assert starred(shared, jobs) == [True] * 7
    assert "7 takes have a star now." in told(app)
    undo(app)
    assert starred(shared, jobs) == [False] * 7


def test_a_store_that_refuses_is_told_and_nothing_is_lost(
    shared: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = ended(shared, 2)
    app = selecting(history(), *jobs)

    def refuse(*_: object) -> list[str]:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(shared.store.sorting, "bin", refuse)
    press(app, "bulk-bin")
    assert "That did not work. The disk is full." in told(app)
    assert app.session_state[SELECTED] == [job.id for job in jobs]
    monkeypatch.undo()
    press(app, "bulk-bin")
    assert len(shared.store.bin.ids()) == 2


def test_more_than_can_be_selected_are_cut_with_a_sentence(
    shared: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MOST_SELECTED", 26)
    ended(shared, 30)
    app = selecting(history())
    press(app, "select-all")
    assert len(app.session_state[SELECTED]) == 26
    assert "The first 26 are selected" in told(app)


def test_hostile_names_are_text(shared: Services) -> None:
    jobs = ended(shared, 1)
    app = selecting(history(), *jobs)
    press(app, "bulk-move")
    type_project(app, "<img src=x> **b** [l](http://x)")
    confirm(app, "bulk-move", "move-confirmed")
    assert r"\<img src\=x\>" in told(app)
