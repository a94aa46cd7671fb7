"""A draft that comes from a link, a file or a paste: shown first, and put on the desk when nothing is lost or somebody
says so."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from components.catalog.spec import ModelSpec
from components.form.draft import Draft
from components.form.form import read
from components.form.handing_on import (
    Handed,
    Unusable,
    in_words,
    left_out,
    read_brought,
    read_text,
    to_draft,
)
from components.form.keeping import keep, lost_to, put_draft
from components.form.present import at_hand
from components.form.prompt import prompt_field, prompt_problem, prompt_text, set_prompt
from components.form.versions import board_words
from components.form.window import say
from components.jobs.drafts import Replaced
from components.jobs.store import StoreError
from components.markdown import as_text
from components.services import services
from components.words import excerpt, showable

_OFFERED, _AWAITED = "draft|offered", "draft|awaited"
_FILE, _PASTE = "draft|file", "draft|paste"
_SHOWN = 12
"""Settings that are shown before they are taken over."""

TAKEN = "The draft that you were given is on the desk."


def offer(handed: Handed) -> None:
    """A draft has come by a link: it goes on the desk at once where nothing is lost, else `waits` asks.

    Where its model has not been read yet, that is done first: see `take_up`.
    """
    spec = services().catalog.find(handed.model)
    st.session_state[_OFFERED] = handed
    st.session_state[_AWAITED] = spec is None
    if spec is not None and lost_to(st.session_state, to_draft(handed, spec)) is None:
        _put(handed, spec)


def take_up() -> None:
    """Offers a draft that came by a link anew, once its model has been read.

    To be called before anything of the desk is drawn.
    """
    state, shared = st.session_state, services()
    handed: Handed | None = state.get(_OFFERED)
    if handed is None or not state.get(_AWAITED) or shared.catalog.find(handed.model) is None:
        return
    desk, present = at_hand(state, shared, read)
    read(present, desk)  # what stands in the fields at this moment
    offer(handed)


def waits() -> None:
    """The question about a draft that came by a link, while there is one."""
    handed: Handed | None = st.session_state.get(_OFFERED)
    if handed is None:
        return
    with st.container(border=True):
        st.markdown("**You opened a link to a draft.**")
        spec = _preview(handed)
        if spec is None:
            _look_again(handed)
        with st.container(horizontal=True):
            if spec is not None:
                st.button(
                    "Put on the desk",
                    key="draft|put",
                    icon=":material/check:",
                    on_click=put,
                    args=(handed, spec),
                )
            st.button("Leave it", key="draft|leave", on_click=_leave)


def _look_again(handed: Handed) -> None:
    """Looks each second whether the model of a draft has been read, and has the page take the draft up then."""
    entry = services().catalog.entry(handed.model)
    if entry is None or entry.trouble:
        return

    @st.fragment(run_every=1.0)
    def look() -> None:
        now = services().catalog.entry(handed.model)
        if now is None or now.trouble or now.spec is not None:
            st.rerun()

    look()


def take_in_panel(done: Callable[[], None]) -> None:
    """A file, or what was pasted."""
    st.file_uploader("Draft or request (JSON), or a video from here (MP4)", ["json", "txt", "mp4"], key=_FILE)
    prompt_field("Or paste it here", "", key=_PASTE, rows=4)
    st.caption(
        "Reads a draft that was handed on here, as a file or as a link, a video that was downloaded here, and the "
        f"JSON of a request with its “model”. A video of more than {st.get_option('server.maxUploadSize')} MB is too "
        "large: open its take in the History and use that as a draft. Nothing changes until you put it on the desk."
    )
    try:
        handed = _brought()
    except Unusable as unusable:
        st.error(as_text(str(unusable)))
        return
    if handed is None:
        return
    if (spec := _preview(handed)) is None:
        _look_again(handed)
    else:
        st.button(
            "Put on the desk",
            key="draft|use",
            icon=":material/check:",
            on_click=_use,
            args=(handed, spec, done),
        )


def put(handed: Handed, spec: ModelSpec) -> None:
    """Puts what was handed on in place of the draft of its model; a callback."""
    state = st.session_state
    desk, present = at_hand(state, services(), read)
    read(present, desk)  # what stands in the fields at this moment
    _put(handed, spec)
    st.rerun()  # of the whole page: the fields are other ones


def _put(handed: Handed, spec: ModelSpec) -> None:
    state, shared = st.session_state, services()
    say(state, "", "")
    try:
        put_draft(state, shared, to_draft(handed, spec), Replaced.TAKEN_IN, TAKEN, takes=handed.takes)
    except StoreError as error:
        say(state, "error", f"Nothing was changed. {error}")
        return
    state.pop(_OFFERED, None)
    if notes := _notes(handed, spec):
        say(state, "info", " ".join(notes))
    keep(state, shared, state["owner"])


def _use(handed: Handed, spec: ModelSpec, done: Callable[[], None]) -> None:
    set_prompt(_PASTE, "")
    done()
    put(handed, spec)


def _leave() -> None:
    st.session_state.pop(_OFFERED, None)


def _brought() -> Handed | None:
    """What stands in the panel; None where nothing does. Raises Unusable."""
    file = st.session_state.get(_FILE)
    if file is not None:
        return read_brought(file)
    text = prompt_text(_PASTE) or ""
    return read_text(text) if text.strip() and not prompt_problem(_PASTE) else None


def _preview(handed: Handed) -> ModelSpec | None:
    """Shows what would come to the desk; the model, where it can come."""
    catalog = services().catalog
    spec = catalog.find(handed.model)
    if spec is None:
        _say_unknown(handed.model)
        return None
    draft = to_draft(handed, spec)
    st.markdown(f"For **{as_text(spec.name)}**: {as_text(_text_of(draft))}")
    settings = [(label, value) for label, value in in_words(draft) if value.strip()]
    st.caption(
        " · ".join(f"{as_text(label)}: {as_text(excerpt(value, 60))}" for label, value in settings[:_SHOWN])
        + (f" · and {len(settings) - _SHOWN} more" if len(settings) > _SHOWN else "")
    )
    for note in _notes(handed, spec):
        st.caption(as_text(note))
    if (lost := lost_to(st.session_state, draft)) is not None:
        st.caption(
            f"It replaces “{as_text(excerpt(showable(lost)))}”, which is kept among the earlier versions."
        )
    return spec


def _say_unknown(model: str) -> None:
    catalog = services().catalog
    entry = catalog.entry(model)
    named = as_text(excerpt(showable(model), 100))
    if entry is None:
        st.warning(
            f"This draft is for the model “{named}”, which this playground does not know. It cannot be put on the desk."
        )
    elif entry.trouble:
        st.warning(f"This draft is for “{named}”, of which no form can be made: {as_text(entry.trouble)}")
    else:
        catalog.want(model)
        st.info(f"This draft is for “{named}”, whose form is still being read. This takes a moment.")


def _text_of(draft: Draft) -> str:
    if draft.storyboard and draft.board is not None:
        return board_words(draft.board)
    text = excerpt(showable(draft.prompt_text()))
    return f"“{text}”" if text else "without a prompt"


def _notes(handed: Handed, spec: ModelSpec) -> list[str]:
    notes = []
    if unfit := left_out(handed, spec):
        named = ", ".join(name[:40] for name in unfit[:6])
        notes.append(f"Left out, since this model does not take it so: {named}.")
    if handed.missing:
        named = ", ".join(name[:40] for name in handed.missing[:6])
        notes.append(f"Uploads do not travel; add your own for: {named}.")
    return notes
