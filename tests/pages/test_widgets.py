"""A form of every kind of parameter: what is set there is in the request, what is wrong is said, what is kept comes
back in another session."""

from __future__ import annotations

import io
import json
import re
import struct
import wave
import zlib
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.catalog.spec import (
    ALTERNATIVE,
    VALUE,
    Advice,
    Advises,
    Choice,
    Group,
    Json,
    ListOf,
    Media,
    MediaKind,
    MediaLimits,
    ModelSpec,
    Number,
    OneOf,
    Parameter,
    Role,
    Switch,
    Text,
)
from components.form.desk import Desk
from components.form.form import Filled
from components.form.writing import UNREAD
from components.services import Services
from tests.pages.playing import said as sentences
from tests.pages.playing import sound

EDITION = "0123abcd"
IMAGE = MediaKind.IMAGE


def page() -> None:
    import streamlit as st

    from components.form.form import form, read

    state = st.session_state
    filled = state["filled"] = read(state["spec"], state["desk"])
    insist = state["insist"]
    form(state["spec"], state["desk"], filled, insist=insist, submit=lambda: None, heard=lambda: None)


def opened(
    *parameters: Parameter,
    values: dict[str, Any] | None = None,
    insist: bool = False,
    owner: str = "ann",
    advice: tuple[Advice, ...] = (),
) -> AppTest:
    """The form of a model that takes these, with a draft that holds `values`."""
    spec = ModelSpec(
        id="a/model", name="A model", path="/v2/video/generations", parameters=parameters, advice=advice
    )
    desk = Desk(model=spec.id, edition=EDITION)
    desk.drafts[spec.id] = {"values": json.loads(json.dumps(values or {})), "storyboard": False}
    app = AppTest.from_function(page, default_timeout=20)
    for name, value in {"spec": spec, "desk": desk, "insist": insist, "owner": owner}.items():
        app.session_state[name] = value
    return sound(app.run())


def again(app: AppTest) -> AppTest:
    """The same form in another session, with the draft as it is kept."""
    return opened(*app.session_state["spec"].parameters, values=kept(app))


def kept(app: AppTest) -> dict[str, Any]:
    """What the desk holds."""
    values: dict[str, Any] = app.session_state["desk"].drafts["a/model"]["values"]
    return values


def body(app: AppTest) -> dict[str, Any]:
    """The request as it stands, without the model."""
    app = sound(app.run())
    return {name: value for name, value in filled(app).draft.request().items() if name != "model"}


def filled(app: AppTest) -> Filled:
    found: Filled = app.session_state["filled"]
    return found


def at(name: str) -> str:
    return f"a/model|{EDITION}|{name}"


def typed(app: AppTest, name: str, text: str) -> AppTest:
    """`text` in a text field, as the browser reports it."""
    app.session_state[f"{at(name)}:text"] = text
    return sound(app.run())


def rows(app: AppTest, name: str) -> list[str]:
    """The keys of the entries of a list."""
    return [f"{name}.{entry}" for entry in app.session_state[f"{at(name)}:rows"]]


def said(app: AppTest) -> str:
    return sentences(app).replace("\\", "")


def fields(app: AppTest) -> list[str]:
    """The labels and problems of the fields that are drawn in the browser."""
    return [element.proto.json for element in app.get("bidi_component")]


def places(app: AppTest) -> list[str]:
    """The keys of the containers in which fields stand."""
    found: list[str] = []
    blocks: list[Any] = list(app._tree.children.values())
    while blocks:
        block = blocks.pop()
        found += re.findall(r'"[^"\\ ]*(field-[^"\\ ;:]*)"', str(getattr(block, "proto", "")))
        blocks += getattr(block, "children", {}).values()
    return found


def open_fold(app: AppTest, name: str) -> AppTest:
    app.session_state[at(name)] = True
    return sound(app.run())


# Choices, numbers, switches


EFFECTS = ("magic_fireball", *(f"effect_{n}" for n in range(79)))


def test_one_option_is_a_fact_and_no_question() -> None:
    app = opened(Choice(name="resolution", label="Resolution", options=("720p",), required=True))
    assert "Resolution: **720p**" in said(app)
    assert not app.segmented_control
    assert not app.selectbox


