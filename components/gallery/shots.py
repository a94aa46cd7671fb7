"""The planned shots under a take's player: chapters that lead to them, the running shot's text, and thumbs.

The browser follows the video and shows a thumb at once (`shots.js`); Python keeps the thumbs with the take.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import streamlit as st

from components.jobs.job import Job, State
from components.jobs.store import StoreError
from components.media import sheet_address, video_address
from components.reports import REPORTS_JS
from components.services import services
from components.storyboard.storyboard import Board
from components.words import clock

HERE = Path(__file__).parent

Redraft = Callable[[Job, Board], None]
"""Puts a take's settings with other shots on the desk; given by the page, which knows the desk."""

_LONGEST_RECEIPT = 64

_component = st.components.v2.component(
    "planned_shots",
    html=(HERE / "shots.html").read_text(encoding="utf-8"),
    css=(HERE / "shots.css").read_text(encoding="utf-8"),
    js=REPORTS_JS + (HERE / "shots.js").read_text(encoding="utf-8"),
)


def has_shots(job: Job, board: Board | None) -> bool:
    """Whether there is something to look at shot by shot: a video, and cuts that were planned in it."""
    return (
        board is not None and len(board.shots) > 1 and job.state is State.COMPLETED and job.video is not None
    )


def shots(job: Job, board: Board, *, redraft: Redraft) -> None:
    """Draws the shots of a completed take, and what can be done with them."""
    key = f"shots-{job.id}"
    _component(
        key=key,
        data={
            "src": video_address(job),
            "shots": [
                {
                    "text": shot.text,
                    "start": start,
                    "end": start + shot.seconds,
                    "from": clock(start),
                    "to": clock(start + shot.seconds),
                }
                for shot, start in zip(board.shots, board.cuts, strict=True)
            ],
            "verdicts": verdicts(job, board),
            "receipt": st.session_state.get(f"{key}:receipt", ""),
        },
        on_verdict_change=partial(_judged, key, job.id, len(board.shots)),
    )
    liked = [n for n, verdict in enumerate(verdicts(job, board)) if verdict]
    with st.container(horizontal=True, gap="small"):
        if st.button(
            "New draft from the shots I liked",
            key=f"{job.id}-liked",
            icon=":material/movie_edit:",
            disabled=not liked,
            help="Puts them into the Studio, with all settings of this take."
            if liked
            else "Press the thumb up of at least one shot first.",
        ):
            redraft(job, board.keep(liked))
        st.link_button(
            "Storyboard sheet",
            sheet_address(job),
            key=f"{job.id}-sheet",
            icon=":material/print:",
            help="Opens a page to print: every shot with its picture, its time and its text.",
        )


def verdicts(job: Job, board: Board) -> list[bool | None]:
    """The thumb of each planned shot: up, down, or none."""
    kept = list(job.verdicts[: len(board.shots)])
    return kept + [None] * (len(board.shots) - len(kept))


def _judged(key: str, job_id: str, count: int) -> None:
    """Keeps the thumbs that a browser sent, and gives its receipt back with the next run."""
    sent = st.session_state[key].get("verdict")
    store = services().store
    try:
        for shot, verdict in _read(sent, count).items():
            if not store.judge_shot(job_id, shot, verdict):
                st.toast("This take was deleted: there is nothing left to judge.")
                break
    except StoreError as error:
        st.toast(f"That did not work. {error}")
    # Also where it could not be kept: the browser then shows what is.
    receipt = sent.get("receipt") if isinstance(sent, Mapping) else None
    if isinstance(receipt, str) and len(receipt) <= _LONGEST_RECEIPT:
        st.session_state[f"{key}:receipt"] = receipt


def _read(sent: object, count: int) -> dict[int, bool | None]:
    """Shot -> thumb, of what is one for the `count` shots of a take. A browser may send anything."""
    entries = sent.get("verdicts") if isinstance(sent, Mapping) else None
    found: dict[int, bool | None] = {}
    for entry in entries if isinstance(entries, list) else ():
        if not isinstance(entry, Mapping) or "verdict" not in entry:
            continue
        shot, verdict = entry.get("shot"), entry["verdict"]
        if type(shot) is int and 0 <= shot < count and (verdict is None or isinstance(verdict, bool)):
            found[shot] = verdict
    return found
