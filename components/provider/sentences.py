"""Words out of whatever the provider sent: one readable sentence, bounded, whatever shape they came in."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

LONGEST_MESSAGE = 2_000
"""Characters of a message that a person is shown."""
LONGEST_RAW = 64 * 1024
"""UTF-8 bytes of a body that is kept as it came."""

_MOST_PIECES = 20
_DEEPEST = 6
_NOT_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\s]+")
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{1,1000})", re.IGNORECASE)
# Where an error says what is wrong; then where it says it in detail; then what is better than nothing.
_SAID = ("message", "msg", "description", "reason")
_DETAILS = ("error", "detail", "details", "errors", "issues", "validation")
_LAST_RESORT = ("title", "name", "code", "type")
# First steps of a path to a field that say nothing to a person.
_OUTER = frozenset({"request", "body"})


def one_sentence(said: object) -> str:
    """What `said` says, at most 2,000 characters on one line; "" where it says nothing.

    Understands a text, a list of texts, `{name, message}`, `{detail: [{loc, msg, ...}]}`, both error envelopes of
    FACTS.md, and mixtures. What is said twice is kept once; a field's place stands before what is wrong with it.
    """
    sentence = ""
    # An error of many parts is cut before it is put together: it may be 2 MB long.
    for piece in islice(dict.fromkeys(islice(_pieces(said, _DEEPEST), 10 * _MOST_PIECES)), _MOST_PIECES):
        if not sentence:
            sentence = piece
        elif piece not in sentence:
            sentence += f" {piece}" if sentence[-1] in ".!?:;…" else f"; {piece}"
        if len(sentence) > LONGEST_MESSAGE:
            break
    return bounded(sentence)


def words(text: str) -> str:
    """`text` on one line, without control characters and lone surrogates."""
    # Four times the bound leaves room for what is dropped, and keeps a hostile text from costing much.
    return bounded(_NOT_TEXT.sub(" ", text[: 4 * LONGEST_MESSAGE]).strip())


def bounded(text: str, longest: int = LONGEST_MESSAGE) -> str:
    """`text`, its end cut off and marked where it is longer than `longest` characters."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def page_title(page: str) -> str:
    """The title of an HTML page; "" for none."""
    found = _TITLE.search(page[:20_000])
    return words(html.unescape(found[1])) if found else ""


def raw_text(body: str) -> str:
    """`body` as it is kept: at most 64 KiB in UTF-8, and storable anywhere (no NUL, no lone surrogate)."""
    start = body[:LONGEST_RAW].replace("\x00", "\ufffd").encode("utf-8", "replace")
    return start[:LONGEST_RAW].decode("utf-8", "ignore")


def _pieces(said: object, depth: int) -> Iterator[str]:
    if depth == 0:
        return
    if isinstance(said, str):
        if text := words(said):
            yield text
    elif isinstance(said, int | float) and not isinstance(said, bool):
        # The text of an integer of any length is refused by Python itself beyond some thousand digits.
        if abs(said) < 1e15:
            yield str(said)
    elif isinstance(said, list | tuple):
        for part in said[: 10 * _MOST_PIECES]:
            yield from _pieces(part, depth - 1)
    elif isinstance(said, Mapping):
        place = _place(said)
        for piece in _pieces_of(said, depth):
            yield f"{place}: {piece}" if place else piece


def _pieces_of(error: Mapping[Any, Any], depth: int) -> Iterator[str]:
    found = False
    for key in (*_SAID, *_DETAILS):
        for piece in _pieces(error.get(key), depth - 1):
            found = True
            yield piece
    for key in () if found else _LAST_RESORT:
        if isinstance(text := error.get(key), str) and (piece := words(text)):
            yield piece
            return


def _place(error: Mapping[Any, Any]) -> str:
    for key in ("loc", "location", "path"):
        # A text under `path` is the address of the request in the provider's envelope, not a field.
        if isinstance(steps := error.get(key), list):
            named = [words(str(step)) for step in steps[:_DEEPEST] if isinstance(step, str | int)]
            while named and named[0] in _OUTER:
                named.pop(0)
            return bounded(".".join(named), 200)
    return ""
