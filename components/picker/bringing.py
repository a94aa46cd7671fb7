"""Models that people bring themselves, on the screen: adding one from its document, and removing it again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from components.catalog.catalog import Catalog
from components.catalog.entry import Entry
from components.catalog.openapi import DocumentError
from components.markdown import as_text
from components.picker import telling
from components.picker.adding import MOST_BYTES, Unusable, read_brought
from components.picker.redrawing import again

FILE, PASTED, OPENED = "bring-file", "bring-pasted", "bring"
_TURN, _SAID, _ADDED, _ASKED, _NOT_REMOVED = (
    f"bring|{name}" for name in ("turn", "said", "added", "asked", "not-removed")
)


def fresh() -> None:
    """Forgets what was said and asked last."""
    for key in (_SAID, _ADDED, _ASKED, _NOT_REMOVED, OPENED):
        st.session_state.pop(key, None)


def bring(catalog: Catalog, choose: Callable[[str], None]) -> None:
    """The fold in which a model is added. `choose` gets the id of one that was, where somebody presses that."""
    state = st.session_state
    fold = st.expander(
        "Add a model from its OpenAPI document", icon=":material/add:", key=OPENED, on_change=again
    )
    if not fold.open:
        return
    with fold:
        st.caption(
            "The document of the address at which the model's videos are created, as JSON. Everybody who uses "
            "this playground will see the model."
        )
        turn = state.get(_TURN, 0)
        st.file_uploader(
            "Document", type=["json"], key=f"{FILE}-{turn}", max_upload_size=MOST_BYTES // 1_000_000
        )
        st.text_area("Or paste it here", key=f"{PASTED}-{turn}", height=120)
        st.button("Add this model", key="bring-add", on_click=partial(_add, catalog))
        if said := state.get(_SAID):
            st.error(as_text(said))
        added = catalog.entry(state.get(_ADDED) or "")
        if added is not None:
            name = as_text(telling.name(added))
            st.success(f"{name} is in the list now.")
            st.button(f"Choose {name}", key="bring-choose", on_click=partial(choose, added.id))


def remover(catalog: Catalog, entry: Entry) -> None:
    """The way to take a model that was added out of the list; it asks first."""
    name = as_text(telling.name(entry))
    not_removed = st.session_state.get(_NOT_REMOVED)
    if not_removed and not_removed[0] == entry.id:
        st.error(as_text(not_removed[1]))
    if st.session_state.get(_ASKED) != entry.id:
        st.button(
            f"Remove {name}", key=f"remove|{entry.id}", type="tertiary", on_click=partial(_ask, entry.id)
        )
        return
    st.warning(f"Remove {name} for everybody? Takes made with it stay.")
    with st.container(horizontal=True):
        st.button("Remove it", key=f"remove-now|{entry.id}", on_click=partial(_remove, catalog, entry.id))
        st.button("Keep it", key=f"remove-not|{entry.id}", on_click=partial(_ask, None))


def _add(catalog: Catalog) -> None:
    state = st.session_state
    state[_SAID] = state[_ADDED] = None
    turn = state.get(_TURN, 0)
    uploaded, pasted = state.get(f"{FILE}-{turn}"), state.get(f"{PASTED}-{turn}") or ""
    if uploaded is None and not pasted.strip():
        state[_SAID] = "Choose a file or paste a document first."
        again()
    try:
        entry = catalog.add(read_brought(pasted if uploaded is None else uploaded.getvalue()))
    except (Unusable, DocumentError) as error:
        state[_SAID] = str(error)
    else:
        state[_ADDED] = entry.id
        state[_TURN] = turn + 1  # empty fields: what was in them has been taken
    again()


def _ask(model: str | None) -> None:
    st.session_state[_ASKED] = model
    again()


def _remove(catalog: Catalog, model: str) -> None:
    state = st.session_state
    state[_ASKED] = state[_NOT_REMOVED] = None
    try:
        catalog.remove(model)
    except DocumentError as error:
        state[_NOT_REMOVED] = (model, str(error))
        again()
    st.rerun()  # of the whole page: it may be the one on the desk
