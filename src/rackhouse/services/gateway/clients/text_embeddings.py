"""text-embeddings-inference: so many texts at once, and an order of documents in its own form."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from msgspec.structs import replace

from rackhouse.services.gateway.clients import wire
from rackhouse.services.gateway.clients.failure import Failed, understood
from rackhouse.services.gateway.clients.openai import OpenAi
from rackhouse.services.gateway.clients.wire import Wire
from rackhouse.services.gateway.model.call import Call, Reply, Task, Usage
from rackhouse.services.gateway.model.config import Upstream
from rackhouse.services.gateway.model.formats import rerank, vectors

_BATCH = 32  # its default for --max-client-batch-size
_DIGITS = 12  # of a count: longer ones are none


class TextEmbeddings:
    """Asks as often as the texts need."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._openai = OpenAi(wire)

    async def ask(self, upstream: Upstream, call: Call) -> Reply:
        """As `seams.Client`."""
        if call.task is Task.RERANK:
            return await self._ordered(upstream, call)
        if call.task is not Task.EMBEDDING:
            raise Failed(f"has no {call.task.value}", asked=False, fault=False)
        texts = call.payload["input"]
        if isinstance(texts, str) or isinstance(texts[0], int) or len(texts) <= _BATCH:
            return await self._openai.ask(upstream, call)
        return await self._batches(upstream, call, texts)

    async def _batches(self, upstream: Upstream, call: Call, texts: list[Any]) -> Reply:
        reply = Reply(upstream=upstream, usage=Usage(known=True))
        whole: dict[str, Any] = {}
        for start in range(0, len(texts), _BATCH):
            some = {**call.payload, "input": texts[start : start + _BATCH]}
            with _after(start):
                part = await self._openai.ask(upstream, replace(call, payload=some))
            with understood():
                said, moved = vectors.moved(part.body, start)
            whole = {**said, "data": whole.get("data", []) + moved}
            reply.usage.input += part.usage.input
            reply.usage.known &= part.usage.known
        count = reply.usage.input
        whole["usage"] = {"prompt_tokens": count, "total_tokens": count}
        reply.body = msgspec.json.encode(whole)
        return reply

    async def _ordered(self, upstream: Upstream, call: Call) -> Reply:
        reply = Reply(upstream=upstream, usage=Usage(known=True))
        texts = rerank.texts(call.payload)
        headers = {"authorization": f"Bearer {upstream.key}"} if upstream.key else {}
        found: list[rerank.Scored] = []
        for start in range(0, len(texts), _BATCH):
            some = texts[start : start + _BATCH]
            said = rerank.asked(call.payload, some)
            with _after(start):
                response = await self._wire.post(upstream, "/rerank", call, said, headers)
                tokens = response.header(b"x-compute-tokens")
                body = await wire.whole(response)
            with understood():
                scored = rerank.scores(body, len(some))
            found += [rerank.Scored(each.index + start, each.score) for each in scored]
            counted = tokens.isdecimal() and len(tokens) <= _DIGITS
            reply.usage.input += int(tokens) if counted else 0
            reply.usage.known &= counted
        reply.body = rerank.answer(call.payload, upstream.model, found, reply.usage.input)
        return reply


@contextmanager
def _after(texts: int) -> Iterator[None]:
    """Whoever fails after so many has worked for those."""
    try:
        yield
    except Failed as failed:
        failed.asked |= texts > 0
        raise
