"""One function for each parameter kind: a widget for each is the form of any model.

A widget's key names its model, the edition of the draft and the parameter, so that a field whose limits change is a
new field, and a draft that is replaced is shown. What stands in a field is read before it is drawn again
(`standing.current`), so that the problems beside it are those of this moment.
"""

from __future__ import annotations

import re
from typing import Any

import streamlit as st

from components.catalog.spec import (
    Choice,
    Group,
    Json,
    ListOf,
    Media,
    Number,
    OneOf,
    Parameter,
    Role,
    Scalar,
    Switch,
    Text,
)
from components.form.alternatives import alternatives_field
from components.form.beside import Beside, bounded, field_key, help_of, label_of, plain_label, visibility_of
from components.form.group_field import group_field
from components.form.list_field import list_field
from components.form.media_field import media_field
from components.form.number_field import number_field
from components.form.prompt import prompt_field, prompt_text
from components.form.standing import NOT_SET, NotSet, Path
from components.form.writing import Writing
from components.markdown import as_text

_FEW = 5
"""Up to so many options stand side by side; more fold into a list."""
_MANY = 8
"""Of more options than these none is chosen for somebody who has not looked."""
_WORD = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_SHORTEST_WORD = 4


def widget(parameter: Parameter, key: str, value: Any, path: Path, beside: Beside) -> None:
    """Draws the field of any parameter, with what is said beside it."""
    # One container for each field: a sentence that appears in one moves no other.
    with st.container(gap="xsmall", key=field_key(path)):
        bare_widget(parameter, key, value, path, beside)


def bare_widget(parameter: Parameter, key: str, value: Any, path: Path, beside: Beside) -> None:
    """The same without a container: for what stands in one already."""
    match parameter:
        case Text():
            _text(parameter, key, value, path, beside)
            beside.note(path)  # the field says its problem itself
        case Json():
            _json(parameter, key, value, path, beside)
            beside.note(path)
        case Media():
            media_field(parameter, key, value, path, beside)
        case Group():
            group_field(parameter, key, value, path, beside)
        case ListOf():
            list_field(parameter, key, value, path, beside)
        case OneOf():
            alternatives_field(parameter, key, value, path, beside, bare=bare_widget)
        case Choice():
            _choice(parameter, key, value, path)
            beside.say(path)
        case Number():
            number_field(parameter, key, value, path)
            beside.say(path)
        case Switch():
            _switch(parameter, key, value, path)
            beside.say(path)


def _seed(key: str, value: Any) -> None:
    if key not in st.session_state:
        st.session_state[key] = value


def _choice(parameter: Choice, key: str, value: Any, path: Path) -> None:
    words = _option_words(parameter)
    if len(parameter.options) == 1:
        fact = as_text(words[parameter.options[0]])
        st.markdown(f"{label_of(parameter, path)}: **{fact}**", help=help_of(parameter))
        return
    options: list[Scalar | NotSet | None] = list(parameter.options)
    usual: Scalar | NotSet | None = parameter.default
    if not _among(usual, parameter.options):
        if not parameter.required:
            options.insert(0, NOT_SET)
        # What must be chosen among few stands there at once; not in a group, which may be left out as a whole.
        is_open = parameter.required and (len(path) > 1 or len(parameter.options) > _MANY)
        usual = None if is_open else options[0]
    _seed(key, value if _among(value, parameter.options) else usual)

    def shown(option: Any) -> str:
        return repr(option) if isinstance(option, NotSet) else words[option]

    label, help, seen = label_of(parameter, path), help_of(parameter), visibility_of(parameter)
    if len(options) <= _FEW:
        st.segmented_control(
            label,
            options,
            key=key,
            format_func=lambda option: as_text(shown(option)),
            help=help,
            required=True,
            label_visibility=seen,
        )
    elif parameter.role is Role.SECONDS and _among(parameter.default, parameter.options):
        st.select_slider(label, options, key=key, format_func=shown, help=help, label_visibility=seen)
    else:
        st.selectbox(
            label,
            options,
            index=None if usual is None else 0,
            key=key,
            format_func=shown,
            help=help,
            placeholder=f"Choose one of {len(parameter.options)}" if usual is None else None,
            label_visibility=seen,
        )
    chosen = st.session_state[key]
    told = parameter.words.get(chosen) if isinstance(chosen, str) else None
    if told is not None and told.note:
        st.caption(as_text(told.note))
    elif len(parameter.options) > _MANY and isinstance(chosen, str) and shown(chosen) != chosen:
        st.caption(f"Sent as {as_text(chosen)}")


def _option_words(parameter: Choice) -> dict[Scalar, str]:
    """Each option as it is read."""
    words: dict[Scalar, str] = {}
    for option in parameter.options:
        told = parameter.words.get(option) if isinstance(option, str) else None
        is_seconds = parameter.role is Role.SECONDS and str(option).isdigit()  # not "8s", not "auto"
        words[option] = told.label if told is not None else _word(option) + (" s" if is_seconds else "")
    if len(set(words.values())) == len(words):
        return words
    return {option: str(option) for option in words}  # rather the API's names than two that look the same


def _word(option: Scalar) -> str:
    if isinstance(option, bool):
        return "On" if option else "Off"
    if isinstance(option, float):
        return f"{option:.15g}"
    text = str(option)
    if len(text) >= _SHORTEST_WORD and _WORD.fullmatch(text):
        text = text.replace("_", " ")
        return text[:1].upper() + text[1:]
    return text or "(empty)"


def _among(value: Any, options: tuple[Scalar, ...]) -> bool:
    """Whether `value` is one of `options`; True is not 1 here."""
    return any(value == option and isinstance(value, bool) == isinstance(option, bool) for option in options)


def _switch(parameter: Switch, key: str, value: Any, path: Path) -> None:
    label, help, seen = label_of(parameter, path), help_of(parameter), visibility_of(parameter)
    if isinstance(parameter.default, bool):
        _seed(key, value if isinstance(value, bool) else parameter.default)
        st.toggle(label, key=key, help=help, label_visibility=seen)
        return
    _seed(key, value if isinstance(value, bool) else NOT_SET)
    options = [NOT_SET, True, False]
    words = {True: "On", False: "Off"}
    st.segmented_control(
        label,
        options,
        key=key,
        format_func=lambda option: words.get(option, repr(option)),
        help=help,
        required=True,
        label_visibility=seen,
    )


def _text(parameter: Text, key: str, value: Any, path: Path, beside: Beside) -> None:
    prompt_field(
        plain_label(parameter, path),
        value if isinstance(value, str) else "",
        key=key,
        limit=parameter.max_length,
        help=bounded(parameter.help),
        rows=5 if len(path) == 1 and parameter.role is Role.PROMPT else 2,
        problem=beside.problem(path),
        on_submit=beside.submit,
        label_visible=bool(parameter.name),
    )


def _json(parameter: Json, key: str, value: Any, path: Path, beside: Beside) -> None:
    prompt_field(
        f"{plain_label(parameter, path)} (JSON)",
        Writing(parameter).text_of(value) if prompt_text(key) is None else "",
        key=key,
        help=bounded(parameter.help),
        placeholder='{"name": "value"}',
        rows=4,
        problem=beside.first_under(path),
        on_submit=beside.submit,
    )
