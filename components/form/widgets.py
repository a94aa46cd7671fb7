"""One function for each parameter kind: a widget for each is the form of any model.

A widget's key names its model, the edition of the draft and the parameter, so that a field whose limits change is a
new field, and a draft that is replaced is shown. `current` reads what stands in a field before it is drawn again, so
that the problems beside it are those of this moment.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from components.catalog.checks import Problem
from components.catalog.spec import Choice, Group, ListOf, Number, Parameter, Role, Scalar, Switch, Text
from components.form.prompt import prompt_field, prompt_problem, prompt_text
from components.markdown import as_text

Path = tuple[str | int, ...]
Problems = Mapping[Path, str]
Submit = Callable[[], None]

NOT_SET = "Not set"
"""Shown for a setting without a published default that nobody chose; different from every option."""

_FEW = 5
"""Up to so many options stand side by side; more fold into a list."""


class _NotSet:
    """The option that sends nothing."""

    def __repr__(self) -> str:
        return NOT_SET


_NOT_SET = _NotSet()


def current(parameter: Parameter, key: str, kept: Any) -> Any:
    """What stands in the field now; `kept` where it is not on the screen yet."""
    state = st.session_state
    match parameter:
        case Text():
            text = prompt_text(key)
            return kept if text is None else text
        case Group():
            inner = kept if isinstance(kept, dict) else {}
            return {f.name: current(f, f"{key}.{f.name}", inner.get(f.name)) for f in parameter.fields}
        case ListOf():
            entries = kept if isinstance(kept, list) else []
            ids = _ids(parameter, key, entries)
            return [
                current(parameter.item, f"{key}.{i}", entries[n] if n < len(entries) else None)
                for n, i in enumerate(ids)
            ]
        case _:
            value = state.get(key, kept)
            return None if isinstance(value, _NotSet) else value


def unread(parameter: Parameter, key: str, path: Path) -> list[Problem]:
    """The text fields in which stands something else than `current` gives, because it could not be taken."""
    match parameter:
        case Text():
            problem = prompt_problem(key)
            return [Problem(path, problem)] if problem else []
        case Group():
            return [p for f in parameter.fields for p in unread(f, f"{key}.{f.name}", (*path, f.name))]
        case ListOf():
            ids = st.session_state.get(f"{key}:ids") or []
            return [p for n, i in enumerate(ids) for p in unread(parameter.item, f"{key}.{i}", (*path, n))]
    return []


def widget(
    parameter: Parameter, key: str, value: Any, problems: Problems, path: Path, submit: Submit
) -> None:
    """Draws the field of any parameter, with the problem at `path` beside it.

    `submit` runs when Ctrl+Enter is pressed in a text.
    """
    # One container for each field: a sentence that appears in one moves no other.
    with st.container(gap="xsmall"):
        match parameter:
            case Choice():
                _choice(parameter, key, value)
            case Number():
                _number(parameter, key, value)
            case Switch():
                _switch(parameter, key, value)
            case Text():
                rows = 5 if len(path) == 1 and parameter.role is Role.PROMPT else 2
                _text(parameter, key, value, problems.get(path, ""), rows, submit, path)
                return
            case Group():
                _group(parameter, key, value, problems, path, submit)
                return
            case ListOf():
                _list(parameter, key, value, problems, path, submit)
                return
        say(problems.get(path))


def say(problem: str | None) -> None:
    """A sentence about a problem, beside its field."""
    if problem:
        st.markdown(f":red[:material/error: {as_text(problem)}]")


def _seed(key: str, value: Any) -> None:
    if key not in st.session_state:
        st.session_state[key] = value


def _choice(parameter: Choice, key: str, value: Any) -> None:
    options: list[Scalar | _NotSet] = list(parameter.options)
    if parameter.default is None and not parameter.required:
        options.insert(0, _NOT_SET)
    fallback = parameter.default if parameter.default in parameter.options else options[0]
    _seed(key, value if _among(value, parameter.options) else fallback)
    unit = " s" if parameter.role is Role.SECONDS else ""

    def shown(option: Any) -> str:
        words = parameter.words.get(option) if isinstance(option, str) else None
        if words is not None:
            return words.label
        return NOT_SET if isinstance(option, _NotSet) else _word(option) + unit

    if len(options) <= _FEW:
        st.segmented_control(
            parameter.label, options, key=key, format_func=shown, help=_help(parameter), required=True
        )
    elif parameter.role is Role.SECONDS and parameter.default is not None:
        st.select_slider(parameter.label, options, key=key, format_func=shown, help=_help(parameter))
    else:
        st.selectbox(parameter.label, options, key=key, format_func=shown, help=_help(parameter))
    if parameter.words and (chosen := parameter.words.get(str(st.session_state[key]))) and chosen.note:
        st.caption(as_text(chosen.note))


def _number(parameter: Number, key: str, value: Any) -> None:
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else parameter.default
    limits = _limits(parameter)
    label = f"{parameter.label} ({limits})" if limits else parameter.label
    # No bounds are given to the widget: it would drop what was typed; the draft says what is wrong instead.
    if parameter.integer:
        _seed(key, int(number) if number is not None else None)
        st.number_input(label, key=key, value=None, step=1, placeholder=NOT_SET, help=_help(parameter))
    else:
        _seed(key, float(number) if number is not None else None)
        reach = (parameter.maximum or 0) - (parameter.minimum or 0)
        step = 0.05 if 0 < reach <= 1 else 0.1 if 0 < reach <= 10 else 1.0
        st.number_input(label, key=key, value=None, step=step, placeholder=NOT_SET, help=_help(parameter))


def _switch(parameter: Switch, key: str, value: Any) -> None:
    if parameter.default is None:
        options = [_NOT_SET, True, False]
        _seed(key, value if isinstance(value, bool) else _NOT_SET)
        st.segmented_control(
            parameter.label, options, key=key, format_func=_word, help=_help(parameter), required=True
        )
    else:
        _seed(key, value if isinstance(value, bool) else parameter.default)
        st.toggle(parameter.label, key=key, help=_help(parameter))


def _text(parameter: Text, key: str, value: Any, problem: str, rows: int, submit: Submit, path: Path) -> None:
    entry = path[-1] if isinstance(path[-1], int) else None  # an entry of a list has its number as heading
    prompt_field(
        parameter.label if entry is None else f"{parameter.label}, number {entry + 1}",
        value if isinstance(value, str) else "",
        key=key,
        limit=parameter.max_length,
        help=parameter.help,
        rows=rows,
        problem=problem,
        on_submit=submit,
        label_visible=entry is None,
    )


def _group(parameter: Group, key: str, value: Any, problems: Problems, path: Path, submit: Submit) -> None:
    inner = value if isinstance(value, dict) else {}
    if not isinstance(path[-1], int):  # an entry of a list has its own heading
        st.markdown(f"**{as_text(parameter.label)}**", help=_help(parameter))
    for field in parameter.fields:
        widget(field, f"{key}.{field.name}", inner.get(field.name), problems, (*path, field.name), submit)


def _list(parameter: ListOf, key: str, value: Any, problems: Problems, path: Path, submit: Submit) -> None:
    entries = value if isinstance(value, list) else []
    ids = _ids(parameter, key, entries)
    word = parameter.label
    st.markdown(f"**{as_text(parameter.label)}**", help=_help(parameter))
    say(problems.get(path))
    for n, i in enumerate(ids):
        with st.container(border=True, key=f"{key}.row.{i}"):
            with st.container(
                horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
            ):
                st.markdown(f"**{as_text(word)} {n + 1}**")
                st.button(
                    f"Remove {word.lower()} {n + 1}",
                    key=f"{key}.remove.{i}",
                    icon=":material/delete:",
                    type="tertiary",
                    on_click=_remove,
                    args=(key, i),
                )
            entry = entries[n] if n < len(entries) else None
            widget(parameter.item, f"{key}.{i}", entry, problems, (*path, n), submit)
    full = parameter.max_items is not None and len(ids) >= parameter.max_items
    st.button(
        f"Add {word.lower()}",
        key=f"{key}.add",
        icon=":material/add:",
        on_click=_add,
        args=(key,),
        disabled=full,
        help=f"This model takes at most {parameter.max_items}." if full else None,
    )


def _ids(parameter: ListOf, key: str, entries: list[Any]) -> list[str]:
    """A lasting id for each entry of the list: an entry that is removed takes no other's text with it."""
    ids: list[str] | None = st.session_state.get(f"{key}:ids")
    if ids is None:
        ids = [secrets.token_hex(4) for _ in range(max(len(entries), parameter.min_items))]
        st.session_state[f"{key}:ids"] = ids
    return ids


def _add(key: str) -> None:
    st.session_state[f"{key}:ids"].append(secrets.token_hex(4))


def _remove(key: str, entry: str) -> None:
    st.session_state[f"{key}:ids"].remove(entry)


def _among(value: Any, options: tuple[Scalar, ...]) -> bool:
    """Whether `value` is one of `options`; True is not 1 here."""
    return any(value == option and isinstance(value, bool) == isinstance(option, bool) for option in options)


def _word(option: Any) -> str:
    if isinstance(option, bool):
        return "On" if option else "Off"
    return str(option)


def _limits(parameter: Number) -> str:
    low, high = parameter.minimum, parameter.maximum
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    if low is not None:
        return f"at least {low:g}"
    return f"at most {high:g}" if high is not None else ""


def _help(parameter: Parameter) -> str | None:
    return as_text(parameter.help) if parameter.help else None
