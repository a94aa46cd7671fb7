"""A tiny app around the contact sheet, for its own tests: the takes stand in a file, what arrives is written to one."""

import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from components.gallery.contact_sheet import contact_sheet
from components.gallery.sheet_card import Card, sheet_card
from components.jobs.expectation import expectation
from components.jobs.finding.typed import typed
from components.jobs.job import Destination, Job, Order, State, VideoFile
from components.media import MEDIA

DATA = Path(os.environ["PLAYGROUND_DATA"])
VIDEO = VideoFile(size=1, seconds=5.0, width=640, height=360, fps=24.0, sound=False, poster=True)


def job(take: dict[str, Any]) -> Job:
    order = Order(
        owner="me",
        model="a/model",
        model_name="A Model",
        body={},
        destination=Destination.SANDBOX,
        base_url="built-in",
        path="/v2",
        prompt=take.get("prompt", ""),
        seconds=5,
        aspect_ratio="16:9",
    )
    state = State(take.get("state", "completed"))
    given = ("title", "note", "project", "starred", "problem", "detail", "next_at")
    return Job(
        id=take["id"],
        seq=1,
        order=order,
        state=state,
        created=take.get("created", 0.0),
        sent=take.get("sent"),
        video=VIDEO if state is State.COMPLETED else None,
        **{name: take[name] for name in given if name in take},
    )


def note(**said: Any) -> None:
    with (DATA / "events.jsonl").open("a") as file:
        file.write(json.dumps(said) + "\n")


def change(ids: Sequence[str], name: str, on: bool) -> None:
    note(what=name, ids=list(ids), on=on)
    takes = json.loads((DATA / "takes.json").read_text())
    for take in takes:
        if take["id"] in ids and take.get("keeps", True):
            take[name] = on
    write(takes)


def write(takes: Any) -> None:
    whole = DATA / "takes.app"
    whole.write_text(json.dumps(takes))
    whole.replace(DATA / "takes.json")


def card(take: dict[str, Any], words: str) -> Card:
    expected = expectation([take["usual"]] * 5, None) if "usual" in take else None
    return sheet_card(
        job(take),
        now=time.time(),
        sought=typed(words),
        expected=expected,
        selected=take.get("selected", False),
    )


def page() -> None:
    st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    # Above the sheet nothing comes or goes.
    words = st.text_input("Search")
    sort_up = st.toggle("Oldest first")
    selecting = st.toggle("Select")
    st.button("Look")  # which runs the page
    file = DATA / "takes.json"

    @st.fragment(run_every=0.25)
    def look() -> None:
        at = file.stat().st_mtime_ns
        if st.session_state.setdefault("at", at) != at:
            st.session_state["at"] = at
            st.rerun()

    if "watch" in st.query_params:
        look()
    takes = json.loads(file.read_text())
    found = [take for take in takes if words.lower() in json.dumps(take, ensure_ascii=False).lower()]
    contact_sheet(
        [card(take, words) for take in (reversed(found) if sort_up else found)],
        key="sheet",
        selecting=selecting,
        on_open=lambda id: note(what="open", ids=[id]),
        on_star=lambda ids, on: change(ids, "starred", on),
        on_select=lambda ids, on: change(ids, "selected", on),
    )
    st.caption(f"Run {st.session_state['runs']}")


app = st.App(Path(__file__), routes=[Mount(MEDIA, StaticFiles(directory=DATA / "media"))])
if st.runtime.exists() and st.runtime.scriptrunner.get_script_run_ctx() is not None:
    page()
