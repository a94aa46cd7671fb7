"""A data folder with takes to compare, as the app would have left it: real films, made without asking anybody."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from components.catalog.catalog import Catalog
from components.catalog.spec import Role
from components.form.draft import Draft
from components.form.order import order
from components.jobs import footage
from components.jobs.archive import Archive
from components.jobs.job import BUILT_IN, Destination, State, new_id
from components.jobs.store import Store
from components.sandbox.animatic import Film, Shot, render


@dataclass(frozen=True)
class Made:
    """What a take's film is to be."""

    prompt: str
    seconds: float
    width: int = 640
    height: int = 360
    fps: int = 24
    sound: bool = True
    settings: tuple[tuple[str, Any], ...] = ()


def furnish(folder: Path, takes: list[Made]) -> list[str]:
    """Puts a completed take for each of `takes` into the data folder; gives their ids."""
    with closing(Store(folder)) as store:
        return [_completed(store, Archive(folder, 2_000_000_000), take) for take in takes]


def _completed(store: Store, archive: Archive, take: Made) -> str:
    spec = next(spec for spec in Catalog.bundled().models if spec.by_role(Role.AVOID))
    written = spec.by_role(Role.PROMPT)
    assert written is not None
    draft = Draft(spec, {written.name: take.prompt, **dict(take.settings)}, False)
    asked = order(draft, owner="ann", destination=Destination.SANDBOX, base_url=BUILT_IN)
    now = time.time()
    [job] = store.add([asked], token=new_id(), now=now)
    film = archive.video_path(job.id)
    film.parent.mkdir(parents=True, exist_ok=True)
    shot = Shot(take.prompt, take.seconds)
    render(
        Film(shots=(shot,), width=take.width, height=take.height, fps=take.fps, sound=take.sound),
        film,
    )
    poster = footage.poster(film)
    assert poster is not None
    archive.poster_path(job.id).write_bytes(poster)
    store.claim("test", now=now, lease=60, limit=1, in_flight=32)
    video = replace(footage.inspect(film), poster=True)
    came = {"sent": now, "started": now, "ready": now + 60, "ended": now + 60, "video": video}
    assert store.settle(job.id, "test", state=State.COMPLETED, remote_id=f"gen-{job.id}", **came)
    return job.id
