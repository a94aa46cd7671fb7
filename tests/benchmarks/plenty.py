"""A data folder with very many takes in it, as years of use would have left them.

Prompts are made of words of seven kinds of writing, drawn as often as words are in texts (the n-th of a language one
n-th as often as the first). Persons, models and projects are as uneven. The newest takes that are ready have real
files, all of them one and the same film. Of hundreds of thousands, most are copies of the first under other ids and at
other times: they cost a question as much, and are made in a fraction of the time.
"""

from __future__ import annotations

import itertools
import json
import math
import os
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select, text

from components.identity import Identity
from components.jobs import footage
from components.jobs.archive import Archive
from components.jobs.changes import changed
from components.jobs.database import reading, writing
from components.jobs.finding.words import index_ids
from components.jobs.job import BUILT_IN, Destination, Order, State, VideoFile
from components.jobs.rows import new_row
from components.jobs.schema import job
from components.jobs.store import Store
from components.sandbox.animatic import Film, Shot, frame_size, render
from tests.benchmarks.stock import PROMPT, SECONDS, Stock

MARK = "plenty.json"
YEARS = 2
WITH_FILES = 200
RUNNING = 3
"""Takes that are being made all the time: nobody asks for them before the benchmark is over."""
BY_THEMSELVES = 300
"""So many changes are made one at a time at the end: an index written by the thousand would lie tidier than any."""
_AT_ONCE = 5000
_COPIED = 50_000
"""So many takes are copied where there shall be three times as many and more."""
_DAY = 24 * 3600
_LONG = 30 * _DAY

# Syllables; words are made of one to four of them, the frequent ones of fewer.
_SYLLABLES = {
    "latin": "ra co lo ne on ta mi ver sun el ka der ing stra po ti ma gle bri fo len sha du wi ro cal em pen sti ou "
    "gra be ly vo mer qui ha tor zen pli cra sho ni dre mo fa",
    "cyrillic": "ко шка но ра ди ве тер мо ста ли до ро га зи ма пе сок ле то гор да ре ка сне жи ту ман све чу",
    "arabic": "قم ري ال شا طئ بح من زل مد ين سما لي نو در وب جب حص ان طر يق",
    "hindi": "रा त ने ला स म य की चाँ द न दी प हा ड़ जं ग ल बा दल",
    "korean": "밤 하 늘 고 양 이 바 다 거 리 눈 사 람 별 빛 산 길 꽃 비 나 무 강 집",
}
_UNSPACED = {"chinese": (0x4E00, 1800), "japanese": (0x3041, 80), "thai": (0x0E01, 46)}
_LANGUAGES = {
    "latin": 60, "cyrillic": 10, "chinese": 10, "japanese": 7, "thai": 4, "arabic": 3, "hindi": 3, "korean": 3,
}  # fmt: skip
_WORDS = 4000
"""Words, or characters, of a language at most."""
_MODELS = [
    (f"maker-{maker}/model-{number}", f"Model {number}", f"Maker {maker}")
    for maker, number in itertools.product("ABCDEFG", range(1, 5))
]
_STATES = {State.COMPLETED: 930, State.FAILED: 45, State.CANCELLED: 15, State.UNKNOWN: 5, State.QUEUED: 5}
_PERSONS, _PROJECTS = 40, 60


@dataclass(frozen=True)
class Plenty:
    """A filled data folder, and what is known of it."""

    stock: Stock
    takes: int
    owner: str
    """The person whose cookie it is; the one with the most takes."""

    def another(self) -> str:
        """The person with the fewest takes."""
        return _person(_PERSONS - 1)


