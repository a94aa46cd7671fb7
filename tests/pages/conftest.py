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


@pytest.fixture
def with_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """A playground with a key, for a provider that nobody answers for."""
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("AIMLAPI_KEY", "sk-secret-0123456789")
    monkeypatch.setenv("AIMLAPI_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.delenv("PLAYGROUND_SANDBOX_URL", raising=False)
    built.close_services()
    yield built.services()
    built.close_services()
