"""A take's own page: what stands there, going on from it, filing it, and the bin."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from components.catalog.spec import Role
from components.jobs.job import Destination, Job, Kin, new_id
from components.jobs.schema import job as table
from components.jobs.upload import references
from components.services import Services
from tests.pages.playing import SHELL, history, keys, raw_html, said, sound
from tests.pages.test_history import HOSTILE, ask, completed, confirm, failed, now, press

OWNER = "ann"


def opened(job: Job, owner: str = OWNER, **query: str) -> AppTest:
    """The take's page, for its owner unless another is named."""
    app = history(job=job.id, **query)
    app.session_state["owner"] = owner
    app.session_state["window"].owner = owner
    return sound(app.run())


def made_from(shared: Services, parent: Job, kin: Kin = Kin.VARIATION, **changes: Any) -> Job:
    child = replace(parent.order, parent=parent.id, kin=kin.value, **changes)
    [job] = shared.store.add([child], token=new_id(), now=time.time())
    return completed(shared, job)


def plain(app: AppTest) -> str:
    return said(app).replace("\\", "")


# What stands there


def test_it_says_what_came_of_what_was_asked(shared: Services) -> None:
    [job] = ask(shared)
    completed(shared, job)
    html = raw_html(opened(job))
    assert "Asked for" in html
    assert "1280 × 720" in html
    assert "24 frames a second" in html
    assert job.id in html


@pytest.mark.parametrize("text", HOSTILE)
def test_names_notes_and_projects_are_shown_as_text(shared: Services, text: str) -> None:
    [job] = ask(shared, text)
    completed(shared, job)
    shared.store.sorting.rename(job.id, text)
    shared.store.sorting.write_note(job.id, text)
    shared.store.sorting.move([job.id], text)
    child = made_from(shared, now(shared, job))
    app = opened(child)
    assert "<script" not in raw_html(app)
    assert "<img src=x" not in raw_html(app)
    opened(job)


# Walking


def test_previous_and_next_follow_the_list_from_which_it_was_opened(shared: Services) -> None:
    fox, _, fox2 = (ask(shared, prompt)[0] for prompt in ("a fox", "a raccoon", "another fox"))
    app = opened(fox2, q="fox")
    assert app.button(key="take-before").disabled
    press(app, "take-behind")
    assert app.query_params["job"] == fox.id
    assert app.query_params["q"] == "fox"
    assert app.button(key="take-behind").disabled
    press(app, "back")
    assert "job" not in app.query_params
    assert app.query_params["q"] == "fox"


def test_a_take_that_the_list_does_not_hold_has_none_beside_it(shared: Services) -> None:
    [job] = ask(shared, "a raccoon")
    ask(shared, "a fox")
    app = opened(job, q="zebra")
    assert app.button(key="take-before").disabled
    assert app.button(key="take-behind").disabled


# Going on


def test_generate_again_asks_for_the_same_once_more_and_knows_its_parent(shared: Services) -> None:
    [job] = ask(shared)
    completed(shared, job)
    app = press(opened(job), f"{job.id}-once-more")
    again, first = shared.store.page().jobs
    assert first.id == job.id
    assert again.order.body == job.order.body
    assert (again.order.parent, again.order.kin) == (job.id, "again")
    assert again.order.estimate is None
    assert "Asked for once more" in said(app)
    press(app, "made-again-open")
    assert app.query_params["job"] == again.id


def test_a_run_that_is_repeated_or_a_double_click_makes_one_take(shared: Services) -> None:
    [job] = ask(shared)
    completed(shared, job)
    app = press(opened(job), f"{job.id}-once-more")
    press(app, f"{job.id}-once-more")
    assert len(shared.store.page().jobs) == 2


def test_what_is_paid_for_is_asked_for_first(with_key: Services) -> None:
    [job] = ask(with_key, destination=Destination.LIVE)
    completed(with_key, job)
    app = press(opened(job), f"{job.id}-once-more")
    assert len(with_key.store.page().jobs) == 1
    assert "The price list has not been read yet" in said(app)
    confirm(app, f"{job.id}-once-more", "generate-dismissed")
    assert len(with_key.store.page().jobs) == 1
    press(app, f"{job.id}-once-more")
    confirm(app, f"{job.id}-once-more", "generate-confirmed")
    again, _ = with_key.store.page().jobs
    assert (again.order.destination, again.order.kin) == (Destination.LIVE, "again")


