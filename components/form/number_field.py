"""The field for a number."""

from __future__ import annotations

from typing import Any, TypeGuard

import streamlit as st

from components.catalog.spec import Number
from components.form.beside import help_of, label_of
from components.form.standing import NOT_SET, Path

# Beyond this a number is no longer exact in a browser.
_LARGEST = 2**53 - 1


def number_field(parameter: Number, key: str, value: Any, path: Path) -> None:
    """The input for a number, with its limits."""
    limits = _limits(parameter)
    label = label_of(parameter, path)
    label = f"{label} ({limits})" if limits else label
    number_input(parameter, key, value, label, help=help_of(parameter), seen=bool(parameter.name))


def number_input(
    parameter: Number,
    key: str,
    value: Any,
    label: str,
    *,
    help: str | None = None,
    seen: bool = True,
    width: int | None = None,
    placeholder: str = repr(NOT_SET),
) -> None:
    """The input for a number alone, `width` in pixels. A label that is not `seen` is only heard."""
    number = value if _is_shown(value) else parameter.default
    # No bounds are given to the widget: it would drop what was typed; the draft says what is wrong instead.
    kind = int if parameter.integer else float
    if key not in st.session_state:
        st.session_state[key] = kind(number) if _is_shown(number) else None
    st.number_input(
        label,
        key=key,
        value=None,
        step=_step(parameter),
        placeholder=placeholder,
        help=help,
        label_visibility="visible" if seen else "collapsed",
        width=width or "stretch",
    )


def _is_shown(value: object) -> TypeGuard[int | float]:
    """Whether a number input can show `value`."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LARGEST


def _step(parameter: Number) -> int | float:
    multiple = parameter.conditions.get("multipleOf")
    if _is_shown(multiple) and multiple > 0 and (not parameter.integer or multiple == int(multiple)):
        return int(multiple) if parameter.integer else float(multiple)
    if parameter.integer:
        return 1
    reach = (parameter.maximum or 0) - (parameter.minimum or 0)
    return 0.05 if 0 < reach <= 1 else 0.1 if 0 < reach <= 10 else 1.0


def _limits(parameter: Number) -> str:
    low, high = parameter.minimum, parameter.maximum
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    if low is not None:
        return f"at least {low:g}"
    return f"at most {high:g}" if high is not None else ""
