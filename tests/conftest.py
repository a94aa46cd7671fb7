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


# Here and not beside the browser tests: the process that prints the summary reads no other conftest.
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Lists the tests that were run once more, with the reason and what was seen."""
    for report in terminalreporter.stats.get("rerun", ()):
        terminalreporter.section(f"run once more: {report.nodeid}", sep="-")
        terminalreporter.line(report.longreprtext[-3_000:])
        for title, text in report.sections:
            if title.startswith("page "):
                terminalreporter.line(f"{title}\n{text}")
