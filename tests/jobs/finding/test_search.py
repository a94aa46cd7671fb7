"""What is found by what is typed: the words, the query and SQLite's index together."""

import re
import string

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from components.jobs.finding.folding import KINDS, Kind, fold
from components.jobs.finding.marking import marked
from components.jobs.finding.typed import LONG_ID, PIECES, typed
from components.jobs.finding.words import BETWEEN, TEXT, TOKEN, index_ids, index_words, tokens
from tests.jobs.finding.searching import Index

RACCOON = "A raccoon dances on a neon street at night, slow-motion, 16:9"
PANDA = "月光下的大熊猫在竹林里跳舞"
CAT = "雨の夜、黒い猫がネオンの街を歩く。カメラはゆっくりズーム"
THAI = "แมวสีดำกินปลาในน้ำตก"
RUSSIAN = "Рыжая кошка спит под ёлкой, а зелёные еноты танцуют"
GERMAN = "Die Häuser am Fluß, ein Waschbär läuft über die Straße"
KOREAN = "너구리가 네온 거리에서 춤을 춘다"
ARABIC = "قِطَّةٌ سَوْدَاءُ تَمْشِي في شَارِعٍ مُضاء"
HINDI = "एक रैकून बारिश में नाच रहा है, क़लम"
ID = "kK3x9aQ0TbZ-_7Lm2PqRs"
UUID = "0f1a2b3c-4d5e-6f70-8192-a3b4c5d6e7f8"

