from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from components.sandbox.films import Films
from components.sandbox.generations import Clock, Generation, Generations, Post, Status
from components.sandbox.plan import Plan, plan_for

UNIVERSAL = "/v2/video/generations"
OLDER = "/v2/generate/video/somebody"
POST = Post(path=UNIVERSAL, client_request_id="take-1", model="m", body='{"model": "m"}')


class Renderer:
    """Writes the prompt in place of a film, once it is let; counts how often."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.may = threading.Event()
        self.may.set()
        self.fails: Exception | None = None

    def __call__(self, plan: Plan, path: Path) -> None:
        assert self.may.wait(10)
        if self.fails is not None:
            raise self.fails
        path.write_text(plan.shots[0][0])
        self.made.append(plan.shots[0][0])


class Shop:
    """Generations with a clock that stands still until it is moved."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.now = 1_000.0
        self.render = Renderer()
        self.open()

    def open(self) -> None:
        self.films = Films(self.data / "films", render=self.render, keep=2)
        self.generations = Generations(self.data, films=self.films, now=lambda: self.now, posts_kept=3)

    def close(self) -> None:
        self.films.close()
        self.generations.close()

    def accept(self, prompt: str = "a fox", post: Post = POST, total: float = 4.0) -> Generation:
        plan = plan_for({"prompt": prompt})
        return self.generations.accept(post, status=200, model="m", plan=plan, clock=Clock.of(total), usd=0.5)

    def status(self, generation: Generation) -> Status:
        found = self.generations.find(generation.id, generation.path)
        assert found is not None
        return self.generations.status(self.generations.follow(found))

    def rendered(self, generation: Generation) -> None:
        self.films.fetch(generation.plan)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path)
    yield shop
    shop.render.may.set()
    shop.close()


@pytest.mark.parametrize(
    ("total", "elapsed", "status"),
    [
        (4.0, -5.0, Status.QUEUED),
        (4.0, 0.0, Status.QUEUED),
        (4.0, 0.99, Status.QUEUED),
        (4.0, 1.0, Status.GENERATING),
        (4.0, 3.99, Status.GENERATING),
        (4.0, 4.0, Status.COMPLETED),
        (381.0, 9.9, Status.QUEUED),
        (381.0, 10.0, Status.GENERATING),
        (381.0, 381.0, Status.COMPLETED),
        (0.0, 0.0, Status.COMPLETED),
    ],
)
def test_the_clock(total: float, elapsed: float, status: Status) -> None:
    assert Clock.of(total).status(elapsed) is status


def test_a_generation_passes_its_states_by_the_clock(shop: Shop) -> None:
    generation = shop.accept()
    seen = []
    for elapsed in (0.0, 2.0, 4.0):
        shop.now = 1_000 + elapsed
        seen.append(shop.status(generation))
        shop.rendered(generation)
    assert seen == [Status.QUEUED, Status.GENERATING, Status.COMPLETED]


def test_completed_is_not_said_before_the_film_is_there(shop: Shop) -> None:
    shop.render.may.clear()
    generation = shop.accept()
    shop.now += 60
    assert shop.status(generation) is Status.GENERATING
    shop.render.may.set()
    shop.rendered(generation)
    assert shop.status(generation) is Status.COMPLETED


def test_nothing_is_rendered_until_somebody_looks(shop: Shop) -> None:
    for number in range(20):
        shop.accept(f"fox {number}")
    asked_for = shop.accept("asked for")
    shop.status(asked_for)
    shop.rendered(asked_for)
    assert shop.render.made == ["asked for"]


def test_equal_requests_are_rendered_once_and_have_files_of_their_own(shop: Shop) -> None:
    first, second = shop.accept(), shop.accept()
    for generation in (first, second):
        shop.rendered(generation)
    assert shop.render.made == ["a fox"]
    assert first.file != second.file
    assert first.id != second.id


def test_a_restart_loses_no_generation_and_renders_again_what_was_being_rendered(shop: Shop) -> None:
    shop.render.may.clear()
    generation = shop.accept()
    shop.status(generation)
    shop.render.fails = KeyboardInterrupt()  # type: ignore[assignment]  # stands for the process being killed
    shop.render.may.set()
    shop.close()
    shop.render.fails = None
    shop.open()
    shop.now += 60
    assert shop.status(generation) is Status.GENERATING
    shop.rendered(generation)
    assert shop.status(generation) is Status.COMPLETED
    assert [post["generation_id"] for post in shop.generations.posts()] == [generation.id]


