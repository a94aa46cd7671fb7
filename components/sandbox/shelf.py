"""The models on offer: those that the sandbox was started with, and those whose documents lie in its folder now."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from components.sandbox.documents import BROKEN, UNIVERSAL, Published, read_file

log = logging.getLogger(__name__)

LOOKS_EVERY = 1.0
"""Seconds between two looks at the folder, at least."""


@dataclass(frozen=True)
class Offer:
    """What can be had at one moment."""

    models: tuple[Published, ...]

    @cached_property
    def by_name(self) -> Mapping[str, Published]:
        """By id and alias; of two of one name the first."""
        aliases = {name: model for model in reversed(self.models) for name in model.aliases}
        return aliases | {model.id: model for model in reversed(self.models)}

    @cached_property
    def created_status(self) -> Mapping[str, int]:
        """The create paths, each with the HTTP status of a create there."""
        return {**{model.path: model.created_status for model in reversed(self.models)}, UNIVERSAL: 200}


@dataclass
class _File:
    changed: tuple[int, int]
    models: tuple[Published, ...] = field(default=())


class Shelf:
    """Knows what is on offer. Safe to use from several threads."""

    def __init__(
        self, always: Sequence[Published], folder: Path, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`always`: what does not change. `folder`: of documents that may come, change and go; it need not exist.

        For one model a document in the folder counts more, and of two there the first by file name.
        """
        self._always = tuple(always)
        self._folder = folder
        self._clock = clock
        self._files: dict[str, _File] = {}
        self._looking = threading.Lock()
        self._look_at = float("-inf")
        self.offer = Offer(self._always)
        """What can be had, as of the last look. Replaced as a whole."""

    @property
    def is_due(self) -> bool:
        """Whether the last look is so long ago that `look` will look."""
        return self._clock() >= self._look_at

    def look(self) -> None:
        """Reads what changed in the folder, if the last look is long enough ago."""
        with self._looking:
            if not self.is_due:
                return
            self._read_changes()
            self._look_at = self._clock() + LOOKS_EVERY

    def _read_changes(self) -> None:
        found = self._stats()
        if found == {name: file.changed for name, file in self._files.items()}:
            return
        files: dict[str, _File] = {}
        for name, changed in found.items():
            known = self._files.get(name)
            is_known = known is not None and known.changed == changed
            files[name] = known if known is not None and is_known else self._read(name, changed)
        self._files = files
        by_id: dict[str, Published] = {}
        for file in files.values():
            for model in file.models:
                by_id.setdefault(model.id, model)
        fixed = [by_id.pop(model.id, model) for model in self._always]
        self.offer = Offer((*fixed, *by_id.values()))

    def _read(self, name: str, changed: tuple[int, int]) -> _File:
        try:
            return _File(changed, read_file(self._folder / name))
        except BROKEN as error:
            log.warning("%s is passed over: it cannot be read (%s).", name, type(error).__name__)
            return _File(changed)

    def _stats(self) -> dict[str, tuple[int, int]]:
        """When each document in the folder changed, and its size; by name, in order."""
        try:
            stats = {path.name: path.stat() for path in sorted(self._folder.glob("*.json")) if path.is_file()}
        except OSError:  # one has just gone: at the next look
            return {name: file.changed for name, file in self._files.items()}
        return {name: (stat.st_mtime_ns, stat.st_size) for name, stat in stats.items()}
