"""The videos that are kept: one file for each take, and beside it a poster in two sizes.

A video is downloaded beside its final name, checked there, and moved only then, so that under a final name
there is never anything but a whole video.
"""

from __future__ import annotations

import asyncio
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from components.jobs import footage
from components.jobs.archive_errors import (
    ArchiveError,
    CutOff,
    DiskFull,
    FileGone,
    NoDownload,
    NotAVideo,
    TooLarge,
    UnsafeAddress,
)
from components.jobs.job import VideoFile

__all__ = [
    "Archive",
    "ArchiveError",
    "CutOff",
    "DiskFull",
    "FileGone",
    "NoDownload",
    "NotAVideo",
    "TooLarge",
    "UnsafeAddress",
]


class Archive:
    """The videos under `folder`/takes. No video may have more than `max_bytes`."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._takes = folder / "takes"
        self._max_bytes = max_bytes

    def video_path(self, job_id: str) -> Path:
        """Where the take's video is or would be. ValueError for what is no take id (32 hex digits)."""
        return self._path(job_id, ".mp4")

    def poster_path(self, job_id: str) -> Path:
        """Where the take's poster is or would be. ValueError for what is no take id (32 hex digits)."""
        return self._path(job_id, ".webp")

    def large_poster_path(self, job_id: str) -> Path:
        """Where the take's large poster is or would be; takes of before, and small videos, have none.

        ValueError for what is no take id (32 hex digits).
        """
        return self._path(job_id, ".large.webp")

    async def keep(self, job_id: str, url: str, *, trusted_origin: str) -> VideoFile:
        """Download the take's video, check it, move it into place and make its posters; gives what the file
        is.

        `trusted_origin` is where the take was sent: it may serve the file from a private network, nobody else
        may. A whole video that is already in place is not downloaded again. Raises an ArchiveError.
        """
        final = self.video_path(job_id)
        with _disk():
            final.parent.mkdir(parents=True, exist_ok=True)
            self._clear(job_id)
        kept = await asyncio.to_thread(_already, final)
        if kept is None:
            # A name of its own: another process may be at the same take, having thought this one dead.
            part = final.with_name(f"{job_id}.{secrets.token_hex(4)}.part")
            try:
                await self._fetch(url, part, trusted_origin)
                kept = await asyncio.to_thread(_accept, part, final)
            finally:
                part.unlink(missing_ok=True)
        return await asyncio.to_thread(self._with_posters, job_id, kept)

    def remove(self, job_id: str) -> None:
        """Delete whatever there is of the take. Raises ValueError for what is no take id."""
        self.video_path(job_id).unlink(missing_ok=True)
        self.poster_path(job_id).unlink(missing_ok=True)
        self.large_poster_path(job_id).unlink(missing_ok=True)
        self._clear(job_id)

    async def _fetch(self, url: str, part: Path, trusted_origin: str) -> None:
        # Brings httpx, which no page needs: not before the first video.
        from components.jobs.download import download

        with _disk():
            file = part.open("xb")
        with file:
            await download(url, file, trusted_origin=trusted_origin, max_bytes=self._max_bytes)
            with _disk():
                file.flush()
                await asyncio.to_thread(os.fsync, file.fileno())

    def _with_posters(self, job_id: str, kept: VideoFile) -> VideoFile:
        small = footage.poster(self.video_path(job_id))
        if small is None:
            return kept
        # The large one first: who finds the small one finds both.
        if kept.width > footage.POSTER_WIDTH:
            large = footage.poster(self.video_path(job_id), footage.LARGE_POSTER_WIDTH)
            if large is not None:
                _place(large, self.large_poster_path(job_id))
        _place(small, self.poster_path(job_id))
        return replace(kept, poster=True)

    def _clear(self, job_id: str) -> None:
        for left in self.video_path(job_id).parent.glob(f"{job_id}.*.part"):
            left.unlink(missing_ok=True)

    def _path(self, job_id: str, ending: str) -> Path:
        if not re.fullmatch(r"[0-9a-f]{32}", job_id):
            raise ValueError("not a take id")
        return self._takes / job_id[:2] / (job_id + ending)


def _already(final: Path) -> VideoFile | None:
    """The video that is in place, or None: the app may have stopped between moving it and saying so."""
    try:
        return footage.inspect(final) if final.exists() else None
    except NotAVideo:
        return None


def _accept(part: Path, final: Path) -> VideoFile:
    """Check the downloaded file and give it its final name, on disk when this returns."""
    with _disk():
        kept = footage.inspect(part)
        part.replace(final)
        folder = os.open(final.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    return kept


def _place(picture: bytes, final: Path) -> None:
    """Writes a picture beside its name, and moves it there."""
    part = final.with_name(f"{final.name}.{secrets.token_hex(4)}.part")
    with _disk():
        try:
            part.write_bytes(picture)
            part.replace(final)
        finally:
            part.unlink(missing_ok=True)


@contextmanager
def _disk() -> Iterator[None]:
    """What the disk refuses, as DiskFull."""
    try:
        yield
    except OSError as error:
        raise DiskFull(f"The video could not be written: {error.strerror or type(error).__name__}.") from None
