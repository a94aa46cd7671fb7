"""The fields above the list of models: what is looked for, and which part of it to drop where nothing is like it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from components.catalog.entry import Entry
from components.markdown import as_text
from components.picker import telling
from components.picker.finding import Filters, Offered, Sort, obstacles, offered
from components.picker.redrawing import again

QUERY, SORT, ABLE, LIMITS = (f"models-{name}" for name in ("search", "sort", "able", "limits"))
ANY = "Any"
"""The choice of no limit. A list without a choice would be a field that can be cleared, by too small a button."""
_SORTS = {
    Sort.SUGGESTED: "Suggested",
    Sort.PRICE: "Lowest price",
    Sort.NEWEST: "Newest",
    Sort.NAME: "Name",
}
_SOUND, _STORYBOARD = "with sound", "with a storyboard"
_NAMES = {"sound": _SOUND, "storyboard": _STORYBOARD}
_WAYS_OUT = 3


@dataclass(frozen=True)
class _Limit:
    """A filter that is a list to choose from. `name`: as `Filters` calls it."""

    name: str
    label: str
    said: Callable[[Any], str]

    @property
    def key(self) -> str:
        return f"models-{self.name}"

    def worth(self, offered: Offered) -> Sequence[Any]:
        """What can be chosen; nothing where that would tell no models apart."""
        found: Sequence[Any] = getattr(offered, f"{self.name}s" if self.name != "seconds" else "seconds")
        return found


_LIMITS = (
    _Limit("seconds", "Length", lambda seconds: f"{seconds:f} s and longer"),
    _Limit("resolution", "Resolution", lambda resolution: str(resolution)),
    _Limit("price", "Price", lambda usd: f"up to {telling.dollars(usd)} a second"),
)


@dataclass(frozen=True)
class Wish:
    """What somebody looks for."""

    query: str
    sort: Sort
    filters: Filters


def fresh() -> None:
    """Forgets what was looked for."""
    for key in (QUERY, SORT, ABLE, LIMITS, *(limit.key for limit in _LIMITS)):
        st.session_state.pop(key, None)


def wished(entries: Sequence[Entry], destination: str, on_change: Callable[[], None]) -> Wish:
    """The fields, and what they say. `on_change` ends with having the list drawn again."""
    worth = offered(entries, destination)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        query = st.text_input(
            "Search models",
            key=QUERY,
            type="search",
            live="200ms",
            placeholder="A name, a maker, or what it is good for",
            on_change=on_change,
            width="stretch",
        )
        sort = st.segmented_control(
            "Order",
            list(Sort),
            key=SORT,
            format_func=_SORTS.__getitem__,
            default=Sort.SUGGESTED,
            required=True,
            on_change=on_change,
        )
    able = [
        *map(str, worth.sources),
        *(word for word, there in ((_SOUND, worth.sound), (_STORYBOARD, worth.storyboard)) if there),
    ]
    picked: Sequence[str] = ()
    if able:
        picked = st.pills("Makes videos", able, key=ABLE, selection_mode="multi", on_change=on_change)
    return Wish(
        query or "",
        sort or Sort.SUGGESTED,
        Filters(
            sources=frozenset(each for each in worth.sources if str(each) in picked),
            sound=_SOUND in picked,
            storyboard=_STORYBOARD in picked,
            **_limits(worth, on_change),
        ),
    )


def nothing(entries: Sequence[Entry], wish: Wish, destination: str, on_change: Callable[[], None]) -> None:
    """Says that nothing was found, and which part of the wish to drop, each with one press."""
    st.info("No model is like this. Drop a part of what you asked for:")
    with st.container(horizontal=True):
        for name, count in obstacles(entries, wish.query, wish.filters, destination)[:_WAYS_OUT]:
            st.button(
                f"Drop “{as_text(_in_words(name, wish))}”: {count} model{'s' * (count != 1)}",
                key=f"drop|{name}",
                on_click=partial(_drop, name, on_change),
            )
        st.button("Show all models", key="models-all", on_click=partial(_drop, None, on_change))


def _limits(worth: Offered, on_change: Callable[[], None]) -> dict[str, Any]:
    """The filters that are lists, in a fold: rarely needed, and slow to draw."""
    offering = [limit for limit in _LIMITS if limit.worth(worth)]
    if not offering:
        return {}
    labels = [limit.label if n == 0 else limit.label.lower() for n, limit in enumerate(offering)]
    fold = st.expander(telling.listed(labels), icon=":material/tune:", key=LIMITS, on_change=again)
    if fold.open:
        with fold, st.container(horizontal=True):
            for limit in offering:
                st.selectbox(
                    limit.label,
                    [ANY, *limit.worth(worth)],
                    key=limit.key,
                    format_func=partial(_said, limit),
                    on_change=on_change,
                    persist_state="page",
                    width=180,
                )
    chosen = {
        limit: st.session_state.get(limit.key)
        for limit in offering
        if st.session_state.get(limit.key) in limit.worth(worth)
    }
    if chosen and not fold.open:
        st.caption(f"Only {as_text(' · '.join(limit.said(value) for limit, value in chosen.items()))}")
    return {limit.name: value for limit, value in chosen.items()}


def _said(limit: _Limit, option: Any) -> str:
    return ANY if option == ANY else limit.said(option)


def _in_words(name: str, wish: Wish) -> str:
    """What a part of the wish is called on the screen."""
    if name == "query":
        return " ".join(wish.query.split())
    limit = next((limit for limit in _LIMITS if limit.name == name), None)
    return _NAMES.get(name, name) if limit is None else limit.said(getattr(wish.filters, name))


def _drop(name: str | None, on_change: Callable[[], None]) -> None:
    """Gives up one part of the wish; None: all of it."""
    state = st.session_state
    if name in ("query", None):
        state[QUERY] = ""
    for limit in _LIMITS:
        if name in (limit.name, None) and limit.key in state:
            state[limit.key] = ANY
    if ABLE in state:
        state[ABLE] = [each for each in state[ABLE] if name is not None and each != _NAMES.get(name, name)]
    on_change()
