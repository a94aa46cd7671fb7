import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.catalog.catalog import Catalog
from components.catalog.pricing import Estimate
from components.jobs.expectation import Expectation
from components.jobs.job import Destination, Job, Order, State
from components.markdown import as_text
from components.words import (
    NO_PRICE,
    age,
    asked_for,
    balance_words,
    caption,
    clock,
    cost,
    cost_in_full,
    excerpt,
    expected_words,
    file_size,
    price_words,
    setting,
    span,
    state_words,
    too_dear,
    waiting_changes,
    waiting_note,
    waiting_since,
    waiting_words,
)

ORDER = Order(
    owner="me",
    model="a/model",
    model_name="A Model",
    body={"model": "a/model", "prompt": "p"},
    destination=Destination.SANDBOX,
    base_url="built-in",
    path="/v2/video/generations",
    prompt="p",
    seconds=5,
    aspect_ratio="16:9",
)
JOB = Job(id="0" * 32, seq=1, order=ORDER, state=State.QUEUED, created=1000.0, next_at=1.0)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0:00"), (7.9, "0:07"), (100, "1:40"), (3725, "1:02:05"), (-3, "0:00")]
)
def test_a_running_time(seconds: float, words: str) -> None:
    assert clock(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (5, "just now"),
        (65, "1 min ago"),
        (7300, "2 h ago"),
        (90000, "yesterday"),
        (86400 * 12, "12 days ago"),
    ],
)
def test_an_age(seconds: float, words: str) -> None:
    assert age(seconds) == words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (78, 78, "about 78 seconds"),
        (300, 840, "5 to 14 minutes"),
        (381, 381, "about 6 minutes"),
        (60, 70, "60 to 70 seconds"),
        (95, 130, "about 2 minutes"),
    ],
)
def test_a_span(low: float, high: float, words: str) -> None:
    assert span(low, high) == words


@pytest.mark.parametrize(
    ("size", "words"), [(12, "12 bytes"), (1500, "1.5 kB"), (1_240_000, "1.2 MB"), (2 * 10**9, "2.0 GB")]
)
def test_a_file_size(size: int, words: str) -> None:
    assert file_size(size) == words


def test_a_card_says_where_it_was_made_only_when_that_was_the_sandbox() -> None:
    assert caption(JOB, 1065.0) == "A Model · 5 s · 16:9 · sandbox · 1 min ago"
    live = replace(JOB, order=replace(ORDER, destination=Destination.LIVE, seconds=None))
    assert caption(live, 1000.0) == "A Model · 16:9 · just now"


def test_a_take_that_nobody_follows_says_so() -> None:
    assert state_words(JOB) == "Queued"
    assert state_words(replace(JOB, next_at=None)) == "Not followed"
    assert state_words(replace(JOB, state=State.COMPLETED, next_at=None)) == "Ready"


@pytest.mark.parametrize(
    ("value", "words"),
    [(True, "on"), (False, "off"), (0.5, "0.5"), (5, "5"), ("text", "text"), (None, "null")],
)
def test_a_setting(value: object, words: str) -> None:
    assert setting(value) == words


def test_what_was_asked_for_is_said_by_its_labels_shots_one_by_one() -> None:
    for spec in Catalog.bundled().models:
        names = {p.name for p in spec.parameters}
        if "multi_prompt" in names:
            rows = asked_for({"model": spec.id, "multi_prompt": [{"prompt": "a", "duration": 3}, "b"]}, spec)
            assert [value for _, value in rows] == ["a", "3", "b"]
            assert all(label.startswith(spec["multi_prompt"].label) for label, _ in rows)
    assert asked_for({"model": "gone", "x": 1}, None) == [("x", "1")]


def test_a_price_is_per_take_and_in_all_and_pretend_ones_are_called_so() -> None:
    price = Estimate(usd=Decimal("3.25"), how="5 s × $0.65")
    words = price_words(price, 2, Destination.SANDBOX)
    assert "3.25" in words
    assert "6.50" in words
    assert "pretend" in words
    assert "pretend" not in price_words(price, 1, Destination.LIVE)
    assert "publishes no price" in price_words(None, 1, Destination.LIVE)


