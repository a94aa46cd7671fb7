"""Varied takes, and what History says of them found the plain way: every take looked at, one after the other."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from components.jobs.changes import changed
from components.jobs.database import reading, writing
from components.jobs.finding.view import Choices, Sort, Standing, View
from components.jobs.job import Job, Order, State, VideoFile
from components.jobs.rows import new_row, to_job
from components.jobs.schema import job as table
from components.jobs.store import Store
from tests.jobs.takes import order

DAY = 24 * 3600
FIRST = 1_700_000_000.0
"""When the first take was asked for, in Unix seconds."""
OWNERS = ("ann", "bob", "")
MODELS = (
    ("kiosk/one", "One", "kiosk"),
    ("kiosk/two", "Two", "kiosk"),
    ("moth/one", "One", "Möth & Söhne"),
    ("q", "Q", ""),
)
"""Id, name and maker."""
RATIOS = ("16:9", "9:16", "1:1", None)
SIZES = ((1280, 720), (720, 1280), (960, 960), (1000, 700))
PROJECTS = ("", "Spring", "Spring 2", "春", 'a "quoted" * project')
# No word has letters of ids only, and none is another form or the beginning of another.
WORDS = (
    "yak",
    "zulu",
    "koi",
    "lynx",
    "moth",
    "newt",
    "otter",
    "puma",
    "quokka",
    "swift",
    "tortoise",
    "viper",
)
_USUAL = {"16:9": 16 / 9, "9:16": 9 / 16, "1:1": 1.0}


def filled(store: Store, takes: int, seed: int = 1) -> list[str]:
    """Puts varied takes into the store, in the order of their asking; their ids."""
    chance = random.Random(seed)
    rows = [_row(chance, number) for number in range(takes)]
    with writing(store._engine) as connection:
        seqs = [connection.execute(insert(table).values(row).returning(table.c.seq)).scalar() for row in rows]
        changed(connection, [seq for seq in seqs if seq is not None])
    return [row["id"] for row in rows]


def varied(chance: random.Random) -> Order:
    """An order like no other."""
    model, name, maker = chance.choice(MODELS)
    return order(
        owner=chance.choice(OWNERS),
        model=model,
        model_name=name,
        maker=maker,
        prompt=" ".join(chance.choices(WORDS, k=chance.randrange(1, 6))),
        seconds=chance.choice((None, 3, 5, 5, 10, 15)),
        aspect_ratio=chance.choice(RATIOS),
        estimate=chance.choice((None, {"usd": None}, {"usd": "0.35"}, {"usd": "3.25"}, {"usd": "much"})),
    )


def video(chance: random.Random) -> VideoFile:
    """What came: of any length, shape and size."""
    width, height = chance.choice(SIZES)
    return VideoFile(
        size=chance.randrange(1, 9_000_000),
        seconds=chance.choice((0.2, 2.5, 4.96, 5.0, 10.04, 15.0)),
        width=width,
        height=height,
        fps=24.0,
        sound=chance.random() < 0.5,
        poster=True,
    )


def _row(chance: random.Random, number: int) -> dict[str, Any]:
    # Some of one moment: they came of one click.
    asked = FIRST + (number // 3) * 0.3 * DAY
    row = new_row(
        varied(chance), id=f"{chance.getrandbits(128):032x}", token=f"{number}", ordinal=0, now=asked
    )
    state = chance.choice(list(State))
    came = video(chance) if state is State.COMPLETED and chance.random() < 0.9 else None
    return row | {
        "state": state.value,
        "next_at": chance.choice((None, asked)) if state not in (State.COMPLETED, State.FAILED) else None,
        "remote_id": chance.choice((None, f"gen-{number}")),
        "video": None if came is None else asdict(came),
        "size": None if came is None else came.size,
        "usd_spent": chance.choice((None, None, 0.0, 0.354, 12.0)),
        "title": chance.choice((None, None, f"{chance.choice(WORDS)} {number}")),
        "note": chance.choice((None, chance.choice(WORDS))),
        "starred": chance.choice((None, True)),
        "project": chance.choice(PROJECTS) or None,
        "binned": chance.choice((None, None, None, asked)),
    }


def everything(store: Store) -> list[Job]:
    """Every take in the store, oldest first."""
    with reading(store._engine) as connection:
        return [to_job(row) for row in connection.execute(select(table).order_by(table.c.seq))]


def shown(jobs: Iterable[Job], view: View, owner: str) -> list[Job]:
    """Those that `view` shows to `owner`, in its order; words are those of WORDS, ids and quotes aside."""
    kept = [
        job for job in jobs if _fits(job, view, owner) and all(_has(job, word) for word in view.words.split())
    ]
    keys = {
        Sort.NEWEST: lambda job: -job.seq,
        Sort.OLDEST: lambda job: job.seq,
        Sort.LONGEST: lambda job: (-_or_none(seconds(job)), -job.seq),
        Sort.DEAREST: lambda job: (-_or_none(cents(job)), -job.seq),
    }
    return sorted(kept, key=keys[view.sort])


def counted(jobs: Sequence[Job], *, bin: bool) -> Choices:
    """What there is to choose from, counted take by take."""
    here = [job for job in jobs if (job.binned is not None) == bin]

    def of(values: Iterable[Any]) -> dict[Any, int]:
        return dict(Counter(value for value in values if value not in (None, "")))

    return Choices(
        total=len(here),
        size=sum(job.video.size for job in here if job.video),
        standings=of(standing(job).value for job in here),
        models=of(job.order.model for job in here),
        makers=of(job.order.maker for job in here),
        ratios=of(ratio(job) for job in here),
        projects=of(job.project for job in here),
        seconds=of(seconds(job) for job in here),
        cents=of(cents(job) for job in here),
        starred=sum(job.starred for job in here),
    )


def standing(job: Job) -> Standing:
    """Where it stands."""
    ended = {
        State.COMPLETED: Standing.READY,
        State.FAILED: Standing.FAILED,
        State.UNKNOWN: Standing.DOUBT,
        State.CANCELLED: Standing.CANCELLED,
    }
    return ended.get(job.state) or (Standing.LEFT if job.next_at is None else Standing.RUNNING)


def seconds(job: Job) -> int | None:
    """Its length: of what came, or else of what was asked for."""
    if job.video is not None:
        return max(1, round(job.video.seconds))
    return job.order.seconds


def cents(job: Job) -> int | None:
    """What it cost, or was said to cost."""
    if job.usd_spent is not None:
        return int(job.usd_spent * 100 + 0.5)
    said = (job.order.estimate or {}).get("usd")
    if job.state in (State.FAILED, State.CANCELLED) or said in (None, "much"):
        return None
    return int(float(said) * 100 + 0.5)


def ratio(job: Job) -> str | None:
    """Its shape: the one that was asked for, or else that of what came."""
    if job.order.aspect_ratio or job.video is None:
        return job.order.aspect_ratio
    shape = job.video.width / job.video.height
    return next((name for name, usual in _USUAL.items() if abs(usual - shape) < 0.01), None)


def _fits(job: Job, view: View, owner: str) -> bool:
    day = datetime.fromtimestamp(job.created).date()
    sound = None if job.video is None else job.video.sound
    return (
        (job.binned is not None) == view.bin
        and (not view.standings or standing(job) in view.standings)
        and (not view.models or job.order.model in view.models)
        and (not view.makers or job.order.maker in view.makers)
        and (not view.ratios or ratio(job) in view.ratios)
        and (not view.projects or job.project in view.projects)
        and _within(seconds(job), view.seconds)
        and _within(cents(job), view.cents)
        and _within(day, view.days)
        and view.sound in (None, sound)
        and (job.starred or not view.starred)
        and (job.order.owner == owner or not view.mine)
    )


def _has(job: Job, word: str) -> bool:
    if word.startswith("-"):
        return not _has(job, word[1:])
    texts = (
        job.title,
        job.order.prompt,
        job.note,
        job.project,
        job.order.model_name,
        job.order.maker,
        job.order.model,
    )
    return any(each.startswith(word) for each in re.findall(r"\w+", " ".join(texts).lower()))


def _within(value: Any, bounds: tuple[Any, Any]) -> bool:
    least, most = bounds
    if value is None:
        return bounds == (None, None)
    return (least is None or value >= least) and (most is None or value <= most)


def _or_none(figure: int | None) -> int:
    return -1 if figure is None else figure
