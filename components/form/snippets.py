"""The request as a program that somebody can run elsewhere: create, wait, show what went wrong, load the video.

Each sends once: a create is paid for. What is not known to be an end is waited for, up to a limit (FACTS.md,
"Status words seen"). The key comes from the environment and is never in the text.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import PurePath
from typing import Any

from components.form.literals import (
    fits_javascript,
    in_shell,
    javascript,
    json_text,
    python,
    text_in_javascript,
    text_in_python,
)
from components.jobs.inspection import MIME


class Language(StrEnum):
    """What a request can be shown in; the value is what a highlighter calls it."""

    PYTHON = "python"
    JAVASCRIPT = "javascript"
    CURL = "bash"


def snippet(
    language: Language,
    *,
    base_url: str,
    path: str,
    body: Mapping[str, Any],
    uploads: Mapping[str, str] | None = None,
) -> str:
    """A runnable program that sends `body` to `path` and loads the video into `video.mp4`.

    `uploads`: reference of an upload in `body` -> name of the file, which the program reads where it is run.
    """
    files = _told_apart(uploads or {})
    write = {Language.PYTHON: _python, Language.JAVASCRIPT: _javascript, Language.CURL: _curl}[language]
    return write(base_url.rstrip("/") + path, dict(body), files)


def _python(endpoint: str, body: dict[str, Any], files: dict[str, str]) -> str:
    def read(name: str) -> str:
        return f"data_uri({text_in_python(name)}, {text_in_python(_mime(name))})"

    return "".join(
        (
            _PYTHON_HEAD.replace("import os\n", "import base64\nimport os\n") if files else _PYTHON_HEAD,
            f"ENDPOINT = {text_in_python(endpoint)}\n",
            _PYTHON_CONSTANTS,
            _PYTHON_FILES if files else "",
            f"body = {python(body, files, read)}\n",
            _PYTHON_TAIL,
        )
    )


def _javascript(endpoint: str, body: dict[str, Any], files: dict[str, str]) -> str:
    def read(name: str) -> str:
        return f"await dataUri({text_in_javascript(name)}, {text_in_javascript(_mime(name))})"

    if fits_javascript(body):
        sent = f"JSON.stringify({javascript(body, files, read, 1)})"
    else:  # JavaScript would round a number: the JSON itself, as text
        sent = text_in_javascript(json_text(body, files, lambda name: f"\0{name}\0"))
        for name in files.values():
            mark = text_in_javascript(f"\0{name}\0")[1:-1]
            sent = sent.replace(mark, f'" + ({read(name)}) + "')
    return "".join(
        (
            _JAVASCRIPT_HEAD,
            f"const ENDPOINT = {text_in_javascript(endpoint)};\n",
            _JAVASCRIPT_CONSTANTS,
            _JAVASCRIPT_FILES if files else _JAVASCRIPT_SAVING,
            f"  const body = {sent};\n",
            _JAVASCRIPT_TAIL,
        )
    )


def _curl(endpoint: str, body: dict[str, Any], files: dict[str, str]) -> str:
    if files:
        # The shell fills the files in, so everything else that it would read in the text is taken from it.
        marks = {name: f"\0{number}\0" for number, name in enumerate(files.values())}
        text = json_text(body, files, marks.__getitem__)
        for sign in ("\\", "$", "`"):
            text = text.replace(sign, f"\\{sign}")
        for name, mark in marks.items():
            text = text.replace(mark, f"$(data_uri {in_shell(name)} {_mime(name)})")
        names = " ".join(in_shell(name) for name in files.values())
        request = f"{_CURL_FILES.replace('FILES', names)}request() {{ cat <<JSON\n{text}\nJSON\n}}\n"
    else:
        request = f"request() {{ cat <<'JSON'\n{json_text(body, files, str)}\nJSON\n}}\n"
    return "".join((_CURL_HEAD, f"ENDPOINT={in_shell(endpoint)}\n", _CURL_CONSTANTS, request, _CURL_TAIL))


def _told_apart(uploads: Mapping[str, str]) -> dict[str, str]:
    """The uploads with file names that are names of files only, each its own."""
    found: dict[str, str] = {}
    for reference, given in uploads.items():
        clean = "".join(c for c in PurePath(given.replace("\\", "/")).name if c.isprintable()).lstrip("-.")
        name = PurePath(clean or "file")
        number = 2
        while str(name) in found.values():
            name = PurePath(f"{PurePath(clean or 'file').stem}-{number}{PurePath(clean).suffix}")
            number += 1
        found[reference] = str(name)
    return found


def _mime(name: str) -> str:
    ending = PurePath(name).suffix[1:].lower()
    return MIME.get({"jpeg": "jpg"}.get(ending, ending), "application/octet-stream")


_PYTHON_HEAD = """\
# Needs httpx: pip install httpx
# Your key: export AIMLAPI_KEY="<YOUR_AIMLAPI_KEY>"
import os
import sys
import time
from pathlib import Path

