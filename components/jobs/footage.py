"""What a video file holds, read from the file itself: whether it is whole, its measures, a picture from it.

The file comes from outside. It is opened only as the kind that its first bytes say, so that a playlist
dressed up as a video cannot make the decoder open other files or addresses.
"""

from __future__ import annotations

import io
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from components.jobs.archive_errors import CutOff, NotAVideo
from components.jobs.job import VideoFile

POSTER_WIDTH = 640
_LARGEST_PICTURE = 8192 * 8192
_MOST_BOXES = 10_000
"""How many outermost parts an MP4 may have; a film of some seconds has a handful."""
_TAIL_SECONDS = 1.0
_TAIL_FRAMES = 2_000
"""How many frames are decoded at most while looking at the end."""


def inspect(path: Path) -> VideoFile:
    """What the file at `path` is; `poster` is False. Takes some tens of milliseconds: not for an event loop.

    Raises NotAVideo where it cannot be opened or has no pictures, CutOff where its end is missing.
    """
    kind = _kind(path)
    if kind == "mp4":
        _check_boxes(path)
    import av  # late: 40 MB that only a process which archives needs

    try:
        with av.open(str(path), format=kind, metadata_errors="replace") as film:
            if not film.streams.video:
                raise NotAVideo("The file has no pictures in it.")
            stream = film.streams.video[0]
            if stream.codec_context is None:
                raise NotAVideo("Its pictures are of a kind that cannot be shown.")
            width, height = stream.codec_context.width, stream.codec_context.height
            if not 0 < width * height <= _LARGEST_PICTURE:
                raise NotAVideo(f"Its pictures would be {width} by {height}.")
            if next(film.decode(stream), None) is None:
                raise NotAVideo("The file has no pictures in it.")
            seconds = _seconds(film, stream)
            last = _last_moment(film, stream, seconds)
            return VideoFile(
                size=path.stat().st_size,
                seconds=seconds or last,
                width=width,
                height=height,
                fps=float(stream.average_rate or stream.guessed_rate or 0),
                sound=bool(film.streams.audio),
                poster=False,
            )
    except _decoder_errors() as error:
        raise NotAVideo(f"The file cannot be opened as a video ({type(error).__name__}).") from None


def poster(path: Path) -> bytes | None:
    """A WebP picture from one third of the way in, at most 640 pixels wide; None where none can be made."""
    import av
    from PIL import Image

    try:
        with av.open(str(path), format=_kind(path), metadata_errors="replace") as film:
            stream = film.streams.video[0]
            film.seek(int((_seconds(film, stream) or 0) / 3 * 1_000_000))
            frame = next(film.decode(stream), None)
            if frame is None:
                return None
            width = min(POSTER_WIDTH, frame.width)
            height = max(1, round(frame.height * width / frame.width))
            scaled = frame.reformat(width=width, height=height, format="rgb24")
            picture = Image.fromarray(scaled.to_ndarray())
        encoded = io.BytesIO()
        picture.save(encoded, "WEBP", quality=80)
        return encoded.getvalue()
    except NotAVideo:
        return None
    except _decoder_errors():
        return None


def _seconds(film: Any, stream: Any) -> float | None:
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return None if film.duration is None else film.duration / 1_000_000


def _last_moment(film: Any, stream: Any, seconds: float | None) -> float:
    """The time of the last picture, in seconds. Raises CutOff where there is none near the end."""
    last: float | None = None
    try:
        film.seek(int(max(0.0, (seconds or 0.0) - _TAIL_SECONDS) * 1_000_000))
        for frame in islice(film.decode(stream), _TAIL_FRAMES):
            last = frame.time if frame.time is not None else last
    except _decoder_errors():
        last = None
    if last is None:
        raise CutOff("The end of the video cannot be read.")
    return float(last)


def _decoder_errors() -> tuple[type[Exception], ...]:
    """What the decoder raises on a file that is not what it says."""
    import av

    return av.FFmpegError, OSError, ValueError, ArithmeticError, LookupError, MemoryError, RuntimeError


def _kind(path: Path) -> str:
    """The container, by its first bytes. Raises NotAVideo where they are those of no video that we keep."""
    with path.open("rb") as file:
        start = file.read(12)
    if start[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        return "mp4"
    if start.startswith(b"\x1a\x45\xdf\xa3"):
        return "matroska"
    raise NotAVideo("The file is empty." if not start else "The file does not begin as a video does.")


def _check_boxes(path: Path) -> None:
    """Raises CutOff where an MP4's outermost boxes say that it should be longer than it is.

    NotAVideo where there are more of them than any film has: made so that reading them takes for ever.
    """
    size, position, boxes = path.stat().st_size, 0, 0
    with path.open("rb") as file:
        while position < size:
            position += _box_length(file, position, size)
            boxes += 1
            if boxes > _MOST_BOXES:
                raise NotAVideo(f"The file has more than {_MOST_BOXES} parts.")
    if position > size:
        raise CutOff(f"The file has {size} bytes and should have at least {position}.")


def _box_length(file: BinaryIO, position: int, size: int) -> int:
    file.seek(position)
    head = file.read(16)
    length = int.from_bytes(head[:4])
    if length == 1 and len(head) == 16:
        length = int.from_bytes(head[8:])
    elif length == 0:
        return size - position  # it reaches to the end
    if length < 8:
        raise (
            CutOff("The file breaks off in the middle.")
            if len(head) < 8
            else NotAVideo("The file is damaged.")
        )
    return length
