"""What a person types into the search, read into what is looked for.

All words must be there, in any order, each by its beginning. "Quotes" make a phrase, word for word; a leading minus
says without. Everything else is text, never syntax and never an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from components.jobs.finding.endings import forms
from components.jobs.finding.folding import GAP, JOINER, fold
from components.jobs.finding.words import (
    BETWEEN,
    INSIDE,
    SYMBOL,
    TOKEN,
    ascii_letters,
    id_phrase,
    is_run,
    open_tokens,
    syllables,
)

CHARACTERS = 400
"""Characters of a query that count."""
PIECES = 20
"""Words and phrases of a query that count."""
ID_PART = 4
"""Letters and digits from which on a piece is also looked for inside ids."""
SURE_ID = 8
"""Letters and digits from which on a piece is looked for in ids whatever it is made of."""
LONG_ID = 16
"""Letters and digits from which on what follows a minus is an id that begins with one, where it has a digit."""

EVERYTHING = f'"{BETWEEN}"'
"""The expression that finds all takes, for a search of nothing but what is to be left out."""

_QUOTES = dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u00ab\u00bb\u300c\u300d\u300e\u300f\uff02"), '"')
# A minus and a quotation mark mean something at the beginning of a word only: x-ray and 5" are text, and so is --ar.
_PIECE = re.compile(r'(?:(?<!\S)|(?<="))([-\u2212\u2013](?=[^\s-]))?(?:"([^"]*)"|"?(\S+))')
_LINKS = str.maketrans(dict.fromkeys("./:@&+#", JOINER))  # between two words these keep them together
# A flag of two letters, an emoji of several in one; any other stands for itself, also right beside something.
_PICTURE = re.compile(
    f"[\U0001f1e6-\U0001f1ff]{{2}}|{SYMBOL}[\ufe0f\U0001f3fb-\U0001f3ff]*(?:\u200d{SYMBOL}\ufe0f?)*"
)
_DIGIT = re.compile("[0-9]")
# Words that are hexadecimal digits too. Of a hundred thousand ids, some fifty have one of four letters by chance.
_HEX_WORD = re.compile(
    "abed|aced|added?|babe|bade|beaded|bead|beef|cafe|cede|dace|dead|deaf|decade|deed|deface|ebbed|facade|faced?"
    "|faded?|feed"
)


@dataclass(frozen=True, slots=True)
class Term:
    """Tokens in a row, as the index has them."""

    tokens: tuple[str, ...]
    prefix: bool
    """Whether the last is the beginning of a token."""

    def expression(self) -> str:
        return f'"{" ".join(self.tokens)}"' + " *" * self.prefix


@dataclass(frozen=True, slots=True)
class Piece:
    """A word or a phrase: found where one of its terms is, or where an id has it."""

    terms: tuple[Term, ...]
    id_part: str = ""
    """Its letters and digits; "" where it is not looked for in ids."""

    def expression(self, words: str, ids: str) -> str:
        inner = f"{{{words}}} : ({' OR '.join(term.expression() for term in self.terms)})"
        phrase = id_phrase(self.id_part)
        return f'({inner} OR {{{ids}}} : "{phrase}")' if phrase else f"({inner})"


@dataclass(frozen=True, slots=True)
class Typed:
    """What is looked for, and what is to be left out."""

    wanted: tuple[Piece, ...] = ()
    unwanted: tuple[Piece, ...] = ()

    def match(self, column_words: str = "words", column_ids: str = "ids") -> str | None:
        """The FTS5 expression of what must be there; none where nothing searchable was typed: everything is found.

        To leave out as well: `(match or EVERYTHING) NOT (without)`.
        """
        return " AND ".join(piece.expression(column_words, column_ids) for piece in self.wanted) or None

    @property
    def without(self) -> str | None:
        """The FTS5 expression of what must not be there, in the columns `words` and `ids`; none where there is none."""
        return " OR ".join(piece.expression("words", "ids") for piece in self.unwanted) or None


def typed(query: str) -> Typed:
    """What a person who types `query` looks for. There is no query that is wrong."""
    wanted: list[Piece] = []
    unwanted: list[Piece] = []
    for minus, quoted, plain in _PIECE.findall(query[:CHARACTERS].translate(_QUOTES)):
        if minus and _is_id(plain):
            minus = ""
        pieces = [_phrase(quoted)] if quoted else list(_pieces(plain, sure=bool(minus)))
        found = [piece for piece in pieces if piece]
        (unwanted if minus else wanted).extend(found)
    wanted = wanted[:PIECES]
    return Typed(tuple(wanted), tuple(unwanted[: PIECES - len(wanted)]))


def _is_id(text: str) -> bool:
    letters = ascii_letters(text)
    return len(letters) >= LONG_ID and bool(_DIGIT.search(letters))


def _phrase(quoted: str) -> Piece | None:
    found = open_tokens(fold(quoted))
    if not found:
        return None
    # One character of a run is the beginning of a token; no words are.
    return Piece((Term(tuple(found), prefix=is_run(found[-1])),), _id_part(quoted, quoted, sure=True))


def _pieces(plain: str, sure: bool) -> Iterator[Piece]:
    """The words of a text without spaces; `sure`: look into ids only for what is one in all likelihood."""
    apart = _PICTURE.sub(rf"{GAP}\g<0>{GAP}", plain.translate(_LINKS))
    for chunk in fold(apart).split(GAP):
        found = open_tokens(chunk)
        if found:
            yield Piece(tuple(_terms(chunk, found, plain)), _id_part(plain, chunk, sure))


def _id_part(plain: str, chunk: str, sure: bool) -> str:
    letters = ascii_letters(chunk)
    may_be = plain.isascii() and GAP not in plain and len(letters) >= ID_PART
    return letters if may_be and not _by_chance(letters, sure) else ""


def _by_chance(letters: str, sure: bool) -> bool:
    """Whether ids may have it without being meant. What is left out, or in quotes, must look like an id to be one."""
    mixed = bool(_DIGIT.search(letters)) and not letters.isdigit()
    if mixed or len(letters) >= SURE_ID:
        return False
    return sure or bool(_HEX_WORD.fullmatch(letters))


def _terms(chunk: str, found: Sequence[str], plain: str) -> Iterator[Term]:
    yield Term(tuple(found), prefix=True)
    if len(found) > 1:
        if JOINER in chunk.strip(JOINER) and not any(map(is_run, found)):
            yield Term(("".join(found)[:TOKEN],), prefix=True)
        return
    word = found[0]
    if len(syllables(word)) > 1:
        yield Term(((INSIDE + word)[:TOKEN],), prefix=True)
    for form, prefix in forms(word, plain):
        yield Term((form,), prefix)