@pytest.mark.parametrize(
    ("parameter", "chosen", "sent"),
    [
        (Choice(name="a", label="A", options=(5, 10), default=5, role=Role.SECONDS), 10, 10),
        (Choice(name="a", label="A", options=("std", "pro")), "pro", "pro"),
        (Switch(name="a", label="A"), True, True),
    ],
)
def test_a_choice_among_few_is_sent_and_comes_back(parameter: Parameter, chosen: Any, sent: Any) -> None:
    app = opened(Choice(name="b", label="B", options=("x", "y"), required=True), _required(parameter))
    app.segmented_control(key=at("a")).select(chosen)
    assert body(app)["a"] == sent
    assert body(again(app))["a"] == sent


def _required(parameter: Parameter) -> Parameter:
    return replace(parameter, required=True)


def test_many_options_are_searched_by_readable_names_and_none_is_chosen_for_somebody() -> None:
    app = opened(Choice(name="effect", label="Effect", options=EFFECTS, required=True))
    box = app.selectbox(key=at("effect"))
    assert box.value is None
    assert box.options[0] == "Magic fireball"
    assert body(app) == {}
    app.selectbox(key=at("effect")).select("magic_fireball")
    assert body(app) == {"effect": "magic_fireball"}
    assert "Sent as magic_fireball" in said(app)


def test_options_that_would_look_the_same_are_called_as_the_api_does() -> None:
    app = opened(Choice(name="a", label="A", options=("slow_motion", "Slow motion"), required=True))
    assert app.segmented_control(key=at("a")).options == ["slow\\_motion", "Slow motion"]


@pytest.mark.parametrize("hostile", [float("inf"), float("nan"), 1e300, -(2**70), "5", [5], {"a": 1}, True])
@pytest.mark.parametrize("integer", [True, False])
def test_a_kept_number_of_any_kind_breaks_no_form(hostile: Any, integer: bool) -> None:
    opened(Number(name="seed", label="Seed", integer=integer, required=True), values={"seed": hostile})


def test_a_number_goes_in_the_steps_that_the_document_demands() -> None:
    size = Number(name="a", label="A", integer=True, required=True, conditions={"multipleOf": 16})
    assert opened(size).number_input(key=at("a")).step == 16


# Media