def test_without_its_key_a_paid_take_is_not_made_again(shared: Services) -> None:
    [job] = ask(shared, destination=Destination.LIVE)
    completed(shared, job)
    app = opened(job)
    press(app, f"{job.id}-once-more")
    confirm(app, f"{job.id}-once-more", "generate-confirmed")
    assert "no key for the provider" in plain(app)
    assert len(shared.store.page().jobs) == 1


@pytest.mark.parametrize("owner", [OWNER, "bob"])
def test_a_take_whose_uploads_are_gone_or_somebody_elses_is_not_made_again(
    shared: Services, owner: str
) -> None:
    [job] = ask(shared)
    with_file = replace(job.order, body={**job.order.body, "image": "upload:" + "a" * 32})
    assert references(with_file.body)
    [job] = shared.store.add([with_file], token=new_id(), now=time.time())
    completed(shared, job)
    app = press(opened(job, owner), f"{job.id}-once-more")
    assert len(shared.store.page().jobs) == 2
    toasts = " ".join(toast.value for toast in app.toast)
    assert ("somebody else" if owner == "bob" else "no longer kept here") in toasts


@pytest.mark.parametrize(
    ("button", "kin"), [("draft", "draft"), ("variation", "variation"), ("retry", "retry")]
)
def test_a_draft_remembers_from_what_and_how_it_was_made(shared: Services, button: str, kin: str) -> None:
    [job] = ask(shared, "the old one")
    failed(shared, job) if button == "retry" else completed(shared, job)
    app = press(opened(job), f"{job.id}-{button}")
    app.switch_page("../pages/studio.py")
    press(app, "generate")
    newest = shared.store.page().jobs[0]
    assert (newest.order.parent, newest.order.kin) == (job.id, kin)
    assert newest.order.body == job.order.body


def test_a_draft_says_what_its_model_no_longer_takes(shared: Services) -> None:
    [job] = ask(shared)
    ratio = shared.catalog.models[0].by_role(Role.ASPECT_RATIO)
    assert ratio is not None
    old = {**job.order.body, "wobble": 3, ratio.name: "7:5"}
    [job] = shared.store.add([replace(job.order, body=old)], token=new_id(), now=time.time())
    completed(shared, job)
    app = press(opened(job), f"{job.id}-draft")
    app.switch_page("../pages/studio.py")
    told = plain(sound(app.run()))
    assert "no longer takes what was set here, which was left out: wobble" in told
    assert "“7:5” is no longer offered" in told


@pytest.mark.parametrize(
    ("choice", "kin"), [("Use as new draft", "draft"), ("Change one thing", "variation")]
)
def test_a_card_in_the_studio_has_them_in_a_menu(shared: Services, choice: str, kin: str) -> None:
    [job] = ask(shared)
    completed(shared, job)
    app = at_the_studio()
    sound(app.menu_button(key=f"{job.id}-go-on").click(choice).run())
    assert app.session_state["parent"][1:] == (job.id, kin)
    app = at_the_studio()
    sound(app.menu_button(key=f"{job.id}-go-on").click("Generate again").run())
    assert [take.order.kin for take in shared.store.page().jobs] == ["again", ""]


def at_the_studio() -> AppTest:
    app = AppTest.from_file(SHELL, default_timeout=30)
    app.session_state["owner"] = OWNER
    return sound(app.run())


# Descent


def test_a_line_of_descent_says_what_was_done_at_each_step(shared: Services) -> None:
    [first] = ask(shared, "a fox")
    first = completed(shared, first)
    second = made_from(shared, first, body={**first.order.body, "prompt": "a red fox"}, prompt="a red fox")
    third = made_from(shared, second, Kin.AGAIN)
    app = opened(second)
    assert {f"{first.id}-ancestor", f"{third.id}-child"} <= keys(app)
    told = plain(app)
    assert "a variation: Prompt changed" in told
    assert "the same request once more" in told
    [compare] = [link for link in app.get("page_link") if "Compare" in link.proto.label]
    assert f"{first.id}" in compare.proto.query_string
    press(app, f"{first.id}-ancestor")
    assert app.query_params["job"] == first.id


def test_an_ancestor_that_was_deleted_is_named_as_such(shared: Services) -> None:
    [first] = ask(shared, "a fox")
    second = made_from(shared, completed(shared, first))
    assert shared.store.delete(first.id)
    assert "deleted for good" in said(opened(second))


def test_a_line_that_runs_in_a_circle_is_shown_all_the_same(shared: Services) -> None:
    [first] = ask(shared, "a fox")
    second = made_from(shared, completed(shared, first))
    with shared.store._engine.begin() as connection:
        connection.execute(update(table).where(table.c.id == first.id).values(parent=second.id))
    assert {f"{second.id}-ancestor", f"{second.id}-child"} <= keys(opened(now(shared, first)))


