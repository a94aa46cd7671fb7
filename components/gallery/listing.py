"""History's list: what is looked for, the takes that were found, and the way to newer and older ones."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.downloads import Form, listed
from components.gallery.bulk import bulk_bar
from components.gallery.chips import chips
from components.gallery.contact_sheet import contact_sheet
from components.gallery.doing import SELECTED
from components.gallery.filters import filters, order, search
from components.gallery.sheet_card import sheet_card
from components.jobs.expectation import Expectation
from components.jobs.finding.history import MOST_COUNTED, Found
from components.jobs.finding.typed import typed
from components.jobs.finding.view import Choices, View
from components.jobs.job import Job
from components.jobs.store import StoreError
from components.services import Services

TAKES_ON_A_PAGE = 24
FIELDS, TAKES = "fields", "takes"
"""The two fragments of the page: the filters, and all that changes with what is looked for."""
SELECTING = "history|selecting"
_FORMS = {Form.ZIP: "Everything as ZIP", Form.EXCEL: "List for Excel", Form.CSV: "List as CSV"}


def view_now() -> View:
    """What the page's address asks for."""
    return View.read({name: st.query_params.get_all(name) for name in st.query_params})


def go(view: View, **more: str) -> None:
    """Puts `view`, and parameters besides, into the page's address. In a callback."""
    st.query_params.from_dict({**view.params(), **more})


def find(view: View) -> None:
    """Puts `view` into the address, which the fields say already: of some thirty none is drawn again."""
    go(view)
    st.rerun(TAKES)


def correct(view: View) -> None:
    """Puts `view` into the address, and has the fields say it too."""
    go(view)
    st.rerun([FIELDS, TAKES])


def filtering(shared: Services) -> None:
    """Draws the filters as the address has them."""
    choices = shared.store.history.choices(bin=view_now().bin)
    with st.container():
        if choices.total:
            filters(view_now, choices, shared.catalog, find, correct)


def look(shared: Services, view: View) -> Found:
    """The takes of `view`; its first page where nothing is left of the one that was asked for."""
    owner = st.session_state["owner"]
    found = shared.store.history.find(view, owner=owner, limit=TAKES_ON_A_PAGE)
    is_first = found.newer is None and (view.before or view.after)
    # The first page is a full one, whatever led there.
    return (
        shared.store.history.find(view.at_the_top(), owner=owner, limit=TAKES_ON_A_PAGE)
        if is_first
        else found
    )


def listing(shared: Services, above: DeltaGenerator) -> None:
    """Draws the list that the address asks for, and its search field `above`."""
    view = view_now()
    choices = shared.store.history.choices(bin=view.bin)
    found = look(shared, view)
    # Each in a place of its own: what comes and goes in one moves no other.
    chosen, counted, selecting, nothing, sheet, turning = (st.container() for _ in range(6))
    if choices.total:
        with above:
            search(view_now, go)
        with chosen:
            chips(view, shared.catalog, correct)
        with counted:
            _count(shared, view, choices, found)
    with selecting:
        if st.session_state.get(SELECTING):
            bulk_bar(view, [job.id for job in found.jobs], selected())
    with nothing:
        if choices.total and not found.jobs:
            _nothing(shared, view)
    with sheet:
        _sheet(shared, view, found.jobs)
    with turning:
        _turn(view, found)


def selected() -> list[str]:
    """The ids of the takes that are selected, in the order in which they were."""
    ids: list[str] = st.session_state.setdefault(SELECTED, [])
    return ids


def _sheet(shared: Services, view: View, jobs: Sequence[Job]) -> None:
    sought, now, chosen = typed(view.words), time.time(), set(selected())
    contact_sheet(
        [
            sheet_card(
                job,
                now=now,
                sought=sought,
                expected=_expected(shared, job),
                selected=job.id in chosen,
            )
            for job in jobs
        ],
        key="sheet",
        selecting=bool(st.session_state.get(SELECTING)),
        page=f"{view.before} {view.after}",
        on_open=partial(_open, view),
        on_star=partial(_star, shared),
        on_select=_select,
    )


