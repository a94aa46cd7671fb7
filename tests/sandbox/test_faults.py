from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from components.sandbox.behaviour import Behaviour, rule_from
from components.sandbox.faults import FAULTS, Fate, FileFault, On, Refusal, Spoilt
from tests.sandbox.desk import UNIVERSAL, Desk

REFUSALS = [fault for fault in FAULTS.values() if isinstance(fault, Refusal)]
FATES = [fault for fault in FAULTS.values() if isinstance(fault, Fate)]


def name_of(fault: Any) -> str:
    return str(fault.name)


def create(desk: Desk, **headers: str) -> httpx.Response:
    model = desk.model_where("prompt")
    return desk.create({"model": model, "prompt": "a fox", "duration": 5}, **headers)


def accepted(desk: Desk, client_id: str) -> list[str]:
    posts = desk.get("/_sandbox/creates").json()
    return [p["generation_id"] for p in posts if p["client_request_id"] == client_id and p["generation_id"]]


def message(reply: httpx.Response) -> str:
    body = reply.json()
    return str(body["message"])


@pytest.mark.parametrize("fault", REFUSALS, ids=name_of)
def test_a_refused_create(desk: Desk, fault: Refusal) -> None:
    desk.fault(fault.name, times=1)
    reply = create(desk, **{"X-Client-Request-Id": f"refused-{fault.name}"})
    assert reply.status_code == fault.status
    is_page = reply.headers["content-type"].startswith("text/html")
    assert is_page is (fault.name in ("502", "524"))
    assert fault.message in reply.text if is_page else message(reply)
    assert len(accepted(desk, f"refused-{fault.name}")) == (1 if fault.name in ("504", "524") else 0)
    assert create(desk).status_code == 200


@pytest.mark.parametrize("fault", REFUSALS, ids=name_of)
def test_a_refused_retrieve_and_file(desk: Desk, fault: Refusal) -> None:
    generation_id = create(desk).json()["id"]
    url = desk.ended(generation_id)["video"]["url"]
    desk.fault(fault.name, on="retrieve", times=1)
    desk.fault(fault.name, on="file", times=1)
    assert desk.retrieve(generation_id).status_code == fault.status
    assert desk.get(url).status_code == fault.status
    assert desk.retrieve(generation_id).json()["status"] == "completed"
    assert desk.get(url).status_code == 200


def test_the_envelopes_are_those_that_were_seen(desk: Desk) -> None:
    shapes = {}
    for name in ("400", "400_list", "403", "403_funds", "429", "429_free"):
        desk.fault(name, times=1)
        shapes[name] = create(desk).json()
    usual = {"message", "path", "requestId", "statusCode", "timestamp"}
    assert set(shapes["400"]) == set(shapes["429"]) == usual
    assert shapes["429"]["statusCode"] == 429
    assert shapes["429_free"]["statusCode"] == "429"
    assert isinstance(shapes["400_list"]["message"], list)
    assert set(shapes["403"]) == {"title", "status", "message", "instance", "timestamp", "error"}
    for name in ("403", "403_funds"):
        assert shapes[name]["error"]["data"]["kind"] == "err_insufficent_credits"


@pytest.mark.parametrize("retry_after", [7, 0.5, "Fri, 20 Nov 2026 12:00:00 GMT", None])
def test_retry_after_is_sent_as_asked(desk: Desk, retry_after: float | str | None) -> None:
    desk.fault("429", times=1, retry_after=retry_after)
    sent = create(desk).headers.get("retry-after")
    assert sent == (None if retry_after is None else str(retry_after))


def test_a_retrieve_that_does_not_find_says_so_in_its_own_words(desk: Desk) -> None:
    generation_id = create(desk).json()["id"]
    desk.fault("404", on="retrieve", times=1)
    assert message(desk.retrieve(generation_id)) == "Inference not found"


BROKEN = {
    "no_answer": httpx.RemoteProtocolError,
    "cut_off": httpx.RemoteProtocolError,
}


