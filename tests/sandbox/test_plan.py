from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.sandbox.plan import LONGEST_PROMPT, Plan, plan_for


@pytest.mark.parametrize(
    ("values", "shots"),
    [
        ({"prompt": "a fox", "duration": 10}, [("a fox", 10.0)]),
        ({"prompt": "a fox"}, [("a fox", 5.0)]),
        ({}, [("", 5.0)]),
        ({"multi_prompt": ["a", "b"], "duration": 5}, [("a", 2.5), ("b", 2.5)]),
        # As the provider's own sample asks: the lengths stand in the texts, and sum to the duration.
        (
            {"multi_prompt": ["a, 3 seconds.", "b, 2 seconds", "c 3 sec"], "duration": 8},
            [("a, 3 seconds.", 3.0), ("b, 2 seconds", 2.0), ("c 3 sec", 3.0)],
        ),
        # They do not sum to it, or not all of them say: equal parts.
        (
            {"multi_prompt": ["a, 3 seconds", "b, 3 seconds"], "duration": 8},
            [("a, 3 seconds", 4.0), ("b, 3 seconds", 4.0)],
        ),
        (
            {"multi_prompt": ["A 4-second look of 1 s, no, 3 s, at a fox", "b, 2 seconds"], "duration": 5},
            [("A 4-second look of 1 s, no, 3 s, at a fox", 3.0), ("b, 2 seconds", 2.0)],
        ),
        ({"multi_prompt": ["a, 3 seconds", "b"], "duration": 6}, [("a, 3 seconds", 3.0), ("b", 3.0)]),
        (
            {"multi_prompt": ["5 seconds earlier", "b"], "duration": 6},
            [("5 seconds earlier", 3.0), ("b", 3.0)],
        ),
        (
            {"multi_prompt": ["a 0 seconds", "b 6 seconds"], "duration": 6},
            [("a 0 seconds", 3.0), ("b 6 seconds", 3.0)],
        ),
        ({"multi_prompt": ["a 1.5 s", "b 4.5 s"], "duration": 6}, [("a 1.5 s", 1.5), ("b 4.5 s", 4.5)]),
        # Shots with lengths of their own keep them, whatever the duration says.
        (
            {"multi_prompt": [{"prompt": "a", "duration": 2}, {"prompt": "b", "duration": 7}], "duration": 5},
            [("a", 2.0), ("b", 7.0)],
        ),
        # Both given: the shots override the prompt.
        ({"prompt": "p", "multi_prompt": ["a"], "duration": 3}, [("a", 3.0)]),
        ({"prompt": "p", "multi_prompt": [], "duration": 3}, [("p", 3.0)]),
    ],
)
def test_shots_and_their_lengths(values: dict[str, Any], shots: list[tuple[str, float]]) -> None:
    assert list(plan_for(values).shots) == shots


def test_more_shots_than_can_be_seen_are_left_out() -> None:
    plan = plan_for({"multi_prompt": [f"shot {n}" for n in range(10_000)], "duration": 3})
    assert len(plan.shots) == 12
    assert plan.seconds == pytest.approx(3)


@pytest.mark.parametrize(
    ("values", "native", "sound"),
    [
        ({}, False, False),
        ({}, True, True),
        ({"generate_audio": True}, False, True),
        ({"generate_audio": False}, False, False),
        ({"generate_audio": False}, True, False),
    ],
)
def test_sound(values: dict[str, Any], native: bool, sound: bool) -> None:
    assert plan_for(values, native_sound=native).sound is sound


@pytest.mark.parametrize(
    ("values", "aspect_ratio"),
    [
        ({}, None),
        ({"aspect_ratio": "9:16"}, "9:16"),
        ({"ratio": "1:1"}, "1:1"),
        ({"ratio": "1:1", "aspect_ratio": "9:16"}, "9:16"),
    ],
)
def test_the_frame(values: dict[str, Any], aspect_ratio: str | None) -> None:
    assert plan_for(values).aspect_ratio == aspect_ratio


@given(
    st.lists(st.text(st.characters(), max_size=60), min_size=1, max_size=20),
    st.integers(3, 15),
    st.booleans(),
)
def test_any_text_makes_a_plan_of_the_length_asked_for(texts: list[str], seconds: int, sound: bool) -> None:
    plan = plan_for({"multi_prompt": texts, "duration": seconds, "generate_audio": sound})
    assert plan.seconds == pytest.approx(seconds)
    assert Plan.from_json(plan.as_json()) == plan
    assert all("\0" not in text and len(text.encode()) >= len(text) for text, _ in plan.shots)


def test_a_very_long_prompt_is_kept_at_both_ends() -> None:
    [(text, _)] = plan_for({"prompt": "x" * 100_000 + " the end"}).shots
    assert len(text) == LONGEST_PROMPT
    assert text.endswith(" the end")


def test_equal_plans_have_one_name_and_others_another() -> None:
    plans = [plan_for({"prompt": p, "duration": d}) for p in ("a", "b") for d in (5, 10)]
    assert len({plan.key for plan in plans}) == len(plans)
    assert plans[0].key == plan_for({"duration": 5, "prompt": "a"}).key
