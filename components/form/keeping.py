"""The desk in a session, and in the store: read when a session begins, written when something changed.

The session's state is passed in, so that none of this needs a screen.
"""

from __future__ import annotations

import copy
import time
from dataclasses import replace
from typing import Any

from components.catalog.checks import is_set, same
from components.catalog.spec import Parameter, Role
from components.form.desk import CHOICES, STORYBOARD, Desk, draft_of, read_desk
from components.form.draft import Draft
from components.jobs.job import Job
from components.jobs.store import StoreError
from components.reports import State
from components.services import Services
from components.storyboard.holding import put_board
from components.storyboard.storyboard import Board
from components.words import setting


def open_desk(state: State, shared: Services, owner: str) -> Desk:
    """This session's desk; the first time, as the store kept it for `owner`."""
    if "desk" not in state:
        models = {spec.id: spec for spec in shared.catalog.models}
        kept = shared.store.drafts(owner)
        state["desk"] = read_desk(kept, models, shared.catalog.models[0].id)
        state["kept"] = kept
    desk: Desk = state["desk"]
    return desk


def keep(state: State, shared: Services, owner: str) -> str | None:
    """Writes what changed on the desk since it was last written; a sentence when that failed."""
    desk: Desk = state["desk"]
    kept: dict[str, Any] = state["kept"]
    now = {CHOICES: desk.choices(), **desk.drafts}
    if desk.board is not None:
        now[STORYBOARD] = desk.board.as_json()
    try:
        for key, value in now.items():
            if kept.get(key) != value:
                shared.store.save_draft(owner, key, value, time.time())
                kept[key] = copy.deepcopy(value)
    except StoreError as error:
        return f"What you type cannot be kept at the moment. {error}"
    return None


def choose(state: State, shared: Services, model: str) -> bool:
    """Switches to another model, with what both have in common; False for one that nobody knows."""
    desk: Desk = state["desk"]
    old, new = shared.catalog.find(desk.model), shared.catalog.find(model)
    if new is None:
        return False
    if old is None:
        desk.model = new.id
    else:
        desk.switch(old, new)
    return True


def in_the_way(state: State, shared: Services, job: Job, board: Board | None = None) -> str | None:
    """What the settings of `job` would replace on the desk, in words; None when nothing would be lost.

    `board`: shots that come instead of the take's own.
    """
    desk: Desk = state["desk"]
    spec = shared.catalog.find(job.order.model)
    if spec is None:
        return None
    kept, new = desk.draft(spec), draft_of(job.order, spec, board)
    lost = [
        p
        for p in spec.parameters
        if is_set(p, kept.values.get(p.name))
        and not same(kept.values[p.name], new.values.get(p.name))
        and not _stays(p, new)
        and p.role is not Role.SHOTS
    ]
    text = next((kept.values[p.name] for p in lost if p.role is Role.PROMPT), None)
    if new.storyboard and not kept.plan.is_blank and kept.plan.rows != new.plan.rows:
        text = next(shot.text for shot in kept.plan.shots if shot.text.strip())
    if isinstance(text, str):
        return text
    return ", ".join(f"{p.label}: {setting(kept.values[p.name])}" for p in lost) or None


def put_on_desk(state: State, shared: Services, job: Job, board: Board | None = None) -> bool:
    """Makes the settings of `job` the draft of its model; False when the model is no longer known.

    `board`: shots that come instead of the take's own.
    """
    desk: Desk = state["desk"]
    spec = shared.catalog.find(job.order.model)
    if spec is None:
        return False
    kept, new = desk.draft(spec), draft_of(job.order, spec, board)
    stays = {p.name: kept.values[p.name] for p in spec.parameters if p.name in kept.values and _stays(p, new)}
    desk.replace(replace(new, values={**stays, **new.values}))
    if new.board is not None:
        put_board(state, STORYBOARD, new.board, "The shots of a take are on the board.")
    state["parent"] = (spec.id, job.id)
    return True


def _stays(parameter: Parameter, new: Draft) -> bool:
    """Whether it is a prompt that stays behind the shots that come: kept, and not sent."""
    return parameter.role is Role.PROMPT and not new.values.get(parameter.name)
