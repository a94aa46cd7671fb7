"""Orders, small films and a pretended provider for the tests of jobs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import numpy as np

from components.jobs.job import BUILT_IN, Destination, Order, VideoFile
from components.provider.replies import Generation, phase_of


def order(**changes: Any) -> Order:
    """A small order for the sandbox."""
    given: dict[str, Any] = {
        "owner": "ann",
        "model": "maker/model",
        "model_name": "Model",
        "body": {"model": "maker/model", "prompt": "a fox", "duration": 5},
        "destination": Destination.SANDBOX,
        "base_url": BUILT_IN,
        "path": "/v2/video/generations",
        "prompt": "a fox",
        "seconds": 5,
    }
    return Order(**(given | changes))


def live(**changes: Any) -> Order:
    """A small order for the provider."""
    return order(**({"destination": Destination.LIVE, "base_url": "https://provider.example"} | changes))


def film(
    path: Path, *, seconds: float = 2.0, width: int = 160, height: int = 90, sound: bool = False
) -> bytes:
    """Makes a small MP4 with its index in front, and gives its bytes."""
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as out:
        pictures = out.add_stream("libx264", rate=24, options={"preset": "ultrafast"})
        pictures.width, pictures.height, pictures.pix_fmt = width, height, "yuv420p"
        voice = out.add_stream("aac", rate=44_100) if sound else None
        noise = np.random.default_rng(1)
        for _ in range(round(seconds * 24)):
            picture = noise.integers(0, 256, (height, width, 3), dtype=np.uint8)
            out.mux(pictures.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(pictures.encode(None))
        if voice is not None:
            _one_second_of_silence(out, voice)
    return path.read_bytes()


def recording(path: Path) -> bytes:
    """Makes an MP4 with sound alone, and gives its bytes."""
    with av.open(str(path), "w", format="mp4") as out:
        _one_second_of_silence(out, out.add_stream("aac", rate=44_100))
    return path.read_bytes()


def _one_second_of_silence(out: Any, voice: Any) -> None:
    silence = av.AudioFrame.from_ndarray(np.zeros((1, 44_100), np.float32), format="fltp", layout="mono")
    silence.sample_rate = 44_100
    out.mux(voice.encode(silence))
    out.mux(voice.encode(None))


FILM = VideoFile(size=1, seconds=5.0, width=1280, height=720, fps=24.0, sound=True, poster=True)


def reply(status: str, url: str | None = None, *, id: str | None = "gen-1", **changes: Any) -> Generation:
    """A reply as the client gives it."""
    given: dict[str, Any] = {
        "id": id,
        "status": status,
        "phase": phase_of(status),
        "video_url": url,
        "error_name": "",
        "error_message": "",
        "credits_used": None,
        "usd_spent": None,
        "raw": f'{{"status": "{status}"}}',
    }
    return Generation(**(given | changes))


Answer = Generation | Exception
Play = Answer | Callable[[], Answer]


@dataclass
class Provider:
    """Pretends to be the client: plays the given answers in turn, the last one for ever."""

    creates: list[Play] = field(default_factory=lambda: [reply("queued")])
    looks: list[Play] = field(default_factory=lambda: [reply("completed", "http://127.0.0.1:1/1.mp4")])
    origin: str = "http://127.0.0.1:1"
    posted: list[tuple[str, Mapping[str, Any], str]] = field(default_factory=list)
    looked: list[tuple[str, str]] = field(default_factory=list)
    closed: int = 0

    async def create(self, path: str, body: Mapping[str, Any], *, request_id: str) -> Generation:
        self.posted.append((path, body, request_id))
        return self._play(self.creates)

    async def retrieve(self, path: str, generation_id: str) -> Generation:
        self.looked.append((path, generation_id))
        return self._play(self.looks)

    async def aclose(self) -> None:
        self.closed += 1

    def _play(self, answers: list[Play]) -> Generation:
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if callable(answer):
            answer = answer()
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class Shelf:
    """Pretends to be the archive: plays the given outcomes in turn, the last one for ever."""

    outcomes: list[VideoFile | Exception] = field(default_factory=lambda: [FILM])
    kept: list[tuple[str, str, str]] = field(default_factory=list)

    async def keep(self, job_id: str, url: str, *, trusted_origin: str) -> VideoFile:
        self.kept.append((job_id, url, trusted_origin))
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome
