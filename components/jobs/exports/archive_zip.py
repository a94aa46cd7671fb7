"""Many takes as one ZIP, written while it is sent: videos, posters, storyboard sheets, the list and the manifest.

Nothing is held but a chunk of a file and what each entry is called: memory stays the same whatever the videos weigh.
The list of entries, which makes it a ZIP, comes last. Whatever breaks off before is none, and is seen to be none.
"""

from __future__ import annotations

import hashlib
import io
import stat
import tempfile
import time
import zipfile
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from components.jobs.exports.csv_file import csv_head, csv_line
from components.jobs.exports.manifest import File, Lacking, Manifest, Written, take_entry, upload_entry
from components.jobs.exports.names import Names, slug
from components.jobs.exports.readme import readme
from components.jobs.exports.rows import Column, columns
from components.jobs.job import Job
from components.jobs.upload import Upload, references

CHUNK = 256 * 1024
"""Bytes that are read, and handed on, at once."""

_GONE = "The file is no longer there, or cannot be read."
_CUT = "Only a part of the file could be read: it is not whole."
_OTHER_SIZE = "The file has not the size that it had when it was kept: it may be damaged."
_NO_SHEET = "The storyboard sheet could not be made."


@dataclass(frozen=True, kw_only=True)
class Sources:
    """Where the parts of a ZIP come from."""

    video: Callable[[str], Path]
    """Where the video of a take, by its id, is or would be."""
    poster: Callable[[str], Path]
    sheet: Callable[[Job], str | None]
    """The storyboard sheet as HTML; None for a take without one. Whatever it raises costs the sheet alone."""
    settings: Callable[[Job], Sequence[tuple[str, str]]]
    """The request in plain words."""
    state: Callable[[Job], str]
    """Where a take stands, in a word or two."""
    document: Callable[[str], dict[str, Any] | None]
    """The document with this digest."""
    upload: Callable[[str], Upload | None]
    """The upload with this reference, if it may be handed to whoever asks."""
    upload_path: Callable[[Upload], Path]


