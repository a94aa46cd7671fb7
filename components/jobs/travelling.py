"""What of a draft or a request may leave this playground, and the file in which it does. Pure.

Uploads never travel: they are their owner's alone. So the file names what it lacks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from components.jobs.upload import is_upload

FORMAT, VERSION = "video-playground draft", 1


def draft_file(
    model: str,
    values: Mapping[str, Any],
    *,
    storyboard: bool,
    board: Mapping[str, Any] | None,
    takes: int | None = None,
    missing: Iterable[str] = (),
) -> dict[str, Any]:
    """A draft as the JSON that `form/handing_on.py` reads. `board`: as `Board.as_json` writes it."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "model": model,
        "values": without_uploads(values),
        "storyboard": storyboard,
        "board": None if board is None else dict(board),
        "takes": takes,
        "missing": list(missing),
    }


def without_uploads(values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` without uploads, and without what then has nothing in it."""
    told = {name: travelling(value) for name, value in values.items()}
    return {name: value for name, value in told.items() if value is not None}


def travelling(value: Any) -> Any:
    """`value` without uploads; None where nothing else was in it."""
    if is_upload(value):
        return None
    if isinstance(value, Mapping):
        inner = {name: travelling(entry) for name, entry in value.items()}
        kept = {name: entry for name, entry in inner.items() if entry is not None or value[name] is None}
        return kept if kept or not value else None
    if isinstance(value, list | tuple):
        entries = [travelling(entry) for entry in value]
        left = [entry for entry, was in zip(entries, value, strict=True) if entry is not None or was is None]
        return left if left or not value else None
    return value
