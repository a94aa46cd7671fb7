"""What a person has set so far for one model: the request it makes, or the problems in it.

Pure. The values come from widgets, storage and components and may be anything: what is wrong with them is a
Problem, never an exception.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from components.catalog.checks import Problem, allowed, is_run, is_set, missing, problems_in, same
from components.catalog.spec import (
    AtMostOne,
    Choice,
    ExactlyOne,
    Group,
    ListOf,
    ModelSpec,
    Number,
    OnlyWith,
    Parameter,
    Role,
    TotalOf,
)
from components.form.carry import carry

__all__ = ["Draft", "Problem", "carry"]

# Sent whenever they are written, even where they are what the model would take anyway.
CONTENT = frozenset({Role.PROMPT, Role.SHOTS})

NO_PROMPT = "Write a prompt, or plan at least one shot."
NO_SHOTS = "Plan at least one shot, or write a prompt."


@dataclass(frozen=True)
class Draft:
    """What a person has set for `spec`."""

    spec: ModelSpec
    values: Mapping[str, Any] = field(default_factory=dict)
    """Name -> value, of what was set; None, "" and [] are not set."""
    storyboard: bool | None = None
    """Whether shots are meant rather than a prompt, where a model takes either. The other one is kept in
    `values` and not sent. None: whichever is set."""

    def request(self) -> dict[str, Any]:
        """The request's JSON: the model, what is required, and what differs from the published defaults.

        Nothing in it is null or "". Of a draft with problems it is a preview, without what cannot be sent.
        """
        body: dict[str, Any] = {"model": self.spec.id}
        totals = self._totals()
        meant = self._meant()
        for parameter in self.spec.parameters:
            if parameter.name in totals:
                body[parameter.name] = totals[parameter.name]
            elif parameter in meant:
                body |= _entry(parameter, self._value(parameter))
        return body

    def defaults(self) -> dict[str, Any]:
        """The published defaults that hold for what `request()` leaves out (top level only)."""
        body = self.request()
        return {
            parameter.name: deepcopy(parameter.default)
            for parameter in self._meant()
            if parameter.default is not None and parameter.name not in body
        }

    def problems(self) -> tuple[Problem, ...]:
        """Why this draft cannot be sent, in the order of the form; empty if it can."""
        if not isinstance(self.values, Mapping):
            return (Problem((), "This draft cannot be read; please start a new one."),)
        places = {parameter.name: place for place, parameter in enumerate(self.spec.parameters)}
        found = [*self._by_rules(), *self._by_parameters()]
        return tuple(sorted(found, key=lambda problem: places[str(problem.path[0])] if problem.path else -1))

    def seconds(self) -> int | None:
        """The length asked for, by default or as the sum of the shots; None where the model decides."""
        seconds = self._in_force(Role.SECONDS)
        is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
        return int(seconds) if is_number and seconds % 1 == 0 else None

    def aspect_ratio(self) -> str | None:
        """The aspect ratio asked for or published as the default; None where the model decides."""
        ratio = self._in_force(Role.ASPECT_RATIO)
        return ratio if isinstance(ratio, str) else None

    def prompt_text(self) -> str:
        """The prompt as typed, or the shots' texts one to a line; "" if neither is written."""
        sent = [parameter for parameter in self._meant() if self._is_sent(parameter)]
        for parameter in sent:
            if parameter.role is Role.PROMPT and isinstance(text := self._value(parameter), str):
                return text
        for parameter in sent:
            if parameter.role is Role.SHOTS and isinstance(parameter, ListOf):
                texts = (_shot_text(parameter.item, shot) for shot in _entries(self._value(parameter)))
                return "\n".join(text for text in texts if text)
        return ""

    def _value(self, parameter: Parameter) -> Any:
        return self.values.get(parameter.name) if isinstance(self.values, Mapping) else None

    def _in_force(self, role: Role) -> Any:
        parameter = self.spec.by_role(role)
        return None if parameter is None else self.request().get(parameter.name, parameter.default)

    def _is_sent(self, parameter: Parameter) -> bool:
        return bool(_entry(parameter, self._value(parameter)))

    def _named(self, names: Sequence[str]) -> list[Parameter]:
        return [self.spec[name] for name in names if name in self.spec]

    def _meant(self) -> list[Parameter]:
        """The parameters that may be sent as things stand: not deprecated, and called for by the rules."""
        out = {parameter.name for parameter in self.spec.parameters if parameter.deprecated}
        for rule in self.spec.rules:
            if isinstance(rule, ExactlyOne) and (chosen := self._chosen(rule)):
                out |= {name for name in rule.names if name != chosen.name}
        for rule in self.spec.rules:
            if isinstance(rule, OnlyWith):
                needs = self._named([rule.needs])
                if not any(need.name not in out and self._is_sent(need) for need in needs):
                    out.add(rule.name)
        out |= self._totals(out).keys()
        return [parameter for parameter in self.spec.parameters if parameter.name not in out]

    def _chosen(self, rule: ExactlyOne) -> Parameter | None:
        """Which of a prompt and shots is meant; None where nobody said, or the rule is about other things."""
        if self.storyboard is None:
            return None
        by_role = {parameter.role: parameter for parameter in self._named(rule.names)}
        if not by_role.keys() >= CONTENT:
            return None
        return by_role[Role.SHOTS if self.storyboard else Role.PROMPT]

    def _totals(self, out: set[str] | None = None) -> dict[str, int | float]:
        """Name -> sum, of the parameters that are computed from a list that is sent."""
        if out is None:
            out = {p.name for p in self.spec.parameters} - {p.name for p in self._meant()}
        totals = {}
        for rule in self.spec.rules:
            if isinstance(rule, TotalOf) and rule.name in self.spec and rule.list_name not in out:
                for parameter in self._named([rule.list_name]):
                    total = _total(parameter, self._value(parameter), rule.item_field)
                    if total is not None:
                        totals[rule.name] = total
        return totals

    def _by_parameters(self) -> Iterator[Problem]:
        for parameter in self._meant():
            value, path = self._value(parameter), (parameter.name,)
            if is_set(parameter, value):
                yield from problems_in(parameter, value, path)
            elif parameter.required and parameter.default is None:
                if isinstance(parameter, Group):
                    yield from problems_in(parameter, {}, path)
                else:
                    yield missing(parameter, path)

    def _by_rules(self) -> Iterator[Problem]:
        meant = self._meant()
        for rule in self.spec.rules:
            if isinstance(rule, ExactlyOne):
                yield from self._unless_exactly_one(rule, meant)
            elif isinstance(rule, AtMostOne):
                sent = [p for p in self._named(rule.names) if p in meant and self._is_sent(p)]
                if len(sent) > 1:
                    labels = " or ".join(parameter.label for parameter in sent)
                    yield Problem((sent[-1].name,), f"Set {labels}, not both.")
            elif isinstance(rule, TotalOf) and rule.name in (totals := self._totals()):
                yield from _unless_total_fits(rule, self.spec, totals[rule.name])

    def _unless_exactly_one(self, rule: ExactlyOne, meant: list[Parameter]) -> Iterator[Problem]:
        named = self._named(rule.names)
        sent = [parameter for parameter in named if parameter in meant and self._is_sent(parameter)]
        is_content = {parameter.role for parameter in named} >= CONTENT
        either = " or ".join(parameter.label for parameter in named)
        if len(sent) > 1:
            sentence = f"Set {either}, not both."
            if is_content:
                sentence = "There is a prompt and there are shots: choose which of the two is meant."
            yield Problem((), sentence)
        elif not sent:
            sentence = f"Set {either}."
            if is_content:
                sentence = NO_SHOTS if self.storyboard else NO_PROMPT
            chosen = self._chosen(rule) or next((p for p in named if p.role is Role.PROMPT), named[0])
            yield Problem((chosen.name,), sentence)


