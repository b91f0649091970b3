"""What the console can have done to the rack: by the functions that the command line calls.

Each runs in a thread with a store of its own, and imports what it needs when it is asked: a console
at rest holds no database driver.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from rackhouse.kit.errors import Missing
from rackhouse.kit.paths import Paths
from rackhouse.supervisor import client

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack
    from rackhouse.plan.step import Plan

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Actions:
    """For the rack whose state is at `root`."""

    root: Path
    rack_file: Path | None

    async def plan(self) -> Plan:
        """What an apply would do. Changes nothing."""
        return await self._run(lambda house: house.plan())

    async def rollback(self, application: str, release: int | None) -> None:
        """Go back to `release`, None for the last that served. Raises as `rackhouse rollback`."""

        async def work(house: OpenRack) -> None:
            from rackhouse.apply.outcome import Silent
            from rackhouse.delivery.rollback import rollback

            now = datetime.now(UTC)
            await rollback(house, application, release, observer=Silent(), now=now)

        await self._run(work)

    def retry(self, unit: str) -> None:
        """Have a unit that is given up tried again now. Missing when there is no such unit."""
        paths = Paths(self.root)
        if unit not in client.read_states(paths):
            raise Missing(f"there is no unit {unit!r}")
        client.forget(paths, unit)

    async def _run(self, work: Callable[[OpenRack], Coroutine[object, object, T]]) -> T:
        def run() -> T:
            with self._open() as house:
                return asyncio.run(work(house))

        return await asyncio.to_thread(run)

    @contextmanager
    def _open(self) -> Iterator[OpenRack]:
        from rackhouse.apply.open import open_rack

        house = open_rack(self.rack_file, root=self.root, now=datetime.now(UTC))
        try:
            yield house
        finally:
            house.close()
