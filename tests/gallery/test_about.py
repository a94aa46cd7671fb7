"""What came against what was asked for, and how long each step took: in words."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.catalog.catalog import Catalog
from components.catalog.spec import ModelSpec, Role
from components.gallery.about import came, money, names, times
from components.jobs.job import Job, State, VideoFile
from tests.gallery.test_player import take

VIDEO = VideoFile(size=1_200_000, seconds=5.0, width=1280, height=720, fps=24.0, sound=True, poster=True)


def model() -> ModelSpec:
    return next(spec for spec in Catalog.bundled().models if spec.by_role(Role.SOUND))


def came_as(video: dict[str, Any], **asked: Any) -> Job:
    job = take("a fox")
    return replace(job, order=replace(job.order, **asked), video=replace(VIDEO, **video))


def differences(job: Job, spec: ModelSpec | None = None) -> list[str]:
    return [row.difference for row in came(job, spec) if row.difference]


@pytest.mark.parametrize(
    ("asked", "came_", "said"),
    [
        (5, 5.0, []),
        (5, 5.04, []),
        (5, 4.9, []),
        (5, 4.8, ["Asked for 5 s, came 4.8 s."]),
        (5, 5.2, ["Asked for 5 s, came 5.2 s."]),
        (10, 5.0, ["Asked for 10 s, came 5.0 s."]),
        (None, 4.8, []),
    ],
)
def test_a_length_that_differs_is_said_plainly(asked: int | None, came_: float, said: list[str]) -> None:
    assert differences(came_as({"seconds": came_}, seconds=asked)) == said


@pytest.mark.parametrize(
    ("asked", "size", "differs"),
    [
        ("16:9", (1280, 720), False),
        ("16:9", (854, 480), False),
        ("16:9", (1284, 716), False),
        ("9:16", (1280, 720), True),
        ("1:1", (720, 720), False),
        ("1:1", (720, 960), True),
        ("1280x720", (1280, 720), False),
        ("0:9", (1280, 720), False),
        ("auto", (1280, 720), False),
        ("", (1280, 720), False),
        (None, (1280, 720), False),
    ],
)
def test_a_shape_that_differs_is_said(asked: str | None, size: tuple[int, int], differs: bool) -> None:
    job = came_as({"width": size[0], "height": size[1]}, aspect_ratio=asked)
    assert bool(differences(job)) is differs


@pytest.mark.parametrize(
    ("sent", "default", "sound", "said"),
    [
        (True, None, True, []),
        (True, None, False, ["Asked for sound, came none."]),
        (False, True, True, ["Asked for no sound, came with sound."]),
        (None, True, False, ["Asked for sound, came none."]),
        (None, None, False, []),
    ],
)
def test_sound_counts_as_sent_and_else_by_its_default(
    sent: bool | None, default: bool | None, sound: bool, said: list[str]
) -> None:
    spec = model()
    parameter = spec.by_role(Role.SOUND)
    assert parameter is not None
    body = {} if sent is None else {parameter.name: sent}
    defaults = {} if default is None else {parameter.name: default}
    assert differences(came_as({"sound": sound}, body=body, defaults=defaults), spec) == said


RESOLUTIONS = [
    ("720p", (1280, 720), False),
    ("720P", (720, 1280), False),
    ("1080p", (1280, 720), True),
    ("4k", (3840, 2160), False),
    ("4K", (1920, 1080), True),
    ("1280x720", (1280, 720), False),
    ("1920*1080", (1280, 720), True),
    ("high", (1280, 720), False),
]


@pytest.mark.parametrize(("asked", "size", "differs"), RESOLUTIONS)
def test_a_resolution_that_differs_is_said(asked: str, size: tuple[int, int], differs: bool) -> None:
    spec = model()
    parameter = spec.parameters[0]
    spec = replace(spec, parameters=(replace(parameter, name="size", role=Role.RESOLUTION),))
    job = came_as({"width": size[0], "height": size[1]}, body={"size": asked})
    assert bool(differences(job, spec)) is differs


@given(
    st.one_of(st.none(), st.integers(), st.text(max_size=30)),
    st.one_of(st.none(), st.text(max_size=30)),
    st.dictionaries(st.text(max_size=5), st.one_of(st.none(), st.booleans(), st.text(), st.lists(st.text()))),
)
def test_nothing_from_outside_breaks_it(seconds: Any, ratio: Any, body: dict[str, Any]) -> None:
    spec = model()
    parameter = spec.by_role(Role.SOUND)
    assert parameter is not None
    body = {**body, parameter.name: next(iter(body.values()), None)}
    rows = came(came_as({}, seconds=5, aspect_ratio=ratio, body=body), spec)
    assert {"Length", "Picture", "Frame rate", "Sound", "File"} <= {row.label for row in rows}


def test_without_a_file_nothing_came() -> None:
    assert came(replace(take("a fox"), video=None, state=State.FAILED), None) == []


@pytest.mark.parametrize(
    ("job", "rows"),
    [
        (
            {
                "state": State.COMPLETED,
                "created": 0.0,
                "sent": 90.0,
                "started": 100.0,
                "ready": 160.0,
                "ended": 163.0,
            },
            [
                ("Waited to be sent", "1:30"),
                ("Queued", "0:10"),
                ("Generating", "1:00"),
                ("Downloading", "0:03"),
                ("In all", "2:43"),
            ],
        ),
        (
            {"state": State.COMPLETED, "created": 0.0, "sent": 0.2, "ready": 60.2, "ended": 61.2},
            [("Queued and generating", "1:00"), ("Downloading", "0:01"), ("In all", "1:01")],
        ),
        ({"state": State.WAITING, "created": 0.0}, [("Waiting to be sent", "16:40")]),
        ({"state": State.QUEUED, "created": 0.0, "sent": 0.0}, [("Queued", "16:40")]),
        (
            {"state": State.GENERATING, "created": 0.0, "sent": 0.0, "started": 100.0},
            [("Queued", "1:40"), ("Generating", "15:00")],
        ),
        ({"state": State.CANCELLED, "created": 0.0, "ended": 5.0}, []),
        (
            {"state": State.FAILED, "created": 0.0, "sent": 0.0, "started": 10.0, "ended": 30.0},
            [("Queued", "0:10"), ("Generating", "0:20")],
        ),
    ],
)
def test_each_step_has_its_time(job: dict[str, Any], rows: list[tuple[str, str]]) -> None:
    assert times(replace(take("a fox"), **job), 1000.0)[1:] == rows


def test_a_price_is_said_with_how_it_comes_about() -> None:
    job = take("a fox")
    assert money(job) == []
    priced = replace(job.order, estimate={"usd": "0.84", "how": "5 s at $0.168 a second", "bounds": None})
    rows = dict(money(replace(job, order=priced, usd_spent=0.84)))
    assert "$0.84" in rows["Price"]
    assert rows["Estimated by"] == "5 s at $0.168 a second"


def test_support_finds_every_name() -> None:
    job = replace(take("a fox"), remote_id="gen-1")
    told = dict(names(job))
    assert (told["Generation id"], told["Take id"], told["Model id"]) == ("gen-1", job.id, "a/model")
    assert told["Sent to"] == "/v2/video/generations"
