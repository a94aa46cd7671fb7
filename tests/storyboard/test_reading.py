"""What others write becomes a board: each format by its ending, and by how it looks."""

import ast
import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.reports import clean_text
from components.storyboard.cells import unguarded
from components.storyboard.reading import (
    ACCEPTED,
    MOST_BYTES,
    Unreadable,
    read_file,
    read_rows,
    read_text,
)
from components.storyboard.storyboard import MOST_CHARACTERS, MOST_SHOTS, Budget
from tests.need import shared

BUDGET = Budget(totals=(5, 10), lengths=(5, 10), usual=5)
FOX_AND_HEN = (("A fox", 4), ("A hen", 2))

WRONG_QUOTES = (
    "a quotation mark is opened here and not closed at the end of its cell. "
    "Quotation marks inside a cell are written twice."
)
NO_TEXT = "This is not a text file, or it is damaged. Save it again as text in UTF-8."
FULL = "There are more than 200 shots in it; a storyboard has at most 200."

Rows = tuple[tuple[str, int], ...]


def read(name: str, content: str | bytes) -> Rows:
    return read_file(name, content if isinstance(content, bytes) else content.encode(), BUDGET).rows


def refusal(name: str, content: str | bytes) -> str:
    with pytest.raises(Unreadable) as unreadable:
        read(name, content)
    return str(unreadable.value)


def no_length(where: str, said: str) -> str:
    return f"{where}: the length must be a whole number of seconds; it says {said}."


@pytest.mark.parametrize(
    "table",
    [
        "text,seconds\nA fox,4\nA hen,2\n",
        "Seconds,Text\r\n4,A fox\r\n2,A hen",
        "Shot,Description,Duration (s),Notes\n1,A fox,4,\n2,A hen,2,look again",
        "Nr;Beschreibung;Dauer\n1;A fox;4\n2;A hen;2\n",
        "Szene;Länge in Sekunden\nA fox;4\nA hen;2\n",
        "Prompt\tDuration\nA fox\t4\nA hen\t2\n",
        "镜头,画面描述,时长（秒）\n1,A fox,4\n2,A hen,2\n",
        "shotDescription,duration_seconds\nA fox,4\nA hen,2\n",
        "sep=;\r\nText;Seconds\r\nA fox;4\r\nA hen;2\r\n",
        '"Text","Seconds"\n"A fox","4"\n"A hen","2"\n',
        '"Text"\t"Seconds"\n"A fox"\t"4"\n"A hen"\t"2"\n',
        "\n\n ,, \nText,Seconds\n\n,\nA fox,4\n,,\n \nA hen,2\n\n\n",
        # Without a header.
        "A fox,4\nA hen,2",
        "4,A fox\n2,A hen",
        "1,A fox,4\n2,A hen,2",
        "A fox;4\nA hen;2",
        "1\tA fox\t4\n2\tA hen\t2",
        "A fox,4 s\nA hen,2 sec",
        "A fox,0:04\nA hen,00:00:02",
        "A fox;4,0\nA hen;2,0",
        "A fox, 4.0\nA hen, ２",
    ],
)
def test_a_table_in_many_wordings(table: str) -> None:
    assert read("x.csv", table) == FOX_AND_HEN
    assert read("x", table) == FOX_AND_HEN
    assert read_text(table, BUDGET).rows == FOX_AND_HEN


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ('Text,Seconds\n"A fox, red,\n""quick""",4\n', (('A fox, red,\n"quick"', 4),)),
        ('A fox; "red"; quick,4\nA hen, 2', (('A fox; "red"; quick', 4), ("A hen", 2))),
        ('"A fox, running" , 4\n', (("A fox, running", 4),)),
        # What has no length gets that in its text, or the usual one.
        ("Text\nA fox, 7 seconds.\nA hen\n", (("A fox, 7 seconds.", 7), ("A hen", 5))),
        ("text,seconds\nA fox,\nA hen,2\n", (("A fox", 5), ("A hen", 2))),
        ("text,seconds\nA fox\n,2\n", (("A fox", 5), ("", 2))),
        # Texts with commas in them, and nothing else.
        ("A fox, red\nA hen, white, running\n", (("A fox, red", 5), ("A hen, white, running", 5))),
        ('"A fox, red"\n"A hen"\n', (("A fox, red", 5), ("A hen", 5))),
        # A formula that was made harmless.
        ("text,seconds\n'=1+1,3\n''@x,3\n'tis,3\n", (("=1+1", 3), ("'@x", 3), ("'tis", 3))),
        # Lengths that this model does not offer.
        ("text,seconds\nA fox,3600\n", (("A fox", 3600),)),
        ("Shot\tSeconds\n=\t3\n", (("=", 3),)),
        ("12\t3\n13\t4\n", (("12", 3), ("13", 4))),
    ],
)
def test_a_table_with_what_is_special(table: str, rows: Rows) -> None:
    assert read("x.csv", table) == rows


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_every_usual_encoding(encoding: str) -> None:
    table = "Text,Sekunden\r\nEin Füchslein – “schön”,3\r\n"
    assert read("x.csv", table.encode(encoding)) == (("Ein Füchslein – “schön”", 3),)


