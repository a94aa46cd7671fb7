"""The sound of a preview: a soft pad, one chord for each shot."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
"""Samples a second."""
Sound = NDArray[np.float32]

# Semitones above the root; any two neighbours share a note, the last and the first too.
CHORDS = ((0, 7, 12, 16, 23), (-3, 4, 9, 12, 19), (-7, 5, 9, 12, 16), (-5, 2, 11, 14, 17))
_LOOP = 2 * RATE
"""Every tone is a multiple of half a hertz, so that two seconds of it repeat without a seam."""
_RISE, _FALL = 0.5, 0.9
"""Seconds for a chord to come, and to ring on after its shot."""
_LOUDNESS = 0.085


@lru_cache(maxsize=16)
def _chord(root: float, number: int) -> Sound:
    """Two seconds of one chord in stereo; the sides differ by half a hertz, which makes it breathe."""
    turns = np.arange(_LOOP, dtype=np.float64) / RATE
    sound = np.zeros((2, _LOOP), np.float32)
    for voice, semitones in enumerate(CHORDS[number % len(CHORDS)]):
        pitch = round(2 * root * 2 ** (semitones / 12)) / 2
        for overtone, strength in ((1, 1.0), (2, 0.22), (3, 0.07)):
            for side in (0, 1):
                hertz = pitch * overtone + (0.5 if side != voice % 2 else 0)
                phase = (turns * hertz) % 1.0
                sound[side] += np.sin(phase.astype(np.float32) * np.float32(2 * np.pi)) * np.float32(
                    strength / (1 + 0.25 * voice)
                )
    return sound * np.float32(_LOUDNESS)


class Pad:
    """The sound of a film whose shots begin at `starts` and which ends at `end` (seconds)."""

    def __init__(self, starts: list[float], end: float, root: float, first_chord: int) -> None:
        self._spans = list(zip(starts, [*starts[1:], end], strict=True))
        self._end = end
        self._root = root
        self._first_chord = first_chord

    def samples(self, first: int, last: int) -> Sound:
        """Stereo samples `first` up to `last`, -1 to 1; the same whichever pieces they are asked for in."""
        at = np.arange(first, last)
        time = (at / RATE).astype(np.float32)
        sound = np.zeros((2, last - first), np.float32)
        for number, (start, stop) in enumerate(self._spans):
            if stop + _FALL <= first / RATE or start >= last / RATE:
                continue
            swell = np.clip((time - start) / _RISE, 0, 1) * np.clip((stop + _FALL - time) / _FALL, 0, 1)
            loop = _chord(self._root, self._first_chord + number)
            sound += loop.take(at % _LOOP, axis=1) * (swell * swell * (3 - 2 * swell)).astype(np.float32)
        closing = np.clip((self._end - time) / min(1.0, self._end / 2), 0, 1)
        faded: Sound = np.clip(sound * closing.astype(np.float32), -1, 1)
        return faded
