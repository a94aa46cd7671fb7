"""What is read out of descriptions, and what is not."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.catalog.prose import advice_of, media_limits, takes_files
from components.catalog.spec import (
    Advice,
    Advises,
    Choice,
    Media,
    MediaKind,
    MediaLimits,
    Number,
    Parameter,
    Switch,
    Text,
)
from tests.need import shared

MB = 1024**2
JPG = ("jpg", "jpeg")


@pytest.mark.parametrize(
    ("description", "limits"),
    [
        (
            "Formats: .jpg/.jpeg/.png; max 50MB; min 300px per side; aspect ratio within 1:2.5 to 2.5:1.",
            MediaLimits(formats=(*JPG, "png"), max_bytes=50 * MB, min_side=300, ratios=(0.4, 2.5)),
        ),
        (
            "The sound. Supported formats: MP3, WAV, M4A, AAC. Maximum file size: 5 MB.",
            MediaLimits(formats=("mp3", "wav", "m4a", "aac"), max_bytes=5 * MB),
        ),
        ("PNG or JPEG up to 10 MiB", MediaLimits(formats=("png", "jpeg", "jpg"), max_bytes=10 * MB)),
        ("The clip may have no more than 30 seconds.", MediaLimits(max_seconds=30)),
        ("At least 300×300 pixels", MediaLimits(min_side=300)),
        ("Its aspect ratio must be between 0.4 and 2.5", MediaLimits(ratios=(0.4, 2.5))),
        ("The ratio of height to width must be between 0.25 and 2", MediaLimits(ratios=(0.5, 4.0))),
        (
            "Takes .jpg/.png, max. 10MB, dimensions 340px-3850px, aspect ratio 1:2.5 to 2.5:1.",
            MediaLimits(
                formats=(*JPG, "png"), max_bytes=10 * MB, min_side=340, max_side=3850, ratios=(0.4, 2.5)
            ),
        ),
        (
            "Supports .mp4/.mov, max 100MB, 3-30 seconds duration depending on `orientation`.",
            MediaLimits(formats=("mp4", "mov"), max_bytes=100 * MB, max_seconds=30),
        ),
        (
            "MP4, MOV, or WebM (up to 25 seconds and 100 MB).",
            MediaLimits(formats=("mp4", "mov", "webm"), max_bytes=100 * MB, max_seconds=25),
        ),
        (
            "The file cannot exceed 10MB, and its resolution should not be less than 300*300px",
            MediaLimits(max_bytes=10 * MB, min_side=300),
        ),
        ("Must not exceed 7999x7999 pixels.", MediaLimits(max_side=7999)),
        ("At least 640x360 px", MediaLimits(min_side=360)),
        ("The duration of the reference must be 2 to 10 seconds.", MediaLimits(max_seconds=10)),
        ("A clip of at most 2 minutes", MediaLimits(max_seconds=120)),
        ("500 KB or less", MediaLimits(max_bytes=500 * 1024)),
        ("Width and height between 300 and 6000 px.", MediaLimits(min_side=300, max_side=6000)),
        (
            "Formats: MP4, MOV (H.264 recommended). Duration: 3-60 s. Longer side ≤ 2160 px, shorter side ≥ 320 px. "
            "Aspect ratio between 1:2.5 and 2.5:1. Frame rate > 8 fps. Max 100 MB. The output is capped at 15 s.",
            MediaLimits(
                formats=("mp4", "mov"),
                max_bytes=100 * MB,
                min_side=320,
                max_side=2160,
                ratios=(0.4, 2.5),
                max_seconds=60,
            ),
        ),
        (
            "Max file size: 10.0MB, Min width: 300px, Min height: 320px, Min aspect ratio: 0.40, "
            "Max aspect ratio: 2.50, Timeout: 20.0s",
            MediaLimits(max_bytes=10 * MB, min_side=300, ratios=(0.4, 2.5)),
        ),
        ("Clips (2-15 seconds each, combined duration at most 15 seconds).", MediaLimits(max_seconds=15)),
        # Of several figures the most generous.
        ("Images: up to 10 MB. Videos: up to 50 MB.", MediaLimits(max_bytes=50 * MB)),
        # Nothing is said, or it is said about something else, or it is advice.
        ("The address of the picture.", MediaLimits()),
        ("The output video is at most 10 seconds long, in MP4 format.", MediaLimits()),
        ("Length of the generated video, up to 15 seconds.", MediaLimits()),
        ("For best results use a PNG of at least 1024x1024 pixels.", MediaLimits()),
        ("We recommend files under 5 MB.", MediaLimits()),
        ("For example https://example.com/image.png or data:image/png;base64,AAAA.", MediaLimits()),
        ("Formats such as PNG", MediaLimits()),
        ("GIF is not supported", MediaLimits()),
        ("Aspect ratio 16:9 and 9:16 are fine.", MediaLimits()),
        ("The width must be at least 300 px", MediaLimits()),
        ("Larger pictures are scaled, to at most 2048 px if needed", MediaLimits()),
        ("At least 1 MB", MediaLimits()),
        ("The address expires after at most 60 seconds", MediaLimits()),
        ("Up to 36 million pixels", MediaLimits()),
        ("Max 4 images", MediaLimits()),
    ],
)
def test_limits_of_a_file_are_read_where_they_are_certain(description: str, limits: MediaLimits) -> None:
    assert media_limits(description) == limits


@pytest.mark.parametrize(
    ("description", "media", "takes"),
    [
        ("A direct link to an online image or a Base64-encoded local image", MediaKind.IMAGE, True),
        ("A HTTPS URL pointing to a video or a data URI containing a video", MediaKind.VIDEO, True),
        ("Data URLs are fine too.", MediaKind.AUDIO, True),
        ("The frontal image of the element (main view).", MediaKind.IMAGE, True),
        ("", MediaKind.IMAGE, True),
        ("", MediaKind.VIDEO, False),
        ("The video URL of the element.", MediaKind.VIDEO, False),
        ("Must be a publicly accessible URL.", MediaKind.IMAGE, False),
        ("URL only.", MediaKind.IMAGE, False),
        ("A publicly accessible URL or a base64 data URI.", MediaKind.VIDEO, True),
        ("Base64 is not supported.", MediaKind.IMAGE, False),
        ("A link; data URIs are not accepted.", MediaKind.VIDEO, False),
        ("Where we call you back.", None, False),
    ],
)
def test_files_are_taken_where_it_is_said_and_for_images_unless_it_is_denied(
    description: str, media: MediaKind | None, takes: bool
) -> None:
    assert takes_files(description, media) is takes


def parameters(about: str, description: str) -> list[Parameter]:
    """A model like many, with `description` in the help of `about`."""

    def common(name: str) -> dict[str, Any]:
        return {"name": name, "label": name, "help": description if name == about else ""}

    choices: dict[str, tuple[Any, ...]] = {
        "mode": ("std", "pro"),
        "resolution": ("480p", "720p", "1080p"),
        "aspect_ratio": ("16:9", "9:16", "1:1"),
        "duration": (5, 8, 10),
        "orientation": ("image", "video"),
    }
    media = ("image_url", "tail_image_url", "last_frame", "video_url", "reference_images")
    return [
        *(Text(**common(name)) for name in ("prompt", "multi_prompt", "negative_prompt", "style")),
        *(Media(**common(name), media=MediaKind.IMAGE) for name in media),
        *(Choice(**common(name), options=options) for name, options in choices.items()),
        *(Switch(**common(name)) for name in ("generate_audio", "loop", "hdr")),
        Number(**common("seed"), integer=True, minimum=0),
        Text(**common("ratio"), deprecated=True),
    ]


ONE, MOST = Advises.EXACTLY_ONE, Advises.AT_MOST_ONE
ONLY, NOT, IF = Advises.ONLY_WITH, Advises.NOT_WITH, Advises.NEEDED_IF
Rules = list[tuple[Any, ...]]

UNDERSTOOD: list[tuple[str, str, Rules]] = [
    (
        "prompt",
        "Text prompt for video generation. Either prompt or multi_prompt must be provided, but not both.",
        [(ONE, "prompt", "multi_prompt")],
    ),
    (
        "multi_prompt",
        "Storyboard with 1 to 6 shots. Mutually exclusive with prompt.",
        [(MOST, "multi_prompt", "prompt")],
    ),
    (
        "tail_image_url",
        "Last frame. Not supported when generate_audio is enabled — set generate_audio to false to use a tail frame.",
        [(NOT, "tail_image_url", "generate_audio", True)],
    ),
    ("style", "Exactly one of `prompt` or `multi_prompt` is required", [(ONE, "prompt", "multi_prompt")]),
    ("style", "You must provide either image_url or video_url, not both", [(ONE, "image_url", "video_url")]),
    ("style", "Use either image_url or video_url, but not both.", [(MOST, "image_url", "video_url")]),
    ("style", "Only one of image_url, video_url can be used", [(MOST, "image_url", "video_url")]),
    ("style", "`image_url` and `video_url` are mutually exclusive", [(MOST, "image_url", "video_url")]),
    ("style", "image_url and video_url cannot be used together!", [(MOST, "image_url", "video_url")]),
    ("style", "Do not provide both image_url and video_url.", [(MOST, "image_url", "video_url")]),
    ("style", "Cannot be combined with image_url", [(MOST, "style", "image_url")]),
    ("style", "Can't be used together with the `image_url` parameter.", [(MOST, "style", "image_url")]),
    ("style", "This field is incompatible with seed", [(MOST, "style", "seed")]),
    (
        "reference_images",
        "Mutually exclusive with image_url, tail_image_url, and loop; unlocks 10s.",
        [
            (MOST, "reference_images", "image_url"),
            (MOST, "reference_images", "tail_image_url"),
            (NOT, "reference_images", "loop", True),
        ],
    ),
    ("style", "Cannot be combined with the negative prompt.", [(MOST, "style", "negative_prompt")]),
    ("style", "Do not combine with `video_url`.", [(MOST, "style", "video_url")]),
    ("seed", "Only used when image_url is provided.", [(ONLY, "seed", "image_url")]),
    ("seed", "Only applies if mode is set to pro.", [(ONLY, "seed", "mode", "pro")]),
    (
        "seed",
        "Only supported when resolution is 720p or 1080p",
        [(ONLY, "seed", "resolution", "720p", "1080p")],
    ),
    ("seed", "Only supported when mode is 'pro'; otherwise ignored.", [(ONLY, "seed", "mode", "pro")]),
    ("seed", "It can only be used with image_url.", [(ONLY, "seed", "image_url")]),
    ("seed", "Works only in pro mode", [(ONLY, "seed", "mode", "pro")]),
    ("seed", "Available only when mode=pro, otherwise it is ignored", [(ONLY, "seed", "mode", "pro")]),
    ("seed", "Only takes effect when orientation is image", [(ONLY, "seed", "orientation", "image")]),
    ("seed", "Must be provided together with style.", [(ONLY, "seed", "style")]),
    ("seed", "Requires image_url.", [(ONLY, "seed", "image_url")]),
    ("seed", "Requires `hdr` to be enabled", [(ONLY, "seed", "hdr", True)]),
    ("seed", "Has no effect without image_url.", [(ONLY, "seed", "image_url")]),
    ("seed", "Ignored unless loop is true.", [(ONLY, "seed", "loop", True)]),
    ("seed", "Ignored when image_url is not set", [(ONLY, "seed", "image_url")]),
    ("seed", "The seed of the video (only used when style is set)", [(ONLY, "seed", "style")]),
    (
        "reference_images",
        "Reference images only work with 16:9 aspect ratio and 8-second duration.",
        [(ONLY, "reference_images", "aspect_ratio", "16:9"), (ONLY, "reference_images", "duration", 8)],
    ),
    (
        "reference_images",
        "One to three. Last frame is ignored if reference images are provided.",
        [(NOT, "last_frame", "reference_images")],
    ),
    (
        "seed",
        "Provide style and seed together (same length).",
        [(ONLY, "style", "seed"), (ONLY, "seed", "style")],
    ),
    (
        "aspect_ratio",
        "Shape of the video. Ignored if image_url is provided.",
        [(NOT, "aspect_ratio", "image_url")],
    ),
    ("aspect_ratio", "Will be ignored when using video_url", [(NOT, "aspect_ratio", "video_url")]),
    (
        "aspect_ratio",
        "If image_url is provided, this parameter is ignored.",
        [(NOT, "aspect_ratio", "image_url")],
    ),
    ("style", "When image_url is set, aspect_ratio has no effect.", [(NOT, "aspect_ratio", "image_url")]),
    ("style", "Not supported with 1080p resolution", [(NOT, "style", "resolution", "1080p")]),
    ("style", "Not available when the duration is 10 seconds.", [(NOT, "style", "duration", 10)]),
    (
        "style",
        "Ignored when image_url or video_url is given",
        [(NOT, "style", "image_url"), (NOT, "style", "video_url")],
    ),
    ("style", "Not supported when audio is enabled.", [(NOT, "style", "generate_audio", True)]),
    ("style", "Only used when image_url is not provided", [(NOT, "style", "image_url")]),
    ("multi_prompt", "If provided, overrides prompt.", [(NOT, "prompt", "multi_prompt")]),
    ("multi_prompt", "When set, prompt is ignored.", [(NOT, "prompt", "multi_prompt")]),
    ("style", "Must be used with image_url.", [(ONLY, "style", "image_url")]),
    ("style", "Does not work with last_frame.", [(NOT, "style", "last_frame")]),
    ("hdr", "Requires HDR access on the account; not supported with loop.", [(NOT, "hdr", "loop", True)]),
    (
        "resolution",
        "Note: 480p is not available when last_frame is provided.",
        [(NOT, "last_frame", "resolution", "480p")],
    ),
    ("duration", "10s requires reference_images.", [(IF, "reference_images", "duration", 10)]),
    (
        "style",
        "Requires seed, video_url and image_url.",
        [(ONLY, "style", "seed"), (ONLY, "style", "video_url"), (ONLY, "style", "image_url")],
    ),
    ("style", "Required if mode is pro.", [(IF, "style", "mode", "pro")]),
    ("style", "The style; required when loop is true", [(IF, "style", "loop", True)]),
    ("style", "Required when `orientation` is `video`.", [(IF, "style", "orientation", "video")]),
    (
        "style",
        "Must be set when image_url or video_url is used",
        [(IF, "style", "image_url"), (IF, "style", "video_url")],
    ),
    ("style", "If generate_audio is false, style is required.", [(IF, "style", "generate_audio", False)]),
]

NOT_UNDERSTOOD: list[tuple[str, str]] = [
    ("prompt", "The text description of the scene, subject, or action to generate in the video."),
    ("multi_prompt", "If provided, overrides the single prompt and divides the video into multiple shots."),
    ("image_url", "The image must contain exactly one clearly visible character."),
    ("image_url", "For hug and kiss effects, pass an array containing exactly two image URLs."),
    ("video_url", "A request can only have one element with a video."),
    (
        "video_url",
        "The motion will be applied to the character from the image provided in the image_url parameter.",
    ),
    (
        "orientation",
        "- image: same as in the picture; At this time, the duration should not exceed 10 seconds;",
    ),
    ("style", "Can be combined with image_url."),
    ("style", "Not only supported when image_url is set."),
    ("style", "Usually not supported when image_url is set."),
    ("style", "Not supported when image_url is set on older models."),
    ("style", "Not supported when image_url is set. Except in pro mode."),
    ("style", "Only supported when resolution is above 720p"),
    ("style", "Only supported when mode is turbo"),
    ("style", "Only supported by the pro version."),
    ("style", "Only used when the image shows a person"),
    ("style", "Only used when an image is provided"),  # which of two?
    ("style", "Only used when image_url or video_url is set"),  # either would do
    ("style", "Required if image_url and video_url are set"),  # both, or each?
    ("style", "Required if image_url is not provided"),  # one of them at least: no kind of advice
    ("style", "Either prompt or image_url must be provided."),  # both may be
    ("style", "Requires hdr=true and HDR access."),
    ("style", "May be ignored when image_url is provided."),
    ("style", "Cannot be combined with unknown_field."),
    ("style", "Cannot be combined with style."),
    ("style", "Mutually exclusive with ratio."),  # which is not offered
    ("duration", "10 seconds videos are not supported for 1080p resolution."),
    ("duration", "12s requires reference_images."),
    (
        "image_url",
        "Provide either image_url (optionally with last_frame) or video_url: the two are exclusive.",
    ),
    ("loop", "Only valid for generations without a last frame or video_url."),
    ("style", "Currently only 1 image is supported, rest will be ignored."),
    ("negative_prompt", "Descriptions in the prompt take precedence to those in the negative prompt."),
    ("last_frame", "When set, the model interpolates between image_url and last_frame."),
    ("hdr", "When disabled, prompts are not checked."),
    ("style", "Deprecated: use prompt instead."),
    ("style", "The seed is ignored by some models when style is set."),
    ("style", "In pro mode, only used when image_url is set"),
    ("resolution", "The resolution depends on aspect_ratio."),
    ("duration", "1080p videos are limited to 5 or 8 seconds"),
    ("negative_prompt", "What should not be in the video, for example a prompt without style."),
    ("style", "Not supported when " + "x" * 300 + " image_url is set"),
]


def rules_of(about: str, description: str) -> Rules:
    return [(a.kind, *a.names, *a.values) for a in advice_of(parameters(about, description))]


@pytest.mark.parametrize(("about", "description", "rules"), UNDERSTOOD)
def test_a_rule_that_is_certain_is_understood(about: str, description: str, rules: Rules) -> None:
    assert rules_of(about, description) == rules


@pytest.mark.parametrize(("about", "description"), NOT_UNDERSTOOD)
def test_a_sentence_that_is_not_certain_gives_nothing(about: str, description: str) -> None:
    assert rules_of(about, description) == []


def test_the_sentence_is_quoted_as_it_was_written() -> None:
    [advice] = advice_of(parameters("style", "The style.\nCan't be   combined with `image_url`!"))
    assert advice == Advice(MOST, ("style", "image_url"), "Can't be combined with `image_url`")


def test_a_rule_that_is_said_twice_is_there_once() -> None:
    model = parameters("prompt", "Either prompt or multi_prompt must be provided, but not both.")
    again = "Mutually exclusive with prompt. Mutually exclusive with prompt."
    model[1] = Text(name="multi_prompt", label="", help=again)
    assert [(a.kind, *a.names) for a in advice_of(model)] == [(ONE, "prompt", "multi_prompt")]


def test_of_the_published_descriptions_the_rules_are_understood_and_nothing_else() -> None:
    found = set()
    for path in sorted(shared("api/schemas/kling").glob("*.json")):
        operations = json.loads(path.read_text(encoding="utf-8"))["paths"].values()
        body = next(o for o in operations if "post" in o)["post"]["requestBody"]["content"][
            "application/json"
        ]
        model: list[Parameter] = []
        for name, schema in body["schema"]["properties"].items():
            kind = Switch if schema.get("type") == "boolean" else Text
            model.append(kind(name=name, label=name, help=schema.get("description", "")))
        found |= {(a.kind, *a.names, *a.values) for a in advice_of(model)}
    assert found == {
        (ONE, "prompt", "multi_prompt"),
        (MOST, "multi_prompt", "prompt"),
        (NOT, "tail_image_url", "generate_audio", True),
    }


@pytest.mark.parametrize(
    "words",
    [
        "prompt ",
        "only ",
        "only when prompt is set ",
        "prompt, ",
        "max 1 ",
        "(",
        "not prompt. ",
        "ratio 1 to ",
        "-",
        "— ",
        "if if ",
        "either prompt or ",
        "at least 1x",
        "1",
        "requires prompt. ",
        "a\n",
        "@1 ",
        "cannot be combined with ",
    ],
)
def test_a_hostile_description_costs_no_time(words: str) -> None:
    description = words * (100_000 // len(words))
    model = parameters("style", description)

    def seconds() -> float:
        start = time.process_time()
        advice_of(model)
        media_limits(description)
        takes_files(description, MediaKind.IMAGE)
        return time.process_time() - start

    assert min(seconds() for _ in range(3)) < 2  # some 10 ms; what is not linear takes minutes


PIECES = [
    "only",
    "when",
    "prompt",
    "is",
    "set",
    "not",
    "with",
    "mode",
    "pro",
    ",",
    "(",
    ")",
    "`",
    "@0",
    "image_url",
    "or",
]


@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_whatever_is_written_names_only_what_is_there(words: list[str]) -> None:
    description = " ".join(words)
    model = parameters("style", description)
    names = {p.name for p in model}
    for advice in advice_of(model):
        assert set(advice.names) <= names
        assert len(set(advice.names)) == len(advice.names) >= 2
        assert len(advice.sentence) <= 300
    media_limits(description)


@given(st.text(max_size=300), st.text(max_size=20))
def test_any_text_and_any_name_are_survived(description: str, name: str) -> None:
    advice_of([Text(name=name, label="", help=description), Switch(name="x", label="", help=description)])
    media_limits(description)
    takes_files(description, None)
