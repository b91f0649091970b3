"""Keeps a follower at work while a cluster has joined: the process that looks at the rack's own
repository there. A process of its own, since a plan takes seconds in which no push shall wait.
"""

from __future__ import annotations

import asyncio
import logging
import sys

from rackhouse.apply.clusters import joined
from rackhouse.kit.errors import RackhouseError
from rackhouse.kit.paths import Paths
from rackhouse.kit.process import run
from rackhouse.store.sqlite import SqliteStore

FIRST = 20.0  # seconds after the start, in which others have more to do
EVERY = 60.0

_log = logging.getLogger("rackhouse.forge")


async def following(paths: Paths) -> None:
    """For ever. One that has ended is begun anew a minute later."""
    await asyncio.sleep(FIRST)
    while True:
        try:
            if await asyncio.to_thread(_has_joined, paths):
                await _follow(paths)
        except (RackhouseError, OSError) as error:
            _log.error("the rack's repository: %s", error)
        await asyncio.sleep(EVERY)


async def _follow(paths: Paths) -> None:
    words = [sys.executable, "-m", "rackhouse.forge.follower", str(paths.root)]
    done = await run(words, say=lambda line: _log.warning("%s", line))
    if done.code:
        _log.error("whoever follows the rack's repository ended with %s: %s", done.code, done.last)


def _has_joined(paths: Paths) -> bool:
    """Whether there is any cluster to look at."""
    store = SqliteStore(paths.store)
    try:
        return bool(joined(store))
    finally:
        store.close()
