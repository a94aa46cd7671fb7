"""A take of somebody else put on the desk: its uploads are that person's alone, and stay behind. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from components.form.draft import Draft
from components.jobs.upload import DEEPEST, is_upload, references

LEFT_BEHIND = "Uploads stay with whoever added them; add your own for: {}."
_MOST_NAMED = 6
_LONGEST_LABEL = 60


def without_others(draft: Draft, is_ours: Callable[[str], bool]) -> tuple[Draft, tuple[str, ...]]:
    """`draft` without the uploads that are not ours, and the labels of the settings that had one.

    `is_ours` is asked for each reference.
    """
    lost = {name: _others(value, is_ours) for name, value in draft.values.items()}
    lost = {name: others for name, others in lost.items() if others}
    if not lost:
        return draft, ()
    kept = {name: _without(value, lost.get(name, set())) for name, value in draft.values.items()}
    values = {name: value for name, value in kept.items() if value is not None}
    return replace(draft, values=values), tuple(draft.spec[name].label for name in lost if name in draft.spec)


def left_behind(labels: tuple[str, ...]) -> str:
    """A sentence on what `without_others` has taken out; "" for nothing."""
    named = ", ".join(label[:_LONGEST_LABEL] for label in labels[:_MOST_NAMED])
    return LEFT_BEHIND.format(named) if named else ""


def _others(value: Any, is_ours: Callable[[str], bool]) -> set[str]:
    return {reference for reference in references(value) if not is_ours(reference)}


def _without(value: Any, lost: set[str], depth: int = DEEPEST) -> Any:
    """`value` without the references in `lost`; None where nothing else was in it."""
    if is_upload(value):
        return None if value in lost else value
    if not lost or not depth or not isinstance(value, Mapping | list) or not value:
        return value
    if isinstance(value, Mapping):
        inner = {name: _without(entry, lost, depth - 1) for name, entry in value.items()}
        return {
            name: entry for name, entry in inner.items() if entry is not None or value[name] is None
        } or None
    entries = [(_without(entry, lost, depth - 1), entry) for entry in value]
    return [left for left, was in entries if left is not None or was is None] or None
