"""What Python makes of what a browser sends about the thumbs of a take. The browser's side: tests/browser."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.gallery import shots
from components.jobs.job import Job
from components.jobs.store import StoreError
from components.storyboard.storyboard import board_from
from tests.gallery.test_player import take

KEY = "shots-a take"
COUNT = 3

GOOD: list[tuple[Any, dict[int, bool | None]]] = [
    ([], {}),
    ([{"shot": 0, "verdict": True}], {0: True}),
    ([{"shot": 2, "verdict": False}], {2: False}),
    ([{"shot": 1, "verdict": None}], {1: None}),
    ([{"shot": 0, "verdict": True}, {"shot": 2, "verdict": None}], {0: True, 2: None}),
    ([{"shot": 0, "verdict": True}, {"shot": 0, "verdict": False}], {0: False}),
    ([{"shot": 0, "verdict": True, "more": "x"}], {0: True}),
    ([None, {"shot": 7, "verdict": True}, {"shot": 1, "verdict": True}], {1: True}),
]

BAD_ENTRIES: list[Any] = [
    None,
    17,
    "thumb",
    [0, True],
    {},
    {"shot": 0},
    {"verdict": True},
    {"shot": -1, "verdict": True},
    {"shot": COUNT, "verdict": True},
    {"shot": 10**30, "verdict": True},
    {"shot": 0.0, "verdict": True},
    {"shot": True, "verdict": True},
    {"shot": "0", "verdict": True},
    {"shot": [0], "verdict": True},
    {"shot": None, "verdict": True},
    {"shot": 0, "verdict": 1},
    {"shot": 0, "verdict": 0},
    {"shot": 0, "verdict": "true"},
    {"shot": 0, "verdict": []},
    {"shot": 0, "verdict": {"up": True}},
]

BAD_REPORTS: list[Any] = [
    None,
    17,
    "x",
    [],
    {},
    {"verdicts": None},
    {"verdicts": {"shot": 0}},
    {"verdicts": "x"},
]


class Kept:
    """Pretends to be the store."""

    def __init__(self, *, there: bool = True, works: bool = True) -> None:
        self.there, self.works = there, works
        self.judged: dict[int, bool | None] = {}

    def judge_shot(self, job_id: str, shot: int, verdict: bool | None) -> bool:
        assert job_id == "a take"
        if not self.works:
            raise StoreError("The disk is full.")
        self.judged[shot] = verdict
        return self.there


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the person was told."""
    sentences: list[str] = []
    monkeypatch.setattr("streamlit.toast", sentences.append)
    return sentences


def arrive(monkeypatch: pytest.MonkeyPatch, sent: object, kept: Kept) -> object:
    """What a browser sent arrives; gives the receipt that goes back to it."""
    state: dict[str, Any] = {KEY: {"verdict": sent}}
    monkeypatch.setattr("streamlit.session_state", state)
    monkeypatch.setattr(shots, "services", lambda: type("Shared", (), {"store": kept}))
    shots._judged(KEY, "a take", COUNT)
    return state.get(f"{KEY}:receipt")


@pytest.mark.parametrize(("entries", "judged"), GOOD, ids=range(len(GOOD)))
def test_each_thumb_is_kept_the_last_where_there_are_several(
    monkeypatch: pytest.MonkeyPatch, told: list[str], entries: Any, judged: dict[int, bool | None]
) -> None:
    kept = Kept()
    assert arrive(monkeypatch, {"receipt": "r1", "verdicts": entries}, kept) == "r1"
    assert kept.judged == judged
    assert not told


@pytest.mark.parametrize(
    "sent", [*({"verdicts": [entry]} for entry in BAD_ENTRIES), *BAD_REPORTS], ids=lambda sent: str(sent)[:40]
)
def test_what_is_no_thumb_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, told: list[str], sent: object
) -> None:
    kept = Kept()
    assert arrive(monkeypatch, sent, kept) is None
    assert kept.judged == {}
    assert not told


@pytest.mark.parametrize("receipt", [None, 17, "x" * 65, ["x"], {"x": "x"}], ids=range(5))
def test_a_receipt_that_is_none_of_ours_is_not_given_back(
    monkeypatch: pytest.MonkeyPatch, told: list[str], receipt: object
) -> None:
    kept = Kept()
    sent = {"receipt": receipt, "verdicts": [{"shot": 0, "verdict": True}]}
    assert arrive(monkeypatch, sent, kept) is None
    assert kept.judged == {0: True}


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["verdicts", "shot", "verdict", "receipt"]), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(json_like)
def test_whatever_is_sent_only_thumbs_for_this_takes_shots_come_of_it(sent: Any) -> None:
    for shot, verdict in shots._read(sent, COUNT).items():
        assert type(shot) is int
        assert 0 <= shot < COUNT
        assert verdict is None or isinstance(verdict, bool)


@pytest.mark.parametrize(
    ("kept", "sentence"),
    [(Kept(there=False), "This take was deleted"), (Kept(works=False), "The disk is full.")],
    ids=["deleted", "full"],
)
def test_a_thumb_that_cannot_be_kept_is_said_and_given_back(
    monkeypatch: pytest.MonkeyPatch, told: list[str], kept: Kept, sentence: str
) -> None:
    entries = [{"shot": shot, "verdict": True} for shot in range(COUNT)]
    assert arrive(monkeypatch, {"receipt": "r1", "verdicts": entries}, kept) == "r1"
    assert len(told) == 1
    assert sentence in told[0]


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ((), [None, None, None]),
        ((True,), [True, None, None]),
        ((None, False, True), [None, False, True]),
        ((True, True, True, True), [True, True, True]),
    ],
)
def test_every_planned_shot_has_a_place_for_a_thumb(
    kept: tuple[bool | None, ...], shown: list[bool | None]
) -> None:
    job = Job(**(vars(take("a fox")) | {"verdicts": kept}))
    assert shots.verdicts(job, board_from([("a", 1)] * 3)) == shown
