"""Sorting out many takes: what is selected, and what can be done with it. Shown while somebody selects."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components.downloads import MOST_CHOSEN, Form, prepare
from components.gallery.dialogs import dialog
from components.gallery.doing import SELECTED, begin, redraw, say
from components.gallery.work import What, takes
from components.jobs.finding.history import MOST_COUNTED
from components.jobs.finding.view import View
from components.jobs.sorting import LONGEST_PROJECT, one_line
from components.jobs.store import StoreError
from components.services import services

MOST_SELECTED = 100_000
"""So many takes can be selected at once."""
MOST_COMPARED = 4

_NO_PROJECT = "No project"
_FILES = {
    Form.ZIP: ("ZIP: videos and everything else", ":material/folder_zip:"),
    Form.CSV: ("CSV: the list", ":material/csv:"),
    Form.EXCEL: ("Excel: the list", ":material/table:"),
}


def bulk_bar(view: View, on_page: Sequence[str], chosen: Sequence[str]) -> None:
    """What is `chosen`, more to select, and what can be done with it, for a page of `view` that shows `on_page`."""
    redraw()
    owner = st.session_state["owner"]
    here = len(set(chosen).intersection(on_page))
    with st.container(border=True, key="bulk"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            count = (
                f"**{len(chosen):,} selected**"
                if chosen
                else "**Nothing selected.** Tick the takes you mean."
            )
            elsewhere = len(chosen) - here
            st.markdown(
                count + (f" · {elsewhere:,} of them not on this page" if elsewhere else ""), width="content"
            )
            _more(view, on_page, chosen, here)
        if chosen:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                _actions(view, tuple(chosen), owner)


def _more(view: View, on_page: Sequence[str], chosen: Sequence[str], here: int) -> None:
    owner = st.session_state["owner"]
    if here < len(on_page):
        st.button(
            f"Select all on this page ({len(on_page)})",
            key="select-page",
            icon=":material/select_check_box:",
            on_click=_select,
            args=(on_page,),
        )
    there = _matching(view, owner)
    if there > max(len(on_page), len(chosen)):
        counted = f"{there:,} or more" if view.narrowed and there >= MOST_COUNTED else f"{there:,}"
        st.button(
            f"Select all that match ({counted})" if view.narrowed else f"Select all {counted}",
            key="select-all",
            icon=":material/select_all:",
            on_click=_select_all,
            args=(view, owner),
        )
    if chosen:
        st.button("Select none", key="select-none", type="tertiary", on_click=_select_none)


def _actions(view: View, chosen: tuple[str, ...], owner: str) -> None:
    if view.bin:
        _button("Restore", ":material/restore_from_trash:", What.RESTORE, chosen)
        if st.button("Delete for good", key="bulk-remove", icon=":material/delete_forever:"):
            ask_to_remove(chosen)
        return
    _button("Star", ":material/star:", What.STAR, chosen)
    _button("Unstar", ":material/star_border:", What.UNSTAR, chosen)
    if st.button("Move to project", key="bulk-move", icon=":material/drive_file_move:"):
        ask_where_to(chosen)
    if st.button("Download", key="bulk-download", icon=":material/download:"):
        offer_download(chosen, owner)
    st.button("Compare", key="bulk-compare", icon=":material/compare:", on_click=_compare, args=(chosen,))
    _button("Delete", ":material/delete:", What.BIN, chosen)


def _button(label: str, icon: str, what: What, chosen: tuple[str, ...]) -> None:
    st.button(label, key=f"bulk-{what}", icon=icon, on_click=begin, args=(what, chosen))


def _matching(view: View, owner: str) -> int:
    """How many takes `view` shows; counting ends at MOST_COUNTED."""
    history = services().store.history
    return history.count(view, owner=owner) if view.narrowed else history.choices(bin=view.bin).total


def _select(ids: Sequence[str]) -> None:
    st.session_state[SELECTED] = list(dict.fromkeys([*st.session_state.get(SELECTED, []), *ids]))


def _select_none() -> None:
    st.session_state[SELECTED] = []


def _select_all(view: View, owner: str) -> None:
    try:
        ids = services().store.history.ids(view, owner=owner, most=MOST_SELECTED + 1)
    except StoreError as error:
        say(f"Not all could be selected. {error}", failed=True)
        return
    _select(ids[:MOST_SELECTED])
    if len(ids) > MOST_SELECTED:
        say(f"The first {MOST_SELECTED:,} are selected, which is as many as can be. Then select the others.")


def _compare(chosen: tuple[str, ...]) -> None:
    if 2 <= len(chosen) <= MOST_COMPARED:
        st.switch_page(st.session_state["pages"]["compare"], query_params={"takes": ",".join(chosen)})
    else:
        say(
            f"Two to four takes can be compared side by side. Now {len(chosen):,} {_are(len(chosen))} selected."
        )


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


@dialog("Move to project")
def ask_where_to(chosen: Sequence[str]) -> None:
    """Asks for the project into which these takes are moved; a new one is made by its name."""
    names = list(services().store.history.choices().projects)
    given = st.selectbox(
        "Project",
        [_NO_PROJECT, *names],
        index=None,
        placeholder="Choose one, or type a new name",
        accept_new_options=True,
        key="bulk-project",
        help=f"At most {LONGEST_PROJECT} characters count.",
    )
    with st.container(horizontal=True):
        if st.button("Move", type="primary", icon=":material/drive_file_move:", key="move-confirmed"):
            if not given or not one_line(given):
                st.error("Choose a project first, or type the name of a new one.")
                return
            begin(What.MOVE, chosen, "" if given == _NO_PROJECT else given)
            st.rerun()
        if st.button("Leave them", key="move-dismissed"):
            st.rerun()


@dialog("Download")
def offer_download(chosen: Sequence[str], owner: str) -> None:
    """Offers these takes as one file of each kind."""
    st.write(f"{takes(len(chosen))}:" if len(chosen) > 1 else "The take that is selected:")
    viewer = services().identity.owner(st.context.cookies)
    for form, (label, icon) in _FILES.items():
        address = prepare(chosen, form, owner=owner, viewer=viewer)
        st.link_button(label, address, icon=icon, key=f"download-{form}", width="stretch")
    st.caption("The links work for an hour, in this browser.")
    if len(chosen) > MOST_CHOSEN:
        st.warning(f"One file holds at most {MOST_CHOSEN:,} takes: these have the first ones you selected.")


@dialog("Delete for good?")
def ask_to_remove(chosen: Sequence[str]) -> None:
    """Asks, and removes takes in the bin with their files."""
    what = takes(len(chosen))
    st.write(
        f"{what} will be removed from this playground with everything about "
        f"{'it' if len(chosen) == 1 else 'them'}, the video included. This cannot be undone. "
        "What was charged stays charged."
    )
    with st.container(horizontal=True):
        if st.button(
            "Delete for good", type="primary", icon=":material/delete_forever:", key="remove-confirmed"
        ):
            begin(What.REMOVE, chosen)
            st.rerun()
        if st.button("Keep in the bin", key="remove-dismissed"):
            st.rerun()
