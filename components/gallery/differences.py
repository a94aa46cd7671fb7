"""What differs between takes: what was asked for, what came, and what it took. Pure.

A setting is the same in two requests where it has the same purpose (a role of the models' fields), else where it has
the same name. A published default that was in force counts as a value. Only what is asked for says whether two takes
are the same request; what came may differ by chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from components.catalog.pricing import Estimate
from components.catalog.pricing.money import amount, money, to_cents
from components.catalog.spec import ModelSpec
from components.gallery.leaves import NOT_SET, Kind, Leaf, Path, leaves
from components.jobs.job import Destination, Job, State
from components.words import charged, clock, said_price, showable

SAME_REQUEST = "The same request. What differs is chance."

_PLACES = {Destination.LIVE: "AI/ML API", Destination.SANDBOX: "the sandbox"}
_ORDINALS = ("a {}", "another {}", "a third {}", "a fourth {}")
_LONGEST_VALUE = 120
_ADDED, _LEFT_OUT = "{} added", "{} left out"


class About(StrEnum):
    """What a difference is of."""

    ASKED = "asked"
    CAME = "came"
    TOOK = "took"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing in which takes differ."""

    about: About
    part: str
    """Of which part of the request: "Shot 2"; "" for the whole of it."""
    label: str
    values: tuple[str, ...]
    """What it is in each take, in plain words."""
    texts: tuple[str, ...] = ()
    """The whole texts where what differs is something written, "" for a take without; empty for anything else."""
    change: str = ""
    """In a few words what it became from the first take to the second; "" where there are more than two."""


def differences(jobs: Sequence[Job], specs: Sequence[ModelSpec | None]) -> list[Difference]:
    """What differs between the takes; nothing for fewer than two. `specs`: of each, as far as it is known."""
    if len(jobs) < 2:
        return []
    return [*_asked(jobs, specs), *_came(jobs), *_took(jobs)]


def is_same_request(found: Sequence[Difference]) -> bool:
    """Whether nothing that was asked for differs."""
    return not any(one.about is About.ASKED for one in found)


def sentences(found: Sequence[Difference]) -> list[str]:
    """What differs between two takes, as sentences: each shot, then the rest, then what came and what it took.

    "Shot 2: prompt changed; 4 s to 6 s; prompt strength 0.5 to 0.7; +$0.22."
    """
    asked = [one for one in found if one.about is About.ASKED]
    parts = list(dict.fromkeys(one.part for one in asked if one.part))
    lines = [f"{part}: {'; '.join(one.change for one in asked if one.part == part)}" for part in parts]
    rest = [one.change for one in asked if not one.part]
    rest += [one.change for one in found if one.about is About.TOOK and one.label == _PRICE]
    if len(lines) == 1:  # the usual case, one thing changed, is one line
        lines = ["; ".join([*lines, *rest])]
    elif rest:
        lines.append("; ".join(rest))
    if came := [one.change for one in found if one.about is About.CAME]:
        lines.append(f"What came: {'; '.join(came)}")
    lines += [one.change for one in found if one.about is About.TOOK and one.label != _PRICE]
    return [f"{line[0].upper()}{line[1:]}." for line in lines if line]


# What was asked for


def _asked(jobs: Sequence[Job], specs: Sequence[ModelSpec | None]) -> list[Difference]:
    found = [*_model(jobs), *_place(jobs)]
    trees = leaves([job.order for job in jobs], specs)
    order = list(dict.fromkeys(path for tree in trees for path in tree))
    # Shots first, in their order; all else as the request has it.
    order.sort(key=lambda path: _shot_of(path, trees))
    gone: set[str] = set()
    for path in order:
        row = [tree.get(path) for tree in trees]
        here = next(leaf for leaf in row if leaf is not None)
        if len({None if leaf is None else leaf.same_as for leaf in row}) == 1:
            continue
        whole = [here.part == "" or any(leaf.part == here.part for leaf in tree.values()) for tree in trees]
        if len(jobs) == 2 and not all(whole):
            # A shot that one of them does not have is said once, by its text.
            if here.part in gone:
                continue
            gone.add(here.part)
            found.append(_part(here, trees, whole))
        else:
            found.append(_setting(here, row))
    return found


