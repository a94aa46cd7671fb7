"""What a model can do and costs, as few plain facts: what the picker shows, searches, filters and compares.

Read from an `Entry` once and kept as long as the entry lives; the catalogue replaces an entry that changes.
"""

from __future__ import annotations

import re
import unicodedata
import weakref
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from components.catalog.entry import Block, Entry
from components.catalog.pricing import per_take, rates
from components.catalog.spec import (
    Choice,
    Group,
    ListOf,
    Media,
    MediaKind,
    ModelSpec,
    Number,
    OneOf,
    Parameter,
    Role,
    Scalar,
    Text,
)

MOST_VALUES = 12
"""Lengths, shapes and resolutions of one model that are spelled out."""

_SECONDS = re.compile(r"\s*([0-9]{1,6}(?:\.[0-9]{1,3})?)\s*(?:s|sec|secs|second|seconds)?\s*", re.IGNORECASE)
_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORD = re.compile(r"[^\W_]+")
_LONGEST_SEARCHED = 2000
_DEEPEST = 12


class Source(StrEnum):
    """What a video can be made from."""

    TEXT = "from text"
    PICTURE = "from a picture"
    VIDEO = "from a video"
    SOUND = "from a sound"


_SOURCES = {
    MediaKind.IMAGE: Source.PICTURE,
    MediaKind.VIDEO: Source.VIDEO,
    MediaKind.AUDIO: Source.SOUND,
}
_CAPABILITIES = {
    "text_to_video": Source.TEXT,
    "image_to_video": Source.PICTURE,
    "video_to_video": Source.VIDEO,
    "audio_to_video": Source.SOUND,
}


@dataclass(frozen=True)
class Span:
    """From the least to the most, both in USD."""

    least: Decimal
    most: Decimal


@dataclass(frozen=True)
class Price:
    """What a model costs at one destination, as far as its pricing block tells."""

    second: Span | None = None
    """USD for each second of video."""
    take: Span | None = None
    """USD for each take, whatever its length."""
    comparable: Decimal | None = None
    """Least USD for a second, by which models are sorted; of a price for a take, over the usual length."""
    afterwards: bool = False
    """Whether a price is published that is known only once the video is made."""


NO_PRICE = Price()


@dataclass(frozen=True)
class Facts:
    """What is known of a model. Empty is not known, or not so: a form that was not read yet says nothing."""

    sources: frozenset[Source]
    needs: frozenset[Source]
    """Of `sources` those without which it makes nothing."""
    lengths: tuple[Decimal, ...]
    """Every length that can be chosen, in seconds, ascending; for a range its two ends."""
    any_length: bool
    """Whether `lengths` are the two ends of a range."""
    aspect_ratios: tuple[str, ...]
    resolutions: tuple[str, ...]
    sound: bool
    storyboard: bool
    most_shots: int | None
    most_prompt: int | None
    """Characters that the prompt may have."""
    released: str
    """`2025-08-07`, or empty."""
    usable: bool
    """Whether it can be chosen: it has a form, or may yet have one."""
    prices: Mapping[str, Price]
    """By destination, those with a published price."""
    name: tuple[str, ...]
    """The words by which the model is found, without case and accents: of its name, and so on."""
    maker: tuple[str, ...]
    ids: tuple[str, ...]
    summary: tuple[str, ...]

    @property
    def longest(self) -> Decimal | None:
        """Seconds of its longest video."""
        return self.lengths[-1] if self.lengths else None

    def price(self, destination: str) -> Price:
        """What it costs at `destination`; `NO_PRICE` where none is published."""
        return self.prices.get(destination, NO_PRICE)


_kept: dict[int, tuple[weakref.ref[Entry], Facts]] = {}

_LINES = re.compile(r"\d{3,4}p?|\d{1,2}k|\d{3,4}\s?[x*]\s?\d{3,4}", re.IGNORECASE)
"""A resolution, and no frame of "1280:720", "high" or "auto"."""


def facts_of(entry: Entry) -> Facts:
    """The facts of `entry`, read on the first call."""
    kept = _kept.get(id(entry))
    if kept is not None and kept[0]() is entry:
        return kept[1]
    facts, key = _read(entry), id(entry)

    def forget(gone: weakref.ref[Entry]) -> None:
        # Another entry may have come to lie at the same address meanwhile.
        if (found := _kept.get(key)) is not None and found[0] is gone:
            _kept.pop(key, None)

    _kept[key] = (weakref.ref(entry, forget), facts)
    return facts


def words_of(text: str) -> tuple[str, ...]:
    """The words of `text` as they are compared: letters and digits only, without case and accents."""
    plain = unicodedata.normalize("NFKD", text[:_LONGEST_SEARCHED])
    return tuple(_WORD.findall("".join(c for c in plain if not unicodedata.combining(c)).casefold()))


