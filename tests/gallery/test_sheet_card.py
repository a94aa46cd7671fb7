"""The data of a card: what is said of a take in each state, what is marked, and nothing that a browser cannot read."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.gallery.sheet_card import sheet_card
from components.gallery.telling import CANCELLED, NOT_FOLLOWED
from components.jobs.expectation import expectation
from components.jobs.finding.typed import typed
from components.jobs.job import Destination, Job, State
from components.jobs.problems import FREE, PROBLEMS, QUOTED
from tests.gallery.test_player import take

NOW = 10_000.0
TEN_MINUTES = expectation([600.0] * 5, None)


def card(job: Job, words: str = "", **more: Any) -> dict[str, Any]:
    """The card's data as it arrives in a browser."""
    data = sheet_card(job, now=NOW, sought=typed(words), **more).data
    return dict(json.loads(json.dumps(data, allow_nan=False)))


def running(**more: Any) -> Job:
    given = {"state": State.GENERATING, "video": None, "sent": NOW - 40, "next_at": NOW}
    return replace(take("a fox"), **(given | more))


def hits(pieces: list[str | list[str]]) -> list[str]:
    return [piece[0] for piece in pieces if isinstance(piece, list)]


def test_a_finished_take_has_its_video_its_poster_and_its_download() -> None:
    data = card(take("A fox in the snow"))
    job_id = "ab" * 16
    assert data["video"] == {
        "src": f"/app/static/media/{job_id}.mp4",
        "poster": f"/app/static/media/{job_id}.webp",
    }
    assert data["download"] == f"/app/static/media/{job_id}/download"
    assert data["page"] == f"/history?job={job_id}"
    assert (data["badge"], data["colour"], data["told"], data["running"]) == ("Ready", "green", [], None)


def test_a_take_without_a_poster_names_none() -> None:
    assert card(take("A fox", poster=False))["video"]["poster"] == ""


@pytest.mark.parametrize(
    ("changes", "badge", "colour", "told"),
    [
        ({"state": State.CANCELLED}, "Cancelled", "gray", CANCELLED),
        ({"state": State.QUEUED, "next_at": None}, "Not followed", "blue", NOT_FOLLOWED),
        ({"state": State.FAILED, "problem": "gave_up"}, "Failed", "red", PROBLEMS["gave_up"].happened),
        ({"state": State.UNKNOWN, "problem": "lost_reply"}, "In doubt", "orange", FREE),
        (
            {"state": State.FAILED, "problem": "nobody knows it"},
            "Failed",
            "red",
            PROBLEMS["internal"].happened,
        ),
    ],
    ids=["cancelled", "not followed", "failed", "in doubt", "failed of something new"],
)
def test_a_take_that_has_no_video_says_why(
    changes: dict[str, Any], badge: str, colour: str, told: str
) -> None:
    data = card(running(**changes))
    assert (data["badge"], data["colour"]) == (badge, colour)
    assert (data["video"], data["running"], data["download"]) == (None, None, "")
    assert told in data["told"][0]


@pytest.mark.parametrize("problem", ["generation_failed", "not_a_video"])
def test_the_providers_words_are_quoted_and_findings_of_ours_are_not(problem: str) -> None:
    data = card(running(state=State.FAILED, problem=problem, detail="no  <b>foxes</b>\n" * 100))
    detail = data["told"][1]
    assert detail.startswith("The provider says: “no <b>" if problem in QUOTED else "no <b>foxes</b> no")
    assert len(detail) < 330


def test_in_the_live_service_a_problem_says_what_was_charged() -> None:
    job = running(state=State.FAILED, problem="gave_up")
    live = replace(job, order=replace(job.order, destination=Destination.LIVE))
    assert PROBLEMS["gave_up"].charged in card(live)["told"][0]


def test_a_running_take_says_since_when_and_from_when_on_it_takes_longer_than_usual() -> None:
    [usual, late] = card(running(), expected=TEN_MINUTES)["running"]["notes"]
    assert card(running())["running"] == {"words": "Generating", "since": NOW - 40, "notes": [[0.0, ""]]}
    assert usual == [0.0, "The last five like this took about 10 minutes."]
    assert late == [NOW - 40 + 600, f"{usual[1]} Longer than usual."]


def test_a_running_take_that_waits_for_something_says_so_too() -> None:
    data = card(running(problem="look_server_trouble", detail="busy"))
    assert data["running"] is not None
    assert PROBLEMS["look_server_trouble"].happened in data["told"][0]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_times_that_are_none_reach_no_browser(number: float) -> None:
    assert card(running(sent=number), expected=TEN_MINUTES)["running"]["since"] == 0.0


def test_a_take_with_a_name_shows_it_above_its_prompt() -> None:
    named = card(replace(take("A fox"), title="Winter"))
    assert (named["name"], named["prompt"], named["titled"], named["label"]) == (
        ["Winter"],
        ["A fox"],
        True,
        "Winter",
    )
    unnamed = card(take("A fox"))
    assert (unnamed["name"], unnamed["prompt"], unnamed["titled"]) == (["A fox"], [], False)
    assert card(take(""))["name"] == ["A Model"]


# Words, and what of (name, prompt, facts, project, note, id) is marked for them.
FOUND: list[tuple[str, dict[str, list[str]]]] = [
    ("", {}),
    ("rac", {"prompt": ["Rac"]}),
    ("night", {"name": ["Night"], "prompt": ["night"]}),
    ("spring", {"project": ["Spring"]}),
    ("model", {"facts": ["Model"]}),
    ("neon", {"note": ["neon"]}),
    ("raccoon neon", {"prompt": ["Raccoon"]}),
    ("ababab", {"found": ["ababab" * 5]}),
    ("nowhere", {}),
]


@pytest.mark.parametrize(("words", "marked"), FOUND, ids=[words or "nothing" for words, _ in FOUND])
def test_what_was_searched_for_is_marked_where_it_is(words: str, marked: dict[str, list[str]]) -> None:
    job = replace(
        take("A Raccoon by night"), title="Night walk", note="The one with the neon signs", project="Spring"
    )
    data = card(job, words)
    named = ("name", "prompt", "facts", "project", "note", "found")
    assert {name: found for name in named if (found := hits(data[name]))} == marked
    assert bool(data["note"]) == ("note" in marked)
    assert bool(data["found"]) == ("found" in marked)


def test_an_excerpt_is_of_what_was_found_not_of_the_beginning() -> None:
    data = card(take("A fog. " * 100 + "There is the fox." + " More fog." * 100), "fox")
    assert hits(data["name"]) == ["fox"]
    assert len("".join(piece if isinstance(piece, str) else piece[0] for piece in data["name"])) <= 140


def test_choices_and_stars_are_told() -> None:
    found = sheet_card(replace(take("a"), starred=True), now=NOW, selected=True)
    assert (found.starred, found.selected, found.running) == (True, True, False)
    assert (found.data["starred"], found.data["selected"]) == (True, True)
    assert sheet_card(running(), now=NOW).running


texts = st.text(st.characters(exclude_categories=()), max_size=300)


@given(texts, texts, texts, texts, st.sampled_from(list(State)), texts)
def test_whatever_a_take_is_called_a_browser_can_read_it(
    prompt: str, title: str, note: str, project: str, state: State, words: str
) -> None:
    job = replace(
        take(prompt), title=title, note=note, project=project, state=state, detail=note, problem="gave_up"
    )
    data = card(job, words)
    json.dumps(data, ensure_ascii=False).encode("utf-8")
    assert data["label"].strip()
