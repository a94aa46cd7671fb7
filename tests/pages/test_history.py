import json
import time
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components import services as built
from components.catalog.spec import Role
from components.form.draft import Draft
from components.form.order import order
from components.jobs.job import Destination, Job, State, new_id
from components.jobs.problems import LOOK_AGAIN
from components.jobs.rows import storable
from components.media import sheet_address
from components.services import Services
from components.storyboard.shapes import shape_of
from components.storyboard.storyboard import board_from
from tests.jobs.takes import FILM
from tests.pages.playing import SHELL, history, keys, raw_html, said, sheet, sound, text_of

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</p></div><h1>big</h1>",
    "**bold** [x](javascript:alert(1)) `code` # head",
    "$x^2$ :material/delete: :red[red]",
    "שלום עולם \u202e reversed",
    "🦝 👩‍👩‍👧 raccoon",
    "&amp; &lt;b&gt;",
    "half a character \ud83e",
]


def ask(shared: Services, prompt: str = "A white raccoon", takes: int = 1, **changes: Any) -> list[Job]:
    """Takes that were just asked for; nobody follows them, for no tracker runs."""
    spec = shared.catalog.models[0]
    named = spec.by_role(Role.PROMPT)
    assert named is not None
    destination = changes.pop("destination", Destination.SANDBOX)
    one = order(
        Draft(spec, {named.name: prompt} | changes, storyboard=False),
        owner="ann",
        destination=destination,
        base_url=shared.base_url(destination),
    )
    return shared.store.add([one] * takes, token=new_id(), now=time.time())


def brought(shared: Services, job: Job, state: State, **changes: Any) -> Job:
    """The take, after the tracker has brought it so far."""
    shared.store.claim("me", now=time.time(), lease=60, limit=100, in_flight=32)
    assert shared.store.settle(job.id, "me", state=state, **{"next_at": None} | changes)
    return now(shared, job)


def failed(shared: Services, job: Job, **changes: Any) -> Job:
    return brought(
        shared, job, State.FAILED, **{"problem": "generation_failed", "ended": time.time()} | changes
    )


def completed(shared: Services, job: Job) -> Job:
    for path in (shared.archive.video_path(job.id), shared.archive.poster_path(job.id)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"a film")
    return brought(shared, job, State.COMPLETED, video=FILM, ended=time.time())


def now(shared: Services, job: Job) -> Job:
    found = shared.store.get(job.id)
    assert found is not None
    return found


def shown(app: AppTest) -> list[str]:
    """The ids of the cards on the page, from the top."""
    return [card["id"] for card in sheet(app)]


def press(app: AppTest, key: str) -> AppTest:
    return sound(app.button(key=key).click().run())


def confirm(app: AppTest, opener: str, button: str) -> AppTest:
    """Presses a button in the dialog that `opener` opened.

    A browser runs the dialog alone again, as a fragment; AppTest can only run the page, so the opener is pressed too.
    """
    app.button(key=opener).click()
    return press(app, button)


# The list


def test_an_empty_history_says_so_and_leads_to_the_studio(shared: Services) -> None:
    app = history()
    assert "No takes yet" in said(app)
    assert not {"newer", "older"} & keys(app)
    assert "Make one in the Studio" in [link.proto.label for link in app.get("page_link")]


def test_newest_first_24_to_a_page_and_every_take_on_exactly_one(shared: Services) -> None:
    jobs = ask(shared, takes=60)
    newest_first = [job.id for job in reversed(jobs)]
    app = history()
    assert "newer" not in keys(app)
    seen = [shown(app)]
    while "older" in keys(app):
        seen.append(shown(press(app, "older")))
    assert [len(page) for page in seen] == [24, 24, 12]
    assert [job_id for page in seen for job_id in page] == newest_first
    back = [seen.pop()]
    while "newer" in keys(app):
        back.append(shown(press(app, "newer")))
    assert back[1:] == seen[::-1]


def test_a_page_further_down_stays_as_it_is_when_takes_come(shared: Services) -> None:
    ask(shared, takes=30)
    app = press(history(), "older")
    before = shown(app)
    ask(shared, takes=5)
    assert shown(sound(app.run())) == before


def test_a_page_that_is_gone_is_no_empty_history(shared: Services) -> None:
    jobs = ask(shared, takes=30)
    app = press(history(), "older")
    for job in jobs[:6]:
        shared.store.cancel(job.id, time.time())
        shared.store.delete(job.id)
    assert shown(sound(app.run())) == [job.id for job in reversed(jobs[6:])]  # the newest instead
    assert "newer" not in keys(app)


# Links


