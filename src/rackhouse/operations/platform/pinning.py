"""Pinning: every image of the platform resolved at once, and written beside the rack file.

What cannot be resolved is told with the reason, and keeps the pin that it had.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from rackhouse.desired.platform import pins as lock
from rackhouse.desired.platform.pins import Pin, Pins
from rackhouse.desired.platform.table import Image
from rackhouse.desired.platform.wanted import images
from rackhouse.kit.errors import RackhouseError
from rackhouse.kit.files import read_text, write_atomic
from rackhouse.operations.platform.names import Name, bases, mirrors
from rackhouse.operations.platform.registry import resolve
from rackhouse.rack.model import Rack

_AT_ONCE = 4
_PATIENCE = httpx.Timeout(30.0, connect=10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """One image: what it stands for, or why that is not known. `before` is what it stood for."""

    reference: str
    pin: Pin | None
    why: str = ""
    before: Pin | None = None

    @property
    def kept(self) -> Pin | None:
        """What the lock says from now on."""
        return self.pin or self.before


async def pin(rack: Rack, before: Pins) -> tuple[Resolved, ...]:
    """Ask for every image of the platform, on the architectures that the rack has."""
    wanted, there = images(rack), {str(node.arch) for node in rack.nodes if node.arch}
    limit, of = asyncio.Semaphore(_AT_ONCE), mirrors(rack)
    async with httpx.AsyncClient(timeout=_PATIENCE, follow_redirects=True) as http:

        async def one(image: Image) -> Resolved:
            async with limit:
                return await _one(http, image, there, of, before)

        return tuple(await asyncio.gather(*map(one, wanted)))


def write(file: Path, found: Sequence[Resolved]) -> bool:
    """Keep what is known; False where nothing changed. What the platform has no more leaves."""
    kept = {it.reference: it.kept for it in found}
    text = lock.text(Pins({name: it for name, it in kept.items() if it is not None}))
    if read_text(file) == text:
        return False
    write_atomic(file, text, mode=0o644)
    return True


async def _one(
    http: httpx.AsyncClient,
    image: Image,
    there: set[str],
    of: Mapping[str, Sequence[str]],
    before: Pins,
) -> Resolved:
    name, old = Name.of(image.reference), before.images.get(image.reference)
    try:
        found = await resolve(http, name, bases(name, of))
    except RackhouseError as error:
        return Resolved(reference=image.reference, pin=None, why=error.what, before=old)
    lacking = sorted((there & set(image.architectures)) - found.architectures.keys())
    if lacking:
        why = f"it is not built for {' and '.join(lacking)}, which this rack has"
        return Resolved(reference=image.reference, pin=None, why=why, before=old)
    return Resolved(reference=image.reference, pin=found, before=old)
