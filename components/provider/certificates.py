"""The authorities whose certificates are trusted: httpx's own choice, read once."""

from __future__ import annotations

import ssl
from functools import cache

import httpx


@cache
def certificates() -> ssl.SSLContext:
    """The context for every connection that goes out. Reading it takes longer than setting up a client otherwise."""
    return httpx.create_ssl_context()