def test_a_link_opens_its_take_in_a_process_that_has_just_started(shared: Services) -> None:
    job, _other = ask(shared, "the one"), ask(shared, "another")
    built.close_services()
    app = history(job=job[0].id)
    assert "the one" in raw_html(app)
    assert "another" not in raw_html(app)
    assert job[0].id in raw_html(app)
    press(app, "back")
    assert len(shown(app)) == 2


UNKNOWN = ["zz", "0" * 32, "../../etc/passwd", "' or 1=1 --", "<script>", "A" * 5000, "\x00", "ü"]


@pytest.mark.parametrize("job", UNKNOWN, ids=range(len(UNKNOWN)))
def test_an_unknown_take_in_a_link_gets_a_sentence_and_the_page_as_usual(shared: Services, job: str) -> None:
    [other] = ask(shared)
    app = history(job=job)
    assert "There is no take with this link" in said(app)
    assert shown(app) == [other.id]


@pytest.mark.parametrize("name", ["before", "after"])
@pytest.mark.parametrize("number", ["x", "", "-1", "1e3", "1.5", "9" * 30, "٣", "²", "\x00", "null"])
def test_nonsense_in_place_of_a_number_is_as_if_it_were_not_there(
    shared: Services, name: str, number: str
) -> None:
    [job] = ask(shared)
    assert shown(history(**{name: number})) == [job.id]


@pytest.mark.parametrize("number", ["0", "1"])
def test_a_number_before_all_takes_leads_back_to_them(shared: Services, number: str) -> None:
    [job] = ask(shared)
    assert shown(history(before=number)) == [job.id]


def test_a_number_after_all_takes_gives_the_newest(shared: Services) -> None:
    [job] = ask(shared)
    assert shown(history(after="9" * 18)) == [job.id]


def test_two_numbers_in_a_link_break_nothing(shared: Services) -> None:
    jobs = ask(shared, takes=2)
    assert shown(history(before=str(jobs[1].seq), after=str(jobs[0].seq))) == [jobs[0].id]


# Text from outside


@pytest.mark.parametrize("prompt", HOSTILE)
def test_a_prompt_is_shown_as_text(shared: Services, prompt: str) -> None:
    [job] = ask(shared, prompt)
    completed(shared, job)
    html = raw_html(history(job=job.id))
    assert '<p dir="auto"' in html
    assert f">{escape(storable(prompt))}</p>" in html
    assert html.count("<script") == html.count("<img") == html.count("<h1") == 0
    app = history()
    [card] = sheet(app)  # data, which the component writes as text
    assert text_of(card) == storable(prompt)
    for page in (app, history(job=job.id)):
        assert prompt not in said(page)  # nowhere as Markdown


@pytest.mark.parametrize("words", [*HOSTILE[:-1], "a\n\n# b\n- c"])
def test_what_the_provider_says_is_shown_as_text(shared: Services, words: str) -> None:
    [job] = ask(shared)
    job = failed(shared, job, detail=words, raw=words)
    [card] = sheet(history())
    assert " ".join(words.split()) in " ".join(" ".join(card["told"]).split())
    app = history(job=job.id)
    [told] = [element.value for element in app.error]
    quoted = told.partition("The provider says: ")[2]
    assert "\n" not in quoted
    for special in "*[`#<$:":
        assert quoted.count(special) == quoted.count(f"\\{special}")
    press(app, f"{job.id}-raw")
    assert words in [block.value for block in app.code]


# What can be done with a take


def test_a_completed_take_plays_in_place_and_can_be_downloaded(shared: Services) -> None:
    [job] = ask(shared)
    completed(shared, job)
    [card] = sheet(history())
    assert card["video"] == {
        "src": f"/app/static/media/{job.id}.mp4",
        "poster": f"/app/static/media/{job.id}.webp",
    }
    assert card["download"] == f"/app/static/media/{job.id}/download"
    app = history(job=job.id)
    html = raw_html(app)
    assert f'src="/app/static/media/{job.id}.mp4"' in html
    assert f'poster="/app/static/media/{job.id}' in html
    assert 'preload="none"' in html
    assert "autoplay" not in html
    assert f"{job.id}-delete" in keys(app)


def test_a_waiting_take_can_be_cancelled(shared: Services) -> None:
    [job] = ask(shared)
    app = press(history(job=job.id), f"{job.id}-cancel")
    assert now(shared, job).state is State.CANCELLED
    assert "Cancelled before it was sent" in said(app)
    assert {f"{job.id}-retry", f"{job.id}-delete"} <= keys(app)


