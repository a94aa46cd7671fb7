"""Lays out the form of any model, from its spec alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from components.catalog.checks import same
from components.catalog.spec import ModelSpec, OnlyWith, Parameter, Role
from components.form.desk import STORYBOARD, Desk, has_storyboard
from components.form.draft import Draft, Problem
from components.form.panels import panels
from components.form.prompt import set_prompt
from components.form.starters import STARTERS
from components.form.widgets import Path, Problems, Submit, current, say, unread, widget
from components.storyboard.editor import board_now, board_problem, storyboard_editor
from components.storyboard.shapes import Shape
from components.storyboard.storyboard import Board

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
    asked = [p for p in spec.parameters if not p.deprecated and not _is_board(p, before)]
    values = {p.name: _chosen(p, f"{base}|{p.name}", before.values.get(p.name)) for p in asked}
    # Deprecated settings are kept where an older draft has them.
    values |= {name: value for name, value in before.values.items() if name not in values}
    written = [p for p in asked if not (storyboard and p.role is Role.PROMPT)]
    not_taken = [problem for p in written for problem in unread(p, f"{base}|{p.name}", (p.name,))]
    board = before.board
    if before.shape is not None:
        shots = before.shape.parameter.name
        board = board_now(STORYBOARD) or _board(before)
        values.pop(shots, None)  # a request's list of shots has become the board
        if storyboard and (problem := board_problem(STORYBOARD)):
            not_taken.append(Problem((), problem))  # the editor says it by itself
    draft = Draft(spec, values, storyboard, board)
    desk.keep(draft)
    return Filled(draft, (*draft.problems(), *not_taken))


def _chosen(parameter: Parameter, key: str, kept: Any) -> Any:
    """What somebody has set. A field that has stood at its published default all the time was not chosen:
    under another model the same value would mean something."""
    value = current(parameter, key, kept)
    return None if kept is None and same(value, parameter.default) else value


def _is_board(parameter: Parameter, draft: Draft) -> bool:
    return draft.shape is not None and parameter is draft.shape.parameter


def _board(draft: Draft) -> Board:
    """The shots of the draft; a storyboard opens with a place to write in."""
    assert draft.shape is not None
    return draft.plan if draft.plan.shots or draft.board else Board().add(draft.shape.budget)


def form(
    spec: ModelSpec, desk: Desk, filled: Filled, *, insist: bool, submit: Submit, heard: Callable[[], None]
) -> None:
    """Draws the form of `spec`, as it was `read`.

    `insist`: say also what is merely missing. Until someone tried to generate, an empty field is no mistake.
    `submit` runs when Ctrl+Enter is pressed in a text, `heard` when the board has changed: after it the editor
    alone is drawn again, unless it asks for more.
    """
    said = _said(filled, insist)
    sheet = _Sheet(spec, _base(spec, desk), filled.draft, said, submit)
    if has_storyboard(spec):
        _prompt_or_shots(sheet)
    with st.container(gap="small"):
        if sheet.storyboard and filled.draft.shape is not None:

            @st.fragment(key="editor")
            def editor() -> None:
                is_new = board_now(STORYBOARD) not in (None, filled.draft.plan)
                _editor(read(spec, desk) if is_new else filled, insist, submit, heard)

            editor()
        _content(sheet)
    _settings(sheet)


def _said(filled: Filled, insist: bool) -> Problems:
    """The problems that are said beside their fields."""
    return {p.path: p.message for p in filled.problems if insist or _touched(p.path, filled.draft)}


def _editor(filled: Filled, insist: bool, submit: Submit, heard: Callable[[], None]) -> None:
    """The storyboard, with its problems."""
    board, shape, said = filled.draft.plan, filled.draft.shape, _said(filled, insist)
    if shape is None:
        return
    places = {path[1:2]: message for path, message in said.items() if path[:1] == (shape.parameter.name,)}
    problems = {shot.id: places[(n,)] for n, shot in enumerate(board.shots) if (n,) in places}
    if message := said.get(()) or places.get(()):
        problems[""] = message
    storyboard_editor(
        board, key=STORYBOARD, shape=shape, problems=problems, on_change=heard, on_submit=submit
    )


@dataclass(frozen=True)
class _Sheet:
    """What every part of one form needs."""

    spec: ModelSpec
    base: str
    """What the keys of its fields begin with."""
    draft: Draft
    said: Problems
    submit: Submit

    @property
    def values(self) -> Mapping[str, Any]:
        return self.draft.values

    @property
    def storyboard(self) -> bool:
        return self.draft.storyboard is True

    def key(self, parameter: Parameter) -> str:
        return f"{self.base}|{parameter.name}"

    def field(self, parameter: Parameter) -> None:
        value = self.values.get(parameter.name)
        widget(parameter, self.key(parameter), value, self.said, (parameter.name,), self.submit)


def _base(spec: ModelSpec, desk: Desk) -> str:
    return f"{spec.id}|{desk.edition}"


def _touched(path: Path, draft: Draft) -> bool:
    """Whether the problem is about something that a person put there (and not about what is still missing)."""
    value: Any = draft.values
    if draft.shape is not None and path[:1] == (draft.shape.parameter.name,):
        value = {path[0]: draft.shots}
    for step in path:
        # Values come from storage too, and may be of any shape.
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return False
    return bool(path) and bool(value)


def _prompt_or_shots(sheet: _Sheet) -> None:
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
        # Of the whole page: after a run of the fragment alone a field of the other form was seen to stay.
        on_change=st.rerun,
    )


def _content(sheet: _Sheet) -> None:
    """The prompt, or what stands under the shots."""
    prompt, shape = sheet.spec.by_role(Role.PROMPT), sheet.draft.shape
    if sheet.storyboard and shape is not None:
        _storyboard(sheet, shape)
        if prompt is not None and sheet.values.get(prompt.name):
            st.caption("Your single prompt is kept, and not sent with a storyboard.")
        return
    if prompt is not None:
        sheet.field(prompt)
    say(sheet.said.get(()))
    if prompt is not None and not sheet.values.get(prompt.name):
        _starters(sheet, prompt)


def _storyboard(sheet: _Sheet, shape: Shape) -> None:
    """Under the editor: the tools for the board, and what is asked for together with shots only."""
    board, shots = sheet.draft.plan, shape.parameter
    prompt = sheet.spec.by_role(Role.PROMPT)
    written = sheet.values.get(prompt.name) if prompt is not None else None
    panels(
        STORYBOARD,
        shape,
        board,
        prompt=written if isinstance(written, str) else "",
        owner=st.session_state["owner"],
        name=sheet.draft.prompt_text(),
    )
    for parameter in sheet.spec.parameters:
        if OnlyWith(parameter.name, shots.name) in sheet.spec.rules and not parameter.deprecated:
            sheet.field(parameter)


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
    asked = [p for p in sheet.spec.parameters if not p.deprecated and not _is_content(p, sheet)]
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


def _is_content(parameter: Parameter, sheet: _Sheet) -> bool:
    """Whether it is the prompt or the shots, or goes with the shots: beside them, or computed from them."""
    shape = sheet.draft.shape
    if parameter.role in (Role.PROMPT, Role.SHOTS):
        return True
    if shape is None:
        return False
    with_shots = OnlyWith(parameter.name, shape.parameter.name) in sheet.spec.rules
    return with_shots or (sheet.storyboard and parameter is shape.total)
