"""Why a finished video could not be kept.

ArchiveError          anything below; the text is for the take's detail
├── NoDownload        the file host did not give the whole file: no connection, an error status, cut off
│   ├── FileGone      403, 404 or 410: the address has expired or moved; ask the provider for another
│   └── UnsafeAddress the address, or one it leads to, is not on the public internet
├── NotAVideo         the file came whole and cannot be opened as a video
│   └── CutOff        it is a video whose end is missing
├── TooLarge          it is larger than the limit
└── DiskFull          there is no room, or the folder cannot be written
"""

from __future__ import annotations


class ArchiveError(Exception):
    """A video could not be kept."""


class NoDownload(ArchiveError):
    """The file host did not give the whole file."""


class FileGone(NoDownload):
    """The file host says that the file is not there, or no longer for us. `status` is the HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"The file host answered {status}.")
        self.status = status


class UnsafeAddress(NoDownload):
    """The address leads to a private, local or reserved network, or is no web address."""


class NotAVideo(ArchiveError):
    """What was downloaded is not a video that can be opened."""


class CutOff(NotAVideo):
    """The video's end is missing."""


class TooLarge(ArchiveError):
    """The file is larger than the limit."""


class DiskFull(ArchiveError):
    """There is no room for the file, or its folder cannot be written."""
