"""Documents in the shapes that the provider publishes for many makers, written by us, small: read as a person who
fills them in would wish. Each stands in `documents/`; the judge is jsonschema on the document."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from streamlit.testing.v1 import AppTest

from components.catalog.openapi import read_document
from components.catalog.pricing import estimate
from components.catalog.spec import (
    Advises,
    Choice,
    Group,
    Json,
    ListOf,
    Media,
    MediaKind,
    ModelSpec,
    Number,
    OneOf,
    Parameter,
    Role,
    Switch,
    Text,
)
from components.form.desk import Desk
from components.form.draft import Draft
from tests.pages.conftest import one_look_at_what_is_installed  # noqa: F401, an autouse fixture
from tests.pages.playing import sound

FILES = sorted((Path(__file__).parent / "documents").glob("*.json"))
NAMES = [file.stem for file in FILES]
IMAGE, VIDEO, AUDIO = MediaKind


def document(name: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads((FILES[0].parent / f"{name}.json").read_text(encoding="utf-8"))
    return made


def spec_of(name: str) -> ModelSpec:
    return read_document(document(name))


def at(name: str, path: str) -> Parameter:
    """A field by its path; a number is an alternative, [] the entries of a list."""
    first, *rest = path.split(".")
    found = spec_of(name)[first]
    for step in rest:
        match found:
            case Group(fields=fields):
                found = next(field for field in fields if field.name == step)
            case ListOf(item=item):
                found = item
            case OneOf(alternatives=alternatives):
                found = alternatives[int(step)]
    return found


def body_of(name: str) -> dict[str, Any]:
    """The schema of the create request with the document's shared parts, for the judge."""
    made = document(name)
    body = made["paths"][spec_of(name).path]["post"]["requestBody"]
    body = made["components"]["requestBodies"]["Create"] if "$ref" in body else body
    ((_, content),) = body["content"].items()
    return {**content["schema"], "components": made.get("components", {})}


def properties(schema: dict[str, Any], whole: dict[str, Any]) -> set[str]:
    """The names that a request may have, but for those that are deprecated, and `model`."""
    if "$ref" in schema:
        schema = whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    own = {n for n, part in schema.get("properties", {}).items() if not part.get("deprecated")}
    parts = [part for keyword in ("allOf", "oneOf") for part in schema.get(keyword, ())]
    return own.union(*(properties(part, whole) for part in parts)) - {"model"}


def filled(parameter: Parameter, which: int) -> Any:
    """A value for a field and all that is in it; `which` of several alternatives, as far as there are so many."""
    match parameter:
        case Choice(options=options):
            return options[min(which, len(options) - 1)]
        case Number(minimum=low, conditions=conditions):
            step = conditions.get("multipleOf", 1)
            return max(low or 0, step) if conditions or low is None else low
        case Switch():
            return which == 0
        case Text(conditions={"format": "uuid"}):
            return "0b2f5c1e-8d5a-4b7e-9a55-3f0d1c2b4a69"
        case Text():
            return "a fox"
        case Media():
            return "https://example.com/a"
        case Group(fields=fields):
            return {field.name: filled(field, which) for field in fields if not field.deprecated}
        case ListOf(item=item, min_items=least):
            return [filled(item, which)] * max(least, 1)
        case OneOf(alternatives=alternatives):
            return filled(alternatives[min(which, len(alternatives) - 1)], which)
    return {"a": "b"}


@pytest.mark.parametrize("name", NAMES)
def test_every_property_is_offered_once_and_what_is_filled_in_is_valid(name: str) -> None:
    spec, body = spec_of(name), body_of(name)
    offered = [parameter.name for parameter in spec.parameters if not parameter.deprecated]
    assert sorted(offered) == sorted(properties(body, body))
    labels = [parameter.label for parameter in spec.parameters if not parameter.deprecated]
    assert len({label.casefold() for label in labels}) == len(labels)
    assert not [label for label in labels if "_" in label or "url" in label.lower()]
    judge = Draft202012Validator(body)
    for which in (0, 1):
        for asked in ([p for p in spec.parameters if p.required], spec.parameters):
            values = {p.name: filled(p, which) for p in asked if not p.deprecated}
            draft = Draft(spec, values)
            assert (draft.problems() == ()) == judge.is_valid(draft.request()), draft.problems()
            if which == 0:
                assert draft.problems() == ()
                assert {*draft.request()} == {"model", *values}


