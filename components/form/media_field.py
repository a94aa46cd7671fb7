"""The field for an address of a picture, a video or a sound: a link, or a file that is uploaded.

No page asks anything of another host, so what a link leads to is not shown; the host's name is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from components.catalog.spec import Media, MediaKind, MediaLimits
from components.form.beside import Beside, bounded, plain_label, say
from components.form.preview import preview
from components.form.prompt import prompt_field, prompt_text
from components.form.standing import Path, file_in, link_in, put_file
from components.jobs.uploads import UploadError, formats_taken, largest
from components.markdown import as_text
from components.services import services

WORDS = {MediaKind.IMAGE: "picture", MediaKind.VIDEO: "video", MediaKind.AUDIO: "sound"}
LINK_ONLY = "It takes a link; a file cannot be uploaded here."
_MEGABYTE = 1_000_000
_LONGEST_HOST = 60


def word_for(parameter: Media) -> str:
    """What the address leads to, in one word."""
    return "file" if parameter.media is None else WORDS[parameter.media]


def media_field(parameter: Media, key: str, value: Any, path: Path, beside: Beside) -> None:
    """A link or an upload, with what is wrong with it."""
    file = file_in(key, value)
    in_list = isinstance(path[-1], int)
    if file:
        _file(parameter, key, file, path, in_list)
    elif parameter.takes_files and not in_list:  # a list has one place for all its files
        with st.grid("auto", min_column_width=260, gap="small", vertical_alignment="center"):
            with st.container(gap="xxsmall"):
                _link(parameter, key, value, path, beside)
            with st.container(gap="xxsmall"):
                name = plain_label(parameter, path)
                upload(parameter, key, name, lambda references: _put(key, references[0]))
    else:
        _link(parameter, key, value, path, beside)
    refusals(key)
    if file:
        say(beside.problem(path))
    beside.note(path)


def _file(parameter: Media, key: str, file: str, path: Path, in_list: bool) -> None:
    """What was uploaded, with what can be done to it."""
    name, replacing = plain_label(parameter, path), f"{key}:replacing"
    if parameter.name:
        st.markdown(f":small[{as_text(name)}]")
    # In a list small, with its words beside it.
    with st.container(horizontal=in_list, vertical_alignment="center", gap="xsmall"):
        preview(file, name, st.session_state["owner"], small=in_list)
        word = parameter.label.lower() if parameter.name and parameter.label else word_for(parameter)
        _buttons(key, replacing, as_text(word), path)
    if st.session_state.get(replacing):
        upload(parameter, key, name, lambda references: _put(key, references[0]))


def _link(parameter: Media, key: str, value: Any, path: Path, beside: Beside) -> None:
    """The field for a link, with the name of its host."""
    offers_upload = parameter.takes_files and not isinstance(path[-1], int)
    prompt_field(
        plain_label(parameter, path),
        link_in(key, value),
        key=key,
        help=" ".join(filter(None, [bounded(parameter.help), "" if parameter.takes_files else LINK_ONLY])),
        placeholder="https://… or upload a file" if offers_upload else "https://…",
        rows=1,
        problem=beside.problem(path),
        on_submit=beside.submit,
        label_visible=bool(parameter.name),
        counted=False,
    )
    if host := _host(prompt_text(key) or ""):
        st.caption(f"from {as_text(host)}")


def upload(
    parameter: Media,
    key: str,
    name: str,
    take: Callable[[Sequence[str]], None],
    *,
    room: int | None = 1,
) -> None:
    """A place for files; `take` gets the references of those that could be taken, in their order.

    `room`: how many there is room for, None for any number. What was refused is said by `refusals`.
    """
    rounds = f"{key}:round"
    uploader = f"{key}.upload.{st.session_state.get(rounds, 0)}"

    def arrived() -> None:
        chosen = st.session_state.get(uploader) or []
        files = chosen if isinstance(chosen, list) else [chosen]
        taken, refused = _taken(parameter, files[:room]), []
        references = [reference for reference, _ in taken if reference]
        refused = [sentence for _, sentence in taken if sentence]
        if room is not None and len(files) > room:
            refused.append(f"There was no room for {len(files) - room} of the {len(files)} files.")
        st.session_state[f"{key}:refused"] = refused
        st.session_state[rounds] = st.session_state.get(rounds, 0) + 1  # an empty place for the next
        if references:
            take(references)

    st.file_uploader(
        f"Upload for {as_text(name)}",
        type=[f".{each}" for each in formats_taken(parameter.media, parameter.limits)],
        accept_multiple_files=room is None or room > 1,
        key=uploader,
        on_change=arrived,
        max_upload_size=max(1, -(-largest(parameter.media, parameter.limits) // _MEGABYTE)),
        label_visibility="collapsed",
    )
    if asked := limits_words(parameter.limits):
        st.caption(asked)


def limits_words(limits: MediaLimits) -> str:
    """What is asked of a file besides its format and size, which the place for files says by itself; "" for nothing."""
    asked = []
    if limits.min_side is not None:
        asked.append(f"at least {limits.min_side:,} px a side")
    if limits.max_side is not None:
        asked.append(f"at most {limits.max_side:,} px a side")
    if limits.ratios is not None:
        low, high = limits.ratios
        asked.append(f"between {low:.3g} and {high:.3g} times as wide as high")
    if limits.max_seconds is not None:
        asked.append(f"up to {limits.max_seconds:g} s long")
    words = ", ".join(asked)
    return f"{words[:1].upper()}{words[1:]}." if words else ""


def _taken(parameter: Media, files: Sequence[Any]) -> list[tuple[str, str]]:
    """For each file its reference, or a sentence on why it could not be taken."""
    found = []
    for file in files:
        try:
            upload = services().uploads.add(
                st.session_state["owner"],
                file.name,
                file.getvalue(),
                media=parameter.media,
                limits=parameter.limits,
                now=time.time(),
            )
            found.append((upload.reference, ""))
        except UploadError as error:
            found.append(("", f"“{file.name[:80]}”: {error}"))
    return found


def _put(key: str, reference: str) -> None:
    put_file(key, reference)
    st.session_state[f"{key}:replacing"] = False


def refusals(key: str) -> None:
    """Why files that were uploaded last were not taken."""
    for sentence in st.session_state.get(f"{key}:refused", ()):
        say(sentence)


def _buttons(key: str, replacing: str, word: str, path: Path) -> None:
    """Replace and Remove; an entry of a list is removed as an entry."""
    number = f" {path[-1] + 1}" if isinstance(path[-1], int) else ""
    is_open = bool(st.session_state.get(replacing))

    def toggle() -> None:
        st.session_state[replacing] = not is_open
        st.session_state[f"{key}:refused"] = []

    def remove() -> None:
        put_file(key, "")
        st.session_state[replacing] = False
        st.session_state[f"{key}:refused"] = []

    with st.container(horizontal=True):
        label = f"Keep this {word}" if is_open else f"Replace {word}{number}"
        st.button(label, key=f"{key}.replace", icon=":material/swap_horiz:", type="tertiary", on_click=toggle)
        if not number:
            st.button(
                f"Remove {word}",
                key=f"{key}.remove",
                icon=":material/delete:",
                type="tertiary",
                on_click=remove,
            )


def _host(link: str) -> str:
    """The name of the host that `link` leads to; "" where it is no link."""
    try:
        parts = urlsplit(link.strip())
        host = parts.hostname or ""
    except ValueError:
        return ""
    return host[:_LONGEST_HOST] if parts.scheme.lower() in ("http", "https") else ""
