"""What is typed, read."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.jobs.finding.typed import CHARACTERS, PIECES, Term, Typed, typed


def terms(sought: Typed) -> list[tuple[str, ...]]:
    return [piece.terms[0].tokens for piece in sought.wanted]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", []),
        (" \n ", []),
        ("* ( ) : ^ + \" ' - --", []),
        ("two words", [("two",), ("words",)]),
        ("two,words;(more)", [("two",), ("words",), ("more",)]),
        ("slow-motion", [("slow", "motion")]),
        ('"two words" more', [("two", "words"), ("more",)]),
        ('"two words"more', [("two", "words"), ("more",)]),
        ('"two words', [("two",), ("words",)]),
        ('5" x 7"', [("5",), ("x",), ("7",)]),
        ('""', []),
        ("大熊猫", [("大熊", "熊猫")]),
        ("「大熊」", [("大熊",)]),
        ("a大熊", [("a", "大熊")]),
        ("🦝🌙", [("🦝",), ("🌙",)]),
        ("👩‍🚀🌙", [("👩", "🚀"), ("🌙",)]),
        ("cat🦝", [("cat",), ("🦝",)]),
        ("🇩🇪🇫🇷", [("🇩", "🇪"), ("🇫", "🇷")]),
        ("words:cat", [("words", "cat")]),
        ('{"prompt": "a cat"}', [("prompt",), ("a", "cat")]),
    ],
)
def test_a_query_is_words_and_phrases(query: str, expected: list[tuple[str, ...]]) -> None:
    assert terms(typed(query)) == expected


@pytest.mark.parametrize(
    ("query", "wanted", "unwanted"),
    [
        ("-cat", 0, 1),
        ("cat -dog -bird", 1, 2),
        ("\u2212cat", 0, 1),
        ('-"a cat"', 0, 1),
        ("x-ray", 1, 0),
        ("- cat", 1, 0),
        ("--cat", 1, 0),
        ("-", 0, 0),
        ("-*", 0, 0),
        ("-V1StGXR8_Z5jdHi6B-myT", 1, 0),
    ],
)
def test_a_minus_at_the_beginning_of_a_word_says_without(query: str, wanted: int, unwanted: int) -> None:
    sought = typed(query)
    assert (len(sought.wanted), len(sought.unwanted)) == (wanted, unwanted)
    assert (sought.match() is None, sought.without is None) == (not wanted, not unwanted)


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("raccoons", {("raccoon", False)}),
        ("puppies", {("puppy", False), ("puppie", False)}),
        ("boxes", {("box", False)}),
        ("glass", set()),
        ("cats", set()),  # too short
        ("number", set()),
        ("winter", set()),
        ("Häuser", {("haus", False)}),
        ("Bücher", {("buch", False)}),
        ("Katzen", {("katze", False)}),
        ("кошка", {("кошк", True)}),
        ("кошками", {("кошк", True)}),
        ("красная", {("красн", True)}),
        ("рыжий", {("рыжи", True)}),
        ("енот", set()),
        ("熊猫", set()),
        ("'raccoons'", {("raccoon", False)}),
    ],
)
def test_an_inflected_word_is_looked_for_in_other_forms(word: str, others: set[tuple[str, bool]]) -> None:
    (piece,) = typed(word).wanted
    assert {(term.tokens[0], term.prefix) for term in piece.terms[1:]} == others
    assert len(typed(f'"{word}"').wanted[0].terms) == 1


def test_a_short_russian_word_is_looked_for_in_forms_that_are_whole_words() -> None:
    (piece,) = typed("вода").wanted
    others = {(term.tokens[0], term.prefix) for term in piece.terms[1:]}
    assert others >= {("воды", False), ("воду", False), ("водои", False), ("водах", False)}
    assert not any(prefix for _, prefix in others)


def test_the_columns_may_have_other_names() -> None:
    assert typed("cafe").match("w", "i") == '({w} : ("cafe" *))'
    assert typed("video").match("w", "i") == '({w} : ("video" *) OR {i} : "vid ide deo")'
    assert Term(("a", "b"), prefix=True).expression() == '"a b" *'


@given(st.text(max_size=600))
@settings(max_examples=30)
def test_a_query_is_bounded(query: str) -> None:
    sought = typed(query + " a" * 300)
    assert len(sought.wanted) + len(sought.unwanted) <= PIECES
    assert len(sought.match() or "") < 100 * CHARACTERS
    assert typed("a " * CHARACTERS) == typed("a " * CHARACTERS + query)
