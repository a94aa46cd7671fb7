"""A take's line of descent on the screen: what it came from, step by step, and what came from it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise

import streamlit as st

from components.gallery.as_made import model_of
from components.gallery.differences import About, differences, sentences
from components.gallery.naming import CAME_BY, called
from components.gallery.walking import open_take
from components.jobs.family import MOST_COUNTED, Ancestor, Children, Line
from components.jobs.finding.view import View
from components.jobs.job import Job
from components.markdown import as_text
from components.media import poster_address
from components.services import services
from components.words import age, excerpt

_AT_ONCE = 3
"""So many steps, and so many children, are shown without being asked for."""
_LONGEST_STEP = 300
_POSTER = "display:block;width:96px;height:54px;object-fit:cover;border-radius:0.375rem;background:#000"


def descent(job: Job, view: View | None) -> None:
    """Draws it; nothing for a take that stands alone. `view`: the list from which the take was opened."""
    family = services().store.family
    line, children = family.line(job), family.children(job.id)
    with st.container(gap="small"):
        if line.ancestors:
            _came_from(job, line, view)
        if children.count:
            _led_to(job, children, view)


def steps(job: Job, line: Line) -> Iterator[tuple[Ancestor, str]]:
    """Each ancestor, the nearest first, with what was done to come from it to the take after it, in words."""
    takes = [job, *(ancestor.job for ancestor in line.ancestors)]
    for ancestor, (after, before) in zip(line.ancestors, pairwise(takes), strict=True):
        yield ancestor, "" if after is None else _step(before, after)


def _step(before: Job | None, after: Job) -> str:
    how = CAME_BY.get(after.order.kin, "")
    if before is None:
        return how
    found = differences([before, after], [model_of(before), model_of(after)])
    said = sentences([one for one in found if one.about is About.ASKED])
    if not said:
        return how or "the same request"
    return excerpt(f"{how}: {' '.join(said)}" if how else " ".join(said), _LONGEST_STEP)


def _came_from(job: Job, line: Line, view: View | None) -> None:
    st.markdown("**What it came from**")
    parent = line.ancestors[0].job
    shown = Line(line.ancestors[:_AT_ONCE], line.goes_on)
    for ancestor, step in steps(job, shown):
        _ancestor(ancestor, step, view)
    if job.video and parent is not None and parent.video:
        st.page_link(
            st.session_state["pages"]["compare"],
            label="Compare with the one it came from",
            icon=":material/compare:",
            query_params={"takes": f"{parent.id},{job.id}"},
        )
    further = line.ancestors[_AT_ONCE:]
    if not further:
        return
    with st.expander(f"Further back ({len(further)})", key=f"{job.id}-further", on_change="rerun") as fold:
        if fold.open:
            for ancestor, step in list(steps(job, line))[_AT_ONCE:]:
                _ancestor(ancestor, step, view)
            if line.goes_on:
                st.caption("And further still: open the last one to go on.")


def _led_to(job: Job, children: Children, view: View | None) -> None:
    many = f"{children.count:,}" if children.count < MOST_COUNTED else f"{MOST_COUNTED:,} or more"
    st.markdown(f"**What came from it** :small[:gray[{many}]]")
    _children(job, children.jobs[:_AT_ONCE], view)
    rest = children.jobs[_AT_ONCE:]
    if not rest:
        return
    with st.expander(f"{len(rest)} more", key=f"{job.id}-children", on_change="rerun") as fold:
        if fold.open:
            _children(job, rest, view)
            if children.count > len(children.jobs):
                st.caption(f"These are the newest {len(children.jobs)}.")


def _children(job: Job, jobs: Sequence[Job], view: View | None) -> None:
    for child in jobs:
        _row(child, _step(job, child), view, "child")


def _ancestor(ancestor: Ancestor, step: str, view: View | None) -> None:
    if ancestor.job is not None:
        _row(ancestor.job, step, view, "ancestor")
        return
    words = f" {as_text(step)}" if step else ""
    st.markdown(f":material/delete_forever: :gray[A take that was deleted for good.]:small[:gray[{words}]]")


def _row(job: Job, step: str, view: View | None, kin: str) -> None:
    """A take as a line: its picture, its name, which opens it, and what was done. `kin`: a damaged line may run in a
    circle, and have a take among its ancestors and its children."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if poster := poster_address(job):
            html = (
                f'<img src="{escape(poster)}" alt="" loading="lazy" width="96" height="54" style="{_POSTER}">'
            )
            st.html(html, width=96)
        with st.container(gap=None):
            st.button(
                as_text(called(job)),
                key=f"{job.id}-{kin}",
                type="tertiary",
                on_click=open_take,
                args=(job.id, View() if view is None else view),
            )
            facts = [
                age(time.time() - job.created),
                *(["in the bin"] if job.binned is not None else []),
                step,
            ]
            st.markdown(f":small[:gray[{as_text(' · '.join(filter(None, facts)))}]]")
