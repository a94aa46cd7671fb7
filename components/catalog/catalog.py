"""What can be made: every model that this program knows of, whether its document has been read or not.

Models come from three places, the weakest first: documents that come with the program, what was kept on disk, and the
lists and documents that destinations publish (`reader.py` brings both in). A document that a person added stands above
them all, until it is removed.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from components.catalog.assembly import Sources, entries, in_full, left, listed
from components.catalog.entry import Block, Entry
from components.catalog.live.listing import MOST_ALIASES, is_video
from components.catalog.openapi import DOCUMENTS, DocumentError, read_document
from components.catalog.spec import ModelSpec
from components.jobs.job import Destination
from components.provider.replies import ModelRow, read_row
from components.provider.sentences import bounded, words

RULES_FILE = "rules.json"
MOST_ADDED = 200
"""Models that people can add."""
LONGEST_NAME = 120
"""Characters of a name that a person gives."""
_MOST_WANTED = 100


class Keeping(Protocol):
    """Where added documents are kept; see `kept.Kept`."""

    def add(self, model_id: str, name: str, document: Mapping[str, Any]) -> None:
        """Keeps it. Raises OSError where it cannot be written, ValueError where it is no plain JSON or too large."""

    def remove(self, model_id: str) -> None:
        """Forgets it. Raises OSError where it cannot."""


@dataclass(frozen=True)
class _Picture:
    """Everything that a page asks for, as of one moment. Replaced as a whole: a reader needs no lock."""

    sources: Sources
    revision: int
    entries: tuple[Entry, ...]
    models: tuple[ModelSpec, ...]
    by_name: Mapping[str, Entry]


class Catalog:
    """Models by id and alias, and prices by destination. Safe to use from several threads; asking costs no time."""

    def __init__(self, models: Iterable[ModelSpec], kept: Keeping | None = None) -> None:
        """`models` in the order in which they are offered. Without `kept`, what is added lives as long as this."""
        self._kept = kept
        self._changing = threading.RLock()
        self._wanted: deque[str] = deque(maxlen=_MOST_WANTED)
        self._told: Callable[[], None] = lambda: None
        self._now = _picture(Sources(bundled=tuple(models)), None)

    @classmethod
    def bundled(cls, kept: Keeping | None = None) -> Catalog:
        """The models whose documents come with the program, in the order of their `rank`.

        Raises DocumentError, naming the file, if one of them cannot be read.
        """
        ranked = []
        for file in sorted(DOCUMENTS.glob("*.json")):
            if file.name == RULES_FILE:
                continue
            document = json.loads(file.read_text(encoding="utf-8"))
            try:
                spec = read_document(document)
            except DocumentError as trouble:
                raise DocumentError(f"{file.name}: {trouble}") from None
            ranked.append((document["info"]["x-model"]["rank"], spec))
        return cls((spec for _, spec in sorted(ranked, key=lambda pair: pair[0])), kept)

    @property
    def models(self) -> tuple[ModelSpec, ...]:
        """The models that a form can be made of, best first."""
        return self._now.models

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every model, readable or not: the bundled ones best first, the added ones, the rest with the newest first."""
        return self._now.entries

    @property
    def revision(self) -> int:
        """Grows with every change."""
        return self._now.revision

    def entry(self, id_or_alias: str) -> Entry | None:
        """The model of this id or alias, or None. An id is stronger than an alias."""
        return self._now.by_name.get(id_or_alias)

    def find(self, id_or_alias: str) -> ModelSpec | None:
        """What the document of this model says; None where there is no such model, or none has been read."""
        entry = self.entry(id_or_alias)
        return None if entry is None else entry.spec

    def want(self, id_or_alias: str) -> None:
        """Asks for the document of this model: it is read soon, in the background."""
        self._wanted.append(id_or_alias)
        self._told()

    def knows_prices(self, destination: str) -> bool:
        """Whether the list of `destination` has been read, now or in a former run."""
        return destination in self._now.sources.lists

    def price(self, destination: str, model_id: str) -> Block | None:
        """The pricing block of a model at `destination`, or None where none is published.

        The two sides may call one model differently: any of our names may be any of theirs.
        """
        entry = self.entry(model_id)
        return None if entry is None else entry.prices.get(destination)

    def rows(self, destination: str) -> tuple[tuple[ModelRow, ...], tuple[ModelRow, ...]]:
        """The rows of the latest list of `destination`, one for each model, and those that have gone from it."""
        sources = self._now.sources
        return sources.lists.get(destination, ()), sources.gone.get(destination, ())

    def set_list(self, destination: str, rows: Iterable[Any], gone: Iterable[Any] = ()) -> None:
        """Replaces the list of `destination` by `rows`: rows of `GET /v1/models`, read or as they came.

        What is no row of a video model is passed over. A model that the former list had, and those in `gone`, have
        gone from the destination if `rows` lack them; they stay in the catalogue.
        """
        usable = [row for row in map(_row, rows) if row is not None and is_video(row)]
        former = [row for row in map(_row, gone) if row is not None]
        with self._changing:
            sources = self._now.sources
            now = listed(sources, usable)
            missing = left(
                sources.lists.get(destination, ()), (*sources.gone.get(destination, ()), *former), now
            )
            removed = sources.removed
            if destination == Destination.SANDBOX:
                there = {row.id for row in now}
                removed = {name: spec for name, spec in removed.items() if name in there}
            self._replace(
                lists={**sources.lists, destination: now},
                gone={**sources.gone, destination: missing},
                removed=removed,
            )

    def learn(self, read: Mapping[str, ModelSpec]) -> None:
        """Takes in what documents say: name of a model -> its spec. Their words give way to those of the lists."""
        with self._changing:
            sources = self._now.sources
            bundled = {name: spec for spec in sources.bundled for name in (*spec.aliases, spec.id)}
            known, troubles = dict(sources.read), dict(sources.troubles)
            for name, spec in read.items():
                if _is_same(sources.removed.get(name), spec):
                    continue  # its last trace in the sandbox
                entry = self.entry(name) or Entry(id=name, name=name)
                names = (name, entry.id, *entry.aliases)
                base = next((bundled[n] for n in names if n in bundled), None)
                for former in names:
                    known.pop(former, None)
                    troubles.pop(former, None)
                known[name] = in_full(spec, entry, base)
            self._replace(read=known, troubles=troubles)

    def distrust(self, name: str, trouble: str) -> None:
        """Notes why the document of a model could not be read. What was read of it before stays in force."""
        with self._changing:
            self._replace(troubles={**self._now.sources.troubles, name: trouble})

    def add(self, document: Mapping[str, Any], name: str = "") -> Entry:
        """Adds the model that an OpenAPI document describes, and keeps it until it is removed.

        `name` is for people; without one the document's own counts. A model of the same id makes way for it.
        Raises DocumentError, with a sentence for people, for a document that no form can be made of, and where it
        cannot be kept.
        """
        spec = read_added(document, name)
        with self._changing:
            added = self._now.sources.added
            if spec.id not in added and len(added) >= MOST_ADDED:
                raise DocumentError(f"There are {MOST_ADDED} added models already. Remove one of them first.")
            twin = self.entry(spec.id)
            if spec.id not in added and twin is not None and twin.added:
                raise DocumentError(
                    f"{twin.name} was added as the same model already. Remove that one first."
                )
            if self._kept is not None:
                try:
                    self._kept.add(spec.id, spec.name, document)
                except OSError:
                    raise DocumentError(
                        "The document could not be kept: the disk cannot be written. Make room, and add it again."
                    ) from None
                except ValueError:
                    raise DocumentError("The document is too large, or it is not plain JSON.") from None
            self._replace(
                added={**added, spec.id: spec}, removed=_without(self._now.sources.removed, spec.id)
            )
            entry = self.entry(spec.id)
        self._told()
        assert entry is not None
        return entry

    def restore(self, added: Iterable[ModelSpec]) -> None:
        """Takes in models that were added in a former run."""
        with self._changing:
            former = {spec.id: spec for spec in added}
            self._replace(added={**former, **self._now.sources.added})

    def remove(self, model_id: str) -> None:
        """Takes an added model out; one that was known without it is as it was before. Nothing for any other model.

        Raises DocumentError, with a sentence for people, where its file cannot be removed.
        """
        with self._changing:
            sources = self._now.sources
            if model_id not in sources.added:
                return
            if self._kept is not None:
                try:
                    self._kept.remove(model_id)
                except OSError:
                    raise DocumentError(
                        "The model could not be removed: its file cannot be deleted."
                    ) from None
            listed_here = sources.lists.get(Destination.SANDBOX, ())
            self._replace(
                added=_without(sources.added, model_id),
                removed={**sources.removed, model_id: sources.added[model_id]},
                lists={
                    **sources.lists,
                    Destination.SANDBOX: tuple(row for row in listed_here if row.id != model_id),
                }
                if listed_here
                else sources.lists,
            )
        self._told()

    def wanted(self) -> tuple[str, ...]:
        """What was wanted since this was last asked, the latest first, each once. For who reads documents."""
        found: dict[str, None] = {}
        while self._wanted:
            found[self._wanted.pop()] = None
        return tuple(found)

    def when_told(self, tell: Callable[[], None]) -> None:
        """Has `tell` called, from whatever thread, whenever a document is wanted, added or removed."""
        self._told = tell

    def _replace(self, **changes: Any) -> None:
        sources = self._now.sources
        if any(getattr(sources, name) != value for name, value in changes.items()):
            self._now = _picture(replace(sources, **changes), self._now)