import httpx

"""
_PYTHON_CONSTANTS = """\
POLL_SECONDS = 10
GIVE_UP_SECONDS = 3600
HEADERS = {"Authorization": f"Bearer {os.environ['AIMLAPI_KEY']}"}

"""
_PYTHON_FILES = """
def data_uri(path, mime):
    return f"data:{mime};base64,{base64.b64encode(Path(path).read_bytes()).decode()}"


"""
_PYTHON_TAIL = """
# Sent once: a create is paid for. If no answer comes, look into your account before you send it again.
reply = httpx.post(ENDPOINT, headers=HEADERS, json=body, timeout=120)
if not reply.is_success:
    sys.exit(f"Refused with {reply.status_code}: {reply.text}")
generation = reply.json()
generation_id = generation.get("id") or generation.get("generation_id")
print("Generation", generation_id)

deadline = time.monotonic() + GIVE_UP_SECONDS
while (status := str(generation.get("status")).lower()) not in ("completed", "complete", "succeeded"):
    if status in ("error", "failed", "cancelled", "canceled"):
        sys.exit(f"No video was made: {generation.get('error')}")
    if time.monotonic() > deadline:
        sys.exit(f"Still {status}. Ask again later for {generation_id}.")
    print(status)
    time.sleep(POLL_SECONDS)
    try:
        reply = httpx.get(ENDPOINT, headers=HEADERS, params={"generation_id": generation_id}, timeout=60)
        reply.raise_for_status()
        generation = reply.json()
    except (httpx.HTTPError, ValueError) as trouble:
        print("Asking again:", trouble)

video = generation.get("video")
while isinstance(video, list):
    video = video[0] if video else None
url = video.get("url") if isinstance(video, dict) else video
if not url:
    sys.exit(f"There is no video in the reply: {generation}")
print(url)
with httpx.stream("GET", url, follow_redirects=True, timeout=60) as file, Path("video.mp4").open("wb") as saved:
    file.raise_for_status()
    for chunk in file.iter_bytes():
        saved.write(chunk)
print("Saved as video.mp4")
"""

_JAVASCRIPT_HEAD = """\
// Needs Node.js 18 or newer.
// Your key: export AIMLAPI_KEY="<YOUR_AIMLAPI_KEY>"
"""
_JAVASCRIPT_CONSTANTS = """\
const POLL_SECONDS = 10;
const GIVE_UP_SECONDS = 3600;
const headers = { Authorization: `Bearer ${process.env.AIMLAPI_KEY}` };