def _expected(shared: Services, job: Job) -> Expectation | None:
    """How long a take that is being made will take."""
    order = job.order
    return shared.expected(order.destination, order.model, order.seconds) if job.followed else None


def _open(view: View, job_id: str) -> None:
    go(view, job=job_id)
    st.rerun()  # of the whole page: the list gives way to the take


def _star(shared: Services, ids: Sequence[str], on: bool) -> None:
    try:
        shared.store.sorting.star(ids, on)
    except StoreError as error:
        st.toast(f"That did not work. {error}")


def _select(ids: Sequence[str], on: bool) -> None:
    chosen = [job_id for job_id in selected() if job_id not in ids]
    st.session_state[SELECTED] = [*chosen, *ids] if on else chosen


def _count(shared: Services, view: View, choices: Choices, found: Found) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":small[:gray[{_counted(shared, view, choices, found)}]]", width="stretch")
        order(view_now, go)
        st.toggle("Select", key=SELECTING, on_change=_end_selecting)
        if found.jobs:
            with st.popover("Hand on", icon=":material/download:", key="hand-on", on_change="rerun") as fold:
                if fold.open:
                    _hand_on(shared, view)


def _counted(shared: Services, view: View, choices: Choices, found: Found) -> str:
    left = shared.store.backlog.left
    older = f" · Older takes are still being put into the search: {left:,} left." if left else ""
    return _how_many(shared, view, choices, found) + older


def _how_many(shared: Services, view: View, choices: Choices, found: Found) -> str:
    if not view.narrowed:
        return f"{choices.total:,} take{'s' * (choices.total != 1)}"
    if view.before is None and view.after is None and found.older is None:
        here = len(found.jobs)
    else:
        here = shared.store.history.count(view, owner=st.session_state["owner"])
    more = "more than " if here >= MOST_COUNTED else ""
    return f"{more}{here:,} of {choices.total:,} takes"


def _hand_on(shared: Services, view: View) -> None:
    """All takes of this view, on all its pages, to be downloaded."""
    state = st.session_state
    viewer = shared.identity.owner(st.context.cookies)
    st.caption("Every take that this list shows, on all its pages.")
    for form, label in _FORMS.items():
        address = listed(view.at_the_top().params(), form, owner=state["owner"], viewer=viewer)
        st.link_button(label, address, key=f"hand-on-{form}", width="stretch")


def _nothing(shared: Services, view: View) -> None:
    with st.container(border=True, key="nothing-found"):
        if view.words and replace_words(view).narrowed:
            st.markdown("**Nothing here is like that.** No take fits both the words and the filters.")
        elif view.words:
            st.markdown("**Nothing here is like that.** Try fewer words, or only the beginning of one.")
        else:
            st.markdown("**Nothing here is like that.** No take fits all of these filters.")
        with st.container(horizontal=True):
            if view.narrowed:
                st.button("Show all takes", key="show-all", on_click=partial(correct, view.everything))
            if not view.bin and view.words and shared.store.history.count(in_the_bin(view), most=1):
                st.button("Look in the bin", key="look-in-bin", on_click=partial(_look_in, in_the_bin(view)))


def replace_words(view: View) -> View:
    """The view without its words."""
    return view.at_the_top(words="")


def in_the_bin(view: View) -> View:
    """The same words, among what was deleted."""
    return View(words=view.words, bin=True)


def _look_in(bin: View) -> None:
    go(bin)
    st.rerun()  # of the whole page: it is called otherwise


def _turn(view: View, found: Found) -> None:
    with st.container(horizontal=True, horizontal_alignment="center"):
        if found.newer is not None:
            back = view.at_the_top(after=found.newer)
            st.button("Newer", icon=":material/chevron_left:", key="newer", on_click=partial(go, back))
        if found.older is not None:
            on = view.at_the_top(before=found.older)
            st.button(
                "Older",
                icon=":material/chevron_right:",
                icon_position="right",
                key="older",
                on_click=partial(go, on),
            )


def _end_selecting() -> None:
    if not st.session_state.get(SELECTING):
        st.session_state[SELECTED] = []
