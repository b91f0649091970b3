"""`/admin/traffic`: the request log, read and followed by the rack's owner."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from rackhouse.services.gateway.api.admin.asked import number, told
from rackhouse.services.gateway.model.entry import Entry
from rackhouse.services.gateway.model.problem import Away, NotFound
from rackhouse.services.gateway.service.telemetry.journal import Telemetry

_MOST = 1000  # lines of an answer
_LARGEST = 2**63 - 1
_OVERLAP = 200  # numbers that are looked at again
_PAUSE = 0.5  # seconds between two looks
_LIFE = 15.0  # seconds of a stream: its reader comes back, and no stop of the gateway waits longer


class Traffic:
    """The log of one gateway: of all its replicas, where they have a database."""

    def __init__(self, telemetry: Telemetry) -> None:
        self._telemetry = telemetry

    async def newest(self, request: Request) -> Response:
        """`count` lines, newest first; with `before`, those older than the line of that number."""
        count = number(request, "count", 50, _MOST)
        before = number(request, "before", 0, _LARGEST)
        await self._telemetry.freshen()
        return told({"lines": await self._telemetry.archive.newest(count, before)})

    async def one(self, request: Request) -> Response:
        """The line of a request."""
        id = request.path_params["id"]
        await self._telemetry.freshen()
        if line := await self._telemetry.archive.one(id):
            return told(line)
        raise NotFound(f"the log has no request {id[:64]!r}", fix="it may be older than it keeps")

    async def follow(self, request: Request) -> Response:
        """Lines as they are written (server-sent events), from `Last-Event-ID` or from now on."""
        last = request.headers.get("last-event-id", "")
        known = last.isascii() and last.isdecimal() and len(last) < 19
        at = int(last) if known else await self._end()
        headers = {"cache-control": "no-cache", "x-accel-buffering": "no"}
        events = self._events(at)
        return StreamingResponse(events, media_type="text/event-stream", headers=headers)

    async def _end(self) -> int:
        await self._telemetry.freshen()
        newest = await self._telemetry.archive.newest(1)
        return newest[0].number if newest else 0

    async def _events(self, at: int) -> AsyncIterator[bytes]:
        """Replicas may write their lines in another order than they are numbered in."""
        end = time.monotonic() + _LIFE
        told = {line.number for line in await self._after(at) if line.number <= at}
        yield b"retry: 500\nid: %d\n: from here\n\n" % at
        while time.monotonic() < end:
            for line in await self._after(at):
                if line.number not in told:
                    told.add(line.number)
                    at = max(at, line.number)
                    yield b"id: %d\ndata: %s\n\n" % (at, msgspec.json.encode(line))
            told = {number for number in told if number > at - _OVERLAP}
            await asyncio.sleep(_PAUSE)

    async def _after(self, at: int) -> Sequence[Entry]:
        """What may be new since the line of that number; nothing while that cannot be read."""
        await self._telemetry.freshen()
        try:
            return await self._telemetry.archive.after(max(0, at - _OVERLAP), _MOST)
        except Away:
            return ()