@pytest.mark.parametrize("name", NAMES)
def test_what_matters_stands_first(name: str) -> None:
    spec = spec_of(name)
    order = [p.name for p in spec.parameters]
    roles = {p.role for p in spec.parameters}
    if Role.PROMPT in roles:
        assert spec.parameters[0].role is Role.PROMPT
    known = (Role.SECONDS, Role.ASPECT_RATIO, Role.RESOLUTION, Role.SOUND)
    places = [order.index(found.name) for role in known if (found := spec.by_role(role)) is not None]
    assert places == sorted(places)
    others = {"seed", "watermark", "negative_prompt", "guidance_scale"} & {*order}
    assert all(order.index(name) > max(places, default=0) for name in others)


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("keyframes", ["prompt", "keyframes", "duration"]),
        ("performance", ["character", "reference", "frame_size"]),
        ("restyle", ["prompt", "video_url", "references", "duration"]),
        ("directed", ["prompt", "first_frame_image", "last_image_url", "subject_reference", "duration"]),
    ],
)
def test_what_a_video_is_made_from_stands_before_how_it_is_made(name: str, first: list[str]) -> None:
    assert [p.name for p in spec_of(name).parameters][: len(first)] == first


@pytest.mark.parametrize(
    ("name", "role", "field", "label"),
    [
        ("keyframes", Role.SECONDS, "duration", "Duration"),
        ("seconds", Role.SECONDS, "seconds", "Duration"),
        ("seconds", Role.RESOLUTION, "size", "Size"),
        ("motions", Role.SECONDS, "duration", "Duration"),
        ("motions", Role.SOUND, "audio", "Sound"),
        ("clip", Role.SOUND, "generate_audio_switch", "Sound"),
        ("frames", Role.ASPECT_RATIO, "ratio", "Aspect ratio"),
        ("frames", Role.SECONDS, "duration", "Duration"),
        ("talking", Role.SECONDS, "video_length", "Duration"),
        ("performance", Role.RESOLUTION, "frame_size", "Frame size"),
        ("recomposed", Role.RESOLUTION, "max_resolution", "Resolution"),
        ("reframe", Role.RESOLUTION, "resolution", "Resolution"),
        ("reframe", Role.AVOID, "negative_prompt", "Avoid"),
    ],
)
def test_a_role_is_known_whatever_the_field_is_called(name: str, role: Role, field: str, label: str) -> None:
    found = spec_of(name).by_role(role)
    assert found is not None
    assert (found.name, found.label) == (field, label)


@pytest.mark.parametrize(
    ("name", "path", "kind", "takes_files"),
    [
        ("references", "audio_url", AUDIO, True),
        ("references", "video_url", VIDEO, False),
        ("references", "image_urls.[]", IMAGE, True),
        ("references", "video_urls.[]", VIDEO, False),
        # What a field named by nothing but "type" says that it is.
        ("performance", "character.0.url", VIDEO, False),
        ("performance", "character.1.url", IMAGE, True),
        ("performance", "reference.url", VIDEO, False),
        ("restyle", "references.[].url", IMAGE, True),
        ("keyframes", "keyframes.frame0.0.url", IMAGE, True),
        ("frames", "image_url.1.[].uri", IMAGE, True),
        ("shared-parts", "image.1.url", IMAGE, True),
        ("shared-parts", "audio.1.url", AUDIO, False),
        # An address in prose alone, of the picture and not of the video that it is for.
        ("seconds", "input_reference", IMAGE, True),
        ("directed", "first_frame_image", IMAGE, True),
        ("directed", "subject_reference.[].image.[]", IMAGE, True),
        ("motions", "subjects.[].images.[]", IMAGE, True),
        ("reframe", "mask_video_url", VIDEO, False),
        ("talking", "image_url", IMAGE, False),
        ("talking", "voice_audio", AUDIO, True),
        ("omni", "video_url", VIDEO, True),
        # A page, a document or where to report is no video.
        ("everything", "file_url", None, False),
        ("everything", "link_url", None, False),
        ("directed", "callback_url", None, False),
    ],
)
def test_media_are_of_the_right_kind(name: str, path: str, kind: MediaKind | None, takes_files: bool) -> None:
    found = at(name, path)
    assert isinstance(found, Media)
    assert (found.media, found.takes_files) == (kind, takes_files)


