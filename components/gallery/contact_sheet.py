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
from components.reports import REPORTS_JS, lean

HERE = Path(__file__).parent

MOST_HEARD = 500
"""So many changes of a kind are read from one report."""
_MOST_KNOWN = 500
"""Cards shown before that may still be meant: one that plays stays on the screen when newer takes push it out."""
_LONGEST_MARK = 64
_LARGEST = 2**53

_component = st.components.v2.component(
    "contact_sheet",
    html=(HERE / "contact_sheet.html").read_text(encoding="utf-8"),
    css=(HERE / "contact_sheet.css").read_text(encoding="utf-8"),
    js=lean(
        REPORTS_JS
        + "".join(
            (HERE / name).read_text(encoding="utf-8")
            for name in ("sheet_places.js", "sheet_card.js", "contact_sheet.js")
        )
    ),
)


def contact_sheet(
    cards: Sequence[Card],
    *,
    key: str,
    selecting: bool,
    page: str = "",
    on_open: Callable[[str], None],
    on_star: Callable[[Sequence[str], bool], None],
    on_select: Callable[[Sequence[str], bool], None],
) -> None:
    """Draws the cards, in this order. `selecting`: whether each has a check box. `page` names the part of the
    list: with another one the browser goes to the first card.

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
            "page": page,
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
    opened: str | None = None
    last: int = 0
    """The number of the last thing that was done."""
    sheet: str = ""
    """On which sheet, each of which counts for itself; another tab or visit has another."""
    receipt: str | None = None


def read(sent: object, known: Collection[str], heard: tuple[str, int] = ("", 0)) -> Said:
    """What of `sent` is new and said of takes that are `known`. A browser may send anything.

    `heard`: the sheet of which something was heard last, and the number of that. A report is made again where nobody
    answers, and each carries all that was not answered: what was heard already does not count again.
    """
    if not isinstance(sent, Mapping):
        return Said()
    receipt, sheet, done = sent.get("receipt"), sent.get("sheet"), sent.get("done")
    stars: dict[str, bool] = {}
    selected: dict[str, bool] = {}
    opened = None
    last = before = heard[1] if sheet == heard[0] else 0
    entries = done[:MOST_HEARD] if isinstance(done, list) and _is_mark(sheet) else []
    for entry in filter(_is_entry, entries):
        number, what, job_id, on = entry
        if number <= before or job_id not in known:
            continue
        last = max(last, number)
        if what == "open":
            opened = job_id
        elif what in ("star", "select"):
            (stars if what == "star" else selected)[job_id] = on
    mark = sheet if _is_mark(sheet) else ""
    return Said(stars, selected, opened, last, mark, receipt if _is_mark(receipt) else None)


def _is_mark(sent: object) -> TypeGuard[str]:
    return isinstance(sent, str) and 0 < len(sent) <= _LONGEST_MARK


def _is_entry(sent: object) -> TypeGuard[tuple[int, str, str, bool]]:
    """Whether it says: the how manieth, what was done, with which take, and whether on or off."""
    if not isinstance(sent, list) or len(sent) != 4:
        return False
    number, what, job_id, on = sent
    is_number = type(number) is int and 0 < number < _LARGEST
    return is_number and isinstance(what, str) and isinstance(job_id, str) and isinstance(on, bool)


def _heard(
    key: str,
    on_open: Callable[[str], None],
    on_star: Callable[[Sequence[str], bool], None],
    on_select: Callable[[Sequence[str], bool], None],
) -> None:
    state = st.session_state
    said = read(state[key].get("said"), state.get(f"{key}:known", {}), state.get(f"{key}:heard", ("", 0)))
    if said.receipt is not None:
        # Also where something cannot be kept: the browser then shows what is.
        state[f"{key}:receipt"] = said.receipt
    if said.last:
        state[f"{key}:heard"] = said.sheet, said.last
    for changes, tell in ((said.stars, on_star), (said.selected, on_select)):
        for on in (True, False):
            if ids := [job_id for job_id, is_on in changes.items() if is_on is on]:
                tell(ids, on)
    if said.opened is not None:
        on_open(said.opened)
