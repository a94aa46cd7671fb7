"""Back from a take to the Studio: its settings become the draft, after a question where one would be lost."""

from __future__ import annotations

import streamlit as st

from components.form.adapting import adapted, unopened
from components.form.form import read
from components.form.keeping import in_the_way, put_on_desk
from components.form.present import at_hand
from components.form.window import said, say
from components.gallery.as_made import as_it_was
from components.gallery.dialogs import dialog
from components.jobs.job import Job, Kin
from components.jobs.store import StoreError
from components.markdown import as_text
from components.services import Services
from components.storyboard.storyboard import Board
from components.words import excerpt, showable

_MOST_NAMED = 6
_LONGEST_LABEL = 60


def retry(shared: Services, job: Job, kin: Kin) -> None:
    """Puts the take's settings on the desk and goes to the Studio; asks first when a text there would be lost.

    `kin`: how the next take will come from this one.
    """
    _to_the_desk(shared, job, None, kin)


def retry_board(shared: Services, job: Job, board: Board) -> None:
    """Puts the take's settings on the desk, with the shots of `board` in place of its own."""
    _to_the_desk(shared, job, board, Kin.DRAFT)


def no_longer_taken(shared: Services, job: Job) -> str:
    """What of the take's settings its model does not take any more, in sentences; "" for nothing."""
    spec = shared.catalog.find(job.order.model)
    if spec is None:
        return ""
    body = {name: value for name, value in job.order.body.items() if name != "model"}
    left_out = [name for name in body if name not in spec or spec[name].deprecated]
    sentences = [*adapted({name: value for name, value in body.items() if name not in left_out}, spec)]
    if left_out:
        was = as_it_was(job)
        labels = [was[name].label if was is not None and name in was else name for name in left_out]
        named = ", ".join(showable(label[:_LONGEST_LABEL]) for label in labels[:_MOST_NAMED])
        more = len(labels) - _MOST_NAMED
        named += f" and {more} more" if more > 0 else ""
        sentences.insert(0, f"This model no longer takes what was set here, which was left out: {named}.")
    return " ".join(sentences)


def _to_the_desk(shared: Services, job: Job, board: Board | None, kin: Kin) -> None:
    at_hand(st.session_state, shared, read)  # what was typed under another id of its model is in the way too
    lost = in_the_way(st.session_state, shared, job, board)
    if lost is None:
        _go(shared, job, board, kin)
    else:
        _ask(shared, job, board, kin, lost)


@dialog("Replace your draft?")
def _ask(shared: Services, job: Job, board: Board | None, kin: Kin, lost: str) -> None:
    st.write(f"The Studio holds a draft for this model that would be replaced: “{as_text(excerpt(lost))}”")
    if changes := no_longer_taken(shared, job):
        st.write(as_text(changes))
    with st.container(horizontal=True):
        if st.button("Replace it", type="primary", icon=":material/edit:", key="replace-confirmed"):
            _go(shared, job, board, kin)
        if st.button("Keep my draft", key="replace-dismissed"):
            st.rerun()


def _go(shared: Services, job: Job, board: Board | None, kin: Kin) -> None:
    state = st.session_state
    try:
        opened = put_on_desk(state, shared, job, board, kin)
    except StoreError as error:
        st.error(as_text(f"Your draft stays as it is. {error}"))
        return
    if not opened:
        entry = shared.catalog.entry(job.order.model)
        if entry is not None:
            shared.catalog.want(entry.id)
        st.error(as_text(unopened(entry)))
        return
    if changes := no_longer_taken(shared, job):
        say(state, "info", f"{said(state)[1]} {changes}".strip())
    st.switch_page(state["pages"]["studio"])
