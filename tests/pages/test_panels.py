"""The tools under the storyboard, each in good and in bad ways. The editor is the real one, without its browser."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from components.form.panels import file_name, why_not
from components.jobs.store import StoreError
from components.markdown import as_text
from components.services import Services
from components.storyboard.shapes import Shape, shape_of
from components.storyboard.storyboard import MOST_SHOTS, Board, Budget, board_from

OWNER = "0" * 32
NASTY = "<script>alert(1)</script> **x** [a](b) :smile: $1$ `c` שלום 🦝"
RACCOONS = board_from([("A raccoon opens the lid", 3), ("It looks around", 2), ("It runs", 3)])
BLANK = board_from([("", 5)])


def page() -> None:
    """A page with nothing but the editor and its tools."""
    import streamlit as st

    from components.form.panels import panels
    from components.storyboard.editor import board_now, storyboard_editor

    state = st.session_state
    storyboard_editor(
        state["start"],
        key="b",
        shape=state["shape"],
        problems={},
        on_change=lambda: None,
        on_submit=lambda: None,
    )
    board = board_now("b") or state["start"]
    panels("b", state["shape"], board, prompt=state["prompt"], owner=state["owner"], name=state["name"])


def usual(shared: Services) -> Shape:
    """How a model takes shots that publishes a limit for everything."""
    shapes = [s for model in shared.catalog.models if (s := shape_of(model))]
    return next(s for s in shapes if len(s.budget.totals) > 5 and s.budget.most_shots)


def limited(shared: Services, **limits: Any) -> Shape:
    """The same with other limits."""
    return replace(usual(shared), budget=replace(usual(shared).budget, **limits))


def bench(shared: Services, board: Board = RACCOONS, tool: str | None = None, **state: Any) -> AppTest:
    app = AppTest.from_function(page, default_timeout=20)
    app.session_state["start"] = board
    app.session_state["shape"] = usual(shared)
    app.session_state["prompt"] = ""
    app.session_state["owner"] = OWNER
    app.session_state["name"] = "Raccoons"
    for name, value in state.items():
        app.session_state[name] = value
    sound(app.run())
    return choose(app, tool) if tool else app


def sound(app: AppTest) -> AppTest:
    """A page never shows a traceback."""
    assert not app.exception, app.exception
    return app


def choose(app: AppTest, tool: str) -> AppTest:
    return sound(app.pills(key="b|tool").select(tool).run())


def press(app: AppTest, name: str) -> AppTest:
    return sound(app.button(key=f"b|{name}").click().run())


def keys(app: AppTest) -> set[str | None]:
    return {button.key for button in app.button}


def opened(app: AppTest) -> str | None:
    tool: str | None = app.session_state["b|tool"]
    return tool


def now(app: AppTest) -> Board:
    board: Board = app.session_state["b:board"]
    return board


def edit(app: AppTest, board: Board) -> None:
    """What the browser has reported since the page was drawn."""
    app.session_state["b:board"] = board


def paste(app: AppTest, text: str) -> AppTest:
    app.session_state["b|import-text:text"] = text
    return sound(app.run())


def upload(app: AppTest, name: str, content: bytes) -> AppTest:
    app.file_uploader(key="b|import-file").set_value((name, content, "application/octet-stream"))
    return sound(app.run())


def status(app: AppTest) -> str:
    """What the editor says about the last change."""
    said: str = json.loads(app.get("bidi_component")[0].proto.json)["said"]
    return said


def said(app: AppTest) -> str:
    elements = (app.markdown, app.caption, app.error, app.warning, app.success)
    return "\n".join(element.value for kind in elements for element in kind)


def test_a_tool_opens_below_the_row_and_closes_when_it_is_chosen_again(shared: Services) -> None:
    app = bench(shared)
    assert keys(app) == {"b|clear"}
    choose(app, "Fit")
    assert app.select_slider(key="b|fit")
    sound(app.pills(key="b|tool").unselect("Fit").run())
    assert not app.select_slider
    assert opened(app) is None


def test_what_is_cleared_keeps_the_switch_for_lengths_and_nothing_else(shared: Services) -> None:
    app = press(bench(shared, Board(RACCOONS.shots, write_lengths=False)), "clear")
    assert [shot.text for shot in now(app).shots] == [""]
    assert not now(app).write_lengths
    assert status(app) == "Cleared."


def test_an_empty_board_is_not_cleared_again(shared: Services) -> None:
    empty = Board().add(usual(shared).budget)
    app = press(bench(shared, empty), "clear")
    assert now(app) == empty
    assert not status(app)


def test_fit_begins_at_the_nearest_length_and_shows_every_shot_before_it_is_done(shared: Services) -> None:
    app = bench(shared, tool="Fit")
    assert app.select_slider(key="b|fit").value == RACCOONS.seconds
    assert "8 s long already" in said(app)
    sound(app.select_slider(key="b|fit").set_value(15).run())
    fitted = RACCOONS.fit(usual(shared).budget, 15)
    assert fitted is not None
    for n, (old, new) in enumerate(zip(RACCOONS.shots, fitted.shots, strict=True), 1):
        assert f"Shot {n}: {old.seconds} s → **{new.seconds} s**" in said(app)
    assert now(app) == RACCOONS
    assert app.button(key="b|fit-now").label == "Fit to 15 s"
    press(app, "fit-now")
    assert now(app) == fitted
    assert status(app) == "Fitted to 15 s."
    assert opened(app) is None


def test_fit_takes_what_was_written_since_it_was_shown(shared: Services) -> None:
    app = bench(shared, tool="Fit")
    sound(app.select_slider(key="b|fit").set_value(15).run())
    edit(app, RACCOONS.write(0, "written just now"))
    press(app, "fit-now")
    assert now(app).shots[0].text == "written just now"
    assert now(app).seconds == 15


def test_few_lengths_stand_side_by_side_and_the_nearest_is_chosen(shared: Services) -> None:
    app = bench(shared, tool="Fit", shape=limited(shared, totals=(5, 10)))
    assert app.segmented_control(key="b|fit").value == 10


def test_a_model_that_publishes_no_lengths_is_offered_no_fit(shared: Services) -> None:
    app = bench(shared, shape=limited(shared, totals=()))
    assert not any("Fit" in option for option in app.pills(key="b|tool").options)


@pytest.mark.parametrize(
    ("shots", "lengths", "total", "sentence"),
    [
        (6, (1, 2, 3), 5, "6 shots of at least 1 s do not fit into 5 s."),
        (1, (3, 4), 2, "1 shot of at least 3 s does not fit into 2 s."),
        (2, (1, 5), 15, "2 shots of at most 5 s do not fill 15 s."),
        (2, (5, 10), 12, "2 shots of 5 or 10 s cannot make 12 s together."),
        (1, (5,), 4, "1 shot of at least 5 s does not fit into 4 s."),
        (0, (1, 2), 5, "There is no shot yet that could be longer or shorter."),
    ],
)
def test_why_shots_cannot_be_fitted_is_a_sentence(
    shots: int, lengths: tuple[int, ...], total: int, sentence: str
) -> None:
    budget = Budget(totals=(total,), lengths=lengths, usual=lengths[0])
    board = board_from([("x", lengths[0])] * shots)
    assert board.fit(budget, total) is None
    assert why_not(board, budget, total) == sentence


def test_what_cannot_be_fitted_cannot_be_pressed(shared: Services) -> None:
    app = bench(shared, tool="Fit", shape=limited(shared, totals=(2,)))
    assert "3 shots of at least 1 s do not fit into 2 s." in said(app)
    assert keys(app) == {"b|clear"}


def test_a_prompt_is_split_shown_and_then_taken_over(shared: Services) -> None:
    app = bench(shared, tool="Split a prompt", prompt="1. A fox wakes\n2. It stretches")
    assert app.session_state["b|split:text"] == "1. A fox wakes\n2. It stretches"
    assert "A fox wakes" in said(app)
    assert "nothing is sent anywhere" in said(app)
    assert now(app) == RACCOONS
    press(app, "use")
    assert [shot.text for shot in now(app).shots] == ["A fox wakes", "It stretches"]
    assert status(app) == "2 shots taken over."
    assert opened(app) is None


def test_what_stands_in_the_field_at_the_click_is_split(shared: Services) -> None:
    app = bench(shared, tool="Split a prompt", prompt="One thing. Another thing.")
    app.session_state["b|split:text"] = "1. Typed just now"
    press(app, "use")
    assert [shot.text for shot in now(app).shots] == ["Typed just now"]


def test_a_prompt_that_was_rewritten_elsewhere_is_split_unless_somebody_wrote_here(shared: Services) -> None:
    app = bench(shared, tool="Split a prompt", prompt="First version")
    app.session_state["prompt"] = "Second version"
    assert sound(app.run()).session_state["b|split:text"] == "Second version"
    app.session_state["b|split:text"] = "My own"
    app.session_state["prompt"] = "Third version"
    assert sound(app.run()).session_state["b|split:text"] == "My own"


def test_nothing_or_not_all_of_a_text_is_not_split(shared: Services) -> None:
    app = bench(shared, tool="Split a prompt", prompt="  \n ")
    assert keys(app) == {"b|clear"}
    app.session_state["b|split:text"] = "One. Two."
    app.session_state["b|split:problem"] = "This is longer than can be kept here."
    assert keys(sound(app.run())) == {"b|clear"}
    assert now(app) == RACCOONS


def test_lengths_that_nobody_wrote_before_nobody_writes_now(shared: Services) -> None:
    app = bench(shared, Board(RACCOONS.shots, write_lengths=False), "Split a prompt", prompt="One. Two.")
    press(app, "use")
    assert now(app).rows != RACCOONS.rows
    assert not now(app).write_lengths


def test_shots_can_stand_behind_those_that_are_there(shared: Services) -> None:
    app = paste(bench(shared, tool="Import"), "seconds,text\n4,It sleeps\n")
    press(app, "append")
    assert now(app).rows == (*RACCOONS.rows, ("It sleeps", 4))
    assert status(app) == "1 shot added behind the others."
    assert app.session_state["b|import-text:text"] == ""
    assert opened(app) is None


def test_behind_an_empty_board_nothing_can_stand(shared: Services) -> None:
    app = bench(shared, BLANK, "Split a prompt", prompt="One. Two.")
    assert "b|append" not in keys(app)
    press(app, "use")
    assert status(app).endswith("taken over.")


def test_more_shots_than_the_model_takes_are_said_and_taken_over(shared: Services) -> None:
    budget = usual(shared).budget
    assert budget.most_shots
    count = budget.most_shots + 9
    lines = "\n".join(f"{n}. thing number {n} (5 s)" for n in range(1, count + 1))
    app = paste(bench(shared, tool="Import"), lines)
    assert f"at most {budget.most_shots} shots" in said(app)
    assert f"at most {budget.longest} s" in said(app)
    assert f"and {count - 12} more" in said(app)
    press(app, "use")
    assert len(now(app).shots) == count


def test_more_than_a_board_can_have_is_not_added_and_said(shared: Services) -> None:
    full = board_from([("x", 1)] * MOST_SHOTS)
    app = bench(shared, full, "Split a prompt", prompt="One. Two.")
    assert f"a board has at most {MOST_SHOTS}" in said(app)
    assert "b|append" not in keys(app)


def test_a_file_is_shown_and_then_taken_over(shared: Services) -> None:
    app = upload(bench(shared, tool="Import"), "plan.csv", b"text,seconds\nA fox,4\nA hen,2\n")
    assert "**2 shots, 6 s together**" in said(app)
    assert now(app) == RACCOONS
    press(app, "use")
    assert now(app).rows == (("A fox", 4), ("A hen", 2))


def test_the_file_goes_before_the_paste_and_the_page_says_so(shared: Services) -> None:
    app = paste(upload(bench(shared, tool="Import"), "plan.csv", b"text,seconds\nA fox,4\n"), "A hen")
    assert "Remove it to see what you pasted" in said(app)
    assert "A fox" in said(app)
    assert "A hen" not in said(app)


BAD_FILES = [
    ("plan.csv", b"text,seconds\nA fox,4\nA hen,soon\n", "Line 3"),
    ("plan.csv", f"text,seconds\nA fox,{NASTY}\n".encode(), "Line 2"),
    ("plan.csv", b"", ""),
    ("plan.json", b"[[[[[[", ""),
    ("plan.srt", b"\xff\xfe\x00", ""),
    ("plan.md", b"x" * 1_100_000, "1"),
]


def test_a_bad_file_gives_a_sentence_and_leaves_the_board_alone(shared: Services) -> None:
    app = bench(shared, tool="Import")
    for name, content, words in BAD_FILES:
        upload(app, name, content)
        [error] = app.error
        assert words in error.value, name
        assert error.value.endswith("\\."), name
        assert keys(app) == {"b|clear"}, name
        assert now(app) == RACCOONS


def test_texts_of_any_kind_are_shown_as_they_are(shared: Services) -> None:
    content = json.dumps(board_from([(NASTY, 3)]).as_json()).encode()
    app = upload(bench(shared, tool="Import"), "plan.json", content)
    assert as_text(NASTY) in said(app)
    press(app, "use")
    assert now(app).rows == ((NASTY, 3),)


class Downloads:
    """Stands in for the download buttons, and gives what a click on them would."""

    def __init__(self) -> None:
        self.written: dict[str, Callable[[], str | bytes]] = {}

    def __call__(
        self, label: str, write: Callable[[], str | bytes], *, file_name: str, **options: Any
    ) -> None:
        assert options["on_click"] == "ignore"
        self.written[file_name] = write

    def read(self, name: str) -> bytes:
        content = self.written[name]()
        return content.encode() if isinstance(content, str) else content


@pytest.fixture
def downloads(monkeypatch: pytest.MonkeyPatch) -> Downloads:
    stand_in = Downloads()
    monkeypatch.setattr(st, "download_button", stand_in)
    return stand_in


def test_what_is_exported_is_read_back_exactly(shared: Services, downloads: Downloads) -> None:
    board = board_from([(NASTY, 3), ("=1+1\n  two lines", 2)])
    app = bench(shared, board, "Export", name="Three *Raccoons* at dawn!")
    names = [f"three-raccoons-at-dawn-storyboard.{e}" for e in ("csv", "tsv", "json", "md")]
    assert set(names) < set(downloads.written)
    for name in names:
        content = downloads.read(name)
        edit(app, BLANK)
        press(upload(choose(app, "Import"), name, content), "use")
        assert now(app).rows == board.rows, name
        choose(app, "Export")


def test_the_sheet_shows_texts_and_titles_as_they_are(shared: Services, downloads: Downloads) -> None:
    bench(shared, board_from([(NASTY, 3)]), "Export", name=NASTY)
    [name] = [name for name in downloads.written if name.endswith(".html")]
    sheet = downloads.read(name).decode()
    assert "<script>alert(1)" not in sheet
    assert sheet.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 2


def test_a_button_drawn_a_moment_ago_gives_the_board_of_now(shared: Services, downloads: Downloads) -> None:
    app = bench(shared, tool="Export")
    drawn_before = downloads.written["raccoons-storyboard.json"]
    edit(app, RACCOONS.write(0, "written since"))
    sound(app.run())
    content = drawn_before()
    assert isinstance(content, bytes)
    assert b"written since" in content


def test_streamlit_takes_the_download_buttons_as_they_are(shared: Services) -> None:
    app = bench(shared, tool="Export")
    labels = [button.label for button in app.download_button]
    assert labels[-1] == "Printable sheet"
    assert len(labels) == 5


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("", "storyboard.csv"),
        ("../../etc/passwd", "etc-passwd-storyboard.csv"),
        ("con", "con-storyboard.csv"),
        ("Füchse im Wald", "füchse-im-wald-storyboard.csv"),
        ("狐狸", "狐狸-storyboard.csv"),
        ("a\u202egpj.exe\x00\n", "a-gpj-exe-storyboard.csv"),
        ("🦝", "storyboard.csv"),
    ],
)
def test_file_names_are_readable_in_any_script_and_harmless(name: str, expected: str) -> None:
    assert file_name(name, "csv") == expected


def named(app: AppTest, name: str) -> AppTest:
    return sound(app.text_input(key="b|board-name").input(name).run())


def keep(shared: Services, name: str, board: Board = RACCOONS, owner: str = OWNER) -> str:
    return shared.store.boards.save(owner, name, board.as_json(), time.time()).id


def names(shared: Services) -> list[str]:
    return [kept.name for kept in shared.store.boards.all(OWNER)]


def test_a_board_is_saved_by_name_and_opened_again(shared: Services) -> None:
    app = bench(shared, tool="My boards")
    assert "You have no saved boards yet" in said(app)
    for name in ("Raccoons", NASTY, "x" * 80, "  many   blanks  "):
        plain = " ".join(name.split())
        edit(app, RACCOONS)
        press(named(app, name), "board-save")
        assert names(shared)[0] == plain
        assert app.success[0].value == as_text(f"Saved as “{plain}”.")
        assert app.radio(key="b|board-chosen").options[0] == as_text(plain)
        assert app.button(key="b|board-open").label == f"Open “{as_text(plain)}”"
        edit(named(app, "something else"), board_from([("something else", 4)]))
        press(app, "board-open")
        assert now(app) == RACCOONS
        assert status(app) == f"Opened “{plain}”."
        assert opened(app) is None
        assert choose(app, "My boards").text_input(key="b|board-name").value == plain


def test_a_bad_name_gets_a_sentence_and_stays_in_its_field(shared: Services) -> None:
    app = bench(shared, tool="My boards")
    for name, words in (("", "needs a name"), (" \t", "needs a name"), ("x" * 81, "80 characters")):
        press(named(app, name), "board-save")
        assert words in app.error[0].value
        assert app.text_input(key="b|board-name").value == name
    assert not names(shared)


def test_a_name_that_is_taken_is_replaced_only_by_a_button_that_says_so(shared: Services) -> None:
    app = named(bench(shared, tool="My boards"), "Mine")
    keep(shared, "Mine", BLANK)  # in another window, while this one says “Save board”
    press(app, "board-save")
    assert [kept.seconds for kept in shared.store.boards.all(OWNER)] == [BLANK.seconds]
    assert app.button(key="b|board-save").label == "Replace “Mine”"
    assert "Replacing it cannot be undone" in said(app)
    press(app, "board-save")
    assert [kept.seconds for kept in shared.store.boards.all(OWNER)] == [RACCOONS.seconds]


def test_a_button_that_names_one_board_does_not_replace_another(shared: Services) -> None:
    for name in ("One", "Two"):
        keep(shared, name, BLANK)
    app = named(bench(shared, tool="My boards"), "One")
    app.text_input(key="b|board-name").input("Two")  # arrives together with the click
    press(app, "board-save")
    assert {kept.seconds for kept in shared.store.boards.all(OWNER)} == {BLANK.seconds}
    assert app.button(key="b|board-save").label == "Replace “Two”"


def test_a_board_that_is_open_already_is_opened_without_a_step(shared: Services) -> None:
    keep(shared, "Mine")
    app = press(bench(shared, tool="My boards"), "board-open")
    assert not status(app)
    assert opened(app) is None


def test_a_copy_has_a_name_of_its_own_and_is_chosen(shared: Services) -> None:
    keep(shared, "Mine")
    app = press(bench(shared, tool="My boards"), "board-copy")
    assert sorted(names(shared)) == ["Mine", "Mine (copy)"]
    assert app.button(key="b|board-open").label == r"Open “Mine \(copy\)”"


def test_deleting_asks_and_keeping_keeps(shared: Services) -> None:
    keep(shared, NASTY)
    app = press(bench(shared, tool="My boards"), "board-delete")
    assert f"Delete “{as_text(NASTY)}” for good? It holds 3 shots" in said(app)
    press(app, "board-keep")
    assert names(shared) == [NASTY]
    press(press(app, "board-delete"), "board-gone")
    assert not names(shared)
    assert "You have no saved boards yet" in said(app)
    assert now(app) == RACCOONS


def test_the_question_is_about_one_board(shared: Services) -> None:
    first = keep(shared, "One")
    keep(shared, "Two")
    app = press(bench(shared, tool="My boards"), "board-delete")
    assert "Delete “Two” for good?" in said(app)
    sound(app.radio(key="b|board-chosen").set_value(first).run())
    assert "b|board-gone" not in keys(app)


def test_a_board_that_is_gone_is_said_to_be_gone(shared: Services) -> None:
    app = bench(shared, tool="My boards")
    for action in ("board-open", "board-copy"):
        kept = keep(shared, "Mine", BLANK)
        sound(app.run())
        shared.store.boards.delete(OWNER, kept)
        press(app, action)
        assert "no longer there" in app.error[0].value
        assert now(app) == RACCOONS


def test_a_damaged_board_is_said_to_be_damaged(shared: Services) -> None:
    shared.store.boards.save(OWNER, "Mine", {"shots": "none"}, time.time())
    app = press(bench(shared, tool="My boards"), "board-open")
    assert "cannot be read" in app.error[0].value
    assert now(app) == RACCOONS


def test_boards_of_others_are_not_there(shared: Services) -> None:
    keep(shared, "Theirs", owner="1" * 32)
    app = named(bench(shared, tool="My boards"), "Theirs")
    assert app.button(key="b|board-save").label == "Save board"
    assert not app.radio


def test_of_many_boards_the_newest_are_listed_and_the_others_found(shared: Services) -> None:
    for n in range(23):
        shared.store.boards.save(OWNER, f"Board {n:02}", RACCOONS.as_json(), 1000.0 + n)
    app = bench(shared, tool="My boards")
    assert app.radio(key="b|board-chosen").options == [f"Board {n:02}" for n in range(22, 2, -1)]
    assert "The newest 20 of 23" in said(app)
    sound(app.text_input(key="b|board-sought").input("01 oard").run())
    assert app.radio(key="b|board-chosen").options == ["Board 01"]
    sound(app.text_input(key="b|board-sought").input("nowhere").run())
    assert "No board has this in its name" in said(app)


def test_a_database_that_fails_gets_a_sentence_and_nothing_is_lost(
    shared: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise StoreError("The disk is full.")

    keep(shared, "Mine", BLANK)
    app = named(bench(shared, tool="My boards"), "Another")
    for method, action in (
        ("save", "board-save"),
        ("named", "board-save"),
        ("get", "board-open"),
        ("duplicate", "board-copy"),
        ("delete", "board-gone"),
        ("all", "board-delete"),
    ):
        if method == "delete":
            press(app, "board-delete")
        with monkeypatch.context() as patch:
            patch.setattr(shared.store.boards, method, broken)
            press(app, action)
        assert "The disk is full" in app.error[0].value, method
        assert app.text_input(key="b|board-name").value == "Another"
        assert now(app) == RACCOONS
        assert names(shared) == ["Mine"]
        sound(app.run())


def test_what_was_said_last_is_forgotten_with_the_next_tool(shared: Services) -> None:
    app = press(bench(shared, tool="My boards"), "board-save")
    assert app.error
    choose(choose(app, "Export"), "My boards")
    assert not app.error


def test_no_tool_puts_an_older_board_in_the_place_of_one_that_cannot_be_kept(shared: Services) -> None:
    app = bench(shared, tool="Fit")
    app.session_state["b:problem"] = "This board is too large to be kept."
    sound(app.run())
    assert "too large to be kept" in app.error[0].value
    assert keys(app) == {"b|clear"}
