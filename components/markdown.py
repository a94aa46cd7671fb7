"""Text from outside in places that take Markdown."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:@&^=])")
# The browser makes links of what looks like an address, and looks after escapes have been undone.
_ADDRESS = re.compile(r"(https?:(?=//)|www(?=\.)|@(?=[\w-]+\.))", re.IGNORECASE)
_JOINER = "\u2060"
"""An invisible character that parts nothing: with it inside, an address is text."""


def as_text(text: str) -> str:
    """`text` for a place that takes Markdown, so that it shows exactly as it is, on one line, and links nowhere."""
    line = _ADDRESS.sub(rf"\1{_JOINER}", " ".join(text.split()))
    return _SPECIAL.sub(r"\\\1", line)