def read_added(document: Any, name: str = "") -> ModelSpec:
    """The model that a person's document describes. Raises DocumentError."""
    if not isinstance(document, Mapping):
        raise DocumentError("This is no OpenAPI document: it is not a JSON object.")
    spec = read_document(document)
    given = bounded(words(name), LONGEST_NAME)
    return replace(spec, name=given or spec.name, aliases=spec.aliases[:MOST_ALIASES])


def _picture(sources: Sources, before: _Picture | None) -> _Picture:
    former = {entry.id: entry for entry in before.entries} if before is not None else {}
    # An entry that says the same stays the same object: what a page has worked out of it still holds.
    found = tuple(_as_before(former.get(entry.id), entry) for entry in entries(sources))
    by_name: dict[str, Entry] = {}
    for entry in found:
        by_name.setdefault(entry.id, entry)
    for entry in found:
        for alias in entry.aliases:
            by_name.setdefault(alias, entry)
    models = tuple(entry.spec for entry in found if entry.spec is not None)
    return _Picture(sources, 0 if before is None else before.revision + 1, found, models, by_name)


def _as_before(former: Entry | None, entry: Entry) -> Entry:
    is_same = former is not None and former.spec is entry.spec and former == entry
    return former if is_same and former is not None else entry


def _is_same(one: ModelSpec | None, other: ModelSpec) -> bool:
    return one is not None and (one.path, one.parameters) == (other.path, other.parameters)


def _without(specs: Mapping[str, ModelSpec], model_id: str) -> dict[str, ModelSpec]:
    return {name: spec for name, spec in specs.items() if name != model_id}


def _row(row: Any) -> ModelRow | None:
    return row if isinstance(row, ModelRow) else read_row(row)
