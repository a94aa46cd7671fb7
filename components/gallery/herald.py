"""Says on every page when a take of the person who looks has ended: a toast, the tab's title, a notification."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

from components.gallery.dialogs import is_open
from components.jobs.job import Job, State
from components.jobs.store import StoreError
from components.markdown import as_text
from components.services import services
from components.words import excerpt

HERE = Path(__file__).parent
_SOON, _LATER = 2.0, 10.0
"""Seconds between two looks: while something of theirs is being made, and otherwise."""
_MOST = 4
"""So many toasts at once; more are one."""
_TOLD = 50
"""So many of the last news a browser is told again, in case that it has missed some."""
_SAID = {
    State.COMPLETED: ("Ready", ":material/check_circle:"),
    State.FAILED: ("Failed", ":material/error:"),
    State.UNKNOWN: ("In doubt", ":material/help:"),
}

_component = st.components.v2.component(
    "herald",
    html='<button type="button" hidden></button>',
    css=(HERE / "herald.css").read_text(encoding="utf-8"),
    js=(HERE / "herald.js").read_text(encoding="utf-8"),
)


@dataclass
class _Heard:
    """What this tab has been told."""

    owner: str
    since: float
    """Of what ended before, nothing is said."""
    revision: int = -1
    running: int = 0
    said: set[str] = field(default_factory=set)
    untold: list[Job] = field(default_factory=list)
    """What has ended, and waits for a question to be answered."""
    news: list[dict[str, str]] = field(default_factory=list)
    """Everything that was said, for the browser, which shows each once."""


def herald(owner: str, *, watched: bool) -> None:
    """Watches the takes of `owner`. To be called once, at the same place of every page.

    `watched`: whether the page runs anew by itself when a take changes (`shelves.watch`), and so this with it.
    """
    heard: _Heard | None = st.session_state.get("herald")
    if heard is None or heard.owner != owner:
        heard = st.session_state["herald"] = _Heard(owner, time.time())

    _tell(heard)

    # How often is decided anew with each run of the page, which comes when a take is asked for.
    @st.fragment(run_every=_SOON if heard.running and not watched else _LATER)
    def look(heard: _Heard = heard) -> None:
        _tell(heard)
        _component(key="herald", data={"news": heard.news}, width="content")

    look()


def _tell(heard: _Heard) -> None:
    with suppress(StoreError):  # busy just now: next time
        heard.untold += _look(heard)
    # A toast from a fragment takes the place of a dialog: Streamlit keeps both in one container.
    if heard.untold and not is_open():
        told, heard.untold = heard.untold, []
        _toast(told)


def _look(heard: _Heard) -> list[Job]:
    """The takes that have ended since the last look."""
    store = services().store
    revision = store.revision()
    if revision == heard.revision:
        return []
    ended, heard.running = store.ended_since(heard.owner, heard.since)
    heard.revision = revision
    fresh = [job for job in reversed(ended) if job.state in _SAID and job.id not in heard.said]
    for job in fresh:
        heard.said.add(job.id)
        word = _SAID[job.state][0]
        heard.news.append({"id": job.id, "word": word.lower(), "said": f"{word}: {_called(job)}"})
    heard.news = heard.news[-_TOLD:]
    return fresh


def _toast(fresh: list[Job]) -> None:
    if len(fresh) > _MOST:
        ready = sum(job.state is State.COMPLETED for job in fresh)
        st.toast(
            f"{ready} takes are ready, {len(fresh) - ready} are not."
            if ready < len(fresh)
            else f"{ready} takes are ready."
        )
        return
    for job in fresh:
        word, icon = _SAID[job.state]
        st.toast(f"**{word}:** {as_text(_called(job))}", icon=icon)


def _called(job: Job) -> str:
    return job.title or excerpt(job.order.prompt, 80) or job.order.model_name
