"""What is done with many takes: a piece at a time, so that it can be watched and left, and with a way back. Pure.

A piece is one transaction of the store. Whoever leaves in the middle finds so many pieces done and none by half.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

from components.jobs.archive import Archive
from components.jobs.bin import MOST_AT_ONCE as MOST_REMOVED
from components.jobs.sorting import MOST_AT_ONCE
from components.jobs.store import Store
from components.markdown import as_text

_STUCK = "could not be removed, since the disk does not let go of {their} files. Ask your administrator, or try again."


class What(StrEnum):
    """What can be done with many takes at once."""

    STAR = "star"
    UNSTAR = "unstar"
    MOVE = "move"
    """Into a project, or out of all."""
    BIN = "bin"
    RESTORE = "restore"
    """Out of the bin."""
    REMOVE = "remove"
    """Out of the bin for good."""


DOING = {
    What.STAR: "Giving stars",
    What.UNSTAR: "Taking stars away",
    What.MOVE: "Moving",
    What.BIN: "Moving to the bin",
    What.RESTORE: "Bringing back",
    What.REMOVE: "Deleting for good",
}
_REVERSE = {
    What.STAR: What.UNSTAR,
    What.UNSTAR: What.STAR,
    What.BIN: What.RESTORE,
    What.RESTORE: What.BIN,
}


@dataclass(frozen=True)
class Piece:
    """As much as is done in one step."""

    what: What
    ids: tuple[str, ...]
    project: str = ""
    """Where they are moved; "" for out of their project."""


@dataclass
class Work:
    """Something that is being done with many takes."""

    pieces: list[Piece]
    undoing: bool = False
    at: int = 0
    """How many pieces are done."""
    changed: list[str] = field(default_factory=list)
    """The ids of the takes that are different now."""
    in_hand: int = 0
    """How many were left out, since they are still being made."""
    stuck: int = 0
    """How many could not be removed from the disk."""
    back: list[Piece] = field(default_factory=list)
    """What undoes what was done so far."""

    @property
    def what(self) -> What:
        return self.pieces[0].what

    @property
    def total(self) -> int:
        """How many takes it is about."""
        return sum(len(piece.ids) for piece in self.pieces)

    @property
    def done(self) -> int:
        """How many of them it has come to."""
        return sum(len(piece.ids) for piece in self.pieces[: self.at])

    @property
    def finished(self) -> bool:
        return self.at >= len(self.pieces)


def work(what: What, ids: Sequence[str], project: str = "") -> Work | None:
    """What is to be done with these takes, cut into pieces; None for no takes."""
    size = MOST_REMOVED if what is What.REMOVE else MOST_AT_ONCE
    left = iter(dict.fromkeys(ids))
    pieces = []
    while part := tuple(islice(left, size)):
        pieces.append(Piece(what, part, project))
    return Work(pieces) if pieces else None


def undo(done: Work) -> Work | None:
    """What undoes it; None where that cannot be."""
    return Work(list(reversed(done.back)), undoing=True) if done.back else None


def step(doing: Work, store: Store, archive: Archive, now: float) -> None:
    """Does the next piece. Raises StoreError, and then that piece is not done."""
    piece = doing.pieces[doing.at]
    changed, back, stuck = _do(piece, store, archive, now)
    doing.at += 1
    doing.changed += changed
    doing.stuck += stuck
    doing.back += back
    if piece.what is What.BIN and len(changed) < len(piece.ids):
        others = store.history.some(sorted(set(piece.ids).difference(changed)))
        doing.in_hand += sum(job.binned is None for job in others)


def _do(piece: Piece, store: Store, archive: Archive, now: float) -> tuple[list[str], list[Piece], int]:
    """The ids of the takes that changed, what undoes that, and how many could not be removed."""
    sorting = store.sorting
    if piece.what is What.REMOVE:
        emptied = store.bin.empty(piece.ids, archive.remove)
        return list(emptied.gone), [], len(emptied.stuck)
    if piece.what is What.MOVE:
        before = {job.id: job.project for job in store.history.some(piece.ids)}
        changed = sorting.move(piece.ids, piece.project)
        came_from: dict[str, list[str]] = {}
        for job_id in changed:
            came_from.setdefault(before.get(job_id, ""), []).append(job_id)
        return changed, [Piece(What.MOVE, tuple(ids), name) for name, ids in came_from.items()], 0
    changed = {
        What.STAR: lambda: sorting.star(piece.ids, True),
        What.UNSTAR: lambda: sorting.star(piece.ids, False),
        What.BIN: lambda: sorting.bin(piece.ids, now),
        What.RESTORE: lambda: sorting.restore(piece.ids),
    }[piece.what]()
    return changed, [Piece(_REVERSE[piece.what], tuple(changed))] if changed else [], 0


def told(done: Work, *, bin_days: float) -> str:
    """What has become of it so far, in sentences, as Markdown."""
    sentences = []
    count = len(done.changed)
    if count or not (done.in_hand or done.stuck):
        sentences.append(_result(done, takes(count), count == 1, bin_days))
    if done.in_hand:
        be, them = ("is", "it") if done.in_hand == 1 else ("are", "them")
        sentences.append(
            f"{takes(done.in_hand)} {be} still being made and stayed. Stop following {them} first, or wait."
        )
    if done.stuck:
        their = "its" if done.stuck == 1 else "their"
        sentences.append(f"{takes(done.stuck)} {_STUCK.format(their=their)}")
    if not done.finished:
        left = done.total - done.done
        sentences.append(f"Stopped there: {takes(left).lower()} {'is' if left == 1 else 'are'} as before.")
    return " ".join(sentences)


def takes(count: int) -> str:
    """ "One take", "1,234 takes": the beginning of a sentence."""
    return {0: "No take", 1: "One take"}.get(count, f"{count:,} takes")


def _result(done: Work, what: str, one: bool, bin_days: float) -> str:
    if not done.changed:
        return f"Nothing to do: {_ALREADY[done.what]}."
    be, have = ("is", "has") if one else ("are", "have")
    if done.what is What.MOVE and done.undoing:
        return f"{what} {be} back where {'it' if one else 'they'} came from."
    if done.what is What.MOVE:
        name = done.pieces[0].project
        return f"{what} {be} in “{as_text(name)}” now." if name else f"{what} {be} in no project now."
    return {
        What.STAR: f"{what} {have} a star now.",
        What.UNSTAR: f"{what} {have} no star any more.",
        What.BIN: f"{what} {be} in the bin. {stay(bin_days)}",
        What.RESTORE: f"{what} {be} back.",
        What.REMOVE: f"{what} {be} deleted for good.",
    }[done.what]


_ALREADY = {
    What.STAR: "they have a star already",
    What.UNSTAR: "they have no star",
    What.MOVE: "they are there already",
    What.BIN: "they are in the bin already, or gone",
    What.RESTORE: "they are not in the bin any more, or their files have been removed",
    What.REMOVE: "they are not in the bin any more",
}


def stay(days: float) -> str:
    """How long takes stay in the bin, in a sentence."""
    if days < 1:
        return "The bin is emptied within a day."
    return f"The bin keeps a take for {days:g} day{'s' * (days != 1)}."
