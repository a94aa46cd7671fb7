"""A take that has ended says so on whatever page its person is."""

import time

import pytest
from streamlit.testing.v1 import AppTest

from components.jobs.job import State
from components.services import Services
from tests.jobs.takes import FILM
from tests.pages.playing import SHELL, sound
from tests.pages.test_history import ask, brought


def person(name: str, page: str) -> AppTest:
    app = AppTest.from_file(SHELL, default_timeout=30)
    app.session_state["owner"] = name
    app.switch_page(f"../pages/{page}.py")
    return sound(app.run())


def toasts(app: AppTest) -> list[str]:
    return [toast.value for toast in app.toast]


@pytest.mark.parametrize("page", ["studio", "history", "charts", "compare", "disk"])
def test_a_take_of_ones_own_that_is_ready_is_said_once_on_every_page(shared: Services, page: str) -> None:
    [mine] = ask(shared, "A white **raccoon**")
    app = person("ann", page)
    assert toasts(app) == []
    brought(shared, mine, State.COMPLETED, video=FILM, ended=time.time())
    sound(app.run())
    assert toasts(app) == ["**Ready:** A white \\*\\*raccoon\\*\\*"]
    sound(app.run())
    assert toasts(app) == []


def test_what_fails_is_said_too_and_what_is_anothers_is_not(shared: Services) -> None:
    [mine] = ask(shared, "one")
    ann, bob = person("ann", "history"), person("bob", "history")
    brought(shared, mine, State.FAILED, problem="moderated", ended=time.time())
    assert toasts(sound(ann.run())) == ["**Failed:** one"]
    assert toasts(sound(bob.run())) == []


def test_many_at_once_are_one_toast(shared: Services) -> None:
    jobs = ask(shared, takes=6)
    app = person("ann", "history")
    for job in jobs:
        brought(shared, job, State.COMPLETED, video=FILM, ended=time.time())
    assert toasts(sound(app.run())) == ["6 takes are ready."]


def test_a_tab_that_is_open_for_long_hears_of_every_take(shared: Services) -> None:
    app = person("ann", "history")
    for _ in range(6):
        for job in ask(shared, takes=10):
            brought(shared, job, State.COMPLETED, video=FILM, ended=time.time())
        assert toasts(sound(app.run())) == ["10 takes are ready."]
