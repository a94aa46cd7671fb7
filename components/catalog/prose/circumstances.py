"""The condition in a sentence: “image_url is provided”, “mode is set to pro or std”, “16:9 aspect ratio”."""

from __future__ import annotations

import re
from dataclasses import dataclass

from components.catalog.prose.mentions import Marked, value_of
from components.catalog.spec import Choice, Number, Parameter, Scalar, Switch

MENTION = r"@\d+"
LIST = rf"{MENTION}(?:(?: ,| /| and| or| nor| , and| , or| and / or) {MENTION})*"
GIVEN = r"(?:provided|specified|set|given|supplied|present|sent|used|passed|included|defined|selected|chosen|applied)"

_USING = re.compile(r"(?:using|providing|specifying|passing|with) ")
_SET = re.compile(
    rf"(?P<names>{LIST})(?: (?:is|are|has been|have been|was|were))?(?P<no> not)?(?: also)?(?: to be)?"
    rf" (?:{GIVEN}|enabled)"
)
_EQUALS = re.compile(
    rf"(?P<names>{MENTION})(?: (?:(?:is|are|to be)(?: set to| equal to| one of| either)?|equals|set to|:))?"
    r"(?: =+)? (?P<values>.+)"
)
_VALUED = re.compile(rf"(?P<values>[^@]+) (?P<names>{MENTION})")
_NEXT_VALUE = re.compile(r" , or | or | , | / ")
_AND = re.compile(r" , and | and ")


@dataclass(frozen=True)
class Circumstance:
    """That a parameter is set, to one of `values` where there are some; or, `absent`, that it is not set."""

    parameter: Parameter
    values: tuple[Scalar, ...] = ()
    absent: bool = False


@dataclass(frozen=True)
class Circumstances:
    """Several, of which `every` one must hold, or any."""

    all: tuple[Circumstance, ...]
    every: bool = True


def given(parameter: Parameter) -> Circumstance:
    """That `parameter` is set; a switch that is set is on."""
    return Circumstance(parameter, (True,) if isinstance(parameter, Switch) else ())


def circumstances_in(marked: Marked, part: str) -> Circumstances | None:
    """What `part` of a sentence demands; None unless all of it is understood."""
    part = _USING.sub("", part, count=1) if _USING.match(part) else part
    if (several := _listed(marked, part)) is not None:
        return several
    found = [_single(marked, piece) for piece in _AND.split(part)]
    known = tuple(one for one in found if one is not None)
    return Circumstances(known) if known and len(known) == len(found) else None


def _listed(marked: Marked, part: str) -> Circumstances | None:
    """“a, b or c”, “a and b are provided”."""
    is_list = re.fullmatch(LIST, part)
    is_set = _SET.fullmatch(part)
    if not is_list and not is_set:
        return None
    named = marked.named(part)
    is_absent = bool(is_set and is_set["no"])
    links = set(re.findall(r" (and|or|nor|/)(?= )", part))
    if len(named) > 1 and (len(links) != 1 or is_absent):
        return None  # "a, b" and "neither of them": which is meant is not certain
    if is_absent:
        of_switch = isinstance(named[0], Switch)
        one = Circumstance(named[0], (False,)) if of_switch else Circumstance(named[0], absent=True)
        return Circumstances((one,))
    return Circumstances(tuple(given(p) for p in named), every=links <= {"and"})


def _single(marked: Marked, part: str) -> Circumstance | None:
    """“a is set to x or y”, “x a”, “a is provided”."""
    several = _listed(marked, part)
    if several and len(several.all) == 1:
        return several.all[0]
    match = _EQUALS.fullmatch(part) or _VALUED.fullmatch(part)
    if match is None:
        return None
    [parameter] = marked.named(match["names"])
    if not isinstance(parameter, Choice | Number | Switch):
        return None
    words = _NEXT_VALUE.split(match["values"])
    values = [value_of(parameter, marked.spelled(word)) for word in words]
    known = tuple(value for value in values if value is not None)
    return Circumstance(parameter, known) if known and len(known) == len(values) else None
