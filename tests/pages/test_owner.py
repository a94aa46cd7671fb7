"""Whose desk a page shows: the person's who has signed in, else the browser's."""

from typing import Any

from streamlit.testing.v1 import AppTest

from components.catalog.spec import Role
from components.services import Services
from tests.pages.playing import SHELL, keys, sound

ANN = {"is_logged_in": True, "iss": "https://login.example", "sub": "ann"}
BOB = {**ANN, "sub": "bob"}
NOBODY = {"is_logged_in": False}


def studio(user: dict[str, Any]) -> AppTest:
    app = AppTest.from_file(SHELL, default_timeout=30)
    app.user = user
    return sound(app.run())


def text(app: AppTest, shared: Services) -> str:
    desk = app.session_state["desk"]
    spec = shared.catalog.find(desk.model)
    assert spec is not None
    return str(desk.draft(spec).prompt_text())


def write(app: AppTest, shared: Services, words: str) -> None:
    desk = app.session_state["desk"]
    spec = shared.catalog.find(desk.model)
    assert spec is not None
    prompt = spec.by_role(Role.PROMPT)
    assert prompt is not None
    app.session_state[f"{spec.id}|{desk.edition}|{prompt.name}:text"] = words
    sound(app.run())


def test_a_person_finds_their_draft_on_another_device_and_nobody_else_does(shared: Services) -> None:
    write(studio(ANN), shared, "a fox")
    assert text(studio(ANN), shared) == "a fox"
    assert text(studio(BOB), shared) == ""
    assert text(studio(NOBODY), shared) == ""


def test_a_tab_that_becomes_somebody_elses_shows_nothing_of_the_first(shared: Services) -> None:
    app = studio(ANN)
    write(app, shared, "a fox")
    for other in (BOB, NOBODY):
        app.user = other
        assert text(sound(app.run()), shared) == ""
    app.user = ANN
    assert text(sound(app.run()), shared) == "a fox"


def test_signing_in_and_out_is_offered_where_a_login_is_set_up(shared: Services) -> None:
    assert "sign-out" in keys(studio(ANN))
    assert "sign-in" in keys(studio(NOBODY))
    assert not {"sign-in", "sign-out"} & keys(studio({}))
