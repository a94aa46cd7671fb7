"""Lays out the form of any model, from its spec alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from components.catalog.checks import same
from components.catalog.spec import ModelSpec, OnlyWith, Parameter, Role, TotalOf
from components.form.desk import Desk, has_storyboard
from components.form.draft import Draft, Problem
from components.form.prompt import set_prompt
from components.form.starters import STARTERS
from components.form.widgets import Path, Problems, Submit, current, say, unread, widget

_FIRST = (Role.SECONDS, Role.ASPECT_RATIO, Role.SOUND)
"""What matters first stands open; the rest is folded."""


@dataclass(frozen=True)
class Filled:
    """The form as it stands now."""

    draft: Draft
    problems: tuple[Problem, ...]
    """Everything that keeps the draft from being sent, whether it is shown already or not."""


def read(spec: ModelSpec, desk: Desk) -> Filled:
    """What the fields hold at this moment, which is put on `desk`. For callbacks too: they run before the page."""
    before = desk.draft(spec)
    base = _base(spec, desk)
    storyboard = before.storyboard is True and has_storyboard(spec)
    if has_storyboard(spec):
        storyboard = st.session_state.get(f"{base}|storyboard", storyboard) is True
    shown = [p for p in spec.parameters if not p.deprecated]
    values = {p.name: current(p, f"{base}|{p.name}", before.values.get(p.name)) for p in shown}
    # What stands at its published default was not chosen: under another model it would mean something.
    values = {name: None if same(value, spec[name].default) else value for name, value in values.items()}
    # Deprecated settings are kept where an older draft has them.
    values |= {name: value for name, value in before.values.items() if name not in values}
    desk.keep(spec, values, storyboard)
    draft = desk.draft(spec)
    not_taken = [problem for p in shown for problem in unread(p, f"{base}|{p.name}", (p.name,))]
    return Filled(draft, (*draft.problems(), *not_taken))


def form(spec: ModelSpec, desk: Desk, filled: Filled, *, insist: bool, submit: Submit) -> None:
    """Draws the form of `spec`, as it was `read`.

    `insist`: say also what is merely missing. Until someone tried to generate, an empty field is no mistake.
    `submit` runs when Ctrl+Enter is pressed in a text.
    """
    values = filled.draft.values
    said = {p.path: p.message for p in filled.problems if insist or _touched(p.path, values)}
    sheet = _Sheet(spec, _base(spec, desk), values, filled.draft.storyboard is True, said, submit)
    _content(sheet)
    _settings(sheet)


@dataclass(frozen=True)
class _Sheet:
    """What every part of one form needs."""

    spec: ModelSpec
    base: str
    """What the keys of its fields begin with."""
    values: Mapping[str, Any]
    storyboard: bool
    said: Problems
    submit: Submit

    def key(self, parameter: Parameter) -> str:
        return f"{self.base}|{parameter.name}"

    def field(self, parameter: Parameter) -> None:
        value = self.values.get(parameter.name)
        widget(parameter, self.key(parameter), value, self.said, (parameter.name,), self.submit)


def _base(spec: ModelSpec, desk: Desk) -> str:
    return f"{spec.id}|{desk.edition}"


def _touched(path: Path, values: Mapping[str, Any]) -> bool:
    """Whether the problem is about something that a person put there (and not about what is still missing)."""
    value: Any = values
    for step in path:
        # Values come from storage too, and may be of any shape.
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return False
    return bool(path) and bool(value)


def _content(sheet: _Sheet) -> None:
    """The prompt, or the shots."""
    spec = sheet.spec
    prompt, shots = spec.by_role(Role.PROMPT), spec.by_role(Role.SHOTS)
    if has_storyboard(spec):
        key = f"{sheet.base}|storyboard"
        if key not in st.session_state:
            st.session_state[key] = sheet.storyboard
        st.segmented_control(
            "What to write",
            [False, True],
            key=key,
            format_func=lambda chosen: "Storyboard" if chosen else "Single prompt",
            required=True,
            label_visibility="collapsed",
        )
    written = shots if sheet.storyboard else prompt
    with st.container(gap="small"):
        if written is not None:
            sheet.field(written)
        say(sheet.said.get(()))
        if sheet.storyboard and shots is not None:
            _total(sheet, shots)
            if prompt is not None and sheet.values.get(prompt.name):
                st.caption("Your single prompt is kept, and not sent with a storyboard.")
        elif prompt is not None and not sheet.values.get(prompt.name):
            _starters(sheet, prompt)


def _total(sheet: _Sheet, shots: Parameter) -> None:
    """How long the shots are together, where the model is told each shot's length."""
    if not any(isinstance(rule, TotalOf) and rule.list_name == shots.name for rule in sheet.spec.rules):
        return
    seconds = Draft(sheet.spec, sheet.values, True).seconds()
    if seconds:
        st.caption(f"{seconds} s in all, sent as the length of the video.")


def _starters(sheet: _Sheet, prompt: Parameter) -> None:
    """Prompts to begin with, under an empty prompt field."""
    key = f"{sheet.base}|starter"

    def take() -> None:
        if title := st.session_state[key]:
            set_prompt(sheet.key(prompt), STARTERS[title])
            st.session_state[key] = None  # or it would come back when the prompt is emptied

    st.pills("Try one of these", list(STARTERS), key=key, width="stretch", on_change=take)


def _settings(sheet: _Sheet) -> None:
    """Everything else: what matters first, then the rest, folded."""
    parameters = sheet.spec.parameters
    asked = [p for p in parameters if not p.deprecated and p.role not in (Role.PROMPT, Role.SHOTS)]
    asked = [p for p in asked if not _left_out(p, sheet)]
    first = [p for p in asked if p.role in _FIRST or p.required]
    rest = [p for p in asked if p not in first]
    with st.container(border=True), st.grid("auto", min_column_width=240, gap="medium"):
        for parameter in first:
            sheet.field(parameter)
    if rest:
        key = f"{sheet.base}|more"
        fold = st.expander("More settings", icon=":material/tune:", key=key, on_change="rerun")
        if fold.open:  # what nobody looks at costs nothing: not on the first visit, nor with every change
            with fold:
                for parameter in rest:
                    sheet.field(parameter)


def _left_out(parameter: Parameter, sheet: _Sheet) -> bool:
    """Whether the setting has no meaning now: it needs the storyboard, or is computed from it."""
    shots = sheet.spec.by_role(Role.SHOTS)
    for rule in sheet.spec.rules:
        if isinstance(rule, OnlyWith) and rule.name == parameter.name and shots and rule.needs == shots.name:
            return not sheet.storyboard
        if isinstance(rule, TotalOf) and rule.name == parameter.name:
            return sheet.storyboard
    return False
