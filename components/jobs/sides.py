"""The sides that a take is followed between: who has its files, who makes the video, and who keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from components.jobs.job import VideoFile
from components.provider.replies import Generation


class Wire(Protocol):
    """The part of the provider's client that a take needs."""

    @property
    def origin(self) -> str:
        """Scheme, host and port of what answers."""

    async def create(self, path: str, body: Mapping[str, Any], *, request_id: str) -> Generation:
        """Ask for a video. Posted once. Raises ProviderError."""

    async def retrieve(self, path: str, generation_id: str) -> Generation:
        """How far it is. Raises ProviderError."""

    async def aclose(self) -> None:
        """Close its connections."""


class Files(Protocol):
    """The part of the uploads that a take needs."""

    def expand(self, body: dict[str, Any], owner: str) -> dict[str, Any]:
        """The request with each file in the place of its reference. Blocks. Raises UploadError."""


class Keeper(Protocol):
    """The part of the archive that a take needs."""

    async def keep(self, job_id: str, url: str, *, trusted_origin: str) -> VideoFile:
        """Download, check and move into place. Raises ArchiveError."""
