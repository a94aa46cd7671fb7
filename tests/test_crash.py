"""The app killed again and again while takes run: none is lost, none posted twice, none served in part."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash import one_round
from tests.jobs.takes import film
from tests.whole import Judge, picture_fault

KILLS = 3


# Beside a browser it would starve, and the browser too: one worker runs them one after another.
@pytest.mark.xdist_group("browser")
def test_takes_survive_kills_at_random_moments(tmp_path: Path) -> None:
    result = one_round(tmp_path / "round", takes=18, kills=KILLS, seed=7)
    assert (result.lost, result.posted_twice, result.partial) == (0, 0, []), result
    assert result.complaints == []
    assert result.kills == KILLS
    assert result.interrupted, "the kills met nothing that was under way"
    assert result.served >= result.completed > 0


def test_what_is_not_a_whole_video_is_found_out(tmp_path: Path) -> None:
    content = film(tmp_path / "film.mp4", seconds=2.0)
    judge = Judge()
    assert judge.fault(content, 2) is None
    for cut in (content[: len(content) // 2], content[:-5000], content[:100], b""):
        assert judge.fault(cut, 2) is not None
    assert judge.fault(content, 3) is not None
    assert picture_fault(content) is not None


def test_files_beside_their_final_name_are_not_judged(tmp_path: Path) -> None:
    whole = film(tmp_path / "whole.mp4", seconds=1.0)
    folder = tmp_path / "takes" / "ab"
    folder.mkdir(parents=True)
    (folder / "abc.mp4").write_bytes(whole)
    (folder / "abc.1234.part").write_bytes(whole[:1000])
    assert Judge().faults_in(folder.parent, {"abc": 1}) == []
    (folder / "abc.mp4").write_bytes(whole[:-5000])
    assert len(Judge().faults_in(folder.parent, {"abc": 1})) == 1
