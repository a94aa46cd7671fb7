"""Hits, marked in the original characters."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.jobs.finding.marking import excerpt_around, marked, marked_id
from components.jobs.finding.typed import typed
from components.jobs.finding.words import TEXT


def shown(pieces: list[tuple[str, bool]]) -> str:
    return "".join(f"[{text}]" if hit else text for text, hit in pieces)


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("A raccoon", "", "A raccoon"),
        ("", "racc", ""),
        ("A raccoon", "racc", "A [racc]oon"),
        ("A raccoon", "wolf", "A raccoon"),
        ("A raccoon", "-raccoon", "A raccoon"),
        ("A raccoon, a Raccoon", "RACC", "A [racc]oon, a [Racc]oon"),
        ("raccoons race", "rac racc", "[racc]oons [rac]e"),
        ("slow motion slow", '"slow motion"', "[slow motion] slow"),
        ("slow-motion, slowmotion", "slowmot", "[slow-mot]ion, [slowmot]ion"),
        ("slow-motion", '"slow motion"', "[slow-motion]"),
        ("don’t dont", "don't", "[don’t] [dont]"),
        ("Crème brûlée", "creme brul", "[Crème] [brûl]ée"),
        ("Cre\u0300me", "cre", "[Cre\u0300]me"),
        ("Straße", "stras", "[Straß]e"),
        ("ein Haus, Hausboot", "Häuser", "ein [Haus], Hausboot"),
        ("две кошки", "кошка", "две [кошк]и"),
        ("大熊猫和熊猫", "熊猫", "大[熊猫]和[熊猫]"),
        ("大熊猫", "熊", "大[熊]猫"),
        ("か\u3099くせい", "が", "[か\u3099]くせい"),
        ("ﾈｵﾝ ﾊﾟﾝ", "ネオン パ", "[ﾈｵﾝ] [ﾊﾟ]ﾝ"),
        ("กินน้ำตก", "น้ำ", "กิน[น้ำ]ตก"),
        ("너구리가", "구리", "너[구리]가"),
        ("라쿤", "라쿠", "[라쿤]"),  # a syllable is one character
        ("\u1102\u1165\u11ab x", "너", "[\u1102\u1165\u11ab] x"),
        ("रैकून", "रैकू", "[रैकू]न"),
        ("قِطَّةٌ", "قط", "[قِطَّ]ةٌ"),
        ("👩‍🚀 flies", "🚀", "[👩‍🚀] flies"),
        ("👋🏽❤️", "👋", "[👋🏽]❤️"),
        ("🇩🇪🇫🇷", "🇫🇷", "🇩🇪[🇫🇷]"),
        ("<b>raccoon</b>\n\n", "b", "<[b]>raccoon</[b]>\n\n"),
    ],
)
def test_hits_are_marked(text: str, query: str, expected: str) -> None:
    assert shown(marked(text, typed(query))) == expected


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("0F1A-2B3C4D", "a2b3", "0F1[A-2B3]C4D"),
        ("0f1a2b3c", "0f1", "[0f1]a2b3c"),
        ("0f1a2b3c", "wolf", "0f1a2b3c"),
        ("abcd1abcd1", "abcd1", "[abcd1abcd1]"),
    ],
)
def test_parts_of_ids_are_marked(text: str, query: str, expected: str) -> None:
    assert shown(marked_id(text, typed(query))) == expected


LONG = "The quick brown fox jumps over the lazy dog. " * 20
HIT = f"{LONG}A raccoon\n\nsleeps. {LONG}"


def test_an_excerpt_is_the_beginning_on_one_line() -> None:
    assert excerpt_around("one\n\ttwo   three", typed("two")) == [
        ("one ", False),
        ("two", True),
        (" three", False),
    ]
    assert shown(excerpt_around(LONG, typed(""), 30)) == "The quick brown fox jumps…"
    assert shown(excerpt_around(LONG, typed("fox"), 30)) == "The quick brown [fox] jumps…"


def test_an_excerpt_is_around_a_hit_further_in() -> None:
    assert (
        shown(excerpt_around(HIT, typed("racc"), 60))
        == "…the lazy dog. A [racc]oon sleeps. The quick brown fox jumps…"
    )
    assert (
        shown(excerpt_around(f"{LONG}raccoon", typed("racc"), 40))
        == "…fox jumps over the lazy dog. [racc]oon"
    )
    pieces = excerpt_around("月光下的大熊在跳舞" * 50 + "熊猫" + "月光" * 90, typed("熊猫"))
    assert len(shown(pieces)) <= 142
    assert "[熊猫]" in shown(pieces)


def test_of_a_long_text_no_more_is_marked_than_is_found() -> None:
    assert not any(hit for _, hit in marked("x " * TEXT + "racc", typed("racc")))
    assert shown(excerpt_around("x" * 10 * TEXT, typed("x"), 20)) == "[x]" + "x" * 18 + "…"


@pytest.mark.parametrize(
    "letters",
    [
        "\N{FAMILY}\u200d",
        "\N{REGIONAL INDICATOR SYMBOL LETTER D}",
        "e\u0301\u0301",
        "a-",
        "가",
        "が",
        "\ufdfa",
    ],
)
def test_no_text_takes_long(letters: str) -> None:
    text = letters * 10_000
    query = typed("🇩 \N{FAMILY} e a a-a-a-a 가 가가 がが " + "が" * 200)
    assert "".join(part for part, _ in marked(text, query)) == text
    excerpt_around(text, query)


TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from([*"ab é-'ßか\u3099がน้ำ너구रैक\u200d🇩🇪🦝👩\u0301", "\n", "slow-motion"]), max_size=40
    ).map("".join),
)


@given(TEXTS, TEXTS)
def test_the_pieces_are_the_text(text: str, query: str) -> None:
    pieces = marked(text, typed(query))
    assert "".join(part for part, _ in pieces) == text
    assert all(part for part, _ in pieces)
    assert all(one[1] != other[1] for one, other in pairwise(pieces))
    assert "".join(part for part, _ in marked_id(text, typed(query))) == text


@given(TEXTS, TEXTS, st.integers(10, 80))
def test_an_excerpt_is_a_part_of_the_text(text: str, query: str, limit: int) -> None:
    pieces = excerpt_around(text, typed(query), limit)
    said = "".join(part for part, _ in pieces)
    assert len(said) <= limit
    assert "\n" not in said
    assert said.strip("…") in " ".join(text.split()) or "…" in text
    marks = any(hit for _, hit in marked(" ".join(text.split()), typed(query)))
    assert any(hit for _, hit in pieces) is marks
