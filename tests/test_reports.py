"""What Python keeps of what a browser holds, whatever arrives: shown with something of two fields."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.reports import Held, NotOurs, TooMuch, clean_text

Note = tuple[str, int]
"""A line of text, and how often it is to be said."""

KEY = "page|note"
FORMER: Note = ("former", 1)
TOO_OFTEN = "Nobody listens more than nine times."


def read(contents: Mapping[str, Any]) -> Note:
    line, times = contents.get("line"), contents.get("times")
    if not isinstance(line, str) or type(times) is not int:
        raise NotOurs
    if times > 9:
        raise TooMuch(TOO_OFTEN)
    return clean_text(line), times


def held(state: dict[str, Any], key: str = KEY) -> Held[Note]:
    return Held(state, key, "note", read)


def started(value: Note = FORMER) -> tuple[dict[str, Any], Held[Note]]:
    state: dict[str, Any] = {}
    note = held(state)
    note.start(value)
    return state, note


def report(line: str, times: int = 1, revision: str = "", **more: Any) -> dict[str, Any]:
    return {"revision": revision, "line": line, "times": times, **more}


def test_nothing_is_kept_before_the_first_run() -> None:
    note = held({})
    assert (note.kept(), note.now(), note.problem()) == (None, None, "")
    assert note.marks() == {"revision": "", "receipt": ""}


def test_it_begins_with_a_value_once() -> None:
    note = held({})
    assert note.start(("first", 1)) is True
    assert note.start(("second", 2)) is False
    assert note.kept() == note.now() == ("first", 1)


def test_what_is_heard_is_kept_and_announced_where_it_is_new() -> None:
    _, note = started()
    announced: list[Note | None] = []
    for line in ("new", "new", "newer"):
        assert note.hear(report(line, 2), lambda: announced.append(note.kept())) is True
    assert note.hear(report("newer", 3), lambda: announced.append(note.kept())) is True
    assert note.hear(report("newest", 3)) is True
    assert announced == [("new", 2), ("newer", 2), ("newer", 3)]
    assert note.kept() == ("newest", 3)


def test_a_report_is_seen_before_it_is_heard_and_then_heard() -> None:
    state, note = started()
    state[KEY] = {"report": report("just come", 2), "submit": None}
    assert note.now() == ("just come", 2)
    assert note.kept() == FORMER
    assert note.hear_report() is True
    assert note.kept() == ("just come", 2)
    del state[KEY]  # on another page
    assert note.now() == ("just come", 2)


NO_REVISIONS: list[Any] = [None, 7, ["x"], "x" * 65, b"", {}]
NOT_OURS = [
    *(None, "text", 17, [], {}, [report("x")], {"line": "x", "times": 1}),
    *({**report("x"), "revision": wrong} for wrong in NO_REVISIONS),
    # One field that is right does not help another: nothing is kept by halves.
    *({"revision": "", "line": "x"}, {"revision": "", "times": 2}, {**report("x"), "times": True}),
    *({**report("x"), "line": None}, {**report("x"), "times": "2"}),
]


@pytest.mark.parametrize("contents", NOT_OURS)
def test_what_is_not_of_our_making_changes_nothing(contents: Any) -> None:
    state, note = started()
    state[KEY] = {"report": contents}
    before = copy.deepcopy(state)
    assert note.can_keep(contents) is False
    assert note.hear(contents, lambda: pytest.fail("announced")) is False
    assert note.hear_report() is False
    assert (note.now(), note.problem()) == (FORMER, "")
    assert state == before


@pytest.mark.parametrize("said", [None, "garbage", [], 7, {}, {"report": None}, {"submit": report("x")}])
def test_a_state_without_a_report_is_none(said: object) -> None:
    state, note = started()
    state[KEY] = said
    assert (note.now(), note.problem(), note.hear_report()) == (FORMER, "", False)


def test_what_cannot_be_kept_is_a_sentence_until_something_can_be() -> None:
    state, note = started()
    state[KEY] = {"report": report("x", 10)}
    assert (note.now(), note.problem()) == (FORMER, TOO_OFTEN)  # before it is heard
    assert note.can_keep(report("x", 10)) is False
    assert note.hear(report("x", 10), lambda: pytest.fail("announced")) is False
    assert (note.kept(), note.problem()) == (FORMER, TOO_OFTEN)
    state[KEY] = None  # on another page
    assert note.problem() == TOO_OFTEN
    assert note.hear(None) is False  # what is no report does not end it
    assert note.problem() == TOO_OFTEN
    assert note.hear(report("x", 9)) is True
    assert note.problem() == ""


def test_a_problem_is_over_with_the_report_that_ends_it_even_before_that_is_heard() -> None:
    state, note = started()
    note.hear(report("x", 10))
    state[KEY] = {"report": report("x", 2)}
    assert (note.now(), note.problem()) == (("x", 2), "")


def test_a_replacement_stands_against_everything_that_was_typed_before_it() -> None:
    state, note = started()
    note.hear(report("typed", 10))
    state[KEY] = {"report": report("typed on")}
    note.put(("replaced", 3))
    first = note.marks()["revision"]
    assert first
    assert (note.kept(), note.now(), note.problem()) == (("replaced", 3), ("replaced", 3), "")
    for late in ("", "another"):
        assert note.hear(report("typed on", 1, late)) is False
        assert note.hear(report("typed on", 10, late)) is False
    assert (note.kept(), note.problem()) == (("replaced", 3), "")
    assert note.hear(report("edited", 3, first)) is True
    note.put(("replaced again", 3))
    assert note.marks()["revision"] != first
    assert note.hear(report("edited on", 3, first)) is False
    assert note.kept() == ("replaced again", 3)


def test_the_same_value_put_again_is_a_new_revision() -> None:
    _, note = started()
    note.put(FORMER)
    revision = note.marks()["revision"]
    note.put(FORMER)
    assert note.marks()["revision"] not in ("", revision)


def test_a_new_session_takes_the_revision_that_the_browser_is_at() -> None:
    _, note = started()
    assert note.hear(report("typed", 1, "of the session before")) is True
    assert note.marks()["revision"] == "of the session before"
    assert note.hear(report("typed on", 1, "another")) is False
    assert note.hear(report("typed on", 1, "of the session before")) is True


def test_a_refused_report_leaves_no_revision_behind() -> None:
    _, note = started()
    assert note.hear(report("x", 10, "one")) is False
    assert note.hear({"revision": "two"}) is False
    assert note.marks()["revision"] == ""
    assert note.hear(report("x", 1, "three")) is True


@pytest.mark.parametrize(
    "contents", [report("x"), report("x", 10), report("x", 1, "late"), {}, {"revision": None}]
)
def test_a_receipt_is_given_back_whatever_becomes_of_the_report(contents: dict[str, Any]) -> None:
    _, note = started()
    note.put(FORMER)
    note.hear({**contents, "receipt": "17"})
    assert note.marks()["receipt"] == "17"
    for nonsense in (18, None, "x" * 65, ["17"], b"18"):
        note.hear({**contents, "receipt": nonsense})
        assert note.marks()["receipt"] == "17"


def test_looking_gives_no_receipt() -> None:
    state, note = started()
    state[KEY] = {"report": report("x", receipt="17")}
    assert note.now() == ("x", 1)
    assert note.can_keep(report("x", receipt="17"))
    assert note.problem() == ""
    assert note.marks()["receipt"] == ""


def test_two_fields_of_one_page_do_not_know_each_other() -> None:
    state, note = started()
    other = held(state, "page|other")
    other.start(("other", 5))
    note.put(("replaced", 3))
    note.hear(report("x", 10, note.marks()["revision"], receipt="17"))
    assert (other.kept(), other.problem(), other.marks()) == (
        ("other", 5),
        "",
        {"revision": "", "receipt": ""},
    )
    assert other.hear(report("typed")) is True
    assert note.problem() == TOO_OFTEN


def test_what_is_kept_is_there_even_where_its_announcement_fails() -> None:
    _, note = started()

    def fail() -> None:
        raise RuntimeError("the store is away")

    with pytest.raises(RuntimeError):
        note.hear(report("typed"), fail)
    assert note.kept() == ("typed", 1)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["revision", "receipt", "line", "times", "report"]), inner)
    ),
    max_leaves=8,
)


@given(JSON)
def test_nothing_that_arrives_is_an_error_or_half_kept(contents: Any) -> None:
    state, note = started()
    state[KEY] = contents
    assert note.hear_report() is note.can_keep(contents.get("report") if isinstance(contents, dict) else None)
    kept = note.hear(contents)
    assert kept is note.can_keep(contents)
    marks, value = note.marks(), note.kept()
    assert max(map(len, marks.values())) <= 64
    assert value is not None
    assert note.problem() == "" or value == FORMER
    value[0].encode()
    assert value == (read(contents) if kept else value)


TIMES = st.integers(0, 12)
STEPS = st.lists(
    st.tuples(st.just("type"), TIMES)
    | st.tuples(st.just("put"), st.integers(0, 9))
    | st.tuples(st.sampled_from(["deliver", "run"]), st.none()),
    max_size=12,
)


@given(STEPS)
def test_a_browser_and_python_agree_once_everything_has_arrived(steps: list[tuple[str, int]]) -> None:
    """A browser that types while replacements are on their way to it: reports arrive late, runs show late."""
    _, note = started()
    holds, revision, on_the_way = FORMER, "", list[dict[str, Any]]()
    last_good = FORMER
    for what, times in [*steps, ("deliver", 0), ("run", 0)]:
        if what == "type":
            holds = ("typed", times)
            on_the_way.append(report("typed", times, revision))
        elif what == "put":
            note.put(("put", times))
            last_good = ("put", times)
        elif what == "deliver":
            for each in on_the_way:
                if note.hear(each):
                    assert each["revision"] == note.marks()["revision"]
                    last_good = (each["line"], each["times"])
            on_the_way.clear()
        elif note.marks()["revision"] != revision:
            revision = note.marks()["revision"]
            holds = note.kept() or FORMER
        assert note.kept() == last_good
    assert note.kept() == holds or (holds[1] > 9 and note.problem() == TOO_OFTEN)
