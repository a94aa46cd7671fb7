"""What a person has set so far for one model: the request it makes, or the problems in it.

Pure. The values come from widgets, storage and components and may be anything: what is wrong with them is a
Problem, never an exception.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from components.catalog.checks import (
    Problem,
    allowed,
    entry,
    is_run,
    is_set,
    needed,
    problems_in,
    seconds_in,
)
from components.catalog.conditions import broken
from components.catalog.spec import (
    AtMostOne,
    Choice,
    ExactlyOne,
    ModelSpec,
    Number,
    OnlyWith,
    Parameter,
    Role,
    Scalar,
)
from components.form.advising import said, unheeded
from components.form.carry import carry
from components.storyboard.shapes import Shape, board_of, compiled, shape_of
from components.storyboard.storyboard import Board

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
    """Whether shots are meant rather than a prompt, where a model takes either. The other one is kept and not
    sent. None: whichever is set."""
    board: Board | None = None
    """The shots as they are planned. None: as `values` has them, which may hold a request."""

    @cached_property
    def shape(self) -> Shape | None:
        """How the model takes shots; None where it takes none."""
        return shape_of(self.spec)

    @cached_property
    def plan(self) -> Board:
        """The shots, with the seconds that a request may not carry; an empty board where there are none."""
        if self.board is not None or self.shape is None or not isinstance(self.values, Mapping):
            return self.board or Board()
        total = self.shape.total
        seconds = None if total is None else self.values.get(total.name)
        return board_of(self.values.get(self.shape.parameter.name), self.shape, seconds)

    @cached_property
    def shots(self) -> list[Any]:
        """The shots as the model takes them; empty where nothing is written in any."""
        return [] if self.shape is None else compiled(self.plan, self.shape)

    def request(self) -> dict[str, Any]:
        """The request's JSON: the model, what is required, and what was set, be it to the published default.

        Nothing in it is null or "". Of a draft with problems it is a preview, without what cannot be sent.
        """
        body: dict[str, Any] = {"model": self.spec.id}
        meant = self._meant()
        total = self._total_parameter(meant)
        for parameter in self.spec.parameters:
            if parameter is total:
                body[parameter.name] = _length(parameter, self.plan.seconds)
            elif parameter not in meant:
                continue
            elif self.shape is not None and parameter is self.shape.parameter:
                body |= {parameter.name: deepcopy(self.shots)} if self.shots else {}
            else:
                body |= entry(parameter, self._value(parameter), top=True)
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
        if self.spec.conditions and not found:
            labels = {parameter.name: parameter.label for parameter in self.spec.parameters}
            found += broken(self.spec.conditions, self.request(), (), "", labels=labels)
        return tuple(sorted(found, key=lambda problem: places[str(problem.path[0])] if problem.path else -1))

    def warnings(self) -> tuple[Problem, ...]:
        """What the provider's prose says against this draft, in its own words. None of it keeps it from being sent."""
        if not self.spec.advice or not isinstance(self.values, Mapping):
            return ()
        body = self.request()
        in_force = {**{p.name: p.default for p in self.spec.parameters if p.default is not None}, **body}
        return tuple(
            Problem((place,), said(advice))
            for advice in self.spec.advice
            if (place := unheeded(advice, body, in_force)) is not False
        )

    def seconds(self) -> int | None:
        """The length asked for, by default or as the sum of the shots; None where the model decides."""
        seconds = self._in_force(Role.SECONDS)
        return seconds_in(seconds) if isinstance(seconds, str | int | float) else None

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
        if self.plans_shots:
            texts = (" ".join(shot.text.split()) for shot in self.plan.shots)
            return "\n".join(text for text in texts if text)
        return ""

    @property
    def plans_shots(self) -> bool:
        """Whether it is shots that are sent."""
        shots = None if self.shape is None else self.shape.parameter
        return shots is not None and shots in self._meant() and self._is_sent(shots)

    def _value(self, parameter: Parameter) -> Any:
        if self.shape is not None and parameter is self.shape.parameter:
            return self.shots
        return self.values.get(parameter.name) if isinstance(self.values, Mapping) else None

    def _in_force(self, role: Role) -> Any:
        parameter = self.spec.by_role(role)
        return None if parameter is None else self.request().get(parameter.name, parameter.default)

    def _is_sent(self, parameter: Parameter) -> bool:
        value = self._value(parameter)
        if self.shape is not None and parameter is self.shape.parameter:
            return bool(value)
        return bool(entry(parameter, value, top=True))

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
        meant = [parameter for parameter in self.spec.parameters if parameter.name not in out]
        total = self._total_parameter(meant)
        return [parameter for parameter in meant if parameter is not total]

    def _chosen(self, rule: ExactlyOne) -> Parameter | None:
        """Which of a prompt and shots is meant; None where nobody said, or the rule is about other things."""
        if self.storyboard is None:
            return None
        by_role = {parameter.role: parameter for parameter in self._named(rule.names)}
        if not by_role.keys() >= CONTENT:
            return None
        return by_role[Role.SHOTS if self.storyboard else Role.PROMPT]

    def _total_parameter(self, meant: Sequence[Parameter]) -> Parameter | None:
        """The parameter that says how long the shots are together, where shots are among what is `meant`."""
        if self.shape is None or self.shape.parameter not in meant or self.plan.is_blank:
            return None
        return self.shape.total

    def _by_parameters(self) -> Iterator[Problem]:
        for parameter in self._meant():
            value, path = self._value(parameter), (parameter.name,)
            if is_set(parameter, value):
                yield from problems_in(parameter, value, path)
            elif parameter.required:
                yield from needed(parameter, value, path)

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
        if self.shape is not None and (total := self._total_parameter(meant)) is not None:
            yield from _unless_total_fits(self.shape.parameter, total, self.plan.seconds)

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


def _unless_total_fits(shots: Parameter, total: Parameter, seconds: int) -> Iterator[Problem]:
    if any(problems_in(total, _length(total, seconds), ())):
        sentence = f"The shots add up to {seconds} s; this model makes {_lengths(total)} s."
        yield Problem((shots.name,), sentence)


def _length(total: Parameter, seconds: int) -> Scalar:
    """`seconds` as `total` takes them: "8s" where its options are texts."""
    options = total.options if isinstance(total, Choice) else ()
    return next((option for option in options if seconds_in(option) == seconds), seconds)


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
