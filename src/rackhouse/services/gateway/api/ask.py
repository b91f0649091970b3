"""One path of OpenAI's protocol: a body in, an answer or a stream out."""

from __future__ import annotations

from contextlib import aclosing

import msgspec
from msgspec.structs import replace
from starlette.types import Receive, Scope, Send

from rackhouse.services.gateway.api import http, parse
from rackhouse.services.gateway.api.leaving import Leaving
from rackhouse.services.gateway.api.posted import Posted
from rackhouse.services.gateway.model.call import Call, Pieces, Reply
from rackhouse.services.gateway.model.formats.events import event
from rackhouse.services.gateway.model.problem import Problem
from rackhouse.services.gateway.service.gateway import Gateway

_PATIENCE = 1.0  # seconds of an answer after which it is asked whether anybody still waits for it


class Ask(Posted):
    """Answers a path whose bodies `read` understands."""

    def __init__(self, gateway: Gateway, read: parse.Read) -> None:
        self._gateway = gateway
        self._read = read

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As `Posted`."""
        call = await called(self._gateway, self._read, scope, receive)
        with Leaving(receive, send, _PATIENCE) as leaving:
            reply = await self._gateway.answer(call)
            if reply.pieces is None:
                body = self.whole(reply.body, call)
                await http.send_body(send, reply.status, body, _by(reply, call, http.JSON))
                return
            leaving.watch()
            headers = [*_by(reply, call, http.EVENTS), (b"cache-control", b"no-cache")]
            async with aclosing(reply.pieces) as pieces:
                start = {"type": "http.response.start", "status": 200, "headers": headers}
                await leaving.send(start)
                last = await self.stream(pieces, call, leaving.send)
            await leaving.send(http.piece(last, more=False))

    def whole(self, body: bytes, call: Call) -> bytes:  # noqa: ARG002 (others have another form)
        """An answer in the form of this path. UpstreamFailed for what cannot be."""
        return body

    async def stream(self, pieces: Pieces, call: Call, send: Send) -> bytes:  # noqa: ARG002
        """Pieces until they end, as many at once as are there, but for the last. A problem in their
        midst is an event.
        """
        held: list[bytes] = []
        try:
            async for each in pieces:
                held.append(each)
                if not pieces.more:
                    await send(http.piece(b"".join(held)))
                    held.clear()
        except Problem as problem:
            held.append(event(msgspec.json.encode(http.said(problem))))
        return b"".join(held)


async def called(gateway: Gateway, read: parse.Read, scope: Scope, receive: Receive) -> Call:
    """What is asked, and by whom. Nothing is read of a body before its key is known."""
    try:
        caller = await gateway.parts.keys.identify(http.token(scope))
        sent = await http.read_body(receive)
        call = read(parse.body(sent), parse.Asker(caller, len(sent), parse.headers(scope)))
    except Problem as problem:
        gateway.parts.journal.metrics.turn_away(problem)
        raise
    kind = gateway.parts.quality.kind(call)
    return call if kind == call.kind else replace(call, kind=kind)


def _by(reply: Reply, call: Call, kind: http.Header) -> list[http.Header]:
    """Who answered, and under which name the log has it."""
    said = [(b"x-rackhouse-upstream", http.safe(reply.upstream.name))]
    said += [(http.safe(name.lower()), http.safe(value)) for name, value in reply.headers.items()]
    return [kind, (b"x-request-id", call.id.encode()), *said]
