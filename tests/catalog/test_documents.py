"""The bundled documents are the seeds' documents, with our words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.catalog.catalog import RULES_FILE, Catalog
from components.catalog.openapi import DOCUMENTS
from tests.catalog.judge import WORDS, body_schema, walk
from tests.need import shared

SEEDS = {
    "video-v3-pro": "klingai_video-v3-pro-text-to-video.json",
    "video-v3-standard-turbo": "klingai_video-v3-standard-turbo-text-to-video.json",
    "v1.6-standard": "kling-video_v1.6_standard_text-to-video.json",
}
LEGACY = {
    "v1-pro": "kling-video__v1__pro__text-to-video__2025-04-25__f2964331c8.json",
    "v2-master": "klingai__v2-master-text-to-video__2025-04-25__f2964331c8.json",
}


def bundled(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((DOCUMENTS / f"{name}.json").read_text(encoding="utf-8"))
    return document


def published(*parts: str) -> dict[str, Any]:
    file = shared("/".join(("api", *parts)))
    document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return document


def shape(node: Any) -> Any:
    """`node` without the words for people and without what we add about the model."""
    if isinstance(node, list):
        return [shape(entry) for entry in node]
    if not isinstance(node, dict):
        return node
    return {
        name: shape(value)
        for name, value in node.items()
        if name != "x-model" and not (name in WORDS and isinstance(value, str))
    }


def words(node: Any) -> set[str]:
    """Every title and description in `node`."""
    if isinstance(node, list):
        return set().union(*map(words, node))
    if not isinstance(node, dict):
        return set()
    own = {value for name, value in node.items() if name == "description" and isinstance(value, str)}
    return own.union(*map(words, node.values()))


def test_there_are_five_documents_and_the_rules() -> None:
    assert {file.name for file in DOCUMENTS.iterdir()} == {f"{n}.json" for n in SEEDS | LEGACY} | {RULES_FILE}


@pytest.mark.parametrize(("name", "seed"), SEEDS.items())
def test_a_document_is_its_seed_but_for_the_words(name: str, seed: str) -> None:
    assert shape(bundled(name)) == shape(published("seeds", "openapi", seed))


@pytest.mark.parametrize(("name", "seed"), LEGACY.items())
def test_a_legacy_document_is_its_source_and_answers_as_the_seeds_do(name: str, seed: str) -> None:
    ours, theirs = shape(bundled(name)), shape(published("schemas", "legacy", seed))
    reference = shape(published("seeds", "openapi", SEEDS["video-v3-pro"]))
    ((path, operations),) = ours["paths"].items()
    assert path == "/v2/generate/video/kling/generation"
    ((_, universal),) = reference["paths"].items()
    retrieve = operations.pop("get")
    assert retrieve["parameters"] == universal["get"]["parameters"]
    assert retrieve["responses"] == universal["get"]["responses"]
    answer = operations["post"]["responses"]["201"].pop("content")
    assert answer == universal["post"]["responses"]["200"]["content"]
    assert ours == theirs


@pytest.mark.parametrize("name", [*SEEDS, *LEGACY])
def test_every_field_has_words_of_our_own(name: str) -> None:
    document = bundled(name)
    for path, schema in walk(body_schema(document)):
        if path[-1] != "[]":
            assert schema["title"], path
            assert schema["description"].endswith("."), path
        if path[-1] not in ("[]", "model"):
            assert f"In the API: {path[-1]}." in schema["description"]


@pytest.mark.parametrize(("name", "seed"), SEEDS.items())
def test_no_sentence_is_the_providers(name: str, seed: str) -> None:
    assert not words(bundled(name)) & words(published("seeds", "openapi", seed))


def test_what_is_said_about_a_model_names_the_model_of_the_schema() -> None:
    for name in [*SEEDS, *LEGACY]:
        document = bundled(name)
        assert [document["info"]["x-model"]["id"]] == body_schema(document)["properties"]["model"]["enum"]


def test_the_ids_are_the_five() -> None:
    assert [spec.id for spec in Catalog.bundled().models] == [
        "klingai/video-v3-pro-text-to-video",
        "klingai/video-v3-standard-turbo-text-to-video",
        "klingai/v2-master-text-to-video",
        "kling-video/v1.6/standard/text-to-video",
        "kling-video/v1/pro/text-to-video",
    ]
