import csv
import gc
import hashlib
import io
import json
import shutil
import subprocess
import tracemalloc
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components.jobs.exports import archive_zip
from components.jobs.exports.archive_zip import CHUNK, zip_parts
from components.jobs.exports.remaking import read_manifest
from components.jobs.job import Job, State
from components.jobs.upload import Upload
from tests.jobs.exports.taken import Shelf, made

NOW = 1_760_000_000.0
PROC = Path("/proc/self/fd")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    (tmp_path / "files").mkdir()
    return Shelf(tmp_path / "files")


def opened(parts: Iterator[bytes]) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(parts)))


def manifest(found: zipfile.ZipFile) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(found.read("manifest.json"))
    return told


def check(file: Path) -> None:
    """It is whole: for Python, and for unzip where that is installed."""
    with zipfile.ZipFile(file) as found:
        assert found.testzip() is None
    if unzip := shutil.which("unzip"):
        tested = subprocess.run([unzip, "-tq", file], capture_output=True, check=False)
        assert tested.returncode == 0, tested.stdout + tested.stderr


def open_files() -> int:
    """How many files this process holds open; 0 where the system does not say."""
    return len([*PROC.iterdir()]) if PROC.exists() else 0


def upload(number: int, name: str, size: int) -> Upload:
    return Upload(id=f"{number:032x}", owner="ann", name=name, format="png", mime="image/png", size=size)


