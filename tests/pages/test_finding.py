"""History's fields: words, filters and order narrow the list, and stand in the page's address."""

import time
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from components.catalog.spec import Role
from components.gallery.filters import (
    FOLD,
    MINE,
    SECONDS,
    SINCE,
    SORT,
    STANDINGS,
    STARRED,
    UNTIL,
    WORDS,
)
from components.jobs.finding.view import Sort, Standing
from components.jobs.job import State
from components.services import Services
from tests.pages.playing import history, keys, said, sheet, sound, whole
from tests.pages.test_history import ask, brought, completed, failed, press, shown


def address(app: AppTest) -> dict[str, list[str]]:
    return {name: _all(app, name) for name in app.query_params}


def _all(app: AppTest, name: str) -> list[str]:
    given = app.query_params[name]
    return [given] if isinstance(given, str) else list(given)


def typed(app: AppTest, words: str) -> AppTest:
    return whole(app.text_input(key=WORDS).set_value(words).run())


def opened(app: AppTest) -> AppTest:
    """With its filters unfolded, which AppTest cannot click."""
    app.session_state[FOLD] = True
    return sound(app.run())


def test_words_find_takes_mark_the_hits_and_stand_in_the_address(shared: Services) -> None:
    [one], [_other] = ask(shared, "A white raccoon on the stairs"), ask(shared, "A lighthouse at dawn")
    app = typed(history(), "racc stair")
    assert shown(app) == [one.id]
    assert address(app)["q"] == ["racc stair"]
    assert sheet(app)[0]["name"] == ["A white ", ["racc"], "oon on the ", ["stair"], "s"]
    assert "1 of 2 takes" in said(app)
    assert len(shown(typed(app, ""))) == 2
    assert address(app) == {}


def test_an_address_shows_a_colleague_the_same(shared: Services) -> None:
    [one] = ask(shared, "A white raccoon")
    [two] = ask(shared, "A raccoon that fails")
    failed(shared, two)
    ask(shared, "A lighthouse")
    brought(shared, one, State.CANCELLED, ended=time.time())
    app = history(q="raccoon", state="failed", sort="oldest")
    assert shown(app) == [two.id]
    assert app.text_input(key=WORDS).value == "raccoon"
    assert app.selectbox(key=SORT).value is Sort.OLDEST
    assert "Failed" in [button.label for button in app.button]


def test_filters_are_chosen_by_hand_and_taken_off_one_by_one(shared: Services) -> None:
    [ready], [gone] = ask(shared, "one"), ask(shared, "two")
    completed(shared, ready)
    failed(shared, gone)
    shared.store.sorting.star([ready.id], True)
    app = opened(history())
    whole(app.button_group(key=STANDINGS).set_value([Standing.READY]).run())
    assert shown(app) == [ready.id]
    whole(app.toggle(key=STARRED).set_value(True).run())
    assert address(app) == {"state": ["ready"], "starred": ["yes"]}
    press(app, "without-Ready")
    assert address(app) == {"starred": ["yes"]}
    press(app, "without-Starred")
    assert len(shown(app)) == 2


def test_filters_of_an_address_stand_in_the_fields_and_each_can_be_changed(shared: Services) -> None:
    [short] = ask(shared, "short")
    spec = shared.catalog.models[0]
    seconds = spec.by_role(Role.SECONDS)
    assert seconds is not None
    [long] = ask(shared, "long", **{seconds.name: 10})
    completed(shared, short)
    failed(shared, long)
    app = opened(history(state="failed", length="-10"))
    assert shown(app) == [long.id]
    assert app.button_group(key=STANDINGS).value == ["failed"]
    slider = app.select_slider(key=SECONDS)
    assert slider.value == (5, 10)
    press(app, "without-Failed")
    whole(app.select_slider(key=SECONDS).set_value((5, 5)).run())
    assert address(app) == {"length": ["-5"]}
    assert short.id in [card["id"] for card in sheet(app)] or short.order.seconds != 5
    whole(app.toggle(key=MINE).set_value(True).run())
    assert address(app) == {"length": ["-5"], "mine": ["yes"]}


