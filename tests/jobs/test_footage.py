"""Stills of small films whose colour says the second and the frame."""

import io
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from components.jobs import footage
from tests.jobs.takes import recording

RATE = 12
SECONDS = 5


def film(
    path: Path, *, key_every: int = 250, container: str = "mp4", begin: int = 0, width: int = 64
) -> Path:
    """A film of five seconds: more red by the second, more blue by the frame within it."""
    with av.open(str(path), "w", format=container) as out:
        pictures = out.add_stream("libx264", rate=RATE, options={"preset": "veryfast", "g": str(key_every)})
        pictures.width, pictures.height, pictures.pix_fmt = width, width // 2, "yuv420p"
        for n in range(SECONDS * RATE):
            second, part = divmod(n, RATE)
            picture = np.zeros((width // 2, width, 3), np.uint8)
            picture[:] = (20 + second * 50, 0, 20 + part * 20)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = n + begin * RATE
            out.mux(pictures.encode(frame))
        out.mux(pictures.encode(None))
    return path


def moment(still: bytes | None) -> float | None:
    """The time that a still's colour says, in seconds."""
    if still is None:
        return None
    with Image.open(io.BytesIO(still)) as picture:
        assert picture.format == "JPEG"
        red, _, blue = np.asarray(picture).mean((0, 1))
    return round((red - 20) / 50) + round((blue - 20) / 20) / RATE


def at(n: int) -> float:
    """The time of the n-th frame."""
    return n // RATE + (n % RATE) / RATE


LAST = at(SECONDS * RATE - 1)


@pytest.mark.parametrize("near", [0.0, 10.0], ids=["seeking", "decoding on"])
@pytest.mark.parametrize("container", ["mp4", "matroska"])
@pytest.mark.parametrize("key_every", [1, 7, 250])
def test_a_still_is_what_shows_at_its_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key_every: int, container: str, near: float
) -> None:
    monkeypatch.setattr(footage, "_NEAR_SECONDS", near)
    path = film(tmp_path / "film", key_every=key_every, container=container)
    # In any order, twice the same, between two frames, before the beginning and behind the end.
    times = [4.01, 0.0, 2.5, 2.5, 1.3, -3.0, 60.0, 61.0, 0.1]
    expected = [4.0, 0.0, 2.5, 2.5, at(15), 0.0, LAST, LAST, at(1)]
    assert [moment(still) for still in footage.frames_at(path, times, width=640)] == expected


def test_times_count_from_where_the_film_begins(tmp_path: Path) -> None:
    path = film(tmp_path / "late.mkv", begin=20, container="matroska")
    assert [moment(still) for still in footage.frames_at(path, [0.0, 3.0], width=640)] == [0.0, 3.0]


@pytest.mark.parametrize(("width", "size"), [(640, (64, 32)), (32, (32, 16)), (1, (1, 1))])
def test_a_still_is_scaled_down_and_never_up(tmp_path: Path, width: int, size: tuple[int, int]) -> None:
    (still,) = footage.frames_at(film(tmp_path / "a.mp4"), [1.0], width=width)
    assert still is not None
    with Image.open(io.BytesIO(still)) as picture:
        assert picture.size == size


def test_where_nothing_can_be_read_there_is_no_still(tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(b"#EXTM3U\nfile:///etc/passwd\n")
    (tmp_path / "empty").touch()
    (tmp_path / "head").write_bytes(film(tmp_path / "a.mp4").read_bytes()[:40])
    recording(tmp_path / "sound")
    for name in ("text", "empty", "head", "sound", "missing"):
        assert footage.frames_at(tmp_path / name, [0.0, 1.0], width=640) == [None, None]
    assert footage.frames_at(tmp_path / "a.mp4", [], width=640) == []


def test_a_film_that_breaks_off_gives_what_it_still_has(tmp_path: Path) -> None:
    # Matroska has its index in front of each part: what is there can be read.
    whole = film(tmp_path / "a.mkv", container="matroska", key_every=7).read_bytes()
    (tmp_path / "half.mkv").write_bytes(whole[: len(whole) // 2])
    first, *_ = footage.frames_at(tmp_path / "half.mkv", [0.0, 2.0, 4.9], width=640)
    assert moment(first) == 0.0


def test_no_film_is_decoded_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(footage, "_MOST_FRAMES", 2 * RATE)
    stills = footage.frames_at(film(tmp_path / "a.mp4"), [4.0, 1.0, 3.0], width=640)
    assert [moment(still) for still in stills] == [None, 1.0, None]