def test_a_price_that_is_not_known_says_why_or_between_which_amounts_it_is() -> None:
    assert price_words(None, 1, Destination.LIVE) == NO_PRICE
    assert price_words(Estimate(None, "It varies."), 3, Destination.LIVE) == "It varies\\."
    span = Estimate(None, "depending on sound", (Decimal("0.5"), Decimal("1.2")))
    assert "**\\$0.50 to \\$1.20** a take, \\$1.00 to \\$2.40 for 2" in price_words(span, 2, Destination.LIVE)


def take(estimate: Any, usd: float | None, *, live: bool = True, **changes: Any) -> Job:
    destination = Destination.LIVE if live else Destination.SANDBOX
    order = replace(ORDER, destination=destination, estimate=estimate)
    return replace(JOB, order=order, usd_spent=usd, **changes)


SAID = {"usd": "0.54", "how": "6 s × $0.09", "bounds": None}
SPAN = {"usd": None, "how": "depending on sound", "bounds": ["0.5", "1.2"]}


@pytest.mark.parametrize(
    ("job", "on_the_card", "in_full"),
    [
        (take(SAID, 0.55), "$0.55", "Estimated $0.54 · charged $0.55"),
        (take(SAID, 0.54), "$0.54", "Estimated $0.54 · charged $0.54"),
        (
            take(SAID, 0.6),
            "$0.60",
            "Estimated $0.54 · charged $0.60. That is $0.06 more than estimated.",
        ),
        (
            take(SAID, 0.5, live=False),
            "$0.50 (pretend)",
            "Estimated $0.54 · charged $0.50 (pretend). That is $0.04 less than estimated.",
        ),
        (take(SAID, None), "estimated $0.54", "Estimated $0.54"),
        (take(SAID, None, live=False), "estimated $0.54 (pretend)", "Estimated $0.54 (pretend)"),
        (take(SAID, None, state=State.FAILED), None, "Estimated $0.54"),
        (take(SAID, None, state=State.CANCELLED), None, "Estimated $0.54"),
        (take(SPAN, None), "estimated $0.50 to $1.20", "Estimated $0.50 to $1.20"),
        (take(SPAN, 0.8), "$0.80", "Estimated $0.50 to $1.20 · charged $0.80"),
        (
            take(SPAN, 1.5),
            "$1.50",
            "Estimated $0.50 to $1.20 · charged $1.50. That is $0.30 more than estimated.",
        ),
        (take(None, 0.3), "$0.30", "Charged $0.30"),
        (take(None, 0.0), "$0.00", "Charged $0.00"),
        (take(None, None, credits_used=1_300_000.0), "1,300,000 credits", "Charged 1,300,000 credits"),
        (take(None, None), None, None),
        (take({"usd": None, "how": "It varies."}, None), None, None),
    ],
    ids=range(16),
)
def test_the_charge_stands_beside_the_estimate(
    job: Job, on_the_card: str | None, in_full: str | None
) -> None:
    assert cost(job) == on_the_card
    assert cost_in_full(job) == in_full


@pytest.mark.parametrize(
    "kept",
    [
        {},
        {"usd": "NaN"},
        {"usd": [5], "how": 7},
        {"usd": -1, "bounds": "12"},
        {"bounds": [1]},
        {"bounds": [1, "much"]},
        {"bounds": [[], {}]},
    ],
)
def test_an_estimate_that_is_none_is_not_said(kept: Any) -> None:
    assert cost(take(kept, None)) is None
    assert cost_in_full(take(kept, 0.5)) == "Charged $0.50"


@pytest.mark.parametrize("usd", [float("nan"), float("inf"), -1.0, 1e300])
def test_a_charge_that_is_none_is_not_said(usd: float) -> None:
    assert cost_in_full(take(None, usd)) is None


def test_a_balance_in_words() -> None:
    assert balance_words(None, read=False) == "Reading the balance …"
    assert balance_words(None, read=True) == "Balance not known"
    assert balance_words(Decimal("12.34"), read=True) == "Balance $12.34"
    assert balance_words(Decimal("-0.5"), read=True) == "Balance -$0.50"


