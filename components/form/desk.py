"""What lies on a person's desk: the model that is chosen and a draft for each model.

The desk is what the Studio shows and what is kept on the server while someone types. Pure: the page reads it from
the store when it opens and writes back what changed.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from components.catalog.spec import ExactlyOne, ModelSpec, Role
from components.form.adapting import fingerprint
from components.form.draft import Draft, carry
from components.jobs.job import Destination, Order
from components.storyboard.shapes import planned, shape_of
from components.storyboard.storyboard import Board, read_board

CHOICES = "choices"
"""The key under which the store keeps what is not part of one model's draft."""
STORYBOARD = "storyboard"
"""The key under which the store keeps the board, and the key of its editor."""


@dataclass
class Desk:
    """One person's desk. `drafts`: model id -> {"values": ..., "storyboard": bool, "@spec": fingerprint}."""

    model: str
    takes: int = 1
    destination: Destination | None = None
    """What was chosen; None: the usual one."""
    drafts: dict[str, dict[str, Any]] = field(default_factory=dict)
    board: Board | None = None
    """The shots. They belong to no model: whichever takes shots is given these."""
    edition: str = field(default_factory=lambda: secrets.token_hex(4))
    """Names what the fields show; a new one with each replacement, so that they are built anew from the draft.
    Kept and never repeated: a browser keeps what is typed by this name, across sessions."""
    recent: tuple[str, ...] = ()
    """The models that were chosen or generated with, the last one first."""
    missing: str = ""
    """The model that was chosen last, where it is not known now: `model` stands in for it until somebody chooses."""

    def draft(self, spec: ModelSpec) -> Draft:
        """The draft under `spec`."""
        kept = self.drafts.get(spec.id, {})
        board = None if shape_of(spec) is None else self.board
        return Draft(spec, kept.get("values") or {}, bool(kept.get("storyboard")), board)

    def keep(self, draft: Draft) -> None:
        """Remembers what the fields hold now."""
        before = self.drafts.get(draft.spec.id, {})
        told = {"values": dict(draft.values), "storyboard": bool(draft.storyboard)}
        # By it an opened draft tells whether its model has changed since somebody last set something.
        is_older = before.get(SPEC) and _set(before.get("values")) == _set(draft.values)
        self.drafts[draft.spec.id] = told | {SPEC: before[SPEC] if is_older else fingerprint(draft.spec)}
        self.board = draft.board or self.board

    def has_outlived(self, spec: ModelSpec) -> bool:
        """Whether the model's parameters have changed since its draft was written."""
        written = self.drafts.get(spec.id, {}).get(SPEC)
        return bool(written) and written != fingerprint(spec)

    def fits(self, spec: ModelSpec) -> None:
        """Notes that the draft of `spec` is one of its present parameters."""
        if spec.id in self.drafts:
            self.drafts[spec.id] = {**self.drafts[spec.id], SPEC: fingerprint(spec)}

    def use(self, model: str) -> None:
        """Notes that `model` was chosen, or generated with."""
        self.recent = (model, *(other for other in self.recent if other != model))[:MOST_RECENT]

    def switch(self, old: ModelSpec, new: ModelSpec) -> None:
        """Chooses `new`: what both models have comes along, the rest is as it was left under `new`."""
        if old.id == new.id:
            return
        before, there = self.draft(old), self.draft(new)
        values = carry(before.values, old, new, there.values)
        both = has_storyboard(old) and has_storyboard(new)
        storyboard = before.storyboard if both else there.storyboard
        self.replace(Draft(new, values, storyboard is True and has_storyboard(new)))

    def replace(self, draft: Draft) -> None:
        """Puts another draft in the place of the one of its model, and chooses that model."""
        self.keep(draft)
        self.choose(draft.spec.id)
        self.renew()

    def renew(self) -> None:
        """Has the fields built anew from the draft."""
        self.edition = secrets.token_hex(4)

    def choose(self, model: str) -> None:
        """Shows the draft of `model` as it is."""
        self.model, self.missing = model, ""
        self.use(model)

    def put(self, key: str, kept: Mapping[str, Any]) -> bool:
        """Puts what the store once kept under `key` back; False, and nothing changed, where it cannot be read."""
        if key == STORYBOARD:
            board = read_board(kept)
            self.board = board or self.board
            return board is not None
        if not isinstance(kept.get("values"), dict):
            return False
        self.drafts[key] = read_draft(kept)
        self.renew()
        return True

    def move(self, former: str, present: str) -> bool:
        """Puts what was written under the id `former` under `present`; False, and nothing changed, without any."""
        was, there = self.drafts.get(former, {}), self.drafts.get(present, {})
        if not self.written(former):
            if was.get("storyboard") is not True:
                return False
            was = {**there, "values": there.get("values") or {}, "storyboard": True}
        # The emptied one comes last: what is written in this order is never in neither place.
        self.drafts.pop(former, None)
        self.drafts |= {present: was, former: {"values": {}, "storyboard": False}}
        self.renew()
        return True

    def rename(self, former: str, present: str) -> None:
        """Notes that the model on the desk, `former`, is called `present` now."""
        self.model = present
        self.recent = tuple(dict.fromkeys(present if id == former else id for id in self.recent))
        self.renew()

    def written(self, key: str) -> object:
        """What somebody has set of what is kept under `key`, to compare with later."""
        if key == STORYBOARD:
            return None if self.board is None else self.board.rows
        return _set(self.drafts.get(key, {}).get("values"))

    def choices(self) -> dict[str, Any]:
        """What is kept beside the drafts, as JSON."""
        return {
            "model": self.missing or self.model,
            "takes": self.takes,
            "destination": self.destination,
            "edition": self.edition,
            "recent": list(self.recent),
        }


