from __future__ import annotations

from collections.abc import Iterator

import pytest

from components.sandbox.server import SandboxServer
from tests.sandbox.desk import Desk


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One sandbox for all tests that ask over HTTP; a generation is over as soon as its film is there."""
    server = SandboxServer(tmp_path_factory.mktemp("sandbox"), port=0, seconds=0)
    yield server.start()
    server.stop()


@pytest.fixture(scope="session")
def open_desk(origin: str) -> Iterator[Desk]:
    """One client for all of them."""
    with Desk(origin) as client:
        yield client


@pytest.fixture
def desk(open_desk: Desk) -> Iterator[Desk]:
    """That client, on a good day."""
    open_desk.delete("/_sandbox/behaviour")
    yield open_desk
    open_desk.delete("/_sandbox/behaviour")