TABLE = [
    # Beginnings of words, in any order.
    (RACCOON, "racc", True),
    (RACCOON, "raccoon", True),
    (RACCOON, "RACCOON", True),
    (RACCOON, "r", True),
    (RACCOON, "accoon", False),
    (RACCOON, "raccoons", True),
    (RACCOON, "raccoonx", False),
    (RACCOON, "night racc", True),
    (RACCOON, "neo ni rac", True),
    (RACCOON, "night wolf", False),
    (RACCOON, "16:9", True),
    (RACCOON, "9:16", False),
    ("a handle on the door", "hands", False),
    ("a hand on the door", "hands", True),
    ("a puppy", "puppies", True),
    ("a tow truck", "tower", False),
    ("Kling v2.1 Master", "kling 2.1", False),
    ("Kling v2.1 Master", "v2.1", True),
    # Accents and case.
    ("Crème brûlée", "creme", True),
    ("creme brulee", "Crème", True),
    ("Cre\u0300me", "cr\u00e8m", True),
    ("CRÈME", "creme", True),
    ("Đà Nẵng, phở", "da nang pho", True),
    ("smørrebrød, Łódź", "smorrebrod lodz", True),
    ("İstanbul ışık", "istanbul isik", True),
    ("ﬁlm ＮＯＩＲ ½", "film noir", True),
    ("Ὀδυσσεύς", "οδυσσευς", True),
    ("ΟΔΥΣΣΕΥΣ", "οδυσσεύς", True),
    # German and Russian.
    (GERMAN, "haus", True),
    (GERMAN, "Häuser", True),
    ("Ein altes Haus", "Häuser", True),
    ("Ein altes Haus", "Häusern", True),
    ("Hausboot", "Häuser", False),
    (GERMAN, "fluss strasse", True),
    ("FLUSS", "fluß", True),
    (GERMAN, "wasch", True),
    (GERMAN, "bär", False),
    ("eine Katze", "Katzen", True),
    (RUSSIAN, "кошк", True),
    (RUSSIAN, "кошкой", True),
    ("две кошки", "кошка", True),
    ("с кошками", "кошка", True),
    (RUSSIAN, "елк", True),
    (RUSSIAN, "зеленый енот", True),
    (RUSSIAN, "собака", False),
    ("рыба под водой", "рыбак", False),
    ("рыба под водой", "вода рыбу", True),
    ("кот", "коты", True),
    ("водород", "воды", False),
    # Scripts without spaces.
    (PANDA, "熊猫", True),
    (PANDA, "大熊猫", True),
    (PANDA, "熊", True),
    (PANDA, "舞", True),
    (PANDA, "竹林 熊猫", True),
    (PANDA, "熊在", False),
    (PANDA, "猫熊", False),
    ("一只熊。猫", "熊猫", False),
    ("4K大熊猫", "4k大熊", True),
    ("大熊猫dance", "dance", True),
    (CAT, "ネオン", True),
    (CAT, "ﾈｵﾝ", True),
    (CAT, "ねおん", True),
    (CAT, "黒い猫", True),
    (CAT, "ズー", True),
    (CAT, "スー", False),
    ("か\u3099くせい", "がくせい", True),
    (THAI, "กิน", True),
    (THAI, "กินปลา", True),
    (THAI, "น้ำ", True),
    (THAI, "น้", True),
    (THAI, "ปลาแมว", False),
    ("แมว\u200bดำ", "แมวดำ", True),
    ("๑๒ วัน", "12", True),
    ("ភាសាខ្មែរ", "ខ្មែរ", True),
    ("မြန်မာဘာသာ", "ဘာသာ", True),
    ("ພາສາລາວ", "ລາວ", True),
    # Korean: as one types, and inside a word.
    (KOREAN, "너구", True),
    (KOREAN, "너굴", True),  # on the way from 너구 to 너구리
    (KOREAN, "ㄴ", True),
    (KOREAN, "구리", True),
    (KOREAN, "구리가", True),
    (KOREAN, "리", False),
    (KOREAN, "거리 너구리", True),
    (KOREAN, "나구리", False),
    ("\u1102\u1165\u1100\u116e\u1105\u1175", "너구리", True),
    ("\u1102\u1165\u1100\u116e\u1105\u1175", "구리", True),
    # Arabic, Hebrew, Hindi.
    (ARABIC, "قطة", True),
    (ARABIC, "سوداء تمشي", True),
    ("قطة سوداء", "قِطَّة", True),
    ("أحمد إلى المدرسة", "احمد الي", True),
    ("مـــرحبا", "مرحبا", True),
    ("گربه یک", "گربه يك", True),
    (ARABIC, "كلب", False),
    ("שָׁלוֹם עולם", "שלום", True),
    ("שלומות", "שלום", True),
    (HINDI, "रैकू", True),
    (HINDI, "रैकून नाच", True),
    (HINDI, "राकून", False),
    (HINDI, "\u0958लम", True),
    (HINDI, "क\u093cलम", True),
    # Emoji.
    ("🦝 dances", "🦝", True),
    ("dances🦝🌙", "🌙🦝", True),
    ("👋🏽 hello ❤️", "👋 ❤", True),
    ("👋 hello", "👋🏿", True),
    ("👩‍🚀 flies", "👩‍🚀", True),
    ("👩‍🚀 flies", "🚀", True),
    ("🚀 👩", "👩‍🚀", False),
    ("🇩🇪", "🇩🇪", True),
    ("🇪🇸🇩🇰", "🇩🇪", False),
    ("🦝", "🐼", False),
    # Hyphens and apostrophes, both ways.
    (RACCOON, "slow-motion", True),
    (RACCOON, "slow motion", True),
    (RACCOON, "slowmo", True),
    (RACCOON, "motion", True),
    ("slow motion", "slow-motion", True),
    ("slowmotion", "slow-motion", True),
    ("don’t", "don't", True),
    ("don't", "dont", True),
    ("dont", "don’t", True),
    ("l'été", "été", True),
    ("motion slow", "slow-motion", False),
    # Phrases.
    (RACCOON, '"neon street"', True),
    (RACCOON, '"street neon"', False),
    (RACCOON, '"neon stree"', False),
    (RACCOON, '"a neon" night', True),
    (RACCOON, "“neon street”", True),
    (RACCOON, "„neon street“", True),
    (RACCOON, '"neon street', True),
    (PANDA, '"熊猫在"', True),
    (PANDA, '"熊"', True),
    ("raccoons", '"raccoon"', False),
    # Without.
    (RACCOON, "raccoon -wolf", True),
    (RACCOON, "raccoon -night", False),
    (RACCOON, "-wolf", True),
    (RACCOON, "-raccoon", False),
    (RACCOON, '-"neon street"', False),
    (RACCOON, '-"street neon"', True),
    (PANDA, "-熊猫", False),
    ("--ar 16:9", "--ar", True),
    ("a - b", "a - b", True),
    # Signs and words of the query language are text.
    (RACCOON, '"', True),
    (RACCOON, "*", True),
    (RACCOON, "rac*", True),
    (RACCOON, "*coon", False),
    ("cats AND dogs", "cats AND dogs", True),
    ("cats, dogs", "cats AND dogs", False),
    ("cats", "cats OR dogs", False),
    ("cats near dogs", "cats NEAR dogs", True),
    ("NEAR(a b)", "NEAR(a", True),
    ("not", "NOT", True),
    (RACCOON, "(raccoon", True),
    (RACCOON, "words:raccoon", False),
    ("words: raccoon", "words:raccoon", True),
    ("a raccoon -- dances", "raccoon--dances", True),
    ("see https://a.example/b", "https://a.example", True),
    ("words:raccoon", "words:raccoon", True),
    (RACCOON, "^a +raccoon", True),
    (RACCOON, "'; drop table take_search; --", False),
    (RACCOON, "", True),
    (RACCOON, " \t\n", True),
    (RACCOON, "\x00 \ud83e", True),
]


@pytest.fixture(scope="module")
def index() -> Index:
    return Index()


@pytest.mark.parametrize(("text", "query", "found"), TABLE)
def test_a_text_is_found_by_what_it_says(index: Index, text: str, query: str, found: bool) -> None:
    index.hold(text)
    assert index.finds(query) is found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (ID, True),
        ("kK3x", True),
        ("9aQ0", True),
        ("zbt0", False),
        ("7lm2pqrs", True),
        ("bZ-_7L", True),
        (UUID, True),
        (UUID.replace("-", ""), True),
        (UUID.upper(), True),
        ("0f1a", True),
        ("2b3c4d", True),
        ("8192-a3b4", True),
        ("e7f8", True),
        ("2b4c", False),
        ("f70", False),  # three from inside are too few
        ("maker/video-v3", True),
        ("video-v3", True),
        ("v3/pro", True),
        (f"-{UUID}", True),  # an id may begin with a minus
        ("-2b3c4d", False),
        ("raccoon 2b3c4d", True),
        (f'"id": "{ID}",', True),
        ('"2b3c4d"', True),
    ],
)
def test_an_id_is_found_whole_and_in_part(index: Index, query: str, found: bool) -> None:
    index.hold("A raccoon with an id", ids=(ID, UUID, "maker/video-v3/pro"))
    assert index.finds(query) is found


