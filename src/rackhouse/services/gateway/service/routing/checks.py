"""Looks at the upstreams every few seconds, so that one which is gone is known before anybody's
request meets it. One task for all of them. An outside one, whose owner counts what is asked, is
looked at only while it could not be reached.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from rackhouse.kit.beside import beside
from rackhouse.services.gateway.clients.look import Look
from rackhouse.services.gateway.model.config import Kind, Upstream
from rackhouse.services.gateway.service.routing.router import Routing

_log = logging.getLogger("rackhouse.gateway.routing")

_EVERY = 5.0  # seconds, more or less: replicas do not come all at once


class Checks:
    """Of one gateway."""

    def __init__(
        self,
        upstreams: Sequence[Upstream],
        look: Look,
        routing: Routing,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._places: dict[tuple[Kind, str], list[Upstream]] = {}
        for each in upstreams:
            if each.kind is not Kind.BUILTIN:  # whose process is kept by us
                self._places.setdefault((each.kind, each.url), []).append(each)
        self._look = look
        self._routing = routing
        self._chance = chance

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Looks for as long as the context is open."""
        async with beside(self._forever()):
            yield

    async def round(self) -> None:
        """Once at every address."""
        await asyncio.gather(*(self._at(each) for each in self._places.values()))

    async def _at(self, upstreams: list[Upstream]) -> None:
        one, states = upstreams[0], self._routing.states
        if not one.local and not any(states[each.name].unreachable for each in upstreams):
            return
        seen = await self._look(one)
        if seen is not None:
            for each in upstreams:
                self._routing.checked(each, seen.why, each.model in seen.loaded)

    async def _forever(self) -> None:
        while True:
            try:
                await self.round()
            except Exception:  # noqa: BLE001 (who is gone is found out, whatever else is wrong)
                _log.exception("upstreams could not be looked at")
            await asyncio.sleep(_EVERY * (0.75 + self._chance() / 2))