def _shot_of(path: Path, trees: Sequence[Mapping[Path, Leaf]]) -> tuple[int, int]:
    leaf = next(tree[path] for tree in trees if path in tree)
    return (0, leaf.place) if leaf.part else (1, 0)


def _part(here: Leaf, trees: Sequence[Mapping[Path, Leaf]], whole: Sequence[bool]) -> Difference:
    told = []
    for tree in trees:
        inner = [leaf for leaf in tree.values() if leaf.part == here.part]
        told.append(", ".join(_value(leaf) for leaf in inner) or NOT_SET)
    written = next(
        (leaf for tree in trees for leaf in tree.values() if leaf.part == here.part and leaf.text), None
    )
    said = next(text for text, there in zip(told, whole, strict=True) if there)
    word = "left out" if whole[0] else "added"
    return Difference(
        about=About.ASKED,
        part=here.part,
        label="",
        values=tuple(told),
        change=f"{word} ({_clipped(said)})",
        texts=() if written is None else tuple(_text_in(tree, here.part) for tree in trees),
    )


def _text_in(tree: Mapping[Path, Leaf], part: str) -> str:
    return next((leaf.text for leaf in tree.values() if leaf.part == part and leaf.kind is Kind.PROSE), "")


def _setting(here: Leaf, row: Sequence[Leaf | None]) -> Difference:
    values = _values(row)
    texts: tuple[str, ...] = ()
    if all(leaf is None or leaf.kind is Kind.PROSE for leaf in row):
        texts = tuple("" if leaf is None else leaf.text for leaf in row)
    return Difference(
        about=About.ASKED,
        part=here.part,
        label=_small(here.label) if here.part else here.label,
        values=values,
        texts=texts,
        change=_change(here, row, values) if len(row) == 2 else "",
    )


def _change(here: Leaf, row: Sequence[Leaf | None], values: Sequence[str]) -> str:
    label = _small(here.label)
    first, second = row
    if here.kind is Kind.PROSE:
        if first is not None and second is not None:
            return f"{label} changed"
        return _ADDED.format(label) if first is None else _LEFT_OUT.format(label)
    if here.kind is Kind.FILE and first is not None and second is not None:
        return f"{label}: {values[1]}"
    if here.kind is Kind.LENGTH and here.part:
        return f"{values[0]} to {values[1]}"  # of a shot: its seconds need no name
    return f"{label} {values[0]} to {values[1]}"


def _values(row: Sequence[Leaf | None]) -> tuple[str, ...]:
    """Each value in words. Different values never have the same words; files are told apart by counting."""
    files = list(dict.fromkeys(leaf.same_as for leaf in row if leaf is not None and leaf.kind is Kind.FILE))
    said: list[str] = []
    for leaf in row:
        if leaf is None:
            said.append(NOT_SET)
        elif leaf.kind is Kind.FILE:
            said.append(_ORDINALS[min(files.index(leaf.same_as), 3)].format(leaf.text))
        else:
            said.append(_value(leaf))
    kinds = list(dict.fromkeys(None if leaf is None else leaf.same_as for leaf in row))
    if len(set(said)) == len(kinds):
        return tuple(said)
    said = [NOT_SET if leaf is None else _clipped(leaf.exact) for leaf in row]
    if len(set(said)) == len(kinds):
        return tuple(said)
    # So long that they differ in what is cut off, or so large.
    numbers = [kinds.index(None if leaf is None else leaf.same_as) + 1 for leaf in row]
    return tuple(f"{words} (version {number})" for words, number in zip(said, numbers, strict=True))


def _value(leaf: Leaf) -> str:
    return f"“{_clipped(leaf.text)}”" if leaf.kind is Kind.PROSE else _clipped(leaf.text)


