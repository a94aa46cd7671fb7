"""What the catalogue keeps on disk, so that a start needs no network.

    <data>/catalogue/lists/<destination>.json    the last list, with its ETag, and what has gone from it
    <data>/catalogue/documents/<hash>.json       a model's document as it was last read; hash of its id
    <data>/catalogue/added/<hash>.json           a document that a person added
    <data>/sandbox/documents/~….json             the same documents, handed to the sandbox, which serves what lies there

All but the added documents can be had again: what cannot be written is logged and done without, what is damaged is
passed over. Each file is written beside its place and then renamed, so that nobody reads half of one.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.provider.replies import ModelRow

log = logging.getLogger(__name__)

LARGEST_DOCUMENT = 5_000_000
"""Bytes of a document on disk."""
LARGEST_LIST = 20_000_000
"""Bytes of a list on disk."""


@dataclass(frozen=True, kw_only=True)
class KeptList:
    """A destination's list as it was last read."""

    base_url: str
    """Where it was read; a list from elsewhere tells nothing about this place."""
    etag: str | None
    at: float
    """Unix seconds."""
    rows: tuple[ModelRow, ...]
    gone: tuple[ModelRow, ...] = ()


@dataclass(frozen=True, kw_only=True)
class KeptDocument:
    """A model's document as it was last read."""

    model: str
    """The id in the list."""
    destination: str
    """Whose list led to it."""
    mark: str
    """Of the row that led to it: another row may lead to another document."""
    at: float
    """Unix seconds."""
    document: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class AddedDocument:
    """A document that a person added, and the name that they gave the model."""

    model: str
    name: str
    document: dict[str, Any]


