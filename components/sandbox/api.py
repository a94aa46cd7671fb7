"""The provider's HTTP interface, served on this machine.

Creates and retrieves on the universal path and on every path that a document names, the catalogue, the
documents, the balance, the finished files; and `/_sandbox/`, which the provider does not have: the bad-day
switch, and the list of creates that arrived.
"""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from anyio import to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from components.sandbox import listing, prices, wire
from components.sandbox.behaviour import Behaviour, Rule, rule_from
from components.sandbox.bodies import BodyError, read_body, read_object
from components.sandbox.documents import BUNDLED, UNIVERSAL, Published, read_documents
from components.sandbox.faults import FAULTS, PASSING_FATES, Fate, FileFault, On, Refusal, Reply, Spoilt
from components.sandbox.films import Films
from components.sandbox.generations import Clock, Generation, Generations, Post, Status
from components.sandbox.plan import plan_for
from components.sandbox.routing import CreatePaths, Fresh
from components.sandbox.shelf import Offer, Shelf
from components.sandbox.wire import Asked, Json

QUICK_SECONDS = 4.0
"""From create to completed, where nothing else is said."""
UNDOCUMENTED_SECONDS = 180.0
"""The same at the documented pace, for a model whose document names no time."""

_CLIENT_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_HOST = re.compile(r"[A-Za-z0-9.\-]{1,253}(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:[0-9]{1,5})?")
_FILE = re.compile(r"[0-9a-f]{32}")


