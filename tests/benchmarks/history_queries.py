"""What History asks its store, each question by itself, timed in this process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial

from components.jobs.finding.view import Cursor, Sort, Standing, View
from components.jobs.store import Store
from tests.benchmarks.machine import Figure
from tests.benchmarks.plenty import LANGUAGES, Plenty

PAGE = 24
TARGET_MS, TARGET_MS_OF_A_MILLION = 10.0, 20.0
_LATIN, _CHINESE, _THAI, _RUSSIAN = (
    LANGUAGES[name].words for name in ("latin", "chinese", "thai", "cyrillic")
)
_COMMON, _OTHER = _LATIN[0], _LATIN[3]
_RARE = next(word for word in _LATIN[3000:] if len(word) >= 8)
_LONG = next(word for word in _LATIN[100:] if len(word) >= 8)


def target(takes: int) -> float:
    """Milliseconds that a question may take."""
    return TARGET_MS if takes <= 100_000 else TARGET_MS_OF_A_MILLION


def queries(filled: Plenty, rounds: int) -> Iterator[Figure]:
    """Each question, `rounds` times."""
    store = Store(filled.stock.folder)
    history, limit = store.history, target(filled.takes)

    def timed(name: str, ask: Callable[[], object]) -> Figure:
        figure = Figure(name, "ms", limit)
        ask()  # what the first one reads from the disk is no matter of the question
        for _ in range(rounds):
            began = time.perf_counter()
            ask()
            figure.values.append(1000 * (time.perf_counter() - began))
        return figure

    try:
        for name, view, person in views(filled, store):
            yield timed(name, partial(history.find, view, owner=person, limit=PAGE))
        for name, words in (("common word", _COMMON), ("one letter", _COMMON[:1]), ("rare word", _RARE)):
            yield timed(f"count: {name}", partial(history.count, View(words=words)))
        yield timed("count: a filter", partial(history.count, View(sound=True)))
        yield timed("choices and counts of all filters", history.choices)
        yield timed("sizes", history.sizes)
        yield timed("the largest", partial(history.largest, limit=PAGE))
        (one,) = history.find(View(), limit=1).jobs
        for name, view in (
            ("", View()),
            (", dearest first", View(sort=Sort.DEAREST)),
            (", a word", View(words=_COMMON)),
        ):
            yield timed(f"the takes beside one{name}", partial(history.beside, view, one))
        yield timed("a star given and taken", partial(_starred_twice, store, one.id))
    finally:
        store.close()


def _starred_twice(store: Store, job_id: str) -> None:
    store.sorting.star([job_id], True)
    store.sorting.star([job_id], False)


def views(filled: Plenty, store: Store) -> Iterator[tuple[str, View, str]]:
    """What a person may look at, in words, and who looks."""
    me, other = filled.owner, filled.another()
    middle = Cursor(filled.takes // 2)
    second = store.history.find(View(), limit=PAGE).older
    yield "first page", View(), me
    yield "second page", View(before=second), me
    yield "a page in the middle", View(before=middle), me
    yield "a page in the middle, backwards", View(after=middle), me
    for name, view in _filters(store).items():
        yield name, view, me
    yield "only mine, who has the most", View(mine=True), me
    yield "only mine, who has the fewest", View(mine=True), other
    for letters in range(1, 9):
        yield f"{letters} letters of a usual word", View(words=_LONG[:letters]), me
        yield f"{letters} letters of a rare word", View(words=_RARE[:letters]), me
    for name, words in _searches(store).items():
        yield name, View(words=words), me
    for sort in Sort:
        yield f"{sort.value} first", View(sort=sort), me
        yield f"{sort.value} first, its second page", _second(store, View(sort=sort)), me
        for name, words in (("a common word", _COMMON), ("one letter", _COMMON[:1]), ("a rare word", _RARE)):
            yield f"{sort.value} first, {name}", View(sort=sort, words=words), me
            yield "   its second page", _second(store, View(sort=sort, words=words)), me
        yield f"{sort.value} first, with sound", View(sort=sort, sound=True), me
        yield f"{sort.value} first, a cost", View(sort=sort, cents=(100, 200)), me


def _second(store: Store, view: View) -> View:
    return view.at_the_top(before=store.history.find(view, limit=PAGE).older)


def _filters(store: Store) -> dict[str, View]:
    choices = store.history.choices()
    models, projects = list(choices.models), list(choices.projects)
    today = date.today()
    year_ago = today - timedelta(days=365)
    given = {f"state: {standing.value}": View(standings=(standing,)) for standing in Standing}
    return given | {
        "state: two of them": View(standings=(Standing.FAILED, Standing.DOUBT)),
        "model: the most used": View(models=(models[0],)),
        "model: the least used": View(models=(models[-1],)),
        "maker": View(makers=(list(choices.makers)[1],)),
        "aspect ratio": View(ratios=("9:16",)),
        "project: the largest": View(projects=(projects[0],)),
        "project: the smallest": View(projects=(projects[-1],)),
        "ten projects": View(projects=tuple(projects[:10])),
        "length": View(seconds=(8, 10)),
        "cost: any up to 1 USD": View(cents=(None, 100)),
        "cost: between 1 and 5 USD": View(cents=(100, 500)),
        "cost: the dearest": View(cents=(max(choices.cents), None)),
        "one day, a year ago": View(days=(year_ago, year_ago)),
        "since a month ago": View(days=(today - timedelta(days=30), None)),
        "until a year ago": View(days=(None, year_ago)),
        "with sound": View(sound=True),
        "without sound": View(sound=False),
        "starred": View(starred=True),
        "the bin": View(bin=True),
        "everything at once": View(
            standings=(Standing.READY,), models=(models[0],), ratios=("16:9",), projects=(projects[0],),
            seconds=(5, 10), cents=(None, 500), sound=True, starred=True, days=(year_ago, None),
        ),
        "filters that fit nothing": View(standings=(Standing.RUNNING,), sound=True, starred=True),
    }  # fmt: skip


def _searches(store: Store) -> dict[str, str]:
    take = store.history.find(View(before=Cursor(1000)), limit=1).jobs[0]
    phrase = " ".join(take.order.prompt.split()[:2])
    return {
        "two common words": f"{_COMMON} {_OTHER}",
        "two letters each of two words": f"{_COMMON[:2]} {_OTHER[:2]}",
        "a common and a rare word": f"{_COMMON} {_RARE}",
        "five words": " ".join(_LATIN[:5]),
        "a word that nobody wrote": "xyzzyx",
        "two words never together": f"{_RARE} {_LATIN[-1]}",
        "a phrase of an old take": f'"{phrase}"',
        "a phrase of common words": f'"{_COMMON} {_OTHER}"',
        "a common word without another": f"{_COMMON} -{_OTHER}",
        "without a common word": f"-{_COMMON}",
        "Chinese, one character": _CHINESE[0],
        "Chinese, two common characters": _CHINESE[0] + _CHINESE[1],
        "Chinese, three characters": "".join(_CHINESE[:3]),
        "Chinese, a rare character": _CHINESE[-1],
        "Thai, one character": _THAI[0],
        "Thai, three characters": "".join(_THAI[:3]),
        "Russian": _RUSSIAN[5],
        "an id": take.id,
        "eight letters of an id": take.id[7:15],
        "four letters of an id": take.id[7:11],
        "an id of the provider": take.remote_id or "",
    }
