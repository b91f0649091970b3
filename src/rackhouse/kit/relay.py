"""`Relay`: lines from a thread to an event loop, no faster than they are taken there.

Who prints for ever would otherwise fill the loop, so that no clock of it is heard, and all memory.
"""

from __future__ import annotations

import threading
from asyncio import AbstractEventLoop

from rackhouse.kit.tail import Say

_AHEAD = 256  # lines that were told and not taken yet


class Relay:
    """Calls `say` in the loop with each line that a thread tells."""

    def __init__(self, loop: AbstractEventLoop, say: Say) -> None:
        self._loop = loop
        self._say = say
        self._free = threading.Semaphore(_AHEAD)
        self._left = False

    def tell(self, line: str) -> None:
        """In the thread: wait for room, then hand it over."""
        while not self._loop.is_closed():
            if self._free.acquire(timeout=0 if self._left else 0.1):
                self._loop.call_soon_threadsafe(self._hear, line)
                return
            if self._left:
                return

    def leave(self) -> None:
        """In the loop: nobody waits for the rest. What there is room for is still heard."""
        self._left = True

    def _hear(self, line: str) -> None:
        self._free.release()
        self._say(line)
