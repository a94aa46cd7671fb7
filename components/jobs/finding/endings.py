"""Other forms of a word that is searched for, where its ending shows that it has them.

A search finds words by their beginnings, so the base form finds the others: `raccoon` raccoons, `кошк` кошкой, and
`haus` Häuser, since accents do not count. This is the other way: an inflected word finds its base form. Only what
surprises nobody: an English word loses at most its plural, and finds then that very word, no longer one (hands finds
hand, not handle). German endings are taken off where an umlaut shows the plural.
"""

import re

from components.jobs.finding.folding import fold

SHORTEST, STEM = 5, 4  # letters of a word that may lose an ending, and of what must be left

_UMLAUT = re.compile("[\u00e4\u00f6\u00fc]|[aou]\u0308", re.IGNORECASE)
_UMLAUT_ENDINGS = ("ern", "er", "en", "e", "n")
_LATIN = re.compile(r"[a-z]+")
_CYRILLIC = re.compile(r"[\u0430-\u045f]+")
# Nouns', then adjectives'. What is folded is compared: й is и.
_NOUNS = "а я ы и і е у ю о ь й ам ям ами ями ах ях ой ей ою ею ом ем ов ев"
_ADJECTIVES = "ый ий ой ая яя ое ее ые ие ого его ому ему ым им ом ем ую юю ых их ыми ими"
_VOWELS = ("а", "я", "ы", "и", "і", "е", "у", "ю", "о")
_NOUN_ENDINGS = tuple(map(fold, _NOUNS.split()))
_ENDINGS = sorted({*_NOUN_ENDINGS, *map(fold, _ADJECTIVES.split())}, key=len, reverse=True)


def forms(word: str, typed: str) -> list[tuple[str, bool]]:
    """Other forms of a folded `word`, and whether each stands for all words that begin with it. `typed`: before it
    was folded."""
    if _CYRILLIC.fullmatch(word):
        return _russian(word)
    if len(word) < SHORTEST or not _LATIN.fullmatch(word):
        return []
    if _UMLAUT.search(typed):
        return [(word.removesuffix(end), False) for end in _UMLAUT_ENDINGS if word.endswith(end)]
    return [(form, False) for form in _singular(word)]


def _russian(word: str) -> list[tuple[str, bool]]:
    """A long stem stands for what begins with it. A short one would stand for too much (вода, водород), so its forms
    are said one by one."""
    if len(word) == SHORTEST - 1 and word.endswith(_VOWELS):
        others = {word[:-1] + end for end in ("", *_NOUN_ENDINGS)} - {word}
        return [(other, False) for other in sorted(others)]
    stems = [word.removesuffix(end) for end in _ENDINGS if word.endswith(end)]
    return [(stem, True) for stem in stems if len(word) >= SHORTEST and len(stem) >= STEM][:1]


def _singular(word: str) -> list[str]:
    """English, and what other languages share with it."""
    if word.endswith("ies"):
        return [word[:-3] + "y", word[:-1]]
    if word.endswith(("ches", "shes", "sses", "xes", "oes")):
        return [word[:-2]]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return [word[:-1]]
    if word.endswith("en"):
        return [word[:-1]]  # German and Dutch: Katzen, Katze
    return []
