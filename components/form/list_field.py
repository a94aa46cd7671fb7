"""A list of entries of one kind, in their order: added, moved, removed; of files many at once; of numbers as text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import streamlit as st

from components.catalog.checks import is_set
from components.catalog.spec import Group, ListOf, Media, Number, OneOf
from components.form.beside import Beside, field_key, heading
from components.form.group_field import fold
from components.form.media_field import LINK_ONLY, refusals, upload, word_for
from components.form.number_field import number_input
from components.form.prompt import prompt_field, prompt_text
from components.form.standing import (
    Path,
    add_row,
    inside,
    is_as_text,
    move_row,
    remove_row,
    rows,
    write_as_text,
    write_in_rows,
)
from components.form.writing import Writing, columns_of, unread_text
from components.markdown import as_text

_NUMBER_WIDTH = 130
MOST_OPEN = 2
"""Of a longer list that comes back the entries of many parts are folded."""
MOST_DRAWN = 100
"""Entries that get fields. More than these are kept and sent as they are."""


def list_field(parameter: ListOf, key: str, value: Any, path: Path, beside: Beside) -> None:
    """The entries with what can be done to them, and what is wrong with the list as a whole."""
    heading(parameter, bounds_words(parameter))
    if is_as_text(parameter, key, value):
        _as_text(parameter, key, value, path, beside)
        return
    entries = rows(parameter, key, value)
    for n, entry in enumerate(list(entries)[:MOST_DRAWN]):
        _entry(parameter, key, entry, (*path, n), len(entries), entries[entry], beside)
    if len(entries) > MOST_DRAWN:
        st.caption(f"{len(entries) - MOST_DRAWN:,} more are kept and sent, and not shown here.")
    beside.say(path)
    _adding(parameter, key, len(entries), value)


def bounds_words(parameter: ListOf) -> str:
    """How many entries the list takes: "2 to 4"; "" where the document does not say."""
    least, most = parameter.min_items, parameter.max_items
    if most is not None:
        return f"{least} to {most}" if 0 < least < most else str(most) if least == most else f"up to {most}"
    return f"at least {least}" if least > 1 else ""


def word_of(parameter: ListOf) -> str:
    """What one entry is called, beginning with a capital."""
    item = parameter.item
    label = _singular(item.label or parameter.label)
    if isinstance(item, Media) and (not label or label == parameter.label):
        label = word_for(item)
    label = label or "Entry"
    return label[:1].upper() + label[1:]


def _singular(label: str) -> str:
    """`label` without its plural, as far as that can be told."""
    label = re.sub(
        r"\s+(list|array)$|\s+(that|which|of|in|for|with|from|to)\s.*$", "", label, flags=re.IGNORECASE
    )
    for ending, one in (("ies", "y"), ("xes", "x"), ("ss", "ss"), ("s", "")):
        if label.lower().endswith(ending) and len(label) > len(ending) + 2:
            return label[: -len(ending)] + one
    return label


def _entry(
    parameter: ListOf, key: str, entry: str, path: Path, count: int, value: Any, beside: Beside
) -> None:
    """One entry: a row for a few numbers, else its field with its number and what can be done to it."""
    n, item = int(path[-1]), parameter.item
    name = f"{word_of(parameter)} {n + 1}"
    if columns := columns_of(item):
        with st.container(
            horizontal=True, vertical_alignment="center", gap="small", key=f"{key}.row.{entry}"
        ):
            st.markdown(f"**{n + 1}**", width="content")
            _numbers(columns, f"{key}.{entry}", value, path, name)
            _remove(key, entry, name)
        for column in columns:
            beside.say((*path, column.name))
        beside.say(path)
        return
    is_outermost = sum(isinstance(step, int) for step in path) == 1
    if isinstance(item, Group) and is_outermost:
        begins_open = count <= MOST_OPEN or not is_set(item, value)
        problems = beside.problems_under(path)
        opened = fold(as_text(name), f"{key}.fold.{entry}", problems, opened=begins_open)
        if opened.open:
            with opened:
                _whole(parameter, key, entry, path, count, value, beside, folded=True)
        return
    # No boxes in boxes: only the outermost list has them.
    has_box = is_outermost and isinstance(item, ListOf | OneOf)
    with st.container(border=has_box, gap="small", key=f"{key}.row.{entry}"):
        _whole(parameter, key, entry, path, count, value, beside, folded=False)


def _whole(
    parameter: ListOf,
    key: str,
    entry: str,
    path: Path,
    count: int,
    value: Any,
    beside: Beside,
    *,
    folded: bool,
) -> None:
    """The field of an entry below what can be done to the entry; one that is `folded` has its name above already."""
    n = int(path[-1])
    name = f"{word_of(parameter)} {n + 1}"
    with st.container(horizontal=True, vertical_alignment="center"):
        if not folded:
            st.markdown(f"**{as_text(name)}**", width="stretch")
        if n > 0:
            _move(key, entry, name, "up", -1)
        if n < count - 1:
            _move(key, entry, name, "down", 1)
        _remove(key, entry, name)
    beside.draw(parameter.item, f"{key}.{entry}", value, path, beside)


def _numbers(columns: Sequence[Number], key: str, value: Any, path: Path, name: str) -> None:
    """The numbers of one entry, side by side."""
    values = value if isinstance(value, dict) else {}
    for column in columns:
        label, place = as_text(f"{column.label}, {name.lower()}"), field_key((*path, column.name))
        with st.container(
            horizontal=True, width="content", vertical_alignment="center", gap="xsmall", key=place
        ):
            st.markdown(f":small[{as_text(column.label)}]", width="content")
            value = values.get(column.name)
            number_input(
                column, inside(key, column), value, label, seen=False, width=_NUMBER_WIDTH, placeholder=""
            )


def _move(key: str, entry: str, name: str, way: str, by: int) -> None:
    st.button(
        f"Move {as_text(name.lower())} {way}",
        key=f"{key}.{way}.{entry}",
        icon=f":material/arrow_{way}ward:",
        type="tertiary",
        on_click=move_row,
        args=(key, entry, by),
    )


def _remove(key: str, entry: str, name: str) -> None:
    st.button(
        f"Remove {as_text(name.lower())}",
        key=f"{key}.remove.{entry}",
        icon=":material/delete:",
        type="tertiary",
        on_click=remove_row,
        args=(key, entry),
    )


def _adding(parameter: ListOf, key: str, count: int, value: Any) -> None:
    """How entries come in."""
    item, word = parameter.item, word_of(parameter).lower()
    room = None if parameter.max_items is None else max(0, parameter.max_items - count)
    if isinstance(item, Media) and not item.takes_files:
        st.caption(LINK_ONLY)
    elif isinstance(item, Media):
        if room != 0:
            name = parameter.label or word
            upload(item, f"{key}.many", name, lambda files: add_row(parameter, key, *files), room=room)
        refusals(f"{key}.many")
    label = f"Add a link to a {word}" if isinstance(item, Media) else f"Add {word}"
    with st.container(horizontal=True):
        st.button(
            as_text(label),
            key=f"{key}.add",
            icon=":material/add:",
            on_click=add_row,
            args=(parameter, key),
            disabled=room == 0,
            help=f"This model takes at most {parameter.max_items}." if room == 0 else None,
        )
        if columns_of(item) is not None:
            st.button(
                "Write as text",
                key=f"{key}.lines",
                icon=":material/notes:",
                type="tertiary",
                on_click=write_as_text,
                args=(parameter, key, value),
                help="One entry to a line: for many, to change their order, or to paste them from a table.",
            )


def _as_text(parameter: ListOf, key: str, value: Any, path: Path, beside: Beside) -> None:
    writing, word = Writing(parameter), word_of(parameter).lower()
    prompt_field(
        f"{parameter.label or word}, one {word} to a line: {writing.form}",
        writing.text_of(value) if prompt_text(f"{key}.text") is None else "",
        key=f"{key}.text",
        placeholder=writing.form,
        rows=5,
        problem=beside.first_under(path),
        on_submit=beside.submit,
    )
    beside.note(path)
    st.button(
        "Show as rows",
        key=f"{key}.rows",
        icon=":material/table_rows:",
        type="tertiary",
        on_click=write_in_rows,
        args=(parameter, key),
        disabled=unread_text(value) is not None,
    )
