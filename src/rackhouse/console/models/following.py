"""What the gateway's log says as it is written, as events for a page that is open."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from rackhouse.console.feed import Event
from rackhouse.kit.errors import RackhouseError
from rackhouse.operations.models.door import Door
from rackhouse.operations.models.wire import opened


async def ended(door: Door) -> AsyncGenerator[Event, None]:
    """One for each request; ends where the gateway is away, and the browser comes back."""
    try:
        async with opened(door) as wire, aclosing(wire.follow()) as lines:
            async for line in lines:
                yield Event(str(line.number), "traffic", {"upstream": line.upstream})
    except RackhouseError:
        return
