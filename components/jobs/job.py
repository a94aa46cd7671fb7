"""A job: one take that was asked for, and what became of it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

BUILT_IN = "built-in"
"""The base URL of a take sent to the sandbox inside the app, whose port may differ after a restart."""


class State(StrEnum):
    """Where a take stands.

    waiting -> sending -> queued -> generating -> archiving -> completed
       |          └-> unknown (the answer was lost: a person decides)
       └-> cancelled                                       any -> failed
    """

    WAITING = "waiting"
    SENDING = "sending"
    QUEUED = "queued"
    GENERATING = "generating"
    ARCHIVING = "archiving"
    COMPLETED = "completed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


IN_FLIGHT = frozenset({State.SENDING, State.QUEUED, State.GENERATING})
"""With the provider now, and counted against the limit."""
ENDED = frozenset({State.COMPLETED, State.FAILED, State.UNKNOWN, State.CANCELLED})
"""Nothing more happens unless a person asks for it."""


class Destination(StrEnum):
    """Who makes the video."""

    SANDBOX = "sandbox"
    LIVE = "live"


class Kin(StrEnum):
    """How a take comes from another."""

    RETRY = "retry"
    """What failed or was cancelled, tried again."""
    AGAIN = "again"
    """The same request once more."""
    DRAFT = "draft"
    """Its settings were used as a new draft."""
    VARIATION = "variation"
    """One thing was to be changed."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a person asked for: all that is needed to send one request, fixed at the click."""

    owner: str
    model: str
    model_name: str
    body: dict[str, Any]
    """The request's JSON as it is sent, but for uploads: each is named by its reference (`uploads.py`), and
    becomes a data URI on the way."""
    defaults: dict[str, Any] = field(default_factory=dict)
    """The published defaults of what was not sent, in force when it was asked for."""
    destination: Destination
    base_url: str
    """Origin it is sent to, or BUILT_IN."""
    path: str
    """Create path; retrieved on the same."""
    prompt: str = ""
    """The prompt, or the shots' texts one to a line: for cards and search."""
    seconds: int | None = None
    """Asked-for length in seconds, defaults included; None where the model decides."""
    aspect_ratio: str | None = None
    parent: str | None = None
    """The take that this one comes from."""
    kin: str = ""
    """How it comes from its parent, a word of `Kin`; "" for takes without one, and for those of before."""
    maker: str = ""
    """Who makes the model, as its document says; "" where it was not noted."""
    board: dict[str, Any] | None = None
    """The storyboard as it was planned (`Board.as_json`), with the seconds that a request may not carry; None
    without one."""
    document: str | None = None
    """The digest of the OpenAPI document that the request was made from (`store.documents`)."""
    estimate: dict[str, Any] | None = None
    """What it would cost as it was said at the click: {"usd": "3.25" or None, "how": a few words, "bounds": the
    least and the most or None}; None where no price was known."""


@dataclass(frozen=True, kw_only=True)
class VideoFile:
    """What the archived file is, read from the file itself."""

    size: int
    """Bytes."""
    seconds: float
    width: int
    height: int
    fps: float
    sound: bool
    poster: bool
    """Whether a poster could be made."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One take. Times are Unix seconds. A snapshot: read it again to see a change."""

    id: str
    """32 hex digits; sent as X-Client-Request-Id."""
    seq: int
    """Order of asking; larger is newer."""
    order: Order
    state: State
    created: float
    sent: float | None = None
    """When the request went out."""
    followed_since: float | None = None
    """Since when it is followed: sent, or taken up again by a person. The time to give up starts here."""
    started: float | None = None
    """When the provider was first seen generating."""
    ready: float | None = None
    """When the provider was first seen to have finished."""
    ended: float | None = None
    remote_id: str | None = None
    """The provider's generation id."""
    pasted: bool = False
    """Whether a person gave `remote_id`, and the provider has not yet answered for it."""
    tries: int = 0
    """How often the present step has been tried without success."""
    next_at: float | None = None
    """When the tracker takes it up next; None: it does not."""
    problem: str | None = None
    """A key of `problems.PROBLEMS`: why it failed, is unknown, or what it waits for."""
    detail: str = ""
    """The provider's own words on the problem."""
    raw: str = ""
    """The last reply that mattered, as text."""
    video_url: str | None = None
    video: VideoFile | None = None
    credits_used: float | None = None
    usd_spent: float | None = None
    verdicts: tuple[bool | None, ...] = ()
    """Thumbs for the planned shots, in their order: up, down, or none (also for shots beyond its end)."""
    title: str = ""
    """What people call it; "" where nobody gave it a name."""
    note: str = ""
    starred: bool = False
    project: str = ""
    """The project that it belongs to; "" for none."""
    binned: float | None = None
    """When it was put into the bin; None: it is not there."""

    @property
    def ended_for_good(self) -> bool:
        """Nothing more happens unless a person asks for it."""
        return self.state in ENDED

    @property
    def followed(self) -> bool:
        """The tracker still looks after it."""
        return not self.ended_for_good and self.next_at is not None


def new_id() -> str:
    """A fresh take id: 32 hex digits, unguessable."""
    return secrets.token_hex(16)
