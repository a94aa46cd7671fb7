from __future__ import annotations

from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest

from components.catalog.entry import Entry
from components.catalog.spec import Media, MediaKind, OneOf
from components.jobs.job import Destination
from components.picker import telling
from components.picker.comparison import MOST, NOT_SAID, compare, table_html
from components.picker.facts import Price, Span, facts_of
from tests.picker.entries import VARIABLE, by_resolution, model, per_second, per_take, unread

LIVE = str(Destination.LIVE)
_SOUND = Media(name="s", label="S", media=MediaKind.AUDIO, required=True)
_VIDEO = Media(name="v", label="V", media=MediaKind.VIDEO)
_PICTURE = Media(name="p", label="P", media=MediaKind.IMAGE)
_EITHER = OneOf(name="e", label="E", alternatives=(_PICTURE, _VIDEO), required=True)


def test_abilities_and_prices_stand_side_by_side() -> None:
    long = model(
        "Long",
        maker="Delta",
        seconds=range(3, 16),
        ratios=("16:9", "1:1"),
        sound=True,
        shots=6,
        price=by_resolution(p720=0.1, p1080=0.25),
        released="2026-01-02T00:00:00Z",
    )
    short = model("Short", seconds=(5, 10), picture=True, price=per_take(0.4))
    table = compare([long, short, unread("Unread")], LIVE)
    assert table.models == ("Long", "Short", "Unread")
    assert dict(table.rows) == {
        "Maker": ("Delta", NOT_SAID, NOT_SAID),
        "Price": ("$0.10 to $0.25 a second", "$0.40 a take", "no price published"),
        "Makes videos": ("from text", "from a picture", NOT_SAID),
        "Lengths": ("3 to 15 s", "5 or 10 s", NOT_SAID),
        "Aspect ratios": ("16:9, 1:1", NOT_SAID, NOT_SAID),
        "Sound": ("yes", "no", NOT_SAID),
        "Storyboard": ("up to 6 shots", "no", NOT_SAID),
        "Prompt": ("up to 2,500 characters", "up to 2,500 characters", NOT_SAID),
        "Released": ("2026-01-02", NOT_SAID, NOT_SAID),
        "Note": (NOT_SAID, NOT_SAID, "Its form has not been read yet."),
    }


def test_four_at_most_and_two_of_one_name_are_told_apart() -> None:
    entries = [model("Same", model_id=f"same-{n}") for n in range(6)]
    assert compare(entries, LIVE).models == tuple(f"Same (same-{n})" for n in range(MOST))
    assert compare([], LIVE).models == ()


class _Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_nothing_from_outside_becomes_markup() -> None:
    hostile = "<img src=x onerror=alert(1)>\"'&"
    entry = model("M" + hostile, maker=hostile, ratios=(hostile,), model_id="m")
    page = _Tags(table_html(compare([entry, unread("U", trouble=hostile)], LIVE)))
    assert page.tags == {"div", "table", "thead", "tbody", "tr", "th", "td"}
    assert "M" + hostile in page.texts


def test_cells_are_bounded() -> None:
    entry = model("N" * 10_000, maker="m" * 10_000, ratios=["r" * 10_000] * 500)
    assert len(table_html(compare([entry], LIVE))) < 10_000


@pytest.mark.parametrize(
    ("price", "said"),
    [
        (Price(), "no price published"),
        (Price(afterwards=True), "price known once it has run"),
        (Price(second=Span(Decimal("0.1"), Decimal("0.1"))), "$0.10 a second"),
        (Price(second=Span(Decimal("0.056"), Decimal("0.112"))), "$0.056 to $0.112 a second"),
        (Price(take=Span(Decimal(1) / 3, Decimal("2"))), "$0.33 to $2.00 a take"),
        (Price(second=Span(Decimal("0.0000001"), Decimal("0.0000001"))), "$0.0000001 a second"),
    ],
)
def test_prices_in_words(price: Price, said: str) -> None:
    assert telling.price(price, LIVE) == said
    assert ("pretend" in telling.price(price, str(Destination.SANDBOX))) == ("$" in said)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        ((), ""),
        ((5,), "5 s"),
        ((5, 10), "5 or 10 s"),
        ((4, 6, 8), "4, 6 or 8 s"),
        (range(3, 16), "3 to 15 s"),
        (range(2, 31, 2), "2 to 30 s"),
    ],
)
def test_lengths_in_words(seconds: Any, said: str) -> None:
    assert telling.lengths(facts_of(model("M", seconds=seconds))) == said


def test_abilities_in_words() -> None:
    entry = model(
        "M", seconds=(5, 10), resolutions=("720p",), sound=True, shots=6, picture=False, price=VARIABLE
    )
    assert telling.abilities(entry) == (
        "from text or a picture",
        "5 or 10 s",
        "720p",
        "sound",
        "storyboard of up to 6 shots",
    )
    assert telling.abilities(unread("U")) == ()


def test_the_price_of_a_second_in_the_facts_is_the_one_published() -> None:
    assert telling.price(facts_of(model("M", price=per_second(0.65))).price(LIVE), LIVE) == "$0.65 a second"


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (model("T"), "from text"),
        (model("B", picture=False), "from text or a picture"),
        (model("P", picture=True), "from a picture"),
        (model("PS", picture=True, more=[_SOUND]), "from a picture and a sound"),
        (model("PV", picture=True, more=[_VIDEO]), "from a picture, also with a video"),
        (model("E", more=[_EITHER]), "from a picture or a video"),
        (unread("U"), ""),
    ],
)
def test_what_it_makes_videos_from_in_words(entry: Entry, said: str) -> None:
    assert telling.sources(facts_of(entry)) == said
