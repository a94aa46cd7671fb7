"""A value of one of several shapes: which one is chosen, then the field of that one."""

from __future__ import annotations

from typing import Any

import streamlit as st

from components.catalog.spec import OneOf
from components.form.beside import Beside, Draw, help_of, label_of
from components.form.standing import (
    NOT_SET,
    NotSet,
    Path,
    chosen_alternative,
    held_alternatives,
)
from components.markdown import as_text

_FEW = 4
"""Up to so many alternatives stand side by side; more fold into a list."""


def alternatives_field(
    parameter: OneOf, key: str, value: Any, path: Path, beside: Beside, *, bare: Draw
) -> None:
    """The choice, and the field of what is chosen; `bare` draws that. What was set under another comes back."""
    labels = _labels(parameter)
    options: list[int | NotSet] = list(range(len(parameter.alternatives)))
    if not parameter.required:
        options.insert(0, NOT_SET)
    which = f"{key}.which"
    chosen = chosen_alternative(parameter, key, value)
    if which not in st.session_state:
        st.session_state[which] = NOT_SET if chosen is None else chosen

    def shown(option: Any) -> str:
        return labels[option] if isinstance(option, int) else repr(option)

    label, help = label_of(parameter, path), help_of(parameter)
    if len(options) <= _FEW:
        st.segmented_control(
            label, options, key=which, format_func=lambda o: as_text(shown(o)), help=help, required=True
        )
    else:
        st.selectbox(label, options, key=which, format_func=shown, help=help)
    if chosen is None:
        beside.say(path)
        return
    alternative = parameter.alternatives[chosen]
    held = held_alternatives(parameter, key, value)
    bare(alternative, f"{key}.{chosen}", held.get(chosen), path, beside)


def _labels(parameter: OneOf) -> list[str]:
    """What each alternative is called, no two alike."""
    labels = [alternative.label or "Value" for alternative in parameter.alternatives]
    return [f"{label} ({n + 1})" if labels.count(label) > 1 else label for n, label in enumerate(labels)]
