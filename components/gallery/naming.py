"""What a take is called in sentences and links. Pure."""

from __future__ import annotations

from components.jobs.job import Job, Kin
from components.words import excerpt

CAME_BY = {
    Kin.RETRY.value: "tried again",
    Kin.AGAIN.value: "the same request once more",
    Kin.DRAFT.value: "made from its settings",
    Kin.VARIATION.value: "a variation",
}
"""How a take comes from another, by the word of `Kin`."""


def called(job: Job, limit: int = 60) -> str:
    """A take's name, else how its prompt begins, else its model's name. Plain text, from outside."""
    return job.title or excerpt(job.order.prompt, limit) or job.order.model_name