def test_only_what_certainly_costs_more_than_the_balance_asks_first() -> None:
    price, span = Estimate(Decimal("3.25"), ""), Estimate(None, "", (Decimal(2), Decimal(5)))
    asked = too_dear(price, 2, Decimal(4))
    assert asked is not None
    assert "cost about $6.50; the balance is $4.00" in asked
    assert too_dear(price, 1, Decimal("3.25")) is None
    assert too_dear(price, 1, None) is None
    assert too_dear(None, 4, Decimal(0)) is None
    assert too_dear(Estimate(None, "It varies."), 4, Decimal(0)) is None
    assert too_dear(span, 1, Decimal(3)) is None
    assert "$2.00 to $5.00" in (too_dear(span, 1, Decimal(1)) or "")


@given(st.text(max_size=500), st.integers(20, 200))
def test_an_excerpt_is_one_short_line(text: str, limit: int) -> None:
    line = excerpt(text, limit)
    assert len(line) <= limit + 2
    assert "\n" not in line


@given(st.text(alphabet="ab \\`*_{}[]()<>#+-.!|~$:@&\n", max_size=60))
def test_markdown_is_escaped_character_by_character(text: str) -> None:
    escaped = as_text(text)
    assert escaped.replace("\\\\", "\0").count("\\") == sum(c in "`*_{}[]()<>#+-.!|~$:@&" for c in text)


# What the browser makes a link of by itself, after escapes are undone (GFM's "autolink literals").
LINKED = re.compile(r"https?://|www(?=\.)|[\w.+-]+@[\w-]+\.\w", re.IGNORECASE)


@pytest.mark.parametrize(
    "text",
    [
        "you gave “www.example.com/a.png”.",
        "WWW.example.com",
        "see https://example.com and http://example.com",
        "HTTPS://example.com",
        "somebody@example.com",
        "wwww.example.com www",
    ],
)
def test_an_address_in_a_text_from_outside_is_no_link(text: str) -> None:
    unescaped = re.sub(r"\\(.)", r"\1", as_text(text))
    assert not LINKED.search(unescaped)
    assert unescaped.replace("\u2060", "") == text


OURS = Expectation(median=180.0, low=120.0, high=240.0, p90=230.0, count=10, ours=True)
DOCUMENTED = Expectation(median=78.0, low=60.0, high=180.0, p90=180.0, count=0, ours=False)
NOTHING = "How long this model takes is not known yet."


@pytest.mark.parametrize(
    ("expected", "words"),
    [
        (OURS, "The last ten like this took 2 to 4 minutes (median 3)."),
        (replace(OURS, count=27), "The last 27 like this took 2 to 4 minutes (median 3)."),
        (replace(OURS, alike=False), "The last ten with this model took 2 to 4 minutes (median 3)."),
        (replace(OURS, strays=True), "The last ten like this mostly took 2 to 4 minutes (median 3)."),
        (
            replace(OURS, low=4.2, median=5.1, high=7.8, count=5),
            "The last five like this took 4 to 8 seconds (median 5).",
        ),
        (replace(OURS, low=170.0, high=190.0), "The last ten like this took about 3 minutes."),
        (DOCUMENTED, "The provider says 1 to 3 minutes."),
        (replace(DOCUMENTED, low=78.0, high=78.0), "The provider says about 78 seconds."),
        (replace(OURS, count=4, p90=None), ""),
        (None, ""),
    ],
)
def test_what_is_expected_is_said_as_far_as_it_is_known(expected: Expectation | None, words: str) -> None:
    assert expected_words(expected) == words


