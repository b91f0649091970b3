"""`GET /v1/models`: the names that a key may ask for, in OpenAI's form and Anthropic's at once; and
what each is able to do, as local servers tell it.
"""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.types import Receive, Scope, Send

from rackhouse.services.gateway.api import http
from rackhouse.services.gateway.model.config import Config, Named
from rackhouse.services.gateway.model.problem import NotFound, Problem
from rackhouse.services.gateway.service.gateway import Gateway


class Models:
    """The list, and one of it where the path has a name."""

    def __init__(self, config: Config, gateway: Gateway) -> None:
        self._config = config
        self._gateway = gateway
        self._able = {each.name: each.abilities for each in config.upstreams}

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        """As ASGI."""
        try:
            caller = await self._gateway.parts.keys.identify(http.token(scope))
            allowed = caller.models
            named = [each for each in self._config.models if not allowed or each.name in allowed]
            said = self._answer([self._said(each) for each in named], scope)
            await http.send_body(send, 200, msgspec.json.encode(said), [http.JSON])
        except Problem as problem:
            self._gateway.parts.journal.metrics.turn_away(problem)
            await http.send_problem(send, problem)

    def _answer(self, models: list[dict[str, Any]], scope: Scope) -> dict[str, Any]:
        name = scope["path_params"].get("name")
        if name is not None:
            for each in models:
                if each["id"] == name:
                    return each
            raise NotFound(f"there is no model {name!r:.80} for this key", param="model")
        ends = {"first_id": models[0]["id"], "last_id": models[-1]["id"]} if models else {}
        return {"object": "list", "data": models, "has_more": False, **ends}

    def _said(self, named: Named) -> dict[str, Any]:
        return {
            "id": named.name,
            "object": "model",
            "type": "model",
            "created": 0,
            "created_at": "1970-01-01T00:00:00Z",
            "owned_by": self._config.rack,
            "display_name": named.name,
            "abilities": sorted(
                {it for who in named.candidates for it in self._able[who.upstream]}
            ),
        }
