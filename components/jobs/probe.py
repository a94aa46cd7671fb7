"""Measures one file from outside, as a program of its own, and prints one line of JSON:

    python -I probe.py FORMAT PATH [FOLDERS WITH PACKAGES]

A file made for harm can keep a decoder busy for ever or bring it down: here that ends this process alone. It
imports nothing of the app's, starts without the app's environment, and may use little time and memory.

    {"kind": "image", "width": 640, "height": 480, "seconds": null}
    {"trouble": "cut off"}
"""

from __future__ import annotations

import contextlib
import json
import sys
import warnings
from pathlib import Path
from typing import Any

MOST_PIXELS = 100_000_000
"""Of a picture: what takes more memory than this to unpack is not unpacked."""
_ORIENTATION = 0x0112
"""The EXIF tag by which a camera says how it was held."""
_MOST_CPU_SECONDS = 12
_MOST_MEMORY = 3 * 1024**3
"""Bytes of addresses, which libraries reserve more of than they use."""

PICTURES = {
    "jpg": "JPEG",
    "png": "PNG",
    "webp": "WEBP",
    "gif": "GIF",
    "bmp": "BMP",
    "tiff": "TIFF",
    "avif": "AVIF",
}
"""What Pillow calls each format of pictures."""
RECORDINGS = {
    "mp4": "mov",
    "mov": "mov",
    "webm": "matroska",
    "mkv": "matroska",
    "avi": "avi",
    "ogg": "ogg",
    "mp3": "mp3",
    "wav": "wav",
    "flac": "flac",
    "aac": "aac",
}
"""What FFmpeg calls each format of videos and sounds."""

Findings = dict[str, Any]


def measured(path: Path, file_format: str) -> Findings:
    """The kind and measures of the file at `path`, opened as `file_format` and as nothing else, or its trouble.

    Sides in pixels as a viewer shows them; seconds where the file says its length.
    """
    try:
        return _picture(path, file_format) if file_format in PICTURES else _recording(path, file_format)
    except ImportError:
        raise  # the fault of an installation, and of no file
    except Exception as error:  # a decoder may raise anything at all
        return {"trouble": "cut off" if "truncated" in str(error) else "unreadable"}


def _picture(path: Path, file_format: str) -> Findings:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # judged below, before anything is unpacked
    with Image.open(path, formats=[PICTURES[file_format]]) as picture:
        width, height = picture.size
        if width * height > MOST_PIXELS:
            return {"trouble": "too many pixels"}
        picture.verify()
    with Image.open(path, formats=[PICTURES[file_format]]) as picture:
        # A JPEG is read to its end at an eighth of its size; of a moving picture the first one.
        picture.draft(picture.mode, (max(1, width // 8), max(1, height // 8)))
        picture.load()
        with contextlib.suppress(Exception):  # what a camera noted may be damaged, and the picture whole
            if picture.getexif().get(_ORIENTATION) in (5, 6, 7, 8):
                width, height = height, width
    return {"kind": "image", "width": width, "height": height, "seconds": None}


def _recording(path: Path, file_format: str) -> Findings:
    import av
    from av.stream import Disposition

    with (
        path.open("rb") as file,  # not its name: nothing in it can make the decoder open another file
        av.open(file, "r", format=RECORDINGS[file_format], metadata_errors="replace") as film,
    ):
        # The picture on a record's sleeve is no film.
        pictures = [s for s in film.streams.video if not s.disposition & Disposition.attached_pic]
        if not pictures and not film.streams.audio:
            return {"trouble": "unreadable"}
        stream = pictures[0] if pictures else film.streams.audio[0]
        seconds = None if film.duration is None else film.duration / av.time_base
        if seconds is None and stream.duration is not None and stream.time_base is not None:
            seconds = float(stream.duration * stream.time_base)
        found: Findings = {"kind": "audio", "width": None, "height": None, "seconds": seconds}
        if pictures:
            context = pictures[0].codec_context
            found |= {"kind": "video", "width": context.width, "height": context.height}
            if not (context.width > 0 and context.height > 0):
                return {"trouble": "unreadable"}
        elif not film.streams.audio[0].codec_context.sample_rate:
            return {"trouble": "unreadable"}
        return found


def _hold_short() -> None:
    """Bounds what this process may use; where the system has no such bounds, its caller's patience is one."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (_MOST_CPU_SECONDS, _MOST_CPU_SECONDS + 2))
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _hold_short()
    sys.path.extend(sys.argv[3:])
    warnings.simplefilter("ignore")
    print(json.dumps(measured(Path(sys.argv[2]), sys.argv[1])))