def test_a_take_that_was_just_sent_cannot_be_cancelled_and_says_so(shared: Services) -> None:
    [job] = ask(shared)
    app = history(job=job.id)
    brought(shared, job, State.SENDING, next_at=time.time() + 60)
    press(app, f"{job.id}-cancel")
    assert now(shared, job).state is State.SENDING
    assert "too late to cancel" in " ".join(toast.value for toast in app.toast)


@pytest.mark.parametrize("state", [State.QUEUED, State.GENERATING])
def test_a_sent_take_can_be_left_and_taken_up_again(shared: Services, state: State) -> None:
    [job] = ask(shared)
    brought(shared, job, state, remote_id="gen-1", next_at=time.time() + 60)
    app = history(job=job.id)
    assert f"{job.id}-cancel" not in keys(app)
    press(app, f"{job.id}-unfollow")
    assert not now(shared, job).followed
    assert "charges for it" in said(app)
    press(app, f"{job.id}-follow")
    assert now(shared, job).followed
    assert f"{job.id}-unfollow" in keys(app)


def test_edit_and_retry_puts_the_settings_on_the_desk_and_the_next_take_knows_its_parent(
    shared: Services,
) -> None:
    spec = shared.catalog.models[0]
    ratio = spec.by_role(Role.ASPECT_RATIO)
    assert ratio is not None
    changed: dict[str, Any] = {ratio.name: "9:16"}
    [job] = ask(shared, "try me", **changed)
    failed(shared, job)
    app = press(history(job=job.id), f"{job.id}-retry")
    assert "generate" in keys(app)  # the Studio
    app.switch_page("../pages/studio.py")  # AppTest goes back to the page it was sent to, a browser does not
    press(app, "generate")
    newest = shared.store.page().jobs[0]
    assert newest.id != job.id
    assert newest.order.body == job.order.body
    assert newest.order.parent == job.id


def test_edit_and_retry_asks_before_a_draft_is_lost(shared: Services) -> None:
    [job] = ask(shared, "the old one")
    failed(shared, job)
    spec = shared.catalog.models[0]
    named = spec.by_role(Role.PROMPT)
    assert named is not None
    shared.store.drafts.save("ann", spec.id, {"values": {named.name: "half a **draft**"}}, time.time())
    app = AppTest.from_file(SHELL, default_timeout=30)
    app.session_state["owner"] = "ann"
    app.switch_page("../pages/history.py")
    app.query_params["job"] = job.id
    app.run()
    press(app, f"{job.id}-retry")
    assert "half a \\*\\*draft\\*\\*" in said(app)
    assert app.session_state["desk"].draft(spec).prompt_text() == "half a **draft**"
    confirm(app, f"{job.id}-retry", "replace-dismissed")
    assert app.session_state["desk"].draft(spec).prompt_text() == "half a **draft**"
    press(app, f"{job.id}-retry")
    confirm(app, f"{job.id}-retry", "replace-confirmed")
    assert "generate" in keys(app)
    assert app.session_state["desk"].draft(spec).prompt_text() == "the old one"


def test_edit_and_retry_of_a_model_that_is_gone_says_so(shared: Services) -> None:
    [job] = ask(shared)
    withdrawn = replace(job.order, model="maker/withdrawn")
    [gone] = shared.store.add([withdrawn], token=new_id(), now=time.time())
    failed(shared, gone)
    app = press(history(job=gone.id), f"{gone.id}-retry")
    assert "no longer has that model" in said(app)


def test_delete_puts_the_take_into_the_bin_with_a_way_back(shared: Services) -> None:
    [job] = ask(shared)
    completed(shared, job)
    app = press(history(job=job.id), f"{job.id}-delete")
    assert now(shared, job).binned
    assert shared.archive.video_path(job.id).exists()
    [undo] = [key for key in keys(app) if key.startswith("undo-")]
    press(app, undo)
    assert now(shared, job).binned is None


def test_a_take_that_goes_on_cannot_be_deleted(shared: Services) -> None:
    [job] = ask(shared)
    assert f"{job.id}-delete" not in keys(history(job=job.id))


def in_doubt(shared: Services, **changes: Any) -> Job:
    [job] = ask(shared, **changes)
    return brought(shared, job, State.UNKNOWN, problem="lost_reply", sent=time.time(), ended=time.time())


def test_an_id_that_was_found_is_followed(shared: Services) -> None:
    job = in_doubt(shared)
    app = press(history(job=job.id), f"{job.id}-attach")
    assert job.id in said(app)
    app.text_input(key=f"id-{job.id}").set_value("  gen-7 ")
    confirm(app, f"{job.id}-attach", "attach-confirmed")
    assert now(shared, job).remote_id == "gen-7"
    assert now(shared, job).followed


