"""A process that is killed while it follows takes, and the one that carries on after it."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from components.jobs.job import State
from components.jobs.store import Store
from components.jobs.tracker import Tracker
from tests.jobs.takes import Provider, Shelf, order, reply

LEASE = 1.0
ROOT = Path(__file__).resolve().parents[2]

# Accepts every other take; the answers to the others never come.
SCRIPT = f"""
import asyncio, sys
from pathlib import Path
from components.jobs.store import Store
from components.jobs.tracker import Tracker
from tests.jobs.takes import Provider, Shelf, reply

class HalfDeaf(Provider):
    async def create(self, path, body, *, request_id):
        print(request_id, flush=True)
        if body["n"] % 2:
            await asyncio.Event().wait()
        return reply("queued", id=request_id)

provider = HalfDeaf(looks=[reply("generating")])
tracker = Tracker(Store(Path(sys.argv[1])), lambda job: provider, Shelf(), in_flight=6, give_up=3600, lease={LEASE})
tracker.start()
sys.stdin.read()
"""


def wait_until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def test_what_was_being_sent_when_the_process_was_killed_is_in_doubt_and_the_rest_goes_on(
    tmp_path: Path,
) -> None:
    store = Store(tmp_path)
    jobs = store.add([order(body={"n": n}) for n in range(8)], token="t", now=0.0)
    killed = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def by_state(state: State) -> set[str]:
        return {job.id for job in store.page().jobs if job.state is state}

    try:
        in_hand = {State.SENDING: 3, State.WAITING: 2}
        wait_until(lambda: all(len(by_state(state)) == count for state, count in in_hand.items()))
        sending, waiting = by_state(State.SENDING), by_state(State.WAITING)
    finally:
        killed.send_signal(signal.SIGKILL)
        posted = killed.communicate()[0].split()

    provider = Provider(looks=[reply("completed", "https://files.example/1.mp4")])
    tracker = Tracker(store, lambda job: provider, Shelf(), in_flight=6, give_up=3600, lease=LEASE)
    tracker.start()
    try:
        wait_until(lambda: not store.busy())
    finally:
        tracker.stop()
    assert by_state(State.UNKNOWN) == sending
    assert {job.problem for job in store.page().jobs if job.state is State.UNKNOWN} == {
        "stopped_while_sending"
    }
    assert by_state(State.COMPLETED) == {job.id for job in jobs} - sending
    posted += [request_id for *_, request_id in provider.posted]
    assert sorted(posted) == sorted(job.id for job in jobs)  # each once
    assert {request_id for *_, request_id in provider.posted} == waiting
    store.close()
