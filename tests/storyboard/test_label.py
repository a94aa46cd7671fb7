"""What a downloaded video says about its take, and that the same request comes back out of it."""

import io
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, settings

from components.catalog.catalog import Catalog
from components.form.draft import Draft
from components.form.handing_on import read_file, to_draft
from components.form.order import order
from components.jobs.job import Destination, Job, State
from components.jobs.labelling import read_label
from components.reports import clean_text
from components.storyboard.label import LONGEST_COMMENT, NO_AI, label_of
from components.storyboard.storyboard import board_from
from tests.catalog.judge import patient
from tests.form.test_draft_validity import bundled_drafts
from tests.jobs.takes import order as small_order
from tests.jobs.test_labelling import label_bytes, simple

PRO, *_, OLDEST = Catalog.bundled().models
UPLOAD = "upload:" + "0f" * 16


def take(title: str = "", **changes: Any) -> Job:
    changes = {"destination": Destination.LIVE} | changes
    return Job(
        id="0" * 32, seq=1, order=small_order(**changes), state=State.COMPLETED, created=1.0, title=title
    )


def take_of(draft: Draft) -> Job:
    made = order(draft, owner="ann", destination=Destination.LIVE, base_url="https://provider.example")
    return replace(take(), order=made)


def cleaned(value: Any) -> Any:
    """What comes in has its texts cleaned, wherever from."""
    if isinstance(value, dict):
        return {name: cleaned(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [cleaned(entry) for entry in value]
    return clean_text(value) if isinstance(value, str) else value


@settings(patient, max_examples=60)
@given(bundled_drafts())
def test_the_same_request_comes_back_out_of_a_video(draft: Draft) -> None:
    assume(not draft.problems())
    job = take_of(draft)
    draft_in_file = read_label(io.BytesIO(label_bytes(simple(), label_of(job, draft.spec))))
    assert draft_in_file is not None
    assert to_draft(read_file(draft_in_file), draft.spec).request() == cleaned(job.order.body)


def test_shots_come_back_where_the_model_was_not_known_when_it_was_downloaded() -> None:
    board = board_from([("a fox", 3), ("a hill\nat night", 4)])
    job = take_of(Draft(PRO, {}, True, board))
    for kept in (job, replace(job, order=replace(job.order, board=None))):
        back = to_draft(read_file(label_of(kept, None).draft), PRO)
        assert back.request() == job.order.body


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"prompt": "a **fox**\nruns"}, "a **fox** runs"),
        ({"prompt": "a fox", "title": "For the\nfair"}, "For the fair"),
        ({"prompt": "a fox", "destination": Destination.SANDBOX}, f"{NO_AI}: a fox"),
        ({"prompt": ""}, "Model"),
    ],
)
def test_a_title_is_its_name_or_the_prompt_and_a_preview_says_that_it_is_one(
    changes: dict[str, Any], title: str
) -> None:
    assert label_of(take(**changes), None).title == title


def test_the_comment_has_prompt_and_settings_in_words() -> None:
    values = {"prompt": "a fox 🦊\nin the snow", "duration": 5, "negative_prompt": "rain"}
    job = take_of(Draft(OLDEST, values, False))
    lines = label_of(job, OLDEST).comment.splitlines()
    assert lines[:4] == ["a fox 🦊", "in the snow", "", f"Model: {OLDEST.name} ({OLDEST.id})"]
    assert lines[4:] == [f"{OLDEST['duration'].label}: 5", f"{OLDEST['negative_prompt'].label}: rain"]


def test_the_comment_has_the_shots_with_their_lengths() -> None:
    board = board_from([("a fox", 3), ("a hill", 4)])
    comment = label_of(take_of(Draft(PRO, {}, True, board)), PRO).comment
    assert comment.startswith("Shot 1, 3 s: a fox\nShot 2, 4 s: a hill\n\nModel: ")
    assert comment.count("a fox") == 1


def test_uploads_are_named_and_never_written() -> None:
    body = {
        "model": "maker/model",
        "prompt": "a fox",
        "image": UPLOAD,
        "frames": [UPLOAD, "https://a.example/b"],
    }
    label = label_of(take(body=body), None)
    whole = f"{label.title}{label.comment}{label.draft.decode()}"
    assert UPLOAD not in whole
    assert "image: an upload" in label.comment
    assert json.loads(label.draft)["frames"] == ["https://a.example/b"]
    made = label_of(replace(take_of(Draft(PRO, {"prompt": "a fox"})), state=State.COMPLETED), PRO)
    assert "ann" not in json.loads(made.draft).values()


def test_what_is_too_long_is_cut_in_the_words_and_left_out_of_the_draft() -> None:
    body = {"model": "maker/model", "prompt": "x" * 1_000_000}
    label = label_of(take(body=body), None)
    assert len(label.comment) == LONGEST_COMMENT
    assert label.draft == b""
