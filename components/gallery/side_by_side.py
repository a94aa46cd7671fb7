"""Which takes a link to Compare means, and what is to be said where it does not mean two to four of them. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from components.gallery.naming import called
from components.jobs.job import Job, State
from components.words import excerpt, state_words

MOST = 4
"""Takes beside each other; more do not fit a screen."""

_LONGEST_LINK = 2_000
_MOST_LOOKED_FOR = 12
_LONGEST_NAME = 80
_ID = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True)
class SideBySide:
    """What a link leads to."""

    jobs: tuple[Job, ...]
    """Those that can be looked at, at most four, in the link's order."""
    unready: tuple[Job, ...] = ()
    """Those without a video, or without one yet."""
    binned: tuple[Job, ...] = ()
    missing: int = 0
    """How many are not there."""
    over: int = 0
    """How many more the link names than fit."""
    sound: int = 0
    """The number of the take that is heard, from 1; 0 for none."""

    @property
    def ids(self) -> tuple[str, ...]:
        """The takes that stay in the link, those that will have a video among them."""
        return tuple(job.id for job in (*self.jobs, *self.unready))

    def without(self, job_id: str) -> dict[str, str]:
        """The link once this take is taken out; whose sound is heard stays, as long as it is there."""
        left = [job for job in self.jobs if job.id != job_id]
        heard = self.jobs[self.sound - 1].id if self.sound else ""
        link = {"takes": ",".join(found for found in self.ids if found != job_id)}
        if heard == job_id or not left:
            return link
        return link | {"sound": str(next((n for n, job in enumerate(left, 1) if job.id == heard), 0))}


def can_be_compared(job: Job) -> bool:
    """Whether there is a video to look at."""
    return job.state is State.COMPLETED and job.video is not None and job.binned is None


def name_of(job: Job) -> str:
    """What the take is called, on one line of bounded length."""
    return excerpt(called(job, _LONGEST_NAME), _LONGEST_NAME) or job.order.model_name


def side_by_side(takes: str, sound: str, find: Callable[[str], Job | None]) -> SideBySide:
    """Reads the parts of a link: `takes`, ids with commas between them, and `sound`, a number.

    `find` looks a take up. Without a number that makes sense the first take that has sound is heard.
    """
    named = list(dict.fromkeys(filter(None, map(str.strip, takes[:_LONGEST_LINK].split(",")))))
    found = [find(name) if _ID.fullmatch(name) else None for name in named[:_MOST_LOOKED_FOR]]
    there = [job for job in found if job is not None]
    ready = [job for job in there if can_be_compared(job)]
    jobs = tuple(ready[:MOST])
    return SideBySide(
        jobs=jobs,
        unready=tuple(job for job in there if job.binned is None and job not in ready)[:MOST],
        binned=tuple(job for job in there if job.binned is not None),
        missing=len(found) - len(there),
        over=len(ready) - len(jobs) + len(named) - len(found),
        sound=_sound(sound, jobs),
    )


def _sound(said: str, jobs: Sequence[Job]) -> int:
    audible = [n for n, job in enumerate(jobs, 1) if job.video is not None and job.video.sound]
    if len(said) == 1 and said in "01234":
        return int(said) if int(said) in audible else 0
    return audible[0] if audible else 0


def told(what: SideBySide) -> list[str]:
    """Sentences on what of the link cannot be shown, and why; empty where everything can."""
    sentences = []
    if what.missing:
        count = "One take" if what.missing == 1 else f"{what.missing} takes"
        be, were = ("is", "it was") if what.missing == 1 else ("are", "they were")
        sentences.append(f"{count} of this link {be} not there: {were} deleted, or the link is not whole.")
    sentences += [f"“{name_of(job)}” is in the bin: put it back to compare it." for job in what.binned]
    for job in what.unready:
        then = "It joins here when it is ready." if job.followed else "So there is nothing to compare it by."
        yet = " yet" if job.followed else ""
        sentences.append(f"“{name_of(job)}” has no video{yet} ({state_words(job).lower()}). {then}")
    if what.over:
        more = "one more is" if what.over == 1 else f"{what.over} more are"
        sentences.append(f"At most {MOST} takes stand side by side: {more} left out.")
    return sentences
