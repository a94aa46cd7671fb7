"""What a browser holds while somebody edits it, and reports: the Python half of `reports.js`.

The browser has the truth while someone edits and reports it at most every 300 ms. Python keeps a copy under the
component's key, which outlives a switch of the page, and replaces what the browser holds only by a new revision, so
that no rerun moves a caret. Everything that arrives is read by `Held.read` first: a browser may send anything.

Pure: the session's state is passed in.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

REPORTS_JS = (Path(__file__).parent / "reports.js").read_text(encoding="utf-8")
"""Shared by every component that keeps what is edited: its text goes before the component's own."""


def lean(script: str) -> str:
    """`script` without comments and indentation: it goes to the browser again with every run of the page."""
    lines = map(str.strip, script.splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))


_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_LONGEST_MARK = 64

T = TypeVar("T")


class State(Protocol):
    """What is used of a session's state; a dict is one too."""

    def __contains__(self, key: object, /) -> bool: ...
    def __getitem__(self, key: str, /) -> Any: ...
    def __setitem__(self, key: str, value: Any, /) -> None: ...
    def get(self, key: str, default: Any, /) -> Any: ...
    def setdefault(self, key: str, default: Any, /) -> Any: ...
    def pop(self, key: str, default: Any, /) -> Any: ...


class TooMuch(Exception):
    """What arrived cannot be kept, though it is of the right kind. The text is a sentence for whoever typed it."""


class NotOurs(Exception):
    """What arrived is nothing that our own page sends."""


@dataclass(frozen=True)
class Held(Generic[T]):
    """One thing that a browser holds for the component called `key`.

    Its copy is `state[f"{key}:{name}"]`; what else is kept of it stands beside that, as "revision", "receipt" and
    "problem".
    """

    state: State
    key: str
    name: str
    read: Callable[[Mapping[str, Any]], T]
    """What a report says; raises TooMuch or NotOurs."""

    def start(self, value: T) -> bool:
        """Begins with `value` where nothing is kept yet; whether that is so."""
        new_here = self._at(self.name) not in self.state
        self.state.setdefault(self._at(self.name), value)
        return new_here

    def kept(self) -> T | None:
        """The copy; None before the component's first run."""
        found: T | None = self.state.get(self._at(self.name), None)
        return found

    def now(self) -> T | None:
        """What the browser holds, as far as it has told; None before the component's first run.

        A click and a report before it may arrive together, and Streamlit calls a button's callback first: so
        this looks at what has just come, not only at what was heard already.
        """
        try:
            return self._take(self._latest())
        except (NotOurs, TooMuch):
            return self.kept()

    def problem(self) -> str:
        """Why `now` is not what the browser holds: a sentence; empty where it is."""
        try:
            self._take(self._latest())
        except NotOurs:
            return str(self.state.get(self._at("problem"), ""))
        except TooMuch as too_much:
            return str(too_much)
        return ""

    def put(self, value: T) -> None:
        """Replaces it, in the browser too, from the component's next run on. What is being edited gives way."""
        self.state[self._at(self.name)] = value
        self.state[self._at("revision")] = secrets.token_hex(8)
        self.state[self._at("problem")] = ""

    def hear(self, contents: object, on_change: Callable[[], None] | None = None) -> bool:
        """Keeps what a browser sent, where it can be; whether it was. `on_change` runs when it is something new."""
        receipt = contents.get("receipt") if isinstance(contents, Mapping) else None
        if isinstance(receipt, str) and len(receipt) <= _LONGEST_MARK:
            self.state[self._at("receipt")] = receipt
        try:
            value = self._take(contents)
        except NotOurs:
            return False
        except TooMuch as too_much:
            self.state[self._at("problem")] = str(too_much)
            return False
        assert isinstance(contents, Mapping)
        changed = value != self.kept()
        self.state[self._at(self.name)] = value
        self.state[self._at("revision")] = contents["revision"]
        self.state[self._at("problem")] = ""
        if changed and on_change:
            on_change()
        return True

    def hear_report(self, on_change: Callable[[], None] | None = None) -> bool:
        """Hears the report that has just come."""
        return self.hear(self._latest(), on_change)

    def can_keep(self, contents: object) -> bool:
        """Whether `contents` could be kept."""
        try:
            self._take(contents)
        except (NotOurs, TooMuch):
            return False
        return True

    def marks(self) -> dict[str, str]:
        """What the component's data says besides the value: by what revision it stands, and what was heard last."""
        return {mark: str(self.state.get(self._at(mark), "")) for mark in ("revision", "receipt")}

    def _at(self, name: str) -> str:
        return f"{self.key}:{name}"

    def _latest(self) -> object:
        said = self.state.get(self.key, None)
        return said.get("report") if isinstance(said, Mapping) else None

    def _take(self, contents: object) -> T:
        """What `contents` says. Raises NotOurs also for what was typed before a replacement had reached the browser."""
        revision = contents.get("revision") if isinstance(contents, Mapping) else None
        if (
            not isinstance(contents, Mapping)
            or not isinstance(revision, str)
            or len(revision) > _LONGEST_MARK
        ):
            raise NotOurs
        own = self.state.get(self._at("revision"), "")
        # A session without a revision takes the browser's: its server has forgotten, the browser has not.
        if own and revision != own:
            raise NotOurs
        return self.read(contents)


def clean_text(text: str) -> str:
    """`text` as a browser's field holds it, and as UTF-8 can carry it: half a surrogate pair is U+FFFD.

    Newlines are line feeds; NUL is left in, for whoever checks the request.
    """
    return _LONE_SURROGATE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
