from __future__ import annotations

import gc
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.catalog.entry import Entry
from components.catalog.spec import Group, ListOf, Media, MediaKind, Number, OneOf, Parameter, Role, Text
from components.picker import facts as facts_module
from components.picker.facts import Source, facts_of
from components.picker.finding import EVERYTHING, Filters, Offered, Sort, find, obstacles, offered
from tests.picker.entries import VARIABLE, by_resolution, model, per_second, per_take, unread

LIVE = "live"


def names(entries: list[Entry]) -> list[str]:
    return [entry.name for entry in entries]


RIVER = model("River 3 Pro", maker="Delta", summary="Long scenes with sound.", price=per_second(0.2))
BROOK = model("Brook", maker="River Labs", summary="Quick drafts.", aliases=("labs/old-brook",))
CAFE = model("Café Motion", maker="Ünicorn", summary="People at a river.", released="2026-01-02")
ALL = (RIVER, BROOK, CAFE)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["River 3 Pro", "Brook", "Café Motion"]),
        ("   ", ["River 3 Pro", "Brook", "Café Motion"]),
        ("river", ["River 3 Pro", "Brook", "Café Motion"]),  # name before maker before summary
        ("RIV", ["River 3 Pro", "Brook", "Café Motion"]),
        ("iver", []),  # beginnings of words only
        ("cafe", ["Café Motion"]),
        ("CAFÉ unicorn", ["Café Motion"]),
        ("river quick", ["Brook"]),
        ("river 3", ["River 3 Pro"]),
        ("old-brook", ["Brook"]),
        ("labs/old-brook", ["Brook"]),
        ("river unicorn sound", []),
        ("%$!", ["River 3 Pro", "Brook", "Café Motion"]),
        ("x" * 100_000, []),
    ],
)
def test_models_are_found_by_the_beginnings_of_words(query: str, found: list[str]) -> None:
    assert names(find(ALL, query)) == found


def test_what_was_used_last_is_suggested_first_but_a_better_match_before_it() -> None:
    assert names(find(ALL, recent=["café-motion", "brook"])) == ["Café Motion", "Brook", "River 3 Pro"]
    assert names(find(ALL, "river", recent=["café-motion", "brook"])) == [
        "River 3 Pro",
        "Brook",
        "Café Motion",
    ]


def test_an_order_that_was_chosen_holds() -> None:
    cheap, dear = model("B", price=per_second(0.1)), model("A", price=per_second(0.5), released="2025-08-07")
    unknown, newest = model("C"), model("D", released="2026-02-01T10:00:00Z", price=VARIABLE)
    entries = (unknown, dear, newest, cheap)
    assert names(find(entries, sort=Sort.PRICE, destination=LIVE, recent=["c"])) == ["B", "A", "C", "D"]
    assert names(find(entries, sort=Sort.NEWEST)) == ["D", "A", "C", "B"]
    assert names(find(entries, sort=Sort.NAME)) == ["A", "B", "C", "D"]
    assert names(find(entries, sort=Sort.PRICE, destination="elsewhere")) == ["C", "A", "D", "B"]


def test_what_cannot_be_used_comes_last_and_what_is_gone_before_it() -> None:
    broken = unread("Broken", trouble="Its document cannot be read.")
    gone = replace(model("Gone"), gone=frozenset({LIVE}))
    old = replace(model("Old form"), trouble="Its new document cannot be read.")
    entries = (broken, gone, old, RIVER)
    for sort in Sort:
        assert names(find(entries, sort=sort, destination=LIVE))[-2:] == ["Gone", "Broken"]
    assert [facts_of(each).usable for each in (old, broken, unread("Unread"))] == [True, False, True]


@pytest.mark.parametrize(
    ("entry", "sources"),
    [
        (model("T"), {Source.TEXT}),
        (model("I", picture=True), {Source.PICTURE}),
        (model("Both", picture=False), {Source.TEXT, Source.PICTURE}),
        (unread("U", capabilities=("image_to_video", "text_to_poem")), {Source.PICTURE}),
        (unread("N"), set()),
        (
            model(
                "Deep",
                more=[
                    Group(
                        name="g",
                        label="G",
                        fields=(
                            ListOf(
                                name="l",
                                label="L",
                                item=OneOf(
                                    name="",
                                    label="O",
                                    alternatives=(
                                        Media(name="", label="M", media=MediaKind.AUDIO),
                                        Media(name="", label="V", media=MediaKind.VIDEO),
                                    ),
                                ),
                            ),
                        ),
                    )
                ],
            ),
            {Source.TEXT, Source.SOUND, Source.VIDEO},
        ),
        (
            model("Old", more=[Media(name="m", label="M", media=MediaKind.IMAGE, deprecated=True)]),
            {Source.TEXT},
        ),
    ],
)
def test_what_a_video_can_be_made_from(entry: Entry, sources: set[Source]) -> None:
    assert facts_of(entry).sources == sources


@pytest.mark.parametrize(
    ("options", "lengths"),
    [
        ((5, 10), ["5", "10"]),
        (("10", "5"), ["5", "10"]),
        (("4s", "8 seconds", "auto"), ["4", "8"]),
        ((True, 5, -3, 0), ["5"]),
        (("5" * 500,), []),
    ],
)
def test_lengths_are_read_however_they_are_written(options: tuple[Any, ...], lengths: list[str]) -> None:
    assert [f"{each:f}" for each in facts_of(model("M", seconds=options)).lengths] == lengths


