"""What a file is, and whether a field takes it: by bytes, measures and limits."""

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from components.catalog.spec import MediaKind, MediaLimits
from components.jobs import inspection, probe
from components.jobs.inspection import (
    MIME,
    Found,
    UploadError,
    check,
    check_size,
    format_of,
    formats_taken,
    inspected,
    largest,
)
from tests.jobs.takes import film, recording

IMAGE, VIDEO, AUDIO = MediaKind.IMAGE, MediaKind.VIDEO, MediaKind.AUDIO
NOTHING_SAID = MediaLimits()
LIMITS = MediaLimits(
    formats=("jpeg", "png"), max_bytes=10_000_000, min_side=300, max_side=4000, ratios=(0.4, 2.5)
)


def picture(kind: str, size: tuple[int, int] = (64, 48), **more: Any) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, "teal").save(made, kind, **more)
    return made.getvalue()


def turned(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return picture("JPEG", exif=exif)


def silence(container: str, codec: str) -> bytes:
    """A second of it."""
    made = io.BytesIO()
    with av.open(made, "w", format=container) as out:
        stream = out.add_stream(codec, rate=48_000)
        assert isinstance(stream, av.AudioStream)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 48_000), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 48_000
        for part in av.AudioResampler(stream.format, stream.layout, 48_000).resample(frame):
            out.mux(stream.encode(part))
        out.mux(stream.encode(None))
    return made.getvalue()


def measured(tmp_path: Path, content: bytes) -> dict[str, Any]:
    """As the process of its own would find it."""
    path = tmp_path / "file"
    path.write_bytes(content)
    return probe.measured(path, format_of(content[:64]))


