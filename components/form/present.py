"""The model that is on the desk now, whatever has become of it in the catalogue.

While its form is open a model may go, or come back, or be called otherwise: a list names it by another of its ids, or
somebody adds a document under one. What was written stays with it. Pure; the session's state is passed in.
"""

from __future__ import annotations

from collections.abc import Callable

from components.catalog.spec import ModelSpec
from components.form.desk import Desk
from components.form.window import Window, refresh
from components.jobs.drafts import Replaced
from components.reports import State
from components.services import Services

DRAWN = "drawn"
"""Under this key the session's state has the model whose fields were drawn last."""


def at_hand(
    state: State, shared: Services, read: Callable[[ModelSpec, Desk], object]
) -> tuple[Desk, ModelSpec]:
    """The desk, and the model that is chosen on it, as the catalogue has it at this moment.

    `read` puts what stands in the fields of a model on the desk. The keys of the fields are made of its id, so those
    that were drawn are read before another model, or another id, takes their place.
    """
    desk: Desk = state["desk"]
    window: Window = state["window"]
    spec = shared.catalog.find(desk.model)
    if spec is not None and spec.id == desk.model and window.revision == shared.catalog.revision:
        return desk, spec
    drawn: ModelSpec | None = state.get(DRAWN, None)
    if drawn is not None and drawn.id == desk.model:
        read(drawn, desk)
    return desk, follow(state, shared)


def is_drawn(state: State, spec: ModelSpec) -> bool:
    """Whether the fields on the page are those of this model."""
    drawn: ModelSpec | None = state.get(DRAWN, None)
    return drawn is not None and drawn.id == spec.id


def follow(state: State, shared: Services) -> ModelSpec:
    """Brings the desk in line with the catalogue, and gives the model that is chosen on it then.

    One that nobody knows any more is noted as missing, and the first of all stands in for it until it is back, or
    somebody chooses or begins to write. A draft that was written under another id of its model moves to this one.
    """
    desk: Desk = state["desk"]
    window: Window = state["window"]
    catalog = shared.catalog
    window.revision = catalog.revision
    if desk.missing and catalog.find(desk.missing) is not None and stands_in(state):
        desk.choose(desk.missing)
        desk.renew()
        window.went = None
    spec = catalog.find(desk.model)
    if spec is None:
        spec = catalog.models[0]
        _stand_in(state, shared, spec)
    elif spec.id != desk.model:
        _rename(state, shared, spec)
    for name in tuple(desk.drafts):
        other = catalog.find(name)
        is_moved = other is not None and other.id != name and desk.written(name)
        if other is not None and is_moved and not desk.written(other.id):
            _move(state, shared, name, other.id)
    return spec


def stands_in(state: State) -> bool:
    """Whether the model on the desk only stands in for the missing one: nobody has written under it since."""
    desk: Desk = state["desk"]
    window: Window = state["window"]
    return bool(desk.missing) and desk.written(desk.model) == window.found


def _stand_in(state: State, shared: Services, first: ModelSpec) -> None:
    desk: Desk = state["desk"]
    window: Window = state["window"]
    if not stands_in(
        state
    ):  # else the one that stood in has gone too, and the one before is still the missing one
        drawn: ModelSpec | None = state.get(DRAWN, None)
        window.went = drawn if drawn is not None and drawn.id == desk.model else None
        desk.missing = desk.model
    refresh(state, shared, first.id)
    desk.model = first.id
    desk.renew()
    window.found = desk.written(first.id)
    shared.catalog.want(desk.missing)


def _rename(state: State, shared: Services, spec: ModelSpec) -> None:
    desk: Desk = state["desk"]
    window: Window = state["window"]
    former, only_stood_in = desk.model, stands_in(state)
    _move(state, shared, former, spec.id)
    desk.rename(former, spec.id)
    if only_stood_in:
        window.found = desk.written(spec.id)
    model, *take = state.get("parent", (None, None, ""))
    if model == former:
        state["parent"] = (spec.id, *take)


def _move(state: State, shared: Services, former: str, present: str) -> None:
    """Has what was written under the id `former` under `present`; what was there goes among the earlier versions."""
    desk: Desk = state["desk"]
    window: Window = state["window"]
    refresh(state, shared, former)  # another window may have moved it already
    refresh(state, shared, present)
    if desk.move(former, present):
        window.reasons |= dict.fromkeys((former, present), Replaced.MODEL)
