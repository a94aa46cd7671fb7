"""What stands in the fields at this moment, whatever their kind, and what can be done to it besides typing.

A field that is on the screen is read from its widget, one that is not (in a closed fold, under another alternative)
from where it was left. Everything that outlives its widget stands in the session under the widget's key:

    key:rows   of a list: the lasting id of each entry -> what was last read in it
    key:lines  of a list of numbers: whether it is written as text
    key:held   of alternatives: position -> what was last read in it
    key:file   of an address: the upload (or the data URI) that stands there; "" once it was removed
    key:read   of a text that says a value: the text, and what it says
    key:anew   of a group: a mark in the keys of its fields, new when they begin empty again
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import streamlit as st

from components.catalog.checks import Problem, alternative_of, is_set, same
from components.catalog.spec import (
    ALTERNATIVE,
    VALUE,
    Choice,
    Group,
    Json,
    ListOf,
    Media,
    OneOf,
    Parameter,
    Text,
)
from components.form.prompt import prompt_problem, prompt_text, set_prompt
from components.form.writing import Unreadable, Writing, columns_of, unread_text
from components.jobs.upload import is_upload

Path = tuple[str | int, ...]

MOST_ROWS = 4
"""A list of numbers with more entries opens as text: a row of fields for each would be a long way to scroll."""
MOST_AT_ONCE = 10
"""No more empty entries are made at once, whatever a document demands."""


class NotSet:
    """The option that sends nothing."""

    def __repr__(self) -> str:
        return "Not set"


NOT_SET = NotSet()

_SPECIAL = str.maketrans({"~": "~0", ".": "~1", ":": "~2", "|": "~3"})


def escaped(name: str) -> str:
    """A field's name as a part of keys, which are put together with dots and colons; most names are it already."""
    return name.translate(_SPECIAL)


def inside(key: str, field: Parameter) -> str:
    """The key of one field of the group with this `key`."""
    return f"{key}{st.session_state.get(f'{key}:anew', '')}.{escaped(field.name)}"


def current(parameter: Parameter, key: str, kept: Any) -> Any:
    """What somebody has set in the field with this `key`; `kept` where it has not been on the screen yet.

    A field that has stood at its published default all the time was not set: under another model the same value
    would mean something. A text that cannot be read as the value it is meant for is in it as such (`unread`).
    """
    value = _standing(parameter, key, kept)
    return None if kept is None and same(value, parameter.default) else value


def _standing(parameter: Parameter, key: str, kept: Any) -> Any:
    state = st.session_state
    match parameter:
        case Choice() if len(parameter.options) == 1:
            return kept  # a fact has no field
        case Text():
            text = prompt_text(key)
            return kept if text is None else text
        case Media():
            return file_in(key, kept) or link_in(key, kept)
        case Json():
            return _written(parameter, key, kept)
        case Group():
            return _group(parameter, key, kept)
        case ListOf():
            return _list(parameter, key, kept)
        case OneOf():
            return _alternative(parameter, key, kept)
    value = state.get(key, kept)
    return None if isinstance(value, NotSet) else value


def _written(parameter: Json | ListOf, key: str, kept: Any) -> Any:
    """What the text in the field says, read anew when it is another text."""
    text = prompt_text(key)
    if text is None:
        return kept
    before, value = st.session_state.get(f"{key}:read", (None, None))
    if before != text:
        value = Writing(parameter).read_or_keep(text)
        st.session_state[f"{key}:read"] = text, value
    return value


def _group(parameter: Group, key: str, kept: Any) -> dict[str, Any] | None:
    if st.session_state.pop(f"{key}:left", False):
        kept = None
    values = dict(kept) if isinstance(kept, Mapping) else {}
    for field in parameter.fields:
        if not field.deprecated:  # what an older draft has of it stays
            values[field.name] = current(field, inside(key, field), values.get(field.name))
    return {name: value for name, value in values.items() if value is not None} or None


def _list(parameter: ListOf, key: str, kept: Any) -> Any:
    if is_as_text(parameter, key, kept):
        return _written(parameter, f"{key}.text", kept)
    entries = rows(parameter, key, kept)
    for entry in entries:
        entries[entry] = current(parameter.item, f"{key}.{entry}", entries[entry])
    values = list(entries.values())
    # Places to write in, with nothing written in any, are no list.
    return values if any(is_set(parameter.item, value) for value in values) else []


def _alternative(parameter: OneOf, key: str, kept: Any) -> Any:
    chosen, held = chosen_alternative(parameter, key, kept), held_alternatives(parameter, key, kept)
    if chosen is None:
        return None
    alternative = parameter.alternatives[chosen]
    held[chosen] = current(alternative, f"{key}.{chosen}", held.get(chosen))
    is_untouched = chosen == 0 and parameter.required and not is_set(alternative, held[chosen])
    return None if is_untouched else {ALTERNATIVE: chosen, VALUE: held[chosen]}


def unread(parameter: Parameter, key: str, value: Any, path: Path) -> list[Problem]:
    """The texts in `value`, as `current` has read it, that are not what stands in their fields, or cannot be read."""
    if isinstance(parameter, Text):
        problem = prompt_problem(key)
        return [Problem(path, problem)] if problem else []
    if isinstance(parameter, Media):
        problem = "" if file_in(key, value) else prompt_problem(key)
        return [Problem(path, problem)] if problem else []
    if (text := unread_text(value)) is not None:
        written = Writing(parameter)
        problem = prompt_problem(key if isinstance(parameter, Json) else f"{key}.text")
        return [Problem(path, problem or written.complaint(text))]
    match parameter:
        case Group() if isinstance(value, Mapping):
            return [
                problem
                for field in parameter.fields
                if not field.deprecated
                for problem in unread(field, inside(key, field), value.get(field.name), (*path, field.name))
            ]
        case ListOf() if isinstance(value, list) and not is_as_text(parameter, key, value):
            found: list[Problem] = []
            for place, (entry, inner) in enumerate(zip(rows(parameter, key, value), value, strict=False)):
                found += unread(parameter.item, f"{key}.{entry}", inner, (*path, place))
            return found
        case OneOf() if isinstance(value, Mapping) and type(n := value.get(ALTERNATIVE)) is int:
            if 0 <= n < len(parameter.alternatives):
                return unread(parameter.alternatives[n], f"{key}.{n}", value.get(VALUE), path)
    return []