def build(
    data: Path, *, documents: Path | None = None, seconds: float | None = None, pace: str = "quick"
) -> Starlette:
    """The sandbox as an ASGI application that keeps its generations and files in the folder `data`.

    It serves every OpenAPI document in `documents` (the bundled ones where None), and those in the folder
    `documents` of `data`, which may come, change and go meanwhile; one there that cannot be read is passed over.
    From create to completed it takes `seconds`, else a few at the pace "quick", else as long as documented at the
    pace "documented".
    Raises OSError when `data` cannot be written, DocumentError for a document that cannot be read.
    """
    shelf = Shelf(read_documents(documents or BUNDLED), data / "documents")
    films = Films(data / "films")
    generations = Generations(data, films=films)
    sandbox = Sandbox(shelf, generations, films, seconds=seconds, pace=pace)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        await to_thread.run_sync(films.close)
        generations.close()

    app = Starlette(
        routes=[
            # One route for both methods, so that `Allow` names them all.
            CreatePaths("/", sandbox.generation, methods=["GET", "POST"], shelf=shelf),
            Route("/files/{name}", sandbox.file),
            Route("/v1/models", sandbox.models),
            Route("/docs-json", sandbox.document),
            Route("/v2/billing", sandbox.billing),
            Route("/_sandbox/behaviour", sandbox.switch, methods=["GET", "POST", "DELETE"]),
            Route("/_sandbox/creates", sandbox.creates),
        ],
        exception_handlers={HTTPException: _not_routed, Exception: _failed},
        middleware=[Middleware(Fresh, shelf=shelf)],
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    app.state.behaviour = sandbox.behaviour
    return app


class Sandbox:
    """The endpoints, and what they share."""

    def __init__(
        self,
        shelf: Shelf,
        generations: Generations,
        films: Films,
        *,
        seconds: float | None,
        pace: str,
    ) -> None:
        self.behaviour = Behaviour()
        self._shelf = shelf
        self._generations = generations
        self._films = films
        self._seconds = seconds
        self._pace = pace

    async def generation(self, request: Request) -> Response:
        """Create (POST) or retrieve (GET) on any path that a document names."""
        if not _has_key(request):
            return wire.refusal(_asked(request), 401, "This request requires a valid API key.")
        return await (self._create(request) if request.method == "POST" else self._retrieve(request))

    async def _create(self, request: Request) -> Response:
        rule = self.behaviour.take(On.CREATE)
        try:
            raw = await read_body(request)
        except BodyError as error:
            return wire.refusal(_asked(request), error.status, str(error))
        answer, generation = await to_thread.run_sync(self._judge, request, raw, rule)
        if rule is not None:
            await self.behaviour.pause(rule)
        return _marked(answer, request, generation)

    def _judge(self, request: Request, raw: bytes, rule: Rule | None) -> tuple[Response, Generation | None]:
        """Accepts or refuses a body, and counts it. In a thread: it parses, checks and writes to disk."""
        asked, path = _asked(request), request.url.path
        fault = rule.fault if rule is not None else None
        post = Post(path=path, client_request_id=_client_id(request), model=None, body=None)
        try:
            # Like the provider's framework: what is not declared as JSON is not read at all.
            body = read_object(raw) if _says_json(request) else {}
            name = body.get("model")
            post = Post(
                path=path,
                client_request_id=post.client_request_id,
                model=name[:300].encode(errors="replace").decode() if isinstance(name, str) else None,
                body=json.dumps(body),
            )
            if isinstance(fault, Refusal) and not fault.accepts:
                self._generations.refuse(post, status=fault.status)
                return _refused(fault, asked, rule), None
            offer = self._shelf.offer
            model = _model(offer, name, path)
            judgement = model.judge.judge({**body, "model": model.id})
            if judgement.problems:
                raise BodyError(400, "Body validation error!\n" + "\n".join(judgement.problems))
        except BodyError as error:
            self._generations.refuse(post, status=error.status)
            return wire.refusal(asked, error.status, str(error)), None
        plan = plan_for(judgement.values, native_sound=model.native_sound)
        status = offer.created_status.get(path, 200)
        generation = self._generations.accept(
            post,
            status=status,
            model=model.id,
            plan=plan,
            clock=self._clock(model),
            usd=prices.charge(model.id, judgement.values, plan.seconds, model.judge.properties).usd,
            fate=fault.name if isinstance(fault, Fate) else None,
        )
        reply = _reply(generation, Status.QUEUED, request)
        if isinstance(fault, Fate) and fault.at_once:
            reply = fault.becomes(reply)
        return _answered(reply, status, asked, rule), generation

    def _clock(self, model: Published) -> Clock:
        if self._seconds is not None:
            return Clock.of(self._seconds)
        if self._pace != "documented":
            return Clock.of(QUICK_SECONDS)
        return Clock.of(sum(model.typical_seconds) / 2 if model.typical_seconds else UNDOCUMENTED_SECONDS)

    async def _retrieve(self, request: Request) -> Response:
        asked = _asked(request)
        generation_id = request.query_params.get("generation_id", "")
        if not generation_id:
            return wire.refusal(asked, 400, 'Query validation error!\nRequired at "generation_id"')
        rule = self.behaviour.take(On.RETRIEVE)
        if rule is not None:
            await self.behaviour.pause(rule)
            if isinstance(rule.fault, Refusal):
                return _marked(_refused(rule.fault, asked, rule, retrieve=True), request, None)
        found = await to_thread.run_sync(self._look, generation_id, request, rule)
        if found is None:
            return _marked(wire.refusal(asked, 404, "Inference not found"), request, None)
        reply, generation = found
        return _marked(_answered(reply, 200, asked, rule), request, generation)

    def _look(
        self, generation_id: str, request: Request, rule: Rule | None
    ) -> tuple[Reply, Generation] | None:
        """The reply as things stand now; None for an unknown generation. Runs in a thread."""
        generation = self._generations.find(generation_id, request.url.path)
        if generation is None:
            return None
        if generation.fate is None and rule is not None and isinstance(rule.fault, Fate):
            self._generations.doom(generation, rule.fault.name)
            generation = self._generations.find(generation_id, request.url.path) or generation
        fate = FAULTS.get(generation.fate or "")
        if not isinstance(fate, Fate):
            generation = self._generations.follow(generation)
            return _reply(generation, self._generations.status(generation), request), generation
        if fate.ends == "completed":
            generation = self._generations.follow(generation)
            status = self._generations.status(generation)
            has_ended = status is Status.COMPLETED
        else:
            # Nothing will ever be shown of it, so nothing is rendered.
            status = self._generations.by_clock(generation)
            has_ended = fate.ends == "never" or fate.at_once or status is Status.COMPLETED
        reply = _reply(generation, status, request)
        return (fate.becomes(reply) if has_ended else reply), generation

    async def file(self, request: Request) -> Response:
        """A finished video, with Range requests; no key is asked for, as with the provider's files."""
        asked = _asked(request)
        rule = self.behaviour.take(On.FILE)
        if rule is not None:
            await self.behaviour.pause(rule)
            if isinstance(rule.fault, Refusal):
                return _refused(rule.fault, asked, rule)
        name = request.path_params["name"].removesuffix(".mp4")
        path = await to_thread.run_sync(self._finished, name) if _FILE.fullmatch(name) else None
        if path is None:
            return wire.refusal(asked, 404, "File not found")
        if rule is not None and isinstance(rule.fault, FileFault):
            return rule.fault.answer(await to_thread.run_sync(path.read_bytes))
        found = await to_thread.run_sync(path.stat)
        # The bytes follow from the plan, so a file made again after it was thinned out keeps its tag.
        tag = f'"{path.stem}-{found.st_size}"'
        return FileResponse(path, media_type="video/mp4", headers={"ETag": tag}, stat_result=found)

    def _finished(self, name: str) -> Path | None:
        generation = self._generations.of_file(name)
        if generation is None or self._generations.by_clock(generation) is not Status.COMPLETED:
            return None
        return self._films.fetch(generation.plan)

    async def models(self, request: Request) -> Response:
        """`GET /v1/models`; no key is asked for."""
        return listing.catalogue(self._shelf.offer.models, request, _origin(request))

    async def document(self, request: Request) -> Response:
        """`GET /docs-json`; no key is asked for."""
        return listing.document(self._shelf.offer.by_name, request) or wire.refusal(
            _asked(request), 404, "Model not found"
        )

    async def billing(self, request: Request) -> Response:
        """`GET /v2/billing`."""
        if not _has_key(request):
            return wire.refusal(_asked(request), 401, "This request requires a valid API key.")
        return listing.billing()

    async def switch(self, request: Request) -> Response:
        """`/_sandbox/behaviour`: GET lists, POST adds a fault, DELETE clears them all."""
        if request.method == "DELETE":
            self.behaviour.clear()
            await to_thread.run_sync(self._generations.release, PASSING_FATES)
        if request.method == "POST":
            # A page of another site can post a form here, but not JSON.
            if not _says_json(request, needed=True):
                return wire.refusal(_asked(request), 415, "Content-Type must be application/json.")
            try:
                self.behaviour.add(rule_from(read_object(await read_body(request))))
            except BodyError as error:
                return wire.refusal(_asked(request), error.status, str(error))
            except ValueError as error:
                return wire.refusal(_asked(request), 400, str(error))
        table = {fault.name: {"does": fault.does, "on": fault.on} for fault in FAULTS.values()}
        return Json({"rules": [rule.as_json() for rule in self.behaviour.rules], "faults": table})

    async def creates(self, request: Request) -> Response:
        """`GET /_sandbox/creates`: every create that arrived, refused ones without a `generation_id`."""
        return Json(await to_thread.run_sync(self._generations.posts))


def _reply(generation: Generation, status: Status, request: Request) -> Reply:
    """A generation as the provider tells of it. A failed one is not charged."""
    reply: Reply = {"id": generation.id, "status": str(status)}
    if status is Status.ERROR:
        message = f"The preview could not be rendered: {generation.failure}."
        return {**reply, "video": None, "error": {"name": "RenderingError", "message": message}}
    if status is Status.COMPLETED:
        reply["video"] = {"url": f"{_origin(request)}/files/{generation.file}.mp4"}
        reply["error"] = None
    charge = prices.Charge(generation.usd)
    return {**reply, "meta": {"usage": {"credits_used": charge.credits, "usd_spent": charge.usd}}}


def _answered(reply: Reply, status: int, asked: Asked, rule: Rule | None) -> Response:
    """The reply as a response, or what a fault makes of it."""
    fault = rule.fault if rule is not None else None
    if isinstance(fault, Refusal):
        return _refused(fault, asked, rule)
    spoilt = fault.spoil(reply) if isinstance(fault, Spoilt) else None
    if spoilt is not None:
        return spoilt
    usage = reply.get("meta", {}).get("usage")
    headers = {}
    if usage is not None:
        headers["x-aimlapi-credits-used"] = str(usage["credits_used"])
        headers["x-aimlapi-usd-spent"] = str(usage["usd_spent"])
    return Json(reply, status, headers)


def _refused(fault: Refusal, asked: Asked, rule: Rule | None, *, retrieve: bool = False) -> Response:
    message = fault.retrieve_message if retrieve and fault.retrieve_message else fault.message
    headers = {"Retry-After": rule.retry_after} if rule is not None and rule.retry_after is not None else None
    return wire.respond(fault.shape(asked, fault.status, message), fault.status, headers)


def _marked(response: Response, request: Request, generation: Generation | None) -> Response:
    """The response with the ids in its headers by which a request is told from another."""
    if generation is not None and generation.id.isascii() and generation.id.isprintable():
        response.headers["x-inference-id"] = generation.id
    if (client_id := _client_id(request)) is not None:
        response.headers["x-client-request-id"] = client_id
    return response


def _model(offer: Offer, name: Any, path: str) -> Published:
    if not isinstance(name, str):
        received = "Required" if name is None else "Expected string"
        raise BodyError(400, f'Body validation error!\n{received} at "model"')
    model = offer.by_name.get(name)
    if model is not None:
        return model
    # Both have been seen: an older endpoint lists the models that it takes, the universal one does not.
    if path == UNIVERSAL:
        raise BodyError(404, f"Model '{name[:200]}' not found")
    options = " | ".join(f"'{known.id}'" for known in offer.models if known.path == path)
    text = f"Invalid enum value. Expected {options}, received '{name[:200]}'"
    raise BodyError(400, f'Body validation error!\n{text} at "model"')


def _asked(request: Request) -> Asked:
    return Asked(path=request.url.path, at=time.time())


def _client_id(request: Request) -> str | None:
    """The client's own id for this request; all but 1-128 of `A-Za-z0-9._:-` is dropped, as documented."""
    given = request.headers.get("x-client-request-id", "")
    return given if _CLIENT_ID.fullmatch(given) else None


def _has_key(request: Request) -> bool:
    """Whether there is a bearer key: any will do, the placeholder of the provider's samples too."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and bool(key.strip())


def _says_json(request: Request, *, needed: bool = False) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or (not needed and (not kind or kind.endswith("+json")))


def _origin(request: Request) -> str:
    """The origin that the client used, so that an address works for it too, through a proxy as well."""
    host = request.headers.get("host", "")
    if not _HOST.fullmatch(host):
        name, port = request.scope.get("server") or ("127.0.0.1", 80)
        host = f"{name}:{port}"
    return f"{request.url.scheme}://{host}"


async def _not_routed(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    verb = f"Cannot {request.method} {request.url.path[:300]}"
    return wire.refusal(_asked(request), error.status_code, verb, error.headers)


async def _failed(request: Request, error: Exception) -> Response:
    return wire.refusal(_asked(request), 500, "Internal server error")
