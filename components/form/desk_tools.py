"""The tools for a draft: start over, hand on, take in, earlier versions; and what there is to say about the draft.

As with the storyboard's tools, one at a time opens on the page itself. What a tool does it does in a callback, with
what stands in the fields at that moment, and then the whole page is drawn anew: its fields are other ones.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import streamlit as st

from components.catalog.spec import ModelSpec
from components.form.adapting import unsendable
from components.form.desk import STORYBOARD, Desk
from components.form.draft import Draft
from components.form.form import read
from components.form.handing_on import PARAMETER, Unusable, as_file, as_link, missing, read_link
from components.form.keeping import bring_back, keep, start_over, undo
from components.form.present import at_hand
from components.form.taking_in import offer, take_in_panel, take_up, waits
from components.form.versions import WHY, first_words
from components.form.window import Crossed, adaptations, crossed, said, say, seen, undo_offered
from components.jobs.store import StoreError
from components.markdown import as_text
from components.services import services
from components.storyboard.shapes import shape_of
from components.words import excerpt

HAND_ON, TAKE_IN, EARLIER = "Hand on", "Take in", "Earlier versions"
_ICONS = {HAND_ON: "share", TAKE_IN: "download", EARLIER: "history"}
_TOOL = "draft|tool"


def open_link() -> None:
    """Takes in the draft that the page's address may carry. To be called before anything of the desk is drawn."""
    take_up()
    written = st.query_params.get(PARAMETER)
    if not written:
        return
    del st.query_params[PARAMETER]  # a reload must not put it over what was written since
    try:
        offer(read_link(written))
    except Unusable as unusable:
        say(st.session_state, "error", str(unusable))


def notices(spec: ModelSpec, desk: Desk) -> None:
    """What there is to say about the draft, above its fields. Always one container: a sentence moves no field."""
    state, shared = st.session_state, services()
    with st.container(gap="small"):
        kind, sentence = said(state)
        if sentence:
            (st.error if kind == "error" else st.info)(as_text(sentence))
        waits()
        if desk.missing:
            _say_missing(desk.missing)
        elif gone := unsendable(shared.catalog.entry(spec.id), shared.destination(desk.destination)):
            st.warning(as_text(gone))
        if offered := undo_offered(state, spec):
            _line(offered.said, "Undo", "undo", _undo)
        for key, one in crossed(state, spec.id, STORYBOARD).items():
            _line(
                _crossing(key == STORYBOARD, one),
                "Bring that version back",
                f"crossed-{key}",
                partial(_bring_back, one.id),
                dismiss=partial(seen, state, spec),
            )
        if changes := adaptations(state, spec):
            with st.container(border=True):
                st.markdown("**This model has changed since you wrote this draft.**")
                st.markdown("\n".join(f"- {as_text(change)}" for change in changes))
                st.button("Understood", key="draft|understood", on_click=seen, args=(state, spec))


def told(spec: ModelSpec) -> object:
    """What `notices` says that a change of the fields or the board can change: to compare with later."""
    state = st.session_state
    return undo_offered(state, spec) is not None, tuple(crossed(state, spec.id, STORYBOARD))


def desk_tools(spec: ModelSpec, draft: Draft, takes: int) -> None:
    """The row of tools under the form, and below it the one that is open."""
    shots = draft.shape is not None and draft.storyboard is True
    with st.container():
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            tool = st.pills(
                "Tools for the draft",
                list(_ICONS),
                key=_TOOL,
                format_func=lambda tool: f":material/{_ICONS[tool]}: {tool}",
                label_visibility="collapsed",
            )
            st.button(
                "Start over",
                key="draft|start-over",
                icon=":material/restart_alt:",
                type="tertiary",
                help=f"Clears the prompt, the settings{' and the shots' if shots else ''} of this model's draft. "
                "Undo brings them back.",
                on_click=_start_over,
                args=(spec,),
            )
        if tool is None:
            return
        with st.container(border=True):
            if tool == HAND_ON:
                _hand_on(draft, takes)
            elif tool == TAKE_IN:
                take_in_panel(_close)
            else:
                _earlier(spec)


def _close() -> None:
    st.session_state[_TOOL] = None