async function main() {
"""
_JAVASCRIPT_SAVING = """\
  const { writeFile } = await import("node:fs/promises");
"""
_JAVASCRIPT_FILES = """\
  const { readFile, writeFile } = await import("node:fs/promises");
  const dataUri = async (path, mime) => `data:${mime};base64,${await readFile(path, "base64")}`;
"""
_JAVASCRIPT_TAIL = """
  // Sent once: a create is paid for. If no answer comes, look into your account before you send it again.
  const created = await fetch(ENDPOINT, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json" },
    body,
  });
  if (!created.ok) throw new Error(`Refused with ${created.status}: ${await created.text()}`);
  let generation = await created.json();
  const id = generation.id ?? generation.generation_id;
  console.log("Generation", id);

  const deadline = Date.now() + GIVE_UP_SECONDS * 1000;
  for (;;) {
    const status = String(generation.status).toLowerCase();
    if (["completed", "complete", "succeeded"].includes(status)) break;
    if (["error", "failed", "cancelled", "canceled"].includes(status)) {
      throw new Error(`No video was made: ${JSON.stringify(generation.error)}`);
    }
    if (Date.now() > deadline) throw new Error(`Still ${status}. Ask again later for ${id}.`);
    console.log(status);
    await new Promise((resolve) => setTimeout(resolve, POLL_SECONDS * 1000));
    try {
      const reply = await fetch(`${ENDPOINT}?generation_id=${encodeURIComponent(id)}`, { headers });
      if (!reply.ok) throw new Error(`${reply.status}: ${await reply.text()}`);
      generation = await reply.json();
    } catch (trouble) {
      console.log("Asking again:", trouble.message);
    }
  }

  let video = generation.video;
  while (Array.isArray(video)) video = video[0];
  const url = video?.url ?? video;
  if (typeof url !== "string") throw new Error(`There is no video in the reply: ${JSON.stringify(generation)}`);
  console.log(url);
  const file = await fetch(url);
  if (!file.ok) throw new Error(`The video cannot be loaded: ${file.status}`);
  await writeFile("video.mp4", Buffer.from(await file.arrayBuffer()));
  console.log("Saved as video.mp4");
}

main().catch((trouble) => {
  console.error(trouble.message);
  process.exitCode = 1;
});
"""

_CURL_HEAD = """\
#!/usr/bin/env bash
# Save as video.sh, and run: bash video.sh. Needs curl 7.76 or newer, and python3 to read the replies.
# Your key: export AIMLAPI_KEY="<YOUR_AIMLAPI_KEY>"
set -euo pipefail
: "${AIMLAPI_KEY:?Set it to your key first}"
command -v python3 > /dev/null || { echo "python3 is needed to read the replies." >&2; exit 1; }

"""
_CURL_CONSTANTS = """\
POLL_SECONDS=10
GIVE_UP_SECONDS=3600

"""
_CURL_FILES = """\
for file in FILES; do
  [ -r "$file" ] || { echo "There is no file $file here." >&2; exit 1; }
done
data_uri() { printf 'data:%s;base64,' "$2"; base64 < "$1" | tr -d '\\n'; }

"""
_CURL_TAIL = """
ask() { curl --silent --show-error --fail-with-body --header "Authorization: Bearer $AIMLAPI_KEY" "$@"; }

understand() {  # a reply -> id, status, address of the video, error
  local found
  found=$(python3 -c '
import json, sys
reply = json.load(sys.stdin)
video = reply.get("video")
while isinstance(video, list):
    video = video[0] if video else None
url = video.get("url") if isinstance(video, dict) else video
print(reply.get("id") or reply.get("generation_id"), str(reply.get("status")).lower(), url or "", sep="\\n")
print(json.dumps(reply.get("error")))' <<< "$1") || return 1
  { read -r id; read -r status; read -r url; read -r error; } <<< "$found"
}

# Sent once: a create is paid for. If no answer comes, look into your account before you send it again.
reply=$(request | ask --max-time 120 --header "Content-Type: application/json" --data-binary @- "$ENDPOINT") ||
  { echo "Refused: $reply" >&2; exit 1; }
understand "$reply"
generation=$id
echo "Generation $generation"

while :; do
  case $status in
    completed | complete | succeeded) break ;;
    error | failed | cancelled | canceled) echo "No video was made: $error" >&2; exit 1 ;;
  esac
  if ((SECONDS > GIVE_UP_SECONDS)); then
    echo "Still $status. Ask again later for $generation." >&2
    exit 1
  fi
  echo "$status"
  sleep "$POLL_SECONDS"
  if reply=$(ask --max-time 60 --get --data-urlencode "generation_id=$generation" "$ENDPOINT"); then
    understand "$reply" || echo "Asking again: $reply"
  else
    echo "Asking again: $reply"
  fi
done

[ -n "$url" ] || { echo "There is no video in the reply: $reply" >&2; exit 1; }
echo "$url"
curl --silent --show-error --fail --location --output video.mp4 "$url"
echo "Saved as video.mp4"
"""
