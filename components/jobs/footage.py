"""What a video file holds, read from the file itself: whether it is whole, its measures, a picture from it.

The file comes from outside. It is opened only as the kind that its first bytes say, so that a playlist
dressed up as a video cannot make the decoder open other files or addresses.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from components.jobs.archive_errors import CutOff, NotAVideo
from components.jobs.job import VideoFile

if TYPE_CHECKING:
    from PIL.Image import Image

POSTER_WIDTH = 640
"""Of a poster on a card, in pixels."""
LARGE_POSTER_WIDTH = 1280
"""Of a poster on a take's own page."""
_LARGEST_PICTURE = 8192 * 8192
_MOST_BOXES = 10_000
"""How many outermost parts an MP4 may have; a film of some seconds has a handful."""
_TAIL_SECONDS = 1.0
_TAIL_FRAMES = 2_000
"""How many frames are decoded at most while looking at the end."""
_NEAR_SECONDS = 10.0
"""A still no further ahead is reached by decoding on: key frames are as far apart as that, and a seek that lands
behind what was decoded already would decode it again."""
_MOST_FRAMES = 20_000
"""How many frames are decoded at most for all stills of a film: five minutes of 60 a second."""


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


def poster(path: Path, width: int = POSTER_WIDTH) -> bytes | None:
    """A WebP picture from one third of the way in, at most `width` pixels wide; None where none can be made."""
    import av

    try:
        with av.open(str(path), format=_kind(path), metadata_errors="replace") as film:
            stream = film.streams.video[0]
            film.seek(int((_seconds(film, stream) or 0) / 3 * 1_000_000))
            frame = next(film.decode(stream), None)
            return None if frame is None else _encoded(_picture(frame, width), "WEBP")
    except NotAVideo:
        return None
    except _decoder_errors():
        return None


def frames_at(path: Path, times: Sequence[float], *, width: int) -> list[bytes | None]:
    """JPEG pictures of what the film shows at `times` (seconds from its beginning), at most `width` pixels wide.

    Behind its end that is its last picture. None where nothing can be read. It decodes what lies between: some
    milliseconds for each frame, so not for an event loop.
    """
    import av

    stills: list[bytes | None] = [None] * len(times)
    with (
        suppress(NotAVideo, *_decoder_errors()),
        av.open(str(path), format=_kind(path), metadata_errors="replace") as film,
    ):
        reel = _Reel(film)
        for n in sorted(range(len(times)), key=lambda n: times[n]):
            stills[n] = reel.still(times[n], width)
    return stills


class _Reel:
    """A film that is wound forward. Of its frames two are held: the one that shows, and the one that follows."""

    def __init__(self, film: Any) -> None:
        self._film = film
        self._stream = film.streams.video[0]
        self._begins = (film.start_time or 0) / 1_000_000
        self._frames: Iterator[Any] = iter(())
        self._shown: Any = None
        self._following: Any = None
        self._is_lost = True
        self._left = _MOST_FRAMES

    def still(self, seconds: float, width: int) -> bytes | None:
        """The picture that shows at `seconds`, not before those of the last call; None where none can be read."""
        try:
            self._wind_to(self._begins + max(0.0, seconds))
            return None if self._shown is None else _encoded(_picture(self._shown, width), "JPEG")
        except _decoder_errors():
            self._is_lost, self._shown = True, None
            return None

    def _wind_to(self, moment: float) -> None:
        if self._is_lost or moment - self._next_time() > _NEAR_SECONDS:
            self._film.seek(int(moment * 1_000_000))
            self._frames = self._film.decode(self._stream)
            self._shown, self._following = None, self._decoded()
            self._is_lost = False
        while self._following is not None and (self._shown is None or self._next_time() <= moment):
            self._shown, self._following = self._following, self._decoded()

    def _next_time(self) -> float:
        """When the following frame begins to show, in seconds; after the last one never."""
        return float("inf") if self._following is None else float(self._following.time or 0.0)

    def _decoded(self) -> Any:
        self._left -= 1
        if self._left < 0:
            raise LookupError("more frames than any film has that we show")
        return next(self._frames, None)


def _picture(frame: Any, width: int) -> Image:
    """A decoded frame, scaled down to `width` pixels where it is wider."""
    from PIL import Image

    width = min(width, frame.width)
    height = max(1, round(frame.height * width / frame.width))
    return Image.fromarray(frame.reformat(width=width, height=height, format="rgb24").to_ndarray())


def _encoded(picture: Image, kind: str) -> bytes:
    encoded = io.BytesIO()
    picture.save(encoded, kind, quality=80)
    return encoded.getvalue()


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