def test_an_id_does_not_answer_for_a_word(index: Index) -> None:
    index.hold("A raccoon", ids=("0123cafe4567",))
    assert not index.finds("cafe")
    assert index.finds("raccoon -cafe")
    assert index.finds("-4567")
    assert index.finds("3caf")


def test_a_part_does_not_run_over_two_ids(index: Index) -> None:
    index.hold("", ids=("aa11", "bb22"))
    assert not index.finds("11bb")


def test_a_phrase_does_not_run_over_two_texts(index: Index) -> None:
    index.hold("a neon", "street")
    assert not index.finds('"neon street"')
    assert index.finds("neon street")


def test_of_a_long_text_the_beginning_counts(index: Index) -> None:
    index.hold("x " * (TEXT // 2 - 3) + "early " + "late", "a note")
    assert index.finds("early note")
    assert not index.finds("late")
    assert len(index_words(*["word " * 50_000] * 9)) < 100_000
    assert len(index_ids("x" * 100_000)) < 1_000


def test_of_a_long_word_the_beginning_counts(index: Index) -> None:
    index.hold("a" * 5_000 + " end")
    assert index.finds("a" * 300)
    assert max(map(len, index_words("a" * 5_000, "너구리" * 900).split())) <= TOKEN


def test_of_many_words_the_first_count(index: Index) -> None:
    index.hold("a воды " * 100)
    assert index.finds("a " * PIECES + "missing")
    assert index.finds("вода " * PIECES)


LETTERS = st.sampled_from(
    string.ascii_letters
    + "éßøŁñçÅ"
    + "кошкаёЙї"
    + "ΑΣςώ"
    + "قطةأىيـَ"
    + "שלוםּ"
    + "रैकूनक्ष"
    + "너구리과값ㄱ"
    + "0179٣"
    + "ა"
)
UNSPACED = st.sampled_from("月光下的大熊猫ねこネガパー々〇แมวน้ำกินဘာသាមែរລາວ")
SYMBOLS = st.sampled_from(["🦝", "👩‍🚀", "❤️", "👋🏽", "🇩🇪", "→"])
GAPS = st.sampled_from(
    [" ", "\n", ", ", "。", "-", "'", " (", '"', "*", "/", ":", "\u200b", "_", "\x00", "\ud800"]
)
TEXTS = st.one_of(
    st.text(max_size=40),
    st.lists(st.one_of(st.text(LETTERS, min_size=1, max_size=6), UNSPACED, SYMBOLS, GAPS), max_size=20).map(
        "".join
    ),
)
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(TEXTS)
@QUICK
def test_any_text_is_found_by_any_of_its_words_and_their_beginnings(index: Index, text: str) -> None:
    index.hold(text)
    for word, _ in tokens(fold(text)):
        for length in {1, (len(word) + 1) // 2, len(word)}:
            assert index.finds(word[:length])
            if length < LONG_ID:
                assert not index.finds(f"-{word[:length]}")


@given(st.text(UNSPACED, min_size=2, max_size=30), st.data())
@QUICK
def test_a_run_is_found_by_any_neighbouring_characters(index: Index, text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 2))
    part = text[start : start + data.draw(st.integers(2, 6))]
    index.hold(f"one {text} two")
    # A mark that begins the part is written with the letter before it, and may make one letter with it.
    assert index.finds(part) or KINDS[text[start]] is Kind.SILENT


@given(TEXTS)
@example('"a" OR NEAR(b, c) {words}: x* ^y + z')
@example("a\ud800b")
@example('-"')
@QUICK
def test_no_query_is_an_error(index: Index, query: str) -> None:
    index.hold("A raccoon")
    index.finds(query)


@given(TEXTS)
@QUICK
def test_a_text_finds_itself(index: Index, text: str) -> None:
    index.hold(text)
    without_signs = re.sub(r"(?<!\S)[-\u2212\u2013]+", "", text.replace('"', " "))
    assert index.finds(without_signs)


@given(TEXTS, TEXTS.filter(lambda query: '"' not in query))
@QUICK
def test_what_is_found_for_its_words_is_marked(index: Index, text: str, query: str) -> None:
    index.hold(text)
    sought = typed(query)
    if sought.wanted and index.finds(query):
        assert any(hit for _, hit in marked(text, sought))


@given(TEXTS)
@QUICK
def test_nothing_typed_makes_the_token_between_texts(text: str) -> None:
    assert BETWEEN not in fold(text)
    assert fold(fold(text)) == fold(text)
