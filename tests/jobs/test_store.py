import itertools
import json
import re
import sqlite3
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule
from sqlalchemy import event

from components.jobs.database import sentence_for, writing
from components.jobs.job import BUILT_IN, Destination, Job, State
from components.jobs.store import DATABASE, MOST_SHOTS, Store, StoreError
from components.storyboard import storyboard
from tests.jobs.takes import FILM, order

_clicks = itertools.count()

ANY_CHARACTER = st.characters(codec=None)  # halves of characters too


def ask(store: Store, count: int = 1, *, now: float = 0.0, **changes: Any) -> list[Job]:
    return store.add([order(**changes)] * count, token=f"click {next(_clicks)}", now=now)


def claim(
    store: Store, who: str = "me", *, now: float = 0.0, limit: int = 100, in_flight: int = 8
) -> list[Job]:
    return store.claim(who, now=now, lease=60.0, limit=limit, in_flight=in_flight)


def bring(store: Store, state: State, **changes: Any) -> Job:
    """A take in `state`, with nobody's lease on it."""
    job = ask(store, **changes)[0]
    claim(store, "bring")
    given: dict[str, Any] = {"state": state, "next_at": 0.0, "remote_id": f"gen of {job.id}"}
    assert store.settle(job.id, "bring", **given)
    return again(store, job)


def again(store: Store, job: Job) -> Job:
    found = store.get(job.id)
    assert found is not None
    return found