@pytest.mark.parametrize(
    ("name", "path", "kind"),
    [
        ("reframe", "video_write_mode", Choice),
        ("reframe", "video_quality", Choice),
        ("motions", "meta_data", Text),
        ("motions", "payload", Text),
        ("talking", "voice", Choice),
        ("talking", "text", Text),
        ("talking", "loras.[].path", Text),
        ("lips", "lip_sync_tts_content", Text),
        ("shared-parts", "extra", Json),
        ("shared-parts", "mode", Choice),
        ("frames", "duration", Choice),
    ],
)
def test_what_only_sounds_like_media_or_several_shapes_is_a_plain_field(
    name: str, path: str, kind: type[Parameter]
) -> None:
    assert type(at(name, path)) is kind


def test_none_at_all_is_no_alternative() -> None:
    frame = at("keyframes", "keyframes.frame0")
    assert isinstance(frame, OneOf)
    assert [alternative.label for alternative in frame.alternatives] == ["Image", "Generation"]
    assert frame.nullable


def test_a_number_beside_a_range_is_called_what_it_is() -> None:
    seed = at("frames", "seed")
    assert isinstance(seed, OneOf)
    assert [alternative.label for alternative in seed.alternatives] == ["A whole number", "-1"]


@pytest.mark.parametrize(
    ("name", "field", "label"),
    [
        ("performance", "character.0.url", "Video"),
        ("performance", "character.1.url", "Picture"),
        ("everything", "reference_image_urls", "Reference pictures"),
        ("everything", "audio_urls", "Sound files"),
        ("reframe", "mask_video_url", "Mask video"),
        ("reframe", "num_interpolated_frames", "Number of interpolated frames"),
        ("omni", "enhancePrompt", "Improve the prompt"),
        ("omni", "personGeneration", "Person generation"),
        ("keyframes", "keyframes.frame1", "Last frame"),
        ("frames", "image_url.1.[]", "Picture"),
    ],
)
def test_labels_are_words_that_people_use(name: str, field: str, label: str) -> None:
    assert at(name, field).label == label


def test_a_body_of_alternatives_asks_what_all_of_them_ask_and_is_of_the_model_that_is_meant() -> None:
    spec = spec_of("shared-parts")
    assert spec.id == "maker-l/two-ways"
    assert [p.name for p in spec.parameters if p.required] == ["prompt", "mode"]
    assert read_document(document("shared-parts"), model_id="maker-l/two-ways-fast").id.endswith("-fast")
    asked = {"prompt": "a fox", "mode": "image"}
    assert Draft(spec, asked).problems()
    assert not Draft(spec, {**asked, "image": "https://example.com/a.png"}).problems()


def test_the_create_endpoint_is_the_one_that_takes_a_model() -> None:
    assert next(iter(document("shared-parts")["paths"])) != spec_of("shared-parts").path
    assert spec_of("shared-parts").path == "/v2/generate/video/maker-l/generation"


def test_alternatives_of_other_models_count_for_nothing() -> None:
    parts = [
        {"properties": {"model": {"enum": [name]}, "prompt": {}, field: {}}, "required": ["model", field]}
        for name, field in (("one", "mood"), ("two", "place"))
    ]
    content = {"application/json": {"schema": {"anyOf": parts}}}
    made = {"paths": {"/v2/create": {"post": {"requestBody": {"content": content}}}}}
    spec = read_document(made, model_id="two")
    assert {p.name: p.required for p in spec.parameters} == {"prompt": False, "place": True}
    assert read_document(made, facts={"id": "one"})["mood"].required


