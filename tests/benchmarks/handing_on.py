"""How fast many takes are handed on, and in how much memory: as ZIP, CSV and Excel, by the real app.

On a quiet machine: .venv/bin/python tests/benchmarks/handing_on.py [--takes 200] [--megabytes 10]

Every second take has a storyboard of five shots, whose sheet shows frames of its video. The ZIP is tested by unzip,
and each request that its manifest holds is set against the one that the store has.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)  # instead of this folder, whose app.py is not the app

import httpx  # noqa: E402

from components.downloads import Form, listed  # noqa: E402
from components.jobs.exports.remaking import read_manifest  # noqa: E402
from components.jobs.store import DATABASE, Store  # noqa: E402
from components.services import close_services  # noqa: E402
from components.storyboard.storyboard import board_from  # noqa: E402
from tests.benchmarks.machine import HAS_PROC, HEADER, NO_PROC, Figure, Process, bustle, machine  # noqa: E402
from tests.benchmarks.stock import PROMPT, stock  # noqa: E402
from tests.browser.harness import start_app  # noqa: E402

MOST_MB = 50.0
_LOOK_EVERY = 0.01
_BOARD = board_from([(PROMPT, 1)] * 5)


def fill(folder: Path, takes: int, megabytes: int) -> str:
    """Takes with videos of so many megabytes, every second with a storyboard; gives their owner's cookie."""
    filled = stock(folder, takes)
    video = next((folder / "takes").rglob("*.mp4"))  # all are one file: what is added to it is added to all
    with video.open("ab") as file:
        room = max(0, megabytes * 1_000_000 - file.tell() - 8)
        file.write((room + 8).to_bytes(4, "big") + b"free")
        for _ in range(room // 1_000_000):
            file.write(os.urandom(1_000_000))
        file.write(bytes(room % 1_000_000))
    with closing(sqlite3.connect(folder / DATABASE)) as database, database:
        database.execute("UPDATE job SET video = json_set(video, '$.size', ?)", [video.stat().st_size])
        database.execute("UPDATE job SET board = ? WHERE seq % 2", [json.dumps(_BOARD.as_json())])
    return f"{filled.cookie}={filled.value}"


@contextmanager
def watched(process: Process) -> Iterator[list[float]]:
    """The memory of `process` while it works, in megabytes, looked at every hundredth of a second."""
    seen, over = [process.megabytes()], threading.Event()

    def look() -> None:
        while not over.wait(_LOOK_EVERY):
            seen.append(process.megabytes())

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def fetch(url: str, cookie: str, file: Path) -> float:
    """Downloads to `file`; gives the seconds until the first bytes came."""
    began = time.perf_counter()
    with httpx.stream("GET", url, headers={"Cookie": cookie}, timeout=600, trust_env=False) as answer:
        answer.raise_for_status()
        first = time.perf_counter() - began
        with file.open("wb") as out:
            for part in answer.iter_raw(1024 * 1024):
                out.write(part)
    return first


def sound(file: Path, folder: Path) -> str:
    """What is wrong with the ZIP; "" where nothing is."""
    if unzip := shutil.which("unzip"):
        tested = subprocess.run([unzip, "-tq", file], capture_output=True, text=True, check=False)
        if tested.returncode:
            return tested.stdout[-500:]
    with zipfile.ZipFile(file) as found:
        if not unzip and (bad := found.testzip()):
            return f"{bad} is damaged"
        recipes = read_manifest(found.read("manifest.json")).recipes
    store = Store(folder)
    try:
        for recipe in recipes:
            job = store.get(recipe.id)
            if job is None or wire(recipe.request) != wire(job.order.body) or recipe.path != job.order.path:
                return f"The request of {recipe.id} is another."
    finally:
        store.close()
    return "" if b'"problem": "The' not in _manifest(file) else "A file could not be read."


def wire(body: object) -> bytes:
    """A request as the client writes it."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _manifest(file: Path) -> bytes:
    with zipfile.ZipFile(file) as found:
        return found.read("manifest.json")


def main() -> int:
    """Prints a table; 1 where the ZIP is not sound or took too much memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--takes", type=int, default=200)
    parser.add_argument("--megabytes", type=int, default=10, help="of each video")
    chosen = parser.parse_args()
    if not HAS_PROC:
        print(NO_PROC)
        return 1
    print(machine(None))
    print(bustle())
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "data"
        cookie = fill(folder, chosen.takes, chosen.megabytes)
        owner = cookie.partition("=")[2].partition(".")[0]
        os.environ["PLAYGROUND_DATA"] = str(folder)
        addresses = {form: listed({}, form, owner=owner, viewer=owner) for form in Form}
        close_services()
        app = start_app(ROOT / "app.py", folder)
        figures, trouble = [], ""
        try:
            process = Process(app.process.pid)
            httpx.get(app.url, trust_env=False)
            time.sleep(3)  # what starts beside the first page
            for form in (Form.ZIP, Form.ZIP, Form.CSV, Form.EXCEL):
                before, busy, began = process.megabytes(), process.cpu_seconds(), time.perf_counter()
                file = folder.parent / f"takes.{form.value}"
                with watched(process) as seen:
                    first = fetch(app.url + addresses[form], cookie, file)
                took = time.perf_counter() - began
                goal = MOST_MB if form is Form.ZIP else None
                name = f"{form.value} of {chosen.takes} takes, {file.stat().st_size / 1e6:,.0f} MB"
                figures += [
                    Figure(f"{name}: whole", "s", None, [took]),
                    Figure(f"{name}: first bytes", "s", None, [first]),
                    Figure(f"{name}: CPU", "s", None, [process.cpu_seconds() - busy]),
                    Figure(f"{name}: memory above that before", "MB", goal, [max(seen) - before]),
                ]
                if form is Form.ZIP:
                    trouble = trouble or sound(file, folder)
        finally:
            app.stop()
        print(HEADER)
        for figure in figures:
            print(figure.row())
        print(trouble or "The ZIP is sound, and its manifest has every request byte for byte.")
        missed = any(f.target is not None and max(f.values) > f.target for f in figures)
        return 1 if trouble or missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
