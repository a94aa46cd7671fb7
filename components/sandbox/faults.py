"""One table of everything that the provider does, or may do, on a bad day; `behaviour.py` switches it on.

A fault is one of four kinds:

    Refusal    an error status, on any request. The create is refused, unless this is what a gateway says that
               waited too long for one that was accepted (`accepts`)
    Spoilt     the request is served, and the answer to it spoilt on the way: a create has been accepted
    Fate       the generation itself goes wrong. Given at its creation or when it is next looked at, it stays
    FileFault  the finished video cannot be had
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from starlette.responses import Response

from components.sandbox import wire
from components.sandbox.wire import Asked, BrokenOff, Endless, Json, Payload

Reply = dict[str, Any]


class On(StrEnum):
    """The kind of request that a fault falls on."""

    CREATE = "create"
    RETRIEVE = "retrieve"
    FILE = "file"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What all have in common."""

    name: str
    does: str
    """One sentence."""
    on: tuple[On, ...]
    """Where it can fall; where nothing is said, on the first."""


@dataclass(frozen=True, kw_only=True)
class Refusal(Fault):
    """An error status with a body."""

    on: tuple[On, ...] = (On.CREATE, On.RETRIEVE, On.FILE)
    status: int
    message: str
    shape: Callable[[Asked, int, str], Payload] = wire.envelope
    accepts: bool = False
    """On a create: the generation exists all the same."""
    retrieve_message: str | None = None


@dataclass(frozen=True, kw_only=True)
class Spoilt(Fault):
    """An answer that is not what was agreed, to a request that was served."""

    on: tuple[On, ...] = (On.CREATE, On.RETRIEVE)
    spoil: Callable[[Reply], Response | None]
    """The answer in place of the true one; None: the true one."""


@dataclass(frozen=True, kw_only=True)
class Fate(Fault):
    """How a generation goes wrong, or ends in another shape."""

    on: tuple[On, ...] = (On.CREATE, On.RETRIEVE)
    ends: Literal["error", "never", "completed"]
    becomes: Callable[[Reply], Reply]
    """The reply in place of the true one, once it has come to its end (`never`: from the start)."""
    at_once: bool = False
    """The create's answer already tells the end."""


@dataclass(frozen=True, kw_only=True)
class FileFault(Fault):
    """A finished video that cannot be had."""

    on: tuple[On, ...] = (On.FILE,)
    answer: Callable[[bytes], Response]
    """The response in place of the file with these bytes."""


def _error(error: object) -> Callable[[Reply], Reply]:
    return lambda reply: {"id": reply["id"], "status": "error", "video": None, "error": error}


def _pending(word: str) -> Callable[[Reply], Reply]:
    return lambda reply: {"id": reply["id"], "status": word}


def _with(**changes: Callable[[Any], Any]) -> Callable[[Reply], Reply]:
    return lambda reply: {**reply, **{name: change(reply.get(name)) for name, change in changes.items()}}