@pytest.mark.parametrize("name", [fault.name for fault in FAULTS.values() if isinstance(fault, Spoilt)])
def test_a_spoilt_answer_to_a_create_that_was_accepted(desk: Desk, name: str) -> None:
    client_id = f"spoilt-{name}"
    desk.fault(name, times=1, seconds=0)
    if name in BROKEN:
        with pytest.raises(BROKEN[name]):
            create(desk, **{"X-Client-Request-Id": client_id})
    else:
        reply = create(desk, **{"X-Client-Request-Id": client_id})
        assert reply.status_code == 200
        told = reply.text
        expected = {
            "slow": '"id"',
            "html": "<!doctype html>",
            "empty": "",
            "wrong_types": '"video":3',
            "list": "[{",
            "no_id": '{"status":"queued"',
            "old_reply": '{"generation_id":',
        }[name]
        assert told.startswith(expected) or (expected and expected in told)
    [generation_id] = accepted(desk, client_id)
    assert desk.ended(generation_id)["status"] == "completed"


@pytest.mark.parametrize("name", ["no_answer", "cut_off"])
def test_a_retrieve_that_breaks_off_works_the_next_time(desk: Desk, name: str) -> None:
    generation_id = create(desk).json()["id"]
    desk.fault(name, on="retrieve", times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        desk.retrieve(generation_id)
    assert desk.retrieve(generation_id).status_code == 200


@pytest.mark.parametrize("on", list(On))
def test_slow_is_late_by_as_much_as_asked(desk: Desk, on: On) -> None:
    created = create(desk).json()["id"]
    url = desk.ended(created)["video"]["url"]
    desk.fault("slow", on=on, times=1, seconds=0.3)
    asked = {
        "create": lambda: create(desk),
        "retrieve": lambda: desk.retrieve(created),
        "file": lambda: desk.get(url),
    }
    begun = time.monotonic()
    assert asked[on]().status_code in (200, 201)
    assert time.monotonic() - begun >= 0.3


@pytest.mark.parametrize("fault", FATES, ids=name_of)
@pytest.mark.parametrize("on", ["create", "retrieve"])
def test_a_generation_that_goes_wrong_stays_so(desk: Desk, fault: Fate, on: str) -> None:
    if on not in fault.on:
        return
    if on == "retrieve":
        generation_id = create(desk).json()["id"]
    desk.fault(fault.name, on=on, times=1)
    if on == "create":
        created = create(desk).json()
        assert created["status"] == ("error" if fault.at_once else "queued")
        generation_id = created["id"]
    if fault.ends == "never":
        word = "queued" if fault.name == "stuck" else "dreaming of sheep"
        assert [desk.retrieve(generation_id).json()["status"] for _ in range(3)] == [word] * 3
        desk.delete("/_sandbox/behaviour")
        assert desk.ended(generation_id)["status"] == "completed"
        return
    reply = desk.ended(generation_id)
    assert reply == desk.retrieve(generation_id).json()
    desk.delete("/_sandbox/behaviour")
    assert reply == desk.retrieve(generation_id).json()
    if fault.ends == "error":
        assert reply["status"] == ("failed" if fault.name == "failed" else "error")
        assert not reply["video"]
        assert "meta" not in reply


def test_each_published_shape_of_a_result_and_an_error(desk: Desk) -> None:
    replies: dict[str, dict[str, Any]] = {}
    for fault in FATES:
        if fault.ends != "never":
            desk.fault(fault.name, times=1)
            replies[fault.name] = desk.ended(create(desk).json()["id"])
    assert set(replies["error_schema"]["error"]) == {"name", "message"}
    assert set(replies["error_detail"]["error"]["detail"][0]) == {"loc", "msg", "type", "input"}
    assert isinstance(replies["error_string"]["error"], str)
    assert replies["error_null"]["error"] is None
    assert replies["no_video"]["status"] == "completed"
    assert replies["no_video"]["video"] is None
    assert replies["completed_with_error"]["error"] == {"name": "<name>", "message": "<message>"}
    assert replies["completed_with_error"]["video"]["url"]
    assert replies["succeeded"]["status"] == "succeeded"
    assert replies["upper_case"]["status"] == "COMPLETED"
    assert replies["video_list"]["video"][0].startswith("http")
    assert replies["video_objects"]["video"][0]["url"].startswith("http")
    assert replies["video_string"]["video"].startswith("http")


@pytest.mark.parametrize("name", [fault.name for fault in FAULTS.values() if isinstance(fault, FileFault)])
def test_a_video_that_cannot_be_had_can_be_had_the_next_time(desk: Desk, name: str) -> None:
    url = desk.ended(create(desk).json()["id"])["video"]["url"]
    whole = desk.get(url).content
    desk.fault(name, times=1)
    got, declared, status = 0, None, 0
    broken = False
    try:
        with desk.stream("GET", url) as reply:
            status, declared = reply.status_code, reply.headers.get("content-length")
            content = b""
            for chunk in reply.iter_bytes():
                got += len(chunk)
                content += chunk if len(content) < len(whole) else b""
                if got > 10_000_000:
                    break
    except httpx.RemoteProtocolError:
        broken = True
    seen = (status, broken)
    assert seen == {
        "file_cut_off": (200, True),
        "huge": (200, True),
        "file_404": (404, False),
        "file_403": (403, False),
    }.get(name, (200, False))
    assert content[: len(whole)] != whole
    if name == "huge":
        assert int(declared or 0) == 10**13
    if name == "endless":
        assert declared is None
        assert got > 10_000_000
    if name == "half_a_video":
        assert whole.startswith(content)
        assert int(declared or 0) == len(content)
    assert desk.get(url).content == whole


def test_faults_fall_in_the_order_in_which_they_were_switched_on(desk: Desk) -> None:
    desk.fault("500", times=2)
    desk.fault("429", times=1)
    desk.fault("503", on="retrieve")
    assert [create(desk).status_code for _ in range(4)] == [500, 500, 429, 200]
    assert [desk.retrieve("x").status_code for _ in range(3)] == [503] * 3
    rules = desk.get("/_sandbox/behaviour").json()["rules"]
    assert [(rule["fault"], rule["on"], rule["times"]) for rule in rules] == [("503", "retrieve", None)]
    assert desk.delete("/_sandbox/behaviour").json()["rules"] == []
    assert desk.retrieve("x").status_code == 404


def test_the_table_is_served_with_a_sentence_for_each(desk: Desk) -> None:
    table = desk.get("/_sandbox/behaviour").json()["faults"]
    assert set(table) == set(FAULTS)
    assert all(row["does"].endswith(".") and row["on"] for row in table.values())


@pytest.mark.parametrize(
    "rule",
    [
        [],
        {},
        {"fault": "nothing"},
        {"fault": ["500"]},
        {"fault": "500", "on": "models"},
        {"fault": "huge", "on": "create"},
        {"fault": "500", "times": 0},
        {"fault": "500", "times": True},
        {"fault": "500", "times": "1"},
        {"fault": "slow", "seconds": -1},
        {"fault": "slow", "seconds": 1e9},
        {"fault": "429", "retry_after": "a\r\nX-Evil: 1"},
        {"fault": "429", "retry_after": "x" * 101},
        {"fault": "500", "color": "red"},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(desk: Desk, rule: Any) -> None:
    reply = desk.post("/_sandbox/behaviour", json=rule)
    assert reply.status_code == 400
    assert reply.json()["message"]
    with pytest.raises(ValueError):
        rule_from(rule)


def test_a_rule_counts_down_and_is_gone() -> None:
    behaviour = Behaviour([rule_from({"fault": "500", "times": 2})])
    taken = [behaviour.take(on) for on in (On.CREATE, On.RETRIEVE, On.CREATE, On.CREATE)]
    assert [rule is not None for rule in taken] == [True, False, True, False]
    assert UNIVERSAL.startswith("/")
