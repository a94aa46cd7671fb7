"""What can be done with a take: each a button that says what it does, and asks first where it
cannot be undone."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

import streamlit as st

from components.gallery.continuing import again_button, again_if_free, ask_where_paid
from components.gallery.dialogs import dialog
from components.gallery.parting import into_bin
from components.jobs.job import Destination, Job, Kin, State
from components.jobs.problems import LOOK_AGAIN
from components.jobs.store import StoreError
from components.media import download_address
from components.services import services


class Retry(Protocol):
    """Puts a take's settings on the desk; given by the page, which knows the desk."""

    def __call__(self, job: Job, kin: Kin, /) -> None: ...


AGAIN, DRAFT, VARIATION = "Generate again", "Use as new draft", "Change one thing"
_ICONS = {AGAIN: "replay", DRAFT: "edit_note", VARIATION: "tune"}
_GONE_WRONG = (State.FAILED, State.CANCELLED)


def actions(job: Job, *, retry: Retry, opened: bool = False) -> None:
    """The buttons under a take, as its state allows. `opened`: on a page of its own."""
    key = f"{job.id}-"
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if opened and job.binned is None:
            _go_on(job, retry)
        if job.state is State.COMPLETED:
            st.link_button(
                "Download", download_address(job), icon=":material/download:", key=f"{key}download"
            )
        _follow_up(job)
        if not opened:
            if job.state in _GONE_WRONG and st.button(
                "Edit and retry", key=f"{key}retry", icon=":material/edit:"
            ):
                retry(job, Kin.RETRY)
            if job.state is State.COMPLETED:
                _menu(job, retry)
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
        if job.binned is None and (job.ended_for_good or not job.followed):
            st.button(
                "Delete",
                key=f"{key}delete",
                icon=":material/delete:",
                type="tertiary",
                help="Moves it to the bin, from where it can be brought back.",
                on_click=into_bin,
                args=(job,),
            )


def _go_on(job: Job, retry: Retry) -> None:
    """What a take can lead to: a draft, or the same once more."""
    key = f"{job.id}-"
    wrong = job.state in _GONE_WRONG
    if st.button(
        "Edit and retry" if wrong else DRAFT,
        key=f"{key}retry" if wrong else f"{key}draft",
        icon=":material/edit:" if wrong else f":material/{_ICONS[DRAFT]}:",
        type="primary",
        help=None if wrong else "Puts its prompt, shots and settings into the Studio.",
    ):
        retry(job, Kin.RETRY if wrong else Kin.DRAFT)
    if job.state in (State.COMPLETED, *_GONE_WRONG):  # what is in doubt has a question of its own
        again_button(job, key=f"{key}once-more")
    if not wrong and st.button(
        VARIATION,
        key=f"{key}variation",
        icon=f":material/{_ICONS[VARIATION]}:",
        help="Puts it into the Studio, which says what you have changed and leads back here.",
    ):
        retry(job, Kin.VARIATION)


def _menu(job: Job, retry: Retry) -> None:
    """The same, where there is room for one button."""
    key = f"{job.id}-go-on"

    def again() -> None:
        if st.session_state.get(key) == AGAIN:
            again_if_free(job)

    chosen = st.menu_button(
        "Go on",
        list(_ICONS),
        key=key,
        icon=":material/arrow_forward:",
        type="tertiary",
        format_func=lambda name: f":material/{_ICONS[name]}: {name}",
        on_click=again,
    )
    if chosen == AGAIN:
        ask_where_paid(job)
    elif chosen is not None:
        retry(job, Kin.DRAFT if chosen == DRAFT else Kin.VARIATION)


def _follow_up(job: Job) -> None:
    """What can be done about its making."""
    key = f"{job.id}-"
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
    if job.state is State.FAILED and job.remote_id and job.problem in LOOK_AGAIN:
        st.button(
            "Look again",
            key=f"{key}look",
            icon=":material/refresh:",
            help="Asks the provider for the result once more. Looking costs nothing.",
            on_click=_follow,
            args=(job,),
        )
    if job.state is State.UNKNOWN:
        if st.button("Paste its id", key=f"{key}attach", icon=":material/link:"):
            ask_for_id(job)
        if st.button("Send again", key=f"{key}again", icon=":material/replay:"):
            ask_to_send_again(job)


def _open(job: Job) -> None:
    st.switch_page(st.session_state["pages"]["history"], query_params={"job": job.id})


def _try(change: Callable[[], object]) -> None:
    """Makes a change in the store, and wakes the tracker; says so where the store refuses."""
    try:
        change()
    except StoreError as error:
        st.toast(f"That did not work. {error}")
    services().tracker.wake()


def _cancel(job: Job) -> None:
    def cancel() -> None:
        if not services().store.cancel(job.id, time.time()):
            st.toast("It was just being sent: too late to cancel.")

    _try(cancel)


def _unfollow(job: Job) -> None:
    _try(lambda: services().store.unfollow(job.id))


def _follow(job: Job) -> None:
    _try(lambda: services().store.follow(job.id, time.time()))


@dialog("Send again?")
def ask_to_send_again(job: Job) -> None:
    """Asks, and sends the same request as a new take."""
    real = job.order.destination is Destination.LIVE
    st.write(
        "It is not known whether the first request was accepted. "
        + ("If it was, you pay for both." if real else "In the sandbox this costs nothing.")
    )
    with st.container(horizontal=True):
        if st.button("Send again", type="primary", icon=":material/replay:", key="again-confirmed"):
            if sorry := _send_again(job):
                st.error(sorry)
                return
            st.rerun()
        if st.button("Leave it", key="again-dismissed"):
            st.rerun()


@dialog("Paste the generation id")
def ask_for_id(job: Job) -> None:
    """Takes the id of a generation that the provider did accept, and follows it."""
    st.write(
        "If the provider's own list of requests shows this one, copy its generation id here. "
        f"Each request carries our own id: `{job.id}`."
    )
    given = st.text_input("Generation id", key=f"id-{job.id}")
    if st.button("Follow it", type="primary", icon=":material/link:", key="attach-confirmed"):
        if sorry := _attach(job, given):
            st.error(sorry)
            return
        st.rerun()


@dialog("Raw reply", width="large")
def show_raw(job: Job) -> None:
    """What the provider answered, for whoever looks into it."""
    st.code(job.raw, language=None, wrap_lines=True)


def _send_again(job: Job) -> str | None:
    """The same request as a new take: once, however many people ask for it; a sentence where that cannot be."""
    shared = services()
    try:
        now = shared.store.get(job.id)
        if now is None or now.state is not State.UNKNOWN:
            return "This take is no longer in doubt. Close this and look at it again."
        once_more = replace(
            job.order, parent=job.id, kin=Kin.RETRY.value, base_url=shared.base_url(job.order.destination)
        )
        started = time.time()
        [made] = shared.store.add([once_more], token=f"again-{job.id}", now=started)
    except StoreError as error:
        return str(error)
    if made.created < started:
        return "It was sent again already: that take stands in History."
    shared.tracker.wake()
    return None


def _attach(job: Job, given: str) -> str | None:
    """Follows the take by the id that was found; a sentence where that cannot be."""
    shared = services()
    try:
        attached = shared.store.attach(job.id, given, time.time())
    except StoreError as error:
        return str(error)
    shared.tracker.wake()
    return None if attached else "That is no id of a generation, or another take has it already."
