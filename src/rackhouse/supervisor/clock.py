"""Time as the supervisor sees it: the wall for schedules, a steady one for waiting. And a fake.

Nothing else in the supervisor asks the machine what time it is.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Awaitable
from typing import Any, Protocol

_FOR_EVER = 1e8  # seconds: three years


class Clock(Protocol):
    """`now` is Unix seconds and may jump; `steady` only ever goes forward."""

    def now(self) -> float: ...
    def steady(self) -> float: ...
    async def sleep(self, seconds: float) -> None: ...


class MachineClock:
    """The clock of this machine."""

    def now(self) -> float:
        """Unix seconds. Jumps when the machine slept or somebody set the time."""
        return time.time()

    def steady(self) -> float:
        """Seconds since some moment in the past. Never jumps."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds`, of the steady kind."""
        await asyncio.sleep(seconds)


class FakeClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self._steady = 1000.0
        self._offset = now - self._steady
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> float:
        """Unix seconds."""
        return self._steady + self._offset

    def steady(self) -> float:
        """Seconds that only `advance` moves."""
        return self._steady

    async def sleep(self, seconds: float) -> None:
        """Return once `advance` has passed that moment."""
        waking = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._steady + seconds, next(self._order), waking))
        await waking

    async def advance(self, seconds: float) -> None:
        """Let time pass, waking each sleeper at its moment, and let it act before going on."""
        until = self._steady + seconds
        await _settle()
        while self._sleepers and self._sleepers[0][0] <= until:
            moment, _, waking = heapq.heappop(self._sleepers)
            if not waking.done():
                self._steady = max(self._steady, moment)
                waking.set_result(None)
                await _settle()
        self._steady = until

    def jump(self, seconds: float) -> None:
        """Set the wall clock forward or back; no time passes."""
        self._offset += seconds


async def within(clock: Clock, awaitable: Awaitable[object], seconds: float) -> bool:
    """Whether `awaitable` was done before `seconds` had passed. Either way it is cancelled."""
    task = asyncio.ensure_future(awaitable)
    alarm = asyncio.ensure_future(clock.sleep(min(seconds, _FOR_EVER)))
    try:
        await any_of_them(task, alarm)
        return task.done()
    finally:
        task.cancel()
        alarm.cancel()


async def any_of_them(*futures: asyncio.Future[Any]) -> None:
    """Return when one of them is done. Cancels none of them."""
    await asyncio.wait(futures, return_when=asyncio.FIRST_COMPLETED)


async def _settle() -> None:
    for _ in range(20):  # turns of the loop: enough for a task to act and sleep again
        await asyncio.sleep(0)
