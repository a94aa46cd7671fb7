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


@pytest.fixture
def desk(origin: str) -> Iterator[Desk]:
    """A client of that sandbox, on a good day."""
    with Desk(origin) as client:
        client.delete("/_sandbox/behaviour")
        yield client
        client.delete("/_sandbox/behaviour")
