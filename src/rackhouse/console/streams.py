"""Server-sent events: the feed, and logs that go on. A heartbeat shows that the line is alive."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import TypeVar

from starlette.responses import StreamingResponse

from rackhouse.console.feed import Event
from rackhouse.operations.logs import Line

HEARTBEAT = 15.0  # seconds of silence before a word that means nothing
_RETRY = "retry: 1000\n\n"  # milliseconds until a browser that was cut off comes back
T = TypeVar("T")


class Streams:
    """What is still being sent. `stop` ends it, so that the console can end."""

    def __init__(self) -> None:
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Let every reader go; their browsers come back to whoever is here next."""
        self._stopping.set()

    def events(self, feed: AsyncGenerator[Event, None]) -> StreamingResponse:
        """Changes, each with an id to come back with."""
        return self._answer(feed, _event)

    def lines(self, lines: AsyncGenerator[Line, None]) -> StreamingResponse:
        """Lines of logs."""
        return self._answer(lines, _line)

    def _answer(
        self, source: AsyncGenerator[T, None], write: Callable[[T], str]
    ) -> StreamingResponse:
        headers = {"x-accel-buffering": "no"}  # for whatever may stand in between
        return StreamingResponse(
            self._text(source, write), media_type="text/event-stream", headers=headers
        )

    async def _text(
        self, source: AsyncGenerator[T, None], write: Callable[[T], str]
    ) -> AsyncIterator[str]:
        yield _RETRY
        async with contextlib.aclosing(self._beating(source)) as items:
            async for item in items:
                yield ": alive\n\n" if item is None else write(item)

    async def _beating(self, source: AsyncGenerator[T, None]) -> AsyncGenerator[T | None, None]:
        """What `source` yields, and None whenever it is silent for long; ends with `stop`."""
        stop = asyncio.ensure_future(self._stopping.wait())
        item = asyncio.ensure_future(anext(source, None))
        try:
            while True:
                tasks = {stop, item}
                await asyncio.wait(tasks, timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED)
                if stop.done():
                    return
                if not item.done():
                    yield None
                elif (found := item.result()) is None:
                    return
                else:
                    yield found
                    item = asyncio.ensure_future(anext(source, None))
        finally:
            for task in (stop, item):
                task.cancel()
            await asyncio.gather(stop, item, return_exceptions=True)
            await source.aclose()


def _event(event: Event) -> str:
    return f"id: {event.id}\nevent: {event.name}\ndata: {json.dumps(event.data)}\n\n"


def _line(line: Line) -> str:
    return f"data: {json.dumps({'unit': line.unit, 'text': line.text})}\n\n"
