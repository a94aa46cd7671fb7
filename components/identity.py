"""Who is looking: the person who has signed in, else the browser, known by a cookie that the server signs.

The owner marks which takes are mine and whose draft this is; it protects nothing that costs money.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from itsdangerous import BadSignature, Signer


class Identity:
    """Issues and reads the cookie. The secret and the instance id live in the data folder."""

    def __init__(self, folder: Path) -> None:
        """Makes the secret on first use. Raises OSError when `folder` cannot be written."""
        secret = _kept(folder / "cookie.secret", secrets.token_hex(32))
        instance = _kept(folder / "instance.id", secrets.token_hex(4))
        self._signer = Signer(secret, salt="video-playground.owner", key_derivation="hmac")
        # Cookies ignore ports: two playgrounds on one host must not read each other's.
        self.cookie = f"playground_{instance}"

    def issue(self) -> str:
        """The value of a fresh cookie, for a browser that has none."""
        return self._signer.sign(secrets.token_hex(16)).decode()

    def owner(self, cookies: Mapping[str, str]) -> str | None:
        """The owner's id (32 hex digits) that a valid cookie carries; None without one, or with a forged one."""
        value = cookies.get(self.cookie)
        if not value:
            return None
        try:
            return self._signer.unsign(value).decode()
        except (BadSignature, UnicodeError):
            return None


def signed_in(user: Mapping[str, Any]) -> str | None:
    """The owner's id (32 hex digits) of a person who has signed in, the same on every device; None where nobody has.

    `user` is what the identity provider said: whoever it is is known by issuer and subject together (OpenID Connect
    Core 1.0, section 2); an e-mail address may change hands.
    """
    issuer, subject = user.get("iss"), user.get("sub")
    if user.get("is_logged_in") is not True or not isinstance(subject, str) or not subject:
        return None
    named = "\0".join(["person", issuer if isinstance(issuer, str) else "", subject])
    return hashlib.sha256(named.encode("utf-8", "replace")).hexdigest()[:32]


def _kept(file: Path, fresh: str) -> str:
    """The text in `file`; made from `fresh` when there is none. Two processes starting at once agree."""
    if not file.exists():
        # Written whole beside it, then linked: whoever sees the name sees the text.
        with tempfile.NamedTemporaryFile(
            "w", dir=file.parent, prefix=f".{file.name}-", encoding="ascii"
        ) as made:
            made.write(fresh)
            made.flush()
            os.fsync(made.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(made.name, file)
    return file.read_text(encoding="ascii").strip()
