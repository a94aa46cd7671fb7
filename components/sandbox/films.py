"""The rendered files: made by two threads when somebody asks, kept for a while, made again when gone.

A film's bytes follow from its plan alone, so a file is only ever a copy kept at hand. A generation that
nobody looks at is never rendered: a program that creates ten thousand costs this machine nothing.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from components.sandbox.plan import Plan, film_of

log = logging.getLogger(__name__)

Render = Callable[[Plan, Path], None]
"""Writes the film of a plan to a path; may raise anything."""

_ABANDONED_AFTER = 3600.0


def render_film(plan: Plan, path: Path) -> None:
    """Renders with the animatic renderer, which is imported at the first film."""
    from components.sandbox import animatic

    animatic.render(film_of(plan), path)


class Films:
    """The files of all plans, under one folder. Safe to use from several threads and processes."""

    def __init__(
        self, folder: Path, *, render: Render = render_film, threads: int = 2, keep: int = 200
    ) -> None:
        """`keep`: how many files are kept at hand. Raises OSError when the folder cannot be written."""
        self._folder = folder
        self._making = folder / "making"
        self._making.mkdir(parents=True, exist_ok=True)
        for leftover in self._making.iterdir():
            with contextlib.suppress(OSError):
                if time.time() - leftover.stat().st_mtime > _ABANDONED_AFTER:
                    leftover.unlink()
        self._render = render
        self._keep = keep
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="animatic")
        self._lock = threading.Lock()
        self._at_work: dict[str, Future[Path]] = {}

    def path(self, plan: Plan) -> Path:
        """Where the file of this plan lies, or would."""
        return self._folder / f"{plan.key}.mp4"

    def ask(self, plan: Plan) -> Future[Path] | None:
        """Has the film made; None: the file is there. A failure is told once, then it is tried anew."""
        with self._lock:
            work = self._at_work.get(plan.key)
            if work is not None and work.done():
                del self._at_work[plan.key]
                return None if work.exception() is None else work
            if work is None and not self.path(plan).exists():
                work = self._at_work[plan.key] = self._pool.submit(self._make, plan)
            return work

    def fetch(self, plan: Plan) -> Path:
        """The file, made now if it must be: blocks for seconds. Raises what the renderer raised."""
        work = self.ask(plan)
        return self.path(plan) if work is None else work.result()

    def close(self) -> None:
        """Waits for the films being rendered; the others are not begun."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _make(self, plan: Plan) -> Path:
        final, draft = self.path(plan), self._making / f"{uuid.uuid4().hex}.mp4"
        try:
            self._render(plan, draft)
            with draft.open("rb+") as file:
                os.fsync(file.fileno())
            draft.replace(final)
            self._thin_out(final)
            return final
        except Exception:
            log.warning("A film could not be rendered.", exc_info=True)
            raise
        finally:
            draft.unlink(missing_ok=True)

    def _thin_out(self, newest: Path) -> None:
        """Removes the files longest unused beyond those to keep."""
        with contextlib.suppress(OSError):
            files = sorted(self._folder.glob("*.mp4"), key=lambda path: path.stat().st_mtime, reverse=True)
            for path in files[self._keep :]:
                if path != newest:
                    path.unlink(missing_ok=True)