@given(
    rows=st.lists(
        st.tuples(st.text(max_size=20).map(clean_text), st.integers(1, 99)), min_size=1, max_size=4
    ),
    separator=st.sampled_from(",;"),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
)
def test_what_another_program_writes_is_read_as_it_was(
    rows: list[tuple[str, int]], separator: str, quoting: Any
) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=separator, quoting=quoting).writerows([("text", "seconds"), *rows])
    assert read("x.csv", file.getvalue()) == tuple((unguarded(text), seconds) for text, seconds in rows)


@pytest.mark.parametrize(
    ("value", "rows"),
    [
        (["A fox", "A hen, 2 seconds."], (("A fox", 5), ("A hen, 2 seconds.", 2))),
        ([{"prompt": "A fox", "duration": 4}, {"prompt": "A hen", "duration": "2"}], FOX_AND_HEN),
        ({"model": "m/m", "shots": [{"a": "A fox", "b": 4}, {"a": "A hen", "b": 2}], "seed": 1}, FOX_AND_HEN),
        ({"model": "m/m", "x": ["A fox, 4 s", "A hen, 2 s"]}, (("A fox, 4 s", 4), ("A hen, 2 s", 2))),
        ({"version": 1, "board": {"shots": [{"id": "a", "text": "A fox", "seconds": 4}]}}, (("A fox", 4),)),
        # An export that somebody has edited: without ids, with a shot more.
        ({"shots": [{"text": "A fox", "seconds": 4}, {"text": "A hen", "seconds": 2.0}]}, FOX_AND_HEN),
        # The shots among other lists.
        (
            {
                "tags": ["a longer tag than any of the texts of the shots in the list"],
                "images": ["https://example.com/a.png", "https://example.com/b.png"],
                "input": {"multi_shot": [{"prompt": "A fox", "duration": 4}, {"prompt": "A hen", "duration": 2}]},
            },
            FOX_AND_HEN,
        ),
        ([{"scene": 1, "description": "A fox", "length": "4 s"}, {"scene": 2, "description": "A hen"}],
         (("A fox", 4), ("A hen", 5))),
        ([{"id": 1, "text": "A fox"}, {"id": 2, "text": "A hen"}], (("A fox", 5), ("A hen", 5))),
        ({"prompt": "A fox", "duration": 4}, (("A fox", 4),)),
        (["", "A fox", " "], (("A fox", 5),)),
        (["half a pair \ud83d"], (("half a pair \ufffd", 5),)),
    ],
)  # fmt: skip
def test_json_of_many_shapes(value: Any, rows: Rows) -> None:
    text = json.dumps(value)
    assert read("x.json", text) == rows
    assert read_text(f"\n {text}", BUDGET).rows == rows


