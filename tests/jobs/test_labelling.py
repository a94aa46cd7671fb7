"""A label goes into a film's file and comes out again, and the film stays what it was."""

import io
import tracemalloc
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import av
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from components.jobs.boxes import LARGEST_INDEX, Box, box, index_of, inside
from components.jobs.labelling import LARGEST_LABEL, Label, Labelled, labelled, read_label
from tests.jobs.takes import film

LABEL = Label(
    title="Ein Fuchs 🦊 läuft",
    comment="Ein Fuchs 🦊 läuft\n\nModel: Any\nDuration: 5",
    draft='{"model":"maker/model","prompt":"狐狸\\n🦊"}'.encode(),
)
OTHER = Label(title="Other", comment="words", draft=b'{"model":"another"}')


def written(file: BinaryIO, label: Label = LABEL) -> bytes | None:
    """The labelled file, whole; None where it is handed out as it is."""
    plan = labelled(file, label)
    if plan is None:
        return None
    content = b"".join(plan.chunks(file))
    assert len(content) == plan.length
    return content


def label_bytes(content: bytes, label: Label = LABEL) -> bytes:
    found = written(io.BytesIO(content), label)
    assert found is not None
    return found


def made(path: Path, *, kind: str = "mp4", **options: str) -> bytes:
    """A small film that already says something about itself."""
    with av.open(str(path), "w", format=kind, options=options) as out:
        out.metadata.update(title="Their title", comment="Their words", artist="Somebody")
        pictures = out.add_stream("libx264", rate=24, options={"preset": "ultrafast"})
        pictures.width, pictures.height, pictures.pix_fmt = 64, 64, "yuv420p"
        for n in range(30):
            picture = np.full((64, 64, 3), n * 8, np.uint8)
            out.mux(pictures.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(pictures.encode(None))
    return path.read_bytes()


def watched(content: bytes) -> list[tuple[Any, bytes]]:
    """Every picture and every piece of sound, decoded."""
    frames = []
    with av.open(io.BytesIO(content)) as opened:
        for frame in opened.decode():
            frames.append((frame.pts, bytes(np.ascontiguousarray(frame.to_ndarray()))))
    return frames


def told(content: bytes) -> dict[str, str]:
    """What a player shows about the file."""
    with av.open(io.BytesIO(content)) as opened:
        return dict(opened.metadata)


def test_pictures_and_sound_are_the_same_to_the_bit(tmp_path: Path) -> None:
    before = film(tmp_path / "film.mp4", seconds=1.0, sound=True)
    after = label_bytes(before)
    assert watched(after) == watched(before)
    assert read_label(io.BytesIO(after)) == LABEL.draft


def test_the_end_can_be_sought(tmp_path: Path) -> None:
    content = film(tmp_path / "film.mp4", seconds=2.0)
    last = []
    for one in (content, label_bytes(content)):
        with av.open(io.BytesIO(one)) as opened:
            opened.seek(1_900_000)
            *_, frame = opened.decode(opened.streams.video[0])
            last.append((frame.pts, frame.to_ndarray().tobytes()))
    assert last[0] == last[1]


@pytest.mark.parametrize(
    ("kind", "flags"),
    [
        ("mp4", "+faststart"),
        ("mp4", "+write_colr"),
        ("mp4", "+faststart+use_metadata_tags"),
        ("mov", "+faststart"),
    ],
    ids=["index first", "index last", "by keys", "QuickTime"],
)
def test_players_show_the_label_and_what_else_was_said_stays(tmp_path: Path, kind: str, flags: str) -> None:
    before = made(tmp_path / "film", kind=kind, movflags=flags)
    assert told(before)["title"] == "Their title"
    after = label_bytes(before)
    assert watched(after) == watched(before)
    assert (
        told(after).items()
        >= {
            "title": LABEL.title,
            "comment": LABEL.comment,
            "encoder": "Video Playground",
            "artist": "Somebody",
        }.items()
    )
    assert read_label(io.BytesIO(before)) is None
    assert read_label(io.BytesIO(after)) == LABEL.draft


@pytest.mark.parametrize("flags", ["+faststart", "+faststart+use_metadata_tags"])
def test_a_second_label_takes_the_place_of_the_first(tmp_path: Path, flags: str) -> None:
    once = label_bytes(made(tmp_path / "film", movflags=flags))
    again = label_bytes(once, OTHER)
    assert watched(again) == watched(once)
    assert told(again)["title"] == "Other"
    assert read_label(io.BytesIO(again)) == OTHER.draft
    assert LABEL.draft not in again
    assert label_bytes(again) == once


@pytest.mark.parametrize(
    ("kind", "flags"),
    [("mp4", "frag_keyframe+empty_moov"), ("mp4", "frag_keyframe"), ("mp4", "dash"), ("matroska", "")],
)
def test_fragments_and_webm_are_handed_out_as_they_are(tmp_path: Path, kind: str, flags: str) -> None:
    content = made(tmp_path / "film", kind=kind, **({"movflags": flags} if flags else {}))
    assert written(io.BytesIO(content)) is None
    assert read_label(io.BytesIO(content)) is None


# From here on films without pictures: nothing but the boxes.


def table(offsets: list[int], *, long: bool = False) -> bytes:
    width = 8 if long else 4
    entries = b"".join(offset.to_bytes(width) for offset in offsets)
    return box(b"co64" if long else b"stco", bytes(4), len(offsets).to_bytes(4), entries)


def track(*tables: bytes) -> bytes:
    return box(b"trak", box(b"tkhd", bytes(84)), box(b"mdia", box(b"minf", box(b"stbl", *tables))))


def index(*tables: bytes, before: bytes = b"", after: bytes = b"") -> bytes:
    return box(b"moov", box(b"mvhd", bytes(100)), before, track(*tables), after)


def simple(*, before: bytes = b"", after: bytes = b"", tail: bytes = b"") -> bytes:
    """A film of two chunks: index first, then the pictures."""
    start = len(index(table([0, 0]), before=before, after=after)) + 16 + 8
    moov = index(table([start, start + 4]), before=before, after=after)
    return box(b"ftyp", b"isommp42") + moov + box(b"mdat", b"one!two!") + tail


def chunks(content: bytes, length: int = 4) -> list[bytes]:
    """What the tables of the index point at."""
    found = []
    for kind, width in ((b"stco", 4), (b"co64", 8)):
        at = content.find(kind)
        while at >= 0:
            count = int.from_bytes(content[at + 8 : at + 12])
            for n in range(count):
                entry = at + 12 + n * width
                offset = int.from_bytes(content[entry : entry + width])
                found.append(content[offset : offset + length])
            at = content.find(kind, at + 4)
    return found


def items(*entries: bytes) -> bytes:
    handler = box(b"hdlr", bytes(8), b"mdirappl", bytes(9))
    return box(b"udta", box(b"meta", bytes(4), handler, box(b"ilst", *entries)))


def item(kind: bytes, text: bytes) -> bytes:
    return box(kind, box(b"data", (1).to_bytes(4), bytes(4), text))


@dataclass
class Layout:
    content: bytes
    expected: list[bytes]
    others: list[bytes]


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    """Films whose boxes stand in any order, with pictures before and behind the index, and other things between."""
    pieces = [bytes([n]) * 4 for n in range(1, draw(st.integers(1, 6)) + 1)]
    split = draw(st.integers(0, len(pieces)))
    long = draw(st.booleans())
    wide = draw(st.booleans())
    fill = [box(b"free", bytes(draw(st.integers(0, 40)))) for _ in range(2)]
    unknown = box(b"abcd", draw(st.binary(max_size=30)))
    mark = item(b"\xa9ART", b"somebody")
    labels = draw(
        st.sampled_from(
            [
                b"",
                items(),
                items(mark, item(b"\xa9nam", b"theirs"), item(b"\xa9cmt", b"theirs")),
                box(b"udta", box(b"name", b"x"), bytes(4)),
                box(b"udta"),
            ]
        )
    )
    begin = box(b"ftyp", b"isom")
    front = box(b"mdat", *pieces[:split])
    back_pieces = b"".join(pieces[split:])
    back = (
        (1).to_bytes(4) + b"mdat" + (16 + len(back_pieces)).to_bytes(8) + back_pieces
        if wide
        else box(b"mdat", back_pieces)
    )

    def moov(offsets: list[int]) -> bytes:
        half = len(offsets) // 2
        tracks = track(table(offsets[:half], long=long)) + track(table(offsets[half:]))
        return box(b"moov", box(b"mvhd", bytes(100)), labels, tracks, unknown)

    size = len(moov([0] * len(pieces)))
    front_at = len(begin) + len(fill[0]) + 8
    back_at = front_at + len(front) - 8 + size + len(fill[1]) + (16 if wide else 8)
    offsets = [front_at + 4 * n for n in range(split)] + [back_at + 4 * n for n in range(len(pieces) - split)]
    content = begin + fill[0] + front + moov(offsets) + fill[1] + back
    return Layout(content, pieces, [unknown, *([mark] if mark in labels else []), *fill])


texts = st.text(max_size=60)


@settings(max_examples=150, deadline=None)
@given(layouts(), texts, texts, st.binary(min_size=1, max_size=80))
def test_in_any_layout_the_tables_point_at_the_same_pieces(
    layout: Layout, title: str, comment: str, draft: bytes
) -> None:
    assert sorted(chunks(layout.content)) == layout.expected
    after = label_bytes(layout.content, Label(title=title, comment=comment, draft=draft))
    assert sorted(chunks(after)) == layout.expected
    assert all(other in after for other in layout.others)
    assert b"theirs" not in after or not (title and comment)
    assert read_label(io.BytesIO(after)) == draft
    assert label_bytes(after, Label(title=title, comment=comment, draft=draft)) == after


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=12), st.booleans())
@example(16, b"\xff\xff\xff\xff", False)
@example(16, b"\x00\x00\x00\x00", False)
@example(16, b"\x00\x00\x00\x01", False)
def test_a_damaged_file_is_never_a_failure(at: int, damage: bytes, cut: bool) -> None:
    whole = label_bytes(simple(before=items(item(b"\xa9nam", b"theirs"))))
    at %= len(whole)
    content = whole[:at] if cut else whole[:at] + damage + whole[at + len(damage) :]
    file = io.BytesIO(content)
    found = read_label(file)
    assert found is None or isinstance(found, bytes)
    plan = labelled(file, OTHER)
    assert plan is None or len(b"".join(plan.chunks(io.BytesIO(content)))) == plan.length


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
@example(b"")
def test_what_is_no_film_is_never_a_failure(content: bytes) -> None:
    assert written(io.BytesIO(content)) is None
    assert read_label(io.BytesIO(content)) is None


