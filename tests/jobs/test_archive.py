"""Downloads from a real server on loopback, and what is kept of them."""

import asyncio
import errno
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from components.jobs import archive, download, footage
from components.jobs.archive import Archive
from components.jobs.job import VideoFile, new_id
from tests.jobs.filehost import FileHost
from tests.jobs.takes import film, recording

LIMIT = 50_000_000


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return film(tmp_path_factory.mktemp("film") / "a.mp4", seconds=3)


@pytest.fixture
def host(video: bytes) -> Iterator[FileHost]:
    with FileHost(video) as running:
        yield running


@pytest.fixture
def kept(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "data", LIMIT)


def keep(kept: Archive, host: FileHost, url: str | None = None, job_id: str = "ab" + "0" * 30) -> VideoFile:
    return asyncio.run(kept.keep(job_id, url or f"{host.origin}/film.mp4", trusted_origin=host.origin))


def files(kept: Archive) -> list[str]:
    return sorted(path.name for path in kept.video_path("ab" + "0" * 30).parent.glob("*"))


class TestKeeping:
    def test_a_video_is_kept_whole_with_its_measures_and_a_poster(
        self, kept: Archive, host: FileHost, video: bytes
    ) -> None:
        job_id = new_id()
        found = keep(kept, host, job_id=job_id)
        assert found == VideoFile(
            size=len(video), seconds=3.0, width=160, height=90, fps=24.0, sound=False, poster=True
        )
        assert kept.video_path(job_id).read_bytes() == video
        assert kept.video_path(job_id).parent.name == job_id[:2]
        with Image.open(kept.poster_path(job_id)) as poster:
            assert (poster.format, poster.size) == ("WEBP", (160, 90))
        assert len(list(kept.video_path(job_id).parent.iterdir())) == 2

    def test_a_large_picture_gives_posters_of_two_sizes_and_sound_is_heard(
        self, kept: Archive, host: FileHost, tmp_path: Path
    ) -> None:
        host.content = film(tmp_path / "b.mp4", seconds=1, width=1280, height=720, sound=True)
        found = keep(kept, host)
        assert (found.width, found.height, found.sound) == (1280, 720, True)
        with Image.open(kept.poster_path("ab" + "0" * 30)) as poster:
            assert poster.size == (640, 360)
        with Image.open(kept.large_poster_path("ab" + "0" * 30)) as poster:
            assert (poster.format, poster.size) == ("WEBP", (1280, 720))
        assert found.size == kept.video_path("ab" + "0" * 30).stat().st_size
        kept.remove("ab" + "0" * 30)
        assert files(kept) == []

    def test_no_key_cookie_or_password_goes_to_the_file_host(self, kept: Archive, host: FileHost) -> None:
        keep(kept, host, f"http://me:secret@127.0.0.1:{host.port}/film.mp4")
        ((_, headers),) = host.asked
        assert not headers.keys() & {"authorization", "cookie", "proxy-authorization"}
        assert headers["accept-encoding"] == "identity"

    def test_the_path_is_asked_for_as_it_was_given(self, kept: Archive, host: FileHost) -> None:
        keep(kept, host, f"{host.origin}/a%2Fb%20c/film.mp4?Signature=x%2By%3D&e=1#part")
        assert host.asked[0][0] == "/a%2Fb%20c/film.mp4?Signature=x%2By%3D&e=1"

    def test_what_is_in_place_already_is_not_downloaded_again(self, kept: Archive, host: FileHost) -> None:
        first = keep(kept, host)
        kept.poster_path("ab" + "0" * 30).unlink()
        assert keep(kept, host) == first
        assert len(host.asked) == 1

    def test_removing_leaves_nothing(self, kept: Archive, host: FileHost) -> None:
        keep(kept, host)
        (kept.video_path("ab" + "0" * 30).parent / f"ab{'0' * 30}.dead.part").touch()
        kept.remove("ab" + "0" * 30)
        assert files(kept) == []
        kept.remove("ab" + "0" * 30)

    def test_what_a_dead_try_left_is_cleared_by_the_next(self, kept: Archive, host: FileHost) -> None:
        folder = kept.video_path("ab" + "0" * 30).parent
        folder.mkdir(parents=True)
        (folder / f"ab{'0' * 30}.dead.part").write_bytes(b"half")
        (folder / f"ab{'1' * 30}.other.part").write_bytes(b"another take's")
        keep(kept, host)
        assert [name for name in files(kept) if name.endswith(".part")] == [f"ab{'1' * 30}.other.part"]

    @pytest.mark.parametrize(
        "job_id", ["", "..", "../../etc/passwd", "A" * 32, "0" * 31, "0" * 33, "0" * 32 + "\n"]
    )
    def test_what_is_no_take_id_is_no_path(self, kept: Archive, job_id: str) -> None:
        for path in (kept.video_path, kept.poster_path, kept.large_poster_path, kept.remove):
            with pytest.raises(ValueError, match="not a take id"):
                path(job_id)


