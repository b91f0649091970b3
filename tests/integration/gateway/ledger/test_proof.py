"""The budget proof: replicas that ask at random while they, PostgreSQL and Valkey are killed.

Judged by the upstream's own record of what it served: by our accounts no cap is ever passed,
nothing that was served is missing from them, and nothing is charged twice.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fakes.models.waiting import until_soon
from fakes.stores import Store
from integration.gateway.ledger.traffic import Upstreams, replica, upstream
from rackhouse.kit.postgres.database import Database
from rackhouse.services.gateway.store.database import opened
from rackhouse.services.gateway.store.ledger import LedgerStore

_MOST = 25.0  # seconds in which the budget is used up, or not on a slow machine
_AT_THE_CAP = 6.0  # seconds in which every request could pass it


async def judged(database: Database, amount: str) -> tuple[int, int, int]:
    """What is settled, what is leased, and how much of the settled is for leases of the dead: once
    all leases are over. No row is above its cap.
    """
    later = datetime.now(UTC) + timedelta(minutes=10)
    await LedgerStore(database, "judge", lambda: later).sweep()
    rows = await database.rows(
        f"SELECT {amount}_settled, {amount}_leased, {amount}_cap FROM gateway_budgets"  # type: ignore[arg-type]
        f" WHERE {amount}_cap IS NOT NULL"
    )
    assert all(settled + leased <= cap for settled, leased, cap in rows), "a cap is passed"
    ((dead,),) = await database.rows(
        f"SELECT coalesce(sum({amount}_granted - {amount}_settled), 0)::bigint"  # type: ignore[arg-type]
        " FROM gateway_leases WHERE charged"
    )
    return sum(row[0] for row in rows), sum(row[1] for row in rows), dead


async def _judge(database: Database, upstream: Upstreams) -> None:
    """The accounts agree with the upstream's record: to the nano where nobody died."""
    used = sum(each.used for each in upstream.record.values())
    assert used > 0
    for amount in ("money", "tokens"):
        settled, leased, dead = await judged(database, amount)
        assert leased == 0
        assert used <= settled, "something that was served is missing"
        assert settled - dead <= upstream.charged, "something is charged twice"
        if not dead:
            assert settled == upstream.charged


async def test_two_replicas_share_a_budget_while_postgresql_is_killed(
    url: str, server: Store, redis: Store
) -> None:
    async with upstream(1) as served:
        told = (url, redis.url, 10**6, served.port)
        async with replica(*told, 1), replica(*told, 2):
            await until_soon(lambda: len(served.record) > 50)
            server.kill()
            await asyncio.to_thread(server.start)
            before = len(served.record)
            await until_soon(lambda: len(served.record) > before + 200)
        async with opened(url) as database:
            await _judge(database, served)


@pytest.mark.slow
async def test_no_cap_is_passed_and_nothing_lost_while_everything_is_killed(
    url: str, server: Store, redis: Store
) -> None:
    cap, chance = 300_000, random.Random(7)
    async with upstream(7) as served:
        with _processes(url, redis.url, cap, served.port) as started:
            world = _World(started, server, redis, chance)
            await world.disturb(_MOST, lambda: served.charged > 0.8 * cap)
            await world.disturb(_AT_THE_CAP, lambda: False)
            await asyncio.to_thread(started.end)
        async with opened(url) as database:
            await _judge(database, served)


@dataclass
class _World:
    """All that is killed."""

    replicas: _Processes
    postgres: Store
    redis: Store
    chance: random.Random

    async def disturb(self, seconds: float, enough: Callable[[], bool]) -> None:
        """`kill -9` of one or another, again and again, until it is enough."""
        end = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < end and not enough():
            await asyncio.sleep(self.chance.uniform(0.2, 1.5))
            how = self.chance.random()
            if how < 0.3:
                await self._away(self.postgres, self.chance.uniform(0, 1.5))
            elif how < 0.4:
                await self._away(self.redis, self.chance.uniform(0, 0.5))
            else:
                self.replicas.kill_one(self.chance)

    async def _away(self, store: Store, seconds: float) -> None:
        store.kill()
        await asyncio.sleep(seconds)
        await asyncio.to_thread(store.start)


class _Processes:
    """Replicas, each a process of its own."""

    def __init__(self, argv: tuple[str, ...], count: int) -> None:
        self._argv = argv
        self._seed = 0
        self._running = [self._start() for _ in range(count)]

    def kill_one(self, chance: random.Random) -> None:
        """`kill -9`; another one comes in its place."""
        which = chance.randrange(len(self._running))
        self._running[which].kill()
        self._running[which].wait()
        self._running[which] = self._start()

    def end(self) -> None:
        """As a supervisor would. One that has only begun to start ends by the signal itself."""
        for each in self._running:
            each.terminate()
        assert {each.wait(60) for each in self._running} <= {0, -signal.SIGTERM}

    def clear(self) -> None:
        for each in self._running:
            each.kill()
            each.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        self._seed += 1
        tests = Path(__file__).parents[3]
        return subprocess.Popen(
            [*self._argv, str(self._seed)], env={**os.environ, "PYTHONPATH": str(tests)}
        )


@contextmanager
def _processes(*told: str | int) -> Iterator[_Processes]:
    program = str(Path(__file__).with_name("traffic.py"))
    started = _Processes((sys.executable, program, *map(str, told)), 3)
    try:
        yield started
    finally:
        started.clear()
