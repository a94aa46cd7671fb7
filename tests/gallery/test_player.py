from html.parser import HTMLParser

import pytest

from components.gallery.player import player_html
from components.jobs.job import Destination, Job, Order, State, VideoFile

VIDEO = VideoFile(size=1, seconds=5.0, width=720, height=1280, fps=24.0, sound=True, poster=True)


def take(prompt: str, poster: bool = True) -> Job:
    order = Order(
        owner="me",
        model="a/model",
        model_name="A Model",
        body={"prompt": prompt},
        destination=Destination.SANDBOX,
        base_url="built-in",
        path="/v2/video/generations",
        prompt=prompt,
    )
    video = VideoFile(**{**VIDEO.__dict__, "poster": poster})
    return Job(id="ab" * 16, seq=1, order=order, state=State.COMPLETED, created=0.0, video=video)


class Elements(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize(
    "prompt", ["a fox", '"><script>alert(1)</script>', "' onload=alert(1) x='", "", "🦊 & <b>"]
)
def test_whatever_the_prompt_there_is_one_video_and_nothing_else(prompt: str) -> None:
    [(tag, attributes)] = Elements(player_html(take(prompt))).found
    assert tag == "video"
    assert attributes["src"] == f"/app/static/media/{'ab' * 16}.mp4"
    assert attributes["preload"] == "none"
    assert not {name for name in attributes if name.startswith("on")}
    label = attributes["aria-label"]
    assert label is not None
    assert label.startswith("Video: ")
    assert not set(label) & set("<>")


def test_a_take_without_a_poster_names_none() -> None:
    [(_, attributes)] = Elements(player_html(take("a", poster=False))).found
    assert "poster" not in attributes


def test_chapters_become_a_track() -> None:
    found = Elements(player_html(take("a"), chapters="/app/static/media/x.vtt")).found
    assert [tag for tag, _ in found] == ["video", "track"]
    assert found[1][1]["kind"] == "chapters"


def test_the_same_take_is_always_the_same_element() -> None:
    assert player_html(take("a")) == player_html(take("a"))
