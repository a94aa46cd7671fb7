"""Uploads: kept once for each owner, given to nobody else, and sent as what they are."""

import base64
import errno
import json
import os
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import services as built
from components.catalog.spec import MediaKind, MediaLimits
from components.jobs import uploads as module
from components.jobs.inspection import Found
from components.jobs.job import State
from components.jobs.store import Store, StoreError
from components.jobs.sweeping import forget_unused, references_kept
from components.jobs.upload import clean_name, references, upload_from
from components.jobs.uploads import DAY, UPLOAD, Upload, UploadError, Uploads, is_upload
from components.sandbox.server import SandboxServer
from tests.jobs.takes import order
from tests.jobs.test_inspection import picture

PNG = picture("PNG", (400, 300))
NOTHING_SAID = MediaLimits()


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every file is a picture, without a process of its own; gives those that were looked at."""
    seen: list[Path] = []

    def look(path: Path, file_format: str) -> Found:
        seen.append(path)
        return Found(kind=MediaKind.IMAGE, format=file_format, width=400, height=300)

    monkeypatch.setattr(module, "inspected", look)
    return seen


@pytest.fixture
def uploads(tmp_path: Path, looked_at: list[Path]) -> Uploads:
    return Uploads(tmp_path)


def add(
    uploads: Uploads, content: bytes = PNG, *, owner: str = "ann", name: str = "cat.png", **more: Any
) -> Upload:
    given: dict[str, Any] = {"media": MediaKind.IMAGE, "limits": NOTHING_SAID, "now": 1_000.0}
    return uploads.add(owner, name, content, **(given | more))


def files(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in tmp_path.rglob("*") if path.is_file())


class TestKeeping:
    def test_an_upload_is_kept_as_it_came(self, tmp_path: Path) -> None:
        uploads = Uploads(tmp_path)
        made = add(uploads)
        assert (made.mime, made.size, made.width, made.height, made.seconds) == (
            "image/png",
            len(PNG),
            400,
            300,
            None,
        )
        assert is_upload(made.reference)
        for again in (uploads, Uploads(tmp_path)):
            assert again.get(made.reference, "ann") == made
            assert again.get(made.id, "ann") == made
            assert again.path(made).read_bytes() == PNG

    def test_to_anybody_else_it_does_not_exist(self, uploads: Uploads) -> None:
        made = add(uploads)
        assert uploads.get(made.reference, "ben") is None
        with pytest.raises(UploadError):
            uploads.expand({"image_url": made.reference}, "ben")

    def test_the_same_file_of_one_owner_is_one_under_its_last_name(
        self, uploads: Uploads, tmp_path: Path, looked_at: list[Path]
    ) -> None:
        first = add(uploads)
        again = add(uploads, name="other.png")
        assert again == replace(first, name="other.png")
        assert uploads.get(first.reference, "ann") == again
        assert files(tmp_path) == [first.id, f"{first.id}.json"]
        assert len(looked_at) == 1

    def test_the_same_file_of_two_owners_is_two(self, uploads: Uploads) -> None:
        assert add(uploads).id != add(uploads, owner="ben").id

    def test_a_known_file_is_held_against_each_fields_limits(self, uploads: Uploads) -> None:
        made = add(uploads)
        with pytest.raises(UploadError, match="500 px"):
            add(uploads, limits=MediaLimits(min_side=500))
        assert uploads.get(made.id, "ann") == made

    @pytest.mark.parametrize(
        ("content", "more"),
        [
            (b"", {}),
            (b"<svg onload=alert(1)>", {}),
            (PNG, {"limits": MediaLimits(max_bytes=10)}),
            (PNG, {"limits": MediaLimits(min_side=301)}),
            (PNG, {"media": MediaKind.VIDEO}),
        ],
    )
    def test_of_what_is_refused_nothing_is_left(
        self, uploads: Uploads, tmp_path: Path, content: bytes, more: dict[str, Any]
    ) -> None:
        with pytest.raises(UploadError):
            add(uploads, content, **more)
        assert files(tmp_path) == []

    def test_only_the_apps_user_can_read_them(self, uploads: Uploads, tmp_path: Path) -> None:
        before = os.umask(0)
        try:
            add(uploads)
        finally:
            os.umask(before)
        for path in (tmp_path / "uploads").rglob("*"):
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
        assert stat.S_IMODE((tmp_path / "uploads").stat().st_mode) == 0o700

    @pytest.mark.parametrize("breaks_at", ["fsync", "replace"])
    @pytest.mark.parametrize("after", [0, 1])
    def test_whatever_breaks_in_between_leaves_nothing_that_counts(
        self, uploads: Uploads, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, breaks_at: str, after: int
    ) -> None:
        calls = iter([None] * after)

        def full(*_: Any, **__: Any) -> None:
            if next(calls, "over") == "over":
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        real = Path.replace

        def move(path: Path, target: Path) -> Path:
            full()
            return real(path, target)

        with monkeypatch.context() as broken:
            broken.setattr(os, "fsync", full) if breaks_at == "fsync" else broken.setattr(
                Path, "replace", move
            )
            with pytest.raises(UploadError, match="no space left on device"):
                add(uploads)
        assert not [name for name in files(tmp_path) if name.endswith(".json")]
        made = add(uploads)
        assert uploads.get(made.id, "ann") == made

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda path: path.write_bytes(path.read_bytes()[:-1]),
            lambda path: path.unlink(),
            lambda path: path.with_suffix(".json").write_text("{"),
            lambda path: path.with_suffix(".json").write_text("[" * 5_000),
            lambda path: path.with_suffix(".json").write_text("[]"),
            lambda path: path.with_suffix(".json").write_bytes(b"\xff\xfe"),
        ],
    )
    def test_what_is_damaged_is_not_there(self, uploads: Uploads, spoil: Callable[[Path], object]) -> None:
        made = add(uploads)
        spoil(uploads.path(made))
        assert uploads.get(made.id, "ann") is None
        assert add(uploads) == made
        assert uploads.get(made.id, "ann") == made

    @pytest.mark.parametrize(
        "name", ["", "upload:", "../../etc/passwd", "0" * 31, "A" * 32, "0" * 32, "\x00" * 32]
    )
    def test_what_is_no_reference_is_none(self, uploads: Uploads, name: str) -> None:
        assert uploads.get(name, "ann") is None
        assert uploads.whosever(name) is None


class TestRecords:
    WHOLE: dict[str, Any] = {  # noqa: RUF012  # nobody changes it
        **{"id": "ab" * 16, "owner": "ann", "name": "cat.png", "format": "png", "mime": "image/png"},
        **{"size": 3, "width": 4, "height": 5, "seconds": None},
    }

    def test_a_record_is_read_back(self) -> None:
        assert upload_from(self.WHOLE) == Upload(**self.WHOLE)

    @pytest.mark.parametrize(
        "change",
        [
            {"id": "x"},
            {"owner": None},
            {"name": 5},
            {"format": "svg"},
            {"mime": "text/html"},
            {"mime": "image/svg+xml"},
            {"mime": None},
            {"size": "3"},
            {"width": "4"},
            {"seconds": "1"},
        ],
    )
    def test_a_record_that_is_none_gives_none(self, change: dict[str, Any]) -> None:
        assert upload_from({**self.WHOLE, **change}) is None

    @pytest.mark.parametrize(
        ("name", "clean"),
        [
            ("cat.png", "cat.png"),
            ("C:\\Users\\ann\\cat.png", "cat.png"),
            ("../../etc/passwd", "passwd"),
            ("a\r\nb\x00c.png", "a b c.png"),
            ("\u202egpj.exe", "gpj.exe"),
            ("half \ud83e", "half"),
            ("猫の写真.jpg", "猫の写真.jpg"),
            ("", "file"),
            ("/", "file"),
        ],
    )
    def test_a_name_is_for_people(self, name: str, clean: str) -> None:
        assert clean_name(name) == clean

    @given(st.text(max_size=400))
    def test_no_name_is_long_or_harmful(self, name: str) -> None:
        clean = clean_name(name)
        assert 1 <= len(clean) <= 120
        assert clean.isprintable()
        assert not set(clean) & set("/\\")


class TestReferences:
    ONE, OTHER = UPLOAD + "0" * 32, UPLOAD + "f" * 32

    @pytest.mark.parametrize(
        "value", [None, 5, [], {}, "", "upload:", UPLOAD + "0" * 31, UPLOAD + "0" * 33, UPLOAD + "G" * 32]
    )
    def test_nothing_else_is_one(self, value: Any) -> None:
        assert not is_upload(value)

    def test_are_found_wherever_they_stand(self) -> None:
        value = {"a": self.ONE, "b": [{"c": {"d": [self.OTHER, 3]}}], "e": f"see {self.ONE}"}
        assert references(value) == {self.ONE, self.OTHER}

    def test_a_bottomless_value_ends(self) -> None:
        deep: Any = self.ONE
        for _ in range(100_000):
            deep = [deep]
        assert references(deep) == set()


class TestSending:
    def test_each_reference_becomes_its_file(self, uploads: Uploads) -> None:
        made = add(uploads)
        body = {
            "model": "m",
            "image_url": made.reference,
            "list": [{"end": made.reference}, "https://a.example/b.png"],
        }
        sent = uploads.expand(body, "ann")
        uri = "data:image/png;base64," + base64.b64encode(PNG).decode()
        assert sent == {"model": "m", "image_url": uri, "list": [{"end": uri}, "https://a.example/b.png"]}
        assert body["image_url"] == made.reference

    def test_a_file_that_is_gone_is_named_by_its_field(self, uploads: Uploads) -> None:
        made = add(uploads)
        uploads.path(made).unlink()
        with pytest.raises(UploadError, match="“tail_url” is no longer there"):
            uploads.expand({"prompt": "x", "tail_url": [made.reference]}, "ann")

    def test_a_file_that_cannot_be_read_is_named(self, uploads: Uploads) -> None:
        made = add(uploads)
        with pytest.raises(UploadError, match=r"“cat\.png” is damaged"):
            uploads.data_uri(replace(made, size=made.size + 1))
        uploads.path(made).unlink()
        with pytest.raises(UploadError, match=r"“cat\.png” is no longer there"):
            uploads.data_uri(made)

    def test_more_than_can_be_sent_at_once_is_not_read(
        self, uploads: Uploads, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "MOST_SENT", 2 * len(PNG) - 1)
        made = add(uploads)
        uploads.expand({"a": made.reference}, "ann")
        with pytest.raises(UploadError, match="together"):
            uploads.expand({"a": made.reference, "b": made.reference}, "ann")


class TestTheWholeWay:
    """From the file to the sandbox, over real HTTP."""

    MODEL = "maker/image-to-video"
    PATH = "/v2/video/generations"

    @pytest.fixture
    def sandbox(self, tmp_path: Path) -> Iterator[str]:
        """One that serves a model which asks for pictures."""
        address = {"type": "string", "format": "uri"}
        schema = {
            "type": "object",
            "required": ["model", "image_url"],
            "properties": {
                "model": {"type": "string", "enum": [self.MODEL]},
                "image_url": address,
                "elements": {
                    "type": "array",
                    "items": {"type": "object", "properties": {"frontal": address}},
                },
            },
        }
        create = {
            "requestBody": {"content": {"application/json": {"schema": schema}}},
            "responses": {"200": {"description": "ok"}},
        }
        document = {"openapi": "3.0.0", "info": {}, "paths": {self.PATH: {"post": create}}}
        (tmp_path / "documents").mkdir()
        (tmp_path / "documents" / "model.json").write_text(json.dumps(document))
        server = SandboxServer(tmp_path / "sandbox", port=0, seconds=3600, documents=tmp_path / "documents")
        yield server.start()
        server.stop()

    def test_an_uploaded_picture_arrives_byte_for_byte(
        self, sandbox: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path / "data"))
        monkeypatch.setenv("PLAYGROUND_SANDBOX_URL", sandbox)
        monkeypatch.delenv("AIMLAPI_KEY", raising=False)
        built.close_services()
        try:
            shared = built.services()
            upload = add(shared.uploads)
            body = {
                "model": self.MODEL,
                "image_url": upload.reference,
                "elements": [{"frontal": upload.reference}],
            }
            asked = order(model=self.MODEL, body=body, base_url=sandbox, path=self.PATH)
            [job] = shared.store.add([asked], token="t", now=0.0)
            shared.tracker.start()
            end = time.monotonic() + 30
            while (found := shared.store.get(job.id)) is not None and found.state is not State.QUEUED:
                assert time.monotonic() < end, found
                time.sleep(0.01)
        finally:
            built.close_services()
        assert found is not None
        assert found.order.body == body
        [post] = httpx.get(f"{sandbox}/_sandbox/creates", trust_env=False).json()
        for arrived in (post["body"]["image_url"], post["body"]["elements"][0]["frontal"]):
            head, _, content = arrived.partition(",")
            assert head == "data:image/png;base64"
            assert base64.b64decode(content) == PNG


class TestSweeping:
    OLD, NOW = 1_000.0, 1_000.0 + 40 * DAY

    def test_what_nothing_refers_to_goes_after_its_time(self, uploads: Uploads, tmp_path: Path) -> None:
        used, by_id, unused = (add(uploads, PNG + bytes([n])) for n in range(3))
        fresh = add(uploads, PNG + b"fresh", now=self.NOW)
        assert uploads.forget_unused([used.reference, by_id.id], self.NOW - DAY) == 1
        assert uploads.get(unused.id, "ann") is None
        kept = {used.id, by_id.id, fresh.id}
        assert files(tmp_path) == sorted([*kept, *(f"{each}.json" for each in kept)])

    def test_what_is_added_again_is_fresh(self, uploads: Uploads) -> None:
        made = add(uploads)
        add(uploads, now=self.NOW)
        assert uploads.forget_unused([], self.NOW - DAY) == 0
        assert uploads.get(made.id, "ann") is not None

    def test_what_an_interrupted_write_left_goes_too_and_strangers_stay(
        self, uploads: Uploads, tmp_path: Path
    ) -> None:
        folder = uploads.path(add(uploads, now=self.NOW)).parent
        names = ["0" * 32, "0" * 32 + ".12345678.part", "notes.txt"]
        for name in names:
            (folder / name).write_bytes(b"x")
        assert uploads.forget_unused([], 0.0) == 0
        assert set(names) <= set(files(tmp_path))
        for name in names:
            os.utime(folder / name, (1.0, 1.0))
        uploads.forget_unused([], 2.0)
        assert set(names) & set(files(tmp_path)) == {"notes.txt"}

    @pytest.fixture
    def shop(self, tmp_path: Path) -> Iterator[Store]:
        store = Store(tmp_path)
        yield store
        store.close()

    def test_takes_drafts_earlier_drafts_and_boards_hold_what_they_refer_to(
        self, shop: Store, uploads: Uploads, tmp_path: Path
    ) -> None:
        made = [add(uploads, PNG + bytes([n])) for n in range(5)]
        shop.add([order(body={"image_url": made[0].reference})], token="t", now=1.0)
        with shop._engine.begin() as connection:
            for table, column, n in (("draft", "saved", 1), ("earlier_draft", "replaced", 2)):
                why = (", why", ", 'start over'") if table == "earlier_draft" else ("", "")
                connection.exec_driver_sql(
                    f"insert into {table} (owner, key, value, {column}{why[0]}) values ('ann', 'k', ?, 1.0{why[1]})",
                    (
                        json.dumps(
                            {"values": {"list": [made[n].reference]}, "text": f"…{{{made[3].reference}"}
                        ),
                    ),
                )
        assert references_kept(tmp_path) == {each.reference for each in made[:4]}
        forget_unused(tmp_path, uploads, self.NOW)
        assert [uploads.get(each.id, "ann") is not None for each in made] == [True, True, True, True, False]

    def test_without_the_store_nothing_is_deleted(self, uploads: Uploads, tmp_path: Path) -> None:
        made = add(uploads)
        (tmp_path / "playground.db").write_bytes(b"not a database" * 1_000)
        with pytest.raises(StoreError):
            forget_unused(tmp_path, uploads, self.NOW)
        assert uploads.get(made.id, "ann") == made
