"""Routes that hand out many takes at once: as a ZIP, as CSV, as an Excel file.

No address here can be guessed, and each works in the browser alone that was shown it: what lists every take must not
be open wider than the page that does. Where single takes were chosen they are put aside here for an hour; a whole list
is named in the address itself, which is sealed.
"""

from __future__ import annotations

import hmac
import logging
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import anyio
import anyio.to_thread
from itsdangerous import Signer
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from components.catalog.openapi import DocumentError, read_document
from components.catalog.spec import ModelSpec
from components.jobs.exports.aside import HOUR, Aside, Chosen
from components.jobs.finding.view import View
from components.jobs.job import Job
from components.jobs.store import StoreError
from components.jobs.upload import is_upload
from components.media import sheet_page
from components.services import Services, StartError, services
from components.storyboard.shapes import planned
from components.words import asked_for, state_words

if TYPE_CHECKING:
    from components.jobs.exports.archive_zip import Sources

log = logging.getLogger(__name__)

HANDED = "/app/static/handed"
MOST_CHOSEN = 10_000
"""So many takes can be put aside for one download."""

_DAY = 86_400
_GONE = "This download is no longer here. Go back to History, load the page again, and ask for it once more."
_BUSY = "Other lists are being written just now. Try again in a minute."
_DISK = (
    "The list could not be written: the disk refused it. Ask your administrator to make room, and try again."
)


class Form(StrEnum):
    """What takes can be handed on as; the ending of the file."""

    ZIP = "zip"
    CSV = "csv"
    EXCEL = "xlsx"


