"""The fixed parts of the programs in `snippets.py`: what is above the request, and what is below it."""

PYTHON_HEAD = """\
# Needs httpx: pip install httpx
# Your key: export AIMLAPI_KEY="<YOUR_AIMLAPI_KEY>"
import os
import sys
import time
from pathlib import Path

import httpx

"""
PYTHON_CONSTANTS = """\
POLL_SECONDS = 10
GIVE_UP_SECONDS = 3600
HEADERS = {"Authorization": f"Bearer {os.environ['AIMLAPI_KEY']}"}

"""
PYTHON_FILES = """
def data_uri(path, mime):
    return f"data:{mime};base64,{base64.b64encode(Path(path).read_bytes()).decode()}"


"""
PYTHON_TAIL = """
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

JAVASCRIPT_HEAD = """\
// Needs Node.js 18 or newer.
// Your key: export AIMLAPI_KEY="<YOUR_AIMLAPI_KEY>"
"""
JAVASCRIPT_CONSTANTS = """\
const POLL_SECONDS = 10;
const GIVE_UP_SECONDS = 3600;
const headers = { Authorization: `Bearer ${process.env.AIMLAPI_KEY}` };

async function main() {
"""
JAVASCRIPT_SAVING = """\
  const { writeFile } = await import("node:fs/promises");
"""
JAVASCRIPT_FILES = """\
  const { readFile, writeFile } = await import("node:fs/promises");
  const dataUri = async (path, mime) => `data:${mime};base64,${await readFile(path, "base64")}`;
"""
JAVASCRIPT_TAIL = """
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

CURL_HEAD = """\
#!/usr/bin/env bash
# Save as video.sh, and run: bash video.sh. Needs curl 7.76 or newer, and python3 to read the replies.
# Your key: export AIMLAPI_KEY="<YOUR_AIMLAPI_KEY>"
set -euo pipefail
: "${AIMLAPI_KEY:?Set it to your key first}"
command -v python3 > /dev/null || { echo "python3 is needed to read the replies." >&2; exit 1; }

"""
CURL_CONSTANTS = """\
POLL_SECONDS=10
GIVE_UP_SECONDS=3600

"""
CURL_FILES = """\
for file in FILES; do
  [ -r "$file" ] || { echo "There is no file $file here." >&2; exit 1; }
done
data_uri() { printf 'data:%s;base64,' "$2"; base64 < "$1" | tr -d '\\n'; }

"""
CURL_TAIL = """
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
understand "$reply" || { echo "This answer cannot be read: $reply" >&2; exit 1; }
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
