"""Pictures as the encoder wants them (planar YUV 4:2:0), and a camera that moves over them.

Nothing is converted or resampled for a frame. Every layer of a scene is turned into planes once, somewhat
larger than the frame, in four copies a quarter of a pixel apart; a frame is a piece of the right copy. Layers
nearer to the camera move faster, which is what makes flat pictures a landscape.
"""

from __future__ import annotations

from dataclasses import dataclass

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from components.sandbox.relief import Line, Picture
from components.sandbox.scenery import Layer, Scene, yuv

Plane = NDArray[np.uint8]
Planes = tuple[Plane, Plane, Plane]
"""Y, and U and V at half its size."""

_STEPS = 4
"""Places of the camera to a pixel."""
_SHADE = "#090b12"


def _byte(plane: Picture) -> Plane:
    return np.asarray(np.clip(plane + np.float32(0.5), 0, 255), np.uint8)


def _doubled(plane: Picture) -> Picture:
    height, width = plane.shape
    return np.asarray(Image.fromarray(plane).resize((2 * width, 2 * height), Image.Resampling.BICUBIC))


def _halved(plane: Picture) -> Picture:
    height, width = plane.shape
    halved: Picture = plane.reshape(height // 2, 2, width // 2, 2).mean((1, 3), dtype=np.float32)
    return halved


def _copies(plane: Plane, axis: int) -> list[Plane]:
    """`plane` at each of the camera's places between one pixel and the next; one pixel shorter for it."""
    here, there = (plane[:-1], plane[1:]) if axis == 0 else (plane[:, :-1], plane[:, 1:])
    copies = [here]
    for step in range(1, _STEPS):
        mixed = here.astype(np.uint16)
        mixed *= _STEPS - step
        mixed += there * np.uint16(step)
        mixed += _STEPS // 2
        mixed //= _STEPS
        copies.append(mixed.astype(np.uint8))
    return copies


@dataclass(frozen=True)
class Camera:
    """A slow straight move over `travel` pixels: along `axis` 1 (sideways) or 0 (up or down)."""

    axis: int
    travel: int
    backwards: bool

    def place(self, progress: float, nearness: float) -> float:
        """How far it has come, in pixels, before what is at `nearness` (0 the sky, 1 the nearest hill)."""
        way = (0.5 - progress if self.backwards else progress - 0.5) * (0.25 + 0.75 * nearness)
        return (0.5 + way) * (self.travel - 2)


class _Sheet:
    """One layer in planes, from row `top` of the scene down (in luma rows, even).

    `through` is 255 where what is behind shows and 0 where not; a backdrop has none. Colours are multiplied
    by what is left already. From row `solid` on there is nothing else to see.
    """

    def __init__(
        self, planes: Planes, axis: int, top: int = 0, veils: tuple[Plane, Plane] | None = None
    ) -> None:
        self.top = top
        self.colours = [_copies(plane, axis) for plane in planes]
        self.veils = None if veils is None else [_copies(veil, axis) for veil in veils]
        shows = [] if veils is None else np.flatnonzero(veils[0].max(axis=1)).tolist()
        self.solid: int = top + (shows[-1] + 1 if shows else 0)


def _backdrop_sheet(backdrop: Picture, axis: int, random: np.random.Generator) -> _Sheet:
    """The sky and the distance, with a trace of grain that hides the steps of their gradients."""
    y = _doubled(np.ascontiguousarray(backdrop[..., 0]))
    grain = random.normal(0, 0.6, (128, 256)).astype(np.float32)
    tiles = (y.shape[0] // 128 + 1, y.shape[1] // 256 + 1)
    y = y + np.tile(grain, tiles)[: y.shape[0], : y.shape[1]]
    return _Sheet((_byte(y), _byte(backdrop[..., 1]), _byte(backdrop[..., 2])), axis)


def _layer_sheet(layer: Layer, axis: int) -> _Sheet:
    height = layer.colour.shape[0]
    opacity = _opacity(layer.crest, 2 * layer.top, 2 * height)
    coarse = _halved(opacity)
    y = _doubled(np.ascontiguousarray(layer.colour[..., 0])) * opacity
    u, v = (layer.colour[..., channel] * coarse for channel in (1, 2))
    veils = _byte(255 - 255 * opacity), _byte(255 - 255 * coarse)
    return _Sheet((_byte(y), _byte(u), _byte(v)), axis, 2 * layer.top, veils)


def _opacity(crest: Line, top: int, rows: int) -> Picture:
    """Whether each point of `rows` rows from `top` on lies below `crest` (in rows), 0 to 1 at its edge."""
    down = np.arange(top, top + rows, dtype=np.float32)[:, None]
    opacity: Picture = np.clip(down - crest[None, :] + np.float32(0.5), 0, 1)
    return opacity


def _over(below: Plane, colour: Plane, through: Plane) -> None:
    """Lay `colour` (multiplied by its opacity already) over `below`, in place."""
    mixed = np.multiply(below, through, dtype=np.uint16)
    mixed += 255  # so that a `through` of 255 leaves every value as it was
    mixed >>= 8
    np.add(mixed, colour, out=below, casting="unsafe")


class Stage:
    """A painted scene ready to be filmed: `frame` is the size of a frame, `camera` its only move."""

    def __init__(
        self, scene: Scene, camera: Camera, frame: tuple[int, int], random: np.random.Generator
    ) -> None:
        self._camera = camera
        self._width, self._height = frame
        self._backdrop = _backdrop_sheet(scene.backdrop, camera.axis, random)
        self._layers = [_layer_sheet(layer, camera.axis) for layer in scene.layers]
        self._shore = None if scene.shore is None else 2 * scene.shore

    @staticmethod
    def size(camera: Camera, frame: tuple[int, int]) -> tuple[int, int]:
        """Width and height at which a scene is to be painted for this camera and frame."""
        width, height = frame
        if camera.axis == 1:
            return (width + camera.travel) // 2, height // 2
        return width // 2, (height + camera.travel) // 2

    def film(self, progress: float, seconds: float, into: Planes) -> None:
        """Fill `into` with the frame at `progress` (0 to 1) of the shot, `seconds` after its start."""
        sheets = [self._backdrop, *self._layers]
        for number, sheet in enumerate(sheets):
            place = self._camera.place(progress, number / max(1, len(sheets) - 1))
            for channel in range(3):
                self._lay(sheet, channel, place, seconds, into[channel])

    def _lay(self, sheet: _Sheet, channel: int, place: float, seconds: float, into: Plane) -> None:
        half = min(channel, 1)
        width, height = self._width >> half, self._height >> half
        whole, step = divmod(int(place / (1 + half) * _STEPS), _STEPS)
        rise, left = (whole, 0) if self._camera.axis == 0 else (0, whole)
        colours = sheet.colours[channel][step]
        first = min(height, max(0, (sheet.top >> half) - rise))
        skipped = first + rise - (sheet.top >> half)
        source = colours[skipped : skipped + height - first, left : left + width]
        if sheet.veils is None:
            into[:] = source
            if self._shore is not None:
                water = max(0, (self._shore >> half) - rise)
                rows = _ripple(height - water, seconds, 1 << half)
                into[water:] = source[water:].take(rows, 0, mode="clip")
            return
        solid = min(height, max(first, ((sheet.solid + 3) >> half) - rise))
        veil = sheet.veils[half][step][skipped : skipped + solid - first, left : left + width]
        _over(into[first:solid], source[: solid - first], veil)
        into[solid:] = source[solid - first :]


def _ripple(count: int, seconds: float, scale: int) -> NDArray[np.intp]:
    """Which of `count` rows of water is seen at each: wavelets, small and dense far out, wide up close.

    `scale` is 2 for planes of half the size.
    """
    depth = np.arange(count) * scale
    phase = 90 * np.log1p(depth / 60) - 3.2 * seconds
    sway = (1 + depth / 55) * (np.sin(phase) + 0.6 * np.sin(1.7 * phase + 2.1 * seconds))
    return (np.maximum(depth + sway, 0) / scale).astype(np.intp)


class Overlay:
    """Something that stays where it is on every frame: writing, and the shade behind it.

    `ink` (0 to 1) is drawn in `colour`, over `shade` (0 to 1) of near-black. `x` and `y` are even.
    """

    def __init__(self, ink: Picture, shade: Picture, colour: str, x: int, y: int) -> None:
        self._x, self._y = x & ~1, y & ~1
        height, width = ink.shape[0] & ~1, ink.shape[1] & ~1
        self._width, self._height = width, height
        ink, shade = ink[:height, :width], shade[:height, :width]
        drawn, dark = yuv(colour), yuv(_SHADE)
        opacity = 1 - (1 - ink) * (1 - shade)
        self._parts: list[tuple[Plane, Plane]] = []
        for number in range(3):
            under, over, whole = shade * (1 - ink), ink, opacity
            if number:
                under, over, whole = _halved(under), _halved(over), _halved(whole)
            colours = under * dark[number] + over * drawn[number]
            self._parts.append((_byte(colours), _byte(255 * (1 - whole))))

    def lay_on(self, planes: Planes) -> None:
        """Draw it on a frame, in place."""
        for number, (colour, through) in enumerate(self._parts):
            x, y, width, height = (
                value >> (number > 0) for value in (self._x, self._y, self._width, self._height)
            )
            below = planes[number][y : y + height, x : x + width]
            # What does not fit on a very small frame is cut off at its rim.
            rows, columns = below.shape
            _over(below, colour[:rows, :columns], through[:rows, :columns])


def frame_planes(frame: av.VideoFrame) -> Planes:
    """The three planes of a yuv420p frame as arrays that write into it."""
    views = []
    for plane in frame.planes:
        rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)  # type: ignore[call-overload]  # PyAV's planes are buffers
        views.append(rows[: plane.height, : plane.width])
    return views[0], views[1], views[2]
