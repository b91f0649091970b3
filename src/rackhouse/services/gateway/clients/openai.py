"""Upstreams that speak OpenAI's protocol: OpenAI, vLLM, llama.cpp, Ollama, others."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import msgspec

from rackhouse.services.gateway.clients.failure import Failed
from rackhouse.services.gateway.model.call import Call, Reply, Task, Usage
from rackhouse.services.gateway.model.config import Upstream

_PATHS = {
    Task.CHAT: "/v1/chat/completions",
    Task.COMPLETION: "/v1/completions",
    Task.EMBEDDING: "/v1/embeddings",
    Task.RESPONSE: "/v1/responses",
    Task.RERANK: "/v1/rerank",
}
_MOST = 64 * 2**20  # bytes of an answer


class _Cached(msgspec.Struct):
    cached_tokens: int | None = 0


class _Usage(msgspec.Struct):
    prompt_tokens: int = 0
    completion_tokens: int | None = 0
    prompt_tokens_details: _Cached | None = None


class _Said(msgspec.Struct):
    """What of an answer the gateway reads."""

    usage: _Usage | None = None


_decode = msgspec.json.Decoder(_Said).decode


class OpenAi:
    """Passes a request on with the upstream's own name for the model, and counts what it used."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def ask(self, upstream: Upstream, call: Call) -> Reply:
        """As `seams.Client`."""
        response = await self._post(upstream, call)
        reply = Reply(upstream=upstream)
        if call.stream:
            reply.pieces = _pieces(response, reply.usage)
            return reply
        async with response:
            try:
                reply.body = await response.content.read(_MOST)
                _count(reply.usage, reply.body)
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                raise Failed(f"broke off: {error!r}", asked=True) from error
            except msgspec.DecodeError as error:
                raise Failed("answered what is no JSON", asked=True) from error
        return reply

    async def _post(self, upstream: Upstream, call: Call) -> aiohttp.ClientResponse:
        body = msgspec.json.encode(_payload(upstream, call))
        headers = {"content-type": "application/json"}
        if upstream.key:
            headers["authorization"] = f"Bearer {upstream.key}"
        timeout = aiohttp.ClientTimeout(
            sock_connect=upstream.connect, sock_read=upstream.first_byte
        )
        try:
            response = await self._session.post(
                upstream.url + _PATHS[call.task],
                data=body,
                headers=headers,
                timeout=timeout,
                allow_redirects=False,
            )
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise Failed("cannot be reached", asked=False) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Failed(f"no answer: {type(error).__name__}", asked=True) from error
        if response.status != 200:
            status = response.status
            response.close()
            raise Failed(f"answered {status}", asked=False, fault=status >= 500, status=status)
        return response


def _payload(upstream: Upstream, call: Call) -> dict[str, Any]:
    payload = {**call.payload, "model": upstream.model}
    if call.stream:
        payload["stream_options"] = {"include_usage": True}
    return payload


async def _pieces(response: aiohttp.ClientResponse, usage: Usage) -> AsyncIterator[bytes]:
    """Whole events, as they come. What follows `[DONE]` is not read; without it, it broke off."""
    async with response:
        try:
            async for line in response.content:
                if not line.startswith(b"data:"):
                    continue
                said = line[5:].strip()
                if said == b"[DONE]":
                    yield b"data: [DONE]\n\n"
                    return
                if b'"usage"' in said:
                    _count(usage, said)
                yield b"data: " + said + b"\n\n"
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Failed(f"broke off: {type(error).__name__}", asked=True) from error
        except (msgspec.DecodeError, ValueError) as error:
            raise Failed("sent what is no event", asked=True) from error
        raise Failed("ended without [DONE]", asked=True)


def _count(usage: Usage, said: bytes) -> None:
    found = _decode(said).usage
    if found is not None:
        usage.input = found.prompt_tokens
        usage.output = found.completion_tokens or 0
        details = found.prompt_tokens_details
        usage.cached = (details.cached_tokens or 0) if details else 0
        usage.known = True
