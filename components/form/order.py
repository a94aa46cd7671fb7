"""From a draft to the takes that are asked for: what they would cost, and once for each click."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from components.catalog.entry import Block
from components.catalog.pricing import Estimate, estimate
from components.catalog.pricing.money import plain
from components.catalog.spec import Group, Parameter
from components.form.draft import Draft
from components.jobs.job import Destination, Job, Order, new_id
from components.jobs.upload import references
from components.reports import State
from components.services import Services

DOUBLE_CLICK = 0.8
"""Seconds in which the same request asked for twice is one double click."""
PRICED = "priced"
"""Under this key a session's state has what a price was shown of: destination, model, and its pricing block."""
_DIGITS = Decimal("1e-9")
"""An estimate is kept with so many digits."""


def order(
    draft: Draft,
    *,
    owner: str,
    destination: Destination,
    base_url: str,
    parent: str | None = None,
    kin: str = "",
    document: str | None = None,
    price: Estimate | None = None,
) -> Order:
    """One take of `draft`, as it is sent. The draft has no problems.

    `document`: the digest of what the draft was made from. `price`: what was said that it would cost.
    """
    return Order(
        owner=owner,
        model=draft.spec.id,
        model_name=draft.spec.name,
        maker=draft.spec.maker,
        body=draft.request(),
        defaults=draft.defaults(),
        destination=destination,
        base_url=base_url,
        path=draft.spec.path,
        prompt=draft.prompt_text(),
        seconds=draft.seconds(),
        aspect_ratio=draft.aspect_ratio(),
        parent=parent,
        kin=kin,
        board=draft.plan.as_json() if draft.plans_shots else None,
        document=document,
        estimate=None if price is None else _as_json(price),
    )


def price_of(draft: Draft, block: Block | None) -> Estimate | None:
    """What one take of `draft` costs by the pricing block of its model; None where none is published."""
    if block is None:
        return None
    # Where no field says how long the video is, the shots may, if each is sent with its seconds.
    shape = draft.shape
    says_seconds = shape is not None and shape.total is None and not shape.is_text_only
    seconds = draft.plan.seconds if says_seconds and draft.plans_shots else None
    return estimate(block, in_force(draft), draft.spec, seconds)


def has_risen(state: State, shared: Services, draft: Draft) -> bool:
    """Whether `draft` costs more at the provider now than by the price list of which a price was shown."""
    destination, model, shown = state.get(PRICED, (None, "", None))
    if (destination, model) != (Destination.LIVE, draft.spec.id):
        return False
    return dearer(price_of(draft, shared.catalog.price(destination, model)), price_of(draft, shown))


def dearer(now: Estimate | None, shown: Estimate | None) -> bool:
    """Whether a take can cost more `now` than was `shown`. Where no figure was shown, none was promised."""
    most, said = _most(now), _most(shown)
    return said is not None and (most is None or most > said)


def _most(price: Estimate | None) -> Decimal | None:
    if price is None:
        return None
    return price.usd if price.bounds is None else price.bounds[1]


def in_force(draft: Draft) -> dict[str, Any]:
    """The request, with the published defaults of what it leaves out, those inside its groups too."""
    return _with_defaults(draft.spec.parameters, draft.defaults() | draft.request())


def _with_defaults(fields: tuple[Parameter, ...], values: Mapping[str, Any]) -> dict[str, Any]:
    filled = dict(values)
    for field in fields:
        value = filled.get(field.name)
        if isinstance(field, Group) and isinstance(value, Mapping):
            defaults = {
                inner.name: inner.default
                for inner in field.fields
                if inner.default is not None and not inner.deprecated
            }
            filled[field.name] = _with_defaults(field.fields, defaults | dict(value))
    return filled


def missing_files(shared: Services, body: Mapping[str, Any], owner: str) -> str | None:
    """A sentence where `body` names an upload that `owner` no longer has; None where all are there."""
    # All at once: sent, the request would fail one take after the other.
    lost = [ref for ref in references(body) if shared.uploads.get(ref, owner) is None]
    if not lost:
        return None
    what = "A file in this request is" if len(lost) == 1 else f"{len(lost)} files in this request are"
    return f"Nothing was sent. {what} no longer kept here; remove and upload again what shows no preview."


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
    parent, kin = parentage(state, draft.spec.id)
    one = order(
        draft,
        owner=owner,
        destination=destination,
        base_url=base_url,
        parent=parent,
        kin=kin,
        document=shared.store.documents.keep(draft.spec.document),
        price=price_of(draft, shared.catalog.price(destination, draft.spec.id)),
    )
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


def parentage(state: State, model: str) -> tuple[str | None, str]:
    """The take that what lies on the desk for `model` comes from, and how; (None, "") without one."""
    of_model, parent, kin = state.get("parent", (None, None, ""))
    return (
        (parent, kin) if of_model == model else (None, "")
    )  # another model was chosen after it was put there


def _as_json(price: Estimate) -> dict[str, Any]:
    """What `words.said_price` reads again."""
    bounds = None if price.bounds is None else [_figure(bound) for bound in price.bounds]
    return {"usd": None if price.usd is None else _figure(price.usd), "how": price.how, "bounds": bounds}


def _figure(usd: Decimal) -> str:
    return plain(usd.quantize(_DIGITS))