class TestResuming:
    @pytest.mark.parametrize("every", [10_000, 50_000])
    def test_a_download_that_is_cut_again_and_again_comes_whole(
        self, kept: Archive, host: FileHost, video: bytes, every: int
    ) -> None:
        host.cut_after = every
        keep(kept, host)
        assert kept.video_path("ab" + "0" * 30).read_bytes() == video
        assert len(host.asked) == -(-len(video) // every)
        assert host.asked[1][1]["range"] == f"bytes={every}-"
        assert host.asked[1][1]["if-range"] == '"one"'

    def test_a_file_that_changed_meanwhile_is_never_spliced(
        self, kept: Archive, host: FileHost, tmp_path: Path
    ) -> None:
        other = film(tmp_path / "other.mp4", seconds=4)
        host.cut_after = len(host.content) // 2

        def change(count: int) -> None:
            if count == 2:
                host.content, host.etag, host.cut_after = other, '"two"', None

        host.before = change
        assert keep(kept, host).seconds == 4.0
        assert kept.video_path("ab" + "0" * 30).read_bytes() == other

    @pytest.mark.parametrize("etag", [None, 'W/"weak"'])
    def test_without_proof_that_it_is_the_same_file_it_begins_anew(
        self, kept: Archive, host: FileHost, etag: str | None
    ) -> None:
        host.etag, host.cut_after = etag, 1000

        def heal(count: int) -> None:
            if count == 3:
                host.cut_after = None

        host.before = heal
        keep(kept, host)
        assert not any("range" in headers for _, headers in host.asked)

    def test_a_host_that_always_cuts_at_the_same_place_is_given_up_for_now(
        self, kept: Archive, host: FileHost
    ) -> None:
        host.cut_after, host.ranges = 1000, False
        with pytest.raises(archive.NoDownload, match="1000 bytes"):
            keep(kept, host)
        assert len(host.asked) < 10
        assert files(kept) == []


class TestRefusing:
    @pytest.mark.parametrize("status", [403, 404, 410])
    def test_an_address_that_has_expired_is_told_from_trouble(
        self, kept: Archive, host: FileHost, status: int
    ) -> None:
        host.status = status
        with pytest.raises(archive.FileGone) as caught:
            keep(kept, host)
        assert caught.value.status == status

    @pytest.mark.parametrize("status", [401, 429, 500, 503])
    def test_trouble_of_the_file_host_is_said(self, kept: Archive, host: FileHost, status: int) -> None:
        host.status = status
        with pytest.raises(archive.NoDownload, match=str(status)) as caught:
            keep(kept, host)
        assert not isinstance(caught.value, archive.FileGone)

    def test_nobody_there_is_said(self, kept: Archive) -> None:
        with FileHost(b"") as gone:
            pass
        with pytest.raises(archive.NoDownload):
            keep(kept, gone)

    @pytest.mark.parametrize(
        ("content", "error"),
        [
            (b"", archive.NotAVideo),
            (b"<html>Not here</html>", archive.NotAVideo),
            (b'{"message": "expired"}' * 100, archive.NotAVideo),
            (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", archive.NotAVideo),
            (b"ffconcat version 1.0\nfile /etc/passwd\n", archive.NotAVideo),
            (b"\x00\x00\x00\x18ftypmp42" + b"\0" * 12, archive.NotAVideo),
            (b"\x00\x00\x00\x18ftypmp42" + b"\0" * 3, archive.CutOff),
            (b"\x1a\x45\xdf\xa3" + b"\0" * 100, archive.NotAVideo),
            (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, archive.NotAVideo),
        ],
    )
    def test_what_is_not_a_video_never_gets_a_final_name(
        self, kept: Archive, host: FileHost, content: bytes, error: type[Exception]
    ) -> None:
        host.content = content
        with pytest.raises(error):
            keep(kept, host)
        assert files(kept) == []

    @pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
    def test_a_video_whose_end_is_missing_is_found_out(
        self, kept: Archive, host: FileHost, share: float
    ) -> None:
        host.content, host.lengths = host.content[: int(len(host.content) * share)], False
        with pytest.raises(archive.CutOff):
            keep(kept, host)
        assert files(kept) == []

    @pytest.mark.parametrize(("boxes", "read"), [(9_000, True), (11_000, False)])
    def test_a_file_of_nothing_but_small_boxes_is_not_read_to_its_end(
        self, video: bytes, tmp_path: Path, boxes: int, read: bool
    ) -> None:
        path = tmp_path / "boxes.mp4"
        path.write_bytes(video + b"\x00\x00\x00\x08free" * boxes)
        if read:
            assert footage.inspect(path).width == 160
            return
        with pytest.raises(archive.NotAVideo, match="10000 parts"):
            footage.inspect(path)

    def test_sound_without_pictures_is_not_a_video(
        self, kept: Archive, host: FileHost, tmp_path: Path
    ) -> None:
        host.content = recording(tmp_path / "a.mp4")
        with pytest.raises(archive.NotAVideo, match="no pictures"):
            keep(kept, host)

    @pytest.mark.parametrize("lengths", [True, False])
    def test_a_file_over_the_limit_is_not_kept(self, tmp_path: Path, host: FileHost, lengths: bool) -> None:
        host.lengths = lengths
        small = Archive(tmp_path, len(host.content) - 1)
        with pytest.raises(archive.TooLarge):
            keep(small, host)
        assert files(small) == []
        assert keep(Archive(tmp_path, len(host.content)), host).size == len(host.content)

    def test_a_promised_size_over_the_limit_is_believed_at_once(self, tmp_path: Path, host: FileHost) -> None:
        host.announced = 10**15
        with pytest.raises(archive.TooLarge, match=str(10**15)):
            keep(Archive(tmp_path, LIMIT), host)

    @pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES])
    @pytest.mark.parametrize("place", ["mkdir", "open", "fsync", "replace"])
    def test_what_the_disk_refuses_is_said_and_leaves_nothing(
        self, kept: Archive, host: FileHost, monkeypatch: pytest.MonkeyPatch, code: int, place: str
    ) -> None:
        def refuse(*_: object, **__: object) -> Any:
            raise OSError(code, os.strerror(code))

        with monkeypatch.context() as patch:
            patch.setattr(os if place == "fsync" else Path, place, refuse)
            with pytest.raises(archive.DiskFull, match=os.strerror(code)):
                keep(kept, host)
        assert files(kept) == []
        assert keep(kept, host).poster

    def test_a_disk_that_fills_up_during_the_download_is_said(
        self, kept: Archive, host: FileHost, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        open_file = Path.open

        def open_full(path: Path, mode: str = "r", **named: Any) -> Any:
            return open_file(Path("/dev/full"), "wb") if mode == "xb" else open_file(path, mode, **named)

        monkeypatch.setattr(Path, "open", open_full)
        with pytest.raises(archive.DiskFull, match="No space left"):
            keep(kept, host)

    def test_a_damaged_file_breaks_nothing(self, video: bytes, tmp_path: Path) -> None:
        chance, path = random.Random(7), tmp_path / "damaged.mp4"
        for _ in range(150):
            damaged = bytearray(video)
            for _ in range(chance.randint(1, 20)):
                damaged[chance.randrange(2500)] = chance.randrange(256)
            path.write_bytes(damaged)
            try:
                found = footage.inspect(path)
            except archive.NotAVideo:
                footage.poster(path)
            else:
                assert found.width > 0
                assert found.size == len(damaged)
                footage.poster(path)


class TestAddresses:
    def test_what_breaks_inside_the_connection_is_a_download_that_failed(
        self, kept: Archive, host: FileHost, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def broken(*_: object, **__: object) -> Any:
            raise ExceptionGroup("unhandled errors in a TaskGroup", [OverflowError("port")])

        monkeypatch.setattr(download, "_send", broken)
        with pytest.raises(archive.NoDownload, match="ExceptionGroup"):
            keep(kept, host)

    @pytest.mark.parametrize(
        "url",
        [
            "",
            "film.mp4",
            "file:///etc/passwd",
            "ftp://a.example/x",
            "http://",
            "http://[::1",
            "data:video/mp4,x",
            "http://a\0b/",
            "http://a.example:99999/x",
            "http://127.0.0.1:65536/x",
            "http://a.example:0/x",
            "http://a.example:-1/x",
        ],
    )
    def test_what_is_no_web_address_is_refused(self, kept: Archive, host: FileHost, url: str) -> None:
        with pytest.raises(archive.UnsafeAddress):
            asyncio.run(kept.keep("ab" + "0" * 30, url, trusted_origin=host.origin))

    @pytest.mark.parametrize(
        "url",
        [
            "http://127.0.0.1:{port}/",
            "http://localhost:{port}/",
            "http://127.1:{port}/",
            "http://2130706433:{port}/",
            "http://[::ffff:127.0.0.1]:{port}/",
            "http://0.0.0.0:{port}/",
            "http://10.0.0.1/",
            "http://169.254.169.254/latest/meta-data",
            "http://[fe80::1]/",
            "http://[fd00::1]/",
        ],
    )
    def test_a_private_network_is_refused(self, kept: Archive, host: FileHost, url: str) -> None:
        with pytest.raises(archive.UnsafeAddress, match="private network"):
            asyncio.run(
                kept.keep(
                    "ab" + "0" * 30, url.format(port=host.port), trusted_origin="https://provider.example"
                )
            )
        assert host.asked == []

    def test_a_redirect_into_a_private_network_is_refused(self, kept: Archive, host: FileHost) -> None:
        with FileHost(host.content) as inside:
            host.redirect = lambda path: f"{inside.origin}/secret"
            with pytest.raises(archive.UnsafeAddress):
                keep(kept, host)
            assert inside.asked == []

    def test_another_scheme_or_port_is_another_origin(self, kept: Archive, host: FileHost) -> None:
        for trusted in (f"https://127.0.0.1:{host.port}", "http://127.0.0.1:1", "built-in", ""):
            with pytest.raises(archive.UnsafeAddress):
                asyncio.run(kept.keep("ab" + "0" * 30, f"{host.origin}/a.mp4", trusted_origin=trusted))

    def test_redirects_within_the_trusted_origin_are_followed(self, kept: Archive, host: FileHost) -> None:
        host.redirect = lambda path: {"/film.mp4": "/b?x=1", "/b?x=1": f"{host.origin}/c"}.get(path)
        assert keep(kept, host).seconds == 3.0
        assert [path for path, _ in host.asked] == ["/film.mp4", "/b?x=1", "/c"]

    def test_redirects_without_end_are_given_up(self, kept: Archive, host: FileHost) -> None:
        host.redirect = lambda path: path + "x"
        with pytest.raises(archive.NoDownload, match="more than 5 times"):
            keep(kept, host)
        assert len(host.asked) == 6

    def test_the_connection_goes_to_the_address_that_was_checked(
        self, kept: Archive, host: FileHost, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def resolve(name: str) -> list[str]:
            assert name == "files.example"
            return ["127.0.0.2", "127.0.0.1"]  # nobody listens at the first

        monkeypatch.setattr(download, "resolve", resolve)
        monkeypatch.setattr(download, "is_public", lambda address: True)
        keep(kept, host, f"http://me:secret@files.example:{host.port}/a%2Fb.mp4?x=%20")
        ((path, headers),) = host.asked
        assert (path, headers["host"]) == ("/a%2Fb.mp4?x=%20", f"files.example:{host.port}")
        assert "authorization" not in headers

    @pytest.mark.parametrize(
        ("address", "public"),
        [
            ("93.184.215.14", True),
            ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
            ("127.0.0.1", False),
            ("10.1.2.3", False),
            ("172.16.0.1", False),
            ("192.168.1.1", False),
            ("169.254.169.254", False),
            ("100.64.0.1", False),
            ("0.0.0.0", False),
            ("224.0.0.1", False),
            ("255.255.255.255", False),
            ("::1", False),
            ("::", False),
            ("fe80::1%eth0", False),
            ("fc00::1", False),
            ("ff02::1", False),
            ("::ffff:127.0.0.1", False),
            ("::ffff:93.184.215.14", True),
            ("64:ff9b::7f00:1", False),
            ("64:ff9b::5db8:d70e", True),
            ("2002:7f00:1::", False),
        ],
    )
    def test_public_addresses_are_told_from_all_others(self, address: str, public: bool) -> None:
        assert download.is_public(address) == public
