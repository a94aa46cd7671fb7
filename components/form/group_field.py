"""A group of settings under one name: open where it must be filled, else folded until somebody opens or sets it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from components.catalog.checks import is_set
from components.catalog.spec import Choice, Group, Number, Parameter, Switch, Text
from components.form.beside import Beside, heading, help_of
from components.form.standing import Path, inside, leave_out
from components.markdown import as_text


def group_field(parameter: Group, key: str, value: Any, path: Path, beside: Beside) -> None:
    """The fields of a group. One without a name is an entry or an alternative: called by name already, and open."""
    values = value if isinstance(value, dict) else {}
    if not parameter.name:
        _fields(parameter, key, values, path, beside)
        beside.say(path)
    elif parameter.required:
        heading(parameter)
        beside.say(path)
        _fields(parameter, key, values, path, beside)
    else:
        _folded(parameter, key, values, path, beside)


def is_small(parameter: Parameter) -> bool:
    """Whether the field fits into one of several columns."""
    return isinstance(parameter, Choice | Number | Switch)


def is_cell(parameter: Parameter) -> bool:
    """Whether the field may stand in a column among small ones."""
    return is_small(parameter) or isinstance(parameter, Text)


def fold(label: str, key: str, problems: frozenset[Path], *, opened: bool = False, **look: Any) -> Any:
    """An expander that opens for a problem in it, once: whoever closes it then wants it closed.

    `opened`: how it begins. What nobody looks at costs nothing, so draw into it where it is `.open` only.
    """
    state = st.session_state
    state.setdefault(key, opened)
    if problems - state.get(f"{key}:problems", frozenset()):
        state[key] = True
    state[f"{key}:problems"] = problems
    mark = " :red[:material/error:]" if problems else ""
    return st.expander(label + mark, key=key, on_change="rerun", **look)


def lay_out(fields: Sequence[tuple[Parameter, str, Any, Path]], beside: Beside) -> None:
    """Draws fields, each a parameter with its key, its value and its path: small ones side by side."""
    row: list[tuple[Parameter, str, Any, Path]] = []

    def end_row() -> None:
        if row:
            with st.grid("auto", min_column_width=220, gap="small"):
                for each in row:
                    beside.draw(*each, beside)
            row.clear()

    for field in fields:
        if is_small(field[0]):
            row.append(field)
        else:
            end_row()
            beside.draw(*field, beside)
    end_row()


def _folded(parameter: Group, key: str, values: dict[str, Any], path: Path, beside: Beside) -> None:
    name = f"{key}.fold"
    is_filled = is_set(parameter, values)
    problems = beside.problems_under(path)
    opened = fold(as_text(parameter.label), name, problems, opened=is_filled, type="compact")
    if not opened.open:
        return
    with opened:
        if words := help_of(parameter):
            st.caption(words)
        beside.say(path)
        _fields(parameter, key, values, path, beside)
        if is_filled:
            st.button(
                f"Leave out {as_text(parameter.label.lower())}",
                key=f"{key}.leave",
                icon=":material/close:",
                type="tertiary",
                on_click=leave_out,
                args=(key,),
                kwargs={"fold": name},
            )


def _fields(parameter: Group, key: str, values: dict[str, Any], path: Path, beside: Beside) -> None:
    fields = [
        (field, inside(key, field), values.get(field.name), (*path, field.name))
        for field in parameter.fields
        if not field.deprecated
    ]
    lay_out(fields, beside)