def huge_png(width: int, height: int) -> bytes:
    """A PNG of some bytes that would take gigabytes to unpack."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(999)))
        + chunk(b"IEND", b"")
    )


class TestFirstBytes:
    @pytest.mark.parametrize(
        ("start", "expected"),
        [
            (b"\xff\xd8\xff\xe0", "jpg"),
            (b"\x89PNG\r\n\x1a\n", "png"),
            (b"GIF89a", "gif"),
            (b"RIFF\x00\x00\x00\x00WEBP", "webp"),
            (b"RIFF\x00\x00\x00\x00WAVE", "wav"),
            (b"RIFF\x00\x00\x00\x00AVI ", "avi"),
            (b"\x00\x00\x00\x18ftypisom", "mp4"),
            (b"\x00\x00\x00\x18ftypqt  ", "mov"),
            (b"\x00\x00\x00\x18ftypavif", "avif"),
            (b"\x1a\x45\xdf\xa3....webm", "webm"),
            (b"\x1a\x45\xdf\xa3....matroska", "mkv"),
            (b"ID3\x04", "mp3"),
            (b"\xff\xfb\x90\x00", "mp3"),
            (b"\xff\xf1\x50\x80", "aac"),
            (b"OggS", "ogg"),
            (b"fLaC", "flac"),
        ],
    )
    def test_tell_the_format(self, start: bytes, expected: str) -> None:
        assert format_of(start) == expected

    @pytest.mark.parametrize(
        ("start", "said"),
        [
            (b"", "empty"),
            (b"<svg xmlns=", "SVG"),
            (b"\xef\xbb\xbf  <!DOCTYPE html>", "web pages"),
            (b"\xff\xfe<\x00s\x00v\x00g\x00", "SVG"),
            (b"\n<?xml version=", "SVG"),
            (b"\x00\x00\x00\x18ftypheic", "HEIC"),
            (b"#EXTM3U\nhttp://10.0.0.1/", "no picture, video or sound"),
            (b"MZ\x90\x00", "no picture"),
            (b"%PDF-1.7", "no picture"),
            (b"PK\x03\x04", "no picture"),
            (b"\xff", "no picture"),
        ],
    )
    def test_of_anything_else_are_refused_in_a_sentence(self, start: bytes, said: str) -> None:
        with pytest.raises(UploadError, match=said):
            format_of(start)

    @given(st.binary(max_size=64))
    def test_give_a_known_format_or_a_sentence(self, start: bytes) -> None:
        try:
            told = format_of(start)
        except UploadError as refused:
            told = str(refused)
        assert told in MIME or told.endswith(".")


class TestMeasures:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
    def test_of_a_picture(self, tmp_path: Path, kind: str) -> None:
        assert measured(tmp_path, picture(kind)) == {
            "kind": "image",
            "width": 64,
            "height": 48,
            "seconds": None,
        }

    def test_of_a_picture_are_those_that_people_see(self, tmp_path: Path) -> None:
        found = measured(tmp_path, turned(6))
        assert (found["width"], found["height"]) == (48, 64)
        assert measured(tmp_path, turned(3))["width"] == 64

    def test_of_a_video_and_a_sound(self, tmp_path: Path) -> None:
        found = measured(tmp_path, film(tmp_path / "film.mp4", seconds=1.5, sound=True))
        assert (found["kind"], found["width"], found["height"]) == ("video", 160, 90)
        assert found["seconds"] == pytest.approx(1.5, abs=0.1)
        spoken = measured(tmp_path, recording(tmp_path / "voice.mp4"))
        assert (spoken["kind"], spoken["width"]) == ("audio", None)

    @pytest.mark.parametrize(
        ("container", "codec", "expected"),
        [
            ("mp3", "libmp3lame", "mp3"),
            ("wav", "pcm_s16le", "wav"),
            ("flac", "flac", "flac"),
            ("adts", "aac", "aac"),
            ("ogg", "libopus", "ogg"),
        ],
    )
    def test_of_every_usual_sound(self, tmp_path: Path, container: str, codec: str, expected: str) -> None:
        content = silence(container, codec)
        assert format_of(content[:64]) == expected
        found = measured(tmp_path, content)
        assert (found["kind"], found["width"]) == ("audio", None)
        assert found["seconds"] == pytest.approx(1.0, abs=0.1)

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
    def test_of_half_a_picture_there_are_none(self, tmp_path: Path, kind: str) -> None:
        noise = io.BytesIO()
        Image.effect_noise((200, 200), 90).convert("RGB").save(noise, kind)
        whole = noise.getvalue()
        assert "trouble" in measured(tmp_path, whole[: len(whole) // 2])

    def test_a_picture_that_unpacks_to_gigabytes_is_not_unpacked(self, tmp_path: Path) -> None:
        assert measured(tmp_path, huge_png(60_000, 60_000)) == {"trouble": "too many pixels"}

    @pytest.mark.parametrize(
        "start", [b"\xff\xd8\xff", b"GIF89a", b"ID3\x04\x00", b"OggS", b"\xff\xfb\x90\x00", b"fLaC"]
    )
    @pytest.mark.parametrize("rest", [b"", b"\x00" * 300, b"<script>alert(1)</script>" * 20])
    def test_of_what_only_begins_as_a_file_there_are_none(
        self, tmp_path: Path, start: bytes, rest: bytes
    ) -> None:
        assert "trouble" in measured(tmp_path, start + rest)


class TestItsOwnProcess:
    def test_finds_what_a_file_is(self, tmp_path: Path) -> None:
        path = tmp_path / "file"
        path.write_bytes(picture("PNG"))
        found = inspected(path, "png")
        assert found == Found(kind=IMAGE, format="png", width=64, height=48)
        assert found.mime == "image/png"

    def test_calls_an_mp4_with_sound_alone_a_sound(self, tmp_path: Path) -> None:
        recording(tmp_path / "voice")
        found = inspected(tmp_path / "voice", "mp4")
        assert (found.kind, found.format, found.mime) == (AUDIO, "m4a", "audio/mp4")

    @pytest.mark.parametrize(
        ("program", "said"),
        [
            ("import time; time.sleep(60)", "too long"),
            ("import os; os.abort()", "cannot be opened"),
            ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", "too long"),
            ("print('x' * 5000)", "cannot be opened"),
            ("print('[]')", "cannot be opened"),
            ('print(\'{"kind": "image", "width": 0, "height": 1, "seconds": null}\')', "cannot be opened"),
            (
                "import os; assert not [n for n in os.environ if 'KEY' in n]; print('{\"trouble\": \"cut off\"}')",
                "too early",
            ),
        ],
    )
    def test_may_hang_crash_or_lie(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, said: str
    ) -> None:
        hostile = tmp_path / "hostile.py"
        hostile.write_text(program)
        monkeypatch.setenv("AIMLAPI_KEY", "secret")
        monkeypatch.setattr(inspection, "_PATIENCE", 0.5 if "sleep" in program else 20.0)
        monkeypatch.setattr(probe, "__file__", str(hostile))
        with pytest.raises(UploadError, match=said):
            inspected(tmp_path / "hostile.py", "png")


class TestLimits:
    @pytest.mark.parametrize(
        ("found", "media", "limits", "sentence"),
        [
            (
                Found(kind=IMAGE, format="png", width=200, height=150),
                IMAGE,
                LIMITS,
                "This picture is 200 × 150 px; the model needs at least 300 px a side.",
            ),
            (
                Found(kind=IMAGE, format="png", width=5000, height=3000),
                IMAGE,
                LIMITS,
                "This picture is 5,000 × 3,000 px; the model takes at most 4,000 px a side.",
            ),
            (
                Found(kind=IMAGE, format="png", width=1000, height=300),
                IMAGE,
                LIMITS,
                "This picture is 1,000 × 300 px; the model takes a width to height of from 1:2.5 to 2.5:1.",
            ),
            (
                Found(kind=IMAGE, format="gif", width=400, height=400),
                IMAGE,
                LIMITS,
                "This is a picture in the format GIF; JPG or PNG is asked for.",
            ),
            (
                Found(kind=VIDEO, format="mp4", width=400, height=400, seconds=3),
                IMAGE,
                LIMITS,
                "This is a video; a picture is asked for.",
            ),
            (
                Found(kind=VIDEO, format="mp4", width=400, height=400, seconds=75.04),
                VIDEO,
                MediaLimits(max_seconds=60),
                "This video is 75.1 s long; the model takes at most 60 s.",
            ),
            (
                Found(kind=AUDIO, format="m4a", seconds=3),
                AUDIO,
                MediaLimits(formats=("mp3",)),
                "This is a sound in the format M4A; MP3 is asked for.",
            ),
        ],
    )
    def test_say_what_is_wrong_and_what_is_asked(
        self, found: Found, media: MediaKind, limits: MediaLimits, sentence: str
    ) -> None:
        with pytest.raises(UploadError) as refused:
            check(found, 1_000, media, limits)
        assert str(refused.value) == sentence

    @pytest.mark.parametrize(
        ("found", "media", "limits"),
        [
            (Found(kind=IMAGE, format="jpg", width=300, height=300), IMAGE, LIMITS),
            (Found(kind=IMAGE, format="jpg", width=1000, height=399), IMAGE, LIMITS),  # pixels are whole
            (Found(kind=IMAGE, format="gif", width=1, height=900), IMAGE, NOTHING_SAID),
            (Found(kind=VIDEO, format="mov", width=9, height=9), VIDEO, MediaLimits(max_seconds=10)),
            (
                Found(kind=VIDEO, format="mp4", width=9, height=9, seconds=10.03),
                VIDEO,
                MediaLimits(max_seconds=10),
            ),
            (Found(kind=AUDIO, format="webm", seconds=1), AUDIO, MediaLimits(formats=("webm",))),
            (Found(kind=AUDIO, format="mp3", seconds=1), None, NOTHING_SAID),
            (Found(kind=IMAGE, format="png", width=9, height=9), IMAGE, MediaLimits(formats=("heic",))),
        ],
    )
    def test_let_pass_what_fits(self, found: Found, media: MediaKind | None, limits: MediaLimits) -> None:
        check(found, 1_000, media, limits)

    @pytest.mark.parametrize(
        ("size", "media", "most", "sentence"),
        [
            (62_040_000, IMAGE, None, "This picture has 62.1 MB; here it may have at most 50 MB."),
            (10_000_001, IMAGE, 10_000_000, "This picture has 10.1 MB; the model takes at most 10 MB."),
            (10_485_761, VIDEO, 10_485_760, "This video has 10.1 MB; the model takes at most 10 MB."),
            (200_000_000, None, None, "This file has 200 MB; here it may have at most 100 MB."),
            (30_000_000, AUDIO, 500_000_000, "This sound has 30 MB; here it may have at most 25 MB."),
        ],
    )
    def test_of_size(self, size: int, media: MediaKind | None, most: int | None, sentence: str) -> None:
        limits = MediaLimits(max_bytes=most)
        check_size(largest(media, limits), media, limits)
        with pytest.raises(UploadError) as refused:
            check_size(size, media, limits)
        assert str(refused.value) == sentence

    def test_formats_are_those_that_the_provider_names_else_the_usual_ones(self) -> None:
        assert formats_taken(IMAGE, MediaLimits(formats=("jpeg", "bmp", "jpg", "mp4"))) == ("jpg", "bmp")
        assert formats_taken(IMAGE, NOTHING_SAID) == ("jpg", "png", "webp", "gif")
        assert {"png", "mp4", "mp3"} <= set(formats_taken(None, NOTHING_SAID))
