"""What lies on a person's desk: the model that is chosen and a draft for each model.

The desk is what the Studio shows and what is kept on the server while someone types. Pure: the page reads it from
the store when it opens and writes back what changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from components.catalog.spec import ExactlyOne, ModelSpec, Role
from components.form.draft import Draft, carry
from components.jobs.job import Destination

CHOICES = "choices"
"""The key under which the store keeps what is not part of one model's draft."""


@dataclass
class Desk:
    """One person's desk. `drafts`: model id -> {"values": ..., "storyboard": bool}."""

    model: str
    takes: int = 1
    destination: Destination | None = None
    """What was chosen; None: the usual one."""
    drafts: dict[str, dict[str, Any]] = field(default_factory=dict)
    edition: int = 0
    """Counts replacements of what the fields show, so that they are built anew from the draft."""

    def draft(self, spec: ModelSpec) -> Draft:
        """The draft under `spec`."""
        kept = self.drafts.get(spec.id, {})
        return Draft(spec, kept.get("values") or {}, bool(kept.get("storyboard")))

    def keep(self, spec: ModelSpec, values: Mapping[str, Any], storyboard: bool) -> None:
        """Remembers what the fields hold now."""
        self.drafts[spec.id] = {"values": dict(values), "storyboard": storyboard}

    def switch(self, old: ModelSpec, new: ModelSpec) -> None:
        """Chooses `new`: what both models have comes along, the rest is as it was left under `new`."""
        if old.id == new.id:
            return
        before = self.draft(old)
        values = carry(before.values, old, new, self.draft(new).values)
        both = has_storyboard(old) and has_storyboard(new)
        storyboard = before.storyboard if both else self.draft(new).storyboard
        self.keep(new, values, storyboard is True and has_storyboard(new))
        self.model = new.id
        self.edition += 1

    def replace(self, spec: ModelSpec, values: Mapping[str, Any], storyboard: bool) -> None:
        """Puts another draft in the place of the one under `spec`, and chooses that model."""
        self.keep(spec, values, storyboard)
        self.model = spec.id
        self.edition += 1

    def choices(self) -> dict[str, Any]:
        """What is kept beside the drafts, as JSON."""
        return {"model": self.model, "takes": self.takes, "destination": self.destination}


def read_desk(kept: Mapping[str, Mapping[str, Any]], known: Mapping[str, ModelSpec], first: str) -> Desk:
    """The desk as the store kept it. Anything in it that no longer fits is left out, never an error."""
    choices = kept.get(CHOICES, {})
    model = choices.get("model")
    takes = choices.get("takes")
    destination = choices.get("destination")
    return Desk(
        model=model if isinstance(model, str) and model in known else first,
        takes=takes if type(takes) is int and 1 <= takes <= MOST_TAKES else 1,
        destination=Destination(destination) if destination in list(Destination) else None,
        drafts={
            key: {"values": draft["values"], "storyboard": draft.get("storyboard") is True}
            for key, draft in kept.items()
            if key != CHOICES and isinstance(draft.get("values"), dict)
        },
    )


MOST_TAKES = 4
"""How many takes one click makes at the most."""


def has_storyboard(spec: ModelSpec) -> bool:
    """Whether `spec` takes either a prompt or a list of shots."""
    prompt, shots = spec.by_role(Role.PROMPT), spec.by_role(Role.SHOTS)
    return (
        prompt is not None
        and shots is not None
        and any(isinstance(r, ExactlyOne) and {prompt.name, shots.name} <= set(r.names) for r in spec.rules)
    )


def values_of(body: Mapping[str, Any], spec: ModelSpec) -> tuple[dict[str, Any], bool]:
    """A request's settings as a draft of `spec`: its values, and whether it is a storyboard.

    What the model does not take (any more) is left out.
    """
    values = {name: value for name, value in body.items() if name in spec and not spec[name].deprecated}
    shots = spec.by_role(Role.SHOTS)
    return values, shots is not None and bool(values.get(shots.name))
