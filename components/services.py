"""Builds the one Catalog, Store and Archive of this process, and knows where takes can be sent.

Pages and the server reach everything else through `services()`. Nothing here opens a connection.
"""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from components.catalog.catalog import Catalog
from components.catalog.live.kept import Kept
from components.identity import Identity
from components.jobs.archive import Archive
from components.jobs.bin import throw_out
from components.jobs.expectation import Expectation
from components.jobs.job import BUILT_IN, Destination, Job
from components.jobs.store import Store, StoreError
from components.jobs.sweeping import forget_unused
from components.jobs.tracker import Tracker
from components.jobs.uploads import Uploads
from components.provider.account import Account
from components.settings import Settings, SettingsError, read_settings

if TYPE_CHECKING:
    from components.provider.client import Client

SANDBOX_KEY = SecretStr("sandbox")
"""What the sandbox is sent for a key; the real one never goes there."""


class StartError(Exception):
    """The app cannot work as it was set up. The text is a sentence for the administrator."""


@dataclass
class Services:
    """What the parts of this process share. `sandbox_origin` is set by the server once the sandbox answers."""

    settings: Settings
    catalog: Catalog
    store: Store
    archive: Archive
    identity: Identity
    uploads: Uploads
    kept: Kept
    """What the catalogue keeps on disk."""
    sandbox_origin: str | None = None
    tracker: Tracker = field(init=False)
    account: Account = field(init=False)
    """What is left to spend at the provider; idle without a key."""
    _clients: dict[tuple[Destination, str], Client] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tracker = Tracker(
            self.store,
            self.client_for,
            self.archive,
            in_flight=self.settings.in_flight,
            give_up=self.settings.give_up_minutes * 60,
            files=self.uploads,
            tidy=self._tidy,
            expected=lambda order: self.expected(order.destination, order.model, order.seconds),
        )
        self.account = Account(
            lambda: self.new_client(Destination.LIVE, self.settings.base_url), self.store.revision
        )

    def _tidy(self) -> None:
        """Clears away what nobody needs any more; first the takes, since they refer to uploads."""
        now = time.time()
        throw_out(self.store.bin, self.archive.remove, days=self.settings.bin_days, now=now)
        forget_unused(self.settings.data, self.uploads, now)

    @property
    def destinations(self) -> tuple[Destination, ...]:
        """Where a new take can be sent, the usual one first."""
        if self.settings.api_key is None:
            return (Destination.SANDBOX,)
        return (Destination.LIVE, Destination.SANDBOX)

    def destination(self, chosen: Destination | None) -> Destination:
        """Where a new take goes: where somebody chose, as long as that is offered."""
        return chosen if chosen in self.destinations else self.destinations[0]

    def base_url(self, destination: Destination) -> str:
        """The origin that a new take remembers as the place where it was sent."""
        if destination is Destination.LIVE:
            return self.settings.base_url
        return self.settings.sandbox_url or BUILT_IN

    def expected(self, destination: Destination, model: str, seconds: int | None) -> Expectation | None:
        """How long a take of `seconds` asked for will take; None where nothing is known. Raises StoreError.

        What is documented is documented of the provider: it says nothing of the sandbox.
        """
        spec = self.catalog.find(model) if destination is Destination.LIVE else None
        documented = None if spec is None else spec.typical_seconds
        return self.store.waits.expected(destination, model, seconds, documented)

    def maker_of(self, model: str) -> str:
        """Who makes a model, as its document says; "" where that is not known."""
        spec = self.catalog.find(model)
        return "" if spec is None else spec.maker

    def origin(self, destination: Destination, base_url: str) -> str | None:
        """The origin that answers for takes sent to `base_url`; None while it cannot be reached."""
        if destination is Destination.SANDBOX and base_url == BUILT_IN:
            return self.sandbox_origin
        return base_url

    def client_for(self, job: Job) -> Client | None:
        """The client that follows `job`; None while there is no key for it, or its sandbox is not up.

        One for each destination and base URL, kept: it belongs to the tracker's loop.
        """
        where = (job.order.destination, job.order.base_url)
        if where not in self._clients and (client := self.new_client(*where)) is not None:
            self._clients[where] = client
        return self._clients.get(where)

    def new_client(self, destination: Destination, base_url: str) -> Client | None:
        """A client of its own for a destination; None while it cannot be reached. The caller closes it."""
        from components.provider.client import (
            Client,
        )  # brings httpx, which no page needs: not before it is used

        origin = self.origin(destination, base_url)
        key = self.settings.api_key if destination is Destination.LIVE else SANDBOX_KEY
        return None if origin is None or key is None else Client(origin, key)


_built: Services | None = None
_problem: str | None = None
_building = threading.Lock()


def services() -> Services:
    """The services of this process, built on first use.

    Raises StartError, every time until the process is started anew, when they cannot be built.
    """
    global _built, _problem
    with _building:
        if _problem:
            raise StartError(_problem)
        if _built is None:
            try:
                _built = build(read_settings())
            except (SettingsError, StartError) as error:
                _problem = str(error)
                raise StartError(_problem) from None
        return _built


def build(settings: Settings) -> Services:
    """Services on the folder that `settings` names. Raises StartError when it cannot be used."""
    _claim_folder(settings.data)
    # What is known here can be tried in the app's own sandbox; one that runs elsewhere has its own documents.
    own_sandbox = None if settings.sandbox_url else settings.data / "sandbox" / "documents"
    kept = Kept(settings.data / "catalogue", own_sandbox)
    try:
        return Services(
            settings=settings,
            catalog=Catalog.bundled(kept),
            store=Store(settings.data),
            archive=Archive(settings.data, settings.max_video_bytes),
            identity=Identity(settings.data),
            uploads=Uploads(settings.data),
            kept=kept,
        )
    except StoreError as error:
        raise StartError(str(error)) from error
    except OSError as error:
        raise StartError(_unusable(settings.data, error)) from error


def close_services() -> None:
    """Ends what `services()` built, so that the next call builds anew."""
    global _built, _problem
    with _building:
        if _built is not None:
            _built.tracker.stop()
            _built.account.stop()
            _built.store.close()
        _built = _problem = None


def _claim_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = folder / f".probe-{os.getpid()}"
        probe.write_bytes(b"can be written")
        probe.unlink()
    except OSError as error:
        raise StartError(_unusable(folder, error)) from error


def _unusable(folder: Path, error: OSError) -> str:
    reason = (error.strerror or "it cannot be used").lower()
    return (
        f"The data folder {folder} cannot be written: {reason}. "
        "Give the app's user the right to write there, or set PLAYGROUND_DATA to another folder, and start it again."
    )
