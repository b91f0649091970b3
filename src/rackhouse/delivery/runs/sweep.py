"""Closing previews whose branch is gone or whose time is over. Done by workers, on their way."""

from __future__ import annotations

import contextlib
import time
from datetime import UTC, datetime

from rackhouse.apply.open import open_rack
from rackhouse.delivery.previews import close
from rackhouse.delivery.runs.due import previews_over
from rackhouse.delivery.runs.perform import Bench
from rackhouse.kit.errors import RackhouseError


async def sweep_previews(bench: Bench) -> None:
    """Close them; what cannot be closed now is tried again with the next worker."""
    for name in previews_over(bench.forge, bench.paths, time.time()):
        now = datetime.now(UTC)
        with contextlib.suppress(RackhouseError):
            house = open_rack(None, root=bench.paths.root, now=now)
            try:
                await close(house, bench.forge, name, now)
            finally:
                house.close()