def _entry(parameter: Parameter, value: Any) -> dict[str, Any]:
    """`parameter` as it stands in a request: its name and value, or nothing if it is left out."""
    if is_set(parameter, value):
        is_default = parameter.default is not None and same(value, parameter.default)
        if is_default and not parameter.required and parameter.role not in CONTENT:
            return {}
        sendable = _sendable(parameter, value)
        if sendable is None or (sendable in ({}, []) and not parameter.required):
            return {}
        return {parameter.name: sendable}
    if parameter.required and parameter.default is not None:
        return {parameter.name: deepcopy(parameter.default)}
    if parameter.required and isinstance(parameter, Group):
        return {parameter.name: _sendable(parameter, {})}
    return {}


def _sendable(parameter: Parameter, value: Any) -> Any:
    """`value` as JSON for `parameter`; None if it can be none."""
    if isinstance(parameter, Group) and isinstance(value, Mapping):
        body: dict[str, Any] = {}
        for inner in parameter.fields:
            body |= _entry(inner, value.get(inner.name))
        return body
    if isinstance(parameter, ListOf) and isinstance(value, list | tuple):
        entries = (_entry(parameter.item, entry) for entry in value)
        return [sendable for entry in entries for sendable in entry.values()]
    if isinstance(parameter, Choice):
        value = next((option for option in parameter.options if same(option, value)), value)
    if isinstance(parameter, Number) and isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, str | int | float) else None


def _entries(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def _shot_text(item: Parameter, shot: Any) -> str:
    """What is written in a shot, on one line."""
    if isinstance(item, Group) and isinstance(shot, Mapping):
        shot = next((shot.get(inner.name) for inner in item.fields if inner.role is Role.PROMPT), None)
    return " ".join(shot.split()) if isinstance(shot, str) else ""


def _total(parameter: Parameter, value: Any, item_field: str) -> int | float | None:
    """The sum of `item_field` over the entries, defaults in force; None if an entry has no good number."""
    item = parameter.item if isinstance(parameter, ListOf) else None
    fields = item.fields if isinstance(item, Group) else ()
    summed = next((inner for inner in fields if inner.name == item_field), None)
    entries = _entries(value)
    if summed is None or not entries:
        return None
    numbers: list[int | float] = []
    for entry in entries:
        given = entry.get(item_field) if isinstance(entry, Mapping) else None
        if not is_set(summed, given):
            given = summed.default
        if given is None or any(problems_in(summed, given, ())):
            return None
        numbers.append(given)
    total = sum(numbers)
    return int(total) if total % 1 == 0 else total


def _unless_total_fits(rule: TotalOf, spec: ModelSpec, total: int | float) -> Iterator[Problem]:
    target, parts = spec[rule.name], spec[rule.list_name]
    if not any(problems_in(target, total, ())):
        return
    sentence = f"{parts.label} add up to {total:g}; {target.label} must be {allowed(target)}."
    if target.role is Role.SECONDS and parts.role is Role.SHOTS:
        sentence = f"The shots add up to {total:g} s; this model makes {_lengths(target)} s."
    yield Problem((rule.list_name,), sentence)


def _lengths(parameter: Parameter) -> str:
    """The lengths that a model makes: "3 to 15", "5 or 10"."""
    match parameter:
        case Choice(options=options) if is_run(options):
            return f"{options[0]} to {options[-1]}"
        case Number(minimum=low, maximum=high) if low is not None and high is not None:
            return f"{low:g} to {high:g}"
        case Number(minimum=low, maximum=high) if low is not None or high is not None:
            return f"at least {low:g}" if high is None else f"at most {high:g}"
    return allowed(parameter)
