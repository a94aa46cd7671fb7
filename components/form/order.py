"""From a draft to the takes that are asked for: once for each click."""

from __future__ import annotations

import json

from components.form.draft import Draft
from components.jobs.job import Destination, Job, Order, new_id
from components.reports import State
from components.services import Services

DOUBLE_CLICK = 0.8
"""Seconds in which the same request asked for twice is one double click."""


def order(
    draft: Draft, *, owner: str, destination: Destination, base_url: str, parent: str | None = None
) -> Order:
    """One take of `draft`, as it is sent. The draft has no problems."""
    return Order(
        owner=owner,
        model=draft.spec.id,
        model_name=draft.spec.name,
        body=draft.request(),
        defaults=draft.defaults(),
        destination=destination,
        base_url=base_url,
        path=draft.spec.path,
        prompt=draft.prompt_text(),
        seconds=draft.seconds(),
        aspect_ratio=draft.aspect_ratio(),
        parent=parent,
        board=draft.plan.as_json() if draft.plans_shots else None,
    )


def ask(
    state: State,
    shared: Services,
    draft: Draft,
    *,
    owner: str,
    destination: Destination,
    takes: int,
    now: float,
) -> list[Job]:
    """Puts `takes` takes of `draft` into the store and wakes the tracker; none for the second half of a double click.

    `state` is the session's. Raises StoreError when they cannot be kept; then nothing is sent.
    """
    base_url = shared.base_url(destination)
    model, parent = state.get("parent", (None, None))
    if model != draft.spec.id:  # a take was put on the desk, and then another model chosen
        parent = None
    one = order(draft, owner=owner, destination=destination, base_url=base_url, parent=parent)
    asked = (json.dumps(one.body), takes, destination)
    before, when = state.get("asked", (None, 0.0))
    if asked == before and now - when < DOUBLE_CLICK:
        return []
    # A script run can be cut short after the takes are stored and before it says so: the same token, kept until
    # the end, makes the repetition find them.
    if state.get("click_for", None) != asked:
        state["click_for"], state["click"] = asked, new_id()
    token = state["click"]
    jobs = shared.store.add([one] * takes, token=token, now=now)
    state["asked"] = (asked, now)
    state.pop("click_for", None)
    state.pop("parent", None)
    shared.tracker.wake()
    return jobs
