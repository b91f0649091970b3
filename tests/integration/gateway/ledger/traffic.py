"""Requests at random against a ledger, and an upstream that keeps its own record of what it served.

`python traffic.py DATABASE_URL REDIS_URL CAP PORT SEED` is one replica, until it is told to end or
is killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from fakes.models.calls import call, caller
from fakes.models.rack import NANO
from rackhouse.services.gateway.model.call import Usage
from rackhouse.services.gateway.model.config import (
    Budget,
    Config,
    Kind,
    Limit,
    Period,
    Scope,
    Upstream,
)
from rackhouse.services.gateway.model.problem import Away, OverBudget
from rackhouse.services.gateway.service.ledger.ledger import BudgetLedger
from rackhouse.services.gateway.service.limits.rates import Rates
from rackhouse.services.gateway.store.answers import connected
from rackhouse.services.gateway.store.database import opened
from rackhouse.services.gateway.store.ledger import LedgerStore
from rackhouse.services.gateway.store.rates import SharedRates

LIFE = 2.0  # seconds of a lease: short, so that many end
CLIENTS = 6  # of a replica
MOST = 200  # tokens of a request; each costs a nano

OUTSIDE = Upstream(name="outside", kind=Kind.OPENAI, model="m", prices=(NANO,))


def config(cap: int) -> Config:
    """Two budgets that bind every request: the key's in money, its application's in tokens."""
    tokens = (Limit(period=Period.DAY, tokens=cap),)
    return Config(budgets=(Budget(scope=Scope.APPLICATION, name="hello", limits=tokens),))


@dataclass
class Served:
    """One request that the upstream worked on: what it used, and what it may charge for it."""

    used: int
    charge: int


@dataclass
class Upstreams:
    """A scripted upstream. `record` is only ever added to, before anybody is answered."""

    random: random.Random
    record: dict[str, Served] = field(default_factory=dict)
    port: int = 0
    charged: int = 0  # the sum of all charges

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while line := await reader.readline():
                id, most = line.decode().split()
                answer = self._work(id, int(most))
                if not answer:
                    break
                writer.write(f"{answer}\n".encode())
                await writer.drain()
        writer.close()

    def _work(self, id: str, most: int) -> str:
        """`no`: refused. Else it was served: the usage is told, or not, or it breaks off."""
        how = self.random.choices(("told", "no", "?", ""), (80, 8, 6, 6))[0]
        if how == "no":
            return how
        assert id not in self.record
        used = self.random.randint(0, most)
        self.record[id] = Served(used, used if how == "told" else most)
        self.charged += self.record[id].charge
        return str(used) if how == "told" else how


@asynccontextmanager
async def upstream(seed: int) -> AsyncIterator[Upstreams]:
    """At its `port` on loopback."""
    made = Upstreams(random.Random(seed))
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()


async def client(
    ledger: BudgetLedger, rates: Rates, cap: int, port: int, seed: int, end: asyncio.Event
) -> None:
    """Requests one after the other; at the end the last one comes to its own."""
    chance = random.Random(seed)
    who = caller("hello.llm", Limit(period=Period.MONTH, money=cap), requests_per_minute=10_000_000)
    streams = None
    while not end.is_set():
        most = chance.randint(1, MOST)
        asked = call(who, prompt=most - most // 2, answer=most // 2)
        await rates.admit(asked.caller)
        try:
            hold = await ledger.reserve(asked, OUTSIDE)
        except (Away, OverBudget):
            await asyncio.sleep(0.05)
            continue
        said = ""
        with contextlib.suppress(ConnectionError):
            streams = streams or await asyncio.open_connection("127.0.0.1", port)
            streams[1].write(f"{hold.id} {most}\n".encode())
            said = (await streams[0].readline()).decode().strip()
        if said == "no":
            await ledger.release(hold)
        elif said.isdecimal():
            await ledger.settle(hold, Usage(input=int(said), known=True))
        else:
            await ledger.settle(hold, Usage())
        if not said and streams:
            streams[1].close()
            streams = None
        await asyncio.sleep(chance.random() * 0.02)
    if streams:
        streams[1].close()


@asynccontextmanager
async def replica(url: str, redis_url: str, cap: int, port: int, seed: int) -> AsyncIterator[None]:
    """Clients at work on a ledger; every request is settled when it is left."""
    async with opened(url) as database, connected(redis_url) as redis:
        rates = Rates(SharedRates(redis, "proof:"))
        store = LedgerStore(database, f"replica-{seed}", life=LIFE)
        async with BudgetLedger(config(cap), store).running() as ledger:
            end = asyncio.Event()
            async with asyncio.TaskGroup() as working:
                for number in range(CLIENTS):
                    own = seed * 1000 + number
                    working.create_task(client(ledger, rates, cap, port, own, end))
                yield
                end.set()


async def main(url: str, redis_url: str, cap: int, port: int, seed: int) -> None:
    end = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end.set)
    async with replica(url, redis_url, cap, port, seed):
        await end.wait()


if __name__ == "__main__":
    addresses, numbers = sys.argv[1:3], map(int, sys.argv[3:])
    asyncio.run(main(*addresses, *numbers))
