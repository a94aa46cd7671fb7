from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from components.jobs.database import writing
from components.jobs.drafts import EARLIER_FOR, MOST_EARLIER, ONE_BURST, Replaced, Saved, has_all_of
from components.jobs.schema import earlier_draft
from components.jobs.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path)
    yield store
    store.close()


class Window:
    """A window of ann's: it remembers what it read or wrote last."""

    def __init__(self, store: Store, name: str, owner: str = "ann") -> None:
        self.store, self.name, self.owner = store, name, owner
        kept = store.drafts.get(owner, "m")
        self.read = 0 if kept is None else kept.number

    def types(self, text: str, now: float = 1.0, **more: Any) -> Saved:
        saved = self.store.drafts.save(
            self.owner, "m", {"values": {"prompt": text}}, now, window=self.name, read=self.read, **more
        )
        self.read = saved.number
        return saved


def text(value: dict[str, Any]) -> str:
    return str(value["values"]["prompt"])


def earlier(store: Store) -> list[tuple[str, Replaced]]:
    return [(text(version.value), version.why) for version in store.drafts.earlier("ann", "m")]


def now(store: Store) -> str:
    kept = store.drafts.get("ann", "m")
    assert kept is not None
    return text(kept.value)


def test_each_owner_has_their_own(store: Store) -> None:
    store.drafts.save("ann", "studio", {"z": 1, "a": {"ключ": [None, "🦊"]}}, 1.0)
    store.drafts.save("ann", "other", {}, 1.0)
    store.drafts.save("bob", "studio", {"prompt": "mine"}, 1.0)
    store.drafts.save("ann", "studio", {"z": 2, "a": 3}, 2.0, window="w")
    kept = store.drafts.all("ann")
    assert kept.keys() == {"studio", "other"}
    assert list(kept["studio"].value.items()) == [("z", 2), ("a", 3)]
    assert (kept["studio"].number, kept["studio"].saved) == (2, 2.0)
    bobs = store.drafts.get("bob", "studio")
    assert bobs is not None
    assert bobs.value == {"prompt": "mine"}
    assert store.drafts.get("eve", "studio") is None
    assert store.drafts.all("eve") == {}


def test_one_window_that_types_leaves_no_versions(store: Store) -> None:
    one = Window(store, "one")
    for typed in ("a", "a fox", "a f", "", "a bear"):
        assert one.types(typed).earlier is None
    assert earlier(store) == []


def test_the_later_window_wins_and_the_other_text_is_kept(store: Store) -> None:
    one = Window(store, "one")
    one.types("a fox")
    two = Window(store, "two")
    assert two.types("a fox runs").earlier is None  # it has all of the other
    saved = one.types("a fox sleeps", 5.0)
    assert now(store) == "a fox sleeps"
    assert earlier(store) == [("a fox runs", Replaced.OTHER_WINDOW)]
    assert saved.earlier is not None
    assert saved.written == 1.0


def test_two_windows_that_type_at_once_leave_the_last_state_of_each(store: Store) -> None:
    one, two = Window(store, "one"), Window(store, "two")
    for n in range(100):
        one.types(f"fox {n}", n * 0.6)
        two.types(f"bear {n}", n * 0.6 + 0.3)
    assert now(store) == "bear 99"
    assert len(earlier(store)) == 2
    assert ("fox 99", Replaced.OTHER_WINDOW) in earlier(store)


def test_with_a_pause_between_them_each_burst_is_a_version(store: Store) -> None:
    one, two = Window(store, "one"), Window(store, "two")
    for n in range(3):
        one.types(f"fox {n}", n * 2 * ONE_BURST)
        two.types(f"bear {n}", n * 2 * ONE_BURST + 1)
    assert [version for version, _ in earlier(store)] == ["fox 2", "bear 1", "fox 1", "bear 0", "fox 0"]


def test_a_forgotten_window_that_comes_back_as_a_new_session_loses_nothing(store: Store) -> None:
    Window(store, "morning").types("old words")
    newer = Window(store, "noon")
    newer.types("old words, and many new ones", 2.0)
    back = Window(store, "evening")  # reads the newest, and reports what its browser holds
    saved = back.types("old words", 3.0)
    assert saved.earlier is not None
    assert earlier(store) == [("old words, and many new ones", Replaced.VISIT)]


def test_what_a_window_wrote_more_of_and_then_deleted_is_kept(store: Store) -> None:
    Window(store, "one").types("a fox")
    two = Window(store, "two")
    assert two.types("a fox runs", 2.0).earlier is None
    assert two.types("a fox sleeps", 3.0).earlier is None
    saved = two.types("a bear", 4.0)
    assert earlier(store) == [("a fox", Replaced.VISIT)]
    assert saved.written == 1.0
    assert two.types("", 5.0).earlier is None  # what it wrote itself is its own


