"""Going on from a take: the same request once more. What becomes a draft is in `retry.py`."""

from __future__ import annotations

import time
from dataclasses import replace

import streamlit as st

from components.catalog.pricing import Estimate
from components.form.desk import draft_of
from components.form.order import DOUBLE_CLICK, missing_files, order, price_of
from components.gallery.dialogs import dialog
from components.gallery.naming import called
from components.gallery.walking import open_take
from components.jobs.finding.view import View
from components.jobs.job import Destination, Job, Kin, Order, new_id
from components.jobs.store import StoreError
from components.jobs.upload import references
from components.markdown import as_text
from components.services import Services, services
from components.words import price_words, too_dear

_MADE, _SORRY = "made-again", "again-refused"
_TOLD_FOR = 600.0
"""Seconds for which the page says that a take was made again."""


class Refused(Exception):
    """Why a take cannot be made again: a sentence that says what to do instead."""


def again_button(job: Job, *, key: str) -> None:
    """Draws "Generate again", which asks first where it is paid for."""
    pressed = st.button(
        "Generate again",
        key=key,
        icon=":material/replay:",
        help="Makes one more take of the same request. No two come out the same.",
        on_click=again_if_free,
        args=(job,),
    )
    if pressed:
        ask_where_paid(job)


def again_if_free(job: Job) -> None:
    """A callback, which no later run cuts short: makes the take anew where that costs nothing."""
    if job.order.destination is not Destination.LIVE and (sorry := _generate(job)):
        st.toast(as_text(sorry), duration="long")


def ask_where_paid(job: Job) -> None:
    """The same press, where it costs something: asks."""
    if job.order.destination is Destination.LIVE:
        ask_to_generate(job)


@dialog("Generate this again?")
def ask_to_generate(job: Job) -> None:
    """Says what it costs, and sends the same request as a new take."""
    shared = services()
    st.write(f"The same request goes to the provider once more: “{as_text(called(job))}”")
    price = _price(shared, job)
    st.markdown(price_words(price, 1, Destination.LIVE, read=shared.catalog.knows_prices(Destination.LIVE)))
    if dear := too_dear(price, 1, shared.account.balance(time.time())):
        st.warning(as_text(dear), icon=":material/account_balance_wallet:")
    with st.container(horizontal=True):
        if st.button(
            "Generate again",
            type="primary",
            icon=":material/replay:",
            key="generate-confirmed",
            on_click=_confirmed,
            args=(job,),
        ):
            if sorry := st.session_state.pop(_SORRY, None):
                st.error(as_text(sorry))
                return
            st.rerun()
        if st.button("Don't", key="generate-dismissed"):
            st.rerun()


def made_again(job: Job, view: View) -> None:
    """Says, on the page of `job`, that it was asked for again, and leads to the new take. Always one container."""
    with st.container():
        of, made, when = st.session_state.get(_MADE, ("", "", 0.0))
        if of != job.id or time.time() - when > _TOLD_FOR:
            return
        with st.container(border=True, horizontal=True, vertical_alignment="center", key="made-again"):
            st.markdown(":material/check: Asked for once more. This page stays as it is.", width="stretch")
            st.button("Open the new take", key="made-again-open", on_click=open_take, args=(made, view))


def once_more(shared: Services, job: Job, owner: str) -> Order:
    """The request of `job` as an order of `owner`, at today's price where one is known. Raises Refused."""
    destination = job.order.destination
    if destination not in shared.destinations:
        raise Refused(
            "There is no key for the provider here any more. Use this take as a new draft to try it in the sandbox."
        )
    entry = shared.catalog.entry(job.order.model)
    if entry is None or (destination in entry.gone and destination not in entry.listed and not entry.added):
        raise Refused(
            "This model is no longer offered. Use the take as a new draft, and choose another model there."
        )
    if job.order.owner != owner and any(references(job.order.body)):
        raise Refused(
            "This take has uploads of somebody else, which stay with them. "
            "Use it as a new draft, and add files of your own."
        )
    if lost := missing_files(shared, job.order.body, owner):
        raise Refused(lost)
    again = replace(
        job.order,
        owner=owner,
        base_url=shared.base_url(destination),
        parent=job.id,
        kin=Kin.AGAIN.value,
    )
    return replace(again, estimate=_estimate(shared, job, again) or again.estimate)


def _confirmed(job: Job) -> None:
    st.session_state[_SORRY] = _generate(job)


def _generate(job: Job) -> str | None:
    """Makes the take anew, once for each click however often a run repeats it; a sentence where that cannot be."""
    shared, state, now = services(), st.session_state, time.time()
    of, _, when = state.get(_MADE, ("", "", 0.0))
    if of == job.id and now - when < DOUBLE_CLICK:
        return None  # the second half of a double click
    # Kept until the end: a run can be cut short after the take is stored and before it says so.
    click = f"again-{job.id}"
    token: str = state.setdefault(click, new_id())
    try:
        [made] = shared.store.add([once_more(shared, job, state["owner"])], token=token, now=now)
    except (Refused, StoreError) as error:
        return str(error)
    state[_MADE] = (job.id, made.id, now)
    del state[click]
    shared.tracker.wake()
    return None


def _price(shared: Services, job: Job) -> Estimate | None:
    spec = shared.catalog.find(job.order.model)
    if spec is None:
        return None
    return price_of(draft_of(job.order, spec), shared.catalog.price(job.order.destination, spec.id))


def _estimate(shared: Services, job: Job, again: Order) -> dict[str, object] | None:
    """Today's price as a take keeps it; None where none is known."""
    spec, price = shared.catalog.find(job.order.model), _price(shared, job)
    if spec is None or price is None:
        return None
    priced = order(
        draft_of(job.order, spec),
        owner=again.owner,
        destination=again.destination,
        base_url=again.base_url,
        price=price,
    )
    return priced.estimate
