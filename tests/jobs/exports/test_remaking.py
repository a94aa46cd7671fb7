import asyncio
import hashlib
import io
import json
import time
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from components.catalog.spec import MediaKind, MediaLimits
from components.jobs.exports.manifest import Lacking, Manifest, Written, take_entry, upload_entry
from components.jobs.exports.remaking import ManifestError, read_manifest
from components.jobs.job import Job
from components.jobs.store import Store
from components.jobs.uploads import Uploads
from components.provider.client import Client
from tests.jobs.exports.taken import made
from tests.jobs.takes import live, order
from tests.jobs.test_inspection import picture

DOCUMENT = {"openapi": "3.0.0", "paths": {"/v2/é": {}}}


def written(jobs: list[Job], uploads: dict[str, Any] | None = None, **documents: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    manifest = Manifest(out, now=1_760_000_000.0)
    for job in jobs:
        manifest.take(take_entry(job, settings=[("Prompt", "a fox")], files={}, left_out=[]))
    manifest.end(uploads=uploads or {}, document=documents.get, not_found=["0" * 32])
    return out.getvalue()


def posted(path: str, body: dict[str, Any], request_id: str, base_url: str) -> tuple[str, str, bytes, Any]:
    """What goes over the wire: method, address, body and headers."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"id": "gen-1", "status": "queued"})

    async def post() -> None:
        client = Client(base_url, SecretStr("key"), transport=httpx.MockTransport(answer))
        await client.create(path, body, request_id=request_id)
        await client.aclose()

    asyncio.run(post())
    [request] = seen
    return request.method, str(request.url), request.content, sorted(request.headers.items())


BODIES = [
    {"model": "maker/model", "prompt": "a fox", "duration": 5},
    {"z": 1, "model": "m", "a": 1.0, "cfg": 0.1 + 0.2, "n": 1e22, "big": 2**70, "neg": -0.0},
    {"prompt": "Ein „Fuchs“ 🦊\n\u2028\t\0 \u00e9 e\u0301 </script>", "on": True, "off": False, "none": None},
    {"multi_prompt": [{"prompt": "1", "duration": 5}, {"duration": 3, "prompt": "2"}], "list": [[], {}, ""]},
]


@pytest.mark.parametrize("body", BODIES)
def test_the_same_request_goes_out_again_byte_for_byte(store: Store, body: dict[str, Any]) -> None:
    [job] = store.add([live(body=body, path="/v2/generate/video/x")], token="t", now=1.0)
    first = posted(job.order.path, job.order.body, job.id, job.order.base_url)
    [recipe] = read_manifest(written([job])).recipes
    again = posted(recipe.path, recipe.body(lambda name: b""), recipe.id, recipe.base_url)
    assert again == first
    assert first[2] == json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), JSON, max_size=6))
def test_any_request_comes_back_to_the_letter(body: dict[str, Any]) -> None:
    [recipe] = read_manifest(written([made(body=body)])).recipes
    wire = {"ensure_ascii": False, "separators": (",", ":")}
    assert json.dumps(recipe.body(lambda name: b""), **wire) == json.dumps(body, **wire)  # type: ignore[arg-type]


def test_a_request_with_files_goes_out_again_with_them(store: Store, tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    mine = uploads.add(
        "ann", "Mein Bild.png", picture("PNG"), media=MediaKind.IMAGE, limits=MediaLimits(), now=time.time()
    )
    body = {"model": "m", "image": mine.reference, "more": [mine.reference, {"tail": mine.reference}]}
    [job] = store.add([live(body=body)], token="t", now=1.0)
    first = posted(job.order.path, uploads.expand(job.order.body, "ann"), job.id, job.order.base_url)

    content = uploads.path(mine).read_bytes()
    along = Written("uploads/mein-bild.png", len(content), sha(content))
    manifest = written([job], uploads={mine.reference: upload_entry(mine, along)})
    [recipe] = read_manifest(manifest).recipes
    files = {"uploads/mein-bild.png": content}
    assert posted(recipe.path, recipe.body(files.__getitem__), recipe.id, recipe.base_url) == first
    for wrong in ({}, {"uploads/mein-bild.png": content[:-1] + b"x"}):
        with pytest.raises(ManifestError):
            recipe.body(wrong.__getitem__)


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_a_take_whose_files_did_not_come_along_cannot_be_made_again() -> None:
    reference = "upload:" + "a" * 32
    job = made(body={"image": reference})
    gone = {reference: Lacking("It is gone.").as_json()}
    for uploads in ({}, gone):
        [recipe] = read_manifest(written([job], uploads=uploads)).recipes
        assert recipe.lacking == {reference}
        with pytest.raises(ManifestError, match="did not come along"):
            recipe.body(lambda name: b"")


def test_the_manifest_says_what_was_asked_for_and_what_came() -> None:
    job = made(
        title="Best",
        note="keep\nthis",
        starred=True,
        project="Launch",
        verdicts=(True, None, False),
        parent="b" * 32,
        kin="again",
        document="d" * 64,
        board={"shots": []},
        estimate={"usd": "0.35", "how": "5 s", "bounds": None},
    )
    told = json.loads(written([job, made(2, document="d" * 64)], **{"d" * 64: DOCUMENT}))
    assert told["version"] == 1
    assert told["documents"] == {"d" * 64: DOCUMENT}
    assert told["not_found"] == ["0" * 32]
    take = told["takes"][0]
    for name, value in {
        "id": job.id,
        "title": "Best",
        "note": "keep\nthis",
        "starred": True,
        "project": "Launch",
        "thumbs": [True, None, False],
        "parent": "b" * 32,
        "kin": "again",
        "destination": "sandbox",
        "base_url": "built-in",
        "path": "/v2/video/generations",
        "request": job.order.body,
        "storyboard": {"shots": []},
        "generation_id": "gen-1",
        "prices_are_pretended": True,
        "charge": {"usd": 0.35, "credits": None},
        "settings": [["Prompt", "a fox"]],
    }.items():
        assert take[name] == value, name
    assert take["times"]["asked"] == "2025-10-09T08:53:21.000000+00:00"
    assert take["came"]["width"] == 1280
    assert "owner" not in take


@pytest.mark.parametrize("value", [float("nan"), 10**5000, "x"], ids=["nan", "huge", "deep"])
def test_a_request_that_cannot_be_written_costs_its_own_take_alone(value: Any) -> None:
    body: dict[str, Any] = {"value": value}
    if value == "x":
        for _ in range(100_000):
            body = {"value": body}
    found = read_manifest(written([made(1, body={"x": value}) if value != "x" else deep(body), made(2)]))
    assert found.unusable == (f"{1:032x}",)
    assert [recipe.id for recipe in found.recipes] == [f"{2:032x}"]


def deep(body: dict[str, Any]) -> Job:
    return replace(made(1), order=replace(order(), body=body))


SOUND: dict[str, Any] = json.loads(written([made(document="d" * 64)], **{"d" * 64: DOCUMENT}))


def changed(**changes: Any) -> bytes:
    return json.dumps({**SOUND, **changes}).encode()


def with_take(**changes: Any) -> bytes:
    return changed(takes=[{**SOUND["takes"][0], **changes}])


def with_upload(**changes: Any) -> bytes:
    kept = {"name": "uploads/a.png", "bytes": 1, "sha256": "0" * 64, "mime": "image/png", **changes}
    return changed(uploads={"upload:" + "a" * 32: kept})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"format": "video-playground takes", "version": ' + b"9" * 5000 + b"}",
        json.dumps(SOUND).encode()[:-3],
        changed(version=2),
        changed(version=True),
        changed(version="1"),
        changed(format="other"),
        changed(takes={}),
        changed(takes=[1]),
        changed(takes=[SOUND["takes"][0]] * 20_001),
        changed(uploads=[]),
        changed(documents=None),
        changed(uploads={"upload:1": {}}),
        changed(uploads={"upload:" + "a" * 32: 1}),
        with_upload(name="../../etc/passwd"),
        with_upload(name="uploads/../x"),
        with_upload(name="uploads/a\\..\\b"),
        with_upload(name="/etc/passwd"),
        with_upload(name="uploads/a\nb"),
        with_upload(name="uploads/.bashrc"),
        with_upload(sha256="x"),
        with_upload(bytes=-1),
        with_upload(bytes=True),
        with_upload(mime="text/html"),
        with_upload(mime=[]),
        with_take(id="../x"),
        with_take(id=None),
        with_take(destination="elsewhere"),
        with_take(destination=[]),
        with_take(base_url="file:///etc"),
        with_take(base_url="https://user:pw@a.example"),
        with_take(base_url="https://a.example/?q"),
        with_take(base_url=7),
        with_take(path="//evil.example/x"),
        with_take(path="/v2?x=1"),
        with_take(path="v2"),
        with_take(path="/v2\r\nX: y"),
        with_take(model=""),
        with_take(model=["x"]),
        with_take(request=[]),
        with_take(request=None),
        with_take(request={"x": [0] * 20_001}),
        with_take(document="../x"),
    ],
    ids=count(),
)
def test_what_is_no_sound_manifest_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(ManifestError) as refused:
        read_manifest(data)
    assert str(refused.value).endswith(".")
    assert "{" not in str(refused.value)


def test_the_manifest_that_these_were_made_from_is_sound() -> None:
    found = read_manifest(changed())
    assert found.documents == {"d" * 64: DOCUMENT}
    assert read_manifest(with_upload()).recipes[0].lacking == frozenset()
    assert read_manifest("\ufeff".encode() + changed()).recipes


@given(JSON, st.sampled_from([*SOUND["takes"][0], "format", "takes", "uploads", "documents"]))
def test_nothing_in_a_manifest_breaks_its_reader(value: Any, where: str) -> None:
    data = changed(**{where: value}) if where in SOUND else with_take(**{where: value})
    try:
        found = read_manifest(data)
    except ManifestError:
        return
    for recipe in found.recipes:
        assert recipe.path.startswith("/")