@pytest.mark.parametrize(
    ("state", "expected", "now", "note"),
    [
        (State.WAITING, OURS, 5000.0, "The last ten like this took 2 to 4 minutes (median 3)."),
        (State.QUEUED, OURS, 1100.0, "The last ten like this took 2 to 4 minutes (median 3)."),
        (State.GENERATING, OURS, 1329.9, "The last ten like this took 2 to 4 minutes (median 3)."),
        (
            State.GENERATING,
            OURS,
            1330.0,
            "The last ten like this took 2 to 4 minutes (median 3). Longer than usual.",
        ),
        (
            State.QUEUED,
            DOCUMENTED,
            1280.0,
            "The provider says 1 to 3 minutes. Longer than the provider says.",
        ),
        (State.GENERATING, replace(OURS, count=4, p90=None), 99_999.0, ""),
        (State.GENERATING, None, 99_999.0, ""),
        (State.ARCHIVING, OURS, 1330.0, ""),
        (State.COMPLETED, OURS, 1330.0, ""),
    ],
)
def test_the_note_beside_the_clock_says_when_it_takes_longer_than_usual(
    state: State, expected: Expectation | None, now: float, note: str
) -> None:
    assert waiting_note(replace(JOB, state=state, sent=1100.0), expected, now) == note


def test_the_note_changes_at_the_moments_that_are_named_and_at_no_other() -> None:
    job = replace(JOB, state=State.GENERATING, sent=1100.0)
    assert waiting_changes(job, OURS) == (1330.0,)
    assert (
        waiting_note(job, OURS, 1329.99) != waiting_note(job, OURS, 1330.0) == waiting_note(job, OURS, 1e12)
    )
    for still in (replace(job, state=State.WAITING, sent=None), replace(job, next_at=None)):
        assert waiting_changes(still, OURS) == ()
    assert waiting_changes(job, None) == ()


def test_the_clock_counts_from_where_the_others_are_counted() -> None:
    running = replace(JOB, sent=1100.0, started=1150.0, ready=1200.0)
    assert waiting_since(replace(running, state=State.WAITING)) == JOB.created
    assert waiting_since(replace(running, state=State.QUEUED)) == 1100.0
    assert waiting_since(replace(running, state=State.GENERATING)) == 1100.0
    assert waiting_since(replace(running, state=State.ARCHIVING)) == 1200.0


def test_the_studio_says_how_long_it_will_take_and_makes_nothing_up() -> None:
    models = Catalog.bundled().models
    documented = next(m for m in models if m.typical_seconds == (78, 78))
    silent = next(m for m in models if m.typical_seconds is None)
    leave = "You can leave the page: the takes go on."
    said = [
        waiting_words(documented, Destination.LIVE),
        waiting_words(documented, Destination.LIVE, DOCUMENTED),
        waiting_words(documented, Destination.LIVE, OURS),
        waiting_words(silent, Destination.LIVE),
        waiting_words(silent, Destination.LIVE, replace(OURS, count=3)),
        waiting_words(silent, Destination.SANDBOX),
        waiting_words(documented, Destination.SANDBOX, replace(OURS, low=4.0, median=5.0, high=6.0)),
    ]
    assert said == [
        f"The provider says about 78 seconds. {leave}",
        f"The provider says about 78 seconds. {leave}",
        f"The last ten like this took 2 to 4 minutes (median 3). {leave}",
        f"{NOTHING} {leave}",
        f"{NOTHING} {leave}",
        "A preview takes a few seconds.",
        "The last ten like this took 4 to 6 seconds (median 5). Of the real model, the provider says about 78 seconds.",
    ]


spans = st.tuples(st.floats(0.01, 6e5), st.floats(0.01, 6e5), st.floats(0.01, 6e5)).map(sorted)


@given(
    figures=spans, count=st.integers(1, 30), ours=st.booleans(), strays=st.booleans(), now=st.floats(0, 1e7)
)
def test_a_note_is_a_plain_line_whatever_the_figures(
    figures: list[float], count: int, ours: bool, strays: bool, now: float
) -> None:
    low, median, high = figures
    expected = Expectation(median=median, low=low, high=high, p90=high, count=count, ours=ours, strays=strays)
    note = waiting_note(replace(JOB, sent=1000.0), expected, now)
    assert re.fullmatch(r"[A-Za-z0-9 .()]*", note)
    assert as_text(note).replace("\\", "") == note
