"""What the forge does each hour, beside everything else: packs repositories, forgets old runs."""

from __future__ import annotations

import asyncio
import logging
import time

from rackhouse.delivery.repositories.upkeep import keep_all
from rackhouse.delivery.runs.prune import prune
from rackhouse.kit.errors import RackhouseError
from rackhouse.kit.paths import Paths
from rackhouse.store.forge import Forge
from rackhouse.store.sqlite_forge import SqliteForge

FIRST = 60.0  # seconds after the start, in which others have more to do
EVERY = 3600.0

_log = logging.getLogger("rackhouse.forge")


async def upkeep(paths: Paths, forge: Forge) -> None:
    """For ever. What goes wrong (a full disk) is noted, and tried again an hour later."""
    await asyncio.sleep(FIRST)
    while True:
        try:
            await asyncio.to_thread(_forget, paths)
            await keep_all(paths, [row.name for row in forge.repositories()])
        except (RackhouseError, OSError) as error:
            _log.error("upkeep: %s", error)
        await asyncio.sleep(EVERY)


def _forget(paths: Paths) -> None:
    forge = SqliteForge(paths.store)  # of this thread's own
    try:
        prune(forge, paths, time.time())
    finally:
        forge.close()
