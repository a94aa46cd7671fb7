"""The contact sheet: the cards of History as one component, which the browser draws and keeps standing.

The browser is told what the cards are, and changes what differs; no card that stands is moved or built anew, so that
a video plays on whatever comes, runs and ends around it. What people do is reported with a receipt (`reports.py`
says why), all that has not been heard yet together.

Put it where nothing above it comes or goes while somebody looks, or keep what does in a container of its own: at
another position in the page Streamlit makes it anew.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeGuard

import streamlit as st

from components.gallery.sheet_card import Card
from components.reports import REPORTS_JS

HERE = Path(__file__).parent

MOST_HEARD = 500
"""So many changes of a kind are read from one report."""
_MOST_KNOWN = 500
"""Cards shown before that may still be meant: one that plays stays on the screen when newer takes push it out."""
_LONGEST_MARK = 64

_component = st.components.v2.component(
    "contact_sheet",
    html=(HERE / "contact_sheet.html").read_text(encoding="utf-8"),
    css=(HERE / "contact_sheet.css").read_text(encoding="utf-8"),
    js=REPORTS_JS
    + "".join(
        (HERE / name).read_text(encoding="utf-8")
        for name in ("sheet_places.js", "sheet_card.js", "contact_sheet.js")
    ),
)


def contact_sheet(
    cards: Sequence[Card],
    *,
    key: str,
    selecting: bool,
    on_open: Callable[[str], None],
    on_star: Callable[[Sequence[str], bool], None],
    on_select: Callable[[Sequence[str], bool], None],
) -> None:
    """Draws the cards, in this order. `selecting`: whether each has a check box.

    The callbacks run before the page. `on_open` gets the id of the take that somebody opened, `on_star` ids that were
    given a star or lost it, `on_select` ids that were selected or left out: only of cards that were shown.
    """
    # A card twice would be two with one name.
    shown = {card.id: card for card in cards}
    known = {**st.session_state.get(f"{key}:known", {}), **dict.fromkeys(shown)}
    st.session_state[f"{key}:known"] = dict.fromkeys(list(known)[-max(_MOST_KNOWN, len(shown)) :])
    _component(
        key=key,
        data={
            "cards": [card.data for card in shown.values()],
            "selecting": selecting,
            # Only clocks need it: else the same cards are the same data.
            "now": time.time() if any(card.running for card in shown.values()) else 0,
            "receipt": st.session_state.get(f"{key}:receipt", ""),
        },
        on_said_change=partial(_heard, key, on_open, on_star, on_select),
    )


@dataclass(frozen=True)
class Said:
    """What a browser reported."""

    stars: dict[str, bool] = field(default_factory=dict)
    selected: dict[str, bool] = field(default_factory=dict)
    opened: tuple[str, str] | None = None
    """The take's id, and which click it was: a report is made again where nobody answers."""
    receipt: str | None = None


def read(sent: object, known: Collection[str]) -> Said:
    """What of `sent` is said of takes that are `known`. A browser may send anything."""
    if not isinstance(sent, Mapping):
        return Said()
    receipt, (job_id, click) = sent.get("receipt"), _pair(sent.get("opened"))
    return Said(
        _changes(sent.get("stars"), known),
        _changes(sent.get("selected"), known),
        (job_id, click) if isinstance(job_id, str) and job_id in known and _is_mark(click) else None,
        receipt if _is_mark(receipt) else None,
    )


def _is_mark(sent: object) -> TypeGuard[str]:
    return isinstance(sent, str) and 0 < len(sent) <= _LONGEST_MARK


def _pair(sent: object) -> tuple[object, object]:
    return (sent[0], sent[1]) if isinstance(sent, list) and len(sent) == 2 else (None, None)


def _changes(sent: object, known: Collection[str]) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for entry in sent[:MOST_HEARD] if isinstance(sent, list) else ():
        job_id, on = _pair(entry)
        if isinstance(job_id, str) and job_id in known and isinstance(on, bool):
            found[job_id] = on
    return found


def _heard(
    key: str,
    on_open: Callable[[str], None],
    on_star: Callable[[Sequence[str], bool], None],
    on_select: Callable[[Sequence[str], bool], None],
) -> None:
    state = st.session_state
    said = read(state[key].get("said"), state.get(f"{key}:known", {}))
    if said.receipt is not None:
        # Also where something cannot be kept: the browser then shows what is.
        state[f"{key}:receipt"] = said.receipt
    for changes, tell in ((said.stars, on_star), (said.selected, on_select)):
        for on in (True, False):
            if ids := [job_id for job_id, is_on in changes.items() if is_on is on]:
                tell(ids, on)
    if said.opened is not None and said.opened != state.get(f"{key}:opened"):
        state[f"{key}:opened"] = said.opened
        on_open(said.opened[0])
