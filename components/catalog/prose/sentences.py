"""A description, taken apart into sentences. Descriptions come from outside: all here is bounded and linear."""

from __future__ import annotations

import re

LONGEST_DESCRIPTION = 8_000
"""Characters of a description that are read; nobody writes a rule behind them."""
LONGEST_SENTENCE = 300
"""What is longer is not understood for certain, and too long to be quoted."""

_END = re.compile(
    r"(?<!\bmax)(?<!\bmin)(?<!\be\.g)(?<!\bi\.e)(?<!\bapprox)(?<=[\w)\]\"'`”’%])[.!?](?=\s|$)|\n|•|\r",
    re.IGNORECASE,
)
_GAPS = re.compile(r"\s+")


def sentences(description: str) -> list[str]:
    """The sentences of a description without their full stops, white space made single."""
    pieces = _END.split(description[:LONGEST_DESCRIPTION])
    return [piece for raw in pieces if (piece := _GAPS.sub(" ", raw).strip(" -*"))]
