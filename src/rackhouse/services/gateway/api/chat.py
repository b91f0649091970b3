"""`POST /v1/chat/completions` and its sisters: a body in, an answer or a stream out."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import aclosing

import msgspec
from starlette.types import Receive, Scope, Send

from rackhouse.services.gateway.api import http
from rackhouse.services.gateway.model.call import Call, Caller, Payload, Reply, Task
from rackhouse.services.gateway.model.problem import BadRequest, Forbidden, Problem
from rackhouse.services.gateway.service.gateway import Gateway

_decode = msgspec.json.Decoder(dict).decode
_ANSWER = 4096  # tokens that an answer may have where nobody says


class Ask:
    """One path."""

    def __init__(self, gateway: Gateway, task: Task) -> None:
        self._gateway = gateway
        self._task = task

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI."""
        try:
            caller = await self._gateway.parts.keys.identify(http.token(scope))
            body = await http.read_body(receive)
            reply = await self._gateway.answer(_call(body, caller, self._task))
            if reply.pieces is None:
                await http.send_body(send, reply.status, reply.body, (http.JSON, _by(reply)))
            else:
                await _stream(reply, receive, send)
        except Problem as problem:
            await http.send_problem(send, problem)


def _call(body: bytes, caller: Caller, task: Task) -> Call:
    try:
        payload: Payload = _decode(body)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise BadRequest(f"the body is no JSON object: {error}") from error
    model = payload.get("model")
    if not isinstance(model, str):
        raise BadRequest("`model` is missing, or no text", param="model")
    if caller.models and model not in caller.models:
        allowed = ", ".join(sorted(caller.models))
        raise Forbidden(f"this key may not ask for {model!r}", fix=f"it may ask for {allowed}")
    most = payload.get("max_completion_tokens") or payload.get("max_tokens")
    return Call(
        id=uuid.uuid4().hex,
        caller=caller,
        task=task,
        model=model,
        payload=payload,
        stream=payload.get("stream") is True,
        prompt=len(body),
        answer=most if isinstance(most, int) and most > 0 else _ANSWER,
        tools=bool(payload.get("tools")),
    )


async def _stream(reply: Reply, receive: Receive, send: Send) -> None:
    """Pieces until they end or the client goes. Then the upstream is let go too."""
    assert reply.pieces is not None
    headers = [http.EVENTS, (b"cache-control", b"no-cache"), _by(reply)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    writing = asyncio.create_task(_write(reply, send))
    leaving = asyncio.create_task(_left(receive))
    try:
        done, _ = await asyncio.wait({writing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if writing in done:
            writing.result()
    finally:
        leaving.cancel()
        writing.cancel()
        await asyncio.gather(writing, leaving, return_exceptions=True)


async def _write(reply: Reply, send: Send) -> None:
    assert reply.pieces is not None
    async with aclosing(reply.pieces) as pieces:  # type: ignore[type-var]
        try:
            async for each in pieces:
                await send(http.piece(each))
        except Problem as problem:
            said = msgspec.json.encode(http.said(problem))
            await send(http.piece(b"data: " + said + b"\n\n"))
    await send(http.piece(b"", more=False))


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _by(reply: Reply) -> http.Header:
    return b"x-rackhouse-upstream", reply.upstream.name.encode()
