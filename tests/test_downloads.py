import asyncio
import csv
import io
import json
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

import anyio
import httpx
import pytest
from starlette.applications import Starlette

from components import downloads
from components import services as built
from components.downloads import Form, listed, prepare
from components.jobs.exports import archive_zip
from components.jobs.exports.aside import Aside, Chosen
from components.jobs.exports.remaking import read_manifest
from components.jobs.finding.history import History
from components.jobs.finding.view import Sort, View
from components.jobs.job import Job
from components.jobs.store import StoreError
from components.services import Services
from components.storyboard.storyboard import board_from
from tests.jobs.takes import order

BOARD = board_from([("a fox", 1), ("a crow", 2)])


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("AIMLAPI_KEY", raising=False)
    monkeypatch.setattr(downloads, "_aside", Aside())
    built.close_services()
    yield built.services()
    built.close_services()


@pytest.fixture
def takes(shared: Services) -> list[Job]:
    """Three takes of Ann's; the second one has a storyboard."""
    orders = [order(prompt=f"=take {n}", board=BOARD.as_json() if n == 2 else None) for n in (1, 2, 3)]
    return shared.store.add(orders, token="t", now=1_760_000_000.0)


def someone(shared: Services) -> tuple[str, dict[str, str]]:
    """A browser: the id in its cookie, and the cookie."""
    value = shared.identity.issue()
    viewer = shared.identity.owner({shared.identity.cookie: value})
    assert viewer is not None
    return viewer, {"cookie": f"{shared.identity.cookie}={value}"}


def get(path: str, method: str = "GET", headers: dict[str, str] | None = None) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(Starlette(routes=downloads.routes))
        async with httpx.AsyncClient(transport=transport, base_url="http://playground.test") as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(ask())


def rows(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_chosen_takes_come_in_their_order_under_a_readable_name(shared: Services, takes: list[Job]) -> None:
    viewer, cookie = someone(shared)
    ids = [takes[2].id, takes[0].id, takes[2].id]
    answer = get(prepare(ids, Form.CSV, owner="ann", viewer=viewer, name="Mein Füchse/../x"), headers=cookie)
    assert [row["Take"] for row in rows(answer)] == ids[:2]
    assert rows(answer)[0]["Prompt"] == "'=take 3"
    assert rows(answer)[0]["State"] == "Waiting"
    assert answer.headers["content-disposition"].startswith('attachment; filename="takes.csv"; ')
    named = unquote(answer.headers["content-disposition"].partition("''")[2])
    assert named == f"mein-füchse-x-{time.strftime('%Y-%m-%d')}.csv"
    assert answer.headers["cache-control"] == "private, no-store"


def test_a_zip_has_the_takes_with_their_sheets_and_names_what_is_gone(
    shared: Services, takes: list[Job]
) -> None:
    viewer, cookie = someone(shared)
    ids = ["0" * 32, *(job.id for job in takes), "f" * 32]
    answer = get(prepare(ids, Form.ZIP, owner="ann", viewer=viewer), headers=cookie)
    found = zipfile.ZipFile(io.BytesIO(answer.content))
    assert found.testzip() is None
    [sheet] = [name for name in found.namelist() if name.startswith("storyboards/")]
    assert "a crow" in found.read(sheet).decode()
    told = json.loads(found.read("manifest.json"))
    assert [take["id"] for take in told["takes"]] == ids[1:4]
    assert told["not_found"] == ["0" * 32, "f" * 32]
    assert ["prompt", "a fox"] in told["takes"][0]["settings"]
    assert len(read_manifest(found.read("manifest.json")).recipes) == 3


def test_an_excel_file_is_whole_and_leaves_nothing_behind(shared: Services, takes: list[Job]) -> None:
    viewer, cookie = someone(shared)
    ids = [job.id for job in takes]
    answer = get(prepare(ids, Form.EXCEL, owner="ann", viewer=viewer), headers=cookie)
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert b"=take 2" in zipfile.ZipFile(io.BytesIO(answer.content)).read("xl/worksheets/sheet1.xml")
    assert not [*(shared.settings.data / "exports").iterdir()]


def test_what_history_shows_can_be_handed_on_by_its_own_parameters(
    shared: Services, takes: list[Job]
) -> None:
    viewer, cookie = someone(shared)
    everything = get(listed({}, Form.CSV, owner="ann", viewer=viewer), headers=cookie)
    assert [row["Take"] for row in rows(everything)] == [job.id for job in reversed(takes)]
    view = View(words="take 2", sort=Sort.OLDEST)
    some = get(listed(view.params(), Form.CSV, owner="ann", viewer=viewer), headers=cookie)
    assert [row["Take"] for row in rows(some)] == [takes[1].id]
    mine = View(mine=True).params()
    assert len(rows(get(listed(mine, Form.CSV, owner="ann", viewer=viewer), headers=cookie))) == 3
    assert rows(get(listed(mine, Form.CSV, owner="bob", viewer=viewer), headers=cookie)) == []


def test_an_address_works_only_in_the_browser_that_was_shown_it(shared: Services, takes: list[Job]) -> None:
    viewer, cookie = someone(shared)
    _, other = someone(shared)
    forged = {"cookie": f"{shared.identity.cookie}={viewer}.forged"}
    for address in (
        prepare([takes[0].id], Form.CSV, owner="ann", viewer=viewer),
        listed({"q": "take"}, Form.CSV, owner="ann", viewer=viewer),
    ):
        assert get(address, headers=cookie).status_code == 200
        for headers in ({}, other, forged):
            answer = get(address, headers=headers)
            assert answer.status_code == 404
            assert "load the page again" in answer.text


def test_a_browser_without_a_cookie_can_fetch_what_it_was_shown(shared: Services, takes: list[Job]) -> None:
    ids = [job.id for job in takes]
    assert len(rows(get(prepare(ids, Form.CSV, owner="x", viewer=None)))) == 3
    assert len(rows(get(listed({}, Form.CSV, owner="x", viewer=None)))) == 3


@pytest.mark.parametrize(
    "change",
    [
        {"q": "other"},
        {"bin": "yes"},
        {"owner": "bob"},
        {"until": "99999999999"},
        {"until": "nan"},
        {"seal": ""},
        {"seal": "é\ud800"},
    ],
)
def test_an_address_that_was_changed_is_none(
    shared: Services, takes: list[Job], change: dict[str, str]
) -> None:
    viewer, cookie = someone(shared)
    place, _, query = listed({"q": "take"}, Form.CSV, owner="ann", viewer=viewer).partition("?")
    changed = urlencode({**dict(parse_qsl(query)), **change}, errors="replace")
    assert get(f"{place}?{changed}", headers=cookie).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "takes.csv",
        "takes.zip",
        "takes.exe",
        "x/takes.csv",
        "takes.csv?q=a&seal=b",
        "takes.csv?until=1",
        "%00/takes.zip",
    ],
)
def test_an_address_that_nobody_was_given_is_none(shared: Services, path: str) -> None:
    assert get(f"{downloads.HANDED}/{path}").status_code == 404


