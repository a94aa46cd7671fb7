"""Routes that hand out archived videos and posters. Files come from the archive's folder, names from the store."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from components.jobs.job import Job
from components.services import Services, StartError, services

MEDIA = "/app/static/media"
"""Streamlit passes addresses below /app/static/ through as they are, and reserves none of them."""

# A take's file never changes once it is there: its address is its id.
_FOREVER = {"Cache-Control": "private, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}


def video_address(job: Job) -> str:
    """Where the browser finds the take's video."""
    return f"{MEDIA}/{job.id}.mp4"


def poster_address(job: Job) -> str | None:
    """Where the browser finds the take's poster; None when none could be made."""
    return f"{MEDIA}/{job.id}.webp" if job.video and job.video.poster else None


def download_address(job: Job) -> str:
    """Where the browser downloads the take under a readable name."""
    return f"{MEDIA}/{job.id}/download"


def file_name(job: Job) -> str:
    """A readable file name of the prompt's first words, the model and a part of the id, in any script."""
    words = _slug(job.order.prompt)[:60].rstrip("-") or "take"
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


def _file(request: Request, locate: Callable[[Services, str], Path], media_type: str) -> Response:
    try:
        path = locate(services(), request.path_params["job"])
    except (StartError, ValueError):  # ValueError: not a take's id
        return PlainTextResponse("There is no such take.", 404)
    if not path.is_file():
        return PlainTextResponse("There is no such take.", 404)
    return FileResponse(path, media_type=media_type, headers=_FOREVER)


def _download(request: Request) -> Response:
    try:
        shared = services()
        path = shared.archive.video_path(request.path_params["job"])
    except (StartError, ValueError):
        return PlainTextResponse("There is no such take.", 404)
    job = shared.store.get(request.path_params["job"])
    if job is None or not path.is_file():
        return PlainTextResponse("There is no such take.", 404)
    name = file_name(job)
    plain = name.encode("ascii", "ignore").decode().strip("-") or "take.mp4"
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    return FileResponse(
        path, media_type="video/mp4", headers={**_FOREVER, "Content-Disposition": disposition}
    )


routes = [
    Route(f"{MEDIA}/{{job}}.mp4", _video),
    Route(f"{MEDIA}/{{job}}.webp", _poster),
    Route(f"{MEDIA}/{{job}}/download", _download),
]
