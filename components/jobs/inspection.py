"""Whether a file that somebody chose is what a field takes: by its content, never by its name.

The kind is told by the first bytes, the measures by `probe.py` in a process of its own. What does not fit ends
as an `UploadError`: a sentence that says what is wrong and what is asked.
"""

from __future__ import annotations

import json
import logging
import math
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.catalog.spec import MediaKind, MediaLimits
from components.jobs import probe

log = logging.getLogger(__name__)

LARGEST = {MediaKind.IMAGE: 50_000_000, MediaKind.VIDEO: 100_000_000, MediaKind.AUDIO: 25_000_000}
"""Bytes of an upload, where the provider does not say less."""

MIME = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "bmp": "image/bmp",
    "tiff": "image/tiff",
    "avif": "image/avif",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
    "mkv": "video/x-matroska",
    "avi": "video/x-msvideo",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
}
"""Every format that can be uploaded, and its media type."""

_KNOWN = {
    MediaKind.IMAGE: ("jpg", "png", "webp", "gif", "bmp", "tiff", "avif"),
    MediaKind.VIDEO: ("mp4", "mov", "webm", "mkv", "avi"),
    MediaKind.AUDIO: ("mp3", "wav", "m4a", "aac", "ogg", "flac", "webm"),
}
_USUAL = {
    MediaKind.IMAGE: ("jpg", "png", "webp", "gif"),
    MediaKind.VIDEO: ("mp4", "mov", "webm"),
    MediaKind.AUDIO: ("mp3", "wav", "m4a", "aac", "ogg", "flac"),
}
_SAME = {
    "jpeg": "jpg",
    "jpe": "jpg",
    "tif": "tiff",
    "m4v": "mp4",
    "quicktime": "mov",
    "oga": "ogg",
    "wave": "wav",
}

_WORDS = {MediaKind.IMAGE: "picture", MediaKind.VIDEO: "video", MediaKind.AUDIO: "sound"}
_TROUBLES = {
    "cut off": "This file ends too early. Upload it again, or save it anew.",
    "too many pixels": f"This picture has more than {probe.MOST_PIXELS // 1_000_000} million pixels. "
    "Save it in a smaller size, and choose that.",
    "too slow": "Reading this file takes too long. Save it anew in another program, and choose that.",
}
_UNREADABLE = (
    "This file cannot be opened; it may be damaged. Save it anew in another program, and choose that."
)
_PATIENCE = 20.0
"""Seconds that reading one file may take."""
_OUT_OF_TIME = int(getattr(signal, "SIGXCPU", 1_000_000))
"""The signal that ends a process which has used its time; not every system has one."""
_LONGEST_FINDINGS = 1_000
_AT_ONCE = threading.BoundedSemaphore(2)
"""Unpacking takes memory: of files that come at the same time, the others wait."""


class UploadError(Exception):
    """A file cannot be taken, kept or sent. The text is a sentence for people: what is wrong, and what is asked."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a file is, read from the file itself."""

    kind: MediaKind
    format: str
    """A key of MIME."""
    width: int | None = None
    """Pixels, as a viewer shows it."""
    height: int | None = None
    seconds: float | None = None

    @property
    def mime(self) -> str:
        """Its media type."""
        return f"{self.kind}/{self.format}" if self.format in ("webm", "ogg") else MIME[self.format]


def formats_taken(media: MediaKind | None, limits: MediaLimits) -> tuple[str, ...]:
    """The formats that a field takes, keys of MIME: those that the provider names, else the usual ones.

    `media` None: those of all kinds.
    """
    kinds = tuple(MediaKind) if media is None else (media,)
    named = {_SAME.get(name, name) for name in limits.formats}
    known = dict.fromkeys(name for kind in kinds for name in _KNOWN[kind])
    said = tuple(name for name in known if name in named)
    return said or tuple(dict.fromkeys(name for kind in kinds for name in _USUAL[kind]))


def largest(media: MediaKind | None, limits: MediaLimits) -> int:
    """The most bytes that a file for the field may have."""
    ours = max(LARGEST.values()) if media is None else LARGEST[media]
    return ours if limits.max_bytes is None else min(ours, limits.max_bytes)


def format_of(start: bytes) -> str:
    """The format that a file's first bytes (64 are enough) show, a key of MIME. Raises UploadError for no such."""
    if not start:
        raise UploadError("This file is empty. Choose another one.")
    for beginning, name in _BEGINNINGS:
        if start.startswith(beginning):
            return name
    match start[:4], start[8:12]:
        case b"RIFF", b"WEBP":
            return "webp"
        case b"RIFF", b"WAVE":
            return "wav"
        case b"RIFF", b"AVI ":
            return "avi"
        case b"\x1a\x45\xdf\xa3", _:
            return "webm" if b"webm" in start[:64] else "mkv"
    if start[4:8] == b"ftyp":
        return _of_brand(start[8:12])
    if start[4:8] in (b"moov", b"mdat", b"wide", b"free", b"skip"):
        return "mov"
    if start[:1] == b"\xff" and len(start) > 1:
        if start[1] & 0xF6 == 0xF0:
            return "aac"
        if start[1] & 0xE6 == 0xE2:  # layer III
            return "mp3"
    if start.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<"):
        raise UploadError(
            "SVG pictures and web pages are not taken: they can carry programs. Save it as JPG or PNG."
        )
    raise UploadError("This is no picture, video or sound that can be read here. Save it in another format.")


