"""Doing something with many takes while somebody looks on: it can be stopped, its result is said, and undone.

What is asked for is kept with the session and done in pieces by the page's runs. A run that is cut short by the next
one has its pieces done; the next one goes on.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from components.gallery.work import DOING, Piece, What, Work, step, told, undo, work
from components.jobs.job import new_id
from components.jobs.store import StoreError
from components.services import services

WORK, NOTICE, FRESH = "sorting-work", "sorting-notice", "sorting-fresh"
SELECTED = "history|selected"
"""The session's list of the ids of takes that are selected."""
_SHOWN_FOR = 600.0
"""Seconds until a notice is no longer about what somebody has just done."""
_SECOND_CLICK = 3.0
"""Seconds within which the same asked for again is a second click."""


@dataclass(frozen=True)
class Notice:
    """What has just been done."""

    text: str
    """Markdown."""
    back: Work | None = None
    """What undoes it."""
    asked: Sequence[Piece] = ()
    """What was asked for."""
    failed: bool = False
    at: float = field(default_factory=time.time)
    key: str = field(default_factory=new_id)


def begin(what: What, ids: Sequence[str], project: str = "") -> None:
    """Does this with the takes, at once as far as that is little; for callbacks. While something else is done, nothing.

    A notice on the page that follows says what became of it, and offers to undo it.
    """
    if (asked := work(what, ids, project)) is not None:
        _take_up(asked)


def say(text: str, *, failed: bool = False) -> None:
    """Puts a notice on the page that follows. `text` is Markdown."""
    _tell(Notice(text, failed=failed))


def notice() -> None:
    """What has just been done, with "Undo", and what is still being done. Call it on top of a page, always there."""
    st.session_state.pop(FRESH, None)
    with st.container(key="sorting"):
        _go_on()
        _last()


def redraw() -> None:
    """Has the whole page drawn where there is something that `notice` has not shown; for a part that is drawn alone."""
    if st.session_state.pop(FRESH, False):
        st.rerun()


def _take_up(asked: Work) -> None:
    last = st.session_state.get(NOTICE)
    again = isinstance(last, Notice) and time.time() - last.at < _SECOND_CLICK and last.asked == asked.pieces
    if again or asked.at or isinstance(st.session_state.get(WORK), Work):
        return  # the second of two clicks: what the first one does is told, and can be undone
    st.session_state[WORK] = asked
    st.session_state[FRESH] = True
    _step(asked)
    if asked.finished:
        _end(asked)


def _step(doing: Work) -> None:
    """Does the next piece; what the store refuses ends the work."""
    shared = services()
    try:
        step(doing, shared.store, shared.archive, time.time())
    except StoreError as error:
        _end(doing, f"That did not work. {error}")


def _go_on() -> None:
    """Does what is left, and then has the page drawn anew."""
    doing = st.session_state.get(WORK)
    if not isinstance(doing, Work):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        bar = st.progress(0.0)
        st.button("Stop", icon=":material/stop:", key="sorting-stop", on_click=_end, args=(doing,))
    while _goes_on(doing):
        # Here a run may be cut short, and nowhere else: between pieces.
        bar.progress(doing.done / doing.total, f"{DOING[doing.what]}: {doing.done:,} of {doing.total:,}")
        _step(doing)
        if doing.finished:
            _end(doing)
    st.rerun()


def _goes_on(doing: Work) -> bool:
    return st.session_state.get(WORK) is doing


def _end(doing: Work, sorry: str = "") -> None:
    """Says what has been done."""
    state = st.session_state
    if not _goes_on(doing):
        return  # ended already
    del state[WORK]
    if doing.what in (What.BIN, What.RESTORE, What.REMOVE) and state.get(SELECTED):
        gone = set(doing.changed)
        state[SELECTED] = [job_id for job_id in state[SELECTED] if job_id not in gone]
    sentences = told(doing, bin_days=services().settings.bin_days) if doing.at or not sorry else ""
    text = f"{sorry} {sentences}".strip()
    back = None if doing.undoing else undo(doing)
    _tell(Notice(text, back, () if sorry else doing.pieces, failed=bool(sorry)))


def _tell(what: Notice) -> None:
    st.session_state[NOTICE] = what
    st.session_state[FRESH] = True


def _last() -> None:
    last = st.session_state.get(NOTICE)
    if not isinstance(last, Notice) or time.time() - last.at > _SHOWN_FOR:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="sorting-notice-box"):
        if last.failed:
            st.error(last.text, icon=":material/error:", width="stretch")
        else:
            st.success(last.text, icon=":material/check:", width="stretch")
        if last.back is not None:
            # A key of its own: the button of an older notice cannot undo this one.
            undone = f"undo-{last.key}"
            st.button("Undo", icon=":material/undo:", key=undone, on_click=_take_up, args=(last.back,))
        st.button("Close", key=f"close-{last.key}", type="tertiary", on_click=_close)


def _close() -> None:
    st.session_state.pop(NOTICE, None)
