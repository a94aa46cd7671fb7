"""Where each take's card stands, so that no card ever moves while someone looks.

Streamlit applies changes one by one at positions: a card that moves by one place is torn down and built anew, and a
video that plays in it stops. So a page reserves a slot for every card it may come to show, newest on top, and a take
keeps the slot it once got.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

ROOM = 30
"""Slots kept free above the cards that a page opens with, for takes that come while it is open."""

MORE = 24
"""Takes that a short list grows by while it is open, so that none that plays is pushed out by newer ones."""


@dataclass
class Shelf:
    """The slots of one open page. Slot 0 is on top."""

    slots: dict[str, int] = field(default_factory=dict)
    size: int = 0

    def place(self, newest_first: Sequence[str]) -> dict[str, int]:
        """The slot of each id; ids seen before keep theirs. Starts anew when there is no room left on top."""
        seen = [job_id for job_id in newest_first if job_id in self.slots]
        first = newest_first.index(seen[0]) if seen else 0
        fresh, rest = newest_first[:first], newest_first[first:]
        top = min(self.slots.values(), default=0)
        if not seen or len(fresh) > top or list(rest[: len(seen)]) != seen:
            self.slots = {job_id: ROOM + n for n, job_id in enumerate(newest_first)}
        else:
            self.slots |= {job_id: top - len(fresh) + n for n, job_id in enumerate(fresh)}
            # A card that was deleted lets an older one in at the bottom.
            bottom = max(self.slots.values()) + 1
            self.slots |= {job_id: bottom + n for n, job_id in enumerate(rest[len(seen) :])}
        self.size = max(self.slots.values(), default=ROOM - 1) + 1
        return {job_id: self.slots[job_id] for job_id in newest_first}

    def reach(self, newest_first: Sequence[str], shown: int) -> int:
        """How many of these takes a list shows that opened with `shown`: all down to the last that has a slot."""
        return max([shown, *(n for n, job_id in enumerate(newest_first, 1) if job_id in self.slots)])
