"""Back from a take to the Studio: its settings become the draft, after a question where one would be lost."""

from __future__ import annotations

import streamlit as st

from components.form.adapting import unopened
from components.form.form import read
from components.form.keeping import in_the_way, put_on_desk
from components.form.present import at_hand
from components.gallery.dialogs import dialog
from components.jobs.job import Job
from components.markdown import as_text
from components.services import Services
from components.storyboard.storyboard import Board
from components.words import excerpt


def retry(shared: Services, job: Job) -> None:
    """Puts the take's settings on the desk and goes to the Studio; asks first when a text there would be lost."""
    _to_the_desk(shared, job, None)


def retry_board(shared: Services, job: Job, board: Board) -> None:
    """Like `retry`, with the shots of `board` in place of the take's own."""
    _to_the_desk(shared, job, board)


def _to_the_desk(shared: Services, job: Job, board: Board | None) -> None:
    at_hand(st.session_state, shared, read)  # what was typed under another id of its model is in the way too
    lost = in_the_way(st.session_state, shared, job, board)
    if lost is None:
        _go(shared, job, board)
    else:
        _ask(shared, job, board, lost)


@dialog("Replace your draft?")
def _ask(shared: Services, job: Job, board: Board | None, lost: str) -> None:
    st.write(f"The Studio holds a draft for this model that would be replaced: “{as_text(excerpt(lost))}”")
    with st.container(horizontal=True):
        if st.button("Replace it", type="primary", icon=":material/edit:", key="replace-confirmed"):
            _go(shared, job, board)
        if st.button("Keep my draft", key="replace-dismissed"):
            st.rerun()


def _go(shared: Services, job: Job, board: Board | None) -> None:
    if not put_on_desk(st.session_state, shared, job, board):
        entry = shared.catalog.entry(job.order.model)
        if entry is not None:
            shared.catalog.want(entry.id)
        st.error(as_text(unopened(entry)))
        return
    st.switch_page(st.session_state["pages"]["studio"])
