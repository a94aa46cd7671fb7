"""The Streamlit script: it runs on every interaction, so it does as little as it can.

Who is looking, which page, and the badge that tells a sandbox from the real thing.
"""

from pathlib import Path

import streamlit as st

from components.form.keeping import open_desk
from components.gallery.dialogs import closed
from components.gallery.herald import herald
from components.identity import signed_in
from components.jobs.job import Destination, new_id
from components.jobs.store import StoreError
from components.services import StartError, services

ROOT = Path(__file__).resolve().parent.parent
# The other pages are reached from these.
IN_THE_HEADER = ("studio", "history", "charts")

# A picture of our own: for an icon by name the browser would ask a host outside.
st.set_page_config(
    page_title="Video Playground", page_icon=str(ROOT / "components" / "icon.png"), layout="wide"
)
pages = {
    "studio": st.Page(
        ROOT / "pages" / "studio.py", title="Studio", icon=":material/movie_edit:", default=True
    ),
    "history": st.Page(ROOT / "pages" / "history.py", title="History", icon=":material/video_library:"),
    "charts": st.Page(ROOT / "pages" / "charts.py", title="Charts", icon=":material/bar_chart:"),
    "disk": st.Page(ROOT / "pages" / "disk.py", title="Disk", icon=":material/hard_drive:"),
    "compare": st.Page(ROOT / "pages" / "compare.py", title="Compare", icon=":material/compare:"),
}
page = st.navigation(list(pages.values()), position="hidden")

try:
    shared = services()
except StartError as error:
    st.error(f"Video Playground cannot start. {error}", icon=":material/error:")
    st.stop()

state = st.session_state
# Only where a login is set up (`[auth]` in secrets.toml) does Streamlit say whether anybody has signed in.
user = st.user.to_dict()
person = signed_in(user)
if "owner" in state and state.get("person") != person:
    state.clear()  # the tab was another person's, or nobody's: nothing of theirs is shown to this one
state["person"] = person
closed()
state["pages"] = pages
if "owner" not in state:
    # A browser that refuses cookies is somebody too, for as long as its tab is open.
    state["owner"] = person or shared.identity.owner(st.context.cookies) or new_id()

try:
    desk = open_desk(state, shared, state["owner"])
except StoreError as error:
    st.error(str(error), icon=":material/error:")
    st.stop()
# What stands in the switch now; the desk has it once the page has run.
chosen = shared.destination(state.get("destination") or desk.destination)
with st.container(horizontal=True, vertical_alignment="center", key="header"):
    for name in IN_THE_HEADER:
        st.page_link(pages[name])
    st.space("stretch")
    if "is_logged_in" in user:
        if person is None:
            st.button("Sign in", key="sign-in", type="tertiary", on_click=st.login)
        else:
            st.button("Sign out", key="sign-out", type="tertiary", on_click=st.logout)
    with st.container(width="content"):
        herald(state["owner"], watched=page in (pages["studio"], pages["history"]))
    if chosen is Destination.LIVE:
        st.badge("AI/ML API: real videos, real cost", icon=":material/paid:", color="violet")
    else:
        st.badge("Sandbox: previews, no AI, no cost", icon=":material/science:", color="orange")
try:
    page.run()
except StoreError as error:
    st.error(f"{error} Nothing was lost; try again in a moment.", icon=":material/error:")
