"""The one place where the gateway's parts are put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from rackhouse.services.gateway.clients import table
from rackhouse.services.gateway.model.config import Config
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
        clients = await stack.enter_async_context(table.opened())
        if settings.database_url:
            await stack.enter_async_context(database.opened(settings.database_url))
        yield Gateway(
            Parts(
                keys=GivenKeys(config.keys),
                limits=NoLimits(),
                ledger=NoLedger(),
                router=InOrder(config),
                slots=NoQueue(),
                clients=clients,
                cache=NoCache(),
                quality=Unmeasured(),
                journal=Recent(),
            )
        )
