"""A forge whose runs end at once: what is tested here is git, not what a push sets going.

`python starter.py ROOT`. While ROOT/hold is there, whoever follows a run waits.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from rackhouse.forge.__main__ import serve
from rackhouse.forge.settings import Settings, read_settings
from rackhouse.kit.paths import Paths
from rackhouse.store.sqlite_forge import SqliteForge


class Unattended:
    """Runs that nobody works on."""

    def __init__(self, settings: Settings) -> None:
        self._hold = settings.root / "hold"

    async def run(self) -> None:
        await asyncio.Event().wait()

    def warm(self) -> None:
        pass

    def wake(self) -> None:
        pass

    async def follow(self, runs: Sequence[int]) -> AsyncIterator[str]:
        yield f"following {list(runs)}"
        while self._hold.exists():
            await asyncio.sleep(0.01)
        yield "\x1b[31mdone\x1b[0m\x1b]0;title\x07"


if __name__ == "__main__":
    made = read_settings(sys.argv[1:], os.environ)
    serve(made, SqliteForge(Paths(Path(made.root)).store), Unattended(made))
