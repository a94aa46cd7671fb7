"""The pad: the same however it is cut into pieces, soft, silent at the end."""

from __future__ import annotations

import numpy as np
import pytest

from components.sandbox.music import CHORDS, RATE, Pad


def pad() -> Pad:
    return Pad([0.0, 2.0, 2.5], 6.0, 220.0, 1)


def test_pieces_fit_together_without_a_seam() -> None:
    whole = pad().samples(0, 6 * RATE)
    pieces = [pad().samples(first, min(first + 7_919, 6 * RATE)) for first in range(0, 6 * RATE, 7_919)]
    assert np.abs(np.concatenate(pieces, axis=1) - whole).max() < 1e-6


def test_nothing_jumps() -> None:
    sound = pad().samples(0, 6 * RATE)
    assert np.abs(np.diff(sound, axis=1)).max() < 0.06
    assert np.abs(sound).max() < 0.8
    assert np.abs(sound[:, [0, -1]]).max() < 1e-3


@pytest.mark.parametrize("first", range(len(CHORDS)))
def test_neighbouring_chords_differ_and_share_a_note(first: int) -> None:
    here, there = CHORDS[first], CHORDS[(first + 1) % len(CHORDS)]
    assert here != there
    assert {note % 12 for note in here} & {note % 12 for note in there}
