"""Beside Generate: what is left on the account, and the question before a take that is dearer than that."""

from __future__ import annotations

import time
from collections.abc import Callable

import streamlit as st

from components.markdown import as_text
from components.provider.account import Account
from components.words import balance_words

_EVERY = 5.0
"""Seconds between two looks at what was read: at this process's own memory, which costs nothing."""


def balance(account: Account) -> None:
    """Draws what is left, and again whenever that is another amount."""

    @st.fragment(run_every=_EVERY)
    def left() -> None:
        account.look()
        said = balance_words(account.balance(time.time()), read=account.has_been_read)
        st.markdown(f":small[:gray[{as_text(said)}]]")

    left()


def question(sentence: str, *, go: Callable[[], None], leave: Callable[[], None]) -> None:
    """Asks in place. Not in a dialog, which a run of the whole page closes; and below Generate, so that the second
    half of a double click is no answer."""
    with st.container(key="too-dear"):
        st.warning(f"{as_text(sentence)} Generate anyway?", icon=":material/account_balance_wallet:")
        with st.container(horizontal=True):
            st.button("Generate anyway", key="generate-anyway", on_click=go)
            st.button("Don't", key="generate-not", on_click=leave)
