"""Lists as people write them in Markdown and in plain text: one shot to an item, its seconds at the end.

1. A fox runs through the snow. (3 s)
2. Close-up of its face.
   It looks up. (2 s)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from components.storyboard.rows import UNIT, Row, whole_seconds

MARK = r"(?:[-*+•◦‣–]|\(?[0-9]{1,3}[.)])"
"""What begins an item; for regular expressions."""

_ITEM = re.compile(rf"([ \t]*{MARK})(?=[ \t]|$)")
_TASK = re.compile(r"\[[ xX]\](?=\s|$)")
_RULE = re.compile(r"[ \t]*([-*_])(?:[ \t]*\1){2,}[ \t]*")
_NUMBER = r"[+-]?[0-9]{1,9}(?:[.,][0-9]{1,9})?"
_SECONDS = re.compile(
    rf"(?:^|\s)(?:[(\[]\s?({_NUMBER}\s?{UNIT}|[0-9]{{1,3}}:[0-9]{{2}})\s?[)\]]|[—–-]\s?({_NUMBER}\s?{UNIT}))\Z",
    re.IGNORECASE,
)
_LONGEST_SECONDS = 60
_CODE = re.compile(r"&(?:amp|#([0-9]{1,7}));")


def read_list(text: str) -> Iterator[Row]:
    """The items of the lists in `text`; what stands between lists is left out, and so are headings.

    What is indented under an item belongs to it, lists too. Raises Unreadable on a length that is none.
    """
    item: list[str] = []
    begun = content_at = empty = 0
    for number, line in enumerate(text.split("\n"), 1):
        stripped = line.strip()
        if not stripped:
            empty += 1
            continue
        expanded = line.expandtabs(4)
        is_inside = bool(item) and len(expanded) - len(expanded.lstrip()) >= content_at
        is_rule = not is_inside and bool(_RULE.fullmatch(line))
        mark = None if is_inside or is_rule else _ITEM.match(line)
        if mark:
            if item:
                yield _row(item, begun)
            item, begun, content_at = [line[mark.end() :].strip()], number, len(mark[1].expandtabs(4)) + 1
        elif is_inside or (item and not (empty or is_rule or stripped.startswith("#"))):
            item += [""] * empty + [stripped]
        elif item:
            yield _row(item, begun)
            item = []
        empty = 0
    if item:
        yield _row(item, begun)


def read_lines(text: str) -> Iterator[Row]:
    """Each line that is not empty as a shot. Raises Unreadable on a length that is none."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield _row([line.strip()], number, coded=False)


def is_list(text: str) -> bool:
    """Whether `text` is a list: whether it begins with an item, or has two."""
    lines = [line for line in text.split("\n") if line.strip() and not line.startswith("#")]
    marked = [bool(_ITEM.match(line)) for line in lines if not _RULE.fullmatch(line)]
    return marked[:1] == [True] or sum(marked) >= 2


def list_item(mark: str, text: str, seconds: int) -> str:
    """One item as `read_list` reads it back exactly, over several lines where the text has them.

    Blanks at the ends of lines, which editors take away, are written as character references.
    """
    text = _CODE.sub(lambda code: f"&amp;{code[0][1:]}", text)
    if _TASK.match(text):
        text = f"&#91;{text[1:]}"
    lines = [_without_blank_ends(line) for line in _without_blank_ends(text).split("\n")]
    indented = f"\n{' ' * (len(mark) + 1)}".join(lines)
    item = f"{mark} {indented} ({seconds} s)" if text else f"{mark} ({seconds} s)"
    return re.sub(r"\n +(?=\n)", "\n", item)


def _without_blank_ends(line: str) -> str:
    if line[:1].isspace():
        line = f"&#{ord(line[0])};{line[1:]}"
    return f"{line[:-1]}&#{ord(line[-1])};" if line[-1:].isspace() else line


def _row(item: Iterable[str], number: int, *, coded: bool = True) -> Row:
    content = "\n".join(item)
    task = _TASK.match(content)
    content = content[task.end() :].strip() if coded and task else content
    said = _SECONDS.search(content, max(0, len(content) - _LONGEST_SECONDS))
    seconds = None
    if said:
        seconds = whole_seconds(said[1] or said[2], f"Line {number}")
        content = content[: said.start()].rstrip()
    return Row(_CODE.sub(_letter, content) if coded else content, seconds)


def _letter(code: re.Match[str]) -> str:
    if code[1] is None:
        return "&"
    point = int(code[1])
    is_letter = point <= 0x10FFFF and not 0xD800 <= point <= 0xDFFF
    return chr(point) if is_letter else code[0]
