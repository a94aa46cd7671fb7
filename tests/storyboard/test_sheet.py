"""The sheet as an HTML reader takes it: what stands where, and that no text is anything but text."""

import io
import re
from base64 import b64decode
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from components.reports import clean_text
from components.storyboard.sheet import sheet_html
from components.storyboard.storyboard import Board, board_from

VOID = {"meta", "img"}
JPEG = io.BytesIO()
Image.new("RGB", (16, 9), "#204060").save(JPEG, "JPEG")


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    children: list["Element"] = field(default_factory=list)
    text: str = ""
    """What stands in it and in its children."""

    def all(self, tag: str, name: str | None = None) -> list["Element"]:
        """The elements below it of this kind, in their order."""
        found = []
        for child in self.children:
            if child.tag == tag and name in (None, child.attributes.get("class")):
                found.append(child)
            found += child.all(tag, name)
        return found

    def one(self, tag: str, name: str | None = None) -> "Element":
        (found,) = self.all(tag, name)
        return found


class Page(HTMLParser):
    """Reads a page whose elements are all closed; fails on any other."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.root = Element("", {})
        self._open = [self.root]
        html.encode("utf-8")
        self.feed(html)
        self.close()
        assert self._open == [self.root], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data


def read(board: Board, **given: object) -> Element:
    arguments: dict[str, object] = {"title": "Raccoons", **given}
    return Page(sheet_html(board, **arguments)).root  # type: ignore[arg-type]  # they are mixed on purpose


def board(count: int, text: str = "A raccoon runs.") -> Board:
    return board_from([(f"{n} {text}", n % 5 + 1) for n in range(1, count + 1)])


@pytest.mark.parametrize(
    ("shots", "pages"), [(1, [1]), (6, [6]), (7, [6, 1]), (12, [6, 6]), (13, [6, 6, 1]), (30, [6] * 5)]
)
def test_there_is_a_page_for_every_six_shots(shots: int, pages: list[int]) -> None:
    sections = read(board(shots)).all("section", "page")
    assert [len(section.all("li", "shot")) for section in sections] == pages
    numbers = [section.one("p", "number").text for section in sections]
    assert numbers == [f"Page {n} of {len(pages)}" for n in range(1, len(pages) + 1)]


def test_a_shot_has_its_number_times_seconds_and_text() -> None:
    page = read(board_from([("A raccoon runs.", 3), ("It stops,\nand looks.", 2), ("", 61)]))
    assert [cell.one("h2").text for cell in page.all("li")] == ["Shot 1", "Shot 2", "Shot 3"]
    times = [cell.one("p", "times").text for cell in page.all("li")]
    assert times == ["0:00–0:03 · 3 s", "0:03–0:05 · 2 s", "0:05–1:06 · 61 s"]
    texts = page.all("p", "text")
    assert [text.text for text in texts] == ["A raccoon runs.", "It stops,\nand looks.", ""]
    assert {text.attributes["dir"] for text in texts} == {"auto"}


def test_every_page_says_what_it_belongs_to() -> None:
    page = read(board(8), facts=[("Model", "Some Model"), ("Asked", "today")])
    assert len(page.all("section")) == 2
    for section in page.all("section"):
        assert section.one("h1").text == "Raccoons"
        facts = dict(
            zip((e.text for e in section.all("dt")), (e.text for e in section.all("dd")), strict=True)
        )
        assert facts == {"Length": "8 shots, 0:24", "Model": "Some Model", "Asked": "today"}
    assert page.one("title").text == "Raccoons"


def test_a_shot_without_a_frame_has_a_box_to_draw_in() -> None:
    frames = [JPEG.getvalue(), None]
    page = read(board(3), frames=frames)
    first, *others = page.all("li")
    assert first.one("img").attributes["alt"] == "Frame of shot 1"
    kind, _, content = first.one("img").attributes["src"].partition(",")
    assert (kind, b64decode(content)) == ("data:image/jpeg;base64", JPEG.getvalue())
    assert not first.all("div", "frame")
    for cell in others:
        assert cell.one("div", "frame")
        assert not cell.all("img")
    assert len(read(board(1), frames=[None, JPEG.getvalue()]).all("img")) == 0


def test_a_board_without_shots_gives_a_page_that_says_so() -> None:
    page = read(Board())
    assert "This storyboard has no shots yet." in page.one("section").text
    assert page.one("p", "number").text == "Page 1 of 1"
    assert not page.all("li")


def test_the_sheet_asks_nothing_of_any_address_and_runs_nothing() -> None:
    html = sheet_html(board(3), title="t", frames=[JPEG.getvalue()] * 3)
    page = Page(html).root
    assert not re.search(r"https?:|//|url\(|@import|<script|<link|javascript:", _without_images(html))
    policy = next(e for e in page.all("meta") if "http-equiv" in e.attributes).attributes["content"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def print_size(text: str) -> float:
    style = read(board_from([(text, 1)] * 6)).one("section").attributes["style"]
    match = re.fullmatch(r"--frame:\d+%;--text:([\d.]+)pt", style)
    assert match
    return float(match[1])


def test_long_texts_are_set_closer_as_far_as_they_can_be_read() -> None:
    # Half of the letters where each is twice as wide; what no page holds is set in a size to read, and goes on.
    for letter, per_word in (("word ", 5), ("一二三四。", 10)):
        sizes = [print_size(letter * (width // per_word)) for width in (100, 320, 600, 3000)]
        assert sizes == [9.5, 8.5, 7.5, 8.5]
    assert print_size("a\n" * 12) < print_size("a " * 12)


def test_one_long_text_closes_up_its_own_page_alone() -> None:
    texts = ["short"] * 6 + ["long " * 200]
    first, second = read(board_from([(text, 1) for text in texts])).all("section")
    assert "9.5pt" in first.attributes["style"]
    assert second.one("p", "text").text == texts[-1]


HOSTILE = st.text(
    st.one_of(st.characters(exclude_categories=()), st.sampled_from("<>&\"'/\n\r\0= -")), max_size=60
)


@settings(max_examples=60)
@given(HOSTILE, st.lists(HOSTILE, max_size=8), st.tuples(HOSTILE, HOSTILE))
def test_no_text_is_anything_but_text(title: str, texts: list[str], fact: tuple[str, str]) -> None:
    page = read(board_from([(text, 1) for text in texts]), title=title, facts=[fact])
    assert [text.text for text in page.all("p", "text")] == [shown(text) for text in texts]
    assert {heading.text for heading in page.all("h1")} == {shown(title)}
    assert [e.text for e in page.all("section")[0].all("dd")][1:] == [shown(fact[1])]
    tags = {e.tag for e in page.all("section")} | {child.tag for e in page.all("li") for child in e.children}
    assert tags <= {"section", "div", "p"}


def test_markup_in_a_text_stays_on_the_page_as_it_was_written() -> None:
    text = "<script>alert(1)</script></p><img src=x onerror=alert(1)> \"quoted\" & 'so' &amp;"
    page = read(board_from([(text, 1)]), title=text, facts=[(text, text)])
    assert page.one("p", "text").text == text == page.one("title").text
    assert not page.all("script")
    assert not page.all("img")


def shown(text: str) -> str:
    return clean_text(text).replace("\0", "\ufffd")


def _without_images(html: str) -> str:
    return re.sub(r"base64,[\w+/=]+", "", html)
