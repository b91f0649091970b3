"""Twins in memory of what a request goes through: for one process that keeps nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from rackhouse.services.gateway.model.call import Call, Reply
from rackhouse.services.gateway.model.config import Upstream
from rackhouse.services.gateway.model.entry import Entry
from rackhouse.services.gateway.model.problem import NotFound
from rackhouse.services.gateway.model.quality import Report
from rackhouse.services.gateway.service.telemetry.metrics import Gauge


class NoCache:
    """Remembers no answer."""

    def keeps(self, call: Call) -> bool:
        """Never."""
        return False

    async def through(self, call: Call, ask: Callable[[], Awaitable[Reply]]) -> Reply:
        """Asked anew."""
        return await ask()


class Unmeasured:
    """Every answer is as good as any."""

    def kind(self, call: Call) -> str:
        """Nobody asks."""
        return ""

    def order(self, call: Call, upstreams: Sequence[Upstream]) -> Sequence[Upstream]:
        """As given."""
        return upstreams

    def verifies(self, call: Call) -> bool:
        """Never."""
        return False

    async def accepts(self, call: Call, reply: Reply) -> bool:
        """Always."""
        return True

    def answered(self, call: Call, reply: Reply) -> None:
        """Not compared."""

    def told(self, line: Entry, score: float) -> None:
        """Nobody counts it."""
        raise NotFound("nothing is measured here", fix="give a name `measured` in the rack file")

    def report(self) -> Report:
        """Nothing."""
        return Report(half_life_days=0.0, currency="", models=())

    def gauges(self) -> Sequence[Gauge]:
        """None."""
        return ()
