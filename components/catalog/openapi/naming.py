"""What a field is, by its name and its description: its role, its words on the screen, and whether it is media.

The words themselves are data (`documents/rules.json`). Nothing here knows a model.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

from components.catalog.prose.sentences import sentences
from components.catalog.spec import (
    Choice,
    Group,
    ListOf,
    MediaKind,
    Number,
    OptionWords,
    Parameter,
    Role,
    Switch,
    Text,
)
from components.catalog.values import seconds_in

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_ADDRESS = re.compile(r"(?i:ur[il]|link|base64)")
_WORD = re.compile(r"[a-z0-9]+")
_LONGEST_NAME = 200
# A media word and a word for an address so many words apart are about each other.
_NEAR = 6


@dataclass(frozen=True)
class Names:
    """`rules`: as `rules.json` has them."""

    rules: Mapping[str, Any]

    def candidate(self, name: str) -> Role:
        """The role that a field of this name may have."""
        try:
            return Role(self._told_of("roles", name) or Role.OTHER)
        except ValueError:
            return Role.OTHER

    def label(self, name: str, *, is_switch: bool = False) -> str:
        """Our words for a field of this name; the API's own ones, put plainly, where we have none."""
        of_role = mapping(self.rules.get("switches")).get(self.candidate(name)) if is_switch else None
        return words(of_role or self._told_of("labels", name)) or self._spelled(name)

    def label_of_address(self, name: str, media: MediaKind | None) -> str:
        """What an address is called whose name says no more than that it is one ("url"); "" for any other."""
        if self._told_of("labels", name) or not all(map(self._is_address, self._parts(name) or [""])):
            return ""
        return words(mapping(self._media.get("labels")).get(media.value if media else "any"))

    def help(self, name: str) -> str:
        """Our sentence on a field of this name; "" where we have none."""
        return words(self._told_of("helps", name))

    def names_media(self, text: str) -> bool:
        """Whether a word for a picture, a video or a sound is in `text`, a name."""
        return any(part in self._kinds for part in self._parts(text))

    def option_words(self, name: str) -> dict[str, OptionWords]:
        """What the options of a field of this name mean."""
        told = mapping(mapping(self.rules.get("options")).get(name))
        return {
            option: OptionWords(label, words(mapping(said).get("note")))
            for option, said in told.items()
            if (label := words(mapping(said).get("label")))
        }

    def with_roles(self, parameters: Sequence[Parameter]) -> list[Parameter]:
        """`parameters` with their roles: each role once, for the most fitting name, and none for deprecated ones."""
        offered = [p for p in parameters if not p.deprecated and fits(self.candidate(p.name), p)]
        taken: dict[Role, str] = {}
        for parameter in sorted(
            offered, key=lambda p: self._rank.get(p.name, self._rank.get(_joined(p.name), 0))
        ):
            taken.setdefault(self.candidate(parameter.name), parameter.name)
        taken.pop(Role.OTHER, None)
        chosen = {name: role for role, name in taken.items()}
        wanted = [(p, chosen.get(p.name, Role.OTHER)) for p in parameters]
        return [p if p.role is role else replace(p, role=role) for p, role in wanted]

    def media(self, names: Sequence[str], prose: str, *, is_address: bool) -> tuple[bool, MediaKind | None]:
        """Whether a text is an address, and of what. `names`: of the field, and of those around it, outermost first.

        `is_address`: the document says so; then only the kind is looked for.
        """
        names = [name for name in names if name]
        own = self._parts(names[-1]) if names else []
        last = [part for part in own if part not in self._sets["places"] and not part.isdigit()][-1:]
        if not own or not set(last) - self._sets["addresses"]:
            # "url" inside of "image_url" is of the picture.
            around = [part for name in names[-2:-1] for part in self._parts(name)]
            own = around + own
        kinds = [self._kinds[part] for part in own if part in self._kinds]
        never = bool(set(last) & self._sets["never"]) or bool(set(own) & self._sets["called"])
        named = bool(kinds) and bool(set(last) & (self._sets["addresses"] | self._sets["alone"]))
        if named and not never:
            return True, kinds[-1]
        if is_address:
            return True, None if never else (kinds[-1] if kinds else self._spoken_of(prose))
        told = None if never else self._told(prose)
        return told is not None, told

    def _told_of(self, table: str, name: str) -> Any:
        """What a table has on `name`, however its words are joined."""
        told = mapping(self.rules.get(table))
        return told.get(name, told.get(_joined(name)))

    def _spelled(self, name: str) -> str:
        plain = mapping(self.rules.get("words"))
        *rest, last = found = label_of(name).split(" ")
        if rest and self._is_address(last) and self._singular(rest[-1].lower()) in self._kinds:
            # An "image url" is a picture; "image urls" are some.
            many = "s" if last.lower().endswith("s") and not rest[-1].endswith("s") else ""
            found = [*rest[:-1], rest[-1] + many]
        said = (words(plain.get(w.lower())) or (w.lower() if w[1:].islower() else w) for w in found)
        text = " ".join(said)
        return text[:1].upper() + text[1:] if text else name

    def _is_address(self, word: str) -> bool:
        return self._singular(word.lower()) in self._sets["addresses"]

    @cached_property
    def _rank(self) -> dict[str, int]:
        """How well a name fits its role, the lower the better."""
        return {name: place for place, name in enumerate(mapping(self.rules.get("roles")))}

    @cached_property
    def _media(self) -> Mapping[str, Any]:
        return mapping(self.rules.get("media"))

    @cached_property
    def _kinds(self) -> dict[str, MediaKind]:
        table = mapping(self._media.get("words"))
        return {word: kind for kind in MediaKind for word in table.get(kind.value, ())}

    @cached_property
    def _sets(self) -> dict[str, frozenset[str]]:
        names = ("addresses", "alone", "places", "never", "called", "others", "results")
        return {name: frozenset(self._media.get(name, ())) for name in names}

    def _parts(self, name: str) -> list[str]:
        return [self._singular(part.lower()) for part in _PARTS.findall(name[:_LONGEST_NAME])]

    def _singular(self, word: str) -> str:
        one = word.removesuffix("s")
        return one if one in self._kinds or one in self._sets["addresses"] else word

    def _told(self, prose: str) -> MediaKind | None:
        """What the first sentence says an address is of; None where it speaks of no address."""
        if not _ADDRESS.search(prose[:1_000]):
            return None
        for sentence in sentences(prose)[:1]:
            found = self._words(sentence)
            addresses = [n for n, word in enumerate(found) if word in ("url", "uri", "link", "base64")]
            places = [n for n, word in enumerate(found) if word in self._kinds]
            if any(abs(place - n) <= _NEAR for place in places for n in addresses):
                return self._first_kind(found)
        return None

    def _spoken_of(self, prose: str) -> MediaKind | None:
        for sentence in sentences(prose)[:2]:
            found = self._words(sentence)
            if self._sets["others"] & set(found) or self._first_kind(found):
                return self._first_kind(found)
        return None

    def _words(self, sentence: str) -> list[str]:
        return [self._singular(word) for word in _WORD.findall(sentence.lower())]

    def _first_kind(self, found: Sequence[str]) -> MediaKind | None:
        """What a sentence of these words speaks of first; None where that is something else, as a document."""
        for before, word in pairwise(["", *found]):
            if word in self._sets["others"]:
                return None
            if word in self._kinds and before not in self._sets["results"]:
                return self._kinds[word]
        return None


