"""The ASGI entry: `streamlit run app.py` and `uvicorn app:app` both serve it. The script is components/shell.py."""

from pathlib import Path

import streamlit as st

from components.server import lifespan, middleware, routes

app = st.App(
    Path(__file__).resolve().parent / "components" / "shell.py",
    lifespan=lifespan,
    routes=routes,
    middleware=middleware,
)
