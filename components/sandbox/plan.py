"""From a request to the film that it asks for: shots and their lengths, frame, sound. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from components.sandbox import fields
from components.sandbox.checks import total_of_shots

if TYPE_CHECKING:
    from components.sandbox.animatic import Film

SECONDS = 5.0
"""Length of a film for a model that publishes no default: where there is one, it is 5 throughout."""
SHOTS_PER_SECOND = 4
"""More cuts than that nobody sees: of a longer list only the first shots are made."""
LONGEST_PROMPT = 4_000
"""Characters of a shot's text that are kept for its caption."""

_SECONDS_SAID = re.compile(
    r"(?<![\w.,/])([0-9]{1,4}(?:\.[0-9]{1,3})?)[\s-]{0,3}(?:seconds?|secs?|s)\b", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be filmed, as plain data. The same plan gives the same bytes."""

    shots: tuple[tuple[str, float], ...]
    """Text and length in seconds of each."""
    aspect_ratio: str | None = None
    resolution: str | None = None
    sound: bool = False

    @property
    def seconds(self) -> float:
        """Length of the whole."""
        return sum(seconds for _, seconds in self.shots)

    @property
    def key(self) -> str:
        """A name for the film, equal for equal plans: 40 hex digits."""
        return hashlib.sha256(self.as_json().encode()).hexdigest()[:40]

    def as_json(self) -> str:
        """The plan as ASCII text; `from_json` reads it back."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Plan:
        """A plan from what `as_json` wrote."""
        data = json.loads(text)
        return cls(**{**data, "shots": tuple((prompt, seconds) for prompt, seconds in data["shots"])})


def plan_for(values: Mapping[str, Any], *, native_sound: bool = False) -> Plan:
    """The plan for the `values` in force of an accepted request, defaults included.

    Shots with lengths of their own keep them, and the film is as long as they are together. Shots that are
    only text share the asked-for length: as each says of itself ("..., 3 seconds."), where all do and the sum
    fits; in equal parts otherwise. `native_sound`: the model always makes sound, without a field for it.
    """
    asked = fields.given(values, "seconds")
    seconds = float(asked) if isinstance(asked, int | float) and asked > 0 else SECONDS
    shots = fields.given(values, "shots")
    if isinstance(shots, list) and shots:
        cast = _shots(shots, seconds, total_of_shots(values))
    else:
        cast = [(_text(fields.given(values, "prompt")), seconds)]
    sound = fields.given(values, "sound")
    aspect_ratio, resolution = (fields.given(values, meaning) for meaning in ("aspect_ratio", "resolution"))
    return Plan(
        shots=tuple(cast),
        aspect_ratio=aspect_ratio if isinstance(aspect_ratio, str) else None,
        resolution=resolution if isinstance(resolution, str) else None,
        sound=sound if isinstance(sound, bool) else native_sound,
    )


def film_of(plan: Plan) -> Film:
    """The film to render. Imports the renderer, which is heavy: call it where it is about to be used."""
    from components.sandbox.animatic import Film, Shot, frame_size

    width, height = frame_size(plan.aspect_ratio, plan.resolution)
    shots = tuple(Shot(prompt, seconds) for prompt, seconds in plan.shots)
    return Film(shots=shots, width=width, height=height, sound=plan.sound)


def _shots(shots: Sequence[Any], seconds: float, total: float | None) -> list[tuple[str, float]]:
    texts = [_text(fields.given(shot, "shot_prompt") if isinstance(shot, dict) else shot) for shot in shots]
    if total is not None and total > 0:
        return [
            (text, float(fields.given(shot, "shot_seconds"))) for text, shot in zip(texts, shots, strict=True)
        ]
    texts = texts[: max(1, int(seconds * SHOTS_PER_SECOND))]
    spoken = _spoken_lengths(texts)
    if spoken is None or abs(sum(spoken) - seconds) > 1e-6:
        spoken = [seconds / len(texts)] * len(texts)
    return list(zip(texts, spoken, strict=True))


def _spoken_lengths(texts: Sequence[str]) -> list[float] | None:
    """What each text says of its own length, the last time it does, in seconds; None unless all do."""
    found = [_SECONDS_SAID.findall(text) for text in texts]
    lengths = [float(said[-1]) for said in found if said]
    return lengths if len(lengths) == len(texts) and all(length > 0 for length in lengths) else None


def _text(value: Any) -> str:
    """Text that any encoder takes: no lone surrogates, no NUL. The end is kept, where a length may stand."""
    text = value if isinstance(value, str) else ""
    text = text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")
    return text if len(text) <= LONGEST_PROMPT else text[: LONGEST_PROMPT // 2] + text[-LONGEST_PROMPT // 2 :]
