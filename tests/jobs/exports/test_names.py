import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.jobs.exports.names import Names, slug, take_name
from tests.jobs.exports.taken import made


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("A fox runs!", "a-fox-runs"),
        ("Ein Fuchs läuft über die Straße", "ein-fuchs-läuft-über-die-straße"),
        ("Cre\u0301me", "créme"),
        ("लोमड़ी दौड़ती है", unicodedata.normalize("NFC", "लोमड़ी-दौड़ती-है")),
        ("สุนัขจิ้งจอก", "สุนัขจิ้งจอก"),
        ("狐狸在跑。夜晚", "狐狸在跑-夜晚"),
        ("الثعلب يركض", "الثعلب-يركض"),
        ("می\u200cدود", "میدود"),
        ("fox 🦊 fox", "fox-fox"),
        ("../../etc/passwd", "etc-passwd"),
        ("C:\\con", "c-con"),
        ("a\u202egnp.exe", "agnp-exe"),
        ("🦊", ""),
        ("...", ""),
        ("\0\n\t", ""),
    ],
)
def test_a_text_becomes_its_words(text: str, name: str) -> None:
    assert slug(text, 100) == name


def test_a_take_is_called_by_its_title_or_else_by_its_prompt() -> None:
    assert take_name(made(1, prompt="A fox", model_name="Model 3")) == "a-fox-model-3-000000"
    assert take_name(made(1, prompt="A fox", title="Best one")) == "best-one-model-000000"
    assert take_name(made(1, prompt="🦊", model_name="")) == "take-000000"


@given(st.lists(st.tuples(st.text(max_size=200), st.text(max_size=200)), max_size=5))
def test_names_are_safe_and_each_is_another(texts: list[tuple[str, str]]) -> None:
    names = Names()
    given = [
        names.of(made(n, prompt=prompt, title=title, model_name=title))
        for n, (prompt, title) in enumerate(texts)
    ]
    assert len({unicodedata.normalize("NFC", name.casefold()) for name in given}) == len(given)
    for name in given:
        assert not set(name) & set('/\\:*?"<>|. ')
        assert all(unicodedata.category(letter)[0] in "LMN" or letter == "-" for letter in name)
        assert name[0] != "-"
        assert len(name.encode()) <= 200
        assert "-" in name  # so it is no "con" or "lpt1" of Windows, which have none


def test_the_same_words_of_takes_with_alike_ids_get_different_names() -> None:
    names, first, other = Names(), made(1), made(2, prompt="A FOX")
    assert names.of(first) == "a-fox-model-000000"
    assert names.of(other) == f"a-fox-model-{other.id}"
    assert names.of(other) == f"a-fox-model-{other.id}-2"