def test_what_is_replaced_on_purpose_is_kept_and_comes_back(store: Store) -> None:
    one = Window(store, "one")
    one.types("a fox")
    saved = one.types("", 2.0, why=Replaced.START_OVER)
    assert saved.earlier is not None
    assert earlier(store) == [("a fox", Replaced.START_OVER)]
    one.types("a bear", 3.0)
    one.types("a fox", 4.0, why=Replaced.BROUGHT_BACK, instead_of=saved.earlier.id)
    assert now(store) == "a fox"
    assert earlier(store) == [("a bear", Replaced.BROUGHT_BACK)]


def test_what_was_replaced_on_purpose_is_no_part_of_a_burst(store: Store) -> None:
    one, two = Window(store, "one"), Window(store, "two")
    one.types("a masterpiece")
    one.types("", 2.0, why=Replaced.START_OVER)
    one.types("a fox", 3.0)
    two.types("a bear", 4.0)
    assert [version for version, _ in earlier(store)] == ["a fox", "a masterpiece"]


def test_the_oldest_versions_go(store: Store) -> None:
    one = Window(store, "one")
    for n in range(MOST_EARLIER + 5):
        one.types(f"{n};", float(n), why=Replaced.TAKE)
    kept = [version for version, _ in earlier(store)]
    assert kept == [f"{n};" for n in reversed(range(4, MOST_EARLIER + 4))]
    one.types("much later", EARLIER_FOR + 9, why=Replaced.TAKE)
    assert len(earlier(store)) == MOST_EARLIER - 4 + 1  # what is as old as that is gone


def test_nobody_sees_or_takes_another_persons_versions(store: Store) -> None:
    one = Window(store, "one")
    one.types("a fox")
    saved = one.types("", why=Replaced.START_OVER)
    assert saved.earlier is not None
    assert store.drafts.earlier("bob", "m") == []
    assert store.drafts.one_earlier("bob", saved.earlier.id) is None
    Window(store, "other", "bob").types("mine", instead_of=saved.earlier.id)
    assert store.drafts.one_earlier("ann", saved.earlier.id) is not None


def test_damaged_versions_are_empty_ones(store: Store) -> None:
    with writing(store._engine) as connection:
        row = {"owner": "ann", "key": "m", "value": ["no draft"], "replaced": 1.0, "why": "a new reason"}
        connection.execute(insert(earlier_draft).values(row))
    [version] = store.drafts.earlier("ann", "m")
    assert (version.value, version.why) == ({}, Replaced.VISIT)


def test_whatever_windows_do_the_last_words_of_each_can_come_back(tmp_path: Path) -> None:
    store = Store(tmp_path)
    people = count()
    step = st.tuples(
        st.integers(0, 2),
        st.sampled_from(["a", "a b", "b", "b c", "", "c a"]),
        st.sampled_from([0.1, 5.0, 2 * ONE_BURST]),
        st.sampled_from([None, None, None, Replaced.START_OVER]),
        st.booleans(),
    )

    @settings(max_examples=60)
    @given(st.lists(step, max_size=12))
    def check(steps: list[tuple[int, str, float, Replaced | None, bool]]) -> None:
        owner = f"person {next(people)}"
        windows = [Window(store, f"w{n}", owner) for n in range(3)]
        last: dict[str, str] = {}
        now = 1.0
        for which, words, later, why, reopened in steps:
            if reopened:  # closed, and opened again: another session
                windows[which] = Window(store, f"w{which} {now}", owner)
            now += later
            windows[which].types(words, now, why=why)
            last[windows[which].name] = words
        present = store.drafts.get(owner, "m")
        there = [version.value for version in store.drafts.earlier(owner, "m")]
        there += [present.value] if present else []
        for words in last.values():
            assert any(words in text(value) for value in there), (words, there)

    check()
    store.close()


@pytest.mark.parametrize(
    ("newer", "older", "holds"),
    [
        ({"prompt": "a fox runs"}, {"prompt": "a fox"}, True),
        ({"prompt": "a bear"}, {"prompt": "a fox"}, False),
        ({"prompt": ""}, {"prompt": "  \n"}, True),
        ({}, {"prompt": None}, True),
        ({}, {"sound": False}, False),
        ({"seconds": 5.0}, {"seconds": 5}, True),
        ({"sound": 1}, {"sound": True}, False),
        ({"prompt": "x", "seconds": 5}, {"seconds": 7}, False),
        ({"list": ["a b", "c"]}, {"list": ["a"]}, True),
        ({"list": ["a"]}, {"list": ["a", ""]}, True),
        ({"list": ["b", "a"]}, {"list": ["a", "b"]}, False),
        ({"list": "a"}, {"list": ["a"]}, False),
    ],
)
def test_what_has_all_of_something_else(newer: Any, older: Any, holds: bool) -> None:
    assert has_all_of({"values": newer}, {"values": older}) is holds


def test_a_note_or_which_of_two_is_meant_is_nothing_to_lose() -> None:
    assert has_all_of({"storyboard": False, "@spec": "b"}, {"storyboard": True, "@spec": "a"})
    assert has_all_of({}, "damaged")


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.text(max_size=3), json_like, max_size=3), st.text(max_size=4))
def test_everything_has_all_of_itself_and_still_has_with_more(value: dict[str, Any], more: str) -> None:
    assert has_all_of(value, value)
    assert has_all_of({**value, "more than that": more}, value)
