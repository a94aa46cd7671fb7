"""The bad-day switch: which faults are on, and on which requests they fall."""

from __future__ import annotations

import asyncio
import contextlib
import math
from dataclasses import dataclass, field
from typing import Any

from components.sandbox.faults import FAULTS, Fault, On

_LONGEST_DELAY = 3600.0
_MOST_RULES = 1_000


@dataclass
class Rule:
    """One fault switched on."""

    fault: Fault
    on: On
    times: int | None = None
    """How many requests it falls on from now; None: all, until it is cleared."""
    retry_after: str | None = None
    """The Retry-After header, as it is sent: seconds or a date."""
    seconds: float = 0.0
    """How late the answer is."""

    def as_json(self) -> dict[str, Any]:
        """The rule as `GET /_sandbox/behaviour` shows it."""
        return {
            "fault": self.fault.name,
            "on": self.on,
            "times": self.times,
            "retry_after": self.retry_after,
            "seconds": self.seconds,
        }


def rule_from(asked: object) -> Rule:
    """A rule from the JSON of a request; ValueError with a sentence for one that makes no sense."""
    if not isinstance(asked, dict):
        raise ValueError("A JSON object is needed.")
    unknown = set(asked) - {"fault", "on", "times", "retry_after", "seconds"}
    if unknown:
        raise ValueError(f"Unknown: {', '.join(sorted(unknown))}.")
    name = asked.get("fault")
    fault = FAULTS.get(name) if isinstance(name, str) else None
    if fault is None:
        raise ValueError(f"`fault` must be one of {', '.join(FAULTS)}.")
    on = asked.get("on") or fault.on[0]
    if on not in list(fault.on):
        raise ValueError(f"{fault.name} falls on {' or '.join(fault.on)}.")
    times, late, retry_after = asked.get("times"), asked.get("seconds"), asked.get("retry_after")
    if times is not None and not (type(times) is int and 1 <= times <= 10**6):
        raise ValueError("`times` must be a whole number from 1, or null.")
    if late is not None and not (
        type(late) in (int, float) and math.isfinite(late) and 0 <= late <= _LONGEST_DELAY
    ):
        raise ValueError("`seconds` must be a number from 0 to 3600.")
    if late is None:
        late = 5.0 if fault.name == "slow" else 0.0
    header = None if retry_after is None else str(retry_after)
    if header is not None and not (header.isascii() and header.isprintable() and 0 < len(header) <= 100):
        raise ValueError("`retry_after` must be a number of seconds, or a date as HTTP writes it.")
    return Rule(fault, On(on), times, header, float(late))


@dataclass
class Behaviour:
    """What is switched on now. Kept in memory only: after a restart the day is good."""

    rules: list[Rule] = field(default_factory=list)
    ending: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the server is to end: nobody is kept waiting then."""

    def add(self, rule: Rule) -> None:
        """Switches a fault on; ValueError beyond a thousand."""
        if len(self.rules) >= _MOST_RULES:
            raise ValueError("There are a thousand faults already; clear them first.")
        self.rules.append(rule)

    def clear(self) -> None:
        """A good day from here on."""
        self.rules.clear()

    def take(self, on: On) -> Rule | None:
        """The fault that falls on this request, the one switched on first; counted down."""
        rule = next((rule for rule in self.rules if rule.on is on), None)
        if rule is not None and rule.times is not None:
            rule.times -= 1
            if rule.times == 0:
                self.rules.remove(rule)
        return rule

    async def pause(self, rule: Rule) -> None:
        """Waits for as long as the rule says, or until the server ends."""
        if rule.seconds:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.ending.wait(), rule.seconds)
