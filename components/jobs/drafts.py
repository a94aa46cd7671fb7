"""What people are typing, by owner and key, and the versions of it that something else took the place of.

A person may have several windows open, and each writes what it holds. The later one wins, and what it had not seen
is kept among the earlier versions, so that nothing that somebody wrote is lost. Every change is one transaction.
None is part of the store's revision: no other person's page shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, delete, insert, select, update

from components.jobs.database import reading, writing
from components.jobs.schema import draft, earlier_draft

MOST_EARLIER = 20
"""Earlier versions that are kept for one key; the oldest go."""
EARLIER_FOR = 30 * 24 * 3600.0
"""How long they are kept, in seconds."""
ONE_BURST = 60.0
"""Two windows that type at once replace each other's text several times a second. What they replace within so many
seconds of the last time is one version, the latest."""

_WINDOW, _UNDER = "@window", "@under"
"""The keys under which a kept value says which window wrote it, and what it found there of another window that it has
all of, and so did not have to be kept: it is once this window goes on to write something that has not. In an earlier
version, True says that it holds more than the work of its window."""


class Replaced(StrEnum):
    """Why an earlier version is no longer the draft."""

    OTHER_WINDOW = "other window"
    """Another window wrote over it without having seen it."""
    VISIT = "visit"
    """A window that had read it wrote something else."""
    START_OVER = "start over"
    TAKE = "take"
    """The settings of a take came in its place."""
    TAKEN_IN = "taken in"
    """A draft from a link or a file came in its place."""
    MODEL = "model"
    """What another model had came along when somebody switched."""
    BROUGHT_BACK = "brought back"
    """An earlier version came back in its place."""


@dataclass(frozen=True)
class Kept:
    """A draft as it stands in the database."""

    value: dict[str, Any]
    saved: float
    """When it was written, in Unix seconds."""
    number: int
    """Counts its changes, from 1; 0 for one from before they were counted."""


@dataclass(frozen=True)
class Earlier:
    """A version that something else took the place of."""

    id: int
    key: str
    value: dict[str, Any]
    replaced: float
    """When, in Unix seconds."""
    why: Replaced


@dataclass(frozen=True)
class Saved:
    """What became of a change."""

    number: int
    """The draft's number from now on."""
    earlier: Earlier | None = None
    """The version that was kept for it, where one was."""
    written: float = 0.0
    """When that version was written, in Unix seconds."""