def nested(depth: int) -> bytes:
    content = table([0])
    for _ in range(depth):
        content = box(b"trak", content)
    return content


SIGNED = box(b"uuid", bytes.fromhex("d8fec3d61b0e483c92975828877ec481"), b"signature")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(simple(tail=SIGNED), id="signed: the signature is over the whole file"),
        pytest.param(simple(tail=box(b"moof")), id="fragments behind it"),
        pytest.param(simple(tail=box(b"meta", bytes(4))), id="a list that may point anywhere"),
        pytest.param(simple(tail=index(table([0]))), id="two indexes"),
        pytest.param(simple(tail=b"\0\0\0\x20free"), id="cut off"),
        pytest.param(simple(tail=b"xyz"), id="something behind the last box"),
        pytest.param(simple(before=box(b"mvex")), id="says that fragments come"),
        pytest.param(simple(before=track(box(b"saio", bytes(8)))), id="points into the file otherwise"),
        pytest.param(
            simple(before=box(b"meta", bytes(4), box(b"iloc"))), id="points into the file from a list"
        ),
        pytest.param(simple(before=items() + items()), id="labels in two places"),
        pytest.param(simple(before=nested(40)), id="too deep"),
        pytest.param(
            simple(before=track(table([0])[:-4] + b"")), id="an inner box is longer than its outer one"
        ),
        pytest.param(
            simple(before=track(box(b"stco", bytes(4), b"\xff" * 4))), id="a table that is not there"
        ),
        pytest.param(simple(before=track(table([40]))), id="a chunk in the index"),
        pytest.param(box(b"ftyp", b"isom") + index(table([0])), id="no pictures"),
        pytest.param(box(b"ftyp", b"isom") + box(b"mdat", b"x"), id="no index"),
    ],
)
def test_what_a_change_could_harm_is_handed_out_as_it_is(content: bytes) -> None:
    assert written(io.BytesIO(content)) is None


