"""Every row of the table of problems, caused for real: from the sandbox, the network or the disk to the page."""

from __future__ import annotations

import io
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from components.catalog.spec import MediaKind, MediaLimits, Role
from components.jobs import footage
from components.jobs.job import Destination, Job, State
from components.jobs.problems import FREE, PROBLEMS, QUOTED
from components.markdown import as_text
from tests.need import ROOT
from tests.pages.playing import (
    AT_ONCE,
    NOBODY_GIVES_UP,
    PROMPT,
    SHELL,
    Playground,
    Sandbox,
    history,
    keys,
    said,
    sandbox_process,
    sheet,
    sound,
)

DAY = 86_400.0
LITTLE_ROOM = 900_000
"""Bytes: more than the database of a few takes has, less than a video."""


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with sandbox_process(tmp_path_factory.mktemp("sandbox"), seconds=AT_ONCE) as client:
        yield client


@pytest.fixture
def play(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Playground]:
    sandbox.clear()
    # Large pictures take the longest of all, and are looked at elsewhere.
    monkeypatch.setattr(footage, "poster", lambda path, width=0, make=footage.poster: make(path, 64))
    playground = Playground(sandbox, monkeypatch)
    playground.restart(
        PLAYGROUND_DATA=str(tmp_path / "data"),
        # As with a real key: the sandbox stands where the provider would.
        AIMLAPI_KEY="a-key",
        AIMLAPI_BASE_URL=playground.origin,
        PLAYGROUND_SANDBOX_URL=None,
        PLAYGROUND_GIVE_UP_MINUTES=NOBODY_GIVES_UP,
        PLAYGROUND_MAX_VIDEO_BYTES="20000000",
    )
    yield playground
    playground.close()


Cause = Callable[[Playground], Job]
"""Lets it happen; gives the take, asked for."""


@dataclass(frozen=True)
class Row:
    """A problem, one way to cause it, and where the take then stands."""

    problem: str
    cause: Cause
    state: State
    name: str
    words: str = ""
    """The provider's own, or a part of them."""
    passes: bool = True
    """Where the take is still followed: it completes once the day is good again."""

    @property
    def id(self) -> str:
        """For the test's name."""
        return f"{self.problem}-{self.name}"


def bad_day(
    problem: str, state: State, on: str, *faults: str, words: str = "", passes: bool = True
) -> list[Row]:
    """Rows that one fault of the sandbox causes, each."""

    def cause(fault: str) -> Cause:
        def happen(play: Playground) -> Job:
            play.sandbox.fault(fault, on)
            return play.ask()

        return happen

    return [Row(problem, cause(fault), state, fault, words=words, passes=passes) for fault in faults]


# What the sandbox's switch does not cause


def nobody_listens(play: Playground) -> Job:
    held = socket.socket()
    held.bind(("127.0.0.1", 0))  # and does not listen: nobody else can have the port, and nobody answers
    port = held.getsockname()[1]
    play.restart(AIMLAPI_KEY="a-key", AIMLAPI_BASE_URL=f"http://127.0.0.1:{port}")
    play.to_mend(lambda: play.move_to(play.another_sandbox(), port=port), held.close)
    return play.ask()


def provider_goes_away(play: Playground) -> Job:
    folder = play.another_sandbox()
    with sandbox_process(folder, seconds=AT_ONCE) as leaving:
        leaving.fault("stuck", "create")
        play.restart(AIMLAPI_BASE_URL=str(leaving.base_url).rstrip("/"))
        job = play.until(play.ask(), lambda take: take.remote_id is not None)
    play.to_mend(lambda: play.move_to(folder, port=leaving.base_url.port or 0))
    return job


def key_is_taken_away(play: Playground) -> Job:
    play.restart(AIMLAPI_KEY="a-key", AIMLAPI_BASE_URL=play.origin)
    play.shared.tracker.stop()
    job = play.ask()
    play.restart(AIMLAPI_KEY=None)
    play.to_mend(lambda: play.restart(AIMLAPI_KEY="a-key"))
    return job


