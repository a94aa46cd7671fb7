"""The facts of a model in few plain words: for its card, for the head above its form, for the comparison."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal

from components.catalog.entry import Entry
from components.catalog.pricing import money
from components.jobs.job import Destination
from components.picker.facts import Facts, Price, Source, Span, facts_of
from components.provider.sentences import bounded, words

_LONGEST_NAME = 100
_LONGEST_SUMMARY = 400
_LONGEST_VALUE = 30
_LONGEST_REASON = 300
_FEW = 3
_DIGITS = 4


def name(entry: Entry) -> str:
    """What people call it, on one line."""
    return bounded(words(entry.name) or words(entry.id), _LONGEST_NAME)


def maker(entry: Entry) -> str:
    """Who made it, on one line; empty where nobody says."""
    return bounded(words(entry.maker), _LONGEST_NAME)


def summary(entry: Entry, longest: int = _LONGEST_SUMMARY) -> str:
    """What it is good for, in at most `longest` characters; empty where nobody says."""
    return bounded(words(entry.summary), longest)


def abilities(entry: Entry) -> tuple[str, ...]:
    """What it can do, most telling first: "from text", "3 to 15 s", "sound", "storyboard of up to 6 shots"."""
    facts = facts_of(entry)
    said = [sources(facts), lengths(facts), *resolutions(facts)[:_FEW]]
    if facts.sound:
        said.append("sound")
    if facts.storyboard:
        said.append(f"storyboard of up to {facts.most_shots} shots" if facts.most_shots else "storyboard")
    return tuple(filter(None, said))


def sources(facts: Facts) -> str:
    """ "from text or a picture", "from a picture and a sound"; empty where nothing is known."""
    needed = _things(facts.needs)
    if not needed:
        things = _things(facts.sources)
        return f"from {alternatives(things)}" if things else ""
    more = _things(facts.sources - facts.needs - {Source.TEXT})
    return f"from {listed(needed)}{f', also with {listed(more)}' if more else ''}"


def _things(sources: Collection[Source]) -> list[str]:
    return [each.removeprefix("from ") for each in Source if each in sources]


def lengths(facts: Facts) -> str:
    """ "5 or 10 s", "3 to 15 s"; empty where nothing is known."""
    if not facts.lengths:
        return ""
    first, last = facts.lengths[0], facts.lengths[-1]
    whole_steps = len(facts.lengths) > 2 and last - first == len(facts.lengths) - 1
    if first != last and (facts.any_length or whole_steps or len(facts.lengths) > 2 * _FEW):
        return f"{first:f} to {last:f} s"
    return f"{alternatives([f'{each:f}' for each in facts.lengths])} s"


def resolutions(facts: Facts) -> tuple[str, ...]:
    """Each as its document calls it."""
    return tuple(bounded(words(each), _LONGEST_VALUE) for each in facts.resolutions)


def aspect_ratios(facts: Facts) -> tuple[str, ...]:
    """Each as its document calls it."""
    return tuple(bounded(words(each), _LONGEST_VALUE) for each in facts.aspect_ratios)


def price(price: Price, destination: str) -> str:
    """ "$0.10 a second", "$0.20 to $0.50 a take"; where none is published, that."""
    if price.second is not None:
        said = f"{_usd(price.second)} a second"
    elif price.take is not None:
        said = f"{_usd(price.take)} a take"
    elif price.afterwards:
        return "price known once it has run"
    else:
        return "no price published"
    return f"{said} (pretend)" if destination == Destination.SANDBOX else said


def dollars(usd: Decimal) -> str:
    """ "$0.50", "$0.0125": as it was published where that is short, else rounded."""
    exponent = usd.as_tuple().exponent
    short = isinstance(exponent, int) and exponent >= -_DIGITS
    return money.price(usd) if short else money.money(usd)


def trouble(entry: Entry, destination: str) -> str:
    """Why it cannot be used, or may not be for long, as a sentence; empty where nothing is known against it."""
    if not facts_of(entry).usable:
        return f"Not usable: {bounded(words(entry.trouble), _LONGEST_REASON)}"
    if destination in entry.gone:
        return "The provider no longer lists it."
    return ""


def listed(said: Sequence[str]) -> str:
    """ "Length", "Length and price", "Length, resolution and price"."""
    return f"{', '.join(said[:-1])} and {said[-1]}" if len(said) > 1 else "".join(said)


def alternatives(said: Sequence[str]) -> str:
    """ "5", "5 or 10", "5, 8 or 10"."""
    return f"{', '.join(said[:-1])} or {said[-1]}" if len(said) > 1 else "".join(said)


def _usd(span: Span) -> str:
    least, most = dollars(span.least), dollars(span.most)
    return least if least == most else f"{least} to {most}"
