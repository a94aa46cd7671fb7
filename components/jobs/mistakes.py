"""What the log may say of an error that nobody foresaw."""

from __future__ import annotations

import traceback

from components.jobs.database import StoreError


def described(error: BaseException) -> str:
    """What broke and where, without the error's own text: it may hold an address, a prompt or a key."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = " < ".join(
        f"{frame.name} ({frame.filename.rsplit('/', 1)[-1]}:{frame.lineno})" for frame in reversed(frames)
    )
    text = f" {error}" if isinstance(error, StoreError) else ""
    return f"{type(error).__name__}{text} in {places}"
