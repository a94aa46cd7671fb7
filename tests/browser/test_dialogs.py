"""A question stays on the screen until somebody answers it."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page, WebSocket, expect

from components.jobs.job import State
from tests.browser.harness import RunningApp
from tests.browser.steps import ask, asked_for, card, player, studio

SLOW = {"PLAYGROUND_SANDBOX_SECONDS": "4"}


@pytest.mark.parametrize("app", [SLOW], indirect=True)
def test_a_take_that_finishes_closes_nobodys_question(page: Page, app: RunningApp) -> None:
    sockets: list[WebSocket] = []
    page.on("websocket", lambda socket: sockets.append(socket))
    studio(page, app)
    ask(page, "the first")
    player(page, "the first")
    ask(page, "the second")
    card(page, "the first").get_by_role("button", name="Go on").click()
    page.get_by_role("menuitem", name="Use as new draft").click()  # over what is typed
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    # The second take goes through all its states while the question stands there.
    deadline = time.monotonic() + 60
    while asked_for(app)[0].state is not State.COMPLETED:
        assert time.monotonic() < deadline, asked_for(app)[0]
        page.wait_for_timeout(50)
    for _ in range(3):
        sockets[-1].wait_for_event("framesent")  # the page looks whether anything changed
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Keep my draft").click()
    expect(dialog).to_be_hidden()
    player(page, "the second")
    expect(page.get_by_text("Ready: the second")).to_be_visible()  # which waited for the answer
    assert len(asked_for(app)) == 2


@pytest.mark.parametrize("app", [SLOW], indirect=True)
def test_a_take_that_was_deleted_comes_back_with_undo(page: Page, app: RunningApp) -> None:
    studio(page, app)
    ask(page, "to be deleted")
    player(page, "to be deleted")
    card(page, "to be deleted").get_by_role("button", name="Delete").click()
    expect(card(page, "to be deleted")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    player(page, "to be deleted")