def test_a_long_line_and_many_children_are_shown_in_part(shared: Services) -> None:
    jobs = ask(shared, "a fox")
    for _ in range(5):
        jobs.append(made_from(shared, jobs[-1]))
    for _ in range(6):
        made_from(shared, jobs[-1], Kin.AGAIN)
    app = opened(jobs[-1])
    assert len([key for key in keys(app) if key.endswith("-ancestor")]) == 3
    assert len([key for key in keys(app) if key.endswith("-child")]) == 3
    assert [fold.label for fold in app.expander][:2] == ["Further back (2)", "3 more"]


# Filing


def test_star_name_note_and_project_are_kept_as_they_are_given(shared: Services) -> None:
    job, other = ask(shared, takes=2)
    shared.store.sorting.move(
        [other.id], "Spring"
    )  # AppTest can choose what is offered, and type nothing new
    app = opened(job)
    press(app, f"{job.id}-star")
    sound(app.text_input(key=f"{job.id}-title").set_value("  The   fox ").run())
    sound(app.text_area(key=f"{job.id}-note").set_value("good light").run())
    sound(app.selectbox(key=f"{job.id}-project").set_value("Spring").run())
    kept = now(shared, job)
    assert (kept.starred, kept.title, kept.note, kept.project) == (True, "The fox", "good light", "Spring")
    assert "The fox" in [heading.value for heading in app.subheader]
    press(app, f"{job.id}-star")
    sound(app.selectbox(key=f"{job.id}-project").set_value("").run())
    assert (now(shared, job).starred, now(shared, job).project) == (False, "")


def test_a_note_that_is_too_long_is_cut_and_that_is_said(shared: Services) -> None:
    [job] = ask(shared)
    app = opened(job)
    sound(app.text_area(key=f"{job.id}-note").set_value("x" * 21_000).run())
    assert len(now(shared, job).note) == 20_000
    assert "first 20,000 characters" in " ".join(toast.value for toast in app.toast)


def test_what_another_window_wrote_is_shown_and_overwrites_nothing(shared: Services) -> None:
    [job] = ask(shared)
    app = opened(job)
    sound(app.text_area(key=f"{job.id}-note").set_value("mine").run())
    shared.store.sorting.write_note(job.id, "theirs")
    sound(app.run())
    assert [field.value for field in app.text_area if field.label == "Note"] == ["mine"]
    assert "Changed in another window meanwhile, to: theirs" in said(app)
    press(app, f"{job.id}-note-other")
    assert [field.value for field in app.text_area if field.label == "Note"] == ["theirs"]
    assert "another window" not in said(app)


# The bin


def test_delete_moves_to_the_bin_at_once_and_undo_brings_back(shared: Services) -> None:
    [job] = ask(shared)
    completed(shared, job)
    app = press(opened(job), f"{job.id}-delete")
    assert now(shared, job).binned is not None
    assert "job" not in app.query_params
    [undo] = [key for key in keys(app) if key.startswith("undo-")]
    press(app, undo)
    assert now(shared, job).binned is None
    assert shared.archive.video_path(job.id).exists()


def test_a_take_in_the_bin_says_so_and_can_be_restored(shared: Services) -> None:
    [job] = ask(shared)
    completed(shared, job)
    shared.store.sorting.bin([job.id], time.time())
    app = opened(job)
    assert "It goes in 30 days" in said(app)
    assert not {f"{job.id}-delete", f"{job.id}-draft", f"{job.id}-once-more"} & keys(app)
    press(app, f"{job.id}-restore")
    assert now(shared, job).binned is None
    assert f"{job.id}-delete" in keys(app)


def test_delete_for_good_asks_and_takes_the_files_with_it(shared: Services) -> None:
    [job] = ask(shared)
    completed(shared, job)
    shared.archive.large_poster_path(job.id).write_bytes(b"a picture")
    shared.store.sorting.bin([job.id], time.time())
    app = press(opened(job), f"{job.id}-for-good")
    assert "What was charged stays charged" in said(app)
    confirm(app, f"{job.id}-for-good", "delete-dismissed")
    assert shared.store.get(job.id)
    press(app, f"{job.id}-for-good")
    confirm(app, f"{job.id}-for-good", "delete-confirmed")
    assert shared.store.get(job.id) is None
    assert not [path for path in (shared.settings.data / "takes").rglob("*") if path.is_file()]


def test_what_is_being_made_cannot_be_deleted(shared: Services) -> None:
    [job] = ask(shared)
    assert f"{job.id}-delete" not in keys(opened(job))
