"""Turns within one process. Nobody else's requests are known here."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from rackhouse.services.gateway.model.call import Call
from rackhouse.services.gateway.model.config import Upstream
from rackhouse.services.gateway.model.problem import TooMany
from rackhouse.services.gateway.service.slots.fair import FairQueue

_WEIGHT = 0.1  # of the newest turn in the running mean of how long turns take


class Unlimited:
    """The turn at an upstream that takes as many as come."""

    waited = 0.0

    def end(self) -> None:
        """Nobody waits for it."""


_UNLIMITED = Unlimited()


class Turns:
    """As `seams.Slots`. Where others share them, `changed` tells that more or fewer are used."""

    def __init__(self, changed: Callable[[], None] | None = None) -> None:
        self.lines: dict[str, Line] = {}
        self._changed = changed

    async def turn(self, upstream: Upstream, call: Call) -> Unlimited | Taken:
        """As `seams.Slots`."""
        if not upstream.slots:
            return _UNLIMITED
        line = self._line(upstream)
        line.resize(upstream)
        return await line.turn(call.caller.application or call.caller.key)

    def expected(self, upstream: Upstream) -> float:
        """As `seams.Slots`."""
        return self._line(upstream).expected() if upstream.slots else 0.0

    def busy(self, upstream: Upstream) -> tuple[int, int]:
        """As `seams.Slots`. Nobody counts at an upstream that takes as many as come."""
        if not upstream.slots:
            return 0, 0
        line = self._line(upstream)
        return line.active, len(line.waiting)

    def _line(self, upstream: Upstream) -> Line:
        line = self.lines.get(upstream.name)
        if line is None:
            line = self.lines[upstream.name] = Line(upstream, self._changed)
        return line


class Line:
    """Who is served at one upstream and who waits. `slots` are one's own share of the `most`."""

    def __init__(self, upstream: Upstream, changed: Callable[[], None] | None) -> None:
        self.name = upstream.name
        self.most = upstream.slots
        self.slots = 0 if changed else upstream.slots
        self.told = False  # others know that it has, or wants, some
        self.active = 0
        self.waiting: FairQueue[asyncio.Future[None]] = FairQueue()
        self._longest = upstream.queue
        self._changed = changed
        self._seconds = 0.0  # that a turn takes, as a running mean

    def resize(self, upstream: Upstream) -> None:
        """As the file says now."""
        self._longest = upstream.queue
        if self.most != upstream.slots:
            self.most = upstream.slots
            if self._changed is None:
                self.slots = self.most
                self.call()

    @property
    def wanted(self) -> int:
        """Turns that it could use."""
        return min(self.active + len(self.waiting), self.most)

    async def turn(self, caller: str) -> Taken:
        """At once, or after those before."""
        if self.active < self.slots and not self.waiting:
            self.active += 1
            return Taken(self, 0.0)
        if len(self.waiting) >= self._longest:
            raise TooMany(
                f"{len(self.waiting)} requests wait for {self.name!r} already",
                retry_after=max(1.0, self.expected()),
            )
        return await self._wait(caller)

    async def _wait(self, caller: str) -> Taken:
        since = time.monotonic()
        called = asyncio.get_running_loop().create_future()
        self.waiting.push(caller, called)
        if self._changed is not None:
            self._changed()
        try:
            await called
        except asyncio.CancelledError:
            if called.cancelled():
                self.waiting.discard(caller, called)
            else:  # it was called at the moment that it went away
                self.active -= 1
                self.call()
            raise
        return Taken(self, time.monotonic() - since)

    def call(self) -> None:
        """Those who may have a turn now."""
        while self.active < self.slots and self.waiting:
            called = self.waiting.pop()
            if not called.done():  # else it goes away just now
                self.active += 1
                called.set_result(None)

    def left(self, seconds: float) -> None:
        """A turn of that length has ended."""
        self.active -= 1
        self._seconds += (seconds - self._seconds) * (_WEIGHT if self._seconds else 1.0)
        self.call()
        if self._changed is not None:
            self._changed()

    def expected(self) -> float:
        """Seconds: those before share the slots, and turns go on taking what they took."""
        if self.active < self.slots or not (self.active or self.waiting):
            return 0.0
        return self._seconds * (len(self.waiting) + 1) / max(1, self.slots)


class Taken:
    """One turn. As `seams.Turn`."""

    __slots__ = ("_line", "_since", "waited")

    def __init__(self, line: Line, waited: float) -> None:
        self.waited = waited
        self._line: Line | None = line
        self._since = time.monotonic()

    def end(self) -> None:
        """As `seams.Turn`."""
        if self._line is not None:
            line, self._line = self._line, None
            line.left(time.monotonic() - self._since)
