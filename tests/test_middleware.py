import asyncio
import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from components import services as built
from components.middleware import (
    STATIC,
    CompressedScripts,
    IdentityCookie,
    SafeHeaders,
    content_security_policy,
)

HTML = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture(autouse=True)
def _playground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("AIMLAPI_KEY", raising=False)
    built.close_services()
    yield
    built.close_services()


def _page(request: Request) -> Response:
    return HTMLResponse("<p>page</p>")


def _plain(request: Request) -> Response:
    return PlainTextResponse("plain")


def _client(scheme: str = "http", **headers: str) -> httpx.AsyncClient:
    app = Starlette(
        routes=[Route("/", _page), Route("/plain", _plain)],
        middleware=[Middleware(SafeHeaders), Middleware(IdentityCookie), Middleware(CompressedScripts)],
    )
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=f"{scheme}://playground.test", headers=headers
    )


async def _get(client: httpx.AsyncClient, *paths: str) -> list[httpx.Response]:
    async with client:
        return [await client.get(path) for path in paths]


def get(client: httpx.AsyncClient, *paths: str) -> list[httpx.Response]:
    return asyncio.run(_get(client, *paths))


def test_a_browser_gets_its_cookie_once() -> None:
    first, second = get(_client(**HTML), "/", "/")
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    assert "set-cookie" not in second.headers
    identity = built.services().identity
    assert identity.owner({identity.cookie: cookie.split("=", 1)[1].split(";")[0]})


def test_over_https_the_cookie_is_secure() -> None:
    assert "; Secure" in get(_client("https", **HTML), "/")[0].headers["set-cookie"]


def test_a_page_with_a_fresh_cookie_is_never_kept_by_a_cache_for_others() -> None:
    assert get(_client(**HTML), "/")[0].headers["cache-control"] == "no-store"


def test_a_forged_cookie_is_replaced() -> None:
    name = built.services().identity.cookie
    answer = get(_client(**HTML, cookie=f"{name}=forged.value"), "/")[0]
    assert "set-cookie" in answer.headers


@pytest.mark.parametrize(("path", "accept"), [("/plain", "text/html"), ("/", "application/json")])
def test_what_is_no_page_gets_no_cookie(path: str, accept: str) -> None:
    assert "set-cookie" not in get(_client(accept=accept), path)[0].headers


def test_a_page_is_served_although_the_services_cannot_be_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path / "file"))
    answer = get(_client(**HTML), "/")[0]
    assert answer.text == "<p>page</p>"
    assert "set-cookie" not in answer.headers


def test_every_answer_says_that_nothing_may_be_asked_of_another_host() -> None:
    for answer in get(_client(), "/", "/plain"):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe-eval" not in policy
        assert "http" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_inline_script_of_the_installed_page_is_allowed_by_its_hash_and_no_other() -> None:
    policy = content_security_policy("<script>one()</script><script src='x'></script>")
    digest = base64.b64encode(hashlib.sha256(b"one()").digest()).decode()
    assert f"'sha256-{digest}'" in policy
    assert policy.count("sha256-") == 1


def test_a_script_comes_compressed_and_whole() -> None:
    script = next((STATIC / "static" / "js").glob("*.js"))
    path = f"/{script.relative_to(STATIC).as_posix()}"
    answer = get(_client(**{"accept-encoding": "gzip"}), path)[0]
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.content == script.read_bytes()
    assert int(answer.headers["content-length"]) < script.stat().st_size


@pytest.mark.parametrize(
    "path", ["/static/../index.html.js", "/static/%2e%2e/%2e%2e/app.js", "/static/none.js"]
)
def test_nothing_outside_the_static_folder_is_read(path: str) -> None:
    assert get(_client(**{"accept-encoding": "gzip"}), path)[0].status_code == 404


def test_a_browser_without_gzip_gets_what_streamlit_sends() -> None:
    script = next((STATIC / "static" / "js").glob("*.js"))
    path = f"/{script.relative_to(STATIC).as_posix()}"
    answer = get(_client(**{"accept-encoding": "identity"}), path)[0]
    assert answer.status_code == 404  # passed on: this little app has no such route
