import csv
import io
import math
from collections.abc import Iterable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from components.jobs.exports.csv_file import csv_parts, marked, read_back, unmarked
from components.jobs.exports.rows import Cell, Column, Kind, columns, rows
from components.jobs.job import Job
from tests.jobs.exports.taken import made

COLUMNS = columns(lambda job: job.state.value)
# Any text, and often one that a spreadsheet, a CSV reader or pandas would take for something else.
TRICKY = st.sampled_from(
    ["=1+1", "'=1", "''@x", "-5", "NA", "nan", "null", "1e5", "007", "", " ", '"', "\r", "a\r\nb"]
)
TEXTS = st.one_of(st.text(max_size=30), TRICKY, st.text(alphabet="'=+-@\t\r\n\",;a 🦝", max_size=8))


def written(jobs: Iterable[Job]) -> bytes:
    return b"".join(csv_parts(rows(jobs, COLUMNS), COLUMNS))


def cells(jobs: Iterable[Job]) -> list[dict[str, str]]:
    """The file as a program reads it that knows nothing of us."""
    return list(csv.DictReader(io.StringIO(written(jobs).decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("＝1+1", "'＝1+1"),
        ("'=1", "''=1"),
        ("'''-", "''''-"),
        ("'tis", "'tis"),
        ("a=1", "a=1"),
        (" =1", " =1"),
        ("", ""),
        ("🦝", "🦝"),
    ],
)
def test_what_a_spreadsheet_would_run_is_marked(text: str, shown: str) -> None:
    assert marked(text) == shown
    assert unmarked(shown) == text


@given(st.text(alphabet="'=+-@\t\ra＝", max_size=8))
def test_a_mark_can_be_taken_away_again_and_no_two_texts_become_one(text: str) -> None:
    assert unmarked(marked(text)) == text
    assert marked(text)[:1] not in set("=+-@\t\r＝")


def test_the_file_is_what_excel_knows_for_utf_8_with_lines_that_end_as_the_standard_says() -> None:
    file = written([made(prompt='ein Fuchs, läuft\nund "bellt"')])
    assert file.startswith(b"\xef\xbb\xbfTake,Title,Prompt,")
    assert file.endswith(b"\r\n")
    assert '"ein Fuchs, läuft\nund ""bellt"""'.encode() in file


def test_numbers_times_and_prices_are_plain() -> None:
    [row] = cells([made(seconds=5)])
    assert row["Asked (UTC)"] == "2025-10-09T08:53:21Z"
    assert row["Waited (s)"] == "90.0"
    assert row["Length asked for (s)"] == "5"
    assert row["Charged (USD)"] == "0.35"
    assert row["Prices are pretended"] == "yes"
    assert row["Settings sent (JSON)"] == '{"model": "maker/model", "prompt": "a fox", "duration": 5}'


def test_a_negative_number_stays_a_number() -> None:
    of = (Column("n", Kind.NUMBER, lambda job: -1.5, 5), Column("t", Kind.TEXT, lambda job: "-1.5", 5))
    assert b"".join(csv_parts(rows([made()], of), of)).endswith(b"n,t\r\n-1.5,'-1.5\r\n")


@pytest.mark.parametrize("number", [math.nan, math.inf, 1e300])
def test_times_and_figures_that_make_no_sense_are_left_empty(number: float) -> None:
    [row] = cells(
        [made(created=number, sent=number, usd_spent=math.nan, estimate={"usd": [1], "bounds": {}})]
    )
    assert row["Asked (UTC)"] == row["Charged (USD)"] == row["Estimate, least (USD)"] == ""


@settings(max_examples=50)
@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS, TEXTS), max_size=4))
@example([("🦝 \r\n=", "\u2028", "a\n\nb", "'")])
@example([("\ud800", "\0", "\ufeff", "\x1a")])
def test_pandas_reads_back_the_same_rows(texts: list[tuple[str, str, str, str]]) -> None:
    jobs = [
        made(n, prompt=prompt, title=title, note=note, model_name=model, project=note, detail=title)
        for n, (prompt, title, note, model) in enumerate(texts, 1)
    ]
    frame = read_back(io.BytesIO(written(jobs)), COLUMNS)
    assert list(frame.columns) == [column.name for column in COLUMNS]
    expected = list(rows(jobs, COLUMNS))
    assert len(frame) == len(expected)
    for row, found in zip(expected, frame.itertuples(index=False), strict=True):
        for column, cell, back in zip(COLUMNS, row, found, strict=True):
            assert same(column, cell, back), column.name


def same(column: Column, cell: Cell, back: object) -> bool:
    if cell is None:
        return back != back  # NaN, NaT
    if column.kind is Kind.TIME:
        return str(back)[:19] == str(cell)[:19]
    return back == cell


def test_a_long_list_comes_in_parts() -> None:
    parts = list(csv_parts(rows((made(n, prompt="x" * 1000) for n in range(300)), COLUMNS), COLUMNS))
    assert len(parts) > 5
    assert max(map(len, parts)) < 100_000
    assert len(cells(made(n, prompt="x" * 1000) for n in range(300))) == 300
