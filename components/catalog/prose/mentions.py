"""Where a sentence speaks of parameters: by the API's name, or unmistakably by the words of that name.

`image_url` is also “image URL”, and “image” where no other parameter has to do with an image.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from components.catalog.spec import Choice, Number, Parameter, Scalar, Switch

MOST_PARAMETERS = 200
_LONGEST_NAME = 6
"""Words that are tried as one name."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.\-]{0,63}")
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_ADDRESS = frozenset({"url", "urls", "uri", "uris", "link", "links"})
# What a switch's name begins with, and people leave out: "audio is enabled" for `generate_audio`.
_SWITCHING = frozenset({"generate", "enable", "with", "use", "is", "has"})
_TOKEN = re.compile(
    r"\d+(?:\.\d+)?:\d+(?:\.\d+)?|[A-Za-z0-9](?:[A-Za-z0-9_.\-]*[A-Za-z0-9_])?|=+|[,;:/()—–]| - "
)
_LONG_FORMS = (
    (re.compile(r"\bcan(?:['’]t| not)\b", re.IGNORECASE), "cannot"),
    (re.compile(r"\b(do|does|is|are|must|should|may|has|have)n['’]t\b", re.IGNORECASE), r"\1 not"),
    (re.compile(r"\bwon['’]t\b", re.IGNORECASE), "will not"),
)
_ARTICLES = frozenset({"a", "an", "the", "any"})
_NOUNS = frozenset(
    {"parameter", "parameters", "field", "fields", "argument", "arguments", "option", "options", "property"}
    | {"setting", "flag", "input", "inputs"}
)
_ON = frozenset({"true", "enabled", "on", "active", "yes"})
_OFF = frozenset({"false", "disabled", "off", "inactive", "no"})
_FIGURE = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)[ -]?(?:s|secs?|seconds?)?")


@dataclass(frozen=True)
class Marked:
    """A sentence in small letters, with each mention as `@` and its position in `mentions`."""

    text: str
    mentions: tuple[tuple[Parameter, str], ...]
    """Each with the words that stood there."""

    def named(self, part: str) -> tuple[Parameter, ...]:
        """The parameters that `part` of the text mentions, in its order."""
        return tuple(self.mentions[int(n)][0] for n in re.findall(r"@(\d+)", part))

    def by_name(self, part: str) -> set[str]:
        """The names that `part` of the text has as the API writes them."""
        found = (self.mentions[int(n)] for n in re.findall(r"@(\d+)", part))
        return {parameter.name for parameter, words in found if words == parameter.name}

    def and_of(self, parameter: Parameter) -> tuple[Marked, str]:
        """The same with one more mention, and how that is written."""
        return Marked(self.text, (*self.mentions, (parameter, parameter.name))), f"@{len(self.mentions)}"

    def spelled(self, part: str) -> str:
        """`part` of the text in the words that stood there."""
        return re.sub(r"@(\d+)", lambda found: self.mentions[int(found[1])][1], part)


class Vocabulary:
    """The names of a model's parameters, and the words that can only mean one of them."""

    def __init__(self, parameters: Sequence[Parameter]) -> None:
        named = [p for p in parameters[:MOST_PARAMETERS] if _NAME.fullmatch(p.name)]
        self._exact = {p.name: p for p in named}
        self._spoken: dict[tuple[str, ...], Parameter | None] = {}
        whole: dict[tuple[str, ...], str] = {}
        owners: dict[tuple[str, ...], set[str]] = {}
        for parameter in named:
            words = _words(parameter.name)
            whole.setdefault(words, parameter.name)
            for run in _runs(words):
                owners.setdefault(_singular(run), set()).add(parameter.name)
        for parameter in named:
            for form in _forms(parameter, _words(parameter.name)):
                is_free = owners.get(_singular(form), set()) <= {parameter.name}
                if is_free or whole.get(form) == parameter.name:
                    known = self._spoken.setdefault(form, parameter)
                    if known is not parameter:
                        self._spoken[form] = None

    def mark(self, sentence: str, about: Parameter) -> Marked:
        """`sentence` with its mentions marked; it stands in the description of `about`, which is “this field”."""
        for short, long in _LONG_FORMS:
            sentence = short.sub(long, sentence)
        raw = [token.strip() for token in _TOKEN.findall(sentence)]
        tokens = [token for token in raw if token.lower() not in _ARTICLES]
        marked: list[str] = []
        mentions: list[tuple[Parameter, str]] = []
        at = 0
        while at < len(tokens):
            parameter, length = self._at(tokens, at, about)
            if parameter is None:
                marked.append(tokens[at].lower())
                at += 1
                continue
            if marked and marked[-1] in _NOUNS:
                marked.pop()  # "the parameter `prompt`"
            marked.append(f"@{len(mentions)}")
            mentions.append((parameter, " ".join(tokens[at : at + length])))
            at += length
            if at < len(tokens) and tokens[at].lower() in _NOUNS:
                at += 1
        return Marked(" ".join(marked), tuple(mentions))

    def _at(self, tokens: list[str], at: int, about: Parameter) -> tuple[Parameter | None, int]:
        """The parameter that is named from `at` on, in as many words as possible, and how many those are."""
        words = tuple(token.lower() for token in tokens[at : at + _LONGEST_NAME])
        if words[0] == "this" and len(words) > 1 and words[1] in _NOUNS:
            return about, 2
        if words[0] in ("this", "it") and at == 0:
            return about, 1
        exact = self._exact.get(tokens[at])
        for length in range(len(words), 0, -1):
            spoken = self._spoken.get(words[:length])
            if spoken is not None and (length > 1 or exact is None):
                return spoken, length
        return exact, 1


def value_of(parameter: Parameter, words: str) -> Scalar | None:
    """The value of `parameter` that `words` are, one that it can have; None where that is not certain."""
    words = words.strip().lower()
    if isinstance(parameter, Switch):
        return True if words in _ON else False if words in _OFF else None
    figure = _FIGURE.fullmatch(words)
    if isinstance(parameter, Choice):
        fitting = [option for option in parameter.options if str(option).lower() == words]
        if not fitting and figure:
            fitting = [
                option for option in parameter.options if str(option).lower() in (figure[1], figure[1] + "s")
            ]
        return fitting[0] if len(fitting) == 1 else None
    if isinstance(parameter, Number) and figure:
        number = float(figure[1])
        if (parameter.minimum or 0) <= number and (parameter.maximum is None or number <= parameter.maximum):
            return int(number) if number.is_integer() else number
    return None


def _words(name: str) -> tuple[str, ...]:
    return tuple(part.lower() for part in _PARTS.findall(name))


def _forms(parameter: Parameter, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The ways in which people say a name."""
    yield words
    core = words[:-1] if len(words) > 1 and words[-1] in _ADDRESS else words
    if isinstance(parameter, Switch) and len(words) > 1 and words[0] in _SWITCHING:
        core = words[1:]
        yield (*core, "generation")
    if core:
        yield core
        last = core[-1]
        yield (*core[:-1], last[:-1] if last.endswith("s") else last + "s")


def _runs(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Whatever somebody may say who means a name of these words and leaves some out."""
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + _LONGEST_NAME) + 1):
            yield words[start:end]


def _singular(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.removesuffix("s") for word in words)