class TestAdding:
    def test_a_take_waits_to_be_sent_at_once(self, store: Store) -> None:
        (job,) = ask(store, now=7.0)
        assert (job.state, job.created, job.next_at, job.followed) == (State.WAITING, 7.0, 7.0, True)
        assert job.order == order()
        assert store.get(job.id) == job

    def test_the_same_click_makes_its_takes_once(self, store: Store) -> None:
        first = store.add([order()] * 4, token="t", now=1.0)
        assert store.add([order()] * 4, token="t", now=2.0) == first
        assert store.add([order(prompt="another")], token="t", now=2.0) == first
        assert len(store.page().jobs) == 4

    def test_two_pages_that_send_the_same_click_at_the_same_moment_make_it_once(self, store: Store) -> None:
        made: list[list[Job]] = []
        start = threading.Barrier(4)

        def click() -> None:
            start.wait()
            made.append(store.add([order()] * 2, token="t", now=1.0))

        threads = [threading.Thread(target=click) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert made == [made[0]] * 4
        assert len(store.page().jobs) == 2

    def test_nothing_asked_for_changes_nothing(self, store: Store) -> None:
        before = store.revision()
        assert store.add([], token="t", now=0.0) == []
        assert store.revision() == before

    def test_a_take_is_in_the_file_when_add_returns(self, store: Store, tmp_path: Path) -> None:
        (job,) = ask(store)
        with sqlite3.connect(tmp_path / "data" / DATABASE) as other:
            assert other.execute("select state from job where id = ?", [job.id]).fetchall() == [("waiting",)]
            assert other.execute("pragma journal_mode").fetchone() == ("wal",)

    def test_a_body_comes_back_as_it_was_given(self, store: Store) -> None:
        scalars = (
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(ANY_CHARACTER)
        )

        @settings(max_examples=60, deadline=None)
        @given(
            st.dictionaries(st.text(ANY_CHARACTER), scalars | st.lists(st.dictionaries(st.text(), scalars)))
        )
        def check(body: dict[str, Any]) -> None:
            (job,) = ask(store, body=body, defaults=body, board=body)
            found = again(store, job).order
            assert json.dumps(found.board) == json.dumps(body)
            assert json.dumps(found.body) == json.dumps(body)  # the order of the keys too
            assert json.dumps(found.defaults) == json.dumps(body)

        check()

    @pytest.mark.parametrize(
        "prompt", ["<script>alert(1)</script>", "\0", "مرحبا", "🦊", "' or 1=1 --", "a\nb"]
    )
    def test_a_prompt_comes_back_as_it_was_typed(self, store: Store, prompt: str) -> None:
        (job,) = ask(store, prompt=prompt)
        assert again(store, job).order.prompt == prompt

    def test_half_a_character_does_not_break_the_store(self, store: Store) -> None:
        (job,) = ask(store, prompt="a \ud800 b")
        assert again(store, job).order.prompt == "a ? b"
        claim(store)
        assert store.settle(job.id, "me", detail="\udfff", raw="\ud800")
        assert again(store, job).detail == "?"


class TestPages:
    def test_newest_first_and_both_ways_without_gaps(self, store: Store) -> None:
        seqs = [job.seq for job in reversed(ask(store, 10))]
        first = store.page(limit=4)
        assert ([job.seq for job in first.jobs], first.newer) == (seqs[:4], None)
        second = store.page(before=first.older, limit=4)
        assert [job.seq for job in second.jobs] == seqs[4:8]
        third = store.page(before=second.older, limit=4)
        assert ([job.seq for job in third.jobs], third.older) == (seqs[8:], None)
        assert store.page(after=third.newer, limit=4) == second
        assert store.page(after=second.newer, limit=4).jobs == first.jobs
        assert store.page(after=second.newer, limit=4).newer is None

    def test_a_page_that_ends_exactly_leads_nowhere(self, store: Store) -> None:
        ask(store, 4)
        page = store.page(limit=4)
        assert (len(page.jobs), page.newer, page.older) == (4, None, None)

    def test_takes_of_others_are_left_out_and_lead_nowhere(self, store: Store) -> None:
        ask(store, owner="bob")
        mine = ask(store, 2, owner="ann")
        ask(store, owner="bob")
        page = store.page(owner="ann", limit=1)
        assert ([job.id for job in page.jobs], page.newer) == ([mine[1].id], None)
        page = store.page(owner="ann", limit=1, before=page.older)
        assert ([job.id for job in page.jobs], page.older) == ([mine[0].id], None)

    def test_an_empty_store_has_an_empty_page(self, store: Store) -> None:
        assert store.page().jobs == ()
        assert store.page(before=5).older is None

    def test_a_cursor_of_deleted_takes_still_leads_back(self, store: Store) -> None:
        jobs = ask(store, 3)
        store.cancel(jobs[0].id, 1.0)
        store.delete(jobs[0].id)
        empty = store.page(before=jobs[1].seq)
        assert (empty.jobs, empty.older) == ((), None)
        assert [job.id for job in store.page(after=empty.newer).jobs] == [jobs[2].id, jobs[1].id]

    @pytest.mark.parametrize("number", [-5, 0, 10**30])
    def test_any_number_in_a_link_gives_a_page(self, store: Store, number: int) -> None:
        ask(store, 2)
        assert len(store.page(before=number).jobs) in (0, 2)
        assert len(store.page(after=number).jobs) in (0, 2)

    @pytest.mark.parametrize("job_id", ["", "x", "../../etc/passwd", "\ud800", "A" * 32, "0" * 31, "0" * 32])
    def test_an_id_that_no_take_has_finds_none(self, store: Store, job_id: str) -> None:
        assert store.get(job_id) is None

    def test_a_state_from_another_version_is_refused_in_a_sentence(
        self, store: Store, tmp_path: Path
    ) -> None:
        (job,) = ask(store)
        with sqlite3.connect(tmp_path / "data" / DATABASE) as other:
            other.execute("update job set state = 'dreaming'")
        with pytest.raises(StoreError, match="another version"):
            store.get(job.id)
        assert claim(store) == []  # and does not stop the others


class TestClaiming:
    def test_a_claim_is_a_lease(self, store: Store) -> None:
        (job,) = ask(store)
        assert [got.id for got in claim(store, "one", now=0.0)] == [job.id]
        assert claim(store, "two", now=59.0) == []
        assert [got.id for got in claim(store, "two", now=60.0)] == [job.id]
        assert not store.settle(job.id, "one", state=State.SENDING)
        assert store.settle(job.id, "two", state=State.SENDING)

    def test_a_renewed_lease_holds_longer(self, store: Store) -> None:
        (job,) = ask(store)
        claim(store, "one")
        assert store.renew(job.id, "one", until=200.0)
        assert not store.renew(job.id, "two", until=900.0)
        assert claim(store, "two", now=199.0) == []
        assert claim(store, "two", now=200.0)

    def test_waiting_takes_go_out_oldest_first_and_only_so_many(self, store: Store) -> None:
        jobs = ask(store, 5)
        assert [job.id for job in claim(store, "one", in_flight=2)] == [jobs[0].id, jobs[1].id]
        assert claim(store, "two", in_flight=2) == []  # those two are about to go
        assert store.settle(jobs[0].id, "one", state=State.SENDING)
        assert store.settle(jobs[1].id, "one", state=State.QUEUED, next_at=50.0)
        assert claim(store, "two", in_flight=2) == []
        assert store.settle(jobs[0].id, "one", state=State.FAILED)
        assert [job.id for job in claim(store, "two", in_flight=2)] == [jobs[2].id]

    def test_an_unfollowed_take_makes_room(self, store: Store) -> None:
        sent = bring(store, State.GENERATING)
        (job,) = ask(store)
        assert [got.id for got in claim(store, in_flight=1)] == [sent.id]
        assert store.unfollow(sent.id)
        assert [got.id for got in claim(store, in_flight=1)] == [job.id]

    def test_archiving_takes_leave_room(self, store: Store) -> None:
        bring(store, State.ARCHIVING)
        ask(store)
        assert len(claim(store, in_flight=1)) == 2

    def test_a_base_url_that_is_full_does_not_hold_up_another(self, store: Store) -> None:
        ask(store, 3)
        (elsewhere,) = ask(store, base_url="https://b.example", destination=Destination.LIVE)
        got = claim(store, in_flight=1)
        assert [job.order.base_url for job in got] == [BUILT_IN, "https://b.example"]
        assert got[1].id == elsewhere.id

    def test_a_limit_counts_all(self, store: Store) -> None:
        followed = bring(store, State.QUEUED)
        ask(store, 5)
        assert [job.id for job in claim(store, limit=1)] == [followed.id]
        assert len(claim(store, limit=2)) == 2

    def test_what_is_not_due_rests(self, store: Store) -> None:
        ask(store, now=10.0)
        assert claim(store, now=9.9) == []
        assert len(claim(store, now=10.0)) == 1

    def test_two_stores_that_claim_at_once_never_claim_the_same(self, store: Store, tmp_path: Path) -> None:
        asked = {job.id for job in ask(store, 200)}
        got: list[str] = []
        start = threading.Barrier(3)

        def worker(name: str) -> None:
            mine = Store(tmp_path / "data")
            start.wait()
            while jobs := mine.claim(name, now=1.0, lease=60.0, limit=7, in_flight=1000):
                got.extend(job.id for job in jobs)
            mine.close()

        threads = [threading.Thread(target=worker, args=(f"w{n}",)) for n in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(got) == 200
        assert set(got) == asked


class TestSettling:
    def test_naming_the_next_time_ends_the_lease(self, store: Store) -> None:
        (job,) = ask(store)
        claim(store, "one")
        assert store.settle(job.id, "one", state=State.SENDING, sent=3.0)
        assert store.settle(job.id, "one", state=State.QUEUED, remote_id="r", next_at=9.0)
        assert not store.settle(job.id, "one", state=State.GENERATING)
        job = again(store, job)
        assert (job.state, job.sent, job.remote_id, job.next_at) == (State.QUEUED, 3.0, "r", 9.0)

    @pytest.mark.parametrize("state", [State.COMPLETED, State.FAILED, State.UNKNOWN])
    def test_what_has_ended_is_not_followed(self, store: Store, state: State) -> None:
        (job,) = ask(store)
        claim(store)
        assert store.settle(job.id, "me", state=state, video=FILM, ended=5.0)
        job = again(store, job)
        assert (job.next_at, job.followed, job.video, job.ended) == (None, False, FILM, 5.0)
        assert not store.busy()
        assert claim(store, now=1e9) == []

    def test_what_was_asked_for_can_never_be_changed(self, store: Store) -> None:
        (job,) = ask(store)
        claim(store)
        for name in ("body", "owner", "id", "base_url", "lease_by", "path"):
            with pytest.raises(ValueError, match=name):
                store.settle(job.id, "me", **{name: "x"})


ALLOWED = {
    "cancel": {State.WAITING},
    "unfollow": {State.QUEUED, State.GENERATING},
    "attach": {State.UNKNOWN},
    "delete": {State.COMPLETED, State.FAILED, State.UNKNOWN, State.CANCELLED},
    "follow": {State.FAILED},
}


class TestPeople:
    @pytest.mark.parametrize("state", State)
    @pytest.mark.parametrize("wish", ALLOWED)
    def test_a_wish_is_granted_only_where_it_makes_sense(self, store: Store, wish: str, state: State) -> None:
        job = bring(store, state)
        before = store.revision()
        wishes: dict[str, Callable[[], object]] = {
            "cancel": lambda: store.cancel(job.id, 5.0),
            "unfollow": lambda: store.unfollow(job.id),
            "attach": lambda: store.attach(job.id, "found", 5.0),
            "delete": lambda: store.delete(job.id),
            "follow": lambda: store.follow(job.id, 5.0),
        }
        granted = wishes[wish]()
        assert bool(granted) == (state in ALLOWED[wish])
        assert (store.revision() > before) == bool(granted)
        if not granted:
            assert again(store, job) == job

    def test_a_take_that_is_called_off_just_before_it_goes_out_stays_here(self, store: Store) -> None:
        (job,) = ask(store)
        claim(store, "tracker")
        assert store.cancel(job.id, 5.0)
        assert not store.settle(job.id, "tracker", state=State.SENDING)
        assert (again(store, job).state, again(store, job).ended) == (State.CANCELLED, 5.0)

    def test_an_unfollowed_take_keeps_its_state_and_can_be_followed_again(self, store: Store) -> None:
        job = bring(store, State.GENERATING)
        claim(store, "tracker")
        assert store.unfollow(job.id)
        assert not store.settle(job.id, "tracker", state=State.ARCHIVING, next_at=0.0)
        assert (again(store, job).state, again(store, job).followed) == (State.GENERATING, False)
        assert store.follow(job.id, 9.0)
        assert (again(store, job).next_at, again(store, job).followed_since) == (9.0, 9.0)

    def test_an_unfollowed_take_can_be_deleted_and_comes_back_for_its_files(self, store: Store) -> None:
        job = bring(store, State.QUEUED)
        assert store.delete(job.id) is None
        store.unfollow(job.id)
        gone = store.delete(job.id)
        assert gone is not None
        assert gone.id == job.id
        assert store.get(job.id) is None

    def test_a_failure_before_the_provider_accepted_it_cannot_be_looked_at_again(self, store: Store) -> None:
        (job,) = ask(store)
        claim(store)
        store.settle(job.id, "me", state=State.FAILED)
        assert not store.follow(job.id, 5.0)

    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ("  gen-9\n", "gen-9"),
            ("-_x:maker/model/text", "-_x:maker/model/text"),
            ("x" * 512, "x" * 512),
            ("x" * 513, None),
            ("", None),
            ("  \n", None),
            ("a\nb", None),
            ("a\0b", None),
            ("a\ud800b", None),
        ],
    )
    def test_a_pasted_id_is_taken_or_left(self, store: Store, given: str, kept: str | None) -> None:
        (job,) = ask(store)
        claim(store)
        store.settle(job.id, "me", state=State.UNKNOWN, problem="lost_reply", ended=1.0)
        assert store.attach(job.id, given, 5.0) == (kept is not None)
        job = again(store, job)
        assert (job.state, job.remote_id) == ((State.QUEUED, kept) if kept else (State.UNKNOWN, None))
        if kept:
            assert (job.problem, job.ended, job.next_at) == (None, None, 5.0)

    def test_an_id_that_another_take_has_is_left(self, store: Store) -> None:
        bring(store, State.COMPLETED, destination=Destination.SANDBOX)
        first = store.page().jobs[0]
        here = bring(store, State.UNKNOWN)
        there = bring(store, State.UNKNOWN, destination=Destination.LIVE)
        assert first.remote_id is not None
        assert not store.attach(here.id, first.remote_id, 5.0)
        assert store.attach(there.id, first.remote_id, 5.0)


