"""The request on the screen, in four languages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.form.view_code import MOST_SHOWN, PUBLIC
from components.jobs.job import BUILT_IN

REFERENCE = "upload:" + "0a" * 16


def page(request: dict, base_url: str, uploads: dict | None) -> None:
    import streamlit as st

    from components.form.view_code import view_code

    st.session_state.setdefault("open", True)
    if st.toggle("open", key="open"):
        view_code(request, path="/v2/video/generations", base_url=base_url, uploads=uploads)


def shown(request: Any, base_url: str = PUBLIC, uploads: Any = None) -> AppTest:
    kwargs = {"request": request, "base_url": base_url, "uploads": uploads}
    return sound(AppTest.from_function(page, default_timeout=20, kwargs=kwargs).run())


def sound(app: AppTest) -> AppTest:
    """A page never shows a traceback."""
    assert not app.exception, app.exception
    return app


def choose(app: AppTest, language: str) -> AppTest:
    return sound(app.segmented_control(key="view code").set_value(language).run())


def test_it_begins_with_the_request_as_json() -> None:
    request = {"model": "m", "prompt": "It's “late” \\ \n `$x`", "seed": 5, "list": [], "on": True}
    app = shown(request)
    assert json.loads(app.code[0].value) == request
    assert app.code[0].language == "json"


@pytest.mark.parametrize(
    ("name", "language", "first"),
    [("Python", "python", "httpx"), ("JavaScript", "javascript", "Node"), ("cURL", "bash", "curl")],
)
def test_each_language_sends_to_the_provider_and_holds_no_key(
    name: str, language: str, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIMLAPI_KEY", "sk-secret-0123456789")
    app = choose(shown({"model": "m", "prompt": "A cat"}, base_url="http://127.0.0.1:8796"), name)
    [code] = app.code
    assert code.language == language
    assert first in code.value
    assert PUBLIC + "/v2/video/generations" in code.value
    assert "127.0.0.1" not in code.value
    assert "sk-secret" not in code.value
    assert "sandbox" not in app.caption[0].value


def test_for_the_sandbox_it_says_that_the_program_goes_elsewhere() -> None:
    app = choose(shown({"model": "m"}, base_url=BUILT_IN), "Python")
    assert "sandbox" in app.caption[0].value
    assert PUBLIC in app.code[0].value


def test_the_choice_outlives_the_fold() -> None:
    app = choose(shown({"model": "m"}), "cURL")
    app.toggle(key="open").set_value(False).run()
    assert not app.code
    app.toggle(key="open").set_value(True).run()
    assert sound(app).code[0].language == "bash"


def test_an_upload_is_named_and_its_reference_is_not_shown() -> None:
    app = shown({"image_url": REFERENCE}, uploads={REFERENCE: 'a "cat".png'})
    assert json.loads(app.code[0].value) == {"image_url": "<a 'cat'.png, as a data URI>"}
    choose(app, "JavaScript")
    assert REFERENCE not in app.code[0].value
    assert "files" in app.caption[0].value


def test_an_upload_nobody_knows_the_name_of_is_a_file() -> None:
    app = shown({"image_url": REFERENCE})
    assert json.loads(app.code[0].value) == {"image_url": "<file, as a data URI>"}


def test_a_request_too_long_to_be_coloured_can_be_saved() -> None:
    app = shown({"image_url": "data:image/png;base64," + "A" * MOST_SHOWN})
    assert not app.code
    assert "too long" in app.caption[0].value
    assert len(app.get("download_button")) == 1
