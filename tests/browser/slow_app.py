"""The real app, on a machine on which each card takes its time: PLAYGROUND_TEST_CARD_MS milliseconds.

Streamlit applies changes one by one: only with slow cards does a browser see the page between two of them.
"""

import os
import time
from pathlib import Path
from typing import Any

import streamlit as st

from components.gallery import card as cards
from components.server import lifespan, middleware, routes

SECONDS = int(os.environ["PLAYGROUND_TEST_CARD_MS"]) / 1000
draw = cards.card


def slowly(*arguments: Any, **options: Any) -> None:
    time.sleep(SECONDS)
    draw(*arguments, **options)
    time.sleep(SECONDS)


# Before any page imports it.
cards.card = slowly

# As app.py; `streamlit run` looks for this line in the file that it is given.
app = st.App(
    Path(cards.__file__).resolve().parent.parent / "shell.py",
    lifespan=lifespan,
    routes=routes,
    middleware=middleware,
)
