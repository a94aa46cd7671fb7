import asyncio
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import av
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette

from components import media
from components import services as built
from components.catalog.spec import MediaKind, MediaLimits
from components.jobs.job import Destination, Job, Order, State
from components.jobs.labelling import read_label
from components.jobs.store import StoreError
from components.jobs.uploads import Upload
from components.storyboard.shapes import compiled, shape_of
from components.storyboard.storyboard import Board, board_from
from tests.jobs.takes import film
from tests.jobs.test_inspection import picture

ORDER = Order(
    owner="me",
    model="a/model",
    model_name="A Model",
    body={"model": "a/model", "prompt": "Ein Fuchs läuft über die Straße"},
    destination=Destination.SANDBOX,
    base_url="built-in",
    path="/v2/video/generations",
    prompt="Ein Fuchs läuft über die Straße",
)
VIDEO = bytes(range(256)) * 40
BOARD = board_from([("Ein Fuchs <läuft>", 1), ("--> er steht", 2), ("er schaut & schläft", 1)])


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Job]:
    """A take whose video lies in the archive."""
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("AIMLAPI_KEY", raising=False)
    built.close_services()
    shared = built.services()
    made = shared.store.add([ORDER], token="t", now=1.0)[0]
    for path, content in (
        (shared.archive.video_path(made.id), VIDEO),
        (shared.archive.poster_path(made.id), b"P"),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    yield made
    built.close_services()


def get(path: str, method: str = "GET", **headers: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(Starlette(routes=media.routes))
        async with httpx.AsyncClient(transport=transport, base_url="http://playground.test") as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(ask())


def test_a_video_is_served_whole_and_kept_by_the_browser(job: Job) -> None:
    answer = get(media.video_address(job))
    assert answer.content == VIDEO
    assert answer.headers["content-type"] == "video/mp4"
    assert "immutable" in answer.headers["cache-control"]
    assert "private" in answer.headers["cache-control"]


def test_the_large_poster_is_served_and_a_take_without_one_gets_the_small(job: Job) -> None:
    assert get(f"{media.MEDIA}/{job.id}.large.webp").content == b"P"
    built.services().archive.large_poster_path(job.id).write_bytes(b"LARGE")
    answer = get(f"{media.MEDIA}/{job.id}.large.webp")
    assert (answer.content, answer.headers["content-type"]) == (b"LARGE", "image/webp")
    assert "immutable" in answer.headers["cache-control"]
    assert get(f"{media.MEDIA}/{job.id}.webp").content == b"P"


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [("bytes=0-9", 206, VIDEO[:10]), ("bytes=-5", 206, VIDEO[-5:]), ("bytes=99999999-", 416, None)],
)
def test_a_part_of_a_video_is_served(job: Job, asked: str, status: int, content: bytes | None) -> None:
    answer = get(media.video_address(job), range=asked)
    assert answer.status_code == status
    if content is not None:
        assert answer.content == content


def test_a_download_has_a_readable_name_in_its_own_script(job: Job) -> None:
    answer = get(media.download_address(job))
    assert answer.content == VIDEO
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment; ")
    assert "l%C3%A4uft" in disposition
    assert disposition.isascii()


def test_a_download_says_what_it_is_and_what_it_was_asked_for(job: Job, tmp_path: Path) -> None:
    before = film(tmp_path / "film.mp4", seconds=0.5)
    built.services().archive.video_path(job.id).write_bytes(before)
    answer = get(media.download_address(job))
    assert answer.headers["content-length"] == str(len(answer.content)) != str(len(before))
    assert answer.headers["accept-ranges"] == "none"
    assert "no-cache" in answer.headers["cache-control"]  # a name may be given later
    with av.open(io.BytesIO(answer.content)) as opened:
        assert opened.metadata["title"] == "Sandbox preview, not AI: Ein Fuchs läuft über die Straße"
        assert "Model: A Model" in opened.metadata["comment"]
    assert json.loads(read_label(io.BytesIO(answer.content)) or b"") == job.order.body
    assert get(media.video_address(job)).content == before
    head = get(media.download_address(job), "HEAD")
    assert (head.content, head.headers["content-length"]) == (b"", answer.headers["content-length"])


def test_a_take_with_a_name_has_it_first_in_the_name_of_its_file(job: Job) -> None:
    assert media.file_name(replace(job, title="For the fair/2")).startswith("for-the-fair-2-a-model-")


@pytest.mark.parametrize(
    "path",
    [
        "/app/static/media/" + "0" * 32 + ".mp4",
        "/app/static/media/nonsense.mp4",
        "/app/static/media/..%2f..%2fplayground.db.mp4",
        "/app/static/media/%00.webp",
        "/app/static/media/" + "0" * 32 + ".large.webp",
        "/app/static/media/%00.large.webp",
        "/app/static/media/" + "0" * 32 + "/download",
        "/app/static/media/ABCDEF/download",
        "/app/static/media/" + "0" * 32 + ".vtt",
        "/app/static/media/nonsense.vtt",
        "/app/static/media/" + "0" * 32 + "/storyboard",
        "/app/static/media/%00/storyboard",
    ],
)
def test_what_is_no_take_is_not_found(job: Job, path: str) -> None:
    answer = get(path)
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("cache-control", "")


def planned_take(planned: Board = BOARD, **changes: object) -> Job:
    """A take that was asked for with a storyboard; its video is not there yet."""
    given: dict[str, object] = {"board": planned.as_json(), "seconds": planned.seconds, **changes}
    order = replace(ORDER, **given)  # type: ignore[arg-type]  # they are mixed on purpose
    return built.services().store.add([order], token=repr(given), now=1.0)[0]


@pytest.mark.usefixtures("job")
def test_a_planned_take_has_its_chapters_for_the_player() -> None:
    answer = get(media.chapters_address(planned_take()))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/vtt; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "no-cache" in answer.headers["cache-control"]
    assert answer.text.startswith("WEBVTT\n")
    assert "00:00:01.000 --> 00:00:03.000\n2. --&gt; er steht\n" in answer.text


@pytest.mark.usefixtures("job")
def test_a_sheet_has_boxes_first_and_frames_once_the_video_is_there() -> None:
    take = planned_take(aspect_ratio="9:16")
    address = media.sheet_address(take)
    before = get(address)
    assert before.headers["content-type"] == "text/html; charset=utf-8"
    assert before.text.count('<div class="frame">') == 3
    assert "<img" not in before.text
    path = built.services().archive.video_path(take.id)
    path.parent.mkdir(parents=True, exist_ok=True)
    film(path, seconds=1.5)  # shorter than planned: the last shot has the last picture
    after = get(address)
    assert after.text.count('<img class="frame"') == 3
    assert '<div class="frame">' not in after.text
    for said in ("A Model", "9:16", take.id, "Sandbox", "3 shots, 0:04", "Ein Fuchs &lt;läuft&gt;"):
        assert said in after.text


@pytest.mark.usefixtures("job")
def test_a_sheet_may_load_nothing_and_is_asked_for_anew() -> None:
    headers = get(media.sheet_address(planned_take())).headers
    assert headers["cache-control"] == "private, no-cache"
    assert headers["x-content-type-options"] == "nosniff"
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert "script-src" not in policy
    assert (policy["style-src"], policy["img-src"]) == ("'unsafe-inline'", "data:")


@pytest.mark.usefixtures("job")
def test_a_video_that_cannot_be_read_leaves_the_boxes() -> None:
    take = planned_take()
    path = built.services().archive.video_path(take.id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(VIDEO)
    answer = get(media.sheet_address(take))
    assert (answer.status_code, answer.text.count('<div class="frame">')) == (200, 3)


@pytest.mark.usefixtures("job")
def test_a_take_from_before_boards_were_kept_has_its_chapters_too() -> None:
    models = built.services().catalog.models
    spec, shape = next((spec, shape) for spec in models if (shape := shape_of(spec)))
    body = {"model": spec.id, shape.parameter.name: compiled(BOARD, shape)}
    take = planned_take(board=None, model=spec.id, body=body)
    assert "00:00:01.000 --> 00:00:03.000" in get(media.chapters_address(take)).text


@pytest.mark.parametrize("address", [media.chapters_address, media.sheet_address])
def test_a_take_of_a_single_prompt_has_no_storyboard(job: Job, address: Callable[[Job], str]) -> None:
    for take in (job, planned_take(Board())):
        answer = get(address(take))
        assert (answer.status_code, answer.text) == (404, "This take has no storyboard.")
        assert answer.headers["content-type"].startswith("text/plain")
        assert "immutable" not in answer.headers.get("cache-control", "")


@pytest.mark.usefixtures("job")
def test_a_sheet_says_when_another_length_was_asked_for_than_was_planned() -> None:
    assert "Video asked for" not in get(media.sheet_address(planned_take())).text
    assert (
        'Video asked for</dt><dd dir="auto">10 s' in get(media.sheet_address(planned_take(seconds=10))).text
    )


def test_a_poster_has_an_address_only_when_there_is_one(job: Job) -> None:
    assert media.poster_address(job) is None
    assert get(f"/app/static/media/{job.id}.webp").content == b"P"


@pytest.mark.parametrize(
    ("prompt", "begins"),
    [
        ("A white raccoon, running!", "a-white-raccoon-running-a-model-"),
        ("../../etc/passwd", "etc-passwd-a-model-"),
        ("浣熊在森林里奔跑", "浣熊在森林里奔跑-a-model-"),
        ("", "take-a-model-"),
        ("\u202egpj.exe", "gpj-exe-a-model-"),
        ('"; filename="evil.exe', "filename-evil-exe-a-model-"),
        ("word " * 200, "word-word-"),
    ],
)
def test_a_file_name_is_words_and_nothing_else(prompt: str, begins: str) -> None:
    job = Job(id="ab" * 16, seq=1, order=replace(ORDER, prompt=prompt), state=State.COMPLETED, created=0.0)
    name = media.file_name(job)
    assert name.startswith(begins)
    assert name.endswith("-ababab.mp4")
    assert len(name) < 130


@given(st.text(max_size=300))
def test_no_prompt_gets_anything_harmful_into_a_file_name(prompt: str) -> None:
    job = Job(id="ab" * 16, seq=1, order=replace(ORDER, prompt=prompt), state=State.COMPLETED, created=0.0)
    name = media.file_name(job)
    assert name.isprintable()
    assert not set(name) & set('/\\:*?"<>|\r\n')
    assert not name.startswith((".", "-"))


class TestUploads:
    """What an address of an upload gives, and to whom."""

    PICTURE = picture("PNG", (40, 30))

    @pytest.fixture
    def cookies(self, job: Job) -> list[str]:
        """The cookies of two browsers."""
        identity = built.services().identity
        return [f"{identity.cookie}={identity.issue()}" for _ in range(2)]

    def viewer(self, cookie: str) -> str:
        identity = built.services().identity
        found = identity.owner(dict([cookie.split("=", 1)]))
        assert found is not None
        return found

    @pytest.fixture
    def upload(self, job: Job) -> Upload:
        return built.services().uploads.add(
            "a signed-in person",
            'my "<b>fox".png',
            self.PICTURE,
            media=MediaKind.IMAGE,
            limits=MediaLimits(),
            now=1.0,
        )

    def test_the_browser_that_it_was_given_to_sees_the_file(self, cookies: list[str], upload: Upload) -> None:
        answer = get(media.upload_address(upload, self.viewer(cookies[0])), cookie=cookies[0])
        assert (answer.status_code, answer.content) == (200, self.PICTURE)
        headers = answer.headers
        assert headers["content-type"] == "image/png"
        assert headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in headers["content-security-policy"].split("; ")
        assert headers["content-security-policy"].startswith("default-src 'none'; ")
        assert headers["cache-control"].startswith("private, ")
        assert headers["vary"] == "Cookie"
        assert (
            headers["content-disposition"]
            == "inline; filename=\"my-b-fox.png\"; filename*=UTF-8''my-b-fox.png"
        )

    def test_a_part_of_it_is_served(self, cookies: list[str], upload: Upload) -> None:
        address = media.upload_address(upload, self.viewer(cookies[0]))
        answer = get(address, cookie=cookies[0], range="bytes=2-5")
        assert (answer.status_code, answer.content) == (206, self.PICTURE[2:6])

    def test_no_other_browser_sees_it(self, cookies: list[str], upload: Upload) -> None:
        address = media.upload_address(upload, self.viewer(cookies[0]))
        name = built.services().identity.cookie
        for cookie in (cookies[1], f"{name}={self.viewer(cookies[0])}", "other=1", ""):
            answer = get(address, cookie=cookie)
            assert (answer.status_code, answer.text) == (404, "There is no such file.")
            assert "max-age" not in answer.headers.get("cache-control", "")

    def test_an_address_holds_for_one_file(self, cookies: list[str], upload: Upload) -> None:
        viewer = self.viewer(cookies[0])
        seal = media.upload_address(upload, viewer).rpartition(".")[2]
        for token in (
            f"{'0' * 32}.{seal}",
            upload.id,
            f"{upload.id}.",
            f"{upload.id}.{seal[:-1]}",
            f"{upload.id}.%ff",
            ".",
        ):
            assert get(f"{media.UPLOADS}/{token}", cookie=cookies[0]).status_code == 404

    def test_a_file_that_is_gone_is_not_found(self, cookies: list[str], upload: Upload) -> None:
        address = media.upload_address(upload, self.viewer(cookies[0]))
        built.services().uploads.path(upload).unlink()
        assert get(address, cookie=cookies[0]).status_code == 404


@pytest.mark.parametrize(
    "address",
    [media.download_address, media.chapters_address, media.sheet_address],
    ids=lambda one: one.__name__,
)
def test_a_store_that_cannot_be_used_is_said_in_its_sentence(
    job: Job, address: Callable[[Job], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_: str) -> None:
        raise StoreError("The database is too busy. Try again in a moment.")

    monkeypatch.setattr(built.services().store, "get", busy)
    answer = get(address(job))
    assert (answer.status_code, answer.text) == (503, "The database is too busy. Try again in a moment.")
