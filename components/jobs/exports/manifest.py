"""`manifest.json`: everything that is needed to make takes again, written take by take.

`remaking.py` reads it. What it says of a request is the request itself: names in their order, whole numbers whole, so
that sent again it is the same, byte for byte. Files that went along with it are named by their reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import IO, Any

from components.jobs.exports.rows import as_json, figure, is_pretended, moment, person
from components.jobs.job import Job
from components.jobs.upload import Upload, references

FORMAT, VERSION = "video-playground takes", 1
ABOUT = (
    'Takes made with Video Playground, and what is needed to make them again. The object under "request" is what '
    'was posted as JSON (UTF-8, no spaces, letters not escaped) to the path under "path" of the address under '
    '"base_url"; "built-in" is the sandbox inside the app. In the place of each text "upload:..." the file of that '
    'reference was sent, as a data URI: its name is under "uploads". Times are UTC, lengths seconds, prices USD.'
)

_UNWRITABLE = "This request cannot be written down, so this take cannot be made again from here."


@dataclass(frozen=True)
class Written:
    """A file that went along."""

    name: str
    size: int
    """Bytes."""
    sha256: str
    problem: str = ""
    """Why it is not what it should be: a sentence. "" where nothing is wrong."""

    def as_json(self) -> dict[str, Any]:
        """For the manifest."""
        said = {"name": self.name, "bytes": self.size, "sha256": self.sha256}
        return said | ({"problem": self.problem} if self.problem else {})


@dataclass(frozen=True)
class Lacking:
    """A file that should have gone along, and did not."""

    problem: str
    """Why: a sentence."""

    def as_json(self) -> dict[str, Any]:
        """For the manifest."""
        return {"problem": self.problem}


File = Written | Lacking


def take_entry(
    job: Job, *, settings: Sequence[tuple[str, str]], files: Mapping[str, File], left_out: Iterable[str]
) -> dict[str, Any]:
    """What the manifest says about a take.

    `settings`: the request in plain words. `files`: what went along, by what it is ("video", "poster",
    "storyboard"). `left_out`: references of uploads that did not go along, being somebody else's or gone.
    """
    order, video = job.order, job.video
    return {
        "id": job.id,
        "title": job.title,
        "note": job.note,
        "starred": job.starred,
        "project": job.project,
        "state": job.state.value,
        "problem": job.problem,
        "detail": job.detail,
        "asked_by": person(order.owner),
        "destination": order.destination.value,
        "base_url": order.base_url,
        "path": order.path,
        "request": order.body,
        "uploads": sorted(references(order.body)),
        "uploads_left_out": sorted(left_out),
        "model": order.model,
        "model_name": order.model_name,
        "maker": order.maker,
        "document": order.document,
        "prompt": order.prompt,
        "settings": [list(row) for row in settings],
        "defaults": order.defaults,
        "seconds": order.seconds,
        "aspect_ratio": order.aspect_ratio,
        "storyboard": order.board,
        "thumbs": list(job.verdicts),
        "parent": order.parent,
        "kin": order.kin,
        "estimate": order.estimate,
        "charge": {"usd": figure(job.usd_spent), "credits": figure_of_credits(job)},
        "prices_are_pretended": is_pretended(job),
        "generation_id": job.remote_id,
        "times": {
            "asked": _time(job.created),
            "sent": _time(job.sent),
            "generating": _time(job.started),
            "ready": _time(job.ready),
            "ended": _time(job.ended),
            "binned": _time(job.binned),
        },
        "came": None
        if video is None
        else {
            "seconds": video.seconds,
            "width": video.width,
            "height": video.height,
            "fps": video.fps,
            "sound": video.sound,
            "bytes": video.size,
        },
        "files": {what: file.as_json() for what, file in files.items()},
    }


def figure_of_credits(job: Job) -> float | None:
    """What was charged in the provider's credits; None where it said nothing sensible."""
    credits = job.credits_used
    return credits if credits is not None and 0 <= credits < 1e15 else None


def upload_entry(upload: Upload, file: File) -> dict[str, Any]:
    """What the manifest says about a file that somebody added to a request."""
    return {**file.as_json(), "called": upload.name, "mime": upload.mime}


def _time(seconds: float | None) -> str | None:
    time = moment(seconds)
    return None if time is None else time.astimezone(UTC).isoformat(timespec="microseconds")


class Manifest:
    """Writes the file to `out`, a take at a time, so that it need not be in memory whole."""

    def __init__(self, out: IO[bytes], *, now: float) -> None:
        self._out = out
        self._takes = 0
        self._documents: dict[str, None] = {}
        head = {"format": FORMAT, "version": VERSION, "about": ABOUT, "written": _time(now)}
        self._put(f'{as_json(head)[:-1]},\n"takes": [')

    def take(self, entry: Mapping[str, Any]) -> None:
        """Adds what `take_entry` gave."""
        text = as_json(entry)
        if not text:  # whatever stands in the database: the other takes are handed on all the same
            doubtful = ("request", "settings", "defaults", "storyboard", "estimate", "came")
            text = as_json({**entry, **dict.fromkeys(doubtful), "cannot_be_made_again": _UNWRITABLE})
        self._put((",\n" if self._takes else "\n") + text)
        self._takes += 1
        if isinstance(digest := entry["document"], str):
            self._documents[digest] = None

    def end(
        self,
        *,
        uploads: Mapping[str, Mapping[str, Any]],
        document: Callable[[str], dict[str, Any] | None],
        not_found: Sequence[str],
    ) -> None:
        """Writes what is left: each document once, by its digest, and what was asked for and is not there."""
        self._put(
            f'\n],\n"uploads": {as_json(uploads) or "{}"},\n"not_found": {as_json(list(not_found))},\n"documents": {{'
        )
        parted = False
        for digest in self._documents:
            if kept := as_json(document(digest) or {}).removeprefix("{}"):
                self._put(f"{',' if parted else ''}\n{as_json(digest)}: {kept}")
                parted = True
        self._put("\n}}\n")

    def _put(self, text: str) -> None:
        self._out.write(text.encode())
