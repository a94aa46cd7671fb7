"""The model of a take, by the document that the take was made with."""

from __future__ import annotations

from functools import lru_cache

from components.catalog.openapi import DocumentError, read_document
from components.catalog.spec import ModelSpec
from components.jobs.documents import Documents
from components.jobs.job import Job
from components.jobs.store import StoreError
from components.services import services


def model_of(job: Job) -> ModelSpec | None:
    """The model as it was when the take was made; else as the catalogue has it now; None where nobody knows it."""
    return as_it_was(job) or services().catalog.find(job.order.model)


def as_it_was(job: Job) -> ModelSpec | None:
    """The model by the document that the take was made with, whatever has become of it since; None without one."""
    if job.order.document is None:
        return None
    try:
        return _read(services().store.documents, job.order.document, job.order.model)
    except StoreError:  # busy just now: the catalogue's will do
        return None


@lru_cache(maxsize=32)
def _read(documents: Documents, digest: str, model: str) -> ModelSpec | None:
    document = documents.get(digest)
    if document is None:
        return None
    try:
        return read_document(document, model_id=model)
    except DocumentError:  # written or read by another version of this app
        return None
