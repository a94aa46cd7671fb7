"""Captions: any prompt becomes a few readable lines, in any script, quickly."""

from __future__ import annotations

import time
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.sandbox import captions, typesetting
from components.sandbox.captions import caption, clean, wrap
from components.sandbox.typesetting import SUBSTITUTE, Typesetter, clusters, font_for, visual_runs

SCRIPTS = {
    "Latin": "A fox trots through snow, naïve Łódź çaňon",
    "Greek": "Η θάλασσα το πρωί",
    "Cyrillic": "Море на рассвете",
    "Hebrew": "ילדה רצה על החוף",
    "Arabic": "قطة تنظر إلى القمر",
    "Hindi": "एक छोटी लड़की बारिश में",
    "Thai": "เด็กหญิงตัวเล็กๆ วิ่งเล่น",
    "Chinese": "一只小猫在屋顶上看月亮",
    "Japanese": "屋根の上の猫、カタカナ",
    "Korean": "지붕 위의 고양이",
    "Georgian": "ზღვა დილით",
    "Amharic": "ባሕር በማለዳ",
    "Emoji": "rocket 🚀 sparkle ✨ face 😀",
    "Gothic": "𐌲𐌿𐍄",
}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("  two\twords\r\nand  more ", "two words and more"),
        ("a\0b\x07c\x1b[31m", "abc[31m"),
        ("left\u200eright\u202eover\u2066iso\ufeff", "leftrightoveriso"),
        ("heart ❤️", "heart ❤"),
        ("wave 👋🏽", "wave 👋"),
        ("👩‍🚀", "👩🚀"),
        ("flag 🇩🇪", "flag DE"),
        ("key 1️⃣", "key 1"),
        ("e\u0301", "é"),
        ("lone \ud800 surrogate", f"lone {SUBSTITUTE} surrogate"),
        ("private \ue000", f"private {SUBSTITUTE}"),
        ("unassigned \U000e0fff", f"unassigned {SUBSTITUTE}"),
        ("line\u2028para\u2029", "line para"),
        ("no-break\u00a0space", "no-break space"),
        ("", ""),
        ("\0\u200d\ufe0f", ""),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_what_has_no_picture_is_dropped_or_replaced(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_marks_on_one_letter_are_limited() -> None:
    assert len(clean("q" + "\u0301\u0317\u0323" * 50 + " end")) == len("q end") + 4


def test_blank_prompts_have_no_caption() -> None:
    assert caption(" \n\0 ", 1280, 720) is None


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_letter_has_a_glyph_of_its_own(script: str) -> None:
    for cluster in clusters(clean(SCRIPTS[script])):
        assert font_for(cluster) is not None, cluster
        assert cluster == " " or SUBSTITUTE not in "".join(run.text for run in visual_runs(cluster))


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_letter_is_drawn_unlike_a_missing_one(script: str) -> None:
    missing = _drawn("\U000e0fff", raw=True)
    for letter in clean(SCRIPTS[script]).replace(" ", ""):
        if unicodedata.combining(letter) == 0:
            drawn = _drawn(letter)
            assert drawn.any(), letter
            assert drawn.shape != missing.shape or (drawn != missing).any(), letter


def test_what_no_font_has_is_drawn_as_a_replacement_sign() -> None:
    rare = "\U0001e900"  # Adlam: assigned, in none of the three fonts
    if font_for(rare) is not None:
        rare = next(
            chr(point)
            for point in range(0x10000, 0x30000)
            if unicodedata.category(chr(point)) == "Lo" and font_for(chr(point)) is None
        )
    (run,) = visual_runs(rare)
    assert run.text == SUBSTITUTE
    assert font_for(SUBSTITUTE) == run.font


def test_a_letter_and_its_mark_come_from_one_font() -> None:
    assert len(visual_runs("ก่")) == 1
    assert len(visual_runs("x\u0323")) == 1


@pytest.mark.parametrize(
    ("line", "order"),
    [
        ("one two", ["one two"]),
        ("אבג", ["אבג"]),
        ("see אבג there", ["see ", "אבג", " there"]),
        ("אבג see דהו", ["דהו", "see", "אבג"]),
        ("אבג 35 דהו", ["דהו", "35", "אבג"]),
        ("at אבג 35", ["at ", "35", "אבג"]),
    ],
)
def test_right_to_left_runs_stand_in_visual_order(line: str, order: list[str]) -> None:
    assert [run.text.strip() for run in visual_runs(line)] == [part.strip() for part in order]


@pytest.mark.skipif(not typesetting.shaping(), reason="Pillow finds no raqm or no FriBidi here")
def test_arabic_letters_are_joined() -> None:
    setter = Typesetter(40)
    assert setter.length("سلام") < 0.9 * sum(setter.length(letter) for letter in "سلام")


def test_without_shaping_right_to_left_text_still_reads_from_the_right(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(typesetting, "shaping", lambda: False)
    monkeypatch.setattr(captions, "shaping", lambda: False)
    assert (_drawn("אב") == _drawn_with_shaping_off("בא", left_to_right=True)).all()
    for text in SCRIPTS.values():
        assert caption(text, 640, 360) is not None


@pytest.mark.parametrize("text", [*SCRIPTS.values(), "word " * 500, "x" * 10_000, "字" * 10_000])
@pytest.mark.parametrize("width", [150.0, 600.0])
def test_lines_fit_and_are_at_most_four(text: str, width: float) -> None:
    setter = Typesetter(24)
    lines = wrap(clean(text), width, setter)
    assert 1 <= len(lines) <= 4
    assert all(setter.length(line) <= width * 1.02 for line in lines)


def test_a_text_that_fits_is_whole_and_even() -> None:
    setter = Typesetter(24)
    text = "A lighthouse keeper climbs the stairs at dawn while the storm moves off"
    lines = wrap(text, 700, setter)
    assert " ".join(lines) == text
    assert len(lines) == 2
    assert min(map(setter.length, lines)) > 0.75 * max(map(setter.length, lines))


def test_a_text_that_does_not_fit_ends_in_an_ellipsis() -> None:
    lines = wrap(clean("storm and stress " * 60), 500, Typesetter(24))
    assert len(lines) == 4
    assert lines[-1].endswith("…")
    assert lines[-1].rstrip("…").split()[-1] in ("storm", "and", "stress"), "a word was broken"


def test_scripts_without_spaces_break_between_letters_but_not_before_a_full_stop() -> None:
    text = "月亮在山上,风在水上。" * 6
    lines = wrap(text, 300, Typesetter(24))
    assert len(lines) > 1
    assert not any(line[0] in "。," for line in lines)
    assert "".join(lines).rstrip("…") in text


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text_can_be_drawn(text: str) -> None:
    shown = clean(text)
    assert clean(shown) == shown
    assert not any(unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn") for character in shown)
    assert (caption(text, 360, 640) is None) == (not shown)


@given(st.text(st.characters(codec="utf-8"), max_size=60), st.integers(60, 400))
@settings(max_examples=80, deadline=None)
def test_wrapping_loses_nothing_unless_it_says_so(text: str, width: int) -> None:
    shown = clean(text)
    lines = wrap(shown, width, Typesetter(16))
    if not (lines and lines[-1].endswith("…")):
        assert "".join(lines).replace(" ", "") == shown.replace(" ", "")


@pytest.mark.parametrize(
    "text",
    ["lorem ipsum " * 900, "x" * 10_000, "字" * 10_000, "ب" * 10_000, "e" + "\u0301" * 9_999, "👩‍🚀" * 3_333],
    ids=["words", "one word", "Chinese", "Arabic", "marks", "emoji"],
)
def test_ten_thousand_characters_are_not_slow(text: str) -> None:
    caption("warm: 字", 1280, 720)
    began = time.process_time()
    caption(text, 1280, 720)
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (720, 720), (120, 214), (480, 120)])
def test_the_badge_fits_every_frame(size: tuple[int, int]) -> None:
    mask = captions.badge(*size)
    assert mask.width <= 0.8 * size[0]
    assert mask.height <= size[1] / 4
    assert np.asarray(mask).max() > 200


def _drawn(text: str, *, raw: bool = False) -> np.ndarray:
    from PIL import Image, ImageDraw

    setter = Typesetter(32)
    mask = Image.new("L", (96, 64))
    if raw:  # as a font shows what it has not: its empty box
        ImageDraw.Draw(mask).text((8, 48), text, 255, setter._font(typesetting.DEJAVU), anchor="ls")
    else:
        setter.draw(ImageDraw.Draw(mask), 8, 48, text)
    return np.asarray(mask)


def _drawn_with_shaping_off(text: str, *, left_to_right: bool) -> np.ndarray:
    from PIL import Image, ImageDraw

    assert left_to_right
    mask = Image.new("L", (96, 64))
    ImageDraw.Draw(mask).text((8, 48), text, 255, Typesetter(32)._font(typesetting.DEJAVU), anchor="ls")
    return np.asarray(mask)
