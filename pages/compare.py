"""Compare: two to four takes side by side; `?takes=ID,ID` says which."""

import streamlit as st

st.subheader("Compare")
st.page_link(st.session_state["pages"]["history"], label="Back to History")