def sandbox_does_not_start(play: Playground) -> Job:
    origin = play.origin
    play.restart(PLAYGROUND_SANDBOX_URL=None)  # the one inside the app, which the server starts; here, nobody
    play.to_mend(lambda: setattr(play.shared, "sandbox_origin", origin))
    return play.ask(destination=Destination.SANDBOX)


APP_WITHOUT_PAGES = """
import time
from components.services import services
services().tracker.start()
time.sleep(600)
"""


def killed_while_sending(play: Playground) -> Job:
    play.shared.tracker.stop()
    play.sandbox.fault("slow", "create", seconds=30)
    job = play.ask()
    app = subprocess.Popen([sys.executable, "-c", APP_WITHOUT_PAGES], cwd=ROOT)
    try:
        deadline = time.monotonic() + 30
        while not play.sandbox.posts(job):
            assert time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        app.send_signal(signal.SIGKILL)
        app.wait()
    play.sandbox.clear()
    play.restart()
    play.clock.forward(play.now(job).next_at or 0.0)  # when the lease of the dead runs out
    return job


def half_a_character(play: Playground) -> Job:
    return play.ask("half of a raccoon: \ud83e")


def file_is_gone(play: Playground) -> Job:
    """A take whose upload was deleted from the disk while it waited."""
    made = io.BytesIO()
    Image.new("RGB", (64, 64)).save(made, "PNG")
    uploads = play.shared.uploads
    upload = uploads.add(
        "ann", "fox.png", made.getvalue(), media=MediaKind.IMAGE, limits=MediaLimits(), now=play.clock()
    )
    order = play.order()
    uploads.path(upload).unlink()
    with_file = replace(order, body={**order.body, "image_url": upload.reference})
    [job] = play.shared.store.add([with_file], token="file is gone", now=play.clock())
    return job


def wrong_id_is_pasted(play: Playground) -> Job:
    play.sandbox.fault("no_answer", "create")
    job = play.until_problem(play.ask(), "lost_reply", State.UNKNOWN)
    assert play.shared.store.attach(job.id, "no-such-generation", play.clock())
    return job


def patience_ends(fault: str) -> Cause:
    def happen(play: Playground) -> Job:
        play.restart(PLAYGROUND_GIVE_UP_MINUTES="1")
        play.to_mend(lambda: play.restart(PLAYGROUND_GIVE_UP_MINUTES=NOBODY_GIVES_UP))
        play.sandbox.fault(fault, "create")
        return play.ask()

    return happen


def limit_is_tiny(play: Playground) -> Job:
    play.restart(PLAYGROUND_MAX_VIDEO_BYTES="1000")
    play.to_mend(lambda: play.restart(PLAYGROUND_MAX_VIDEO_BYTES="20000000"))
    return play.ask()


def takes_cannot_be_written(play: Playground) -> Job:
    folder = play.shared.settings.data / "takes"
    folder.write_text("A file where a folder should be: even root cannot write into it.")
    play.to_mend(folder.unlink)
    return play.ask()


def disk_runs_full(play: Playground) -> Job:
    """No file of this process can grow beyond what the database needs, as on a disk with little room left."""
    play.sandbox.fault("503", "file")
    job = play.until_problem(play.ask(), "no_download", State.ARCHIVING)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LITTLE_ROOM, before[1]))
    play.to_mend(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, before))
    play.sandbox.clear()
    return job


def folder_in_the_place_of_the_video(play: Playground) -> Job:
    job = play.ask()
    in_the_way = play.shared.archive.video_path(job.id)
    in_the_way.mkdir(parents=True)
    play.to_mend(in_the_way.rmdir)
    return job


