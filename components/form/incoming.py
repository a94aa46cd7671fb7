"""Shots that come from elsewhere: a prompt that is split, a file, a paste. Shown first, then put on the board."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from components.form.prompt import prompt_field, prompt_problem, prompt_text, set_prompt
from components.markdown import as_text
from components.storyboard.editor import board_now, set_board
from components.storyboard.reading import ACCEPTED, Unreadable, read_file, read_text
from components.storyboard.splitting import split
from components.storyboard.storyboard import MOST_CHARACTERS, MOST_SHOTS, Board, Budget
from components.words import excerpt, showable

Read = Callable[[], Board | str | None]
"""The shots that stand there at this moment; a sentence where they cannot be read; None where nothing stands there."""

_PREVIEWED = 12
"""Shots that are shown before they are taken over."""


def split_panel(key: str, budget: Budget, board: Board, prompt: str, done: Callable[[], None]) -> None:
    """A single prompt, cut into shots."""
    field, seeded = f"{key}|split", f"{key}|split-from"
    if prompt_text(field) == st.session_state.get(seeded, "") != prompt:
        set_prompt(field, prompt)  # nobody has changed it here, and elsewhere it has changed
    st.session_state[seeded] = prompt
    prompt_field("Prompt to split", prompt, key=field, rows=4)
    st.caption(
        "It is cut at numbered lines, at “Shot 1:”, at “Cut to”, at new lines or between sentences. "
        "This happens here; nothing is sent anywhere."
    )
    _offer(key, budget, board, lambda: _written(field, lambda text: split(text, budget)), done)


def import_panel(key: str, budget: Budget, board: Board, done: Callable[[], None]) -> None:
    """A file, or what was pasted."""
    upload, paste = f"{key}|import-file", f"{key}|import-text"
    st.file_uploader("Storyboard file", list(ACCEPTED), key=upload)
    # Streamlit's own text area asks for Ctrl+Enter to apply a paste, which on this page generates.
    prompt_field("Or paste it here", "", key=paste, rows=4)
    st.caption(
        "Reads tables (CSV, TSV, cells copied from a spreadsheet), JSON, lists in Markdown, subtitles (SRT) and "
        "screenplays (Fountain). The board stays as it is until you take the shots over."
    )
    if st.session_state.get(upload) and prompt_text(paste):
        st.caption("The file is shown. Remove it to see what you pasted.")

    def read() -> Board | str | None:
        file = st.session_state.get(upload)
        if file is None:
            return _written(paste, lambda text: read_text(text, budget))
        return _once(upload, file.file_id, lambda: read_file(file.name, file.getvalue(), budget))

    def taken() -> None:
        set_prompt(paste, "")
        done()

    _offer(key, budget, board, read, taken)


def _written(field: str, read: Callable[[str], Board]) -> Board | str | None:
    """What `read` makes of the text that stands in `field`; None where there is none, or not all of it has come."""
    text = prompt_text(field) or ""
    return _once(field, text, lambda: read(text)) if text.strip() and not prompt_problem(field) else None


def _once(slot: str, source: str, read: Callable[[], Board]) -> Board | str:
    """What `read` gives, or the sentence of its refusal. A page runs often; the same source is read once."""
    kept: tuple[str, Board | str] | None = st.session_state.get(f"{slot}:read")
    if kept is None or kept[0] != source:
        try:
            kept = source, read()
        except Unreadable as unreadable:
            kept = source, str(unreadable)
        st.session_state[f"{slot}:read"] = kept
    return kept[1]


def _offer(key: str, budget: Budget, board: Board, read: Read, done: Callable[[], None]) -> None:
    """Shows the shots, and the ways to take them over."""
    found = read()
    if isinstance(found, str):
        st.error(as_text(found))
    elif found is not None and not found.shots:
        st.caption("There is no shot in this yet.")
    elif found is not None:
        st.markdown(_preview(found))
        for note in _notes(found, budget):
            st.caption(note)
        with st.container(horizontal=True):
            st.button(
                "Use these shots",
                key=f"{key}|use",
                icon=":material/check:",
                on_click=_use,
                args=(key, board, read, done),
                help="They take the place of the shots on the board. Undo brings those back.",
            )
            refusal = _refusal(board, found)
            if not board.is_blank and not refusal:
                st.button(
                    "Add behind the others",
                    key=f"{key}|append",
                    icon=":material/playlist_add:",
                    on_click=_append,
                    args=(key, board, read, done),
                )
        if refusal:
            st.caption(refusal)


def _use(key: str, board: Board, read: Read, done: Callable[[], None]) -> None:
    found, now = read(), board_now(key) or board
    if not isinstance(found, Board) or not found.shots:
        return
    # Only an export of ours says whether lengths are written; where nobody wrote them before, nobody does now.
    found = replace(found, write_lengths=found.write_lengths and now.write_lengths)
    set_board(key, found, f"{_count(found)} taken over.")
    done()


def _append(key: str, board: Board, read: Read, done: Callable[[], None]) -> None:
    found, now = read(), board_now(key) or board
    if not isinstance(found, Board) or not found.shots or _refusal(now, found):
        return
    longer = now.put(found.rows)
    set_board(key, longer, f"{_count(found)} added behind the others.")
    done()


def _preview(found: Board) -> str:
    """The shots as a list: seconds and first words."""
    lines = [f"**{_count(found)}, {found.seconds} s together**", ""]
    for n, shot in enumerate(found.shots[:_PREVIEWED], 1):
        lines.append(
            f"{n}. {shot.seconds} s: {as_text(showable(excerpt(shot.text))) or ':gray[nothing written]'}"
        )
    if len(found.shots) > _PREVIEWED:
        lines += ["", f"and {len(found.shots) - _PREVIEWED} more"]
    return "\n".join(lines)


def _notes(found: Board, budget: Budget) -> list[str]:
    """What of the model's limits the shots do not keep, in sentences. They can be taken over all the same."""
    notes = []
    if budget.most_shots is not None and len(found.shots) > budget.most_shots:
        notes.append(
            f"This model takes at most {budget.most_shots} shots. On the board you can delete the others."
        )
    if budget.longest is not None and found.seconds > budget.longest:
        notes.append(f"This model makes at most {budget.longest} s. Fit makes the shots shorter.")
    return notes


def _refusal(board: Board, found: Board) -> str:
    """Why the shots cannot stand behind those of `board`: a sentence; empty where they can."""
    shots = len(board.shots) + len(found.shots)
    characters = sum(len(shot.text) for shot in (*board.shots, *found.shots))
    if shots > MOST_SHOTS:
        return f"Behind the others they cannot stand: that makes {shots} shots, and a board has at most {MOST_SHOTS}."
    if characters > MOST_CHARACTERS:
        return (
            f"Behind the others they cannot stand: that makes {characters:,} characters, "
            f"and a board has at most {MOST_CHARACTERS:,}."
        )
    return ""


def _count(board: Board) -> str:
    return "1 shot" if len(board.shots) == 1 else f"{len(board.shots)} shots"
