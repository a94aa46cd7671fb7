"""The rows of a list of models -> one row for each model.

Some models are listed twice, and some under an older name as well (FACTS.md, "Catalogue, schema, price, balance"):
two rows are one model where they have the same id, where one's id is the other's alias, or where they share an alias.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from components.provider.replies import ModelRow

MOST_ROWS = 2_000
"""Of a longer list the rest is left: the provider lists some 270 models."""
MOST_ALIASES = 20
"""Of one row."""
MOST_FOLDED = 8
"""More ids than these are not one model: an alias that ties them together says something else."""


def is_video(row: ModelRow) -> bool:
    """Whether a row is of a model that makes videos, as far as it says."""
    says_nothing = not (row.type or row.outputs or row.capabilities)
    does = (*row.outputs, *(what.rpartition("_to_")[2] for what in row.capabilities))
    return says_nothing or "video" in row.type or "video" in does


def folded(rows: Iterable[ModelRow], apart: Collection[str] = ()) -> tuple[ModelRow, ...]:
    """One row for each model, in the order in which they were first named; of at most `MOST_ROWS` rows.

    Two ids that are both in `apart` are two models, whatever a row says. A model's row is the one that tells its
    document and its price, and has from the others what it lacks; their ids are among its aliases.
    """
    kept: list[ModelRow] = []
    for row in rows:
        if len(kept) == MOST_ROWS:
            break
        kept.append(row)
    groups: dict[int, list[ModelRow]] = {}
    for row, group in zip(kept, _groups(kept, apart), strict=True):
        groups.setdefault(group, []).append(row)
    return tuple(merged(group, apart) for group in groups.values())


def merged(rows: Sequence[ModelRow], preferred: Collection[str] = ()) -> ModelRow:
    """Several rows of one model as one; of two that tell as much, the one whose id is `preferred`, then the first."""
    best = max(
        rows, key=lambda row: (bool(row.docs_json) + (row.pricing is not None), row.id in preferred)
    )  # the first of the best
    if len(rows) == 1 and len(best.aliases) <= MOST_ALIASES:
        return best
    others = [row for row in rows if row is not best]
    names = dict.fromkeys(name for row in (best, *others) for name in (*_aliases(row), row.id))
    pricing = next((row.pricing for row in (best, *others) if row.pricing is not None), None)
    return best.model_copy(
        update={
            "aliases": tuple(name for name in names if name != best.id),
            "pricing": pricing,
            "name": next((row.name for row in (best, *others) if row.name != row.id), best.name),
            **{
                field: next((value for row in (best, *others) if (value := getattr(row, field))), "")
                for field in ("docs_json", "type", "developer", "description", "released_at")
            },
            "capabilities": tuple(dict.fromkeys(what for row in rows for what in row.capabilities)),
        }
    )


def _groups(rows: Sequence[ModelRow], apart: Collection[str]) -> Iterator[int]:
    """For each row the position of the first row of the same model."""
    leader = list(range(len(rows)))
    ids = [{row.id} for row in rows]

    def find(position: int) -> int:
        while leader[position] != position:
            leader[position] = leader[leader[position]]
            position = leader[position]
        return position

    def join(one: int, other: int) -> None:
        one, other = sorted((find(one), find(other)))
        together = ids[one] | ids[other]
        is_possible = len(together) <= MOST_FOLDED and sum(name in apart for name in together) < 2
        if one != other and is_possible:
            leader[other] = one
            ids[one] = together

    first: dict[str, int] = {}
    for position, row in enumerate(rows):
        join(first.setdefault(row.id, position), position)
    # Ids are compared with ids before any alias is: an alias that misleads then meets whole models.
    for position, row in enumerate(rows):
        for alias in _aliases(row):
            join(first.setdefault(alias, position), position)
    return (find(position) for position in range(len(rows)))


def _aliases(row: ModelRow) -> tuple[str, ...]:
    return row.aliases[:MOST_ALIASES]
