"""The board in the browser against the board in Python: `board.js` runs in Node.js."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import asdict
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.storyboard.storyboard import MOST_SHOTS, Board, Budget, Shot
from tests.need import ROOT, lacking

BOARD_JS = ROOT / "components" / "storyboard" / "board.js"

# Answers each line of JSON with one: every board that the steps lead through, then all of them undone and redone.
NODE = """
const load = new Function(require('fs').readFileSync(process.argv[1], 'utf8') + `
  return {add: addShot, duplicate: duplicateShot, lengthen: lengthenShot, shorten: shortenShot,
    set_seconds: setSeconds, delete: deleteShot, move: moveShot, write: writeShot, createHistory}`);
const {createHistory, ...operations} = load();
const lines = require('readline').createInterface({input: process.stdin});
lines.on('line', (line) => {
  const {board, budget, steps} = JSON.parse(line);
  const history = createHistory(board);
  const standing = () => ({board: history.board, undo: history.undoable, redo: history.redoable});
  const seen = steps.map(({name, args, merge, at: time, what}) => {
    if (name === 'undo' || name === 'redo') history[name]();
    else {
      const given = name in {delete: 1, move: 1, write: 1} ? args : [budget, ...args];
      history.change(operations[name](history.board, ...given), what ?? name, merge ?? null, time ?? 0);
    }
    return standing();
  });
  const back = [];
  while (history.undo() !== null) back.push(history.board);
  const forth = [];
  while (history.redo() !== null) forth.push(history.board);
  console.log(JSON.stringify({seen, back, forth}));
});
"""

Browser = Callable[[Board, Budget, list[dict[str, Any]]], dict[str, Any]]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """What `board.js` makes of a board, a budget and steps; one Node.js for all of them."""
    node = shutil.which("node") or lacking("Node.js is not installed (Debian: apt-get install nodejs).")
    command = [node, "-e", NODE, str(BOARD_JS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        asking, answering = process.stdin, process.stdout

        def ask(board: Board, budget: Budget, steps: list[dict[str, Any]]) -> dict[str, Any]:
            request = {"board": board.as_json(), "budget": asdict(budget), "steps": steps}
            asking.write(json.dumps(request) + "\n")
            asking.flush()
            answer: dict[str, Any] = json.loads(answering.readline())
            return answer

        yield ask
        asking.close()
        process.wait(10)


LENGTHS = st.sampled_from([tuple(range(1, 16)), (5, 10), (3,), (2, 3, 7, 11), tuple(range(3, 61))])
TOTALS = st.sampled_from([(), tuple(range(3, 16)), (5, 10), (15,), (40,)])
IDS = st.sampled_from(["s1", "s2", "s3", "s9", "s10", "s007", "s", "a", "1", "sx", "s12345"])
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@st.composite
def budgets(draw: st.DrawFn) -> Budget:
    lengths = draw(LENGTHS)
    most = draw(st.none() | st.integers(1, 6))
    return Budget(draw(TOTALS), lengths, most, draw(st.none() | st.just(512)), draw(st.sampled_from(lengths)))


@st.composite
def boards(draw: st.DrawFn, seconds: st.SearchStrategy[int]) -> Board:
    ids = draw(st.lists(IDS, unique=True, max_size=6))
    return Board(tuple(Shot(id, draw(TEXTS), draw(seconds)) for id in ids), draw(st.booleans()))


@st.composite
def steps(draw: st.DrawFn) -> list[tuple[str, list[Any]]]:
    """Operations with their arguments, without the budget. Places may lie beyond the board."""
    index = st.integers(-1, 7)
    kinds: dict[str, list[st.SearchStrategy[Any]]] = {
        "add": [],
        "add after": [st.integers(-1, 5)],
        "duplicate": [index],
        "delete": [index],
        "move": [index, index],
        "write": [index, TEXTS],
        "set_seconds": [index, st.integers(-1, 17)],
        "lengthen": [index],
        "shorten": [index],
        "undo": [],
        "redo": [],
    }
    names = draw(st.lists(st.sampled_from(sorted(kinds)), max_size=12))
    return [(name.removesuffix(" after"), [draw(argument) for argument in kinds[name]]) for name in names]


def carried_out(board: Board, budget: Budget, name: str, args: list[Any]) -> Board:
    """What Python makes of it."""
    if name in ("delete", "move", "write"):
        return getattr(board, name)(*args)  # type: ignore[no-any-return] # by its name
    if name in ("add", "duplicate", "set_seconds", "lengthen", "shorten"):
        return getattr(board, name)(budget, *args)  # type: ignore[no-any-return]
    raise ValueError(name)


def as_asked(todo: list[tuple[str, list[Any]]]) -> list[dict[str, Any]]:
    return [{"name": name, "args": args} for name, args in todo]


@given(boards(st.integers(1, 20)), budgets(), steps())
@settings(max_examples=200)
def test_the_browser_does_to_a_board_what_python_does(
    browser: Browser, board: Board, budget: Budget, todo: list[tuple[str, list[Any]]]
) -> None:
    past, now, future = [], board, []
    wanted = []
    for name, args in todo:
        if name == "undo" and past:
            future.append(now)
            now = past.pop()
        elif name == "redo" and future:
            past.append(now)
            now = future.pop()
        elif name not in ("undo", "redo") and (then := carried_out(now, budget, name, args)) != now:
            past.append(now)
            now, future = then, []
        wanted.append(now.as_json())
    answer = browser(board, budget, as_asked(todo))
    assert [seen["board"] for seen in answer["seen"]] == wanted


@given(boards(st.integers(1, 20)), budgets(), steps())
@settings(max_examples=100)
def test_all_the_way_back_is_the_start_and_all_the_way_forth_the_end(
    browser: Browser, board: Board, budget: Budget, todo: list[tuple[str, list[Any]]]
) -> None:
    todo = [step for step in todo if step[0] not in ("undo", "redo")]
    answer = browser(board, budget, as_asked(todo))
    boards = [board.as_json(), *(seen["board"] for seen in answer["seen"])]
    assert [boards[-1], *answer["back"]][-1] == boards[0]
    assert [boards[0], *answer["forth"]][-1] == boards[-1]
    changes = sum(before != after for before, after in pairwise(boards))
    assert len(answer["back"]) == len(answer["forth"]) == changes


@given(st.data(), budgets(), steps())
@settings(max_examples=100)
def test_no_operation_leaves_a_shot_out_of_bounds(
    browser: Browser, data: st.DataObject, budget: Budget, todo: list[tuple[str, list[Any]]]
) -> None:
    board = data.draw(boards(st.sampled_from(budget.lengths)))
    before = len(board.shots)
    for seen in browser(board, budget, as_asked(todo))["seen"]:
        shots = seen["board"]["shots"]
        assert all(shot["seconds"] in budget.lengths for shot in shots)
        assert len({shot["id"] for shot in shots}) == len(shots)
        assert len(shots) <= max(before, budget.most_shots or MOST_SHOTS)


def test_a_board_is_full_for_both_at_the_same_number(browser: Browser) -> None:
    board = Board().put([("", 1)] * (MOST_SHOTS - 1))
    for most, wanted in ((None, MOST_SHOTS), (MOST_SHOTS + 1, MOST_SHOTS), (3, MOST_SHOTS - 1)):
        budget = Budget(most_shots=most)
        answer = browser(board, budget, as_asked([("add", []), ("add", []), ("duplicate", [0])]))
        assert len(answer["seen"][-1]["board"]["shots"]) == wanted
        assert len(board.add(budget).add(budget).duplicate(budget, 0).shots) == wanted


def typed(text: str, at: int, merge: str | None = "text s1", index: int = 0) -> dict[str, Any]:
    return {"name": "write", "args": [index, text], "merge": merge, "at": at, "what": f"typed {text}"}


DELETED = {"name": "delete", "args": [1], "what": "deleted"}


@pytest.mark.parametrize(
    ("done", "undone"),
    [
        ([typed("a", 0), typed("ab", 900), typed("abc", 1900)], ["typed a"]),
        ([typed("a", 0), typed("ab", 1001)], ["typed ab", "typed a"]),
        ([typed("a", 0), typed("b", 10, "text s2", 1), typed("ab", 20)], ["typed ab", "typed b", "typed a"]),
        ([typed("a", 0), DELETED, typed("ab", 20)], ["typed ab", "deleted", "typed a"]),
        ([typed("a", 0, None), typed("ab", 1, None)], ["typed ab", "typed a"]),
        ([typed("a", 0), {"name": "undo"}, typed("b", 1), typed("bc", 2)], ["typed b"]),
        ([typed("a", 0), typed("one", 10)], []),
        ([typed("a", 0), typed("one", 10), typed("b", 20)], ["typed b"]),
        ([typed("one", 0)], []),
    ],
    ids=[
        "without a pause it is one step",
        "after a pause another begins",
        "as in another field",
        "and after something else",
        "some steps never merge",
        "nor with what was undone",
        "what was taken back is no step",
        "and what follows is one of its own",
        "nor is what changes nothing",
    ],
)
def test_typing_is_undone_by_the_stretch(
    browser: Browser, done: list[dict[str, Any]], undone: list[str]
) -> None:
    board = Board().put([("one", 1), ("two", 2)])
    seen, there = [], len(done)
    for more in range(len(undone) + 1):
        steps = [*done, *([{"name": "undo"}] * more)]
        seen.append(browser(board, Budget(), steps)["seen"][there - 1 + more])
    assert [state["undo"] for state in seen] == [*undone, None]
    assert seen[-1]["board"] == board.as_json()
    assert seen[-1]["redo"] == (undone[-1] if undone else seen[0]["redo"])
