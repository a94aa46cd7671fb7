"""A table as HTML, for figures that a chart shows: for who does not see the chart, or wants them exactly. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

_LINE = "border-bottom:1px solid rgba(128,128,128,.3);padding:.3rem .75rem .3rem 0"
_NUMBER = f"{_LINE};text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap"
_NAME = f"{_LINE};text-align:left;font-weight:inherit;min-width:6rem;max-width:22rem;overflow-wrap:anywhere"


def table_html(head: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> str:
    """A table with a name and figures in each row, and the titles of its columns; all of it plain text.

    Where it is wider than the page it scrolls in its own box, by the keyboard, too.
    """
    first, *others = head
    titles = f'<th scope="col" style="{_NAME};font-weight:600">{escape(first)}</th>' + "".join(
        f'<th scope="col" style="{_NUMBER};font-weight:600">{escape(title)}</th>' for title in others
    )
    lines = "".join(
        f'<tr><th scope="row" dir="auto" style="{_NAME}">{escape(name)}</th>'
        + "".join(f'<td style="{_NUMBER}">{escape(figure)}</td>' for figure in figures)
        + "</tr>"
        for name, figures in rows
    )
    return (
        f'<div tabindex="0" role="region" aria-label="{escape(first)}: the figures" '
        'style="overflow-x:auto;max-height:24rem;overflow-y:auto">'
        '<table style="border-collapse:collapse;min-width:100%">'
        f"<thead><tr>{titles}</tr></thead><tbody>{lines}</tbody></table></div>"
    )
