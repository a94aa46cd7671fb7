"""Films: the right size, length and index; a cut is seen as a cut; the badge on every frame."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.sandbox import captions
from components.sandbox.animatic import Film, Shot, frame_size, render

ROOT = Path(__file__).parents[2]
BADGE = "SANDBOX PREVIEW, not AI-generated"
SMALL = {"width": 320, "height": 180}


def film(*shots: tuple[str, float], **options: Any) -> Film:
    return Film(shots=tuple(Shot(*shot) for shot in shots), **{**SMALL, **options})


def lumas(path: Path) -> list[np.ndarray]:
    """The brightness of every frame."""
    with av.open(str(path)) as container:
        height = container.streams.video[0].height
        return [frame.to_ndarray()[:height].astype(np.int16) for frame in container.decode(video=0)]


def sound_of(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        return np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)


@pytest.mark.parametrize(
    ("aspect_ratio", "resolution", "size"),
    [
        ("16:9", None, (1280, 720)),
        ("9:16", None, (720, 1280)),
        ("1:1", None, (720, 720)),
        ("4:3", None, (960, 720)),
        ("3:4", None, (720, 960)),
        ("21:9", None, (1680, 720)),
        ("2.35:1", None, (1692, 720)),
        (" 16 : 9 ", None, (1280, 720)),
        (None, None, (1280, 720)),
        ("", None, (1280, 720)),
        ("wide", None, (1280, 720)),
        ("0:1", None, (1280, 720)),
        ("1:0", None, (1280, 720)),
        ("1000:1", None, (1280, 720)),
        ("-16:9", None, (1280, 720)),
        ("９:16", None, (1280, 720)),
        ("16:9", "1080p", (1920, 1080)),
        ("9:16", "1080P", (1080, 1920)),
        ("16:9", "480p", (854, 480)),
        ("16:9", "720", (1280, 720)),
        ("16:9", "99999p", (1280, 720)),
        ("16:9", "huge", (1280, 720)),
    ],
)
def test_frame_sizes(aspect_ratio: str | None, resolution: str | None, size: tuple[int, int]) -> None:
    assert frame_size(aspect_ratio, resolution) == size


@given(st.none() | st.text(), st.none() | st.text())
def test_any_aspect_ratio_gives_a_size_that_can_be_filmed(ratio: str | None, resolution: str | None) -> None:
    width, height = frame_size(ratio, resolution)
    film(("a", 1), width=width, height=height)


@pytest.mark.parametrize(
    ("shots", "options"),
    [
        ([], {}),
        ([("a", 0.0)], {}),
        ([("a", 0.01)], {}),
        ([("a", float("nan"))], {}),
        ([("a", -1.0), ("b", 3.0)], {}),
        ([("a", 1.0)], {"width": 321}),
        ([("a", 1.0)], {"height": 64}),
        ([("a", 1.0)], {"fps": 0}),
    ],
)
def test_what_cannot_be_filmed_is_refused(shots: list[tuple[str, float]], options: dict[str, int]) -> None:
    with pytest.raises(ValueError):
        film(*shots, **options)


@pytest.mark.parametrize("sound", [True, False])
@pytest.mark.parametrize(
    ("seconds", "fps", "frames"),
    [
        ([5], 24, 120),
        ([3, 4, 3], 24, 240),
        ([1.5, 1.25], 24, 66),
        ([1.3, 0.9, 0.8], 24, 72),
        ([1 / 3, 1 / 3, 1 / 3], 24, 24),
        ([0.99], 24, 24),
        ([0.01, 1], 24, 24),
        ([2.02], 30, 61),
        ([1 / 24], 24, 1),
    ],
)
def test_the_film_is_as_long_as_its_shots(
    tmp_path: Path, seconds: list[float], fps: int, frames: int, sound: bool
) -> None:
    path = tmp_path / "film.mp4"
    render(
        film(*((f"shot {number}", part) for number, part in enumerate(seconds)), fps=fps, sound=sound), path
    )
    with av.open(str(path)) as container:
        assert container.duration is not None
        assert container.duration / 1_000_000 == pytest.approx(frames / fps, abs=0.05)
        assert container.streams.video[0].frames == frames
        assert container.streams.video[0].average_rate == fps
        assert len(container.streams.audio) == sound
    assert len(lumas(path)) == frames


def test_the_file_is_what_every_player_takes(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    render(film(("a harbour at dawn", 1.0)), path)
    with av.open(str(path)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert "mp4" in container.format.name
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        assert (video.width, video.height, video.pix_fmt) == (320, 180, "yuv420p")
        assert (audio.rate, audio.channels) == (48_000, 2)
        context = video.codec_context
        assert {context.colorspace, context.color_primaries, context.color_trc, context.color_range} == {1}
        assert container.metadata["title"] == BADGE
        assert container.metadata["comment"] == "a harbour at dawn"
    assert [kind for kind in boxes(path) if kind in ("moov", "mdat")] == ["moov", "mdat"]


def test_without_x264_the_film_is_vp9_and_opus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(av, "codecs_available", av.codecs_available - {"libx264"})
    path = tmp_path / "film.mp4"
    render(film(("a harbour at dawn", 1.0), ("at night", 0.5)), path)
    with av.open(str(path)) as container:
        assert container.streams.video[0].codec_context.name in ("vp9", "libvpx-vp9")
        assert container.streams.audio[0].codec_context.name in ("opus", "libopus")
        assert container.duration == pytest.approx(1_500_000, abs=50_000)
    assert len(lumas(path)) == 36


@pytest.mark.parametrize(
    "prompts",
    [["a fox", "a bear", "an owl"], ["the same"] * 9, ["", ""]],
    ids=["different", "identical", "empty"],
)
def test_a_cut_is_seen_as_a_cut_and_a_shot_as_one_move(tmp_path: Path, prompts: list[str]) -> None:
    path = tmp_path / "film.mp4"
    made = film(*((prompt, 0.5) for prompt in prompts), sound=False)
    render(made, path)
    frames = lumas(path)
    changes = [float(np.abs(after - before).mean()) for before, after in pairwise(frames)]
    at_cuts = [changes[cut - 1] for cut in made.cuts[1:-1]]
    inside = [change for number, change in enumerate(changes) if number + 1 not in made.cuts]
    assert min(at_cuts) > 12
    assert min(at_cuts) > 4 * max(inside)
    assert min(inside) > 0, "a frame stood still"


@pytest.mark.parametrize("seconds", [1.0, 15.0])
def test_the_picture_goes_on_moving_in_short_and_long_shots(tmp_path: Path, seconds: float) -> None:
    path = tmp_path / "film.mp4"
    render(film(("hills", seconds), sound=False), path)
    frames = lumas(path)
    middle = slice(60, 130)  # without badge, caption and progress line
    assert float(np.abs(frames[-1][middle] - frames[0][middle]).mean()) > 1.5


def test_each_shot_begins_with_a_whole_picture(tmp_path: Path) -> None:
    made = film(("a", 1.27), ("b", 0.5), ("c", 0.73), sound=False)
    render(made, tmp_path / "film.mp4")
    with av.open(str(tmp_path / "film.mp4")) as container:
        whole = {number for number, frame in enumerate(container.decode(video=0)) if frame.key_frame}
    assert whole >= set(made.cuts[:-1])


def test_cuts_fall_on_the_nearest_frame(tmp_path: Path) -> None:
    made = film(("a", 1.27), ("b", 0.5), ("c", 0.73), sound=False)
    assert made.cuts == (0, 30, 42, 60)
    render(made, tmp_path / "film.mp4")
    frames = lumas(tmp_path / "film.mp4")
    changes = [float(np.abs(after - before).mean()) for before, after in pairwise(frames)]
    assert {number + 1 for number in np.argsort(changes)[-2:]} == {30, 42}


@pytest.mark.parametrize("aspect_ratio", ["16:9", "9:16", "1:1", "21:9"])
@pytest.mark.parametrize("resolution", ["240p", "720p"])
def test_every_frame_says_that_it_is_a_preview(tmp_path: Path, aspect_ratio: str, resolution: str) -> None:
    width, height = frame_size(aspect_ratio, resolution)
    path = tmp_path / "film.mp4"
    long_prompt = "words over words " * 200
    render(film((long_prompt, 0.25), ("snow", 0.25), width=width, height=height, sound=False), path)
    badge = np.asarray(captions.badge(width, height), np.float64)
    frames = lumas(path)
    place = _best_place(frames[0], badge)
    assert min(_likeness(frame[place], badge) for frame in frames) > 0.8


def test_the_badge_has_the_agreed_words() -> None:
    assert captions.BADGE == BADGE


def test_the_line_at_the_foot_fills_as_the_film_runs(tmp_path: Path) -> None:
    render(film(("a", 1.0), sound=False), tmp_path / "film.mp4")
    filled = [int((frame[-1] > 150).sum()) for frame in lumas(tmp_path / "film.mp4")]
    assert filled == sorted(filled)
    assert filled[0] < 0.1 * SMALL["width"]
    assert filled[-1] > 0.98 * SMALL["width"]


def test_sound_is_soft_whole_and_changes_with_the_shot(tmp_path: Path) -> None:
    render(film(("a", 2.0), ("b", 2.0)), tmp_path / "film.mp4")
    sound = sound_of(tmp_path / "film.mp4")
    assert sound.shape[1] == pytest.approx(4 * 48_000, abs=2_048)
    assert 0.1 < np.abs(sound).max() < 0.9
    first, second = (np.abs(np.fft.rfft(sound[0, at * 24_000 :][:24_000])) for at in (2, 6))
    assert np.corrcoef(first, second)[0, 1] < 0.7, "the chord did not change"
    assert np.abs(sound[:, -480:]).max() < 0.02, "it ends with a click"


def test_the_same_film_gives_the_same_bytes_in_any_thread_or_process(tmp_path: Path) -> None:
    made = film(("same café 猫", 0.5), ("again", 0.75))
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda name: render(made, tmp_path / name), ["one.mp4", "two.mp4", "three.mp4"]))
    code = (
        "import sys; from pathlib import Path; from components.sandbox.animatic import *;"
        "render(Film(shots=(Shot('same café 猫', 0.5), Shot('again', 0.75)), width=320, height=180),"
        "Path(sys.argv[1]))"
    )
    subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code, str(tmp_path / "four.mp4")], cwd=ROOT, check=True
    )
    digests = {hashlib.sha256(path.read_bytes()).hexdigest() for path in tmp_path.glob("*.mp4")}
    assert len(list(tmp_path.glob("*.mp4"))) == 4
    assert len(digests) == 1


def test_another_prompt_gives_another_film(tmp_path: Path) -> None:
    for name in ("a", "b"):
        render(film((name, 0.25)), tmp_path / name)
    assert (tmp_path / "a").read_bytes() != (tmp_path / "b").read_bytes()


@given(st.lists(st.text(st.characters(), max_size=80), min_size=1, max_size=2))
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_prompt_breaks_the_renderer(tmp_path: Path, prompts: list[str]) -> None:
    path = tmp_path / "film.mp4"
    render(film(*((prompt, 1 / 24) for prompt in prompts), width=160, height=120), path)
    assert len(lumas(path)) == len(prompts)


@pytest.mark.parametrize(
    "prompt",
    [
        "\0" * 50,
        "\ud800\udfff",
        "<script>" * 2_000,
        "a" * 10_000,
        "\u202e\u2066",
        "e" + "\u0301" * 9_999,
        "%d ' \" \\",
    ],
    ids=["NUL", "surrogates", "markup", "one word", "bidi", "marks", "quotes"],
)
def test_hostile_prompts_are_filmed(tmp_path: Path, prompt: str) -> None:
    render(film((prompt, 0.25)), tmp_path / "film.mp4")
    with av.open(str(tmp_path / "film.mp4")) as container:
        assert container.metadata["title"] == BADGE
        assert len(container.metadata.get("comment", "")) <= 400


def test_the_path_is_taken_literally_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a %d b:c'd.part"
    path.write_bytes(b"before")
    render(film(("a", 0.25)), path)
    assert len(lumas(path)) == 6


def test_a_folder_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        render(film(("a", 0.25)), tmp_path / "missing" / "film.mp4")


def test_the_sandbox_is_imported_without_the_renderer() -> None:
    code = "import sys, components.sandbox; sys.exit(bool({'numpy', 'av', 'PIL'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def boxes(path: Path) -> list[str]:
    """The kinds of an MP4's outermost boxes, in their order."""
    data, at, kinds = path.read_bytes(), 0, []
    while at < len(data):
        kinds.append(data[at + 4 : at + 8].decode("ascii"))
        at += int.from_bytes(data[at : at + 4], "big")
    return kinds


def _likeness(picture: np.ndarray, pattern: np.ndarray) -> float:
    """The correlation of two pictures of one size."""
    return float(np.corrcoef(picture.ravel(), pattern.ravel())[0, 1])


def _best_place(frame: np.ndarray, pattern: np.ndarray) -> tuple[slice, slice]:
    """Where in the upper left corner of `frame` something looks most like `pattern`."""
    rows, columns = pattern.shape
    places = [
        (slice(y, y + rows), slice(x, x + columns))
        for y in range(min(60, 3 * rows))
        for x in range(min(80, 5 * rows))
    ]
    return max(places, key=lambda place: float((frame[place] * (pattern - pattern.mean())).sum()))
