"""Compare: two to four takes side by side; `?takes=ID,ID` says which, `sound=2` whose sound is heard."""

import streamlit as st

from components.gallery.as_made import as_it_was
from components.gallery.comparing import comparing
from components.gallery.shelves import watch
from components.gallery.side_by_side import MOST, side_by_side, told
from components.gallery.what_differs import what_differs
from components.markdown import as_text
from components.services import services

shared = services()
history = st.session_state["pages"]["history"]
seen = shared.store.revision()
link = {name: ",".join(st.query_params.get_all(name)) for name in ("takes", "sound")}
if "takes" not in st.query_params and "job" in st.query_params:
    # Streamlit leaves such an address behind on the way from here to a take; "back" comes by it first.
    link = st.session_state.get("compared", link)
st.session_state["compared"] = link
what = side_by_side(link["takes"], link["sound"], shared.store.get)
watch(seen, any(job.followed for job in what.unready))


def hear(number: int) -> None:
    st.query_params.from_dict({"takes": ",".join(what.ids), "sound": str(number)})


def take_out(job_id: str) -> None:
    st.query_params.from_dict(what.without(job_id))


st.subheader("Compare")
for sentence in told(what):
    st.warning(as_text(sentence))
if what.jobs:
    opened = comparing(what.jobs, what.sound, on_sound=hear, on_out=take_out)
    if opened is not None:
        st.switch_page(history, query_params={"job": opened})
if len(what.jobs) > 1:
    what_differs(what.jobs, [as_it_was(job) or shared.catalog.find(job.order.model) for job in what.jobs])
if not what.jobs:
    st.markdown("Here two to four takes play side by side. Choose them in the History.")
elif len(what.jobs) == 1:
    st.markdown("Choose another take in the History to see the two side by side.")
with st.container(horizontal=True):
    if what.jobs and len(what.ids) < MOST:
        st.page_link(history, label="Add another take", icon=":material/add:")
    st.page_link(history, label="Back to the History", icon=":material/arrow_back:")