def _read(entry: Entry) -> Facts:
    spec = entry.spec
    lengths, any_length = _lengths(spec)
    shots = spec.by_role(Role.SHOTS) if spec else None
    prompt = spec.by_role(Role.PROMPT) if spec else None
    return Facts(
        sources=_sources(entry),
        needs=_needs(entry.spec),
        lengths=lengths,
        any_length=any_length,
        aspect_ratios=_options(spec, Role.ASPECT_RATIO),
        resolutions=tuple(o for o in _options(spec, Role.RESOLUTION) if _LINES.fullmatch(o)),
        sound=spec is not None and spec.has_sound,
        storyboard=isinstance(shots, ListOf),
        most_shots=shots.max_items if isinstance(shots, ListOf) else None,
        most_prompt=prompt.max_length if isinstance(prompt, Text) else None,
        released=entry.released[:10] if _DATE.match(entry.released) else "",
        usable=spec is not None or not entry.trouble,
        prices={where: _price(block, spec) for where, block in entry.prices.items()},
        name=words_of(entry.name),
        maker=words_of(entry.maker),
        ids=words_of(" ".join([entry.id, *entry.aliases])),
        summary=words_of(entry.summary),
    )


def _sources(entry: Entry) -> frozenset[Source]:
    """By its form once that is read, until then by what the list says."""
    listed = frozenset(_CAPABILITIES[name] for name in entry.capabilities if name in _CAPABILITIES)
    if entry.spec is None:
        return listed
    offered = [p for p in entry.spec.parameters if not p.deprecated]
    found = {_SOURCES[kind] for p in offered for kind in _media(p)}
    written = entry.spec.by_role(Role.PROMPT) or entry.spec.by_role(Role.SHOTS)
    alone = not any(p.required and any(True for _ in _media(p)) for p in offered)
    if written and alone:
        found.add(Source.TEXT)
    return frozenset(found) or listed


def _needs(spec: ModelSpec | None) -> frozenset[Source]:
    """The files that must be given, where their kind is certain."""
    needed = [p for p in spec.parameters if p.required and not p.deprecated] if spec else []
    kinds = [set(_media(p)) for p in needed]
    return frozenset(_SOURCES[kind] for found in kinds if len(found) == 1 for kind in found)


def _media(parameter: Parameter, depth: int = 0) -> Iterator[MediaKind]:
    """The kinds of files that `parameter` takes, at any depth."""
    inner: Iterable[Parameter] = ()
    match parameter:
        case Media(media=MediaKind() as kind):
            yield kind
        case ListOf():
            inner = (parameter.item,)
        case Group():
            inner = parameter.fields
        case OneOf():
            inner = parameter.alternatives
    if depth < _DEEPEST:
        for one in inner:
            if not one.deprecated:
                yield from _media(one, depth + 1)


def _lengths(spec: ModelSpec | None) -> tuple[tuple[Decimal, ...], bool]:
    """The lengths that can be chosen, and whether they are the ends of a range."""
    match spec.by_role(Role.SECONDS) if spec else None:
        case Choice(options=options):
            said = {seconds for option in options if (seconds := _seconds(option))}
            return tuple(sorted(said)), False
        case Number(minimum=low, maximum=high) if low and high and 0 < low <= high:
            ends = (_seconds(low), _seconds(high))
            return (tuple(end for end in ends if end is not None), True) if all(ends) else ((), False)
    return (), False


def _seconds(option: Scalar) -> Decimal | None:
    """A length given as number or text, "5" and "5s" alike; None for none."""
    found = None if isinstance(option, bool) else _SECONDS.fullmatch(f"{option}"[:40])
    return Decimal(found[1]).normalize() or None if found else None


def _options(spec: ModelSpec | None, role: Role) -> tuple[str, ...]:
    found = spec.by_role(role) if spec else None
    return tuple(map(str, found.options[:MOST_VALUES])) if isinstance(found, Choice) else ()


def _price(block: Block, spec: ModelSpec | None) -> Price:
    second, take = rates(block), per_take(block)
    if second is not None:
        return Price(second=Span(*second), take=take and Span(*take), comparable=second[0])
    if take is not None:
        usual = _usual(spec)
        return Price(take=Span(*take), comparable=take[0] / usual if usual else None)
    return Price(afterwards=isinstance(block, Mapping) and block.get("kind") == "variable")


def _usual(spec: ModelSpec | None) -> Decimal | None:
    """The length that is made where nobody chooses one, else the shortest, in seconds."""
    seconds = spec.by_role(Role.SECONDS) if spec else None
    usual = _seconds(seconds.default) if seconds is not None and seconds.default is not None else None
    lengths, _ = _lengths(spec)
    return usual or next(iter(lengths), None)
