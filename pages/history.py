"""History: every take that was made here, found by a few words of it; `?job=ID` opens one."""

from functools import partial

import streamlit as st

from components.gallery.bin_view import bin_head
from components.gallery.disk import disk_line
from components.gallery.doing import notice
from components.gallery.listing import FIELDS, TAKES, filtering, listing, view_now
from components.gallery.retry import retry, retry_board
from components.gallery.shelves import watch
from components.gallery.take import take
from components.services import services

shared = services()
pages = st.session_state["pages"]

seen = shared.store.revision()
wanted = st.query_params.get("job")
opened = shared.store.get(wanted) if wanted else None
if opened is not None:
    watch(seen, opened.followed)
    take(
        opened,
        shared.catalog,
        retry=partial(retry, shared),
        redraft=partial(retry_board, shared),
        view=view_now(),
    )
    st.stop()

watch(seen, shared.store.busy())
in_the_bin = view_now().bin
st.subheader("Bin" if in_the_bin else "History")
notice()
with st.container():
    if wanted:
        st.warning(
            "There is no take with this link: it was deleted, or the link is not whole. Here are the others."
        )
    if in_the_bin:
        bin_head()
    elif not shared.store.history.choices().total:
        with st.container(border=True):
            if shared.store.history.choices(bin=True).total:
                st.markdown("**Everything is in the bin.** From there it can be brought back.")
            else:
                st.markdown(
                    "**No takes yet.** Every video that is made here, by anyone, is kept on this page."
                )
            st.page_link(pages["studio"], label="Make one in the Studio", icon=":material/movie_edit:")


@st.fragment(key=FIELDS)
def at_the_fields() -> None:
    """The filters are drawn again where something else than they themselves says what is looked for."""
    filtering(shared)


@st.fragment(key=TAKES)
def at_the_takes() -> None:
    """What is looked for draws the list alone."""
    listing(shared, above)


above = st.container()
at_the_fields()
at_the_takes()
disk_line()
