"""Dialogs that stay open until somebody closes them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Literal, ParamSpec

import streamlit as st

_OPEN = "dialog"

P = ParamSpec("P")


def dialog(
    title: str, *, width: Literal["small", "large"] = "small"
) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Like `st.dialog`; `is_open` knows of it.

    A run of the whole page closes a dialog. What asks for one by itself (a take that has moved on) must wait.
    """

    def wrap(draw: Callable[P, None]) -> Callable[P, None]:
        shown = st.dialog(title, width=width, on_dismiss="rerun")(draw)

        @wraps(draw)
        def opened(*args: P.args, **kwargs: P.kwargs) -> None:
            st.session_state[_OPEN] = True
            shown(*args, **kwargs)

        return opened

    return wrap


def is_open() -> bool:
    """Whether a dialog stands on the page."""
    return bool(st.session_state.get(_OPEN))


def closed() -> None:
    """A run of the whole page begins, which no dialog survives."""
    st.session_state.pop(_OPEN, None)
