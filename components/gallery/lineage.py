"""In the Studio: which take lies behind the draft, and what has been changed in it so far."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from components.form.draft import Draft
from components.form.order import order, parentage
from components.gallery.as_made import model_of
from components.gallery.differences import About, differences, sentences
from components.gallery.naming import called
from components.jobs.job import Job, Kin
from components.jobs.store import StoreError
from components.markdown import as_text
from components.services import services
from components.words import excerpt

_BEGINNINGS = {
    Kin.VARIATION.value: "A variation of",
    Kin.RETRY.value: "Another try at",
    Kin.DRAFT.value: "Made from",
}
_LONGEST = 300


def lineage(draft: Draft) -> None:
    """Draws a line with a link to the take that the draft comes from; nothing without one. Always one container."""
    with st.container():
        id, kin = parentage(st.session_state, draft.spec.id)
        if id is None or kin not in _BEGINNINGS:
            return
        try:
            parent = services().store.get(id)
        except StoreError:  # busy just now: the next run says it
            return
        if parent is None:
            return  # deleted since
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="lineage"):
            st.markdown(f":small[{as_text(told(parent, kin, draft))}]", width="stretch")
            st.page_link(
                st.session_state["pages"]["history"],
                label="Look at it",
                icon=":material/arrow_back:",
                query_params={"job": parent.id},
            )


def told(parent: Job, kin: str, draft: Draft) -> str:
    """The line, as plain text."""
    return f"{_BEGINNINGS[kin]} “{called(parent, 40)}”. {changed(parent, draft)}"


def changed(parent: Job, draft: Draft) -> str:
    """What the draft asks for that its parent did not, or otherwise, in words."""
    now = order(
        draft,
        owner=parent.order.owner,
        destination=parent.order.destination,
        base_url=parent.order.base_url,
    )
    found = differences([parent, replace(parent, order=now)], [model_of(parent), draft.spec])
    said = sentences([one for one in found if one.about is About.ASKED])
    if not said:
        return "Nothing changed so far."
    return excerpt(f"Changed so far: {' '.join(said)}", _LONGEST)
