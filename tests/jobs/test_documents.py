"""The documents that takes were made with."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, update

from components.jobs import schema
from components.jobs.database import writing
from components.jobs.store import Store

DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.0",
    "info": {"title": "half a pair \ud83d"},
    "paths": {"/b": {}, "/a": {}},
}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def count(store: Store) -> int:
    with store._engine.connect() as connection:
        return len(connection.execute(select(schema.document.c.digest)).all())


def test_a_document_comes_back_as_it_was_with_its_order(store: Store) -> None:
    digest = store.documents.keep(DOCUMENT)
    assert digest is not None
    assert len(digest) == 64
    found = store.documents.get(digest)
    assert found == DOCUMENT
    assert list(found["paths"]) == ["/b", "/a"]


def test_the_same_document_is_kept_once_whoever_keeps_it(store: Store, tmp_path: Path) -> None:
    copy = {key: DOCUMENT[key] for key in reversed(DOCUMENT)}
    digests = {
        store.documents.keep(DOCUMENT),
        store.documents.keep(copy),
        Store(tmp_path).documents.keep(DOCUMENT),
    }
    assert len(digests) == 1
    assert count(store) == 1
    assert store.documents.keep(DOCUMENT | {"openapi": "3.1.0"}) not in digests


def test_threads_that_keep_it_at_once_keep_it_once(store: Store) -> None:
    together = threading.Barrier(4)

    def keep() -> None:
        together.wait()
        store.documents.keep(dict(DOCUMENT))

    threads = [threading.Thread(target=keep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(store) == 1


def test_a_document_that_was_kept_is_known_without_a_look_into_the_database(store: Store) -> None:
    digest = store.documents.keep(DOCUMENT)
    asked: list[str] = []
    event.listen(store._engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    assert store.documents.keep(DOCUMENT) == digest
    assert not asked


def test_of_many_documents_none_is_mistaken_for_another(store: Store) -> None:
    for n in range(200):  # each may come to lie where one before it lay
        digest = store.documents.keep({"n": n})
        assert digest is not None
        assert store.documents.get(digest) == {"n": n}


def nested(depth: int) -> dict[str, Any]:
    deep: dict[str, Any] = {}
    for _ in range(depth):
        deep = {"a": deep}
    return deep


@pytest.mark.parametrize("odd", [{}, {"x": float("nan")}, {"x": object()}, nested(100_000)], ids=range(4))
def test_what_is_no_document_is_not_kept(store: Store, odd: dict[str, Any]) -> None:
    assert store.documents.keep(odd) is None
    assert count(store) == 0


@pytest.mark.parametrize("digest", ["", "0" * 64, "x" * 10_000, "\ud800"])
def test_a_digest_that_is_none_finds_nothing(store: Store, digest: str) -> None:
    assert store.documents.get(digest) is None


def test_a_damaged_document_is_none(store: Store) -> None:
    digest = store.documents.keep(DOCUMENT)
    assert digest is not None
    with writing(store._engine) as connection:
        connection.execute(update(schema.document).values(value=["no document"]))
    assert store.documents.get(digest) is None
