"""What the log may say of an error that nobody foresaw."""

from __future__ import annotations

import traceback
from collections import deque

from components.jobs.database import StoreError

_FRAMES = 3


def described(error: BaseException) -> str:
    """What broke and where, without the error's own text: it may hold an address, a prompt or a key."""
    frames = deque(traceback.walk_tb(error.__traceback__), _FRAMES)
    places = " < ".join(
        f"{frame.f_code.co_name} ({frame.f_code.co_filename.rsplit('/', 1)[-1]}:{line})"
        for frame, line in reversed(frames)
    )
    text = f" {error}" if isinstance(error, StoreError) else ""
    return f"{type(error).__name__}{text} in {places}"
