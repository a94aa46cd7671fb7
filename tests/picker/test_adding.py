from __future__ import annotations

import json

import pytest

from components.picker.adding import MOST_BYTES, Unusable, read_brought


def test_a_document_is_read_as_file_and_as_text() -> None:
    document = {"openapi": "3.0.0", "info": {"title": "Ä"}}
    text = json.dumps(document, ensure_ascii=False)
    assert read_brought(text) == document
    assert read_brought(text.encode()) == document
    assert read_brought(b"\xef\xbb\xbf" + text.encode() + b"\n") == document


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "nothing in it"),
        ("   \n", "nothing in it"),
        (b"\xff\xfe\x00", "UTF-8"),
        ("openapi: 3.0.0\npaths:", "YAML"),
        ("<!DOCTYPE html>", "web page"),
        ('{"openapi": "3.0.0",\n "paths": {', "line 2"),
        ("[1]", "OpenAPI document"),
        ('"text"', "not"),
        ('{"a": NaN}', "beyond bounds"),
        ('{"a": ' + "1" * 10_000 + "}", "beyond bounds"),
        ('{"a":' * 200_000 + "1" + "}" * 200_000, "beyond bounds"),
        (b" " * (MOST_BYTES + 1), "5 MB"),
        ("\ud800", "not JSON"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(content: bytes | str, said: str) -> None:
    with pytest.raises(Unusable, match=said):
        read_brought(content)
