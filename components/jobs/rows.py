"""A row of the table and the Job that it stands for: one function each way, and what columns can hold."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import Row

from components.jobs.database import StoreError
from components.jobs.job import Destination, Job, Order, State, VideoFile

SCHEDULE = frozenset({"next_at", "tries"})
"""Columns that no page shows, unless the take waits because of a problem."""

_CHANGEABLE = SCHEDULE | {
    "state",
    "sent",
    "followed_since",
    "started",
    "ready",
    "ended",
    "remote_id",
    "pasted",
    "problem",
    "detail",
    "raw",
    "video_url",
    "video",
    "credits_used",
    "usd_spent",
}


_TEXTS = ("id", "owner", "model", "model_name", "base_url", "path", "prompt", "detail", "raw")
_TEXTS_OR_NONE = (
    "aspect_ratio",
    "parent",
    "document",
    "kin",
    "maker",
    "remote_id",
    "problem",
    "video_url",
    "title",
    "note",
    "project",
)
_TIMES = ("sent", "followed_since", "started", "ready", "ended", "next_at", "binned")
_LATEST = 250_000_000_000
"""Unix seconds; near the end of the year 9891, which every calendar can still show."""
_MOST = 2**53
"""Of bytes, pixels, seconds and dollars: up to there a number is exact everywhere."""


def to_job(row: Row[Any]) -> Job:
    """The take that `row` holds. Raises StoreError where it says what this version does not know, or what cannot be.

    A storyboard or thumbs that cannot be read are none at all: the video can be followed and watched without them.
    """
    try:
        state, destination = State(row.state), Destination(row.destination)
        video = None if row.video is None else VideoFile(**row.video)
        if not (_is_sound(row) and (video is None or _is_file(video))):
            raise TypeError
    except (ValueError, TypeError):
        raise StoreError(
            f"Take {row.id} is damaged, or was written by another version of this app, and cannot be read."
        ) from None
    order = Order(
        owner=row.owner,
        model=row.model,
        model_name=row.model_name,
        body=row.body,
        defaults=row.defaults,
        destination=destination,
        base_url=row.base_url,
        path=row.path,
        prompt=row.prompt,
        seconds=row.seconds,
        aspect_ratio=row.aspect_ratio,
        parent=row.parent,
        board=row.board if isinstance(row.board, dict) else None,
        document=row.document,
        estimate=row.estimate if isinstance(row.estimate, dict) else None,
        kin=row.kin or "",
        maker=row.maker or "",
    )
    return Job(
        id=row.id,
        seq=row.seq,
        order=order,
        state=state,
        created=row.created,
        sent=row.sent,
        followed_since=row.followed_since,
        started=row.started,
        ready=row.ready,
        ended=row.ended,
        remote_id=row.remote_id,
        pasted=bool(row.pasted),
        tries=row.tries,
        next_at=row.next_at,
        problem=row.problem,
        detail=row.detail,
        raw=row.raw,
        video_url=row.video_url,
        video=video,
        credits_used=row.credits_used,
        usd_spent=row.usd_spent,
        verdicts=to_verdicts(row.verdicts),
        title=row.title or "",
        note=row.note or "",
        starred=bool(row.starred),
        project=row.project or "",
        binned=row.binned,
    )


def _is_sound(row: Row[Any]) -> bool:
    """Whether every column holds what it should. SQLite takes anything anywhere."""
    columns = row._mapping
    return (
        isinstance(row.body, dict)
        and isinstance(row.defaults, dict)
        and all(isinstance(columns[name], str) for name in _TEXTS)
        and all(columns[name] is None or isinstance(columns[name], str) for name in _TEXTS_OR_NONE)
        and _is_number(row.created, _LATEST)
        and all(columns[name] is None or _is_number(columns[name], _LATEST) for name in _TIMES)
        and all(each is None or _is_number(each, _MOST) for each in (row.credits_used, row.usd_spent))
        and (row.seconds is None or (isinstance(row.seconds, int) and _is_number(row.seconds, _MOST)))
        and isinstance(row.tries, int)
    )


def _is_file(video: VideoFile) -> bool:
    counts = (video.size, video.width, video.height)
    return all(isinstance(each, int) and each >= 0 for each in counts) and all(
        _is_number(each, _MOST) for each in (*counts, video.seconds, video.fps)
    )


def _is_number(value: object, most: int) -> bool:
    """Not so for what is endless or no number at all, either."""
    return isinstance(value, int | float) and not isinstance(value, bool) and -most <= value <= most


def to_verdicts(value: object) -> tuple[bool | None, ...]:
    """The thumbs that a column holds; none where it holds anything else."""
    if not isinstance(value, list) or not all(thumb is None or isinstance(thumb, bool) for thumb in value):
        return ()
    return tuple(value)


def new_row(order: Order, *, id: str, token: str, ordinal: int, now: float) -> dict[str, Any]:
    """The row of a take that was asked for `now` and waits to be sent."""
    return {
        "id": id,
        "token": token,
        "ordinal": ordinal,
        "owner": order.owner,
        "model": order.model,
        "model_name": order.model_name,
        "body": order.body,
        "defaults": order.defaults,
        "destination": order.destination.value,
        "base_url": order.base_url,
        "path": order.path,
        "prompt": storable(order.prompt),
        "seconds": order.seconds,
        "aspect_ratio": order.aspect_ratio,
        "parent": order.parent,
        "board": order.board,
        "document": order.document,
        "estimate": order.estimate,
        "kin": order.kin or None,
        "maker": order.maker or None,
        "state": State.WAITING.value,
        "created": now,
        "tries": 0,
        "next_at": now,
        "detail": "",
        "raw": "",
    }


def as_columns(changes: dict[str, Any]) -> dict[str, Any]:
    """Changes to a Job as columns. Raises ValueError for a name that nothing may change."""
    if unknown := changes.keys() - _CHANGEABLE:
        raise ValueError(f"not a part of a take that can change: {', '.join(sorted(unknown))}")
    columns = {name: _column(value) for name, value in changes.items()}
    if isinstance(video := changes.get("video"), VideoFile):
        columns["size"] = video.size
    return columns


def _column(value: Any) -> Any:
    if isinstance(value, State):
        return value.value
    if isinstance(value, VideoFile):
        return asdict(value)
    return storable(value) if isinstance(value, str) else value


def storable(text: str) -> str:
    """`text` without lone surrogates, which JSON from outside can hold and no database takes."""
    return text.encode("utf-8", "replace").decode("utf-8")
