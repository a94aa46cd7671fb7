"""Clearing away the uploads that nothing refers to any more."""

from __future__ import annotations

import logging
from pathlib import Path

from sqlalchemy import Text, cast, select

from components.jobs.database import open_database, reading
from components.jobs.schema import board, draft, earlier_draft, job
from components.jobs.store import DATABASE
from components.jobs.upload import REFERENCE, UPLOAD
from components.jobs.uploads import KEPT_UNUSED, Uploads

log = logging.getLogger(__name__)


def references_kept(folder: Path) -> set[str]:
    """The references of uploads in every take, draft, earlier draft and board of the store in `folder`.

    Read from the text as it lies there, so that a value which this version cannot read counts too. Raises
    StoreError: who cannot know what is in use must delete nothing.
    """
    engine = open_database(folder / DATABASE)
    try:
        found: set[str] = set()
        with reading(engine) as connection:
            for column in (job.c.body, draft.c.value, earlier_draft.c.value, board.c.value):
                text = cast(column, Text)
                for row in connection.execute(select(text).where(text.contains(UPLOAD, autoescape=True))):
                    found.update(REFERENCE.findall(row[0]))
        return found
    finally:
        engine.dispose()


def forget_unused(folder: Path, uploads: Uploads, now: float) -> None:
    """Deletes the uploads of the data folder that nothing refers to, and that were added 30 days before `now`.

    Raises StoreError, and deletes nothing, while the store cannot be read.
    """
    gone = uploads.forget_unused(references_kept(folder), now - KEPT_UNUSED)
    if gone:
        log.info("Uploads that nothing refers to were deleted: %d", gone)
