"""The price before the click, the balance beside it, and both with the take afterwards."""

from __future__ import annotations

import copy
import time
from decimal import Decimal
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.catalog.spec import Role
from components.form.draft import Draft
from components.form.order import order
from components.gallery import as_made
from components.jobs.job import Destination, Job, State
from components.provider.account import Account
from components.provider.replies import Balance
from components.services import Services
from tests.need import ROOT
from tests.pages.playing import history, keys, raw_html, sound

SHELL = str(ROOT / "components" / "shell.py")


class Bank:
    """What answers for the account."""

    def __init__(self, left: str) -> None:
        self.left = left

    async def balance(self) -> Balance:
        return Balance(current_balance=Decimal(self.left), currency="USD")

    async def aclose(self) -> None:
        pass


def hold(shared: Services, left: str) -> Account:
    """Puts so much on the account, and reads it."""
    account = Account(lambda: Bank(left), lambda: 1)
    account.turn()
    shared.account = account
    return account


def priced(shared: Services, each: str, destination: Destination = Destination.LIVE) -> None:
    unit = {"name": "video", "measure": "video", "price": each, "per": 1}
    rows = [{"id": m.id, "pricing": {"kind": "fixed", "units": [unit]}} for m in shared.catalog.models]
    shared.catalog.set_list(destination, rows)


def studio(shared: Services, prompt: str = "a fox") -> AppTest:
    app = AppTest.from_file(SHELL, default_timeout=20)
    sound(app.run())
    desk = app.session_state["desk"]
    spec = shared.catalog.find(desk.model)
    assert spec is not None
    named = spec.by_role(Role.PROMPT)
    assert named is not None
    app.session_state[f"{desk.model}|{desk.edition}|{named.name}:text"] = prompt
    return sound(app.run())


def press(app: AppTest, key: str = "generate") -> AppTest:
    return sound(app.button(key=key).click().run())


def said(app: AppTest) -> str:
    kinds = (app.markdown, app.warning, app.error, app.caption)
    return " ".join(element.value for kind in kinds for element in kind).replace("\\", "")


def test_the_balance_stands_beside_generate_for_the_provider_only(with_key: Services) -> None:
    hold(with_key, "12.34")
    app = studio(with_key)
    assert "Balance $12.34" in said(app)
    app.segmented_control(key="destination").select(Destination.SANDBOX)
    assert "Balance" not in said(sound(app.run()))


def test_a_balance_that_could_not_be_read_is_not_known(with_key: Services) -> None:
    with_key.account = Account(lambda: None, lambda: 1)
    assert "Reading the balance" in said(studio(with_key))
    with_key.account.turn()
    assert "Balance not known" in said(studio(with_key))


def test_what_is_dearer_than_the_balance_is_asked_about_and_sent_only_after_yes(with_key: Services) -> None:
    hold(with_key, "4")
    priced(with_key, "3.25")
    app = studio(with_key)
    app.segmented_control(key="takes").select(2)
    press(app)
    assert "These 2 takes cost about $6.50; the balance is $4.00." in said(app)
    assert not with_key.store.page().jobs
    press(app)  # again: no answer
    assert "generate-anyway" in keys(app)
    assert not with_key.store.page().jobs
    press(app, "generate-not")
    assert "generate-anyway" not in keys(app)
    assert not with_key.store.page().jobs
    press(press(app), "generate-anyway")
    assert len(with_key.store.page().jobs) == 2
    assert "generate-anyway" not in keys(app)


def test_a_question_is_about_what_stands_in_the_form(with_key: Services) -> None:
    hold(with_key, "4")
    priced(with_key, "3.25")
    app = studio(with_key)
    app.segmented_control(key="takes").select(2)
    assert "generate-anyway" in keys(press(app))
    app.segmented_control(key="takes").select(1)
    assert "generate-anyway" not in keys(sound(app.run()))
    press(app)
    assert len(with_key.store.page().jobs) == 1


def test_money_that_came_in_meanwhile_closes_the_question(with_key: Services) -> None:
    hold(with_key, "1")
    priced(with_key, "3.25")
    app = press(studio(with_key))
    assert "generate-anyway" in keys(app)
    hold(with_key, "10")
    assert "generate-anyway" not in keys(sound(app.run()))


