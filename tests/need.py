"""What a test may lack on a bare machine. In `.ci/run` a skip for such a reason is a failure."""

import os
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
ALL = os.environ.get("PLAYGROUND_TEST_ALL") == "1"
"""Whether the longest tests go all the way: every published document in the browser, fifty rounds and not twenty."""
STRICT = os.environ.get("PLAYGROUND_TEST_STRICT") == "1"


def lacking(reason: str) -> NoReturn:
    """Skip the test with `reason`, a sentence that says what is missing; fail where nothing may be missing."""
    if STRICT:
        pytest.fail(reason)
    pytest.skip(reason)


def shared(path: str) -> Path:
    """A path under ../shared; lacking when it is not there."""
    found = SHARED / path
    if not found.exists():
        lacking(f"../shared/{path} is not beside the checkout.")
    return found
