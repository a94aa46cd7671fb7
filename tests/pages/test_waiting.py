"""A card of a take that runs says how long such takes took."""

import time
from typing import Any

import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from components.jobs.database import StoreError, writing
from components.jobs.job import Destination, Job, State
from components.jobs.schema import job as table
from components.services import Services
from tests.jobs.takes import live, order
from tests.pages.playing import sound


def script(job_id: str) -> None:
    import streamlit as st

    from components.gallery.card import card
    from components.services import services

    job = services().store.get(job_id)
    assert job is not None
    card(job, retry=lambda *_given, **_more: None)
    st.text("below")


def brought(shared: Services, one: Any, state: State, *, sent: float, **changes: Any) -> Job:
    (job,) = shared.store.add([one], token=str(time.monotonic_ns()), now=sent)
    with writing(shared.store._engine) as connection:
        values = {"state": state.value, "sent": sent, "followed_since": sent, "next_at": None, **changes}
        connection.execute(update(table).where(table.c.id == job.id).values(values))
    found = shared.store.get(job.id)
    assert found is not None
    return found


def clock_of(job: Job) -> str:
    app = sound(AppTest.from_function(script, args=(job.id,)).run())
    line = next(text.value for text in app.markdown if "hourglass" in text.value)
    return line.replace("\\", "")  # as Markdown shows it


def running(shared: Services, one: Any, *, since: float) -> Job:
    now = time.time()
    return brought(shared, one, State.GENERATING, sent=now - since, started=now - 5, next_at=now + 99)


def documented(shared: Services) -> str:
    return next(model.id for model in shared.catalog.models if model.typical_seconds == (78, 78))


def test_it_says_what_the_last_ones_took_and_when_this_one_takes_longer(shared: Services) -> None:
    for seconds in (100.0, 120.0, 180.0, 210.0, 240.0):
        at = time.time() - 5000
        brought(shared, order(), State.COMPLETED, sent=at, ready=at + seconds, ended=at + 250, video=None)
    said = clock_of(running(shared, order(), since=101))
    assert "**Generating 1:41**" in said or "**Generating 1:42**" in said
    assert "The last five like this took 2 to 4 minutes (median 3)." in said
    assert "Longer" not in said
    assert "Longer than usual." in clock_of(running(shared, order(), since=260))


def test_until_there_are_five_it_says_what_the_provider_documents(with_key: Services) -> None:
    one = live(model=documented(with_key))
    said = clock_of(running(with_key, one, since=30))
    assert "The provider says about 78 seconds." in said
    assert "Longer than the provider says." in clock_of(running(with_key, one, since=200))


def test_of_a_model_of_which_nothing_is_known_it_says_how_long_it_runs_and_no_more(shared: Services) -> None:
    said = clock_of(running(shared, order(model="maker/unknown"), since=30))
    assert said.endswith("**")


def test_what_is_documented_of_the_provider_is_not_said_of_the_sandbox(shared: Services) -> None:
    model = documented(shared)
    assert shared.expected(Destination.SANDBOX, model, 5) is None
    assert shared.expected(Destination.LIVE, model, 5) is not None


def test_a_store_that_is_busy_costs_the_sentence_and_not_the_card(
    shared: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = running(shared, order(), since=30)

    def busy(*_given: Any) -> None:
        raise StoreError("The database is busy.")

    monkeypatch.setattr(shared.store.waits, "expected", busy)
    assert "Generating 0:3" in clock_of(job)
