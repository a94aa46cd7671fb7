from collections.abc import Iterator
from pathlib import Path

import pytest

from components import services as built
from components.services import Services


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """A playground of its own, without a running tracker: what is asked for stays as it was asked."""
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path / "data"))
    for variable in ("AIMLAPI_KEY", "AIMLAPI_BASE_URL", "PLAYGROUND_SANDBOX_URL"):
        monkeypatch.delenv(variable, raising=False)
    built.close_services()
    yield built.services()
    built.close_services()
