"""Where in a text is what was searched for: texts in pieces, those that were found marked.

By the same tokens as the index (`words.py`), so what was found for its words has a mark. The pieces are the original
characters, and no character is taken apart: accents, an emoji of several parts and a Korean syllable stay whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from components.jobs.finding.folding import JOINER, LETTERS, fold, goes_on
from components.jobs.finding.typed import Term, Typed
from components.jobs.finding.words import INSIDE, TEXT, Token, additional, ascii_letters, tokens

Pieces = list[tuple[str, bool]]
"""The parts of a text in order, and whether each is a hit."""
Span = tuple[int, int]

_ELLIPSIS = "\u2026"
_BEFORE = 3
"""Which part of an excerpt stands before a hit further in: one in so many."""
_WORD = 30
"""How far a word's end may be from where an excerpt would be cut, in characters, for the cut to move there."""

_ZERO_WIDTH_JOINER = "\u200d"
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]")
_FLAGS = re.compile(f"{_FLAG.pattern}*$")
_LOOK_BACK = 64  # even, so that a longer row of flags is still taken in twos
_ID_CHARACTER = re.compile("[A-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class _Sought:
    """The terms of a query, by how they are looked for."""

    beginnings: tuple[str, ...]
    """Of tokens, the longest first."""
    whole: frozenset[str]
    phrases: tuple[Term, ...]
    id_parts: tuple[str, ...]


def marked(text: str, typed: Typed) -> Pieces:
    """The whole text in pieces, which joined give it again. Beyond the part that is searched nothing is marked."""
    return _cut(text, _hits(text, typed))


def marked_id(text: str, typed: Typed) -> Pieces:
    """An id in pieces, marked also where a part of it was typed, from anywhere in it."""
    return _cut(text, _merged([*_hits(text, typed), *_id_hits(text, _sought(typed).id_parts)]))


def excerpt_around(text: str, typed: Typed, limit: int = 140) -> Pieces:
    """At most `limit` characters of the text on one line: its beginning, or what is around the first hit where that is
    further in. An ellipsis stands where something was left out; cuts are between words where there are spaces."""
    line = " ".join(text[: TEXT + limit].split())
    hits = _hits(line, typed)
    if len(line) <= limit:
        return _cut(line, hits)
    begin, end = _window(line, hits[0] if hits else (0, 0), limit)
    within = [(max(a, begin) - begin, min(b, end) - begin) for a, b in hits if a < end and b > begin]
    pieces = _cut(line[begin:end], within)
    return _joined(
        [(_ELLIPSIS, False)] * (begin > 0)
        + pieces
        + [(_ELLIPSIS, False)] * (end < len(line) or len(text) > TEXT)
    )


def _hits(text: str, typed: Typed) -> list[Span]:
    """Where the hits are, in order, none touching another."""
    sought = _sought(typed)
    if not typed.wanted:
        return []
    text = text[:TEXT]
    folded = fold(text)
    words = tokens(folded)
    spans = {*_single(words, sought, folded), *_phrases(words, sought)}
    spans.update(_single(additional(folded), sought, folded))
    if not spans:
        return []
    if text.isascii():
        return _merged(spans)
    places = _places(text, folded)
    return _whole(text, _merged((places[start], places[end - 1] + 1) for start, end in spans))


def _places(text: str, folded: str) -> Sequence[int]:
    """For each letter of the folded text, where in the text the character is that it comes from."""
    if len(folded) == len(text) and all(len(LETTERS[ord(character)]) == 1 for character in set(text)):
        return range(len(text))
    letters = [LETTERS[ord(character)] for character in text]
    if len(folded) == sum(map(len, letters)):
        return [place for place, some in enumerate(letters) for _ in some]
    starts = [place for place, character in enumerate(text) if not (place and goes_on(character))]
    return [start for start, end in pairwise([*starts, len(text)]) for _ in fold(text[start:end])]


@lru_cache(maxsize=64)
def _sought(typed: Typed) -> _Sought:
    terms = [term for piece in typed.wanted for term in piece.terms]
    single = [term for term in terms if len(term.tokens) == 1]
    return _Sought(
        tuple(sorted({term.tokens[0] for term in single if term.prefix}, key=len, reverse=True)),
        frozenset(term.tokens[0] for term in single if not term.prefix),
        tuple(term for term in terms if len(term.tokens) > 1),
        tuple({ascii_letters(piece.id_part) for piece in typed.wanted if piece.id_part}),
    )


def _single(words: Iterable[Token], sought: _Sought, folded: str) -> Iterator[Span]:
    """Where in the folded text is what a single token finds."""
    whole, beginnings = sought.whole, sought.beginnings
    hits = [token for token in words if token[0].startswith(beginnings) or token[0] in whole]
    for text, start in hits:
        found = text if text in whole else next(each for each in beginnings if text.startswith(each))
        yield start, _end(folded, start, len(found.removeprefix(INSIDE)))


def _end(folded: str, start: int, letters: int) -> int:
    """Where so many letters end; joiners between them do not count."""
    end = start + letters
    while end - start - folded.count(JOINER, start, end) < letters:
        end += 1
    return end


def _phrases(words: Sequence[Token], sought: _Sought) -> Iterator[Span]:
    """Where in the folded text is what is found as several tokens in a row."""
    texts = [text for text, _ in words] if sought.phrases else []
    for term in sought.phrases:
        *first, last = term.tokens
        for n in range(len(texts) - len(first)):
            if texts[n] == first[0] and texts[n : n + len(first)] == first:
                text, start = words[n + len(first)]
                if text.startswith(last) if term.prefix else text == last:
                    yield words[n][1], start + len(last)


def _id_hits(text: str, parts: Iterable[str]) -> Iterator[Span]:
    places = [found.start() for found in _ID_CHARACTER.finditer(text[:TEXT])]
    letters = "".join(text[place] for place in places).lower()
    for part in parts:
        at = letters.find(part)
        while at >= 0:
            yield places[at], places[at + len(part) - 1] + 1
            at = letters.find(part, at + len(part))


def _merged(spans: Iterable[Span]) -> list[Span]:
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _cut(text: str, spans: Iterable[Span]) -> Pieces:
    pieces: Pieces = []
    place = 0
    for start, end in spans:
        pieces += [(text[place:start], False), (text[start:end], True)]
        place = end
    pieces.append((text[place:], False))
    return [piece for piece in pieces if piece[0]]


def _joined(pieces: Pieces) -> Pieces:
    """The same with neighbours of a kind made one."""
    found: Pieces = []
    for text, hit in pieces:
        if found and found[-1][1] is hit:
            found[-1] = (found[-1][0] + text, hit)
        else:
            found.append((text, hit))
    return found


def _window(line: str, hit: Span, limit: int) -> Span:
    """Which part of a line that is longer than `limit` is shown."""
    begin, end = 0, limit - 1
    if hit[1] > end:
        begin = min(hit[0] - limit // _BEFORE, len(line) - limit + 1)
        begin = _start_of_word(line, begin, hit[0])
        end = begin + limit - 2
        if end + 1 >= len(line):
            return begin, len(line)
    space = line.rfind(" ", max(end - _WORD, hit[1], begin + 1), end + 1)
    if space >= 0:
        return begin, space
    return begin, _before_character(line, end, begin)


def _start_of_word(line: str, place: int, latest: int) -> int:
    if place <= 0:
        return 0
    space = line.find(" ", place - 1, min(place + _WORD, latest))
    return space + 1 if space >= 0 else _before_character(line, place, 0)


def _before_character(line: str, place: int, earliest: int) -> int:
    """The last place up to `place` where no character is taken apart; `place` where there is none."""
    cut = place
    while cut > earliest and _inside(line, cut):
        cut -= 1
    return cut if cut > earliest else place


def _whole(text: str, spans: Iterable[Span]) -> list[Span]:
    """Parts of the text, in order, made longer until they take no character apart."""
    found: list[Span] = []
    for start, end in spans:
        done = found[-1][1] if found else 0
        if end <= done:
            continue
        while start > done and _inside(text, start):
            start -= 1
        while end < len(text) and _inside(text, end):
            end += 1
        found.append((max(start, done), end))
    return _merged(found)


def _inside(text: str, place: int) -> bool:
    """Whether a cut at `place` would take apart what is one character to a reader."""
    if text[place - 1] == _ZERO_WIDTH_JOINER or goes_on(text[place]):
        return True
    if not _FLAG.match(text[place]):
        return False
    before = _FLAGS.search(text[max(0, place - _LOOK_BACK) : place])
    return before is not None and len(before[0]) % 2 == 1
