"""What a person looks at in History: words, filters, an order, a place. Pure; to and from the page's address.

An address is from outside: whatever in it makes no sense is left out, never an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Self

LONGEST_QUERY = 400
"""The longest search text that counts, in characters."""
MOST_CHOICES = 60
"""So many values of one filter count."""
LONGEST_CHOICE = 512
_LARGEST = 100_000_000
"""Of a bound: a million USD in cents, three years in seconds."""


class Sort(StrEnum):
    """In which order takes are shown."""

    NEWEST = "newest"
    OLDEST = "oldest"
    LONGEST = "longest"
    """By the seconds of video, then newest first."""
    DEAREST = "dearest"
    """By what was charged, or else estimated; then newest first."""


class Standing(StrEnum):
    """Where a take stands, as coarse as people look for it."""

    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    DOUBT = "doubt"
    CANCELLED = "cancelled"
    LEFT = "left"
    """No longer followed."""


@dataclass(frozen=True)
class Cursor:
    """A place between two takes: the number of one of them, and its rank where takes are ranked by length or cost."""

    seq: int
    rank: int = 0
    """Seconds, or cents; -1 where the take has none. Takes ordered by their age alone have 0."""

    def __str__(self) -> str:
        return f"{self.seq}" if self.rank == 0 else f"{self.seq}~{self.rank}"

    @classmethod
    def read(cls, text: str) -> Cursor | None:
        """The place that `text` names; None for what names none."""
        found = re.fullmatch(r"([0-9]{1,18})(?:~(-1|[0-9]{1,9}))?", text, re.ASCII)
        return None if found is None else cls(int(found[1]), int(found[2] or 0))


@dataclass(frozen=True, kw_only=True)
class View:
    """What of the history is shown. Filters of one kind are joined by "or", kinds by "and"; empty: not narrowed."""

    words: str = ""
    standings: tuple[Standing, ...] = ()
    models: tuple[str, ...] = ()
    makers: tuple[str, ...] = ()
    ratios: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    seconds: tuple[int | None, int | None] = (None, None)
    """The least and the most seconds of video, both included."""
    cents: tuple[int | None, int | None] = (None, None)
    """The least and the most that was charged (or estimated), in US cents, both included."""
    days: tuple[date | None, date | None] = (None, None)
    """The first and the last day of asking, both included."""
    sound: bool | None = None
    starred: bool = False
    mine: bool = False
    """Only what the person who looks has asked for. In an address it stands for whoever opens it."""
    bin: bool = False
    """What was deleted and can still be brought back, instead of everything else."""
    sort: Sort = Sort.NEWEST
    before: Cursor | None = None
    """The page behind this place in the order shown."""
    after: Cursor | None = None
    """The page that ends at this place."""

    @property
    def narrowed(self) -> bool:
        """Whether words or filters leave anything out."""
        return replace(self.everything, sort=self.sort, before=self.before, after=self.after) != self

    @property
    def everything(self) -> View:
        """The same list without words and filters, from its beginning."""
        return View(bin=self.bin, sort=self.sort)

    def at_the_top(self, **changes: object) -> View:
        """This view with some parts changed, from its first page."""
        return replace(self, **{"before": None, "after": None, **changes})  # type: ignore[arg-type]

    def params(self) -> dict[str, str | list[str]]:
        """The view as parameters of an address: only what differs from the usual. `View.read` reads it again."""
        given: dict[str, str | list[str]] = {
            "q": self.words,
            "state": [standing.value for standing in self.standings],
            "model": list(self.models),
            "maker": list(self.makers),
            "ratio": list(self.ratios),
            "project": list(self.projects),
            "length": _range_text(self.seconds),
            "cost": _range_text(self.cents),
            "from": self.days[0].isoformat() if self.days[0] else "",
            "to": self.days[1].isoformat() if self.days[1] else "",
            "sound": "" if self.sound is None else ("on" if self.sound else "off"),
            "starred": "yes" if self.starred else "",
            "mine": "yes" if self.mine else "",
            "bin": "yes" if self.bin else "",
            "sort": "" if self.sort is Sort.NEWEST else self.sort.value,
            "before": str(self.before or ""),
            "after": str(self.after or ""),
        }
        return {name: value for name, value in given.items() if value}

    @classmethod
    def read(cls, params: Mapping[str, list[str]]) -> Self:
        """The view that the parameters of an address ask for."""

        def one(name: str) -> str:
            values = params.get(name) or [""]
            return values[-1]

        def many(name: str) -> tuple[str, ...]:
            values = (value[:LONGEST_CHOICE] for value in params.get(name, [])[:MOST_CHOICES])
            return tuple(dict.fromkeys(values))

        known = {standing.value: standing for standing in Standing}
        sorts = {sort.value: sort for sort in Sort}
        before = Cursor.read(one("before"))
        return cls(
            words=one("q")[:LONGEST_QUERY],
            standings=tuple(known[value] for value in many("state") if value in known),
            models=tuple(filter(None, many("model"))),
            makers=tuple(filter(None, many("maker"))),
            ratios=tuple(filter(None, many("ratio"))),
            projects=tuple(filter(None, many("project"))),
            seconds=_range(one("length")),
            cents=_range(one("cost")),
            days=_days(_day(one("from")), _day(one("to"))),
            sound={"on": True, "off": False}.get(one("sound")),
            starred=one("starred") == "yes",
            mine=one("mine") == "yes",
            bin=one("bin") == "yes",
            sort=sorts.get(one("sort"), Sort.NEWEST),
            before=before,
            after=None if before else Cursor.read(one("after")),
        )


@dataclass(frozen=True)
class Choices:
    """What a list can be narrowed to, with how many takes there are of each: value -> count, the most first."""

    total: int = 0
    size: int = 0
    """Bytes of all files."""
    standings: Mapping[str, int] = field(default_factory=dict)
    models: Mapping[str, int] = field(default_factory=dict)
    makers: Mapping[str, int] = field(default_factory=dict)
    ratios: Mapping[str, int] = field(default_factory=dict)
    projects: Mapping[str, int] = field(default_factory=dict)
    seconds: Mapping[int, int] = field(default_factory=dict)
    """By whole seconds, the shortest first."""
    cents: Mapping[int, int] = field(default_factory=dict)
    """By whole cents, the cheapest first."""
    starred: int = 0


def _range_text(bounds: tuple[int | None, int | None]) -> str:
    least, most = ("" if bound is None else str(bound) for bound in bounds)
    return f"{least}-{most}" if least or most else ""


def _range(text: str) -> tuple[int | None, int | None]:
    found = re.fullmatch(r"([0-9]{0,9})-([0-9]{0,9})", text, re.ASCII)
    if found is None:
        return (None, None)
    least, most = (min(int(bound), _LARGEST) if bound else None for bound in found.groups())
    return (least, most) if least is None or most is None or least <= most else (None, None)


def _days(first: date | None, last: date | None) -> tuple[date | None, date | None]:
    return (None, None) if first and last and first > last else (first, last)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2200 else None
