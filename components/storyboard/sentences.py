"""Sentences of a text, in any script."""

from __future__ import annotations

import re

_STOP = re.compile(
    r"(?<![.!?…؟।])[.!?…؟।]++[\"”“’»)\]*_]*+(?=\s)"  # a full stop between words of these scripts needs a blank
    r"|(?<![。！？｡])[。！？｡]++[」』”’）〉》]*+(?=[\s\S])"
)
_QUOTATION = re.compile(
    r"\"[^\"\n]{1,300}\"|“[^“”]{1,300}”|„[^„“”]{1,300}[“”]|«[^«»]{1,300}»|「[^「」]{1,300}」|『[^『』]{1,300}』"
    r"|\([^()]{1,300}\)|（[^（）]{1,300}）"
)
_BLANKS = re.compile(r"\s*+")
_ABBREVIATION = re.compile(
    r"mrs?|ms|dr|prof|st|sr|jr|vs|e\.g|i\.e|approx|ca|nr|fig|vol|z\.b|d\.h|u\.a|bzw|inkl|evtl|hr|fr|cf|gen|col|lt|sgt"
    r"|rev|mt|ft|sra|dra|mme",
    re.IGNORECASE,
)
_LONGEST_ABBREVIATION = 8


def sentences(text: str) -> list[str]:
    """The sentences of `text` without the blanks between them.

    A full stop ends none in an abbreviation, behind an initial or a day, inside a quotation or brackets, and before
    a small letter.
    """
    quotations = [match.span() for match in _QUOTATION.finditer(text)]
    found, begins, quoted = list[str](), 0, 0
    for stop in _STOP.finditer(text):
        while quoted < len(quotations) and quotations[quoted][1] < stop.end():
            quoted += 1
        is_inside = (
            quoted < len(quotations)
            and quotations[quoted][0] <= stop.start() < stop.end() < quotations[quoted][1]
        )
        blanks = _BLANKS.match(text, stop.end())
        assert blanks
        goes_on = text[blanks.end() : blanks.end() + 1].islower()
        if is_inside or goes_on or _is_abbreviated(text, stop):
            continue
        found.append(text[begins : stop.end()].strip())
        begins = blanks.end()
    return [sentence for sentence in [*found, text[begins:].strip()] if sentence]


def _is_abbreviated(text: str, stop: re.Match[str]) -> bool:
    if stop[0] != ".":
        return False
    words = text[max(0, stop.start() - _LONGEST_ABBREVIATION) : stop.start()].split()
    if not words or text[stop.start() - 1].isspace():
        return False
    word = words[-1].strip("([\"'“„«*_")
    is_initial = len(word) == 1 and word.isupper()
    is_day = len(word) <= 2 and word.isdigit()
    return is_initial or is_day or bool(_ABBREVIATION.fullmatch(word))
