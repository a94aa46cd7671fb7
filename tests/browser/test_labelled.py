"""A finished take is downloaded, and its file dropped on the Studio: prompt and settings are back."""

from __future__ import annotations

from pathlib import Path

import av
import httpx
from playwright.sync_api import Locator, Page, expect

from components.jobs.job import Job
from components.media import download_address
from tests.browser.conftest import NewPage
from tests.browser.harness import RunningApp, ready, screenshot
from tests.browser.steps import ask, asked_for, card, player, prompt, studio

SENTENCE = "A lighthouse in the fog 🌫️, its light turning slowly."
RATIO = "9:16"


def ratio(page: Page) -> Locator:
    """A setting that is not the usual one."""
    return page.get_by_role("radio", name=RATIO, exact=True)


def download(page: Page, folder: Path) -> Path:
    """The video of the take with the sentence, as the browser keeps it."""
    with page.expect_download() as downloading:
        card(page, SENTENCE).get_by_role("link", name="Download").click()
    kept = folder / downloading.value.suggested_filename
    downloading.value.save_as(kept)
    return kept


def drop(page: Page, file: Path) -> None:
    page.get_by_role("radio", name="Take in").or_(page.get_by_role("button", name="Take in")).first.click()
    page.locator('input[type="file"][accept*=".mp4"][accept*=".json"]').set_input_files(file)


def test_a_downloaded_video_dropped_on_the_studio_brings_its_settings_back(
    new_page: NewPage, app: RunningApp, tmp_path: Path
) -> None:
    page = new_page()
    studio(page, app)
    ratio(page).click()
    expect(ratio(page)).to_be_checked()
    ask(page, SENTENCE)
    player(page, SENTENCE)
    job: Job = asked_for(app)[0]
    file = download(page, tmp_path)
    assert file.name.startswith("a-lighthouse-in-the-fog")
    with av.open(str(file)) as film:
        assert film.metadata["title"].startswith("Sandbox preview, not AI: A lighthouse")
        assert job.order.model in film.metadata["comment"]

    answer = httpx.get(app.url + download_address(job), trust_env=False)
    assert answer.headers["content-length"] == str(file.stat().st_size)
    assert "content-encoding" not in answer.headers
    assert answer.content == file.read_bytes()

    other = new_page()  # somebody else, whose Studio is as new
    studio(other, app)
    expect(prompt(other)).to_have_value("")
    expect(ratio(other)).not_to_be_checked()
    prompt(other).fill("My own words")
    drop(other, file)
    expect(other.get_by_text("It replaces “My own words”")).to_be_visible()
    screenshot(other, "labelled")
    other.get_by_role("button", name="Put on the desk").click()
    expect(prompt(other)).to_have_value(SENTENCE)
    expect(ratio(other)).to_be_checked()
    ready(other)
    expect(other.get_by_text("The draft that you were given is on the desk.")).to_be_visible()


def test_a_video_from_elsewhere_gets_a_sentence(page: Page, app: RunningApp, tmp_path: Path) -> None:
    elsewhere = tmp_path / "holiday.mp4"
    with av.open(str(elsewhere), "w") as film:
        pictures = film.add_stream("libx264", rate=24)
        pictures.width, pictures.height, pictures.pix_fmt = 64, 64, "yuv420p"
        film.mux(pictures.encode(av.VideoFrame(64, 64, "yuv420p")))
        film.mux(pictures.encode(None))
    studio(page, app)
    drop(page, elsewhere)
    expect(page.get_by_text("This video carries no settings.")).to_be_visible()
