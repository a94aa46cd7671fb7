"""The desk in a session, and in the store: read when a session begins, written when something changed.

What one window writes over another's work, and what is replaced on purpose, the store keeps among the earlier
versions (`jobs/drafts.py`); here they come back. The session's state is passed in, so that none of this needs a screen.
"""

from __future__ import annotations

import copy
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from components.catalog.checks import is_set, same
from components.catalog.spec import ModelSpec, Parameter, Role
from components.form.adapting import fitting
from components.form.desk import MOST_TAKES, STORYBOARD, Desk, draft_of, read_desk
from components.form.draft import Draft
from components.form.own_files import left_behind, without_others
from components.form.present import DRAWN, follow, stands_in
from components.form.window import Undo, Window, refresh, say, settle, undo_offered, write
from components.jobs.drafts import Replaced
from components.jobs.job import Job, Kin
from components.jobs.store import StoreError
from components.reports import State
from components.services import Services
from components.storyboard.holding import put_board
from components.storyboard.storyboard import Board
from components.words import setting


def open_desk(state: State, shared: Services, owner: str) -> Desk:
    """This session's desk; the first time, as the store kept it for `owner`."""
    catalog = shared.catalog
    if "desk" not in state:
        there = shared.store.drafts.all(owner)
        kept = {key: one.value for key, one in there.items()}
        desk = read_desk(kept, lambda model: catalog.find(model) is not None, catalog.models[0].id)
        numbers = {key: one.number for key, one in there.items()}
        state["desk"] = desk
        state["window"] = Window(owner, kept, numbers, desk.written(desk.model))
        if desk.missing:
            catalog.want(desk.missing)
    if DRAWN not in state:  # else its fields have to be read first: see `at_hand`
        follow(state, shared)
    opened: Desk = state["desk"]
    return opened


def keep(state: State, shared: Services, owner: str) -> str | None:
    """Writes what changed on the desk since it was last written; a sentence when that failed."""
    try:
        write(state, shared, owner)
    except StoreError as error:
        return f"What you type cannot be kept at the moment. {error}"
    return None


def choose(state: State, shared: Services, model: str) -> bool:
    """Switches to another model, with what both have in common; False for one that nobody knows.

    The draft of a model that went comes along too, as far as its values fit under the same names.
    """
    desk: Desk = state["desk"]
    window: Window = state["window"]
    old, new = shared.catalog.find(desk.model), shared.catalog.find(model)
    if new is None:
        return False
    orphan: dict[str, Any] = {}
    if desk.missing and shared.catalog.find(desk.missing) is not new:
        orphan = fitting(desk.drafts.get(desk.missing, {}).get("values", {}), new)
    # What lies under a model that only stands in for another is nothing that anybody chose to take along.
    instead = bool(desk.missing and desk.written(desk.missing)) and stands_in(state)
    if instead:
        old, orphan = window.went, {} if window.went is not None else orphan
    if new.id != desk.model:
        refresh(state, shared, new.id)
    if old is not None and old.id != new.id:
        desk.switch(old, new)
        window.reasons[new.id] = Replaced.MODEL
    desk.choose(new.id)
    window.went = None
    if orphan:
        draft = desk.draft(new)
        chosen = {
            name: value
            for name, value in draft.values.items()
            if name in new and is_set(new[name], value) and not (instead and name in orphan)
        }
        desk.replace(replace(draft, values={**draft.values, **orphan, **chosen}))
        window.reasons[new.id] = Replaced.MODEL
    return True


def in_the_way(state: State, shared: Services, job: Job, board: Board | None = None) -> str | None:
    """What the settings of `job` would replace on the desk, in words; None when nothing would be lost.

    `board`: shots that come instead of the take's own.
    """
    spec = shared.catalog.find(job.order.model)
    return None if spec is None else lost_to(state, _of_take(state, shared, job, spec, board)[0])


