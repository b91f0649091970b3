"""Upstreams that speak Anthropic's protocol, as if it were OpenAI's."""

from __future__ import annotations

import time

from rackhouse.services.gateway.clients import wire
from rackhouse.services.gateway.clients.failure import Failed, sayable, understood
from rackhouse.services.gateway.clients.streams import Pieces
from rackhouse.services.gateway.clients.wire import Wire
from rackhouse.services.gateway.model.call import Call, Payload, Reply, Task
from rackhouse.services.gateway.model.config import Upstream
from rackhouse.services.gateway.model.formats.anthropic import answer, request
from rackhouse.services.gateway.model.formats.anthropic.chunks import ToChat

_VERSION = "2023-06-01"


class Anthropic:
    """Turns chats into messages, and messages into chats."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def ask(self, upstream: Upstream, call: Call) -> Reply:
        """As `seams.Client`."""
        headers = {"x-api-key": upstream.key, "anthropic-version": _VERSION}
        with sayable():
            said = _payload(upstream, call)
        response = await self._wire.post(upstream, "/v1/messages", call, said, headers)
        reply = Reply(upstream=upstream)
        now = int(time.time())
        if call.stream:
            told = ToChat(reply.usage, now, call.counts)
            reply.pieces = await Pieces(response, upstream, told).begun()
            return reply
        body = await wire.whole(response)
        with understood():
            reply.body = answer.to_chat(body, reply.usage, now)
        return reply


def _payload(upstream: Upstream, call: Call) -> Payload:
    if call.task is not Task.CHAT:
        raise Failed(f"has no {call.task.value}", asked=False, fault=False)
    if call.choices > 1:
        raise Failed("gives one answer at a time", asked=False, fault=False)
    return request.from_chat(call.payload, upstream.model, call.answer)