def test_nothing_found_says_what_to_do_and_leads_back(shared: Services) -> None:
    [one], [deleted] = ask(shared, "A raccoon"), ask(shared, "A zeppelin")
    completed(shared, deleted)
    shared.store.sorting.bin([deleted.id], time.time())
    app = history(q="zeppelin")
    assert shown(app) == []
    assert "Try fewer words" in said(app)
    assert shown(press(app, "look-in-bin")) == [deleted.id]
    app = history(q="zeppelin", starred="yes")
    assert "both the words and the filters" in said(app)
    assert shown(press(app, "show-all")) == [one.id]


@pytest.mark.parametrize(
    "params",
    [
        {"q": 'a" OR (b:* NEAR ^ -'},
        {"state": "nonsense", "sort": "sideways", "length": "9-3", "cost": "-", "from": "31.02.2026"},
        {"model": "no/such", "maker": "nobody", "ratio": "x", "project": "\x00"},
        {"before": "9~9~9", "after": "-1", "sound": "loud", "starred": "1", "mine": "maybe", "bin": "?"},
        {"q": "x" * 5000},
    ],
    ids=range(5),
)
def test_an_address_that_makes_no_sense_breaks_nothing(shared: Services, params: dict[str, str]) -> None:
    ask(shared)
    app = history(**params)
    assert not app.exception
    if "show-all" in keys(app):
        press(app, "show-all")
    assert len(shown(app)) == 1


def test_a_star_given_on_a_card_is_kept(shared: Services) -> None:
    [one] = ask(shared)
    shared.store.sorting.star([one.id], True)
    assert sheet(history())[0]["starred"] is True
    assert shown(history(starred="yes")) == [one.id]


def test_what_is_deleted_is_in_the_bin_and_nowhere_else(shared: Services) -> None:
    [one], [two] = ask(shared, "one"), ask(shared, "two")
    completed(shared, one)
    shared.store.sorting.bin([one.id], time.time())
    assert shown(history()) == [two.id]
    app = history(bin="yes")
    assert shown(app) == [one.id]
    assert "in the bin" in said(app)


def test_while_older_takes_are_put_into_the_search_the_list_says_how_many_are_left(shared: Services) -> None:
    ask(shared, "A white raccoon")
    assert "put into the search" not in said(history())
    shared.store.backlog._left = list(range(1234))
    assert "Older takes are still being put into the search: 1,234 left." in said(history())


def test_a_filter_draws_the_list_and_of_the_filters_only_what_is_not_as_it_was_typed(
    shared: Services,
) -> None:
    [one], [_other] = ask(shared, "A raccoon"), ask(shared, "A hare")
    completed(shared, one)
    app = opened(history())
    app.button_group(key=STANDINGS).set_value([Standing.READY]).run()
    assert shown(app) == [one.id]  # of what was drawn before, AppTest knows nothing any more
    assert not app.date_input
    app = opened(app)
    app.date_input(key=SINCE).set_value(date(2026, 5, 2))
    app.date_input(key=UNTIL).set_value(date(2026, 5, 1))
    sound(app.run())
    assert address(app) == {"state": ["ready"], "from": ["2026-05-01"], "to": ["2026-05-02"]}
    assert app.date_input(key=SINCE).value == date(2026, 5, 1)
    assert shown(app) == []


def test_words_typed_in_the_same_moment_as_a_filter_or_an_order_is_chosen_take_nothing_off(
    shared: Services,
) -> None:
    [one], [other] = ask(shared, "A raccoon"), ask(shared, "A raccoon too")
    completed(shared, one)
    failed(shared, other)
    app = opened(history())
    app.button_group(key=STANDINGS).set_value([Standing.READY])
    app.selectbox(key=SORT).set_value(Sort.OLDEST)
    app.text_input(key=WORDS).set_value("racc")
    sound(app.run())
    assert address(app) == {"q": ["racc"], "state": ["ready"], "sort": ["oldest"]}
    assert shown(app) == [one.id]
