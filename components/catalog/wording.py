"""What is wrong with a value, in sentences for people."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components.catalog.spec import (
    Choice,
    ListOf,
    Media,
    MediaKind,
    Number,
    OneOf,
    Parameter,
    Role,
    Scalar,
    Switch,
    Text,
)
from components.catalog.values import LARGEST

Path = tuple[str | int, ...]

# More options than this are not listed in a sentence.
LISTED = 8
# So much of the provider's own words is quoted, in characters.
QUOTED = 300
_FILES = {MediaKind.IMAGE: "picture", MediaKind.VIDEO: "video", MediaKind.AUDIO: "sound file"}


@dataclass(frozen=True)
class Problem:
    """Why a draft cannot be sent."""

    path: Path
    """Where: names and list positions from the top of the request; `()` is the whole form."""
    message: str
    """A full sentence."""


def missing(parameter: Parameter, path: Path, subject: str | None = None) -> Problem:
    """The problem that a required parameter is not set."""
    subject = parameter.label if subject is None else subject
    match parameter:
        case Text() if parameter.role is Role.PROMPT:
            # A shot's text is spoken of as the shot.
            sentence = "Write a prompt." if len(path) == 1 else f"{subject} has no text yet."
        case ListOf() if parameter.role is Role.SHOTS:
            sentence = "Plan at least one shot."
        case Media():
            add = "a link or a file" if parameter.takes_files else "a link"
            sentence = f"{subject} is missing; please add {add}."
        case Choice() | Switch() | OneOf():
            sentence = f"{subject} is not set; please choose."
        case ListOf():
            sentence = f"{subject} needs at least one entry."
        case _:
            sentence = f"{subject} is missing; please fill it in."
    return Problem(path, as_sentence(sentence))


def allowed(parameter: Parameter) -> str:
    """What may be given, to stand after "must be": "5 or 10", "a whole number from 3 to 15"."""
    match parameter:
        case Choice(options=options):
            if is_run(options):
                return f"a whole number from {options[0]} to {options[-1]}"
            if len(options) > LISTED:
                return f"one of the {len(options)} options"
            return either([shown(o) if isinstance(o, bool) else str(o)[:80] for o in options])
        case Number(minimum=low, maximum=high):
            kind = "a whole number" if parameter.integer else "a number"
            if low is not None and high is not None:
                return f"{kind} from {shown(low)} to {shown(high)}"
            if low is not None:
                return f"{kind}, at least {shown(low)}"
            return kind if high is None else f"{kind}, at most {shown(high)}"
        case Media():
            file = "" if parameter.media is None else f" {_FILES[parameter.media]}"
            upload = f", or an uploaded{file or ' file'}" if parameter.takes_files else ""
            return f"a link that begins with https://{upload}"
        case OneOf(alternatives=alternatives):
            return f"one of these: {', '.join(alternative.label for alternative in alternatives)}"
    return "something else"


def is_run(options: tuple[Scalar, ...]) -> bool:
    """Whether `options` are more than three whole numbers without a gap, in order."""
    whole = all(isinstance(option, int) and not isinstance(option, bool) for option in options)
    return whole and len(options) > 3 and list(options) == list(range(int(options[0]), int(options[-1]) + 1))


def must_be(subject: str, what: str, value: Any, path: Path) -> Problem:
    """The problem that `value` is not `what`."""
    return Problem(path, as_sentence(f"{subject} must be {what}; you gave {shown(value)}."))


def either(words: list[str]) -> str:
    """ "a", "a or b", "a, b or c"."""
    return " or ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def quoted(prose: str) -> str:
    """The provider's own words to stand behind a sentence, bounded; "" where there are none."""
    prose = " ".join(prose[: 4 * QUOTED].split())
    if not prose:
        return ""
    return f" The provider says: “{prose if len(prose) <= QUOTED else prose[: QUOTED - 1] + '…'}”"


def as_sentence(text: str) -> str:
    """`text` with a capital letter."""
    return text[:1].upper() + text[1:]


def shown(value: Any) -> str:
    """`value` in a few words, whatever it is."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float):
        if not math.isfinite(value) if isinstance(value, float) else abs(value) > LARGEST:
            return "a number that is too large"
        return f"{value:.15g}" if isinstance(value, float) else str(value)
    if isinstance(value, str):
        legible = "".join(character if character.isprintable() else "�" for character in value[:40])
        return f"“{legible}{'…' if len(value) > 40 else ''}”"
    if isinstance(value, list | tuple):
        return "a list"
    return "a group" if isinstance(value, Mapping) else "nothing" if value is None else "something else"
