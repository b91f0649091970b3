"""The one place where the gateway's parts are put together."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial

from rackhouse.kit.postgres.database import Database
from rackhouse.services.gateway.clients import builtin, judge, look, otlp, table
from rackhouse.services.gateway.clients.wake import wake
from rackhouse.services.gateway.model.config import Config, Key, Kind
from rackhouse.services.gateway.service.cache import Answers
from rackhouse.services.gateway.service.gateway import Gateway
from rackhouse.services.gateway.service.keys import KnownKeys, MemoryKeys
from rackhouse.services.gateway.service.ledger.leases import NoLeases
from rackhouse.services.gateway.service.ledger.ledger import BudgetLedger
from rackhouse.services.gateway.service.limits.rates import Rates
from rackhouse.services.gateway.service.memory import (
    NoCache,
    Unmeasured,
)
from rackhouse.services.gateway.service.parts import Parts
from rackhouse.services.gateway.service.quality.evidence import Evidence
from rackhouse.services.gateway.service.quality.measured import Measured
from rackhouse.services.gateway.service.quality.shadow import Shadow
from rackhouse.services.gateway.service.routing.checks import Checks
from rackhouse.services.gateway.service.routing.router import Routing
from rackhouse.services.gateway.service.seams import Cache, Ledger
from rackhouse.services.gateway.service.slots.shared import SharedTurns
from rackhouse.services.gateway.service.slots.turns import Turns
from rackhouse.services.gateway.service.telemetry.archive import Archive, Memory
from rackhouse.services.gateway.service.telemetry.journal import Telemetry
from rackhouse.services.gateway.service.telemetry.metrics import Metrics
from rackhouse.services.gateway.service.telemetry.tracing import Tracing
from rackhouse.services.gateway.settings import Settings
from rackhouse.services.gateway.store import answers, database
from rackhouse.services.gateway.store.journal import Journal
from rackhouse.services.gateway.store.keys import StoredKeys
from rackhouse.services.gateway.store.ledger import LedgerStore
from rackhouse.services.gateway.store.quality import Quality
from rackhouse.services.gateway.store.rates import SharedRates
from rackhouse.services.gateway.store.slots import SlotLeases
from rackhouse.services.gateway.worker.keeper import Keeper


@dataclass(frozen=True, slots=True)
class Kept:
    """What one process keeps from one gateway to the next where there are no stores: those who are
    still answered by the old one count in the new one too.
    """

    archive: Memory = field(default_factory=Memory)
    turns: Turns = field(default_factory=Turns)
    rates: Rates = field(default_factory=Rates)


@asynccontextmanager
async def opened(
    config: Config, settings: Settings | None = None, kept: Kept | None = None
) -> AsyncIterator[Gateway]:
    """A gateway with all that it holds open; closed behind it. Without stores it keeps nothing
    beyond its own life but what is `kept`, which the next one may be given.
    """
    settings, kept = settings or Settings(), kept or Kept()
    base: Database | None = None
    async with AsyncExitStack() as stack:
        clients = await stack.enter_async_context(table.opened())
        hire = partial(Keeper, cache=settings.cache)
        embedder = await stack.enter_async_context(builtin.opened(hire))
        if settings.database_url:
            base = await stack.enter_async_context(database.opened(settings.database_url))
        archive = Journal(base, config.retention_days) if base else kept.archive
        telemetry = await stack.enter_async_context(_telemetry(config, settings, archive))
        slots = await stack.enter_async_context(_slots(config, settings, kept))
        router = await stack.enter_async_context(_router(config, slots))
        ledger = await stack.enter_async_context(_ledger(config, base))
        parts = Parts(
            keys=KnownKeys(_keys(config), StoredKeys(base) if base else MemoryKeys()),
            limits=await stack.enter_async_context(_limits(settings, kept)),
            ledger=ledger,
            router=router,
            slots=slots,
            clients={**clients, Kind.BUILTIN: embedder},
            cache=await stack.enter_async_context(_cache(config, settings)),
            quality=Unmeasured(),  # of what is asked to be compared
            journal=telemetry,
        )
        quality = await stack.enter_async_context(_quality(config, base, parts))
        yield Gateway(replace(parts, quality=quality))


@asynccontextmanager
async def _slots(config: Config, settings: Settings, kept: Kept) -> AsyncIterator[Turns]:
    """Shared between replicas where there is a Redis."""
    if not settings.redis_url or not any(each.slots for each in config.upstreams):
        yield kept.turns
        return
    async with answers.connected(settings.redis_url) as redis:
        shared = SharedTurns(SlotLeases(redis, settings.redis_prefix, uuid.uuid4().hex))
        async with shared.running():
            yield shared


@asynccontextmanager
async def _router(config: Config, slots: Turns) -> AsyncIterator[Routing]:
    """While it looks at the upstreams every few seconds."""
    router = Routing(config, slots, wake)
    async with look.opened() as looking, Checks(config.upstreams, looking, router).running():
        yield router


@asynccontextmanager
async def _cache(config: Config, settings: Settings) -> AsyncIterator[Cache]:
    """Shared between replicas where there is a Redis."""
    if not any(each.cache for each in config.models):
        yield NoCache()
    elif not settings.redis_url:
        yield Answers(config)
    else:
        async with answers.opened(settings.redis_url, settings.redis_prefix) as shelf:
            yield Answers(config, shelf)


@asynccontextmanager
async def _telemetry(
    config: Config, settings: Settings, archive: Archive
) -> AsyncIterator[Telemetry]:
    """Log, accounts and metrics; and spans, where somebody collects them."""
    models = frozenset(each.name for each in config.models)
    telemetry = Telemetry(archive, Metrics(models, config.currency), models, bodies=config.bodies)
    async with AsyncExitStack() as stack:
        if spans := settings.spans.url:
            collector = await stack.enter_async_context(otlp.opened(spans, settings.spans.headers))
            kinds = {each.name: each.kind for each in config.upstreams}
            told = Tracing(collector.send, kinds, settings.spans.service, settings.spans.share)
            telemetry.told_to(await stack.enter_async_context(told.running()))
        yield await stack.enter_async_context(telemetry.running())


@asynccontextmanager
async def _quality(config: Config, base: Database | None, parts: Parts) -> AsyncIterator[Measured]:
    evidence = Evidence(config, Quality(base) if base else None)
    async with (
        judge.opened() as judging,
        Measured(evidence, Shadow(config, parts), judging).running() as measured,
    ):
        yield measured


def _keys(config: Config) -> tuple[Key, ...]:
    """Those of the file, and the owner's own: the console and the command line ask models too."""
    owner = Key(name="owner", application="console", secret=config.admin)
    return (*config.keys, owner) if config.admin else config.keys


@asynccontextmanager
async def _limits(settings: Settings, kept: Kept) -> AsyncIterator[Rates]:
    """Shared between replicas where there is a Redis."""
    if not settings.redis_url:
        yield kept.rates
        return
    async with answers.connected(settings.redis_url) as redis:
        yield Rates(SharedRates(redis, settings.redis_prefix))


@asynccontextmanager
async def _ledger(config: Config, base: Database | None) -> AsyncIterator[Ledger]:
    replica = f"{socket.gethostname()}-{os.getpid()}"
    store = LedgerStore(base, replica) if base else NoLeases()
    async with BudgetLedger(config, store).running() as ledger:
        yield ledger
