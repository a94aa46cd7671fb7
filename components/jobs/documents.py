"""The OpenAPI documents that requests were made from, each kept once under the digest of what it says.

A model's document changes, and models go. A take says what it was made with long after.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from typing import Any

from sqlalchemy import Engine, insert, select

from components.jobs.database import reading, writing
from components.jobs.rows import storable
from components.jobs.schema import document as table

_REMEMBERED = 64
"""So many documents are known by the object that they are, and need not be written out to be recognised."""


class Documents:
    """The documents in the store's database. Every method raises StoreError when the database cannot be used."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # By identity: a document is never changed in place, and to hash 30 kB takes longer than all else at a click.
        # The object is held with its digest, so that no other can come to have its address.
        self._known: OrderedDict[int, tuple[dict[str, Any], str]] = OrderedDict()
        self._knowing = threading.Lock()

    def keep(self, document: dict[str, Any]) -> str | None:
        """The digest under which `document` is kept, which it is when this returns; None for an empty one.

        SHA-256 of the JSON with sorted keys, 64 hex digits. None too for what is no JSON: it came from no document.
        """
        if not document:
            return None
        with self._knowing:
            known = self._known.get(id(document))
        if known is not None and known[0] is document:
            return known[1]
        try:
            digest = _digest(document)
        except (TypeError, ValueError, RecursionError):
            return None
        if not self._has(digest):
            with writing(self._engine) as connection:
                # Looked for again: between the two, another process may have kept it.
                if connection.execute(_row(digest)).first() is None:
                    connection.execute(insert(table).values(digest=digest, value=document))
        with self._knowing:
            self._known[id(document)] = document, digest
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return digest

    def get(self, digest: str) -> dict[str, Any] | None:
        """The document with this digest; None where it is not kept, or damaged."""
        with reading(self._engine) as connection:
            this = table.c.digest == storable(digest)
            row = connection.execute(select(table.c.value).where(this)).one_or_none()
        return row.value if row is not None and isinstance(row.value, dict) else None

    def _has(self, digest: str) -> bool:
        with reading(self._engine) as connection:
            return connection.execute(_row(digest)).first() is not None


def _row(digest: str) -> Any:
    return select(table.c.digest).where(table.c.digest == digest)


def _digest(document: dict[str, Any]) -> str:
    written = json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(written.encode()).hexdigest()
