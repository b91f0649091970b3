"""The one place where the gateway's parts are put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

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


@asynccontextmanager
async def opened(config: Config) -> AsyncIterator[Gateway]:
    """A gateway with all that it holds open; closed behind it."""
    connector = aiohttp.TCPConnector(limit=0, ttl_dns_cache=30)
    async with aiohttp.ClientSession(
        connector=connector, auto_decompress=True, cookie_jar=aiohttp.DummyCookieJar()
    ) as session:
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
