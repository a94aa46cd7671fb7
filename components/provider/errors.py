"""What can go wrong between us and the provider, as a small tree of exceptions.

    ProviderError                 anything below
    ├── NotSent                   the request cannot have reached the provider (no connection)
    ├── NoAnswer                  it may have: time-out, reset or cut off after sending
    ├── BadReply                  a 2xx whose body is not what was agreed (HTML, empty, no id, wrong types)
    └── HttpError                 an answer with an error status
        ├── InvalidRequest        400 (and 411, 413, 414, 415, 422, 431): the request was refused
        ├── KeyRejected           401
        ├── Forbidden             403 for another reason: plan, or key not allowed
        │   └── OutOfCredits      403 with kind `err_insufficent_credits` (the provider's spelling), and 402
        ├── NotFound              404 (and 405, 410): unknown path, unknown or retired model, or "Inference not found"
        ├── RateLimited           429: not accepted; try again later
        └── ServerTrouble         5xx and any other status: the provider's side; a redirect, which is not followed

Each carries what a person can be told (`message`, the provider's own words, bounded and without the key)
and what whoever supports them needs (`raw`, the body as text, bounded).
"""

from __future__ import annotations


class ProviderError(Exception):
    """`message`: the provider's words or ours, at most 2,000 characters. `raw`: the body, at most 64 KiB."""

    def __init__(self, message: str, *, raw: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.raw = raw


class NotSent(ProviderError):
    """The provider cannot have seen the request: safe to send again."""


class NoAnswer(ProviderError):
    """The request went out and no whole answer came back: it may have been accepted, and charged."""


class BadReply(ProviderError):
    """A success status with a body that cannot be understood. After a create: it may have been accepted."""


class HttpError(ProviderError):
    """An answer with an error `status`. `kind` is `error.data.kind` where the envelope has it."""

    def __init__(self, message: str, *, status: int, raw: str = "", kind: str = "") -> None:
        super().__init__(message, raw=raw)
        self.status = status
        self.kind = kind


class InvalidRequest(HttpError):
    """The body was refused. Not accepted, not charged."""


class KeyRejected(HttpError):
    """The key is missing, wrong or revoked. Not accepted, not charged."""


class Forbidden(HttpError):
    """The plan or the key does not allow this. Not accepted, not charged."""


class OutOfCredits(Forbidden):
    """The account has no credits left. Not accepted, not charged."""


class NotFound(HttpError):
    """The path, the model or the generation is unknown. On a retrieve it has been seen to pass."""


class RateLimited(HttpError):
    """Too many requests: not accepted. `retry_after` in seconds where the provider named it (seconds or date)."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 429,
        raw: str = "",
        kind: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, status=status, raw=raw, kind=kind)
        self.retry_after = retry_after


class ServerTrouble(HttpError):
    """5xx, a redirect, or a status that nobody knows.

    On a create it may have been accepted; on a retrieve it is always worth another try.
    """
