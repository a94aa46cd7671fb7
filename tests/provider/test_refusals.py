"""Every error status and envelope becomes the exception that says whether the request was accepted."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.provider.errors import (
    Forbidden,
    HttpError,
    InvalidRequest,
    KeyRejected,
    NotFound,
    OutOfCredits,
    RateLimited,
    ServerTrouble,
)
from components.provider.refusals import refusal, retry_after
from tests.need import shared

NOW = 1_790_000_000.0
BY_STATUS = {
    301: ServerTrouble,
    307: ServerTrouble,
    400: InvalidRequest,
    401: KeyRejected,
    402: OutOfCredits,
    403: Forbidden,
    404: NotFound,
    408: ServerTrouble,
    409: ServerTrouble,
    413: InvalidRequest,
    415: InvalidRequest,
    418: ServerTrouble,
    422: InvalidRequest,
    429: RateLimited,
    500: ServerTrouble,
    502: ServerTrouble,
    503: ServerTrouble,
    504: ServerTrouble,
    524: ServerTrouble,
    999: ServerTrouble,
}
PAGE = "<html>\n<head><title>{0}</title></head><body><h1>{0}</h1></body></html>"


def _envelope(status: int | str, message: object) -> dict[str, Any]:
    return {"requestId": "r", "statusCode": status, "timestamp": "t", "path": "/v2/x", "message": message}


@pytest.mark.parametrize(("status", "kind"), BY_STATUS.items())
@pytest.mark.parametrize(
    "body",
    [json.dumps(_envelope(400, "Said")), PAGE.format("Said"), "", "[", "null", "{}", "\x00", "Said plainly"],
)
def test_the_status_decides_whatever_the_body(status: int, kind: type[HttpError], body: str) -> None:
    error = refusal(status, {}, body, now=NOW)
    assert type(error) is kind
    assert error.status == status
    assert error.message
    assert "\n" not in error.message
    assert error.raw == body.replace("\x00", "\ufffd")


def test_every_published_error_is_understood() -> None:
    rows = json.loads(shared("api/replies/errors.json").read_text())["http"]
    assert rows
    for row in rows:
        if "status" not in row:
            continue
        for message in [row.get("message_only"), *row.get("messages", [])]:
            if message:
                error = refusal(row["status"], {}, json.dumps(_envelope(row["status"], message)), now=NOW)
                assert error.message == message
        if "body" in row:
            error = refusal(row["status"], {}, json.dumps(row["body"]), now=NOW)
            assert error.message == row["body"]["message"]
            credits_gone = "insufficent" in json.dumps(row["body"])
            assert type(error) is (OutOfCredits if credits_gone else BY_STATUS[row["status"]])
            assert error.kind == ("err_insufficent_credits" if credits_gone else "")


MESSAGES = {
    "older envelope": (400, json.dumps(_envelope(400, "Refused!")), "Refused!"),
    "status as text": (429, json.dumps(_envelope("429", "Slow down")), "Slow down"),
    "list of messages": (
        400,
        json.dumps(_envelope(400, ["One is wrong", "Two too"])),
        "One is wrong; Two too",
    ),
    "page": (502, PAGE.format("502 Bad Gateway"), "502 Bad Gateway"),
    "page without a title": (502, "<html><body>x</body></html>", "HTTP 502 Bad Gateway"),
    "empty": (503, "", "HTTP 503 Service Unavailable"),
    "empty, and a status that has no name": (524, "", "HTTP 524"),
    "cut off": (500, '{"message": "Inter', "HTTP 500 Internal Server Error"),
    "plain text": (500, "upstream\nconnect error", "upstream connect error"),
    "an error text": (400, '{"error": "no such field"}', "no such field"),
    "message null": (400, json.dumps(_envelope(400, None)), "HTTP 400 Bad Request"),
}


@pytest.mark.parametrize(("status", "body", "message"), MESSAGES.values(), ids=MESSAGES.keys())
def test_the_message_is_the_providers_own_where_there_is_one(status: int, body: str, message: str) -> None:
    assert refusal(status, {}, body, now=NOW).message == message


def test_only_the_kind_of_an_empty_account_means_no_credits() -> None:
    for kind, error in (
        ("err_insufficent_credits", OutOfCredits),
        ("err_insufficient_credits", OutOfCredits),
        ("err_other", Forbidden),
        (7, Forbidden),
    ):
        body = json.dumps({"message": "m", "error": {"data": {"kind": kind}}})
        assert type(refusal(403, {}, body, now=NOW)) is error
        assert type(refusal(500, {}, body, now=NOW)) is ServerTrouble


def test_a_redirect_says_where_it_would_have_led() -> None:
    assert "https://elsewhere/x" in refusal(308, {"Location": "https://elsewhere/x"}, "", now=NOW).message


DATE = "Mon, 21 Sep 2026 15:06:40 GMT"
WAITS = {
    "seconds": ("7", "", 7.0),
    "seconds with a fraction": (" 1.5 ", "", 1.5),
    "nothing to wait": ("0", "", 0.0),
    "too long": ("999999999", "", 3600.0),
    "a date from the answer's own": ("Mon, 21 Sep 2026 15:07:10 GMT", DATE, 30.0),
    "a date from our clock": ("Mon, 21 Sep 2026 14:14:20 GMT", "", 60.0),
    "a date, and an answer's date that cannot be read": ("Mon, 21 Sep 2026 14:14:20 GMT", "x", 60.0),
    "a date without a zone": ("Mon, 21 Sep 2026 15:07:10", DATE, 30.0),
    "a date gone by": ("Mon, 21 Sep 2020 15:06:40 GMT", DATE, 0.0),
    "a date far away": ("Mon, 21 Sep 2099 15:06:40 GMT", DATE, 3600.0),
    "below zero": ("-5", "", None),
    "not a figure": ("soon", "", None),
    "infinite": ("inf", "", None),
    "endless": ("9" * 5_000, "", None),
    "digits of another script": ("٣", "", None),
    "a date that does not exist": ("Mon, 99 Sep 2026 15:06:40 GMT", DATE, None),
    "missing": ("", "", None),
}


@pytest.mark.parametrize(("value", "date", "seconds"), WAITS.values(), ids=WAITS.keys())
def test_retry_after_is_read_in_both_forms_and_bounded(value: str, date: str, seconds: float | None) -> None:
    assert retry_after(value, date, now=NOW) == seconds


@settings(deadline=None)  # the machine may be busy
@given(st.text(), st.text())
def test_any_retry_after_is_bounded_or_none(value: str, date: str) -> None:
    seconds = retry_after(value, date, now=NOW)
    assert seconds is None or 0 <= seconds <= 3600


def test_only_a_429_carries_a_wait() -> None:
    headers = {"Retry-After": "3"}
    limited = refusal(429, headers, "", now=NOW)
    assert isinstance(limited, RateLimited)
    assert limited.retry_after == 3.0
    assert not hasattr(refusal(503, headers, "", now=NOW), "retry_after")


@settings(deadline=None)  # the machine may be busy
@given(st.integers(300, 599), st.text(), st.dictionaries(st.text(), st.text(), max_size=3))
def test_any_answer_with_an_error_status_is_an_http_error(
    status: int, body: str, headers: dict[str, str]
) -> None:
    error = refusal(status, headers, body, now=NOW)
    assert error.message
    f"{error.message}{error.raw}{error.kind}".encode()