def test_an_address_is_good_for_its_time_alone(
    shared: Services, takes: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = prepare([takes[0].id], Form.CSV, owner="x", viewer=None)
    everything = listed({}, Form.CSV, owner="x", viewer=None)
    assert prepare([takes[0].id], Form.CSV, owner="x", viewer=None) == chosen  # a page's next run
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3_700)
    assert get(chosen).status_code == 404
    assert get(everything).status_code == 200
    monkeypatch.setattr(time, "time", lambda: now + 3 * 86_400)
    assert get(everything).status_code == 404


def test_who_only_asks_about_a_download_is_told_without_the_work(
    shared: Services, takes: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    address = listed({}, Form.ZIP, owner="x", viewer=None)
    monkeypatch.setattr(archive_zip, "zip_parts", lambda *_, **__: pytest.fail("made"))
    answer = get(address, "HEAD")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"


@pytest.mark.parametrize("form", Form)
def test_what_cannot_begin_is_said_in_words(
    shared: Services, monkeypatch: pytest.MonkeyPatch, form: Form
) -> None:
    def broken(*_: Any, **__: Any) -> Iterator[Job]:
        raise StoreError("The database is busy.")
        yield

    monkeypatch.setattr(History, "each", broken)
    answer = get(listed({}, form, owner="x", viewer=None))
    assert answer.status_code == 503
    assert answer.text == "The database is busy. Try again in a moment."


@contextmanager
def breaking(shared: Services, monkeypatch: pytest.MonkeyPatch, jobs: Sequence[Job]) -> Iterator[str]:
    """The address of a list whose reading breaks in the middle."""
    many = [replace(jobs[0], order=replace(jobs[0].order, prompt="x" * 100_000))] * 8

    def broken(*_: Any, **__: Any) -> Iterator[Job]:
        yield from many
        raise StoreError("The database is gone.")

    monkeypatch.setattr(History, "each", broken)
    yield listed({}, Form.CSV, owner="x", viewer=None)


def served(address: str, *, leaves_after: int | None = None) -> list[dict[str, Any]]:
    """What the server is told to send; the browser leaves after so many messages."""
    place, _, query = address.partition("?")
    scope = {
        "type": "http",
        "method": "GET",
        "path": place,
        "query_string": query.encode(),
        "headers": [],
        "asgi": {"version": "3.0", "spec_version": "2.3"},
    }
    sent: list[dict[str, Any]] = []

    async def run() -> None:
        left = anyio.Event()

        async def receive() -> dict[str, Any]:
            await left.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)
            if leaves_after is not None and len(sent) >= leaves_after:
                left.set()
            await anyio.lowlevel.checkpoint()

        await Starlette(routes=downloads.routes)(scope, receive, send)  # type: ignore[arg-type]

    asyncio.run(run())
    return sent


def test_a_download_that_breaks_off_never_ends_as_if_it_were_whole(
    shared: Services, takes: list[Job], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with breaking(shared, monkeypatch, takes) as address:
        sent = served(address)
    assert "broke off: The database is gone." in caplog.text
    assert sent[0]["status"] == 200
    assert len(sent) > 2
    assert all(message["more_body"] for message in sent[1:])


def test_who_leaves_ends_the_work(
    shared: Services, takes: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[int] = []
    ended: list[bool] = []
    long = replace(takes[0], order=replace(takes[0].order, prompt="x" * 100_000))

    def endless(*_: Any, **__: Any) -> Iterator[Job]:
        try:
            while True:
                given.append(1)
                yield long
        finally:
            ended.append(True)

    monkeypatch.setattr(History, "each", endless)
    served(listed({}, Form.CSV, owner="x", viewer=None), leaves_after=3)
    assert ended == [True]
    assert len(given) < 50


def test_of_too_much_that_is_put_aside_the_oldest_is_forgotten() -> None:
    aside = Aside(most=3, most_ids=5)
    one = Chosen(("a", "b"), "takes", "ann", "", until=100.0)
    for token in ("1", "2", "3"):
        aside.put(token, one, now=1.0)
    assert [aside.get(token, now=1.0) for token in ("1", "2", "3")] == [None, one, one]
    aside.put("4", replace(one, until=5.0), now=1.0)
    aside.put("5", one, now=6.0)
    assert aside.get("4", now=6.0) is None
    assert aside.get("5", now=100.0) is None
