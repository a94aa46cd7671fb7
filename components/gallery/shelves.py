"""Lists of takes on the screen: cards in slots that never move, and a look at the store while they stand there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

import streamlit as st

from components.gallery.dialogs import is_open
from components.gallery.player import click_to_play
from components.gallery.shelf import MORE, Shelf
from components.jobs.job import Job
from components.jobs.store import StoreError
from components.services import services

_SOON, _LATER = 1.0, 5.0
"""Seconds between two looks at the store: while something runs, and otherwise."""


def watch(seen: int, running: bool) -> None:
    """Runs the page again when something changed in the store since revision `seen`.

    Call it once on a page, always at the same place, above what it watches.
    """

    @st.fragment(run_every=_SOON if running else _LATER)
    def look() -> None:
        if is_open():
            return  # someone is being asked something; what they choose runs the page
        with suppress(StoreError):  # busy or full just now: look again next time
            if services().store.revision() == seen:
                return
            st.rerun()

    look()


def recent(name: str, owner: str, shown: int) -> Sequence[Job]:
    """The newest takes of `owner`, for a list called `name`: as many as `shown` when it opens, and those that come."""
    jobs = services().store.page(owner=owner, limit=shown + MORE).jobs
    return jobs[: _shelf(name).reach([job.id for job in jobs], shown)]


def shelve(jobs: Sequence[Job], name: str, draw: Callable[[Job], None]) -> None:
    """Draws each job's card in a slot of its own, newest on top.

    `name` tells one list from another: another name starts a new shelf.
    """
    shelf = _shelf(name)
    places = shelf.place([job.id for job in jobs])
    with st.container():
        slots = [st.container() for _ in range(shelf.size)]  # an empty one takes no space
    for job in jobs:
        with slots[places[job.id]]:
            draw(job)
    click_to_play()


def _shelf(name: str) -> Shelf:
    """The shelf of the list that is on the screen."""
    state = st.session_state
    if state.get("shelf", ("",))[0] != name:
        state["shelf"] = (name, Shelf())
    shelf: Shelf = state["shelf"][1]
    return shelf
