"""When to look next. Pure: what has passed and a random number in, seconds out."""

from __future__ import annotations

CEILING = 15.0
"""The longest wait between two looks when all goes well, in seconds: the published samples take 10 or 15."""

_FIRST_PAUSE = 1.0


def next_look(elapsed: float, *, floor: float, random: float) -> float:
    """Seconds until the next look at a generation that was sent `elapsed` seconds ago.

    About a fifth of the time it has run, so that no video is noticed much later than it was ready, between
    `floor` and 15 seconds. `random`, from 0 to 1, moves it by up to a tenth either way, so that takes sent
    together are not looked at together.
    """
    return min(max(elapsed / 5, floor), CEILING) * (0.9 + 0.2 * random)


def backoff(tries: int, *, random: float, ceiling: float) -> float:
    """Seconds until another try after `tries` failed ones: doubling from one second to `ceiling`.

    `random`, from 0 to 1, takes away up to half of it.
    """
    pause = _FIRST_PAUSE * 2.0 ** min(max(tries - 1, 0), 32)
    return min(pause, ceiling) * (1 - 0.5 * random)
