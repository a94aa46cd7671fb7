"""The filters that are on, above History's takes: each is said in words, and taken off with a click."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from components.catalog.catalog import Catalog
from components.gallery.filters import SOUND_WORDS, Change, model_name, standing_words
from components.jobs.finding.view import View
from components.markdown import as_text


def chips(view: View, catalog: Catalog, change: Change) -> None:
    """The filters that are on, each to be taken off."""
    if chips := _chips(view, catalog):
        with st.container(horizontal=True, gap="small", key="find-chips"):
            for said, without in chips:
                st.button(
                    as_text(said),
                    key=f"without-{said}",
                    icon=":material/close:",
                    help="Take this filter off",
                    on_click=partial(change, without),
                )
            if len(chips) > 1:
                st.button(
                    "Clear all", key="find-clear", type="tertiary", on_click=partial(change, view.everything)
                )


def _chips(view: View, catalog: Catalog) -> list[tuple[str, View]]:
    """Each filter that is on, in words, and the view without it."""
    chips: list[tuple[str, View]] = []
    lists: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("standings", standing_words),
        ("models", partial(model_name, catalog)),
        ("makers", str),
        ("ratios", str),
        ("projects", lambda name: f"Project {name}"),
    )
    for name, said in lists:
        chosen: tuple[str, ...] = getattr(view, name)
        for value in chosen:
            rest = tuple(other for other in chosen if other != value)
            chips.append((said(value), view.at_the_top(**{name: rest})))
    if said_length := _between(view.seconds, lambda seconds: f"{seconds} s"):
        chips.append((f"Length {said_length}", view.at_the_top(seconds=(None, None))))
    if said_cost := _between(view.cents, lambda cents: f"${cents / 100:.2f}"):
        chips.append((f"Cost {said_cost}", view.at_the_top(cents=(None, None))))
    if said_days := _between(view.days, lambda day: f"{day:%d %b %Y}"):
        chips.append((f"Asked {said_days}", view.at_the_top(days=(None, None))))
    if view.sound is not None:
        chips.append((SOUND_WORDS[view.sound], view.at_the_top(sound=None)))
    if view.starred:
        chips.append(("Starred", view.at_the_top(starred=False)))
    if view.mine:
        chips.append(("Only mine", view.at_the_top(mine=False)))
    return chips


def _between(bounds: tuple[Any, Any], said: Callable[[Any], str]) -> str:
    least, most = bounds
    if least is None and most is None:
        return ""
    if most is None:
        return f"from {said(least)}"
    if least is None:
        return f"up to {said(most)}"
    return said(least) if least == most else f"{said(least)} to {said(most)}"
