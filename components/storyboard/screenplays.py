"""Screenplays in Fountain: each scene is a shot."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.storyboard.rows import Row, Unreadable

_PLACE = r"(?:INT\.?/EXT|EXT\.?/INT|INT|EXT|EST|I/E)[. ]"
_HEADING = re.compile(rf"(?:\.(?=\w)|{_PLACE}).*", re.IGNORECASE)
_ANY_HEADING = re.compile(rf"(?:\A|\n[ \t]*\n){_PLACE}[^\n]*(?=\n|\Z)")
_SCENE_NUMBER = re.compile(r"\s*#[^#\n]{1,20}#$")
_TITLE = re.compile(
    r"(?:title|credit|authors?|source|notes|draft date|date|contact|copyright):", re.IGNORECASE
)
_TRANSITION = re.compile(r"[^a-z]{0,40} TO:|FADE (?:IN|OUT)[.:]?|FADE TO [A-Z ]{1,20}[.:]")
_PARENTHETICAL = re.compile(r"\([^()]*\)")


def is_screenplay(text: str) -> bool:
    """Whether `text` has a scene heading, in capitals as screenplays have them."""
    return bool(_ANY_HEADING.search(text))


def read_screenplay(text: str) -> Iterator[Row]:
    """The scenes as shots: their heading, which says where and when, what is seen and what is said in each.

    What a character says is written behind the name. Notes, what is commented out, the title page, sections,
    synopses and transitions are left out. Raises Unreadable where there is no scene.
    """
    scene: list[str] = []
    found = False
    for block in _blocks(_without_asides(text)):
        if _HEADING.fullmatch(block[0]) and not block[0].startswith(".."):
            if scene:
                yield Row("\n".join(scene))
            scene, found = [_SCENE_NUMBER.sub("", block[0].removeprefix(".")).strip()], True
            block = block[1:]
        scene += _seen_and_said(block)
    if not found:
        raise Unreadable("There is no scene in it. A scene begins with a line like “EXT. FOREST - DAY”.")
    yield Row("\n".join(scene))


def _without_asides(text: str) -> str:
    """Without what is commented out, without notes, and without the title page."""
    for opens, closes in (("/*", "*/"), ("[[", "]]")):
        parts = text.split(opens)
        # What is never closed is no aside.
        text = parts[0] + "".join(
            part.split(closes, 1)[1] if closes in part else opens + part for part in parts[1:]
        )
    text = text.strip("\n")
    return text.partition("\n\n")[2] if _TITLE.match(text) else text


def _blocks(text: str) -> Iterator[list[str]]:
    """The lines between empty ones."""
    block: list[str] = []
    for line in text.split("\n"):
        if line.strip():
            block.append(line.strip())
        elif block:
            yield block
            block = []
    if block:
        yield block


def _seen_and_said(block: list[str]) -> list[str]:
    """The lines of a block as a shot's text has them."""
    if len(block) > 1 and _is_character(block[0]):
        name = block[0].removeprefix("@").rstrip("^ ")
        return [f"{name}: {' '.join(line.removeprefix('~').strip() for line in block[1:])}"]
    return [_plain(line) for line in block if not _is_left_out(line)]


def _is_character(line: str) -> bool:
    name = _PARENTHETICAL.sub("", line)
    return line.startswith("@") or (name == name.upper() != name.lower() and line[0] not in "!>=#~.")


def _is_left_out(line: str) -> bool:
    is_forced_transition = line.startswith(">") and not line.endswith("<")
    return line.startswith(("#", "=")) or is_forced_transition or bool(_TRANSITION.fullmatch(line))


def _plain(line: str) -> str:
    if line.startswith(">") and line.endswith("<"):
        return line[1:-1].strip()
    return line[1:].strip() if line.startswith(("!", "~")) else line
