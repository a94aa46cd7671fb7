"""A file that somebody added to a request: what it is, and the reference that stands for it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components.catalog.spec import MediaKind
from components.jobs.inspection import MIME, Found

UPLOAD = "upload:"

REFERENCE = re.compile(UPLOAD + r"[0-9a-f]{32}")
_LONGEST_NAME = 120
DEEPEST = 64
"""Lists and objects within one another that are looked into."""


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file that somebody added, as it was found to be."""

    id: str
    """32 hex digits."""
    owner: str
    name: str
    """For people: what the file was called, without what could harm."""
    format: str
    """"jpg", "mp4", "mp3": a key of `inspection.MIME`."""
    mime: str
    size: int
    """Bytes."""
    width: int | None = None
    """Pixels."""
    height: int | None = None
    seconds: float | None = None
    """Length, where the file says it."""

    @property
    def reference(self) -> str:
        """What stands for it in a draft and in a request."""
        return UPLOAD + self.id

    @property
    def media(self) -> MediaKind:
        """What it is."""
        return MediaKind(self.mime.partition("/")[0])

    @property
    def found(self) -> Found:
        """What was read from the file."""
        return Found(
            kind=self.media, format=self.format, width=self.width, height=self.height, seconds=self.seconds
        )


def is_upload(value: Any) -> bool:
    """Whether `value` is the reference of an upload, there or not."""
    return isinstance(value, str) and REFERENCE.fullmatch(value) is not None


def references(value: Any) -> set[str]:
    """The references of uploads anywhere in `value`, a JSON value of whatever shape."""
    found: set[str] = set()
    level = [value]
    for _ in range(DEEPEST):
        found.update(each for each in level if is_upload(each))
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            break
    return found


def clean_name(name: str) -> str:
    """A file's name for people: without folders, controls and direction marks, and not too long."""
    last = re.split(r"[/\\]", name[-1_000:])[-1]
    kept = unicodedata.normalize("NFC", "".join(each if each.isprintable() else " " for each in last))
    words = " ".join(kept.split())
    if len(words) > _LONGEST_NAME:
        half = _LONGEST_NAME // 2
        words = f"{words[:half].rstrip()}…{words[1 - half :].lstrip()}"
    return words or "file"


def upload_from(record: Mapping[str, Any]) -> Upload | None:
    """The upload that a record (`Upload` as JSON) describes; None where it is not one: others may write to a disk."""
    try:
        media, file_format = MediaKind(record["mime"].partition("/")[0]), record["format"]
        sides = [record[side] for side in ("width", "height")]
        is_sound = (
            re.fullmatch(r"[0-9a-f]{32}", record["id"]) is not None
            and isinstance(record["owner"], str)
            and isinstance(record["size"], int)
            and file_format in MIME
            and Found(kind=media, format=file_format).mime == record["mime"]
            and all(side is None or isinstance(side, int) for side in sides)
            and isinstance(record["seconds"], float | int | None)
        )
        return (
            None
            if not is_sound
            else Upload(
                id=record["id"],
                owner=record["owner"],
                name=clean_name(record["name"]),
                format=file_format,
                mime=record["mime"],
                size=record["size"],
                width=sides[0],
                height=sides[1],
                seconds=record["seconds"],
            )
        )
    except (KeyError, ValueError, TypeError, AttributeError):
        return None
