"""What lies on the disk between two runs."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from components.catalog.live.kept import AddedDocument, Kept, KeptDocument, KeptList, mark_of
from components.provider.replies import ModelRow

ROW = ModelRow(id="a", aliases=("b",), pricing={"kind": "variable"}, capabilities=("text_to_video",))
LIST = KeptList(base_url="https://a", etag='"1"', at=5.0, rows=(ROW,), gone=(ModelRow(id="c"),))
DOCUMENT = KeptDocument(model="a/b", destination="live", mark="m", at=5.0, document={"openapi": "3.0.0"})


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "catalogue", tmp_path / "sandbox")


def test_nothing_is_there_before_something_is_kept(kept: Kept, tmp_path: Path) -> None:
    assert kept.list_of("live") is None
    assert kept.document("a/b") is None
    assert not list(kept.documents())
    assert not list(kept.added())
    assert not [*tmp_path.iterdir()]


def test_what_is_kept_comes_back(kept: Kept) -> None:
    kept.keep_list("live", LIST)
    kept.keep_document(DOCUMENT)
    kept.add("own", "My own", {"openapi": "3.1.0", "info": {"title": "\ud800"}})
    assert kept.list_of("live") == LIST
    assert kept.list_of("sandbox") is None
    assert list(kept.documents()) == [DOCUMENT] == [kept.document("a/b")]
    (own,) = kept.added()
    assert own == AddedDocument(
        model="own", name="My own", document={"openapi": "3.1.0", "info": {"title": "\ud800"}}
    )


def test_a_model_of_any_name_has_a_file_of_its_own(kept: Kept, tmp_path: Path) -> None:
    for name in ("../../escape", "a/b", "A/B", "", "x" * 500, "\ud800"):
        kept.add(name, name, {"name": name})
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 12
    assert {path.parent.name for path in files} == {"added", "sandbox"}
    assert len(list(kept.added())) == 6


def test_only_the_apps_own_user_can_read_it(kept: Kept, tmp_path: Path) -> None:
    kept.keep_list("live", LIST)
    kept.add("own", "My own", {})
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 3
    for path in files:
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077


def test_what_is_added_is_handed_to_the_sandbox_and_taken_back(kept: Kept, tmp_path: Path) -> None:
    document = {"info": {"title": "T", "x-model": {"name": "x", "rank": 1}}, "paths": {}}
    kept.add("own", "My own", document)
    (handed,) = (tmp_path / "sandbox").iterdir()
    about = {"name": "My own", "rank": 1, "id": "own"}
    assert json.loads(handed.read_text()) == {"info": {"title": "T", "x-model": about}, "paths": {}}
    assert document["info"]["x-model"] == {"name": "x", "rank": 1}  # type: ignore[index]  # as it is above
    kept.remove("own")
    kept.remove("own")
    assert not list(kept.added())
    assert not list((tmp_path / "sandbox").iterdir())


def test_a_file_that_would_say_the_same_is_not_written_again(kept: Kept, tmp_path: Path) -> None:
    kept.hand_over("a", {"paths": {}}, {"name": "A", "maker": ""})
    (path,) = (tmp_path / "sandbox").iterdir()
    first = path.stat()
    kept.hand_over("a", {"paths": {}}, {"name": "A", "maker": ""})
    assert path.stat().st_ino == first.st_ino
    kept.hand_over("a", {"paths": {"/x": {}}}, {"name": "A"})
    assert path.stat().st_ino != first.st_ino


def test_without_a_sandbox_of_ones_own_nothing_is_handed_over(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "catalogue")
    kept.add("own", "My own", {})
    kept.hand_over("a", {}, {})
    kept.remove("own")
    assert {path.name for path in tmp_path.iterdir()} == {"catalogue"}


@pytest.mark.parametrize("document", [{"a": float("nan")}, {"a": {1, 2}}, {"a": "x" * 6_000_000}])
def test_what_is_no_json_or_too_large_is_refused(document: dict[str, Any], kept: Kept) -> None:
    with pytest.raises(ValueError):
        kept.add("own", "My own", document)
    kept.keep_document(KeptDocument(model="a", destination="live", mark="m", at=5.0, document={"a": {1}}))
    assert not list(kept.documents())


def test_a_disk_that_cannot_be_written_is_told_for_what_people_add_only(tmp_path: Path) -> None:
    (tmp_path / "catalogue").write_text("a file where a folder should be")
    kept = Kept(tmp_path / "catalogue")
    kept.keep_list("live", LIST)
    kept.keep_document(DOCUMENT)
    with pytest.raises(OSError):
        kept.add("own", "My own", {})
    assert kept.list_of("live") is None
    assert not list(kept.documents())


def test_an_interrupted_write_leaves_the_former_file(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.keep_list("live", LIST)

    def broken(self: Path, target: Path) -> Path:
        raise OSError("interrupted")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", broken)
        kept.keep_list("live", KeptList(base_url="https://b", etag=None, at=6.0, rows=()))
    assert kept.list_of("live") == LIST
    assert [path.name for path in (tmp_path / "catalogue" / "lists").iterdir()] == ["live.json"]


def test_a_row_that_is_damaged_costs_only_itself(kept: Kept, tmp_path: Path) -> None:
    kept.keep_list("live", LIST)
    path = tmp_path / "catalogue" / "lists" / "live.json"
    content = json.loads(path.read_text())
    content["rows"] = [None, {}, {"id": 5}, {"id": "x", "aliases": 7}, *content["rows"]]
    content["etag"] = "\n"
    path.write_text(json.dumps(content))
    found = kept.list_of("live")
    assert found is not None
    assert (found.rows, found.etag) == ((ROW,), None)


def test_a_price_does_not_mark_another_document() -> None:
    assert mark_of(ROW) == mark_of(ROW.model_copy(update={"pricing": None}))
    assert mark_of(ROW) != mark_of(ROW.model_copy(update={"docs_json": "https://a/docs-json?version=2"}))