def test_a_range_of_lengths_needs_both_ends() -> None:
    def ranged(low: float | None, high: float | None) -> list[str]:
        number = Number(name="d", label="D", role=Role.SECONDS, minimum=low, maximum=high)
        return [f"{each:f}" for each in facts_of(model("M", more=[number])).lengths]

    assert ranged(3, 15) == ["3", "15"]
    assert ranged(1.5, 10.0) == ["1.5", "10"]
    assert ranged(None, 15) == ranged(3, None) == ranged(20, 10) == ranged(1, float("inf")) == []


@pytest.mark.parametrize(
    ("price", "default", "comparable"),
    [
        (per_second(0.65), None, "0.65"),
        (by_resolution(p720=0.1, p1080=0.3), None, "0.1"),
        (per_take(0.5), 10, "0.05"),
        (per_take(0.5), None, "0.1"),  # the shortest where no length is usual
        (VARIABLE, None, None),
        ({"kind": "fixed", "units": [{"measure": "second", "price": 1}]}, None, None),  # no `per`
        ({"kind": ["odd"]}, None, None),
    ],
)
def test_prices_are_compared_by_the_second(price: Any, default: Any, comparable: str | None) -> None:
    found = facts_of(model("M", seconds=(5, 10), default=default, price=price)).price(LIVE).comparable
    assert found == (None if comparable is None else Decimal(comparable))


MIXED = (
    model("Long", seconds=range(3, 16), resolutions=("720p", "1080p"), sound=True, price=per_second(0.3)),
    model("Short", seconds=(5, 10), resolutions=("4K", "1080P"), picture=True, price=per_second(0.05)),
    model("Cut", seconds=(5,), shots=6, price=per_second(0.15)),
    unread("Unread", capabilities=("text_to_video",)),
)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (EVERYTHING, ["Long", "Short", "Cut", "Unread"]),
        (Filters(sources=frozenset({Source.PICTURE})), ["Short"]),
        (Filters(sources=frozenset({Source.TEXT})), ["Long", "Cut", "Unread"]),
        (Filters(sources=frozenset({Source.TEXT, Source.PICTURE})), []),
        (Filters(sound=True), ["Long"]),
        (Filters(storyboard=True), ["Cut"]),
        (Filters(seconds=Decimal(10)), ["Long", "Short"]),
        (Filters(resolution="1080p"), ["Long", "Short"]),
        (Filters(price=Decimal("0.15")), ["Short", "Cut"]),
        (Filters(price=Decimal("0.15"), seconds=Decimal(10)), ["Short"]),
    ],
)
def test_filters_leave_what_can_do_all_of_it(filters: Filters, found: list[str]) -> None:
    assert names(find(MIXED, filters=filters, destination=LIVE)) == found


def test_only_filters_that_tell_models_apart_are_offered() -> None:
    worth = offered(MIXED, LIVE)
    assert worth.sources == (Source.TEXT, Source.PICTURE)
    assert (worth.sound, worth.storyboard) == (True, True)
    assert worth.resolutions == ("720p", "1080p", "4K")
    assert worth.seconds == (Decimal(5), Decimal(8), Decimal(12))
    assert worth.prices == (Decimal("0.05"), Decimal("0.15"), Decimal("0.3"))
    assert offered(MIXED, "elsewhere").prices == ()
    assert offered((RIVER, BROOK), "elsewhere") == Offered((), False, False, (), (), ())


def test_where_nothing_is_found_it_says_what_is_in_the_way() -> None:
    asked = Filters(sources=frozenset({Source.PICTURE}), sound=True, seconds=Decimal(5))
    assert find(MIXED, "", asked, destination=LIVE) == []
    assert obstacles(MIXED, "", asked, LIVE) == [(Source.PICTURE, 1), ("sound", 1)]
    assert obstacles(MIXED, "nobody", EVERYTHING, LIVE) == [("query", 4)]
    assert obstacles(MIXED, "nobody", asked, LIVE) == []


@given(
    st.builds(
        Filters,
        sources=st.frozensets(st.sampled_from(Source)),
        sound=st.booleans(),
        storyboard=st.booleans(),
        seconds=st.none() | st.decimals("0.1", 200),
        resolution=st.none() | st.sampled_from(["720p", "8K"]),
        price=st.none() | st.decimals(0, 1),
    ),
    st.text(max_size=30),
)
def test_without_a_filter_no_model_fewer_is_found(filters: Filters, query: str) -> None:
    found = find(MIXED, query, filters, destination=LIVE)
    assert len(filters.active()) == len(set(filters.active()))
    left = filters
    for name in filters.active():
        more = find(MIXED, query, filters.without(name), destination=LIVE)
        assert {entry.id for entry in found} <= {entry.id for entry in more}
        left = left.without(name)
    assert left == EVERYTHING


def test_facts_are_read_once_for_each_entry_and_let_go_with_it() -> None:
    entry = model("Once")
    assert facts_of(entry) is facts_of(entry)
    changed = replace(entry, name="Twice")
    assert facts_of(changed).name == ("twice",)
    before = len(facts_module._kept)
    del changed
    gc.collect()
    assert len(facts_module._kept) == before - 1


def test_odd_texts_of_a_list_do_no_harm() -> None:
    odd = Entry(
        id="\ud800",
        name="\x00 \u202e<b>" + "é" * 100_000,
        maker="\U0001f600",
        released="yesterday",
        summary="",
    )
    assert facts_of(odd).released == ""
    for sort in Sort:
        assert find([odd, RIVER], "", sort=sort)
    assert find([odd], "b") == [odd]


def test_parameters_nested_without_end_are_not_followed_for_ever() -> None:
    inner: Parameter = Text(name="", label="T")
    for _ in range(200):
        inner = ListOf(name="", label="L", item=inner)
    assert facts_of(model("Deep", more=[replace(inner, name="deep")])).sources == {Source.TEXT}
