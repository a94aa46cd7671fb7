"""Rounds of fifty takes under kill -9: how many are lost, posted twice or served in part (none may be).

Run: .venv/bin/python tests/benchmarks/crash.py
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.crash import Round, one_round

HEADINGS = (
    "round",
    "kills",
    "completed",
    "in doubt",
    "mended",
    "posted",
    "posted twice",
    "lost",
    "served",
    "partial files",
    "seconds",
)


def figures(result: Round) -> tuple[int, ...]:
    """What stands under the headings for one round."""
    return (
        result.seed,
        result.kills,
        result.completed,
        result.in_doubt,
        result.mended,
        result.posted,
        result.posted_twice,
        result.lost,
        result.served,
        len(result.partial),
        round(result.seconds),
    )


def line(cells: Sequence[object]) -> str:
    """One line of the table."""
    return "  ".join(
        f"{cell!s:>{max(len(heading), 5)}}" for cell, heading in zip(cells, HEADINGS, strict=True)
    )


def main() -> int:
    """Prints a line for each round and the totals; the exit status is 1 where anything was not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--takes", type=int, default=50)
    parser.add_argument("--kills", type=int, default=10, help="in each round; about one in two seconds")
    parser.add_argument("--seed", type=int, default=1, help="of the first round; the next ones count up")
    asked = parser.parse_args()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores; {asked.takes} takes in each round")
    print(line(HEADINGS), flush=True)
    results = []
    for seed in range(asked.seed, asked.seed + asked.rounds):
        with tempfile.TemporaryDirectory(prefix="crash-") as folder:
            result = one_round(Path(folder) / "round", takes=asked.takes, kills=asked.kills, seed=seed)
        results.append(result)
        print(line(figures(result)), flush=True)
        for fault in (*result.partial, *result.complaints):
            print(f"    {fault}", flush=True)
    columns = list(zip(*map(figures, results), strict=True))
    print(line(("all", *(sum(column) for column in columns[1:]))))
    met = sum((result.interrupted for result in results), Counter[str]())
    print(
        "The kills met takes that were", ", ".join(f"{state}: {count}" for state, count in met.most_common())
    )
    is_wrong = any(r.partial or r.complaints or r.lost or r.posted_twice for r in results)
    return 1 if is_wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
