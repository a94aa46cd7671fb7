"""What a model takes, as plain data: a `ModelSpec` and a closed set of parameter kinds.

Nothing here knows where a spec comes from (`openapi.py` reads documents) or how it is shown (`form/`).
A widget for each kind below is a form for any model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Scalar = str | int | float | bool


class Role(StrEnum):
    """What a parameter is for, whatever model it belongs to. Read from data (`documents/rules.json`)."""

    PROMPT = "prompt"
    SHOTS = "shots"
    SECONDS = "seconds"
    ASPECT_RATIO = "aspect_ratio"
    RESOLUTION = "resolution"
    SOUND = "sound"
    AVOID = "avoid"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """What every kind has in common."""

    name: str
    """The API's own name, and the key in the request."""
    label: str
    """A title in plain words."""
    help: str = ""
    """One or two plain sentences; empty where the document says nothing."""
    role: Role = Role.OTHER
    required: bool = False
    nullable: bool = False
    deprecated: bool = False
    """Understood in older requests, never offered."""
    default: Any = None
    """The published default, coerced to the declared type; None where none is published."""
    conditions: Mapping[str, Any] = field(default_factory=dict, hash=False, repr=False)
    """What the document demands of a value beyond what its kind says, as a JSON Schema; empty for nothing."""


@dataclass(frozen=True)
class OptionWords:
    """An option in plain words."""

    label: str
    note: str = ""
    """A sentence on what it does."""


@dataclass(frozen=True, kw_only=True)
class Choice(Parameter):
    """One of a fixed set of values. A set of one is a fact rather than a question."""

    options: tuple[Scalar, ...]
    words: Mapping[str, OptionWords] = field(default_factory=dict, hash=False)
    """What an option means, for those whose own name does not tell."""


@dataclass(frozen=True, kw_only=True)
class Number(Parameter):
    """A number, with bounds where the document has them (both inclusive)."""

    integer: bool = False
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, kw_only=True)
class Switch(Parameter):
    """On or off."""


@dataclass(frozen=True, kw_only=True)
class Text(Parameter):
    """Text; lengths in characters (Unicode code points, as JSON Schema counts)."""

    min_length: int = 0
    max_length: int | None = None


class MediaKind(StrEnum):
    """What an address leads to."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"


@dataclass(frozen=True, kw_only=True)
class MediaLimits:
    """What the provider's prose asks of a file; None where it says nothing."""

    formats: tuple[str, ...] = ()
    """In lower case, without a dot: "jpg", "png". Empty: not said."""
    max_bytes: int | None = None
    min_side: int | None = None
    """Of the shorter side, in pixels."""
    max_side: int | None = None
    """Of the longer side, in pixels."""
    ratios: tuple[float, float] | None = None
    """Least and largest width divided by height."""
    max_seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class Media(Parameter):
    """An address: of a picture, a video or a sound, or of anything (`media` None).

    A value is a link (http or https), a data URI, or the reference of an upload (`jobs/uploads.py`), which
    becomes a data URI when the request is sent.
    """

    media: MediaKind | None = None
    takes_files: bool = False
    """Whether the provider takes the file itself, as a data URI."""
    limits: MediaLimits = MediaLimits()


@dataclass(frozen=True, kw_only=True)
class Group(Parameter):
    """Several parameters under one name."""

    fields: tuple[Parameter, ...]


@dataclass(frozen=True, kw_only=True)
class ListOf(Parameter):
    """A list of one kind of item. `item.name` is empty."""

    item: Parameter
    min_items: int = 0
    max_items: int | None = None


ALTERNATIVE, VALUE = "@alternative", "@value"
"""The keys under which a draft keeps which alternative of a `OneOf` is meant, and what is set in it."""


@dataclass(frozen=True, kw_only=True)
class OneOf(Parameter):
    """A value of one of several shapes. Each alternative has a label, and no name.

    A draft holds `{ALTERNATIVE: position, VALUE: value}` while somebody chooses, or a plain value out of a
    request, which is of the first alternative that it fits (`checks.alternative_of`).
    """

    alternatives: tuple[Parameter, ...]


@dataclass(frozen=True, kw_only=True)
class Json(Parameter):
    """Any JSON value; what `conditions` demand of it is all that is known."""


@dataclass(frozen=True)
class ExactlyOne:
    """Exactly one of `names` is sent. The schema does not say so; the provider's prose does."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class AtMostOne:
    """No more than one of `names` is sent."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class OnlyWith:
    """`name` has a meaning only when `needs` is sent, and is left out otherwise."""

    name: str
    needs: str


Rule = ExactlyOne | AtMostOne | OnlyWith


class Advises(StrEnum):
    """What a sentence of the provider's prose says about fields."""

    EXACTLY_ONE = "exactly one"
    """One of `names`, and no more."""
    AT_MOST_ONE = "at most one"
    """`names` cannot be combined."""
    ONLY_WITH = "only with"
    """The first of `names` has a meaning only where the others are set (to `values`, where there are some)."""
    NOT_WITH = "not with"
    """The first of `names` is not taken where the others are set (to `values`, where there are some)."""
    NEEDED_IF = "needed if"
    """The first of `names` must be set where the others are set (to `values`, where there are some)."""


@dataclass(frozen=True)
class Advice:
    """A rule that was recognised in a description. It warns, with the provider's own sentence, and blocks nothing."""

    kind: Advises
    names: tuple[str, ...]
    sentence: str
    """As the provider wrote it."""
    values: tuple[Scalar, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ModelSpec:
    """A model as its document describes it."""

    id: str
    name: str
    """For people."""
    maker: str = ""
    summary: str = ""
    """One plain sentence on what the model is good for."""
    aliases: tuple[str, ...] = ()
    path: str
    """Path of the create endpoint, e.g. "/v2/video/generations"; retrieved on the same path."""
    parameters: tuple[Parameter, ...]
    """In the order in which they are shown. Without `model`, which is always `id`."""
    rules: tuple[Rule, ...] = ()
    advice: tuple[Advice, ...] = ()
    conditions: Mapping[str, Any] = field(default_factory=dict, hash=False, repr=False)
    """What the document demands of the whole request beyond its parameters, as a JSON Schema; empty for nothing."""
    native_sound: bool = False
    """Makes sound always, with no parameter for it."""
    typical_seconds: tuple[float, float] | None = None
    """How long a generation takes, from and to, in seconds, where the provider documents it."""
    document: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """The OpenAPI document that this was read from."""

    def __getitem__(self, name: str) -> Parameter:
        """The parameter called `name`; KeyError if there is none."""
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return any(parameter.name == name for parameter in self.parameters)

    def by_role(self, role: Role) -> Parameter | None:
        """The first parameter with this role that is not deprecated, or None."""
        return next((p for p in self.parameters if p.role is role and not p.deprecated), None)

    @property
    def has_sound(self) -> bool:
        """Whether its videos can have sound."""
        return self.native_sound or self.by_role(Role.SOUND) is not None
