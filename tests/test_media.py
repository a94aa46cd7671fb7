import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette

from components import media
from components import services as built
from components.jobs.job import Destination, Job, Order, State

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


@pytest.mark.parametrize(
    "path",
    [
        "/app/static/media/" + "0" * 32 + ".mp4",
        "/app/static/media/nonsense.mp4",
        "/app/static/media/..%2f..%2fplayground.db.mp4",
        "/app/static/media/%00.webp",
        "/app/static/media/" + "0" * 32 + "/download",
        "/app/static/media/ABCDEF/download",
    ],
)
def test_what_is_no_take_is_not_found(job: Job, path: str) -> None:
    assert get(path).status_code == 404


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
