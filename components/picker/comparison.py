"""Up to four models side by side, as a table. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from components.catalog.entry import Entry
from components.picker import telling
from components.picker.facts import Facts, facts_of
from components.provider.sentences import bounded, words

MOST = 4
"""Models beside each other; more do not fit a screen, nor a mind."""

NOT_SAID = "–"
_LONGEST_CELL = 200


@dataclass(frozen=True)
class Comparison:
    """A table: a model to each column, an ability to each row."""

    models: tuple[str, ...]
    """Names; two of one name have their ids behind them."""
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    """A label, and what is said of each model. A row is there where at least one model has something to say."""


def compare(entries: Sequence[Entry], destination: str) -> Comparison:
    """The abilities and prices of the first four of `entries`; prices are those at `destination`."""
    entries = entries[:MOST]
    columns = [_column(entry, destination) for entry in entries]
    names = [telling.name(entry) for entry in entries]
    rows = []
    for label in columns[0] if columns else ():
        cells = tuple(bounded(column[label], _LONGEST_CELL) for column in columns)
        if any(cells):
            rows.append((label, tuple(cell or NOT_SAID for cell in cells)))
    return Comparison(
        models=tuple(
            name if names.count(name) == 1 else bounded(f"{name} ({words(entry.id)})", _LONGEST_CELL)
            for name, entry in zip(names, entries, strict=True)
        ),
        rows=tuple(rows),
    )


def table_html(comparison: Comparison) -> str:
    """The table as HTML, everything in it escaped; a narrow screen scrolls it, by keyboard too."""
    head = "".join(f'<th scope="col" style="{_CELL}">{escape(name)}</th>' for name in comparison.models)
    body = "".join(
        f'<tr><th scope="row" style="{_CELL}{_LABEL}">{escape(label)}</th>'
        + "".join(f'<td dir="auto" style="{_CELL}">{escape(cell)}</td>' for cell in cells)
        + "</tr>"
        for label, cells in comparison.rows
    )
    return (
        '<div role="region" aria-label="Comparison" tabindex="0" style="overflow-x:auto">'
        '<table style="border-collapse:collapse;width:100%">'
        f'<thead><tr><td style="{_CELL}"></td>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


_CELL = (
    "text-align:start;vertical-align:top;padding:.4rem .75rem .4rem 0;min-width:7.5rem;overflow-wrap:anywhere;"
    "border:0;border-bottom:1px solid rgba(128,128,128,.25);"
)
_LABEL = "font-weight:400;opacity:.75;min-width:6.5rem;"


def _column(entry: Entry, destination: str) -> dict[str, str]:
    facts = facts_of(entry)
    spec = entry.spec
    usual = spec.typical_seconds if spec else None
    return {
        "Maker": telling.maker(entry),
        "Price": telling.price(facts.price(destination), destination),
        "Makes videos": telling.sources(facts),
        "Lengths": telling.lengths(facts),
        "Aspect ratios": ", ".join(telling.aspect_ratios(facts)),
        "Resolutions": ", ".join(telling.resolutions(facts)),
        "Sound": _sound(entry),
        "Storyboard": _storyboard(facts) if spec else "",
        "Prompt": f"up to {facts.most_prompt:,} characters" if facts.most_prompt else "",
        "Time to a video": _minutes(*usual) if usual else "",
        "Released": facts.released,
        "Note": telling.trouble(entry, destination) or ("" if spec else "Its form has not been read yet."),
    }


def _sound(entry: Entry) -> str:
    if entry.spec is None:
        return ""
    return "always" if entry.spec.native_sound else "yes" if entry.spec.has_sound else "no"


def _storyboard(facts: Facts) -> str:
    if not facts.storyboard:
        return "no"
    return f"up to {facts.most_shots} shots" if facts.most_shots else "yes"


def _minutes(low: float, high: float) -> str:
    """ "1:18", "5:00 to 14:00": minutes and seconds."""
    said = [f"{int(each) // 60}:{int(each) % 60:02}" for each in (low, high)]
    return said[0] if said[0] == said[1] else " to ".join(said)
