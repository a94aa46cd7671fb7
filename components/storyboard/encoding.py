"""The text of a file, whatever program wrote it."""

from __future__ import annotations

import codecs
import re

from components.reports import clean_text
from components.storyboard.rows import Unreadable

# UTF-32 goes first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NEVER_IN_TEXT = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_NO_TEXT = "This is not a text file, or it is damaged. Save it again as text in UTF-8."


def text_of(content: bytes) -> str:
    """The text of a file, its lines ended by line feeds.

    UTF-8; UTF-16 and UTF-32, as spreadsheets save "Unicode text"; what is none of them is read as cp1252, which
    older Western programs write. Raises Unreadable where it is no text.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _decoded(content[len(mark) :], encoding)
    # Without a mark, UTF-16 shows by the zeros in each of its first letters.
    if content[1:4:2] == b"\0\0" and content[0:1] != b"\0":
        return _decoded(content, "utf-16-le")
    if content[0:3:2] == b"\0\0" and content[1:2] != b"\0":
        return _decoded(content, "utf-16-be")
    try:
        return clean_text(content.decode())
    except UnicodeDecodeError as error:
        # Good UTF-8 up to its last, unfinished letter. Nothing but ASCII before it says nothing about that.
        if error.reason == "unexpected end of data" and not content[: error.start].isascii():
            raise Unreadable("The file ends in the middle of a letter: it seems to be cut off.") from None
    text = _decoded(content, "cp1252")
    if _NEVER_IN_TEXT.search(text):
        raise Unreadable(_NO_TEXT)
    return text


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return clean_text(content.decode(encoding))
    except UnicodeDecodeError:
        raise Unreadable(_NO_TEXT) from None