class _Sink:
    """What the ZIP is written to: it cannot be wound back, and is emptied as it fills."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """There is nothing behind it."""

    def emptied(self) -> bytes:
        content = b"".join(self._parts)
        self._parts, self.size = [], 0
        return content


@dataclass
class _Zip:
    """A ZIP under way."""

    sources: Sources
    sink: _Sink = field(default_factory=_Sink)
    names: Names = field(default_factory=Names)
    uploads: dict[str, tuple[str, Upload]] = field(default_factory=dict)
    """Name in the ZIP, and the upload, by reference."""
    problems: list[str] = field(default_factory=list)
    """What went wrong, as lines for people."""

    def __post_init__(self) -> None:
        # It need not seek; the types ask for more than it uses.
        self.archive = zipfile.ZipFile(self.sink, "w", zipfile.ZIP_STORED)  # type: ignore[call-overload]

    def file(self, path: Path, name: str, when: float, expected: int | None) -> Generator[bytes, None, File]:
        """Adds a file as it is; gives what came of it. `expected`: bytes that it should have."""
        try:
            if not stat.S_ISREG(path.stat().st_mode):
                return self._lacking(name)
            with path.open("rb") as file:
                size = path.stat().st_size
                return (yield from self._copied(file, name, when, size=size, expected=expected))
        except OSError:
            return self._lacking(name)

    def text(self, content: bytes, name: str, when: float) -> Generator[bytes, None, File]:
        """Adds a text, packed."""
        return (yield from self._copied(io.BytesIO(content), name, when, size=len(content), packed=True))

    def spooled(self, file: IO[bytes], name: str, when: float) -> Generator[bytes, None, File]:
        """Adds a text that was written to a file of ours, packed."""
        size = file.tell()
        file.seek(0)
        return (yield from self._copied(file, name, when, size=size, packed=True))

    def end(self) -> Iterator[bytes]:
        """Writes the list of entries: now it is a ZIP."""
        self.archive.close()
        whole = memoryview(self.sink.emptied())
        for start in range(0, len(whole), CHUNK):
            yield bytes(whole[start : start + CHUNK])

    def _copied(
        self,
        file: IO[bytes],
        name: str,
        when: float,
        *,
        size: int,
        expected: int | None = None,
        packed: bool = False,
    ) -> Generator[bytes, None, File]:
        entry = zipfile.ZipInfo(name, _dos_time(when))
        entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        entry.external_attr = 0o644 << 16
        entry.file_size = size  # by this it is known whether the entry needs the large format
        seen, copied, problem = hashlib.sha256(), 0, ""
        with self.archive.open(entry, "w") as out:
            while copied < size:
                try:
                    chunk = file.read(min(CHUNK, size - copied))
                except OSError:
                    chunk = b""
                if not chunk:
                    problem = _CUT
                    break
                seen.update(chunk)
                copied += len(chunk)
                out.write(chunk)
                if self.sink.size >= CHUNK:
                    yield self.sink.emptied()
        if not problem and expected is not None and copied != expected:
            problem = _OTHER_SIZE
        if problem:
            self.problems.append(f"{name}: {problem}")
        return Written(name, copied, seen.hexdigest(), problem)

    def _lacking(self, name: str) -> Lacking:
        self.problems.append(f"{name}: {_GONE}")
        return Lacking(_GONE)

    def take(self, job: Job) -> Generator[bytes, None, dict[str, Any]]:
        """Adds the files of a take; gives what the manifest says of it."""
        name, files, when = self.names.of(job), dict[str, File](), job.created
        if job.video is not None:
            video = self.sources.video(job.id)
            files["video"] = yield from self.file(video, f"videos/{name}.mp4", when, job.video.size)
            if job.video.poster:
                poster = self.sources.poster(job.id)
                files["poster"] = yield from self.file(poster, f"posters/{name}{poster.suffix}", when, None)
        sheet = self._sheet(job, name)
        if isinstance(sheet, Lacking):
            files["storyboard"] = sheet
        elif sheet is not None:
            page = sheet.encode("utf-8", "replace")
            files["storyboard"] = yield from self.text(page, f"storyboards/{name}.html", when)
        used = references(job.order.body)
        left_out = [reference for reference in used if not self._takes_along(reference)]
        settings = self.sources.settings(job)
        return take_entry(job, settings=settings, files=files, left_out=left_out)

    def _sheet(self, job: Job, name: str) -> str | Lacking | None:
        try:
            return self.sources.sheet(job)
        except Exception:  # made of a video and a board that anybody may have made
            self.problems.append(f"storyboards/{name}.html: {_NO_SHEET}")
            return Lacking(_NO_SHEET)

    def _takes_along(self, reference: str) -> bool:
        if reference in self.uploads:
            return True
        upload = self.sources.upload(reference)
        if upload is None:
            return False
        called = slug(upload.name.removesuffix(f".{upload.format}"), 100) or "file"
        # Its id, too: it keeps the name apart from all others, and from what a system might have reserved.
        self.uploads[reference] = f"uploads/{called}-{upload.id[:12]}.{upload.format}", upload
        return True


def zip_parts(
    jobs: Iterable[Job],
    sources: Sources,
    *,
    now: float,
    not_found: Sequence[str] = (),
    scratch: Path | None = None,
) -> Iterator[bytes]:
    """The ZIP of `jobs`, part by part, none much larger than CHUNK; `jobs` is read as far as it is sent.

    `not_found`: ids of takes that should be in it and are not there; read at the end, so that who gives `jobs` can
    still add to it. `scratch`: a folder for what is written before its turn comes. A file that cannot be read is left
    out, and manifest and README say so. What else breaks, as the store may, is raised: the rest does not come.
    """
    made, of = _Zip(sources), columns(sources.state)
    count = 0
    with tempfile.TemporaryFile(dir=scratch) as listed, tempfile.TemporaryFile(dir=scratch) as told:
        manifest = Manifest(told, now=now)
        listed.write(csv_head(of))
        for job in jobs:
            manifest.take((yield from made.take(job)))
            listed.write(_line(job, of))
            count += 1
        uploads = {}
        for reference, (name, upload) in made.uploads.items():
            path = sources.upload_path(upload)
            uploads[reference] = upload_entry(upload, (yield from made.file(path, name, now, upload.size)))
        manifest.end(uploads=uploads, document=sources.document, not_found=not_found)
        yield from made.spooled(listed, "takes.csv", now)
        yield from made.spooled(told, "manifest.json", now)
        text = readme(count, problems=made.problems, not_found=not_found)
        yield from made.text(text.encode("utf-8", "replace"), "README.txt", now)
        yield from made.end()


def _line(job: Job, of: tuple[Column, ...]) -> bytes:
    return csv_line(tuple(column.cell(job) for column in of))


def _dos_time(when: float) -> tuple[int, int, int, int, int, int]:
    """Local time, as a ZIP has it, of a time in Unix seconds; a ZIP knows the years 1980 to 2107."""
    try:
        year, *rest = time.localtime(when)[:6]
    except (ValueError, OverflowError, OSError):
        return 1980, 1, 1, 0, 0, 0
    if not 1980 <= year <= 2107:
        return 1980, 1, 1, 0, 0, 0
    month, day, hour, minute, second = rest
    return year, month, day, hour, minute, min(second, 59)
