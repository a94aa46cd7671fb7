"""What the browser tests stand on sees what it must not miss."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.harness import Watch, plain, running_app


def visit_a_page_that_throws(folder: Path, page: Page) -> None:
    script = folder / "broken.py"
    script.write_text("import streamlit as st\nraise ValueError('broken')\n", encoding="utf-8")
    (folder / "data").mkdir()
    with running_app(script, folder / "data") as app:
        page.goto(app.url)
        expect(page.get_by_text("This app has encountered an error")).to_be_visible()


def test_an_app_whose_page_throws_fails_its_test(tmp_path: Path, page: Page, watch: Watch) -> None:
    watch.allow("broken|error")
    with pytest.raises(pytest.fail.Exception, match="ValueError: broken"):
        visit_a_page_that_throws(tmp_path, page)


LEFT = """Exception in ASGI application
Traceback (most recent call last):
  File "/x/site-packages/streamlit/web/server/starlette/starlette_websocket.py", line 516, in _websocket_endpoint
    data = await websocket.receive_bytes()
starlette.websockets.WebSocketDisconnected: WebSocket is not connected. Need to call "accept" first.

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/x/site-packages/starlette/websockets.py", line 104, in send
    raise WebSocketDisconnected('Cannot call "send" once a close message has been sent.')
starlette.websockets.WebSocketDisconnected: Cannot call "send" once a close message has been sent.
"""
OURS = """Exception in ASGI application
Traceback (most recent call last):
  File "/x/components/media.py", line 60, in _file
ValueError: ours
"""


def test_of_all_tracebacks_only_that_of_a_browser_that_left_is_passed_over() -> None:
    assert plain(f"before\n{LEFT}after") == "before\nafter"
    assert plain(OURS) == OURS
    assert plain(OURS + LEFT) == OURS
    assert plain(LEFT + OURS) == OURS
    assert "ValueError: ours" in plain(LEFT + OURS + LEFT)
