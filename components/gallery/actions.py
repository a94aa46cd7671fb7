"""What can be done with a take: each a button that says what it does, and asks first where it cannot be undone."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from components.jobs.job import Destination, Job, Order, State, new_id
from components.jobs.store import StoreError
from components.media import download_address
from components.services import services

Retry = Callable[[Job], None]
"""Puts a take's settings on the desk; given by the page, which knows the desk."""


def actions(job: Job, *, retry: Retry, opened: bool = False) -> None:
    """The buttons under a take, as its state allows."""
    key = f"{job.id}-"
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if job.state is State.COMPLETED:
            st.link_button(
                "Download", download_address(job), icon=":material/download:", key=f"{key}download"
            )
        if job.state is State.WAITING:
            st.button("Cancel", key=f"{key}cancel", icon=":material/close:", on_click=_cancel, args=(job,))
        elif job.state in (State.QUEUED, State.GENERATING) and job.followed:
            st.button(
                "Stop following",
                key=f"{key}unfollow",
                icon=":material/visibility_off:",
                help="The provider has no way to cancel a take that was sent: it is made, and charged, all the same.",
                on_click=_unfollow,
                args=(job,),
            )
        elif not job.ended_for_good and not job.followed:
            st.button(
                "Follow again",
                key=f"{key}follow",
                icon=":material/visibility:",
                on_click=_follow,
                args=(job,),
            )
        if job.state in (State.FAILED, State.CANCELLED) and st.button(
            "Edit and retry", key=f"{key}retry", icon=":material/edit:"
        ):
            retry(job)
        if job.state is State.UNKNOWN:
            if st.button("Paste its id", key=f"{key}attach", icon=":material/link:"):
                ask_for_id(job)
            if st.button("Send again", key=f"{key}again", icon=":material/replay:"):
                ask_to_send_again(job)
        if not opened:
            st.button(
                "Details",
                key=f"{key}open",
                icon=":material/open_in_full:",
                type="tertiary",
                on_click=_open,
                args=(job,),
            )
        if (
            job.raw
            and job.problem  # on a good way there is nothing to look into
            and st.button("Raw reply", key=f"{key}raw", icon=":material/data_object:", type="tertiary")
        ):
            show_raw(job)
        if (job.ended_for_good or not job.followed) and st.button(
            "Delete", key=f"{key}delete", icon=":material/delete:", type="tertiary"
        ):
            ask_to_delete(job)


def _open(job: Job) -> None:
    st.switch_page(st.session_state["pages"]["history"], query_params={"job": job.id})


def _cancel(job: Job) -> None:
    if not services().store.cancel(job.id, time.time()):
        st.toast("It was just being sent: too late to cancel.")


def _unfollow(job: Job) -> None:
    services().store.unfollow(job.id)


def _follow(job: Job) -> None:
    shared = services()
    shared.store.follow(job.id, time.time())
    shared.tracker.wake()


@st.dialog("Delete this take?")
def ask_to_delete(job: Job) -> None:
    """Asks, and deletes the take with its files."""
    what = "The video and everything about this take" if job.video else "Everything about this take"
    st.write(f"{what} will be removed from this playground for good. What was charged stays charged.")
    with st.container(horizontal=True):
        if st.button("Delete", type="primary", icon=":material/delete:", key="delete-confirmed"):
            shared = services()
            if shared.store.delete(job.id) is not None:
                shared.archive.remove(job.id)
            st.query_params.pop("job", None)
            st.rerun()
        if st.button("Keep it", key="delete-dismissed"):
            st.rerun()


@st.dialog("Send again?")
def ask_to_send_again(job: Job) -> None:
    """Asks, and sends the same request as a new take."""
    real = job.order.destination is Destination.LIVE
    st.write(
        "It is not known whether the first request was accepted. "
        + ("If it was, you pay for both." if real else "In the sandbox this costs nothing.")
    )
    with st.container(horizontal=True):
        if st.button("Send again", type="primary", icon=":material/replay:", key="again-confirmed"):
            shared = services()
            token = st.session_state.setdefault(f"again-{job.id}", new_id())
            try:
                shared.store.add([_once_more(job)], token=token, now=time.time())
            except StoreError as error:
                st.error(str(error))
                return
            del st.session_state[f"again-{job.id}"]
            shared.tracker.wake()
            st.rerun()
        if st.button("Leave it", key="again-dismissed"):
            st.rerun()


@st.dialog("Paste the generation id")
def ask_for_id(job: Job) -> None:
    """Takes the id of a generation that the provider did accept, and follows it."""
    st.write(
        "If the provider's own list of requests shows this one, copy its generation id here. "
        f"Each request carries our own id: `{job.id}`."
    )
    given = st.text_input("Generation id", key=f"id-{job.id}")
    if st.button("Follow it", type="primary", icon=":material/link:", key="attach-confirmed"):
        shared = services()
        if shared.store.attach(job.id, given, time.time()):
            shared.tracker.wake()
            st.rerun()
        st.error("That is no id of a generation, or another take has it already.")


@st.dialog("Raw reply", width="large")
def show_raw(job: Job) -> None:
    """What the provider answered, for whoever looks into it."""
    st.code(job.raw, language=None, wrap_lines=True)


def _once_more(job: Job) -> Order:
    return replace(job.order, parent=job.id, base_url=services().base_url(job.order.destination))
