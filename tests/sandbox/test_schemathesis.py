"""Schemathesis invents requests from the provider's own documents, and judges every answer by them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from components.sandbox.server import SandboxServer
from tests.need import shared

DOCUMENTS = (
    "kling-video_v1.6_standard_text-to-video",
    "klingai_video-v3-pro-text-to-video",
    "klingai_video-v3-standard-turbo-text-to-video",
)
# By design: the documents list no status but 200, state some rules only in prose, and any key will do here.
EXCLUDED = ["status_code_conformance", "positive_data_acceptance", "ignored_auth"]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_request_brings_the_sandbox_down_or_outside_the_schema(tmp_path: Path, name: str) -> None:
    document = shared(f"api/seeds/openapi/{name}.json")
    # This document describes the create alone, so the retrieve on its path is a method that it does not know.
    excluded = EXCLUDED + (
        ["unsupported_method", "allow_header_conformance"] if "get" not in _operations(document) else []
    )
    server = SandboxServer(tmp_path / "data", port=0, seconds=0, documents=document.parent)
    origin = server.start()
    try:
        command = [
            str(Path(sys.executable).with_name("schemathesis")),
            "run",
            str(document),
            *("--url", origin, "-H", "Authorization: Bearer k"),
            *("--exclude-checks", ",".join(excluded)),
            *("--continue-on-failure", "-n", "20", "--seed", "1", "--max-time", "4"),
        ]
        environment = {**os.environ, "NO_PROXY": "127.0.0.1", "NO_COLOR": "1"}
        run = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
    finally:
        server.stop()
    assert run.returncode == 0, run.stdout + run.stderr
    assert "generated" in run.stdout


def _operations(document: Path) -> set[str]:
    import json

    paths = json.loads(document.read_text())["paths"]
    return {method for operations in paths.values() for method in operations}
