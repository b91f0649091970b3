"""The feed: what changed, in order, for as many readers as there are; each may come back and go on.

Kept in one ring for all readers. Whoever asks for what is no longer in it, or comes from a feed of
before a restart, is told to look at everything anew (`reset`).
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass

KEPT = 512  # events


@dataclass(frozen=True, slots=True)
class Event:
    """One change. `id` is for the reader to come back with: `4f21c0-17`."""

    id: str
    name: str  # rack | part | application | apply | reset
    data: Mapping[str, object]


class Feed:
    """Events since this process started, the last `KEPT` of them."""

    def __init__(self) -> None:
        self._era = secrets.token_hex(3)
        self._ring: deque[Event] = deque(maxlen=KEPT)
        self._count = 0
        self._news = asyncio.Event()
        self.readers = 0

    def publish(self, name: str, data: Mapping[str, object]) -> None:
        """Tell every reader."""
        self._count += 1
        self._ring.append(Event(f"{self._era}-{self._count}", name, data))
        self._news.set()
        self._news = asyncio.Event()

    async def read(self, last: str) -> AsyncGenerator[Event, None]:
        """What came after the event `last`, "" for from now on. Never ends."""
        self.readers += 1
        try:
            at = self._place(last)
            if at is None:
                at = self._count
                yield Event(f"{self._era}-{at}", "reset", {})
            while True:
                news, missed, at = self._news, self._after(at), self._count
                for event in missed:
                    yield event
                if at == self._count:
                    await news.wait()
        finally:
            self.readers -= 1

    def _place(self, last: str) -> int | None:
        """How many events the reader knows; None when it has missed some."""
        if not last:
            return self._count
        era, _, number = last.partition("-")
        if era != self._era or not number.isdecimal() or len(number) > 15:
            return None
        oldest = self._count - len(self._ring)
        return int(number) if oldest <= int(number) <= self._count else None

    def _after(self, at: int) -> list[Event]:
        return list(self._ring)[at - self._count :] if at < self._count else []
