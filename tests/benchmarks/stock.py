"""A data folder with takes in it, as the app itself would have left it."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from pathlib import Path

from components.catalog.catalog import Catalog
from components.catalog.spec import Role
from components.form.draft import Draft
from components.form.order import order
from components.identity import Identity
from components.jobs import footage
from components.jobs.archive import Archive
from components.jobs.job import BUILT_IN, Destination, State
from components.jobs.store import Store
from components.sandbox.animatic import Film, Shot, frame_size, render

PROMPT = "A lighthouse keeper climbs the spiral stairs at dawn, lamp in hand, while the storm moves off over the sea"
SECONDS = 5
_WAITED = 90.0
_APART = 3600.0


@dataclass(frozen=True)
class Stock:
    """A filled data folder, and who its takes belong to."""

    folder: Path
    cookie: str
    """The name of the identity cookie."""
    value: str
    """Its value, for the browser whose takes these are."""


def stock(folder: Path, takes: int) -> Stock:
    """Fills `folder` with `takes` completed takes of 5 s in 720p, each with a poster, an hour between them."""
    folder.mkdir(parents=True)
    identity = Identity(folder)
    value = identity.issue()
    owner = identity.owner({identity.cookie: value})
    assert owner is not None
    film = folder / "film.mp4"
    width, height = frame_size("16:9")
    render(Film(shots=(Shot(PROMPT, SECONDS),), width=width, height=height), film)
    poster = footage.poster(film)
    assert poster is not None
    video = replace(footage.inspect(film), poster=True)
    archive, store = Archive(folder, 2_000_000_000), Store(folder)
    for number in range(takes):
        asked = time.time() - (takes - number) * _APART
        job_id = _completed(store, owner, f"{PROMPT}, take {number + 1}", asked, video)
        archive.video_path(job_id).parent.mkdir(parents=True, exist_ok=True)
        os.link(film, archive.video_path(job_id))
        archive.poster_path(job_id).write_bytes(poster)
    store.close()
    film.unlink()
    return Stock(folder, identity.cookie, value)


def _completed(store: Store, owner: str, prompt: str, asked: float, video: footage.VideoFile) -> str:
    """A take that went the tracker's way; its id."""
    spec = Catalog.bundled().models[0]
    written = spec.by_role(Role.PROMPT)
    assert written is not None
    draft = Draft(spec, {written.name: prompt}, False)
    one = order(draft, owner=owner, destination=Destination.SANDBOX, base_url=BUILT_IN)
    (job,) = store.add([one], token=prompt, now=asked)
    (claimed,) = store.claim("benchmark", now=asked, lease=60, limit=1, in_flight=32)
    assert claimed.id == job.id
    done = asked + _WAITED
    settled = store.settle(
        job.id,
        "benchmark",
        state=State.COMPLETED,
        sent=asked,
        started=asked,
        ready=done,
        ended=done,
        remote_id=f"gen-{job.id}",
        raw=f'{{"id": "gen-{job.id}", "status": "completed"}}',
        video=video,
    )
    assert settled
    return job.id
