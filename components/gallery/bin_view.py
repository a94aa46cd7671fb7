"""The head of the bin, which is a list of takes like History's: what it is, what it takes up, how it is emptied."""

from __future__ import annotations

import streamlit as st

from components.gallery.dialogs import dialog
from components.gallery.doing import begin
from components.gallery.work import What, stay, takes
from components.jobs.store import StoreError
from components.services import services
from components.words import file_size


def bin_head() -> None:
    """What the bin is and holds, and what can be done with all of it. Above the list of `View(bin=True)`."""
    shared = services()
    there = shared.store.history.choices(bin=True)
    if not there.total:
        with st.container(border=True):
            st.markdown(
                f"**The bin is empty.** What is deleted comes here first. {stay(shared.settings.bin_days)}"
            )
            _back()
        return
    st.markdown(
        f"{takes(there.total)} in the bin, {file_size(there.size)} on the disk. {stay(shared.settings.bin_days)} "
        "Then its files go, too."
    )
    with st.container(horizontal=True, vertical_alignment="center", key="bin-head"):
        st.button(
            "Restore all", key="bin-restore", icon=":material/restore_from_trash:", on_click=_restore_all
        )
        if st.button("Empty the bin", key="bin-empty", icon=":material/delete_forever:"):
            ask_to_empty()
        _back()


def _back() -> None:
    # No link: one to the page that stands open looks as if it were chosen.
    st.button(
        "Back to the History",
        key="bin-leave",
        icon=":material/arrow_back:",
        type="tertiary",
        on_click=st.query_params.clear,
    )


def _restore_all() -> None:
    _with_all(What.RESTORE)


@dialog("Empty the bin?")
def ask_to_empty() -> None:
    """Asks, and removes everything in the bin with its files."""
    there = services().store.history.choices(bin=True)
    st.write(
        f"{takes(there.total)} with {file_size(there.size)} of video will be removed from this playground for good. "
        "This cannot be undone. What was charged stays charged."
    )
    with st.container(horizontal=True):
        if st.button(
            "Empty the bin", type="primary", icon=":material/delete_forever:", key="empty-confirmed"
        ):
            _with_all(What.REMOVE)
            st.rerun()
        if st.button("Keep everything", key="empty-dismissed"):
            st.rerun()


def _with_all(what: What) -> None:
    try:
        ids = services().store.bin.ids()
    except StoreError as error:
        st.toast(f"That did not work. {error}")
        return
    begin(what, ids)
