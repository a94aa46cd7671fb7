"""A tiny app around the prompt field, for its own tests: what arrives is written to a file."""

import json
import os
from pathlib import Path

import streamlit as st

from components.form.prompt import prompt_field, prompt_problem, prompt_text, set_prompt

DATA = Path(os.environ["PLAYGROUND_DATA"])
DRAFT = DATA / "draft.txt"
KEY = "one"


def note(event: str) -> None:
    with (DATA / "events.jsonl").open("a") as file:
        file.write(
            json.dumps({"event": event, "text": prompt_text(KEY), "problem": prompt_problem(KEY)}) + "\n"
        )


def save() -> None:
    DRAFT.write_text(prompt_text(KEY) or "", encoding="utf-8")
    note("change")


def write() -> None:
    st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    if st.toggle("Something above"):
        st.info("This was not here before.")
    kept = DRAFT.read_text(encoding="utf-8") if DRAFT.exists() else ""
    one = prompt_field(
        "Prompt",
        kept,
        key=KEY,
        limit=50,
        help="What the video shows.",
        placeholder="A lighthouse in the fog",
        problem="Write something first." if st.session_state.get("insist") else "",
        on_change=save,
        on_submit=lambda: note("submit callback"),
    )
    two = prompt_field("Avoid", "", key="two", rows=2)
    st.text_area("Native", placeholder="A lighthouse in the fog", height="content")
    if st.button("Generate", type="primary", shortcut="Ctrl+Enter", on_click=note, args=("click callback",)):
        note("click")
    if one.submitted or two.submitted:
        note("submitted")
    st.button("Starter", on_click=set_prompt, args=(KEY, "A fox\r\nin the snow"))
    st.toggle("Insist", key="insist")
    st.code(f"{len(one.text)}|{len(two.text)}")
    st.caption(f"Run {st.session_state['runs']}")


def elsewhere() -> None:
    st.title("Elsewhere")


page = st.navigation([st.Page(write, default=True), st.Page(elsewhere)])
page.run()
