"""What a figure is worth: how it is summed up, and on which machine, how busy, it was taken."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

PROC = Path("/proc")
HAS_PROC = (PROC / "self" / "statm").exists()
NO_PROC = "not measured: this system has no /proc"
_LOOK_SECONDS = 2.0
_SMALL = 10


@dataclass
class Figure:
    """One line of the table. `target` is in the figure's unit; None: it is only for the record."""

    name: str
    unit: str
    target: float | None = None
    values: list[float] = field(default_factory=list)

    def row(self) -> str:
        """The line, with "missed" where the median is above the target."""
        if not self.values:
            return f"{self.name:<58} not measured"
        middle = statistics.median(self.values)
        places = 2 if self.unit == "s" else 1 if middle < _SMALL else 0
        wanted = "" if self.target is None else f"{self.target:.{2 if self.unit == 's' else 0}f}"
        verdict = "" if self.target is None else "ok" if middle <= self.target else "missed"
        return (
            f"{self.name:<58}{middle:>9.{places}f}{p90(self.values):>9.{places}f}"
            f"{min(self.values):>9.{places}f}{max(self.values):>9.{places}f}"
            f"{wanted:>9}  {self.unit:<4}{len(self.values):>4}  {verdict}"
        ).rstrip()


HEADER = f"{'':<58}{'median':>9}{'p90':>9}{'least':>9}{'most':>9}{'target':>9}  {'unit':<4}{'n':>4}"


def p90(values: Sequence[float]) -> float:
    """The value that nine of ten do not exceed."""
    return sorted(values)[max(0, -(-len(values) * 9 // 10) - 1)]


def machine(browser: str | None) -> str:
    """The machine and the versions, in a line. `browser` as Chromium says it."""
    model = ""
    if HAS_PROC:
        lines = (PROC / "cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(
            (line.split(":")[1].strip() + ", " for line in lines if line.startswith("model name")), ""
        )
    return (
        f"{model}{os.cpu_count()} cores, {platform.system()} {platform.machine()}; Python {platform.python_version()}, "
        f"Streamlit {version('streamlit')}, {browser or 'no Chromium'}"
    )


def bustle() -> str:
    """How busy the machine is without us: the load average, and the CPU that others use in the next two seconds."""
    load = " ".join(f"{number:.1f}" for number in os.getloadavg())
    if not HAS_PROC:
        return f"load average {load}"
    (busy, everything), ours = _ticks(), time.process_time()
    time.sleep(_LOOK_SECONDS)
    later, all_later = _ticks()
    share = (later - busy) / max(1, all_later - everything) * (os.cpu_count() or 1)
    others = max(0.0, share - (time.process_time() - ours) / _LOOK_SECONDS)
    return f"load average {load}; everything else on it uses {100 * others:.0f} % of a core"


def _ticks() -> tuple[int, int]:
    """CPU ticks since boot: busy ones, and all."""
    first = (PROC / "stat").read_text(encoding="ascii").splitlines()[0]
    ticks = [int(number) for number in first.split()[1:9]]
    idle = ticks[3] + ticks[4]
    return sum(ticks) - idle, sum(ticks)


class Process:
    """CPU and memory of another process, read from /proc."""

    def __init__(self, pid: int) -> None:
        self._folder = PROC / str(pid)

    def cpu_seconds(self) -> float:
        """CPU time of all its threads since it started."""
        # The name, in parentheses, may hold anything: the numbers begin behind its end.
        fields = (self._folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def megabytes(self) -> float:
        """Resident memory, in 10^6 bytes."""
        pages = int((self._folder / "statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
