"""The request, to be read and taken along: as JSON, and as programs that make the same video elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from components.form.literals import json_text
from components.form.snippets import Language, snippet
from components.jobs.job import BUILT_IN
from components.jobs.upload import references
from components.settings import Settings

PUBLIC: str = Settings.model_fields["base_url"].default
"""Where the programs send the request: they are for use elsewhere, where only the provider is."""
MOST_SHOWN = 200_000
"""Characters that a browser still colours without a halt. What is longer can be saved."""

_JSON = "JSON"
_LANGUAGES = {
    _JSON: None,
    "Python": Language.PYTHON,
    "JavaScript": Language.JAVASCRIPT,
    "cURL": Language.CURL,
}
_FILES = {_JSON: "request.json", "Python": "video.py", "JavaScript": "video.js", "cURL": "video.sh"}


def view_code(
    request: Mapping[str, Any],
    *,
    path: str,
    base_url: str = PUBLIC,
    uploads: Mapping[str, str] | None = None,
    sandbox: bool = False,
) -> None:
    """Draws `request` in the language that was chosen last, with a button that copies it.

    `path` is the create path; `base_url` is where Generate sends to, BUILT_IN for the sandbox in the app;
    `uploads` names the files behind references. `sandbox` says that Generate sends to some other sandbox.
    """
    chosen = st.segmented_control(
        "Show as",
        list(_LANGUAGES),
        default=_JSON,
        required=True,
        key="view code",
        persist_state="session",
        label_visibility="collapsed",
        width="stretch",
    )
    name = chosen or _JSON
    body = dict(request)
    files = dict.fromkeys(sorted(references(body)), "file") | dict(uploads or {})
    language = _LANGUAGES[name]
    if language is None:
        text = json_text(body, files, lambda file: f"<{file}, as a data URI>".replace('"', "'"))
    else:
        text = snippet(language, base_url=PUBLIC, path=path, body=body, uploads=files)
        st.caption(_where(files, sandbox=sandbox or base_url == BUILT_IN))
    if len(text) > MOST_SHOWN:
        st.caption("This is too long to be shown here. Save it, and open it in an editor.")
        st.download_button(
            "Save", text, file_name=_FILES[name], icon=":material/download:", on_click="ignore"
        )
        return
    st.code(text, language=language or "json", wrap_lines=language is None)


def _where(files: Mapping[str, str], *, sandbox: bool) -> str:
    """What somebody should know who takes a program along."""
    said = "A program to run elsewhere, with a key of your own. It makes a real video, which is paid for."
    if sandbox:
        said += " Generate on this page sends to the sandbox instead, which costs nothing."
    if files:
        said += " Put your uploaded files beside it first."
    return said