def lost_to(state: State, new: Draft) -> str | None:
    """What `new` would replace on the desk, in words; None when nothing would be lost."""
    desk: Desk = state["desk"]
    kept = desk.draft(new.spec)
    lost = [
        p
        for p in new.spec.parameters
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


def put_on_desk(
    state: State, shared: Services, job: Job, board: Board | None = None, kin: Kin = Kin.DRAFT
) -> bool:
    """Makes the settings of `job` the draft of its model; False when the model is no longer known.

    `board`: shots that come instead of the take's own. `kin`: how the next take will come from it.
    Uploads of somebody else stay behind, which is said. Raises StoreError, and changes nothing, when what it replaces
    cannot be kept.
    """
    spec = shared.catalog.find(job.order.model)
    if spec is None:
        return False
    new, left = _of_take(state, shared, job, spec, board)
    put_draft(state, shared, new, Replaced.TAKE, "The settings of a take are on the desk.")
    say(state, "info", left_behind(left))
    state["parent"] = (spec.id, job.id, kin.value)
    return True


def put_draft(
    state: State, shared: Services, new: Draft, why: Replaced, said: str, takes: int | None = None
) -> None:
    """Puts `new` on the desk in place of the draft of its model, which is kept, with Undo where that was something.

    `said` says so. Raises StoreError, and changes nothing, when what it replaces cannot be kept.
    """
    desk: Desk = state["desk"]
    spec, keys = new.spec, [new.spec.id, *([STORYBOARD] if new.board is not None else [])]
    settle(state, shared, keys)
    kept = desk.draft(spec)
    stays = {p.name: kept.values[p.name] for p in spec.parameters if p.name in kept.values and _stays(p, new)}
    desk.replace(replace(new, values={**stays, **new.values}))
    if new.board is not None:
        put_board(state, STORYBOARD, new.board, said)
    if takes is not None:
        desk.takes = state["takes"] = max(1, min(takes, MOST_TAKES))
    state.pop("parent", None)
    _on_purpose(state, shared, keys, why, said)


def start_over(state: State, shared: Services, spec: ModelSpec) -> None:
    """Clears the draft of `spec`, and the shots where it is shots that are meant; kept, and with Undo.

    Raises StoreError, and changes nothing, when what is cleared cannot be kept.
    """
    desk: Desk = state["desk"]
    was = desk.draft(spec)
    board = was.shape is not None and (was.storyboard is True or was.plans_shots)
    keys = [spec.id, *([STORYBOARD] if board else [])]
    settle(state, shared, keys)
    desk.replace(Draft(spec, {}, was.storyboard))
    if board and was.shape is not None:
        desk.board = Board(write_lengths=was.plan.write_lengths).add(was.shape.budget)
        put_board(state, STORYBOARD, desk.board, "Started over.")
    state.pop("parent", None)
    window: Window = state["window"]
    window.adapted.pop(spec.id, None)
    _on_purpose(state, shared, keys, Replaced.START_OVER, "Started over.")


def bring_back(state: State, shared: Services, id: int) -> bool:
    """Puts an earlier version on the desk, and the present one among the earlier; False where it is gone or damaged.

    Raises StoreError, and changes nothing, when that cannot be kept.
    """
    window: Window = state["window"]
    desk: Desk = state["desk"]
    version = shared.store.drafts.one_earlier(window.owner, id)
    if version is None:
        return False
    model = shared.catalog.find(version.key)
    key = version.key if model is None else model.id  # it may have been written under another id of its model
    settle(state, shared, [key])
    if not desk.put(key, version.value):
        return False
    if key == STORYBOARD and desk.board is not None:
        put_board(state, STORYBOARD, desk.board, "An earlier version is back.")
    window.reasons[key] = Replaced.BROUGHT_BACK
    write(state, shared, window.owner, instead_of={key: id})
    window.crossed = {key: crossed for key, crossed in window.crossed.items() if crossed.id != id}
    window.undo = None
    return True


def undo(state: State, shared: Services) -> bool:
    """Takes the last replacement on purpose back; False where that can no longer be. Raises StoreError."""
    offered = undo_offered(state)
    if offered is None:
        return False
    back = [bring_back(state, shared, id) for id in offered.earlier.values()]
    return all(back)


def _on_purpose(state: State, shared: Services, keys: Collection[str], why: Replaced, said: str) -> None:
    """Writes what has just been replaced, with its reason, and offers to undo it where something was there."""
    window: Window = state["window"]
    desk: Desk = state["desk"]
    window.reasons |= dict.fromkeys(keys, why)
    earlier = write(state, shared, window.owner)
    after = {key: copy.deepcopy(desk.written(key)) for key in keys}
    window.undo = Undo(said, earlier, after) if earlier else None


def _of_take(
    state: State, shared: Services, job: Job, spec: ModelSpec, board: Board | None
) -> tuple[Draft, tuple[str, ...]]:
    """The settings of a take as a draft of this person, and the labels of what had uploads of somebody else."""
    draft, window = draft_of(job.order, spec, board), state["window"]
    if job.order.owner == window.owner:
        return draft, ()
    return without_others(draft, lambda reference: shared.uploads.get(reference, window.owner) is not None)


def _stays(parameter: Parameter, new: Draft) -> bool:
    """Whether it is a prompt that stays behind the shots that come: kept, and not sent."""
    return parameter.role is Role.PROMPT and not new.values.get(parameter.name)
