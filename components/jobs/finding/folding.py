"""Characters made alike for search: without case, accents, and what a keyboard or a file system adds.

Accents are dropped where readers pass over them (Latin, Greek, Cyrillic, Arabic,
Hebrew) and kept where they are letters (the scripts of India, Thai, the voicing marks of kana).
"""

import unicodedata
from enum import IntEnum


class Kind(IntEnum):
    """What a character is to search."""

    GAP = 0
    """Between words: spaces, punctuation, and what no database can hold (half a surrogate pair)."""
    WORD = 1
    """Part of a word, in a script that puts spaces between words."""
    RUN = 2
    """Part of a run of characters, in a script that does not."""
    SYMBOL = 3
    """Found by itself: an emoji, an arrow."""
    SILENT = 4
    """Belongs to the character before it and says nothing: an accent, a joiner, a skin tone."""


Ranges = tuple[tuple[int, int], ...]

# Scripts without spaces: Thai and Lao, Myanmar, Khmer, the Tai scripts, Balinese, Javanese, kana, bopomofo, Han.
UNSPACED: Ranges = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x1950, 0x19DF), (0x1A20, 0x1AAF), (0x1B00, 0x1B7F),
    (0x2E80, 0x2FDF), (0x3005, 0x3007), (0x3041, 0x312F), (0x31A0, 0x31BF), (0x31F0, 0x31FF), (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF), (0xA980, 0xA9FF), (0xAA60, 0xAADF), (0xF900, 0xFAFF), (0xFF66, 0xFF9F),
    (0x1AFF0, 0x1B16F), (0x20000, 0x3FFFD),
)  # fmt: skip

# Accents that readers pass over; tatweel, which stretches a word; what chooses between looks of one character.
SILENT: Ranges = (
    (0x0300, 0x036F), (0x0483, 0x0489), (0x0591, 0x05BD), (0x05BF, 0x05BF), (0x05C1, 0x05C2), (0x05C4, 0x05C5),
    (0x05C7, 0x05C7), (0x0610, 0x061A), (0x0640, 0x0640), (0x064B, 0x065F), (0x0670, 0x0670), (0x06D6, 0x06DC),
    (0x06DF, 0x06E4), (0x06E7, 0x06E8), (0x06EA, 0x06ED), (0x0711, 0x0711), (0x0730, 0x074A), (0x0898, 0x089F),
    (0x08CA, 0x08E1), (0x08E3, 0x08FF), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0x2DE0, 0x2DFF),
    (0xA66F, 0xA67D), (0xA69E, 0xA69F), (0xFE00, 0xFE0F), (0xFE20, 0xFE2F), (0x1F3FB, 0x1F3FF),
    (0xE0100, 0xE01EF),
)  # fmt: skip

# Emoji newer than Python's tables are not assigned there yet.
EMOJI: Ranges = ((0x1F000, 0x1FBFF),)
# Arrows, signs, pictures, enclosed characters. Not ©, ™, °, which nobody searches for and which stand inside phrases.
SYMBOLS: Ranges = ((0x2190, 0x2BFF), (0x3200, 0x33FF), (0x4DC0, 0x4DFF), *EMOJI)

GAP, JOINER = " ", "-"

APOSTROPHES = "'\u2019\u02bc\u02bb\u2018`\u00b4\uff07"  # some of them are letters to Unicode
JOINERS = frozenset("-\u2010\u2011_" + APOSTROPHES)  # what is in a word for some and parts it for others

# Letters that no decomposition takes apart, and letters of which people type either.
ALIKE = {
    "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i", "ŧ": "t",
    "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ے": "ي", "ک": "ك", "ة": "ه", "ہ": "ه", "ھ": "ه",
    "ך": "כ", "ם": "מ", "ן": "נ", "ף": "פ", "ץ": "צ",
}  # fmt: skip