def _model(jobs: Sequence[Job]) -> list[Difference]:
    ids = [job.order.model for job in jobs]
    if len(set(ids)) == 1:
        return []
    names = [showable(job.order.model_name) for job in jobs]
    if len(set(names)) < len(set(ids)):  # two of one name
        names = [f"{name} ({showable(model)})" for name, model in zip(names, ids, strict=True)]
    return [_plain(About.ASKED, "Model", [_clipped(name) for name in names])]


def _place(jobs: Sequence[Job]) -> list[Difference]:
    return _if_different(About.ASKED, "Made by", [_PLACES[job.order.destination] for job in jobs])


# What came


def _came(jobs: Sequence[Job]) -> list[Difference]:
    videos = [job.video for job in jobs]
    rows = (
        ("Length", [f"{v.seconds:.1f} s" if v else NOT_SET for v in videos]),
        ("Size", [f"{v.width} × {v.height}" if v else NOT_SET for v in videos]),
        ("Frames a second", [f"{v.fps:.3g}" if v else NOT_SET for v in videos]),
        ("Sound", [("yes" if v.sound else "none") if v else NOT_SET for v in videos]),
    )
    found = []
    for label, values in rows:
        if all(video is not None for video in videos):
            found += _if_different(About.CAME, label, values)
    return found


# What it took

_PRICE = "Price"


def _took(jobs: Sequence[Job]) -> list[Difference]:
    waits = [None if job.sent is None or job.ready is None else job.ready - job.sent for job in jobs]
    waited = ["not known" if wait is None else clock(wait) for wait in waits]
    found = _if_different(About.TOOK, "Waited", waited) if any(wait is not None for wait in waits) else []
    return [*found, *_price(jobs)]


def _price(jobs: Sequence[Job]) -> list[Difference]:
    said = [_price_words(job) for job in jobs]
    if len(set(said)) == 1:
        return []
    change = ""
    if len(jobs) == 2:
        first, second = map(_usd, jobs)
        pretend = " (pretend)" if all(job.order.destination is Destination.SANDBOX for job in jobs) else ""
        if first is not None and second is not None:
            if to_cents(second - first) == 0:
                return []
            change = f"{'+' if second > first else '-'}{money(abs(second - first))}{pretend}"
            if (charged(jobs[0]) is None) != (charged(jobs[1]) is None):  # one of them may yet be another
                change = f"price {said[0]} to {said[1]}"
        else:
            change = f"price {said[0]} to {said[1]}"
    return [Difference(about=About.TOOK, part="", label=_PRICE, values=tuple(said), change=change)]


def _price_words(job: Job) -> str:
    """What was charged, else what it was said to cost."""
    pretend = " (pretend)" if job.order.destination is Destination.SANDBOX else ""
    if said := charged(job):
        return f"{said}{pretend}"
    price = _estimate(job)
    if price is None:
        return "not known"
    if price.usd is not None:
        return f"estimated {money(price.usd)}{pretend}"
    least, most = price.bounds or (Decimal(0), Decimal(0))
    return f"estimated {money(least)} to {money(most)}{pretend}"


def _usd(job: Job) -> Decimal | None:
    if (usd := amount(job.usd_spent)) is not None:
        return usd
    if charged(job):
        return None  # in credits
    price = _estimate(job)
    return None if price is None else price.usd


def _estimate(job: Job) -> Estimate | None:
    return None if job.state in (State.FAILED, State.CANCELLED) else said_price(job)


# Words


def _if_different(about: About, label: str, values: Sequence[str]) -> list[Difference]:
    return [_plain(about, label, values)] if len(set(values)) > 1 else []


def _plain(about: About, label: str, values: Sequence[str]) -> Difference:
    change = f"{_small(label)} {values[0]} to {values[1]}" if len(values) == 2 else ""
    return Difference(about=about, part="", label=label, values=tuple(values), change=change)


def _small(label: str) -> str:
    """A label within a sentence; one that begins with an abbreviation stays as it is."""
    return label if label[1:2].isupper() else f"{label[:1].lower()}{label[1:]}"


def _clipped(text: str) -> str:
    line = " ".join(text[: _LONGEST_VALUE * 4].split())
    return line if len(line) <= _LONGEST_VALUE else f"{line[:_LONGEST_VALUE].rstrip()}…"
