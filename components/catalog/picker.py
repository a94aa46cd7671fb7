"""Choosing a model on the screen."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from components.catalog.catalog import Catalog
from components.catalog.spec import Choice, ListOf, ModelSpec, Role
from components.markdown import as_text


def picker(catalog: Catalog, chosen: ModelSpec, on_choose: Callable[[str], None]) -> None:
    """A list of the models with what the chosen one can do. `on_choose` gets the id, before the page runs again."""
    key = "model"
    # The desk is the truth: a link or a retry may have chosen another model since this was last drawn.
    st.session_state[key] = chosen.id
    names = {spec.id: spec.name for spec in catalog.models}
    st.selectbox(
        "Model",
        list(names),
        key=key,
        format_func=lambda model: names.get(model, model),
        on_change=lambda: on_choose(str(st.session_state[key])),
        help="Each model has its own settings. What two models share comes along when you switch.",
    )
    st.caption(as_text(chosen.summary or " · ".join(abilities(chosen))))


def abilities(spec: ModelSpec) -> list[str]:
    """What a model can do, in a few words each, read from its spec."""
    said = []
    seconds = spec.by_role(Role.SECONDS)
    if isinstance(seconds, Choice):
        lengths = [option for option in seconds.options if isinstance(option, int)]
        if len(lengths) > 2:
            said.append(f"{min(lengths)} to {max(lengths)} s")
        elif lengths:
            said.append(f"{' or '.join(str(length) for length in lengths)} s")
    shots = spec.by_role(Role.SHOTS)
    if isinstance(shots, ListOf):
        said.append(f"storyboard of up to {shots.max_items} shots" if shots.max_items else "storyboard")
    if spec.has_sound:
        said.append("sound")
    return said