def test_the_request_of_the_providers_example() -> None:
    script = shared("clients/samples/000_klingai_video-v3-pro-text-to-video.py").read_text()
    dicts = [
        node for node in ast.walk(ast.parse(script)) if isinstance(node, ast.Dict) and len(node.keys) > 3
    ]
    request = ast.literal_eval(dicts[0])
    board = read_text(json.dumps(request), BUDGET)
    assert [shot.text for shot in board.shots] == request["multi_prompt"]
    assert [shot.seconds for shot in board.shots] == [3, 2, 3]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("1. A fox (4 s)\n2. A hen (2 s)\n", FOX_AND_HEN),
        ("# Plan\n\nIn which a fox comes.\n\n- A fox — 4 s\n- A hen - 2 sec.\n\nThe end.\n", FOX_AND_HEN),
        ("* [ ] A fox (4 seconds)\n* [x] A hen [0:02]\n", FOX_AND_HEN),
        ("1) A fox (4s)\n\n2) A hen (2 Sekunden)", FOX_AND_HEN),
        ("• A fox (4 s)\n• A hen (2 s)", FOX_AND_HEN),
        ("(1) A fox (4 s)\n(2) A hen (2 s)", FOX_AND_HEN),
        ("## One\n- A fox (4 s)\n## Two\n- A hen (2 s)\n---\n", FOX_AND_HEN),
        # Lines that belong to an item.
        ("1. A fox\n   runs\n\n   far (4 s)\n2. A hen\nsits (2 s)", (("A fox\nruns\n\nfar", 4), ("A hen\nsits", 2))),
        ("- A fox\n  - red\n  - quick (4 s)\n- A hen", (("A fox\n- red\n- quick", 4), ("A hen", 5))),
        # Without a length at the end: that in the text, or the usual one.
        ("- A fox, 3 seconds, in snow\n- A hen (2)\n", (("A fox, 3 seconds, in snow", 3), ("A hen (2)", 5))),
        ("1. A fox\n2.\n3. A hen & co &amp; &#33; &#1114112;", (("A fox", 5), ("A hen & co & ! &#1114112;", 5))),
    ],
)  # fmt: skip
def test_lists_as_people_write_them(text: str, rows: Rows) -> None:
    assert read("x.md", text) == rows
    assert read("x.txt", text) == rows


@pytest.mark.parametrize(
    "text",
    [
        "| Shot | Description | Length |\n|---|:--|--:|\n| 1 | A fox \\| hare | 4 s |\n| 2 | A hen | 2 s |\n",
        "# Plan\n\nHere it is:\n\n|Text|Seconds|\n|-|-|\n|A fox \\| hare|4|\n||\n|A hen|2|\n\n- Shall I go on?\n",
        "| A fox \\| hare | 4 |\n| A hen | 2 |",
    ],
)
@pytest.mark.parametrize("name", ["x.md", "x.txt"])
def test_tables_as_markdown_draws_them(name: str, text: str) -> None:
    assert read(name, text) == (("A fox | hare", 4), ("A hen", 2))


def test_a_drawn_table_names_the_line_of_a_bad_length() -> None:
    assert refusal("x.md", "|Text|Seconds|\n|-|-|\n|A fox|soon|\n") == no_length("Line 3", "“soon”")


@pytest.mark.parametrize("ending", ACCEPTED)
def test_json_is_known_under_any_ending(ending: str) -> None:
    assert read(f"x.{ending}", '["A fox, 4 s", "A hen"]') == (("A fox, 4 s", 4), ("A hen", 5))


@pytest.mark.parametrize("name", ["x.txt", "x.md", "x", "x.rtf"])
def test_plain_lines_are_a_shot_each(name: str) -> None:
    assert read(name, "A fox runs (4 s)\n\n  A hen, sitting.\n2 of them, 3 s") == (
        ("A fox runs", 4),
        ("A hen, sitting.", 5),
        ("2 of them, 3 s", 3),
    )


SUBTITLES = """1
00:00:00,000 --> 00:00:03,600
A <i>fox</i>
in <font color="red">snow</font>

2
00:00:09,000 --> 00:00:09,100 X1:10 Y1:20
{\\an8}2

3
01:00.500 --> 01:03.000
A hen.

And an egg.
"""


@pytest.mark.parametrize("name", ["x.srt", "x.txt"])
def test_subtitles_are_shots_as_long_as_they_show(name: str) -> None:
    shots = (("A fox\nin snow", 4), ("2", 1), ("A hen.\n\nAnd an egg.", 3))
    assert read(name, SUBTITLES) == shots
    assert read(name, "\ufeff" + SUBTITLES.replace("\n", "\r\n")) == shots


SCREENPLAY = """Title: The Fox
Author: Somebody

FADE IN:

EXT. FOREST - NIGHT #1#

A fox runs. [[How fast?]]
It stops, 4 seconds.

FOX (V.O.)
(softly)
Who is there?

/* Not now:

INT. NOWHERE - DAY */

CUT TO:

.THE BURROW

!BANG
> Warm light <

# Act two

int. barn - day
A hen sleeps.

> FADE OUT.

EST. THE FARM - DAWN
"""


@pytest.mark.parametrize("name", ["x.fountain", "x.txt"])
def test_scenes_of_a_screenplay_are_shots(name: str) -> None:
    assert read(name, SCREENPLAY) == (
        ("EXT. FOREST - NIGHT\nA fox runs.\nIt stops, 4 seconds.\nFOX (V.O.): (softly) Who is there?", 4),
        ("THE BURROW\nBANG\nWarm light", 5),
        ("int. barn - day\nA hen sleeps.", 5),
        ("EST. THE FARM - DAWN", 5),
    )


