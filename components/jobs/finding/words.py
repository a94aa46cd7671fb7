"""Texts and ids as the search index holds them: tokens joined by spaces, in any script.

SQLite's own tokenizers know spaces only, so the tokens are made here and the index (FTS5, `tokenize="ascii tokenchars
'_'"`) takes them as they are. What a search types goes through the same tokens (`typed.py`), and so do the marks on
what was found (`marking.py`): the three always agree.

- A word is a token, folded (`folding.py`), so that it is found by its beginning.
- A run of Chinese, Japanese, Thai and the like is a token for each two neighbouring characters, and one for the last
  alone: two or more characters are a phrase of tokens, and one is the beginning of a token.
- An emoji is a token.
- Words joined by a hyphen or an apostrophe are also one token without it, and a Korean word is one more from each of
  its later syllables on, since what it begins with is often not what one remembers. These follow at the end, where no
  phrase meets them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from components.jobs.finding.folding import APOSTROPHES, Kind, units

BETWEEN = "_"
"""A token of its own between two texts, so that no phrase runs over; nothing that is typed makes it. Every text has it,
so it finds everything."""
INSIDE = "_"
"""Begins the tokens that are the later part of a word."""

TOKEN = 40
"""Letters of a token that count."""
TEXT = 20_000
"""Characters of a text that count. A prompt may have ten times as many."""
TEXTS = 60_000
"""Characters of all texts of a take that count."""
ID = 160
"""Characters of an id that count."""
GRAM = 3
"""Letters and digits of a token of an id."""
SYLLABLES = 20
"""Syllables of a Korean word from which it is found."""

JOINERS = frozenset("-\u2010\u2011_" + APOSTROPHES)

_ASCII_WORD = re.compile(r"[A-Za-z0-9]+")
_SYLLABLE = re.compile(
    "[\u1100-\u1112\uac00-\ud7a3]"
)  # or the consonant that begins one, where they are taken apart
_NOT_ID = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Token:
    """A token and where it stands in the text it came from."""

    text: str
    """Folded letters, at most `TOKEN`."""
    start: int
    """Where it begins in the text."""
    kind: Kind
    ends: tuple[int, ...] | None = None
    """Where in the text each folded letter ends; none where letter n ends at `start + n + 1`."""
    last: bool = False
    """The last character of a run, alone."""

    def end(self, letters: int) -> int:
        """Where in the text the first `letters` of the folded letters end; whole characters, with their accents."""
        return self.ends[letters - 1] if self.ends else self.start + letters


@dataclass(slots=True)
class _Stretch:
    """Units of one kind next to each other."""

    kind: Kind
    letters: list[tuple[str, int, int]]
    """Each folded letter, with the start and end of its unit in the text."""
    end: int
    syllables: list[int]
    """At which letters a syllable of Korean begins."""


def tokens(text: str) -> list[Token]:
    """The tokens of a text in their order, without the additional ones."""
    if text.isascii():
        return [
            Token(found[0][:TOKEN].lower(), found.start(), Kind.WORD) for found in _ASCII_WORD.finditer(text)
        ]
    return [token for stretch in _stretches(text) for token in _tokens_of(stretch)]


def additional(text: str, words: Sequence[Token]) -> Iterator[Token]:
    """The words of a text (`tokens` of it) that stand around a hyphen or an apostrophe, as one, and the later parts of
    Korean words."""
    yield from _joined(text, words)
    if _SYLLABLE.search(text):
        for stretch in _stretches(text):
            if len(stretch.syllables) > 1:
                yield from _inside(stretch)


def index_words(*texts: str) -> str:
    """What the index holds of the texts of a take: its tokens, joined by spaces."""
    left, found, more = TEXTS, [BETWEEN], []
    for text in texts:
        text = text[: min(TEXT, left)]
        left -= len(text)
        words = tokens(text)
        found += [token.text for token in words]
        found.append(BETWEEN)
        for token in additional(text, words):
            more += [token.text, BETWEEN]
    return " ".join(found + more)


def index_ids(*ids: str) -> str:
    """What the index holds of the ids of a take, for `id_phrase`."""
    return f" {BETWEEN} ".join(" ".join(_grams(ascii_letters(each[:ID]))) for each in ids if each)


def id_phrase(part: str) -> str:
    """The tokens, joined by spaces, that stand in `index_ids` of every id that contains `part`, its case and signs
    left aside. "" for less than three letters and digits: they say too little."""
    letters = ascii_letters(part)
    return " ".join(_grams(letters)) if len(letters) >= GRAM else ""


def ascii_letters(text: str) -> str:
    """The letters and digits of an id, lower case."""
    return _NOT_ID.sub("", text.lower())


def _grams(letters: str) -> Iterable[str]:
    return (letters[n : n + GRAM] for n in range(max(1, len(letters) - GRAM + 1)))


def _stretches(text: str) -> Iterator[_Stretch]:
    stretch: _Stretch | None = None
    for start, end, kind, letters in units(text):
        if kind is Kind.SILENT or not letters:
            continue
        goes_on = stretch and stretch.kind is kind and stretch.end == start and kind is not Kind.SYMBOL
        if not goes_on or stretch is None:
            if stretch:
                yield stretch
            stretch = _Stretch(kind, [], end, [])
        if _SYLLABLE.match(text, start):
            stretch.syllables.append(len(stretch.letters))
        stretch.letters += [(letter, start, end) for letter in letters]
        stretch.end = end
    if stretch:
        yield stretch


def _tokens_of(stretch: _Stretch) -> Iterator[Token]:
    letters = stretch.letters
    if stretch.kind is not Kind.RUN:
        yield _token(letters, stretch.kind)
        return
    for one, other in pairwise(letters):
        yield Token(one[0] + other[0], one[1], Kind.RUN, (one[2], other[2]))
    letter, start, end = letters[-1]
    yield Token(letter, start, Kind.RUN, (end,), last=True)


def _token(letters: Sequence[tuple[str, int, int]], kind: Kind, begin: str = "") -> Token:
    letters = letters[: TOKEN - len(begin)]
    text = begin + "".join(letter for letter, _, _ in letters)
    ends = (letters[0][1],) * len(begin) + tuple(end for _, _, end in letters)
    return Token(text, letters[0][1], kind, ends)


def _inside(stretch: _Stretch) -> Iterator[Token]:
    for place in stretch.syllables[1:SYLLABLES]:
        yield _token(stretch.letters[place:], Kind.WORD, INSIDE)


def _joined(text: str, words: Sequence[Token]) -> Iterator[Token]:
    group: list[Token] = []
    for word in words:
        if group and not _joins(text, group[-1], word):
            if len(group) > 1:
                yield _one(group)
            group = []
        group.append(word)
    if len(group) > 1:
        yield _one(group)


def _joins(text: str, before: Token, word: Token) -> bool:
    end = before.end(len(before.text))
    return before.kind is word.kind is Kind.WORD and word.start == end + 1 and text[end] in JOINERS


def _one(group: Sequence[Token]) -> Token:
    group = group[:TOKEN]
    ends = tuple(word.end(n + 1) for word in group for n in range(len(word.text)))
    return Token("".join(word.text for word in group)[:TOKEN], group[0].start, Kind.WORD, ends[:TOKEN])