def read_desk(kept: Mapping[str, Mapping[str, Any]], is_known: Callable[[str], bool], first: str) -> Desk:
    """The desk as the store kept it. Anything in it that no longer fits is left out, never an error.

    A model that is not known any more gives way to `first`; its draft stays.
    """
    choices = kept.get(CHOICES, {})
    model = choices.get("model")
    takes = choices.get("takes")
    destination = choices.get("destination")
    edition = choices.get("edition")
    named = model if isinstance(model, str) and 0 < len(model) <= LONGEST_MODEL else first
    known = is_known(named)
    desk = Desk(
        model=named if known else first,
        missing="" if known else named,
        takes=takes if type(takes) is int and 1 <= takes <= MOST_TAKES else 1,
        destination=Destination(destination) if destination in list(Destination) else None,
        drafts={
            key: read_draft(draft)
            for key, draft in kept.items()
            if key not in (CHOICES, STORYBOARD) and isinstance(draft.get("values"), dict)
        },
        board=read_board(kept.get(STORYBOARD)),
    )
    if isinstance(edition, str) and _EDITION.fullmatch(edition):
        desk.edition = edition
    recent = choices.get("recent")
    if isinstance(recent, list):
        ids = [id for id in recent[:MOST_RECENT] if isinstance(id, str) and 0 < len(id) <= LONGEST_MODEL]
        desk.recent = tuple(dict.fromkeys(ids))
    return desk


def read_draft(kept: Mapping[str, Any]) -> dict[str, Any]:
    """A model's draft as a desk holds it, out of one that was kept."""
    values, written = kept.get("values"), kept.get(SPEC)
    return {
        "values": values if isinstance(values, dict) else {},
        "storyboard": kept.get("storyboard") is True,
        **({SPEC: written} if isinstance(written, str) else {}),
    }


def _set(values: Any) -> dict[str, Any]:
    """`values` without what is not set."""
    mapping = values if isinstance(values, Mapping) else {}
    return {name: value for name, value in mapping.items() if value is not None and value not in ("", [])}


_EDITION = re.compile("[0-9a-f]{8}")

SPEC = "@spec"
"""Under this key a draft notes the parameters of its model, as `adapting.fingerprint`."""

MOST_RECENT = 12
LONGEST_MODEL = 512
"""The longest id of a model, in characters."""

MOST_TAKES = 4
"""How many takes one click makes at the most."""


def has_storyboard(spec: ModelSpec) -> bool:
    """Whether `spec` takes either a prompt or a list of shots."""
    prompt, shape = spec.by_role(Role.PROMPT), shape_of(spec)
    if prompt is None or shape is None:
        return False
    either = {prompt.name, shape.parameter.name}
    return any(isinstance(rule, ExactlyOne) and either <= set(rule.names) for rule in spec.rules)


def draft_of(order: Order, spec: ModelSpec, board: Board | None = None) -> Draft:
    """The settings of a take as a draft of `spec`; what the model does not take (any more) is left out.

    `board`: shots that take the place of its own.
    """
    values = {name: value for name, value in order.body.items() if name in spec and not spec[name].deprecated}
    board, shape = board or planned(order, spec), shape_of(spec)
    if board is not None and shape is not None:  # the board says these
        values.pop(shape.parameter.name, None)
        if shape.total is not None:
            values.pop(shape.total.name, None)
    return Draft(spec, values, board is not None, board)
