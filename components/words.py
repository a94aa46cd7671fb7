"""Takes in plain words: states, ages, lengths. Pure, so that every page says the same."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from components.catalog.checks import alternative_of
from components.catalog.pricing import LONGEST_HOW, Estimate
from components.catalog.pricing.money import amount, money, to_cents
from components.catalog.spec import Group, ListOf, ModelSpec, OneOf, Parameter
from components.jobs.expectation import Expectation
from components.jobs.job import Destination, Job, State
from components.markdown import as_text

STATE_WORDS = {
    State.WAITING: "Waiting",
    State.SENDING: "Sending",
    State.QUEUED: "Queued",
    State.GENERATING: "Generating",
    State.ARCHIVING: "Downloading",
    State.COMPLETED: "Ready",
    State.FAILED: "Failed",
    State.UNKNOWN: "In doubt",
    State.CANCELLED: "Cancelled",
}

_NUMBERS = dict(
    enumerate(("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), 2)
)


def state_words(job: Job) -> str:
    """The take's state in a word or two."""
    if not job.ended_for_good and not job.followed:
        return "Not followed"
    return STATE_WORDS[job.state]


def clock(seconds: float) -> str:
    """A running time, e.g. "0:07", "12:05" or "1:02:30"."""
    whole = max(0, int(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def age(seconds: float) -> str:
    """How long ago, e.g. "just now", "5 min ago", "3 h ago", "yesterday", "12 days ago"."""
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{int(seconds // 60)} min ago"
    if seconds < 24 * 3600:
        return f"{int(seconds // 3600)} h ago"
    days = int(seconds // (24 * 3600))
    return "yesterday" if days == 1 else f"{days} days ago"


def span(low: float, high: float) -> str:
    """A range of waiting times, e.g. "about 80 seconds" or "5 to 14 minutes"."""
    if high < 100:
        return (
            f"about {round(high)} seconds"
            if round(low) == round(high)
            else f"{low:.0f} to {high:.0f} seconds"
        )
    first, last = max(1, round(low / 60)), max(1, round(high / 60))
    return f"about {last} minute{'s' * (last != 1)}" if first == last else f"{first} to {last} minutes"


def file_size(size: int) -> str:
    """Bytes in people's units, e.g. "1.2 MB"."""
    for unit, step in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= step:
            return f"{size / step:.1f} {unit}"
    return f"{size} bytes"


def waiting_since(job: Job) -> float:
    """When the wait that the card counts began: what others took is counted from there as well."""
    if job.state is State.ARCHIVING and job.ready:
        return job.ready
    return job.sent if job.sent and job.state is not State.WAITING else job.created


def caption(job: Job, now: float) -> str:
    """The line under a card: model, length, aspect ratio, age; where it was made when that was the sandbox."""
    parts = [job.order.model_name]
    if job.order.seconds:
        parts.append(f"{job.order.seconds} s")
    if job.order.aspect_ratio:
        parts.append(job.order.aspect_ratio)
    if job.order.destination is Destination.SANDBOX:
        parts.append("sandbox")
    return " · ".join([*parts, age(now - job.created)])


def cost(job: Job) -> str | None:
    """What was charged; until that is known, what it was said to cost. None where neither is known."""
    if said := charged(job):
        return f"{said}{_pretend(job)}"
    if job.state in (State.FAILED, State.CANCELLED) or (price := said_price(job)) is None:
        return None  # what failed is not charged
    figure = _figures(price, 1)
    return f"estimated {figure}{_pretend(job)}" if figure else None


def cost_in_full(job: Job) -> str | None:
    """The estimate, the charge, and by how much the two differ; None where neither is known."""
    price, is_charged = said_price(job), charged(job)
    figure = _figures(price, 1) if price is not None else ""
    parts = [f"estimated {figure}" if figure else "", f"charged {is_charged}" if is_charged else ""]
    line = " · ".join(filter(None, parts))
    if not line:
        return None
    line = f"{line[0].upper()}{line[1:]}{_pretend(job)}"
    return f"{line}. {difference}" if (difference := _difference(price, job)) else line


def charged(job: Job) -> str | None:
    """What the provider says that it charged: in USD, else in its credits. None where it said nothing."""
    if (usd := amount(job.usd_spent)) is not None:
        return money(usd)
    credits = job.credits_used
    return f"{credits:,.0f} credits" if credits is not None and 0 < credits < 1e15 else None


def said_price(job: Job) -> Estimate | None:
    """The estimate that was kept with the take; None without one, and for what is none."""
    kept = job.order.estimate or {}
    usd, how, bounds = amount(kept.get("usd")), kept.get("how"), kept.get("bounds")
    ends = [amount(bound) for bound in bounds[:2]] if isinstance(bounds, list) else []
    least, most = ends if len(ends) == 2 else (None, None)
    span = None if usd is not None or least is None or most is None else (least, most)
    if usd is None and span is None:
        return None
    return Estimate(usd, how[:LONGEST_HOW] if isinstance(how, str) else "", span)


def _difference(price: Estimate | None, job: Job) -> str | None:
    usd = amount(job.usd_spent)
    if price is None or usd is None:
        return None
    least, most = price.bounds or (price.usd or Decimal(0),) * 2
    for by, word in ((usd - most, "more"), (least - usd, "less")):
        if to_cents(by) > Decimal("0.01"):
            return f"That is {money(by)} {word} than estimated."
    return None


def _pretend(job: Job) -> str:
    return " (pretend)" if job.order.destination is Destination.SANDBOX else ""


def _figures(price: Estimate, takes: int) -> str:
    """The price of so many takes, or between which amounts it is; "" where it is not known."""
    if price.usd is not None:
        return money(price.usd * takes)
    return " to ".join(money(bound * takes) for bound in price.bounds or ())


def excerpt(text: str, limit: int = 140) -> str:
    """The beginning of `text` on one line, cut at a word, with an ellipsis where something was left out."""
    line = " ".join(text[: limit * 4].split())
    if len(line) <= limit:
        return line
    return line[:limit].rsplit(" ", 1)[0].rstrip(" ,.;:") + " …"


def asked_for(order_values: dict[str, Any], spec: ModelSpec | None) -> list[tuple[str, str]]:
    """Every setting of a request as (label, value) in plain words; API names where the spec is not known."""
    rows: list[tuple[str, str]] = []
    for name, value in order_values.items():
        if name == "model":
            continue
        parameter = spec[name] if spec is not None and name in spec else None
        rows.extend(_rows(parameter.label if parameter else name, value, parameter))
    return rows


def _rows(label: str, value: Any, parameter: Parameter | None) -> list[tuple[str, str]]:
    if isinstance(parameter, OneOf):
        found = alternative_of(parameter, value)
        parameter = None if found is None else parameter.alternatives[found[0]]
    if isinstance(value, list):
        item = parameter.item if isinstance(parameter, ListOf) else None
        return [row for n, entry in enumerate(value, 1) for row in _rows(f"{label} {n}", entry, item)]
    if isinstance(value, dict):
        fields = {f.name: f for f in parameter.fields} if isinstance(parameter, Group) else {}
        return [
            row
            for name, entry in value.items()
            for row in _rows(
                f"{label}, {(fields[name].label if name in fields else name).lower()}",
                entry,
                fields.get(name),
            )
        ]
    return [(label, setting(value))]


def setting(value: Any) -> str:
    """One value in plain words: "on", "off", numbers without needless zeros, text as it is."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float):
        return f"{value:g}"
    return showable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def showable(text: str) -> str:
    """`text` as a page can carry it: half a surrogate pair, which JSON can hold, is a question mark."""
    return text.encode("utf-8", "replace").decode()


NO_PRICE = "The provider publishes no price for this; the cost will show once it has run."


def price_words(price: Estimate | None, takes: int, destination: Destination, *, read: bool = True) -> str:
    """What one click costs, as Markdown: the price of a take, of all, and how it comes about.

    `read`: whether the price list has been read yet.
    """
    if not read:
        return "The price list has not been read yet."
    if price is None:
        return NO_PRICE
    pretend = " · pretend price" if destination is Destination.SANDBOX else ""
    each = _figures(price, 1).replace("$", "\\$")
    if not each:
        return as_text(price.how) + pretend
    total = f", {_figures(price, takes)} for {takes}".replace("$", "\\$") if takes > 1 else ""
    return f"**{each}** a take{total}{pretend}  \n:small[:gray[{as_text(price.how)}]]"


def balance_words(balance: Decimal | None, *, read: bool) -> str:
    """What is left on the account. `read`: whether the provider has been asked yet."""
    if balance is None:
        return "Balance not known" if read else "Reading the balance …"
    return f"Balance {money(balance)}"


def too_dear(price: Estimate | None, takes: int, balance: Decimal | None) -> str | None:
    """A question, where `takes` takes certainly cost more than what is left; None where that is not known."""
    least = None if price is None else price.at_least
    if least is None or price is None or balance is None or least * takes <= balance:
        return None
    what = "This costs" if takes == 1 else f"These {takes} takes cost"
    about = "about " if price.usd is not None else ""
    return (
        f"{what} {about}{_figures(price, takes)}; the balance is {money(balance)}. "
        "The provider will probably refuse it."
    )


def waiting_words(spec: ModelSpec, destination: Destination, expected: Expectation | None = None) -> str:
    """How long a take will take, as far as that is known: by our own takes, else as the provider documents it."""
    ours = expected_words(expected) if expected is not None and expected.ours else ""
    documented = span(*spec.typical_seconds) if spec.typical_seconds else ""
    if destination is Destination.SANDBOX:
        real = f" Of the real model, the provider says {documented}." if documented else ""
        return (ours or "A preview takes a few seconds.") + real
    told = f"The provider says {documented}." if documented else "How long this model takes is not known yet."
    return f"{ours or told} You can leave the page: the takes go on."


def expected_words(expected: Expectation | None) -> str:
    """What is expected as a sentence, e.g. "The last ten like this took 2 to 4 minutes (median 3)."; "" for nothing."""
    if expected is None or not expected.is_told:
        return ""
    took = span(expected.low, expected.high)
    if not expected.ours:
        return f"The provider says {took}."
    middle = expected.median if expected.high < 100 else max(1, expected.median / 60)
    median = "" if took.startswith("about") else f" (median {round(middle)})"
    count = _NUMBERS.get(expected.count, str(expected.count))
    like = "like this" if expected.alike else "with this model"
    return f"The last {count} {like} {'mostly ' if expected.strays else ''}took {took}{median}."


def waiting_note(job: Job, expected: Expectation | None, now: float) -> str:
    """What stands beside the clock of a take that runs: what is expected, and whether it takes longer; "" for nothing.

    Plain text. It stays the same until the next of `waiting_changes`.
    """
    if expected is None or not job.followed or job.state is State.ARCHIVING:
        return ""
    note = expected_words(expected)
    if not any(moment <= now for moment in waiting_changes(job, expected)):
        return note
    longer = "Longer than usual." if expected.ours else "Longer than the provider says."
    return f"{note} {longer}"


def waiting_changes(job: Job, expected: Expectation | None) -> tuple[float, ...]:
    """The moments, in Unix seconds, at which `waiting_note` changes while the take stays as it is."""
    sent = job.sent if job.followed and job.state in (State.SENDING, State.QUEUED, State.GENERATING) else None
    if sent is None or expected is None or not expected.is_told or expected.p90 is None:
        return ()
    return (sent + expected.p90,)
