"""Finding a model among hundreds: search by word beginnings, filters, order. Pure, a few milliseconds for 300."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from components.catalog.entry import Entry
from components.picker.facts import Facts, Source, facts_of, words_of

LONGEST_QUERY = 200
_MOST_TERMS = 12
_MOST_OFFERED = 8
# Steps that people think in; of these only such are offered as tell some models from others.
_SECONDS_STEPS = tuple(map(Decimal, (5, 8, 10, 12, 15, 20, 30, 60, 120)))
_PRICE_STEPS = tuple(map(Decimal, ("0.02", "0.05", "0.1", "0.15", "0.2", "0.3", "0.5", "1", "2")))
_FIRST_NUMBER = re.compile("[0-9]{1,6}")


class Sort(StrEnum):
    """In which order models are shown. Those that cannot be used are always last."""

    SUGGESTED = "suggested"
    """The best match, then what was used last, then as the catalogue has them."""
    PRICE = "price"
    """The cheapest second first; without a price last."""
    NEWEST = "newest"
    NAME = "name"


@dataclass(frozen=True)
class Filters:
    """What a model must be able to do, all of it. Empty asks for nothing."""

    sources: frozenset[Source] = frozenset()
    sound: bool = False
    storyboard: bool = False
    seconds: Decimal | None = None
    """It makes videos of so many seconds, or longer ones."""
    resolution: str | None = None
    price: Decimal | None = None
    """A second costs so many USD at most, in its cheapest setting."""

    def active(self) -> tuple[str, ...]:
        """The names of what is asked for, each of which `without` takes."""
        return (
            *sorted(self.sources),
            *(name for name in ("sound", "storyboard") if getattr(self, name)),
            *(name for name in ("seconds", "resolution", "price") if getattr(self, name) is not None),
        )

    def without(self, name: str) -> Filters:
        """All but the one of this name."""
        if name in self.sources:
            return replace(self, sources=self.sources - {Source(name)})
        return replace(self, **{name: getattr(Filters, name)})

    def passes(self, facts: Facts, destination: str) -> bool:
        """Whether a model does all that is asked for; what is not known of it counts against it."""
        cost = facts.price(destination).comparable
        return (
            self.sources <= facts.sources
            and (facts.sound or not self.sound)
            and (facts.storyboard or not self.storyboard)
            and (self.seconds is None or (facts.longest is not None and facts.longest >= self.seconds))
            and (
                self.resolution is None
                or self.resolution.casefold() in (each.casefold() for each in facts.resolutions)
            )
            and (self.price is None or (cost is not None and cost <= self.price))
        )


EVERYTHING = Filters()


@dataclass(frozen=True)
class Offered:
    """The filters that tell some of these models from others; the rest would be questions without an answer."""

    sources: tuple[Source, ...]
    sound: bool
    storyboard: bool
    seconds: tuple[Decimal, ...]
    resolutions: tuple[str, ...]
    prices: tuple[Decimal, ...]


def find(
    entries: Iterable[Entry],
    query: str = "",
    filters: Filters = EVERYTHING,
    sort: Sort = Sort.SUGGESTED,
    recent: Sequence[str] = (),
    destination: str = "",
) -> list[Entry]:
    """The entries that match every word of `query` by its beginning and pass `filters`, in the order of `sort`.

    `recent`: ids, the last used first. `destination`: whose prices count.
    """
    terms = words_of(query[:LONGEST_QUERY])[:_MOST_TERMS]
    found = []
    for place, entry in enumerate(entries):
        facts = facts_of(entry)
        match = _match(terms, facts)
        if match is not None and filters.passes(facts, destination):
            found.append((match, place, facts, entry))
    used = {model: n for n, model in reversed(list(enumerate(recent)))}
    rank = _RANKS[sort]
    found.sort(
        key=lambda each: (
            not each[2].usable,
            destination in each[3].gone,
            rank(each[3], each[2], destination),
            each[0],
            used.get(each[3].id, len(used)),
            each[1],
        )
    )
    return [entry for *_, entry in found]


def obstacles(
    entries: Sequence[Entry], query: str, filters: Filters, destination: str
) -> list[tuple[str, int]]:
    """What to give up where nothing was found: a filter's name, or "query", and how many models come with it."""
    found = [
        (name, len(find(entries, query, filters.without(name), destination=destination)))
        for name in filters.active()
    ]
    if words_of(query[:LONGEST_QUERY]):
        found.append(("query", len(find(entries, "", filters, destination=destination))))
    return sorted((each for each in found if each[1]), key=lambda each: -each[1])


