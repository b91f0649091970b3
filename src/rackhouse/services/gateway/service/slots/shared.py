"""Turns that replicas share: each takes as many as it needs of those that are free, says every
second that it lives, and gives back what it does not use. Where they cannot be shared just now,
each replica counts for itself.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final, Protocol

from rackhouse.kit.beside import beside
from rackhouse.services.gateway.service.slots.turns import Line, Turns

_log = logging.getLogger("rackhouse.gateway.slots")

_ALIVE: Final = 1.0  # seconds between two words of a replica
_HUNGRY: Final = 0.03  # seconds between two tries to have more turns


class Leases(Protocol):
    """What the replicas share."""

    async def take(self, name: str, slots: int, active: int, wanted: int) -> int | None:
        """How many turns at an upstream of so many slots this replica may have, when it has
        `active` requests there and would have `wanted`. None: it cannot be asked.
        """


class SharedTurns(Turns):
    """As `seams.Slots`."""

    def __init__(self, leases: Leases, chance: Callable[[], float] = random.random) -> None:
        self._news = asyncio.Event()
        super().__init__(self._news.set)
        self._leases = leases
        self._chance = chance

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Shares for as long as the context is open, and gives everything back at the end."""
        try:
            async with beside(self._share()):
                yield
        finally:
            for line in self.lines.values():
                await self._take(line, 0, 0)

    async def _share(self) -> None:
        while True:
            waits = [line for line in self.lines.values() if line.waiting]
            pause = _HUNGRY if waits else _ALIVE
            with suppress(TimeoutError):
                async with asyncio.timeout(pause * (0.75 + self._chance() / 2)):
                    await self._news.wait()
            self._news.clear()
            for line in list(self.lines.values()):
                if line.wanted or line.told:
                    await self._renew(line)

    async def _renew(self, line: Line) -> None:
        """Take what it needs. Meanwhile no turn begins that might not be had."""
        line.slots = min(line.slots, line.active)
        wanted = line.wanted
        granted = await self._take(line, line.active, wanted)
        line.told = wanted > 0
        line.slots = line.most if granted is None else granted
        line.call()

    async def _take(self, line: Line, active: int, wanted: int) -> int | None:
        """Never raises: whoever waits for a turn waits for the task that asks."""
        try:
            return await self._leases.take(line.name, line.most, active, wanted)
        except Exception:  # noqa: BLE001 (a fault, and no outage: said, and one's own alone)
            _log.exception("turns at %s could not be shared", line.name)
            return None
