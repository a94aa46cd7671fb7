"""How providers phrase rules between fields, as patterns over sentences whose mentions are marked.

Each is matched from a clause's first word to its last. Articles are gone by then, and nouns such as “field”
after a name (`mentions.py`).
"""

from __future__ import annotations

import re

from components.catalog.prose.circumstances import GIVEN, LIST

_GIVE = r"(?:provide|specify|set|use|pass|supply|send|include|choose|combine|mix)"
_BE = r"(?:(?:is|are|be|can|may|must|should|will|has|have|to|does|do|been) ){0,3}"
_DO = (
    rf"(?:{GIVEN}|supported|valid|applicable|available|effective|relevant|considered|allowed|respected|usable"
    r"|meaningful|accepted|enabled|appl(?:y|ies)|works?|(?:takes?|has|have) effect|compatible|combined|mixed"
    r"|taken into account|intended|support)"
)
_CANNOT = r"(?:cannot|must not|should not|may not)"
_MUST = rf"(?:(?:must|should|has to|have to|needs? to) be {GIVEN}|is required|are required)"
_NOT_BOTH = r"(?: ,)?(?: but)? (?:not|never) both(?: at once| at same time| together)?"
_AT_ONCE = r"(?:together|at same time|simultaneously|at once|in (?:same|one) request)"
_IF = r"(?:if|when|whenever|where|in case|as long as|provided that)"
_ALONG = (
    r"(?:together with|along with|alongside|in combination with|in conjunction with|at same time as"
    r"|simultaneously with)"
)
_WITH = rf"(?:with|{_ALONG}|for use with|to|for|in|at)"
_SUBJECT = rf"(?:(?P<subject>{LIST}) )?"
_NAMES = rf"(?P<names>{LIST})"


def _all(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)


EXACTLY_ONE = _all(
    rf"(?:either )?{_NAMES} {_MUST}{_NOT_BOTH}",
    rf"(?:exactly|precisely) one of {_NAMES}(?: {_MUST})?",
    rf"(?:you )?(?:must )?{_GIVE} exactly one of {_NAMES}",
    rf"(?:you )?must {_GIVE} either {_NAMES}{_NOT_BOTH}",
)
"""One of `names`, and no more."""

AT_MOST_ONE = _all(
    rf"(?:(?:you can )?{_GIVE} )?(?:either )?{_NAMES}(?: (?:can|may) be {GIVEN})?{_NOT_BOTH}",
    rf"(?:only|at most) one of {_NAMES} (?:(?:can|may|must|should) be {GIVEN}|is (?:allowed|supported))",
    rf"(?:you can )?{_GIVE} (?:only|at most) one of {_NAMES}",
    rf"{_NAMES} (?:are|is) mutually exclusive",
    rf"{_NAMES} {_CANNOT} (?:both )?be (?:combined|mixed|{GIVEN} {_AT_ONCE})",
    rf"{_NAMES} {_CANNOT} both be {GIVEN}(?: {_AT_ONCE})?",
    rf"(?:do not|never|you cannot|cannot) (?:combine|mix|{_GIVE} both) {_NAMES}(?: {_AT_ONCE})?",
    rf"(?:do not|never|you cannot|cannot) {_GIVE} {_NAMES} {_AT_ONCE}",
)
"""Of `names` no two are sent together."""

EXCLUDES = _all(
    rf"{_SUBJECT}{_BE}mutually exclusive (?:with|to) {_NAMES}",
    rf"{_SUBJECT}{_BE}(?:incompatible|not compatible) with {_NAMES}",
    rf"{_SUBJECT}{_CANNOT} be (?:{GIVEN}|combined|mixed)(?: {_AT_ONCE})? (?:with|{_ALONG}) {_NAMES}",
    rf"(?:do not|never|cannot|must not) {_GIVE} {_SUBJECT}(?:together )?(?:with|{_ALONG}) {_NAMES}",
)
"""`subject` is not sent together with any of `names`."""

OVERRIDES = _all(rf"{_SUBJECT}(?:{_IF} {GIVEN} ,? ?)?(?:overrides?|replaces?|takes precedence over) {_NAMES}")
"""Where `subject` is set, none of `names` counts."""