def test_what_prose_asks_of_a_picture_is_understood() -> None:
    first = at("directed", "first_frame_image")
    assert isinstance(first, Media)
    assert (first.limits.min_side, first.limits.ratios, first.limits.max_bytes) == (
        300,
        (0.4, 2.5),
        20 * 1024**2,
    )
    assert {"jpg", "png"} <= {*first.limits.formats}


def test_one_thing_or_two_that_go_together_is_a_rule_for_each_of_the_two() -> None:
    spec = spec_of("lips")
    told = [(advice.kind, advice.names) for advice in spec.advice]
    either = Advises.AT_MOST_ONE
    assert told == [
        (either, ("audio_url", "lip_sync_tts_speaker")),
        (either, ("audio_url", "lip_sync_tts_content")),
    ]
    both = {"video_url": "https://example.com/v", "audio_url": "https://example.com/a"}
    assert not Draft(spec, both).warnings()
    assert Draft(spec, {**both, "lip_sync_tts_content": "Hello"}).warnings()


def rows(*conditions: dict[str, Any], unit: str = "second") -> dict[str, Any]:
    table = [
        {"when": when, "price": (place + 1) / 10, "unit": unit, "per": 1}
        for place, when in enumerate(conditions)
    ]
    return {"kind": "variants", "dimensions": [*conditions[0]], "variants": table}


@pytest.mark.parametrize(
    ("name", "block", "values", "usd", "how"),
    [
        (
            "keyframes",
            rows({"resolution": "720p"}, {"resolution": "4K"}),
            {"resolution": "4k"},
            "1.0",
            "5 s × $0.20 at 4K",
        ),
        ("keyframes", rows({"duration": "5s"}, {"duration": "9s"}, unit="video"), {}, "0.1", "for 5 s"),
        ("seconds", rows({"size": "720x1280"}, {"size": "1024x1792"}), {}, "0.4", "4 s × $0.10"),
        ("directed", rows({"resolution": "768p"}, {"resolution": "1080p"}), {}, "0.6", "6 s × $0.10"),
        (
            "motions",
            rows({"audio": False}, {"audio": True}),
            {"duration": 4},
            "0.8",
            "4 s × $0.20 with sound",
        ),
        (
            "clip",
            rows({"resolution": "720p", "generate_audio_switch": True}, {"resolution": "720p"}),
            {"generate_audio_switch": True},
            "0.5",
            "5 s × $0.10",
        ),
        (
            "recomposed",
            rows({"max_resolution": "720"}, {"max_resolution": "1080"}, unit="video"),
            {},
            "0.2",
            "",
        ),
    ],
)
def test_a_price_is_found_whatever_the_field_looks_like(
    name: str, block: dict[str, Any], values: dict[str, Any], usd: str, how: str
) -> None:
    draft = Draft(spec_of(name), {"prompt": "a fox", **values})
    found = estimate(block, {**draft.defaults(), **draft.request()}, draft.spec)
    assert found is not None
    assert found.usd == Decimal(usd), found
    assert how in found.how


def page() -> None:
    import streamlit as st

    from components.form.form import form, read

    spec, desk = st.session_state["spec"], st.session_state["desk"]
    form(spec, desk, read(spec, desk), insist=True, submit=lambda: None, heard=lambda: None)


@pytest.mark.parametrize("name", NAMES)
def test_every_form_is_drawn_empty_and_full(name: str) -> None:
    spec = spec_of(name)
    values = {p.name: filled(p, 0) for p in spec.parameters if not p.deprecated}
    for kept in ({}, values):
        desk = Desk(model=spec.id, edition="0123abcd")
        desk.drafts[spec.id] = {"values": kept, "storyboard": False}
        app = AppTest.from_function(page, default_timeout=20)
        app.session_state["spec"], app.session_state["desk"] = spec, desk
        app.session_state["owner"] = "ann"
        app.session_state[f"{spec.id}|0123abcd|more"] = True
        sound(app.run())
        shown = " ".join(str(element.proto) for element in app.get("bidi_component"))
        for media in (p for p in spec.parameters if isinstance(p, Media)):
            assert media.label in shown, media.name
