"""Lays out the form of any model, from its spec alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from components.catalog.openapi.kinds import asks_for_media
from components.catalog.spec import (
    VALUE,
    Media,
    ModelSpec,
    OnlyWith,
    Parameter,
    Role,
)
from components.form.beside import Beside, Sentences, Submit, say
from components.form.desk import STORYBOARD, Desk, has_storyboard
from components.form.draft import Draft, Problem
from components.form.group_field import fold, is_cell, lay_out
from components.form.panels import panels
from components.form.prompt import set_prompt
from components.form.standing import Path, current, escaped, unread
from components.form.starters import STARTERS
from components.form.widgets import widget
from components.form.writing import readable
from components.storyboard.editor import board_now, board_problem, storyboard_editor
from components.storyboard.shapes import Shape
from components.storyboard.storyboard import Board

_FIRST = (Role.SECONDS, Role.ASPECT_RATIO, Role.RESOLUTION, Role.SOUND)
"""What matters first stands open; the rest is folded."""
_OUR_OWN = ("storyboard", "starter", "more")
"""What the form has keys of its own for: a field that is called so gets another."""


@dataclass(frozen=True)
class Filled:
    """The form as it stands now."""

    draft: Draft
    problems: tuple[Problem, ...]
    """Everything that keeps the draft from being sent, whether it is shown already or not."""
    unread: frozenset[Path] = frozenset()
    """The fields in which stands something that could not be taken."""


def read(spec: ModelSpec, desk: Desk) -> Filled:
    """What the fields hold at this moment, which is put on `desk`. For callbacks too: they run before the page."""
    before = desk.draft(spec)
    base = _base(spec, desk)
    storyboard = before.storyboard is True and has_storyboard(spec)
    if has_storyboard(spec):
        storyboard = st.session_state.get(f"{base}|storyboard", storyboard) is True
    asked = [p for p in spec.parameters if not p.deprecated and not _is_board(p, before)]
    values = {p.name: current(p, _key(base, p), before.values.get(p.name)) for p in asked}
    # Deprecated settings are kept where an older draft has them.
    values |= {name: value for name, value in before.values.items() if name not in values}
    written = [p for p in asked if not (storyboard and p.role is Role.PROMPT)]
    not_taken = [problem for p in written for problem in unread(p, _key(base, p), values[p.name], (p.name,))]
    board = before.board
    if before.shape is not None:
        shots = before.shape.parameter.name
        board = board_now(STORYBOARD) or _board(before)
        values.pop(shots, None)  # a request's list of shots has become the board
        if storyboard and (problem := board_problem(STORYBOARD)):
            not_taken.append(Problem((), problem))  # the editor says it by itself
    draft = Draft(spec, values, storyboard, board)
    desk.keep(draft)
    if not_taken:  # the desk keeps a text that could not be read; nobody else sees it as a value
        draft = replace(draft, values=readable(values))
    unread_in = frozenset(problem.path for problem in not_taken if problem.path)
    problems = (problem for problem in draft.problems() if problem.path not in unread_in)
    return Filled(draft, (*problems, *not_taken), unread_in)


def _key(base: str, parameter: Parameter) -> str:
    name = escaped(parameter.name)
    return f"{base}|{name}~" if name in _OUR_OWN else f"{base}|{name}"


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
    sheet = _sheet(spec, desk, filled, insist, submit)
    if has_storyboard(spec):
        _prompt_or_shots(sheet)
    with st.container(gap="small"):
        if sheet.shows_board:

            @st.fragment(key="editor")
            def editor() -> None:
                is_new = board_now(STORYBOARD) not in (None, filled.draft.plan)
                _editor(read(spec, desk) if is_new else filled, insist, submit, heard)

            editor()
        _content(sheet)
    _settings(sheet)


def _sheet(spec: ModelSpec, desk: Desk, filled: Filled, insist: bool, submit: Submit) -> _Sheet:
    notes = {warning.path: warning.message for warning in filled.draft.warnings()}
    beside = Beside(_said(filled, insist), notes, submit, draw=widget)
    return _Sheet(spec, _base(spec, desk), filled.draft, desk.draft(spec).values, beside)


def _said(filled: Filled, insist: bool) -> Sentences:
    """The problems that are said beside their fields."""
    return {
        p.path: p.message
        for p in filled.problems
        if insist or p.path in filled.unread or _touched(p.path, filled.draft)
    }


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
    values: Mapping[str, Any]
    """What the fields begin with: with texts that could not be read, which the draft has not."""
    beside: Beside

    @property
    def storyboard(self) -> bool:
        """Whether shots are meant and not a prompt."""
        return self.draft.storyboard is True

    @property
    def shows_board(self) -> bool:
        """Whether the editor is shown: where shots are chosen, or taken besides a prompt."""
        return self.draft.shape is not None and (self.storyboard or not has_storyboard(self.spec))

    def key(self, parameter: Parameter) -> str:
        return _key(self.base, parameter)

    def place(self, parameter: Parameter) -> tuple[Parameter, str, Any, Path]:
        """What `lay_out` draws: the parameter, its key, its value and its path."""
        return parameter, self.key(parameter), self.values.get(parameter.name), (parameter.name,)

    def field(self, parameter: Parameter) -> None:
        widget(*self.place(parameter), self.beside)


def _base(spec: ModelSpec, desk: Desk) -> str:
    return f"{spec.id}|{desk.edition}"


def _touched(path: Path, draft: Draft) -> bool:
    """Whether the problem is about something that a person put there (and not about what is still missing)."""
    value: Any = draft.values
    if draft.shape is not None and path[:1] == (draft.shape.parameter.name,):
        value = {path[0]: draft.shots}
    for step in path:
        # Values come from storage too, and may be of any shape.
        if isinstance(value, Mapping) and VALUE in value:
            value = value[VALUE]
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return False
    return bool(path) and (bool(value) or value is False or value == 0)


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
    if not sheet.shows_board:
        beside = sheet.beside
        say(beside.problem(()))
    sheet.beside.note(())
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
    media = [p for p in asked if _is_media(p)]
    first = [p for p in asked if p not in media and (p.role in _FIRST or p.required)]
    rest = [p for p in asked if p not in media and p not in first]
    lay_out([sheet.place(p) for p in (*media, *(p for p in first if not is_cell(p)))], sheet.beside)
    if cells := [p for p in first if is_cell(p)]:
        with st.container(border=True), st.grid("auto", min_column_width=240, gap="medium"):
            for parameter in cells:
                sheet.field(parameter)
    if rest:
        problems = frozenset[Path]().union(*(sheet.beside.problems_under((p.name,)) for p in rest))
        opened = fold("More settings", f"{sheet.base}|more", problems, icon=":material/tune:")
        if opened.open:  # what nobody looks at costs nothing: not on the first visit, nor with every change
            with opened:
                lay_out([sheet.place(p) for p in rest], sheet.beside)


def _is_media(parameter: Parameter) -> bool:
    """Whether it is a picture, a video or a sound, or several: what a video is made from stands on top."""
    match parameter:
        case Media():
            return parameter.media is not None or parameter.required
    return asks_for_media(parameter)


def _is_content(parameter: Parameter, sheet: _Sheet) -> bool:
    """Whether it is the prompt or the shots, or goes with the shots: beside them, or computed from them."""
    shape = sheet.draft.shape
    if parameter is sheet.spec.by_role(Role.PROMPT):
        return True
    if shape is None:
        return False
    with_shots = OnlyWith(parameter.name, shape.parameter.name) in sheet.spec.rules
    return parameter is shape.parameter or with_shots or (sheet.storyboard and parameter is shape.total)
