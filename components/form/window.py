"""What one window knows of what the store has of its person's desk, and how it writes there.

A window is a window. What it writes over the work of another window, the store keeps among the earlier versions
(`jobs/drafts.py`); this remembers what there is to say about that. Pure; the session's state is passed in.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from components.catalog.spec import ModelSpec
from components.form.adapting import adapted, fingerprint
from components.form.desk import CHOICES, STORYBOARD, Desk, has_storyboard
from components.jobs.drafts import Replaced
from components.jobs.job import new_id
from components.jobs.store import StoreError
from components.reports import State
from components.services import Services

_MUCH = 16
"""So many characters go at one stroke only when other words come in their place, or a browser still held old ones."""
_SAID = "draft|said"
_SAID_FOR = 120.0
"""Seconds in which that is said."""


@dataclass(frozen=True)
class Crossed:
    """What another window wrote, and this one wrote over."""

    id: int
    """Of the earlier version that it now is."""
    written: float
    """When the other window wrote it, in Unix seconds."""
    unseen: bool = True
    """Whether this window had not read it."""
    since: float = 0.0
    """When this window wrote over it."""


@dataclass(frozen=True)
class Undo:
    """What was replaced on purpose, and can come back at once."""

    said: str
    """A sentence on what was done."""
    earlier: Mapping[str, int]
    """Key -> the earlier version that was kept."""
    after: Mapping[str, object]
    """Key -> what stood there right after it."""


@dataclass
class Window:
    """What a window knows of what the store has."""

    owner: str
    kept: dict[str, Any]
    """Key -> the value that was read or written last."""
    numbers: dict[str, int]
    """Key -> its number then."""
    found: object
    """What was set for the model on the desk when it was opened, or began to stand in for another."""
    id: str = field(default_factory=lambda: new_id()[:8])
    reasons: dict[str, Replaced] = field(default_factory=dict)
    """Key -> why its next change replaces what stands there."""
    crossed: dict[str, Crossed] = field(default_factory=dict)
    undo: Undo | None = None
    adapted: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    """Model -> the fingerprint of its parameters, and what of its draft no longer fits them."""
    went: ModelSpec | None = None
    """The missing model as it was drawn last, where this window has drawn it."""
    revision: int = -1
    """Of the catalogue, when the desk was last brought in line with it."""


def say(state: State, kind: str, sentence: str) -> None:
    """Shows a sentence above the form, until the next one: "error" or "info"."""
    state[_SAID] = kind, sentence


def said(state: State) -> tuple[str, str]:
    """What is shown above the form: its kind, and the sentence."""
    told: tuple[str, str] = state.get(_SAID, ("", ""))
    return told


def undo_offered(state: State, spec: ModelSpec | None = None) -> Undo | None:
    """What can be undone at once: until something of it changes, and where it is seen in the form of `spec`."""
    window: Window = state["window"]
    desk: Desk = state["desk"]
    if window.undo and any(desk.written(key) != then for key, then in window.undo.after.items()):
        window.undo = None
    if spec is None or window.undo is None:
        return window.undo
    draft = desk.draft(spec)
    shows_board = draft.shape is not None and (draft.storyboard is True or not has_storyboard(spec))
    is_seen = spec.id in window.undo.after or (shows_board and STORYBOARD in window.undo.after)
    return window.undo if is_seen else None


def crossed(state: State, *keys: str) -> dict[str, Crossed]:
    """What other windows had written under `keys` and this one wrote over, as long as it is worth a sentence.

    What this window had read is so for a moment; what it had not, until somebody says that it is seen.
    """
    window: Window = state["window"]
    found = {key: window.crossed[key] for key in keys if key in window.crossed}
    now = time.time()
    return {key: one for key, one in found.items() if one.unseen or now - one.since < _SAID_FOR}


def seen(state: State, spec: ModelSpec) -> None:
    """Somebody has read what was said: what crossed, and what of the draft of `spec` no longer fits."""
    window: Window = state["window"]
    desk: Desk = state["desk"]
    window.crossed.clear()
    if window.adapted.pop(spec.id, None):
        desk.fits(spec)


def adaptations(state: State, spec: ModelSpec) -> tuple[str, ...]:
    """What of the draft of `spec` no longer fits, since its model has changed after it was written.

    To be asked before the fields are drawn: they may let go of what they cannot show.
    """
    window: Window = state["window"]
    desk: Desk = state["desk"]
    now = fingerprint(spec)
    if desk.has_outlived(spec) and window.adapted.get(spec.id, ("", ()))[0] != now:
        values = desk.drafts.get(spec.id, {}).get("values", {})
        window.adapted[spec.id] = now, adapted(values, spec)
    return window.adapted.get(spec.id, ("", ()))[1]


def write(
    state: State,
    shared: Services,
    owner: str,
    *,
    anyway: Collection[str] = (),
    instead_of: Mapping[str, int] | None = None,
) -> dict[str, int]:
    """Writes what changed, and `anyway` what did not; key -> the earlier version that was kept on purpose."""
    desk: Desk = state["desk"]
    window: Window = state["window"]
    now = {CHOICES: desk.choices(), **desk.drafts}
    if desk.board is not None:
        now[STORYBOARD] = desk.board.as_json()
    on_purpose: dict[str, int] = {}
    for key, value in now.items():
        if window.kept.get(key) == value and key not in anyway:
            continue
        moment, why = time.time(), window.reasons.get(key)
        saved = shared.store.drafts.save(
            owner,
            key,
            value,
            moment,
            window="" if key == CHOICES else window.id,  # what is chosen is no work that could be lost
            read=window.numbers.get(key, 0),
            why=why,
            instead_of=(instead_of or {}).get(key),
        )
        window.reasons.pop(key, None)
        window.numbers[key] = saved.number
        window.kept[key] = copy.deepcopy(value)
        if saved.earlier is None:
            continue
        if why is not None:
            on_purpose[key] = saved.earlier.id
        else:
            unseen = saved.earlier.why is Replaced.OTHER_WINDOW
            if unseen or _gone(saved.earlier.value, value) >= _MUCH:
                window.crossed[key] = Crossed(saved.earlier.id, saved.written, unseen, moment)
    window.reasons.clear()
    return on_purpose


def settle(state: State, shared: Services, keys: Collection[str]) -> None:
    """Before something on the desk is replaced: it is in the store, also where another window has written since."""
    window: Window = state["window"]
    unseen = []
    for key in keys:
        there = shared.store.drafts.get(window.owner, key)
        if there is not None and there.number != window.numbers.get(key, 0):
            unseen.append(key)
    write(state, shared, window.owner, anyway=unseen)


def refresh(state: State, shared: Services, model: str) -> None:
    """Reads the draft of `model`, which is not on the screen, as another window may have left it."""
    desk: Desk = state["desk"]
    window: Window = state["window"]
    try:
        there = shared.store.drafts.get(window.owner, model)
    except StoreError:
        return  # it is written over as one that was not seen, and so kept
    untouched = desk.drafts.get(model) == window.kept.get(model)
    if there is None or there.number == window.numbers.get(model, 0) or not untouched:
        return
    if desk.put(model, there.value):
        window.kept[model], window.numbers[model] = there.value, there.number


def _gone(older: Any, newer: Any) -> int:
    """How many characters of the texts in `older` lie in the one stretch where `newer` differs."""
    before, after = "\n".join(_texts(older)), "\n".join(_texts(newer))
    start = _alike(before, after)
    return len(before) - start - _alike(before[start:][::-1], after[start:][::-1])


def _alike(one: str, other: str) -> int:
    """How many characters both begin with."""
    differs = (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(differs, min(len(one), len(other)))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for entry in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(entry)
