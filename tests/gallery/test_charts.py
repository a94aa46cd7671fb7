"""What the charts are of, and their tables: to and from an address, and as HTML that nothing gets out of."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.gallery.asked import MADE, PERIODS, Asked
from components.gallery.charts import MOST_BARS, _few
from components.gallery.figures_table import table_html
from components.jobs.summary import Figures

TODAY = date(2026, 3, 31)


@given(
    st.builds(
        Asked,
        days=st.sampled_from(list(PERIODS)),
        models=st.lists(st.text(min_size=1, max_size=20), max_size=5, unique=True).map(tuple),
        made=st.sampled_from(list(MADE)),
    )
)
def test_an_address_says_all_and_is_read_again(asked: Asked) -> None:
    listed = {name: [value] if isinstance(value, str) else value for name, value in asked.params().items()}
    assert Asked.read(listed) == asked


@given(
    st.dictionaries(
        st.sampled_from(["days", "model", "made", "q"]), st.lists(st.text(max_size=30), max_size=80)
    )
)
def test_nonsense_in_an_address_is_left_out(params: dict[str, list[str]]) -> None:
    asked = Asked.read(params)
    assert asked.days in PERIODS
    assert asked.made in MADE
    assert len(asked.models) <= 60


@pytest.mark.parametrize(
    ("days", "first", "words"),
    [
        (7, date(2026, 3, 25), "in the last 7 days"),
        (90, date(2026, 1, 1), "in the last 90 days"),
        (0, None, "so far"),
    ],
)
def test_a_period_counts_today(days: int, first: date | None, words: str) -> None:
    asked = Asked(days=days)
    assert (asked.first(TODAY), asked.words) == (first, words)


def test_the_many_small_ones_are_one_row_and_names_that_are_the_same_are_added() -> None:
    found = {f"model {n}": Figures(takes=100 - n) for n in range(MOST_BARS + 5)}
    rows = _few(found, str, "other models")
    assert len(rows) == MOST_BARS + 1
    assert rows[-1] == ("5 other models", Figures(takes=88 + 87 + 86 + 85 + 84))
    assert _few({"a": Figures(takes=2), "b": Figures(takes=1)}, lambda _: "Model", "") == [
        ("Model", Figures(takes=3))
    ]


def test_a_table_shows_text_as_text() -> None:
    made = table_html(["<b>", "Takes"], [("<script>alert(1)</script>", ['"><img src=x>'])])
    assert "<script" not in made
    assert "<img" not in made
    assert "<b>" not in made
    assert 'scope="row"' in made
    assert 'tabindex="0"' in made