ROWS: list[Row] = [
    # While sending
    *bad_day("rate_limited", State.WAITING, "create", "429", words="Too Many Requests"),
    *bad_day("rate_limited", State.WAITING, "create", "429_free", words="Free-tier limit reached"),
    *bad_day("invalid_request", State.FAILED, "create", "400", "400_list", words="Body validation error!"),
    *bad_day("key_rejected", State.FAILED, "create", "401", words="requires a valid API key"),
    *bad_day("out_of_credits", State.FAILED, "create", "403", words="run out of credits"),
    *bad_day("out_of_credits", State.FAILED, "create", "403_funds", words="run out of funds"),
    *bad_day("forbidden", State.FAILED, "create", "403_plan", words="exhausted the available"),
    *bad_day("unknown_model", State.FAILED, "create", "404", words="Model not found"),
    *bad_day("lost_reply", State.UNKNOWN, "create", "no_answer", "cut_off"),
    *bad_day("bad_reply", State.UNKNOWN, "create", "html", "empty", "wrong_types", "list"),
    *bad_day("server_trouble", State.UNKNOWN, "create", "500", words="Internal server error"),
    *bad_day("server_trouble", State.UNKNOWN, "create", "502", "502_json", words="Bad Gateway"),
    *bad_day("server_trouble", State.UNKNOWN, "create", "503", words="Service unavailable"),
    *bad_day("server_trouble", State.UNKNOWN, "create", "504", words="Generation timeout"),
    *bad_day("server_trouble", State.UNKNOWN, "create", "524", words="A timeout occurred"),
    # While looking
    *bad_day("look_no_answer", State.QUEUED, "retrieve", "no_answer", "cut_off"),
    *bad_day("look_bad_reply", State.QUEUED, "retrieve", "html", "empty", "wrong_types", "list"),
    *bad_day("look_server_trouble", State.QUEUED, "retrieve", "500", words="Internal server error"),
    *bad_day("look_server_trouble", State.QUEUED, "retrieve", "502", "502_json", words="Bad Gateway"),
    *bad_day("look_server_trouble", State.QUEUED, "retrieve", "503", words="Service unavailable"),
    *bad_day("look_server_trouble", State.QUEUED, "retrieve", "504", words="Generation timeout"),
    *bad_day("look_server_trouble", State.QUEUED, "retrieve", "524", words="A timeout occurred"),
    *bad_day("look_rate_limited", State.QUEUED, "retrieve", "429", words="Too Many Requests"),
    *bad_day("look_rate_limited", State.QUEUED, "retrieve", "429_free", words="Free-tier limit"),
    *bad_day("look_key_rejected", State.QUEUED, "retrieve", "401", words="requires a valid API key"),
    *bad_day("look_forbidden", State.QUEUED, "retrieve", "403", words="run out of credits"),
    *bad_day("look_forbidden", State.QUEUED, "retrieve", "403_plan", words="exhausted the available"),
    *bad_day("look_refused", State.QUEUED, "retrieve", "400", words="Body validation error!"),
    *bad_day("look_not_found", State.QUEUED, "retrieve", "404", words="Inference not found"),
    *bad_day("unknown_generation", State.FAILED, "retrieve", "404", words="Inference not found"),
    *bad_day("no_video_yet", State.GENERATING, "create", "no_video", passes=False),
    *bad_day("no_video", State.FAILED, "create", "no_video"),
    *bad_day(
        "generation_failed", State.FAILED, "create", "error_schema", "error_string", words="could not be made"
    ),
    *bad_day("generation_failed", State.FAILED, "create", "error_detail", words="Nothing to film here"),
    *bad_day("generation_failed", State.FAILED, "create", "error_null"),
    *bad_day("moderated", State.FAILED, "create", "error_at_once", "failed", words="blocked"),
    # While the file is fetched
    *bad_day("no_download", State.ARCHIVING, "file", "file_cut_off", "401", "429", "500", "503", "524"),
    *bad_day("file_gone", State.ARCHIVING, "file", "file_404", "file_403"),
    *bad_day("file_gone", State.FAILED, "file", "file_404"),
    *bad_day("unsafe_address", State.FAILED, "create", "private_address"),
    *bad_day("not_a_video", State.FAILED, "file", "not_a_video", "file_empty"),
    *bad_day("cut_off", State.FAILED, "file", "half_a_video"),
    *bad_day("too_large", State.FAILED, "file", "huge", "endless"),
    # What the sandbox's switch does not cause
    Row("no_connection", nobody_listens, State.WAITING, "dead port"),
    Row("look_no_connection", provider_goes_away, State.QUEUED, "gone"),
    Row("no_key", key_is_taken_away, State.WAITING, "key removed"),
    Row("sandbox_away", sandbox_does_not_start, State.WAITING, "not started"),
    Row("stopped_while_sending", killed_while_sending, State.UNKNOWN, "kill -9"),
    Row("unsendable", half_a_character, State.FAILED, "half a character"),
    Row("upload_gone", file_is_gone, State.FAILED, "file deleted", words="“image_url” is no longer there"),
    Row("wrong_id", wrong_id_is_pasted, State.UNKNOWN, "wrong id", words="Inference not found"),
    Row("gave_up", patience_ends("stuck"), State.FAILED, "stuck", words="queued"),
    Row(
        "gave_up", patience_ends("unknown_status"), State.FAILED, "unknown status", words="dreaming of sheep"
    ),
    Row("too_large", limit_is_tiny, State.FAILED, "limit"),
    Row("disk_full", takes_cannot_be_written, State.ARCHIVING, "not writable"),
    Row("disk_full", disk_runs_full, State.ARCHIVING, "no room"),
    Row("internal", folder_in_the_place_of_the_video, State.ARCHIVING, "folder in the way"),
]