def test_what_stands_before_the_first_scene_is_a_shot_too() -> None:
    text = "A black screen.\n\nINT. A - DAY\n\nA fox.\n\n/* never closed"
    assert read("x.fountain", text) == (("A black screen.", 5), ("INT. A - DAY\nA fox.\n/* never closed", 5))


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("x.csv", "text,seconds\nA fox,3\n\nA hen,soon\n", no_length("Line 4", "“soon”")),
        ("x.csv", 'text,seconds\n"A\n\nfox",3\nA hen,2.5\n', no_length("Line 5", "“2.5”")),
        ("x.csv", "A fox,3\nA hen,2\nA cat,later", no_length("Line 3", "“later”")),
        ("x.csv", "text,seconds\nA fox,-3\n", no_length("Line 2", "“-3”")),
        ("x.csv", "text,seconds\nA fox,0\n", no_length("Line 2", "“0”")),
        (
            "x.csv",
            "text,seconds\nA fox,3601\n",
            "Line 2: a shot can be at most 3,600 seconds long; it says “3601”.",
        ),
        ("x.csv", 'text,seconds\nA fox,3\n"A hen,2\n', f"Line 3: {WRONG_QUOTES}"),
        ("x.csv", 'text,seconds\n"A fox" runs,3\n', f"Line 2: {WRONG_QUOTES}"),
        (
            "x.csv",
            "seconds,text\n3,A fox, red\n",
            "Line 2: this has 3 cells, but the first line names 2. "
            "Put a text that holds a comma or a semicolon into quotation marks.",
        ),
        ("x.csv", "a," * 2000, "Line 1: this has more than 1,000 cells."),
        ("x.md", "- A fox (3 s)\n- A hen\n  sits (1.5 s)", no_length("Line 2", "“1.5 s”")),
        ("x.txt", "A fox (3 s)\n\nA hen (0 s)", no_length("Line 3", "“0 s”")),
        (
            "x.json",
            '["A fox",\n "A hen"',
            "Line 2: the JSON cannot be read from character 9 on. "
            "A comma, a bracket or a quotation mark may be missing there or before.",
        ),
        ("x.json", '[{"text": "A fox", "seconds": "soon"}]', no_length("Shot 1", "“soon”")),
        ("x.json", '[{"text": "a"}, {"text": "b", "seconds": NaN}]', no_length("Shot 2", "“NaN”")),
        ("x.json", '[{"text": "a", "seconds": -Infinity}]', no_length("Shot 1", "“-Infinity”")),
        ("x.json", '[{"text": "a", "seconds": 1e999}]', no_length("Shot 1", "“Infinity”")),
        ("x.json", '[{"text": "a", "seconds": true}]', no_length("Shot 1", "“true”")),
        ("x.json", '[{"text": "a", "seconds": [3]}]', no_length("Shot 1", "something that is no number")),
        (
            "x.json",
            '[{"text": "a", "seconds": ' + "9" * 30 + "}]",
            "Shot 1: a shot can be at most 3,600 seconds long; it says “999999999999999999999999999999”.",
        ),
        ("x.json", "[" + "9" * 5000 + "]", "There is a number of thousands of digits in this JSON."),
        ("x.json", "[" * 100_000, "There are too many brackets within brackets in this JSON."),
        (
            "x.json",
            '{"shot": "A fox", "shot": "A hen"}',
            "The name “shot” stands twice in one object of this JSON.",
        ),
        (
            "x.srt",
            "1\n00:00:01,000 --> soon\nA fox",
            "Line 2: this is no pair of times like 00:00:01,000 --> 00:00:04,000.",
        ),
        (
            "x.srt",
            "1\n00:00:04,000 --> 00:00:01,000\nA fox",
            "Line 2: this ends before it begins; it says “00:00:04,000 --> 00:00:01,000”.",
        ),
        (
            "x.srt",
            "00:00:00,000 --> 09:00:01,000\nA fox",
            "Line 1: a shot can be at most 3,600 seconds long; this has 32,401.",
        ),
        (
            "x.fountain",
            "A fox runs.",
            "There is no scene in it. A scene begins with a line like “EXT. FOREST - DAY”.",
        ),
        ("x.csv", b"\x89PNG\r\n\x1a\n\x00\x00", NO_TEXT),
        ("x.csv", b"\xff\xfea", NO_TEXT),
        (
            "x.csv",
            "text,seconds\nfüchslein,3\nÄ".encode()[:-1],
            "The file ends in the middle of a letter: it seems to be cut off.",
        ),
        ("x.csv", b"a" * (MOST_BYTES + 1), "This file is 1.1 MB; a storyboard is at most 1 MB."),
        ("x.json", b"a" * 5_200_000, "This file is 5.2 MB; a storyboard is at most 1 MB."),
        ("x.csv", "text\n" + "fox\n" * (MOST_SHOTS + 1), FULL),
        (
            "x.txt",
            "f" * (MOST_CHARACTERS + 1),
            "Its shots have 200,001 characters together; a storyboard has at most 200,000.",
        ),
        ("x.csv", '"\n"\n' * 6000, "Line 10001: more than 5,000 rows up to here are empty."),
    ],
)
def test_a_bad_file_gives_the_line_and_the_reason(name: str, content: str | bytes, sentence: str) -> None:
    assert refusal(name, content) == sentence