def test_a_film_whose_pictures_reach_to_its_end_without_a_length() -> None:
    content = bytearray(simple())
    at = content.index(b"mdat") - 4
    content[at : at + 4] = bytes(4)
    assert chunks(label_bytes(bytes(content))) == [b"one!", b"two!"]


def test_a_label_that_is_too_long_is_left_out() -> None:
    label = Label(title="t", comment="c", draft=b"x" * (LARGEST_LABEL + 1))
    assert written(io.BytesIO(simple()), label) is None
    names = box(b"mean", bytes(4), b"video-playground"), box(b"name", bytes(4), b"draft")
    for length, found in ((LARGEST_LABEL, b"x" * LARGEST_LABEL), (LARGEST_LABEL + 1, None)):
        draft = box(b"data", (1).to_bytes(4), bytes(4), b"x" * length)
        assert read_label(io.BytesIO(simple(before=items(box(b"----", *names, draft))))) == found


def test_texts_lose_what_no_player_shows() -> None:
    after = label_bytes(simple(), Label(title="a\x00b\x1b\ud800", comment="one\ntwo\r", draft=b""))
    assert b"ab?" in after
    assert b"one\ntwo" in after
    assert b"two\r" not in after
    assert read_label(io.BytesIO(after)) is None


def sparse(path: Path, offsets: list[int], size: int, *, long: bool) -> BinaryIO:
    """A film of a size that is not written: its pictures are a hole in the file."""
    start = box(b"ftyp", b"isom") + index(table(offsets, long=long))
    rest = size - len(start)
    head = (1).to_bytes(4) + b"mdat" + rest.to_bytes(8)
    with path.open("wb") as file:
        file.write(start + head)
        file.truncate(size)
    return path.open("rb")


