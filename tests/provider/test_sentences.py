"""One readable sentence out of any error shape."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.provider.sentences import LONGEST_MESSAGE, one_sentence, page_title, raw_text, words

SAID = {
    "a text": ("Too many requests", "Too many requests"),
    "name and message": ({"name": "Error", "message": "The scene is empty."}, "The scene is empty."),
    "a name alone": ({"name": "Timeout", "message": ""}, "Timeout"),
    "details with a place": (
        {
            "detail": [
                {"loc": ["body", "image_url"], "msg": "No face", "type": "face_error", "input": "https://x"}
            ]
        },
        "image_url: No face",
    ),
    "a detail with a number in its place": (
        {"detail": [{"loc": ["body", "shots", 1, "prompt"], "msg": "is empty"}]},
        "shots.1.prompt: is empty",
    ),
    "a detail that is a text": ({"detail": "Not now"}, "Not now"),
    "a list of texts": ({"message": ["prompt is empty", "duration is 7"]}, "prompt is empty; duration is 7"),
    "the older envelope": (
        {"requestId": "r", "statusCode": "429", "path": "/v2", "timestamp": "t", "message": "Slow down!"},
        "Slow down!",
    ),
    "the newer envelope says it twice": (
        {"title": "Forbidden", "message": "No credits.", "error": {"name": "F", "message": "No credits."}},
        "No credits.",
    ),
    "a summary and its details": (
        {"message": "Body refused!", "errors": [{"path": ["prompt"], "message": "Required"}]},
        "Body refused! prompt: Required",
    ),
    "a problem document": (
        {
            "type": "https://errors.example/UNPROCESSABLE",
            "title": "Invalid",
            "status": 422,
            "detail": "The request is not valid.",
            "validation": [{"location": ["request", "body", "duration"], "message": "must be integer"}],
        },
        "The request is not valid. duration: must be integer",
    ),
    "lines and control characters": ("one\n\ttwo\x00\x1b[31m three\ud800", "one two [31m three"),
    "a number": (42, "42"),
    "null": (None, ""),
    "true": (True, ""),
    "an empty object": ({}, ""),
    "a number too long to print": (10**6000, ""),
    "any script": ({"message": "بدون رصيد 🎬"}, "بدون رصيد 🎬"),
}


@pytest.mark.parametrize(("said", "sentence"), SAID.values(), ids=SAID.keys())
def test_every_shape_becomes_one_sentence(said: object, sentence: str) -> None:
    assert one_sentence(said) == sentence


def test_a_sentence_is_bounded_and_its_cut_is_marked() -> None:
    long = one_sentence({"message": "word " * 10_000})
    assert len(long) == LONGEST_MESSAGE
    assert long.endswith("word…")
    assert len(one_sentence([f"problem {number}" for number in range(100_000)])) <= LONGEST_MESSAGE


def test_an_error_that_is_nested_without_end_is_left_alone() -> None:
    nested: dict[str, object] = {"message": "deepest"}
    for _ in range(50):
        nested = {"error": nested}
    assert one_sentence(nested) == ""


_keys = st.sampled_from(["message", "msg", "detail", "loc", "path", "error", "name", "title"])
_scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()


@settings(deadline=None)  # the machine may be busy
@given(st.recursive(_scalars, lambda inner: st.lists(inner) | st.dictionaries(_keys, inner)))
def test_any_json_gives_one_bounded_storable_line(said: object) -> None:
    sentence = one_sentence(said)
    assert len(sentence) <= LONGEST_MESSAGE
    assert "\n" not in sentence
    assert "\x00" not in sentence
    sentence.encode("utf-8")


def test_a_page_is_known_by_its_title() -> None:
    assert page_title("<html>\n<TITLE lang='en'>502\n Bad &amp; Gateway</TITLE>") == "502 Bad & Gateway"
    assert page_title("<html><body>nothing</body>") == ""


def test_the_raw_body_is_bounded_in_bytes_and_can_be_stored() -> None:
    assert raw_text('{"a": 1}') == '{"a": 1}'
    assert raw_text("a\x00b") == "a\ufffdb"
    assert raw_text("a\ud800b") == "a?b"
    assert len(raw_text("é" * 100_000).encode()) == 64 * 1024
    assert len(raw_text("a" + "é" * 100_000).encode()) == 64 * 1024 - 1


def test_words_are_one_line() -> None:
    assert words("  a\r\nb\u2028c\u00a0 d ") == "a b c d"