def _cut(reply: Reply) -> Response:
    whole = json.dumps(reply).encode()
    return BrokenOff(whole[: len(whole) // 2], declared=len(whole))


def _file(content: bytes, declared: int | None = None) -> Response:
    return BrokenOff(content, declared=len(content) if declared is None else declared, media_type="video/mp4")


_DETAIL = {
    "detail": [
        {"loc": ["body", "prompt"], "msg": "Nothing to film here", "type": "scene_error", "input": "…"}
    ]
}
_REFUSED = {"name": "ContentPolicy", "message": "blocked"}
_PAGE = "<!doctype html><title>Just a moment</title><p>Checking your browser.</p>"

_ALL: tuple[Fault, ...] = (
    Refusal(name="400", does="The body is refused.", status=400, message="Body validation error!"),
    Refusal(
        name="400_list",
        does="The body is refused, with a list of messages.",
        status=400,
        message="Body validation error!\nInvalid input",
        shape=wire.listed,
    ),
    Refusal(
        name="401", does="The key is refused.", status=401, message="This request requires a valid API key."
    ),
    Refusal(
        name="403",
        does="The account is out of credits, in the newer envelope.",
        status=403,
        message="You've run out of credits.",
        shape=wire.problem,
    ),
    Refusal(
        name="403_funds",
        does="The account is out of credits, in the short form.",
        status=403,
        message="You've run out of funds.",
        shape=wire.out_of_funds,
    ),
    Refusal(
        name="403_plan",
        does="The plan is used up.",
        status=403,
        message="You have exhausted the available [plan.rule:api_credit] resource limit",
    ),
    Refusal(
        name="404",
        does="The model, or on a retrieve the generation, is unknown.",
        status=404,
        message="Model not found",
        retrieve_message="Inference not found",
    ),
    Refusal(
        name="429",
        does="Too many requests; with a Retry-After header when `retry_after` is given.",
        status=429,
        message="Too Many Requests",
    ),
    Refusal(
        name="429_free",
        does="The free tier's limit, with the status as text.",
        status=429,
        message="Free-tier limit reached for this hour.",
        shape=wire.worded_status,
    ),
    Refusal(name="500", does="The server fails.", status=500, message="Internal server error"),
    Refusal(name="502", does="A gateway's HTML page.", status=502, message="Bad Gateway", shape=wire.page),
    Refusal(name="502_json", does="The same in the envelope.", status=502, message="Bad Gateway"),
    Refusal(name="503", does="The server is overloaded.", status=503, message="Service unavailable"),
    Refusal(
        name="504",
        does="The answer took too long; a create has been accepted.",
        status=504,
        message="Generation timeout",
        accepts=True,
    ),
    Refusal(
        name="524",
        does="A gateway waited too long, as HTML; a create has been accepted.",
        status=524,
        message="A timeout occurred",
        shape=wire.page,
        accepts=True,
    ),
    Spoilt(
        name="slow",
        does="The true answer, `seconds` late (5 where nothing is said).",
        on=(On.CREATE, On.RETRIEVE, On.FILE),
        spoil=lambda reply: None,
    ),
    Spoilt(
        name="no_answer",
        does="The connection is closed without an answer.",
        spoil=lambda reply: BrokenOff(None),
    ),
    Spoilt(name="cut_off", does="The connection is closed in the middle of the body.", spoil=_cut),
    Spoilt(
        name="html",
        does="Status 200 with an HTML page.",
        spoil=lambda reply: Response(_PAGE, media_type="text/html"),
    ),
    Spoilt(
        name="empty",
        does="Status 200 with an empty body.",
        spoil=lambda reply: Response(b"", media_type="application/json"),
    ),
    Spoilt(
        name="wrong_types",
        does="Every field of a wrong type.",
        spoil=lambda reply: Json({"id": 7, "status": ["done"], "video": 3, "error": True, "meta": "none"}),
    ),
    Spoilt(name="list", does="A JSON list in place of the object.", spoil=lambda reply: Json([reply])),
    Spoilt(
        name="no_id",
        does="No id in the answer.",
        spoil=lambda reply: Json({name: value for name, value in reply.items() if name != "id"}),
    ),
    Spoilt(
        name="old_reply",
        does="The id under its older name, and nothing but a status besides.",
        spoil=lambda reply: Json({"generation_id": reply["id"], "status": reply["status"]}),
        on=(On.CREATE,),
    ),
    Fate(
        name="error_schema",
        does="Fails with an error as documented: name and message.",
        ends="error",
        becomes=_error({"name": "GenerationError", "message": "The scene could not be made."}),
    ),
    Fate(name="error_detail", does="Fails with a list of details.", ends="error", becomes=_error(_DETAIL)),
    Fate(
        name="error_string",
        does="Fails with an error that is a text.",
        ends="error",
        becomes=_error("The scene could not be made."),
    ),
    Fate(name="error_null", does="Fails without a reason.", ends="error", becomes=_error(None)),
    Fate(
        name="error_at_once",
        does="Has failed by the time that the create is answered.",
        ends="error",
        becomes=_error(_REFUSED),
        at_once=True,
        on=(On.CREATE,),
    ),
    Fate(
        name="failed",
        does="Fails under an older status word.",
        ends="error",
        becomes=lambda reply: {**_error(_REFUSED)(reply), "status": "failed"},
    ),
    Fate(
        name="stuck",
        does="Stays queued, until the faults are cleared.",
        ends="never",
        becomes=_pending("queued"),
    ),
    Fate(
        name="unknown_status",
        does="Has a status that nobody knows, until the faults are cleared.",
        ends="never",
        becomes=_pending("dreaming of sheep"),
    ),
    Fate(
        name="no_video",
        does="Completes without a video.",
        ends="completed",
        becomes=_with(video=lambda video: None),
    ),
    Fate(
        name="completed_with_error",
        does="Completes with a placeholder in the place of the error.",
        ends="completed",
        becomes=_with(error=lambda error: {"name": "<name>", "message": "<message>"}),
    ),
    Fate(
        name="succeeded",
        does="Completes under another status word.",
        ends="completed",
        becomes=_with(status=lambda status: "succeeded"),
    ),
    Fate(
        name="upper_case",
        does="Completes in capitals.",
        ends="completed",
        becomes=_with(status=lambda status: "COMPLETED"),
    ),
    Fate(
        name="video_list",
        does="Completes with a list of addresses.",
        ends="completed",
        becomes=_with(video=lambda video: [video["url"]]),
    ),
    Fate(
        name="video_objects",
        does="Completes with a list of objects.",
        ends="completed",
        becomes=_with(video=lambda video: [video]),
    ),
    Fate(
        name="video_string",
        does="Completes with an address.",
        ends="completed",
        becomes=_with(video=lambda video: video["url"]),
    ),
    Fate(
        name="private_address",
        does="Completes with an address inside a private network.",
        ends="completed",
        becomes=_with(video=lambda video: {"url": "http://192.168.0.1/video.mp4"}),
    ),
    FileFault(
        name="not_a_video",
        does="Text under a video's type.",
        answer=lambda content: Response(b"This is not a video. " * 500, media_type="video/mp4"),
    ),
    FileFault(
        name="file_cut_off",
        does="Half of the file, then the connection is closed.",
        answer=lambda content: _file(content[: len(content) // 2], len(content)),
    ),
    FileFault(
        name="half_a_video",
        does="Half of the file, declared as all of it.",
        answer=lambda content: Response(content[: len(content) // 2], media_type="video/mp4"),
    ),
    FileFault(
        name="file_404",
        does="The file is gone.",
        answer=lambda content: Response("Not Found", 404, media_type="text/plain"),
    ),
    FileFault(
        name="file_403",
        does="The address has expired.",
        answer=lambda content: Response(
            "<Error><Code>AccessDenied</Code></Error>", 403, media_type="text/xml"
        ),
    ),
    FileFault(
        name="file_empty",
        does="No bytes at all.",
        answer=lambda content: Response(b"", media_type="video/mp4"),
    ),
    FileFault(
        name="huge",
        does="Ten terabytes are declared, and a megabyte is sent.",
        answer=lambda content: _file(bytes(1_000_000), 10**13),
    ),
    FileFault(
        name="endless",
        does="Bytes without a declared length for as long as somebody reads, at most 8 GB.",
        answer=lambda content: Endless(8 * 10**9, "video/mp4"),
    ),
)

FAULTS: Mapping[str, Fault] = {fault.name: fault for fault in _ALL}
"""Every fault by its name."""

PASSING_FATES = [fault.name for fault in _ALL if isinstance(fault, Fate) and fault.ends == "never"]
"""The fates that end when the faults are cleared."""
