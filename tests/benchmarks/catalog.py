"""How long documents take to read, and what a catalogue of 300 models costs.

Run: .venv/bin/python tests/benchmarks/catalog.py
Reads every document in ../shared/api/schemas/kling, or in the folder that is named.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from components.catalog.catalog import Catalog
from components.catalog.openapi import DocumentError, read_document
from components.catalog.spec import ModelSpec
from tests.need import SHARED

MODELS = 300
PRICES: tuple[dict[str, Any], ...] = (
    {"kind": "fixed", "units": [{"name": "video", "measure": "second", "price": 0.1, "per": 1}]},
    {
        "kind": "variants",
        "variants": [{"when": {"resolution": "720p"}, "price": 0.1, "unit": "second", "per": 1}],
    },
    {"kind": "variable"},
)


def documents(folder: Path) -> dict[str, dict[str, Any]]:
    """The documents in `folder`, by file name."""
    return {path.name: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}


def seconds(work: Callable[[], object]) -> float:
    """How long `work` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def row(name: str, number: int) -> dict[str, Any]:
    """A row of a list as long as a real one."""
    return {
        "id": name,
        "aliases": [f"older/{name}"],
        "type": "internal/video-generations/submit",
        "info": {
            "name": f"Model {number}",
            "developer": f"Maker {number % 20}",
            "description": "Makes videos of up to fifteen seconds from a text or a picture, with sound. " * 2,
            "releasedAt": f"2025-{number % 12 + 1:02}-01",
        },
        "pricing": PRICES[number % len(PRICES)],
        "capabilities": ["text_to_video"],
    }


def many(found: Sequence[dict[str, Any]]) -> dict[str, ModelSpec]:
    """`MODELS` specs, each of a document of its own."""
    specs: dict[str, ModelSpec] = {}
    for number in range(MODELS):
        name = f"maker/model-{number}"
        specs[name] = read_document(_renamed(found[number % len(found)], name))
    return specs


def _renamed(document: dict[str, Any], name: str) -> dict[str, Any]:
    """A copy of a document that is about another model."""
    twin: dict[str, Any] = json.loads(json.dumps(document))  # texts of its own, too
    for operations in twin["paths"].values():
        schema = operations["post"]["requestBody"]["content"]["application/json"]["schema"]
        schema["properties"]["model"] = {"type": "string", "enum": [name]}
    return twin


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--folder", type=Path, default=SHARED / "api" / "schemas" / "kling")
    asked = parser.parse_args()
    found = documents(asked.folder)
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores; {len(found)} documents, goal 50 ms each"
    )
    times: dict[str, list[float]] = {}
    refused = []
    for _ in range(asked.runs):
        for name, document in found.items():
            try:
                times.setdefault(name, []).append(seconds(lambda document=document: read_document(document)))
            except DocumentError as trouble:
                refused.append(f"{name}: {trouble}")
    medians = {name: statistics.median(each) for name, each in times.items() if each}
    slowest = max(medians, key=medians.__getitem__)
    print(f"{'all documents':<34}{sum(medians.values()) * 1000:8.1f} ms")
    print(f"{'one, median':<34}{statistics.median(medians.values()) * 1000:8.2f} ms")
    print(f"{'the slowest':<34}{medians[slowest] * 1000:8.2f} ms  {slowest}")
    print("\n".join(f"refused: {line}" for line in dict.fromkeys(refused)))

    gc.collect()
    tracemalloc.start()
    catalog = Catalog.bundled()
    specs = many([found[name] for name in medians])
    catalog.set_list("live", [row(name, number) for number, name in enumerate(specs)])
    catalog.learn(specs)
    gc.collect()
    memory = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    rows = [row(name, number) for number, name in enumerate(specs)]
    print(f"{f'catalogue of {len(catalog.entries)} models':<34}{memory / 1e6:8.1f} MB")
    changed = [
        seconds(lambda turn=turn: catalog.set_list("live", rows[turn:])) for turn in range(1, asked.runs + 1)
    ]
    print(f"{'a new list taken in':<34}{statistics.median(changed) * 1000:8.2f} ms")
    other = many([found[name] for name in reversed(medians)])
    learned = [seconds(lambda name=name: catalog.learn({name: other[name]})) for name in [*other][50:60]]
    print(f"{'a document taken in':<34}{statistics.median(learned) * 1000:8.2f} ms")
    finding = seconds(lambda: [catalog.find(name) for name in specs]) / len(specs)
    print(f"{'a model found':<34}{finding * 1e6:8.2f} us")


if __name__ == "__main__":
    main()
