"""Takes that somebody chose for a download, put aside until the browser asks for them: no address carries them all."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

HOUR = 3600.0
"""How long takes are kept, in seconds."""


@dataclass(frozen=True)
class Chosen:
    """What was chosen, by whom, and who may fetch it."""

    ids: tuple[str, ...]
    name: str
    """What the file is called, without its ending."""
    owner: str
    """Who asks: their own uploads go along."""
    viewer: str
    """The browser that may fetch it."""
    until: float
    """Unix seconds."""


class Aside:
    """What is put aside, by a token. Of too much, what was put aside first is forgotten. Safe for threads."""

    def __init__(self, *, most: int = 200, most_ids: int = 100_000) -> None:
        self._most, self._most_ids = most, most_ids
        self._kept: OrderedDict[str, Chosen] = OrderedDict()
        self._changing = threading.Lock()

    def put(self, token: str, chosen: Chosen, *, now: float) -> None:
        """Keeps `chosen` under `token`, in the place of what was there."""
        with self._changing:
            self._kept.pop(token, None)
            self._kept[token] = chosen
            for old in [each for each, kept in self._kept.items() if kept.until <= now]:
                del self._kept[old]
            while len(self._kept) > self._most or self._ids() > self._most_ids:
                self._kept.popitem(last=False)

    def get(self, token: str, *, now: float) -> Chosen | None:
        """What is kept under `token`; None where nothing is, or its time is over."""
        with self._changing:
            chosen = self._kept.get(token)
        return chosen if chosen is not None and chosen.until > now else None

    def _ids(self) -> int:
        return sum(len(kept.ids) for kept in self._kept.values())