@pytest.mark.parametrize("given", ["", "   ", "x" * 600, "a\x07b", "taken"], ids=range(5))
def test_what_is_no_id_or_somebody_elses_is_refused_in_a_sentence(shared: Services, given: str) -> None:
    [other] = ask(shared)
    brought(shared, other, State.QUEUED, remote_id="taken", next_at=time.time() + 60)
    job = in_doubt(shared)
    app = press(history(job=job.id), f"{job.id}-attach")
    app.text_input(key=f"id-{job.id}").set_value(given)
    confirm(app, f"{job.id}-attach", "attach-confirmed")
    assert "no id of a generation" in said(app)
    assert now(shared, job) == job


def test_send_again_asks_and_makes_a_new_take(shared: Services) -> None:
    job = in_doubt(shared)
    app = press(history(job=job.id), f"{job.id}-again")
    assert "not known whether the first request was accepted" in said(app)
    assert "costs nothing" in said(app)
    assert len(shared.store.page().jobs) == 1
    confirm(app, f"{job.id}-again", "again-confirmed")
    again, first = shared.store.page().jobs
    assert first == job
    assert again.state is State.WAITING
    assert again.order.parent == job.id
    assert again.order.body == job.order.body
    assert again.id != job.id
    press(app, f"{job.id}-again")
    confirm(app, f"{job.id}-again", "again-dismissed")
    assert len(shared.store.page().jobs) == 2


def test_send_again_is_once_however_many_people_ask(shared: Services) -> None:
    job = in_doubt(shared)
    mine, theirs = (
        press(history(job=job.id), f"{job.id}-again"),
        press(history(job=job.id), f"{job.id}-again"),
    )
    confirm(mine, f"{job.id}-again", "again-confirmed")
    confirm(theirs, f"{job.id}-again", "again-confirmed")
    assert len(shared.store.page().jobs) == 2
    assert "sent again already" in said(theirs)


def test_what_is_no_longer_in_doubt_is_not_sent_again(shared: Services) -> None:
    job = in_doubt(shared)
    app = press(history(job=job.id), f"{job.id}-again")
    assert shared.store.attach(job.id, "gen-9", time.time())
    app.button(key="again-confirmed").click()
    sound(app.button(key=f"{job.id}-again").click().run())
    assert len(shared.store.page().jobs) == 1


@pytest.mark.parametrize(
    ("problem", "remote_id", "offered"),
    [(p, "gen-1", p in LOOK_AGAIN) for p in ("gave_up", "too_large", "generation_failed", "moderated")]
    + [("invalid_request", None, False)],
)
def test_a_failed_take_can_be_looked_for_again_where_that_may_help(
    shared: Services, problem: str, remote_id: str | None, offered: bool
) -> None:
    [job] = ask(shared)
    job = failed(shared, job, problem=problem, remote_id=remote_id)
    app = history(job=job.id)
    assert (f"{job.id}-look" in keys(app)) is offered
    if offered:
        press(app, f"{job.id}-look")
        assert now(shared, job).followed
        assert now(shared, job).state is State.QUEUED


