"""Landscapes: what a shot of the sandbox shows instead of what an AI would have made of its prompt.

A scene is painted from a random generator alone, so the same seed gives the same picture. It comes in layers
that a camera can move at different speeds: the sky with what is far away, and hills in front of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from components.sandbox.relief import Line, Picture, Terrain, line, noise, resized, ridge, treetops


@dataclass(frozen=True)
class Mood:
    """The colours of an hour of the day, as hex."""

    zenith: str
    sky: str
    horizon: str
    light: str
    far: str
    near: str
    stars: bool = False
    clouds: float = 0.5


# Neighbours differ in brightness and in hue, the last and the first too: a cut is seen as a cut.
MOODS = (
    Mood("#4d86b8", "#a9c3cf", "#ffe3b0", "#fff7df", "#b9a08c", "#2f2a22", clouds=0.9),  # golden morning
    Mood("#050a1c", "#122a52", "#3a6a92", "#eef4ff", "#1f3b5e", "#040914", stars=True, clouds=0.25),  # night
    Mood("#9fb9bb", "#c9d8d0", "#f4f1df", "#ffffff", "#a8bcb8", "#2c4243", clouds=0.5),  # mist
    Mood("#1b1c44", "#7d3f75", "#ff8f5c", "#ffdcae", "#61385f", "#120e20", stars=True, clouds=0.8),  # dusk
    Mood("#2b74bd", "#7fb8e4", "#e4f2f3", "#fffdf2", "#86adc0", "#1d3f2a", clouds=1.0),  # noon
    Mood("#230d2a", "#a2323f", "#ffb45e", "#fff0c4", "#77293f", "#180812", clouds=0.9),  # embers
    Mood("#7a78bb", "#d2acd4", "#ffe6dc", "#fffaf0", "#a08fbe", "#332c54", clouds=0.7),  # lavender
    Mood("#03121b", "#0b3a42", "#2f8a78", "#e2fff2", "#12404a", "#020b0f", stars=True, clouds=0.2),  # north
)


@dataclass(frozen=True)
class Layer:
    """Hills in front of the backdrop, from the scene's row `top` down.

    `colour` is painted like the backdrop; `crest` is their outline at twice that width, in rows of twice its
    height, because an outline is where a soft picture would be noticed.
    """

    top: int
    colour: Picture
    crest: Line


@dataclass(frozen=True)
class Scene:
    """`backdrop` (height x width x YUV), then `layers` from far to near.

    `shore` is the row at which water begins, where there is any.
    """

    backdrop: Picture
    layers: tuple[Layer, ...]
    shore: int | None = None


def yuv(colour: str) -> Picture:
    """A colour "#rrggbb" as Y, U, V of BT.709 in limited range: what the encoder takes.

    Scenes are painted in these from the start. All they are made of is mixing, and that comes to the same.
    """
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return np.array(
        [16 + 219 * luma, 128 + 224 * (blue - luma) / 1.8556, 128 + 224 * (red - luma) / 1.5748], np.float32
    )


def paint(random: np.random.Generator, mood: Mood, terrain: Terrain, width: int, height: int) -> Scene:
    """A scene of `width` x `height`, half of what it will measure on the screen."""
    horizon = random.uniform(0.54, 0.62)
    # Low over the water, where it is mirrored; higher over land.
    over = random.uniform(0.10, 0.26) + (0.0 if terrain is Terrain.SEA else 0.06)
    light_at = random.uniform(0.24, 0.76) * width, (horizon - over) * height
    backdrop = _sky(random, mood, width, height, horizon, light_at)
    if terrain is Terrain.SEA:
        shore = _water(random, backdrop, mood, horizon, light_at[0])
        _disc(random, backdrop, mood, light_at)  # after the water: its mirror is the glitter
        return Scene(backdrop, _shores(random, mood, (width, height), horizon, light_at[0]), shore)
    _disc(random, backdrop, mood, light_at)
    for distance in (0.0, 0.3, 0.55):
        crest = horizon - 0.09 + 0.16 * distance + ridge(random, terrain, width, height, distance)
        top, colour = _hill(crest, mood, distance, height)
        _mix(backdrop[top:], colour, _below(crest, top, height))
    layers = []
    for distance in (0.78, 1.0):
        crest = horizon - 0.07 + 0.22 * distance + ridge(random, terrain, 2 * width, 2 * height, distance)
        layers.append(_layer(crest, mood, distance, height))
    return Scene(backdrop, tuple(layers))


def _mix(picture: Picture, colour: Picture, share: Picture) -> None:
    """Turn `picture` towards `colour` by `share` (0 to 1 for each point), in place."""
    picture += (colour - picture) * share[..., None]


def _sky(
    random: np.random.Generator,
    mood: Mood,
    width: int,
    height: int,
    horizon: float,
    light_at: tuple[float, float],
) -> Picture:
    """Gradient, stars, the glow of sun or moon, clouds lit from it."""
    down = np.linspace(0, 1, height, dtype=np.float32)
    stops = [0.0, horizon * 0.55, horizon, 1.0]
    colours = np.stack([yuv(mood.zenith), yuv(mood.sky), yuv(mood.horizon), yuv(mood.horizon)])
    column = np.stack([np.interp(down, stops, colours[:, channel]) for channel in range(3)], axis=1)
    sky = np.repeat(column.astype(np.float32)[:, None, :], width, axis=1)

    unit = min(width, height)
    light_x, light_y = light_at
    across, along = np.arange(width, dtype=np.float32)[None, :], np.arange(height, dtype=np.float32)[:, None]
    away = np.hypot(across - np.float32(light_x), along - np.float32(light_y)) / np.float32(unit)

    if mood.stars:
        sky[..., 0] += _stars(random, width, height, horizon)
    light = yuv(mood.light)
    near = np.exp(-3.2 * away)
    strength = np.float32(0.55 if mood.stars else 0.8)
    # Far out the glow has the horizon's colour, close in the light's own.
    _mix(sky, yuv(mood.horizon), strength * 0.62 * np.exp(-2.2 * away * away))
    _mix(sky, light, strength * (0.75 * near * near + 0.30 * near))
    bottom = round(horizon * height)
    clouds = _clouds(random, width, bottom, mood.clouds)
    lit = 0.34 + 0.41 * np.sqrt(near[:bottom])
    _mix(sky[:bottom], 0.55 * light + 0.45 * yuv(mood.horizon), clouds * lit)
    return sky


def _disc(random: np.random.Generator, sky: Picture, mood: Mood, at: tuple[float, float]) -> None:
    """The sun or the moon, round `at` (column and row), in place."""
    x, y = at
    radius = random.uniform(0.040, 0.068) * min(sky.shape[:2])
    left, top = max(0, int(x - radius) - 2), max(0, int(y - radius) - 2)
    part = sky[top : int(y + radius) + 3, left : int(x + radius) + 3]
    rows, columns = np.ogrid[top : top + part.shape[0], left : left + part.shape[1]]
    away = np.hypot(columns - x, rows - y).astype(np.float32)
    _mix(part, yuv(mood.light), np.float32(0.96) * np.clip(np.float32(radius + 0.5) - away, 0, 1))


def _stars(random: np.random.Generator, width: int, height: int, horizon: float) -> Picture:
    """Soft points of light, fewer towards the horizon."""
    stars = np.zeros((height, width), np.float32)
    count = width * height // 1300
    rows = (random.random(count) ** 1.5 * horizon * 0.9 * height).astype(int)
    columns = random.integers(0, width, count)
    stars[rows, columns] = 30 + 150 * random.random(count).astype(np.float32) ** 4
    return stars


def _clouds(random: np.random.Generator, width: int, height: int, amount: float) -> Picture:
    """Long soft banks, 0 to `amount`, none at the very top nor on the horizon."""
    # So soft a thing is drawn at half the size.
    small = (width // 2, height // 2)
    cover = np.zeros(small[::-1], np.float32)
    across = max(2, round(3 * width / min(width, height * 1.7)))
    for octave in range(5):
        cover += noise(random, (across * 2**octave, 5 * 2**octave), *small) / np.float32(1.8**octave)
    cover = (cover - cover.mean()) / (cover.std() + 1e-6)
    down = np.linspace(0, 1, small[1], dtype=np.float32)[:, None]
    band = np.clip(1.15 - np.abs(down - 0.62) * 1.7, 0, 1)
    shape = np.clip((cover - 0.15) / 1.5, 0, 1) * band
    banks: Picture = (shape * shape * (3 - 2 * shape) * amount).astype(np.float32)
    return resized(banks, width, height)


def _below(crest: Line, top: int, height: int) -> Picture:
    """How much of each point from row `top` down lies below `crest` (shares of `height`), 0 to 1."""
    rows = np.arange(top, height, dtype=np.float32)[:, None]
    return np.clip(rows - crest[None, :] * np.float32(height) + np.float32(0.5), 0, 1)


def _hill(crest: Line, mood: Mood, distance: float, height: int) -> tuple[int, Picture]:
    """Its first row, and the colours below `crest` from there; mist gathers at the foot of what is far."""
    top = min(max(0, int(crest.min() * height) - 1), height - 1)
    # Light falls on the land, not on each tree: without this, every treetop draws a stripe down the hill.
    reach = max(3, len(crest) // 24)
    land = np.convolve(np.pad(crest, reach, "edge"), np.full(2 * reach + 1, 1 / (2 * reach + 1)), "valid")
    land = np.maximum(land.astype(np.float32), crest)
    below = np.linspace(top / height, 1, height - top, dtype=np.float32)[:, None] - land[None, :]
    far, near, haze, light = (yuv(colour) for colour in (mood.far, mood.near, mood.horizon, mood.light))
    body = far + (near - far) * np.float32(distance)
    lit = body + (light - body) * np.float32(0.10 * (1 - 0.5 * distance))
    foot = body + (haze - body) * np.float32(0.45 * (1 - distance) ** 0.8)
    return top, lit + (foot - lit) * np.clip(below * 5, 0, 1)[..., None]


def _layer(crest: Line, mood: Mood, distance: float, height: int) -> Layer:
    """A layer from its crest at twice the scene's width."""
    top, colour = _hill(crest[::2], mood, distance, height)
    return Layer(top, colour, crest * np.float32(2 * height))


