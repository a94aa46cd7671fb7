"""Studio: write a prompt, choose the settings, generate, and watch the takes come."""

import json
import math
import time
from functools import partial
from typing import NoReturn

import streamlit as st
from streamlit.errors import StreamlitInvalidLayoutContextError

from components.catalog.pricing import Estimate
from components.catalog.spec import ModelSpec
from components.form.adapting import unsendable
from components.form.asking import balance, question
from components.form.desk import MOST_TAKES, STORYBOARD, Desk
from components.form.desk_tools import desk_tools, notices, open_link, told
from components.form.form import Filled, form, read
from components.form.keeping import choose, keep
from components.form.order import DOUBLE_CLICK, PRICED, ask, has_risen, missing_files, price_of
from components.form.present import DRAWN, at_hand, is_drawn
from components.form.view_code import view_code
from components.gallery.card import card
from components.gallery.doing import notice
from components.gallery.lineage import lineage
from components.gallery.retry import retry
from components.gallery.shelves import recent, shelve, watch
from components.jobs.job import Destination
from components.jobs.store import StoreError
from components.jobs.upload import references
from components.markdown import as_text
from components.picker.picker import picker, wait_for
from components.services import services
from components.words import price_words, too_dear, waiting_words

TAKES_SHOWN = 6
DESTINATION_WORDS = {Destination.LIVE: "Real video", Destination.SANDBOX: "Sandbox preview"}

shared = services()
state = st.session_state
owner: str = state["owner"]


def write(spec: ModelSpec, desk: Desk, filled: Filled, not_kept: str | None) -> None:
    """The left side: the prompt or the shots, the settings."""
    with st.container():  # always there: a sentence that comes or goes moves no field
        if unknown := state.get("unknown"):
            st.warning(f"This playground does not know the model “{as_text(unknown)}”. Choose one above.")
        if not_kept:
            st.warning(not_kept)
    notices(spec, desk)
    lineage(filled.draft)
    insist = state.get("insist") == edition(spec, desk)
    form(spec, desk, filled, insist=insist, submit=press, heard=heard)
    desk_tools(spec, filled.draft, desk.takes)


def generate(spec: ModelSpec, desk: Desk, filled: Filled) -> None:
    """What it costs, how long it takes, and Generate."""
    with st.container(border=True):
        destination = where(desk)
        state.setdefault("takes", desk.takes)
        st.segmented_control(
            "Takes",
            list(range(1, MOST_TAKES + 1)),
            key="takes",
            required=True,
            help="How many videos one click makes. Each is a little different, and each is paid for.",
        )
        block = shared.catalog.price(destination, spec.id)
        state[PRICED] = destination, spec.id, block
        price = price_of(filled.draft, block)
        known = shared.catalog.knows_prices(destination)
        st.markdown(price_words(price, desk.takes, destination, read=known))
        try:
            expected = shared.expected(destination, spec.id, filled.draft.seconds())
        except StoreError:  # busy just now
            expected = None
        st.caption(waiting_words(spec, destination, expected))
        st.button(
            "Generate",
            type="primary",
            icon=":material/auto_awesome:",
            width="stretch",
            shortcut="Ctrl+Enter",
            key="generate",
            on_click=press,
        )
        if destination is Destination.LIVE:
            account(price, desk, filled)
        if sorry := state.pop("sorry", None):
            st.error(sorry)
            state["refused"] = (time.time(), sorry)
        elif filled.problems and state.get("insist") == edition(spec, desk):
            st.markdown("\n\n".join(f":small[:red[{as_text(p.message)}]]" for p in filled.problems[:4]))
    with st.expander("The request", icon=":material/data_object:", key="request", on_change="rerun") as fold:
        if fold.open:  # or every visit would load a syntax highlighter that hardly anybody looks at
            request = filled.draft.request()
            files = {reference: shared.uploads.get(reference, owner) for reference in references(request)}
            view_code(
                request,
                path=spec.path,
                uploads={reference: file.name for reference, file in files.items() if file},
                sandbox=destination is Destination.SANDBOX,
            )


def account(price: Estimate | None, desk: Desk, filled: Filled) -> None:
    """What is left on the account, and the question that a press on Generate left open."""
    held = shared.account
    balance(held)
    is_open = "asking" in state and state["asking"] == click(desk, filled)
    if is_open and (sentence := too_dear(price, desk.takes, held.balance(time.time()))):
        question(sentence, go=partial(press, anyway=True), leave=partial(state.pop, "asking", None))


def press(anyway: bool = False) -> None:
    """Generate was pressed. A callback: it runs before the page, and whatever comes next cannot cut it short.

    `anyway`: it was asked whether to, and that was the answer.
    """
    when, sentence = state.get("refused", (0.0, ""))
    if time.time() - when < DOUBLE_CLICK:  # the other half of a double click: nobody can have looked yet
        refuse(sentence)
    desk, spec = present()
    filled = take_in(spec, desk)
    if not is_drawn(state, spec):
        refuse("Nothing was sent: the model has changed. Look at the form, and press Generate again.")
    if filled.problems:
        state["insist"] = edition(spec, desk)  # the fields say what is missing
        st.rerun("desk")
    state["insist"] = None
    destination = shared.destination(desk.destination)
    if destination is Destination.LIVE and has_risen(state, shared, filled.draft):
        refuse("Nothing was sent. The price has changed; look, and press again.")
    was_asked = state.pop("asking", None) == click(desk, filled)
    held = shared.account if destination is Destination.LIVE else None
    if held is not None and not (anyway and was_asked):
        price = price_of(filled.draft, shared.catalog.price(destination, spec.id))
        if too_dear(price, desk.takes, held.balance(time.time())):
            state["asking"] = click(desk, filled)
            st.rerun("desk")
    if gone := unsendable(shared.catalog.entry(spec.id), destination):
        state["sorry"] = f"Nothing was sent. {gone}"
        st.rerun("desk")
    if lost := missing_files(shared, filled.draft.request(), owner):
        state["sorry"] = lost
        st.rerun("desk")
    try:
        ask(
            state,
            shared,
            filled.draft,
            owner=owner,
            destination=destination,
            takes=desk.takes,
            now=time.time(),
        )
    except StoreError as error:
        state["sorry"] = f"Nothing was sent. {error}"
        st.rerun("desk")
    desk.use(spec.id)
    st.rerun()  # of the whole page: the cards are no part of the desk


