"""Routes that hand out archived videos and posters, and to their owners uploads.

Files come from the folders of archive and uploads, names from the store.
"""

from __future__ import annotations

import hmac
import re
import time
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from itsdangerous import Signer
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from components.jobs.footage import frames_at
from components.jobs.job import Destination, Job
from components.jobs.labelling import labelled
from components.jobs.store import StoreError
from components.jobs.upload import Upload
from components.services import Services, StartError, services
from components.storyboard.chapters import chapters_vtt
from components.storyboard.label import label_of
from components.storyboard.shapes import planned
from components.storyboard.sheet import FRAME_WIDTH, POLICY, sheet_html
from components.storyboard.storyboard import Board
from components.words import excerpt

MEDIA = "/app/static/media"
"""Streamlit passes addresses below /app/static/ through as they are, and reserves none of them."""
UPLOADS = "/app/static/uploads"

# A take's file never changes once it is there: its address is its id.
_FOREVER = {"Cache-Control": "private, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
# What is made from it anew each time does: with this program, and a sheet's frames come with the video.
_FRESH = {"Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}
_SHEET = {
    **_FRESH,
    "Content-Security-Policy": f"{POLICY}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}

# Whoever shares the browser's profile later has another cookie, and must not find what was kept for this one.
_TO_ONE = {
    "Cache-Control": "private, max-age=3600",
    "Vary": "Cookie",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Opened on its own it is a picture or a player, and whatever else hides in it stays dead.
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; "
    "sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}


def video_address(job: Job) -> str:
    """Where the browser finds the take's video."""
    return f"{MEDIA}/{job.id}.mp4"


def poster_address(job: Job, *, large: bool = False) -> str | None:
    """Where the browser finds the take's poster, 640 pixels wide or up to 1280; None when none could be made."""
    ending = ".large.webp" if large else ".webp"
    return f"{MEDIA}/{job.id}{ending}" if job.video and job.video.poster else None


def download_address(job: Job) -> str:
    """Where the browser downloads the take under a readable name."""
    return f"{MEDIA}/{job.id}/download"


def chapters_address(job: Job) -> str:
    """Where the player finds the planned cuts of a take with a storyboard, as WebVTT."""
    return f"{MEDIA}/{job.id}.vtt"


def sheet_address(job: Job) -> str:
    """Where the browser finds the printable storyboard of a take with one."""
    return f"{MEDIA}/{job.id}/storyboard"


def upload_address(upload: Upload, viewer: str) -> str:
    """Where the browser of `viewer`, the id in its cookie, finds an upload; for any other there is nothing.

    Give it to the upload's owner alone: whoever is shown the address in their own browser can see the file.
    """
    return f"{UPLOADS}/{upload.id}.{_seal(services(), upload.id, viewer)}"


def file_name(job: Job) -> str:
    """A readable file name of the take's name or its prompt's first words, the model and a part of the id.

    In any script.
    """
    words = (_slug(job.title) or _slug(job.order.prompt))[:60].rstrip("-") or "take"
    return f"{words}-{_slug(job.order.model_name)[:40]}-{job.id[:6]}.mp4"


def _slug(text: str) -> str:
    """Letters and digits of any script, joined by hyphens: no separators, controls or direction marks."""
    kept = unicodedata.normalize("NFKC", text[:400]).casefold()
    return re.sub(r"[^\w]+|_", "-", kept).strip("-")


# Plain functions, not coroutines: Starlette runs them in a thread, and they touch disk and database.
def _video(request: Request) -> Response:
    return _file(request, lambda shared, job_id: shared.archive.video_path(job_id), "video/mp4")


def _poster(request: Request) -> Response:
    return _file(request, lambda shared, job_id: shared.archive.poster_path(job_id), "image/webp")


def _large_poster(request: Request) -> Response:
    def locate(shared: Services, job_id: str) -> Path:
        large = shared.archive.large_poster_path(job_id)
        return (
            large if large.is_file() else shared.archive.poster_path(job_id)
        )  # a take of before has that alone

    return _file(request, locate, "image/webp")


def _file(request: Request, locate: Callable[[Services, str], Path], media_type: str) -> Response:
    try:
        path = locate(services(), request.path_params["job"])
    except (StartError, ValueError):  # ValueError: not a take's id
        return PlainTextResponse("There is no such take.", 404)
    if not path.is_file():
        return PlainTextResponse("There is no such take.", 404)
    return FileResponse(path, media_type=media_type, headers=_FOREVER)


def _download(request: Request) -> Response:
    """The video with what it was asked for written into it, or as it is where that cannot be."""
    try:
        shared = services()
        path = shared.archive.video_path(request.path_params["job"])
    except (StartError, ValueError):
        return PlainTextResponse("There is no such take.", 404)
    try:
        job = shared.store.get(request.path_params["job"])
    except StoreError as error:
        return PlainTextResponse(str(error), 503)
    if job is None or not path.is_file():
        return PlainTextResponse("There is no such take.", 404)
    name = file_name(job)
    headers = {**_FRESH, "Content-Disposition": _disposition("attachment", name, "take.mp4")}
    try:
        # Held open from here on: whoever deletes the take now takes nothing out of this download.
        file = path.open("rb")
    except OSError:
        return PlainTextResponse("There is no such take.", 404)
    parts = labelled(file, label_of(job, shared.catalog.find(job.order.model)))
    if parts is None:
        file.close()
        return FileResponse(path, media_type="video/mp4", headers=headers)
    headers |= {"Content-Length": str(parts.length), "Accept-Ranges": "none"}
    if request.method == "HEAD":
        file.close()
        return Response(media_type="video/mp4", headers=headers)
    return StreamingResponse(parts.chunks(file), media_type="video/mp4", headers=headers)


def _upload(request: Request) -> Response:
    try:
        shared = services()
    except StartError:
        return PlainTextResponse("There is no such file.", 404)
    upload_id, _, seal = request.path_params["token"].partition(".")
    viewer = shared.identity.owner(request.cookies)
    is_for_viewer = viewer is not None and hmac.compare_digest(
        seal.encode("utf-8", "replace"), _seal(shared, upload_id, viewer).encode()
    )
    upload = shared.uploads.whosever(upload_id) if is_for_viewer else None
    if upload is None:
        return PlainTextResponse("There is no such file.", 404)
    ending = "." + upload.format
    name = (_slug(upload.name.removesuffix(ending))[:80] or "file") + ending
    headers = {**_TO_ONE, "Content-Disposition": _disposition("inline", name, "file" + ending)}
    return FileResponse(shared.uploads.path(upload), media_type=upload.mime, headers=headers)


def _seal(shared: Services, upload_id: str, viewer: str) -> str:
    """What shows that this server gave the upload's address to this viewer."""
    return _signer(shared.settings.data).get_signature(f"{upload_id}:{viewer}").decode("ascii")


@lru_cache(maxsize=8)
def _signer(folder: Path) -> Signer:
    """The cookie's secret, which `Identity` has made, under another salt: no cookie is an address."""
    secret = (folder / "cookie.secret").read_text(encoding="ascii").strip()
    return Signer(secret, salt="video-playground.upload", key_derivation="hmac")


def _disposition(way: str, name: str, otherwise: str) -> str:
    """A Content-Disposition for a name in any script; `otherwise` for who cannot read it."""
    plain = name.encode("ascii", "ignore").decode().strip("-") or otherwise
    return f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"


def _chapters(request: Request) -> Response:
    def answer(_: Services, __: Job, board: Board) -> Response:
        return PlainTextResponse(chapters_vtt(board), media_type="text/vtt", headers=_FRESH)

    return _of_storyboard(request, answer)


def _sheet(request: Request) -> Response:
    def answer(shared: Services, job: Job, board: Board) -> Response:
        return HTMLResponse(sheet_page(shared, job, board), headers=_SHEET)

    return _of_storyboard(request, answer)


def sheet_page(shared: Services, job: Job, board: Board) -> str:
    """The printable storyboard of a take as an HTML file, with frames of its video where that is there."""
    path = shared.archive.video_path(job.id)
    middles = [cut + shot.seconds / 2 for cut, shot in zip(board.cuts, board.shots, strict=True)]
    frames = frames_at(path, middles, width=FRAME_WIDTH) if path.is_file() else ()
    title = excerpt(job.order.prompt, 80) or "Storyboard"
    return sheet_html(board, title=title, facts=_facts(job, board), frames=frames)


def _of_storyboard(request: Request, answer: Callable[[Services, Job, Board], Response]) -> Response:
    try:
        shared = services()
        job = shared.store.get(request.path_params["job"])
    except StartError:
        job = None
    except StoreError as error:
        return PlainTextResponse(str(error), 503)
    if job is None:
        return PlainTextResponse("There is no such take.", 404)
    board = planned(job.order, shared.catalog.find(job.order.model))
    if board is None or not board.shots:
        return PlainTextResponse("This take has no storyboard.", 404)
    return answer(shared, job, board)


def _facts(job: Job, board: Board) -> list[tuple[str, str]]:
    """What the sheet says about the take besides the length of its shots."""
    facts = [("Model", job.order.model_name)]
    if job.order.seconds not in (None, board.seconds):
        facts.append(("Video asked for", f"{job.order.seconds} s"))
    if job.order.aspect_ratio:
        facts.append(("Aspect ratio", job.order.aspect_ratio))
    if job.order.destination is Destination.SANDBOX:
        facts.append(("Made by", "Sandbox (a preview, no AI)"))
    asked = time.strftime("%d %B %Y, %H:%M", time.localtime(job.created))
    return [*facts, ("Asked", asked), ("Take id", job.id)]


routes = [
    Route(f"{MEDIA}/{{job}}.mp4", _video),
    Route(f"{MEDIA}/{{job}}.large.webp", _large_poster),
    Route(f"{MEDIA}/{{job}}.webp", _poster),
    Route(f"{MEDIA}/{{job}}/download", _download),
    Route(f"{MEDIA}/{{job}}.vtt", _chapters),
    Route(f"{MEDIA}/{{job}}/storyboard", _sheet),
    Route(f"{UPLOADS}/{{token}}", _upload),
]