@pytest.mark.parametrize(("left", "each"), [("3.25", "3.25"), ("0", None)])
def test_what_can_be_paid_or_has_no_price_is_not_asked_about(
    with_key: Services, left: str, each: str | None
) -> None:
    hold(with_key, left)
    if each:
        priced(with_key, each)
    press(studio(with_key))
    assert len(with_key.store.page().jobs) == 1


def test_a_price_that_rose_since_it_was_shown_is_shown_before_anything_is_sent(with_key: Services) -> None:
    hold(with_key, "100")
    priced(with_key, "1")
    app = studio(with_key)
    priced(with_key, "50")
    press(app)
    assert not with_key.store.page().jobs
    assert "The price has changed; look, and press again." in said(app)
    assert "$50.00" in said(app)
    app.session_state["refused"] = (time.time(), app.session_state["refused"][1])
    press(app)  # the other half of a double click
    assert not with_key.store.page().jobs
    app.session_state["refused"] = (0.0, "")
    press(app)
    [job] = with_key.store.page().jobs
    assert job.order.estimate is not None
    assert job.order.estimate["usd"] == "50"


def test_a_price_that_fell_keeps_nobody(with_key: Services) -> None:
    hold(with_key, "100")
    priced(with_key, "50")
    app = studio(with_key)
    priced(with_key, "1")
    press(app)
    assert len(with_key.store.page().jobs) == 1


def test_the_sandbox_costs_nothing_and_never_asks(with_key: Services) -> None:
    hold(with_key, "0")
    priced(with_key, "3.25", Destination.SANDBOX)
    app = studio(with_key)
    app.segmented_control(key="destination").select(Destination.SANDBOX)
    press(sound(app.run()))
    [job] = with_key.store.page().jobs
    assert job.order.estimate is not None
    assert job.order.estimate["usd"] == "3.25"
    assert "estimated $3.25 (pretend)" in said(app)


def test_a_file_that_is_gone_is_said_and_nothing_is_sent(
    shared: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = studio(shared)
    gone = {"model": "x", "image": "upload:" + "0" * 32}
    monkeypatch.setattr(Draft, "request", lambda self: gone)
    press(app)
    assert "Nothing was sent. A file in this request is no longer kept here" in said(app)
    assert not shared.store.page().jobs


def taken(shared: Services, **changes: Any) -> Job:
    """A take that came, made with a document that has changed since."""
    spec = shared.catalog.models[0]
    prompt, seconds = spec.by_role(Role.PROMPT), spec.by_role(Role.SECONDS)
    assert prompt is not None
    assert seconds is not None
    document = copy.deepcopy(spec.document)
    for schema in _schemas(document, seconds.name):
        schema["title"] = "How long <b>then</b>"
    draft = Draft(spec, {prompt.name: "a fox", seconds.name: 10})
    one = order(
        draft,
        owner="ann",
        destination=Destination.SANDBOX,
        base_url="built-in",
        document=shared.store.documents.keep(document),
        price=None,
    )
    [job] = shared.store.add([one], token="t", now=1.0)
    [claimed] = shared.store.claim("me", now=2.0, lease=60, limit=1, in_flight=9)
    assert shared.store.settle(claimed.id, "me", **{"state": State.COMPLETED, "ended": 3.0, **changes})
    return job


def _schemas(node: Any, name: str) -> list[dict[str, Any]]:
    """Every schema of a property called `name`."""
    if isinstance(node, list):
        return [found for item in node for found in _schemas(item, name)]
    if not isinstance(node, dict):
        return []
    here = node.get("properties", {}).get(name) if isinstance(node.get("properties"), dict) else None
    inside = [found for item in node.values() for found in _schemas(item, name)]
    return [*([here] if isinstance(here, dict) else []), *inside]


def test_a_take_shows_its_settings_by_the_document_that_it_was_made_with(shared: Services) -> None:
    job = taken(shared, usd_spent=0.55)
    page = raw_html(history(job=job.id))
    assert "How long &lt;b&gt;then&lt;/b&gt;" in page
    assert "Charged $0.55 (pretend)" in page


def test_without_its_document_a_take_is_shown_by_the_catalogue(
    shared: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = taken(shared)
    seconds = shared.catalog.models[0].by_role(Role.SECONDS)
    assert seconds is not None
    monkeypatch.setattr(shared.store.documents, "get", lambda digest: {"openapi": "no more"})
    as_made._read.cache_clear()
    assert f"<dt>{seconds.label}</dt>" in raw_html(history(job=job.id))
