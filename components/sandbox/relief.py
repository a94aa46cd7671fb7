"""The shapes of a landscape, from a random generator: noise, wandering lines, crests, treetops."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Picture = NDArray[np.float32]
"""Height x width, or height x width x YUV."""
Line = NDArray[np.float32]
"""One value for each column."""


class Terrain(StrEnum):
    """What the land is like."""

    PEAKS = "peaks"
    SEA = "sea"
    FOREST = "forest"
    DUNES = "dunes"


def resized(picture: Picture, width: int, height: int) -> Picture:
    """`picture` in another size, smoothly."""
    return np.asarray(Image.fromarray(picture).resize((width, height), Image.Resampling.BICUBIC))


def noise(random: np.random.Generator, cells: tuple[int, int], width: int, height: int) -> Picture:
    """Smooth noise, -1 to 1, with so many cells across and down."""
    return resized(random.uniform(-1, 1, (cells[1], cells[0])).astype(np.float32), width, height)


def line(random: np.random.Generator, width: int, cells: float, octaves: int, roughness: float) -> Line:
    """A wandering line, about -1 to 1, one value for each column."""
    height = np.zeros(width, np.float32)
    for octave in range(octaves):
        wave = noise(random, (max(4, round(cells * 2**octave)), 1), width, 1)[0]
        height += wave * np.float32(roughness**octave)
    return height


def ridge(random: np.random.Generator, terrain: Terrain, width: int, height: int, distance: float) -> Line:
    """How far the crest lies below its mean, as a share of the height, for each column."""
    wide = width / min(width, height)
    tall = np.float32(min(width, height) / height)
    if terrain is Terrain.PEAKS and distance < 0.7:
        rough = 1 - 1.7 * np.abs(line(random, width, 3.2 * wide, 6, 0.48))
        return np.float32(-0.12 * (1 - 0.5 * distance)) * tall * rough.astype(np.float32)
    if terrain is Terrain.DUNES:
        swell = line(random, width, (1.6 + distance) * wide, 2, 0.25)
        return np.float32(0.075) * np.abs(swell) * tall - np.float32(0.03)
    hills = np.float32(0.06) * line(random, width, (2.4 + 1.2 * distance) * wide, 4, 0.42) * tall
    if terrain is Terrain.FOREST and distance > 0.2:
        return hills - treetops(random, width, height, distance)
    if distance >= 0.9:
        return hills - np.float32(0.35) * treetops(random, width, height, 0.6)
    return hills


def treetops(random: np.random.Generator, width: int, height: int, distance: float) -> Line:
    """Conifers on a crest: their height as a share of the picture's, for each column."""
    tallest = (0.02 + 0.075 * distance**2) * min(width, height)
    tops = np.zeros(width, np.float32)
    columns = np.arange(width, dtype=np.float32)
    for _ in range(int(width / (tallest * 0.34)) + 1):
        middle, tall = random.uniform(0, width), tallest * random.uniform(0.45, 1)
        reach = tall * random.uniform(0.20, 0.27)
        first, last = max(0, int(middle - reach)), min(width, int(middle + reach) + 2)
        side = 1 - np.abs(columns[first:last] - np.float32(middle)) / np.float32(reach)
        branches = side + np.float32(0.10) * np.sin(side * 26)
        tops[first:last] = np.maximum(tops[first:last], np.float32(tall) * np.clip(branches, 0, 1))
    return tops / np.float32(height)
