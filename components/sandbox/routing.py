"""The create paths: whatever paths the documents on offer name at the moment."""

from __future__ import annotations

from typing import Any

from anyio import to_thread
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from components.sandbox.shelf import Shelf


class Fresh:
    """Before a request is answered, the folder of documents is looked at, where that is due. In a thread: it reads."""

    def __init__(self, app: ASGIApp, shelf: Shelf) -> None:
        self._app, self._shelf = app, shelf

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._shelf.is_due:
            await to_thread.run_sync(self._shelf.look)
        await self._app(scope, receive, send)


class CreatePaths(Route):
    """Every path on which something on offer is created just now."""

    def __init__(self, *route: Any, shelf: Shelf, **more: Any) -> None:
        super().__init__(*route, **more)
        self._shelf = shelf

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether a request is for such a path, and of a method that is taken there."""
        if scope["type"] != "http" or scope["path"] not in self._shelf.offer.created_status:
            return Match.NONE, {}
        is_taken = self.methods is not None and scope["method"] in self.methods
        return Match.FULL if is_taken else Match.PARTIAL, {"endpoint": self.endpoint, "path_params": {}}
