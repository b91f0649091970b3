"""How long is waited for what, and how often is looked. Waits; decides nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. `ready`: until something does what it is there for; `kind`: until its definition is
    there, or whoever has to be asked first; `gone`: until something that is being removed is;
    `stuck`: that what seldom passes may last; `away`: that the server may be silent meanwhile;
    `chart`: until Helm's controller looks at a chart.
    """

    ready: float = 600.0
    kind: float = 120.0
    gone: float = 180.0
    stuck: float = 90.0
    away: float = 10.0
    chart: float = 8.0
    first: float = 0.1
    most: float = 2.0

    async def looks(self, limit: float) -> AsyncIterator[tuple[float, bool]]:
        """Again and again, more and more seldom: the seconds so far, and whether it is the last."""
        loop = asyncio.get_running_loop()
        begun, pause = loop.time(), self.first
        while True:
            passed = loop.time() - begun
            yield passed, passed >= limit
            if passed >= limit:
                return
            await asyncio.sleep(pause)
            pause = min(pause * 1.6, self.most)
