"""One card of the contact sheet, as data: what a browser needs to draw a take, and nothing else. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from components.gallery.telling import CANCELLED, NOT_FOLLOWED, colour, telling
from components.jobs.expectation import Expectation
from components.jobs.finding.marking import Pieces, excerpt_around, marked, marked_id
from components.jobs.finding.typed import Typed
from components.jobs.job import Job, State
from components.media import download_address, poster_address, video_address
from components.words import (
    caption,
    cost,
    excerpt,
    showable,
    state_words,
    waiting_changes,
    waiting_note,
    waiting_since,
)

_PROMPT = 140
_NAME = 80
_DETAIL = 300
_LONGEST = 120
"""The longest texts on a card, in characters."""

NOTHING_TYPED = Typed()


@dataclass(frozen=True)
class Card:
    """A take as the contact sheet shows it."""

    id: str
    starred: bool
    selected: bool
    running: bool
    """Whether its clock goes."""
    data: dict[str, Any]
    """All the browser is told of it, as JSON knows it."""


def sheet_card(
    job: Job,
    *,
    now: float,
    sought: Typed = NOTHING_TYPED,
    expected: Expectation | None = None,
    selected: bool = False,
) -> Card:
    """The card of a take.

    `now` is the time in Unix seconds, `sought` what is searched for: its hits are marked. `expected` is how long a
    take that is being made will take.
    """
    video, running, told = _video(job), _running(job, expected), _told(job)
    texts = {name: _carried(pieces) for name, pieces in _texts(job, sought, now).items()}
    title, prompt = texts["title"], texts["prompt"]
    data: dict[str, Any] = {
        "id": job.id,
        "page": f"/history?job={job.id}",
        "label": _label(job),
        "name": title or prompt or [showable(job.order.model_name)],
        "titled": bool(title),
        "prompt": prompt if title else [],
        "note": texts.get("note", []),
        "found": texts.get("found", []),
        "facts": texts["facts"],
        "project": texts["project"],
        "badge": state_words(job),
        "colour": colour(job),
        "starred": job.starred,
        "selected": selected,
        "download": download_address(job) if video else "",
        "video": video,
        "running": running,
        "told": told,
    }
    return Card(job.id, job.starred, selected, running is not None, data)


def _video(job: Job) -> dict[str, str] | None:
    if job.state is not State.COMPLETED or job.video is None:
        return None
    return {"src": video_address(job), "poster": poster_address(job) or ""}


def _running(job: Job, expected: Expectation | None) -> dict[str, Any] | None:
    """What is said beside the clock, from which moment on: the browser counts."""
    if job.ended_for_good or not job.followed:
        return None
    since = waiting_since(job)
    moments = filter(math.isfinite, (0.0, *waiting_changes(job, expected)))
    return {
        "words": state_words(job),
        "since": since if math.isfinite(since) else 0.0,
        "notes": [[moment, waiting_note(job, expected, moment)] for moment in moments],
    }


def _told(job: Job) -> list[str]:
    """Sentences, a line each."""
    if job.state is State.CANCELLED:
        return [CANCELLED]
    if not job.ended_for_good and not job.followed:
        return [NOT_FOLLOWED]
    said = telling(job)
    if said is None:
        return []
    if not said.detail:
        return [said.sentences]
    detail = showable(excerpt(said.detail, _DETAIL))
    return [said.sentences, f"The provider says: “{detail}”" if said.quoted else detail]


def _texts(job: Job, sought: Typed, now: float) -> dict[str, Pieces]:
    """Name, prompt, facts and project; and where no hit is in these, of the note and the ids what it was found for."""
    title, facts = job.title[:_LONGEST], _facts(job, now)
    if not sought.wanted:
        prompt = excerpt(job.order.prompt, _PROMPT)
        plain = {"title": title, "prompt": prompt, "facts": facts, "project": job.project[:_LONGEST]}
        return {name: [(text, False)] if text else [] for name, text in plain.items()}
    found = {
        "title": marked(title, sought),
        "prompt": _around(job.order.prompt, sought),
        "facts": marked(facts, sought),
        "project": marked(job.project[:_LONGEST], sought),
    }
    if not any(map(_has_hit, found.values())):
        found["note"] = _if_hit(_around(job.note, sought))
        ids = (marked_id(each[:_LONGEST], sought) for each in (job.id, job.remote_id or ""))
        found["found"] = next(filter(_has_hit, ids), [])
    return found


@lru_cache(maxsize=200)  # a page is drawn again and again while somebody looks at it
def _around(text: str, sought: Typed) -> Pieces:
    return excerpt_around(text, sought, _PROMPT)


def _facts(job: Job, now: float) -> str:
    price = cost(job)
    return " · ".join([caption(job, now), *([price] if price else [])])


def _label(job: Job) -> str:
    """The take's name for who hears the page."""
    return showable(excerpt(job.title or job.order.prompt, _NAME) or job.order.model_name)


def _has_hit(pieces: Pieces) -> bool:
    return any(hit for _, hit in pieces)


def _if_hit(pieces: Pieces) -> Pieces:
    return pieces if _has_hit(pieces) else []


def _carried(pieces: Iterable[tuple[str, bool]]) -> list[str | list[str]]:
    """Pieces as JSON: a text as it is, a hit as a list of one."""
    return [[showable(text)] if hit else showable(text) for text, hit in pieces]
