"""A single prompt, cut into shots where its text shows them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from components.reports import clean_text
from components.storyboard.lists import MARK
from components.storyboard.rows import UNIT, Row, Unreadable, named_seconds
from components.storyboard.sentences import sentences
from components.storyboard.storyboard import (
    MOST_CHARACTERS,
    MOST_SECONDS,
    MOST_SHOTS,
    Board,
    Budget,
    board_from,
)

_SHOT = (
    r"(?:shot|scene|clip|part|segment|cut|einstellung|szene|plan|plano|toma|escena|scena|inquadratura|cena|scène"
    r"|镜头|分镜|场景|ショット|カット|シーン|장면|샷)"
)
_CLOCK = r"[0-9]{1,2}:[0-9]{2}"
_RANGE = (
    rf"(?:(?P<from>{_CLOCK})\s?[-–—]\s?(?P<to>{_CLOCK})"
    rf"|(?P<begin>[0-9]{{1,4}})\s?(?:{UNIT})?\s?[-–—]\s?(?P<end>[0-9]{{1,4}})\s?{UNIT})"
)
_LENGTH = rf"(?:{_RANGE}|(?P<length>[0-9]{{1,4}})\s?{UNIT})"
_BEFORE = rf"(?:{MARK}[ \t]{{1,4}})?[*_#\[(>]{{0,6}}[ \t]{{0,3}}"
_AFTER = (
    r"(?:[*_\])]{0,4}[ \t]{0,3}(?:[:：.|]|[—–-]{1,2})(?![0-9])[*_]{0,4}"
    r"|[*_]{0,3}[\])][*_]{0,3}(?=\s)|[*_]{2,4}(?=\s)|[*_]{0,4}(?=[ \t]{0,9}(?:\n|\Z)))"
)
# "Shot 1:", "**Scene 2** -", "[Shot 3, 0:04-0:06]", "4. Clip #4 (3 s):"
_HEADING = re.compile(
    rf"{_BEFORE}(?<!\w){_SHOT}[ \t]{{0,3}}(?:no\.|nr\.|\#)?[ \t]{{0,3}}[0-9]{{1,3}}"
    rf"(?:[*_]{{0,4}}[ \t]{{0,3}}[:,]?[ \t]{{0,3}}[(\[]?{_LENGTH}[)\]]?)?{_AFTER}",
    re.IGNORECASE,
)
# "0:00-0:03: ", "[0-3 s] "
_TIMECODE = re.compile(rf"{_BEFORE}{_RANGE}{_AFTER}", re.IGNORECASE)
_NUMBERED = re.compile(r"(?m)^[ \t]*\(?[0-9]{1,3}[.)](?=\s|\Z)")
_NUMBER_WITHIN = re.compile(r"(?<![^\s])\(?(?P<number>[0-9]{1,2})[.)](?=\s)")
_BULLET = re.compile(r"(?m)^[ \t]*[-*+•◦‣–](?=[ \t])")
_CUT = re.compile(
    r"(?<!\w)(?:(?:and|then|now|we|smash|hard|jump|match|quick)[ \t]{1,3}){0,3}cuts?[ \t]{1,3}to(?!\w)[ \t]{0,3}[:—–-]?"
    r"|(?<!\w)Schnitt[ \t]{1,3}(?:auf|zu)(?!\w)[ \t]{0,3}[:—–-]?",
    re.IGNORECASE,
)
_PARAGRAPHS = re.compile(r"\n[ \t]*\n")
_ENDS = frozenset('.!?;:,…。！？；：，、"”’»)]|/\n')
"""What stands before a mark that is not at the start of a line."""

_Find = Callable[[str], list[re.Match[str]]]


def split(prompt: str, budget: Budget) -> Board:
    """The shots of `prompt`, none where nothing is written.

    It is cut at headings ("Shot 1:", "Scene 2 -", "0:00-0:03"), else at the items of a numbered list or of one with
    bullets, else at "Cut to", between paragraphs, between lines, between sentences. What stands before the first mark
    stays with the first shot. Where the model takes fewer shots, neighbours become one.

    A shot is as long as its heading or its text says. The others share what is left of the longest video.

    Raises Unreadable where the prompt is longer than a board may be.
    """
    text = clean_text(prompt).strip()
    if len(text) > MOST_CHARACTERS:
        raise Unreadable(
            f"This prompt has {len(text):,} characters; a storyboard has at most {MOST_CHARACTERS:,}."
        )
    return _timed(_merged(_shots(text), _most(budget)), budget)


def _shots(text: str) -> list[Row]:
    """The shots that `text` shows, with the lengths that are written in their headings or their texts."""
    for find in (_headings, _numbers, _bullets, _cuts):
        marks = find(text)
        is_first = bool(marks) and marks[0].start() == 0
        shots = _between(text, marks) if is_first or len(marks) > 1 or (marks and find is _cuts) else []
        if shots:
            return shots
    for parts in (_PARAGRAPHS.split(text), text.split("\n")):
        lines = [part.strip() for part in parts if part.strip()]
        if len(lines) > 1:
            return [Row(line, named_seconds(line)) for line in lines]
    return [Row(sentence, named_seconds(sentence)) for sentence in sentences(text)]


def _between(text: str, marks: Sequence[re.Match[str]]) -> list[Row]:
    """What stands between the marks; what stands before the first is set before what follows it."""
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    rows = [
        Row(part, _said(mark) or named_seconds(part))
        for mark, end in zip(marks, ends, strict=True)
        if (part := text[mark.end() : end].strip())
    ]
    before = text[: marks[0].start()].strip()
    if before and rows and not _CUT.fullmatch(marks[0][0]):
        return [Row(f"{before}\n{rows[0].text}", rows[0].seconds), *rows[1:]]
    return [Row(before, named_seconds(before)), *rows] if before else rows


def _said(mark: re.Match[str]) -> int | None:
    """The length that a heading says, where it is one that a shot can have."""
    said = mark.groupdict()
    if said.get("length"):
        seconds = int(said["length"])
    elif said.get("end"):
        seconds = int(said["end"]) - int(said["begin"])
    elif said.get("to"):
        seconds = _clock(said["to"]) - _clock(said["from"])
    else:
        return None
    return seconds if 1 <= seconds <= MOST_SECONDS else None


def _clock(time: str) -> int:
    minutes, seconds = time.split(":")
    return int(minutes) * 60 + int(seconds)


def _headings(text: str) -> list[re.Match[str]]:
    named = [mark for mark in _HEADING.finditer(text) if _may_begin(text, mark)]
    return named or [mark for mark in _TIMECODE.finditer(text) if _may_begin(text, mark)]


def _numbers(text: str) -> list[re.Match[str]]:
    """The numbers at the start of lines; else those within a line, as far as they count: 1) ... 2) ... 3) ..."""
    at_starts = list(_NUMBERED.finditer(text))
    if len(at_starts) > 1:
        return at_starts
    counted: list[re.Match[str]] = []
    for mark in _NUMBER_WITHIN.finditer(text):
        is_clear = _may_begin(text, mark) or (bool(counted) and mark[0].endswith(")"))
        if is_clear and int(mark["number"]) == len(counted) + 1:
            counted.append(mark)
    return counted if len(counted) > 1 else at_starts


def _bullets(text: str) -> list[re.Match[str]]:
    return list(_BULLET.finditer(text))


def _cuts(text: str) -> list[re.Match[str]]:
    return list(_CUT.finditer(text))


def _may_begin(text: str, mark: re.Match[str]) -> bool:
    """Whether a shot may begin at `mark`: at the start of a line, behind the end of something, or in brackets."""
    before = text[max(0, mark.start() - 10) : mark.start()].rstrip(" \t")
    return mark.start() == 0 or mark[0].startswith(("[", "**")) or before[-1:] in _ENDS


def _most(budget: Budget) -> int:
    """How many shots the model takes, and has room for."""
    most = MOST_SHOTS if budget.most_shots is None else min(MOST_SHOTS, budget.most_shots)
    return most if budget.longest is None else max(1, min(most, budget.longest // budget.lengths[0]))


def _merged(shots: list[Row], most: int) -> list[Row]:
    """At most so many shots: neighbours become one, about as many in each."""
    if len(shots) <= most:
        return shots
    edges = [n * len(shots) // most for n in range(most + 1)]
    return [_one(shots[start:end]) for start, end in pairwise(edges)]


def _one(shots: Sequence[Row]) -> Row:
    """One shot of several; as long as all of them, where each has a length."""
    text = ""
    for shot in shots:
        between = "" if not text or text[-1] in "。！？" else "\n" if "\n" in text + shot.text else " "
        text += between + shot.text
    lengths = [shot.seconds for shot in shots if shot.seconds is not None]
    seconds = sum(lengths) if len(lengths) == len(shots) else None
    return Row(text, seconds if seconds is None else min(seconds, MOST_SECONDS))


def _timed(shots: list[Row], budget: Budget) -> Board:
    """The board; shots without a length share what is left of the longest video, as evenly as the model allows."""
    unsaid = sum(shot.seconds is None for shot in shots)
    shares = [budget.usual] * unsaid
    if budget.longest is not None and unsaid:
        left = budget.longest - sum(shot.seconds or 0 for shot in shots)
        even = board_from([("", budget.lengths[0])] * unsaid).fit(budget, left)
        fitting = [length for length in budget.lengths if length * unsaid <= left]
        longest = fitting[-1] if fitting else budget.lengths[0]
        shares = [longest] * unsaid if even is None else [shot.seconds for shot in even.shots]
    rest = iter(shares)
    return board_from((shot.text, shot.seconds or next(rest)) for shot in shots)
