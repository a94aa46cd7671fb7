"""A board as a request, and a request as a board."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from components.storyboard.shapes import board_of, compiled, sent_text, spoken_length
from components.storyboard.storyboard import MOST_SHOTS, Board, board_from, read_board
from tests.need import shared
from tests.storyboard.shapes import OBJECTS, TEXTS, UNTIMED


def sample() -> tuple[list[str], int]:
    """The provider's own example of a storyboard: its texts, and how long the video is."""
    for page in sorted(shared("api/seeds").glob("*.md")):
        text = page.read_text(encoding="utf-8")
        if found := re.search(r'"multi_prompt": \[(.*?)\],.*?"duration": (\d+)', text, re.DOTALL):
            return re.findall(r"'''(.*?)'''", found[1], re.DOTALL), int(found[2])
    raise AssertionError("No seed has a sample with shots.")


def test_the_providers_own_example_is_sent_as_it_stands() -> None:
    texts, seconds = sample()
    lengths = [spoken_length(text) for text in texts]
    assert lengths == [3, 2, 3]
    board = board_of(texts, TEXTS, seconds)
    assert board.rows == tuple(zip(texts, (3, 2, 3), strict=True))
    assert compiled(board, TEXTS) == texts
    assert board.seconds == seconds
    # Without its length a text is sent just as the provider wrote it.
    for text, length in zip(texts, (3, 2, 3), strict=True):
        bare = re.sub(r", \d seconds\.$", "", text)
        assert compiled(board_from([(bare, length)]), TEXTS) == [text]


@pytest.mark.parametrize(
    ("text", "seconds", "sent"),
    [
        ("A fox", 3, "A fox, 3 seconds."),
        ("A fox", 1, "A fox, 1 second."),
        ("A fox.", 3, "A fox, 3 seconds."),
        ("A fox. \n", 3, "A fox, 3 seconds."),
        ("A fox,", 3, "A fox, 3 seconds."),
        ("A fox…", 3, "A fox, 3 seconds."),
        ("A fox!", 3, "A fox!, 3 seconds."),
        ("一只狐狸。", 3, "一只狐狸, 3 seconds."),
        (" A fox", 3, " A fox, 3 seconds."),
        ("Take 5", 3, "Take 5, 3 seconds."),
        ("A fox, 2 seconds.", 3, "A fox, 2 seconds."),
        ("2s: a fox", 3, "2s: a fox"),
        ("A fox in 0 seconds", 3, "A fox in 0 seconds, 3 seconds."),
        ("A fox of the 1980s", 3, "A fox of the 1980s, 3 seconds."),
        ("", 3, ""),
        (" \n\u00a0", 3, " \n\u00a0"),
    ],
)
def test_a_length_is_written_as_the_provider_writes_it_where_the_text_names_none(
    text: str, seconds: int, sent: str
) -> None:
    board = board_from([(text, seconds), ("Another", 2)])
    for shape in (TEXTS, UNTIMED):
        assert sent_text(board.shots[0], board, shape) == sent
    assert sent_text(board.shots[0], board, OBJECTS) == text
    switched_off = Board(board.shots, write_lengths=False)
    assert sent_text(board.shots[0], switched_off, TEXTS) == text


def test_shots_are_sent_in_the_shape_that_the_model_takes() -> None:
    board = board_from([("A fox", 2), ("", 4)])
    assert compiled(board, OBJECTS) == [{"prompt": "A fox", "duration": 2}, {"prompt": "", "duration": 4}]
    assert compiled(board, TEXTS) == ["A fox, 2 seconds.", ""]
    assert compiled(board, UNTIMED) == [{"prompt": "A fox, 2 seconds."}, {"prompt": ""}]


def test_a_blank_board_sends_nothing() -> None:
    for blank in (Board(), board_from([("", 2), (" \n", 3)])):
        assert [compiled(blank, each) for each in (OBJECTS, TEXTS, UNTIMED)] == [[], [], []]


# A request as a board.

ROWS = st.lists(
    st.tuples(st.text(st.characters(codec="utf-8", exclude_characters="\r")), st.integers(1, 99)), max_size=6
)


@given(ROWS)
def test_objects_come_back_as_they_were_sent(rows: list[tuple[str, int]]) -> None:
    sent = compiled(board_from(rows), OBJECTS)
    assert board_of(sent, OBJECTS).rows == (tuple(rows) if sent else ())


NO_WORDS = " \t\n\u00a0.,;:。、，；…"
"""Nothing is written behind a text that is nothing else."""


