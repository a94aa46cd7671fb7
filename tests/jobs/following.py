"""Takes followed in virtual time: by `next_look`, and by the fixed loop of the provider's own samples."""

from __future__ import annotations

import math
import random
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from components.jobs.expectation import Expectation, expectation
from components.jobs.outcomes import LOOK_FLOOR, Destination
from components.jobs.pace import next_look
from components.jobs.waits import MOST

ROUND_TRIP = 0.5
"""Seconds from a question to its answer; the provider decides in the middle of it."""
BEAT = 0.5
"""The tracker looks into the store so often, in seconds: what is due waits for that."""
SAMPLE_PAUSE = 15.0
"""The pause of the provider's samples, in seconds."""

Span = tuple[float, float]


@dataclass(frozen=True)
class Followed:
    """One take, from sent to noticed."""

    looks: int
    lag: float
    """Seconds from ready to noticed."""


@dataclass(frozen=True)
class Tally:
    """Many of them."""

    looks: float
    lag: float
    late: float
    """The lag that nine in ten do not exceed."""

    @property
    def product(self) -> float:
        """Requests times mean lag, in seconds."""
        return self.looks * self.lag


def durations(middle: float, spread: float, chance: random.Random) -> Iterator[float]:
    """How long one take after the other needs: log-normal around `middle`."""
    while True:
        yield middle * math.exp(spread * chance.gauss(0, 1))


def follow(
    seconds: float, expected: Expectation | None, chance: random.Random, *, destination: Destination
) -> Followed:
    """A take that is ready `seconds` after it was sent, as the tracker follows it."""
    now, looks = ROUND_TRIP, 0  # the answer to the create
    eager = destination is Destination.SANDBOX
    while True:
        floor = LOOK_FLOOR[destination]
        now += next_look(now, expected, floor=floor, random=chance.random(), eager=eager)
        now += chance.random() * BEAT
        looks += 1
        seen = now + ROUND_TRIP / 2 >= seconds
        now += ROUND_TRIP
        if seen:
            return Followed(looks, now - seconds)


def follow_as_sample(seconds: float) -> Followed:
    """The same take in the loop of the samples: look, sleep, look. It never gives up here."""
    now, looks = ROUND_TRIP, 0
    while True:
        looks += 1
        seen = now + ROUND_TRIP / 2 >= seconds
        now += ROUND_TRIP
        if seen:
            return Followed(looks, now - seconds)
        now += SAMPLE_PAUSE


def cold(takes: Sequence[float], documented: Span | None, chance: random.Random) -> Tally:
    """Each as if it were the first."""
    expected = expectation([], documented)
    return tally([follow(seconds, expected, chance, destination=Destination.LIVE) for seconds in takes])


def warm(
    before: Sequence[float],
    takes: Sequence[float],
    documented: Span | None,
    chance: random.Random,
    destination: Destination = Destination.LIVE,
) -> Tally:
    """After the takes of `before`, learning on: from when they were noticed, which is all that one sees."""
    known: deque[float] = deque(maxlen=MOST)
    followed = []
    for seconds in (*before, *takes):
        one = follow(seconds, expectation(list(known), documented), chance, destination=destination)
        known.appendleft(seconds + one.lag)
        followed.append(one)
    return tally(followed[len(before) :])


def as_sample(takes: Sequence[float]) -> Tally:
    """All of them in the loop of the samples."""
    return tally([follow_as_sample(seconds) for seconds in takes])


def tally(followed: Sequence[Followed]) -> Tally:
    """What they come to."""
    lags = sorted(one.lag for one in followed)
    count = len(followed)
    return Tally(
        looks=sum(one.looks for one in followed) / count,
        lag=sum(lags) / count,
        late=lags[-(-count * 9 // 10) - 1],
    )
