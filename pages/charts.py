"""Charts: what was made here, in figures; `?days=7`, `model=` and `made=` say of what."""

from datetime import date

import streamlit as st

from components.gallery.charts import charts
from components.services import services

st.subheader("Charts")
charts(services(), date.today())
