"""Whoever is told to end while it asks Redis ends."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

from fakes.stores import valkey
from rackhouse.services.gateway.store.answers import connected


async def test_a_task_that_asks_ends_whenever_it_is_cancelled(tmp_path: Path) -> None:
    chance = random.Random(3)
    with valkey(tmp_path) as store:
        async with connected(store.url) as redis:

            async def ask() -> None:
                while True:
                    await redis.get(b"nothing")

            for _ in range(400):
                asking = asyncio.create_task(ask())
                await asyncio.sleep(chance.random() / 500)
                asking.cancel()
                _, going = await asyncio.wait({asking}, timeout=10)
                assert not going
