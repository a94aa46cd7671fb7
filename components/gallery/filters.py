"""The fields above History's takes: words, filters, order. What they say stands in the page's address.

The address is the truth: a field shows what it says, and a change of a field changes it, so that whoever is given the
address sees the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from components.catalog.catalog import Catalog
from components.jobs.finding.view import LONGEST_QUERY, Choices, Sort, Standing, View
from components.markdown import as_text
from components.words import showable

Change = Callable[[View], None]
"""Puts another view into the address, in a callback, and has drawn again what shows it."""
Now = Callable[[], View]
"""The view that the address asks for at this moment: another, perhaps, than when the fields were drawn."""

WORDS, SORT, FOLD = "find-words", "find-sort", "find-filters"
STANDINGS, MODELS, MAKERS, RATIOS, PROJECTS = (
    f"find-{name}" for name in ("state", "model", "maker", "ratio", "project")
)
SECONDS, LEAST, MOST, SINCE, UNTIL, SOUND, STARRED, MINE = (
    f"find-{name}"
    for name in ("length", "cost-least", "cost-most", "since", "until", "sound", "starred", "mine")
)

STANDING_WORDS = {
    Standing.READY: "Ready",
    Standing.RUNNING: "Being made",
    Standing.FAILED: "Failed",
    Standing.DOUBT: "In doubt",
    Standing.CANCELLED: "Cancelled",
    Standing.LEFT: "Not followed",
}
SORT_WORDS = {
    Sort.NEWEST: "Newest first",
    Sort.OLDEST: "Oldest first",
    Sort.LONGEST: "Longest first",
    Sort.DEAREST: "Dearest first",
}
SOUND_WORDS = {True: "With sound", False: "Without sound"}


def search(now: Now, change: Change) -> None:
    """The search field."""
    _show(WORDS, now().words)
    st.text_input(
        "Search",
        key=WORDS,
        type="search",
        live="100ms",
        placeholder="Words of a prompt, a note, a name, an id",
        label_visibility="collapsed",
        icon=":material/search:",
        on_change=lambda: change(_sought(now())),
    )


def _sought(view: View) -> View:
    """The view with the words that are looked for."""
    return view.at_the_top(words=showable(st.session_state.get(WORDS) or "")[:LONGEST_QUERY])


def filters(now: Now, choices: Choices, catalog: Catalog, find: Change, correct: Change) -> None:
    """The filters, which are drawn when their fold is opened.

    What they say goes to `find`, which need not have them drawn again; to `correct` where another view is meant by it.
    """
    with st.expander("Filters", icon=":material/tune:", key=FOLD, on_change="rerun") as fold:
        if fold.open:
            _fields(now(), choices, catalog, partial(_heard, now, choices, find, correct))


def order(now: Now, change: Change) -> None:
    """The order of the list."""
    _show(SORT, now().sort)
    st.selectbox(
        "Order",
        list(Sort),
        key=SORT,
        format_func=SORT_WORDS.__getitem__,
        label_visibility="collapsed",
        width=170,
        on_change=lambda: change(_sorted(now())),
    )


def _sorted(view: View) -> View:
    """The view in the order that was chosen."""
    return view.at_the_top(sort=st.session_state.get(SORT) or Sort.NEWEST)


def _fields(view: View, choices: Choices, catalog: Catalog, heard: Callable[[], None]) -> None:
    with st.container(horizontal=True):
        if choices.starred or view.starred:
            _toggle("Starred", STARRED, view.starred, heard)
        _toggle("Only mine", MINE, view.mine, heard)
    _pills(
        "State",
        STANDINGS,
        [standing.value for standing in view.standings],
        choices.standings,
        heard,
        standing_words,
    )
    with st.grid("auto", min_column_width=240, gap="small"):
        _list("Model", MODELS, view.models, choices.models, heard, partial(model_name, catalog))
        if len(choices.makers) > 1 or view.makers:
            _list("Maker", MAKERS, view.makers, choices.makers, heard)
        if choices.projects or view.projects:
            _list("Project", PROJECTS, view.projects, choices.projects, heard)
        _dates(view, heard)
        if choices.cents:
            _costs(view, heard)
        _lengths(view, choices, heard)
    _pills("Aspect ratio", RATIOS, view.ratios, choices.ratios, heard)
    sounds = [] if view.sound is None else [view.sound]
    _show(SOUND, sounds[0] if sounds else None)
    st.pills("Sound", [True, False], key=SOUND, format_func=SOUND_WORDS.__getitem__, on_change=heard)


def _toggle(label: str, key: str, on: bool, heard: Callable[[], None]) -> None:
    _show(key, on)
    st.toggle(label, key=key, on_change=heard)


def _pills(
    label: str,
    key: str,
    chosen: Sequence[str],
    counts: Mapping[str, int],
    heard: Callable[[], None],
    said: Callable[[str], str] = str,
) -> None:
    options = _options(chosen, counts)
    if len(options) < 2 and not chosen:
        return
    _show(key, list(chosen))
    st.pills(
        label,
        options,
        key=key,
        selection_mode="multi",
        format_func=lambda value: f"{as_text(said(value))} :small[{counts.get(value, 0):,}]",
        on_change=heard,
    )


def _list(
    label: str,
    key: str,
    chosen: Sequence[str],
    counts: Mapping[str, int],
    heard: Callable[[], None],
    said: Callable[[str], str] = str,
) -> None:
    _show(key, list(chosen))
    st.multiselect(
        label,
        _options(chosen, counts),
        key=key,
        format_func=lambda value: f"{said(value)} ({counts.get(value, 0):,})",
        placeholder="Any",
        on_change=heard,
    )


def _dates(view: View, heard: Callable[[], None]) -> None:
    for label, key, day in (("Asked from", SINCE, view.days[0]), ("Asked until", UNTIL, view.days[1])):
        _show(key, day)
        st.date_input(
            label,
            value=None,
            min_value=date(2000, 1, 1),
            max_value=date(2200, 12, 31),
            key=key,
            format="DD.MM.YYYY",
            on_change=heard,
        )


def _costs(view: View, heard: Callable[[], None]) -> None:
    for label, key, cents in (
        ("Cost from, in USD", LEAST, view.cents[0]),
        ("Cost up to, in USD", MOST, view.cents[1]),
    ):
        _show(key, None if cents is None else cents / 100)
        st.number_input(
            label, min_value=0.0, max_value=1_000_000.0, value=None, key=key, format="%.2f", on_change=heard
        )


def _lengths(view: View, choices: Choices, heard: Callable[[], None]) -> None:
    there = sorted({*choices.seconds, *(bound for bound in view.seconds if bound is not None)})
    if len(there) < 2:
        return
    least, most = view.seconds
    chosen = (there[0] if least is None else least, there[-1] if most is None else most)
    if SECONDS in st.session_state:
        _show(SECONDS, chosen)
    st.select_slider(
        "Length in seconds",
        there,
        value=chosen,  # that makes it a range
        key=SECONDS,
        format_func=lambda seconds: f"{seconds} s",
        on_change=heard,
    )


def _show(key: str, value: Any) -> None:
    """Has a field show what the address says. What it shows already is left alone: somebody may be typing."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def _heard(now: Now, choices: Choices, find: Change, correct: Change) -> None:
    """A field has changed: the view is what all that are drawn say now."""
    state, view = st.session_state, now()

    def said(key: str, otherwise: Any) -> Any:
        return state.get(key, otherwise)

    typed = tuple(
        None if usd is None else round(usd * 100)
        for usd in (
            said(key, None if bound is None else bound / 100)
            for key, bound in zip((LEAST, MOST), view.cents, strict=True)
        )
    )
    picked = said(SINCE, view.days[0]), said(UNTIL, view.days[1])
    cents, days = _in_order(typed), _in_order(picked)
    change = find if (cents, days) == (typed, picked) else correct
    change(
        view.at_the_top(
            standings=tuple(Standing(value) for value in said(STANDINGS, view.standings)),
            models=tuple(said(MODELS, view.models)),
            makers=tuple(said(MAKERS, view.makers)),
            ratios=tuple(said(RATIOS, view.ratios)),
            projects=tuple(said(PROJECTS, view.projects)),
            seconds=_seconds(view, choices),
            cents=cents,
            days=days,
            sound=said(SOUND, view.sound),
            starred=bool(said(STARRED, view.starred)),
            mine=bool(said(MINE, view.mine)),
        )
    )


def _seconds(view: View, choices: Choices) -> tuple[int | None, int | None]:
    """What the slider says; an end of it that stands at the end of what there is bounds nothing."""
    chosen = st.session_state.get(SECONDS)
    if not isinstance(chosen, tuple) or len(chosen) != 2:
        return view.seconds
    least, most = chosen
    there = [*choices.seconds, least, most]
    return (None if least <= min(there) else least, None if most >= max(there) else most)


def _in_order(bounds: tuple[Any, ...]) -> tuple[Any, Any]:
    least, most = bounds
    return (most, least) if least is not None and most is not None and least > most else (least, most)


def model_name(catalog: Catalog, model: str) -> str:
    """What a model is called; its id where the catalogue does not know it any more."""
    entry = catalog.entry(model)
    return model if entry is None else entry.name or model


def standing_words(standing: str) -> str:
    """What a state is called among the filters."""
    return STANDING_WORDS[Standing(standing)]


def _options(chosen: Sequence[str], counts: Mapping[str, int]) -> list[str]:
    """What there is, and what is chosen though there is none of it any more."""
    return list(dict.fromkeys([*counts, *chosen]))
