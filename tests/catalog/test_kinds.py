"""Media, choices among shapes, JSON and conditions: how they are read, and what is said of wrong values."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

import pytest

from components.catalog.checks import alternative_of, is_set, problems_in, sendable
from components.catalog.openapi import DocumentError, read_document
from components.catalog.spec import (
    ALTERNATIVE,
    VALUE,
    Choice,
    Group,
    Json,
    ListOf,
    Media,
    MediaKind,
    ModelSpec,
    OneOf,
    OptionWords,
    Parameter,
    Role,
    Text,
)
from components.form.draft import Draft
from tests.catalog.judge import document_of

IMAGE, VIDEO, AUDIO = MediaKind
LINK = "https://example.com/a.png"
UPLOAD = "upload:" + "0a" * 16
FILE = "data:image/png;base64,iVBORw0KGgo="


def read(name: str, schema: dict[str, Any]) -> Parameter:
    (parameter,) = read_document(document_of({"properties": {name: schema}})).parameters
    return parameter


def spec_of(properties: dict[str, Any], **more: Any) -> ModelSpec:
    return read_document(document_of({"properties": properties, **more}))


def said(parameter: Parameter, value: Any) -> list[str]:
    return [problem.message for problem in problems_in(parameter, value, (parameter.name,))]


@pytest.mark.parametrize(
    ("name", "schema", "media"),
    [
        ("image_url", {}, IMAGE),
        ("imageUrl", {}, IMAGE),
        ("first_frame_image", {}, IMAGE),
        ("end_image", {}, IMAGE),
        ("image_tail", {}, IMAGE),
        ("image1", {}, IMAGE),
        ("mask", {}, IMAGE),
        ("promptImage", {}, IMAGE),
        ("video", {}, VIDEO),
        ("reference_video_url", {}, VIDEO),
        ("audio_file", {}, AUDIO),
        ("voice_url", {}, AUDIO),
        ("music_uri", {}, AUDIO),
        ("source", {"format": "uri", "description": "A link to the video."}, VIDEO),
        ("reference", {"description": "URL of the image to start from."}, IMAGE),
        ("subject", {"description": "Base64-encoded picture of the subject."}, IMAGE),
        ("webhook_url", {"format": "uri", "description": "URL that is called when the video is done."}, None),
        ("link", {"format": "url"}, None),
    ],
)
def test_an_address_is_known_by_its_name_or_its_description(
    name: str, schema: dict[str, Any], media: MediaKind | None
) -> None:
    parameter = read(name, {"type": "string", **schema})
    assert isinstance(parameter, Media)
    assert parameter.media is media


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("prompt", {"description": "Describe the image at the URL."}),
        ("negative_prompt", {"description": "What the video must not show; no image URL."}),
        ("image_style", {}),
        ("image_prompt", {}),
        ("video_description", {}),
        ("voice", {}),
        ("voice_id", {}),
        ("voice_list", {}),
        ("music", {"description": "What kind of music plays."}),
        ("webhook_url", {}),
        ("provider", {"description": "Who makes the video."}),
        ("image", {"maxLength": 10}),
        ("image", {"enum": ["first", "last"]}),
    ],
)
def test_what_only_sounds_like_media_is_none(name: str, schema: dict[str, Any]) -> None:
    assert isinstance(read(name, {"type": "string", **schema}), Text | Choice)


def test_a_field_that_is_called_url_is_of_what_the_field_around_it_is() -> None:
    url = {"type": "object", "properties": {"url": {"type": "string"}}}
    group = read("image_url", url)
    assert isinstance(group, Group)
    assert isinstance(group.fields[0], Media)
    assert group.fields[0].media is IMAGE
    listed = read("images", {"type": "array", "items": {"type": "string"}})
    assert isinstance(listed, ListOf)
    assert isinstance(listed.item, Media)


@pytest.mark.parametrize(
    ("name", "schema", "takes"),
    [
        ("image_url", {}, True),
        ("image_url", {"description": "A publicly accessible URL; link only."}, False),
        ("image_url", {"maxLength": 2083}, False),
        ("image_url", {"pattern": "^https?://"}, False),
        ("image_url", {"pattern": "^(https?://|data:)"}, True),
        ("video_url", {"description": "URL of the video."}, False),
        ("video_url", {"description": "An URL or a data URI of a video."}, True),
        ("webhook_url", {"format": "uri"}, False),
    ],
)
def test_a_file_is_taken_where_nothing_speaks_against_it(
    name: str, schema: dict[str, Any], takes: bool
) -> None:
    parameter = read(name, {"type": "string", **schema})
    assert isinstance(parameter, Media | Text)
    assert getattr(parameter, "takes_files", False) is takes
    assert bool(said(parameter, UPLOAD)) is not takes


@pytest.mark.parametrize(
    ("value", "good"),
    [
        (LINK, True),
        (f" {LINK}\n", True),
        ("HTTP://example.com", True),
        ("http://[::1]:80/a", True),
        (UPLOAD, True),
        (FILE, True),
        ("upload:" + "0" * 31, False),
        ("data:video/mp4;base64,AAAA", False),
        ("data:image/png", False),
        ("ftp://example.com/a.png", False),
        ("example.com/a.png", False),
        ("https://", False),
        ("https://[", False),
        ("https://a b", False),
        ("javascript:alert(1)", False),
        ("https://example.com/" + "a" * 9_000, False),
        (5, False),
        (["a"], False),
        ({"a": 1}, False),
        ("\ud800", False),
    ],
)
def test_an_address_is_a_link_an_upload_or_the_file(value: Any, good: bool) -> None:
    picture = read("image_url", {"type": "string"})
    assert is_set(picture, value)
    sentences = said(picture, value)
    assert bool(sentences) is not good
    for sentence in sentences:
        assert sentence.startswith(
            "Picture must be a link that begins with https://, or an uploaded picture; you gave"
        )
    if good:
        assert sendable(picture, value) == value.strip()


ELEMENT = {
    "type": "object",
    "properties": {"kind": {"const": "image"}, "url": {"type": "string"}},
    "required": ["kind"],
}


@pytest.mark.parametrize(
    ("schema", "labels"),
    [
        ({"anyOf": [{"type": "string", "format": "uri"}, {"type": "array", "items": {"type": "string"}}]},
         ["One picture", "A list of pictures"]),
        ({"type": ["number", "boolean"]}, ["A number", "On or off"]),
        ({"oneOf": [{"title": "ImageSize", "properties": {"x": {}}}, {"enum": ["wide"]}]}, ["Image Size", "Wide"]),
        ({"oneOf": [ELEMENT, {"type": "integer"}]}, ["Image", "A whole number"]),
        ({"anyOf": [{"type": "object"}, {"type": "array", "items": {"type": "integer"}}]},
         ["JSON", "A list of numbers"]),
        ({"anyOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]},
         ["Several settings", "Several settings (2)"]),
    ],
)  # fmt: skip
def test_alternatives_have_names_in_plain_words(schema: dict[str, Any], labels: list[str]) -> None:
    parameter = read("images", schema)
    assert isinstance(parameter, OneOf)
    assert [alternative.label for alternative in parameter.alternatives] == labels
    assert all(not alternative.name for alternative in parameter.alternatives)


@pytest.mark.parametrize(
    ("schema", "options"),
    [
        ({"anyOf": [{"const": "a"}, {"enum": ["b", "a"]}]}, ("a", "b")),
        ({"oneOf": [{"const": "a"}, {"enum": ["b", "a"]}]}, ("b",)),
        ({"anyOf": [{"const": 5}, {"const": "auto"}, {"type": "null"}]}, (5, "auto")),
        ({"anyOf": [{"type": "boolean"}, {"const": "auto"}]}, (True, False, "auto")),
    ],
)
def test_alternatives_of_single_values_are_options(schema: dict[str, Any], options: tuple[Any, ...]) -> None:
    parameter = read("mode", schema)
    assert isinstance(parameter, Choice)
    assert parameter.options == options


def test_the_title_of_an_option_is_what_it_is_called() -> None:
    several = [{"const": "std", "title": "Standard", "description": "Cheap."}, {"const": "pro"}]
    parameter = read("mode", {"oneOf": several})
    assert isinstance(parameter, Choice)
    assert parameter.words == {"std": OptionWords("Standard", "Cheap.")}


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"anyOf": [{"type": "integer"}, {"type": "number"}]}, "Number"),
        ({"anyOf": [{"type": "string", "maxLength": 5}, {"type": "string"}]}, "Text"),
        ({"anyOf": [{"type": "string"}, {"type": "string"}]}, "Text"),
        ({"oneOf": [{"type": "string"}, {"type": "null"}]}, "Text"),
        ({"anyOf": [{"enum": ["a"]}, {"type": "string"}]}, "OneOf"),
    ],
)
def test_an_alternative_that_adds_nothing_folds(schema: dict[str, Any], kind: str) -> None:
    assert type(read("mode", schema)).__name__ == kind


def test_exactly_one_shape_must_fit_where_the_document_says_so() -> None:
    parameter = read("mode", {"oneOf": [{"type": "integer"}, {"type": "number", "minimum": 5}]})
    assert said(parameter, 3) == []
    assert said(parameter, 5.5) == []
    assert said(parameter, 7) == ["Mode fits several of the shapes of which it may have one."]


def test_an_alternative_that_would_lose_something_is_not_taken() -> None:
    wide = {"properties": {"a": {"type": "string"}, "b": {"type": "string"}}}
    parameter = read(
        "mode", {"anyOf": [{"properties": {"a": {"type": "string"}}}, wide, {"type": "integer"}]}
    )
    assert isinstance(parameter, OneOf)
    assert alternative_of(parameter, {"a": "x"}) == (0, {"a": "x"})
    assert alternative_of(parameter, {"a": "x", "b": "y"}) == (1, {"a": "x", "b": "y"})
    assert alternative_of(parameter, 5) == (2, 5)
    assert alternative_of(parameter, {ALTERNATIVE: 2, VALUE: 5}) == (2, 5)
    # What is written under an alternative that was chosen is of that one, right or wrong.
    assert alternative_of(parameter, {ALTERNATIVE: 2, VALUE: "x"}) == (2, "x")
    assert alternative_of(parameter, "x") is None
    assert said(parameter, "x") == [
        "Mode must be one of these: Several settings, Several settings (2), A whole number; you gave “x”."
    ]
    for rubbish in ({ALTERNATIVE: 9, VALUE: 5}, {ALTERNATIVE: True}, {ALTERNATIVE: []}):
        assert is_set(parameter, rubbish) in (True, False)
        assert alternative_of(parameter, rubbish) != (9, 5)


def test_a_choice_among_shapes_is_sent_as_its_plain_value() -> None:
    spec = spec_of({"image": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}})
    for value in (LINK, [LINK, UPLOAD]):
        for kept in (value, {ALTERNATIVE: int(isinstance(value, list)), VALUE: value}):
            assert Draft(spec, {"image": kept}).request() == {"model": spec.id, "image": value}
    for unset in ({ALTERNATIVE: 0, VALUE: " "}, {ALTERNATIVE: 1, VALUE: []}, {ALTERNATIVE: 1}, None, ""):
        assert Draft(spec, {"image": unset}).request() == {"model": spec.id}
        assert not Draft(spec, {"image": unset}).problems()
    required = spec_of({"image": {"anyOf": [{"type": "string"}, {"type": "integer"}]}}, required=["image"])
    assert [p.message for p in Draft(required).problems()] == ["Picture is not set; please choose."]
    (problem,) = Draft(required, {"image": {ALTERNATIVE: 0, VALUE: ""}}).problems()
    assert problem.path == ("image",)


def test_a_single_option_is_a_fact() -> None:
    spec = spec_of({"mode": {"const": "pro"}, "size": {"enum": [720]}}, required=["mode"])
    assert Draft(spec).problems() == ()
    assert Draft(spec).request() == {"model": spec.id, "mode": "pro"}
    assert Draft(spec, {"size": 720}).request() == {"model": spec.id, "mode": "pro", "size": 720}


def test_a_single_option_that_the_document_forbids_elsewhere_is_no_fact() -> None:
    never = {"oneOf": [{"const": "a"}, {"const": "a"}]}
    spec = spec_of({"mode": never}, required=["mode"])
    assert [problem.path for problem in Draft(spec).problems()] == [("mode",)]


@pytest.mark.parametrize("value", [{}, [], {"a": [1, {"b": None}]}, 5, True, "x", [[[[1.5]]]]])
def test_json_is_sent_as_it_is_written(value: Any) -> None:
    spec = spec_of({"extra": {"anyOf": [{"type": "object"}, {}]}, "free": {"not": {"type": "null"}}})
    assert isinstance(spec["free"], Json)
    assert Draft(spec, {"free": value}).request()["free"] == value


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        nested(50),
        [1] * 9_000,
        float("nan"),
        {"a": float("inf")},
        10**400,
        {5: 1},
        "\ud800",
        object(),
        {"a": {1}},
    ],
)
def test_json_out_of_bounds_is_refused(value: Any) -> None:
    free = read("free", {"type": "object"})
    (sentence,) = said(free, value)
    assert sentence == "Free must be JSON of a usual size, without numbers that are too large."
    assert sendable(free, value) is None


@pytest.mark.parametrize(
    ("schema", "good", "bad", "sentence"),
    [
        ({"type": "number", "multipleOf": 0.5}, 1.5, 1.7, "Field must be a multiple of 0.5; you gave 1.7."),
        ({"type": "number", "exclusiveMinimum": 0}, 0.1, 0, "Field must be more than 0; you gave 0."),
        ({"type": "number", "maximum": 1, "exclusiveMaximum": True}, 0, 1, "Field must be less than 1; you gave 1."),
        ({"type": "string", "format": "email"}, "a@b", "a", "Field must be an e-mail address; you gave “a”."),
        ({"type": "string", "format": "date"}, "2026-01-31", "2026-02-31",
         "Field must be a date such as 2026-01-31; you gave “2026-02-31”."),
        ({"type": "string", "format": "date-time"}, "2026-01-31T00:00:00Z", "soon",
         "Field must be a time such as 2026-01-31T18:00:00Z; you gave “soon”."),
        ({"type": "string", "pattern": "^a", "description": "Begins with a."}, "ab", "b",
         "Field is not in the form that this model asks for. The provider says: “Begins with a.”"),
        ({"type": "array", "items": {"type": "integer"}, "uniqueItems": True}, [1, 2], [1, 1],
         "Field has an entry twice; each may be there only once."),
        ({"properties": {"a": {}, "b": {}}, "minProperties": 2}, {"a": "x", "b": "y"}, {"a": "x"},
         "Field has too few settings: 1, and at least 2 are needed."),
        ({"properties": {"a": {}, "b": {}}, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, {"a": "x"}, {},
         "Field: set “a” or “b”."),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, {"a": 1}, {"a": "x"},
         "“a” in Field must be a whole number."),
        ({"type": "object", "required": []}, {"a": 1}, [1], "Field must be a JSON object."),
        ({"type": "string", "not": {"const": "x"}}, "y", "x", "Field is not as this model's document demands."),
    ],
)  # fmt: skip
def test_a_condition_that_is_broken_is_told(
    schema: dict[str, Any], good: Any, bad: Any, sentence: str
) -> None:
    field = read("field", schema)
    assert said(field, good) == []
    assert said(field, bad) == [sentence]


def test_what_the_whole_request_must_have_is_told() -> None:
    properties = {"prompt": {"type": "string"}, "image_url": {"type": "string"}, "seed": {"type": "integer"}}
    either = spec_of(properties, anyOf=[{"required": ["prompt"]}, {"required": ["image_url"]}])
    assert [p.message for p in Draft(either).problems()] == ["Set Prompt or Picture."]
    assert Draft(either, {"image_url": LINK}).problems() == ()
    one = spec_of(properties, oneOf=[{"required": ["prompt"]}, {"required": ["image_url"]}])
    both = Draft(one, {"prompt": "a", "image_url": LINK})
    assert [p.message for p in both.problems()] == ["Set Prompt or Picture, and no more than that."]
    together = spec_of(properties, dependentRequired={"seed": ["prompt"]})
    assert [p.message for p in Draft(together, {"seed": 1}).problems()] == ["Seed needs Prompt, too."]


def test_properties_that_only_alternatives_have_are_offered() -> None:
    text = {
        "properties": {"kind": {"const": "text"}, "words": {"type": "string"}},
        "required": ["kind", "words"],
    }
    picture = {
        "properties": {"kind": {"const": "image"}, "image_url": {"type": "string"}},
        "required": ["image_url"],
    }
    spec = spec_of({"seed": {"type": "integer"}}, oneOf=[text, picture])
    assert {p.name for p in spec.parameters} == {"seed", "kind", "words", "image_url"}
    assert spec["kind"].options == ("text", "image")  # type: ignore[attr-defined]
    assert Draft(spec, {"kind": "text", "words": "a"}).problems() == ()
    assert Draft(spec, {"kind": "text", "image_url": LINK}).problems()


@pytest.mark.parametrize(
    ("names", "role", "chosen"),
    [
        (["ratio", "aspect_ratio"], Role.ASPECT_RATIO, "aspect_ratio"),
        (["size", "resolution"], Role.RESOLUTION, "resolution"),
        (["quality"], Role.RESOLUTION, "quality"),
        (["seconds", "duration"], Role.SECONDS, "duration"),
    ],
)
def test_a_role_goes_to_the_most_fitting_name(names: list[str], role: Role, chosen: str) -> None:
    spec = spec_of({name: {"enum": ["5", "8s"]} for name in names})
    assert [p.name for p in spec.parameters if p.role is role] == [chosen]


def test_lengths_that_are_texts_are_seconds() -> None:
    spec = spec_of({"duration": {"enum": ["4s", "8s", "auto"], "default": "8s"}})
    assert spec["duration"].role is Role.SECONDS
    assert Draft(spec).seconds() == 8
    assert Draft(spec, {"duration": "4s"}).seconds() == 4
    assert Draft(spec, {"duration": "auto"}).seconds() is None


def test_labels_that_occur_twice_are_told_apart() -> None:
    spec = spec_of({name: {"type": "string", "title": "Size"} for name in ("width", "height")})
    assert [p.label for p in spec.parameters] == ["Size (width)", "Size (height)"]


def test_our_word_for_a_field_stands_where_the_document_has_no_title() -> None:
    spec = spec_of(
        {"cfg_scale": {"type": "number", "description": "How close"}, "seed": {"title": "My seed"}}
    )
    assert (spec["cfg_scale"].label, spec["cfg_scale"].help) == (
        "Prompt strength",
        "How close. In the API: cfg_scale.",
    )
    assert spec["seed"].label == "My seed"


def test_a_deprecated_field_of_a_group_is_understood_and_not_sent() -> None:
    old = {"type": "integer", "deprecated": True}
    spec = spec_of({"camera": {"properties": {"pan": {"type": "integer"}, "old": old}}})
    camera = spec["camera"]
    assert isinstance(camera, Group)
    assert [field.deprecated for field in camera.fields] == [False, True]
    assert Draft(spec, {"camera": {"pan": 1, "old": 2}}).request()["camera"] == {"pan": 1}
    assert Draft(spec, {"camera": {"old": "x"}}).problems() == ()
    assert "camera" not in Draft(spec, {"camera": {"old": 2}}).request()


FACTS = {
    "name": "N",
    "maker": "M",
    "summary": "S.",
    "aliases": ["x"],
    "sound": True,
    "typical_seconds": [1, 2],
}


def test_facts_from_elsewhere_go_before_those_of_the_document() -> None:
    document = document_of({}, facts={"name": "Old", "maker": "Old"})
    spec = read_document(document, facts=FACTS)
    assert (spec.name, spec.maker, spec.summary, spec.aliases) == ("N", "M", "S.", ("x",))
    assert (spec.native_sound, spec.typical_seconds) == (True, (1, 2))
    assert read_document(document, facts={"name": "", "maker": None}).name == "Old"


@pytest.mark.parametrize(
    ("model", "wanted", "found"),
    [
        ({"enum": ["a", "b"]}, None, "a"),
        ({"enum": ["a", "b"]}, "b", "b"),
        ({"enum": ["a"]}, "alias-of-a", "a"),
        ({"type": "string"}, "c", "c"),
        ({"type": "string", "default": "d"}, None, "d"),
        ({"const": "e"}, None, "e"),
        ({"anyOf": [{"enum": ["f", "g"]}, {"type": "string"}]}, "g", "g"),
    ],
)
def test_which_model_is_meant(model: dict[str, Any], wanted: str | None, found: str) -> None:
    assert read_document(document_of({"properties": {"model": model}}), model_id=wanted).id == found


def test_a_document_of_several_other_models_is_refused() -> None:
    with pytest.raises(DocumentError, match="other models"):
        read_document(document_of({"properties": {"model": {"enum": ["a", "b"]}}}), model_id="c")


def huge(count: int) -> dict[str, Any]:
    field = {"type": "string", "description": "x" * 60, "enum": ["a", "b"]}
    return document_of({"properties": {f"field_{n}": field for n in range(count)}})


def bomb() -> dict[str, Any]:
    """References that double at each step, as fields, as parts and as alternatives."""
    schemas: dict[str, Any] = {}
    for n in range(40):
        two = [{"$ref": f"#/components/schemas/{{}}{n + 1}"}] * 2
        for kind, keyword in (("P", "allOf"), ("A", "anyOf"), ("O", "oneOf")):
            schemas[f"{kind}{n}"] = {keyword: [{"$ref": part["$ref"].format(kind)} for part in two]}
        fields = {name: {"$ref": f"#/components/schemas/F{n + 1}"} for name in "ab"}
        schemas[f"F{n}"] = {"type": "object", "properties": fields, "required": ["a"]}
    for kind in "PAOF":
        schemas[f"{kind}40"] = {"type": "string"}
    properties = {
        f"field_{kind}_{n}": {"$ref": f"#/components/schemas/{kind}0"} for kind in "PAOF" for n in range(9)
    }
    return {**document_of({"properties": properties}), "components": {"schemas": schemas}}


@pytest.mark.parametrize("document", [huge(40_000), bomb()], ids=["five megabytes", "references"])
def test_a_document_that_is_too_large_ends_within_a_second(document: dict[str, Any]) -> None:
    start = time.process_time()
    with suppress(DocumentError):
        spec = read_document(document)
        value = {"a": {"a": {"a": {"b": "x"}}}}
        Draft(spec, {p.name: value for p in spec.parameters}).problems()
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "^(a|aa)+$",
        "(a*)*b",
        "^(.*)*$",
        "a*a*a*a*a*b",
        "(",
        "\\p{L}",
        "(a)\\1+$",
        "(?:a{1,30}){1,30}c",
    ],
)
def test_no_pattern_takes_long(pattern: str) -> None:
    field = read("field", {"type": "string", "pattern": pattern})
    start = time.process_time()
    for text in ("a" * 30 + "!", "a" * 5_000 + "!", "!" * 100_000):
        list(problems_in(field, text, ()))
    assert time.process_time() - start < 2


def test_no_schema_makes_a_judgement_long() -> None:
    # Each level asks for the next one twice, and the value goes on as deep as JSON may.
    tree = {"anyOf": [{"properties": {"a": {"$ref": "#/components/schemas/T"}}, "not": {}}] * 3}
    document = document_of({"properties": {"field": {"not": tree}}})
    document["components"] = {"schemas": {"T": tree}}
    spec = read_document(document)
    value: Any = {}
    for _ in range(18):
        value = {"a": value}
    start = time.process_time()
    Draft(spec, {"field": value}).problems()
    assert time.process_time() - start < 2
