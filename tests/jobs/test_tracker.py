"""The tracker, driven turn by turn with a clock of its own; the last tests run its thread."""

import asyncio
import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from components.jobs import archive, sending, tracker
from components.jobs.expectation import Expectation, expectation
from components.jobs.job import Job, Order, State
from components.jobs.problems import PROBLEMS
from components.jobs.sides import Files
from components.jobs.store import Store, StoreError
from components.jobs.tracker import Tracker
from components.jobs.uploads import UPLOAD, UploadError
from components.provider.errors import (
    BadReply,
    Forbidden,
    InvalidRequest,
    KeyRejected,
    NoAnswer,
    NotFound,
    NotSent,
    OutOfCredits,
    ProviderError,
    RateLimited,
    ServerTrouble,
)
from tests.jobs.takes import FILM, Provider, Shelf, live, order, reply

URL = "http://127.0.0.1:1/1.mp4"
HOUR = 3600.0
FOX = order()
_clicks = itertools.count()


@dataclass
class World:
    """A store, a provider, an archive and a tracker, on a clock that only the test moves."""

    store: Store
    provider: Provider = field(default_factory=Provider)
    shelf: Shelf = field(default_factory=Shelf)
    now: float = 1_000_000.0
    reachable: bool = True
    in_flight: int = 8
    files: Files | None = None
    expected: Callable[[Order], Expectation | None] = lambda order: None

    def __post_init__(self) -> None:
        self.tracker = self.another_tracker()

    def another_tracker(self) -> Tracker:
        return Tracker(
            self.store,
            lambda job: self.provider if self.reachable else None,
            self.shelf,
            in_flight=self.in_flight,
            give_up=2 * HOUR,
            clock=lambda: self.now,
            random=lambda: 0.5,
            lease=60.0,
            files=self.files,
            expected=lambda order: self.expected(order),
        )

    def ask(self, count: int = 1, order: Order = FOX) -> list[Job]:
        return self.store.add([order] * count, token=f"click {next(_clicks)}", now=self.now)

    def turn(self, tracker: Tracker | None = None) -> int:
        return asyncio.run((tracker or self.tracker).turn())

    def until(self, job: Job, states: set[State], *, stride: float = 0.0) -> Job:
        """Lets time run to the next thing due, and takes turns, until the take is in one of `states`.

        Each turn comes `stride` seconds late, as on a machine that sleeps.
        """
        for _ in range(500):
            seen = self.see(job)
            if seen.state in states or seen.next_at is None:
                break
            self.now = max(self.now, seen.next_at) + stride
            self.turn()
        seen = self.see(job)
        assert seen.state in states, seen
        return seen

    def see(self, job: Job) -> Job:
        found = self.store.get(job.id)
        assert found is not None
        return found

    def sent(self, order: Order = FOX) -> Job:
        (job,) = self.ask(order=order)
        self.turn()
        job = self.see(job)
        assert job.state is State.QUEUED
        return job

    def due(self, job: Job) -> Job:
        self.now = max(self.now, self.see(job).next_at or self.now)
        self.turn()
        return self.see(job)


@pytest.fixture
def world(store: Store) -> World:
    return World(store)


ENDS = {State.COMPLETED, State.FAILED, State.UNKNOWN}


class TestTheWholeWay:
    def test_a_prompt_becomes_a_file(self, world: World) -> None:
        world.provider.looks = [
            reply("queued"),
            reply("generating"),
            reply("completed", URL, credits_used=2e6, usd_spent=1.0),
        ]
        (job,) = world.ask()
        asked = world.now
        job = world.until(job, ENDS)
        assert (job.state, job.problem, job.video, job.next_at) == (State.COMPLETED, None, FILM, None)
        assert (job.credits_used, job.usd_spent, job.remote_id) == (2e6, 1.0, "gen-1")
        assert job.sent == asked
        assert job.started is not None
        assert job.ready is not None
        assert job.ended is not None
        assert job.sent < job.started < job.ready <= job.ended
        assert world.provider.posted == [(job.order.path, job.order.body, job.id)]
        assert set(world.provider.looked) == {(job.order.path, "gen-1")}
        assert world.shelf.kept == [(job.id, URL, world.provider.origin)]

    def test_the_intent_is_in_the_store_before_the_request_goes_out(self, world: World) -> None:
        seen: list[State] = []

        def look_into_the_store() -> Any:
            seen.append(world.see(job).state)
            return reply("queued")

        world.provider.creates = [look_into_the_store]
        (job,) = world.ask()
        world.turn()
        assert seen == [State.SENDING]

    @pytest.mark.parametrize(("status", "state"), [("completed", State.ARCHIVING), ("error", State.FAILED)])
    def test_a_create_may_tell_the_end_at_once(self, world: World, status: str, state: State) -> None:
        world.provider.creates = [reply(status, URL if status == "completed" else None)]
        (job,) = world.ask()
        world.turn()
        assert world.see(job).state is state
        assert world.provider.looked == []

    def test_no_more_than_so_many_are_with_the_provider(self, store: Store) -> None:
        world = World(store, in_flight=3)
        world.provider.looks = [reply("generating")]
        world.ask(5)
        world.turn()
        assert len(world.provider.posted) == 3
        for _ in range(20):
            world.now += 20.0
            world.turn()
        assert len(world.provider.posted) == 3
        world.provider.looks = [reply("completed", URL)]
        for _ in range(5):
            world.now += 20.0
            world.turn()
        assert {job.state for job in store.page().jobs} == {State.COMPLETED}
        assert len({request_id for *_, request_id in world.provider.posted}) == 5

    def test_a_word_that_nobody_knows_is_pending_until_it_is_given_up(self, world: World) -> None:
        world.provider.looks = [reply("contemplating")]
        job = world.until(world.sent(), ENDS, stride=300)
        assert (job.state, job.problem) == (State.FAILED, "gave_up")
        assert job.sent is not None
        assert 2 * HOUR < world.now - job.sent < 2 * HOUR + 6 * 320
        assert "may still finish" in PROBLEMS["gave_up"].happened

    def test_a_take_that_was_given_up_can_be_looked_at_again(self, world: World) -> None:
        world.provider.looks = [reply("generating")]
        job = world.until(world.sent(), ENDS, stride=300)
        assert world.store.follow(job.id, world.now)
        assert world.due(job).followed
        world.provider.looks = [reply("completed", URL)]
        assert world.until(job, ENDS).state is State.COMPLETED

    def test_generating_is_never_taken_back(self, world: World) -> None:
        world.provider.looks = [reply("generating"), reply("queued")]
        job = world.sent()
        assert world.due(job).state is State.GENERATING
        assert world.due(job).state is State.GENERATING

    def test_cancelled_takes_are_not_sent(self, world: World) -> None:
        (job,) = world.ask()
        world.store.cancel(job.id, world.now)
        world.turn()
        assert world.provider.posted == []

    def test_what_is_being_looked_at_quietly_bumps_nothing(self, world: World) -> None:
        world.provider.looks = [reply("queued")]
        job = world.sent()
        before = world.store.revision()
        for _ in range(5):
            world.due(job)
        assert world.store.revision() == before


