"""The real app with a catalogue of PLAYGROUND_TEST_MODELS models: the bundled ones under many names and prices.

One of them has no form yet, and gets one when it is wanted; one never will.
"""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from components import server
from components.catalog.catalog import Catalog
from components.catalog.spec import ModelSpec
from components.services import services

COUNT = int(os.environ["PLAYGROUND_TEST_MODELS"])
MAKERS = ("Delta Labs", "Ünicorn", "North Pictures", "Lagoon", "Fernweh Studios")
KINDS = ("Turbo", "Master", "Motion", "Lite", "Cinema", "Sketch", "Voyage")
LATE, BROKEN = "lagoon/late", "lagoon/broken"
set_list = Catalog.set_list


def row(model: str, name: str, number: int) -> dict[str, Any]:
    """A row of the list."""
    usd = round(0.02 + (number * 37 % 100) / 100, 2)
    block = (
        {"kind": "fixed", "units": [{"name": "output", "measure": "second", "price": usd, "per": 1}]},
        {"kind": "fixed", "units": [{"name": "output", "measure": "generation", "price": usd * 5, "per": 1}]},
        {"kind": "variable"},
    )[0 if number % 5 else number % 3]
    return {
        "id": model,
        "type": "internal/video-generations/submit",
        "info": {
            "name": name,
            "developer": MAKERS[number % len(MAKERS)],
            "description": "Makes videos of whatever is asked for, quickly and with a steady camera.",
            "releasedAt": f"2025-{1 + number % 12:02}-{1 + number % 28:02}T00:00:00Z",
        },
        "pricing": block,
    }


def fill(catalog: Catalog) -> None:
    """Puts the models in, and keeps the sandbox's own list out."""
    bundled = catalog.models
    rows, read = [], dict[str, ModelSpec]()
    for number in range(COUNT - len(bundled) - 2):
        base = bundled[number % len(bundled)]
        model = f"maker-{number % len(MAKERS)}/{KINDS[number % len(KINDS)].lower()}-{number}"
        read[model] = replace(base, id=model, name=f"{KINDS[number % len(KINDS)]} {number}", aliases=())
        rows.append(row(model, read[model].name, number))
    rows += [row(LATE, "Late", 1), row(BROKEN, "Broken", 2)]
    for destination in ("sandbox", "live"):
        set_list(catalog, destination, rows)
    catalog.learn(read)
    catalog.distrust(BROKEN, "Its document has no address at which videos are created.")
    late = replace(bundled[-1], id=LATE, name="Late", aliases=())
    want = catalog.want

    def wanted(model: str) -> None:
        want(model)
        if model == LATE:
            catalog.learn({LATE: late})

    catalog.want = wanted  # type: ignore[method-assign]  # in the place of the reader
    # Nor does the reader find out what the sandbox knows of these models.
    Catalog.set_list = lambda *_: None  # type: ignore[assignment,method-assign]
    Catalog.distrust = lambda *_: None  # type: ignore[assignment,method-assign]


fill(services().catalog)
app = st.App(
    Path(server.__file__).resolve().parent / "shell.py",
    lifespan=server.lifespan,
    routes=server.routes,
    middleware=server.middleware,
)