def _line(
    sentence: str,
    label: str,
    key: str,
    act: Callable[[], None],
    dismiss: Callable[[], None] | None = None,
) -> None:
    """A quiet sentence with what can be done about it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(as_text(sentence), width="content")
        st.button(label, key=f"draft|{key}", type="tertiary", icon=":material/undo:", on_click=act)
        if dismiss is not None:
            st.button("Leave it", key=f"draft|{key}-left", type="tertiary", on_click=dismiss)


def _say_missing(model: str) -> None:
    entry = services().catalog.entry(model)
    if entry is None:
        st.warning(
            f"This playground no longer knows the model “{as_text(excerpt(model, 100))}”. Your draft is kept; choose "
            "another model: what both have comes along."
        )
    elif entry.trouble:
        st.warning(
            f"{as_text(entry.name)} cannot be used now: {as_text(entry.trouble)} Your draft for it is kept."
        )
    elif entry.spec is None:
        st.info(f"The form of {as_text(entry.name)} is still being read. Your draft for it is kept.")
    else:
        st.info(f"{as_text(entry.name)} can be used again. Your draft for it is kept: choose it above.")


def _hand_on(draft: Draft, takes: int) -> None:
    """The draft as a link and as a file."""
    page = st.context.url or ""
    link = as_link(draft, takes, page) if page else None
    if link is not None:
        st.markdown("Whoever opens this link in this playground gets a copy of the draft:")
        st.code(link, language=None, wrap_lines=True, height=120)
    else:
        st.caption("This draft is too long for a link. The file has all of it.")
    newest = st.session_state.setdefault("draft|newest", {})
    newest["draft"] = draft, takes  # a button that was drawn a moment ago gives the draft of this moment
    st.download_button(
        "Download as a file",
        lambda: as_file(*newest["draft"]),
        file_name="draft.json",
        mime="application/json",
        key="draft|download",
        icon=":material/download:",
        on_click="ignore",
    )
    if left := missing(draft):
        st.caption(f"Uploads are private and stay behind: {as_text(', '.join(left))}.")


def _earlier(spec: ModelSpec) -> None:
    """What was on the desk before, newest first."""
    entry = services().catalog.entry(spec.id)
    names = [spec.id, *(entry.aliases if entry is not None else ())]
    keys = [*names, *([STORYBOARD] if shape_of(spec) is not None else [])]
    try:
        versions = services().store.drafts.earlier(st.session_state["owner"], *keys)
    except StoreError as error:
        st.error(as_text(str(error)))
        return
    if not versions:
        st.caption(
            "There are no earlier versions yet. What another window, a take or Start over replaces is kept here."
        )
        return
    by_id = {version.id: version for version in versions}
    key = "draft|version"
    if st.session_state.get(key) not in by_id:
        st.session_state[key] = versions[0].id
    st.radio(
        "Earlier versions",
        list(by_id),
        key=key,
        format_func=lambda id: as_text(first_words(by_id[id], spec)),
        captions=[f"{_at(version.replaced).capitalize()}, {WHY[version.why]}" for version in versions],
    )
    st.button(
        "Bring this version back",
        key="draft|bring-back",
        icon=":material/undo:",
        on_click=_bring_back_chosen,
    )
    st.caption("What stands here now joins the earlier versions. They are kept for 30 days.")


def _crossing(shots: bool, one: Crossed) -> str:
    if one.unseen:
        what = "These shots were" if shots else "This draft was"
        return f"{what} also changed in another window {_at(one.written)}."
    what = "Other shots, written" if shots else "Another draft, written"
    return f"{what} {_at(one.written)}, stood here and {'were' if shots else 'was'} replaced."


def _at(moment: float) -> str:
    """When that was, by the clock of whoever looks: "at 14:02", "on 3 August at 14:02"."""
    try:
        zone: ZoneInfo | None = ZoneInfo(st.context.timezone or "UTC")
    except (ValueError, OSError, LookupError):
        zone = None
    then, today = datetime.fromtimestamp(moment, zone), datetime.fromtimestamp(time.time(), zone)
    clock = then.strftime("at %H:%M")
    return clock if then.date() == today.date() else f"on {then.day} {then.strftime('%B')} {clock}"


def _act(spec: ModelSpec | None, change: Callable[[], bool], refusal: str) -> None:
    """Takes in what stands in the fields, and makes the change; says so where that cannot be."""
    state, shared = st.session_state, services()
    if spec is not None:
        read(spec, state["desk"])
    say(state, "", "")
    try:
        if not change():
            say(state, "error", refusal)
    except StoreError as error:
        say(state, "error", f"Nothing was changed. {error}")
    keep(state, shared, state["owner"])
    st.rerun()  # of the whole page: the fields are other ones


def _present() -> ModelSpec:
    return at_hand(st.session_state, services(), read)[1]


def _start_over(spec: ModelSpec) -> None:
    def change() -> bool:
        start_over(st.session_state, services(), spec)
        return True

    if _present().id != spec.id:
        st.rerun()  # its model has just gone: what stands there now is nothing that anybody meant
    _close()
    _act(spec, change, "")


def _undo() -> None:
    refusal = "That can no longer be undone in one step. Earlier versions has what was there."
    _act(_present(), lambda: undo(st.session_state, services()), refusal)


def _bring_back(id: int) -> None:
    _act(_present(), lambda: bring_back(st.session_state, services(), id), _GONE)


def _bring_back_chosen() -> None:
    id = st.session_state.get("draft|version")
    _close()
    if isinstance(id, int):
        _bring_back(id)


_GONE = "That version is no longer there: it was brought back in another window, or is too old."
