"""An OpenAPI document that a person brings, as file or pasted, read as JSON. Pure; what it means, `openapi.py` says."""

from __future__ import annotations

import json
from typing import Any, NoReturn

MOST_BYTES = 5_000_000
"""Of a document. The largest that are published have some thirty thousand."""


class Unusable(Exception):
    """What was brought is no JSON object of a size that can be kept. The text is a sentence with what to do."""


def read_brought(content: bytes | str) -> dict[str, Any]:
    """The document in a file or a pasted text. Raises Unusable."""
    if isinstance(content, str):
        content = content.encode("utf-8", "replace")
    if len(content) > MOST_BYTES:
        raise Unusable(
            "This is larger than 5 MB, more than the document of one model can be. Choose another."
        )
    try:
        text = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise Unusable(
            "This is no text in UTF-8. Save the document as JSON in UTF-8 and try again."
        ) from None
    if not text:
        raise Unusable("There is nothing in it. Choose the file again, or paste the document.")
    if text[:1] == "<":
        raise Unusable(
            "This is a web page, not a document. Copy what its address gives when it is opened alone."
        )
    try:
        document = json.loads(text, parse_constant=_refused)
    except json.JSONDecodeError as error:
        if text[:1] not in "{[":
            raise Unusable(
                "This is not JSON. If it is YAML, convert it to JSON first; most editors and the tools of "
                "OpenAPI can."
            ) from None
        raise Unusable(
            f"This is not complete JSON: it cannot be read beyond line {error.lineno}. Copy it again, whole."
        ) from None
    except (ValueError, RecursionError):
        raise Unusable("This is JSON that nobody can use: numbers or nesting are beyond bounds.") from None
    if not isinstance(document, dict):
        raise Unusable("This is JSON, but not an OpenAPI document, which begins with a brace.")
    return document


def _refused(constant: str) -> NoReturn:
    raise ValueError(constant)