def test_a_table_that_could_not_say_where_its_chunks_are_then_leaves_the_film_as_it_is(
    tmp_path: Path,
) -> None:
    far = (1 << 32) - 20
    with sparse(tmp_path / "short.mp4", [2_000, far], 1 << 33, long=False) as file:
        assert labelled(file, LABEL) is None
    with sparse(tmp_path / "long.mp4", [2_000, far], 1 << 33, long=True) as file:
        plan = labelled(file, LABEL)
        assert plan is not None
        by = plan.length - (1 << 33)
        assert table([2_000 + by, far + by], long=True) in plan.parts[1]  # type: ignore[operator]  # the index is bytes


def test_two_hundred_megabytes_are_sent_in_little_memory(tmp_path: Path) -> None:
    file = sparse(tmp_path / "film.mp4", [2_000], 200_000_000, long=False)
    tracemalloc.start()
    try:
        plan = labelled(file, LABEL)
        assert plan is not None
        sent = sum(map(len, plan.chunks(file)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sent == plan.length
    assert peak < 2_000_000
    assert file.closed


def test_a_file_that_is_cut_short_while_it_is_sent_ends_with_an_error(tmp_path: Path) -> None:
    file = sparse(tmp_path / "film.mp4", [2_000], 1_000_000, long=False)
    plan = labelled(file, LABEL)
    assert isinstance(plan, Labelled)
    (tmp_path / "film.mp4").open("r+b").truncate(1_000)
    with pytest.raises(OSError, match="shorter"):
        list(plan.chunks(file))
    assert file.closed


def test_an_index_beyond_all_measure_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "film.mp4").open("w+b") as file:
        file.write(box(b"ftyp", b"isom") + (LARGEST_INDEX + 9).to_bytes(4) + b"moov")
        file.truncate(16 + LARGEST_INDEX + 9 - 4)
        assert labelled(file, LABEL) is None
        assert read_label(file) is None


def test_boxes_are_found_where_they_lie() -> None:
    content = simple()
    outer, found, read = index_of(io.BytesIO(content))
    assert [one.kind for one in outer] == [b"ftyp", b"moov", b"mdat"]
    assert read == content[found.start : found.end]
    assert inside(b"\0\0\0\x08free\0\0\0\0", 0, 12) == [Box(b"free", 0, 8, 8)]
