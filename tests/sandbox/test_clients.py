"""The samples of the provider's own pages, unmodified but for the address, as clients of the sandbox."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.need import lacking, shared
from tests.sandbox.test_server import alone

# The samples look every 15 seconds; what they do between two looks is wait. They stay as they are, their clock is fast.
HASTE = {
    "sitecustomize.py": "import time; wait = time.sleep; time.sleep = lambda pause: wait(min(pause, 0.25))",
    "haste.js": "const wait = setTimeout; global.setTimeout = (done, pause) => wait(done, Math.min(pause, 250));",
}


def test_every_published_sample_gets_its_video(tmp_path: Path) -> None:
    script = shared("clients/run.sh")
    node = shutil.which("node")
    if node is None:
        lacking("Node.js is not installed; three of the eight samples are JavaScript.")
    for name, text in HASTE.items():
        (tmp_path / name).write_text(text)
    hasty = {"PYTHONPATH": str(tmp_path), "NODE_OPTIONS": f"--require={tmp_path / 'haste.js'}"}
    with alone(tmp_path / "data") as (_, origin):
        environment = {
            **os.environ,
            **hasty,
            "PYTHON": sys.executable,
            "NODE": node,
            "NO_PROXY": "127.0.0.1",
        }
        run = subprocess.run(
            ["bash", str(script), origin, "--sed"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=150,
            check=False,
        )
    assert "passed 8, failed 0" in run.stdout, run.stdout + run.stderr
    assert run.returncode == 0
