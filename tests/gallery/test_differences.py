"""What differs between takes, in words: nothing for the same request, and everything that does."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.catalog.spec import (
    Choice,
    Group,
    ListOf,
    Media,
    MediaKind,
    ModelSpec,
    Number,
    OptionWords,
    Role,
    Switch,
    Text,
)
from components.gallery.differences import (
    About,
    Difference,
    differences,
    is_same_request,
    sentences,
)
from components.gallery.leaves import NOT_SET, leaves
from components.gallery.marked import Mark, folded, marked, words
from components.gallery.what_differs import table_html, text_html
from components.jobs.job import Destination, Job, State, VideoFile
from tests.jobs.takes import order

SHOT = Group(
    name="",
    label="Shot",
    fields=(
        Text(name="text", label="Text", role=Role.PROMPT),
        Number(name="length", label="Length", role=Role.SECONDS, integer=True),
    ),
)
SPEC = ModelSpec(
    id="a/model",
    name="A Model",
    path="/v2/video/generations",
    parameters=(
        Text(name="prompt", label="Prompt", role=Role.PROMPT),
        ListOf(name="parts", label="Shots", role=Role.SHOTS, item=SHOT),
        Number(name="seconds", label="Length", role=Role.SECONDS, integer=True),
        Choice(name="ratio", label="Aspect ratio", role=Role.ASPECT_RATIO, options=("16:9", "9:16")),
        Choice(name="look", label="Look", options=("a1", "b2"), words={"a1": OptionWords("Film")}),
        Switch(name="audio", label="Sound", role=Role.SOUND),
        Number(name="scale", label="Prompt strength"),
        Text(name="avoid", label="Avoid", role=Role.AVOID),
        Media(name="first", label="First frame", media=MediaKind.IMAGE, takes_files=True),
        Group(name="camera", label="Camera", fields=(Number(name="zoom", label="Zoom"),)),
        ListOf(name="people", label="Person", item=Text(name="", label="")),
    ),
)
OTHER = ModelSpec(
    id="b/model",
    name="B Model",
    path="/v2/video/generations",
    parameters=(
        Text(name="words", label="Prompt", role=Role.PROMPT),
        Choice(name="length", label="Duration", role=Role.SECONDS, options=("5", "10")),
        Switch(name="with_sound", label="Sound", role=Role.SOUND),
    ),
)
FILM = VideoFile(size=1, seconds=5.0, width=1280, height=720, fps=24.0, sound=True, poster=True)
UPLOADS = [f"upload:{digit * 32}" for digit in "abcd"]


def take(body: dict[str, Any], spec: ModelSpec = SPEC, **changes: Any) -> Job:
    """A completed take of this request."""
    inner = {"destination": Destination.LIVE, "board": None, "defaults": {}, "estimate": None}
    inner = {name: changes.pop(name, usual) for name, usual in inner.items()}
    asked = order(model=spec.id, model_name=spec.name, body={"model": spec.id, **body}, prompt="", **inner)
    job = Job(id="ab" * 16, seq=1, order=asked, state=State.COMPLETED, created=0.0, video=FILM)
    return replace(job, **changes)


def said(*bodies: dict[str, Any]) -> list[str]:
    return sentences(differences([take(body) for body in bodies], [SPEC] * len(bodies)))


def shots(*rows: tuple[str, int]) -> dict[str, Any]:
    return {"parts": [{"text": text, "length": seconds} for text, seconds in rows]}


def price(usd: str) -> dict[str, Any]:
    return {"usd": usd, "how": "", "bounds": None}


def test_one_thing_changed_is_one_sentence() -> None:
    one = take(shots(("a", 3), ("b", 4)) | {"scale": 0.5}, estimate=price("0.50"))
    other = take(shots(("a", 3), ("c", 6)) | {"scale": 0.7}, estimate=price("0.72"))
    assert sentences(differences([one, other], [SPEC, SPEC])) == [
        "Shot 2: prompt changed; 4 s to 6 s; prompt strength 0.5 to 0.7; +$0.22."
    ]


CASES: list[tuple[dict[str, Any], dict[str, Any], list[str]]] = [
    ({}, {}, []),
    ({"audio": False}, {"audio": True}, ["Sound off to on."]),
    ({}, {"audio": True}, ["Sound not set to on."]),
    ({"scale": 1}, {}, ["Prompt strength 1 to not set."]),
    ({"scale": 1}, {"scale": 1.0}, []),
    ({"scale": 1}, {"scale": True}, ["Prompt strength 1 to on."]),
    ({"scale": 0.1}, {"scale": 0.1000001}, ["Prompt strength 0.1 to 0.1000001."]),
    ({"seconds": 5}, {"seconds": 10}, ["Length 5 s to 10 s."]),
    ({"seconds": "5"}, {"seconds": 5}, []),
    ({"look": "a1"}, {"look": "b2"}, ["Look Film to b2."]),
    ({"prompt": "a fox"}, {"prompt": "a red fox"}, ["Prompt changed."]),
    ({}, {"avoid": "rain"}, ["Avoid added."]),
    ({"avoid": "rain"}, {}, ["Avoid left out."]),
    ({"first": UPLOADS[0]}, {"first": UPLOADS[1]}, ["First frame: another picture."]),
    ({}, {"first": UPLOADS[1]}, ["First frame not set to a picture."]),
    ({"first": UPLOADS[0]}, {"first": UPLOADS[0]}, []),
    ({"camera": {"zoom": 1}}, {"camera": {"zoom": 2}}, ["Camera, zoom 1 to 2."]),
    ({"people": ["Ann"]}, {"people": ["Ann", "Ben"]}, ["Person 2 not set to Ben."]),
    ({"new_one": [1]}, {"new_one": [1, {"a": 2}]}, ["New_one 2, a not set to 2."]),
    ({"new_one": []}, {"new_one": None}, ["New_one [] to null."]),
    ({"new_one": "on"}, {"new_one": True}, ['New_one "on" to true.']),
    (shots(("a", 3)), shots(("a", 3), ("b", 2)), ["Shot 2: added (“b”, 2 s)."]),
    (shots(("a", 3), ("b", 2)), shots(("a", 3)), ["Shot 2: left out (“b”, 2 s)."]),
    (
        shots(("a", 3), ("b", 2)) | {"audio": True},
        shots(("a", 4), ("c", 2)) | {"audio": False},
        ["Shot 1: 3 s to 4 s.", "Shot 2: prompt changed.", "Sound on to off."],
    ),
    ({"prompt": "a"}, shots(("a", 3)), ["Shot 1: added (“a”, 3 s); prompt left out."]),
]


@pytest.mark.parametrize(("before", "after", "expected"), CASES, ids=range(len(CASES)))
def test_what_changed_is_said_in_plain_words(
    before: dict[str, Any], after: dict[str, Any], expected: list[str]
) -> None:
    assert said(before, after) == expected


def test_a_default_in_force_is_a_value() -> None:
    one, other = take({}, defaults={"audio": True, "seconds": 5}), take({"audio": True, "seconds": 8})
    assert sentences(differences([one, other], [SPEC, SPEC])) == ["Length 5 s to 8 s."]


def test_models_are_compared_by_what_their_fields_are_for() -> None:
    one = take({"prompt": "a fox", "seconds": 5, "audio": True})
    other = take({"words": "a fox", "length": "10", "with_sound": True}, OTHER)
    found = differences([one, other], [SPEC, OTHER])
    assert sentences(found) == ["Model A Model to B Model; length 5 s to 10 s."]
    namesake = replace(other, order=replace(other.order, model_name="A Model", model="c/model"))
    assert sentences(differences([one, namesake], [SPEC, OTHER]))[0].startswith(
        "Model A Model (a/model) to A Model (c/model)"
    )


def test_without_a_spec_the_other_one_helps_and_else_the_names_of_the_api() -> None:
    jobs = [take({"scale": 1}), take({"scale": 2})]
    assert sentences(differences(jobs, [None, SPEC])) == ["Prompt strength 1 to 2."]
    assert sentences(differences(jobs, [None, None])) == ["Scale 1 to 2."]


def test_planned_seconds_count_where_the_request_cannot_carry_them() -> None:
    board = {"shots": [{"text": "a", "seconds": 3, "id": "s1"}, {"text": "b", "seconds": 2, "id": "s2"}]}
    other = copy.deepcopy(board)
    other["shots"][1]["seconds"] = 5
    spec = replace(
        SPEC,
        parameters=(ListOf(name="parts", label="Shots", role=Role.SHOTS, item=Text(name="", label="")),),
    )
    jobs = [take({"parts": ["a", "b"]}, board=plan) for plan in (board, other)]
    assert sentences(differences(jobs, [spec, spec])) == ["Shot 2: 2 s to 5 s."]


def test_what_came_and_what_it_took_are_told_apart_from_what_was_asked() -> None:
    one = take({}, sent=0.0, ready=60.0)
    video = replace(FILM, seconds=8.0, fps=30.0, sound=False)
    other = take({}, sent=10.0, ready=90.0, video=video)
    found = differences([one, other], [SPEC, SPEC])
    assert is_same_request(found)
    assert sentences(found) == [
        "What came: length 5.0 s to 8.0 s; frames a second 24 to 30; sound yes to none.",
        "Waited 1:00 to 1:20.",
    ]


PRICES: list[tuple[dict[str, Any], dict[str, Any], list[str]]] = [
    ({"usd_spent": 1.0}, {"usd_spent": 0.75}, ["-$0.25."]),
    ({"usd_spent": 1.0}, {"usd_spent": 1.001}, []),
    ({"usd_spent": 1.0}, {}, ["Price $1.00 to not known."]),
    ({"usd_spent": 1.0}, {"estimate": price("2")}, ["Price $1.00 to estimated $2.00."]),
    ({"credits_used": 5.0}, {"credits_used": 7.0}, ["Price 5 credits to 7 credits."]),
    ({"estimate": price("2")}, {"estimate": price("2"), "state": State.FAILED, "video": None}, None),  # type: ignore[list-item]
    ({"estimate": {"usd": "x", "bounds": 7}}, {}, []),
]


@pytest.mark.parametrize(("one", "other", "expected"), PRICES, ids=range(len(PRICES)))
def test_prices(one: dict[str, Any], other: dict[str, Any], expected: list[str] | None) -> None:
    found = sentences(differences([take({}, **one), take({}, **other)], [SPEC, SPEC]))
    assert found == (["Price estimated $2.00 to not known."] if expected is None else expected)


def test_for_more_than_two_there_is_a_row_for_each_thing_that_differs() -> None:
    jobs = [
        take(shots(("a", 3)) | {"audio": True, "first": UPLOADS[0]}),
        take(shots(("a", 3), ("b", 2)) | {"audio": True, "first": UPLOADS[1]}),
        take({"audio": False, "first": UPLOADS[0]}),
    ]
    found = differences(jobs, [SPEC] * 3)
    rows = {(one.part, one.label): one.values for one in found}
    assert rows == {
        ("Shot 1", "prompt"): ("“a”", "“a”", NOT_SET),
        ("Shot 1", "length"): ("3 s", "3 s", NOT_SET),
        ("Shot 2", "prompt"): (NOT_SET, "“b”", NOT_SET),
        ("Shot 2", "length"): (NOT_SET, "2 s", NOT_SET),
        ("", "Sound"): ("on", "on", "off"),
        ("", "First frame"): ("a picture", "another picture", "a picture"),
    }
    html = table_html(found, 3)
    assert html.count('scope="row"') == 6
    assert html.count("<td") == 1 + 3 * 6


def test_one_take_differs_from_nothing() -> None:
    assert differences([take({})], [SPEC]) == []
    assert differences([], []) == []


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)
names = st.sampled_from([parameter.name for parameter in SPEC.parameters]) | st.text(max_size=4)
bodies = st.dictionaries(names.filter(lambda name: name != "model"), json_like, max_size=6)


@settings(max_examples=60, deadline=None)
@given(bodies, st.sampled_from([SPEC, OTHER, None]))
def test_the_same_request_never_differs(body: dict[str, Any], spec: ModelSpec | None) -> None:
    jobs = [take(body), take(copy.deepcopy(body)), take(dict(reversed(body.items())))]
    assert differences(jobs[:2], [spec, spec]) == []
    if spec is None:  # with one, two fields of one purpose go by the order in which they stand
        assert differences(jobs, [spec] * 3) == []


@settings(max_examples=80, deadline=None)
@given(bodies, bodies, st.sampled_from([SPEC, None]))
def test_every_value_that_differs_is_named_and_its_words_differ(
    one: dict[str, Any], other: dict[str, Any], spec: ModelSpec | None
) -> None:
    jobs = [take(one), take(other), take(one)]
    found = [d for d in differences(jobs, [spec] * 3) if d.about is About.ASKED]
    trees = leaves([job.order for job in jobs], [spec] * 3)
    differing = [
        path
        for path in trees[0].keys() | trees[1].keys()
        if path not in trees[0] or path not in trees[1] or trees[0][path].same_as != trees[1][path].same_as
    ]
    assert len(found) == len(differing)
    for difference in found:
        assert difference.values[0] != difference.values[1]
        assert difference.values[0] == difference.values[2]
    for sentence in sentences(differences(jobs[:2], [spec, spec])):
        assert sentence.strip()
        assert "\ud83e" not in sentence
    html = table_html(found, 3)
    assert html.count("<script") == 0


deep: Any = "x"
for _ in range(500):
    deep = [deep]
HOSTILE: list[Any] = [
    deep,
    list(range(5_000)),
    {str(n): n for n in range(5_000)},
    "x" * 1_000_000,
    "<script>alert(1)</script>",
    "half a character \ud83e",
    10**400,
    1e308,
    [[[[[[[[[1]]]]]]]]],
]


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("name", ["parts", "camera", "scale", "prompt", "unknown"])
def test_whatever_a_request_holds_there_are_words_for_it(name: str, value: Any) -> None:
    found = differences([take({name: value}), take({name: 1})], [SPEC, SPEC])
    assert found
    for sentence in sentences(found):
        sentence.encode()
        assert len(sentence) < 100_000
    html = table_html(found, 2) + "".join(text_html(one) for one in found if one.texts)
    html.encode()
    assert "<script" not in html


# The words of a text


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_the_pieces_are_both_texts(before: str, after: str) -> None:
    assert "".join(words(before)) == before
    pieces = marked(before, after)
    assert "".join(piece.text for piece in pieces if piece.mark is not Mark.NEW) == before
    assert "".join(piece.text for piece in pieces if piece.mark is not Mark.GONE) == after


def test_words_are_marked_not_letters() -> None:
    pieces = marked("A white fox runs at night", "A red fox walks slowly at night")
    assert [piece.text for piece in pieces if piece.mark is Mark.GONE] == ["white", "runs"]
    assert [piece.text for piece in pieces if piece.mark is Mark.NEW] == ["red", "walks slowly"]
    assert [p.text for p in marked("東京の夜", "東京の朝") if p.mark is not Mark.SAME] == ["夜", "朝"]
    assert words("दुनिया don't") == ["दुनिया", " ", "don't"]


def test_long_texts_are_folded_and_compared_in_time() -> None:
    long = " ".join(f"word{n}" for n in range(3_000))
    pieces = marked(f"{long} end", f"{long} stop")
    shown = "".join(piece.text for piece in folded(pieces))
    assert len(shown) < 300
    assert "…" in shown
    assert len(marked("a b " * 4_000, "b c " * 4_000)) <= 4


def test_a_changed_text_is_shown_with_its_words_marked_and_nothing_else() -> None:
    one = Difference(
        about=About.ASKED,
        part="Shot <1>",
        label="prompt",
        values=("", ""),
        texts=("a <b>x</b>", "a <i>x</i>"),
    )
    html = text_html(one)
    assert "<i>" not in html
    assert html.count("<b>") == 1
    assert "<del" in html
    assert "<ins" in html
    spaces = replace(one, texts=("a b", "a  b"))
    assert "Only spaces" in text_html(spaces)
