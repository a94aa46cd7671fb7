"""What is written on the pictures: the shot's prompt, the badge, the shot's number.

A prompt comes from anybody and may be anything: it is bounded, cleaned of what has no picture, broken into
lines that fit, and drawn. Nothing here raises for any text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from PIL import Image, ImageDraw

from components.sandbox.typesetting import (
    DEJAVU,
    SUBSTITUTE,
    Typesetter,
    characters,
    clusters,
    is_mark,
    shaping,
)

BADGE = "SANDBOX PREVIEW, not AI-generated"
MOST_LINES = 4
_MOST_CHARACTERS = 800
"""More than four lines can hold at any size; the rest of a prompt is not looked at."""
_MOST_MARKS = 4
"""Marks on one letter; more are a prank and would cover the line above."""
_READABLE = 9
"""Pixels: smaller type is only used where there is no room."""
_ELLIPSIS = "…"
_JOINER_OFF = "\u200c"


def clean(text: str) -> str:
    """`text` as it can be drawn: at most some 800 characters on one line.

    Line ends and tabs become spaces; control and format characters, variation selectors and skin tones go;
    flags become their two letters; lone surrogates, private and unassigned code points become U+FFFD.
    """
    bounded = text.lstrip()[: 2 * _MOST_CHARACTERS]
    drawable = "".join(_drawable(bounded))
    composed = unicodedata.normalize("NFC", " ".join(drawable.split()))
    return composed[:_MOST_CHARACTERS].strip()


def _drawable(text: str) -> Iterator[str]:
    marks = 0
    before = " "
    for character in text:
        shown = _shown(character, before)
        marks = marks + 1 if shown and is_mark(shown) else 0 if shown else marks
        if shown and marks <= _MOST_MARKS:
            yield shown
            before = shown


def _shown(character: str, before: str) -> str:
    """What is drawn for one character: itself, another, or nothing."""
    point = ord(character)
    if character.isspace():
        return " "
    if character == _JOINER_OFF:
        # Persian and its neighbours spell with it; elsewhere it has nothing to say.
        after_arabic = unicodedata.bidirectional(before[0]) == "AL"
        return character if after_arabic and shaping() and point in characters(DEJAVU) else ""
    is_variation = 0xFE00 <= point <= 0xFE0F or 0xE0100 <= point <= 0xE01EF or 0x180B <= point <= 0x180F
    is_skin_tone = 0x1F3FB <= point <= 0x1F3FF
    is_keycap = point == 0x20E3
    if is_variation or is_skin_tone or is_keycap:
        return ""
    if 0x1F1E6 <= point <= 0x1F1FF:
        return chr(point - 0x1F1E6 + ord("A"))
    match unicodedata.category(character):
        case "Cc" | "Cf":
            return ""
        case "Cs" | "Co" | "Cn":
            return SUBSTITUTE
    return character


def wrap(text: str, width: float, setter: Typesetter, most_lines: int = MOST_LINES) -> list[str]:
    """`text` (cleaned) in at most `most_lines` lines of at most `width` pixels, as even as they can be.

    Words stay whole where they fit; scripts without spaces break between letters. What does not fit is left
    out behind an ellipsis.
    """
    pieces = list(_pieces(text, width, setter))
    lines, left_over = _fill(pieces, width, setter, most_lines)
    if left_over:
        lines[-1] = _cut_short(lines[-1], width, setter)
        return lines
    # The narrowest measure that needs no more lines: no single word is left on the last one.
    narrow, wide = 0.0, width
    for _ in range(7):
        middle = (narrow + wide) / 2
        attempt, left_over = _fill(pieces, middle, setter, len(lines))
        if left_over or any(setter.length(line) > middle for line in attempt):
            narrow = middle
        else:
            wide, lines = middle, attempt
    return lines


def _pieces(text: str, width: float, setter: Typesetter) -> Iterator[str]:
    """What must not be broken: a word with the space after it, or a letter of a script without spaces."""
    for word in text.split(" "):
        piece, used = "", 0.0
        for letter in clusters(word):
            breakable = bool(piece) and (_breaks_anywhere(letter) or _breaks_anywhere(piece[-1]))
            too_long = bool(piece) and used + setter.length(letter) > width
            if too_long or (breakable and not _clings(piece, letter)):
                yield piece
                piece, used = "", 0.0
            piece += letter
            used += setter.length(letter)
        if piece:
            yield piece + " "


def _breaks_anywhere(letter: str) -> bool:
    point = ord(letter[0])
    is_hangul = 0xAC00 <= point <= 0xD7A3 or 0x1100 <= point <= 0x11FF
    is_south_east_asian = 0x0E00 <= point <= 0x0EFF or 0x1000 <= point <= 0x109F or 0x1780 <= point <= 0x17FF
    return is_south_east_asian or (not is_hangul and unicodedata.east_asian_width(letter[0]) in ("W", "F"))


def _clings(piece: str, letter: str) -> bool:
    """Whether a line must not break between the two: before a full stop, behind an opening bracket."""
    closes = (
        unicodedata.category(letter[0]) in ("Pe", "Pf", "Po")
        or letter[0] in "ーゝゞ々ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
    )
    leads = piece[-1] in "เแโใไ" or unicodedata.category(piece[-1]) in ("Ps", "Pi")
    return closes or leads


def _fill(pieces: list[str], width: float, setter: Typesetter, most_lines: int) -> tuple[list[str], bool]:
    """Lines filled from the start, and whether anything was left over."""
    lines: list[str] = []
    line, used = "", 0.0
    for piece in pieces:
        alone = setter.length(piece.rstrip())
        if line and used + alone > width:
            lines.append(line.rstrip())
            if len(lines) == most_lines:
                return lines, True
            line, used = "", 0.0
        line += piece
        used += setter.length(piece)
    if line:
        lines.append(line.rstrip())
    return lines, False


def _cut_short(line: str, width: float, setter: Typesetter) -> str:
    letters = list(clusters(line))
    while letters and setter.length("".join(letters).rstrip() + _ELLIPSIS) > width:
        letters.pop()
    rest = line[len("".join(letters)) :]
    broken_word = bool(rest) and not rest.startswith(" ") and " " in letters[-12:]
    while broken_word and letters[-1] != " ":
        letters.pop()
    return "".join(letters).rstrip(" ,;:.") + _ELLIPSIS


def caption(prompt: str, width: int, height: int) -> Image.Image | None:
    """The prompt in centred lines, as a mask (mode "L") `width` wide; None where nothing is left to draw."""
    text = clean(prompt)
    if not text:
        return None
    pixels = max(12, round(min(width, height) / 23))
    leading = round(pixels * 1.42)
    # Never over the upper half of the frame, where the badge is.
    most_lines = max(1, min(MOST_LINES, height // 2 // leading))
    setter = Typesetter(pixels)
    lines = wrap(text, width * (0.78 if width > height else 0.86), setter, most_lines)
    mask = Image.new("L", (width, leading * len(lines) + pixels // 2))
    pen = ImageDraw.Draw(mask)
    for number, line in enumerate(lines):
        setter.draw(pen, (width - setter.length(line)) / 2, leading * number + round(pixels * 1.1), line)
    return mask


def badge(width: int, height: int) -> Image.Image:
    """What the film is, as a mask: on one line where it can be read so, else on two."""
    if _label_size([BADGE], width, height) >= _READABLE:
        return label([BADGE], width, height)
    first, second = BADGE.split(", ")
    return label([f"{first},", second], width, height)


def label(lines: list[str], width: int, height: int) -> Image.Image:
    """Small writing as a mask just as large as it, at most three quarters as wide as the frame."""
    pixels = _label_size(lines, width, height)
    setter = Typesetter(pixels)
    leading = round(pixels * 1.3)
    widest = max(setter.length(line) for line in lines)
    mask = Image.new("L", (round(widest) + 1, leading * len(lines)))
    for number, line in enumerate(lines):
        setter.draw(ImageDraw.Draw(mask), 0, leading * number + pixels, line)
    return mask


def _label_size(lines: list[str], width: int, height: int) -> int:
    pixels = max(_READABLE, round(min(width, height) / 38))
    while pixels > 1 and max(map(Typesetter(pixels).length, lines)) > width * 0.75:
        pixels -= 1
    return pixels