def test_a_film_that_was_thinned_out_is_made_again_and_its_generation_stays_completed(shop: Shop) -> None:
    generations = [shop.accept(f"fox {number}") for number in range(4)]
    shop.now += 60
    for generation in generations:
        shop.rendered(generation)
        assert shop.status(generation) is Status.COMPLETED
    assert len([*(shop.data / "films").glob("*.mp4")]) == 2
    assert all(shop.status(generation) is Status.COMPLETED for generation in generations)
    again = shop.films.fetch(generations[0].plan)
    assert again.read_text() == "fox 0"
    assert shop.render.made.count("fox 0") == 2


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(28, "No space left on device"), "No space left on device"),
        (ValueError("secret"), "ValueError"),
    ],
)
def test_a_film_that_cannot_be_rendered_ends_in_an_error_with_a_reason(
    shop: Shop, error: Exception, reason: str
) -> None:
    shop.render.fails = error
    generation = shop.accept()
    work = shop.films.ask(generation.plan)
    assert work is not None
    assert work.exception(10) is error
    assert shop.status(generation) is Status.ERROR
    found = shop.generations.find(generation.id, generation.path)
    assert found is not None
    assert found.failure == reason
    assert not [*(shop.data / "films" / "making").iterdir()]


@pytest.mark.parametrize(
    ("path", "pattern"),
    [(UNIVERSAL, r"[A-Za-z0-9_-]{21}"), (OLDER, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:m")],
)
def test_ids_look_like_the_providers(shop: Shop, path: str, pattern: str) -> None:
    import re

    generation = shop.accept(post=Post(path=path, client_request_id=None, model="m", body=None))
    assert re.fullmatch(pattern, generation.id)


def test_a_generation_is_found_only_where_it_was_created(shop: Shop) -> None:
    generation = shop.accept()
    assert shop.generations.find(generation.id, UNIVERSAL) == generation
    assert shop.generations.find(generation.id, OLDER) is None
    assert shop.generations.find("nobody's", UNIVERSAL) is None


def test_every_post_is_counted_and_only_the_newest_are_kept(shop: Shop) -> None:
    shop.generations.refuse(POST, status=400)
    accepted = shop.accept()
    assert [(p["status"], p["generation_id"], p["body"]) for p in shop.generations.posts()] == [
        (400, None, {"model": "m"}),
        (200, accepted.id, {"model": "m"}),
    ]
    for _ in range(5):
        newest = shop.accept()
    posts = shop.generations.posts()
    assert len(posts) == 3
    assert posts[-1]["generation_id"] == newest.id


def test_a_fate_stays_and_only_a_passing_one_is_taken_back(shop: Shop) -> None:
    generation = shop.accept()
    shop.generations.doom(generation, "stuck")
    shop.generations.doom(generation, "no_video")
    found = shop.generations.find(generation.id, UNIVERSAL)
    assert found is not None
    assert found.fate == "stuck"
    shop.generations.release(["unknown_status"])
    assert shop.generations.find(generation.id, UNIVERSAL) == found
    shop.generations.release(["stuck"])
    assert shop.generations.find(generation.id, UNIVERSAL) == generation


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(OSError):
        Films(blocked / "films")
    with pytest.raises(OSError):
        Generations(blocked, films=Films(tmp_path / "films"))


@pytest.mark.parametrize("left_open", [True, False])
def test_a_create_that_cannot_be_written_is_not_kept_and_the_next_one_is(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, left_open: bool
) -> None:
    full = threading.Event()

    class Disk(sqlite3.Connection):
        """SQLite itself rolls back after some failures, and leaves the transaction open after others."""

        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            if sql == "COMMIT" and full.is_set():
                if not left_open:
                    super().execute("ROLLBACK")
                raise sqlite3.OperationalError("database or disk is full")
            return super().execute(sql, *values)

    shop.close()
    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Disk))
    shop.open()
    full.set()
    with pytest.raises(sqlite3.OperationalError, match="full"):
        shop.accept("lost")
    full.clear()
    kept = shop.accept("kept")
    assert [post["generation_id"] for post in shop.generations.posts()] == [kept.id]
