"""What can be made: the models that this program knows, and what they cost where somebody says so."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from components.catalog.openapi import DOCUMENTS, DocumentError, read_document
from components.catalog.spec import ModelSpec

RULES_FILE = "rules.json"

Block = Mapping[str, Any]


class Catalog:
    """Models by id and alias, and prices by destination. Safe to use from several threads."""

    def __init__(self, models: Iterable[ModelSpec]) -> None:
        """`models` in the order in which they are offered."""
        self._models = tuple(models)
        self._by_name: dict[str, ModelSpec] = {}
        for spec in self._models:
            self._by_name[spec.id] = spec
        for spec in self._models:
            for alias in spec.aliases:
                self._by_name.setdefault(alias, spec)
        # Replaced as a whole, never changed: a reader needs no lock and never sees half a table.
        self._prices: Mapping[str, Mapping[str, Block]] = {}
        self._replacing = threading.Lock()

    @classmethod
    def bundled(cls) -> Catalog:
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
        return cls(spec for _, spec in sorted(ranked, key=lambda pair: pair[0]))

    @property
    def models(self) -> tuple[ModelSpec, ...]:
        """Every model, best first."""
        return self._models

    def find(self, id_or_alias: str) -> ModelSpec | None:
        """The model of this id or alias, or None."""
        return self._by_name.get(id_or_alias)

    def set_prices(self, destination: str, rows: Iterable[Any]) -> None:
        """Replace the prices at `destination` by those of `rows`, the `data` of `GET /v1/models`.

        Rows without an id or a pricing block, and whatever is no row, are passed over.
        """
        by_id: dict[str, Block] = {}
        by_alias: dict[str, Block] = {}
        for row in rows:
            for names, table in ((_ids(row), by_id), (_aliases(row), by_alias)):
                for name in names:
                    # Some models are listed twice (FACTS.md, "Catalogue"): the first row counts.
                    table.setdefault(name, row["pricing"])
        with self._replacing:
            self._prices = {**self._prices, destination: by_alias | by_id}

    def knows_prices(self, destination: str) -> bool:
        """Whether the prices at `destination` have been read yet."""
        return destination in self._prices

    def price(self, destination: str, model_id: str) -> Block | None:
        """The pricing block of a model at `destination`, or None where none is published.

        The two sides may call one model differently: any of our names may be any of theirs.
        """
        table = self._prices.get(destination, {})
        spec = self.find(model_id)
        names = [model_id] if spec is None else [model_id, spec.id, *spec.aliases]
        return next((table[name] for name in names if name in table), None)


def _ids(row: Any) -> Iterator[str]:
    if _is_priced(row):
        yield row["id"]


def _aliases(row: Any) -> Iterator[str]:
    aliases = row.get("aliases") if _is_priced(row) else None
    if isinstance(aliases, list | tuple):
        yield from (alias for alias in aliases if isinstance(alias, str) and alias)


def _is_priced(row: Any) -> bool:
    if not isinstance(row, Mapping):
        return False
    return isinstance(row.get("id"), str) and bool(row["id"]) and isinstance(row.get("pricing"), Mapping)
