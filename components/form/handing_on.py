"""A draft as a file or a link for somebody else, and back. Pure.

What arrives may be anything that anybody has made: it is bounded before it is unpacked and checked before it is used,
and what is wrong with it is Unusable, with a sentence. Uploads never travel: they are their owner's alone, so a draft
names what it lacks, and a reference in one that arrives is dropped.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, BinaryIO, Literal, NoReturn

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from components.catalog.checks import is_set
from components.catalog.spec import ModelSpec, Role
from components.form.adapting import fitting
from components.form.desk import LONGEST_MODEL, MOST_TAKES
from components.form.draft import Draft
from components.jobs.labelling import read_label
from components.jobs.travelling import VERSION, draft_file, travelling, without_uploads
from components.jobs.uploads import is_upload
from components.reports import clean_text
from components.storyboard.shapes import board_of, shape_of
from components.storyboard.storyboard import read_board
from components.words import setting, showable

LONGEST_LINK = 6_000
"""Characters of a link; browsers, mail and chats cut longer ones."""
MOST_BYTES = 2_000_000
"""Of a file, of a text that is pasted, and of what a link unpacks to."""
DEEPEST = 24
"""Levels of lists and groups in one another."""
MOST_VALUES = 5_000
"""Values in all: single ones, lists and groups."""

PARAMETER = "draft"
"""The name of the draft in the query of a link."""

_VIDEO = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"})
"""What an MP4 may have from its fifth byte on."""
_WEBM = b"\x1a\x45\xdf\xa3"
_LONGEST_NAME = 200
_LINK = re.compile(rf"^\S*[?&]{PARAMETER}=([A-Za-z0-9_-]+)(?:[&#]\S*)?$")


class Unusable(Exception):
    """Why something is no draft that can be taken in: a sentence for whoever brought it."""


@dataclass(frozen=True)
class Handed:
    """A draft that somebody handed on, or a request as the API has it. Checked, but not yet against a model."""

    model: str
    values: Mapping[str, Any]
    storyboard: bool | None = None
    """Whether shots are meant; None: whichever is set."""
    board: Any = None
    """The shots as `Board.as_json` writes them; None where there are none."""
    takes: int | None = None
    missing: tuple[str, ...] = ()
    """The settings that were an upload of somebody else."""


class _File(BaseModel):
    """The file, whatever more stands in it."""

    model_config = ConfigDict(extra="ignore", strict=True)

    format: Literal["video-playground draft"]
    version: int
    model: Annotated[str, Field(min_length=1, max_length=LONGEST_MODEL)]
    values: dict[str, Any] = {}
    storyboard: bool = False
    board: dict[str, Any] | None = None
    takes: Annotated[int, Field(ge=1, le=MOST_TAKES)] | None = None
    missing: Annotated[list[Annotated[str, Field(max_length=_LONGEST_NAME)]], Field(max_length=200)] = []


def as_file(draft: Draft, takes: int) -> bytes:
    """The draft as a JSON file, UTF-8. Uploads are left out and named under "missing"."""
    return json.dumps(_told(draft, takes), indent=2, ensure_ascii=False).encode("utf-8", "replace")


def as_link(draft: Draft, takes: int, page: str) -> str | None:
    """An address of the Studio, which is at `page`, that opens the draft; None where it would be too long."""
    told = json.dumps(_told(draft, takes), separators=(",", ":"), ensure_ascii=False)
    packed = zlib.compress(told.encode("utf-8", "replace"), 9)
    written = base64.urlsafe_b64encode(packed).decode("ascii").rstrip("=")
    link = f"{page.partition('#')[0].partition('?')[0]}?{PARAMETER}={written}"
    return link if len(link) <= LONGEST_LINK else None


def missing(draft: Draft) -> tuple[str, ...]:
    """The labels of the settings that have an upload, which stays behind."""
    told = _written(draft)
    return tuple(draft.spec[name].label for name, value in told.items() if travelling(value) != value)


def read_link(written: str) -> Handed:
    """The draft in a link, given what stands behind `draft=`. Raises Unusable."""
    if len(written) > LONGEST_LINK:
        raise Unusable("This link is too long to be one of ours. Ask for the draft as a file.")
    try:
        packed = base64.b64decode(written + "=" * (-len(written) % 4), altchars=b"-_", validate=True)
        unpacking = zlib.decompressobj()
        told = unpacking.decompress(packed, MOST_BYTES)
    except (binascii.Error, zlib.error, ValueError):
        raise Unusable("This link is not whole. Copy it again from its beginning to its end.") from None
    if not unpacking.eof:
        if len(told) < MOST_BYTES:
            raise Unusable("This link is not whole. Copy it again from its beginning to its end.")
        raise Unusable("The draft in this link is larger than any that can be taken in.")
    return read_file(told)


def read_text(text: str) -> Handed:
    """The draft in a text that was pasted: the file's JSON, a request's JSON, or a link. Raises Unusable."""
    if found := _LINK.match(text.strip()[: LONGEST_LINK + 1]):
        return read_link(found[1])
    return read_file(text.encode("utf-8", "replace"))


def read_file(content: bytes) -> Handed:
    """The draft in a file, or the request. Raises Unusable."""
    if len(content) > MOST_BYTES:
        raise Unusable(f"This has more than {MOST_BYTES // 1_000_000} MB, and is no draft.")
    try:
        told = json.loads(content.decode("utf-8-sig"), parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError):
        raise Unusable(
            "This is not a draft: it cannot be read as JSON. Take a file that was handed on here, or a request."
        ) from None
    if not isinstance(told, dict):
        raise Unusable("This is not a draft: it should be one JSON object with a model in it.")
    _bounded(told)
    told = _cleaned(told)
    return _from_file(told) if "format" in told else _from_request(told)


def read_brought(file: BinaryIO) -> Handed:
    """What a file of any kind brings: a draft, a request, or a video that was downloaded here. Raises Unusable.

    Of a video only the index is read, however large it is.
    """
    file.seek(0)
    start = file.read(MOST_BYTES + 1)
    is_json = start[:64].lstrip().startswith(b"{")
    if is_json or (start[4:8] not in _VIDEO and not start.startswith(_WEBM)):
        return read_file(start)
    if (draft := read_label(file)) is None:
        raise Unusable(
            "This video carries no settings. Only those that were downloaded here with “Download” do, and messengers "
            "and video editors often take them out."
        )
    return read_file(draft)


def to_draft(handed: Handed, spec: ModelSpec) -> Draft:
    """What was handed on as a draft of `spec`; what the model does not take is left out."""
    values = fitting(handed.values, spec)
    board, shape, storyboard = None, shape_of(spec), handed.storyboard
    if shape is not None:
        shots = handed.values.get(shape.parameter.name)
        board = read_board(handed.board)
        if board is None and shots:
            seconds = None if shape.total is None else values.get(shape.total.name)
            board = read_board(board_of(shots, shape, seconds).as_json())
        storyboard = (board is not None and bool(shots)) if storyboard is None else storyboard
        if storyboard and shape.total is not None:  # the board says it
            values.pop(shape.total.name, None)
    return Draft(spec, values, storyboard is True and board is not None, board)


def left_out(handed: Handed, spec: ModelSpec) -> tuple[str, ...]:
    """The names in what was handed on that `spec` does not take, or not with these values."""
    taken, shape = fitting(handed.values, spec), shape_of(spec)
    shots = None if shape is None else shape.parameter.name
    return tuple(name for name in handed.values if name not in taken and name != shots)


def in_words(draft: Draft) -> list[tuple[str, str]]:
    """The settings of a draft beside its text, as (label, value)."""
    told = [(draft.spec[name], value) for name, value in _written(draft).items()]
    return [(p.label, _shown(value)) for p, value in told if p.role is not Role.PROMPT]


def _told(draft: Draft, takes: int) -> dict[str, Any]:
    return draft_file(
        draft.spec.id,
        _written(draft),
        storyboard=draft.storyboard is True,
        board=None if draft.shape is None or draft.plan.is_blank else draft.plan.as_json(),
        takes=takes,
        missing=missing(draft),
    )


def _written(draft: Draft) -> dict[str, Any]:
    """What somebody has set, without the shots, which the board has."""
    shots = None if draft.shape is None else draft.shape.parameter.name
    values = draft.values if isinstance(draft.values, Mapping) else {}
    return {
        p.name: values[p.name]
        for p in draft.spec.parameters
        if p.name != shots and not p.deprecated and is_set(p, values.get(p.name))
    }


def _from_file(told: dict[str, Any]) -> Handed:
    try:
        file = _File.model_validate(told)
    except ValidationError as error:
        places = [str(problem["loc"][0]) for problem in error.errors() if problem["loc"]]
        where = f" What it says under “{places[0][:40]}” cannot be used." if places else ""
        raise Unusable(f"This is not a draft that was handed on here.{where}") from None
    if file.version > VERSION:
        raise Unusable("This draft was written by a newer version of the app than this one.")
    if file.board is not None and read_board(file.board) is None:
        raise Unusable("The shots in this draft cannot be read.")
    values, lost = _without_uploads(file.values)
    return Handed(
        model=file.model,
        values=values,
        storyboard=file.storyboard,
        board=file.board,
        takes=file.takes,
        missing=tuple(dict.fromkeys([*filter(str.strip, file.missing), *lost])),
    )


def _from_request(told: dict[str, Any]) -> Handed:
    model = told.get("model")
    if not isinstance(model, str) or not 0 < len(model) <= LONGEST_MODEL:
        raise Unusable("This is neither a draft nor a request: there is no “model” in it.")
    values, lost = _without_uploads({name: value for name, value in told.items() if name != "model"})
    return Handed(model=model, values=values, missing=lost)


def _without_uploads(values: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """`values` without uploads, which are somebody's; and the names of those that had one."""
    lost = tuple(name for name, value in values.items() if travelling(value) != value)
    return without_uploads(values), lost


def _bounded(told: Any) -> None:
    """Raises Unusable where there is too much in one another, or beside one another."""
    level, count = [told], 1
    for _ in range(DEEPEST):
        level = [entry for value in level for entry in _inside(value)]
        count += len(level)
        if count > MOST_VALUES:
            raise Unusable(f"This has more than {MOST_VALUES:,} values in it, and is no draft.")
        if not level:
            return
    raise Unusable("This has too many lists and groups in one another to be a draft.")


def _inside(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _cleaned(value: Any) -> Any:
    """`value` with texts that UTF-8 can carry; names that nothing is called are left out."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [_cleaned(entry) for entry in value]
    if isinstance(value, dict):
        return {
            clean_text(name): _cleaned(entry) for name, entry in value.items() if len(name) <= _LONGEST_NAME
        }
    return value


def _shown(value: Any) -> str:
    return "an upload" if is_upload(value) else showable(setting(value))


def _finite(said: str) -> float:
    number = float(said)
    return number if math.isfinite(number) else _no_number(said)


def _no_number(said: str) -> NoReturn:
    raise ValueError(f"{said} is no JSON")
