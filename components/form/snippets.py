"""The request as a program that somebody can run elsewhere: create, wait, show what went wrong, load the video.

Each sends once: a create is paid for. What is not known to be an end is waited for, up to a limit (FACTS.md,
"Status words seen"). The key comes from the environment and is never in the text.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import PurePath
from typing import Any

from components.form import programs
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
            programs.PYTHON_HEAD.replace("import os\n", "import base64\nimport os\n")
            if files
            else programs.PYTHON_HEAD,
            f"ENDPOINT = {text_in_python(endpoint)}\n",
            programs.PYTHON_CONSTANTS,
            programs.PYTHON_FILES if files else "",
            f"body = {python(body, files, read)}\n",
            programs.PYTHON_TAIL,
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
            programs.JAVASCRIPT_HEAD,
            f"const ENDPOINT = {text_in_javascript(endpoint)};\n",
            programs.JAVASCRIPT_CONSTANTS,
            programs.JAVASCRIPT_FILES if files else programs.JAVASCRIPT_SAVING,
            f"  const body = {sent};\n",
            programs.JAVASCRIPT_TAIL,
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
        request = f"{programs.CURL_FILES.replace('FILES', names)}request() {{ cat <<JSON\n{text}\nJSON\n}}\n"
    else:
        request = f"request() {{ cat <<'JSON'\n{json_text(body, files, str)}\nJSON\n}}\n"
    return "".join(
        (
            programs.CURL_HEAD,
            f"ENDPOINT={in_shell(endpoint)}\n",
            programs.CURL_CONSTANTS,
            request,
            programs.CURL_TAIL,
        )
    )


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
