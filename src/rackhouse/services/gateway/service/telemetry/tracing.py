"""Requests on their way to a collector of spans: sampled, bounded, sent many at once."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager

import msgspec

from rackhouse.services.gateway.model.config import Kind
from rackhouse.services.gateway.model.entry import Entry
from rackhouse.services.gateway.model.trace import Trace
from rackhouse.services.gateway.service.telemetry.metrics import Gauge
from rackhouse.services.gateway.service.telemetry.rounds import rounds
from rackhouse.services.gateway.service.telemetry.spans import request

_MOST = 4096  # spans that wait; older ones are let go
_AT_ONCE = 512
_PAUSE = 2.0  # seconds between two looks
_LAST = 2.0  # seconds that the last ones may take

Send = Callable[[bytes], Awaitable[bool]]  # whether the collector has them

_log = logging.getLogger("rackhouse.gateway.tracing")


class Tracing:
    """`share` of the traces that nobody has decided about is kept, and none that a client is not
    keeping itself.
    """

    def __init__(self, send: Send, kinds: Mapping[str, Kind], service: str, share: float) -> None:
        self._send = send
        self._kinds = kinds
        self._service = service
        self._share = share
        self._waiting: deque[Entry] = deque(maxlen=_MOST)
        self._lost = 0

    def hear(self, lines: Sequence[Entry]) -> None:
        """As `journal.Hear`."""
        kept = [line for line in lines if Trace.of(line.trace, line.id).within(self._share)]
        self._lost += max(0, len(self._waiting) + len(kept) - _MOST)
        self._waiting.extend(kept)

    def gauges(self) -> Iterator[Gauge]:
        """What the collector never got."""
        yield Gauge("spans_dropped_total", "Spans that no collector took in time.", self._lost)

    async def flush(self) -> None:
        """Send what waits; what the collector does not take stays."""
        while self._waiting:
            some = [self._waiting.popleft() for _ in range(min(_AT_ONCE, len(self._waiting)))]
            body = msgspec.json.encode(request(some, self._kinds, self._service))
            try:
                taken = await self._send(body)
            except BaseException:  # we end: they are sent once more, which a collector sees by ids
                self._put_back(some)
                raise
            if not taken:
                _log.warning("the collector takes no spans just now; %d wait", len(some))
                self._put_back(some)
                return

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Tracing]:
        """Sends in the background, and the rest at the end."""
        async with rounds(self.flush, _PAUSE, _LAST):
            yield self
        if self._waiting:
            _log.warning("spans lost, since no collector took them in time: %d", len(self._waiting))

    def _put_back(self, some: list[Entry]) -> None:
        """In front of those that wait; the oldest are lost where there are too many."""
        room = _MOST - len(self._waiting)
        self._lost += max(0, len(some) - room)
        self._waiting.extendleft(reversed(some[-room:] if room else []))
