"""The prompt field: counts as one types, keeps an over-long paste, loses nothing, Ctrl+Enter.

The browser holds the truth while someone types and reports it at most every 300 ms, on leaving the field and
before Ctrl+Enter (`prompt.js`). Python keeps a copy under f"{key}:text", which outlives a switch of the page,
and replaces the text only by a new revision (`set_prompt`), so that no rerun moves a caret. What has not
arrived yet is kept by the tab itself, through a reload or a server that is away.

Streamlit's own text area discards an over-long paste and loses unfinished text on a reload.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from components.reports import REPORTS_JS, Held, NotOurs, TooMuch, clean_text

HERE = Path(__file__).parent

MOST = 200_000
"""Characters that are kept. Fifty times what any model takes; more is a mistake of the clipboard."""

TOO_LONG = f"This is longer than {MOST:,} characters, more than can be kept here. Please shorten it."

_component = st.components.v2.component(
    "prompt_field",
    html=(HERE / "prompt.html").read_text(encoding="utf-8"),
    css=(HERE / "prompt.css").read_text(encoding="utf-8"),
    js=REPORTS_JS + (HERE / "prompt.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class PromptResult:
    """What the browser has said so far."""

    text: str
    """What stands in the field. Newlines are line feeds; NUL is left in, for whoever checks the request."""
    submitted: bool
    """Ctrl+Enter was pressed, and `text` is what stood there then. True in one run only."""
    problem: str = ""
    """Why `text` is not what stands in the field: a sentence, shown beside it. Nothing may be sent then."""


def prompt_field(
    label: str,
    value: str,
    *,
    key: str,
    limit: int | None = None,
    help: str = "",
    placeholder: str = "",
    rows: int = 5,
    problem: str = "",
    on_change: Callable[[], None] | None = None,
    on_submit: Callable[[], None] | None = None,
    label_visible: bool = True,
    counted: bool = True,
) -> PromptResult:
    """A text field for a prompt; what stands in it now, as far as the browser has reported.

    `value` is what it starts with in a new session and is not looked at again. `limit` is shown and counted
    in characters (code points) and not enforced: an over-long text is kept and returned whole. `problem` is
    a sentence shown beside the field. Not `counted`: how long the text is says nothing, as of a link.

    `on_change` runs when a changed text has arrived, `on_submit` when Ctrl+Enter was pressed: both before the
    page, with the text already in place (`prompt_text`). A run of a page can be cut short by the next report,
    a callback cannot, so what must not be lost belongs there. Not to be used inside `st.form`.
    """
    held = _held(key)
    new_here = held.start(clean_text(value))
    result = _component(
        key=key,
        data={
            "key": key,
            "label": label,
            "label_visible": label_visible,
            "text": held.kept(),
            **held.marks(),
            "limit": limit,
            "counted": counted,
            "most": MOST,
            "help": help,
            "placeholder": placeholder,
            "rows": rows,
            "problem": held.problem() or problem,
        },
        on_report_change=lambda: _reported(key, on_change),
        on_submit_change=lambda: _pressed(key, on_change, on_submit),
    )
    if new_here:
        # A server that was started again behind an open page: the browser has told what it holds.
        held.hear(result.get("report"), on_change)
    return PromptResult(held.kept() or "", held.can_keep(result.get("submit")), held.problem())


def set_prompt(key: str, value: str) -> None:
    """Replaces the text, in the browser too, from the field's next run on. What is being typed gives way."""
    _held(key).put(clean_text(value))


def prompt_text(key: str) -> str | None:
    """What stands in the field called `key`, in callbacks and above the field too; None before its first run."""
    return _held(key).now()


def prompt_problem(key: str) -> str:
    """Why `prompt_text` is not what stands in the field: a sentence; empty where it is."""
    return _held(key).problem()


def _held(key: str) -> Held[str]:
    return Held(st.session_state, key, "text", _read)


def _read(contents: Mapping[str, Any]) -> str:
    text = contents.get("text")  # None: the browser kept it back, since it is too long
    if text is None or (isinstance(text, str) and len(text) > MOST):
        raise TooMuch(TOO_LONG)
    if not isinstance(text, str):
        raise NotOurs
    return clean_text(text)


def _reported(key: str, on_change: Callable[[], None] | None) -> None:
    _held(key).hear_report(on_change)


def _pressed(key: str, on_change: Callable[[], None] | None, on_submit: Callable[[], None] | None) -> None:
    if _held(key).hear(st.session_state[key].get("submit"), on_change) and on_submit:
        on_submit()
