"""The chapters as a strict reader of WebVTT takes them (https://www.w3.org/TR/webvtt1/#syntax)."""

import re
from html import unescape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from components.storyboard.chapters import chapters_vtt
from components.storyboard.storyboard import MOST_SECONDS, Board, board_from

Cue = tuple[float, float, str]

TIME = r"(\d{2,}):([0-5]\d):([0-5]\d)\.(\d{3})"
TIMINGS = re.compile(rf"{TIME}[ \t]+-->[ \t]+{TIME}")
TEXT = re.compile(r"(?:[^&<>\n\r\0]|&(?:amp|lt|gt|lrm|rlm|nbsp|#\d+);)+")


def read_vtt(text: str) -> list[Cue]:
    """Start, end and text of every cue. Fails on whatever the grammar does not allow."""
    text.encode("utf-8")
    assert "\0" not in text
    header, *blocks = re.split(r"\n{2,}", text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n"))
    assert re.fullmatch(r"WEBVTT(?:[ \t][^\n]*)?", header)
    cues = []
    for block in blocks:
        timings, *lines = block.split("\n")
        match = TIMINGS.fullmatch(timings)
        assert match, timings
        first, last = (
            int(hours) * 3600 + int(minutes) * 60 + int(seconds) + int(thousandths) / 1000
            for hours, minutes, seconds, thousandths in (match.groups()[:4], match.groups()[4:])
        )
        assert first < last
        assert not cues or first >= cues[-1][0], "cues are in the order of their beginning"
        assert len(lines) == 1, "a chapter's title is one line"
        assert TEXT.fullmatch(lines[0]), lines[0]
        cues.append((first, last, unescape(lines[0])))
    return cues


def test_each_shot_is_a_cue_from_its_cut_to_the_next() -> None:
    board = board_from([("A raccoon runs.", 3), ("It stops.", 2), ("It looks up.", 3)])
    assert read_vtt(chapters_vtt(board)) == [
        (0.0, 3.0, "1. A raccoon runs."),
        (3.0, 5.0, "2. It stops."),
        (5.0, 8.0, "3. It looks up."),
    ]


def test_a_film_of_hours_has_its_times_too() -> None:
    board = board_from([("", 3599), ("", 1), ("", 3600), ("", 61)] + [("", 3600)] * 120)
    cues = read_vtt(chapters_vtt(board))
    assert [cue[0] for cue in cues] == list(board.cuts)
    assert cues[-1][1] == board.seconds > 100 * 3600


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("", "1."),
        (" \n\t ", "1."),
        ("one\ntwo\r\nthree\rfour", "1. one two three four"),
        ("a --> b", "1. a --> b"),
        ("<b>bold</b> & <00:00:01.000>", "1. <b>bold</b> & <00:00:01.000>"),
        ("&amp; stays", "1. &amp; stays"),
        ("half a pair \ud83d", "1. half a pair \ufffd"),
        ("no\0thing", "1. no\ufffdthing"),
        ("a\u2028b\x85c", "1. a b c"),
        ("ثعلب يركض", "1. ثعلب يركض"),
        ("A white raccoon " * 9, "1. " + "A white raccoon " * 3 + "A white …"),
    ],
)
def test_a_title_is_the_number_and_the_first_words_on_one_line(text: str, title: str) -> None:
    assert read_vtt(chapters_vtt(board_from([(text, 1)]))) == [(0.0, 1.0, title)]


def test_a_board_without_shots_has_no_chapters() -> None:
    assert read_vtt(chapters_vtt(Board())) == []


ANY_TEXT = st.text(
    st.one_of(st.characters(exclude_categories=()), st.sampled_from("<>&-\n\r\0 \u2028;#")), max_size=80
)


@given(st.lists(st.tuples(ANY_TEXT, st.integers(1, MOST_SECONDS)), max_size=8))
@example([("\n\n00:00.000 --> 00:01.000\nNOTE", 1)])
def test_no_text_breaks_the_file(rows: list[tuple[str, int]]) -> None:
    board = board_from(rows)
    cues = read_vtt(chapters_vtt(board))
    assert [(first, last) for first, last, _ in cues] == [
        (cut, cut + shot.seconds) for cut, shot in zip(board.cuts, board.shots, strict=True)
    ]
    assert all(title.startswith(f"{n}.") for n, (_, _, title) in enumerate(cues, 1))