class Kept:
    """The catalogue's folder. Safe to use from several threads; several processes may share it."""

    def __init__(self, folder: Path, sandbox: Path | None = None) -> None:
        """`sandbox`: the folder of documents that the app's own sandbox serves; None where that runs elsewhere."""
        self._lists, self._documents, self._added = folder / "lists", folder / "documents", folder / "added"
        self._sandbox = sandbox

    def list_of(self, destination: str) -> KeptList | None:
        """The destination's last list; None where none was kept, or it cannot be read."""
        match _read(self._lists / f"{destination}.json", LARGEST_LIST):
            case {"base_url": str() as base_url, "at": int() | float() as at, "rows": list() as rows} as kept:
                etag, gone = kept.get("etag"), kept.get("gone")
                return KeptList(
                    base_url=base_url,
                    etag=etag if isinstance(etag, str) and etag.isascii() and etag.isprintable() else None,
                    at=at,
                    rows=tuple(_rows(rows)),
                    gone=tuple(_rows(gone if isinstance(gone, list) else ())),
                )
        return None

    def keep_list(self, destination: str, kept: KeptList) -> None:
        """Keeps a list in place of the former one, if the disk takes it."""
        content = {
            "base_url": kept.base_url,
            "etag": kept.etag,
            "at": kept.at,
            "rows": [row.model_dump() for row in kept.rows],
            "gone": [row.model_dump() for row in kept.gone],
        }
        _keep(self._lists / f"{destination}.json", content)

    def documents(self) -> Iterator[KeptDocument]:
        """Every model's document that was kept and can be read."""
        for path in _files(self._documents):
            if (found := _document(path)) is not None:
                yield found

    def document(self, model: str) -> KeptDocument | None:
        """The document kept for a model."""
        found = _document(self._documents / f"{_hash(model)}.json")
        return found if found is not None and found.model == model else None

    def keep_document(self, kept: KeptDocument) -> None:
        """Keeps a document in place of the model's former one, if the disk takes it."""
        content = {
            "model": kept.model,
            "destination": kept.destination,
            "mark": kept.mark,
            "at": kept.at,
            "document": kept.document,
        }
        _keep(self._documents / f"{_hash(kept.model)}.json", content)

    def added(self) -> Iterator[AddedDocument]:
        """Every document that people added."""
        for path in _files(self._added):
            match _read(path, LARGEST_DOCUMENT):
                case {"model": str() as model, "name": str() as name, "document": dict() as document}:
                    yield AddedDocument(model=model, name=name, document=document)

    def add(self, model_id: str, name: str, document: Mapping[str, Any]) -> None:
        """Keeps what a person added, and hands it to the sandbox.

        Raises OSError where it cannot be written, ValueError for what is no plain JSON or too large.
        """
        try:
            content = _json({"model": model_id, "name": name, "document": document})
        except (TypeError, RecursionError) as error:
            raise ValueError("The document is not plain JSON.") from error
        if len(content) > LARGEST_DOCUMENT:
            raise ValueError("The document is too large.")
        _write(self._added / f"{_hash(model_id)}.json", content, lasting=True)
        self._hand("added", model_id, document, {"name": name})

    def remove(self, model_id: str) -> None:
        """Forgets what a person added, here and in the sandbox. Raises OSError where it cannot be deleted."""
        (self._added / f"{_hash(model_id)}.json").unlink(missing_ok=True)
        if self._sandbox is not None:
            (self._sandbox / f"~added-{_hash(model_id)}.json").unlink(missing_ok=True)

    def hand_over(self, model: str, document: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
        """Gives a document to the sandbox, so that its model can be tried there, if the disk takes it.

        `facts` (name, maker, summary, aliases, released) are for the sandbox's list: documents hardly say them.
        """
        self._hand("listed", model, document, facts)

    def _hand(self, kind: str, model: str, document: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
        if self._sandbox is None:
            return
        # By their names the last in the folder: what somebody put there by hand comes first.
        path = self._sandbox / f"~{kind}-{_hash(model)}.json"
        info = document.get("info")
        about = dict(info) if isinstance(info, Mapping) else {}
        known = about.get("x-model")
        told = {name: value for name, value in facts.items() if value}
        about["x-model"] = {**(known if isinstance(known, Mapping) else {}), **told, "id": model}
        _keep(path, {**document, "info": about})


def mark_of(row: ModelRow) -> str:
    """What changes with a row, except for its price."""
    told = row.model_dump(exclude={"pricing"})
    return hashlib.sha256(_json(told)).hexdigest()[:16]


def _document(path: Path) -> KeptDocument | None:
    match _read(path, LARGEST_DOCUMENT):
        case {
            "model": str() as model,
            "destination": str() as destination,
            "mark": str() as mark,
            "at": int() | float() as at,
            "document": dict() as document,
        }:
            return KeptDocument(model=model, destination=destination, mark=mark, at=at, document=document)
    return None


def _rows(rows: Iterable[Any]) -> Iterator[ModelRow]:
    for row in rows:
        with contextlib.suppress(ValueError):
            yield ModelRow.model_validate(row)


def _hash(model_id: str) -> str:
    return hashlib.sha256(model_id.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == ".json")
    except OSError:
        return []


def _read(path: Path, largest: int) -> Any:
    """The content of a file of ours; None where there is none that could be read."""
    try:
        if path.stat().st_size > largest:
            raise ValueError("too large")
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        log.info("%s is passed over: it cannot be read (%s).", path.name, type(error).__name__)
        return None


def _json(content: Any) -> bytes:
    return json.dumps(content, separators=(",", ":"), allow_nan=False).encode()


def _keep(path: Path, content: Any) -> None:
    """Writes what can be had again: that the disk is full costs only the next start some time."""
    try:
        _write(path, _json(content))
    except (OSError, ValueError, TypeError, RecursionError) as error:
        log.info("%s is not kept (%s).", path.name, type(error).__name__)


def _write(path: Path, content: bytes, *, lasting: bool = False) -> None:
    """A whole file or none. `lasting`: there even after a power cut."""
    try:
        if path.read_bytes() == content:
            return
    except OSError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise
