"""A request, spelled as a programmer would write it in Python, in JavaScript or as JSON in a shell script.

Whatever stands in a prompt arrives as it was: quotes, newlines, backslashes, `$`, emoji. Characters that nobody
sees, or that turn the direction of writing, are spelled out, so that what is copied is what is read.
"""

from __future__ import annotations

import json
import shlex
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

_LARGEST_IN_JAVASCRIPT = 2**53 - 1
_TURNING = frozenset(
    map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C, 0xFEFF))
)
_UNSEEN = frozenset({"Cc", "Zl", "Zp", "Cn", "Co"})

File = Callable[[str], str]
"""File name -> the expression that reads it."""


def python(value: Any, files: Mapping[str, str], read: File, indent: int = 0) -> str:
    """`value` as a Python expression; each upload in `files` is read by the expression that `read` gives."""
    if isinstance(value, str) and value in files:
        return read(files[value])
    if isinstance(value, bool) or value is None:
        return str(value)
    # Four spaces a level, as Python has it.
    return _spelled(value, indent, text_in_python, lambda inner, by: python(inner, files, read, by), step=4)


def javascript(value: Any, files: Mapping[str, str], read: File, indent: int = 0) -> str:
    """`value` as a JavaScript expression, likewise."""
    if isinstance(value, str) and value in files:
        return read(files[value])

    def key(name: str) -> str:  # in the usual spelling this one would set what the object inherits from
        return '["__proto__"]' if name == "__proto__" else text_in_javascript(name)

    return _spelled(
        value, indent, text_in_javascript, lambda inner, by: javascript(inner, files, read, by), key
    )


def json_text(value: Any, files: Mapping[str, str], read: File, indent: int = 0) -> str:
    """`value` as JSON, likewise; `read` gives what stands between the quotes."""
    if isinstance(value, str) and value in files:
        return f'"{read(files[value])}"'
    return _spelled(value, indent, text_in_json, lambda inner, by: json_text(inner, files, read, by))


def fits_javascript(value: Any) -> bool:
    """Whether JavaScript keeps every whole number in `value` as it is."""
    if isinstance(value, dict):
        return all(fits_javascript(inner) for inner in value.values())
    if isinstance(value, list):
        return all(fits_javascript(inner) for inner in value)
    return not isinstance(value, int) or abs(value) <= _LARGEST_IN_JAVASCRIPT


def text_in_python(text: str) -> str:
    """A Python string literal."""
    return _text(text, lambda code: f"\\U{code:08x}" if code > 0xFFFF else f"\\u{code:04x}")


def text_in_javascript(text: str) -> str:
    """A JavaScript string literal that ends no script element it may be put into."""
    return text_in_json(text).replace("</", "<\\/").replace("<!--", "<\\u0021--")


def text_in_json(text: str) -> str:
    """A JSON string."""
    return _text(text, lambda code: json.dumps(chr(code))[1:-1])


def in_shell(text: str) -> str:
    """One word for the shell, always quoted."""
    quoted = shlex.quote(text)
    return quoted if quoted.startswith("'") else f"'{quoted}'"


def _text(text: str, escaped: Callable[[int], str]) -> str:
    whole = text.encode("utf-8", "replace").decode("utf-8")  # half a character cannot be sent anyway
    spelled = json.dumps(whole, ensure_ascii=False)
    return "".join(
        escaped(ord(c)) if c in _TURNING or unicodedata.category(c) in _UNSEEN else c for c in spelled
    )


def _spelled(
    value: Any,
    indent: int,
    text: Callable[[str], str],
    inner: Callable[[Any, int], str],
    key: Callable[[str], str] | None = None,
    step: int = 2,
) -> str:
    by = indent + 1
    if isinstance(value, str):
        return text(value)
    if isinstance(value, dict) and value:
        lines = [f"{(key or text)(str(name))}: {inner(held, by)}" for name, held in value.items()]
        return _block("{", lines, "}", " " * step * indent, " " * step)
    if isinstance(value, list) and value:
        return _block("[", [inner(held, by) for held in value], "]", " " * step * indent, " " * step)
    return json.dumps(value)


def _block(opening: str, lines: list[str], closing: str, pad: str, deeper: str) -> str:
    body = ",\n".join(f"{pad}{deeper}{line}" for line in lines)
    return f"{opening}\n{body}\n{pad}{closing}"
