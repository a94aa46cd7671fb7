import inspect
import re
from pathlib import Path

import pytest

from components.jobs import outcomes
from components.jobs.problems import LOOK_AGAIN, PROBLEMS, QUOTED, problem_for, problem_of_failure
from components.provider import errors
from components.provider.errors import HttpError, ProviderError, RateLimited, ServerTrouble


def every_error() -> list[ProviderError]:
    kinds = [
        kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, ProviderError)
    ]
    return [kind("no", status=500) if issubclass(kind, HttpError) else kind("no") for kind in kinds]


@pytest.mark.parametrize("error", every_error(), ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("creating", [True, False])
def test_every_error_of_the_provider_has_its_sentences(error: ProviderError, creating: bool) -> None:
    assert problem_for(error, creating=creating) in PROBLEMS


def test_errors_that_ask_for_different_things_say_different_things() -> None:
    concrete = [e for e in every_error() if type(e) not in (ProviderError, HttpError)]
    for creating in (True, False):
        keys = {type(e): problem_for(e, creating=creating) for e in concrete}
        if not creating:
            del keys[errors.OutOfCredits]  # while looking, the same as any other 403
        assert len(set(keys.values())) == len(keys)


@pytest.mark.parametrize(("key", "problem"), PROBLEMS.items())
def test_a_problem_is_said_in_whole_plain_sentences(key: str, problem: object) -> None:
    said = [PROBLEMS[key].happened, PROBLEMS[key].charged, PROBLEMS[key].next_step]
    for sentence in said:
        assert re.fullmatch(r"[A-Z].{10,}\.", sentence)
        assert not re.search(r"HTTP|JSON|\b\d{3}\b|[<>{}]|null|exception|timeout", sentence)


def test_charging_is_spoken_of_in_every_row() -> None:
    for problem in PROBLEMS.values():
        assert re.search(r"charge|[Nn]othing was sent", problem.charged)


def test_only_problems_of_the_table_are_said_to_quote_the_provider() -> None:
    assert set(QUOTED) < PROBLEMS.keys()


def test_look_again_is_said_where_there_is_such_a_button() -> None:
    named = {key for key, problem in PROBLEMS.items() if "Look again" in problem.next_step}
    assert named == LOOK_AGAIN
    assert not any("look again" in problem.next_step for problem in PROBLEMS.values())
    assert not {"generation_failed", "moderated"} & LOOK_AGAIN


def test_no_two_rows_tell_the_same_story() -> None:
    assert len({problem.happened for problem in PROBLEMS.values()}) == len(PROBLEMS)


def test_the_rules_speak_only_of_problems_that_have_sentences_and_of_all_of_them() -> None:
    folder = Path(inspect.getfile(outcomes)).parent
    rules = (folder / "outcomes.py").read_text() + (folder / "problems.py").read_text().split("_CREATING:")[1]
    rules += (folder / "tracker.py").read_text()
    named = set(re.findall(r'"([a-z_]+)"', rules))
    assert PROBLEMS.keys() <= named


@pytest.mark.parametrize(
    ("name", "message", "expected"),
    [
        ("ContentPolicy", "blocked", "moderated"),
        ("", "The prompt did not pass moderation.", "moderated"),
        ("NSFW", "", "moderated"),
        ("Error", "risk control", "moderated"),
        ("face_detection_error", "Could not detect face in the image", "generation_failed"),
        ("", "", "generation_failed"),
    ],
)
def test_a_failure_by_content_rules_is_told_from_others(name: str, message: str, expected: str) -> None:
    assert problem_of_failure(name, message) == expected


def test_a_refusal_for_now_is_no_refusal_for_good() -> None:
    assert problem_for(RateLimited("slow down"), creating=True) == "rate_limited"
    assert problem_for(ServerTrouble("oops", status=503), creating=True) == "server_trouble"
