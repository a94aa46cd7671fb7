"""A take as a card: what came, or what is happening, what was asked for, and what can be done."""

from __future__ import annotations

import time
from html import escape

import streamlit as st

from components.gallery.actions import Retry, actions
from components.gallery.player import player
from components.gallery.shots import Redraft, has_shots, shots
from components.gallery.telling import CANCELLED, NOT_FOLLOWED, colour, telling
from components.jobs.expectation import Expectation
from components.jobs.job import Job, State
from components.jobs.store import StoreError
from components.markdown import as_text
from components.media import chapters_address
from components.services import services
from components.storyboard.storyboard import Board
from components.words import caption, clock, cost, excerpt, state_words, waiting_note, waiting_since


def card(job: Job, *, retry: Retry) -> None:
    """Draws the take. The part that varies has a container of its own, so that a change in it moves no other."""
    with st.container(border=True, gap="small", key=f"take-{job.id}"):
        with st.container(gap="xsmall"):
            outcome(job)
        prompt_text(excerpt(job.order.prompt))
        _standing(job)
        actions(job, retry=retry)


def large_card(job: Job, board: Board | None, *, retry: Retry, redraft: Redraft) -> None:
    """Draws the take for a page of its own, where its prompt stands beside it.

    `board`: the shots that were planned; None for a single prompt.
    """
    with st.container(border=True, gap="small", key=f"take-{job.id}"):
        with st.container(gap="xsmall"):
            outcome(job, large=True, chapters=chapters_address(job) if has_shots(job, board) else None)
        with st.container(gap="small"):
            if board is not None and has_shots(job, board):
                shots(job, board, redraft=redraft)
        _standing(job)
        actions(job, retry=retry, opened=True)


def _standing(job: Job) -> None:
    st.markdown(f"{badge(job)} :small[:gray[{as_text(' · '.join(_facts(job)))}]]")


def badge(job: Job) -> str:
    """The take's state, as Markdown."""
    return f":{colour(job)}-badge[{state_words(job)}]"


def _facts(job: Job) -> list[str]:
    price = cost(job)
    return [caption(job, time.time()), *([price] if price else [])]


def outcome(job: Job, *, large: bool = False, chapters: str | None = None) -> None:
    """The video, or why there is none (yet). `chapters` is the address of its chapters."""
    if job.state is State.COMPLETED and job.video is not None:
        player(job, large=large, chapters=chapters)
    elif job.state in (State.FAILED, State.UNKNOWN):
        _explain(job)
    elif job.state is State.CANCELLED:
        st.info(CANCELLED, icon=":material/block:")
    elif not job.followed:
        st.warning(NOT_FOLLOWED, icon=":material/visibility_off:")
    else:
        _running(job)


def prompt_text(text: str) -> None:
    """A prompt as the text that it is, in its own direction."""
    st.html(f'<p dir="auto" style="margin:0;overflow-wrap:anywhere;white-space:pre-wrap">{escape(text)}</p>')


def _explain(job: Job) -> None:
    box = st.error if job.state is State.FAILED else st.warning
    box(_told(job))


def _told(job: Job) -> str:
    """The take's problem as Markdown, with what is known besides: the provider's words, or a finding of ours.

    "" where there is none.
    """
    said = telling(job)
    if said is None or not said.detail:
        return said.sentences if said else ""
    detail = as_text(said.detail)
    return f"{said.sentences}  \n" + (f"The provider says: “{detail}”" if said.quoted else detail)


def _running(job: Job) -> None:
    """How long it has run, counted on while someone looks, and how long such takes take."""
    expected = _expected(job)  # not in the tick: a change in it comes with a change in the store

    @st.fragment(run_every=1.0)
    def tick() -> None:
        now = time.time()
        said = waiting_note(job, expected, now)
        note = f"  \n:small[:gray[{as_text(said)}]]" if said else ""
        with st.container(border=False):
            st.markdown(
                f":material/hourglass_top: **{state_words(job)} {clock(now - waiting_since(job))}**{note}"
            )

    tick()
    if waits_for := _told(job):
        st.caption(waits_for)


def _expected(job: Job) -> Expectation | None:
    try:
        return services().expected(job.order.destination, job.order.model, job.order.seconds)
    except StoreError:  # busy just now: the clock goes on without
        return None
