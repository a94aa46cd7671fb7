"""Filing a take: its star, its name, its project, a note. Each is kept as one leaves its field."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from components.jobs.job import Job
from components.jobs.sorting import LONGEST_PROJECT, LONGEST_TITLE
from components.jobs.store import StoreError
from components.markdown import as_text
from components.services import services
from components.words import excerpt

_MOST_PROJECTS = 500


def star_button(job: Job) -> None:
    """Draws the star: pressed it is given, pressed again taken away."""
    st.button(
        "Starred" if job.starred else "Star",
        key=f"{job.id}-star",
        icon="⭐" if job.starred else ":material/star:",
        type="tertiary",
        help="Take the star away." if job.starred else "Give it a star, to find it again.",
        on_click=_star,
        args=(job.id, not job.starred),
    )


def filing(job: Job) -> None:
    """Draws the fields."""
    name, project = st.columns(2)
    with name:
        _text(
            job,
            "title",
            job.title,
            partial(services().store.sorting.rename, job.id),
            lambda key, change: st.text_input(
                "Name",
                job.title,
                key=key,
                on_change=change,
                placeholder=excerpt(job.order.prompt, 40) or job.order.model_name,
                help=f"What you call this take, in at most {LONGEST_TITLE} characters. Downloads are named after it.",
            ),
        )
    with project:
        _project(job)
    _text(
        job,
        "note",
        job.note,
        partial(services().store.sorting.write_note, job.id),
        lambda key, change: st.text_area(
            "Note",
            job.note,
            key=key,
            on_change=change,
            height=96,
            placeholder="What you think of it, what it is for …",
            help="Kept when you leave the field. Everybody here can read it, and the search finds it.",
        ),
    )


def _text(
    job: Job,
    part: str,
    stored: str,
    keep: Callable[[str], object],
    draw: Callable[[str, Callable[[], None]], object],
) -> None:
    """A field for a text of the take.

    It is filled once. What somebody is typing never gives way to what another window has kept meanwhile: that is
    shown below it instead, with a way to take it over.
    """
    state = st.session_state
    name = f"{job.id}-{part}"
    seen = f"{name}:seen"  # what was in the store when the field was last the same
    # The field gets its text as its default, and another text as another field: what the session's state is given in
    # one run a browser was seen not to show, where the next run came at once.
    turn = state.get(f"{name}:turn", 0)
    key = f"{name}:{turn}" if turn else name

    def change() -> None:
        text: str = state[key]
        if _tried(lambda: keep(text)):
            now = services().store.get(job.id)
            kept = "" if now is None else getattr(now, part)
            if now is None:
                st.toast("This take was deleted: there is nothing left to write to.", duration="long")
            elif len(text) > len(kept) + 200:
                st.toast(f"Only the first {len(kept):,} characters were kept.", duration="long")
            state[seen] = kept

    def take_over() -> None:
        state[f"{name}:turn"] = turn + 1
        state[seen] = stored

    if key not in state:
        state[seen] = stored
    draw(key, change)
    with st.container():
        if stored != state.get(seen) and stored != state.get(key, stored):
            shown = as_text(excerpt(stored)) or "nothing"
            with st.container(horizontal=True, vertical_alignment="center"):
                st.caption(f"Changed in another window meanwhile, to: {shown}", width="stretch")
                st.button("Show that", key=f"{name}-other", type="tertiary", on_click=take_over)


def _project(job: Job) -> None:
    state, key = st.session_state, f"{job.id}-project"

    def change() -> None:
        chosen = state[key]
        _tried(lambda: services().store.sorting.move([job.id], chosen if isinstance(chosen, str) else ""))

    names = list(services().store.history.choices(bin=job.binned is not None).projects)[:_MOST_PROJECTS]
    if job.project and job.project not in names:
        names.insert(0, job.project)
    if state.get(key) != job.project:
        state[key] = job.project
    st.selectbox(
        "Project",
        [
            "",
            *sorted(names, key=str.casefold),
        ],  # no field to be cleared: its button for that is too small to hit
        key=key,
        on_change=change,
        accept_new_options=True,
        format_func=lambda name: name or "None",
        help="Takes that belong together. Choose a project, or type a new name of at most "
        f"{LONGEST_PROJECT} characters.",
    )


def _star(job_id: str, on: bool) -> None:
    _tried(lambda: services().store.sorting.star([job_id], on))


def _tried(change: Callable[[], object]) -> bool:
    """Whether the store took it; a toast says where it did not."""
    try:
        change()
    except StoreError as error:
        st.toast(f"That did not work. {error}", duration="long")
        return False
    return True
