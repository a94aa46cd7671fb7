"""Text from outside in places that take Markdown."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:@&^=])")


def as_text(text: str) -> str:
    """`text` for a place that takes Markdown, so that it shows exactly as it is, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
