"""Choosing a model on the screen: the one that is chosen, and the way to another.

The list opens in the page, not in a dialog, which a run of the whole page would close. It is a fragment of its own:
searching draws no form again.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote

import streamlit as st

from components.catalog.catalog import Catalog
from components.catalog.entry import Entry
from components.catalog.spec import ModelSpec
from components.markdown import as_text
from components.picker import browsing, filtering, telling
from components.picker.facts import facts_of
from components.picker.redrawing import FRAGMENT, again

OPEN, AWAITED, SORRY, FOCUS = (f"models|{name}" for name in ("open", "awaited", "sorry", "focus"))
_LONG = 20.0
"""Seconds after which reading a document is said to take long."""

_component = st.components.v2.component(
    "focus_after", js=(Path(__file__).parent / "focus.js").read_text(encoding="utf-8")
)


def picker(
    catalog: Catalog,
    chosen: ModelSpec,
    on_choose: Callable[[str], None],
    *,
    destination: str = "",
    recent: Sequence[str] = (),
) -> None:
    """What is chosen, and the list of all models, opened by a button.

    `on_choose` gets the id of a model whose form is known, in a callback, before the page runs again; it has the
    whole page run. `destination`: whose prices are shown. `recent`: ids, the last used first. To be called outside
    other fragments.
    """

    def choose(model: str) -> None:
        entry = catalog.entry(model)
        if entry is None or not facts_of(entry).usable:
            st.session_state[SORRY] = "This model cannot be used any more. Choose another one."
            again()
        _closed()
        st.session_state[SORRY] = None
        if entry.spec is None:
            wait_for(catalog, entry)
            st.rerun()
        st.session_state[AWAITED] = None
        on_choose(entry.id)

    @st.fragment(key=FRAGMENT)
    def at_the_models() -> None:
        state = st.session_state
        _head(catalog.entry(chosen.id) or _unlisted(chosen), destination)
        if sorry := state.get(SORRY):
            st.warning(sorry)
        if state.get(OPEN):
            browsing.browse(catalog, chosen.id, choose, destination=destination, recent=recent)
        _focus()

    at_the_models()
    awaited = st.session_state.get(AWAITED)
    if awaited and (entry := catalog.entry(awaited[0])) is not None:
        await_form(catalog, entry, on_choose)


def wait_for(catalog: Catalog, entry: Entry) -> None:
    """Has the form of `entry` read. The picker says so from its next run on, and chooses the model once it is there."""
    catalog.want(entry.id)
    st.session_state[AWAITED] = (entry.id, time.monotonic())
    st.session_state[SORRY] = None


def await_form(catalog: Catalog, entry: Entry, on_choose: Callable[[str], None]) -> None:
    """Says that the form of `entry` is being read, looks each second, and chooses the model once it is there."""

    @st.fragment(run_every=1.0)
    def look() -> None:
        state = st.session_state
        awaited = state.get(AWAITED)
        now = catalog.entry(entry.id)
        if not awaited or awaited[0] != entry.id:
            return
        if now is None or not facts_of(now).usable:
            state[AWAITED] = None
            reason = telling.trouble(now, "") if now else "The provider no longer lists it."
            state[SORRY] = f"{as_text(telling.name(entry))}: {as_text(reason)} Choose another model."
            st.rerun()
        if now.spec is not None:
            state[AWAITED] = None
            on_choose(now.id)
            st.rerun()
        long = time.monotonic() - awaited[1] > _LONG
        with st.container(horizontal=True, vertical_alignment="center", key="awaited"):
            st.info(
                f"Reading the form of {as_text(telling.name(entry))}…"
                + (" This takes long; the provider may not answer just now." if long else ""),
                icon="spinner",
                width="stretch",
            )
            st.button("Do not wait", key="models|do-not-wait", on_click=_stop_waiting)

    look()


def _stop_waiting() -> None:
    st.session_state[AWAITED] = None
    st.rerun()


def _head(entry: Entry, destination: str) -> None:
    """The model that is chosen: name, maker, what it does, its price, its link; and the button to the others."""
    opened = bool(st.session_state.get(OPEN))
    maker = telling.maker(entry)
    with st.container(gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", key="model"):
            name = f"**{as_text(telling.name(entry))}**"
            st.markdown(f"{name} &nbsp;:gray[{as_text(maker)}]" if maker else name, width="stretch")
            st.button(
                "Close the list" if opened else "Change model",
                icon=":material/close:" if opened else ":material/swap_horiz:",
                key="change-model",
                on_click=_close if opened else _open,
            )
        if summary := telling.summary(entry):
            st.caption(as_text(summary))
        cost = telling.price(facts_of(entry).price(destination), destination)
        said = (*telling.abilities(entry), cost, telling.trouble(entry, destination))
        link = f"[Link to this model](?model={quote(entry.id, safe='')})"
        st.markdown(f":small[:gray[{' · '.join(as_text(each) for each in said if each)}] · {link}]")


def _open() -> None:
    st.session_state[OPEN] = True
    st.session_state[SORRY] = None
    browsing.fresh()
    _direct(filtering.QUERY)
    again()


def _close() -> None:
    _closed()
    again()


def _closed() -> None:
    st.session_state[OPEN] = False
    _direct("change-model")


def _direct(key: str) -> None:
    """Lets the keyboard's focus go to the control of this key with the next run."""
    st.session_state[FOCUS] = (key, secrets.token_hex(8))


def _focus() -> None:
    key, asked = st.session_state.get(FOCUS, ("", ""))
    _component(key="models|focus-after", data={"key": key, "asked": asked})


def _unlisted(spec: ModelSpec) -> Entry:
    """An entry for a model that the catalogue has dropped while it is on the screen."""
    return Entry(id=spec.id, name=spec.name, maker=spec.maker, summary=spec.summary, spec=spec)
