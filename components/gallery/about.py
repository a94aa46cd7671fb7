"""What there is to say about one take, as rows of plain words: what came, how long it took, what it cost. Pure."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from components.catalog.spec import ModelSpec, Role
from components.jobs.job import BUILT_IN, Destination, Job, State, VideoFile
from components.words import clock, cost_in_full, file_size, said_price, setting

PLACES = {Destination.LIVE: "AI/ML API", Destination.SANDBOX: "Sandbox (a preview, no AI)"}

_NOT_ASKED = "left to the model"
_SECONDS_OFF = 0.1
"""A video so much longer or shorter than asked for differs from it, in seconds; one frame does not."""
_SHAPE_OFF = 0.03
"""Sizes are rounded to what a codec can take: so much of the width is no other shape."""
_LINES = re.compile(r"(\d{3,4})p", re.IGNORECASE)
_MEASURES = re.compile(r"(\d{2,5})\s*[x×:*]\s*(\d{2,5})", re.IGNORECASE)
_THOUSANDS = re.compile(r"([248])k", re.IGNORECASE)
_THOUSANDS_LINES = {"2": 1440, "4": 2160, "8": 4320}

Rows = list[tuple[str, str]]


@dataclass(frozen=True)
class Came:
    """One measure of a video, beside what was asked for."""

    label: str
    asked: str
    came: str
    difference: str = ""
    """A sentence where the two differ; "" where they agree, or nothing was asked."""


def came(job: Job, spec: ModelSpec | None) -> list[Came]:
    """What the file is against what was asked for; empty while there is no file."""
    video = job.video
    if video is None:
        return []
    return [
        _length(job, video),
        _shape(job, video),
        *_size(_in_force(job, spec, Role.RESOLUTION), video),
        Came("Frame rate", _NOT_ASKED, f"{video.fps:g} frames a second"),
        _sound(_in_force(job, spec, Role.SOUND), video),
        Came("File", "", file_size(video.size)),
    ]


def times(job: Job, now: float) -> Rows:
    """When it was asked for, and how long each step took, as seen from here: the provider is asked now and then."""
    rows = [("Asked", time.strftime("%d %B %Y, %H:%M", time.localtime(job.created)))]
    rows += [(label, clock(until - since)) for label, since, until in _steps(job, now)]
    if job.state is State.COMPLETED and job.ended is not None:
        rows.append(("In all", clock(job.ended - job.created)))
    return rows


def money(job: Job) -> Rows:
    """What it was said to cost and what was charged; empty where neither is known."""
    paid, price = cost_in_full(job), said_price(job)
    rows = [("Price", paid)] if paid else []
    return [*rows, ("Estimated by", price.how)] if price is not None and price.how else rows


def names(job: Job) -> Rows:
    """What the take is called by machines: for whoever writes to the provider about it."""
    order = job.order
    where = "" if order.base_url == BUILT_IN else order.base_url
    rows = [("Made by", PLACES[order.destination]), ("Model id", order.model)]
    if job.remote_id:
        rows.append(("Generation id", job.remote_id))
    return [*rows, ("Take id", job.id), ("Sent to", f"{where}{order.path}")]


def _steps(job: Job, now: float) -> Iterator[tuple[str, float, float]]:
    """The steps that are over, or have begun, with their times. What nobody noted is left out."""
    over = job.ended if job.ended is not None else now
    if job.sent is None:
        if job.state is State.WAITING:
            yield "Waiting to be sent", job.created, over
        return
    if job.sent - job.created >= 1:
        yield "Waited to be sent", job.created, job.sent
    ready = job.ready if job.ready is not None else over
    if job.started is not None:
        yield "Queued", job.sent, job.started
        yield "Generating", job.started, ready
    elif job.ready is not None:
        yield "Queued and generating", job.sent, ready
    else:
        yield "Queued", job.sent, ready
    if job.ready is not None and job.state in (State.ARCHIVING, State.COMPLETED):
        yield "Downloading", job.ready, over


def _length(job: Job, video: VideoFile) -> Came:
    asked, label = job.order.seconds, "Length"
    given = f"{video.seconds:.1f} s"
    if asked is None:
        return Came(label, _NOT_ASKED, given)
    is_off = abs(video.seconds - asked) > _SECONDS_OFF + 1e-6
    return Came(label, f"{asked} s", given, f"Asked for {asked} s, came {given}." if is_off else "")


def _shape(job: Job, video: VideoFile) -> Came:
    asked, label = job.order.aspect_ratio, "Picture"
    given = f"{video.width} × {video.height}"
    if not asked:
        return Came(label, _NOT_ASKED, given)
    wanted = _MEASURES.fullmatch(asked.strip()) or re.fullmatch(r"(\d{1,3}):(\d{1,3})", asked.strip())
    difference = ""
    if wanted and int(wanted[1]) and int(wanted[2]) and video.height:
        off = (video.width / video.height) / (int(wanted[1]) / int(wanted[2]))
        if not 1 - _SHAPE_OFF <= off <= 1 + _SHAPE_OFF:
            difference = f"Asked for {asked[:20]}, came {given}."
    return Came(label, asked[:40], given, difference)


def _size(asked: Any, video: VideoFile) -> Iterator[Came]:
    """Where a resolution was asked for: the lines of the picture, or its measures."""
    if not isinstance(asked, str) or not asked.strip():
        return
    lines = min(video.width, video.height)
    given, wanted = f"{lines} lines", None
    if found := _LINES.fullmatch(asked.strip()):
        wanted = int(found[1])
    elif found := _THOUSANDS.fullmatch(asked.strip()):
        wanted = _THOUSANDS_LINES[found[1]]
    elif found := _MEASURES.fullmatch(asked.strip()):
        wanted = min(int(found[1]), int(found[2]))
    is_off = wanted is not None and abs(lines - wanted) > _SHAPE_OFF * wanted
    yield Came("Resolution", asked[:40], given, f"Asked for {asked[:20]}, came {given}." if is_off else "")


def _sound(asked: Any, video: VideoFile) -> Came:
    given = "yes" if video.sound else "none"
    if not isinstance(asked, bool):
        return Came("Sound", _NOT_ASKED, given)
    difference = ""
    if asked and not video.sound:
        difference = "Asked for sound, came none."
    elif video.sound and not asked:
        difference = "Asked for no sound, came with sound."
    return Came("Sound", setting(asked), given, difference)


def _in_force(job: Job, spec: ModelSpec | None, role: Role) -> Any:
    """What held for the setting with this role, sent or by default; None where the model has none."""
    parameter = None if spec is None else spec.by_role(role)
    if parameter is None:
        return None
    values: Mapping[str, Any] = {**job.order.defaults, **job.order.body}
    return values.get(parameter.name)
