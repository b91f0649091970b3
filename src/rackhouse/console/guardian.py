"""The guardian: a supervisor that was killed is started again, and adopts what it left running.

The supervisor keeps the console, the console the supervisor, so either may be killed. Only a
console that a supervisor started does so, and `rackhouse down` ends the console first.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from rackhouse.kit.errors import RackhouseError
from rackhouse.kit.paths import Paths
from rackhouse.supervisor import client

PAUSE = 1.0  # seconds between looks

_log = logging.getLogger("rackhouse.console")


async def keep_supervised(paths: Paths, revive: Callable[[], Awaitable[None]]) -> None:
    """Look until cancelled; `revive` whenever no supervisor runs."""
    while True:
        await asyncio.sleep(PAUSE)
        if client.running(paths) is None:
            _log.warning("the supervisor has gone: starting it again")
            try:
                await revive()
            except RackhouseError as error:
                _log.warning("it does not start: %s", error)