def offered(entries: Sequence[Entry], destination: str) -> Offered:
    """The filters that are worth offering for these models. Asked again for the same sequence, it costs nothing."""
    global _last
    if _last is None or _last[0] is not entries or _last[1] != destination:
        _last = (entries, destination, _offered(entries, destination))
    return _last[2]


_last: tuple[Sequence[Entry], str, Offered] | None = None


def _offered(entries: Iterable[Entry], destination: str) -> Offered:
    known = [facts_of(entry) for entry in entries]

    def tells(filters: Filters) -> bool:
        return 0 < sum(filters.passes(facts, destination) for facts in known) < len(known)

    resolutions: dict[str, str] = {}
    for facts in known:
        for each in facts.resolutions:
            resolutions.setdefault(each.casefold(), each)
    return Offered(
        sources=tuple(each for each in Source if tells(Filters(sources=frozenset({each})))),
        sound=tells(Filters(sound=True)),
        storyboard=tells(Filters(storyboard=True)),
        seconds=_steps(_SECONDS_STEPS, lambda step: Filters(seconds=step), known, destination),
        resolutions=tuple(
            each
            for each in sorted(resolutions.values(), key=_lines)[: 2 * _MOST_OFFERED]
            if tells(Filters(resolution=each))
        ),
        prices=_steps(_PRICE_STEPS, lambda step: Filters(price=step), known, destination),
    )


def _steps(
    steps: Iterable[Decimal], asking: Callable[[Decimal], Filters], known: Sequence[Facts], destination: str
) -> tuple[Decimal, ...]:
    """Of `steps` those that each leave another number of models."""
    left: dict[int, Decimal] = {}
    for step in steps:
        left.setdefault(sum(asking(step).passes(facts, destination) for facts in known), step)
    return tuple(step for count, step in left.items() if 0 < count < len(known))[:_MOST_OFFERED]


def _match(terms: Sequence[str], facts: Facts) -> tuple[int, ...] | None:
    """How well every term is found, the least best; None where one is not."""
    total = 0
    for term in terms:
        if any(word == term for word in facts.name):
            continue
        for weight, words in enumerate((facts.name, facts.maker, facts.ids, facts.summary), 1):
            if any(word.startswith(term) for word in words):
                total += weight
                break
        else:
            return None
    begins = bool(terms) and bool(facts.name) and facts.name[0].startswith(terms[0])
    return (total, not begins)


def _lines(resolution: str) -> tuple[int, str]:
    """720p before 1080p before 4K."""
    number = _FIRST_NUMBER.search(resolution)
    size = int(number[0]) if number else 0
    return (size * 1000 if resolution.casefold().endswith("k") else size, resolution)


def _by_price(entry: Entry, facts: Facts, destination: str) -> tuple[bool, Decimal]:
    cost = facts.price(destination).comparable
    return (cost is None, cost or Decimal(0))


def _by_date(entry: Entry, facts: Facts, destination: str) -> int:
    return -int(facts.released.replace("-", "") or 0)


def _by_name(entry: Entry, facts: Facts, destination: str) -> tuple[str, ...]:
    return facts.name


def _as_they_come(entry: Entry, facts: Facts, destination: str) -> int:
    return 0


_RANKS: dict[Sort, Callable[[Entry, Facts, str], int | tuple[str, ...] | tuple[bool, Decimal]]] = {
    Sort.SUGGESTED: _as_they_come,
    Sort.PRICE: _by_price,
    Sort.NEWEST: _by_date,
    Sort.NAME: _by_name,
}
