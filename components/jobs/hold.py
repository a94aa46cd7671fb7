"""A take that the tracker has in hand."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from components.jobs.job import Job


@dataclass
class Hold:
    """A take in hand."""

    job: Job
    who: str
    """The lease; a later claim of the same take by this tracker replaces it."""
    since: float
    """When it was claimed or renewed, by the loop's clock."""
    posting: bool = False
    """Between the intent to send on disk and the outcome on disk."""
    task: asyncio.Task[None] | None = None
