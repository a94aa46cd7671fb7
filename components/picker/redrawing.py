"""The list of models is a fragment of the page; here is how what was pressed in it has it drawn again."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

FRAGMENT = "models"


def again() -> NoReturn:
    """Ends a callback in the list.

    A press in the list alone would have it drawn anyway. But a text that was just typed elsewhere on the page can come
    in the same message; the callbacks of both are then called, and only the other fragment was seen to be drawn.
    """
    st.rerun(FRAGMENT)