def test_every_row_of_the_table_is_driven() -> None:
    assert {row.problem for row in ROWS} == set(PROBLEMS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_the_take_says_what_happened_and_everything_else_goes_on(play: Playground, row: Row) -> None:
    job = play.until_problem(row.cause(play), row.problem, row.state)
    assert row.words in job.detail
    assert play.files() == []
    card_says_it_all(history(), job)
    says_it_all(history(job=job.id), job)
    play.mend()
    if job.followed and row.passes:
        play.until_completed(job)
        assert play.files() == files_of(job)
    else:
        play.clock.forward(play.clock() + 2 * DAY)
        play.until_completed(play.ask())
        assert job.followed or play.now(job) == job
    posts = play.sandbox.posts(job)
    assert len([post for post in posts if post["generation_id"]]) <= 1
    assert len(posts) <= 1 or row.problem == "rate_limited"


FOR_A_WHILE = [
    ("retrieve", "404", 3),
    ("retrieve", "429", 3),
    *(("retrieve", status, 6) for status in ("500", "502", "502_json", "503", "504", "524")),
    *(("retrieve", spoilt, 6) for spoilt in ("html", "empty", "cut_off", "no_answer", "wrong_types", "list")),
    ("retrieve", "no_id", 1),
    ("retrieve", "slow", 1),
    ("create", "429", 3),
    ("create", "slow", 1),
    *(
        ("create", shape, 1)
        for shape in ("old_reply", "no_id", "completed_with_error", "succeeded", "upper_case")
    ),
    *(("create", shape, 1) for shape in ("video_list", "video_objects", "video_string")),
    *(("file", gone, 4) for gone in ("file_404", "file_403")),
    *(("file", spoilt, 2) for spoilt in ("not_a_video", "file_empty", "half_a_video")),
    *(("file", spoilt, 1) for spoilt in ("huge", "endless")),
    *(("file", spoilt, 6) for spoilt in ("file_cut_off", "500", "502", "503", "504", "524", "429")),
]


@pytest.mark.parametrize(("on", "fault", "times"), FOR_A_WHILE)
def test_a_take_survives_what_passes(play: Playground, on: str, fault: str, times: int) -> None:
    play.sandbox.fault(fault, on, times=times, **({"seconds": 0.3} if fault == "slow" else {}))
    job = play.until_completed(play.ask())
    assert not play.sandbox.get("/_sandbox/behaviour").json()["rules"]  # all of it fell
    assert play.files() == files_of(job)
    assert len([post for post in play.sandbox.posts(job) if post["generation_id"]]) == 1
    assert job.problem is None


def test_a_download_is_given_up_after_a_day(play: Playground) -> None:
    play.sandbox.fault("503", "file")
    job = play.until_problem(play.ask(), "no_download", State.ARCHIVING)
    play.clock.forward(play.clock() + DAY + 1)
    job = play.until_problem(job, "no_download", State.FAILED)
    says_it_all(history(job=job.id), job)
    assert play.files() == []


def test_a_limit_that_was_asked_for_is_kept_to(play: Playground) -> None:
    play.sandbox.fault("429", "create", times=1, retry_after=600)
    job = play.until_problem(play.ask(), "rate_limited", State.WAITING)
    other = play.until_problem(play.ask(), "rate_limited", State.WAITING)
    assert not play.sandbox.posts(other)
    begun = play.clock()
    play.until_completed(job)
    play.until_completed(other)
    assert play.clock() - begun >= 600 - 60


def test_a_take_asked_for_in_the_studio_says_there_what_happened(play: Playground) -> None:
    play.sandbox.fault("400_list", "create")
    app = sound(AppTest.from_file(SHELL, default_timeout=30).run())
    desk = app.session_state["desk"]
    spec = play.shared.catalog.find(desk.model)
    assert spec is not None
    prompt = spec.by_role(Role.PROMPT)
    assert prompt is not None
    app.session_state[f"{desk.model}|{desk.edition}|{prompt.name}:text"] = PROMPT
    sound(sound(app.run()).button(key="generate").click().run())
    [job] = play.shared.store.page().jobs
    job = play.until_problem(job, "invalid_request", State.FAILED)
    says_it_all(sound(app.run()), job)
    assert len(play.sandbox.posts(job)) == 1


def test_the_words_of_an_old_problem_are_not_laid_to_a_new_one(play: Playground) -> None:
    play.restart(AIMLAPI_KEY="a-key", AIMLAPI_BASE_URL=play.origin)
    play.sandbox.fault("429", "create")
    job = play.until_problem(play.ask(), "rate_limited", State.WAITING)
    assert job.detail
    assert (raw := job.raw)
    play.restart(AIMLAPI_KEY=None)
    job = play.until_problem(job, "no_key", State.WAITING)
    assert (job.detail, job.raw) == ("", raw)


def files_of(job: Job) -> list[str]:
    """What is kept of a take that came well: the video, and its poster in two sizes."""
    return [f"{job.id}.large.webp", f"{job.id}.mp4", f"{job.id}.webp"]


def card_says_it_all(app: AppTest, job: Job) -> None:
    """Its card tells the same as its page, as plain text, and leads there."""
    [card] = [card for card in sheet(app) if card["id"] == job.id]
    tells_all("\n".join(card["told"]), job, job.detail)
    assert card["page"] == f"/history?job={job.id}"


def tells_all(words: str, job: Job, detail: str) -> None:
    """What happened, what it cost, what to do and the provider's words, which are `detail`."""
    assert job.problem is not None
    problem = PROBLEMS[job.problem]
    charged = problem.charged if job.order.destination is Destination.LIVE else FREE
    for sentence in (problem.happened, charged, problem.next_step, detail):
        assert sentence in words
    quoted = f"The provider says: “{detail}”" in words
    assert quoted is (job.problem in QUOTED and bool(detail))


def says_it_all(app: AppTest, job: Job) -> None:
    """The page tells all of it, as Markdown; the raw reply is a click off."""
    tells_all(said(app), job, as_text(job.detail))
    button = f"{job.id}-raw"
    assert (button in keys(app)) is bool(job.raw)
    if job.raw:
        raw = job.raw.strip("\n")  # as Streamlit shows code
        shown = [block.value for block in app.code].count(raw)
        sound(app.button(key=button).click().run())
        assert [block.value for block in app.code].count(raw) == shown + 1


def test_in_the_sandbox_no_sentence_speaks_of_money(play: Playground) -> None:
    play.restart(PLAYGROUND_SANDBOX_URL=play.origin)
    play.sandbox.fault("403", "create")
    job = play.until_problem(play.ask(destination=Destination.SANDBOX), "out_of_credits", State.FAILED)
    app = history(job=job.id)
    assert FREE in said(app)
    assert PROBLEMS["out_of_credits"].charged not in said(app)
