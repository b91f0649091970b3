"""`POST /v1/feedback`: a client says how good an answer was that its key got.

    {"id": the answer's header x-request-id, "score": 0 to 1}

The verdict takes the place of what verifiers and judges said of that answer: once, at any replica,
and for as long as the log has it.
"""

from __future__ import annotations

import re

import msgspec
from starlette.types import Receive, Scope, Send

from rackhouse.services.gateway.api import http, shapes
from rackhouse.services.gateway.api.posted import Posted
from rackhouse.services.gateway.model.problem import BadRequest, NotFound, Problem
from rackhouse.services.gateway.service.gateway import Gateway

_MOST = 4096  # bytes
_ID = re.compile("[0-9a-f]{32}")


_decode = msgspec.json.Decoder(shapes.Feedback).decode


class Feedback(Posted):
    """The path."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As `Posted`."""
        try:
            await self._take(scope, receive)
        except Problem as problem:
            self._gateway.parts.journal.metrics.turn_away(problem)
            raise
        await http.send_body(send, 200, b'{"object":"feedback"}', [http.JSON])

    async def _take(self, scope: Scope, receive: Receive) -> None:
        parts = self._gateway.parts
        caller = await parts.keys.identify(http.token(scope))
        await parts.limits.admit(caller)
        said = _read(await http.read_body(receive, _MOST))
        ours = _ID.fullmatch(said.id)  # for any other, the log need not be asked
        line = await parts.journal.told(said.id, caller.key) if ours else None
        if line is None:
            what = "there is no answer of that id to this key, or it was told before"
            raise NotFound(what, fix="say the header x-request-id of an answer, once")
        parts.quality.told(line, said.score)


def _read(body: bytes) -> shapes.Feedback:
    try:
        return _decode(body)
    except (ValueError, RecursionError) as error:
        raise BadRequest(
            f"the body is no feedback: {error}", fix='say {"id": x-request-id, "score": 0 to 1}'
        ) from error
