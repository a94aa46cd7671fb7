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
from collections.abc import Iterator
from functools import lru_cache

from components.jobs.finding.folding import GAP, JOINER, SYMBOLS, UNSPACED, Ranges, fold

BETWEEN = "_"
"""A token of its own between two texts, so that no phrase runs over; nothing that is typed makes it. Every take has it,
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
LONGEST = 5 * SYLLABLES + TOKEN
"""Letters of a Korean word that count; a syllable has five at most."""


def _class(ranges: Ranges) -> str:
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


SYMBOL = f"[{_class(SYMBOLS)}]"
"""A regular expression."""

_LETTER = f"[^{GAP}\\{JOINER}{_class(UNSPACED)}{_class(SYMBOLS)}]"
_TOKENS = re.compile(f"([{_class(UNSPACED)}]+)|{SYMBOL}|{_LETTER}+")
_AROUND_JOINERS = re.compile(f"{_LETTER}+(?:{JOINER}{_LETTER}+)+")
_KOREAN = re.compile("[\u3131-\u3163]{3,}")
_SYLLABLE = re.compile("[\u3131-\u314e](?=[\u314f-\u3163])")
_NOT_ID = re.compile(r"[^a-z0-9]+")


Token = tuple[str, int]
"""At most `TOKEN` letters, and where they begin in the folded text."""


def tokens(folded: str) -> list[Token]:
    """The tokens of a folded text in their order, without the additional ones."""
    found: list[Token] = []
    for match in _TOKENS.finditer(folded):
        start = match.start()
        if run := match[1]:
            found += [(run[n : n + 2], start + n) for n in range(len(run))]
        else:
            found.append((match[0][:TOKEN], start))
    return found


def open_tokens(folded: str) -> list[str]:
    """The tokens of what is typed, which may go on in the text where it ends."""
    found = [text for text, _ in tokens(folded)]
    ends_in_run = (
        len(found) > 1 and len(found[-2]) > 1 and found[-2].endswith(found[-1]) and is_run(found[-1])
    )
    return found[:-1] if ends_in_run else found


def additional(folded: str) -> Iterator[Token]:
    """The tokens that follow: words around a joiner as one, and the later parts of Korean words, after `INSIDE`."""
    if JOINER in folded:
        for found in _AROUND_JOINERS.finditer(folded):
            yield found[0].replace(JOINER, "")[:TOKEN], found.start()
    for found in _KOREAN.finditer(folded):
        start = found.start()
        for part, place in _later_parts(found[0][:LONGEST]):
            yield part, start + place


@lru_cache(maxsize=1 << 10)
def _later_parts(word: str) -> tuple[Token, ...]:
    return tuple((INSIDE + word[place : place + TOKEN - 1], place) for place in syllables(word)[1:SYLLABLES])


def syllables(folded: str) -> list[int]:
    """Where syllables of Korean begin in a folded text."""
    return [found.start() for found in _SYLLABLE.finditer(folded)]


def is_run(token: str) -> bool:
    """Whether a token is of a script without spaces, and so found by any part of it."""
    found = _TOKENS.match(token)
    return bool(found and found[1])


def index_words(*texts: str) -> str:
    """What the index holds of the texts of a take: its tokens, joined by spaces."""
    left, found, more = TEXTS, [BETWEEN], []
    for each in texts:
        folded = fold(each[: min(TEXT, left)])
        left -= min(TEXT, left, len(each))
        found += [text for text, _ in tokens(folded)]
        found.append(BETWEEN)
        for text, _ in additional(folded):
            more += [text, BETWEEN]
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


def _grams(letters: str) -> Iterator[str]:
    return (letters[n : n + GRAM] for n in range(max(1, len(letters) - GRAM + 1)))
