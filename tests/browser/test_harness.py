"""What the browser tests stand on sees what it must not miss."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.harness import Watch, running_app


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
