"""What Python makes of what a browser says of the contact sheet. The browser's side: tests/browser."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.gallery import contact_sheet as sheet
from components.gallery.contact_sheet import MOST_HEARD, Said, read

A, B, C = "a" * 32, "b" * 32, "c" * 32
KNOWN = {A: None, B: None}


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"stars": [[A, True]]}, Said(stars={A: True})),
        ({"stars": [[A, True], [B, False], [A, False]]}, Said(stars={A: False, B: False})),
        ({"selected": [[B, True]], "receipt": "r"}, Said(selected={B: True}, receipt="r")),
        ({"opened": [A, "1"]}, Said(opened=(A, "1"))),
        ({"stars": [[C, True]], "selected": [[C, True]], "opened": [C, "1"]}, Said()),
        ({"stars": [[B, True]] * MOST_HEARD + [[A, True]]}, Said(stars={B: True})),
    ],
    ids=["a star", "the last word counts", "a choice", "opened", "not on the sheet", "far too many"],
)
def test_what_is_said_of_takes_on_the_sheet_is_heard(sent: object, said: Said) -> None:
    assert read(sent, KNOWN) == said


NONSENSE: list[Any] = [
    None,
    17,
    "x",
    [],
    [[A, True]],
    {"stars": None},
    {"stars": {A: True}},
    {"stars": A},
    {"stars": [A, True]},
    {"stars": [[A], [A, True, True], [True, A], [A, 1], [A, "true"], [A, None], [[A], True], [{}, True]]},
    {"selected": [[A, 0], None, 3, "x" * 2]},
    {"opened": A},
    {"opened": [A]},
    {"opened": [A, 1]},
    {"opened": [A, ""]},
    {"opened": [A, "x" * 65]},
    {"opened": [[A], "1"]},
    {"receipt": 1},
    {"receipt": ["x"]},
    {"receipt": "x" * 65},
]


@pytest.mark.parametrize("sent", NONSENSE, ids=lambda sent: str(sent)[:40])
def test_what_is_nothing_of_ours_says_nothing(sent: object) -> None:
    assert read(sent, KNOWN) == Said()


json_like = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from([A, C, "r"])
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["stars", "selected", "opened", "receipt"]), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(json_like)
def test_whatever_is_sent_only_takes_on_the_sheet_are_meant(sent: Any) -> None:
    said = read(sent, KNOWN)
    assert {*said.stars, *said.selected} <= KNOWN.keys()
    assert all(isinstance(on, bool) for on in (*said.stars.values(), *said.selected.values()))
    assert said.opened is None or said.opened[0] in KNOWN


class Heard:
    """What the page was told."""

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []

    def report(self, state: dict[str, Any], sent: object) -> None:
        """A report arrives."""
        state["sheet"] = {"said": sent}
        sheet._heard(
            "sheet",
            lambda id: self.told.append(("open", id)),
            lambda ids, on: self.told.append(("star", list(ids), on)),
            lambda ids, on: self.told.append(("select", list(ids), on)),
        )


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    state: dict[str, Any] = {"sheet:known": KNOWN}
    monkeypatch.setattr("streamlit.session_state", state)
    return state


def test_all_of_a_report_is_told_and_the_take_opened_last(state: dict[str, Any]) -> None:
    heard = Heard()
    heard.report(
        state, {"receipt": "r", "opened": [B, "1"], "stars": [[A, True], [B, False]], "selected": [[A, True]]}
    )
    assert heard.told == [("star", [A], True), ("star", [B], False), ("select", [A], True), ("open", B)]
    assert state["sheet:receipt"] == "r"


def test_a_click_that_is_reported_again_opens_nothing_again(state: dict[str, Any]) -> None:
    heard = Heard()
    for click in ("1", "1", "2"):
        heard.report(state, {"receipt": click, "opened": [A, click]})
    assert heard.told == [("open", A), ("open", A)]


def test_a_report_before_anything_was_shown_is_heard_by_nobody(state: dict[str, Any]) -> None:
    del state["sheet:known"]
    heard = Heard()
    heard.report(state, {"stars": [[A, True]], "opened": [A, "1"]})
    assert heard.told == []
