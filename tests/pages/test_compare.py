"""Compare, as a page: what its link means, what it says where that is not two to four takes."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.gallery import comparing
from components.gallery.side_by_side import MOST, SideBySide, name_of, side_by_side, told
from components.jobs.job import Job, State
from components.services import Services
from tests.gallery.test_player import VIDEO, take
from tests.pages.playing import SHELL, raw_html, said, sound
from tests.pages.test_history import HOSTILE, UNKNOWN, ask, brought, completed, failed


def compare(*takes: str, **query: str) -> AppTest:
    """The page of a fresh session, at this link."""
    app = AppTest.from_file(SHELL, default_timeout=30)
    app.switch_page("../pages/compare.py")
    for name, value in {"takes": ",".join(takes), **query}.items():
        app.query_params[name] = value
    return sound(app.run())


def players(app: AppTest) -> dict[str, Any] | None:
    """What the players' component was given; None where it is not on the page."""
    for element in app.get("bidi_component"):
        if element.proto.component_name.endswith("takes_side_by_side"):
            data: dict[str, Any] = json.loads(element.proto.json)
            return data
    return None


def made(shared: Services, *prompts: str) -> list[str]:
    return [completed(shared, ask(shared, prompt)[0]).id for prompt in prompts]


def shown(app: AppTest) -> list[str]:
    given = players(app)
    return [] if given is None else [one["id"] for one in given["takes"]]


def test_two_takes_stand_side_by_side_with_what_differs_below(shared: Services) -> None:
    ids = made(shared, "a white fox", "a red fox")
    app = compare(*ids)
    assert shown(app) == ids
    data = players(app)
    assert data is not None
    assert data["sound"] == 1
    assert [one["name"] for one in data["takes"]] == ["a white fox", "a red fox"]
    assert data["takes"][0]["page"] == f"history?job={ids[0]}"
    assert "Prompt changed" in said(app)
    html = raw_html(app)
    assert ">white</del>" in html
    assert ">red</ins>" in html
    assert [link.proto.label for link in app.get("page_link")][-2:] == [
        "Add another take",
        "Back to the History",
    ]


def test_the_same_request_says_so(shared: Services) -> None:
    assert "The same request. What differs is chance." in said(compare(*made(shared, "a fox", "a fox")))


def test_of_three_takes_there_is_a_table_and_of_four_no_other_is_offered(shared: Services) -> None:
    ids = made(shared, "one fox", "two foxes", "three foxes", "four foxes")
    assert "<table" in raw_html(compare(*ids[:3]))
    app = compare(*ids)
    assert shown(app) == ids
    assert "Add another take" not in [link.proto.label for link in app.get("page_link")]


@pytest.mark.parametrize("takes", [[], [""], [",,,"], *([unknown] for unknown in UNKNOWN)], ids=range(11))
def test_a_link_to_nothing_says_what_to_do(shared: Services, takes: list[str]) -> None:
    made(shared, "a fox")
    app = compare(*takes)
    assert shown(app) == []
    assert "Choose them in the History" in said(app)
    assert ("is not there" in said(app)) == bool(takes and takes[0].strip(","))
    assert "Back to the History" in [link.proto.label for link in app.get("page_link")]


def test_what_can_be_shown_is_shown_and_the_rest_is_said(shared: Services) -> None:
    [fox] = made(shared, "a fox")
    [waiting] = ask(shared, "a badger")
    bad = failed(shared, ask(shared, "an owl")[0])
    app = compare(fox, "0" * 32, waiting.id, bad.id)
    assert shown(app) == [fox]
    words = " ".join(element.value for element in app.warning)
    assert "One take of this link is not there" in words
    assert "“a badger” has no video yet \\(waiting\\)" in words
    assert "“an owl” has no video \\(failed\\)" in words
    assert "Choose another take" in said(app)


def test_one_that_becomes_ready_joins(shared: Services) -> None:
    [fox] = made(shared, "a fox")
    [job] = ask(shared, "a badger")
    app = compare(fox, job.id)
    assert shown(app) == [fox]
    completed(shared, job)
    assert shown(sound(app.run())) == [fox, job.id]
    assert not app.warning