@pytest.mark.parametrize("ending", [ending for ending in ACCEPTED if ending != "fountain"])
@pytest.mark.parametrize("content", ["", " \n\n\t\n", "\ufeff"])
def test_without_a_shot_it_says_what_a_file_may_be(ending: str, content: str) -> None:
    sentence = refusal(f"x.{ending}", content)
    assert ending == "json" or sentence.startswith("There is no shot in it. It may be a table")


@pytest.mark.parametrize(
    "content", ["[]", "{}", "3", "null", '[{"a": 1}]', '{"shots": []}', '["3", 4]', '[""]']
)
def test_json_without_a_shot(content: str) -> None:
    assert refusal("x.json", content).startswith("There is no shot in it.")


def test_as_many_shots_as_a_board_holds_are_read() -> None:
    assert len(read("x.csv", "text\n" + "fox\n" * MOST_SHOTS)) == MOST_SHOTS
    assert len(read("x.json", json.dumps(["fox"] * MOST_SHOTS))) == MOST_SHOTS
    assert refusal("x.json", json.dumps(["fox"] * (MOST_SHOTS + 1))).startswith("There are more than 200")


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("A fox\t4\nA hen\t2\n", [("A fox", 4), ("A hen", 2)]),
        ("4\tA fox\n\tA hen\n", [("A fox", 4), ("A hen", None)]),
        ("A fox\t\nA hen\t2", [("A fox", None), ("A hen", 2)]),
        ("Text\tSeconds\nA fox\t4", [("A fox", 4)]),
        # A line that could be a header is a text where only one of the columns has a name.
        ("Action\nA fox", [("Action", None), ("A fox", None)]),
        ("Text\tnothing\n", [("nothing", None)]),
        ("1\tA fox\t4\n2\tA hen\t2", [("A fox", 4), ("A hen", 2)]),
        # Spreadsheets quote what has a tab or a new line, and nothing else.
        (
            '"A ""red""\nfox"\t4\n"Stop!"\t2\n"Go," it says.',
            [('A "red"\nfox', 4), ('"Stop!"', 2), ('"Go," it says.', None)],
        ),
        (
            "  A fox \n- A hen, 3 s (2 s)\n\n1. A cat",
            [("  A fox ", None), ("- A hen, 3 s (2 s)", None), ("1. A cat", None)],
        ),
        ("A fox; red, 3\n", [("A fox; red, 3", None)]),
        ("'=1\t3", [("=1", 3)]),
        ("\n \n", []),
        ("A fox\r\nA hen\r", [("A fox", None), ("A hen", None)]),
    ],
)
def test_cells_from_a_spreadsheet(text: str, rows: list[tuple[str, int | None]]) -> None:
    assert read_rows(text, BUDGET) == rows


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("A fox\t3\nA hen\tsoon", no_length("Line 2", "“soon”")),
        ("fox\n" * 201, FULL),
        ("f\n" * 250_001, "It has 250,001 lines; at most 250,000 are read."),
        ("f" * 1_000_001, "This text has 1,000,001 characters; at most 1,000,000 are read."),
    ],
)
def test_cells_that_cannot_be_read(text: str, sentence: str) -> None:
    with pytest.raises(Unreadable) as unreadable:
        read_rows(text, BUDGET)
    assert str(unreadable.value) == sentence
