"""Which client speaks with which kind of upstream."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rackhouse.services.gateway.clients import sessions
from rackhouse.services.gateway.clients.anthropic import Anthropic
from rackhouse.services.gateway.clients.ollama import Ollama
from rackhouse.services.gateway.clients.openai import OpenAi
from rackhouse.services.gateway.clients.text_embeddings import TextEmbeddings
from rackhouse.services.gateway.clients.wire import Wire
from rackhouse.services.gateway.model.config import Kind


@asynccontextmanager
async def opened() -> AsyncIterator[dict[Kind, OpenAi | Anthropic | Ollama | TextEmbeddings]]:
    """A client for each kind; their connections are closed behind."""
    async with sessions.opened() as pools:
        wire = Wire(pools)
        openai = OpenAi(wire)
        yield {
            **dict.fromkeys(Kind, openai),
            Kind.ANTHROPIC: Anthropic(wire),
            Kind.EMBEDDINGS: TextEmbeddings(wire),
            Kind.OLLAMA: Ollama(wire),
        }
