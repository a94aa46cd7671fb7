from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from components.jobs.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store that does not wait for the disk: what these tests see does not depend on it."""
    opened = Store(tmp_path / "data")

    @event.listens_for(opened._engine, "connect")
    def _in_a_hurry(connection: Any, _: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")

    opened.close()
    yield opened
    opened.close()
