"""From a take's page to the takes beside it, by buttons or arrow keys, and back to the list as it was."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st

from components.jobs.finding.view import View
from components.jobs.job import Job
from components.services import services

_keys = st.components.v2.component(
    "walking", js=(Path(__file__).parent / "walking.js").read_text(encoding="utf-8")
)


def walking(job: Job, view: View) -> None:
    """Draws the way back and the ways on. `view`: the list from which the take was opened."""
    owner: str = st.session_state["owner"]
    before, behind = services().store.history.beside(view, job, owner=owner)
    with st.container(horizontal=True, vertical_alignment="center", key="walking"):
        st.button(
            _list(view),
            icon=":material/arrow_back:",
            type="tertiary",
            key="back",
            on_click=partial(st.query_params.from_dict, view.params()),
        )
        st.space("stretch")
        for key, label, icon, to in (
            ("take-before", "Previous take", "chevron_left", before),
            ("take-behind", "Next take", "chevron_right", behind),
        ):
            arrow = "Left" if key == "take-before" else "Right"
            st.button(
                label,
                key=key,
                icon=f":material/{icon}:",
                icon_position="left" if key == "take-before" else "right",
                type="tertiary",
                disabled=to is None,
                help=f"Or press the {arrow} arrow key." if to else "There is none in this list.",
                on_click=open_take,
                args=(to, view),
            )
    _keys(key="walking-keys")


def address(job_id: str, view: View) -> dict[str, str | list[str]]:
    """The parameters of the address at which a take's page knows the list from which it was opened."""
    return {"job": job_id, **view.params()}


def open_take(job_id: str | None, view: View) -> None:
    """Leads to a take's page: a callback for History alone.

    Buttons and no links lead from take to take: Streamlit's link to the page on which it stands leaves the address as
    it was.
    """
    if job_id is not None:
        st.query_params.from_dict(address(job_id, view))


def _list(view: View) -> str:
    if view.bin:
        return "The bin"
    return "Back to the list" if view.narrowed else "All takes"