class Drafts:
    """The drafts in the store's database. Every method raises StoreError when the database cannot be used."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self, owner: str) -> dict[str, Kept]:
        """Everything that `owner` has, by key."""
        with reading(self._engine) as connection:
            return {
                row.key: _kept(row) for row in connection.execute(select(draft).where(draft.c.owner == owner))
            }

    def get(self, owner: str, key: str) -> Kept | None:
        """What `owner` has under `key`, or None."""
        with reading(self._engine) as connection:
            row = _present(connection, owner, key)
        return None if row is None else _kept(row)

    def save(
        self,
        owner: str,
        key: str,
        value: Mapping[str, Any],
        now: float,
        *,
        window: str = "",
        read: int | None = None,
        why: Replaced | None = None,
        instead_of: int | None = None,
    ) -> Saved:
        """Keeps `value` in place of what `owner` has under `key`.

        `window` names the session that writes, `read` is the number that it read or wrote last. What another
        window wrote goes among the earlier versions, unless `value` has all of it. With `why`, what this window
        itself wrote does too. `instead_of` is the earlier version that `value` is: it is no earlier one any more.
        Without a `window` nothing of what is replaced is kept.
        """
        with writing(self._engine) as connection:
            was = _present(connection, owner, key)
            told = {**value, _WINDOW: window} if window else dict(value)
            if was is None:
                new = {"owner": owner, "key": key, "value": told, "saved": now, "number": 1}
                connection.execute(insert(draft).values(new))
                saved = Saved(1)
            else:
                number = was.number or 0
                saved = Saved(number + 1)
                found = _Found(was.value, was.saved, unseen=read != number)
                lost, left = _weighed(found, value, window, on_purpose=why is not None)
                if window and lost is not None:
                    why = why or (Replaced.OTHER_WINDOW if lost.unseen else Replaced.VISIT)
                    kept = _keep_earlier(connection, owner, key, lost.value, now, why)
                    saved = replace(saved, earlier=kept, written=lost.written)
                if window and left is not None:
                    told[_UNDER] = {"value": left.value, "written": left.written, "unseen": left.unseen}
                changed = {"value": told, "saved": now, "number": saved.number}
                connection.execute(update(draft).where(*_mine(owner, key)).values(changed))
            if instead_of is not None:
                connection.execute(delete(earlier_draft).where(_this(owner, instead_of)))
            return saved

    def earlier(self, owner: str, *keys: str) -> list[Earlier]:
        """The earlier versions under `keys`, the last replaced first."""
        its = earlier_draft.c
        newest_first = its.replaced.desc(), its.id.desc()
        found = select(earlier_draft).where(its.owner == owner, its.key.in_(keys)).order_by(*newest_first)
        with reading(self._engine) as connection:
            return [_earlier(row) for row in connection.execute(found)]

    def one_earlier(self, owner: str, id: int) -> Earlier | None:
        """An earlier version of `owner`, or None where there is none of that number."""
        with reading(self._engine) as connection:
            row = connection.execute(select(earlier_draft).where(_this(owner, id))).one_or_none()
        return None if row is None else _earlier(row)


@dataclass(frozen=True)
class _Found:
    """What a window finds as it writes."""

    value: Any
    """As it is stored."""
    written: float
    unseen: bool


def _weighed(
    found: _Found, value: Mapping[str, Any], window: str, *, on_purpose: bool
) -> tuple[_Found | None, _Found | None]:
    """What is lost when `window` writes `value` over what it found, and what of another window lies under it then."""
    theirs, under = _window(found.value) != window, _under(found.value)
    has_all = has_all_of(value, _value(found.value))
    if has_all and theirs:
        plain = _value(found.value)
        if has_all_of({}, plain):
            return None, None
        # It has all of what lay under it. What is kept of it later is no part of a burst, as more than its own.
        return None, replace(found, value={**plain, _WINDOW: _window(found.value), _UNDER: True})
    if theirs or (on_purpose and not has_all):
        return found, None
    if under is None or has_all_of(value, _value(under.value)):
        return None, under
    return under, None


def has_all_of(newer: Mapping[str, Any], older: object) -> bool:
    """Whether nothing would be lost if `newer` stood in place of `older`: it says the same, or more.

    Which of two things is meant (a switch at the top) and what the program notes (a key at the top that begins
    with "@") is nothing that anybody wrote.
    """
    written = older if isinstance(older, Mapping) else {}
    return all(
        _holds(newer.get(name), value)
        for name, value in written.items()
        if not (isinstance(value, bool) or str(name).startswith("@"))
    )


def _holds(newer: Any, older: Any) -> bool:
    if isinstance(older, str):
        return not older.strip() or (isinstance(newer, str) and older.strip() in newer)
    if isinstance(older, Mapping):
        others = newer if isinstance(newer, Mapping) else {}
        return all(_holds(others.get(name), value) for name, value in older.items())
    if isinstance(older, list):
        entries = newer if isinstance(newer, list) else []
        missing = [None] * (len(older) - len(entries))
        return all(map(_holds, [*entries, *missing], older))
    if older is None:
        return True
    return isinstance(older, bool) == isinstance(newer, bool) and bool(older == newer)


def _keep_earlier(
    connection: Connection, owner: str, key: str, value: Any, now: float, why: Replaced
) -> Earlier:
    """Puts `value`, as it was stored, among the earlier versions, and lets go what is too old or too much."""
    value = value if isinstance(value, dict) else {}
    if _UNDER in value:
        value = {**value, _UNDER: True}  # another window's work is in it too, so it is no part of a burst
    its = earlier_draft.c
    mine = its.owner == owner, its.key == key
    by_itself = {Replaced.OTHER_WINDOW.value, Replaced.VISIT.value}
    contents = {"value": value, "replaced": now, "why": why.value}
    burst = _window(value) if why.value in by_itself else ""
    for row in connection.execute(select(earlier_draft).where(*mine).order_by(its.id.desc())).all():
        is_its_own = _window(row.value) == burst != "" and row.why in by_itself and _UNDER not in row.value
        is_the_same = _value(row.value) == _value(value)
        if is_the_same and not is_its_own:
            contents["value"] = {**value, _UNDER: True}
        if is_the_same or (is_its_own and row.replaced > now - ONE_BURST):
            connection.execute(update(earlier_draft).where(its.id == row.id).values(contents))
            return Earlier(row.id, key, _value(value), now, why)
    made = connection.execute(insert(earlier_draft).values(owner=owner, key=key, **contents))
    [id] = made.inserted_primary_key or (0,)
    newest = select(its.id).where(*mine).order_by(its.replaced.desc(), its.id.desc()).limit(MOST_EARLIER)
    staying = list(connection.execute(newest).scalars())
    too_old = (its.owner == owner) & (its.replaced < now - EARLIER_FOR)
    too_many = (its.owner == owner) & (its.key == key) & its.id.not_in(staying)
    connection.execute(delete(earlier_draft).where(too_old | too_many))
    return Earlier(id, key, _value(value), now, why)


def _present(connection: Connection, owner: str, key: str) -> Row[Any] | None:
    return connection.execute(select(draft).where(*_mine(owner, key))).one_or_none()


def _mine(owner: str, key: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return draft.c.owner == owner, draft.c.key == key


def _this(owner: str, id: int) -> ColumnElement[bool]:
    return (earlier_draft.c.owner == owner) & (earlier_draft.c.id == id)


def _kept(row: Row[Any]) -> Kept:
    return Kept(_value(row.value), row.saved, row.number or 0)


def _earlier(row: Row[Any]) -> Earlier:
    known = row.why in list(Replaced)
    why = Replaced(row.why) if known else Replaced.VISIT
    return Earlier(row.id, row.key, _value(row.value), row.replaced, why)


def _value(stored: Any) -> dict[str, Any]:
    """What was saved; empty where it is damaged."""
    if not isinstance(stored, dict):
        return {}
    return {name: value for name, value in stored.items() if name not in (_WINDOW, _UNDER)}


def _window(stored: Any) -> str:
    """Which window wrote it; "" where that is not known."""
    window = stored.get(_WINDOW) if isinstance(stored, dict) else None
    return window if isinstance(window, str) else ""


def _under(stored: Any) -> _Found | None:
    """What lies under it; None where nothing does, or what can be told of it is damaged."""
    told = stored.get(_UNDER) if isinstance(stored, dict) else None
    if not isinstance(told, dict) or not isinstance(written := told.get("written"), int | float):
        return None
    return _Found(told.get("value"), float(written), told.get("unseen") is True)
