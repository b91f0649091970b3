"""Upstreams that speak OpenAI's protocol: OpenAI, vLLM, llama.cpp, Ollama, others."""

from __future__ import annotations

from rackhouse.services.gateway.clients import priced, wire
from rackhouse.services.gateway.clients.failure import understood
from rackhouse.services.gateway.clients.streams import Pass, Pieces, Told
from rackhouse.services.gateway.clients.wire import Wire
from rackhouse.services.gateway.model.call import Call, Payload, Reply, Task
from rackhouse.services.gateway.model.config import Kind, Upstream
from rackhouse.services.gateway.model.formats import answers, vectors
from rackhouse.services.gateway.model.formats.anthropic.parts import unmarked

_PATHS = {
    Task.CHAT: "/v1/chat/completions",
    Task.COMPLETION: "/v1/completions",
    Task.EMBEDDING: "/v1/embeddings",
    Task.RESPONSE: "/v1/responses",
    Task.RERANK: "/v1/rerank",
}
_LIMITS = ("max_tokens", "max_completion_tokens", "max_output_tokens")


class OpenAi:
    """Passes a request on with the upstream's own name for the model, and counts what it used."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def ask(self, upstream: Upstream, call: Call) -> Reply:
        """As `seams.Client`."""
        headers = {"authorization": f"Bearer {upstream.key}"} if upstream.key else {}
        path = _PATHS[call.task]
        said = payload(upstream, call)
        if call.marked:
            said = unmarked(said)
        response = await self._wire.post(upstream, path, call, said, headers)
        reply = Reply(upstream=upstream)
        if call.stream:
            told = Told(reply.usage) if call.task is Task.RESPONSE else Pass(reply.usage, call)
            reply.pieces = await Pieces(response, upstream, told).begun()
            return reply
        body = await wire.whole(response)
        with understood():
            answers.read(call.task, body, reply.usage)
            if call.task is Task.EMBEDDING:
                body = vectors.in_form(body, call.payload.get("encoding_format") == "base64")
        reply.body = body
        return reply


def payload(upstream: Upstream, call: Call) -> Payload:
    """What it is asked: what the client said, but for the names, the limit and the count; of what
    costs more than its tokens, nothing. Failed.
    """
    said = {**call.payload, "model": upstream.model}
    if not upstream.local:
        priced.by_tokens(said)
    if call.task is Task.CHAT or call.task is Task.COMPLETION:
        most = _most(upstream, call)
        said.pop("max_tokens", None)
        said.pop("max_completion_tokens", None)
        newer = upstream.kind is Kind.OPENAI and call.task is Task.CHAT
        said["max_completion_tokens" if newer else "max_tokens"] = most
        if call.stream:
            said["stream_options"] = {**(said.get("stream_options") or {}), "include_usage": True}
    elif call.task is Task.RESPONSE:
        said["max_output_tokens"] = _most(upstream, call)
    else:
        said.pop("messages", None)  # nobody has looked at them
    return said


def _most(upstream: Upstream, call: Call) -> int:
    """Tokens that one answer may have. Where the client named none, what there is room for: an
    upstream refuses what would not fit beside the prompt.
    """
    most = call.answer // call.choices
    context = upstream.context
    if not context or any(call.payload.get(name) is not None for name in _LIMITS):
        return most
    return max(1, min(most, max(context - call.prompt, context // 4)))
