"""A model as it stands in the catalogue, whether its document has been read or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from components.catalog.spec import ModelSpec

Block = Mapping[str, Any]
"""A pricing block as it was published; see `pricing.py`."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A model that the catalogue names. `destination` is where takes are sent: a value of `jobs.job.Destination`."""

    id: str
    name: str
    """For people; the id where nobody gave it a name."""
    maker: str = ""
    summary: str = ""
    """The provider's sentence or two, or ours for a bundled model."""
    aliases: tuple[str, ...] = ()
    """Other ids of the same model, those of folded rows included."""
    released: str = ""
    """Date of release as it was published, `2025-08-07`; empty where it was not."""
    capabilities: tuple[str, ...] = ()
    """What the list says that it does: `text_to_video`, `image_to_video`."""
    prices: Mapping[str, Block] = field(default_factory=dict, hash=False, repr=False)
    """Destination -> its pricing block there."""
    listed: frozenset[str] = frozenset()
    """The destinations whose latest list has it."""
    gone: frozenset[str] = frozenset()
    """The destinations whose list had it once, and no longer has."""
    added: bool = False
    """Whether a person added it from a document."""
    spec: ModelSpec | None = None
    """What its document says; None while that has not been read, and where it cannot be."""
    trouble: str = ""
    """Why no form can be made of it, a sentence; empty while nothing is known against it."""