def _water(random: np.random.Generator, sky: Picture, mood: Mood, horizon: float, light_x: float) -> int:
    """Turn `sky` below the horizon into its mirror, with islands and glitter; the row where water begins."""
    height, width = sky.shape[:2]
    shore = int(horizon * height)
    wide = width / min(width, height)
    islands = np.clip(line(random, width, 2.2 * wide, 4, 0.45), 0, 1)
    crest = np.float32(horizon + 0.035) - np.float32(0.085) * islands
    top, colour = _hill(crest, mood, 0.25, height)
    if top < shore:
        _mix(sky[top:shore], colour[: shore - top], _below(crest, top, height)[: shore - top])
    depth = np.arange(height - shore)
    water = sky[np.clip(shore - 1 - (depth * 1.15).astype(int), 0, shore - 1)]
    sunk = np.linspace(0.14, 0.58, len(depth), dtype=np.float32)[:, None]
    _mix(water, 0.6 * yuv(mood.near) + 0.4 * yuv(mood.sky), sunk)
    swell = noise(random, (10, max(8, len(depth) // 4)), width, len(depth))
    water[..., 0] *= 1 + np.float32(0.05) * swell
    # The light's path over the waves: broken, and wider the closer it comes.
    path_width = np.float32(0.045) * min(width, height) + np.float32(0.32) * depth.astype(np.float32)[:, None]
    aside = (np.arange(width, dtype=np.float32)[None, :] - np.float32(light_x)) / path_width
    sparkle = np.clip(
        noise(random, (max(16, width // 14), max(8, len(depth) // 3)), width, len(depth)) + 0.1, 0, 1
    )
    _mix(
        water,
        yuv(mood.light),
        np.float32(0.75) * np.exp(-aside * aside) * sparkle * (1 - np.float32(0.5) * sunk),
    )
    sky[shore:] = water
    return shore


def _shores(
    random: np.random.Generator, mood: Mood, size: tuple[int, int], horizon: float, light_x: float
) -> tuple[Layer, ...]:
    """A headland from the side where the light is not, and the bank at the viewer's feet."""
    width, height = size
    side = np.linspace(0, 1, 2 * width, dtype=np.float32)
    side = side if light_x > width / 2 else side[::-1]
    rolling = np.float32(0.015) * line(random, 2 * width, 4 * width / min(width, height), 4, 0.5)
    headland = np.float32(horizon - 0.02) + np.float32(0.62) * np.clip(side - 0.08, 0, 1) ** np.float32(0.7)
    headland += rolling - np.float32(0.6) * treetops(random, 2 * width, 2 * height, 0.45)
    bank = np.float32(0.90) + np.float32(0.03) * line(random, 2 * width, 3, 3, 0.5)
    bank -= np.float32(0.5) * treetops(random, 2 * width, 2 * height, 0.5)
    return _layer(headland, mood, 0.82, height), _layer(bank, mood, 1.0, height)
