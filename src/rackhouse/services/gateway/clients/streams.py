"""A stream of an upstream, passed on event by event."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Protocol

from rackhouse.services.gateway.clients import wire
from rackhouse.services.gateway.clients.failure import Failed
from rackhouse.services.gateway.clients.http.response import Response
from rackhouse.services.gateway.model.call import Call, Usage
from rackhouse.services.gateway.model.config import Upstream
from rackhouse.services.gateway.model.formats.answers import Chunks, Steps
from rackhouse.services.gateway.model.formats.events import Events, Lines, event

DONE = b"[DONE]"
END = event(DONE)


class Reading(Protocol):
    """What a protocol makes of an event."""

    done: bool

    def read(self, data: bytes) -> Iterator[bytes]:
        """The events to pass on for one that came. ValueError for what is none."""

    def end(self) -> Iterator[bytes]:
        """What is still to be passed on when nothing more comes. ValueError: too early."""


class Pieces:
    """Whole events, in OpenAI's form. Closed when it ends, when it fails, and by `aclose`."""

    def __init__(
        self,
        response: Response,
        upstream: Upstream,
        reading: Reading,
        events: Events | Lines | None = None,
    ) -> None:
        self._response = response
        self._upstream = upstream
        self._reading = reading
        self._events = events or Events()
        self._ready: deque[bytes] = deque()
        self._ended = False
        self._failed: Failed | None = None

    async def begun(self) -> Pieces:
        """Itself, when the first event is there: until then another may answer. Failed."""
        try:
            while not self._ready and not self._ended:
                await self._more()
        except BaseException:
            self._response.close()
            raise
        self._response.bear(self._upstream.idle)
        return self

    @property
    def more(self) -> bool:
        """As `model.call.Pieces`."""
        return bool(self._ready)

    def __aiter__(self) -> Pieces:
        return self

    async def __anext__(self) -> bytes:
        while not self._ready:
            if self._failed is not None:
                await self.aclose()
                raise self._failed
            if self._ended:
                await wire.drained(self._response)
                raise StopAsyncIteration
            try:
                await self._more()
            except BaseException:
                await self.aclose()
                raise
        return self._ready.popleft()

    async def aclose(self) -> None:
        """Let the upstream go: it works for nobody."""
        self._ended = True
        self._ready.clear()
        self._response.close()

    async def _more(self) -> None:
        more = await wire.some(self._response)
        reading, ready = self._reading, self._ready
        try:
            for data in self._events.feed(more) if more else self._last():
                ready.extend(reading.read(data))
                if reading.done:
                    break
            if not more or reading.done:
                self._ended = True
                ready.extend(reading.end())
        except ValueError as error:
            self._failed = Failed(str(error), asked=True)
            self._failed.__cause__ = error
        if self._failed is not None and not ready:  # what came before it is passed on first
            raise self._failed

    def _last(self) -> Iterator[bytes]:
        if data := self._events.end():
            yield data


class Pass:
    """Chat and completions, as they are. A count that the client did not ask for is kept back."""

    def __init__(self, usage: Usage, call: Call) -> None:
        self.done = False
        self._chunks = Chunks(usage)
        self._counts = call.counts

    def read(self, data: bytes) -> Iterator[bytes]:
        """As `Reading`."""
        if data.strip() == DONE:
            self.done = True
        elif self._chunks.read(data) or self._counts:
            yield event(data)

    def end(self) -> Iterator[bytes]:
        """Without `[DONE]`, it is whole when the model said why it ended."""
        if not self._chunks.began:
            raise ValueError("answered nothing")
        if not self.done and not self._chunks.finished:
            raise ValueError("broke off")
        self._chunks.end()
        yield END


class Told:
    """`/v1/responses`: each event has a name."""

    def __init__(self, usage: Usage) -> None:
        self.done = False
        self._steps = Steps(usage)

    def read(self, data: bytes) -> Iterator[bytes]:
        """As `Reading`."""
        if data.strip() == DONE:
            self.done = True
            return
        name = self._steps.read(data)
        yield event(data, name)

    def end(self) -> Iterator[bytes]:
        """The last one says that it is the last."""
        if not self._steps.finished:
            raise ValueError("broke off")
        yield from ()
