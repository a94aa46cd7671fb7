"""The catalogue and the sandbox together, as the app runs them: over HTTP, and through the sandbox's folder."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from components import services as built
from components.server import reader
from components.services import Services
from tests.catalog.publisher import document, until
from tests.need import shared as shared_file
from tests.pages.playing import Sandbox, sandbox_process


@contextlib.contextmanager
def app(data: Path, sandbox: Sandbox | None) -> Iterator[Services]:
    """The app's services with the reader at work, and a sandbox on the app's own folder."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PLAYGROUND_DATA", str(data))
        for variable in ("AIMLAPI_KEY", "AIMLAPI_BASE_URL", "PLAYGROUND_SANDBOX_URL"):
            environment.delenv(variable, raising=False)
        built.close_services()
        shared = built.services()
    shared.sandbox_origin = str(sandbox.base_url).rstrip("/") if sandbox is not None else None
    background = reader(shared)
    thread = threading.Thread(target=background.run, daemon=True)
    thread.start()
    try:
        yield shared
    finally:
        background.end()
        thread.join(20)
        built.close_services()


def put(folder: Path, name: str, content: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f".{name}").write_text(content)
    (folder / f".{name}").replace(folder / name)


def known(shared: Services, name: str, field: str = "prompt") -> bool:
    found = shared.catalog.find(name)
    return found is not None and field in found


def test_every_document_put_into_the_sandboxs_folder_is_a_model_and_one_that_is_added_can_be_tried(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "sandbox" / "documents"
    files = sorted(shared_file("api/schemas/kling").glob("*.json"))
    for path in files:
        put(folder, path.name, path.read_text())
    put(folder, "html.json", "<html>")
    put(folder, "mine.json", json.dumps(document("mine")))
    with sandbox_process(tmp_path / "sandbox") as sandbox:
        with app(tmp_path, sandbox) as shared:
            until(lambda: known(shared, "mine"))
            until(lambda: sum(entry.spec is not None for entry in shared.catalog.entries) > len(files))
            assert not [entry.trouble for entry in shared.catalog.entries if entry.trouble]
            assert {entry.prices["sandbox"]["kind"] for entry in shared.catalog.entries} == {
                "fixed",
                "variants",
                "variable",
            }

            put(folder, "mine.json", json.dumps(document("mine", "prompt", "mood")))
            shared.catalog.add(document("own"), "My own")
            until(lambda: (e := shared.catalog.entry("own")) is not None and e.listed == {"sandbox"})
            until(lambda: known(shared, "mine", "mood"))
            created = sandbox.post(
                "/v2/video/generations",
                json={"model": "own", "prompt": "a fox"},
                headers={"Authorization": "Bearer any"},
            )
            assert created.status_code == 200
            shared.catalog.remove("own")
            assert shared.catalog.entry("own") is None
            models = [spec.id for spec in shared.catalog.models]

        (folder / "mine.json").unlink()
        with app(tmp_path, None) as shared:  # the sandbox is not up: what was kept is there
            until(lambda: {spec.id for spec in shared.catalog.models} == {*models})
        with app(tmp_path, sandbox) as shared:
            until(lambda: (e := shared.catalog.entry("mine")) is not None and e.gone == {"sandbox"})
            until(lambda: known(shared, "mine", "mood"))
            assert shared.catalog.entry("own") is None
        assert httpx.get(f"{sandbox.base_url}/v2/billing", headers={"Authorization": "Bearer x"}).is_success