class TestRowsThatCannotBeRead:
    """As another version of the app, or a bad disk, may have left them."""

    @pytest.fixture(
        params=[
            "destination = 'moon'",
            "video = '{\"stars\": 5}'",
            "body = '{'",
            "body = '[]'",
            "defaults = '1'",
            "body = '{\"a\":' || replace(hex(zeroblob(101)), '00', '[')"
            " || replace(hex(zeroblob(101)), '00', ']') || '}'",
            "created = 'long ago'",
            "created = 9e999",
            "created = 1e300",
            "ended = x'00ff'",
            "usd_spent = 'much'",
            "title = x'00ff'",
            'video = \'{"size": "large", "seconds": 5, "width": 1, "height": 1, "fps": 24, \''
            ' || \'"sound": true, "poster": true}\'',
            'video = \'{"size": 1, "seconds": 9e999, "width": 1, "height": 1, "fps": 24, \''
            ' || \'"sound": true, "poster": true}\'',
        ]
    )
    def spoilt(self, store: Store, request: pytest.FixtureRequest) -> Job:
        job = bring(store, State.QUEUED)
        with writing(store._engine) as connection:
            connection.exec_driver_sql(f"update job set {request.param} where id = ?", (job.id,))
        return job

    def test_the_others_are_followed_and_it_is_not(
        self, store: Store, spoilt: Job, caplog: pytest.LogCaptureFixture
    ) -> None:
        fine = bring(store, State.QUEUED)
        assert [job.id for job in claim(store, now=1e6)] == [fine.id]
        assert [job.id for job in claim(store, now=2e6)] == [fine.id]
        assert store.settle(fine.id, "me", state=State.COMPLETED)
        assert not store.busy()
        assert [record.levelname for record in caplog.records if spoilt.id in record.getMessage()] == [
            "ERROR"
        ]

    def test_it_is_said_in_a_sentence(self, store: Store, spoilt: Job) -> None:
        with pytest.raises(StoreError, match="damaged"):
            store.get(spoilt.id)

    def test_the_others_are_shown(self, store: Store, spoilt: Job, caplog: pytest.LogCaptureFixture) -> None:
        fine = bring(store, State.QUEUED)
        for _ in range(3):
            assert [job.id for job in store.page().jobs] == [fine.id]
        assert sum(spoilt.id in record.getMessage() for record in caplog.records) == 1

    @pytest.mark.parametrize("value", ["{", "[]", "5", "null", '"a"', "[true, 1]", "[true, null, [1]]", None])
    def test_a_storyboard_and_thumbs_that_cannot_be_read_are_none_and_hide_no_video(
        self, store: Store, value: str | None
    ) -> None:
        job = bring(store, State.QUEUED, board={"shots": []})
        store.judge_shot(job.id, 0, True)
        with writing(store._engine) as connection:
            connection.exec_driver_sql("update job set board = ?, verdicts = ?", (value, value))
        (shown,) = store.page().jobs
        assert (shown.id, shown.order.board, shown.verdicts) == (job.id, None, ())
        assert [got.id for got in claim(store, now=1e6)] == [job.id]
        assert store.judge_shot(job.id, 1, True)
        assert again(store, job).verdicts == (None, True)


