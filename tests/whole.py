"""Whether videos are whole: those that lie in the archive, and those that the app serves while it may die."""

from __future__ import annotations

import hashlib
import io
import random
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import httpx
from PIL import Image

from components.media import MEDIA

READ_EVERY = 0.02
"""Seconds between two requests of a Reader."""


class Judge:
    """Decodes every picture of a video. Equal bytes are decoded once. Safe to use from several threads."""

    def __init__(self) -> None:
        self._verdicts: dict[tuple[str, int], str | None] = {}

    def fault(self, content: bytes, seconds: int) -> str | None:
        """What is wrong with a video that should be so long; None where it is whole."""
        key = hashlib.sha256(content).hexdigest(), seconds
        if key not in self._verdicts:
            self._verdicts[key] = _fault(content, seconds)
        return self._verdicts[key]

    def faults_in(self, folder: Path, seconds: Mapping[str, int]) -> list[str]:
        """What is wrong with the files that have their final names in `folder` and below; `seconds` by take."""
        found = []
        for path in sorted(folder.rglob("*")):
            if path.suffix == ".mp4":
                fault = self.fault(path.read_bytes(), seconds[path.stem])
            elif path.suffix == ".webp":
                fault = picture_fault(path.read_bytes())
            else:
                continue
            if fault is not None:
                found.append(f"{path.name}: {fault}")
        return found


class Reader:
    """Asks the app at `origin` for the videos of takes, on and on, in a thread; the app may be away.

    `seconds`: how long each take's video is to be, by the take's id; it may grow meanwhile.
    """

    def __init__(self, origin: str, seconds: Mapping[str, int], judge: Judge, chance: random.Random) -> None:
        self.served = 0
        """How many videos the app gave out."""
        self.faults: list[str] = []
        self.digests: dict[str, set[str]] = {}
        """SHA-256 of what was given out for each take."""
        self._origin, self._seconds, self._judge, self._chance = origin, seconds, judge, chance
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._read, name="reader")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def read(self, client: httpx.Client, ids: Iterable[str]) -> None:
        """Asks once for each of these takes."""
        for job_id in ids:
            try:
                answer = client.get(f"{self._origin}{MEDIA}/{job_id}.mp4")
            except httpx.TransportError:  # the app is being killed, or has not started yet
                continue
            if answer.status_code == 200:
                self._judge_answer(job_id, answer)
            elif answer.status_code != 404:
                self.faults.append(f"{job_id} was answered with {answer.status_code}")

    def _read(self) -> None:
        with httpx.Client(trust_env=False, timeout=10) as client:
            while not self._ended.wait(READ_EVERY):
                ids = list(self._seconds)
                self.read(client, [self._chance.choice(ids)] if ids else [])

    def _judge_answer(self, job_id: str, answer: httpx.Response) -> None:
        self.served += 1
        declared = answer.headers.get("content-length")
        if declared != str(len(answer.content)):
            self.faults.append(f"{job_id} was served with {len(answer.content)} bytes, declared {declared}")
        fault = self._judge.fault(answer.content, self._seconds[job_id])
        if fault is not None:
            self.faults.append(f"{job_id} was served: {fault}")
        self.digests.setdefault(job_id, set()).add(hashlib.sha256(answer.content).hexdigest())


def picture_fault(content: bytes) -> str | None:
    """What is wrong with a poster; None where it is whole."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            picture.load()
    except (OSError, SyntaxError) as error:
        return f"no whole picture ({error})"
    return None


def _fault(content: bytes, seconds: int) -> str | None:
    try:
        with av.open(io.BytesIO(content), "r", format="mp4") as film:
            stream = film.streams.video[0]
            rate = stream.average_rate
            frames = sum(1 for _ in film.decode(stream))
    except (av.FFmpegError, IndexError) as error:
        return f"no whole video ({type(error).__name__})"
    if rate is None or frames != round(seconds * rate):
        return f"{frames} pictures at {rate} a second, and {seconds} s were asked for"
    return None
