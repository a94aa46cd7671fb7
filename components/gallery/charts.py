"""Charts of what was made: by time, by model, by person, each with the same figures as a table.

The page's address says of which period, models and kind. pandas is loaded when there is something to draw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import streamlit as st

from components.catalog.pricing.money import money
from components.downloads import Form, listed
from components.gallery.asked import MADE, PERIODS, Asked
from components.gallery.figures_table import table_html
from components.gallery.filters import model_name
from components.jobs.finding.view import View
from components.jobs.job import Destination
from components.jobs.summary import Figures, Summary
from components.services import Services
from components.words import clock

MOST_BARS = 12
"""More models or people than these are one bar together."""
_FILES = {Form.EXCEL: "The takes for Excel", Form.CSV: "The takes as CSV"}
_DAY = timedelta(days=1)
_MOST_NAMED = 31
"""So many days each have their name below their bar; more are an axis of time."""
_COLOURS = ("primary", "red", "gray")
_PERIOD, _MODELS, _MADE = "charts-period", "charts-models", "charts-made"


def charts(shared: Services, today: date) -> None:
    """The fields, the figures and the charts that the address asks for."""
    asked = Asked.read({name: st.query_params.get_all(name) for name in st.query_params})
    known = shared.store.history.choices()
    anything = known.total or shared.store.history.choices(bin=True).total
    if not anything:
        with st.container(border=True):
            st.markdown("**No figures yet.** What is made here, by anyone, is counted on this page.")
            studio = st.session_state["pages"]["studio"]
            st.page_link(studio, label="Make the first video in the Studio", icon=":material/movie_edit:")
        return
    _fields(asked, list(known.models), partial(model_name, shared.catalog))
    summary = shared.store.summaries.made(
        asked.first(today),
        today,
        models=asked.models,
        destination=Destination(asked.made) if asked.made else None,
    )
    if not summary.total.takes:
        with st.container(border=True, key="no-figures"):
            narrowed = asked.models or asked.made
            st.markdown(
                f"**Nothing like that was made {asked.words}.**"
                if narrowed
                else f"**Nothing was made {asked.words}.**"
            )
            st.button("Show everything so far", key="charts-all", on_click=_go, args=(Asked(days=0),))
        return
    _totals(summary.total, asked)
    _by_time(summary)
    _bars("By model", "Model", _few(summary.models, partial(model_name, shared.catalog), "other models"))
    _bars("By person", "Person", _few(summary.people, _person(shared), "others"))
    _notes(shared, asked, today)


def _fields(asked: Asked, models: Sequence[str], name: Callable[[str], str]) -> None:
    state = st.session_state
    state[_PERIOD], state[_MODELS], state[_MADE] = asked.days, list(asked.models), asked.made
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            "Period",
            list(PERIODS),
            key=_PERIOD,
            format_func=PERIODS.__getitem__,
            on_change=_heard,
            args=(asked,),
        )
        st.selectbox(
            "What",
            list(MADE),
            key=_MADE,
            format_func=MADE.__getitem__,
            on_change=_heard,
            args=(asked,),
            width=200,
        )
        st.multiselect(
            "Models",
            list(dict.fromkeys([*models, *asked.models])),
            key=_MODELS,
            format_func=name,
            placeholder="All models",
            on_change=_heard,
            args=(asked,),
            width=320,
        )


def _heard(asked: Asked) -> None:
    """A field was changed: the address says so."""
    state = st.session_state
    period = state[_PERIOD]
    _go(Asked(asked.days if period is None else period, tuple(state[_MODELS]), state[_MADE]))


def _go(asked: Asked) -> None:
    st.query_params.from_dict(asked.params())


def _totals(total: Figures, asked: Asked) -> None:
    with st.grid("auto", min_column_width=150, gap="small"):
        st.metric("Takes", f"{total.takes:,}")
        st.metric("Success", _share(total), help="Of those that came to an end, as a video or as a failure.")
        st.metric("Median wait", _wait(total), help="From sending a take until it was ready.")
        if asked.made != Destination.SANDBOX.value:
            st.metric("Charged", _usd(total.usd), help="What the provider said it charged.")
        if asked.made != Destination.LIVE.value:
            st.metric("Pretend", _usd(total.pretend), help="What previews of the sandbox would have cost.")


def _by_time(summary: Summary) -> None:
    import pandas as pd

    st.markdown("#### By month" if summary.by_month else "#### By day")
    times = list(summary.times)
    if summary.by_month:
        index = pd.Index([f"{day:%b %Y}" for day, _ in times], name="Month")
    elif len(times) <= _MOST_NAMED:
        index = pd.Index([f"{day.day} {day:%b}" for day, _ in times], name="Day")
    else:  # with an empty day at each end: bars at the edges are cut in half
        times = [(times[0][0] - _DAY, Figures()), *times, (times[-1][0] + _DAY, Figures())]
        index = pd.to_datetime([day.isoformat() for day, _ in times])
    frame = pd.DataFrame(_heights(figures for _, figures in times), index=index)
    busiest, most = max(summary.times, key=lambda one: one[1].takes)
    unit, named = ("month", _month) if summary.by_month else ("day", _day)
    st.bar_chart(
        frame,
        sort=False,
        color=[*_COLOURS],
        x_label="",
        y_label="Takes",
        height=260,
        alt=f"Takes of each {unit}. The most: {most.takes:,} ({named(busiest)}). All figures are in the table below.",
    )
    rows = [(named(day), figures) for day, figures in reversed(summary.times) if figures.takes]
    _table(unit.capitalize(), rows)


def _bars(title: str, kind: str, rows: Sequence[tuple[str, Figures]]) -> None:
    import pandas as pd

    st.markdown(f"#### {title}")
    if len(rows) == 1:  # a single bar says nothing
        _table(kind, rows, folded=False)
        return
    names = pd.Index([name for name, _ in rows], name=kind)
    frame = pd.DataFrame(_heights(figures for _, figures in rows), index=names)
    name, most = rows[0]
    st.bar_chart(
        frame,
        horizontal=True,
        sort=False,
        color=[*_COLOURS],
        x_label="",
        y_label="Takes",
        height=140 + 34 * len(rows),
        alt=f"Takes {title.lower()}. First: {name} with {most.takes:,}. All figures are in the table below.",
    )
    _table(kind, rows)


def _heights(figures: Iterable[Figures]) -> dict[str, list[int]]:
    """What a bar is made of, for each bar."""
    parts = list(figures)
    return {
        "Ready": [part.ready for part in parts],
        "Failed": [part.failed for part in parts],
        "Other": [part.others for part in parts],
    }


def _table(kind: str, rows: Sequence[tuple[str, Figures]], *, folded: bool = True) -> None:
    columns: dict[str, Callable[[Figures], str]] = {
        "Takes": lambda figures: f"{figures.takes:,}",
        "Ready": lambda figures: f"{figures.ready:,}",
        "Failed": lambda figures: f"{figures.failed:,}",
        "Success": _share,
        "Median wait": _wait,
    }
    if any(figures.usd for _, figures in rows):
        columns["Charged"] = lambda figures: _usd(figures.usd)
    if any(figures.pretend for _, figures in rows):
        columns["Pretend"] = lambda figures: _usd(figures.pretend)
    lines = [(name, [cell(figures) for cell in columns.values()]) for name, figures in rows]
    place = st.expander("The figures as a table", icon=":material/table:") if folded else st.container()
    with place:
        st.html(table_html([kind, *columns], lines))


def _few(found: Mapping[str, Figures], name: Callable[[str], str], others: str) -> list[tuple[str, Figures]]:
    """The names and figures of the first ones, and of all the others together. No two have the same name."""
    rows: dict[str, Figures] = {}
    for n, (key, figures) in enumerate(found.items()):
        label = name(key) if n < MOST_BARS else f"{len(found) - MOST_BARS:,} {others}"
        rows[label] = rows[label] + figures if label in rows else figures
    return list(rows.items())


def _person(shared: Services) -> Callable[[str], str]:
    """What people are called: nobody's id is shown to anybody."""
    numbers, me = shared.store.summaries.people(), st.session_state["owner"]
    email: Any = st.user.to_dict().get("email")
    you = f"You ({email[:80]})" if isinstance(email, str) and email else "You"
    return lambda owner: you if owner == me else f"Person {numbers.get(owner, 0)}"


def _notes(shared: Services, asked: Asked, today: date) -> None:
    st.caption(
        "Takes in the bin count, since they were made and paid for; what was deleted for good does not. "
        "A person is whoever signed in, or else a browser; the numbers say who came first."
    )
    if asked.made:
        return  # the list cannot be narrowed by that
    first, state = asked.first(today), st.session_state
    view = View(models=asked.models, days=(first, today if first else None))
    viewer = shared.identity.owner(st.context.cookies)
    with st.container(horizontal=True, vertical_alignment="center"):
        pages = state["pages"]
        st.page_link(
            pages["history"],
            label="See these takes",
            icon=":material/video_library:",
            query_params=view.params(),
        )
        for form, label in _FILES.items():
            address = listed(view.params(), form, owner=state["owner"], viewer=viewer)
            st.link_button(label, address, icon=":material/download:", key=f"charts-{form}")


def _share(figures: Figures) -> str:
    return "–" if figures.success is None else f"{figures.success:.0%}"


def _wait(figures: Figures) -> str:
    return "–" if figures.waiting is None else clock(figures.waiting)


def _usd(figure: float) -> str:
    return money(Decimal(f"{figure:.6f}"))


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _month(day: date) -> str:
    return f"{day:%B %Y}"
