"""Takes as rows of a table, for people and their spreadsheets: what the CSV and the Excel file have in common. Pure.

Times are UTC, lengths seconds, prices US dollars. A take that was made by the sandbox has pretended prices, which a
column says.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any

from components.jobs.job import Destination, Job

Cell = str | int | float | datetime | None
"""None: it is not known, or there is none."""
Row = tuple[Cell, ...]

_NOT_CARRIED = re.compile("[\0\ud800-\udfff]")
_LONGEST_FIGURE = 40
_LARGEST_USD = 1e6


class Kind(Enum):
    """What the cells of a column are."""

    TEXT = auto()
    NUMBER = auto()
    TIME = auto()


@dataclass(frozen=True)
class Column:
    """One column: its heading, what is in it, and how wide it is shown, in letters."""

    name: str
    kind: Kind
    cell: Callable[[Job], Cell]
    width: int


def moment(seconds: float | None) -> datetime | None:
    """A time in Unix seconds as a date with its zone, UTC; None for none, and for what no calendar knows."""
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def iso(time: datetime) -> str:
    """A time as a text, to the second: "2026-11-21T16:33:39Z"."""
    return f"{time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def carried(text: str) -> str:
    """`text` as a file can carry it: NUL and half a surrogate pair become U+FFFD."""
    return _NOT_CARRIED.sub("\ufffd", text)


def person(owner: str) -> str:
    """A word for who asked for a take: the same for the same person, and nothing that says who it is."""
    return hashlib.sha256(f"person {owner}".encode("utf-8", "replace")).hexdigest()[:8]


def as_json(value: Any) -> str:
    """`value` as JSON on one line, with the order of its names kept; "" for what is no JSON.

    Read and written again it is the same to the letter: an order of names, and a whole number, stay what they are.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        return text if _NOT_CARRIED.search(text) is None else json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return ""


def figure(value: Any) -> float | None:
    """An amount in US dollars, kept as number or text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and len(value) > _LONGEST_FIGURE:
        return None
    try:
        usd = float(value)
    except (ValueError, OverflowError):
        return None
    return usd if 0 <= usd <= _LARGEST_USD else None


def estimate_of(job: Job) -> tuple[float | None, float | None]:
    """Between which amounts in USD the take was said to cost, both the same where one price was said."""
    kept = job.order.estimate or {}
    usd, bounds = figure(kept.get("usd")), kept.get("bounds")
    if usd is not None:
        return usd, usd
    if isinstance(bounds, list) and len(bounds) == 2:
        least, most = map(figure, bounds)
        if least is not None and most is not None:
            return least, most
    return None, None


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None


def _lasted(since: float | None, until: float | None) -> float | None:
    lasted = None if since is None or until is None else round(until - since, 3)
    return None if lasted is None else _finite(max(0.0, lasted))


def _shots(job: Job) -> int | None:
    shots = (job.order.board or {}).get("shots")
    return len(shots) if isinstance(shots, list) else None


def _thumbs(job: Job) -> str:
    """Which shots somebody judged, the first being 1: "1 up, 3 down"."""
    judged = ((n, verdict) for n, verdict in enumerate(job.verdicts, 1) if verdict is not None)
    return ", ".join(f"{n} {'up' if verdict else 'down'}" for n, verdict in judged)


def columns(state_words: Callable[[Job], str]) -> tuple[Column, ...]:
    """The columns, in their order. `state_words`: where a take stands, in a word or two."""

    def text(name: str, cell: Callable[[Job], str | None], width: int = 14) -> Column:
        return Column(name, Kind.TEXT, lambda job: carried(cell(job) or ""), width)

    def number(name: str, cell: Callable[[Job], float | None], width: int = 11) -> Column:
        return Column(name, Kind.NUMBER, lambda job: _finite(cell(job)), width)

    def time(name: str, cell: Callable[[Job], float | None]) -> Column:
        return Column(name, Kind.TIME, lambda job: moment(cell(job)), 20)

    return (
        text("Take", lambda job: job.id, 34),
        text("Title", lambda job: job.title, 24),
        text("Prompt", lambda job: job.order.prompt, 60),
        text("State", state_words),
        text("Starred", lambda job: _yes(job.starred), 8),
        text("Project", lambda job: job.project, 18),
        text("Note", lambda job: job.note, 30),
        text("Model", lambda job: job.order.model_name, 26),
        text("Model id", lambda job: job.order.model, 36),
        text("Maker", lambda job: job.order.maker),
        text("Made by", lambda job: _MADE_BY[job.order.destination], 28),
        text("Asked by", lambda job: person(job.order.owner), 10),
        time("Asked (UTC)", lambda job: job.created),
        time("Sent (UTC)", lambda job: job.sent),
        time("Generating since (UTC)", lambda job: job.started),
        time("Ready (UTC)", lambda job: job.ready),
        time("Ended (UTC)", lambda job: job.ended),
        number("Waited (s)", lambda job: _lasted(job.sent, job.ready)),
        number("Length asked for (s)", lambda job: job.order.seconds),
        text("Aspect ratio", lambda job: job.order.aspect_ratio, 11),
        number("Shots", _shots, 7),
        text("Thumbs for shots", _thumbs),
        number("Video length (s)", lambda job: job.video.seconds if job.video else None),
        number("Video width", lambda job: job.video.width if job.video else None),
        number("Video height", lambda job: job.video.height if job.video else None),
        number("Frames a second", lambda job: job.video.fps if job.video else None),
        text("Sound", lambda job: _yes(job.video.sound) if job.video else "", 8),
        number("File size (bytes)", lambda job: job.video.size if job.video else None, 14),
        number("Estimate, least (USD)", lambda job: estimate_of(job)[0]),
        number("Estimate, most (USD)", lambda job: estimate_of(job)[1]),
        number("Charged (USD)", lambda job: job.usd_spent),
        number("Charged (credits)", lambda job: job.credits_used),
        text("Prices are pretended", lambda job: _yes(is_pretended(job)), 10),
        text("Problem", lambda job: job.problem),
        text("The provider's words", lambda job: job.detail, 30),
        text("Generation id", lambda job: job.remote_id, 30),
        text("Comes from take", lambda job: job.order.parent, 34),
        text("How it comes from it", lambda job: job.order.kin),
        time("In the bin since (UTC)", lambda job: job.binned),
        text("Settings sent (JSON)", lambda job: as_json(job.order.body), 60),
        text("Defaults in force (JSON)", lambda job: as_json(job.order.defaults), 40),
    )


_MADE_BY = {Destination.SANDBOX: "Sandbox (a preview, no AI)", Destination.LIVE: "AI/ML API"}


def is_pretended(job: Job) -> bool:
    """Whether what the take cost, and was said to cost, is no money."""
    return job.order.destination is Destination.SANDBOX


def rows(jobs: Iterable[Job], of: tuple[Column, ...]) -> Iterator[Row]:
    """A row for each take, with a cell for each column; one at a time."""
    return (tuple(column.cell(job) for column in of) for job in jobs)
