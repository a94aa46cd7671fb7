"""The only player in the project."""

from __future__ import annotations

from html import escape
from pathlib import Path

import streamlit as st

from components.jobs.job import Job
from components.media import poster_address, video_address
from components.words import excerpt

_clicks = st.components.v2.component(
    "click_to_play", js=(Path(__file__).parent / "player.js").read_text(encoding="utf-8")
)
_FRAME = "display:block;width:100%;border-radius:0.5rem;background:#000;object-fit:contain"


def player_html(job: Job, *, large: bool = False, chapters: str | None = None) -> str:
    """A `<video>` for a completed take: its poster, and nothing else loaded until it is played.

    The address and every attribute depend on the take alone, so that a rerun never touches a playing video.
    `chapters` is the address of a WebVTT file of the same host.
    """
    video = job.video
    assert video is not None, "only a completed take has a player"
    # Cards are all one shape, so that a grid stays even; on its own page a take has its own.
    shape = f"aspect-ratio:{video.width}/{video.height};max-height:72vh" if large else "aspect-ratio:16/9"
    attributes = {
        "src": video_address(job),
        "poster": poster_address(job, large=large),
        "preload": "none",
        "width": str(video.width),
        "height": str(video.height),
        "aria-label": f"Video: {_plain(excerpt(job.order.prompt)) or job.order.model_name}",
        "style": f"{_FRAME};height:auto;{shape}",
    }
    written = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items() if value is not None)
    track = f'<track kind="chapters" src="{escape(chapters)}" default>' if chapters else ""
    return f"<video controls playsinline{written}>{track}</video>"


def _plain(text: str) -> str:
    """`text` without what looks like markup: the browser's sanitiser drops an attribute that holds any."""
    return text.translate(str.maketrans("<>", "  ")).strip()


def player(job: Job, *, large: bool = False, chapters: str | None = None) -> None:
    """Shows a completed take's video."""
    st.html(player_html(job, large=large, chapters=chapters))


def click_to_play() -> None:
    """Lets a click on a poster play its video. Call it once on a page, below the videos.

    Of a video with `preload="none"` Chromium takes the first click only on the small button in its corner.
    """
    _clicks(key="click-to-play")