def refuse(sentence: str) -> NoReturn:
    """Says why nothing was sent, on a fresh page: somebody has to look at it first."""
    state["sorry"], state["refused"] = sentence, (math.inf, sentence)
    st.rerun()


def click(desk: Desk, filled: Filled) -> object:
    """What a press on Generate would ask for now."""
    return json.dumps(filled.draft.request()), desk.takes, shared.destination(desk.destination)


def heard() -> None:
    """The board has changed. The rest of the desk is drawn again too where it shows what has changed with it."""
    desk, spec = present()
    filled = take_in(spec, desk)
    not_kept = keep(state, shared, owner)
    if not is_drawn(state, spec):
        st.rerun()
    if not_kept or shown_beside(filled) != state.get("beside") or looks_into_the_board():
        st.rerun("desk")


def shown_beside(filled: Filled) -> object:
    """What of the board shows outside its editor: the price follows from the seconds, an undo ends with a change."""
    return filled.draft.plan.seconds, filled.problems, told(filled.draft.spec)


def looks_into_the_board() -> bool:
    """Whether a tool of the storyboard is open, or the request."""
    return bool(state.get(f"{STORYBOARD}|tool") or state.get("request"))


def take_in(spec: ModelSpec, desk: Desk) -> Filled:
    """What stands in the fields and switches now, put on the desk."""
    desk.takes = state.get("takes") or desk.takes
    desk.destination = state.get("destination") or desk.destination
    return read(spec, desk)


def present() -> tuple[Desk, ModelSpec]:
    """The desk, and the model that is chosen on it now."""
    return at_hand(state, shared, read)


def where(desk: Desk) -> Destination:
    """Where the takes go; a choice only where there is one."""
    offered = shared.destinations
    if len(offered) == 1:
        return offered[0]
    state.setdefault("destination", shared.destination(desk.destination))
    chosen = st.segmented_control(
        "Make",
        offered,
        key="destination",
        format_func=DESTINATION_WORDS.__getitem__,
        required=True,
        label_visibility="collapsed",
        width="stretch",
        on_change=st.rerun,  # of the whole page: the badge on top says where the takes go
    )
    return chosen or offered[0]


def follow() -> None:
    """The takes made here, each playing in place when it is ready."""
    seen = shared.store.revision()
    jobs = recent("studio", owner, TAKES_SHOWN)
    watch(seen, any(job.followed for job in jobs))
    notice()
    st.markdown("**Your takes**" if jobs else ":small[:gray[Your takes appear here, and stay in History.]]")
    shelve(jobs, "studio", partial(card, retry=partial(retry, shared)))


def edition(spec: ModelSpec, desk: Desk) -> str:
    """The draft that is on the screen; another one starts without reproaches."""
    return f"{spec.id}|{desk.edition}"


def switch(model: str) -> None:
    """Chooses another model, with what stands in the fields of this one."""
    state["unknown"] = None
    desk, spec = present()
    take_in(spec, desk)
    choose(state, shared, model)
    st.rerun()  # of the whole page: after a run of the desk alone a field of the other form was seen to stay


@st.fragment(key="desk")
def at_the_desk() -> None:
    """Everything that a change of a field can change. The cards are not drawn again for it."""
    desk, spec = present()
    filled = take_in(spec, desk)
    not_kept = keep(state, shared, owner)  # before anything is drawn: a run can be cut short by the next one
    if not is_drawn(state, spec):
        st.rerun()  # of the whole page: the picker names the model too
    state[DRAWN] = spec
    state["beside"] = shown_beside(filled)
    try:
        with left:
            write(spec, desk, filled, not_kept)
        with beside:
            generate(spec, desk, filled)
    except StreamlitInvalidLayoutContextError:
        # The run of the page that made these places was cut short (somebody clicked on through) before this
        # had drawn into them. They are made anew, once.
        if state.get("torn"):
            raise
        state["torn"] = True
        st.rerun()
    state["torn"] = False


def link() -> None:
    """A link chooses a model once, and does not hold on to it."""
    linked = st.query_params.get("model")
    if not linked or linked == state.get("linked"):
        return
    state["linked"] = linked
    state["unknown"] = None
    if choose(state, shared, linked):
        return
    entry = shared.catalog.entry(linked)
    if entry is not None and not entry.trouble:
        wait_for(shared.catalog, entry)
    else:
        state["unknown"] = linked[:100]


present()  # before anything else is chosen: what stands in the fields belongs to the model that was drawn
link()
open_link()
left, right = st.columns([1.7, 1], gap="large")
with left:
    desk, spec = present()
    state[DRAWN] = spec
    where_to = shared.destination(desk.destination)
    picker(shared.catalog, spec, switch, destination=where_to, recent=getattr(desk, "recent", ()))
with right:
    beside = st.container()
at_the_desk()
with right:
    follow()
