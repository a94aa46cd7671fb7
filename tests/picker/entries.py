"""Entries of a catalogue for tests, from a few words each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.catalog.entry import Entry
from components.catalog.spec import Choice, ListOf, Media, MediaKind, ModelSpec, Parameter, Role, Switch, Text


def per_second(usd: float) -> dict[str, Any]:
    """A pricing block: so much for a second."""
    return {
        "kind": "fixed",
        "units": [{"name": "output", "measure": "second", "price": usd, "per": 1}],
    }


def per_take(usd: float) -> dict[str, Any]:
    """A pricing block: so much for a take."""
    return {
        "kind": "fixed",
        "units": [{"name": "output", "measure": "generation", "price": usd, "per": 1}],
    }


def by_resolution(**usd: float) -> dict[str, Any]:
    """A pricing block: so much for a second at each resolution, named `p720`."""
    return {
        "kind": "variants",
        "dimensions": ["resolution"],
        "variants": [
            {"when": {"resolution": f"{name[1:]}p"}, "price": price, "unit": "second", "per": 1}
            for name, price in usd.items()
        ],
    }


VARIABLE = {"kind": "variable"}


def model(
    name: str,
    *,
    seconds: Sequence[Any] = (),
    default: Any = None,
    resolutions: Sequence[str] = (),
    ratios: Sequence[str] = (),
    sound: bool = False,
    shots: int | None = None,
    picture: bool | None = None,
    price: dict[str, Any] | None = None,
    model_id: str | None = None,
    more: Sequence[Parameter] = (),
    **said: Any,
) -> Entry:
    """A model that was read. `picture`: takes one, required (True) or not (False)."""
    item = Text(name="", label="Shot")
    parameters: list[Parameter] = [
        Text(name="prompt", label="Prompt", role=Role.PROMPT, required=True, max_length=2500),
        *(
            [ListOf(name="shots", label="Shots", role=Role.SHOTS, item=item, max_items=shots)]
            if shots
            else []
        ),
        *(_choice("duration", Role.SECONDS, seconds, default) if seconds else []),
        *(_choice("resolution", Role.RESOLUTION, resolutions) if resolutions else []),
        *(_choice("ratio", Role.ASPECT_RATIO, ratios) if ratios else []),
        *([Switch(name="audio", label="Sound", role=Role.SOUND)] if sound else []),
        *more,
    ]
    if picture is not None:
        parameters.append(Media(name="image", label="Picture", media=MediaKind.IMAGE, required=picture))
    own = model_id or name.lower().replace(" ", "-")
    spec = ModelSpec(id=own, name=name, path="/v2/video/generations", parameters=tuple(parameters))
    return Entry(id=own, name=name, spec=spec, prices={"live": price} if price else {}, **said)


def unread(name: str, **said: Any) -> Entry:
    """A model whose document was not read, or cannot be."""
    return Entry(id=name.lower().replace(" ", "-"), name=name, **said)


def _choice(name: str, role: Role, options: Sequence[Any], default: Any = None) -> list[Parameter]:
    return [Choice(name=name, label=name, role=role, options=tuple(options), default=default)]
