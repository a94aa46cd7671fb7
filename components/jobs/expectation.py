"""How long a take will take, as far as that is known. Pure: seconds in, seconds out.

From our own takes where there are five or more of similar length, else from what the provider documents, else from
takes of other lengths. Nothing is made up where nothing is known.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

ENOUGH = 5
"""So many takes of our own say more than what is documented."""

_LONGEST = 7 * 86_400.0
"""A figure beyond this many seconds is no waiting time."""
_STRAY = 4.0
"""A take that took so many times the median, or so small a part of it, is told apart from the others: mostly this
machine slept, or the provider was in trouble."""

# How far takes lie apart, as a standard deviation of the logarithm: 0.25 is about a quarter of the time.
_USUAL_SPREAD = 0.25
_ONE_FIGURE = 0.3
"""Around a documented time that is one figure and no range."""
_OTHER_LENGTHS = 0.5
"""Added where all that is known is of other lengths."""
_WIDEST = 1.5
"""Of what is documented from seconds to hours."""
_AS_GOOD_AS = 4
"""The usual spread weighs as much as so many takes; what is documented weighs half of it."""
_NINE_IN_TEN = 1.2816
"""So many standard deviations above the middle, nine in ten have come."""


@dataclass(frozen=True)
class Expectation:
    """How long takes like this one take from sent to ready, in seconds."""

    median: float
    low: float
    high: float
    """The range: from the quickest to the slowest of ours, strays left out, or as documented."""
    p90: float | None
    """Longer than this is longer than usual: nine in ten were ready by then. None where too little is known."""
    count: int
    """Takes of our own that it is taken from; 0 where it is documented."""
    ours: bool
    """Whether it is taken from our own takes, or from what the provider documents."""
    alike: bool = True
    """Whether they were of similar length."""
    strays: bool = False
    """Whether some of ours lie outside of `low` and `high`."""
    centre: float = 0.0
    """The best guess for the next one: the median, or that and the documented time together."""
    spread: float = _USUAL_SPREAD
    """How sure that is: the standard deviation of the logarithm."""

    @property
    def is_told(self) -> bool:
        """Whether it is worth a sentence; what fewer than five takes say only decides when to look."""
        return not self.ours or self.count >= ENOUGH


def expectation(
    alike: Sequence[float], documented: tuple[float, float] | None, others: Sequence[float] = ()
) -> Expectation | None:
    """What the next take will need; None where nothing is known.

    `alike`: what takes of similar length took, `others`: what takes of any length took, newest first, in seconds.
    `documented`: from and to. Figures that are none are passed over.
    """
    similar, any_length = _usable(alike), _usable(others)
    told = _range(documented)
    if len(similar) >= ENOUGH:
        return _from_ours(similar)
    if told is not None:
        return _from_document(told, similar)
    if similar and len(any_length) < ENOUGH:
        return _from_ours(similar)
    return _from_ours(any_length, alike=False) if any_length else None


def _from_ours(takes: list[float], *, alike: bool = True) -> Expectation:
    median = statistics.median(takes)
    usual = [seconds for seconds in takes if median / _STRAY <= seconds <= median * _STRAY]
    strays = len(usual) < len(takes)
    spread = _spread(takes, median, _USUAL_SPREAD)
    return Expectation(
        median=median,
        low=min([median, *usual]),
        high=max([median, *usual]),
        p90=_ninth_of_ten(takes) if len(takes) >= ENOUGH else None,
        count=len(takes),
        ours=True,
        alike=alike,
        strays=strays,
        centre=median,
        spread=spread if alike else math.hypot(spread, _OTHER_LENGTHS),
    )


def _from_document(told: tuple[float, float], takes: list[float]) -> Expectation:
    """What is documented, its middle drawn towards the few takes that there are."""
    low, high = told
    middle = math.sqrt(low * high)
    spread = min(max(math.log(high / low) / (2 * _NINE_IN_TEN), _ONE_FIGURE), _WIDEST)
    weight = _AS_GOOD_AS / 2
    logs = [math.log(seconds) for seconds in takes]
    centre = math.exp((weight * math.log(middle) + sum(logs)) / (weight + len(logs)))
    return Expectation(
        median=middle,
        low=low,
        high=high,
        p90=max(high, middle * math.exp(_NINE_IN_TEN * _USUAL_SPREAD)),
        count=0,
        ours=False,
        centre=centre,
        spread=_spread([middle, *takes], centre, spread) if takes else spread,
    )


def _spread(takes: list[float], centre: float, usual: float) -> float:
    """How far takes lie apart: what they say, and what is usual, together. One stray take says little of the rest."""
    apart = (min(abs(math.log(seconds / centre)), 1.0) for seconds in takes)
    squares = sum(distance**2 for distance in apart)
    return math.sqrt((_AS_GOOD_AS * usual**2 + squares) / (_AS_GOOD_AS + len(takes) - 1))


def _ninth_of_ten(takes: list[float]) -> float:
    ranked = sorted(takes)
    place = 0.9 * (len(ranked) - 1)
    below = int(place)
    above = min(below + 1, len(ranked) - 1)
    return ranked[below] + (ranked[above] - ranked[below]) * (place - below)


def _usable(takes: Sequence[float]) -> list[float]:
    return [float(seconds) for seconds in takes if 0 < seconds <= _LONGEST]


def _range(documented: tuple[float, float] | None) -> tuple[float, float] | None:
    if documented is None:
        return None
    low, high = documented
    return (float(low), float(high)) if 0 < low <= high <= _LONGEST else None
