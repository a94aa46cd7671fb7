"""Keeps the API key out of what the provider says back."""

from __future__ import annotations

import re

REMOVED = "[key removed]"

# A shorter key is a placeholder for the sandbox, and would blank ordinary words.
_SHORTEST = 8


class Scrubber:
    """Replaces one key in any text, also where the text has it escaped (JSON, URL, HTML)."""

    def __init__(self, key: str) -> None:
        spellings = "".join(map(_spellings, key))
        self._key = re.compile(spellings) if len(key) >= _SHORTEST else None

    def __call__(self, text: str) -> str:
        """`text` without the key."""
        return text if self._key is None else self._key.sub(REMOVED, text)

    def __repr__(self) -> str:
        return "Scrubber(**********)"


def _spellings(character: str) -> str:
    code = ord(character)
    # A text inside a text is escaped twice, so more than one backslash may stand before.
    return (
        rf"(?:\\{{0,4}}{re.escape(character)}|\\{{1,4}}u(?i:{code:04x})"
        rf"|%(?i:{code:02x})|&#0*{code};|&#[xX]0*(?i:{code:x});)"
    )
