"""The one place where the gateway's parts are put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp

from rackhouse.services.gateway.clients.openai import OpenAi
from rackhouse.services.gateway.model.config import Config, Kind
from rackhouse.services.gateway.service.gateway import Gateway, Parts
from rackhouse.services.gateway.service.memory import (
    GivenKeys,
    InOrder,
    NoCache,
    NoLedger,
    NoLimits,
    NoQueue,
    Recent,
    Unmeasured,
)
from rackhouse.services.gateway.settings import Settings
from rackhouse.services.gateway.store import database


@asynccontextmanager
async def opened(config: Config, settings: Settings | None = None) -> AsyncIterator[Gateway]:
    """A gateway with all that it holds open; closed behind it. Without a database it keeps nothing
    beyond its own life.
    """
    settings = settings or Settings()
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(_session())
        if settings.database_url:
            await stack.enter_async_context(database.opened(settings.database_url))
        yield Gateway(
            Parts(
                keys=GivenKeys(config.keys),
                limits=NoLimits(),
                ledger=NoLedger(),
                router=InOrder(config),
                slots=NoQueue(),
                clients=dict.fromkeys(Kind, OpenAi(session)),
                cache=NoCache(),
                quality=Unmeasured(),
                journal=Recent(),
            )
        )


def _session() -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(limit=0, ttl_dns_cache=30)
    return aiohttp.ClientSession(
        connector=connector, auto_decompress=True, cookie_jar=aiohttp.DummyCookieJar()
    )
