"""Ollama: chats by its own `/api/chat` where the rack says how long a prompt may be, all else by
`/v1`.
"""

from __future__ import annotations

import time

from rackhouse.services.gateway.clients import wire
from rackhouse.services.gateway.clients.failure import sayable, understood
from rackhouse.services.gateway.clients.openai import OpenAi
from rackhouse.services.gateway.clients.streams import Pieces
from rackhouse.services.gateway.clients.wire import Wire
from rackhouse.services.gateway.model.call import Call, Reply, Task
from rackhouse.services.gateway.model.config import Upstream
from rackhouse.services.gateway.model.formats import ollama
from rackhouse.services.gateway.model.formats.events import Lines


class Ollama:
    """Turns chats into its own, for the one thing that `/v1` cannot say."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._openai = OpenAi(wire)

    async def ask(self, upstream: Upstream, call: Call) -> Reply:
        """As `seams.Client`."""
        if call.task is not Task.CHAT or not upstream.context or call.choices > 1:
            return await self._openai.ask(upstream, call)
        headers = {"authorization": f"Bearer {upstream.key}"} if upstream.key else {}
        with sayable():
            said = ollama.asked(call.payload, upstream.model, call.answer, upstream.context)
        response = await self._wire.post(upstream, "/api/chat", call, said, headers)
        reply = Reply(upstream=upstream)
        head = {"id": call.id, "created": int(time.time()), "model": upstream.model}
        if call.stream:
            told = ollama.ToChat(reply.usage, head, call.counts)
            reply.pieces = await Pieces(response, upstream, told, Lines()).begun()
            return reply
        body = await wire.whole(response)
        with understood():
            reply.body = ollama.whole(body, reply.usage, head)
        return reply
