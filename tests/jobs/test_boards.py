import json
import re
import threading
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from components.jobs.boards import LONGEST_NAME, SavedBoard
from components.jobs.database import writing
from components.jobs.store import Store
from components.storyboard.storyboard import board_from, read_board

ANY_TEXT = st.text(st.characters(codec=None), max_size=100)  # halves of characters too

RACCOONS = board_from([("🦝 wake \0 up", 3), ("eat, \ud800", 2), ("<b>sleep</b>\n", 3)]).as_json()


def keep(store: Store, name: str = "Raccoons", *, owner: str = "ann", now: float = 1.0) -> SavedBoard:
    return store.boards.save(owner, name, RACCOONS, now)


def names(store: Store, owner: str = "ann") -> list[str]:
    return [board.name for board in store.boards.all(owner)]


class TestKeeping:
    def test_a_board_comes_back_as_it_was_also_in_another_process(self, store: Store, tmp_path: Path) -> None:
        kept = keep(store, now=7.0)
        assert (kept.name, kept.saved, kept.shots, kept.seconds) == ("Raccoons", 7.0, 3, 8)
        assert re.fullmatch("[0-9a-f]{32}", kept.id)
        other = Store(tmp_path / "data")
        assert other.boards.all("ann") == [kept]
        assert other.boards.named("ann", "Raccoons") == kept
        assert other.boards.get("ann", kept.id) == RACCOONS
        other.close()

    def test_what_is_in_a_value_comes_back_to_the_letter(self, store: Store) -> None:
        @settings(max_examples=25, deadline=None)
        @given(
            st.dictionaries(
                ANY_TEXT, ANY_TEXT | st.lists(st.dictionaries(ANY_TEXT, st.integers() | ANY_TEXT))
            )
        )
        def check(value: dict[str, Any]) -> None:
            found = store.boards.get("ann", store.boards.save("ann", "any", value, 1.0).id)
            assert json.dumps(found) == json.dumps(value)  # the order of the keys too

        check()

    def test_the_same_name_again_replaces_it(self, store: Store) -> None:
        first = keep(store, now=1.0)
        shorter = board_from([("alone", 5)]).as_json()
        second = store.boards.save("ann", " Raccoons\n", shorter, 2.0)
        assert second == SavedBoard(first.id, "Raccoons", 2.0, 1, 5)
        assert store.boards.all("ann") == [second]
        assert store.boards.get("ann", first.id) == shorter

    def test_the_last_kept_comes_first(self, store: Store) -> None:
        for now, name in enumerate(["a", "c", "b", "a"]):
            keep(store, name, now=float(now))
        assert names(store) == ["a", "b", "c"]

    def test_two_who_keep_the_same_name_at_the_same_moment_leave_one_board(
        self, store: Store, tmp_path: Path
    ) -> None:
        stores = [store, Store(tmp_path / "data")]
        start = threading.Barrier(2)
        kept: list[SavedBoard] = []

        def save(which: Store) -> None:
            start.wait()
            kept.extend(keep(which, f"board {n}") for n in range(20))

        threads = [threading.Thread(target=save, args=(which,)) for which in stores]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        stores[1].close()
        assert len(kept) == 40
        assert {board.id for board in kept} == {board.id for board in store.boards.all("ann")}
        assert sorted(names(store)) == sorted(f"board {n}" for n in range(20))

    @pytest.mark.parametrize(
        ("value", "measures"),
        [
            ({}, (0, 0)),
            ({"shots": "three"}, (0, 0)),
            ({"shots": [{"seconds": 2}, 7, {"seconds": "9"}, {"seconds": True}, {}]}, (4, 2)),
            ({"shots": [{"seconds": 10**40}]}, (1, 2**62)),
        ],
    )
    def test_a_value_of_any_kind_is_measured_as_far_as_it_is_a_board(
        self, store: Store, value: dict[str, Any], measures: tuple[int, int]
    ) -> None:
        kept = store.boards.save("ann", "odd", value, 1.0)
        assert (kept.shots, kept.seconds) == measures
        assert store.boards.all("ann") == [kept]
        assert store.boards.get("ann", kept.id) == value


class TestNames:
    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ("  Raccoons \t at\n\nnight ", "Raccoons at night"),
            ("a\u00a0\u2028b\0c", "a b c"),
            ("cafe\u0301", "caf\u00e9"),  # one name, however it is typed
            ("👩‍🚀", "👩‍🚀"),
            ("' or 1=1 --", "' or 1=1 --"),
            ("half \ud800", "half ?"),
            ("x" * 80, "x" * 80),
            (" " * 90 + "x", "x"),
        ],
    )
    def test_a_name_is_kept_on_one_line_and_found_again(self, store: Store, given: str, kept: str) -> None:
        board = keep(store, given)
        assert board.name == kept
        assert store.boards.named("ann", given) == store.boards.named("ann", kept) == board
        assert keep(store, given).id == board.id

    @pytest.mark.parametrize(
        ("given", "sentence"),
        [
            ("", "A board needs a name."),
            (" \n\0\u200b", "A board needs a name."),
            ("x" * 81, "A board's name can have 80 characters; this one has 81."),
        ],
    )
    def test_a_name_that_cannot_be_is_said_in_a_sentence_and_changes_nothing(
        self, store: Store, given: str, sentence: str
    ) -> None:
        board = keep(store)
        with pytest.raises(ValueError, match=re.escape(sentence)):
            keep(store, given)
        assert store.boards.named("ann", given) is None
        assert store.boards.all("ann") == [board]

    def test_any_text_is_a_name_or_a_sentence(self, store: Store) -> None:
        @settings(max_examples=60, deadline=None)
        @given(ANY_TEXT)
        def check(text: str) -> None:
            try:
                name = keep(store, text).name
            except ValueError:
                assert store.boards.named("ann", text) is None
                return
            assert 1 <= len(name) <= LONGEST_NAME
            assert name == " ".join(name.split()) == unicodedata.normalize("NFC", name)
            assert keep(store, name).name == name

        check()


