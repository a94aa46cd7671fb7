"""What stands beside a field: its help, the problem in it, what the provider says about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import streamlit as st

from components.catalog.spec import Parameter
from components.form.standing import Path, escaped
from components.markdown import as_text

Sentences = Mapping[Path, str]
Submit = Callable[[], None]

LONGEST_HELP = 1_500
"""Characters of a description that are shown; a document may hold a whole manual."""


class Draw(Protocol):
    """Draws the field of any parameter."""

    def __call__(self, parameter: Parameter, key: str, value: Any, path: Path, beside: Beside) -> None: ...


@dataclass(frozen=True)
class Beside:
    """What every field of one form needs besides its own parameter."""

    problems: Sentences
    """Said beside the field that each is about, in red."""
    notes: Sentences
    """Said quietly: they keep nothing from being sent."""
    submit: Submit
    """Runs when Ctrl+Enter is pressed in a text."""
    draw: Draw
    """Draws a field that lies in another one."""

    def problem(self, path: Path) -> str:
        """The problem of this field itself; "" for none."""
        return self.problems.get(path, "")

    def problems_under(self, path: Path) -> frozenset[Path]:
        """Where in this field, or in what lies in it, there is a problem."""
        return frozenset(at for at in self.problems if at[: len(path)] == path)

    def first_under(self, path: Path) -> str:
        """One problem of this field or of what lies in it; "" for none."""
        return next((self.problems[at] for at in self.problems if at[: len(path)] == path), "")

    def say(self, path: Path) -> None:
        """The sentences about this field itself."""
        say(self.problem(path))
        self.note(path)

    def note(self, path: Path) -> None:
        """The quiet sentence about this field, if there is one."""
        if note := self.notes.get(path):
            st.markdown(f":small[:gray[:material/info: {as_text(note)}]]")


def field_key(path: Path) -> str:
    """The key of the container in which the field at `path` stands, each field in one; a class of the page too."""
    return "field-" + ".".join(escaped(str(step)) for step in path)


def say(problem: str | None) -> None:
    """A sentence about a problem, beside its field."""
    if problem:
        st.markdown(f":red[:material/error: {as_text(problem)}]")


def label_of(parameter: Parameter, path: Path) -> str:
    """What the field is called in places that take Markdown; an entry of a list is called by its number too."""
    return as_text(plain_label(parameter, path))


def plain_label(parameter: Parameter, path: Path) -> str:
    """What the field is called."""
    label = parameter.label or "Value"
    return f"{label}, number {path[-1] + 1}" if isinstance(path[-1], int) else label


def visibility_of(parameter: Parameter) -> Literal["visible", "collapsed"]:
    """Whether its label is seen: what has no name is an entry or an alternative, which is called by name already."""
    return "visible" if parameter.name else "collapsed"


def help_of(parameter: Parameter, more: str = "") -> str | None:
    """The help of a field, with a sentence `more`, for a place that takes Markdown; None for none."""
    words = " ".join(filter(None, [bounded(parameter.help), more]))
    return as_text(words) if words else None


def bounded(text: str) -> str:
    """`text`, at most so long that it can be read beside a field."""
    return text if len(text) <= LONGEST_HELP else f"{text[:LONGEST_HELP].rstrip()}…"


def heading(parameter: Parameter, more: str = "") -> None:
    """The name of a field that has several parts, with its help; `more` is said behind it, small."""
    small = f" :small[:gray[{as_text(more)}]]" if more else ""
    name = f"**{as_text(parameter.label)}**" if parameter.name and parameter.label else ""
    if name or small:
        st.markdown(f"{name}{small}".strip(), help=help_of(parameter) if name else None)
