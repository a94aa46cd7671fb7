from hypothesis import given
from hypothesis import strategies as st

from components.gallery.shelf import ROOM, Shelf


def test_new_takes_stand_on_top_and_the_others_stay_where_they_are() -> None:
    shelf = Shelf()
    before = shelf.place(["b", "a"])
    after = shelf.place(["d", "c", "b", "a"])
    assert (after["b"], after["a"]) == (before["b"], before["a"])
    assert sorted(after, key=after.__getitem__) == ["d", "c", "b", "a"]


def test_a_take_that_is_deleted_leaves_its_slot_empty_and_an_older_one_comes_in_below() -> None:
    shelf = Shelf()
    before = shelf.place(["c", "b", "a"])
    after = shelf.place(["c", "a", "older"])
    assert (after["c"], after["a"]) == (before["c"], before["a"])
    assert after["older"] > after["a"]
    assert shelf.size > after["older"]


def test_when_there_is_no_room_left_the_shelf_starts_anew() -> None:
    shelf = Shelf()
    shelf.place(["first"])
    many = [f"n{i}" for i in range(ROOM + 1)]
    assert shelf.place([*many, "first"])["n0"] == ROOM


def test_an_empty_list_needs_room_only() -> None:
    shelf = Shelf()
    assert shelf.place([]) == {}
    assert shelf.size == ROOM
    assert shelf.place(["a"])["a"] < shelf.size


@given(st.lists(st.sampled_from(["new", "drop", "same"]), max_size=60), st.integers(1, 8))
def test_no_card_moves_while_there_is_room(steps: list[str], limit: int) -> None:
    everything = [f"old{i}" for i in range(5)]  # newest first
    shelf = Shelf()
    places = shelf.place(everything[:limit])
    room = ROOM
    for n, step in enumerate(steps):
        if step == "new":
            everything.insert(0, f"new{n}")
            room -= 1
        elif step == "drop" and len(everything) > 1:
            everything.pop(len(everything) // 2)
        shown = everything[:limit]
        now = shelf.place(shown)
        assert list(now) == shown
        assert sorted(now.values()) == list(now.values())
        assert len(set(now.values())) == len(now)
        assert all(0 <= slot < shelf.size for slot in now.values())
        if room >= 0 and set(now) & set(places):
            assert all(now[i] == places[i] for i in set(now) & set(places))
        if room < 0:
            room = ROOM
        places = now


def test_a_short_list_keeps_what_it_has_shown_when_newer_takes_come() -> None:
    shelf = Shelf()
    opened = ["d", "c", "b", "a"]
    assert shelf.reach(opened, 2) == 2
    shelf.place(opened[:2])
    later = ["g", "f", "e", *opened]
    assert later[: shelf.reach(later, 2)] == ["g", "f", "e", "d", "c"]


def test_a_short_list_takes_in_an_older_take_for_one_that_was_deleted() -> None:
    shelf = Shelf()
    shelf.place(["c", "b"])
    assert shelf.reach(["c", "a"], 2) == 2