class TestSending:
    @pytest.mark.parametrize(
        ("error", "problem"),
        [
            (NoAnswer("cut off"), "lost_reply"),
            (BadReply("a page", raw="<html>"), "bad_reply"),
            (ServerTrouble("oops", status=500, raw="{}"), "server_trouble"),
            (ServerTrouble("gateway", status=524, raw="<html>"), "server_trouble"),
            (RuntimeError("a mistake of ours"), "bad_reply"),
        ],
        ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value,
    )
    def test_a_lost_reply_is_never_sent_again(self, world: World, error: Exception, problem: str) -> None:
        world.provider.creates = [error]
        (job,) = world.ask()
        for _ in range(10):
            world.turn()
            world.now += HOUR
        job = world.see(job)
        assert (job.state, job.problem, job.followed) == (State.UNKNOWN, problem, False)
        assert len(world.provider.posted) == 1
        if isinstance(error, ProviderError):
            assert (job.detail, job.raw) == (error.message, error.raw)

    @pytest.mark.parametrize(
        ("error", "problem"),
        [
            (InvalidRequest("bad duration", status=400, raw='{"message": 1}'), "invalid_request"),
            (KeyRejected("no", status=401), "key_rejected"),
            (Forbidden("plan", status=403), "forbidden"),
            (OutOfCredits("top up", status=403), "out_of_credits"),
            (NotFound("no such model", status=404), "unknown_model"),
        ],
        ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value,
    )
    def test_a_refusal_is_final_and_says_why(self, world: World, error: ProviderError, problem: str) -> None:
        world.provider.creates = [error]
        (job,) = world.ask()
        for _ in range(3):
            world.turn()
            world.now += HOUR
        job = world.see(job)
        assert (job.state, job.problem, job.detail, job.raw) == (
            State.FAILED,
            problem,
            error.message,
            error.raw,
        )
        assert len(world.provider.posted) == 1

    @pytest.mark.parametrize("error", [NotSent("no network"), RateLimited("slow down")])
    def test_what_was_surely_not_accepted_is_sent_later(self, world: World, error: ProviderError) -> None:
        world.provider.creates = [error, error, reply("queued")]
        (job,) = world.ask()
        world.turn()
        waiting = world.see(job)
        assert (waiting.state, waiting.sent, waiting.detail) == (State.WAITING, None, error.message)
        assert waiting.problem in ("no_connection", "rate_limited")
        assert waiting.next_at is not None
        assert waiting.next_at > world.now
        job = world.until(job, {State.QUEUED})
        assert (job.problem, job.detail, job.sent) == (None, "", world.now)
        assert len(world.provider.posted) == 3

    @pytest.mark.parametrize(("asked", "obeyed"), [(77.0, 77.0), (0.0, 1.0), (-5.0, 1.0), (1e12, HOUR)])
    def test_the_pause_that_the_provider_asks_for_is_kept(
        self, world: World, asked: float, obeyed: float
    ) -> None:
        world.provider.creates = [RateLimited("slow down", retry_after=asked)]
        (job,) = world.ask()
        world.turn()
        assert world.see(job).next_at == world.now + obeyed

    def test_who_is_asked_to_wait_does_not_send_the_others_meanwhile(self, world: World) -> None:
        world.provider.creates = [RateLimited("slow down", retry_after=50.0)]
        world.ask(3)
        for _ in range(4):
            world.turn()
            world.now += 10.0
        assert len(world.provider.posted) <= 3  # at most those that were on their way together
        (late,) = world.ask()
        world.turn()
        assert len(world.provider.posted) <= 3
        assert world.see(late).problem == "rate_limited"
        world.provider.creates = [reply("queued")]
        assert world.until(late, {State.QUEUED}).problem is None

    def test_a_take_waits_while_nobody_can_send_it(self, world: World) -> None:
        world.reachable = False
        (sandbox,), (paid,) = world.ask(), world.ask(order=live())
        world.turn()
        assert world.see(sandbox).problem == "sandbox_away"
        assert world.see(paid).problem == "no_key"
        world.reachable = True
        assert world.until(paid, {State.QUEUED}).problem is None

    def test_what_a_take_was_told_stays_while_nobody_can_send_it(self, world: World) -> None:
        world.provider.creates = [RateLimited("slow down", raw="{}")]
        (job,) = world.ask(order=live())
        world.turn()
        world.reachable = False
        job = world.due(job)
        assert (job.problem, job.detail, job.raw) == ("no_key", "", "{}")

    def test_what_a_take_was_told_stays_while_another_is_asked_to_wait(self, world: World) -> None:
        world.provider.creates = [NotSent("no network", raw="{}"), RateLimited("slow", retry_after=500)]
        (job,) = world.ask(order=live())
        world.turn()
        world.ask(order=live())
        world.turn()
        job = world.due(job)
        assert (job.problem, job.detail, job.raw) == ("rate_limited", "", "{}")

    def test_what_json_cannot_hold_is_not_sent(self, world: World) -> None:
        (job,) = world.ask(order=order(body={"prompt": "\ud800"}))
        world.turn()
        assert (world.see(job).state, world.see(job).problem) == (State.FAILED, "unsendable")
        assert world.provider.posted == []

    def test_an_acceptance_without_an_id_is_in_doubt(self, world: World) -> None:
        world.provider.creates = [reply("queued", id=None)]
        (job,) = world.ask()
        world.turn()
        assert (world.see(job).state, world.see(job).problem) == (State.UNKNOWN, "bad_reply")

    def test_an_id_is_kept_however_long_the_store_refuses(
        self, world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(sending, "STORE_PAUSES", (0.0,))
        settle, refusals = world.store.settle, iter(range(20))

        def refuse(job_id: str, who: str, **changes: Any) -> bool:
            if "remote_id" in changes and next(refusals, None) is not None:
                raise StoreError("The disk is full.")
            return settle(job_id, who, **changes)

        monkeypatch.setattr(world.store, "settle", refuse)
        assert world.sent().remote_id == "gen-1"
        assert len(world.provider.posted) == 1
        assert (
            sum("gen-1" in record.message for record in caplog.records) == 1
        )  # said once, in case it dies now

    def test_an_id_is_kept_when_another_thought_us_dead(self, world: World) -> None:
        other = world.another_tracker()

        def slow() -> Any:
            world.now += 61.0
            claimed = world.store.claim("other", now=world.now, lease=60.0, limit=9, in_flight=8)
            assert [job.state for job in claimed] == [State.SENDING]
            assert world.store.settle(
                claimed[0].id, "other", state=State.UNKNOWN, problem="stopped_while_sending"
            )
            return reply("queued")

        world.provider.creates = [slow]
        (job,) = world.ask()
        world.turn()
        assert (world.see(job).state, world.see(job).remote_id) == (State.QUEUED, "gen-1")
        world.turn(other)
        assert len(world.provider.posted) == 1

    def test_an_id_is_kept_while_another_has_yet_to_put_the_take_in_doubt(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sending, "STORE_PAUSES", (0.0,))

        def slow() -> Any:
            world.now += 61.0
            assert world.store.claim("other", now=world.now, lease=60.0, limit=9, in_flight=8)
            return reply("queued")

        attach, tries = world.store.attach, iter(range(3))

        def attach_at_last(*args: Any, **named: Any) -> bool:
            if next(tries, None) is None:
                world.store.settle(job.id, "other", state=State.UNKNOWN)
            return attach(*args, **named)

        monkeypatch.setattr(world.store, "attach", attach_at_last)
        world.provider.creates = [slow]
        (job,) = world.ask()
        world.turn()
        assert (world.see(job).state, world.see(job).remote_id) == (State.QUEUED, "gen-1")

    @pytest.mark.parametrize("fate", ["deleted", "failed"])
    def test_an_id_that_cannot_be_kept_stands_in_the_log(
        self, world: World, caplog: pytest.LogCaptureFixture, fate: str
    ) -> None:
        def slow() -> Any:
            world.now += 61.0
            world.store.claim("other", now=world.now, lease=60.0, limit=9, in_flight=8)
            world.store.settle(job.id, "other", state=State.FAILED)
            if fate == "deleted":
                assert world.store.delete(job.id)
            return reply("queued", id="x" * 512)

        world.provider.creates = [slow]
        (job,) = world.ask()
        world.turn()
        (told,) = [record for record in caplog.records if "x" * 512 in record.getMessage()]
        assert (told.levelname, job.id in told.getMessage()) == ("ERROR", True)

    def test_a_lease_that_ran_out_in_our_own_hands_is_taken_up_again(self, world: World) -> None:
        """As when a laptop sleeps in the middle of a create."""
        turns: list[int] = []

        class Slow(Provider):
            async def create(self, path: str, body: Any, *, request_id: str) -> Any:
                world.now += 61.0
                turns.append(await world.tracker.turn())
                return await super().create(path, body, request_id=request_id)

        world.provider = Slow()
        job = world.sent()
        assert turns == [0]
        assert job.remote_id == "gen-1"

    def test_what_died_while_sending_is_in_doubt(self, world: World) -> None:
        (job,) = world.ask()
        world.store.claim("dead", now=world.now, lease=60.0, limit=1, in_flight=8)
        world.store.settle(job.id, "dead", state=State.SENDING, sent=world.now)
        world.turn()
        assert world.see(job).state is State.SENDING  # it may be alive
        world.now += 60.0
        world.turn()
        assert (world.see(job).state, world.see(job).problem) == (State.UNKNOWN, "stopped_while_sending")
        assert world.provider.posted == []
        assert world.store.attach(job.id, "found", world.now)
        assert world.until(job, ENDS).state is State.COMPLETED
        assert world.provider.looked[0] == (job.order.path, "found")


class TestLooking:
    @pytest.mark.parametrize(
        "error",
        [
            NotSent("no network"),
            NoAnswer("cut off"),
            BadReply("a page"),
            ServerTrouble("oops", status=502),
            RateLimited("slow down"),
            InvalidRequest("what?", status=400),
            KeyRejected("no", status=401),
            Forbidden("no", status=403),
            NotFound("Inference not found", status=404),
        ],
        ids=lambda error: type(error).__name__,
    )
    def test_trouble_passes_and_is_said_meanwhile(self, world: World, error: ProviderError) -> None:
        world.provider.looks = [error, error, error, reply("generating"), reply("completed", URL)]
        job = world.sent()
        job = world.due(job)
        assert (job.state, job.detail) == (State.QUEUED, error.message)
        assert job.problem is not None
        assert PROBLEMS[job.problem]
        assert job.next_at is not None
        assert world.now < job.next_at <= world.now + 60
        assert world.until(job, {State.GENERATING}).problem is None
        assert world.until(job, ENDS).state is State.COMPLETED
        assert len(world.provider.posted) == 1

    def test_a_generation_that_stays_unknown_fails_after_some_minutes(self, world: World) -> None:
        world.provider.looks = [NotFound("Inference not found", status=404)]
        job = world.until(world.sent(live()), ENDS)
        assert (job.state, job.problem) == (State.FAILED, "unknown_generation")
        assert job.sent is not None
        assert 120 < world.now - job.sent < 600
        assert len(world.provider.looked) == 5

    def test_other_trouble_in_between_does_not_count_as_not_found(self, world: World) -> None:
        missing, oops = NotFound("no", status=404), ServerTrouble("oops", status=500)
        world.provider.looks = [
            missing,
            missing,
            missing,
            missing,
            oops,
            missing,
            missing,
            reply("completed", URL),
        ]
        assert world.until(world.sent(), ENDS).state is State.COMPLETED

    @pytest.mark.parametrize(
        ("error", "patience"),
        [
            (ServerTrouble("oops", status=500), 2 * HOUR),
            (BadReply("a page"), 2 * HOUR),
            (NotSent("no network"), 7 * 24 * HOUR),
            (KeyRejected("no", status=401), 7 * 24 * HOUR),
        ],
        ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
    )
    def test_it_is_given_up_at_last(self, world: World, error: ProviderError, patience: float) -> None:
        world.provider.looks = [error]
        job = world.sent()
        sent = world.now
        for _ in range(6):
            world.due(job)
        world.now = sent + patience - 1
        assert world.due(job).followed
        world.now = sent + patience + 61
        job = world.due(job)
        assert (job.state, job.problem) == (State.FAILED, "gave_up")

    @pytest.mark.parametrize(
        "answer",
        [
            ServerTrouble("oops", status=500),
            BadReply("a page"),
            InvalidRequest("what?", status=400),
            NotSent("no network"),
            reply("generating"),
        ],
        ids=lambda answer: type(answer).__name__,
    )
    def test_one_answer_after_a_long_sleep_gives_nothing_up(self, world: World, answer: Any) -> None:
        job = world.sent(live())
        world.now += 30 * 24 * HOUR
        world.provider.looks = [answer, answer, answer, answer, reply("completed", URL)]
        assert world.until(job, ENDS).state is State.COMPLETED

    @pytest.mark.parametrize("answer", [ServerTrouble("oops", status=500), reply("generating")])
    def test_the_same_answer_again_and_again_after_a_long_sleep_does(self, world: World, answer: Any) -> None:
        job = world.sent(live())
        world.now += 30 * 24 * HOUR
        world.provider.looks = [answer]
        job = world.until(job, ENDS)
        assert (job.state, job.problem, len(world.provider.looked)) == (State.FAILED, "gave_up", 5)

    def test_troubles_that_take_turns_are_counted_together(self, world: World) -> None:
        job = world.sent(live())
        world.now += 30 * 24 * HOUR
        troubles: list[Any] = [ServerTrouble("oops", status=500), BadReply("a page"), NoAnswer("cut off")]
        world.provider.looks = troubles * 20
        assert world.until(job, ENDS).problem == "gave_up"
        assert len(world.provider.looked) == 5

    def test_a_rejected_key_is_asked_with_slowly(self, world: World) -> None:
        world.provider.looks = [KeyRejected("no", status=401)]
        job = world.due(world.sent())
        assert job.next_at is not None
        assert job.next_at - world.now >= 30
        assert job.problem == "look_key_rejected"

    @pytest.mark.parametrize(
        ("failed", "problem", "detail"),
        [
            (reply("error", error_name="ContentPolicy", error_message="blocked"), "moderated", "blocked"),
            (
                reply("error", error_message="Could not detect a face"),
                "generation_failed",
                "Could not detect a face",
            ),
            (reply("failed", error_name="Odd"), "generation_failed", "Odd"),
            (reply("error", URL), "generation_failed", ""),
        ],
    )
    def test_a_failed_generation_ends_the_take(
        self, world: World, failed: Any, problem: str, detail: str
    ) -> None:
        world.provider.looks = [failed]
        job = world.until(world.sent(), ENDS)
        assert (job.state, job.problem, job.detail) == (State.FAILED, problem, detail)
        assert job.raw == failed.raw
        assert PROBLEMS[problem].charged.startswith("Not charged")
        assert world.shelf.kept == []

    def test_a_completed_generation_with_an_error_beside_it_is_completed(self, world: World) -> None:
        world.provider.looks = [reply("completed", URL, error_name="<name>", error_message="<message>")]
        assert world.until(world.sent(), ENDS).state is State.COMPLETED

    def test_completed_without_a_video_is_looked_at_again(self, world: World) -> None:
        world.provider.looks = [reply("completed"), reply("completed"), reply("completed", URL)]
        job = world.due(world.sent())
        assert (job.state, job.problem) == (State.GENERATING, "no_video_yet")
        assert world.until(job, ENDS).state is State.COMPLETED

    def test_completed_and_never_a_video_fails(self, world: World) -> None:
        world.provider.looks = [reply("completed")]
        job = world.until(world.sent(), ENDS)
        assert (job.state, job.problem) == (State.FAILED, "no_video")
        assert len(world.provider.looked) == 5

    def test_a_take_whose_key_is_gone_waits_and_is_not_given_up(self, world: World) -> None:
        job = world.sent(live())
        world.reachable = False
        world.now += 48 * HOUR
        assert world.due(job).problem == "no_key"
        world.reachable = True
        assert world.until(job, ENDS).state is State.COMPLETED

    def test_figures_once_known_are_not_forgotten(self, world: World) -> None:
        world.provider.creates = [reply("queued", credits_used=5.0)]
        world.provider.looks = [reply("generating", usd_spent=0.5), reply("completed", URL)]
        job = world.until(world.sent(), ENDS)
        assert (job.credits_used, job.usd_spent) == (5.0, 0.5)


class TestWhenToLook:
    def pauses(self, world: World, job: Job, seconds: float) -> list[tuple[float, float]]:
        """Of the looks so many seconds from now on: how long it had run, and how long until the next."""
        began = self.sent_at(job)
        found = []
        while world.now < began + seconds:
            job = world.due(job)
            assert job.next_at is not None
            found.append((world.now - began, job.next_at - world.now))
        return found

    def sent_at(self, job: Job) -> float:
        assert job.sent is not None
        return job.sent

    def test_a_take_is_looked_at_most_when_it_is_due(self, world: World) -> None:
        world.expected = lambda order: expectation([580.0, 590, 600, 610, 620], None)
        world.provider.looks = [reply("generating")]
        pauses = self.pauses(world, world.sent(live()), 2000)
        assert min(pause for ran, pause in pauses if 100 < ran < 300) > 20
        assert max(pause for ran, pause in pauses if 590 < ran < 640) < 8
        assert min(pause for ran, pause in pauses if ran > 1500) > 15
        assert len(pauses) < 2000 / 15  # fewer than the samples need

    def test_the_expectation_is_asked_for_the_order_each_time(self, world: World) -> None:
        asked: list[Order] = []

        def expected(order: Order) -> Expectation | None:
            asked.append(order)
            return None

        world.expected = expected
        world.provider.looks = [reply("queued"), reply("completed", URL)]
        job = world.until(world.sent(live(seconds=10)), ENDS)
        assert [(order.model, order.seconds) for order in asked] == [(job.order.model, 10)] * len(asked)
        assert len(asked) >= 2

    def test_an_answer_is_not_lost_where_the_expectation_cannot_be_told(self, world: World) -> None:
        def expected(order: Order) -> Expectation | None:
            raise StoreError("The database is busy.")

        world.expected = expected
        world.provider.looks = [reply("generating"), reply("completed", URL)]
        job = world.sent()
        assert job.remote_id == "gen-1"
        assert world.until(job, ENDS).state is State.COMPLETED

    def test_after_a_restart_the_time_since_it_was_sent_decides(self, world: World) -> None:
        world.expected = lambda order: expectation([580.0, 590, 600, 610, 620], None)
        world.provider.looks = [reply("generating")]
        job = world.due(world.sent(live()))
        began, planned = self.sent_at(job), job.next_at
        world.tracker = world.another_tracker()
        assert world.turn() == 0
        assert world.see(job).next_at == planned
        world.now = began + 600  # it was off for a while, and is back when the take is due
        world.turn()
        again = world.see(job).next_at
        assert again is not None
        assert 5 <= again - world.now < 8


class TestIdsThatWerePasted:
    def in_doubt(self, world: World) -> Job:
        world.provider.creates = [NoAnswer("cut off")]
        (job,) = world.ask(order=live())
        world.turn()
        return world.see(job)

    def test_a_wrong_one_can_be_corrected(self, world: World) -> None:
        job = self.in_doubt(world)
        assert world.store.attach(job.id, "gen-l", world.now)
        world.provider.looks = [NotFound("Inference not found", status=404)]
        job = world.until(job, ENDS)
        assert (job.state, job.problem) == (State.UNKNOWN, "wrong_id")
        assert (job.detail, job.remote_id, job.next_at) == ("Inference not found", None, None)
        assert job.ended == world.now
        world.provider.looks = [reply("completed", URL)]
        assert world.store.attach(job.id, "gen-1", world.now)
        assert world.until(job, ENDS).state is State.COMPLETED
        assert world.provider.looked[-1] == (job.order.path, "gen-1")

    def test_one_that_was_answered_for_is_no_longer_taken_for_wrong(self, world: World) -> None:
        job = self.in_doubt(world)
        assert world.store.attach(job.id, "gen-1", world.now)
        missing = NotFound("Inference not found", status=404)
        world.provider.looks = [reply("generating"), missing]
        job = world.until(job, ENDS)
        assert (job.state, job.problem, job.remote_id) == (State.FAILED, "unknown_generation", "gen-1")


class TestArchiving:
    def test_a_video_of_the_sandbox_waits_while_the_sandbox_starts(self, world: World) -> None:
        world.shelf.outcomes = [archive.DiskFull("no room"), FILM]
        job = world.until(world.sent(), {State.ARCHIVING})
        raw = world.due(job).raw
        world.reachable = False
        for _ in range(8):
            job = world.due(job)
            assert (job.state, job.problem, job.raw) == (State.ARCHIVING, "sandbox_away", raw)
        assert len(world.shelf.kept) == 1
        world.reachable = True
        assert world.until(job, ENDS).state is State.COMPLETED

    def test_a_sandbox_that_moved_is_asked_for_the_address_before_anything_is_downloaded(
        self, world: World
    ) -> None:
        job = world.until(world.sent(), {State.ARCHIVING})
        world.provider.origin = "http://127.0.0.1:2"
        moved = "http://127.0.0.1:2/1.mp4"
        world.provider.looks = [NoAnswer("not yet"), reply("queued"), reply("completed", moved)]
        assert (world.due(job).state, world.see(job).problem) == (State.ARCHIVING, "look_no_answer")
        assert (world.due(job).state, world.see(job).problem) == (State.ARCHIVING, "no_download")
        assert world.shelf.kept == []
        assert world.until(job, ENDS).state is State.COMPLETED
        assert world.shelf.kept == [(job.id, moved, "http://127.0.0.1:2")]

    def test_one_download_that_fails_after_a_long_sleep_is_tried_again(self, world: World) -> None:
        job = world.until(world.sent(live()), {State.ARCHIVING})
        world.now += 48 * HOUR
        world.shelf.outcomes = [archive.NoDownload("no network"), FILM]
        assert world.until(job, ENDS).state is State.COMPLETED

    @pytest.mark.parametrize(
        ("error", "problem", "tries"),
        [
            (archive.FileGone(403), "file_gone", 6),
            (archive.NotAVideo("no"), "not_a_video", 3),
            (archive.CutOff("no"), "cut_off", 3),
            (archive.TooLarge("no"), "too_large", 2),
            (archive.UnsafeAddress("no"), "unsafe_address", 2),
        ],
    )
    def test_what_cannot_be_kept_is_tried_again_then_fails(
        self, world: World, error: Exception, problem: str, tries: int
    ) -> None:
        world.shelf.outcomes = [error]
        job = world.until(world.sent(), ENDS)
        assert (job.state, job.problem, job.detail) == (State.FAILED, problem, str(error))
        assert len(world.shelf.kept) == tries
        assert job.video is None
        assert world.store.follow(job.id, world.now)  # the provider has it still
        world.shelf.outcomes = [FILM]
        assert world.until(job, ENDS).state is State.COMPLETED

    def test_each_try_but_the_first_asks_for_the_address_anew(self, world: World) -> None:
        moved = "http://127.0.0.1:1/moved.mp4"
        world.shelf.outcomes = [archive.FileGone(404), archive.NoDownload("cut off"), FILM]
        world.provider.looks = [reply("completed", URL), reply("completed", moved), NoAnswer("no")]
        job = world.until(world.sent(), ENDS)
        assert [url for _, url, _ in world.shelf.kept] == [URL, moved, moved]
        assert job.video_url == moved

    def test_a_file_host_that_is_away_is_tried_for_a_day(self, world: World) -> None:
        world.shelf.outcomes = [archive.NoDownload("503")]
        job = world.until(world.sent(), ENDS, stride=1800)
        assert (job.state, job.problem) == (State.FAILED, "no_download")
        assert job.ready is not None
        assert 24 * HOUR < world.now - job.ready < 25 * HOUR

    def test_a_full_disk_loses_nothing_however_long_it_lasts(self, world: World) -> None:
        world.shelf.outcomes = [archive.DiskFull("no room")]
        job = world.until(world.sent(), {State.ARCHIVING})
        for _ in range(50):
            job = world.due(job)
            assert (job.state, job.problem) == (State.ARCHIVING, "disk_full")
        world.now += 90 * 24 * HOUR
        assert world.due(job).problem == "disk_full"
        world.shelf.outcomes = [FILM]
        assert world.until(job, ENDS).state is State.COMPLETED

    def test_a_video_is_kept_also_when_the_key_is_gone(self, world: World) -> None:
        world.shelf.outcomes = [archive.NoDownload("cut off"), FILM]
        job = world.until(world.sent(live()), {State.ARCHIVING})
        world.reachable = False
        assert world.until(job, ENDS).state is State.COMPLETED
        assert world.shelf.kept[-1][2] == job.order.base_url


class TestMistakes:
    def test_a_mistake_of_ours_loses_no_take_and_tells_no_secret(
        self, world: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        world.shelf.outcomes = [RuntimeError("https://files.example/?token=secret"), FILM]
        job = world.until(world.sent(), {State.ARCHIVING})
        with caplog.at_level(logging.DEBUG):
            job = world.due(job)
        assert (job.state, job.problem) == (State.ARCHIVING, "internal")
        assert "secret" not in caplog.text
        assert "RuntimeError in keep (takes.py:" in caplog.text
        assert world.until(job, ENDS).state is State.COMPLETED

    def test_a_mistake_that_stays_ends_after_a_day(self, world: World) -> None:
        world.shelf.outcomes = [RuntimeError("always")]
        job = world.until(world.sent(), ENDS, stride=HOUR / 6)  # else some 400 tries
        assert (job.state, job.problem) == (State.FAILED, "internal")
        assert job.ready is not None
        assert 24 * HOUR < world.now - job.ready < 25 * HOUR

    def test_a_store_that_refuses_in_a_step_loses_no_take(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        job = world.sent()

        def refuse(*_: object, **__: object) -> bool:
            raise StoreError("The database is busy.")

        with monkeypatch.context() as patch:
            patch.setattr(world.store, "settle", refuse)
            world.due(job)
        assert world.see(job).state is State.QUEUED
        assert world.until(job, ENDS).state is State.COMPLETED


def wait_until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    """Waits for a condition that another thread brings about."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)


class PutIn:
    """Pretends to be the uploads: every body becomes `whole`, or is refused in a sentence."""

    def __init__(self, whole: dict[str, Any] | str) -> None:
        self.whole = whole
        self.asked: list[tuple[dict[str, Any], str]] = []

    def expand(self, body: dict[str, Any], owner: str) -> dict[str, Any]:
        self.asked.append((body, owner))
        if isinstance(self.whole, str):
            raise UploadError(self.whole)
        return self.whole


class TestFiles:
    WITH_FILE = order(body={"model": "maker/model", "images": [{"url": UPLOAD + "0" * 32}]})

    def world(self, store: Store, files: Files | None) -> World:
        return World(store, files=files)

    def test_a_request_goes_out_with_its_files_and_is_kept_with_their_references(self, store: Store) -> None:
        files = PutIn({"model": "maker/model", "images": [{"url": "data:image/png;base64,AA=="}]})
        world = self.world(store, files)
        (job,) = world.ask(order=self.WITH_FILE)
        job = world.until(job, ENDS)
        assert job.state is State.COMPLETED
        assert files.asked == [(self.WITH_FILE.body, "ann")]
        assert world.provider.posted == [(job.order.path, files.whole, job.id)]
        assert job.order.body == self.WITH_FILE.body

    def test_a_request_without_files_is_sent_as_it_is(self, store: Store) -> None:
        files = PutIn("never asked")
        world = self.world(store, files)
        assert world.due(world.ask()[0]).state is State.QUEUED
        assert not files.asked

    @pytest.mark.parametrize("files", [PutIn("The file is no longer there."), None])
    def test_without_its_file_nothing_is_sent(self, store: Store, files: PutIn | None) -> None:
        world = self.world(store, files)
        (job,) = world.ask(order=self.WITH_FILE)
        job = world.until(job, ENDS)
        assert (job.state, job.problem, job.sent) == (State.FAILED, "upload_gone", None)
        assert job.detail == (files.whole if files else "There are no uploads here.")
        assert not world.provider.posted

    def test_a_take_that_is_called_off_while_its_files_are_read_is_not_sent(self, store: Store) -> None:
        class CalledOff(PutIn):
            def expand(self, body: dict[str, Any], owner: str) -> dict[str, Any]:
                assert store.cancel(job.id, 0.0)
                return super().expand(body, owner)

        world = self.world(store, CalledOff({}))
        (job,) = world.ask(order=self.WITH_FILE)
        world.turn()
        assert world.see(job).state is State.CANCELLED
        assert not world.provider.posted

    def test_few_requests_with_files_are_in_memory_at_once(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world = self.world(store, PutIn({"model": "m"}))
        at_once, most = 0, 0

        async def create(path: str, body: Any, *, request_id: str) -> Any:
            nonlocal at_once, most
            at_once += 1
            most = max(most, at_once)
            await asyncio.sleep(0)
            at_once -= 1
            return reply("queued", id=request_id)

        monkeypatch.setattr(world.provider, "create", create)
        jobs = world.ask(6, order=self.WITH_FILE)
        world.turn()
        assert {world.see(job).state for job in jobs} == {State.QUEUED}
        assert most <= 2


class TestThread:
    """The tracker as it runs: its own thread, its own loop, the real clock."""

    @pytest.fixture
    def provider(self) -> Provider:
        return Provider()

    @pytest.fixture
    def run(self, store: Store, provider: Provider) -> Iterator[Callable[..., Tracker]]:
        started: list[Tracker] = []

        def start(archive: Any = None, lease: float = 60.0) -> Tracker:
            running = Tracker(
                store, lambda job: provider, archive or Shelf(), in_flight=8, give_up=HOUR, lease=lease
            )
            running.start()
            started.append(running)
            return running

        yield start
        for running in started:
            running.stop()

    def test_a_woken_tracker_follows_fifty_takes_to_the_end(
        self, store: Store, provider: Provider, run: Callable[..., Tracker]
    ) -> None:
        tracker = run()
        jobs = store.add([order()] * 50, token="t", now=0.0)
        tracker.wake()
        wait_until(lambda: not store.busy())
        assert {job.state for job in store.page(limit=50).jobs} == {State.COMPLETED}
        assert sorted(request_id for *_, request_id in provider.posted) == sorted(job.id for job in jobs)

    def test_it_clears_away_at_the_start_and_a_failure_there_ends_nothing(
        self, store: Store, provider: Provider
    ) -> None:
        tidied = threading.Event()

        def tidy() -> None:
            tidied.set()
            raise StoreError("The disk is gone.")

        tracker = Tracker(store, lambda job: provider, Shelf(), in_flight=8, give_up=HOUR, tidy=tidy)
        tracker.start()
        try:
            assert tidied.wait(10)
            store.add([order()], token="t", now=0.0)
            tracker.wake()
            wait_until(lambda: not store.busy())
        finally:
            tracker.stop()

    def test_a_stopped_tracker_closes_its_clients_and_can_be_stopped_twice(
        self, store: Store, provider: Provider, run: Callable[..., Tracker]
    ) -> None:
        tracker = run()
        store.add([order()], token="t", now=0.0)
        tracker.wake()
        wait_until(lambda: provider.posted)
        tracker.stop()
        assert provider.closed == 1
        tracker.stop()
        tracker.wake()  # a page that did not notice

    def test_a_create_under_way_is_waited_for_when_it_stops(
        self, store: Store, run: Callable[..., Tracker], provider: Provider
    ) -> None:
        begun = threading.Event()

        async def create(path: str, body: Any, *, request_id: str) -> Any:
            begun.set()
            await asyncio.sleep(0.3)
            return reply("queued")

        provider.create = create  # type: ignore[method-assign]  # a slow one
        tracker = run()
        (job,) = store.add([order()], token="t", now=time.time())
        tracker.wake()
        assert begun.wait(10)
        tracker.stop()
        found = store.get(job.id)
        assert found is not None
        assert (found.state, found.remote_id) == (State.QUEUED, "gen-1")

    def test_a_create_that_does_not_end_is_in_doubt_when_it_stops(
        self, store: Store, run: Callable[..., Tracker], provider: Provider, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tracker, "_GRACE", 0.1)
        begun = threading.Event()

        async def create(path: str, body: Any, *, request_id: str) -> Any:
            begun.set()
            await asyncio.Event().wait()

        provider.create = create  # type: ignore[method-assign]  # one that never answers
        running = run()
        (job,) = store.add([order()], token="t", now=0.0)
        running.wake()
        assert begun.wait(10)
        running.stop()
        found = store.get(job.id)
        assert found is not None
        assert (found.state, found.problem) == (State.UNKNOWN, "stopped_while_sending")

    def test_a_download_under_way_is_taken_up_at_once_by_the_next(
        self, store: Store, run: Callable[..., Tracker]
    ) -> None:
        begun = threading.Event()

        class Endless:
            async def keep(self, job_id: str, url: str, *, trusted_origin: str) -> Any:
                begun.set()
                await asyncio.Event().wait()

        first = run(Endless(), 600.0)
        (job,) = store.add([order()], token="t", now=0.0)
        first.wake()
        assert begun.wait(10)
        first.stop()
        run(Shelf(), 600.0)
        wait_until(lambda: not store.busy())
        found = store.get(job.id)
        assert found is not None
        assert found.state is State.COMPLETED

    def test_a_step_that_takes_longer_than_its_lease_keeps_it(
        self, store: Store, run: Callable[..., Tracker], tmp_path: Path
    ) -> None:
        end = time.monotonic() + 1.5

        class Slow(Shelf):
            async def keep(self, job_id: str, url: str, *, trusted_origin: str) -> Any:
                while time.monotonic() < end:  # noqa: ASYNC110  it stands for a long download
                    await asyncio.sleep(0.05)
                return await super().keep(job_id, url, trusted_origin=trusted_origin)

        slow = Slow()
        run(slow, 0.6)
        run(slow, 0.6)
        store.add([order()], token="t", now=0.0)
        wait_until(lambda: not store.busy() and slow.kept)
        assert len(slow.kept) == 1

    def test_a_store_that_refuses_for_a_while_does_not_end_the_tracker(
        self, store: Store, run: Callable[..., Tracker], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tracker, "STORE_PAUSES", (0.01,))
        claim, refusals = store.claim, iter([StoreError("busy"), StoreError("busy"), ZeroDivisionError()])

        def refuse(*args: Any, **named: Any) -> list[Job]:
            if error := next(refusals, None):
                raise error
            return claim(*args, **named)

        monkeypatch.setattr(store, "claim", refuse)
        run()
        store.add([order()], token="t", now=0.0)
        wait_until(lambda: not store.busy())
        assert next(refusals, None) is None
        assert store.page().jobs[0].state is State.COMPLETED
