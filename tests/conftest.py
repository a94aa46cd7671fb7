"""For every test: busy machines are no failure, nothing is written into the checkout, and stores are made quickly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Engine

from components.jobs import store
from components.jobs.database import open_database

# Without a deadline: these machines are shared. Without a database: failures are printed, not kept in a folder.
settings.register_profile("playground", deadline=None, database=None)
settings.load_profile("playground")


@pytest.fixture(autouse=True, scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A thousand tests have a store of their own, whose tables take 40 ms to make: they begin with a copy.

    `jobs/test_migrations.py` makes them step by step.
    """

    @cache
    def empty() -> bytes:
        folder = tmp_path_factory.mktemp("empty")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(store, "open_database", open_database)
            store.Store(folder).close()
        return (folder / store.DATABASE).read_bytes()

    def open_made(file: Path) -> Engine:
        # What is there stays as it is, and where nothing can be written the store is to find that out.
        with suppress(OSError), file.open("xb") as new:
            new.write(empty())
        return open_database(file)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "open_database", open_made)
        yield
