"""The prompt field: counts as one types, keeps an over-long paste, loses nothing, Ctrl+Enter.

The browser holds the truth while someone types and reports it at most every 300 ms, on leaving the field and
before Ctrl+Enter (`prompt.js`). Python keeps a copy under f"{key}:text", which outlives a switch of the page,
and replaces the text only by a new revision (`set_prompt`), so that no rerun moves a caret. What has not
arrived yet is kept by the tab itself, through a reload or a server that is away.

Streamlit's own text area discards an over-long paste and loses unfinished text on a reload.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent
# Shared with every component that keeps what is typed: its text goes before the component's own.
TYPING_JS = (HERE / "typing.js").read_text(encoding="utf-8")

MOST = 200_000
"""Characters that are kept. Fifty times what any model takes; more is a mistake of the clipboard."""

TOO_LONG = f"This is longer than {MOST:,} characters, more than can be kept here. Please shorten it."

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_LONGEST_MARK = 64

_component = st.components.v2.component(
    "prompt_field",
    html=(HERE / "prompt.html").read_text(encoding="utf-8"),
    css=(HERE / "prompt.css").read_text(encoding="utf-8"),
    js=TYPING_JS + (HERE / "prompt.js").read_text(encoding="utf-8"),
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


class _Judgement(Enum):
    """What becomes of something that a browser sent."""

    IGNORED = "ignored"
    """Not of our making, or typed before a replacement had reached the browser."""
    TOO_LONG = "too long"
    TAKEN = "taken"


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
) -> PromptResult:
    """A text field for a prompt; what stands in it now, as far as the browser has reported.

    `value` is what it starts with in a new session and is not looked at again. `limit` is shown and counted
    in characters (code points) and not enforced: an over-long text is kept and returned whole. `problem` is
    a sentence shown beside the field.

    `on_change` runs when a changed text has arrived, `on_submit` when Ctrl+Enter was pressed: both before the
    page, with the text already in place (`prompt_text`). A run of a page can be cut short by the next report,
    a callback cannot, so what must not be lost belongs there. Not to be used inside `st.form`.
    """
    state = st.session_state
    new_here = f"{key}:text" not in state
    state.setdefault(f"{key}:text", _clean(value))
    result = _component(
        key=key,
        data={
            "key": key,
            "label": label,
            "label_visible": label_visible,
            "text": state[f"{key}:text"],
            "revision": state.get(f"{key}:revision", ""),
            "receipt": state.get(f"{key}:receipt", ""),
            "limit": limit,
            "most": MOST,
            "help": help,
            "placeholder": placeholder,
            "rows": rows,
            "problem": prompt_problem(key) or problem,
        },
        on_report_change=lambda: _reported(key, on_change),
        on_submit_change=lambda: _pressed(key, on_change, on_submit),
    )
    if new_here:
        # A server that was started again behind an open page: the browser has told what it holds.
        _hear(key, result.get("report"), on_change)
    submitted = _judge(key, result.get("submit"))[0] is _Judgement.TAKEN
    return PromptResult(str(state[f"{key}:text"]), submitted, prompt_problem(key))


def set_prompt(key: str, value: str) -> None:
    """Replaces the text, in the browser too, from the field's next run on. What is being typed gives way."""
    st.session_state[f"{key}:text"] = _clean(value)
    st.session_state[f"{key}:revision"] = secrets.token_hex(8)
    st.session_state[f"{key}:too_long"] = False


def prompt_text(key: str) -> str | None:
    """What stands in the field called `key`, in callbacks and above the field too; None before its first run.

    A click and the text before it may arrive together, and Streamlit calls a button's callback first: so this
    looks at what has just come, not only at what was heard already.
    """
    judgement, text = _judge(key, _latest_report(key))
    kept = st.session_state.get(f"{key}:text")
    return text if judgement is _Judgement.TAKEN else None if kept is None else str(kept)


def prompt_problem(key: str) -> str:
    """Why `prompt_text` is not what stands in the field: a sentence; empty where it is."""
    judgement, _ = _judge(key, _latest_report(key))
    if judgement is _Judgement.IGNORED:
        return TOO_LONG if st.session_state.get(f"{key}:too_long") else ""
    return TOO_LONG if judgement is _Judgement.TOO_LONG else ""


def _latest_report(key: str) -> object:
    said = st.session_state.get(key)
    return said.get("report") if isinstance(said, Mapping) else None


def _reported(key: str, on_change: Callable[[], None] | None) -> None:
    _hear(key, st.session_state[key].get("report"), on_change)


def _pressed(key: str, on_change: Callable[[], None] | None, on_submit: Callable[[], None] | None) -> None:
    if _hear(key, st.session_state[key].get("submit"), on_change) and on_submit:
        on_submit()


def _hear(key: str, contents: object, on_change: Callable[[], None] | None) -> bool:
    """Keeps what a browser sent, where it can be; whether it was."""
    state = st.session_state
    receipt = contents.get("receipt") if isinstance(contents, Mapping) else None
    if isinstance(receipt, str) and len(receipt) <= _LONGEST_MARK:
        state[f"{key}:receipt"] = receipt
    judgement, text = _judge(key, contents)
    if judgement is _Judgement.IGNORED:
        return False
    state[f"{key}:too_long"] = judgement is _Judgement.TOO_LONG
    if judgement is _Judgement.TOO_LONG:
        return False
    assert isinstance(contents, Mapping)
    changed = text != state.get(f"{key}:text")
    state[f"{key}:text"] = text
    state[f"{key}:revision"] = contents["revision"]
    if changed and on_change:
        on_change()
    return True


def _judge(key: str, contents: object) -> tuple[_Judgement, str]:
    """Whether what a browser sent is to be kept, and the text in it."""
    if not isinstance(contents, Mapping):
        return _Judgement.IGNORED, ""
    revision, text = contents.get("revision"), contents.get("text")
    if not isinstance(revision, str) or len(revision) > _LONGEST_MARK:
        return _Judgement.IGNORED, ""
    own = st.session_state.get(f"{key}:revision", "")
    # A session without a revision takes the browser's: its server has forgotten, the browser has not.
    if own and revision != own:
        return _Judgement.IGNORED, ""
    if text is None or (isinstance(text, str) and len(text) > MOST):
        return _Judgement.TOO_LONG, ""
    if not isinstance(text, str):
        return _Judgement.IGNORED, ""
    return _Judgement.TAKEN, _clean(text)


def _clean(text: str) -> str:
    """`text` as a browser's field holds it, and as UTF-8 can carry it: half a surrogate pair is U+FFFD."""
    return _LONE_SURROGATE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