def test_send_again_to_the_provider_says_that_both_may_be_paid_for(
    shared: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = in_doubt(shared, destination=Destination.LIVE)
    assert "you pay for both" in said(press(history(job=job.id), f"{job.id}-again"))


# Shot by shot


ROWS = [("The raccoon looks up", 3), ("It <b>climbs</b>", 2), ("It runs", 3)]


def ask_shots(shared: Services, rows: list[tuple[str, int]] = ROWS, *, kept: bool = True) -> Job:
    """A take of several shots; `kept` False: one from before boards were kept with takes."""
    spec = shared.catalog.models[0]
    assert shape_of(spec)
    asked = order(
        Draft(spec, {}, storyboard=True, board=board_from(rows)),
        owner="ann",
        destination=Destination.SANDBOX,
        base_url=shared.base_url(Destination.SANDBOX),
    )
    one = asked if kept else replace(asked, board=None)
    [job] = shared.store.add([one], token=new_id(), now=time.time())
    return job


def plan(app: AppTest) -> dict[str, Any] | None:
    """What the browser is told of the planned shots; None where they are not drawn."""
    drawn = [c.proto for c in app.get("bidi_component") if c.proto.component_name == "planned_shots"]
    return json.loads(drawn[0].json) if drawn else None


@pytest.mark.parametrize("kept", [True, False], ids=["as planned", "from the request"])
def test_a_take_of_several_shots_has_chapters_thumbs_and_a_sheet(shared: Services, kept: bool) -> None:
    job = ask_shots(shared, kept=kept)
    completed(shared, job)
    shared.store.judge_shot(job.id, 1, verdict=False)
    app = history(job=job.id)
    told = plan(app)
    assert told is not None
    assert told["src"] == f"/app/static/media/{job.id}.mp4"
    assert [(shot["from"], shot["to"]) for shot in told["shots"]] == [
        ("0:00", "0:03"),
        ("0:03", "0:05"),
        ("0:05", "0:08"),
    ]
    assert told["verdicts"] == [None, False, None]
    assert all(row[0] in shot["text"] for row, shot in zip(ROWS, told["shots"], strict=True))
    assert '<track kind="chapters"' in raw_html(app)
    [sheet] = [link for link in app.get("link_button") if link.proto.label == "Storyboard sheet"]
    assert sheet.proto.url == sheet_address(job)


def test_chapters_are_for_an_opened_and_finished_take_of_several_shots_alone(shared: Services) -> None:
    several, one_shot, [single], unfinished = (
        ask_shots(shared),
        ask_shots(shared, ROWS[:1]),
        ask(shared),
        ask_shots(shared),
    )
    for job in (several, one_shot, single):
        completed(shared, job)
    assert plan(history(job=several.id)) is not None
    for app in (
        history(job=job.id),
        history(job=one_shot.id),
        history(job=single.id),
        history(job=unfinished.id),
    ):
        assert plan(app) is None
        assert "<track" not in raw_html(app)
        assert not any(key.endswith("-liked") for key in keys(app))


def test_a_new_draft_has_the_shots_that_were_liked(shared: Services) -> None:
    job = ask_shots(shared)
    completed(shared, job)
    app = history(job=job.id)
    button = app.button(key=f"{job.id}-liked")
    assert button.disabled
    assert "thumb up" in button.help
    for shot, verdict in ((0, True), (1, False), (2, True)):
        shared.store.judge_shot(job.id, shot, verdict)
    sound(app.run())
    assert not app.button(key=f"{job.id}-liked").disabled
    press(app, f"{job.id}-liked")
    assert "generate" in keys(app)  # the Studio
    desk = app.session_state["desk"]
    draft = desk.draft(shared.catalog.models[0])
    assert draft.storyboard
    assert [(shot.text, shot.seconds) for shot in draft.plan.shots] == [ROWS[0], ROWS[2]]
    app.switch_page("../pages/studio.py")  # AppTest goes back to the page it was sent to, a browser does not
    press(app, "generate")
    assert shared.store.page().jobs[0].order.parent == job.id


def test_a_new_draft_asks_before_another_is_lost(shared: Services) -> None:
    job = ask_shots(shared)
    completed(shared, job)
    shared.store.judge_shot(job.id, 2, verdict=True)
    app = history(job=job.id)
    spec = shared.catalog.models[0]
    mine = Draft(spec, {}, storyboard=True, board=board_from([("My **own** shot", 4)]))
    app.session_state["desk"].replace(mine)
    press(app, f"{job.id}-liked")
    assert "My \\*\\*own\\*\\* shot" in said(app)
    confirm(app, f"{job.id}-liked", "replace-dismissed")
    assert app.session_state["desk"].draft(spec).plan.shots[0].text == "My **own** shot"
    press(app, f"{job.id}-liked")
    confirm(app, f"{job.id}-liked", "replace-confirmed")
    assert [shot.text for shot in app.session_state["desk"].draft(spec).plan.shots] == ["It runs"]


# When the app cannot start


@pytest.mark.parametrize("below", ["", "/and/below"])
def test_a_data_folder_that_cannot_be_written_is_a_sentence_on_every_page(
    shared: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, below: str
) -> None:
    in_the_way = tmp_path / "a file"
    in_the_way.write_text("Even root can make no folder here.")
    monkeypatch.setenv("PLAYGROUND_DATA", f"{in_the_way}{below}")
    built.close_services()
    for app in (sound(AppTest.from_file(SHELL).run()), history(), history(job="0" * 32)):
        [told] = [element.value for element in app.error]
        assert "cannot start" in told
        assert str(in_the_way) in told
        assert "PLAYGROUND_DATA" in told
        assert not app.button


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("AIMLAPI_KEY", "<YOUR_AIMLAPI_KEY>"),
        ("AIMLAPI_KEY", "se cret key"),
        ("AIMLAPI_BASE_URL", "not an address"),
        ("PLAYGROUND_IN_FLIGHT", "many"),
    ],
)
def test_a_setting_that_makes_no_sense_is_a_sentence_that_names_it(
    shared: Services, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    built.close_services()
    [told] = [element.value for element in history().error]
    assert variable in told
    assert value not in told