# Lists


def rows(parameter: ListOf, key: str, kept: Any) -> dict[str, Any]:
    """The entries of the list, in their order: a lasting id for each, so that one that is removed or moved takes
    no other's text with it, and what was last read in it."""
    found: dict[str, Any] | None = st.session_state.get(f"{key}:rows")
    if found is None:
        entries = list(kept) if isinstance(kept, list) else []
        if parameter.required and not _takes_files(parameter.item):
            entries += [None] * (min(parameter.min_items, MOST_AT_ONCE) - len(entries))
        found = {secrets.token_hex(4): entry for entry in entries}
        st.session_state[f"{key}:rows"] = found
    return found


def add_row(parameter: ListOf, key: str, *values: Any) -> None:
    """Adds an entry for each of `values`; the first ones of a list that needs several come together."""
    entries = rows(parameter, key, None)
    if not values:
        wanted = 1 if _takes_files(parameter.item) else min(parameter.min_items, MOST_AT_ONCE)
        values = (None,) * max(1, wanted - len(entries))
    entries.update({secrets.token_hex(4): value for value in values})


def remove_row(key: str, entry: str) -> None:
    """Removes one entry."""
    st.session_state.get(f"{key}:rows", {}).pop(entry, None)


def move_row(key: str, entry: str, by: int) -> None:
    """Moves one entry down by so many places, or up where `by` is negative; within the list."""
    entries: dict[str, Any] = st.session_state.get(f"{key}:rows", {})
    order = list(entries)
    if entry not in entries:
        return
    place = order.index(entry)
    order.insert(max(0, min(len(order) - 1, place + by)), order.pop(place))
    st.session_state[f"{key}:rows"] = {one: entries[one] for one in order}


def is_as_text(parameter: ListOf, key: str, kept: Any) -> bool:
    """Whether the list is written as text, where it can be: as somebody chose, else where it is long."""
    if columns_of(parameter.item) is None:
        return False
    chosen = st.session_state.get(f"{key}:lines")
    if chosen is None:
        chosen = unread_text(kept) is not None or (isinstance(kept, list) and len(kept) > MOST_ROWS)
        st.session_state[f"{key}:lines"] = chosen
    return bool(chosen)


def write_as_text(parameter: ListOf, key: str, value: Any) -> None:
    """From rows of fields to text."""
    set_prompt(f"{key}.text", Writing(parameter).text_of(value))
    st.session_state[f"{key}:lines"] = True


def write_in_rows(parameter: ListOf, key: str) -> None:
    """From text to rows of fields; nothing happens while the text cannot be read."""
    try:
        value = Writing(parameter).read(prompt_text(f"{key}.text") or "")
    except Unreadable:
        return
    st.session_state.pop(f"{key}:rows", None)
    rows(parameter, key, value)
    st.session_state[f"{key}:lines"] = False


def _takes_files(item: Parameter) -> bool:
    return isinstance(item, Media) and item.takes_files


# Alternatives


def chosen_alternative(parameter: OneOf, key: str, kept: Any) -> int | None:
    """The position of the alternative that is meant; None for none, where the field may stay unset."""
    chosen = st.session_state.get(f"{key}.which", kept)
    if isinstance(chosen, NotSet):
        return None
    if type(chosen) is int and f"{key}.which" in st.session_state:
        return chosen if 0 <= chosen < len(parameter.alternatives) else None
    found = alternative_of(parameter, kept) if kept is not None else None
    if found is not None:
        return found[0]
    return 0 if parameter.required or kept is not None else None


def held_alternatives(parameter: OneOf, key: str, kept: Any) -> dict[int, Any]:
    """What was last read in each alternative that somebody has been at."""
    held: dict[int, Any] | None = st.session_state.get(f"{key}:held")
    if held is None:
        found = alternative_of(parameter, kept) if kept is not None else None
        held = {found[0]: found[1]} if found is not None else {}
        st.session_state[f"{key}:held"] = held
    return held


# Groups


def leave_out(key: str, *, fold: str) -> None:
    """Empties the group, its fields and theirs, and closes its fold."""
    st.session_state[f"{key}:anew"] = f"~{secrets.token_hex(4)}"
    st.session_state[f"{key}:left"] = True
    st.session_state[fold] = False


# Addresses


def is_file(value: Any) -> bool:
    """Whether `value` is the thing itself rather than a link to it: an upload, or data written into the address."""
    return is_upload(value) or (isinstance(value, str) and value[:5].lower() == "data:")


def file_in(key: str, kept: Any) -> str:
    """The file that stands in the field; "" where there is none."""
    file = st.session_state.get(f"{key}:file")
    if file is None:
        return str(kept) if is_file(kept) else ""
    return str(file)


def link_in(key: str, kept: Any) -> str:
    """The link that is written in the field, shown or behind a file; "" for none."""
    text = prompt_text(key)
    if text is None:
        text = kept if isinstance(kept, str) and not is_file(kept) else ""
    return text.strip()


def put_file(key: str, reference: str) -> None:
    """Puts an upload into the field; "" takes out what was there, and the link that was written is there again."""
    st.session_state[f"{key}:file"] = reference
