"""What a destination publishes of one model: its row, and the document that the row leads to."""

from __future__ import annotations

from collections.abc import Mapping

from components.catalog.openapi import DocumentError, read_document
from components.catalog.spec import ModelSpec
from components.provider.errors import (
    BadReply,
    NoAnswer,
    NotFound,
    NotSent,
    ProviderError,
    RateLimited,
    ServerTrouble,
)
from components.provider.replies import ModelRow
from components.provider.sentences import bounded, words

LONGEST_TROUBLE = 300
"""Characters of a sentence about a document."""
_PASSING = (NotSent, NoAnswer, RateLimited, ServerTrouble)
"""What is likely over when the same is asked again."""


def spec_of(document: Mapping[str, object], row: ModelRow) -> ModelSpec:
    """What a document says of the model in `row`. Raises DocumentError, also for a document of another model."""
    spec = read_document(document, facts={"aliases": row.aliases}, model_id=row.id)
    if spec.id not in (row.id, *row.aliases):
        raise DocumentError("The provider's document for this model describes another one.")
    return spec


def facts_of(row: ModelRow) -> dict[str, object]:
    """What a list says of a model and its document hardly does."""
    return {
        "name": row.name,
        "maker": row.developer,
        "summary": row.description,
        "aliases": list(row.aliases),
        "released": row.released_at,
    }


def trouble_of(error: Exception) -> str:
    """Why a model's document is not there, a sentence for people."""
    match error:
        case _ if isinstance(error, _PASSING):
            text = (
                "What this model takes could not be asked: no sound answer came. It is asked again by itself."
            )
        case NotFound():
            text = "The provider lists this model, but has no description of what it takes."
        case BadReply(message=message):
            text = f"The provider's description of this model cannot be read. {message}"
        case ProviderError(message=message):
            text = f"The provider does not tell what this model takes: {message}"
        case DocumentError():
            text = str(error)
        case _:
            text = "The provider's description of this model cannot be read."
    text = bounded(words(text), LONGEST_TROUBLE - 1)
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
