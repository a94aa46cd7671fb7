import base64
import io
import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.catalog.catalog import Catalog
from components.catalog.spec import Choice, Group, ListOf, Media, ModelSpec, Number, OneOf, Role, Switch, Text
from components.form.desk import has_storyboard
from components.form.draft import Draft
from components.form.handing_on import (
    DEEPEST,
    LONGEST_LINK,
    MOST_BYTES,
    MOST_VALUES,
    Handed,
    Unusable,
    as_file,
    as_link,
    in_words,
    left_out,
    missing,
    read_brought,
    read_file,
    read_link,
    read_text,
    to_draft,
)
from components.jobs.labelling import Label
from components.jobs.travelling import FORMAT
from components.storyboard.storyboard import board_from
from tests.jobs.test_labelling import label_bytes, simple

CATALOG = Catalog.bundled()
SHOTS = next(spec for spec in CATALOG.models if has_storyboard(spec))
UPLOAD = "upload:" + "0f" * 16
PAGE = "https://playground.example/studio?x=1#y"

SPEC = ModelSpec(
    id="maker/model",
    name="Model",
    path="/v2/video/generations",
    parameters=(
        Text(name="prompt", label="Prompt", role=Role.PROMPT, max_length=10),
        Media(name="image", label="Image"),
        ListOf(name="frames", label="Frames", item=Media(name="", label="Frame")),
        Choice(name="ratio", label="Ratio", options=("16:9", "1:1")),
        Number(name="seconds", label="Seconds", integer=True, minimum=3, maximum=10),
        Switch(name="sound", label="Sound"),
        Group(
            name="camera",
            label="Camera",
            fields=(Number(name="pan", label="Pan", minimum=-1, maximum=1), Text(name="note", label="Note")),
        ),
        OneOf(
            name="style",
            label="Style",
            alternatives=(Text(name="", label="Name"), Number(name="", label="Number")),
        ),
        Text(name="old", label="Old", deprecated=True),
    ),
)


def written(link: str | None) -> str:
    assert link is not None
    return link.partition("?draft=")[2]


def packed(told: Any) -> str:
    return base64.urlsafe_b64encode(zlib.compress(json.dumps(told).encode())).decode().rstrip("=")


def file(**parts: Any) -> bytes:
    return json.dumps({"format": FORMAT, "version": 1, "model": SPEC.id, **parts}).encode()


def taken(content: bytes) -> Draft:
    return to_draft(read_file(content), SPEC)


def test_a_draft_comes_out_of_file_link_and_paste_as_it_went_in() -> None:
    values = {"prompt": "a fox\n🦊 <b>", "ratio": "1:1", "sound": False, "camera": {"pan": 0.5}}
    draft = Draft(SPEC, values, False)
    link = as_link(draft, 3, PAGE)
    assert link is not None
    assert link.startswith("https://playground.example/studio?draft=")
    for handed in (read_file(as_file(draft, 3)), read_link(written(link)), read_text(f" {link}\n")):
        assert (handed.model, handed.takes, handed.missing) == (SPEC.id, 3, ())
        assert to_draft(handed, SPEC) == draft


def test_shots_and_that_they_are_meant_come_along() -> None:
    board = board_from([("a", 3), ("b\n🦊", 4)])
    prompt = SHOTS.by_role(Role.PROMPT)
    assert prompt is not None
    for storyboard in (True, False):
        draft = Draft(SHOTS, {prompt.name: "kept"}, storyboard, board)
        assert to_draft(read_file(as_file(draft, 1)), SHOTS) == draft


def test_uploads_stay_behind_and_are_named() -> None:
    draft = Draft(SPEC, {"prompt": "a fox", "image": UPLOAD, "frames": ["https://a.example/1.png", UPLOAD]})
    assert missing(draft) == ("Image", "Frames")
    content = as_file(draft, 1)
    assert b"upload:" not in content
    handed = read_file(content)
    assert handed.missing == ("Image", "Frames")
    assert to_draft(handed, SPEC).values == {"prompt": "a fox", "frames": ["https://a.example/1.png"]}


def test_a_reference_to_somebody_elses_upload_is_dropped() -> None:
    hostile = file(values={"image": UPLOAD, "frames": [UPLOAD], "style": UPLOAD, "prompt": "x"})
    handed = read_file(hostile)
    assert taken(hostile).values == {"prompt": "x"}
    assert set(handed.missing) == {"image", "frames", "style"}
    request = json.dumps({"model": SPEC.id, "image": UPLOAD, "camera": {"note": UPLOAD}})
    assert to_draft(read_text(request), SPEC).values == {}


def test_a_request_as_the_api_has_it_is_taken() -> None:
    request = {"model": SHOTS.id, "prompt": "a fox"}
    draft = to_draft(read_text(json.dumps(request)), SHOTS)
    assert draft.request() == request
    shots = Draft(SHOTS, {}, True, board_from([("a", 3), ("b", 4)]))
    again = to_draft(read_text(json.dumps(shots.request())), SHOTS)
    assert again.request() == shots.request()
    assert again.storyboard


def test_what_the_model_does_not_take_is_left_out_and_named() -> None:
    values = {"prompt": "a prompt that is too long", "ratio": "4:3", "seconds": 99, "old": "x", "new": 1}
    handed = Handed(SPEC.id, values)
    assert to_draft(handed, SPEC).values == {
        "prompt": "a prompt that is too long"
    }  # a text is kept, and said
    assert left_out(handed, SPEC) == ("ratio", "seconds", "old", "new")


