"""The wire to the provider: create, retrieve, models, documents, balance.

    client = Client("https://api.example.com", key)
    generation = await client.create("/v2/video/generations", body, request_id=take_id)
    generation = await client.retrieve("/v2/video/generations", generation.id)

Every failure is one of `errors.ProviderError`. A create is posted once, ever: it is paid, and the provider knows no
idempotency key, so whoever calls decides by the exception whether it can have been accepted.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from pydantic import SecretStr

from components.provider.certificates import certificates
from components.provider.errors import BadReply, NoAnswer, NotSent, ProviderError, ServerTrouble
from components.provider.refusals import refusal
from components.provider.replies import (
    Balance,
    Generation,
    ModelRow,
    Phase,
    read_balance,
    read_document,
    read_generation,
    read_id,
    read_models,
)
from components.provider.secrecy import Scrubber
from components.provider.sentences import LONGEST_MESSAGE, bounded, raw_text, words

VIDEO_ENDPOINT = "internal/video-generations/submit"
"""The endpoint type of video models in the catalogue and in `/docs-json`."""
LARGEST_REPLY = 2 * 1024 * 1024
"""Bytes of a body, unpacked; what is larger is a BadReply."""
LARGEST_LIST = 8 * 1024 * 1024
"""The same for the list of models, which has hundreds of rows."""

# httpx 0.28 collapses above 32 connections (encode/httpx #3215): half for creates, half for the rest.
_CONNECTIONS = 16
_KEEP_ALIVE = 30.0
# What listens on this machine, such as the sandbox, is no proxy's business, whatever HTTP_PROXY says.
_NEVER_PROXIED: dict[str, httpx.AsyncBaseTransport | None] = {
    "all://127.0.0.1": None,
    "all://localhost": None,
    "all://[::1]": None,
}
_PATH = re.compile(r"/[A-Za-z0-9._~%/:@!$&'()*+,;=-]*")
# What the provider takes for X-Client-Request-Id; anything else it drops silently (FACTS.md, "Headers").
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
# Raised before the first byte of the request can have left. All else may have come after it.
_BEFORE_SENDING = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
    # Out of the race between a host's addresses, for a port that cannot be one.
    ExceptionGroup,
)


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long to wait, in seconds."""

    connect: float = 10
    """For a connection, and for a free one."""
    create: float = 120
    """For the next bytes of the answer to a create."""
    read: float = 30
    """For the next bytes of any other answer."""
    whole_create: float = 180
    """For a create from beginning to end, however many bytes come."""
    per_byte: float = 1 / 100_000
    """More for a create, for each byte of its request: files go out over slow lines too."""
    whole: float = 60
    """For any other request from beginning to end."""
    document: float = 30
    """For a model's document from beginning to end."""


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    text: str
    """The body without the key; as much as came."""
    trouble: ProviderError | None
    """Why the body is not whole, or cannot be read."""


