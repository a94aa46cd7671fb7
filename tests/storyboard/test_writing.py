"""A board that is written and read back is the same board."""

import ast
import csv
import io
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.reports import clean_text
from components.storyboard.cells import unguarded
from components.storyboard.reading import read_file, read_text
from components.storyboard.storyboard import MOST_SECONDS, Board, Budget, Shot, board_from
from components.storyboard.writing import FORMATS, Format

BUDGET = Budget(totals=(5, 10), lengths=(5, 10))
BY_ENDING = {format.ending: format for format in FORMATS}

# What separates, quotes, marks, names or is calculated in one of the formats.
MARKS = r"""\n \t , ; | " ' '' "" = + - @ ＝ # * 1. 1) [x] [ ] ( ) (3 s) (3\xa0s) — 5 sec. : 0:03 --> & &amp; &#32; &#
Text Seconds Text,Seconds seconds sep=; Shot 1: INT. EST. /* */ [[ { } \\ ` <b> \x00 \x0b \x1c \x85 \u2028 \xa0 \ufeff
a fox 狐 🦝 é 2 -1 1,5 00:00:01,000"""
PIECES = st.sampled_from(
    [re.sub(r"\\[a-z].*", lambda code: ast.literal_eval(f"'{code[0]}'"), m) for m in MARKS.split()]
)
TEXTS = st.lists(PIECES | st.just(" ") | st.text(max_size=3), max_size=12).map(
    lambda parts: clean_text("".join(parts))
)
ROWS = st.lists(st.tuples(TEXTS, st.integers(1, MOST_SECONDS)), min_size=1, max_size=5)


def back(format: Format, board: Board) -> Board:
    return read_file(f"x.{format.ending}", format.write(board), BUDGET)


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.ending)
@given(rows=ROWS)
def test_what_is_written_is_read_back_exactly(format: Format, rows: list[tuple[str, int]]) -> None:
    assert back(format, board_from(rows)).rows == tuple(rows)


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.ending)
@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n",
        " \n\n a \n \n",
        "1. one\n2. two",
        "- [ ] to do",
        "[x] done",
        "Text,Seconds",
        "Text\tSeconds",
        "text;seconds",
        "(3 s)",
        "a fox (3 s)",
        "a fox — 3 s",
        "3 seconds",
        '"',
        '"quoted"',
        'She says "Stop!"',
        '"Stop!" she says, "now"',
        "=1+1",
        "'=1+1",
        "''@x",
        "'plain'",
        "-5",
        "\t5",
        "a\tb\n\tc",
        "&#32;&amp;#32;&amp;amp;",
        "a  \n  b",
        "# heading\n---\n```",
        "00:00:01,000 --> 00:00:02,000",
        "INT. KITCHEN - DAY",
        '{"shots": []}',
        "\ufeffmark",
        "a\x00b",
        "a\u2028b\x85c\x0bd",
        "12",
    ],
)
def test_any_text_survives_alone_and_among_others(format: Format, text: str) -> None:
    for rows in ([(text, 3)], [("a fox", 2), (text, 3)], [(text, 1), (text, 2)]):
        assert back(format, board_from(rows)).rows == tuple(rows)


def test_json_keeps_ids_and_whether_lengths_are_written() -> None:
    board = Board((Shot("b7", "a fox", 3), Shot("a", "", 61)), write_lengths=False)
    assert back(BY_ENDING["json"], board) == board


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.ending)
@given(rows=ROWS)
def test_pasted_it_is_the_same_too(format: Format, rows: list[tuple[str, int]]) -> None:
    pasted = format.write(board_from(rows)).decode("utf-8")
    assert read_text(pasted, BUDGET).rows == tuple(rows)


@given(rows=ROWS)
def test_other_programs_read_the_csv(rows: list[tuple[str, int]]) -> None:
    content = BY_ENDING["csv"].write(board_from(rows))
    assert content.startswith(b"\xef\xbb\xbf")
    header, *lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    assert header == ["Text", "Seconds"]
    assert [(unguarded(text), int(seconds)) for text, seconds in lines] == rows


@pytest.mark.parametrize("ending", ["csv", "tsv"])
@given(rows=ROWS)
def test_no_cell_is_a_formula(ending: str, rows: list[tuple[str, int]]) -> None:
    content = BY_ENDING[ending].write(board_from(rows)).decode("utf-8-sig")
    separator = "," if ending == "csv" else "\t"
    for line in csv.reader(io.StringIO(content, newline=""), delimiter=separator):
        assert not line[0].startswith(tuple("=+-@\t\r\n＝＋－＠"))


def test_lines_end_as_excel_writes_them() -> None:
    content = BY_ENDING["csv"].write(board_from([("a fox\nin snow", 3)]))
    assert content == b'\xef\xbb\xbfText,Seconds\r\n"a fox\nin snow",3\r\n'


def test_markdown_is_readable() -> None:
    content = BY_ENDING["md"].write(board_from([("A fox runs.", 3), ("Its face:\nit looks up.", 2)]))
    assert content.decode() == ("# Storyboard\n\n1. A fox runs. (3 s)\n2. Its face:\n   it looks up. (2 s)\n")


def test_json_is_what_a_board_is_kept_as() -> None:
    board = board_from([("狐", 3)])
    assert json.loads(BY_ENDING["json"].write(board)) == board.as_json()
    assert re.search("狐", BY_ENDING["json"].write(board).decode())