_TYPES = {
    Form.ZIP: "application/zip",
    Form.CSV: "text/csv; charset=utf-8; header=present",
    Form.EXCEL: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


_aside = Aside()
_writing_excel = threading.BoundedSemaphore(2)
"""To write a long list takes a core for a while: of those who ask at the same time, the others are told to wait."""


def prepare(ids: Sequence[str], form: Form, *, owner: str, viewer: str | None, name: str = "takes") -> str:
    """The address at which the browser of `viewer` can download these takes for the next hour.

    `owner` asks for them, whose own uploads go along. `viewer` is the id in the browser's cookie, None for a browser
    without one. `name`: what the file is called, without its ending. Cheap enough for every run of a page: the same
    takes keep their address. Of more than MOST_CHOSEN takes the first count; the page should not offer more.
    """
    chosen = tuple(dict.fromkeys(ids))[:MOST_CHOSEN]
    token = _seal(
        services(), "chosen", [("name", name), ("owner", owner), *(("id", each) for each in chosen)], viewer
    )
    now = time.time()
    _aside.put(token, Chosen(chosen, name, owner, viewer or "", now + HOUR), now=now)
    return f"{HANDED}/{token}/takes.{form.value}"


def listed(
    parameters: Mapping[str, str | Sequence[str]], form: Form, *, owner: str, viewer: str | None
) -> str:
    """The address of everything that History shows by these parameters (`View.params`), for the browser of `viewer`.

    It is good for a day or two, on every server with this data folder, and shows what is there when it is opened.
    """
    items = [
        (name, value)
        for name, given in parameters.items()
        for value in ([given] if isinstance(given, str) else given)
        if name not in _OURS
    ]
    items += [("owner", owner), ("until", str((int(time.time()) // _DAY + 2) * _DAY))]
    query = urlencode([*items, ("seal", _seal(services(), "listed", items, viewer))], errors="replace")
    return f"{HANDED}/takes.{form.value}?{query}"


_OURS = frozenset({"owner", "until", "seal"})


# Plain functions: Starlette runs them in a thread, and they touch disk and database.
def _prepared(request: Request) -> Response:
    try:
        shared = services()
    except StartError:
        return PlainTextResponse(_GONE, 404)
    chosen = _aside.get(request.path_params["token"], now=time.time())
    if chosen is None or chosen.viewer != _viewer(shared, request):
        return PlainTextResponse(_GONE, 404)
    not_found: list[str] = []
    jobs = _noting(chosen.ids, shared.store.history.some(chosen.ids), not_found)
    return _answer(request, shared, jobs, name=chosen.name, owner=chosen.owner, not_found=not_found)


def _listed(request: Request) -> Response:
    try:
        shared = services()
    except StartError:
        return PlainTextResponse(_GONE, 404)
    items = request.query_params.multi_items()
    sealed = [item for item in items if item[0] != "seal"]
    ours = dict(item for item in sealed if item[0] in _OURS)
    seal = _seal(shared, "listed", sealed, _viewer(shared, request) or None)
    given = request.query_params.get("seal", "").encode("utf-8", "replace")
    if not hmac.compare_digest(given, seal.encode()) or float(ours["until"]) <= time.time():
        return PlainTextResponse(_GONE, 404)
    parameters: dict[str, list[str]] = {}
    for name, value in sealed:
        if name not in _OURS:
            parameters.setdefault(name, []).append(value)
    jobs = shared.store.history.each(View.read(parameters), owner=ours["owner"])
    return _answer(request, shared, jobs, name="takes", owner=ours["owner"])


def _noting(ids: Iterable[str], jobs: Iterator[Job], not_found: list[str]) -> Iterator[Job]:
    """The takes, which come in the order of `ids`; those that do not come are noted."""
    waiting = iter(ids)
    for job in jobs:
        for wanted in waiting:
            if wanted == job.id:
                break
            not_found.append(wanted)
        yield job
    not_found.extend(waiting)


def _answer(
    request: Request,
    shared: Services,
    jobs: Iterator[Job],
    *,
    name: str,
    owner: str,
    not_found: Sequence[str] = (),
) -> Response:
    try:
        form = Form(request.path_params["form"])
    except ValueError:
        return PlainTextResponse("There is no such file.", 404)
    # What writes files is loaded for the first download: no page needs it, and each would start later.
    from components.jobs.exports.names import slug

    called = f"{slug(name, 100) or 'takes'}-{time.strftime('%Y-%m-%d')}.{form.value}"
    headers = {
        "Content-Type": _TYPES[form],
        "Content-Disposition": f"attachment; filename=\"takes.{form.value}\"; filename*=UTF-8''{quote(called)}",
        "Cache-Control": "private, no-store",
        "Accept-Ranges": "none",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if request.method == "HEAD":
        return Response(headers=headers)
    try:
        if form is Form.EXCEL:
            return _excel(shared, jobs, headers)
        parts = _csv(jobs) if form is Form.CSV else _zip(shared, jobs, owner, not_found)
        first = next(parts)  # what cannot even begin is said in words
    except StoreError as error:
        return PlainTextResponse(f"{error} Try again in a moment.", 503)
    except OSError as error:
        log.error("A download could not be written: %s", error.strerror)
        return PlainTextResponse(_DISK, 503)
    return _Parts(_going_on(first, parts), headers)


def _going_on(first: bytes, rest: Iterator[bytes]) -> Generator[bytes, None, None]:
    yield first
    yield from rest


class _Parts(StreamingResponse):
    """An answer that is made while it is sent, and no longer made when nobody takes it.

    Where it breaks on the way it never says that it is over. The server then cuts the connection, so that no browser
    takes a part for all.
    """

    def __init__(self, parts: Generator[bytes, None, None], headers: Mapping[str, str]) -> None:
        super().__init__(parts, headers=headers)
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except ClientDisconnect:
            pass
        except (StoreError, OSError) as error:
            log.error("A download broke off: %s", error)
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(self._parts.close)


def _csv(jobs: Iterator[Job]) -> Iterator[bytes]:
    from components.jobs.exports.csv_file import csv_parts
    from components.jobs.exports.rows import columns, rows

    of = columns(state_words)
    return csv_parts(rows(jobs, of), of)


def _zip(shared: Services, jobs: Iterator[Job], owner: str, not_found: Sequence[str]) -> Iterator[bytes]:
    from components.jobs.exports.archive_zip import zip_parts

    sources, scratch = _sources(shared, owner), shared.settings.data
    return zip_parts(jobs, sources, now=time.time(), not_found=not_found, scratch=scratch)


def _excel(shared: Services, jobs: Iterator[Job], headers: Mapping[str, str]) -> Response:
    from components.jobs.exports.rows import columns, rows
    from components.jobs.exports.scratch import excel_parts

    if not _writing_excel.acquire(blocking=False):
        return PlainTextResponse(_BUSY, 503)
    try:
        of = columns(state_words)
        size, parts = excel_parts(rows(jobs, of), of, shared.settings.data)
    finally:
        _writing_excel.release()
    return _Parts(parts, {**headers, "Content-Length": str(size)})


def _sources(shared: Services, owner: str) -> Sources:
    from components.jobs.exports.archive_zip import Sources

    spec_of = _specs(shared)

    def sheet(job: Job) -> str | None:
        board = planned(job.order, spec_of(job))
        return None if board is None or not board.shots else sheet_page(shared, job, board)

    def settings(job: Job) -> list[tuple[str, str]]:
        told = asked_for(job.order.body, spec_of(job))
        return [(label, "an uploaded file" if is_upload(value) else value) for label, value in told]

    return Sources(
        video=shared.archive.video_path,
        poster=shared.archive.poster_path,
        sheet=sheet,
        settings=settings,
        state=state_words,
        document=shared.store.documents.get,
        upload=lambda reference: shared.uploads.get(reference, owner),
        upload_path=shared.uploads.path,
    )


def _specs(shared: Services) -> Callable[[Job], ModelSpec | None]:
    """The model of a take by the document that it was made with, else as it is now; None where it is gone."""

    @lru_cache(maxsize=64)
    def read(digest: str, model: str) -> ModelSpec | None:
        document = shared.store.documents.get(digest)
        try:
            return None if document is None else read_document(document, model_id=model)
        except DocumentError:
            return None

    def found(job: Job) -> ModelSpec | None:
        as_it_was = read(job.order.document, job.order.model) if job.order.document else None
        return as_it_was or shared.catalog.find(job.order.model)

    return found


def _viewer(shared: Services, request: Request) -> str:
    return shared.identity.owner(request.cookies) or ""


def _seal(shared: Services, what: str, items: Sequence[tuple[str, str]], viewer: str | None) -> str:
    """What shows that this server gave an address to this viewer."""
    said = urlencode([("what", what), ("viewer", viewer or ""), *sorted(items)], errors="replace")
    return _signer(shared.settings.data).get_signature(said).decode("ascii")


@lru_cache(maxsize=8)
def _signer(folder: Path) -> Signer:
    """The cookie's secret, which `Identity` has made, under a salt of its own."""
    secret = (folder / "cookie.secret").read_text(encoding="ascii").strip()
    return Signer(secret, salt="video-playground.handed", key_derivation="hmac")


routes = [
    Route(f"{HANDED}/takes.{{form}}", _listed),
    Route(f"{HANDED}/{{token}}/takes.{{form}}", _prepared),
]
