"""Rules between fields that only descriptions state: “not supported when generate_audio is enabled”.

A clause must be understood from its first word to its last, or it gives nothing: a rule that does not exist
would send people after a fault that they did not make.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from components.catalog.prose import phrases
from components.catalog.prose.circumstances import (
    MENTION,
    Circumstance,
    Circumstances,
    circumstances_in,
    given,
)
from components.catalog.prose.mentions import MOST_PARAMETERS, Marked, Vocabulary, value_of
from components.catalog.prose.sentences import LONGEST_SENTENCE, sentences
from components.catalog.spec import Advice, Advises, Parameter, Scalar, Switch

MOST_RULES = 40
_MOST_READ = 40_000
"""Characters of all descriptions together that are looked through."""
_MOST_TRIED = 100
"""Sentences of all descriptions together that are tried; a model with a hundred rules would be news."""

_Rule = tuple[Advises, tuple[Parameter, ...], tuple[Scalar, ...]]
_ASIDE = re.compile(r"\(([^()]*)\)")
_PAIR = re.compile(rf"\( ?({MENTION}) (?:together with|along with|combined with) ({MENTION}) ?\)")
_CLAUSE_ENDS = re.compile(r" ?[;—–] ?| - ")
_DIRECTED = frozenset({Advises.ONLY_WITH, Advises.NOT_WITH, Advises.NEEDED_IF})


def advice_of(parameters: Sequence[Parameter]) -> tuple[Advice, ...]:
    """The rules that the helps of `parameters` state about one another, those that are understood for certain.

    Each names parameters by their API names, and quotes the provider's sentence of at most 300 characters.
    """
    vocabulary = Vocabulary(parameters)
    found: dict[tuple[Advises, frozenset[str] | tuple[str, ...], tuple[Scalar, ...]], Advice] = {}
    left, tries = _MOST_READ, _MOST_TRIED
    for about in parameters[:MOST_PARAMETERS]:
        if about.deprecated or left <= 0:
            continue
        left -= len(about.help)
        pieces = sentences(about.help)
        for sentence, after in pairwise([*pieces, ""]):
            if len(sentence) > LONGEST_SENTENCE or not phrases.SIGNAL.search(sentence):
                continue
            if phrases.REVOKES.match(after) or tries <= 0:
                continue
            tries -= 1
            for kind, named, values in _rules(vocabulary.mark(sentence, about), about):
                names = tuple(p.name for p in named)
                key = (kind, names if kind in _DIRECTED else frozenset(names), values)
                if _makes_sense(kind, named):
                    found.setdefault(key, Advice(kind, names, sentence, values))
    stricter = {frozenset(a.names) for a in found.values() if a.kind is Advises.EXACTLY_ONE}
    kept = [
        a for a in found.values() if a.kind is not Advises.AT_MOST_ONE or frozenset(a.names) not in stricter
    ]
    return tuple(kept[:MOST_RULES])


def _makes_sense(kind: Advises, named: tuple[Parameter, ...]) -> bool:
    """Whether a form could do something about it."""
    if len({p.name for p in named}) < max(len(named), 2) or any(p.deprecated for p in named):
        return False
    if kind is Advises.NEEDED_IF:
        return not named[0].required
    return kind in _DIRECTED or not all(p.required for p in named)


def _rules(marked: Marked, about: Parameter) -> Iterator[_Rule]:
    """What a sentence in the description of `about` says."""
    before = ""
    for clause in _clauses(marked.text):
        # Whose rule is it that names no one? That of this field, if nothing else was spoken of.
        is_own = marked.by_name(before) <= {about.name}
        yield from _clause(marked, clause, about if is_own else None)
        before += f" {clause}"


def _clauses(text: str) -> Iterator[str]:
    """The parts of a sentence that can be rules by themselves."""
    if _PAIR.search(text):
        # "Either this or (that together with those)": it holds for that, and for those.
        for one in (r"\1", r"\2"):
            yield from _clauses(_PAIR.sub(one, text))
        return
    asides = _ASIDE.findall(text)
    for clause in _CLAUSE_ENDS.split(" ".join(_ASIDE.sub(" ", text).split())):
        yield clause.strip(" ,")
    yield from (aside.strip() for aside in asides)


def _clause(marked: Marked, clause: str, about: Parameter | None) -> Iterator[_Rule]:
    if prefix := phrases.PREFIX.match(clause):
        clause = clause[prefix.end() :]
    rules = list(_whole(marked, clause, about))
    head, comma, tail = clause.rpartition(" , ")
    is_own = about is not None and marked.by_name(head) <= {about.name}
    if not rules and comma and is_own and not phrases.QUALIFIES.search(head):
        rules = list(_whole(marked, tail, about))  # "The last picture, only used with ..."
    yield from rules


def _whole(marked: Marked, clause: str, about: Parameter | None) -> Iterator[_Rule]:
    """The rules that a clause states, all of which is understood."""
    for match in _matches(phrases.OVERRIDES, clause):
        for subject in _subjects(marked, match, about):
            for other in marked.named(match["names"]):
                yield _directed(Advises.NOT_WITH, other, given(subject))
        return
    if turned := phrases.TURNED.fullmatch(clause):
        main, condition = turned["main"], turned["condition"]
        if about and phrases.IF_GIVEN.fullmatch(condition):  # "if provided": this field itself
            marked, itself = marked.and_of(about)
            condition = f"{itself} is provided"
        clause = f"{main} if {condition}"
    for tail in phrases.OTHERWISE.finditer(clause):
        if tail.end() == len(clause):
            clause = clause[: tail.start()]
            break
    for match in _matches(phrases.EXACTLY_ONE, clause):
        yield Advises.EXACTLY_ONE, marked.named(match["names"]), ()
        return
    for match in _matches(phrases.AT_MOST_ONE, clause):
        yield from _exclusive(marked.named(match["names"]))
        return
    for match in _matches(phrases.TOGETHER, clause):
        named = marked.named(match["names"])
        yield from (_directed(Advises.ONLY_WITH, a, given(b)) for a in named for b in named if a is not b)
        return
    for match in _matches(phrases.EXCLUDES, clause):
        for subject in _subjects(marked, match, about):
            for other in marked.named(match["names"]):
                yield from _exclusive((subject, other))
        return
    rules = list(_conditional(marked, clause, about))
    yield from rules or _of_a_value(marked, clause, about)


def _conditional(marked: Marked, clause: str, about: Parameter | None) -> Iterator[_Rule]:
    forms = (
        (phrases.NOT_WITHOUT, Advises.ONLY_WITH),
        (phrases.NEEDED_IF, Advises.NEEDED_IF),
        (phrases.NOT_WITH, Advises.NOT_WITH),
        (phrases.ONLY_WITH, Advises.ONLY_WITH),
    )
    for patterns, kind in forms:
        for match in _matches(patterns, clause):
            conditions = circumstances_in(marked, match["rest"])
            if conditions is None:
                continue
            for subject in _subjects(marked, match, about):
                yield from _under(kind, subject, conditions)
            return


def _of_a_value(marked: Marked, clause: str, about: Parameter | None) -> Iterator[_Rule]:
    """“1080p is not available when a is set”, in the description of the field that has 1080p among its values."""
    forms = ((phrases.OWN_ONLY_WITH, Advises.NEEDED_IF), (phrases.OWN_NOT_WITH, Advises.NOT_WITH))
    for patterns, kind in forms:
        for match in _matches(patterns, clause):
            conditions = circumstances_in(marked, match["rest"])
            own = value_of(about, match["own"]) if about else None
            if about is None or own is None or conditions is None or len(conditions.all) > 1:
                continue
            [condition] = conditions.all
            if (
                not condition.absent and not condition.values
            ):  # turned round: the other field, where this has it
                yield kind, (condition.parameter, about), (own,)


def _under(kind: Advises, subject: Parameter, conditions: Circumstances) -> Iterator[_Rule]:
    """`kind` for `subject` under each condition, where that is the same as under them all, or any."""
    several = len(conditions.all) > 1
    for_each = conditions.every if kind is Advises.ONLY_WITH else not conditions.every
    if several and not for_each:
        return
    for condition in conditions.all:
        if not condition.absent:
            yield _directed(kind, subject, condition)
        elif kind is not Advises.NEEDED_IF:  # "not used when a is not set": only with a
            turned = Advises.NOT_WITH if kind is Advises.ONLY_WITH else Advises.ONLY_WITH
            yield _directed(turned, subject, given(condition.parameter))


def _exclusive(named: tuple[Parameter, ...]) -> Iterator[_Rule]:
    """No two of `named` together; a switch only stands in the way while it is on."""
    if not any(isinstance(p, Switch) for p in named):
        yield Advises.AT_MOST_ONE, named, ()
    elif len(named) == 2:
        first, second = named if isinstance(named[1], Switch) else named[::-1]
        yield _directed(Advises.NOT_WITH, first, given(second))


def _directed(kind: Advises, subject: Parameter, condition: Circumstance) -> _Rule:
    return kind, (subject, condition.parameter), condition.values


def _subjects(marked: Marked, match: re.Match[str], about: Parameter | None) -> tuple[Parameter, ...]:
    named = match.groupdict().get("subject")
    return marked.named(named) if named else (about,) if about else ()


def _matches(patterns: tuple[re.Pattern[str], ...], clause: str) -> Iterator[re.Match[str]]:
    return (match for pattern in patterns if (match := pattern.fullmatch(clause)))
