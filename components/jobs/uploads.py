"""The files that people add to a request: kept once for each owner, and only ever given to that owner.

    uploads/ab/<id>         the file, as it came
    uploads/ab/<id>.json    its record: whose, what, since when

A file counts once its record is there, which is written last: whatever breaks in between leaves nothing that
counts. An id follows from the owner and the content, so the same file of the same owner is one, and two owners
never share a record. Drafts and requests hold the reference; it becomes a data URI on the way to the provider.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import re
import secrets
import threading
from collections.abc import Collection, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from components.catalog.spec import MediaKind, MediaLimits
from components.jobs.inspection import (
    Found,
    UploadError,
    check,
    check_size,
    format_of,
    formats_taken,
    inspected,
    largest,
)
from components.jobs.upload import DEEPEST, UPLOAD, Upload, clean_name, is_upload, references, upload_from

__all__ = [
    "UPLOAD",
    "Upload",
    "UploadError",
    "Uploads",
    "formats_taken",
    "is_upload",
    "largest",
    "references",
]

MOST_SENT = 100_000_000
"""Bytes of all files of one request together; as data URIs they are a third more."""
DAY = 86_400.0
KEPT_UNUSED = 30 * DAY
"""How long, in seconds, an upload is kept that nothing refers to."""

_ID = re.compile(r"[0-9a-f]{32}")
_LEFT = re.compile(r"[0-9a-f]{32}(\.[0-9a-f]{8}\.part)?")
_LONGEST_RECORD = 4_096


class Uploads:
    """The uploads below `folder`/uploads. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "uploads"
        self._writing = threading.Lock()

    def add(
        self,
        owner: str,
        name: str,
        content: bytes,
        *,
        media: MediaKind | None,
        limits: MediaLimits,
        now: float,
    ) -> Upload:
        """Keeps a file, on disk when this returns, and gives what it is. Takes some tenths of a second.

        `media` and `limits` are those of the field that it is for. Raises UploadError for what is no such file or
        cannot be kept; then nothing of it is left.
        """
        file_format = format_of(content[:64])
        check_size(len(content), None, limits)
        upload_id = _id_of(owner, content)
        file = self._file(upload_id)
        with _disk():
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file.parent.mkdir(exist_ok=True, mode=0o700)
            part = _written_beside(file, content)
            try:
                known = self.whosever(upload_id)
                found = inspected(part, file_format) if known is None else known.found
                check(found, len(content), media, limits)
                with self._writing:
                    part.replace(file)
                    return self._record(upload_id, owner, name, found, len(content), now)
            finally:
                part.unlink(missing_ok=True)

    def get(self, reference: str, owner: str) -> Upload | None:
        """The upload with this reference or id; None where there is none, or it is somebody else's."""
        upload = self.whosever(reference.removeprefix(UPLOAD))
        return upload if upload is not None and upload.owner == owner else None

    def whosever(self, upload_id: str) -> Upload | None:
        """The upload with this id, whoever added it: for who has made sure already that it may be seen."""
        if not _ID.fullmatch(upload_id):
            return None
        upload = upload_from(self._record_of(upload_id))
        try:
            is_whole = upload is not None and self._file(upload_id).stat().st_size == upload.size
        except OSError:
            return None
        return upload if is_whole and upload is not None and upload.id == upload_id else None

    def path(self, upload: Upload) -> Path:
        """Where the file lies, under a name that says nothing about it."""
        return self._file(upload.id)

    def data_uri(self, upload: Upload) -> str:
        """The file itself, as text that the provider takes in the place of a link. Raises UploadError."""
        try:
            content = self._file(upload.id).read_bytes()
        except OSError:
            raise UploadError(f"The file “{upload.name}” is no longer there, or cannot be read.") from None
        if len(content) != upload.size:
            raise UploadError(f"The file “{upload.name}” is damaged. Add it again.")
        return f"data:{upload.mime};base64,{base64.b64encode(content).decode('ascii')}"

    def expand(self, body: dict[str, Any], owner: str) -> dict[str, Any]:
        """A copy of `body`, a request, with each file in the place of its reference. Reads all of them.

        Raises UploadError for a file that is not there (or is not `owner`'s), and where all together are too
        large to be sent.
        """
        uris: dict[str, str] = {}
        total = 0

        def expanded(value: Any, place: str, depth: int) -> Any:
            nonlocal total
            if depth < DEEPEST and isinstance(value, dict):
                return {name: expanded(each, place or str(name), depth + 1) for name, each in value.items()}
            if depth < DEEPEST and isinstance(value, list):
                return [expanded(each, place, depth + 1) for each in value]
            if not is_upload(value):
                return value
            upload = self.get(value, owner)
            if upload is None:
                raise UploadError(f"The file that was added under “{place}” is no longer there.")
            total += upload.size
            if total > MOST_SENT:
                raise UploadError(
                    f"The files together have more than {MOST_SENT // 1_000_000} MB, the most that can be sent at once."
                )
            if value not in uris:
                uris[value] = self.data_uri(upload)
            return uris[value]

        copy: dict[str, Any] = expanded(body, "", 0)
        return copy

    def forget_unused(self, in_use: Collection[str], older_than: float) -> int:
        """Deletes what was last added before `older_than` (Unix seconds) and is not among `in_use`; gives how many.

        `in_use`: references, or ids. Half-written files of that age go too.
        """
        used = {reference.removeprefix(UPLOAD) for reference in in_use}
        gone = 0
        for file in [*self._folder.glob("*/*")]:
            # A file that cannot be looked at or deleted is the next sweep's.
            with contextlib.suppress(OSError), self._writing:
                if file.suffix == ".json" and _ID.fullmatch(file.stem):
                    record = self._record_of(file.stem)
                    kept = record.get("kept")
                    since = kept if isinstance(kept, int | float) else file.stat().st_mtime
                    if file.stem not in used and since < older_than:
                        file.unlink()
                        file.with_suffix("").unlink(missing_ok=True)
                        gone += 1
                elif _LEFT.fullmatch(file.name):
                    has_record = file.with_suffix(".json").exists()
                    if not has_record and file.stat().st_mtime < older_than:
                        file.unlink()
        return gone

    def _record(self, upload_id: str, owner: str, name: str, found: Found, size: int, now: float) -> Upload:
        upload = Upload(
            id=upload_id,
            owner=owner,
            name=clean_name(name),
            format=found.format,
            mime=found.mime,
            size=size,
            width=found.width,
            height=found.height,
            seconds=found.seconds,
        )
        record = self._file(upload_id).with_suffix(".json")
        part = _written_beside(record, json.dumps({**asdict(upload), "kept": now}).encode("ascii"))
        part.replace(record)
        _sync_folder(record.parent)
        _sync_folder(self._folder)
        return upload

    def _record_of(self, upload_id: str) -> dict[str, Any]:
        try:
            with self._file(upload_id).with_suffix(".json").open("rb") as file:
                record = json.loads(file.read(_LONGEST_RECORD))
        except (OSError, ValueError, RecursionError):
            return {}
        return record if isinstance(record, dict) else {}

    def _file(self, upload_id: str) -> Path:
        if not _ID.fullmatch(upload_id):
            raise ValueError("not an upload's id")
        return self._folder / upload_id[:2] / upload_id


def _id_of(owner: str, content: bytes) -> str:
    whose = hashlib.sha256(owner.encode("utf-8", "surrogatepass")).digest()
    return hashlib.sha256(whose + hashlib.sha256(content).digest()).hexdigest()[:32]


def _written_beside(final: Path, content: bytes) -> Path:
    """A new file next to `final`, for this user alone, with `content` on disk. Nothing is left where that fails."""
    part = final.with_name(f"{final.stem}.{secrets.token_hex(4)}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def _disk() -> Iterator[None]:
    """What the disk refuses, as a sentence."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or "the disk refused it").lower()
        raise UploadError(
            f"The file could not be kept: {reason}. Ask your administrator to make room, and add it again."
        ) from None
