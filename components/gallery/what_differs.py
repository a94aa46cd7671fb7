"""Under the players of Compare: only what differs, in sentences for two takes, in a table for more."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from components.catalog.spec import ModelSpec
from components.gallery.differences import (
    SAME_REQUEST,
    About,
    Difference,
    differences,
    is_same_request,
    sentences,
)
from components.gallery.leaves import NOT_SET
from components.gallery.marked import Mark, folded, marked
from components.jobs.job import Job
from components.markdown import as_text
from components.words import showable

_MOST_TEXTS = 12
"""Changed texts that are shown word by word; the sentences above name all."""
_HEADINGS = {About.ASKED: "Asked for", About.CAME: "What came", About.TOOK: "What it took"}
_TAGS = {Mark.GONE: "del", Mark.NEW: "ins"}
_STYLES = {
    Mark.GONE: "background:rgba(220,60,60,.16);border-radius:.2rem;margin-inline-end:.2rem;"
    "text-decoration:line-through",
    Mark.NEW: "background:rgba(40,160,80,.18);border-radius:.2rem;text-decoration:underline",
}
_CELL = (
    "text-align:start;vertical-align:top;padding:.4rem .75rem .4rem 0;overflow-wrap:anywhere;"
    "border:0;border-bottom:1px solid rgba(128,128,128,.25);font-weight:400"
)


def what_differs(jobs: Sequence[Job], specs: Sequence[ModelSpec | None]) -> None:
    """Draws it for two to four takes; `specs` are their models, as far as they are known."""
    found = differences(jobs, specs)
    st.markdown("**What differs**")
    if is_same_request(found):
        st.markdown(SAME_REQUEST)
    if len(jobs) == 2:
        said = sentences(found)
        if said:
            st.markdown("\n".join(f"- {as_text(sentence)}" for sentence in said))
        texts = [one for one in found if all(one.texts) and one.texts]
        for one in texts[:_MOST_TEXTS]:
            st.html(text_html(one))
    elif found:
        st.html(table_html(found, len(jobs)))


def text_html(one: Difference) -> str:
    """A text that changed, its words marked: those that went struck through, those that came underlined."""
    heading = f"{one.part}, {one.label}" if one.part else one.label
    before, after = one.texts[:2]
    pieces = marked(before, after)
    words = "".join(
        f'<{_TAGS[piece.mark]} style="{_STYLES[piece.mark]}">{escape(piece.text)}</{_TAGS[piece.mark]}>'
        if piece.mark in _TAGS
        else escape(piece.text)
        for piece in folded(pieces)
    )
    if all(piece.mark is Mark.SAME or not piece.text.strip() for piece in pieces):
        words = "Only spaces or line breaks differ."
    return (
        f'<p style="margin:0 0 .15rem"><b>{escape(heading)}</b></p>'
        '<p dir="auto" style="margin:0 0 .5rem;max-width:60rem;overflow-wrap:anywhere;white-space:pre-wrap">'
        f"{words}</p>"
    )


def table_html(found: Sequence[Difference], takes: int) -> str:
    """A column to each take, a row to each difference; a narrow screen scrolls it, by keyboard too."""
    head = "".join(
        f'<th scope="col" style="{_CELL}"><b>Take {number}</b></th>' for number in range(1, takes + 1)
    )
    body = ""
    for about, heading in _HEADINGS.items():
        rows = [one for one in found if one.about is about]
        if rows:
            body += (
                f'<tr><th scope="colgroup" colspan="{takes + 1}" style="{_CELL}"><b>{heading}</b></th></tr>'
            )
        body += "".join(_row(one) for one in rows)
    return (
        '<div role="region" aria-label="What differs" tabindex="0" style="overflow-x:auto">'
        f'<table style="border-collapse:collapse;table-layout:fixed;width:100%;min-width:{8 * takes + 8}rem;margin:0">'
        f'<thead><tr><td style="{_CELL}"></td>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _row(one: Difference) -> str:
    label = ", ".join(filter(None, (one.part, one.label)))
    cells = list(one.values)
    if one.texts:
        cells = [_against_the_first(one.texts, n) for n in range(len(one.texts))]
    else:
        cells = [escape(showable(cell)) for cell in cells]
    return (
        f'<tr><th scope="row" style="{_CELL}">{escape(label)}</th>'
        + "".join(f'<td dir="auto" style="{_CELL}">{cell}</td>' for cell in cells)
        + "</tr>"
    )


def _against_the_first(texts: Sequence[str], number: int) -> str:
    """A text of a row as HTML: the first as it is, the others with what is new in them marked."""
    first, text = texts[0], texts[number]
    if not text:
        return NOT_SET
    if number == 0 or not first:
        return escape(text if len(text) <= 600 else f"{text[:600]}…")
    if text == first:
        return "the same as take 1"
    return "".join(
        f'<ins style="{_STYLES[Mark.NEW]}">{escape(piece.text)}</ins>'
        if piece.mark is Mark.NEW
        else escape(piece.text)
        for piece in folded([piece for piece in marked(first, text) if piece.mark is not Mark.GONE])
    )
