"""The list of models on the screen: cards, a dozen at a time, and up to four models side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from components.catalog.catalog import Catalog
from components.catalog.entry import Entry
from components.markdown import as_text
from components.picker import bringing, filtering, telling
from components.picker.comparison import MOST, compare, table_html
from components.picker.facts import facts_of
from components.picker.finding import find
from components.picker.redrawing import again

DOZEN = 12
"""Cards that are shown at first, and more with each press of "Show more"."""

COMPARING, COMPARED, SHOWN = "models-comparing", "models|compared", "models|shown"
_SUMMARY_SHOWN = 140


def fresh() -> None:
    """Forgets what was looked for, so that the list opens with everything."""
    for key in (COMPARING, COMPARED, SHOWN):
        st.session_state.pop(key, None)
    filtering.fresh()
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
        wish = filtering.wished(entries, destination, _from_the_top)
        found = find(entries, wish.query, wish.filters, wish.sort, recent, destination)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":small[:gray[{_counted(found, entries)}]]", width="stretch")
            comparing = len(entries) > 1 and st.toggle("Compare models", key=COMPARING, on_change=again)
        if comparing:
            _compare(catalog, choose, destination)
        if not found:
            filtering.nothing(entries, wish, destination, _from_the_top)
        shown = int(st.session_state.get(SHOWN, DOZEN))
        with st.grid("auto", min_column_width=230, gap="xsmall"):
            for entry in found[:shown]:
                with st.container(border=True, gap="xsmall", height="stretch"):
                    _card(entry, chosen, choose, destination)
                    if comparing:
                        _tick(entry)
                    if entry.added:
                        bringing.remover(catalog, entry)
        if (rest := len(found) - shown) > 0:
            st.button(f"Show {min(DOZEN, rest)} more", key="models-more", on_click=_show_more)
        bringing.bring(catalog, choose)


def _card(entry: Entry, chosen: str, choose: Callable[[str], None], destination: str) -> None:
    """A model's name, to be pressed, and what it does and costs."""
    facts = facts_of(entry)
    st.button(
        f"**{as_text(telling.name(entry))}**",
        key=f"choose|{entry.id}",
        on_click=partial(choose, entry.id),
        disabled=not facts.usable,
        width="stretch",
    )
    lines = []
    marks = [
        *([":green-badge[In use]"] if entry.id == chosen else []),
        *([":violet-badge[Added here]"] if entry.added else []),
    ]
    if marks:
        lines.append(" ".join(marks))
    first = (telling.maker(entry), telling.price(facts.price(destination), destination))
    lines.append(f":small[{' · '.join(as_text(each) for each in first if each)}]")
    if able := telling.abilities(entry):
        lines.append(f":small[{as_text(' · '.join(able))}]")
    if summary := telling.summary(entry, _SUMMARY_SHOWN):
        lines.append(f":small[:gray[{as_text(summary)}]]")
    if trouble := telling.trouble(entry, destination):
        lines.append(f":small[:orange[{as_text(trouble)}]]")
    elif entry.spec is None:
        lines.append(":small[:gray[Its form is read when it is chosen.]]")
    st.markdown("  \n".join(lines))


def _counted(found: Sequence[Entry], entries: Sequence[Entry]) -> str:
    unread = sum(entry.spec is None and not entry.trouble for entry in entries)
    said = f"{len(found)} of {len(entries)} models" if len(found) < len(entries) else f"{len(entries)} models"
    return f"{said} · {unread} still being read, which the filters do not know yet" if unread else said


def _tick(entry: Entry) -> None:
    """Takes a model into the comparison, or out of it."""
    compared, key = _compared(), f"compare|{entry.id}"
    st.session_state[key] = entry.id in compared
    st.checkbox(
        f"Compare {as_text(telling.name(entry))}",
        key=key,
        on_change=partial(_toggle, entry.id),
        disabled=len(compared) >= MOST and entry.id not in compared,
    )


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
    again()


def _clear_compared() -> None:
    st.session_state[COMPARED] = ()
    again()


def _from_the_top() -> None:
    st.session_state[SHOWN] = DOZEN
    again()


def _show_more() -> None:
    st.session_state[SHOWN] = int(st.session_state.get(SHOWN, DOZEN)) + DOZEN
    again()
