"""History: every take, newest first; `?job=ID` opens one."""

from functools import partial

import streamlit as st

from components.gallery.card import card
from components.gallery.retry import retry, retry_board
from components.gallery.shelves import shelve, watch
from components.gallery.take import take
from components.services import services

TAKES_ON_A_PAGE = 24

shared = services()
pages = st.session_state["pages"]
again = partial(retry, shared)


def place(name: str) -> int | None:
    """The number in the link that says where this page of takes begins; None without one, or for nonsense."""
    given = st.query_params.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None


seen = shared.store.revision()
wanted = st.query_params.get("job")
opened = shared.store.get(wanted) if wanted else None
if opened is not None:
    watch(seen, opened.followed)
    st.button(
        "All takes", icon=":material/arrow_back:", type="tertiary", key="all", on_click=st.query_params.clear
    )
    take(opened, shared.catalog, retry=again, redraft=partial(retry_board, shared))
    st.stop()

before, after = place("before"), place("after")
page = shared.store.page(before=before, after=None if before else after, limit=TAKES_ON_A_PAGE)
if page.newer is None and (before or after):
    page = shared.store.page(limit=TAKES_ON_A_PAGE)  # the newest page is a full one, whatever led there
watch(seen, any(job.followed for job in page.jobs))
st.subheader("History")
if wanted:
    st.warning(
        "There is no take with this link: it was deleted, or the link is not whole. Here are the others."
    )
if not page.jobs and (page.newer is not None or page.older is not None):
    st.markdown("There are no takes on this page of the history any more.")
elif not page.jobs:
    with st.container(border=True):
        st.markdown("**No takes yet.** Every video that is made here, by anyone, is kept on this page.")
        st.page_link(pages["studio"], label="Make the first one in the Studio", icon=":material/movie_edit:")
shelve(page.jobs, f"history {before} {after}", partial(card, retry=again), grid=True)
with st.container(horizontal=True, horizontal_alignment="center"):
    if page.newer is not None:
        turn = partial(st.query_params.from_dict, {"after": str(page.newer)})
        st.button("Newer", icon=":material/chevron_left:", key="newer", on_click=turn)
    if page.older is not None:
        turn = partial(st.query_params.from_dict, {"before": str(page.older)})
        st.button("Older", icon=":material/chevron_right:", icon_position="right", key="older", on_click=turn)
