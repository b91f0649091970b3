"""An upstream that says nothing any more in the midst of its answer."""

from __future__ import annotations

import asyncio
import math

import aiohttp


class Silence:
    """Breaks a stream off when nothing came for so many seconds that were waited for it. One timer
    for all pieces, which follows the last one: aiohttp's own is set anew twice for each of them.
    """

    def __init__(self, response: aiohttp.ClientResponse, seconds: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._content = response.content
        self._seconds = seconds
        self._since = math.inf  # when waiting began
        self._timer = self._loop.call_later(seconds, self._look)
        connection = response.connection
        if connection is not None and connection.protocol is not None:
            connection.protocol.read_timeout = None
            connection.protocol.start_timeout()

    def waits(self) -> None:
        """For the next piece, from now on."""
        self._since = self._loop.time()

    def hears(self) -> None:
        """A piece is there, or the end."""
        self._since = math.inf

    def over(self) -> None:
        """Nothing more is waited for."""
        self._timer.cancel()

    def _look(self) -> None:
        waited = max(0.0, self._loop.time() - self._since)
        if waited >= self._seconds:
            self._content.set_exception(TimeoutError("nothing came"))
        else:
            self._timer = self._loop.call_later(self._seconds - waited, self._look)
