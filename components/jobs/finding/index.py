"""Keeps what History is searched and narrowed by: one row of tokens for each take, and a count of each token.

A take's row has its words and its ids (`words.py`), and a token for each fact that a filter asks for. Every filter,
with or without words, is then one question to the same index, answered newest first without reading a take. Whatever
changes a take calls `refresh` in the same transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from hashlib import blake2s
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    column,
    delete,
    insert,
    literal_column,
    select,
    table,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from components.jobs.finding.view import LONGEST_CHOICE, Standing
from components.jobs.finding.words import index_ids, index_words
from components.jobs.job import State
from components.jobs.schema import job, rank, search_state, tally

VERSION = 1
"""Of what is written here and in `words.py`. With another one every row is written anew when the store is opened."""

HERE, BINNED = "h_0", "h_1"
STAR, SOUND, SILENT = "f_1", "v_1", "v_0"
UNKNOWN = "x"
"""Stands for the seconds or the cost of a take that has none."""
BYTES = "bytes"
"""Not a token: under it the tally has the size of all files."""

search = table(
    "take_search", column("rowid", Integer), column("words"), column("ids"), column("facets"), column("size")
)
"""The index: an FTS5 table. Its rows have the numbers of the takes."""

_MOST_CENTS = 100_000_000
_MOST_SECONDS = 86_400
_MOST_PIXELS = 1_000_000
"""Of one side."""
_MOST_BYTES = 1 << 50
"""Of one take: the sum of very many is still a number to SQLite."""
_RATIOS = {name: int(name.split(":")[0]) / int(name.split(":")[1]) for name in
           ("16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9")}  # fmt: skip
_AT_ONCE = 500

_STANDINGS = {
    State.COMPLETED: Standing.READY,
    State.FAILED: Standing.FAILED,
    State.UNKNOWN: Standing.DOUBT,
    State.CANCELLED: Standing.CANCELLED,
}

_COLUMNS = [
    job.c[name]
    for name in (
        "seq",
        "id",
        "owner",
        "model",
        "model_name",
        "maker",
        "prompt",
        "title",
        "note",
        "project",
        "starred",
        "binned",
        "remote_id",
        "state",
        "next_at",
        "seconds",
        "aspect_ratio",
        "video",
        "usd_spent",
        "estimate",
        "size",
    )
]


_WRITTEN = ("rowid", "words", "ids", "facets", "size")
_WRITE = insert(search).prefix_with("OR REPLACE")
_WRITE_RANK = insert(rank).prefix_with("OR REPLACE")
_ADD = upsert(tally).on_conflict_do_update(
    index_elements=["bin", "token"], set_={"count": tally.c.count + upsert(tally).excluded.count}
)
_CLEAR = delete(tally).where(tally.c.count <= 0)


def token(kind: str, value: str) -> str:
    """The token of a text: `kind`, a letter, and a digest, since a token holds letters and digits alone."""
    return f"{kind}_{blake2s(value.encode('utf-8', 'replace'), digest_size=8).hexdigest()}"


def facets(row: Row[Any]) -> dict[str, str]:
    """Each fact that a take can be found by: its token, and in words what it stands for."""
    seconds, cents = seconds_of(row), cents_of(row)
    found = {BINNED if row.binned is not None else HERE: ""}
    if isinstance(row.owner, str):
        found[token("o", row.owner)] = ""
    standing = _STANDINGS.get(State(row.state)) if row.state in set(State) else None
    standing = standing or (Standing.RUNNING if row.next_at is not None else Standing.LEFT)
    found[f"s_{standing}"] = standing.value
    for kind, value in (("m", row.model), ("k", row.maker), ("r", _ratio(row)), ("p", row.project)):
        if value and isinstance(value, str):
            value = value[:LONGEST_CHOICE]  # as much as an address can ask for
            found[token(kind, value)] = value
    found[f"l_{UNKNOWN if seconds is None else seconds}"] = str(-1 if seconds is None else seconds)
    found[f"c_{UNKNOWN if cents is None else cents}"] = str(-1 if cents is None else cents)
    if isinstance(row.video, dict):
        found[SOUND if row.video.get("sound") else SILENT] = ""
    if row.starred:
        found[STAR] = ""
    return found


def seconds_of(row: Any) -> int | None:
    """How many seconds the video has, or was asked to have, rounded; None where neither is known."""
    video = row.video if isinstance(row.video, dict) else {}
    given = video.get("seconds", row.seconds)
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given <= _MOST_SECONDS:
        return None
    return max(1, round(given))


def cents_of(row: Any) -> int | None:
    """What the take cost, or else was said to cost, in whole US cents; None where neither is known."""
    given = row.usd_spent
    if given is None and row.state not in (State.FAILED, State.CANCELLED) and isinstance(row.estimate, dict):
        given = row.estimate.get("usd")
    try:
        cents = Decimal(str(given)) * 100
    except ArithmeticError:  # no number, or one beyond all numbers
        return None
    if not (cents.is_finite() and 0 <= cents <= _MOST_CENTS):
        return None
    return int(cents.to_integral_value(ROUND_HALF_UP))


def refresh(connection: Connection, seqs: Iterable[int], *, texts: bool = True) -> None:
    """Writes anew what these takes are found by, and counts them anew; of a take that is gone, nothing stays.

    `texts`: whether its prompt, name, note or project may have changed. Making tokens of them takes the longest.
    """
    numbers = sorted(set(seqs))
    for start in range(0, len(numbers), _AT_ONCE):
        _refresh(connection, numbers[start : start + _AT_ONCE], texts)


def begin_anew(connection: Connection) -> None:
    """Empties the index where another version of it is there; else nothing. `backlog.py` fills it."""
    if connection.execute(select(search_state.c.version)).scalar() == VERSION:
        return
    # Made anew as its migration made it: to take every row out of it would take as long as to write them.
    made = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'take_search'").scalar_one()
    connection.exec_driver_sql("DROP TABLE take_search")
    connection.exec_driver_sql(made)
    connection.execute(delete(tally))
    connection.execute(delete(rank))
    connection.execute(update(search_state).values(version=VERSION))


def matching(match: str) -> ColumnElement[bool]:
    """The rows of the index that an FTS5 expression finds."""
    return literal_column("take_search").op("MATCH", is_comparison=True)(match)


def _refresh(connection: Connection, seqs: Sequence[int], texts: bool) -> None:
    written_before = select(search).where(search.c.rowid.in_(seqs))
    before = {rowid: tuple(rest) for rowid, *rest in connection.execute(written_before)}
    now = {row.seq: row for row in connection.execute(select(*_COLUMNS).where(job.c.seq.in_(seqs)))}
    counted: Counter[tuple[bool, str]] = Counter()
    values: dict[str, str] = {}
    found: list[dict[str, Any]] = []
    ranked: list[dict[str, Any]] = []
    for seq in seqs:
        was, row = before.get(seq), now.get(seq)
        if was is not None:
            _count(counted, was[2].split(), was[3], -1)
        if row is None:
            continue
        tokens, size = facets(row), row.size if _is_size(row.size) else 0
        values |= tokens
        _count(counted, tokens, size, +1)
        words = _words(row) if texts or was is None else was[0]
        ids = index_ids(*(each for each in (row.id, row.remote_id) if isinstance(each, str)))
        written = (words, ids, " ".join(tokens), size)
        if was != written:
            found.append(dict(zip(_WRITTEN, (seq, *written), strict=True)))
            ranked.append(
                {"seq": seq, "seconds": _or_none(seconds_of(row)), "cents": _or_none(cents_of(row))}
            )
    if found:  # all at once: a statement takes longer to put together than to carry out
        connection.execute(_WRITE, found)
        connection.execute(_WRITE_RANK, ranked)
    if gone := [seq for seq in seqs if seq not in now]:
        connection.execute(delete(search).where(search.c.rowid.in_(gone)))
        connection.execute(delete(rank).where(rank.c.seq.in_(gone)))
    _tally(connection, counted, values)


def _words(row: Row[Any]) -> str:
    texts = (row.title, row.prompt, row.note, row.project, row.model_name, row.maker, row.model)
    return index_words(*(text for text in texts if isinstance(text, str) and text))


def _is_size(held: object) -> bool:
    return isinstance(held, int) and 0 <= held < _MOST_BYTES


def _or_none(figure: int | None) -> int:
    return -1 if figure is None else figure


def _count(counted: Counter[tuple[bool, str]], tokens: Iterable[str], size: int, by: int) -> None:
    tokens = list(tokens)
    where = BINNED in tokens
    for each in tokens:
        if each[0] != "o":  # nobody is offered another person
            counted[where, each] += by
    counted[where, BYTES] += by * size


def _tally(
    connection: Connection, counted: Mapping[tuple[bool, str], int], values: Mapping[str, str]
) -> None:
    added = [
        {"bin": where, "token": each, "value": values.get(each, ""), "count": by}
        for (where, each), by in counted.items()
        if by
    ]
    if added:
        connection.execute(_ADD, added)
    if any(by < 0 for by in counted.values()):
        connection.execute(_CLEAR)


def _ratio(row: Row[Any]) -> str | None:
    """The aspect ratio that was asked for, or else the usual one that is nearest to what came."""
    if isinstance(row.aspect_ratio, str) and row.aspect_ratio:
        return row.aspect_ratio
    video = row.video if isinstance(row.video, dict) else {}
    width, height = video.get("width"), video.get("height")
    if not (isinstance(width, int) and isinstance(height, int) and 0 < width < _MOST_PIXELS > height > 0):
        return None
    name, shape = min(_RATIOS.items(), key=lambda one: abs(one[1] - width / height))
    return name if abs(shape - width / height) <= 0.02 * shape else None
