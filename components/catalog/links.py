"""What may stand for a picture, a video or a sound: a link, an uploaded file, the file itself."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from components.catalog.spec import Media
from components.catalog.values import is_whole_text
from components.jobs.uploads import is_upload

LONGEST_LINK = 8_000
_DATA = re.compile(r"data:([a-z]+)/[a-z0-9.+-]+[;,]", re.IGNORECASE | re.ASCII)
_NOT_IN_LINKS = re.compile(r"[\s\x00-\x1f\x7f\"<>\\^`{|}]")


def is_address(parameter: Media, value: Any) -> bool:
    """Whether `value` is one that `parameter` takes; blanks around it are no harm."""
    if not isinstance(value, str):
        return False
    value = value.strip()
    if is_upload(value):
        return parameter.takes_files
    if data := _DATA.match(value):
        fits = parameter.media is None or data[1].lower() == parameter.media.value
        return parameter.takes_files and fits and value.isascii() and "\x00" not in value
    if len(value) > LONGEST_LINK or not is_whole_text(value) or _NOT_IN_LINKS.search(value):
        return False
    try:
        link = urlsplit(value)
        return link.scheme.lower() in ("http", "https") and bool(link.hostname)
    except ValueError:
        return False