def test_the_settings_of_a_draft_are_said_in_words() -> None:
    draft = Draft(SPEC, {"prompt": "a fox", "sound": False, "image": UPLOAD, "seconds": 5})
    assert in_words(draft) == [
        ("Image", "an upload"),
        ("Seconds", "5"),
        ("Sound", "off"),
    ]


def test_a_long_draft_is_no_link() -> None:
    text = "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(4_000))  # nothing in it repeats
    assert as_link(Draft(SPEC, {"prompt": text}), 1, PAGE) is None
    assert taken(as_file(Draft(SPEC, {"prompt": text}), 1)).values == {"prompt": text}


def test_a_link_that_unpacks_to_too_much_is_refused_before_it_has() -> None:
    bomb = base64.urlsafe_b64encode(zlib.compress(b" " * (MOST_BYTES * 2))).decode().rstrip("=")
    assert len(bomb) <= LONGEST_LINK
    with pytest.raises(Unusable, match="larger than any"):
        read_link(bomb)


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


@pytest.mark.parametrize(
    "link",
    ["", "!", "AAAA", "a" * (LONGEST_LINK + 1), written(as_link(Draft(SPEC, {"prompt": "x"}), 1, PAGE))[:-6]],
)
def test_a_broken_link_gets_a_sentence(link: str) -> None:
    with pytest.raises(Unusable, match=r"\.$"):
        read_link(link)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b"{}",
        b'{"model": 7}',
        b'{"model": ""}',
        b'{"model": "m", "seconds": NaN}',
        b'{"model": "m", "seconds": 1e999}',
        b'{"model": "m", "seconds": ' + b"9" * 5000 + b"}",
        nested(100_000).encode(),
        b'{"model": "m", "x": ' + nested(DEEPEST + 1).encode() + b"}",
        b'{"model": "m", "x": [' + b"1," * MOST_VALUES + b"1]}",
        b" " * (MOST_BYTES + 1),
        file(version=2),
        file(version="1"),
        file(values=[]),
        file(takes=1000),
        file(takes=True),
        file(board={"shots": "none"}),
        file(missing=["x" * 1000]),
        json.dumps({"format": "something else", "model": "m"}).encode(),
    ],
    ids=range(22),
)
def test_what_is_no_draft_gets_a_sentence(content: bytes) -> None:
    with pytest.raises(Unusable, match=r"\.$"):
        read_file(content)


def test_unknown_fields_are_dropped_and_half_characters_mended() -> None:
    handed = read_file(file(values={"prompt": "a \ud83e b"}, owner="bob", destination="live"))
    assert handed == Handed(SPEC.id, {"prompt": "a � b"}, storyboard=False)


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(UPLOAD),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["@alternative", "@value", "pan", "note", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)
NAMES = [p.name for p in SPEC.parameters]


@given(
    st.dictionaries(
        st.sampled_from(["format", "version", "model", "values", "storyboard", "board", "takes", "missing"]),
        json_like | st.dictionaries(st.sampled_from(NAMES), json_like, max_size=4),
        max_size=8,
    ),
    st.booleans(),
)
def test_nothing_that_arrives_breaks_anything(told: dict[str, Any], ours: bool) -> None:
    if ours:
        told |= {"format": FORMAT, "version": 1, "model": SPEC.id}
    for read, written in ((read_link, packed(told)), (read_text, json.dumps(told))):
        try:
            handed = read(written)
        except Unusable:
            continue
        draft = to_draft(handed, SPEC)
        draft.request(), draft.problems(), in_words(draft), left_out(handed, SPEC)
        assert UPLOAD not in json.dumps(dict(draft.values))


@given(st.dictionaries(st.sampled_from(NAMES), json_like, max_size=5))
def test_what_fits_goes_through_a_file_and_back_unchanged(values: dict[str, Any]) -> None:
    first = to_draft(Handed(SPEC.id, values), SPEC)
    again = to_draft(read_file(as_file(first, 1)), SPEC)
    assert to_draft(read_file(as_file(again, 1)), SPEC) == again


def brought(content: bytes) -> Handed:
    return read_brought(io.BytesIO(content))


def test_a_video_brings_the_draft_that_was_written_into_it() -> None:
    label = Label(title="A fox", comment="", draft=file(values={"prompt": "a fox", "image": UPLOAD}))
    handed = brought(label_bytes(simple(), label))
    assert handed == brought(label.draft)
    assert dict(handed.values) == {"prompt": "a fox"}
    assert handed.missing == ("image",)


@pytest.mark.parametrize(
    "video", [simple(), simple()[:40], b"\x1a\x45\xdf\xa3" + bytes(40), b"\0\0\0\x18ftyp"]
)
def test_a_video_without_settings_gets_a_sentence_about_videos(video: bytes) -> None:
    with pytest.raises(Unusable, match="This video carries no settings"):
        brought(video)


@pytest.mark.parametrize("draft", [b"no JSON", b"[" * 50_000, b'{"format": 1}', b"\xff"])
def test_a_draft_in_a_video_is_checked_as_any_other(draft: bytes) -> None:
    with pytest.raises(Unusable):
        brought(label_bytes(simple(), Label(title="", comment="", draft=draft)))


def test_json_is_json_whatever_words_stand_at_its_beginning() -> None:
    assert brought(b'{"a free": 1, "model": "maker/model"}').model == "maker/model"
    with pytest.raises(Unusable, match="more than 2 MB"):
        brought(b"{" + b" " * (MOST_BYTES + 5))
