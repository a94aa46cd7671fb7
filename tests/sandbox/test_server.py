from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from components.sandbox.__main__ import default_data, main
from components.sandbox.faults import FAULTS
from components.sandbox.server import SandboxServer
from tests.need import ROOT, shared
from tests.sandbox.desk import Desk


@contextmanager
def alone(data: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The sandbox as a process of its own; gives the process and the origin that it printed."""
    command = [sys.executable, "-m", "components.sandbox", "--port", "0", "--data", str(data), *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            printed = re.search(r"http://\S+", process.stdout.readline())
            assert printed is not None
            yield process, printed[0]
        finally:
            process.kill()


def body(desk: Desk) -> dict[str, object]:
    return {"model": desk.model_where("prompt"), "prompt": "a fox", "duration": 5}


def test_a_killed_sandbox_forgets_nothing(tmp_path: Path) -> None:
    with alone(tmp_path, "--seconds", "0") as (process, origin), Desk(origin) as desk:
        created = [desk.create(body(desk)).json()["id"] for _ in range(5)]
        desk.retrieve(created[0])  # its film is being rendered when the end comes
        process.send_signal(signal.SIGKILL)
        process.wait()
    with alone(tmp_path, "--seconds", "0") as (process, origin), Desk(origin) as desk:
        for generation_id in created:
            reply = desk.ended(generation_id)
            assert reply["status"] == "completed"
            assert reply["video"]["url"].startswith(origin)
        assert [post["generation_id"] for post in desk.get("/_sandbox/creates").json()] == created


def test_it_ends_when_it_is_asked_to(tmp_path: Path) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        with alone(tmp_path) as (process, origin), Desk(origin) as desk:
            assert desk.get("/v1/models").status_code == 200
            process.send_signal(number)
            assert process.wait(20) == 0


def test_faults_from_the_command_line_are_on_from_the_start(tmp_path: Path) -> None:
    with alone(tmp_path, "--fault", "500", "--fault", "503:retrieve") as (_, origin), Desk(origin) as desk:
        assert desk.create(body(desk)).status_code == 500
        assert desk.retrieve("x").status_code == 503


def test_help_lists_the_faults_with_what_they_do(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = " ".join(capsys.readouterr().out.split())
    for fault in FAULTS.values():
        assert f" {fault.name} {fault.does}" in shown


def test_nothing_is_printed_but_the_address(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with alone(tmp_path, "--seconds", "0") as (process, origin), Desk(origin) as desk:
        desk.headers["Authorization"] = "Bearer very-secret-key"
        desk.create(body(desk))
        desk.create({"model": 1})
        desk.fault("no_answer", times=1)
        with pytest.raises(httpx.RemoteProtocolError):
            desk.create(body(desk))
        process.terminate()
        assert process.stdout is not None
        assert process.stdout.read() == ""
    assert capfd.readouterr().err == ""
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"very-secret-key" not in kept


@pytest.mark.parametrize(
    "options", [["--fault", "nothing"], ["--seconds", "1", "--documented"], ["--port", "x"]]
)
def test_options_that_make_no_sense_are_refused(
    options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(options)
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_a_folder_that_cannot_be_used_is_said_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "broken.json").write_text('{"openapi": "3.0.0"')
    assert main(["--port", "0", "--data", str(tmp_path / "file")]) == 1
    assert main(["--port", "0", "--data", str(tmp_path), "--documents", str(tmp_path / "documents")]) == 1
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("The sandbox cannot start: ")
    assert "broken.json" in second


def test_it_takes_another_port_when_its_own_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        server = SandboxServer(tmp_path, port=port)
        origin = server.start()
        try:
            assert not origin.endswith(f":{port}")
            assert httpx.get(f"{origin}/v1/models", trust_env=False).status_code == 200
        finally:
            server.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{origin}/v1/models", trust_env=False)


def test_it_takes_the_port_asked_for_again_after_a_restart(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for _ in range(2):
        server = SandboxServer(tmp_path, port=port)
        origin = server.start()
        assert origin == f"http://127.0.0.1:{port}"
        assert httpx.get(f"{origin}/v1/models", trust_env=False).status_code == 200
        server.stop()
        server.stop()


def test_at_the_documented_pace_it_takes_as_long_as_documented(tmp_path: Path) -> None:
    with alone(tmp_path, "--documented") as (_, origin), Desk(origin) as desk:
        generation_id = desk.create(body(desk)).json()["id"]
        assert desk.retrieve(generation_id).json()["status"] == "queued"


def test_documents_of_other_models_are_served(tmp_path: Path) -> None:
    server = SandboxServer(tmp_path, port=0, seconds=0, documents=shared("api/schemas/kling"))
    with Desk(server.start()) as desk:
        rows = desk.all_models()
        assert len(rows) == 44
        for row in rows:
            schema = desk.document(row["id"])["paths"]["/v2/video/generations"]["post"]["requestBody"]
            needed = schema["content"]["application/json"]["schema"]["required"]
            given = {name: "https://example.com/a" if "url" in name else "a" for name in needed}
            reply = desk.create({**given, "model": row["id"]})
            assert reply.status_code in (200, 400), row["id"]
        assert {"image_to_video", "text_to_video"} <= {row["capabilities"][0] for row in rows}
    server.stop()


def test_its_folder_lies_in_the_programs_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    assert default_data() == tmp_path / "sandbox"
    monkeypatch.delenv("PLAYGROUND_DATA")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_data() == tmp_path / ".local/share/video-playground/sandbox"
    assert "PLAYGROUND_DATA" not in os.environ


def test_it_ends_while_answers_are_still_open(tmp_path: Path) -> None:
    server = SandboxServer(tmp_path, port=0, seconds=0)
    with Desk(server.start()) as desk, ThreadPoolExecutor(1) as pool:
        desk.fault("slow", times=1, seconds=600)
        waiting = pool.submit(desk.create, body(desk))
        while desk.get("/_sandbox/behaviour").json()["rules"]:
            pass
        server.stop()
        assert waiting.result(20).status_code == 200
