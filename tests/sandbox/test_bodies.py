"""Bodies with files in them: as large as a real upload makes them, and no larger."""

import base64
import json
from typing import Any

import pytest

from components.jobs.uploads import MOST_SENT
from components.sandbox import bodies
from tests.sandbox.desk import UNIVERSAL, Desk


def prompted(desk: Desk, **more: Any) -> dict[str, Any]:
    return {"model": desk.model_where("prompt", "cfg_scale", lacks=("multi_prompt",)), "prompt": "x", **more}


def test_a_body_beyond_the_limit_is_refused_without_being_read_to_its_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "LARGEST_BODY", 1_000_000)
    reply = desk.create(prompted(desk, other="x" * 1_000_000))
    assert reply.status_code == 413
    assert reply.json()


def test_a_body_with_a_file_of_megabytes_is_taken_and_not_kept(desk: Desk) -> None:
    uri = "data:video/mp4;base64," + base64.b64encode(bytes(21_000_000)).decode()
    reply = desk.create(prompted(desk, other=uri))
    assert reply.status_code == 200
    [post] = [
        post for post in desk.get("/_sandbox/creates").json() if post["generation_id"] == reply.json()["id"]
    ]
    assert post["body"] is None


def test_what_the_app_sends_at_most_is_taken() -> None:
    assert MOST_SENT * 4 // 3 + 1_000_000 < bodies.LARGEST_BODY


def test_a_small_file_arrives_as_it_was_sent(desk: Desk) -> None:
    uri = "data:image/png;base64," + base64.b64encode(bytes(range(256))).decode()
    reply = desk.post(
        UNIVERSAL, content=json.dumps(prompted(desk, other=uri)), headers={"Content-Type": "application/json"}
    )
    [post] = [
        post for post in desk.get("/_sandbox/creates").json() if post["generation_id"] == reply.json()["id"]
    ]
    assert post["body"]["other"] == uri
