"""A film for a prompt, without an AI: landscapes, the prompt as caption, and a badge that says what it is.

`render` writes a complete MP4 (H.264 and AAC, index at the front) that plays everywhere. The same film gives
the same bytes. It is fast because a frame is gathered from pictures painted once for each shot (planes.py),
and because encoding releases the GIL: two films render side by side in threads.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, cycle
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.frame import PictureType
from av.video.stream import VideoStream
from PIL import Image, ImageFilter

from components.sandbox import captions
from components.sandbox.music import RATE, Pad
from components.sandbox.planes import Camera, Overlay, Planes, Stage, frame_planes
from components.sandbox.relief import Picture, Terrain
from components.sandbox.scenery import MOODS, paint

TITLE = captions.BADGE
_SHORT_SIDE = 720
_SMALLEST = 120
"""Pixels of a side; on less the badge cannot be read."""
_SHORT_SIDES = range(_SMALLEST, 2161)
_STEEPEST = 4
"""The longest side over the shortest that is taken at its word."""
_BADGE_COLOUR = "#ffd678"
_WHITE = "#ffffff"


@dataclass(frozen=True)
class Shot:
    """One shot: what it was asked to show, and its length in seconds."""

    prompt: str
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Film:
    """What to render. Sides in pixels, even; shots one after the other, cut at whole frames.

    Raises ValueError where there is nothing to see: no shot, no length, a size no encoder takes.
    """

    shots: tuple[Shot, ...]
    width: int
    height: int
    fps: int = 24
    sound: bool = True

    def __post_init__(self) -> None:
        if not self.shots or not all(
            math.isfinite(shot.seconds) and shot.seconds >= 0 for shot in self.shots
        ):
            raise ValueError("A film needs shots, each with a length in seconds.")
        if self.width % 2 or self.height % 2 or min(self.width, self.height) < _SMALLEST or self.fps < 1:
            raise ValueError(f"A film cannot be {self.width} x {self.height} at {self.fps} frames a second.")
        if self.cuts[-1] < 1:
            raise ValueError("A film must be at least one frame long.")

    @property
    def cuts(self) -> tuple[int, ...]:
        """The frame at which each shot begins, then the number of frames."""
        ends = accumulate(shot.seconds for shot in self.shots)
        return (0, *(round(end * self.fps) for end in ends))


def frame_size(aspect_ratio: str | None, resolution: str | None = None) -> tuple[int, int]:
    """Width and height in pixels, both even, for an aspect ratio "W:H" and a resolution like "1080p".

    The short side is 720 unless `resolution` says otherwise; 16:9 where the ratio says nothing sensible.
    """
    found = re.fullmatch(
        r"\s*(\d{1,4}(?:\.\d{1,3})?)\s*[:/x]\s*(\d{1,4}(?:\.\d{1,3})?)\s*", aspect_ratio or "", re.ASCII
    )
    wide, tall = (Fraction(found[1]), Fraction(found[2])) if found else (Fraction(16), Fraction(9))
    if not wide or not tall or not Fraction(1, _STEEPEST) <= wide / tall <= _STEEPEST:
        wide, tall = Fraction(16), Fraction(9)
    asked = re.fullmatch(r"\s*(\d{3,4})\s*p?\s*", resolution or "", re.ASCII | re.IGNORECASE)
    short = int(asked[1]) if asked and int(asked[1]) in _SHORT_SIDES else _SHORT_SIDE
    scale = short / min(wide, tall)
    return 2 * round(wide * scale / 2), 2 * round(tall * scale / 2)


def render(film: Film, path: Path) -> None:
    """Write `film` to `path` as MP4, replacing what is there. Blocks; safe in several threads at once.

    Raises OSError where the file cannot be written; what was written of it then stays, unreadable.
    """
    with av.open(str(path.absolute()), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        container.metadata["title"] = TITLE
        container.metadata["comment"] = captions.clean("; ".join(shot.prompt[:400] for shot in film.shots))[
            :400
        ]
        video, audio = _streams(container, film)
        cuts, fps = film.cuts, film.fps
        pad = _pad(film)
        for number, frame in enumerate(_ahead(_frames(film))):
            if audio is not None and number % fps == 0:
                # A second of sound before a second of pictures: else the muxer holds all pictures back.
                _encode_sound(container, audio, pad, number, min(number + fps, cuts[-1]), fps)
            frame.pts, frame.time_base = number, Fraction(1, fps)
            # A player that seeks to a shot, or an editor that cuts there, starts on a whole picture.
            frame.pict_type = PictureType.I if number in cuts else PictureType.NONE
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if audio is not None:
            container.mux(audio.encode(None))


def _streams(container: OutputContainer, film: Film) -> tuple[VideoStream, AudioStream | None]:
    """H.264 and AAC; VP9 and Opus where this build of FFmpeg has no x264 (it plays, if not everywhere)."""
    has_x264 = "libx264" in av.codecs_available
    if has_x264:
        # The preset leaves deblocking out; a sky shows it.
        options = {
            "preset": "ultrafast",
            "crf": "25",
            "g": str(2 * film.fps),
            "x264-params": "deblock=0,0",
        }
    else:
        options = {
            "deadline": "realtime",
            "cpu-used": "8",
            "lag-in-frames": "0",
            "auto-alt-ref": "0",
            "crf": "34",
        }
    video = container.add_stream("libx264" if has_x264 else "libvpx-vp9", rate=film.fps, options=options)
    assert isinstance(video, VideoStream)
    video.width, video.height, video.pix_fmt = film.width, film.height, "yuv420p"
    # More threads gain nothing at this speed, and would take the second film's core.
    video.codec_context.thread_count = 1
    bt709, limited = 1, 1
    video.codec_context.color_primaries = bt709
    video.codec_context.color_trc = bt709
    video.codec_context.colorspace = bt709
    video.codec_context.color_range = limited
    if not film.sound:
        return video, None
    quick = {"aac_coder": "fast"} if has_x264 else {}
    audio = container.add_stream("aac" if has_x264 else "libopus", rate=RATE, layout="stereo", options=quick)
    assert isinstance(audio, AudioStream)
    audio.bit_rate = 96_000
    return video, audio


def _encode_sound(
    container: OutputContainer, audio: AudioStream, pad: Pad, first: int, last: int, fps: int
) -> None:
    """Encode the sound of the frames `first` up to `last`."""
    begin, end = first * RATE // fps, last * RATE // fps
    planar = audio.codec_context.format.name if audio.codec_context.format else "fltp"
    sound = pad.samples(begin, end)
    interleaved = np.ascontiguousarray(sound.T).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(
        sound if planar == "fltp" else interleaved,
        format=planar if planar == "fltp" else "flt",
        layout="stereo",
    )
    frame.sample_rate, frame.pts, frame.time_base = RATE, begin, Fraction(1, RATE)
    container.mux(audio.encode(frame))


def _seed(*parts: str | int) -> np.random.Generator:
    """A generator that depends on the parts alone, on any machine and in any process."""
    text = "\0".join(map(str, parts)).encode("utf-8", "backslashreplace")
    return np.random.default_rng(int.from_bytes(hashlib.sha256(text).digest()[:8], "big"))


def _pad(film: Film) -> Pad:
    random = _seed("music", film.shots[0].prompt)
    root = 110 * 2 ** (int(random.integers(0, 10)) / 12)
    starts = [cut / film.fps for cut in film.cuts]
    return Pad(starts[:-1], starts[-1], root, int(random.integers(0, 4)))


def _ahead(frames: Iterator[av.VideoFrame]) -> Iterator[av.VideoFrame]:
    """The same frames; the next is drawn in a thread of its own while this one is encoded."""
    with ThreadPoolExecutor(1, thread_name_prefix="drawing") as drawing:
        coming = drawing.submit(next, frames, None)
        while (frame := coming.result()) is not None:
            coming = drawing.submit(next, frames, None)
            yield frame


def _frames(film: Film) -> Iterator[av.VideoFrame]:
    """The pictures one by one, drawn in turn into two: encode one before asking for the next but one."""
    sheets = cycle([av.VideoFrame(film.width, film.height, "yuv420p") for _ in range(2)])
    cuts, size = film.cuts, (film.width, film.height)
    mood = int(_seed("mood", film.shots[0].prompt).integers(len(MOODS)))
    terrain = int(_seed("terrain", film.shots[0].prompt).integers(len(Terrain)))
    for index, (shot, first, last) in enumerate(zip(film.shots, cuts, cuts[1:], strict=False)):
        if first == last:
            continue
        random = _seed("scene", index, shot.prompt)
        # Stepping on from shot to shot, neither the hour nor the land is ever that of the shot before.
        hour, land = MOODS[(mood + index) % len(MOODS)], tuple(Terrain)[(terrain + index) % len(Terrain)]
        camera = _camera(random, (last - first) / film.fps, size)
        scene = paint(random, hour, land, *Stage.size(camera, size))
        stage = Stage(scene, camera, size, random)
        overlays = _overlays(film, index)
        for number in range(first, last):
            frame = next(sheets)
            frame.make_writable()
            planes = frame_planes(frame)
            progress = (number - first + 0.5) / (last - first)
            stage.film(progress, (number - first) / film.fps, planes)
            for overlay in overlays:
                overlay.lay_on(planes)
            _progress_line(planes, (number + 1) / cuts[-1], [cut / cuts[-1] for cut in cuts[1:-1]])
            yield frame


def _camera(random: np.random.Generator, seconds: float, size: tuple[int, int]) -> Camera:
    """Sideways as a rule, now and then up or down; always at about the same calm speed."""
    axis = 1 if random.random() < 0.75 else 0
    most = 0.30 if axis == 1 else 0.14
    share = min(most, max(0.03, 0.028 * seconds))
    travel = 2 * round(size[1 - axis] * share / 2)
    return Camera(axis, max(8, travel), bool(random.random() < 0.5))


def _overlays(film: Film, index: int) -> list[Overlay]:
    """The writing on a shot: its prompt at the foot, the badge and its number at the head."""
    width, height = film.width, film.height
    margin = round(min(width, height) * 0.04)
    overlays = []
    caption = captions.caption(film.shots[index].prompt, width, height)
    if caption is not None:
        overlays.append(_foot(caption, film, margin))
    badge = _plate(captions.badge(width, height))
    overlays.append(Overlay(*badge, _BADGE_COLOUR, margin, margin))
    if len(film.shots) > 1:
        number = _plate(captions.label([f"shot {index + 1}/{len(film.shots)}"], width, height))
        across, (rows, columns) = number[0].shape[1], badge[0].shape
        has_room = columns + across + 3 * margin <= width
        x, y = (width - margin - across, margin) if has_room else (margin, margin + rows + margin // 2)
        overlays.append(Overlay(*number, _WHITE, x, y))
    return overlays


def _ink(mask: Image.Image) -> Picture:
    return np.asarray(mask, np.float32) / np.float32(255)


def _plate(mask: Image.Image) -> tuple[Picture, Picture]:
    """Small writing, and the dark rounded plate behind it."""
    side, rise = round(mask.height * 0.5) + 1, round(mask.height * 0.25) + 1
    width, height = mask.width + 2 * side, mask.height + 2 * rise
    width, height = width + width % 2, height + height % 2
    ground = Image.new("L", (width, height))
    ground.paste(mask, (side, rise))
    across, along = np.arange(width)[None, :] + 0.5, np.arange(height)[:, None] + 0.5
    radius = min(height / 2, side * 1.6)
    nearest = np.clip(across, radius, width - radius), np.clip(along, radius, height - radius)
    rounded = np.clip(radius - np.hypot(across - nearest[0], along - nearest[1]) + 0.5, 0, 1)
    return _ink(ground), (0.62 * rounded).astype(np.float32)


def _foot(mask: Image.Image, film: Film, margin: int) -> Overlay:
    """The caption at the foot of the frame, on a shade that rises from nothing, with a shadow of its own."""
    above, below = mask.height // 2 + margin, round(margin * 1.4)
    height = min(film.height, (mask.height + above + below + 1) & ~1)
    ground = Image.new("L", (film.width, height))
    ground.paste(mask, (0, height - mask.height - below))
    blur = max(1.0, min(film.width, film.height) / 240)
    shadow = np.clip(_ink(ground.filter(ImageFilter.GaussianBlur(blur))) * 1.6, 0, 0.75)
    rise = np.linspace(0, 1, height, dtype=np.float32)[:, None] ** 0.8
    shade = 1 - (1 - 0.55 * rise) * (1 - shadow)
    return Overlay(_ink(ground), shade.astype(np.float32), _WHITE, 0, film.height - height)


def _progress_line(planes: Planes, done: float, cuts: list[float]) -> None:
    """A line along the foot that fills as the film runs, with a gap at each cut."""
    luma, u, v = planes
    height, width = luma.shape
    thick = max(2, round(min(width, height) / 240) * 2)
    row = np.full(width, 70, np.uint8)
    row[: round(width * done)] = 225
    for cut in cuts:
        row[round(width * cut) - 2 : round(width * cut) + 2] = 16
    luma[height - thick :] = row
    u[(height - thick) // 2 :] = 128
    v[(height - thick) // 2 :] = 128
