"""My boards: storyboards kept by name, for the person who saved them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

import streamlit as st

from components.jobs.boards import SavedBoard
from components.jobs.store import StoreError
from components.markdown import as_text
from components.services import services
from components.storyboard.editor import board_now, set_board
from components.storyboard.storyboard import Board, read_board
from components.words import age

_SHOWN = 20
"""Boards in the list; more are found by a part of their name."""

_GONE = "This board is no longer there: it was deleted in another window."


def boards_panel(key: str, board: Board, owner: str, done: Callable[[], None]) -> None:
    """Saves the board under a name, and opens, copies and deletes saved ones."""
    state = st.session_state
    name = st.text_input(
        "Name of this board",
        key=f"{key}|board-name",
        placeholder="For example: Raccoons, first idea",
        live=True,
        persist_state="session",
    )
    boards = services().store.boards
    try:
        saved, taken = boards.all(owner), boards.named(owner, name or "")
    except StoreError as error:
        st.error(str(error))
        return
    st.button(
        f"Replace “{as_text(taken.name)}”" if taken else "Save board",
        key=f"{key}|board-save",
        icon=":material/save:",
        on_click=_save,
        args=(key, board, owner, taken.name if taken else None),
    )
    with (
        st.container()
    ):  # always there: a sentence that comes or goes moves nothing below it to another place
        if taken:
            st.caption(f"“{as_text(taken.name)}” holds {_facts(taken)}. Replacing it cannot be undone.")
        kind, sentence = state.get(_said(key), ("", ""))
        if sentence:
            (st.error if kind == "error" else st.success)(as_text(sentence))
    if not saved:
        st.caption(
            "You have no saved boards yet. Give this one a name and save it, to come back to it or to begin another "
            "from it. Without a name it is kept too, but only until you change it."
        )
        return
    _list(key, board, owner, _found(key, saved), done)


def fresh(key: str) -> None:
    """Forgets what the panel said and asked last."""
    st.session_state.pop(_said(key), None)
    st.session_state.pop(_asked(key), None)


def _found(key: str, saved: list[SavedBoard]) -> list[SavedBoard]:
    """The boards to list: all while they are few, else those that somebody looks for."""
    if len(saved) <= _SHOWN:
        return saved
    sought = st.text_input(
        "Find a board by a part of its name", key=f"{key}|board-sought", type="search", live=True
    )
    words = (sought or "").casefold().split()
    found = [kept for kept in saved if all(word in kept.name.casefold() for word in words)]
    if len(found) > _SHOWN:
        st.caption(f"The newest {_SHOWN} of {len(found)}.")
    return found[:_SHOWN]


def _list(key: str, board: Board, owner: str, listed: list[SavedBoard], done: Callable[[], None]) -> None:
    """The boards, newest first, and what can be done with the one that is chosen."""
    if not listed:
        st.caption("No board has this in its name.")
        return
    by_id = {kept.id: kept for kept in listed}
    chosen_key = f"{key}|board-chosen"
    if st.session_state.get(chosen_key) not in by_id:
        st.session_state[chosen_key] = listed[0].id
    st.radio(
        "Saved boards",
        list(by_id),
        key=chosen_key,
        format_func=lambda id: as_text(by_id[id].name),
        captions=[_facts(kept) for kept in listed],
    )
    chosen = by_id[st.session_state[chosen_key]]
    name = as_text(chosen.name)
    with st.container():
        if st.session_state.get(_asked(key)) == chosen.id:
            st.markdown(f"Delete “{name}” for good? It holds {_facts(chosen)}.")
            with st.container(horizontal=True):
                # What keeps it stands first, where a second click on Delete would land.
                st.button("Keep it", key=f"{key}|board-keep", on_click=fresh, args=(key,))
                st.button(
                    f"Delete “{name}” for good",
                    key=f"{key}|board-gone",
                    icon=":material/delete_forever:",
                    on_click=_delete,
                    args=(key, owner, chosen),
                )
            return
        with st.container(horizontal=True):
            st.button(
                f"Open “{name}”",
                key=f"{key}|board-open",
                icon=":material/folder_open:",
                on_click=_open,
                args=(key, board, owner, chosen, done),
            )
            st.button(
                f"Duplicate “{name}”",
                key=f"{key}|board-copy",
                icon=":material/content_copy:",
                type="tertiary",
                on_click=_duplicate,
                args=(key, owner, chosen),
            )
            st.button(
                f"Delete “{name}”",
                key=f"{key}|board-delete",
                icon=":material/delete:",
                type="tertiary",
                on_click=_ask,
                args=(key, chosen),
            )


def _save(key: str, board: Board, owner: str, replaced: str | None) -> None:
    """Saves under the name in the field; over another board only where the button said so."""
    fresh(key)
    name = st.session_state.get(f"{key}|board-name") or ""
    boards = services().store.boards
    try:
        taken = boards.named(owner, name)
        if taken and taken.name != replaced:
            return  # typed just before the click: from now on the button says what it would replace
        saved = boards.save(owner, name, (board_now(key) or board).as_json(), time.time())
    except ValueError as bad_name:
        _say(key, "error", str(bad_name))
    except StoreError as error:
        _say(key, "error", f"The board was not saved. {error}")
    else:
        st.session_state[f"{key}|board-chosen"] = saved.id
        _say(key, "success", f"Saved as “{saved.name}”.")


def _open(key: str, board: Board, owner: str, chosen: SavedBoard, done: Callable[[], None]) -> None:
    fresh(key)
    try:
        kept = services().store.boards.get(owner, chosen.id)
    except StoreError as error:
        _say(key, "error", f"The board was not opened. {error}")
        return
    opened, now = read_board(kept), board_now(key) or board
    if opened is None:
        _say(
            key,
            "error",
            _GONE if kept is None else "This board cannot be read: its entry in the database is damaged.",
        )
        return
    if opened != now:
        set_board(key, opened, f"Opened “{chosen.name}”.")
    st.session_state[f"{key}|board-name"] = chosen.name  # so that saving it again is one click
    done()


def _duplicate(key: str, owner: str, chosen: SavedBoard) -> None:
    fresh(key)
    try:
        copy = services().store.boards.duplicate(owner, chosen.id, time.time())
    except StoreError as error:
        _say(key, "error", f"The board was not duplicated. {error}")
        return
    if copy is None:
        _say(key, "error", _GONE)
        return
    st.session_state[f"{key}|board-chosen"] = copy.id
    _say(key, "success", f"The copy is called “{copy.name}”.")


def _ask(key: str, chosen: SavedBoard) -> None:
    fresh(key)
    st.session_state[_asked(key)] = chosen.id


def _delete(key: str, owner: str, chosen: SavedBoard) -> None:
    fresh(key)
    try:
        services().store.boards.delete(owner, chosen.id)
    except StoreError as error:
        _say(key, "error", f"The board was not deleted. {error}")
        return
    _say(key, "success", f"Deleted “{chosen.name}”.")


def _say(key: str, kind: Literal["error", "success"], sentence: str) -> None:
    st.session_state[_said(key)] = kind, sentence


def _said(key: str) -> str:
    return f"{key}|boards-said"


def _asked(key: str) -> str:
    return f"{key}|boards-asked"


def _facts(kept: SavedBoard) -> str:
    shots = "1 shot" if kept.shots == 1 else f"{kept.shots} shots"
    return f"{shots} · {kept.seconds} s · {age(time.time() - kept.saved)}"
