"""Disk: what takes up room here, the largest first; `?bin=yes` shows the largest in the bin."""

import streamlit as st

from components.gallery.disk import disk
from components.gallery.doing import notice
from components.gallery.shelves import watch
from components.services import services

shared = services()
watch(shared.store.revision(), False)
st.subheader("Disk")
notice()
disk(shared, bin=st.query_params.get("bin") == "yes")
st.page_link(st.session_state["pages"]["history"], label="Back to the History", icon=":material/arrow_back:")
