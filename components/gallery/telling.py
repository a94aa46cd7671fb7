"""Why a take has no video, or none yet: in sentences, for every place that shows takes. Pure, and plain text."""

from __future__ import annotations

from dataclasses import dataclass

from components.jobs.job import Destination, Job, State
from components.jobs.problems import FREE, PROBLEMS, QUOTED

CANCELLED = "Cancelled before it was sent. Nothing was charged."
NOT_FOLLOWED = (
    "No longer followed: the provider goes on making it, and charges for it. "
    "Follow it again to get the video."
)

_COLOURS = {
    State.COMPLETED: "green",
    State.FAILED: "red",
    State.UNKNOWN: "orange",
    State.CANCELLED: "gray",
}


@dataclass(frozen=True)
class Telling:
    """What is said of a problem."""

    sentences: str
    """What happened, whether it costs something, and what to do next."""
    detail: str
    """What is known besides; "" where nothing is. The provider's own words may be long, and hold anything."""
    quoted: bool
    """Whether `detail` are the provider's own words."""


def telling(job: Job) -> Telling | None:
    """What is to be said of the take's problem: the one it ended with, or the one that it waits for.

    None where there is none.
    """
    if job.state in (State.FAILED, State.UNKNOWN):
        problem = PROBLEMS.get(job.problem or "", PROBLEMS["internal"])
    elif job.followed and job.problem in PROBLEMS:
        problem = PROBLEMS[job.problem]
    else:
        return None
    charged = problem.charged if job.order.destination is Destination.LIVE else FREE
    sentences = f"{problem.happened} {charged} {problem.next_step}"
    return Telling(sentences, job.detail, bool(job.detail) and job.problem in QUOTED)


def colour(job: Job) -> str:
    """In which colour the take's state is shown, by Streamlit's name for it."""
    return _COLOURS.get(job.state, "blue")
