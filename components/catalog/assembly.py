"""What each source knows of the models -> one entry for each model. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from components.catalog.entry import Block, Entry
from components.catalog.live.listing import folded, merged
from components.catalog.spec import ModelSpec, Parameter, Role
from components.jobs.job import Destination
from components.provider.replies import ModelRow


@dataclass(frozen=True, kw_only=True)
class Sources:
    """What is known, by where it is known from. Replaced as a whole, never changed."""

    bundled: tuple[ModelSpec, ...] = ()
    """Best first."""
    lists: Mapping[str, tuple[ModelRow, ...]] = field(default_factory=dict)
    """Destination -> the rows of its latest list, one for each model."""
    gone: Mapping[str, tuple[ModelRow, ...]] = field(default_factory=dict)
    """Destination -> the rows that it had once, and no longer has."""
    read: Mapping[str, ModelSpec] = field(default_factory=dict)
    """Id -> what the document says that a list leads to."""
    added: Mapping[str, ModelSpec] = field(default_factory=dict)
    """Id -> what the document says that a person added."""
    troubles: Mapping[str, str] = field(default_factory=dict)
    """Id -> why its document could not be read."""
    removed: Mapping[str, ModelSpec] = field(default_factory=dict)
    """Id -> what a person added and took out again, until the sandbox has noticed."""


@dataclass
class _Model:
    """What comes together under one id."""

    id: str
    bundled: ModelSpec | None = None
    added: ModelSpec | None = None
    listed: dict[str, list[ModelRow]] = field(default_factory=dict)
    gone: dict[str, list[ModelRow]] = field(default_factory=dict)
    names: dict[str, None] = field(default_factory=dict)
    """Every id and alias, as an ordered set."""


def listed(sources: Sources, rows: Iterable[ModelRow]) -> tuple[ModelRow, ...]:
    """`rows` folded to one for each model, those that come with the program kept apart from each other."""
    return folded(rows, {spec.id for spec in sources.bundled})


def left(
    before: Iterable[ModelRow], gone: Iterable[ModelRow], now: Sequence[ModelRow], most: int = 1_000
) -> tuple[ModelRow, ...]:
    """The rows that were in a list before, or had gone from it, and are not in it now under any name."""
    names = {name for row in now for name in (row.id, *row.aliases)}
    missing = {row.id: row for row in (*gone, *before) if names.isdisjoint((row.id, *row.aliases))}
    return tuple(missing.values())[-most:]


def entries(sources: Sources) -> tuple[Entry, ...]:
    """Every model once: ours, best first, those that people added, the others with the newest first, the gone last."""
    models = _models(sources)
    found = [_entry(model, sources) for model in models]
    # What has gone before anybody knew how to ask for it is of no use to anyone.
    pairs = [(m, e) for m, e in zip(models, found, strict=True) if e.listed or e.spec is not None]
    ranks = {spec.id: rank for rank, spec in enumerate(sources.bundled)}

    def order(pair: tuple[_Model, Entry]) -> tuple[int, bool, bool]:
        model, entry = pair
        is_gone = bool(entry.gone) and not entry.listed
        return ranks.get(model.id, len(ranks)), not entry.added, is_gone

    by_name = sorted(pairs, key=lambda pair: pair[1].name.casefold())
    by_date = sorted(by_name, key=lambda pair: pair[1].released, reverse=True)
    return tuple(entry for _, entry in sorted(by_date, key=order))


def in_full(spec: ModelSpec, entry: Entry, bundled: ModelSpec | None) -> ModelSpec:
    """`spec`, as a list's document has it, with what else is known of the model: documents hardly say its name."""
    if bundled is not None:
        return replace(
            spec,
            name=bundled.name,
            maker=bundled.maker,
            summary=bundled.summary,
            aliases=_others(spec.id, (bundled.id, *bundled.aliases, *entry.aliases)),
            typical_seconds=bundled.typical_seconds,
            native_sound=bundled.native_sound and spec.by_role(Role.SOUND) is None,
            parameters=tuple(_in_our_words(parameter, bundled) for parameter in spec.parameters),
        )
    return replace(
        spec,
        name=entry.name if entry.name != entry.id else spec.name,
        maker=entry.maker or spec.maker,
        summary=entry.summary or spec.summary,
        aliases=_others(spec.id, (entry.id, *entry.aliases, *spec.aliases)),
    )


def _in_our_words(parameter: Parameter, bundled: ModelSpec) -> Parameter:
    """`parameter`, called and explained as in the bundled document: that was written for people."""
    if parameter.name not in bundled:
        return parameter
    ours = bundled[parameter.name]
    return replace(parameter, label=ours.label, help=ours.help or parameter.help)


def _models(sources: Sources) -> list[_Model]:
    by_name: dict[str, _Model] = {}
    models: list[_Model] = []

    def model_of(id: str, aliases: Iterable[str] = ()) -> _Model:
        """The model of this id, else of one of the aliases, else a new one."""
        found = next((by_name[name] for name in (id, *aliases) if name in by_name), None)
        if found is None:
            found = _Model(id)
            models.append(found)
        for name in (id, *aliases):
            by_name.setdefault(name, found)
            found.names[name] = None
        return found

    for spec in sources.bundled:  # their ids first: an id is stronger than an alias
        model_of(spec.id).bundled = spec
    for spec in sources.bundled:
        model_of(spec.id, spec.aliases)
    for spec in sources.added.values():
        model_of(spec.id).added = spec
    for table, is_listed in ((sources.lists, True), (sources.gone, False)):
        for destination in sorted(table, key=_weight):
            for row in table[destination]:
                model = model_of(row.id, row.aliases)
                rows = model.listed if is_listed else model.gone
                rows.setdefault(destination, []).append(row)
    return models


def _entry(model: _Model, sources: Sources) -> Entry:
    rows = {place: merged(found, {model.id}) for place, found in model.listed.items()}
    former = {place: merged(found, {model.id}) for place, found in model.gone.items() if place not in rows}
    told = [*rows.values(), *former.values()]
    spec = model.added or next((sources.read[n] for n in model.names if n in sources.read), model.bundled)
    known = model.bundled or spec
    id = spec.id if spec is not None else next((row.id for row in told), model.id)
    names = (*(known.aliases if known is not None else ()), *(spec.aliases if spec is not None else ()))

    def first(own: str, row_texts: Iterator[str]) -> str:
        return own or next((text for text in row_texts if text), "")

    named = known.name if known is not None and known.name != known.id else ""
    trouble = next((sources.troubles[name] for name in model.names if name in sources.troubles), "")
    return Entry(
        id=id,
        name=first(named, (row.name for row in told if row.name != row.id)) or id,
        maker=first(known.maker if known is not None else "", (row.developer for row in told)),
        summary=first(known.summary if known is not None else "", (row.description for row in told)),
        aliases=_others(id, (*names, *model.names)),
        released=first("", (row.released_at for row in told)),
        capabilities=tuple(dict.fromkeys(what for row in told for what in row.capabilities)),
        prices=_prices(rows),
        listed=frozenset(rows),
        gone=frozenset(former),
        added=model.added is not None,
        spec=spec,
        trouble=trouble if spec is None else "",
    )


def _prices(rows: Mapping[str, ModelRow]) -> dict[str, Block]:
    return {place: row.pricing for place, row in rows.items() if row.pricing is not None}


def _others(id: str, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in dict.fromkeys(names) if name != id)


def _weight(destination: str) -> tuple[bool, Any]:
    """What the provider says of a model counts more than what stands in for it says."""
    return destination == Destination.SANDBOX, destination
