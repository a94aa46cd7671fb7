"""Deleting one take: into the bin at once, with Undo on the page that follows; out of it; and for good, when asked."""

from __future__ import annotations

import time

import streamlit as st

from components.gallery.dialogs import dialog
from components.gallery.doing import begin
from components.gallery.work import What
from components.jobs.job import Job
from components.jobs.store import StoreError
from components.services import services


def into_bin(job: Job) -> None:
    """Puts a take into the bin: a callback. Its own page, where that stands open, gives way to the list."""
    begin(What.BIN, [job.id])
    now = services().store.get(job.id)
    if now is None or now.binned is not None:
        st.query_params.pop("job", None)


def in_the_bin(job: Job) -> None:
    """Says that a take lies in the bin, until when, and how it comes out of it."""
    if job.binned is None:
        return
    left = job.binned + services().settings.bin_days * 86_400 - time.time()
    days = max(0, round(left / 86_400))
    until = "today" if days == 0 else f"in {days} day{'s' * (days != 1)}"
    with st.container(border=True, key="in-the-bin"):
        st.markdown(f":material/delete: **This take is in the bin.** It goes {until}, with its files.")
        with st.container(horizontal=True):
            st.button(
                "Restore",
                key=f"{job.id}-restore",
                icon=":material/restore_from_trash:",
                on_click=begin,
                args=(What.RESTORE, [job.id]),
            )
            if st.button("Delete for good", key=f"{job.id}-for-good", icon=":material/delete_forever:"):
                ask_to_delete(job)


@dialog("Delete this take for good?")
def ask_to_delete(job: Job) -> None:
    """Asks, and deletes the take with its files."""
    what = "The video and everything about this take" if job.video else "Everything about this take"
    st.write(f"{what} will be removed from this playground for good. What was charged stays charged.")
    with st.container(horizontal=True):
        if st.button(
            "Delete for good", type="primary", icon=":material/delete_forever:", key="delete-confirmed"
        ):
            if sorry := _delete(job):
                st.error(sorry)
                return
            st.query_params.pop("job", None)
            st.rerun()
        if st.button("Keep it", key="delete-dismissed"):
            st.rerun()


def _delete(job: Job) -> str | None:
    """Removes a take that is in the bin, with its files; a sentence where that cannot be."""
    shared = services()
    try:
        emptied = shared.store.bin.empty([job.id], shared.archive.remove)
    except StoreError as error:
        return str(error)
    if emptied.stuck:
        return "Its files could not be deleted: the disk does not let go of them. Try again in a moment."
    if not emptied.gone and shared.store.get(job.id) is not None:
        return "This take is not in the bin any more."
    return None
