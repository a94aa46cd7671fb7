"""A client of the sandbox for these tests: speaks HTTP, knows the models only from what the sandbox serves."""

from __future__ import annotations

import time
from typing import Any

import httpx

UNIVERSAL = "/v2/video/generations"
LONGEST_WAIT = 60.0


class Desk(httpx.Client):
    """httpx with a key, and the three things one does at a provider's desk."""

    def __init__(self, origin: str) -> None:
        super().__init__(
            base_url=origin, headers={"Authorization": "Bearer any"}, timeout=30, trust_env=False
        )
        self._fields: dict[str, set[str]] | None = None

    def all_models(self) -> list[dict[str, Any]]:
        """The rows of the catalogue, with everything in them."""
        rows: list[dict[str, Any]] = self.get("/v1/models", params={"include": "all"}).json()["data"]
        return rows

    def document(self, model: str) -> dict[str, Any]:
        """A model's OpenAPI document."""
        found: dict[str, Any] = self.get("/docs-json", params={"model": model}).json()
        return found

    def create_path(self, model: str) -> str:
        """The create path that a model's document names."""
        return next(
            path for path, operations in self.document(model)["paths"].items() if "post" in operations
        )

    def properties(self, model: str) -> dict[str, Any]:
        """The request fields of a model."""
        operation = self.document(model)["paths"][self.create_path(model)]["post"]
        found: dict[str, Any] = operation["requestBody"]["content"]["application/json"]["schema"][
            "properties"
        ]
        return found

    def model_where(self, *has: str, lacks: tuple[str, ...] = ()) -> str:
        """A model whose request has all of these fields and none of those."""
        if self._fields is None:
            self._fields = {row["id"]: {*self.properties(row["id"])} for row in self.all_models()}
        return next(m for m, fields in self._fields.items() if {*has} <= fields and not {*lacks} & fields)

    def create(self, body: Any, path: str = UNIVERSAL, **headers: str) -> httpx.Response:
        """Posts a body."""
        return self.post(path, json=body, headers=headers)

    def retrieve(self, generation_id: str, path: str = UNIVERSAL) -> httpx.Response:
        """Looks at a generation."""
        return self.get(path, params={"generation_id": generation_id})

    def ended(self, generation_id: str, path: str = UNIVERSAL) -> dict[str, Any]:
        """The first reply that is neither queued nor generating."""
        deadline = time.monotonic() + LONGEST_WAIT
        while time.monotonic() < deadline:
            reply: dict[str, Any] = self.retrieve(generation_id, path).json()
            if reply.get("status") not in ("queued", "generating"):
                return reply
            time.sleep(0.02)
        raise AssertionError(f"Still {reply} after {LONGEST_WAIT} s.")

    def fault(self, name: str, **rule: Any) -> None:
        """Switches a fault on."""
        self.post("/_sandbox/behaviour", json={"fault": name, **rule}).raise_for_status()