def test_back_from_a_take_leads_to_the_comparison_that_it_was_opened_from(shared: Services) -> None:
    ids = made(shared, "a fox", "a badger")
    app = compare(*ids)
    app.query_params.clear()
    app.query_params["job"] = ids[0]  # what Streamlit leaves in the browser's history
    assert shown(sound(app.run())) == ids
    app.query_params.clear()
    assert shown(sound(app.run())) == []


def test_more_than_four_are_left_out_and_it_says_so(shared: Services) -> None:
    ids = made(shared, *"abcdef")
    app = compare(*ids)
    assert shown(app) == ids[:4]
    assert "2 more are left out" in said(app)


@pytest.mark.parametrize("prompt", HOSTILE)
def test_a_prompt_is_shown_as_text(shared: Services, prompt: str) -> None:
    app = compare(*made(shared, prompt, f"{prompt} again"))
    html = raw_html(app)
    assert html.count("<script") == html.count("<img") == html.count("<h1") == 0
    assert len(shown(app)) == 2


# Its link, without a page


def job(number: int, **changes: Any) -> Job:
    return replace(take(f"take {number}"), id=f"{number:032x}", **changes)


def find(*jobs: Job) -> Any:
    return {one.id: one for one in jobs}.get


FOUR = [job(n) for n in range(4)]
SILENT = job(9, video=replace(VIDEO, sound=False))


@pytest.mark.parametrize(
    ("jobs", "sound", "heard"),
    [
        (FOUR, "", 1),
        (FOUR, "3", 3),
        (FOUR, "0", 0),
        (FOUR, "5", 1),
        (FOUR, "x", 1),
        (FOUR, "-1", 1),
        (FOUR, "٣", 1),
        (FOUR[:2], "4", 0),
        ([SILENT, FOUR[0]], "", 2),
        ([SILENT, FOUR[0]], "1", 0),
        ([SILENT], "", 0),
        ([], "1", 0),
    ],
)
def test_whose_sound_is_heard(jobs: list[Job], sound: str, heard: int) -> None:
    link = ",".join(one.id for one in jobs)
    assert side_by_side(link, sound, find(*jobs)).sound == heard


def test_taking_one_out_leaves_the_others_and_their_sound() -> None:
    what = side_by_side(",".join(one.id for one in FOUR), "3", find(*FOUR))
    ids = [one.id for one in FOUR]
    assert what.without(ids[0]) == {"takes": ",".join(ids[1:]), "sound": "2"}
    assert what.without(ids[2]) == {"takes": ",".join([*ids[:2], ids[3]])}
    assert SideBySide(jobs=(FOUR[0],)).without(ids[0]) == {"takes": ""}


def test_a_take_named_twice_stands_once_and_spaces_do_no_harm() -> None:
    one = FOUR[0]
    assert side_by_side(f" {one.id} ,{one.id},", "", find(one)).jobs == (one,)


def test_a_take_in_the_bin_is_not_shown() -> None:
    binned = job(1, binned=time.time())
    what = side_by_side(binned.id, "", find(binned))
    assert what.jobs == ()
    assert told(what) == ["“take 1” is in the bin: put it back to compare it."]


def test_an_endless_link_costs_little() -> None:
    asked: list[str] = []

    def look(job_id: str) -> Job | None:
        asked.append(job_id)
        return None

    what = side_by_side(",".join(f"{n:032x}" for n in range(100_000)), "", look)
    assert len(asked) <= 12
    assert what.over > MOST


def test_a_take_is_called_by_its_name_else_its_prompt_else_its_model() -> None:
    assert name_of(job(1, title="The good one")) == "The good one"
    assert name_of(job(1)) == "take 1"
    assert name_of(take("")) == "A Model"


# What a browser sends


@pytest.mark.parametrize("sent", [None, 7, "x", [], {}, ["0" * 32], "0" * 31, True])
def test_only_a_take_on_the_page_is_opened_or_taken_out(sent: Any) -> None:
    assert comparing._one_of(["0" * 32], sent) is None
    assert comparing._one_of(["0" * 32], "0" * 32) == "0" * 32


def test_a_state_that_no_browser_should_send_changes_nothing(shared: Services) -> None:
    ids = made(shared, "a", "b")
    app = compare(*ids, sound="2")
    assert app.query_params["sound"] in ("2", ["2"])
    assert players(app) is not None
    brought(shared, ask(shared, "c")[0], State.FAILED, problem="generation_failed", ended=time.time())
    assert shown(sound(app.run())) == ids
