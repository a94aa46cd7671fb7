"""When to look next. Pure: what has passed, what is expected and a random number in, seconds out.

A look costs a request, and no look costs waiting for what is ready. Where a take will be ready at `t` with hazard
`h(t)` (so likely in the next second, if not before), both together are least when looks lie as close as the root of
`h(t)`: few at first, most when it is due. What is expected may be wrong, so that a small part of the belief is that
it can be any time; it takes over once a take is far overdue, and looks grow fewer again.
"""

from __future__ import annotations

import math

from components.jobs.expectation import Expectation

SOON = 15.0
"""The first look at a take that may need long comes after so many seconds: what is refused is refused early."""
LONGEST = 60.0
"""The longest wait between two looks when all goes well, in seconds."""
CEILING = 15.0
"""The same for takes of seconds: the published samples take 10 or 15."""

_FIRST_PAUSE = 1.0
_GROWTH = 3.0
"""At the next look a take has run at most so many times as long as at the last."""
_ANY_TIME = 0.02
"""How much of the belief is that the expectation is wrong."""
_FLOORS_APART = 4.0
"""A take of the expected length is looked at about once in so many times the shortest pause: with 5 s, in 20 s."""
_VAGUE = 0.45
"""From this spread on, what is known less surely is looked at more often."""
_WHOLE = 1.4404
"""The integral of the root of density times survival, for the normal distribution of spread 1."""
_LATE, _PATIENCE = 1.5, 10.0
"""One in fifteen takes so many times the spread longer than expected. From there on the pauses grow with the time that
it is overdue, by this part of it: a guess that has been wrong for long is no reason to ask often."""
_STEPS = 64
_NOTHING_KNOWN = 150.0, 0.9
"""Where nothing is known: two and a half minutes, or a third of that, or three times as long."""


def next_look(
    elapsed: float, expected: Expectation | None, *, floor: float, random: float, eager: bool = False
) -> float:
    """Seconds until the next look at a generation that was sent `elapsed` seconds ago.

    Never below `floor`, the shortest pause, and at most a tenth above `LONGEST`. `eager`: for takes that need seconds,
    at most about a fifth of the time it has run, between `floor` and `CEILING`. `random`, from 0 to 1, moves it by up
    to a tenth either way, so that takes sent together are not looked at together. Figures that are none do no harm.
    """
    ran = min(max(elapsed, 0.0), 1e9) if elapsed == elapsed else 0.0
    chance = min(max(random, 0.0), 1.0) if random == random else 0.5
    if eager:
        bound = min(max(ran / 5, floor), CEILING)
    else:
        bound = min(max((_GROWTH - 1) * ran, SOON, floor), max(LONGEST, floor))
    known = expected is not None or not eager
    pause = max(_pause(ran, expected, floor, bound) if known else bound, floor)
    return max(pause * (0.9 + 0.2 * chance), floor * (1 + 0.1 * chance))


def _pause(ran: float, expected: Expectation | None, floor: float, bound: float) -> float:
    """The pause after which one look is worth its request, at most `bound`."""
    centre, spread = _NOTHING_KNOWN if expected is None else (expected.centre, expected.spread)
    if not (0 < centre < math.inf and 0 < spread < math.inf):
        centre, spread = _NOTHING_KNOWN
    centre, spread = min(max(centre, 0.1), 1e7), min(max(spread, 0.05), 3.0)
    looks = centre / (_FLOORS_APART * floor) * max(1.0, spread / _VAGUE) + 0.5
    closeness = looks / (_WHOLE * math.sqrt(spread * centre))
    overdue = ran - centre * math.exp(_LATE * spread)
    step = bound / _STEPS
    worth = 0.0
    for n in range(_STEPS):
        more = closeness * math.sqrt(_hazard(ran + (n + 0.5) * step, centre, spread)) * step
        if worth + more >= 1:
            return min(max((n + (1 - worth) / more) * step, overdue / _PATIENCE), bound)
        worth += more
    return bound


def _hazard(elapsed: float, centre: float, spread: float) -> float:
    """How likely it is ready within the next second, if it was not before: log-normal, and a little of any time."""
    ratio = elapsed / centre
    away = math.log(ratio) / spread
    density = math.exp(-away * away / 2) / (elapsed * spread * math.sqrt(2 * math.pi))
    survival = math.erfc(away / math.sqrt(2)) / 2
    any_survival = 1 / (1 + ratio)
    any_density = any_survival**2 / centre
    return ((1 - _ANY_TIME) * density + _ANY_TIME * any_density) / (
        (1 - _ANY_TIME) * survival + _ANY_TIME * any_survival
    )


def backoff(tries: int, *, random: float, ceiling: float) -> float:
    """Seconds until another try after `tries` failed ones: doubling from one second to `ceiling`.

    `random`, from 0 to 1, takes away up to half of it.
    """
    pause = _FIRST_PAUSE * 2.0 ** min(max(tries - 1, 0), 32)
    return min(pause, ceiling) * (1 - 0.5 * random)