class Client:
    """The provider at one base URL, with one key. Belongs to the event loop that first uses it."""

    def __init__(
        self,
        base_url: str,
        key: SecretStr,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        patience: Patience | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`base_url`: an origin without `/v2`. `transport`: where tests pretend to be the provider.

        `clock` gives Unix seconds; a `Retry-After` date is measured from it where an answer has no date of its own.
        Raises ValueError for a key that no header can carry, without showing it.
        """
        secret = key.get_secret_value()
        if not secret or not secret.isascii() or not secret.isprintable() or " " in secret:
            raise ValueError("The API key is empty or has characters that no key has.")
        self._origin = base_url.rstrip("/")
        self._key = key
        self._scrub = Scrubber(secret)
        self._patience = patience or Patience()
        self._clock = clock
        # A connection that waited idle may be closed by the other side just as it is used again. For a look that
        # costs another look; a create it would leave in doubt. So each create has a fresh one.
        self._creating = self._pool(transport, keep=0)
        self._looking = self._pool(transport, keep=_CONNECTIONS)

    @property
    def origin(self) -> str:
        """Scheme, host and port of what answers."""
        return self._origin

    def __repr__(self) -> str:
        return f"Client({self._origin!r})"

    async def create(self, path: str, body: Mapping[str, Any], *, request_id: str) -> Generation:
        """Posts `body` as it is, once, and gives the provider's answer. It has an id, unless it already tells the end.

        Raises NotSent (safe to send again), RateLimited and the other HttpErrors (see there which were refused for
        certain), NoAnswer and BadReply (it may have been accepted, and charged). Raises ValueError, and sends
        nothing, for a path or a request id that cannot be sent and for a body that is not JSON.
        """
        if not _REQUEST_ID.fullmatch(request_id):
            raise ValueError("A request id has 1 to 128 characters of A-Z a-z 0-9 . _ : -")
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
        answer = await self._ask(
            self._creating,
            "POST",
            path,
            content=content,
            headers={"Content-Type": "application/json", "X-Client-Request-Id": request_id},
            read=self._patience.create,
            whole=self._patience.whole_create + len(content) * self._patience.per_byte,
        )
        try:
            generation = read_generation(self._body(answer), answer.headers)
            if generation.id is None and generation.phase in (Phase.QUEUED, Phase.GENERATING):
                raise BadReply("The reply has no id.", raw=generation.raw)
        except (BadReply, NoAnswer, ServerTrouble) as error:
            raise _with_id(error, answer.headers) from None
        return generation

    async def retrieve(self, path: str, generation_id: str) -> Generation:
        """How far a generation is. `path` is the one it was created on.

        Raises NotSent, NoAnswer, BadReply or an HttpError; ValueError for a path or an id that cannot be sent.
        """
        if read_id(generation_id) is None:
            raise ValueError("A generation id is a printable text of at most 512 characters.")
        answer = await self._ask(self._looking, "GET", path, params={"generation_id": generation_id})
        return read_generation(self._body(answer), answer.headers)

    async def models(self, etag: str | None = None) -> tuple[list[ModelRow], str | None] | None:
        """The video models with prices, and the list's ETag; None when it is still the one with `etag`.

        Sent without the key: the list is public. Raises NotSent, NoAnswer, BadReply or an HttpError.
        """
        answer = await self._ask(
            self._looking,
            "GET",
            "/v1/models",
            params={"output_modalities": "video", "include": "pricing,capabilities"},
            headers={"If-None-Match": etag} if etag else {},
            with_key=False,
            largest=LARGEST_LIST,
        )
        if etag and answer.status == 304:
            return None
        tag = answer.headers.get("etag", "")
        rows = read_models(self._body(answer))
        return rows, tag if tag and tag.isascii() and tag.isprintable() and len(tag) <= 512 else None

    async def document(
        self, model_id: str, endpoint: str = VIDEO_ENDPOINT, *, address: str = ""
    ) -> dict[str, Any]:
        """The OpenAPI document of a model's endpoint, as it came. Sent without the key: it is public.

        `address`: where the list says that it is. It is text from outside, and only followed on this origin;
        elsewhere, and without one, the documented path is asked. Raises NotFound for an unknown model; NotSent,
        NoAnswer, BadReply (also for more than 2 MB) or another HttpError (also for a redirect).
        """
        place = self._own_place(address)
        path, query = place or (
            "/docs-json",
            httpx.QueryParams({"model": model_id, "endpoint": endpoint or VIDEO_ENDPOINT}),
        )
        answer = await self._ask(
            self._looking, "GET", path, params=query, with_key=False, whole=self._patience.document
        )
        return read_document(self._body(answer))

    async def balance(self) -> Balance:
        """What is left on the account. Raises NotSent, NoAnswer, BadReply or an HttpError."""
        return read_balance(self._body(await self._ask(self._looking, "GET", "/v2/billing")))

    async def aclose(self) -> None:
        """Closes all connections."""
        await self._creating.aclose()
        await self._looking.aclose()

    def _own_place(self, address: str) -> tuple[str, httpx.QueryParams] | None:
        """Path and query of an address on this very origin; None for any other address."""
        try:
            theirs, ours = httpx.URL(address), httpx.URL(self._origin)
        except (httpx.InvalidURL, ValueError, TypeError):
            return None
        path = theirs.raw_path.partition(b"?")[0].decode("ascii").removeprefix(ours.path.rstrip("/"))
        is_here = (theirs.scheme, theirs.host, _port(theirs)) == (ours.scheme, ours.host, _port(ours))
        if not is_here or theirs.userinfo or not _PATH.fullmatch(path) or path.startswith("//"):
            return None
        return path, theirs.params

    def _pool(self, transport: httpx.AsyncBaseTransport | None, *, keep: int) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=transport,
            verify=certificates(),
            mounts=_NEVER_PROXIED,
            limits=httpx.Limits(
                max_connections=_CONNECTIONS, max_keepalive_connections=keep, keepalive_expiry=_KEEP_ALIVE
            ),
            # The key must not travel to another address, nor a paid request be sent there.
            follow_redirects=False,
            # Packings that can be unpacked with a bound.
            headers={
                "User-Agent": "video-playground",
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
            },
        )

    async def _ask(
        self,
        pool: httpx.AsyncClient,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | httpx.QueryParams | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        with_key: bool = True,
        read: float | None = None,
        whole: float | None = None,
        largest: int = LARGEST_REPLY,
    ) -> _Answer:
        """One request, sent once, and what came back. Raises NotSent, or NoAnswer without even a status."""
        if not _PATH.fullmatch(path):
            raise ValueError("A path begins with / and has no query.")
        connect = self._patience.connect
        whole = whole or self._patience.whole
        # The whole body is one write, which may take as long as everything together.
        timeout = httpx.Timeout(read or self._patience.read, connect=connect, pool=connect, write=whole)
        key = {"Authorization": f"Bearer {self._key.get_secret_value()}"} if with_key else {}
        response: httpx.Response | None = None
        packed = bytearray()
        ended = False
        trouble: ProviderError | None = None
        try:
            async with (
                asyncio.timeout(whole),
                pool.stream(
                    method,
                    self._origin + path,
                    params=params,
                    content=content,
                    headers={**(headers or {}), **key},
                    timeout=timeout,
                ) as response,
            ):
                # Not `aiter_bytes`: that unpacks without a bound.
                assert isinstance(response.stream, httpx.AsyncByteStream)
                async for chunk in response.stream:
                    packed += chunk
                    if len(packed) > largest:
                        break
                ended = True
        except _BEFORE_SENDING as error:
            trouble = NotSent(f"No connection to {self._origin}: {self._scrub(_cause(error))}")
        except (httpx.TimeoutException, TimeoutError):
            trouble = NoAnswer("The request went out, and no whole answer came in time.")
        except (httpx.HTTPError, OSError) as error:
            trouble = NoAnswer(
                f"The connection broke before a whole answer had come ({type(error).__name__})."
            )
        if response is None:
            # Raised here, not above: what httpx raised holds the request, and that holds the key.
            raise trouble or NoAnswer("There was no answer.")
        plain, unpacking = _unpacked(packed, response.headers.get("content-encoding", ""), largest)
        return _Answer(
            response.status_code,
            {name.lower(): self._scrub(value) for name, value in response.headers.items()},
            self._scrub(plain.decode("utf-8", "replace")),
            unpacking if ended else trouble,
        )

    def _body(self, answer: _Answer) -> str:
        """The body of a 2xx; raises an HttpError for another status, whatever its body."""
        if not 200 <= answer.status < 300:
            raise refusal(answer.status, answer.headers, answer.text, now=self._clock())
        if answer.trouble is not None:
            answer.trouble.raw = raw_text(answer.text)
            raise answer.trouble
        return answer.text


def _port(url: httpx.URL) -> int | None:
    return url.port or {"http": 80, "https": 443}.get(url.scheme)


def _cause(error: Exception) -> str:
    return bounded(words(str(error)), 300) or type(error).__name__


def _with_id(error: ProviderError, headers: Mapping[str, str]) -> ProviderError:
    """`error` of a create, told the id that its answer's header names: with it a person can find the take again."""
    if generation_id := read_id(headers.get("x-inference-id")):
        named = f" Its header names the generation {generation_id}"
        error.message = bounded(error.message, LONGEST_MESSAGE - len(named)) + named
        error.args = (error.message,)
    return error


def _unpacked(packed: bytes | bytearray, packing: str, largest: int) -> tuple[bytes, ProviderError | None]:
    """The body, at most `largest` bytes of it, and what is wrong with it if something is."""
    plain, whole = bytes(packed), True
    match packing.strip().lower():
        case "" | "identity":
            pass
        case "gzip" | "x-gzip" | "deflate" if packed:
            unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)
            try:
                plain = unpacker.decompress(plain, largest + 1)
            except zlib.error:
                return b"", BadReply("The reply cannot be unpacked.")
            whole = unpacker.eof
        case _ if packed:
            return b"", BadReply("The reply is packed in a way that was not asked for.")
    if len(plain) > largest:
        return plain[:largest], BadReply(f"The reply is larger than {largest:,} bytes.")
    return plain, None if whole else NoAnswer("The reply was cut off.")
