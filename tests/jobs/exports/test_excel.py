import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from components.jobs.exports.excel import MOST_IN_A_CELL, shown, write_excel
from components.jobs.exports.rows import Column, columns, rows
from components.jobs.job import Job
from tests.jobs.exports.taken import made

COLUMNS = columns(lambda job: job.state.value)
XML = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheet(folder: Path, jobs: list[Job], of: tuple[Column, ...] = COLUMNS, **how: int) -> ElementTree.Element:
    """The one sheet of the file, as it is inside."""
    write_excel(rows(jobs, of), of, folder / "x.xlsx", **how)
    with zipfile.ZipFile(folder / "x.xlsx") as file:
        assert not [name for name in file.namelist() if "rels" in name and "worksheets" in name]  # no links
        return ElementTree.fromstring(file.read("xl/worksheets/sheet1.xml"))


def lines(of: ElementTree.Element) -> list[list[str]]:
    return [["".join(cell.itertext()) for cell in row.iter(f"{XML}c")] for row in of.iter(f"{XML}row")]


def test_texts_are_texts_numbers_numbers_and_times_dates(tmp_path: Path) -> None:
    found = sheet(tmp_path, [made(prompt="=1+1", title="http://a.example/x", note="mailto:a@b.example")])
    cells = {cell.get("r"): cell for cell in found.iter(f"{XML}c")}
    assert cells["C2"].get("t") == cells["B2"].get("t") == "inlineStr"
    assert "".join(cells["C2"].itertext()) == "=1+1"
    assert not list(found.iter(f"{XML}f"))
    assert not list(found.iter(f"{XML}hyperlink"))
    at = [column.name for column in COLUMNS].index("Asked (UTC)")
    asked = list(found.iter(f"{XML}row"))[1][at_of(found, at)]
    assert asked.get("t") is None
    assert float("".join(asked.itertext())) == pytest.approx(45939.3704, abs=0.001)


def at_of(found: ElementTree.Element, column: int) -> int:
    """The place of a column among the cells of the second line, which leaves empty ones out."""
    names = [cell.get("r", "") for cell in list(found.iter(f"{XML}row"))[1]]
    return names.index(f"{chr(65 + column)}2")


def test_the_heading_stays_in_sight(tmp_path: Path) -> None:
    pane = next(sheet(tmp_path, [made()]).iter(f"{XML}pane"))
    assert pane.get("state") == "frozen"
    assert pane.get("ySplit") == "1"


ANY = st.text(st.characters(exclude_categories=()), max_size=40)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(ANY)
@example("<r><t>raw</t></r>")
@example("<r></broken></r>")
@example("_x0001_ \x01\x0b\x1f \ufffe\uffff \ud800 ]]> &amp; <b>")
def test_whatever_a_prompt_holds_the_file_is_sound(tmp_path: Path, prompt: str) -> None:
    found = sheet(tmp_path, [made(prompt=prompt, title="Title")])
    row = lines(found)[1]
    assert row[1] == "Title"
    if prompt.isprintable() and prompt and "_x" not in prompt and not prompt.startswith("<r>"):
        assert row[2] == prompt


@pytest.mark.parametrize("letter", ["a", "🦝", "é"])
def test_a_text_that_no_cell_can_hold_is_cut_and_says_so(letter: str) -> None:
    text = shown(letter * 40_000)
    assert len(text.encode("utf-16-le")) // 2 <= MOST_IN_A_CELL
    assert text.startswith(letter * 10_000)
    assert "the CSV file has all of it" in text


@pytest.mark.parametrize("text", ["a" * MOST_IN_A_CELL, "🦝" * (MOST_IN_A_CELL // 2)])
def test_a_text_that_just_fits_is_left_alone(text: str) -> None:
    assert shown(text) == text


@pytest.mark.parametrize(
    ("takes", "last"), [(3, f"{2:032x}"), (4, "There are more takes"), (9, "There are more takes")]
)
def test_more_takes_than_a_sheet_holds_end_in_a_sentence(tmp_path: Path, takes: int, last: str) -> None:
    found = lines(sheet(tmp_path, [made(n) for n in range(takes)], most_rows=4))
    assert len(found) == 4
    assert found[-1][0].startswith(last)
    assert found[1][0] == f"{0:032x}"


def test_no_takes_make_a_file_with_a_heading(tmp_path: Path) -> None:
    assert len(lines(sheet(tmp_path, []))) == 1


def test_scratch_files_are_gone(tmp_path: Path) -> None:
    sheet(tmp_path, [made()])
    assert [file.name for file in tmp_path.iterdir()] == ["x.xlsx"]
    assert zipfile.is_zipfile(io.BytesIO((tmp_path / "x.xlsx").read_bytes()))
