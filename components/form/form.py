"""Lays out the form of any model, from its spec alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from components.catalog.checks import same
from components.catalog.spec import ListOf, ModelSpec, OnlyWith, Parameter, Role, TotalOf
from components.form.desk import Desk, has_storyboard
from components.form.draft import Draft, Problem
from components.form.prompt import PromptResult, set_prompt
from components.form.starters import STARTERS
from components.form.widgets import Path, current, say, widget

_FIRST = (Role.SECONDS, Role.ASPECT_RATIO, Role.SOUND)
"""What matters first stands open; the rest is folded."""


@dataclass(frozen=True)
class Filled:
    """The form as it stands now."""

    draft: Draft
    problems: tuple[Problem, ...]
    """Everything that keeps the draft from being sent, whether it is shown already or not."""
    submitted: bool
    """Ctrl+Enter was pressed in a text field."""


def form(spec: ModelSpec, desk: Desk, *, insist: bool, keep: Callable[[], None]) -> Filled:
    """Draws the form of `spec` over the draft on `desk`, where what the fields hold now is put first.

    `keep` is called then, before anything is drawn: a run can be cut short by the next one.
    `insist`: say also what is merely missing. Until someone tried to generate, an empty field is no mistake.
    """
    before = desk.draft(spec)
    base = f"{spec.id}|{desk.edition}"
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
    keep()
    draft = desk.draft(spec)
    problems = draft.problems()
    said = {p.path: p.message for p in problems if insist or _touched(p.path, values)}
    reports = [
        *_content(spec, base, values, storyboard, said),
        *_settings(spec, base, values, storyboard, said),
    ]
    unread = tuple(Problem((), report.problem) for report in reports if report.problem)
    return Filled(draft, problems + unread, any(report.submitted for report in reports))


def _touched(path: Path, values: dict[str, Any]) -> bool:
    """Whether the problem is about something that a person put there (and not about what is still missing)."""
    value: Any = values
    for step in path:
        # Values come from storage too, and may be of any shape.
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return False
    return bool(path) and bool(value)


def _content(
    spec: ModelSpec, base: str, values: dict[str, Any], storyboard: bool, said: dict[Path, str]
) -> list[PromptResult]:
    """The prompt, or the shots."""
    prompt, shots = spec.by_role(Role.PROMPT), spec.by_role(Role.SHOTS)
    if has_storyboard(spec):
        key = f"{base}|storyboard"
        if key not in st.session_state:
            st.session_state[key] = storyboard
        st.segmented_control(
            "What to write",
            [False, True],
            key=key,
            format_func=lambda chosen: "Storyboard" if chosen else "Single prompt",
            required=True,
            label_visibility="collapsed",
        )
    written = shots if storyboard else prompt
    reports: list[PromptResult] = []
    with st.container(gap="small"):
        if written is not None:
            reports = _field(written, base, values, said)
        say(said.get(()))
        if storyboard and shots is not None:
            _total(spec, shots, values)
            if prompt is not None and values.get(prompt.name):
                st.caption("Your single prompt is kept, and not sent with a storyboard.")
        elif prompt is not None and not values.get(prompt.name):
            _starters(f"{base}|{prompt.name}", base)
    return reports


def _total(spec: ModelSpec, shots: Parameter, values: dict[str, Any]) -> None:
    """How long the shots are together, where the model is told each shot's length."""
    if not any(isinstance(rule, TotalOf) and rule.list_name == shots.name for rule in spec.rules):
        return
    seconds = Draft(spec, values, True).seconds()
    if seconds:
        st.caption(f"{seconds} s in all, sent as the length of the video.")


def _starters(key: str, base: str) -> None:
    """Prompts to begin with, under an empty prompt field."""
    title = st.pills(
        "Try one of these", list(STARTERS), key=f"{base}|starter", width="stretch", label_visibility="visible"
    )
    if title:
        set_prompt(key, STARTERS[title])
        st.rerun()


def _settings(
    spec: ModelSpec, base: str, values: dict[str, Any], storyboard: bool, said: dict[Path, str]
) -> list[PromptResult]:
    """Everything else: what matters first, then the rest, folded."""
    asked = [p for p in spec.parameters if not p.deprecated and p.role not in (Role.PROMPT, Role.SHOTS)]
    asked = [p for p in asked if not _left_out(p, spec, storyboard)]
    first = [p for p in asked if p.role in _FIRST or p.required]
    rest = [p for p in asked if p not in first]
    reports = []
    with st.container(border=True):
        columns = st.columns(2, gap="medium")
        for n, parameter in enumerate(first):
            with columns[n % 2]:
                reports += _field(parameter, base, values, said)
    if rest:
        with st.expander("More settings", icon=":material/tune:"):
            for parameter in rest:
                reports += _field(parameter, base, values, said)
    return reports


def _left_out(parameter: Parameter, spec: ModelSpec, storyboard: bool) -> bool:
    """Whether the setting has no meaning now: it needs the storyboard, or is computed from it."""
    shots = spec.by_role(Role.SHOTS)
    for rule in spec.rules:
        if isinstance(rule, OnlyWith) and rule.name == parameter.name and shots and rule.needs == shots.name:
            return not storyboard
        if (
            isinstance(rule, TotalOf)
            and rule.name == parameter.name
            and isinstance(spec[rule.list_name], ListOf)
        ):
            return storyboard
    return False


def _field(
    parameter: Parameter, base: str, values: dict[str, Any], said: dict[Path, str]
) -> list[PromptResult]:
    return widget(parameter, f"{base}|{parameter.name}", values.get(parameter.name), said, (parameter.name,))