_BEGINNINGS = (
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"BM", "bmp"),
    (b"OggS", "ogg"),
    (b"fLaC", "flac"),
    (b"ID3", "mp3"),
)


def _of_brand(brand: bytes) -> str:
    if brand in (b"avif", b"avis"):
        return "avif"
    if brand in (b"heic", b"heix", b"hevc", b"hevx", b"mif1", b"msf1", b"heim", b"heis"):
        raise UploadError("HEIC pictures cannot be read here. Save it as JPG or PNG, and choose that.")
    return "mov" if brand == b"qt  " else "mp4"


def inspected(path: Path, file_format: str) -> Found:
    """What the file at `path` is. Takes some tenths of a second, of another process. Raises UploadError."""
    findings = _probed(path, file_format)
    try:
        kind = MediaKind(findings["kind"])
        seconds = None if findings["seconds"] is None else float(findings["seconds"])
        sides = [None if findings[side] is None else int(findings[side]) for side in ("width", "height")]
        if any(side is not None and side <= 0 for side in sides):
            raise ValueError("no size")
    except (KeyError, ValueError, TypeError, OverflowError):
        raise UploadError(_TROUBLES.get(str(findings.get("trouble")), _UNREADABLE)) from None
    if kind is MediaKind.AUDIO and file_format in ("mp4", "mov"):
        file_format = "m4a"  # an MP4 with sound alone
    known = seconds if seconds is not None and math.isfinite(seconds) and seconds > 0 else None
    return Found(kind=kind, format=file_format, width=sides[0], height=sides[1], seconds=known)


def _probed(path: Path, file_format: str) -> dict[str, Any]:
    # Without the app's environment, where the key is, and without the folder that it was started in.
    environment = {
        name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ
    }
    # Isolated, it looks for packages in the usual places alone; this process may have them from others.
    packages = [entry for entry in sys.path if entry.endswith("-packages")]
    program = [sys.executable, "-I", str(Path(probe.__file__).resolve())]
    command = [*program, file_format, str(path.resolve()), *packages]
    try:
        with _AT_ONCE:
            ended = subprocess.run(  # noqa: S603  # a program of ours, and a name that we gave
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                cwd=path.parent,
                timeout=_PATIENCE,
                check=False,
            )
    except subprocess.TimeoutExpired:
        return {"trouble": "too slow"}
    except OSError:
        raise UploadError("The file cannot be read just now. Try it again in a moment.") from None
    if ended.returncode == -_OUT_OF_TIME:
        return {"trouble": "too slow"}
    if ended.returncode:
        log.warning("Reading an uploaded file ended with status %d.", ended.returncode)
        return {"trouble": "unreadable"}
    try:
        findings = json.loads(ended.stdout[:_LONGEST_FINDINGS])
    except ValueError:
        return {"trouble": "unreadable"}
    return findings if isinstance(findings, dict) else {}


def check_size(size: int, media: MediaKind | None, limits: MediaLimits) -> None:
    """Raises UploadError where `size` bytes are too many for the field."""
    most = largest(media, limits)
    if size > most:
        what = "file" if media is None else _WORDS[media]
        who = "the model takes" if most == limits.max_bytes else "here it may have"
        unit = 2**20 if most % 2**20 == 0 else 10**6
        has = math.ceil(size / unit * 10) / 10
        raise UploadError(f"This {what} has {has:g} MB; {who} at most {most / unit:g} MB.")


def check(found: Found, size: int, media: MediaKind | None, limits: MediaLimits) -> None:
    """Raises UploadError where a file of `size` bytes is not what the field takes."""
    is_one = _WORDS[found.kind]
    if media is not None and found.kind is not media:
        raise UploadError(f"This is a {is_one}; a {_WORDS[media]} is asked for.")
    taken = formats_taken(found.kind, limits)
    if found.format not in taken:
        names = [name.upper() for name in taken]
        listed = " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))
        raise UploadError(f"This is a {is_one} in the format {found.format.upper()}; {listed} is asked for.")
    check_size(size, found.kind, limits)
    if found.width is not None and found.height is not None:
        _check_sides(found.width, found.height, is_one, limits)
    # A container rounds: a recording of ten seconds may say 10.03.
    most = math.inf if limits.max_seconds is None else limits.max_seconds + 0.1
    if found.seconds is not None and found.seconds > most:
        has = math.ceil(found.seconds * 10) / 10
        raise UploadError(
            f"This {is_one} is {has:g} s long; the model takes at most {limits.max_seconds:g} s."
        )


def _check_sides(width: int, height: int, is_one: str, limits: MediaLimits) -> None:
    measures = f"This {is_one} is {width:,} × {height:,} px"
    if limits.min_side is not None and min(width, height) < limits.min_side:
        raise UploadError(f"{measures}; the model needs at least {limits.min_side:,} px a side.")
    if limits.max_side is not None and max(width, height) > limits.max_side:
        raise UploadError(f"{measures}; the model takes at most {limits.max_side:,} px a side.")
    if limits.ratios is not None:
        least, most = limits.ratios
        # Pixels are whole: a picture of 1000 × 401 is meant to be 2.5 to 1.
        if not least * (1 - 0.005) <= width / height <= most * (1 + 0.005):
            shape = f"from {_ratio(least)} to {_ratio(most)}" if least != most else _ratio(least)
            raise UploadError(f"{measures}; the model takes a width to height of {shape}.")


def _ratio(value: float) -> str:
    return f"{value:.3g}:1" if value >= 1 else f"1:{1 / value:.3g}"
