"""A finished video, from its address to a file: resumed where it was cut, bounded, and never from a private
network.

The address comes from outside. It may lead only to the public internet, or to the origin that the take itself
was sent to; every redirect is held to the same. The name is resolved once, here, and the connection goes to
the address that was checked. No key, cookie or password goes along.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import BinaryIO

import httpx

from components.jobs.archive_errors import DiskFull, FileGone, NoDownload, TooLarge, UnsafeAddress
from components.provider.certificates import certificates

MAX_REDIRECTS = 5
LONGEST = 3600.0
"""Seconds after which a download is given up for this time."""

_IN_VAIN = 3
"""Attempts in a row that brought nothing new, after which the download is given up for this time."""
_ATTEMPTS = 1000
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GONE = frozenset({403, 404, 410})
_LAST_PORT = 65_535


@dataclass
class _Progress:
    """How far a download has come, over all its attempts."""

    got: int = 0
    best: int = 0
    total: int | None = None
    validator: str | None = None
    """What proves that the file is still the same: a strong ETag, else Last-Modified."""

    def restart(self, file: BinaryIO) -> None:
        if self.got:
            _write(file, None)
        self.got = 0


async def download(url: str, file: BinaryIO, *, trusted_origin: str, max_bytes: int) -> int:
    """The file behind `url`, written to `file` (empty, open for writing); gives its size in bytes.

    Raises FileGone, UnsafeAddress, NoDownload, TooLarge or DiskFull.
    """
    timeout = httpx.Timeout(60.0, connect=10.0)
    # trust_env off: a .netrc of this machine must not send anybody's password to a file host.
    client = httpx.AsyncClient(verify=certificates(), trust_env=False, timeout=timeout)
    try:
        async with client, asyncio.timeout(LONGEST):
            return await _persist(client, url, file, trusted_origin, max_bytes)
    except TimeoutError:
        raise NoDownload("The download took longer than an hour.") from None
    except ExceptionGroup as group:
        # What goes wrong while several addresses are tried at once comes in one of these, whatever it is.
        raise NoDownload(f"The file host cannot be reached ({type(group).__name__}).") from None


async def _persist(client: httpx.AsyncClient, url: str, file: BinaryIO, trusted: str, max_bytes: int) -> int:
    progress, in_vain = _Progress(), 0
    for _ in range(_ATTEMPTS):
        try:
            if await _attempt(client, url, file, progress, trusted, max_bytes):
                return progress.got
            reason = f"It was cut off after {progress.got} bytes."
        except httpx.HTTPError as error:
            # Its text may hold the address, and the address a token.
            reason = f"It broke off after {progress.got} bytes ({type(error).__name__})."
        in_vain = 0 if progress.got > progress.best else in_vain + 1
        progress.best = max(progress.best, progress.got)
        if in_vain >= _IN_VAIN:
            break
    raise NoDownload(reason)


async def _attempt(
    client: httpx.AsyncClient, url: str, file: BinaryIO, progress: _Progress, trusted: str, max_bytes: int
) -> bool:
    """One request; whether the file is now whole."""
    headers = {"Accept-Encoding": "identity"}  # ranges are only meaningful on the file as it is
    if progress.got and progress.validator is None:
        progress.restart(file)  # nothing would prove that both halves are of one file
    if progress.got and progress.validator is not None:
        headers |= {"Range": f"bytes={progress.got}-", "If-Range": progress.validator}
    async with _following(client, url, headers, trusted) as response:
        if response.status_code in _GONE:
            raise FileGone(response.status_code)
        if response.status_code == 416:
            progress.restart(file)
            return False
        if response.status_code not in (200, 206):
            raise NoDownload(f"The file host answered {response.status_code}.")
        if not _goes_on(response, progress):
            progress.restart(file)
            if response.status_code == 206:
                return False
            progress.total = _length(response)
        if progress.total is not None and progress.total > max_bytes:
            raise TooLarge(f"It has {progress.total} bytes; the limit is {max_bytes}.")
        progress.validator = _validator(response)
        # As it arrives: pieces of a size of our own would be lost with the connection.
        async for chunk in response.aiter_raw():
            progress.got += len(chunk)
            if progress.got > max_bytes:
                raise TooLarge(f"It has more than {max_bytes} bytes, which is the limit.")
            _write(file, chunk)
    return progress.total is None or progress.got == progress.total


def _goes_on(response: httpx.Response, progress: _Progress) -> bool:
    """Whether `response` holds what is missing, and not the whole or another part."""
    given = re.match(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("content-range", ""))
    if response.status_code != 206 or given is None or int(given[1]) != progress.got:
        return False
    progress.total = None if given[2] == "*" else int(given[2])
    return True


def _length(response: httpx.Response) -> int | None:
    length = response.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else None


def _validator(response: httpx.Response) -> str | None:
    etag: str | None = response.headers.get("etag")
    if etag and not etag.startswith("W/"):
        return etag
    modified: str | None = response.headers.get("last-modified")
    return modified


def _write(file: BinaryIO, chunk: bytes | None) -> None:
    """Append, or with None empty the file."""
    try:
        if chunk is None:
            file.seek(0)
            file.truncate()
        else:
            file.write(chunk)
    except OSError as error:
        raise DiskFull(f"The video could not be written: {error.strerror}.") from None


# Where a request may go


@asynccontextmanager
async def _following(
    client: httpx.AsyncClient, url: str, headers: dict[str, str], trusted: str
) -> AsyncIterator[httpx.Response]:
    """The answer at the end of the redirects."""
    try:
        here = httpx.URL(url)
        for _ in range(MAX_REDIRECTS + 1):
            response = await _send(client, here, headers, trusted)
            try:
                if response.status_code not in _REDIRECTS or "location" not in response.headers:
                    yield response
                    return
                here = here.join(response.headers["location"])
            finally:
                await response.aclose()
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError):
        raise UnsafeAddress("The address of the video is not a web address.") from None
    raise NoDownload(f"The address of the video leads on more than {MAX_REDIRECTS} times.")


async def _send(
    client: httpx.AsyncClient, url: httpx.URL, headers: dict[str, str], trusted: str
) -> httpx.Response:
    if url.scheme not in ("http", "https") or not url.host:
        raise UnsafeAddress("The address of the video is not a web address.")
    if url.port is not None and not 0 < url.port <= _LAST_PORT:
        raise UnsafeAddress("The address of the video has a port that cannot be.")
    plain = url.copy_with(userinfo=b"", fragment=None)
    if _origin(url) == _origin(httpx.URL(trusted)):
        return await client.send(client.build_request("GET", plain, headers=headers), stream=True)
    failure: httpx.HTTPError | None = None
    for address in await _public_addresses(url):
        # To the very address that was checked, under the name that was asked for.
        request = client.build_request(
            "GET",
            plain.copy_with(host=address),
            headers={**headers, "Host": plain.netloc.decode("ascii")},
            extensions={"sni_hostname": plain.raw_host.decode("ascii")},
        )
        try:
            return await client.send(request, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            failure = error
    raise failure or NoDownload("The file host has no address.")


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port or {"http": 80, "https": 443}.get(url.scheme)


async def _public_addresses(url: httpx.URL) -> list[str]:
    host = url.raw_host.decode("ascii")
    addresses = await resolve(host)
    if not all(map(is_public, addresses)):
        raise UnsafeAddress(f"The address of the video leads to a private network ({host[:200]}).")
    return addresses


async def resolve(host: str) -> list[str]:
    """The IP addresses of `host`, in the order to try. Raises NoDownload where there are none."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
    except OSError:
        raise NoDownload(f"The file host {host[:200]} cannot be found.") from None
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def is_public(address: str) -> bool:
    """Whether an IP address is on the public internet, also where it wraps an IPv4 address in an IPv6 one."""
    ip = ipaddress.ip_address(address)
    inside = None
    if isinstance(ip, ipaddress.IPv6Address):
        nat64 = ip in ipaddress.ip_network("64:ff9b::/96")
        inside = (
            ip.ipv4_mapped or ip.sixtofour or (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if nat64 else None)
        )
    if inside is not None and not (inside.is_global and not inside.is_multicast):
        return False
    return (ip.is_global or inside is not None) and not ip.is_multicast
