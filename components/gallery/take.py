"""One take, opened: the video large, everything that was asked for, what came, and what the provider said."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from html import escape

import streamlit as st

from components.catalog.catalog import Catalog
from components.catalog.spec import ModelSpec, Role
from components.gallery.about import Came, came, money, names, times
from components.gallery.actions import Retry
from components.gallery.as_made import as_it_was
from components.gallery.card import large_card, prompt_text
from components.gallery.continuing import made_again
from components.gallery.descent import descent
from components.gallery.doing import notice
from components.gallery.filing import filing, star_button
from components.gallery.naming import called
from components.gallery.parting import in_the_bin
from components.gallery.player import click_to_play
from components.gallery.shots import Redraft, has_shots
from components.gallery.walking import walking
from components.jobs.finding.view import View
from components.jobs.job import Job
from components.jobs.upload import is_upload
from components.markdown import as_text
from components.services import services
from components.storyboard.shapes import planned
from components.words import asked_for, showable

_CELL = "text-align:start;vertical-align:top;padding:0.2rem 1rem 0.2rem 0;border:0;font-weight:400"


def take(job: Job, catalog: Catalog, *, retry: Retry, redraft: Redraft, view: View | None = None) -> None:
    """Draws the take's own page. `view`: the list from which it was opened, to go on in it and back to it."""
    spec = as_it_was(job) or catalog.find(job.order.model)
    board = planned(job.order, spec)
    if view is not None:
        walking(job, view)
    notice()
    made_again(job, view or View())
    with st.container():
        in_the_bin(job)
    with st.container(horizontal=True, vertical_alignment="center", key="take-head"):
        st.subheader(as_text(called(job)), anchor=False)
        star_button(job)
    video, facts = st.columns([1.7, 1], gap="large")
    with video:
        large_card(job, board, retry=retry, redraft=redraft)
        click_to_play()
        filing(job)
        descent(job, view)
    with facts:
        _asked(job, spec, without_shots=has_shots(job, board))
        _came(came(job, spec))
        _section("How long it took", times(job, time.time()))
        _section("What it cost", money(job))
        _section("For support", names(job))
        _raw(job)


def _asked(job: Job, spec: ModelSpec | None, *, without_shots: bool) -> None:
    """`without_shots`: they stand under the video, and need not stand here too."""
    st.markdown("**What was asked for**")
    if not without_shots:
        prompt_text(job.order.prompt)
    _table([("Model", job.order.model_name), *_settings(job, spec, without_shots=without_shots)])
    if job.order.defaults:
        with st.expander("Defaults in force"):
            _table(asked_for(job.order.defaults, spec))


def _came(rows: Sequence[Came]) -> None:
    """What came beside what was asked for, and in a sentence where the two differ."""
    if not rows:
        return
    st.markdown("**What came**")
    for difference in filter(None, (row.difference for row in rows)):
        st.markdown(f":orange[:material/info:] {as_text(difference)}")
    head = "".join(f'<th scope="col" style="{_CELL}">{each}</th>' for each in _HEADINGS)
    body = "".join(
        f'<tr><th scope="row" style="{_CELL}">{escape(row.label)}</th>'
        f'<td dir="auto" style="{_CELL}">{escape(row.asked)}</td>'
        f'<td dir="auto" style="{_CELL}">{escape(row.came)}</td></tr>'
        for row in rows
    )
    st.html(
        f'<table style="border-collapse:collapse;border:0;overflow-wrap:anywhere"><tr>{head}</tr>{body}</table>'
    )


_HEADINGS = ("", "Asked for", "Came")


def _raw(job: Job) -> None:
    with st.expander("Request as JSON", icon=":material/data_object:"):
        request = json.dumps(job.order.body, indent=2, ensure_ascii=False)
        st.code(showable(request), language="json", wrap_lines=True)
    if job.raw:
        with st.expander("The provider's last reply", icon=":material/data_object:"):
            st.code(job.raw, language=None, wrap_lines=True)


def _settings(job: Job, spec: ModelSpec | None, *, without_shots: bool) -> list[tuple[str, str]]:
    """The settings, without what stands elsewhere on the page: the prompt, and the shots."""
    shots = None if spec is None else spec.by_role(Role.SHOTS)
    left_out = {shots.name} if without_shots and shots is not None else set()
    body = {name: value for name, value in job.order.body.items() if name not in left_out}
    rows = [row for row in asked_for(body, spec) if row[1] != job.order.prompt]
    return [(label, _file(value, job) if is_upload(value) else value) for label, value in rows]


def _file(reference: str, job: Job) -> str:
    """An upload by its name, for whoever added it: what others call their files is theirs."""
    mine = st.session_state.get("owner") == job.order.owner
    upload = services().uploads.get(reference, job.order.owner) if mine else None
    return "an uploaded file" if upload is None else upload.name


def _section(title: str, rows: list[tuple[str, str]]) -> None:
    if rows:
        st.markdown(f"**{title}**")
        _table(rows)


def _table(rows: list[tuple[str, str]]) -> None:
    """Labels and values. Not `st.table`, which would load pandas into a page that shows a dozen words."""
    lines = "".join(
        f"<dt>{escape(label)}</dt><dd dir='auto' style='margin:0'>{escape(value)}</dd>"
        for label, value in rows
    )
    columns = "display:grid;grid-template-columns:minmax(6rem,max-content) 1fr;gap:0.35rem 1rem"
    style = f"{columns};margin:0;padding:0;overflow-wrap:anywhere"
    st.html(f'<dl style="{style}">{lines}</dl>')
