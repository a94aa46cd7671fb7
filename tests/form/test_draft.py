"""A draft is a request, or a sentence for each thing that is wrong with it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.catalog.catalog import Catalog
from components.catalog.openapi import read_document
from components.catalog.spec import ModelSpec
from components.form.draft import Draft, Problem
from components.storyboard.storyboard import Board, board_from
from tests.catalog.judge import document_of

PRO, TURBO, MASTER, STANDARD, OLDEST = Catalog.bundled().models
CAMERA = read_document(
    document_of(
        {
            "properties": {
                "prompt": {"type": "string"},
                "camera_control": {
                    "type": "object",
                    "properties": {
                        "pan": {"type": "number", "minimum": -10, "maximum": 10},
                        "type": {"enum": ["a"]},
                    },
                    "required": ["type"],
                },
                "advanced_camera_control": {"type": "string"},
                "seed": {"type": "integer", "maximum": 99},
                "images": {"type": "array", "items": {"type": "string", "maxLength": 3}, "minItems": 2},
                "steps": {"type": "integer", "minimum": 1},
            },
            "required": ["prompt"],
        }
    )
)


def board(*rows: tuple[str, int]) -> Board:
    return board_from(rows)


def shots(*lengths: int | None, text: str = "a fox") -> list[dict[str, Any]]:
    return [{"prompt": text} | ({} if length is None else {"duration": length}) for length in lengths]


def sentences(draft: Draft) -> list[str]:
    return [problem.message for problem in draft.problems()]


@pytest.mark.parametrize(
    ("draft", "body"),
    [
        (Draft(STANDARD, {"prompt": "a fox"}), {"prompt": "a fox"}),
        # As typed, blanks and all.
        (Draft(STANDARD, {"prompt": "  a\n\nfox <b> "}), {"prompt": "  a\n\nfox <b> "}),
        # What was not set is left out; what was set is sent, even if it holds anyway: a default may change.
        (
            Draft(STANDARD, {"prompt": "a", "duration": 5, "cfg_scale": None, "negative_prompt": ""}),
            {"prompt": "a", "duration": 5},
        ),
        (Draft(STANDARD, {"prompt": "a", "negative_prompt": " \n", "aspect_ratio": []}), {"prompt": "a"}),
        (Draft(STANDARD, {"prompt": "a", "cfg_scale": 0}), {"prompt": "a", "cfg_scale": 0}),
        (Draft(PRO, {"prompt": "a", "generate_audio": True}), {"prompt": "a", "generate_audio": True}),
        (Draft(PRO, {"prompt": "a", "generate_audio": False}), {"prompt": "a", "generate_audio": False}),
        (Draft(MASTER, {"prompt": "a", "duration": 5}), {"prompt": "a", "duration": 5}),
        # Nobody can have asked for these.
        (Draft(MASTER, {"prompt": "a", "ratio": "1:1", "nonsense": 1, "model": "x"}), {"prompt": "a"}),
        # Numbers in the declared type.
        (Draft(MASTER, {"prompt": "a", "duration": 10.0}), {"prompt": "a", "duration": 10}),
        # A prompt or shots, as chosen.
        (Draft(PRO, {"prompt": "a", "multi_prompt": ["b"]}, False), {"prompt": "a"}),
        (
            Draft(PRO, {"prompt": "a"}, True, board(("b", 3), ("c", 4))),
            {"multi_prompt": ["b, 3 seconds.", "c, 4 seconds."], "duration": 7},
        ),
        (Draft(PRO, {}, None, board(("b", 3))), {"multi_prompt": ["b, 3 seconds."], "duration": 3}),
        # A request is read as the shots that it asks for.
        (
            Draft(PRO, {"multi_prompt": ["b, 2 seconds", "c"], "duration": 8}, True),
            {"multi_prompt": ["b, 2 seconds", "c, 6 seconds."], "duration": 8},
        ),
        # What has a meaning only with shots.
        (
            Draft(PRO, {"prompt": "a", "shot_type": "intelligent"}, False, board(("b", 3))),
            {"prompt": "a"},
        ),
        (
            Draft(PRO, {"shot_type": "intelligent"}, True, board(("b", 3))),
            {"multi_prompt": ["b, 3 seconds."], "duration": 3, "shot_type": "intelligent"},
        ),
        # The length is the shots' lengths, and always said.
        (Draft(TURBO, {"multi_prompt": shots(3, 4)}, True), {"multi_prompt": shots(3, 4), "duration": 7}),
        (
            Draft(TURBO, {"multi_prompt": shots(None, 3)}, True),
            {"multi_prompt": shots(5, 3), "duration": 8},
        ),
        (Draft(TURBO, {}, True, board(("a fox", 5))), {"multi_prompt": shots(5), "duration": 5}),
        (
            Draft(TURBO, {"multi_prompt": shots(3, 4), "duration": 12}, True),
            {"multi_prompt": shots(3, 4), "duration": 7},
        ),
        (
            Draft(TURBO, {"prompt": "a", "multi_prompt": shots(3, 4), "duration": 12}, False),
            {"prompt": "a", "duration": 12},
        ),
        # Groups and lists.
        (Draft(CAMERA, {"prompt": "a", "camera_control": {"pan": None, "type": ""}}), {"prompt": "a"}),
        (
            Draft(
                CAMERA,
                {"prompt": "a", "camera_control": {"pan": 3, "type": "a", "x": 1}, "images": ("b", "c")},
            ),
            {"prompt": "a", "camera_control": {"pan": 3, "type": "a"}, "images": ["b", "c"]},
        ),
    ],
)
def test_a_good_draft_is_sent_as_is_meant(draft: Draft, body: dict[str, Any]) -> None:
    assert draft.problems() == ()
    assert draft.request() == {"model": draft.spec.id, **body}


def test_the_request_is_in_the_order_of_the_form() -> None:
    values = {"cfg_scale": 0.5, "aspect_ratio": "1:1", "duration": 9, "multi_prompt": ["b"]}
    assert [*Draft(PRO, values).request()] == [
        "model",
        "multi_prompt",
        "duration",
        "aspect_ratio",
        "cfg_scale",
    ]


def test_asking_does_not_change_the_values() -> None:
    values = {"multi_prompt": shots(5, None), "prompt": "x"}
    before = json.dumps(values)
    draft = Draft(TURBO, values, True)
    draft.request()["multi_prompt"].append("y")
    draft.problems()
    assert json.dumps(values) == before


@pytest.mark.parametrize(
    ("draft", "problems"),
    [
        # No prompt.
        (Draft(STANDARD), [(("prompt",), "Write a prompt.")]),
        (Draft(STANDARD, {"prompt": " \n\t "}), [(("prompt",), "Write a prompt.")]),
        (Draft(PRO), [(("prompt",), "Write a prompt, or plan at least one shot.")]),
        (Draft(PRO, {"prompt": " "}, False), [(("prompt",), "Write a prompt, or plan at least one shot.")]),
        (
            Draft(PRO, {"prompt": "a"}, True),
            [(("multi_prompt",), "Plan at least one shot, or write a prompt.")],
        ),
        (
            Draft(PRO, {"prompt": "a", "multi_prompt": ["b"]}),
            [((), "There is a prompt and there are shots: choose which of the two is meant.")],
        ),
        # Shots.
        (Draft(PRO, {}, True, board(("a", 3), (" ", 3))), [(("multi_prompt", 1), "Shot 2 has no text yet.")]),
        (
            Draft(TURBO, {"multi_prompt": [*shots(3), {"duration": 3}]}, True),
            [(("multi_prompt", 1, "prompt"), "Shot 2 has no text yet.")],
        ),
        (
            Draft(TURBO, {}, True, board(("", 3), (" ", 5))),
            [(("multi_prompt",), "Plan at least one shot, or write a prompt.")],
        ),
        (
            Draft(TURBO, {"multi_prompt": shots(*[2] * 7)}, True),
            [(("multi_prompt",), "There are 7 shots, and the limit is 6.")],
        ),
        (
            Draft(TURBO, {"multi_prompt": shots(9, 8)}, True),
            [(("multi_prompt",), "The shots add up to 17 s; this model makes 3 to 15 s.")],
        ),
        (
            Draft(TURBO, {"multi_prompt": shots(2)}, True),
            [(("multi_prompt",), "The shots add up to 2 s; this model makes 3 to 15 s.")],
        ),
        (
            Draft(TURBO, {}, True, board(("a", 16))),
            [
                (("multi_prompt",), "The shots add up to 16 s; this model makes 3 to 15 s."),
                (
                    ("multi_prompt", 0, "duration"),
                    "Length in shot 1 must be a whole number from 1 to 15; you gave 16.",
                ),
            ],
        ),
        (
            Draft(TURBO, {"multi_prompt": shots(3, text="x" * 3073)}, True),
            [
                (
                    ("multi_prompt", 0, "prompt"),
                    "Shot 1 is too long: 3,073 characters, and the limit is 3,072.",
                )
            ],
        ),
        # Limits.
        (
            Draft(TURBO, {"prompt": "x" * 3073}),
            [(("prompt",), "Prompt is too long: 3,073 characters, and the limit is 3,072.")],
        ),
        (
            Draft(TURBO, {"prompt": "🦊" * 10_000}),
            [(("prompt",), "Prompt is too long: 10,000 characters, and the limit is 3,072.")],
        ),
        (
            Draft(STANDARD, {"prompt": "a", "duration": 7}),
            [(("duration",), "Duration must be 5 or 10; you gave 7.")],
        ),
        (
            Draft(PRO, {"prompt": "a", "duration": 17}),
            [(("duration",), "Duration must be a whole number from 3 to 15; you gave 17.")],
        ),
        (
            Draft(STANDARD, {"prompt": "a", "aspect_ratio": "4:3"}),
            [(("aspect_ratio",), "Aspect ratio must be 16:9, 9:16 or 1:1; you gave “4:3”.")],
        ),
        (
            Draft(STANDARD, {"prompt": "a", "cfg_scale": 1.5}),
            [(("cfg_scale",), "Prompt strength must be a number from 0 to 1; you gave 1.5.")],
        ),
        (
            Draft(CAMERA, {"prompt": "a", "seed": 100, "steps": 0}),
            [
                (("seed",), "Seed must be a whole number, at most 99; you gave 100."),
                (("steps",), "Steps must be a whole number, at least 1; you gave 0."),
            ],
        ),
        (
            Draft(CAMERA, {"prompt": "a", "seed": 1.5}),
            [(("seed",), "Seed must be a whole number, at most 99; you gave 1.5.")],
        ),
        (
            Draft(CAMERA, {"prompt": "a", "camera_control": {"pan": 11}}),
            [
                (
                    ("camera_control", "pan"),
                    "Pan in Camera control must be a number from -10 to 10; you gave 11.",
                ),
            ],
        ),
        (
            Draft(CAMERA, {"prompt": "a", "images": ["long"]}),
            [
                (("images",), "Pictures has too few entries: 1, and at least 2 are needed."),
                (("images", 0), "Pictures 1 is too long: 4 characters, and the limit is 3."),
            ],
        ),
        (
            Draft(CAMERA, {"prompt": "a", "camera_control": {"type": "a"}, "advanced_camera_control": "b"}),
            [(("advanced_camera_control",), "Set Camera control or Advanced camera control, not both.")],
        ),
        # What cannot be sent at all.
        (
            Draft(STANDARD, {"prompt": "a\x00b"}),
            [(("prompt",), "Prompt contains an invisible NUL character, which cannot be sent; delete it.")],
        ),
        (
            Draft(STANDARD, {"prompt": "a", "negative_prompt": "\ud83e"}),
            [
                (
                    ("negative_prompt",),
                    "Avoid contains half of a character, perhaps an emoji that was cut; type it again.",
                )
            ],
        ),
        # Wrong types.
        (Draft(STANDARD, {"prompt": 5}), [(("prompt",), "Prompt must be text; you gave 5.")]),
        (Draft(STANDARD, {"prompt": {"a": 1}}), [(("prompt",), "Prompt must be text; you gave a group.")]),
        (
            Draft(STANDARD, {"prompt": "a", "duration": "5"}),
            [(("duration",), "Duration must be 5 or 10; you gave “5”.")],
        ),
        (
            Draft(STANDARD, {"prompt": "a", "duration": True}),
            [(("duration",), "Duration must be 5 or 10; you gave on.")],
        ),
        (
            Draft(STANDARD, {"prompt": "a", "cfg_scale": float("nan")}),
            [
                (
                    ("cfg_scale",),
                    "Prompt strength must be a number from 0 to 1; you gave a number that is too large.",
                )
            ],
        ),
        (
            Draft(PRO, {"prompt": "a", "generate_audio": "yes"}),
            [(("generate_audio",), "Sound must be on or off; you gave “yes”.")],
        ),
        (
            Draft(STANDARD, ["prompt"]),  # type: ignore[arg-type]  # storage may hold anything
            [((), "This draft cannot be read; please start a new one.")],
        ),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(draft: Draft, problems: list[tuple[Any, str]]) -> None:
    assert draft.problems() == tuple(Problem(path, message) for path, message in problems)
    # A preview can be had all the same.
    json.dumps(draft.request())


def test_a_setting_that_is_not_sent_is_not_complained_of() -> None:
    values = {"prompt": "a", "duration": 5}
    assert Draft(TURBO, values, False, board(("x" * 9999, 3))).problems() == ()
    values = {"prompt": "a" * 9999, "duration": 99}
    assert Draft(TURBO, values, True, board(("a", 3))).problems() == ()
    assert Draft(PRO, {"prompt": "a", "shot_type": "none"}, False).problems() == ()


def test_a_long_wrong_value_is_shown_in_brief() -> None:
    (sentence,) = sentences(Draft(STANDARD, {"prompt": "a", "aspect_ratio": "9\n" * 5000}))
    assert len(sentence) < 120
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("draft", "defaults"),
    [
        (Draft(STANDARD, {"prompt": "a"}), {"duration": 5}),
        (Draft(STANDARD, {"prompt": "a", "duration": 10}), {}),
        (Draft(MASTER, {"prompt": "a"}), {}),
        (Draft(PRO, {"prompt": "a"}), {"duration": 5, "aspect_ratio": "16:9", "generate_audio": True}),
        (
            Draft(PRO, {"duration": 9}, True, board(("a", 4))),
            {"aspect_ratio": "16:9", "generate_audio": True, "shot_type": "customize"},
        ),
        (Draft(TURBO, {"multi_prompt": shots(3)}, True), {"aspect_ratio": "16:9"}),
    ],
)
def test_the_defaults_in_force_are_those_of_what_is_not_sent(draft: Draft, defaults: dict[str, Any]) -> None:
    assert draft.defaults() == defaults


@pytest.mark.parametrize(
    ("draft", "seconds", "ratio", "text"),
    [
        (Draft(STANDARD, {"prompt": " a\nfox "}), 5, None, " a\nfox "),
        (Draft(MASTER, {"prompt": "a"}), None, None, "a"),
        (Draft(MASTER, {"duration": 10.0, "aspect_ratio": "1:1"}), 10, "1:1", ""),
        (Draft(PRO, {"prompt": "a", "multi_prompt": ["b"], "duration": 9}, False), 9, "16:9", "a"),
        (Draft(PRO, {"prompt": "a"}, True, board(("b", 3), ("c\nd", 2), ("", 1))), 6, "16:9", "b\nc d"),
        (Draft(TURBO, {"prompt": "a", "multi_prompt": shots(3, None)}, True), 8, "16:9", "a fox\na fox"),
        (Draft(TURBO, {"prompt": 5, "duration": "x", "aspect_ratio": 9}), None, None, ""),
        # What is no shot is left out.
        (Draft(TURBO, {"multi_prompt": [5, {"prompt": 5}]}, True), 5, "16:9", ""),
        (Draft(TURBO, {"multi_prompt": "a", "duration": 9}, True), 9, "16:9", ""),
    ],
)
def test_what_a_card_shows(draft: Draft, seconds: int | None, ratio: str | None, text: str) -> None:
    assert draft.prompt_text() == text
    assert draft.aspect_ratio() == ratio
    assert draft.seconds() == seconds


def test_a_required_setting_with_a_default_is_always_sent() -> None:
    fields = {
        "mode": {"enum": ["std", "pro"], "default": "std"},
        "camera": {"properties": {"pan": {"type": "number"}}},
    }
    spec: ModelSpec = read_document(document_of({"properties": fields, "required": ["mode", "camera"]}))
    assert Draft(spec).problems() == ()
    assert Draft(spec).request() == {"model": spec.id, "mode": "std", "camera": {}}
    assert Draft(spec, {"mode": "std"}).request()["mode"] == "std"
    assert Draft(spec).defaults() == {}
