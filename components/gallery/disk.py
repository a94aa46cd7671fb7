"""How much of the disk takes use: outside of the bin, in it, what is free, and the largest first."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from pathlib import Path

import streamlit as st

from components.gallery.bin_view import ask_to_empty
from components.gallery.bulk import ask_to_remove
from components.gallery.doing import begin
from components.gallery.work import What, stay
from components.jobs.job import Job
from components.markdown import as_text
from components.services import Services, services
from components.words import age, excerpt, file_size

LARGEST = 24
"""So many takes are shown."""


def free_bytes(folder: Path) -> int | None:
    """What the disk of `folder` has left; None where it does not say."""
    with suppress(OSError):
        return shutil.disk_usage(folder).free
    return None


def disk_line() -> None:
    """One line below a list: what the takes use, and the ways to the bin and to what is largest."""
    shared, pages = services(), st.session_state["pages"]
    used, binned = shared.store.history.sizes()
    there = shared.store.history.choices(bin=True).total
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="disk-line"):
        st.page_link(pages["disk"], label=f"Disk: {file_size(used + binned)}", icon=":material/hard_drive:")
        # No link: one to the page that stands open looks as if it were chosen.
        label = f"Bin ({there:,})" if there else "Bin"
        st.button(label, key="to-bin", icon=":material/delete:", type="tertiary", on_click=_to_the_bin)


def _to_the_bin() -> None:
    st.query_params.from_dict({"bin": "yes"})


def disk(shared: Services, *, bin: bool) -> None:
    """The sums, and the largest takes; with `bin` those in the bin."""
    history, pages = shared.store.history, st.session_state["pages"]
    used, binned = history.sizes()
    free = free_bytes(shared.settings.data)
    counts = {inside: history.choices(bin=inside).total for inside in (False, True)}
    with st.grid("auto", min_column_width=160, gap="small"):
        st.metric("Takes", file_size(used), help=f"The videos of {counts[False]:,} takes, without posters.")
        st.metric("Bin", file_size(binned), help=f"The videos of {counts[True]:,} takes that were deleted.")
        st.metric("Free", "not known" if free is None else file_size(free))
    if counts[True]:
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button(
                f"Empty the bin: frees {file_size(binned)}",
                key="disk-empty",
                icon=":material/delete_forever:",
            ):
                ask_to_empty()
            st.page_link(
                pages["history"],
                label="Look into the bin",
                icon=":material/delete:",
                query_params={"bin": "yes"},
            )
    jobs = history.largest(bin=bin, limit=LARGEST)
    st.markdown("#### Largest in the bin" if bin else "#### Largest takes")
    if counts[True] or bin:
        st.page_link(
            pages["disk"],
            label="Largest takes outside of the bin" if bin else "Largest in the bin",
            icon=":material/swap_horiz:",
            query_params={} if bin else {"bin": "yes"},
        )
    if not jobs:
        st.markdown("No video takes up room here." if bin else "No video takes up room yet.")
    elif not bin:
        st.caption(
            f"What you delete goes into the bin, and still takes up room there. {stay(shared.settings.bin_days)}"
        )
    for job in jobs:
        _row(job, bin=bin)


def _row(job: Job, *, bin: bool) -> None:
    history = st.session_state["pages"]["history"]
    size = file_size(job.video.size) if job.video else ""
    name = excerpt(job.title or job.order.prompt, 80) or job.order.model_name
    with st.container(horizontal=True, vertical_alignment="center", border=True, key=f"row-{job.id}"):
        with st.container(gap=None):
            st.page_link(history, label=as_text(name), query_params={"job": job.id})
            facts = [
                job.order.model_name,
                f"{job.video.seconds:.0f} s" if job.video else "",
                age(time.time() - job.created),
            ]
            st.caption(as_text(" · ".join(filter(None, facts))))
        st.markdown(f"**{size}**", width="content")
        label = f"Delete: {name}"
        if not bin:
            st.button(
                "Delete",
                key=f"{job.id}-delete",
                icon=":material/delete:",
                help=as_text(label),
                on_click=begin,
                args=(What.BIN, [job.id]),
            )
        elif st.button(
            "Delete for good",
            key=f"{job.id}-remove",
            icon=":material/delete_forever:",
            help=as_text(f"Delete for good: {name}"),
        ):
            ask_to_remove([job.id])