TOGETHER = _all(
    rf"{_NAMES} (?:must|should|have to) (?:both )?be {GIVEN} together",
    rf"(?:must )?{_GIVE} (?:both )?{_NAMES} together",
)
"""None of `names` is sent without the others."""

ONLY_WITH = _all(
    rf"{_SUBJECT}(?:{_BE}(?:only|exclusively)(?: {_BE}{_DO})?|{_BE}{_DO} (?:only|exclusively))"
    rf" (?:{_IF}|{_WITH}) (?P<rest>.+)",
    rf"{_SUBJECT}(?:must|should|has to|have to) be {GIVEN} (?:with|{_ALONG}) (?P<rest>.+)",
    rf"{_SUBJECT}(?:must be accompanied by|requires?) (?P<rest>.+)",
    rf"{_SUBJECT}{_BE}required {_ALONG} (?P<rest>.+)",
)
"""`subject` has a meaning only under the conditions in `rest`."""

_VOID = (
    rf"(?:{_BE}(?:not|cannot|never) (?:be )?{_DO}|(?:will have|has|have|with) no effect"
    r"|(?:(?:is|are|be|will|been|has|have) ){0,2}"
    r"(?:ignored|unsupported|unavailable|invalid|disabled|overridden|disregarded))"
)
NOT_WITHOUT = _all(rf"{_SUBJECT}{_VOID} (?:unless|without) (?P<rest>.+)")
"""The same, said the other way round."""

NOT_WITH = _all(rf"{_SUBJECT}{_VOID}(?: ,)? (?:{_IF}|{_WITH}) (?P<rest>.+)")
"""`subject` is not taken under the conditions in `rest`."""

NEEDED_IF = _all(
    rf"{_SUBJECT}(?:{_BE}(?:only )?(?:required|mandatory|needed|compulsory|necessary)|(?:must|has to|have to) be"
    rf" {GIVEN})(?: only)? {_IF} (?P<rest>.+)",
)
"""`subject` must be set under the conditions in `rest`."""

_OWN = r"(?P<own>[^@,]{1,40}?) (?:videos? |mode |resolution )?"
OWN_ONLY_WITH = _all(
    rf"{_OWN}(?:requires?|(?:is|are) only (?:supported|available|allowed|possible) (?:{_IF}|with)) (?P<rest>.+)"
)
"""A value of the field that is described, which asks for what is in `rest`."""
OWN_NOT_WITH = _all(
    rf"{_OWN}(?:(?:is|are) not (?:supported|available|allowed|possible)|cannot be {GIVEN}) (?:{_IF}|with) (?P<rest>.+)"
)
"""A value of the field that is described, which is not taken under the conditions in `rest`."""

TURNED = re.compile(rf"{_IF} (?P<condition>[^,]+) ,(?: then)? (?P<main>.+)")
"""The condition comes first: “if a is set, b is ignored”."""
IF_GIVEN = re.compile(GIVEN)
"""A condition without a name."""

PREFIX = re.compile(r"(?:(?:optional|note|important|please note|note that|currently|warning)(?: [,:])? )+")
"""What a clause may begin with, and says nothing."""
OTHERWISE = re.compile(
    r"(?: [,;])?(?: and)?(?: (?:it|is|are|will|be)){0,3}(?: (?:otherwise|else)(?: (?:it|is|are|will|be|has)){0,3}"
    r" (?:ignored|not used|no effect|disregarded)| ignored otherwise)"
)
"""What a clause may end with, and says the same again."""
QUALIFIES = re.compile(
    r"\b(?:if|when|for|unless|not|except|with|in|only|without|while|by|some|models?|versions?)\b"
)
"""Words before a comma that may narrow down what comes behind it."""
SIGNAL = re.compile(
    r"\b(?:exclusive|combin\w+|mix\w*|together|both|one of|only|exclusively|not|cannot|ignored|required?s?|requires?"
    r"|needed|mandatory|necessary|compulsory|unless|without|unsupported|unavailable|incompatible|overrid\w+|disabled"
    r"|invalid|disregarded|no effect|must|replaces?|precedence|never)\b|n['’]t\b",
    re.IGNORECASE,
)
"""A sentence without any of these states no rule."""
REVOKES = re.compile(r"(?:unless|except|however|but)\b", re.IGNORECASE)
"""A sentence that begins so takes back something of the one before."""