def test_it_holds_videos_posters_sheets_list_and_manifest(shelf: Shelf, tmp_path: Path) -> None:
    jobs = shelf.stock([made(1, prompt="Ein Fuchs läuft", title="../狐狸"), made(2), made(3, prompt="con")])
    shelf.sheets[jobs[1].id] = "<!DOCTYPE html>🦊"
    (tmp_path / "all.zip").write_bytes(b"".join(zip_parts(jobs, shelf.sources, now=NOW)))
    check(tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as found:
        assert found.namelist() == [
            "videos/狐狸-model-000000.mp4",
            "posters/狐狸-model-000000.webp",
            "videos/a-fox-model-000000.mp4",
            "posters/a-fox-model-000000.webp",
            "storyboards/a-fox-model-000000.html",
            "videos/con-model-000000.mp4",
            "posters/con-model-000000.webp",
            "takes.csv",
            "manifest.json",
            "README.txt",
        ]
        for entry in found.infolist():
            media = entry.filename.startswith(("videos/", "posters/"))
            assert entry.compress_type == (zipfile.ZIP_STORED if media else zipfile.ZIP_DEFLATED)
        told = manifest(found)
        for job, take in zip(jobs, told["takes"], strict=True):
            video = found.read(take["files"]["video"]["name"])
            assert video == (shelf.folder / f"{job.id}.mp4").read_bytes()
            assert take["files"]["video"]["sha256"] == hashlib.sha256(video).hexdigest()
            assert take["files"]["video"]["bytes"] == len(video)
        assert found.read("storyboards/a-fox-model-000000.html").decode() == "<!DOCTYPE html>🦊"
        listed = list(csv.DictReader(io.StringIO(found.read("takes.csv").decode("utf-8-sig"))))
        assert [row["Take"] for row in listed] == [job.id for job in jobs]
        assert found.read("README.txt").startswith(b"3 takes from Video Playground.\r\n")


def test_the_requests_in_it_can_be_sent_again_with_their_files(shelf: Shelf) -> None:
    mine, others = "upload:" + f"{1:032x}", "upload:" + f"{2:032x}"
    shelf.uploads[mine] = upload(1, "Mein Bild.png", 3)
    (shelf.folder / f"{1:032x}").write_bytes(b"png")
    jobs = shelf.stock([made(1, body={"image": mine, "tail": mine}), made(2, body={"image": others})])
    found = opened(zip_parts(jobs, shelf.sources, now=NOW))
    first, second = read_manifest(found.read("manifest.json")).recipes
    assert first.body(found.read) == dict.fromkeys(("image", "tail"), "data:image/png;base64,cG5n")
    assert second.lacking == {others}
    assert manifest(found)["takes"][1]["uploads_left_out"] == [others]
    assert [name for name in found.namelist() if name.startswith("uploads/")] == [
        "uploads/mein-bild-000000000000.png"
    ]


def test_documents_are_in_it_once(shelf: Shelf) -> None:
    shelf.documents["d" * 64] = {"openapi": "3.0.0"}
    jobs = [made(n, document="d" * 64, video=None) for n in (1, 2)] + [made(3, document="e" * 64, video=None)]
    told = manifest(opened(zip_parts(jobs, shelf.sources, now=NOW)))
    assert told["documents"] == {"d" * 64: {"openapi": "3.0.0"}}


def test_no_takes_and_takes_without_a_video_make_a_sound_zip(shelf: Shelf) -> None:
    assert manifest(opened(zip_parts([], shelf.sources, now=NOW)))["takes"] == []
    failed = made(1, video=None, state=State.FAILED, problem="refused")
    found = opened(zip_parts([failed], shelf.sources, now=NOW))
    assert found.namelist() == ["takes.csv", "manifest.json", "README.txt"]
    assert manifest(found)["takes"][0]["files"] == {}


def test_what_cannot_be_read_is_left_out_and_said(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    gone, folder, short, whole, sheet = shelf.stock(made(n, prompt=f"take {n}") for n in range(1, 6))
    (shelf.folder / f"{gone.id}.mp4").unlink()
    (shelf.folder / f"{folder.id}.mp4").unlink()
    (shelf.folder / f"{folder.id}.mp4").mkdir()
    short = replace(short, video=replace(short.video, size=9_999)) if short.video else short

    def broken(job: Job) -> str | None:
        if job is sheet:
            raise ValueError("a board that nobody can read")
        return None

    sources = replace(shelf.sources, sheet=broken)
    found = opened(zip_parts([gone, folder, short, whole, sheet], sources, now=NOW, not_found=["f" * 32]))
    assert found.testzip() is None
    files = [take["files"] for take in manifest(found)["takes"]]
    assert files[0]["video"] == files[1]["video"] == {"problem": archive_zip._GONE}
    assert files[2]["video"]["problem"] == archive_zip._OTHER_SIZE
    assert "problem" not in files[3]["video"]
    assert files[4]["storyboard"] == {"problem": archive_zip._NO_SHEET}
    readme = found.read("README.txt").decode()
    assert "videos/take-1-model-000000.mp4: The file is no longer there" in readme
    assert "f" * 32 in readme
    assert manifest(found)["not_found"] == ["f" * 32]


class _Breaking(io.BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            raise OSError(5, "Input/output error")
        return super().read(100)


def test_a_file_that_breaks_off_in_the_middle_is_said_not_to_be_whole(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = shelf.stock([made(1), made(2)])
    bad, real = shelf.folder / f"{jobs[0].id}.mp4", Path.open

    def open_(path: Path, *how: Any, **more: Any) -> Any:
        return _Breaking(b"x" * 3_000) if path == bad else real(path, *how, **more)

    monkeypatch.setattr(Path, "open", open_)
    found = opened(zip_parts(jobs, shelf.sources, now=NOW))
    assert found.testzip() is None
    first, second = (take["files"]["video"] for take in manifest(found)["takes"])
    assert first["problem"] == archive_zip._CUT
    assert first["bytes"] == 100
    assert "problem" not in second


def test_a_download_that_breaks_off_is_no_zip_and_what_broke_is_raised(shelf: Shelf) -> None:
    jobs = shelf.stock(made(n, prompt="x") for n in range(1, 4))

    def going() -> Iterator[Job]:
        yield from jobs
        raise RuntimeError("the store is gone")

    came: list[bytes] = []
    with pytest.raises(RuntimeError, match="gone"):
        came.extend(zip_parts(going(), shelf.sources, now=NOW))
    assert not zipfile.is_zipfile(io.BytesIO(b"".join(came)))


def test_who_leaves_ends_the_work_and_nothing_stays_open(shelf: Shelf) -> None:
    read: list[Job] = []

    def going() -> Iterator[Job]:
        for n in range(1, 100):
            read.append(shelf.keep(made(n), 2 * CHUNK))
            yield read[-1]

    before = open_files()
    parts = zip_parts(going(), shelf.sources, now=NOW)
    next(parts)
    parts.close()  # type: ignore[attr-defined]
    del parts
    gc.collect()
    assert len(read) == 1
    assert open_files() <= before


def test_memory_does_not_grow_with_the_files(shelf: Shelf) -> None:
    jobs = [shelf.keep(made(n), 4_000_000) for n in range(1, 9)]
    sizes = []
    tracemalloc.start()
    for part in zip_parts(jobs, shelf.sources, now=NOW):
        sizes.append(len(part))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(sizes) > 32_000_000
    assert max(sizes) < 2 * CHUNK
    assert peak < 4_000_000


def test_large_files_and_many_of_them_use_the_large_format(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 2_000)
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 3)
    jobs = shelf.stock(made(n, prompt=f"take {n}") for n in range(1, 4))
    content = b"".join(zip_parts(jobs, shelf.sources, now=NOW))
    monkeypatch.undo()
    assert b"PK\x06\x06" in content  # the end as ZIP64 writes it
    (tmp_path / "all.zip").write_bytes(content)
    check(tmp_path / "all.zip")


@pytest.mark.parametrize("when", [0.0, -1e18, 1e18, 4.4e9, float("nan"), 1_795_285_003.25])
def test_any_time_can_stand_in_a_zip(shelf: Shelf, when: float) -> None:
    job = replace(shelf.keep(made(1)), created=when)
    assert opened(zip_parts([job], shelf.sources, now=NOW)).testzip() is None