class Language:
    """The words of a language, the most frequent first."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.spaced = name in _SYLLABLES
        chance = random.Random(name)
        self.words = list(self._made(chance))
        weights = [1 / (place + 1.5) for place in range(len(self.words))]
        self._sums = list(itertools.accumulate(weights))

    def text(self, chance: random.Random, words: int) -> str:
        """A text of so many words."""
        drawn = chance.choices(self.words, cum_weights=self._sums, k=words)
        return (" " if self.spaced else "").join(drawn)

    def _made(self, chance: random.Random) -> Iterator[str]:
        if not self.spaced:
            first, count = _UNSPACED[self.name]
            yield from chance.sample([chr(first + number) for number in range(count)], count)
            return
        parts, seen = _SYLLABLES[self.name].split(), set[str]()
        for number in itertools.count():  # the later ones are longer
            word = "".join(chance.choices(parts, k=min(4, 1 + chance.randrange(1 + number // 100))))
            if word not in seen:
                seen.add(word)
                yield word
            if len(seen) == _WORDS:
                return


LANGUAGES = {name: Language(name) for name in _LANGUAGES}


def plenty(folder: Path, takes: int) -> Plenty:
    """`folder` filled with so many takes; as it is where that was done before.

    Raises ValueError where it has another number of them.
    """
    mark = folder / MARK
    if mark.exists():
        known = json.loads(mark.read_text(encoding="utf-8"))
        if known["takes"] != takes:
            raise ValueError(f"{folder} has {known['takes']} takes, not {takes}")
        return Plenty(Stock(folder, known["cookie"], known["value"]), takes, known["owner"])
    folder.mkdir(parents=True)
    identity = Identity(folder)
    value = identity.issue()
    owner = identity.owner({identity.cookie: value})
    assert owner is not None
    video, small, film = _film(folder)
    store = Store(folder)
    try:
        _fill(store, takes, owner, video)
        _give_files(store, Archive(folder, 2_000_000_000), film, small)
        _change_one_by_one(store)
    finally:
        store.close()
    film.unlink()
    told = {"takes": takes, "cookie": identity.cookie, "value": value, "owner": owner}
    mark.write_text(json.dumps(told), encoding="utf-8")
    return Plenty(Stock(folder, identity.cookie, value), takes, owner)


def _fill(store: Store, takes: int, owner: str, video: VideoFile) -> None:
    chance = random.Random(takes)
    began = time.time() - YEARS * 365 * _DAY
    apart = YEARS * 365 * _DAY / takes
    copies = takes // _COPIED - 2 if takes > 3 * _COPIED else 0
    numbers = [*range(_COPIED), *range(_COPIED * (1 + copies), takes)] if copies else range(takes)
    for start in range(0, len(numbers), _AT_ONCE):
        if copies and start == _COPIED:
            with writing(store._engine) as connection:
                _copy(connection, copies, _COPIED * apart)
        rows = []
        for number in numbers[start : start + _AT_ONCE]:
            running, real = number >= takes - RUNNING, number >= takes - WITH_FILES - RUNNING
            state = State.GENERATING if running else State.COMPLETED if real else None
            rows.append(_row(chance, number, began + number * apart, owner, video, state, real))
        with writing(store._engine) as connection:
            before = connection.execute(select(job.c.seq).order_by(job.c.seq.desc()).limit(1)).scalar() or 0
            connection.execute(insert(job), rows)
            written = select(job.c.seq).where(job.c.seq > before)
            changed(connection, connection.execute(written).scalars().all())


def _copy(connection: Connection, copies: int, later: float) -> None:
    """Copies all takes, each copy of them `later` by so many seconds more."""
    raw = connection.connection.dbapi_connection
    assert raw is not None
    raw.create_function("id_of", 2, lambda one, copy: f"{(int(one, 16) * (2 * copy + 1)) % 2**128:032x}")
    raw.create_function("ids_of", 2, index_ids)
    times = ("created", "sent", "followed_since", "started", "ready", "ended", "binned")
    own = {"seq": "seq + :by", "id": "id_of(id, :copy)", "token": "token || '-' || :copy"}
    own |= {"remote_id": "'gen-' || substr(id_of(id, :copy), 1, 21)"} | {
        name: f"{name} + :later" for name in times
    }
    names = [column.name for column in job.columns]
    statements = (
        f"INSERT INTO job ({', '.join(names)}) SELECT {', '.join(own.get(name, name) for name in names)} "
        "FROM job WHERE seq <= :by0 ORDER BY seq",
        "INSERT INTO take_search (rowid, words, ids, facets, size) SELECT old.rowid + :by, words, "
        "ids_of(job.id, job.remote_id), facets, old.size FROM take_search AS old JOIN job ON job.seq = old.rowid + :by "
        "WHERE old.rowid <= :by0 ORDER BY old.rowid",
        "INSERT INTO rank (seq, seconds, cents) SELECT seq + :by, seconds, cents FROM rank WHERE seq <= :by0",
    )
    for copy in range(1, copies + 1):
        for statement in statements:
            given = {"by": copy * _COPIED, "by0": _COPIED, "copy": copy, "later": copy * later}
            connection.execute(text(statement), given)
    connection.execute(text("UPDATE tally SET count = count * :all"), {"all": copies + 1})


def _row(
    chance: random.Random,
    number: int,
    asked: float,
    owner: str,
    video: VideoFile,
    state: State | None,
    real: bool,
) -> dict[str, Any]:
    model, name, maker = _MODELS[_uneven(chance, len(_MODELS))]
    person = 0 if state else _uneven(chance, _PERSONS)
    language = LANGUAGES[chance.choices([*_LANGUAGES], weights=[*_LANGUAGES.values()])[0]]
    words = min(400, max(3, round(chance.lognormvariate(math.log(22), 0.7))))
    prompt = language.text(chance, words)
    seconds = chance.choices((5, 10, 3, 8, 15, 6, None), weights=(50, 25, 8, 6, 4, 4, 3))[0]
    ratio = chance.choices(("16:9", "9:16", "1:1", None), weights=(60, 25, 10, 5))[0]
    usd = round((seconds or 5) * chance.choice((0.05, 0.07, 0.112, 0.168, 0.28, 0.35)), 4)
    order = Order(
        owner=owner if person == 0 else _person(person),
        model=model,
        model_name=name,
        maker=maker,
        body={"model": model, "prompt": prompt, "duration": seconds or 5, "generate_audio": True},
        destination=Destination.SANDBOX,
        base_url=BUILT_IN,
        path="/v2/video/generations",
        prompt=prompt,
        seconds=seconds,
        aspect_ratio=ratio,
        estimate={"usd": str(usd), "how": f"{seconds or 5} s", "bounds": None},
    )
    row = new_row(order, id=f"{chance.getrandbits(128):032x}", token=f"{number}", ordinal=0, now=asked)
    state = state or chance.choices([*_STATES], weights=[*_STATES.values()])[0]
    done = asked + chance.lognormvariate(math.log(150), 0.4)
    remote = f"gen-{row['id'][:21]}"
    row |= dict.fromkeys(("sent", "followed_since", "started"), asked)
    row |= dict.fromkeys(("ready", "ended", "video", "size", "usd_spent"))
    row |= {
        "state": state.value,
        "next_at": time.time() + _LONG if state is State.GENERATING else None,
        "remote_id": remote,
        "raw": json.dumps({"id": remote, "status": "completed", "meta": {"usage": {"credits_used": 1}}}),
        "title": language.text(chance, 3) if chance.random() < 0.1 else None,
        "note": language.text(chance, 8) if chance.random() < 0.15 else None,
        "starred": True if chance.random() < 0.05 else None,
        "project": f"Project {_uneven(chance, _PROJECTS)}" if chance.random() < 0.5 else None,
        "binned": asked if not real and state is not State.GENERATING and chance.random() < 0.02 else None,
    }
    if state in (State.COMPLETED, State.FAILED, State.CANCELLED):
        row["ended"] = done
    if state is State.COMPLETED:
        came = replace(video, seconds=(seconds or 5) + 0.04, sound=chance.random() < 0.4, poster=False)
        if real:
            came = video
        row |= {"ready": done, "video": asdict(came), "size": round(came.size * chance.uniform(0.5, 2))}
        row |= {"usd_spent": usd if chance.random() < 0.7 else None}
    return row


def _uneven(chance: random.Random, count: int) -> int:
    """A number below `count`, the small ones more often: one n-th as often as the first."""
    return min(count - 1, int(math.expm1(chance.random() * math.log(count + 1))))


def _person(number: int) -> str:
    return f"{number:032x}"


def _film(folder: Path) -> tuple[VideoFile, bytes, Path]:
    """What the film is, its poster, and where it lies."""
    film = folder / "film.mp4"
    width, height = frame_size("16:9")
    render(Film(shots=(Shot(PROMPT, SECONDS),), width=width, height=height), film)
    poster = footage.poster(film)
    assert poster is not None
    return replace(footage.inspect(film), poster=True), poster, film


def _give_files(store: Store, archive: Archive, film: Path, poster: bytes) -> None:
    """Gives the newest takes that are ready the film and its poster."""
    newest = (
        select(job.c.id)
        .where(job.c.state == State.COMPLETED.value)
        .order_by(job.c.seq.desc())
        .limit(WITH_FILES)
    )
    with reading(store._engine) as connection:
        ids: Sequence[str] = connection.execute(newest).scalars().all()
    for job_id in ids:
        archive.video_path(job_id).parent.mkdir(parents=True, exist_ok=True)
        os.link(film, archive.video_path(job_id))
        archive.poster_path(job_id).write_bytes(poster)


def _change_one_by_one(store: Store) -> None:
    for number, each in enumerate(store.page(limit=BY_THEMSELVES).jobs):
        if number % 2:
            store.sorting.star([each.id], not each.starred)
        else:
            store.sorting.write_note(each.id, f"{each.note} seen")
