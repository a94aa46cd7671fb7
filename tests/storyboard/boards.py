"""Boards and budgets for the tests: a short way to tell one, and random ones."""

from __future__ import annotations

from hypothesis import strategies as st

from components.storyboard.storyboard import Board, Budget, Shot, board_from


def board(told: str) -> Board:
    """ "a3 b2" is a shot "a" of 3 seconds and a shot "b" of 2; "-5" is an empty shot of 5."""
    return board_from((word[0].replace("-", ""), int(word[1:])) for word in told.split())


def told(board: Board | None) -> str | None:
    return None if board is None else " ".join(f"{text or '-'}{seconds}" for text, seconds in board.rows)


@st.composite
def budgets(draw: st.DrawFn, *, contiguous: bool = False) -> Budget:
    low = draw(st.integers(1, 4))
    lengths = tuple(range(low, low + draw(st.integers(1, 12))))
    if not contiguous:
        lengths = tuple(sorted(draw(st.sets(st.sampled_from(lengths), min_size=1))))
    totals = tuple(sorted(draw(st.sets(st.integers(1, 30), max_size=4))))
    most_shots = draw(st.none() | st.integers(1, 8))
    return Budget(totals, lengths, most_shots, draw(st.none() | st.just(3)), draw(st.sampled_from(lengths)))


def boards(budget: Budget, most: int = 6) -> st.SearchStrategy[Board]:
    """Boards within what a shot may be, with ids as a browser may send them."""
    ids = st.lists(st.text("s019z", min_size=1, max_size=5), max_size=most, unique=True)
    text, seconds = st.text(max_size=4), st.sampled_from(budget.lengths)
    shots = ids.flatmap(lambda ids: st.tuples(*(st.builds(Shot, st.just(id), text, seconds) for id in ids)))
    return st.builds(Board, shots, st.booleans())