# Korean as it is typed, key by key: 과 is ㄱㅗㅏ, and a consonant is the same before and after the vowel. So every
# stage on the way to a word finds it, also where the consonant of the next syllable still hangs at this one.
FIRSTS = [
    "ㄱ",
    "ㄲ",
    "ㄴ",
    "ㄷ",
    "ㄸ",
    "ㄹ",
    "ㅁ",
    "ㅂ",
    "ㅃ",
    "ㅅ",
    "ㅆ",
    "ㅇ",
    "ㅈ",
    "ㅉ",
    "ㅊ",
    "ㅋ",
    "ㅌ",
    "ㅍ",
    "ㅎ",
]
VOWELS = [
    "ㅏ",
    "ㅐ",
    "ㅑ",
    "ㅒ",
    "ㅓ",
    "ㅔ",
    "ㅕ",
    "ㅖ",
    "ㅗ",
    "ㅗㅏ",
    "ㅗㅐ",
    "ㅗㅣ",
    "ㅛ",
    "ㅜ",
    "ㅜㅓ",
    "ㅜㅔ",
    "ㅜㅣ",
    "ㅠ",
    "ㅡ",
    "ㅡㅣ",
    "ㅣ",
]
LASTS = [
    "ㄱ",
    "ㄲ",
    "ㄱㅅ",
    "ㄴ",
    "ㄴㅈ",
    "ㄴㅎ",
    "ㄷ",
    "ㄹ",
    "ㄹㄱ",
    "ㄹㅁ",
    "ㄹㅂ",
    "ㄹㅅ",
    "ㄹㅌ",
    "ㄹㅍ",
    "ㄹㅎ",
    "ㅁ",
    "ㅂ",
    "ㅂㅅ",
    "ㅅ",
    "ㅆ",
    "ㅇ",
    "ㅈ",
    "ㅊ",
    "ㅋ",
    "ㅌ",
    "ㅍ",
    "ㅎ",
]

_KEYS = str.maketrans(
    ALIKE
    | {chr(0x1100 + n): keys for n, keys in enumerate(FIRSTS)}
    | {chr(0x1161 + n): keys for n, keys in enumerate(VOWELS)}
    | {chr(0x11A8 + n): keys for n, keys in enumerate(LASTS)}
)
_KANA = {n: n - 0x60 for n in range(0x30A1, 0x30F7)}  # katakana is found by hiragana and the other way


def _within(number: int, ranges: Ranges) -> bool:
    return any(first <= number <= last for first, last in ranges)


def _kind(character: str) -> Kind:
    number, category = ord(character), unicodedata.category(character)
    if character in APOSTROPHES:
        return Kind.GAP
    if category == "Cf" or _within(number, SILENT):
        return Kind.SILENT
    letter = category[0] in "LMN"
    if category != "Nd" and _within(number, UNSPACED) and (letter or category in ("So", "Cn")):
        return Kind.RUN
    if letter:
        return Kind.WORD
    if _within(number, SYMBOLS) and (
        category in ("So", "Sm") or (category == "Cn" and _within(number, EMOJI))
    ):
        return Kind.SYMBOL
    return Kind.GAP


class _Kinds(dict[str, Kind]):
    """The kinds of characters, worked out when first met."""

    def __missing__(self, character: str) -> Kind:
        kind = self[character] = _kind(character)
        return kind


KINDS = _Kinds()


def _letter(character: str) -> str:
    if unicodedata.category(character) == "Nd":
        return str(unicodedata.decimal(character))
    return character if KINDS[character] in (Kind.WORD, Kind.RUN) else ""


def _letters(character: str) -> str:
    """The letters by which a character is found, "" where it says nothing; `GAP` or `JOINER` between words."""
    kind = KINDS[character]
    if kind is Kind.GAP:
        return JOINER if character in JOINERS else GAP
    if kind in (Kind.SILENT, Kind.SYMBOL):
        return character if kind is Kind.SYMBOL else ""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    letters = "".join(map(_letter, plain)).translate(_KEYS)
    return unicodedata.normalize("NFC", letters).translate(_KANA)


class _Letters(dict[int, str]):
    """What becomes of each character, worked out when first met; for `str.translate`, which is fast with it."""

    def __missing__(self, number: int) -> str:
        letters = self[number] = _letters(chr(number))
        return letters


LETTERS = _Letters()


def fold(text: str) -> str:
    """A text as search sees it: letters, digits and symbols, with `GAP` and `JOINER` between words."""
    return unicodedata.normalize("NFC", text.translate(LETTERS))


def goes_on(character: str) -> bool:
    """Whether a character belongs to the one before it: an accent, a vowel sign, a joiner, the rest of a syllable."""
    if character <= "\u02ff":
        return character == "\u00ad"
    # The rest of a syllable of Korean as file systems have it, and the voicing marks of narrow katakana, are letters.
    letter = "\u1160" <= character <= "\u11ff" or character in "\uff9e\uff9f"
    return letter or KINDS[character] is Kind.SILENT or unicodedata.category(character)[0] == "M"
