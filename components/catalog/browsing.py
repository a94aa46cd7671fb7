"""The list of models on the screen: search, filters, cards, and up to four side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

import streamlit as st

from components.catalog import bringing, telling
from components.catalog.catalog import Catalog
from components.catalog.comparison import MOST, compare, table_html
from components.catalog.entry import Entry
from components.catalog.facts import facts_of
from components.catalog.finding import LONGEST_QUERY, Filters, Sort, find, obstacles, offered
from components.markdown import as_text

DOZEN = 12
"""Cards that are shown at first, and more with each press of "Show more"."""

QUERY, SORT, ABLE, SECONDS, RESOLUTION, PRICE = (
    f"models-{name}" for name in ("search", "sort", "able", "seconds", "resolution", "price")
)
COMPARING, COMPARED, SHOWN = "models-comparing", "models|compared", "models|shown"
_WIDGETS = (QUERY, SORT, ABLE, SECONDS, RESOLUTION, PRICE, COMPARING)
_SOUND, _STORYBOARD = "with sound", "with a storyboard"
_SORTS = {
    Sort.SUGGESTED: "Suggested",
    Sort.PRICE: "Lowest price",
    Sort.NEWEST: "Newest",
    Sort.NAME: "Name",
}
_NAMES = {"sound": _SOUND, "storyboard": _STORYBOARD}
_SUMMARY_SHOWN = 140


def fresh() -> None:
    """Forgets what was looked for, so that the list opens with everything."""
    for key in (*_WIDGETS, COMPARED, SHOWN):
        st.session_state.pop(key, None)
    bringing.fresh()


def browse(
    catalog: Catalog,
    chosen: str,
    choose: Callable[[str], None],
    *,
    destination: str,
    recent: Sequence[str],
) -> None:
    """The open list. `choose` gets the id of a card that was pressed, in a callback."""
    entries = catalog.entries
    with st.container(border=True, key="models"):
        query, sort, filters = _asked_for(entries, destination)
        found = find(entries, query, filters, sort, recent, destination)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":small[:gray[{_counted(found, entries)}]]", width="stretch")
            comparing = len(entries) > 1 and st.toggle("Compare models", key=COMPARING)
        if comparing:
            _compare(catalog, choose, destination)
        if not found:
            _nothing(entries, query, filters, destination)
        shown = int(st.session_state.get(SHOWN, DOZEN))
        with st.grid("auto", min_column_width=230, gap="xsmall"):
            for entry in found[:shown]:
                with st.container(border=True, gap="xsmall", height="stretch"):
                    _card(entry, catalog, chosen, choose, destination, comparing)
        if (rest := len(found) - shown) > 0:
            st.button(f"Show {min(DOZEN, rest)} more", key="models-more", on_click=_show_more)
        bringing.bring(catalog, choose)


def _asked_for(entries: Sequence[Entry], destination: str) -> tuple[str, Sort, Filters]:
    """The fields above the cards, and what they say."""
    worth = offered(entries, destination)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        query = st.text_input(
            "Search models",
            key=QUERY,
            type="search",
            live="200ms",
            max_chars=LONGEST_QUERY,
            placeholder="A name, a maker, or what it is good for",
            on_change=_from_the_top,
            width="stretch",
        )
        sort = st.selectbox(
            "Order",
            list(Sort),
            key=SORT,
            format_func=_SORTS.__getitem__,
            on_change=_from_the_top,
            width=150,
        )
    able = [*worth.sources]
    said = [*map(str, able), *([_SOUND] if worth.sound else []), *([_STORYBOARD] if worth.storyboard else [])]
    picked = (
        st.pills(
            "Makes videos",
            said,
            key=ABLE,
            selection_mode="multi",
            on_change=_from_the_top,
        )
        if said
        else []
    )
    with st.container(horizontal=True):
        seconds = _one_of("Length", worth.seconds, SECONDS, _long)
        resolution = _one_of("Resolution", worth.resolutions, RESOLUTION, str)
        price = _one_of("Price", worth.prices, PRICE, _cheap)
    return (
        query or "",
        sort or Sort.SUGGESTED,
        Filters(
            sources=frozenset(each for each in able if str(each) in picked),
            sound=_SOUND in picked,
            storyboard=_STORYBOARD in picked,
            seconds=seconds,
            resolution=resolution,
            price=price,
        ),
    )


def _one_of(label: str, options: Sequence[Any], key: str, said: Callable[[Any], str]) -> Any:
    """A list to choose from, or nothing at all where there is nothing to choose; None for any."""
    if not options:
        return None
    return st.selectbox(
        label,
        [None, *options],
        key=key,
        format_func=lambda option: "Any" if option is None else said(option),
        on_change=_from_the_top,
        width=150,
    )


def _card(
    entry: Entry,
    catalog: Catalog,
    chosen: str,
    choose: Callable[[str], None],
    destination: str,
    comparing: bool,
) -> None:
    name, facts = telling.name(entry), facts_of(entry)
    label = as_text(name) if facts.usable else f":gray[{as_text(name)}]"
    st.button(
        f"**{label}**",
        key=f"choose|{entry.id}",
        on_click=partial(choose, entry.id),
        disabled=not facts.usable,
        width="stretch",
    )
    st.markdown("  \n".join(_lines(entry, chosen, destination)))
    if comparing:
        compared = _compared()
        full = len(compared) >= MOST and entry.id not in compared
        st.session_state[f"compare|{entry.id}"] = entry.id in compared
        st.checkbox(
            f"Compare {as_text(name)}",
            key=f"compare|{entry.id}",
            on_change=partial(_toggle, entry.id),
            disabled=full,
        )
    if entry.added:
        bringing.remover(catalog, entry)


def _lines(entry: Entry, chosen: str, destination: str) -> list[str]:
    """What stands on a card below the name, as Markdown."""
    facts, lines = facts_of(entry), []
    marks = [
        *([":green-badge[In use]"] if entry.id == chosen else []),
        *([":violet-badge[Added by you]"] if entry.added else []),
    ]
    if marks:
        lines.append(" ".join(marks))
    first = [telling.maker(entry), telling.price(facts.price(destination), destination)]
    lines.append(f":small[{' · '.join(as_text(each) for each in first if each)}]")
    if able := telling.abilities(entry):
        lines.append(f":small[{as_text(' · '.join(able))}]")
    if summary := telling.summary(entry, _SUMMARY_SHOWN):
        lines.append(f":small[:gray[{as_text(summary)}]]")
    if trouble := telling.trouble(entry, destination):
        lines.append(f":small[:orange[{as_text(trouble)}]]")
    elif entry.spec is None:
        lines.append(":small[:gray[Its form is read when it is chosen.]]")
    return lines


def _counted(found: Sequence[Entry], entries: Sequence[Entry]) -> str:
    unread = sum(entry.spec is None and not entry.trouble for entry in entries)
    said = f"{len(found)} of {len(entries)} models" if len(found) < len(entries) else f"{len(entries)} models"
    return f"{said} · {unread} still being read, which the filters do not know yet" if unread else said


def _nothing(entries: Sequence[Entry], query: str, filters: Filters, destination: str) -> None:
    """Nothing was found: which part of the question to drop, each with one press."""
    st.info("No model is like this. Drop a part of what you asked for:")
    in_words = _in_words(query, filters)
    with st.container(horizontal=True):
        for name, count in obstacles(entries, query, filters, destination)[:3]:
            st.button(
                f"Drop “{as_text(in_words[name])}”: {count} model{'s' * (count != 1)}",
                key=f"drop|{name}",
                on_click=partial(_drop, name),
            )
        st.button("Show all models", key="models-all", on_click=partial(_drop, None))


def _in_words(query: str, filters: Filters) -> Mapping[str, str]:
    """What each filter is called on the screen, by its name."""
    said = {each: _NAMES.get(each, each) for each in filters.active()}
    if filters.seconds is not None:
        said["seconds"] = _long(filters.seconds)
    if filters.resolution is not None:
        said["resolution"] = filters.resolution
    if filters.price is not None:
        said["price"] = _cheap(filters.price)
    return {**said, "query": " ".join(query.split())}


def _compare(catalog: Catalog, choose: Callable[[str], None], destination: str) -> None:
    """The models that were ticked, side by side."""
    entries = [entry for model in _compared() if (entry := catalog.entry(model)) is not None]
    if not entries:
        st.caption(f"Tick up to {MOST} models below; they stand here side by side.")
        return
    st.html(table_html(compare(entries, destination)))
    with st.container(horizontal=True):
        for entry in entries:
            if facts_of(entry).usable:
                st.button(
                    f"Choose {as_text(telling.name(entry))}",
                    key=f"choose-compared|{entry.id}",
                    on_click=partial(choose, entry.id),
                )
        st.button(
            "Clear the comparison", key="models-clear-compared", type="tertiary", on_click=_clear_compared
        )
    if len(entries) >= MOST:
        st.caption(f"{MOST} at most: untick one to compare another.")


def _compared() -> tuple[str, ...]:
    """The ids of the models that are compared, in the order in which they were ticked."""
    compared: tuple[str, ...] = st.session_state.get(COMPARED, ())
    return compared


def _toggle(model: str) -> None:
    compared = _compared()
    without = tuple(each for each in compared if each != model)
    st.session_state[COMPARED] = without if model in compared else (*compared, model)[:MOST]


def _clear_compared() -> None:
    st.session_state[COMPARED] = ()


def _from_the_top() -> None:
    st.session_state[SHOWN] = DOZEN


def _show_more() -> None:
    st.session_state[SHOWN] = int(st.session_state.get(SHOWN, DOZEN)) + DOZEN


def _drop(name: str | None) -> None:
    """Gives up one part of the question; None: all of it."""
    state, keys = st.session_state, {"seconds": SECONDS, "resolution": RESOLUTION, "price": PRICE}
    _from_the_top()
    if name in ("query", None):
        state[QUERY] = ""
    for each, key in keys.items():
        if name in (each, None) and key in state:
            state[key] = None
    if ABLE in state:
        gone = _NAMES.get(name or "", name)
        state[ABLE] = [each for each in state[ABLE] if name is not None and each != gone]


def _long(seconds: Decimal) -> str:
    return f"{seconds:f} s and longer"


def _cheap(usd: Decimal) -> str:
    return f"up to {telling.dollars(usd)} a second"
