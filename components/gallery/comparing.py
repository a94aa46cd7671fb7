"""Players side by side with one set of controls.

The browser does all of it (`together.js` keeps the videos together, `comparing.js` shows the controls). Python says
which takes there are and whose sound is heard, and hears which one somebody wants heard, opened or taken out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from components.gallery.side_by_side import name_of
from components.jobs.job import Job
from components.media import poster_address, video_address

HERE = Path(__file__).parent

_KEY = "comparing"
_USUAL_RATE = 24.0
_RATES = (1.0, 240.0)
"""Frames a second that are believed."""

_component = st.components.v2.component(
    "takes_side_by_side",
    html=(HERE / "comparing.html").read_text(encoding="utf-8"),
    css=(HERE / "comparing.css").read_text(encoding="utf-8"),
    js="".join((HERE / name).read_text(encoding="utf-8") for name in ("together.js", "comparing.js")),
)


def comparing(
    jobs: Sequence[Job],
    sound: int,
    *,
    on_sound: Callable[[int], None],
    on_out: Callable[[str], None],
) -> str | None:
    """Draws the players of one to four takes that can be compared.

    `sound` is the number of the take that is heard, from 1, or 0 for none. `on_sound` gets another such number,
    `on_out` the id of a take that somebody takes out: both run before the page. Gives the id of the take that
    somebody wants opened, in the one run after the click.
    """
    ids = [job.id for job in jobs]

    def heard() -> None:
        number = st.session_state[_KEY].get("sound")
        if type(number) is int and 0 <= number <= len(ids):
            on_sound(number)

    def taken_out() -> None:
        if (found := _one_of(ids, st.session_state[_KEY].get("out"))) is not None:
            on_out(found)

    result = _component(
        key=_KEY,
        data={"takes": [_as_data(job) for job in jobs], "sound": sound},
        on_sound_change=heard,
        on_out_change=taken_out,
        on_open_change=lambda: None,
    )
    return _one_of(ids, result.get("open"))


def _as_data(job: Job) -> dict[str, Any]:
    video = job.video
    assert video is not None, "only a completed take can be compared"
    rate = video.fps if _RATES[0] <= video.fps <= _RATES[1] else _USUAL_RATE
    facts = [
        job.order.model_name,
        f"{video.seconds:.1f} s",
        f"{video.width} × {video.height}",
        f"{rate:g} fps",
    ]
    return {
        "id": job.id,
        "name": name_of(job),
        "page": f"history?job={job.id}",
        "src": video_address(job),
        "poster": poster_address(job, large=True),
        "width": video.width,
        "height": video.height,
        "seconds": video.seconds,
        "fps": rate,
        "sound": video.sound,
        "facts": " · ".join(facts if video.sound else [*facts, "no sound"]),
    }


def _one_of(ids: Sequence[str], sent: object) -> str | None:
    """`sent` where it is one of the `ids`. A browser may send anything."""
    return sent if isinstance(sent, str) and sent in ids else None
