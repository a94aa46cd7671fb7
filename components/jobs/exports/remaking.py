"""Reads a manifest, so that its takes can be made again: the requests as they were sent, files in their places.

A manifest is from outside, whoever brings it. It is bounded and checked here; where its requests go, and with whose
key, is for whoever sends them to decide: a manifest may name any address.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import urlsplit

from components.jobs.exports.manifest import FORMAT, VERSION
from components.jobs.inspection import MIME
from components.jobs.job import BUILT_IN, Destination
from components.jobs.upload import DEEPEST, REFERENCE, is_upload, references

MOST_BYTES = 64_000_000
MOST_TAKES = 20_000
MOST_VALUES = 20_000
"""Of one request: single ones, lists and groups."""

_ID = re.compile(r"[0-9a-f]{32}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_PATH = re.compile(r"/(?!/)[A-Za-z0-9._~%/:@!$&'()*+,;=-]{0,500}")
# Of a folder of its own, and no way out of it.
_FILE = re.compile(r"uploads/(?!\.)[^/\\:\x00-\x1f]{1,250}")
_LONGEST = 512


class ManifestError(Exception):
    """Why something is no manifest that can be used: a sentence for whoever brought it."""


@dataclass(frozen=True)
class Kept:
    """A file that went along with a request."""

    name: str
    """Where it is, relative to the manifest."""
    size: int
    sha256: str
    mime: str


@dataclass(frozen=True)
class Recipe:
    """How one take was made."""

    id: str
    destination: Destination
    base_url: str
    """An origin, or BUILT_IN."""
    path: str
    model: str
    request: dict[str, Any]
    """As it was sent, but for files: each is named by its reference."""
    document: str | None
    """The digest of the document that it was made from."""
    uploads: Mapping[str, Kept]
    """The files that are there, by reference."""

    @property
    def lacking(self) -> frozenset[str]:
        """The references of files that are not there: without them it cannot be made again."""
        return frozenset(references(self.request) - self.uploads.keys())

    def body(self, read: Callable[[str], bytes]) -> dict[str, Any]:
        """The request as the client posts it, with each file in its place; `read` gives a file by its name.

        Raises ManifestError for a file that is not there, or is another than the one that was sent.
        """
        if self.lacking:
            raise ManifestError(
                "A file that this take was made with did not come along. Add the file in the Studio instead."
            )
        uris = {each: _data_uri(self.uploads[each], read) for each in references(self.request)}

        def filled(value: Any, depth: int) -> Any:
            if depth < DEEPEST and isinstance(value, dict):
                return {name: filled(each, depth + 1) for name, each in value.items()}
            if depth < DEEPEST and isinstance(value, list):
                return [filled(each, depth + 1) for each in value]
            return uris[value] if is_upload(value) else value

        body: dict[str, Any] = filled(self.request, 0)
        return body


@dataclass(frozen=True)
class Remaking:
    """What a manifest holds."""

    recipes: tuple[Recipe, ...]
    unusable: tuple[str, ...]
    """The ids of takes whose request could not be written down."""
    documents: Mapping[str, dict[str, Any]]
    """The documents of the models, by digest."""


def read_manifest(data: bytes) -> Remaking:
    """What the manifest in `data` holds. Raises ManifestError, with a sentence, for anything else."""
    if len(data) > MOST_BYTES:
        raise ManifestError(
            f"This file has more than {MOST_BYTES // 1_000_000} MB: too many takes for one manifest."
        )
    try:
        found = json.loads(data.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise ManifestError("This is no manifest: it is not JSON, or was cut off.") from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ManifestError("This is no manifest of takes from Video Playground.")
    version = found.get("version")
    if isinstance(version, bool) or not isinstance(version, int) or not 1 <= version <= VERSION:
        raise ManifestError(
            "This manifest was written by a newer version of Video Playground, or changed since."
        )
    takes, uploads, documents = found.get("takes"), found.get("uploads"), found.get("documents")
    if not isinstance(takes, list) or not isinstance(uploads, dict) or not isinstance(documents, dict):
        raise ManifestError("This manifest is not whole.")
    if len(takes) > MOST_TAKES:
        raise ManifestError(f"This manifest has more than {MOST_TAKES:,} takes.")
    files = {reference: kept for reference, told in uploads.items() if (kept := _kept(reference, told))}
    recipes, unusable = [], []
    for number, told in enumerate(takes, 1):
        if not isinstance(told, dict) or not _is(_ID, told.get("id")):
            raise ManifestError(f"Take {number} of this manifest has no id.")
        if told.get("request") is None and "cannot_be_made_again" in told:
            unusable.append(told["id"])
        else:
            recipes.append(_recipe(told, number, files))
    known = {key: value for key, value in documents.items() if _is(_DIGEST, key) and isinstance(value, dict)}
    return Remaking(tuple(recipes), tuple(unusable), known)


def _recipe(told: Mapping[str, Any], number: int, files: Mapping[str, Kept]) -> Recipe:
    request, model, document = told.get("request"), told.get("model"), told.get("document")
    base_url, path = told.get("base_url"), told.get("path")
    try:
        destination = Destination(str(told.get("destination")))
    except ValueError:
        _refuse(number, "where it was sent")
    if not isinstance(base_url, str) or not (base_url == BUILT_IN or _is_origin(base_url)):
        _refuse(number, "its address")
    if not _is(_PATH, path):
        _refuse(number, "its path")
    if not isinstance(model, str) or not 0 < len(model) <= _LONGEST:
        _refuse(number, "its model")
    if not isinstance(request, dict) or not _is_bounded(request):
        _refuse(number, "its request")
    if document is not None and not _is(_DIGEST, document):
        _refuse(number, "its document")
    of_this = {each: files[each] for each in references(request) if each in files}
    return Recipe(told["id"], destination, base_url, str(path), model, request, document, of_this)


def _refuse(number: int, what: str) -> NoReturn:
    raise ManifestError(
        f"Take {number} of this manifest cannot be used: {what} is missing or makes no sense."
    )


def _kept(reference: str, told: object) -> Kept | None:
    """The file that the manifest names; None where it did not come along. Raises ManifestError for nonsense."""
    if not isinstance(told, dict) or not REFERENCE.fullmatch(reference):
        raise ManifestError("This manifest names a file in a way that makes no sense.")
    if "name" not in told or "problem" in told:
        return None
    name, size, sha256, mime = (told.get(key) for key in ("name", "bytes", "sha256", "mime"))
    sound = _is(_FILE, name) and _is(_DIGEST, sha256) and isinstance(mime, str) and mime in _MIMES
    if not sound or isinstance(size, bool) or not isinstance(size, int) or size < 0:
        raise ManifestError("This manifest names a file in a way that makes no sense.")
    return Kept(str(name), size, str(sha256), str(mime))


_MIMES = frozenset(MIME.values()) | {
    f"{kind}/{form}" for kind in ("audio", "video") for form in ("webm", "ogg")
}


def _data_uri(kept: Kept, read: Callable[[str], bytes]) -> str:
    try:
        content = read(kept.name)
    except (OSError, KeyError):
        raise ManifestError(f"The file {kept.name} is not there.") from None
    if len(content) != kept.size or hashlib.sha256(content).hexdigest() != kept.sha256:
        raise ManifestError(f"The file {kept.name} is not the one that was sent.")
    return f"data:{kept.mime};base64,{base64.b64encode(content).decode('ascii')}"


def _is(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_origin(address: str) -> bool:
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    plain = address.isprintable() and not set(address) & set(" ?#\\@")
    return usable and plain and len(address) <= _LONGEST


def _is_bounded(value: Any) -> bool:
    """Whether there are no more values in `value`, and no deeper, than any request has."""
    level, count = [value], 0
    for _ in range(DEEPEST):
        count += len(level)
        if count > MOST_VALUES:
            return False
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return True
    return False


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number in JSON")