def _joined(name: str) -> str:
    """`name` as most makers write names: "aspectRatio" -> "aspect_ratio"."""
    return "_".join(part.lower() for part in _PARTS.findall(name[:_LONGEST_NAME]))


def label_of(name: str) -> str:
    """A title for a field that has none: "cfg_scale" -> "Cfg scale"."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[_\-.\s]+", " ", name).strip()
    return spaced[:1].upper() + spaced[1:] if spaced else name


def told_apart(parameters: Iterable[Parameter]) -> list[Parameter]:
    """`parameters`, those of the same label with the API's own name added to it."""
    listed = list(parameters)
    labels = [parameter.label.casefold() for parameter in listed if not parameter.deprecated]
    twice = {label for label in labels if labels.count(label) > 1} if len(labels) < 500 else set()
    return [
        replace(p, label=f"{p.label} ({p.name})") if p.label.casefold() in twice and not p.deprecated else p
        for p in listed
    ]


def fits(role: Role, parameter: Parameter) -> bool:
    """Whether a parameter of this kind can have `role`."""
    match role:
        case Role.PROMPT | Role.AVOID:
            return isinstance(parameter, Text)
        case Role.SHOTS:
            return isinstance(parameter, ListOf) and _holds_texts(parameter.item)
        case Role.SECONDS:
            if not isinstance(parameter, Choice):
                return isinstance(parameter, Number)
            lengths = [option for option in parameter.options if seconds_in(option) is not None]
            # Beside lengths there may be one word for "as the model likes".
            return bool(lengths) and len(lengths) >= len(parameter.options) - 1
        case Role.ASPECT_RATIO | Role.RESOLUTION:
            return isinstance(parameter, Choice)
        case Role.SOUND:
            return isinstance(parameter, Switch)
    return True


def _holds_texts(item: Parameter) -> bool:
    if isinstance(item, Group):
        return any(field.role is Role.PROMPT for field in item.fields)
    return isinstance(item, Text)


def mapping(value: Any) -> Mapping[str, Any]:
    """`value` if it is a mapping, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def words(value: Any) -> str:
    """`value` without blanks around it if it is text, else ""."""
    return value.strip() if isinstance(value, str) else ""
