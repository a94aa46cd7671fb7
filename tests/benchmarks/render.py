"""How long the sandbox takes for 15 s of 720p with sound. Run: .venv/bin/python tests/benchmarks/render.py"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

began = time.perf_counter()
from components.sandbox.animatic import Film, Shot, frame_size, render  # noqa: E402

IMPORT_SECONDS = time.perf_counter() - began
PROMPTS = (
    "A lighthouse keeper climbs the spiral stairs at dawn while the storm moves off over the sea",
    "一只小猫在屋顶上看月亮,远处是城市的灯火",
    "قطة صغيرة تجلس على السطح وتنظر إلى القمر",
)


def fifteen_seconds(aspect_ratio: str, take: int = 0) -> Film:
    """Three shots of 5 s with captions in three scripts."""
    width, height = frame_size(aspect_ratio)
    return Film(shots=tuple(Shot(f"{prompt} {take}", 5.0) for prompt in PROMPTS), width=width, height=height)


def measured(work: Callable[[], None]) -> tuple[float, float]:
    """Seconds on the clock and of CPU that `work` takes."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - processor


def side_by_side(folder: Path, take: int) -> None:
    """Two films at once, in threads."""
    threads = [
        threading.Thread(
            target=render, args=(fifteen_seconds("16:9", take + number), folder / f"{number}.mp4")
        )
        for number in (0, 1)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main() -> None:
    """Prints a table: best and median of several runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cases: dict[str, Callable[[int], None]] = {
            ratio: lambda take, ratio=ratio: render(fifteen_seconds(ratio, take), folder / "0.mp4")
            for ratio in ("16:9", "9:16", "1:1")
        }
        cases["two of 16:9 at once"] = lambda take: side_by_side(folder, 2 * take)
        print(f"Python {platform.python_version()}, {os.cpu_count()} cores; import {IMPORT_SECONDS:.2f} s")
        print(
            f"{'15 s of 720p with sound':<24}{'best':>8}{'median':>8}{'CPU best':>10}{'CPU median':>12}{'size':>10}"
        )
        for case, work in cases.items():
            times = [measured(lambda take=take, work=work: work(take)) for take in range(runs)]
            clock, processor = zip(*times, strict=True)
            size = (folder / "0.mp4").stat().st_size / 1e6
            print(
                f"{case:<24}{min(clock):>7.2f}s{statistics.median(clock):>7.2f}s{min(processor):>9.2f}s"
                f"{statistics.median(processor):>11.2f}s{size:>7.1f} MB"
            )
        print(f"Largest memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
