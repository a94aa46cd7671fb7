"""An uploaded file as it is shown in a form: the picture, or a player, with its name, size and dimensions."""

from __future__ import annotations

from html import escape
from typing import Literal

import streamlit as st

from components.catalog.spec import MediaKind
from components.jobs.uploads import Upload
from components.markdown import as_text
from components.media import upload_address
from components.services import services

GONE = "This file is no longer here. Replace it, or remove it."
_USUAL, _SMALL = 160, 72
"""Pixels."""
_PICTURE = (
    "display:block;max-width:100%;height:auto;max-height:{high}px;border-radius:0.5rem;object-fit:contain"
)


def preview(file: str, name: str, owner: str, *, small: bool = False) -> None:
    """Shows what stands in a field: an upload of `owner`, or data that is written into the address.

    `small`: a thumbnail, in a row with what is said about it.
    """
    width: Literal["content", "stretch"] = "content" if small else "stretch"
    if file[:5].lower() == "data:":
        st.markdown(f":material/data_object: {as_text(_data_words(file))}", width=width)
        return
    upload = services().uploads.get(file, owner)
    if upload is None:
        st.markdown(f":red[:material/error: {GONE}]", width=width)
        return
    # Only the browser with this cookie is given the file, even where its owner is known by something else.
    viewer = services().identity.owner(st.context.cookies) or owner
    address = upload_address(upload, viewer)
    st.html(preview_html(upload, address, name, high=_SMALL if small else _USUAL), width=width)
    st.caption(as_text(upload_words(upload)), width=width)


def preview_html(upload: Upload, address: str, name: str, *, high: int) -> str:
    """The picture or the player, at most `high` pixels high. Of a sound nothing is loaded before it is played."""
    at, said = escape(address, quote=True), escape(_plain(f"{name}: {upload.name}"), quote=True)
    match upload.media:
        case MediaKind.VIDEO:
            attributes = f'src="{at}" aria-label="{said}" style="{_PICTURE.format(high=high)}"'
            return f'<video controls playsinline preload="metadata" {attributes}></video>'
        case MediaKind.AUDIO:
            look = "width:18rem;max-width:100%"
            return f'<audio controls preload="none" src="{at}" aria-label="{said}" style="{look}"></audio>'
    size = f' width="{upload.width}" height="{upload.height}"' if upload.width and upload.height else ""
    return f'<img src="{at}" alt="{said}"{size} style="{_PICTURE.format(high=high)};width:auto">'


def upload_words(upload: Upload) -> str:
    """Name, dimensions, length and size of an upload, in words."""
    parts = [upload.name]
    if upload.width and upload.height:
        parts.append(f"{upload.width:,} × {upload.height:,} px")
    if upload.seconds:
        parts.append(f"{upload.seconds:.3g} s")
    parts.append(_size(upload.size))
    return " · ".join(parts)


def _data_words(uri: str) -> str:
    kind = uri[5:].partition(",")[0].partition(";")[0][:40] or "data"
    return f"A file written into the request: {kind}, {_size(len(uri) * 3 // 4)}"


def _size(size: int) -> str:
    """A number of bytes in words."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1_000)):,} kB"
    return f"{size / 1_000_000:,.1f} MB"


def _plain(text: str) -> str:
    """`text` without what looks like markup: the browser's sanitiser drops an attribute that holds any."""
    return text.translate(str.maketrans("<>", "  ")).strip()
