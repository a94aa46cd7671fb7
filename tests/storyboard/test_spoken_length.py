"""The length that a shot's text names."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.storyboard.shapes import spoken_length


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("a fox, 3 seconds.", 3),
        ("1 second", 1),
        ("3s", 3),
        ("3 s", 3),
        ("(3s)", 3),
        ("[3 s]", 3),
        ("10s", 10),
        ("3 sec. of a fox", 3),
        ("3 secs", 3),
        ("a 3-second shot", 3),
        ("3\u00a0seconds", 3),
        ("3\nseconds", 3),
        ("1.5 seconds", 1.5),
        ("2,5 Sekunden", 2.5),
        ("5 secondes", 5),
        ("5 segundos", 5),
        ("5 secondi", 5),
        ("3秒", 3),
        ("狐狸跑了3秒钟", 3),
        ("1.5秒", 1.5),
        ("10 초", 10),
        ("３秒", 3),
        ("two seconds", 2),
        ("Two Seconds", 2),
        ("a two-second shot", 2),
        ("fifteen seconds", 15),
        ("0 seconds", 0),
        # The last counts: a shot's own length stands at its end.
        ("it waits 2 seconds and runs, 3 seconds.", 3),
        ("one second, then 5 s", 5),
        ("3-5 seconds", 5),
        # A decade, an age, a name, and other things that are no length.
        *[(text, None) for text in ("the 1980s", "the 80s", "in her 30s", "the 2000s", "of the '90s")],
        ("80s film, 4 s", 4),
        ("80 s", 80),
        ("90 seconds", 90),
        *[(text, None) for text in ("an iPhone 3S", "in 3D", "24fps", "24 frames per second", "4k")],
        *[(text, None) for text in ("shot 3. second fox", "the second fox", "a few seconds", "seconds", "3")],
        *[(text, None) for text in ("v1.5s", "1.5.3s", "5th second", "3 secondhand cars", "3 sekundär")],
        *[(text, None) for text in ("1/3 second", "someone seconds it", "one's", "section one s")],
        *[(text, None) for text in ("第3秒", "twenty-two seconds", "³ s", "", "12345 seconds")],
        # Letters that a search without regard to case takes for others.
        *[(text, None) for text in ("s\u0131x seconds", "S\u0130X SECONDS", "n\u0131ne seconds")],
    ],
)
def test_the_length_is_the_one_that_the_text_names(text: str, seconds: float | None) -> None:
    assert spoken_length(text) == seconds


PIECES = st.sampled_from(
    [
        *(
            "3",
            "10",
            "1980",
            "2,5",
            ".",
            ",",
            "-",
            " ",
            "s",
            "S",
            "sec",
            "seconds",
            "Sekunden",
            "two",
            "s\u0131x",
        ),
        *("S\u0130X", "秒", "초", "第", "٣", "²", "½", "\u00a0", "\n", "\ud83d", "ſ", "second", "x"),
    ]
)


@given(st.lists(PIECES).map("".join) | st.text())
def test_any_text_names_a_length_or_none(text: str) -> None:
    seconds = spoken_length(text)
    assert seconds is None or 0 <= seconds < 10_000


@pytest.mark.parametrize(
    "text",
    [
        *("3" + " " * 200_000, "3 " * 100_000, "3,333" * 40_000, "3-" * 100_000, "one " * 50_000),
        *("9" * 200_000, "one" + "-" * 200_000, "3 s" * 66_000, "3秒" * 100_000),
        *("0" * 200_000 + "s", "8" + "0s8" * 66_000, "2 0" * 66_000),
    ],
    ids=lambda text: repr(text[:6]),
)
def test_a_long_text_is_read_at_once(text: str) -> None:
    """A search that looks at every pair of characters would take minutes."""
    began = time.process_time()
    spoken_length(text)
    assert time.process_time() - began < 2
