from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.components.v2.manifest_scanner import scan_component_manifests

from components import services as built
from components.services import Services


@pytest.fixture(autouse=True, scope="session")
def one_look_at_what_is_installed() -> Iterator[None]:
    """Streamlit looks through every installed package for components when an AppTest starts: 0.2 s for each test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(scan_component_manifests))
        yield


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
