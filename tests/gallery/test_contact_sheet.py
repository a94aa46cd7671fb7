"""What Python makes of what a browser says of the contact sheet. The browser's side: tests/browser."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.gallery import contact_sheet as sheet
from components.gallery.contact_sheet import MOST_HEARD, Said, read

A, B, C = "a" * 32, "b" * 32, "c" * 32
KNOWN = {A: None, B: None}


def report(*done: object, sheet: object = "s", **more: object) -> dict[str, object]:
    return {"sheet": sheet, "done": list(done), **more}


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (report([1, "star", A, True]), Said(stars={A: True}, last=1)),
        (
            report([1, "star", A, True], [2, "star", B, False], [3, "star", A, False]),
            Said(stars={A: False, B: False}, last=3),
        ),
        (report([4, "select", B, True], receipt="r"), Said(selected={B: True}, last=4, receipt="r")),
        (report([1, "open", A, True]), Said(opened=A, last=1)),
        (report([1, "star", C, True], [2, "select", C, True], [3, "open", C, True]), Said()),
        (report([1, "sell", A, True]), Said(last=1)),
        (
            report(*([[1, "star", B, True]] * MOST_HEARD), [2, "star", A, True]),
            Said(stars={B: True}, last=1),
        ),
    ],
    ids=["a star", "the last word counts", "a choice", "opened", "not on the sheet", "nothing", "too many"],
)
def test_what_is_said_of_takes_on_the_sheet_is_heard(sent: object, said: Said) -> None:
    assert read(sent, KNOWN) == replace(said, sheet="s")


@pytest.mark.parametrize(
    ("heard", "stars"),
    [
        (("s", 0), {A: True, B: True}),
        (("s", 1), {B: True}),
        (("s", 2), {}),
        (("another", 2), {A: True, B: True}),
    ],
)
def test_what_was_heard_before_does_not_count_again(heard: tuple[str, int], stars: dict[str, bool]) -> None:
    said = read(report([1, "star", A, True], [2, "star", B, True]), KNOWN, heard)
    assert said.stars == stars
    assert said.last == 2


NONSENSE: list[Any] = [
    None,
    17,
    "x",
    [],
    [[1, "star", A, True]],
    {"done": [[1, "star", A, True]]},
    report([1, "star", A, True], sheet=1),
    report([1, "star", A, True], sheet="x" * 65),
    {"sheet": "s", "done": None},
    {"sheet": "s", "done": {A: True}},
    {"sheet": "s", "done": A},
    {"sheet": "s", "done": [1, "star", A, True]},
    report([1, "star", A], [1, "star", A, True, True], ["star", A, True], [A, 1, True, "star"]),
    report([1, "star", A, 1], [1, "star", A, "true"], [1, "star", A, None]),
    report([1, "star", [A], True], [1, ["star"], A, True], [1, {}, A, True]),
    report([0, "star", A, True], [-1, "star", A, True], [2**53, "star", A, True]),
    report([True, "star", A, True], [1.0, "star", A, True], ["1", "star", A, True], [None, "star", A, True]),
    {"receipt": 1},
    {"receipt": ["x"]},
    {"receipt": "x" * 65},
]


@pytest.mark.parametrize("sent", NONSENSE, ids=lambda sent: str(sent)[:40])
def test_what_is_nothing_of_ours_says_nothing(sent: object) -> None:
    assert replace(read(sent, KNOWN), sheet="") == Said()


json_like = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from([A, C, "star", "open"])
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["sheet", "done", "receipt"]), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(json_like)
def test_whatever_is_sent_only_takes_on_the_sheet_are_meant(sent: Any) -> None:
    said = read(sent, KNOWN)
    assert {*said.stars, *said.selected} <= KNOWN.keys()
    assert all(isinstance(on, bool) for on in (*said.stars.values(), *said.selected.values()))
    assert said.opened is None or said.opened in KNOWN


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
    did = [[1, "open", B, True], [2, "star", A, True], [3, "star", B, False], [4, "select", A, True]]
    heard.report(state, report(*did, receipt="r"))
    assert heard.told == [("star", [A], True), ("star", [B], False), ("select", [A], True), ("open", B)]
    assert state["sheet:receipt"] == "r"


def test_what_is_reported_again_is_told_once(state: dict[str, Any]) -> None:
    heard = Heard()
    did = [[1, "open", A, True], [2, "star", A, True]]
    heard.report(state, report(*did))
    heard.report(state, report(*did, [3, "star", B, True]))
    heard.report(state, report([4, "open", A, True]))
    assert heard.told == [("star", [A], True), ("open", A), ("star", [B], True), ("open", A)]


def test_a_report_before_anything_was_shown_is_heard_by_nobody(state: dict[str, Any]) -> None:
    del state["sheet:known"]
    heard = Heard()
    heard.report(state, report([1, "star", A, True], [2, "open", A, True]))
    assert heard.told == []
