"""The programs that people copy: what they send is the request, and they end with a video."""

from __future__ import annotations

import ast
import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from components.form.snippets import Language, snippet
from tests.need import lacking
from tests.pages.playing import Sandbox, sandbox_process

BASE_URL, PATH = "https://api.example.com", "/v2/video/generations"
NASTY = (
    'It\'s “a” "cat" \\ \\n '
    '\n\r\t $HOME $(id) `id` ${x} %s {0} </script><!-- \'""" JSON\nJSON\n👩‍👩‍👧 \u2028 \u202e é !'
)
KEY = "sk-test-0123456789"
REFERENCE = "upload:" + "0a" * 16


def program(name: str) -> str:
    """Where a program is; skips without it."""
    return shutil.which(name) or lacking(f"{name} is not installed; a snippet is written for it.")


def run(language: Language, text: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a snippet in `folder`, as somebody would who has saved it there."""
    command, name = {
        Language.PYTHON: ([sys.executable], "video.py"),
        Language.JAVASCRIPT: ([program("node")] if language is Language.JAVASCRIPT else [], "video.js"),
        Language.CURL: ([program("bash")] if language is Language.CURL else [], "video.sh"),
    }[language]
    (folder / name).write_text(text, encoding="utf-8")
    return subprocess.run(
        [*command, name],
        cwd=folder,
        env={**os.environ, "NO_PROXY": "127.0.0.1", "AIMLAPI_KEY": KEY, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with sandbox_process(tmp_path_factory.mktemp("sandbox")) as client:
        yield client


def model_of_texts(sandbox: Sandbox) -> tuple[str, str]:
    """A model that needs nothing but a prompt, and its create path."""
    rows = sandbox.get("/v1/models", params={"include": "all"}).json()["data"]
    for row in rows:
        paths = sandbox.get("/docs-json", params={"model": row["id"]}).json()["paths"]
        path = next(path for path, operations in paths.items() if "post" in operations)
        content = paths[path]["post"]["requestBody"]["content"]["application/json"]
        if set(content["schema"].get("required", ())) == {"model", "prompt"}:
            return row["id"], path
    raise AssertionError("No model of the sandbox makes a video of a prompt alone.")


def short(text: str, *, poll: str) -> str:
    """The snippet, looking more often than anybody should."""
    changed = text.replace("POLL_SECONDS = 10", f"POLL_SECONDS = {poll}")
    changed = changed.replace("POLL_SECONDS=10", f"POLL_SECONDS={poll}")
    assert changed != text
    return changed


@pytest.mark.parametrize("language", Language)
def test_a_snippet_ends_with_the_video_and_sends_once_whatever_a_look_brings(
    language: Language, sandbox: Sandbox, tmp_path: Path
) -> None:
    model, path = model_of_texts(sandbox)
    before = len(sandbox.get("/_sandbox/creates").json())
    body = {"model": model, "prompt": NASTY}
    origin = str(sandbox.base_url)
    text = snippet(language, base_url=origin, path=path, body=body)
    sandbox.fault("502", "retrieve", times=1)
    if shape := {Language.PYTHON: "video_objects", Language.JAVASCRIPT: "video_list"}.get(language):
        sandbox.fault(shape, times=1)
    try:
        done = run(language, short(text, poll="0.1"), tmp_path)
    finally:
        sandbox.clear()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Asking again" in done.stdout
    video = (tmp_path / "video.mp4").read_bytes()
    assert video[4:8] == b"ftyp"
    assert origin.rstrip("/") in done.stdout  # the address of the video
    assert len(sandbox.get("/_sandbox/creates").json()) == before + 1


@pytest.mark.parametrize("language", Language)
def test_a_refusal_is_shown(language: Language, sandbox: Sandbox, tmp_path: Path) -> None:
    model, path = model_of_texts(sandbox)
    text = snippet(language, base_url=str(sandbox.base_url), path=path, body={"model": model})
    done = run(language, text, tmp_path)
    assert done.returncode == 1
    assert "Refused" in done.stderr
    assert "prompt" in done.stderr
    assert not (tmp_path / "video.mp4").exists()


@pytest.mark.parametrize("language", Language)
def test_a_generation_that_failed_ends_with_its_reason(
    language: Language, sandbox: Sandbox, tmp_path: Path
) -> None:
    model, path = model_of_texts(sandbox)
    sandbox.fault("failed", times=1)
    try:
        text = snippet(
            language, base_url=str(sandbox.base_url), path=path, body={"model": model, "prompt": "x"}
        )
        done = run(language, short(text, poll="0.1"), tmp_path)
    finally:
        sandbox.clear()
    assert done.returncode == 1
    assert "No video was made" in done.stderr


# What arrives: the programs run with something in the place of the network that notes it and refuses.

NODE = """
const lines = require('readline').createInterface({input: process.stdin});
lines.on('line', async (line) => {
  let sent = null;
  const fetch = async (url, {body}) => { sent = [url, JSON.parse(body)]; throw new Error('noted'); };
  const program = JSON.parse(line).replace(/main\\(\\)\\.catch/, 'return $&');
  await new Function('fetch', 'console', program)(fetch, {error() {}});
  console.log(JSON.stringify(sent));
});
"""


@pytest.fixture(scope="module")
def node() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [program("node"), "-e", NODE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    yield process
    process.stdin.close()  # type: ignore[union-attr]  # it is a pipe
    process.wait(15)


def noted_by_node(node: subprocess.Popen[str], text: str) -> Any:
    assert node.stdin
    assert node.stdout
    node.stdin.write(json.dumps(text) + "\n")
    node.stdin.flush()
    return json.loads(node.stdout.readline())


def noted_by_curl(text: str, folder: Path) -> Any:
    """What a snippet gives to curl, which notes it and fails."""
    stub = folder / "bin" / "curl"
    stub.parent.mkdir(exist_ok=True)
    stub.write_text("#!/bin/sh\ncat > sent.json\nexit 7\n", encoding="utf-8")
    stub.chmod(0o755)
    done = run(Language.CURL, text, folder, PATH=f"{stub.parent}:{os.environ['PATH']}")
    assert done.returncode == 1, done.stderr
    return json.loads((folder / "sent.json").read_text(encoding="utf-8"))


texts = st.text(max_size=40) | st.text(
    alphabet="\"'\\$`{}()\n</script>JSON!%@\0\x7f\u2028\u202e👩\u200d", max_size=30
)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(texts | st.just("__proto__"), inner, max_size=3)
    ),
    max_leaves=8,
)
bodies = st.dictionaries(texts, values, max_size=4)


@given(bodies)
@example({"prompt": NASTY, "__proto__": {"a": 2**63}, "cfg": 0.5, "on": True, "none": None, "list": [[], {}]})
def test_what_python_sends_is_the_request(body: dict[str, Any]) -> None:
    tree = ast.parse(snippet(Language.PYTHON, base_url=BASE_URL, path=PATH, body=body))
    values = {
        t.id: n.value
        for n in tree.body
        if isinstance(n, ast.Assign)
        for t in n.targets
        if isinstance(t, ast.Name)
    }
    assert ast.literal_eval(values["body"]) == body
    assert ast.literal_eval(values["ENDPOINT"]) == BASE_URL + PATH


@settings(max_examples=200)
@given(body=bodies)
@example(
    body={"prompt": NASTY, "__proto__": {"a": 1}, "cfg": 0.5, "on": True, "none": None, "list": [[], {}]}
)
@example(body={"prompt": NASTY, "__proto__": {"a": 2**63}})
def test_what_javascript_sends_is_the_request(node: subprocess.Popen[str], body: dict[str, Any]) -> None:
    text = snippet(Language.JAVASCRIPT, base_url=BASE_URL, path=PATH, body=body)
    assert "</script" not in text
    url, sent = noted_by_node(node, text)
    assert url == BASE_URL + PATH
    assert _as_doubles(sent) == _as_doubles(body)


def _as_doubles(value: Any) -> Any:
    """`value` with every number as this test's Node.js can print it."""
    if isinstance(value, dict):
        return {name: _as_doubles(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_as_doubles(inner) for inner in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


@pytest.mark.parametrize("files", [{}, {REFERENCE: "a picture.png"}], ids=["quoted", "filled in"])
def test_what_the_shell_sends_is_the_request(files: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "a picture.png").write_bytes(b"\x89PNG")

    @settings(max_examples=15)
    @given(bodies)
    @example({"prompt": NASTY, "__proto__": {"a": 2**63}, "cfg": 0.5, "none": None, "list": [[], {}, NASTY]})
    def sends(body: dict[str, Any]) -> None:
        text = snippet(Language.CURL, base_url=BASE_URL, path=PATH, body=body, uploads=files)
        assert noted_by_curl(text, tmp_path) == body

    sends()


def test_a_whole_number_beyond_javascript_is_written_as_it_is() -> None:
    body = {"seed": 2**63 - 1, "image": REFERENCE}
    text = snippet(Language.JAVASCRIPT, base_url=BASE_URL, path=PATH, body=body, uploads={REFERENCE: "a.png"})
    assert "9223372036854775807" in text
    assert "JSON.stringify({" not in text


@pytest.mark.parametrize("seed", [1, 2**63 - 1], ids=["usual", "beyond JavaScript"])
def test_an_upload_is_read_where_the_program_runs(
    seed: int, node: subprocess.Popen[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = bytes(range(256)) * 40
    other = "upload:" + "1b" * 16
    uploads = {REFERENCE: "it's $HOME.png", other: "../up/it's $HOME.png"}
    body = {
        "seed": seed,
        "image_url": REFERENCE,
        "more": [{"x": other}, REFERENCE],
        "prompt": f"not {REFERENCE}",
    }
    for name in ("it's $HOME.png", "it's $HOME-2.png"):
        (tmp_path / name).write_bytes(content)
    address = f"data:image/png;base64,{base64.b64encode(content).decode()}"
    expected = {**body, "image_url": address, "more": [{"x": address}, address]}

    def text(language: Language) -> str:
        return snippet(language, base_url=BASE_URL, path=PATH, body=body, uploads=uploads)

    assert noted_by_curl(text(Language.CURL), tmp_path) == expected
    placed = text(Language.JAVASCRIPT).replace('dataUri("', f'dataUri("{tmp_path}/')
    assert _as_doubles(noted_by_node(node, placed)[1]) == _as_doubles(expected)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AIMLAPI_KEY", KEY)
    noted: list[Any] = []

    def post(url: str, *, json: Any, **_: Any) -> httpx.Response:
        noted.append(json)
        return httpx.Response(500)

    monkeypatch.setattr(httpx, "post", post)
    with pytest.raises(SystemExit):
        exec(compile(text(Language.PYTHON), "video.py", "exec"), {})
    assert noted == [expected]


def test_the_shell_sends_nothing_when_a_file_is_not_there(tmp_path: Path) -> None:
    text = snippet(
        Language.CURL,
        base_url=BASE_URL,
        path=PATH,
        body={"image_url": REFERENCE},
        uploads={REFERENCE: "gone.png"},
    )
    done = run(Language.CURL, text, tmp_path)
    assert done.returncode == 1
    assert "There is no file gone.png here." in done.stderr


@pytest.mark.parametrize("language", Language)
def test_no_snippet_holds_a_key(language: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIMLAPI_KEY", KEY)
    text = snippet(language, base_url=BASE_URL, path=PATH, body={"model": "m"})
    assert KEY not in text
    assert "<YOUR_AIMLAPI_KEY>" in text
