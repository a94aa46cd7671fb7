"""Subtitles in SubRip: each cue is a shot."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.storyboard.rows import Row, Unreadable, quoted
from components.storyboard.storyboard import MOST_SECONDS

_TIME = r"(?:([0-9]{1,3}):)?([0-9]{1,2}):([0-9]{1,2})(?:[.,]([0-9]{1,3}))?"
_TIMES = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?", re.DOTALL)
_BEGINS = re.compile(rf"\s*(?:WEBVTT[^\n]*\n\s*)?(?:[0-9]+\s*\n)?[ \t]*{_TIME}[ \t]*-->")
_STYLE = re.compile(r"</?(?:i|b|u|s|font)(?:\s[^<>]*)?>|\{\\[^{}]*\}", re.IGNORECASE)


def is_subtitles(text: str) -> bool:
    """Whether `text` begins like subtitles."""
    return bool(_BEGINS.match(text[:1000]))


def read_subtitles(text: str) -> Iterator[Row]:
    """The cues as shots, each as long as it shows, in whole seconds, and at least one second.

    Gaps between cues are left out: the next shot begins when the one before it ends. Raises Unreadable on times
    that are none.
    """
    cue: list[str] = []
    seconds: int | None = None
    for number, line in enumerate(text.split("\n"), 1):
        if "-->" not in line:
            cue.append(line)
            continue
        if seconds is not None:
            yield Row(_shown(_without_next_number(cue)), seconds)
        cue, seconds = [], _duration(line, f"Line {number}")
    if seconds is not None:
        yield Row(_shown(cue), seconds)


def _duration(line: str, where: str) -> int:
    times = _TIMES.fullmatch(line)
    if times is None:
        raise Unreadable(f"{where}: this is no pair of times like 00:00:01,000 --> 00:00:04,000.")
    begins, ends = _thousandths(times.groups()[:4]), _thousandths(times.groups()[4:])
    if ends < begins:
        raise Unreadable(f"{where}: this ends before it begins; it says {quoted(line.strip())}.")
    seconds = max(1, (ends - begins + 500) // 1000)
    if seconds > MOST_SECONDS:
        raise Unreadable(
            f"{where}: a shot can be at most {MOST_SECONDS:,} seconds long; this has {seconds:,}."
        )
    return seconds


def _thousandths(time: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, rest = (part or "0" for part in time)
    return (int(hours) * 3600 + int(minutes) * 60 + int(seconds)) * 1000 + int(rest.ljust(3, "0"))


def _without_next_number(cue: list[str]) -> list[str]:
    """Without the number of the next cue, which stands in the line before its times."""
    return cue[:-1] if cue and cue[-1].strip().isdigit() else cue


def _shown(cue: list[str]) -> str:
    return _STYLE.sub("", "\n".join(line.strip() for line in cue)).strip()