class TestJudging:
    @pytest.mark.parametrize(
        ("said", "kept"),
        [
            ([(0, True)], (True,)),
            ([(2, False)], (None, None, False)),
            ([(2, False), (0, True)], (True, None, False)),
            ([(0, True), (0, False)], (False,)),
            ([(0, True), (2, True), (2, None)], (True,)),
            ([(1, True), (1, None)], ()),
            ([(1, None)], ()),
            ([(199, True)], (*[None] * 199, True)),
        ],
    )
    def test_thumbs_for_each_shot_are_kept_with_the_take(
        self, store: Store, tmp_path: Path, said: list[tuple[int, bool | None]], kept: tuple[bool | None, ...]
    ) -> None:
        (job, other) = ask(store, 2)
        for shot, verdict in said:
            assert store.judge_shot(job.id, shot, verdict)
        there = Store(tmp_path / "data")
        assert [again(there, take).verdicts for take in (job, other)] == [kept, ()]
        there.close()

    @pytest.mark.parametrize("shot", [-1, MOST_SHOTS, 10**30])
    def test_a_shot_that_no_board_has_is_not_judged(self, store: Store, shot: int) -> None:
        (job,) = ask(store)
        assert not store.judge_shot(job.id, shot, True)
        assert again(store, job) == job

    def test_every_shot_that_a_board_can_have_can_be_judged(self) -> None:
        assert MOST_SHOTS == storyboard.MOST_SHOTS

    @pytest.mark.parametrize("job_id", ["", "x", "\ud800", "0" * 32])
    def test_a_take_that_is_not_there_is_not_judged(self, store: Store, job_id: str) -> None:
        ask(store)
        assert not store.judge_shot(job_id, 0, True)

    def test_the_pages_hear_of_it_and_only_of_what_is_new(self, store: Store) -> None:
        (job,) = ask(store)
        grown = []
        for verdict in (None, True, True, False, None):
            before = store.revision()
            store.judge_shot(job.id, 3, verdict)
            grown.append(store.revision() > before)
        assert grown == [False, True, False, True, True]

    def test_who_follows_the_take_keeps_it(self, store: Store) -> None:
        (job,) = ask(store)
        claim(store, "tracker")
        assert store.judge_shot(job.id, 0, True)
        assert store.settle(job.id, "tracker", state=State.COMPLETED)
        assert again(store, job).verdicts == (True,)

    def test_two_who_judge_at_the_same_moment_both_count(self, store: Store, tmp_path: Path) -> None:
        (job,) = ask(store)
        stores = [store, Store(tmp_path / "data")]  # as two processes would
        start = threading.Barrier(2)

        def judge(which: int) -> None:
            start.wait()
            for shot in range(which, 60, 2):
                assert stores[which].judge_shot(job.id, shot, bool(which))

        threads = [threading.Thread(target=judge, args=(which,)) for which in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        stores[1].close()
        assert again(store, job).verdicts == (False, True) * 30


class TestRevision:
    def test_it_grows_with_what_a_page_shows_and_rests_otherwise(self, store: Store) -> None:
        (job,) = ask(store)
        seen = store.revision()

        def grew() -> bool:
            nonlocal seen
            before, seen = seen, store.revision()
            return seen > before

        claim(store)
        assert not grew()
        store.settle(job.id, "me", state=State.QUEUED, problem=None, next_at=0.0)
        assert grew()
        claim(store)
        store.settle(
            job.id, "me", state=State.QUEUED, problem=None, tries=0, next_at=0.0
        )  # looked, nothing new
        assert not grew()
        claim(store)
        store.settle(job.id, "me", problem="look_no_answer", next_at=0.0)
        assert grew()
        claim(store)
        store.settle(job.id, "me", problem="look_no_answer", next_at=9.0)  # the page says until when
        assert grew()
        claim(store, now=9.0)
        store.renew(job.id, "me", until=99.0)
        store.settle(job.id, "else", state=State.FAILED)
        store.drafts.save("ann", "prompt", {"a": 1}, 1.0)
        store.boards.save("ann", "Raccoons", {}, 1.0)
        store.get(job.id), store.page(), store.busy(), store.drafts.all("ann"), store.boards.all("ann")
        assert not grew()

    def test_another_process_sees_it(self, store: Store, tmp_path: Path) -> None:
        other = Store(tmp_path / "data")
        before = other.revision()
        ask(store)
        assert other.revision() > before
        other.close()


class TestScale:
    def test_no_question_reads_the_whole_table(self, store: Store) -> None:
        asked: list[tuple[str, Any]] = []

        @event.listens_for(store._engine, "before_cursor_execute")
        def _note(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
            asked.append((statement, parameters))

        (job,) = ask(store)
        (
            store.page(before=5),
            store.page(after=5),
            store.page(owner="ann", before=5),
            store.page(owner="ann", after=5),
        )
        store.get(job.id), store.busy(), store.revision()
        store.judge_shot(job.id, 0, True)
        claim(store)
        store.settle(job.id, "me", state=State.UNKNOWN)
        store.attach(job.id, "found", 1.0)
        event.remove(store._engine, "before_cursor_execute", _note)
        assert len(asked) > 20
        with store._engine.connect() as connection:
            for statement, parameters in asked:
                if statement.startswith(("SELECT", "UPDATE")):
                    plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
                    steps = " / ".join(str(step.detail) for step in plan)
                    # The primary key read from one end is no reading of all: the first page stops at its limit.
                    assert not re.search(r"SCAN job(?! USING)", steps) or "LIMIT" in statement, (
                        statement,
                        steps,
                    )
                    assert "B-TREE" not in steps or "next_at" in statement, (statement, steps)

    def test_what_is_acknowledged_survives_a_power_cut(self, tmp_path: Path) -> None:
        store = Store(tmp_path)
        with store._engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        store.close()


class TestTrouble:
    def test_a_folder_that_cannot_be_made_is_said_in_a_sentence(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way")
        with pytest.raises(StoreError, match=r"The data folder .* cannot be made: .*\."):
            Store(tmp_path / "file" / "data")

    def test_a_file_that_is_no_database_is_said_in_a_sentence(self, tmp_path: Path) -> None:
        (tmp_path / DATABASE).write_text("a shopping list, long enough to be looked at" * 50)
        with pytest.raises(StoreError, match="is not a database of this app"):
            Store(tmp_path)

    def test_a_full_disk_is_said_in_a_sentence_and_loses_nothing(self, store: Store) -> None:
        (job,) = ask(store)
        with store._engine.connect() as connection:
            connection.exec_driver_sql("pragma max_page_count = 1")  # of the one connection in the pool
        with pytest.raises(StoreError, match="full"):
            ask(store, 50, prompt="long" * 10_000)
        assert [seen.id for seen in store.page().jobs] == [job.id]

    @pytest.mark.parametrize(
        ("said", "told"),
        [
            ("attempt to write a readonly database", "cannot be written"),
            ("unable to open database file", "cannot be opened"),
            ("database is locked", "busy"),
            ("database disk image is malformed", "damaged"),
            ("disk I/O error", "Check the disk"),
            ("something new", "something new"),
        ],
    )
    def test_what_the_database_says_becomes_a_sentence(self, said: str, told: str) -> None:
        assert told in sentence_for(said, "/data/playground.db")
        assert sentence_for(said, "/data/playground.db").endswith(".")


class AnyWish(RuleBasedStateMachine):
    """Whatever people and trackers do, in whatever order: what the store promises holds."""

    takes: Bundle[Job] = Bundle("takes")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store(Path(self.folder.name))
        self.now = 0.0
        self.leases: dict[str, tuple[str, float]] = {}
        self.sent: set[str] = set()

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @rule(target=takes)
    def ask(self) -> Job:
        return ask(self.store, now=self.now)[0]

    @rule(seconds=st.sampled_from([0.5, 10.0, 61.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule(who=st.sampled_from(["one", "two"]))
    def claim(self, who: str) -> None:
        for job in claim(self.store, who, now=self.now, in_flight=2):
            holder = self.leases.get(job.id)
            assert holder is None or holder[1] <= self.now
            self.leases[job.id] = (who, self.now + 60.0)

    @rule(job=takes, who=st.sampled_from(["one", "two"]), state=st.sampled_from(list(State)))
    def settle(self, job: Job, who: str, state: State) -> None:
        done = self.store.settle(job.id, who, state=state, remote_id=job.id, next_at=self.now)
        holder = self.leases.pop(job.id, None) if done else self.leases.get(job.id)
        if done:
            assert holder is not None
            assert holder[0] == who

    @rule(job=takes, who=st.sampled_from(["one", "two"]))
    def send(self, job: Job, who: str) -> None:
        was = self.store.get(job.id)
        if (
            was is not None
            and was.state is State.WAITING
            and self.store.settle(job.id, who, state=State.SENDING)
        ):
            self.sent.add(job.id)

    @rule(job=takes, wish=st.sampled_from(["cancel", "unfollow", "follow", "attach"]))
    def wish(self, job: Job, wish: str) -> None:
        if {
            "cancel": lambda: self.store.cancel(job.id, self.now),
            "unfollow": lambda: self.store.unfollow(job.id),
            "follow": lambda: self.store.follow(job.id, self.now),
            "attach": lambda: self.store.attach(job.id, job.id, self.now),
        }[wish]():
            self.leases.pop(job.id, None)

    @rule(job=consumes(takes))
    def delete(self, job: Job) -> None:
        was = self.store.get(job.id)
        gone = self.store.delete(job.id)
        if gone is None:
            assert was is None or was.followed

    @invariant()
    def what_has_ended_is_not_followed(self) -> None:
        for job in self.store.page(limit=1000).jobs:
            assert not (job.ended_for_good and job.next_at is not None)

    @invariant()
    def busy_means_that_something_is_followed(self) -> None:
        assert self.store.busy() == any(job.followed for job in self.store.page(limit=1000).jobs)


AnyWish.TestCase.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
TestAnyWish = AnyWish.TestCase