class TestDuplicating:
    @pytest.mark.parametrize(
        ("name", "others", "copies"),
        [
            ("Fox", [], ["Fox (copy)", "Fox (copy 2)", "Fox (copy 3)"]),
            ("Fox", ["Fox (copy 2)"], ["Fox (copy)", "Fox (copy 3)"]),
            ("Fox (copy)", [], ["Fox (copy 2)"]),
            ("Fox (copy 7)", [], ["Fox (copy)"]),
            ("(copy)", [], ["(copy) (copy)"]),
            ("x" * 80, [], ["x" * 73 + " (copy)", "x" * 71 + " (copy 2)"]),
            ("x" * 72 + " " + "y" * 7, [], ["x" * 72 + " (copy)"]),
        ],
    )
    def test_a_copy_gets_a_free_name_of_its_own(
        self, store: Store, name: str, others: list[str], copies: list[str]
    ) -> None:
        board = keep(store, name)
        for other in others:
            keep(store, other)
        made = [store.boards.duplicate("ann", board.id, 5.0) for _ in copies]
        assert [copy and copy.name for copy in made] == copies
        assert max(map(len, copies)) <= LONGEST_NAME

    def test_a_copy_is_a_board_apart(self, store: Store) -> None:
        board = keep(store)
        copy = store.boards.duplicate("ann", board.id, 5.0)
        assert copy is not None
        assert copy == SavedBoard(copy.id, "Raccoons (copy)", 5.0, 3, 8)
        assert store.boards.all("ann") == [copy, board]
        store.boards.save("ann", "Raccoons", {}, 6.0)
        assert store.boards.get("ann", copy.id) == RACCOONS
        assert store.boards.delete("ann", board.id)
        assert store.boards.all("ann") == [copy]


class TestDeleting:
    def test_what_is_deleted_is_gone_and_its_name_is_free(self, store: Store) -> None:
        board = keep(store)
        assert store.boards.delete("ann", board.id)
        assert store.boards.all("ann") == []
        assert not store.boards.delete("ann", board.id)
        assert names(store) == []
        assert keep(store).id != board.id


ON_A_BOARD: dict[str, Callable[[Store, str, str], object]] = {
    "get": lambda store, owner, id: store.boards.get(owner, id),
    "duplicate": lambda store, owner, id: store.boards.duplicate(owner, id, 9.0),
    "delete": lambda store, owner, id: store.boards.delete(owner, id),
}


class TestOthers:
    @pytest.mark.parametrize("wish", ON_A_BOARD)
    def test_a_board_is_there_for_its_owner_alone(self, store: Store, wish: str) -> None:
        board = keep(store)
        for owner, id in [
            ("bob", board.id),
            ("", board.id),
            ("ann", ""),
            ("ann", "\ud800"),
            ("ann", "0" * 32),
        ]:
            assert not ON_A_BOARD[wish](store, owner, id)
        assert store.boards.all("ann") == [board]
        assert store.boards.all("bob") == []
        assert store.boards.named("bob", "Raccoons") is None
        assert ON_A_BOARD[wish](store, "ann", board.id)

    def test_two_owners_can_use_one_name(self, store: Store) -> None:
        mine = keep(store)
        store.boards.save("bob", "Raccoons", {}, 2.0)
        assert store.boards.all("ann") == [mine]
        assert store.boards.get("ann", mine.id) == RACCOONS
        copy = store.boards.duplicate("ann", mine.id, 3.0)
        assert copy is not None
        assert names(store, "bob") == ["Raccoons"]


@pytest.mark.parametrize("value", ["{", "[]", "5", "null"])
def test_a_damaged_board_is_an_empty_one_and_hides_no_other(store: Store, value: str) -> None:
    board, fine = keep(store), keep(store, "Bears", now=2.0)
    with writing(store._engine) as connection:
        connection.exec_driver_sql("update board set value = ? where id = ?", (value, board.id))
    assert store.boards.all("ann") == [fine, board]
    assert store.boards.get("ann", board.id) == {}
    assert read_board({}) is None  # which is how a page sees it
    assert store.boards.duplicate("ann", board.id, 3.0) is not None
    assert store.boards.delete("ann", board.id)
    assert store.boards.get("ann", fine.id) == RACCOONS


def test_a_list_is_made_without_reading_the_boards(store: Store) -> None:
    for n in range(3):
        keep(store, f"board {n}", now=float(n))
    asked: list[tuple[str, Any]] = []

    @event.listens_for(store._engine, "before_cursor_execute")
    def _note(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    assert len(store.boards.all("ann")) == 3
    assert store.boards.named("ann", "board 1") is not None
    event.remove(store._engine, "before_cursor_execute", _note)
    assert len(asked) == 2
    with store._engine.connect() as connection:
        for statement, parameters in asked:
            assert "value" not in statement
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            steps = " / ".join(str(step.detail) for step in plan)
            assert "USING INDEX" in steps
            assert "B-TREE" not in steps
