"""Text in any script, set in the fonts beside this file: no empty boxes, right-to-left where it runs so.

Three fonts go together: DejaVu Sans for what it has (Latin, Cyrillic, Greek, Arabic, Hebrew, symbols), GNU
Unifont for the rest of the BMP, Unifont Upper for what lies above (emoji, rare scripts). What none of them
has is drawn as U+FFFD, a sign that says "a character stood here".

A line is cut into runs of one direction and one font, and the runs are put into visual order by a plain
reading of the Unicode bidirectional algorithm (no embeddings, no isolates). Shaping inside a run is
Pillow's, where it finds raqm and FriBidi; without them Arabic letters stand alone, in the right order.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # fontTools ships no types
from PIL import ImageDraw, ImageFont, features

FONTS = Path(__file__).parent / "fonts"
DEJAVU, UNIFONT, UNIFONT_UPPER = "DejaVuSans.ttf", "unifont.otf", "unifont_upper.otf"
IN_ORDER = (DEJAVU, UNIFONT, UNIFONT_UPPER)
SUBSTITUTE = "\ufffd"

_UNIFONT_GRID = 16
"""Unifont is drawn on a grid of 16 dots: only multiples of it look even."""
_RIGHT_TO_LEFT = {"R", "AL"}
_NUMBERS = {"EN", "AN"}
_MIRRORED = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")


@cache
def shaping() -> bool:
    """Whether Pillow can join Arabic letters and reorder Indic vowels on this machine."""
    return bool(features.check("raqm")) and bool(features.check("fribidi"))


@cache
def characters(font: str) -> frozenset[int]:
    """The code points that a font of `IN_ORDER` has a glyph for."""
    with TTFont(FONTS / font, lazy=True) as opened:
        return frozenset(opened.getBestCmap())


def font_for(cluster: str) -> str | None:
    """The first font that has all of `cluster`, a letter with its marks; None where no font has."""
    points = {ord(character) for character in cluster}
    return next((font for font in IN_ORDER if points <= characters(font)), None)


def clusters(text: str) -> Iterator[str]:
    """`text` letter by letter, each with the marks that stand on it."""
    start = 0
    for here, character in enumerate(text):
        stands_alone = not (is_mark(character) or character == "\u200c")
        if stands_alone and here > start:
            yield text[start:here]
            start = here
    if text:
        yield text[start:]


def is_mark(character: str) -> bool:
    """Whether it is drawn on the letter before it."""
    return unicodedata.category(character) in ("Mn", "Mc", "Me")


def reads_right_to_left(text: str) -> bool:
    """Whether the first letter that has a direction says so (rules P2 and P3 of UAX 9)."""
    for character in text:
        bidi = unicodedata.bidirectional(character)
        if bidi == "L":
            return False
        if bidi in _RIGHT_TO_LEFT:
            return True
    return False


@dataclass(frozen=True)
class Run:
    """Text of one direction in one font. An odd `level` reads right to left."""

    text: str
    font: str
    level: int


def visual_runs(line: str) -> list[Run]:
    """The runs of `line` from left to right as they are drawn; the text of each still in reading order."""
    letters = list(clusters(line))
    base = 1 if reads_right_to_left(line) else 0
    levels = _levels([unicodedata.bidirectional(letter[0]) for letter in letters], base)
    placed = [
        (letter, font, level)
        for letter, level in zip(letters, levels, strict=True)
        for letter, font in _fonts(letter)
    ]
    runs = [
        Run("".join(letter for letter, _, _ in group), font, level)
        for (font, level), group in groupby(placed, key=lambda place: (place[1], place[2]))
    ]
    for level in range(max(levels, default=0), 0, -1):  # rule L2
        runs = list(_turned(runs, level))
    return runs


def _turned(runs: list[Run], level: int) -> Iterator[Run]:
    """`runs` with every stretch of `level` or more in the opposite order."""
    for is_stretch, stretch in groupby(runs, key=lambda run: run.level >= level):
        in_reading_order = list(stretch)
        yield from reversed(in_reading_order) if is_stretch else in_reading_order


def _fonts(cluster: str) -> Iterator[tuple[str, str]]:
    """The cluster with its font; in pieces where only several fonts together have it all."""
    font = font_for(cluster)
    if font is not None:
        yield cluster, font
        return
    for character in cluster:
        font = font_for(character)
        yield (character, font) if font is not None else (SUBSTITUTE, DEJAVU)


def _levels(kinds: list[str], base: int) -> list[int]:
    """The embedding level of each letter, from their bidirectional classes."""
    # As what each letter counts for its neighbours, "L" or "R"; None for spaces and punctuation.
    sides: list[str | None] = []
    last_strong = "R" if base else "L"
    for kind in kinds:
        if kind == "L" or kind in _RIGHT_TO_LEFT:
            last_strong = "L" if kind == "L" else "R"
        sides.append(last_strong if kind == "L" or kind in _RIGHT_TO_LEFT or kind in _NUMBERS else None)
    # Spaces and punctuation go with their neighbours where these agree, else with the line (N1, N2).
    line = "R" if base else "L"
    before, settled = line, []
    for index, side in enumerate(sides):
        after = next((later for later in sides[index + 1 :] if later is not None), line)
        before = side or (before if before == after else line)
        settled.append(before)
    return [
        # Numbers are written from left to right in any company (I1, I2).
        2 if kind in _NUMBERS and side == "R" else 1 if side == "R" else 2 * base
        for kind, side in zip(kinds, settled, strict=True)
    ]


class Typesetter:
    """Measures and draws text at one size. Not to be shared between threads: a FreeType face is not."""

    def __init__(self, pixels: int) -> None:
        self.pixels = pixels
        self._opened: dict[str, ImageFont.FreeTypeFont] = {}
        self._lengths: dict[str, float] = {}

    def length(self, text: str) -> float:
        """Width of `text` on one line, in pixels."""
        if text not in self._lengths:
            self._lengths[text] = sum(self._run_length(run) for run in visual_runs(text))
        return self._lengths[text]

    def draw(self, on: ImageDraw.ImageDraw, x: float, baseline: float, text: str, fill: int = 255) -> None:
        """Draw one line of `text` from the left edge `x`, standing on `baseline`."""
        for run in visual_runs(text):
            direction = self._direction(run)
            on.text(
                (x, baseline),
                self._as_drawn(run),
                fill,
                self._font(run.font),
                anchor="ls",
                direction=direction,
            )
            x += self._run_length(run)

    def _run_length(self, run: Run) -> float:
        return self._font(run.font).getlength(self._as_drawn(run), direction=self._direction(run))

    def _font(self, name: str) -> ImageFont.FreeTypeFont:
        if name not in self._opened:
            even = max(1, round(self.pixels / _UNIFONT_GRID)) * _UNIFONT_GRID
            size = self.pixels if name == DEJAVU else even
            engine = ImageFont.Layout.RAQM if shaping() else ImageFont.Layout.BASIC
            self._opened[name] = ImageFont.truetype(FONTS / name, size, layout_engine=engine)
        return self._opened[name]

    @staticmethod
    def _direction(run: Run) -> str | None:
        if not shaping():
            return None
        return "rtl" if run.level % 2 else "ltr"

    @staticmethod
    def _as_drawn(run: Run) -> str:
        if run.level % 2 == 0 or shaping():
            return run.text
        return "".join(reversed(list(clusters(run.text)))).translate(_MIRRORED)