def png(width: int = 4, height: int = 3) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    lines = zlib.compress((b"\0" + b"\x40\x80\xc0" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


def wav() -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound_file:
        sound_file.setnchannels(1)
        sound_file.setsampwidth(2)
        sound_file.setframerate(8_000)
        sound_file.writeframes(b"\0\0" * 8_000)
    return file.getvalue()


PICTURE = Media(name="image_url", label="First frame", media=IMAGE, takes_files=True, required=True)
PICTURES = ListOf(
    name="images",
    label="Pictures",
    item=Media(name="", label="", media=IMAGE, takes_files=True),
    min_items=1,
    max_items=3,
    required=True,
)


def upload(app: AppTest, *files: tuple[str, bytes], nth: int = 0) -> AppTest:
    """Uploads files in one of the places for files."""
    for name, content in files:
        app.file_uploader[nth].upload(name, content)
    return sound(app.run())


def test_a_link_is_sent_as_written_and_only_its_host_is_shown() -> None:
    app = typed(opened(PICTURE), "image_url", " https://example.com/<b>a</b>.png ")
    assert "from example.com" in said(app)
    assert body(app) == {"image_url": "https://example.com/<b>a</b>.png"}
    assert not app.get("html")
    assert body(again(app)) == body(app)


def test_a_field_that_takes_links_only_says_so_and_has_no_place_for_files() -> None:
    app = opened(Media(name="video_url", label="Video", media=MediaKind.VIDEO, required=True))
    assert not app.file_uploader
    assert "a file cannot be uploaded here" in fields(app)[0]


def test_an_uploaded_picture_is_shown_sent_replaced_and_removed(shared: Services) -> None:
    app = upload(opened(PICTURE), ("first.png", png()))
    first = body(app)["image_url"]
    assert first.startswith("upload:")
    assert "first.png · 4 × 3 px" in said(app)
    assert "First frame: first.png" in app.get("html")[0].proto.body
    assert not app.file_uploader

    app = again(app)
    assert "first.png" in said(app)
    sound(app.button(key=f"{at('image_url')}.replace").click().run())
    app = upload(app, ("second.png", png(8, 8)))
    assert body(app)["image_url"] not in ("", first)
    assert "second.png" in said(app)

    sound(app.button(key=f"{at('image_url')}.remove").click().run())
    assert body(app) == {}
    assert app.file_uploader
    assert body(again(app)) == {}


def test_a_refused_file_gets_a_sentence_and_the_former_one_stays(shared: Services) -> None:
    limits = MediaLimits(min_side=300)
    asked = Media(name="a", label="A", media=IMAGE, takes_files=True, required=True, limits=limits)
    app = opened(asked)
    assert "At least 300 px a side." in said(app)
    app = upload(app, ("small.png", png()))
    assert "“small.png”" in said(app)
    assert "300" in said(app)
    assert body(app) == {}
    app = upload(app, ("right.png", png(300, 300)))
    assert "small.png" not in said(app)
    sound(app.button(key=f"{at('a')}.replace").click().run())
    before = body(app)
    app = upload(app, ("no picture.png", b"<svg onload=alert(1)>"))
    assert body(app) == before
    assert "right.png" in said(app)


def test_a_sound_has_a_player_that_loads_nothing_by_itself(shared: Services) -> None:
    app = opened(Media(name="a", label="Voice", media=MediaKind.AUDIO, takes_files=True, required=True))
    app = upload(app, ("voice.wav", wav()))
    assert '<audio controls preload="none"' in app.get("html")[0].proto.body
    assert "voice.wav · 1 s · 16 kB" in said(app)


def test_somebody_elses_upload_is_not_shown(shared: Services) -> None:
    theirs = kept(upload(opened(PICTURE), ("private.png", png())))
    app = opened(PICTURE, values=theirs, owner="bob")
    assert "private" not in said(app)
    assert not app.get("html")
    assert "no longer here" in said(app)


def test_a_file_that_is_written_into_the_address_is_named_and_not_put_into_a_field() -> None:
    app = opened(PICTURE, values={"image_url": "data:image/png;base64," + "A" * 4_000})
    assert "A file written into the request: image/png, 3 kB" in said(app)
    assert not fields(app)


def test_pictures_are_uploaded_at_once_moved_and_removed(shared: Services) -> None:
    app = upload(opened(PICTURES), ("one.png", png(1, 1)), ("two.png", png(2, 2)))
    one, two = body(app)["images"]
    [_, second] = app.session_state[f"{at('images')}:rows"]
    app.button(key=f"{at('images')}.up.{second}").click()
    assert body(app)["images"] == [two, one]
    app = again(app)
    assert body(app)["images"] == [two, one]
    [first, _] = app.session_state[f"{at('images')}:rows"]
    app.button(key=f"{at('images')}.remove.{first}").click()
    assert body(app)["images"] == [one]
    assert "Picture 1" in said(app)


def test_files_for_which_there_is_no_room_are_named(shared: Services) -> None:
    app = upload(opened(PICTURES), *((f"{n}.png", png(n, n)) for n in range(1, 6)))
    assert len(body(app)["images"]) == 3
    assert "There was no room for 2 of the 5 files." in said(app)
    assert app.button(key=f"{at('images')}.add").disabled


def test_a_link_is_added_to_uploaded_pictures(shared: Services) -> None:
    app = upload(opened(PICTURES), ("one.png", png()))
    sound(app.button(key=f"{at('images')}.add").click().run())
    [_, link] = rows(app, "images")
    app = typed(app, link, "https://example.com/two.png")
    assert body(app)["images"][1] == "https://example.com/two.png"
    assert len(body(app)["images"]) == 2


# Lists


def test_entries_are_added_moved_and_removed_with_their_texts() -> None:
    asked = ListOf(name="words", label="Words", item=Text(name="", label="Word"), min_items=2, required=True)
    app = opened(asked)
    first, second = rows(app, "words")
    app = typed(typed(app, first, "one"), second, "two")
    assert body(app) == {"words": ["one", "two"]}
    app.button(key=f"{at('words')}.down.{first.split('.')[1]}").click()
    assert body(app) == {"words": ["two", "one"]}
    sound(app.button(key=f"{at('words')}.add").click().run())
    assert [problem.path for problem in filled(app).problems] == [("words", 2)]
    app.button(key=f"{at('words')}.remove.{second.split('.')[1]}").click()
    assert filled(sound(app.run())).draft.values["words"][0] == "one"


def test_an_optional_list_nobody_touched_is_not_sent_and_its_first_entries_come_together() -> None:
    asked = ListOf(name="words", label="Words", item=Text(name="", label="Word"), min_items=2)
    app = open_fold(opened(asked), "more")
    assert not filled(app).problems
    sound(app.button(key=f"{at('words')}.add").click().run())
    assert len(rows(app, "words")) == 2
    assert not filled(app).problems
    assert body(app) == {}


POINT = Group(
    name="",
    label="Point",
    fields=(
        Number(name="x", label="x", integer=True, required=True),
        Number(name="y", label="y", integer=True, required=True),
    ),
)
MASKS = ListOf(
    name="masks",
    label="Masks",
    required=True,
    item=Group(
        name="",
        label="Mask",
        fields=(
            Media(name="mask", label="Mask", media=IMAGE, takes_files=True, required=True),
            ListOf(name="points", label="Points", item=POINT, min_items=2, max_items=77, required=True),
        ),
    ),
)


def test_lists_in_groups_in_lists_keep_each_in_its_place() -> None:
    def mask(n: int) -> dict[str, Any]:
        return {"mask": f"https://example.com/{n}.png", "points": [{"x": n, "y": 1}, {"x": n, "y": 2}]}

    app = opened(MASKS, values={"masks": [mask(1), mask(2), mask(3)]})
    assert body(app) == {"masks": [mask(1), mask(2), mask(3)]}
    assert not app.number_input, "a long list comes back folded"
    app = open_fold(app, rows(app, "masks")[0].replace("masks.", "masks.fold."))
    assert len(app.number_input) == 4
    app.button(key=f"{at(rows(app, 'masks')[0]).replace('masks.', 'masks.remove.')}").click()
    assert body(app) == {"masks": [mask(2), mask(3)]}
    app = open_fold(app, rows(app, "masks")[1].replace("masks.", "masks.fold."))
    points = f"{rows(app, 'masks')[1]}.points"
    [_, last] = rows(app, points)
    app.number_input(key=f"{at(last)}.x").set_value(9)
    assert body(app)["masks"][1]["points"] == [{"x": 3, "y": 1}, {"x": 9, "y": 2}]
    assert body(again(app)) == body(app)


def test_a_long_list_of_numbers_is_written_as_text() -> None:
    points = [{"x": n, "y": -n} for n in range(77)]
    asked = ListOf(name="points", label="Points", item=POINT, min_items=2, max_items=77, required=True)
    app = opened(asked, values={"points": points})
    assert not app.number_input
    assert body(app) == {"points": points}
    app = typed(app, "points.text", "1, 2\n3;4\n (5\t6)\n\n")
    assert body(app) == {"points": [{"x": 1, "y": 2}, {"x": 3, "y": 4}, {"x": 5, "y": 6}]}
    sound(app.button(key=f"{at('points')}.rows").click().run())
    assert [field.value for field in app.number_input] == [1, 2, 3, 4, 5, 6]
    app.number_input(key=f"{at(rows(app, 'points')[2])}.y").set_value(7)
    sound(app.run())
    sound(app.button(key=f"{at('points')}.lines").click().run())
    assert app.session_state[f"{at('points')}.text:text"] == "1, 2\n3, 4\n5, 7"


def test_lines_that_cannot_be_read_are_said_and_kept() -> None:
    asked = ListOf(name="points", label="Points", item=POINT, min_items=2, required=True)
    app = opened(asked, values={"points": [{"x": 1, "y": 1}] * 9})
    app = typed(app, "points.text", "1, 2\nthree, 4")
    assert [p.message for p in filled(app).problems] == [
        "Line 2 must be 2 whole numbers: x, y. It is “three, 4”."
    ]
    assert "points" not in body(app)
    later = again(app)
    assert later.session_state[f"{at('points')}.text:text"] == "1, 2\nthree, 4"
    assert filled(later).problems


@pytest.mark.parametrize("hostile", [5, "x", {"a": 1}, [[]], [None] * 20, [{"x": "1"}], {UNREAD: 5}])
def test_a_kept_list_of_any_kind_breaks_no_form(hostile: Any) -> None:
    asked = ListOf(name="points", label="Points", item=POINT, min_items=10**9, required=True)
    words = ListOf(name="words", label="Words", item=Text(name="", label="Word"), required=True)
    opened(asked, words, MASKS, values={"points": hostile, "words": hostile, "masks": hostile})


# Alternatives


ONE_OR_MORE = OneOf(
    name="image_url",
    label="Picture",
    required=True,
    alternatives=(
        Media(name="", label="One picture", media=IMAGE, takes_files=True),
        ListOf(
            name="",
            label="Several pictures",
            item=Media(name="", label="", media=IMAGE, takes_files=True),
        ),
    ),
)


def test_what_was_written_under_another_alternative_comes_back() -> None:
    app = typed(opened(ONE_OR_MORE), "image_url.0", "https://example.com/a.png")
    assert body(app) == {"image_url": "https://example.com/a.png"}
    app.segmented_control(key=f"{at('image_url')}.which").select(1).run()
    assert body(app) == {}
    sound(app.button(key=f"{at('image_url')}.1.add").click().run())
    app = typed(app, rows(app, "image_url.1")[0], "https://example.com/b.png")
    assert body(app) == {"image_url": ["https://example.com/b.png"]}
    assert kept(app)["image_url"] == {ALTERNATIVE: 1, VALUE: ["https://example.com/b.png"]}
    assert body(again(app)) == {"image_url": ["https://example.com/b.png"]}
    app.segmented_control(key=f"{at('image_url')}.which").select(0).run()
    assert body(app) == {"image_url": "https://example.com/a.png"}


def test_a_plain_value_of_a_request_is_shown_under_the_alternative_that_it_fits() -> None:
    app = opened(ONE_OR_MORE, values={"image_url": ["https://example.com/a.png"]})
    assert app.segmented_control(key=f"{at('image_url')}.which").value == 1
    assert body(app) == {"image_url": ["https://example.com/a.png"]}


def test_an_optional_alternative_is_not_set_until_somebody_chooses() -> None:
    asked = OneOf(
        name="seed",
        label="Seed",
        alternatives=(Number(name="", label="A number", integer=True), Text(name="", label="A word")),
    )
    app = open_fold(opened(asked), "more")
    which = app.segmented_control(key=f"{at('seed')}.which")
    assert which.options[0] == "Not set"
    which.select(0).run()
    app.number_input(key=f"{at('seed')}.0").set_value(7)
    assert body(app) == {"seed": 7}
    app.segmented_control(key=f"{at('seed')}.which").select(which.options[0])


@pytest.mark.parametrize(
    "hostile", [5, "x", [], {ALTERNATIVE: 99}, {ALTERNATIVE: "0", VALUE: {}}, {VALUE: 1}]
)
def test_a_kept_alternative_of_any_kind_breaks_no_form(hostile: Any) -> None:
    opened(ONE_OR_MORE, values={"image_url": hostile})


# Groups


CAMERA = Group(
    name="camera",
    label="Camera",
    fields=(
        Choice(name="type", label="Type", options=("simple", "down_back"), required=True),
        Number(name="zoom", label="Zoom", minimum=-10, maximum=10, default=0),
        Text(name="note", label="Note"),
    ),
)


def test_an_optional_group_is_folded_and_nothing_of_it_is_sent_by_opening_it() -> None:
    app = open_fold(opened(CAMERA), "more")
    assert not app.number_input
    app = open_fold(app, "camera.fold")
    assert app.number_input
    assert body(app) == {}
    assert not filled(app).problems


def test_a_group_is_set_restored_open_and_left_out_again() -> None:
    app = open_fold(open_fold(opened(CAMERA), "more"), "camera.fold")
    app.segmented_control(key=f"{at('camera')}.type").select("simple")
    app.number_input(key=f"{at('camera')}.zoom").set_value(2.0)
    app = typed(app, "camera.note", "slowly")
    whole = {"camera": {"type": "simple", "zoom": 2.0, "note": "slowly"}}
    assert body(app) == whole
    app = open_fold(again(app), "more")
    assert app.number_input(key=f"{at('camera')}.zoom").value == 2.0
    assert body(app) == whole
    app.button(key=f"{at('camera')}.leave").click()
    assert body(app) == {}
    assert not app.number_input
    assert body(open_fold(app, "camera.fold")) == {}
    assert body(again(app)) == {}


def test_a_fold_opens_for_a_problem_in_it() -> None:
    app = opened(CAMERA, values={"camera": {"zoom": 99, "type": "simple"}}, insist=True)
    assert "Zoom in Camera must be a number from -10 to 10; you gave 99." in said(app)
    app.session_state[at("more")] = False
    assert not sound(app.run()).number_input, "whoever closes it wants it closed"


def test_what_an_older_draft_has_of_a_deprecated_field_in_a_group_is_kept() -> None:
    group = Group(
        name="g",
        label="G",
        required=True,
        fields=(Text(name="a", label="A"), Text(name="old", label="Old", deprecated=True)),
    )
    app = opened(group, values={"g": {"a": "1", "old": "2"}})
    assert kept(app) == {"g": {"a": "1", "old": "2"}}
    assert len(fields(app)) == 1


# JSON


FREE = Json(name="extra", label="Extra", required=True)


@pytest.mark.parametrize("value", [{"a": [1, None, "x"]}, [1, 2], "text", 5, True])
def test_json_is_sent_as_the_value_that_is_written(value: Any) -> None:
    app = typed(opened(FREE), "extra", json.dumps(value))
    assert body(app) == {"extra": value}
    assert body(again(app)) == {"extra": value}


@pytest.mark.parametrize(
    "text", ["{", "NaN", "1e999", "[" * 50 + "]" * 50, "[" * 100_000, '{"a": 1,}', "'a'"]
)
def test_json_that_cannot_be_read_is_said_and_kept_and_nothing_of_it_is_sent(text: str) -> None:
    app = typed(opened(FREE), "extra", text)
    assert body(app) == {}
    assert [problem.path for problem in filled(app).problems] == [("extra",)]
    assert kept(app) == {"extra": {UNREAD: text}}
    later = again(app)
    assert later.session_state[f"{at('extra')}:text"] == text
    assert filled(later).problems


# The whole


def test_what_matters_first_stands_open_and_every_field_is_on_the_page_once() -> None:
    asked = (
        Text(name="prompt", label="Prompt", role=Role.PROMPT, required=True),
        PICTURE,
        Choice(name="duration", label="Length", options=(5, 10), default=5, role=Role.SECONDS),
        Number(name="seed", label="Seed", integer=True),
        MASKS,
        CAMERA,
        Text(name="more", label="More"),
        Text(name="storyboard", label="Board"),
        Text(name="a.b:c|d", label="Odd"),
        Text(name="old", label="Old", deprecated=True),
    )
    app = open_fold(opened(*asked), "more")
    found = places(app)
    for name in ("prompt", "image_url", "duration", "seed", "masks", "camera", "more", "storyboard"):
        assert found.count(f"field-{name}") == 1, name
    assert len(found) == 9


def test_what_the_provider_says_stands_quietly_beside_its_field_and_blocks_nothing() -> None:
    sentence = "Length cannot be combined with seed."
    advice = Advice(Advises.AT_MOST_ONE, ("length", "seed"), sentence)
    asked = (
        Number(name="length", label="Length", integer=True, required=True),
        Number(name="seed", label="Seed", integer=True, required=True),
    )
    app = opened(*asked, values={"length": 1, "seed": 2}, advice=(advice,))
    assert ":material/info:" in said(app)
    assert sentence in said(app)
    assert not filled(app).problems


def test_words_of_a_document_are_shown_as_they_are_and_never_as_markup() -> None:
    evil = "<b>a</b> [x](http://e.com) :red[y] $z$"
    app = opened(
        Choice(name="a", label=evil, help=evil, options=(evil, "b"), required=True),
        ListOf(name="b", label=evil, help=evil, item=Text(name="", label=evil), required=True, min_items=2),
        Group(name="c", label=evil, help=evil, required=True, fields=(Switch(name="d", label=evil),)),
        Media(name="e", label=evil, media=IMAGE, takes_files=True, required=True),
    )
    shown = [element.value for element in app.markdown]
    shown += [widget.label for widget in (*app.segmented_control, *app.button, *app.file_uploader)]
    shown += app.segmented_control(key=at("a")).options
    assert not [words for words in shown if "[x](" in words or "<b>" in words or " :red[y" in words]


def test_shots_are_offered_beside_a_prompt_where_a_model_takes_both(shared: Services) -> None:
    app = opened(
        Text(name="prompt", label="Prompt", role=Role.PROMPT, required=True),
        ListOf(
            name="shots",
            label="Shots",
            role=Role.SHOTS,
            item=Text(name="", label="Shot", role=Role.PROMPT),
        ),
    )
    drawn = [element.proto.component_name for element in app.get("bidi_component")]
    assert "storyboard_editor" in drawn
    assert "prompt_field" in drawn
