"""Takes for the tests of exports, and a folder that they lie in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from components.jobs.exports.archive_zip import Sources
from components.jobs.job import Job, State, VideoFile
from components.jobs.upload import Upload
from tests.jobs.takes import order

FILM = VideoFile(size=3_000, seconds=5.04, width=1280, height=720, fps=24.0, sound=True, poster=True)


def made(number: int = 1, **changes: Any) -> Job:
    """A take that is ready. What names a part of its order changes that."""
    of_order = {name: changes.pop(name) for name in [*changes] if name in order().__dataclass_fields__}
    given: dict[str, Any] = {
        "id": f"{number:032x}",
        "seq": number,
        "order": order(**of_order),
        "state": State.COMPLETED,
        "created": 1_760_000_000.0 + number,
        "sent": 1_760_000_001.5,
        "ready": 1_760_000_091.5,
        "video": FILM,
        "usd_spent": 0.35,
        "remote_id": "gen-1",
    }
    return Job(**(given | changes))


@dataclass
class Shelf:
    """A folder of files, and the sources of a ZIP that leads to them."""

    folder: Path
    uploads: dict[str, Upload] = field(default_factory=dict)
    sheets: dict[str, str] = field(default_factory=dict)
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)

    def keep(self, job: Job, size: int = FILM.size) -> Job:
        """Writes the take's video and poster, and gives the take with the size of its video."""
        content = (job.id.encode() * (size // 32 + 1))[:size]
        (self.folder / f"{job.id}.mp4").write_bytes(content)
        (self.folder / f"{job.id}.webp").write_bytes(b"poster")
        return replace(job, video=replace(FILM, size=size))

    def stock(self, jobs: Iterable[Job]) -> list[Job]:
        """The same for many."""
        return [self.keep(job) for job in jobs]

    @property
    def sources(self) -> Sources:
        """Where a ZIP finds all that."""

        def settings(job: Job) -> Sequence[tuple[str, str]]:
            return [("Prompt", job.order.prompt)]

        return Sources(
            video=lambda job_id: self.folder / f"{job_id}.mp4",
            poster=lambda job_id: self.folder / f"{job_id}.webp",
            sheet=lambda job: self.sheets.get(job.id),
            settings=settings,
            state=lambda job: "Ready",
            document=self.documents.get,
            upload=self.uploads.get,
            upload_path=lambda upload: self.folder / upload.id,
        )
