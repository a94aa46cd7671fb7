"""One take, opened: the video large, everything that was asked for, what came, and what the provider said."""

from __future__ import annotations

import json
import time
from functools import lru_cache
from html import escape

import streamlit as st

from components.catalog.catalog import Catalog
from components.catalog.openapi import DocumentError, read_document
from components.catalog.spec import ModelSpec, Role
from components.gallery.actions import Retry
from components.gallery.card import large_card, prompt_text
from components.gallery.player import click_to_play
from components.gallery.shots import Redraft, has_shots
from components.jobs.documents import Documents
from components.jobs.job import Destination, Job
from components.jobs.store import StoreError
from components.jobs.upload import is_upload
from components.services import services
from components.storyboard.shapes import planned
from components.words import asked_for, clock, cost_in_full, file_size, showable

_PLACES = {Destination.LIVE: "AI/ML API", Destination.SANDBOX: "Sandbox (a preview, no AI)"}


def take(job: Job, catalog: Catalog, *, retry: Retry, redraft: Redraft) -> None:
    """Draws the take's own page."""
    spec = as_it_was(job) or catalog.find(job.order.model)
    board = planned(job.order, spec)
    video, facts = st.columns([1.7, 1], gap="large")
    with video:
        large_card(job, board, retry=retry, redraft=redraft)
        click_to_play()
    with facts:
        st.markdown("**What was asked for**")
        told = has_shots(job, board)  # what stands under the video need not stand here too
        if not told:
            prompt_text(job.order.prompt)
        _table([("Model", job.order.model_name), *_settings(job, spec, without_shots=told)])
        if job.order.defaults:
            with st.expander("Defaults in force"):
                _table(asked_for(job.order.defaults, spec))
        st.markdown("**What came**")
        _table(_facts(job))
        with st.expander("Request as JSON", icon=":material/data_object:"):
            request = json.dumps(job.order.body, indent=2, ensure_ascii=False)
            st.code(showable(request), language="json", wrap_lines=True)
        if job.raw:
            with st.expander("The provider's last reply", icon=":material/data_object:"):
                st.code(job.raw, language=None, wrap_lines=True)


def as_it_was(job: Job) -> ModelSpec | None:
    """The model by the document that the take was made with, whatever has become of it since; None without one."""
    if job.order.document is None:
        return None
    try:
        return _read(services().store.documents, job.order.document, job.order.model)
    except StoreError:  # busy just now: the catalogue's will do
        return None


@lru_cache(maxsize=32)
def _read(documents: Documents, digest: str, model: str) -> ModelSpec | None:
    document = documents.get(digest)
    if document is None:
        return None
    try:
        return read_document(document, model_id=model)
    except DocumentError:  # written or read by another version of this app
        return None


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


def _facts(job: Job) -> list[tuple[str, str]]:
    facts = [("Made by", _PLACES[job.order.destination])]
    facts.append(("Asked", time.strftime("%d %B %Y, %H:%M", time.localtime(job.created))))
    if job.sent and job.ready:
        facts.append(("Waited", clock(job.ready - job.sent)))
    if job.video:
        v = job.video
        facts += [
            ("Video", f"{v.seconds:.1f} s, {v.width} × {v.height}, {v.fps:g} frames a second"),
            ("Sound", "yes" if v.sound else "none"),
            ("File", file_size(v.size)),
        ]
    if paid := cost_in_full(job):
        facts.append(("Price", paid))
    if job.remote_id:
        facts.append(("Generation id", job.remote_id))
    facts.append(("Take id", job.id))
    return facts


def _table(rows: list[tuple[str, str]]) -> None:
    """Labels and values. Not `st.table`, which would load pandas into a page that shows a dozen words."""
    lines = "".join(
        f"<dt>{escape(label)}</dt><dd dir='auto' style='margin:0'>{escape(value)}</dd>"
        for label, value in rows
    )
    columns = "display:grid;grid-template-columns:minmax(6rem,max-content) 1fr;gap:0.35rem 1rem"
    style = f"{columns};margin:0;padding:0;overflow-wrap:anywhere"
    st.html(f'<dl style="{style}">{lines}</dl>')