@given(ROWS)
@example([(".", 1), ("…", 2), ("a.", 3)])
def test_texts_give_the_seconds_back_that_were_written_into_them(rows: list[tuple[str, int]]) -> None:
    rows = [row for row in rows if row[0].strip() and row[0].strip(NO_WORDS) and not spoken_length(row[0])]
    sent = compiled(board_from(rows), TEXTS)
    back = board_of(sent, TEXTS)
    assert [seconds for _, seconds in back.rows] == [seconds for _, seconds in rows]
    assert compiled(back, TEXTS) == sent


@pytest.mark.parametrize(
    ("entries", "seconds", "rows"),
    [
        (["a", "b", "c"], 9, [("a", 3), ("b", 3), ("c", 3)]),
        (["a", "b", "c"], 8, [("a", 3), ("b", 3), ("c", 2)]),
        (["a", "b, 2 seconds.", "c"], "8", [("a", 3), ("b, 2 seconds.", 2), ("c", 3)]),
        (["a, 2s", "b, 3s"], 9, [("a, 2s", 2), ("b, 3s", 3)]),
        # Nothing is left to share, or nobody says what there is: the usual.
        (["a, 8 s", "b", "c"], 9, [("a, 8 s", 8), ("b", 5), ("c", 5)]),
        (["a, 9 s", "b"], 8, [("a, 9 s", 9), ("b", 5)]),
        (["a"], None, [("a", 5)]),
        *[(["a"], wrong, [("a", 5)]) for wrong in (True, -1, 0, 2.5, float("nan"), 10**400, "x", [8])],
        *[(["a"], wrong, [("a", 5)]) for wrong in ("\u00b2", "\u0663", "9" * 5000, "+8", "", "3601")],
        # A length between whole seconds is none that a board can hold.
        (["a, 2.5 seconds", "b"], 8, [("a, 2.5 seconds", 4), ("b", 4)]),
        (["a\r\nb\ud83d"], 4, [("a\nb\ufffd", 4)]),
        (["a", None, 7, ["b"], {"prompt": "c"}], 4, [("a", 4)]),
        (None, 4, []),
        ("abc", 4, []),
        ({"0": "a"}, 4, []),
        ([], 4, []),
    ],
)
def test_texts_without_a_length_share_what_the_others_leave(
    entries: object, seconds: object, rows: list[tuple[str, int]]
) -> None:
    assert board_of(entries, TEXTS, seconds).rows == tuple(rows)


@pytest.mark.parametrize(
    ("entries", "rows"),
    [
        ([{"prompt": "a", "duration": 2}, {"prompt": "b", "duration": "6"}], [("a", 2), ("b", 6)]),
        ([{"prompt": "a", "duration": 6.0}, {"duration": 2}], [("a", 6), ("", 2)]),
        # What was left out stands at its default; what is no length gets its share.
        ([{"prompt": "a"}, {"prompt": "b", "duration": None}], [("a", 4), ("b", 6)]),
        ([{"prompt": "a", "duration": 10**400}, {"prompt": "b", "duration": 7}], [("a", 3), ("b", 7)]),
        (["a 2 s", {"prompt": 5}, {"prompt": ["b"]}, None], [("a 2 s", 2)]),
    ],
)
def test_objects_are_read_leniently(entries: list[object], rows: list[tuple[str, int]]) -> None:
    assert board_of(entries, OBJECTS, 10).rows == tuple(rows)


@given(st.integers(1, 12), st.integers(0, 4), st.integers(1, 3600))
def test_the_shares_are_the_whole_length_and_as_equal_as_can_be(unsaid: int, said: int, seconds: int) -> None:
    board = board_of([*["a"] * unsaid, *["b, 2 seconds"] * said], TEXTS, seconds)
    shares = [shot.seconds for shot in board.shots[:unsaid]]
    if seconds - 2 * said >= unsaid:
        assert board.seconds == seconds
        assert max(shares) - min(shares) <= 1
    else:
        assert set(shares) == {TEXTS.budget.usual}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["prompt", "duration"]), inner)
    ),
    max_leaves=10,
)


@given(JSON, JSON)
def test_no_request_is_an_error(entries: object, seconds: object) -> None:
    for each in (OBJECTS, TEXTS, UNTIMED):
        board = board_of(entries, each, seconds)
        assert read_board(board.as_json()) == board


def test_more_shots_than_a_board_holds_are_left_out() -> None:
    assert len(board_of(["a"] * (MOST_SHOTS + 1), TEXTS).shots) == MOST_SHOTS
