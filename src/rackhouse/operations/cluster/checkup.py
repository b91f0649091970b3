"""What is wrong with clusters that have joined: measured and judged, all of them at once."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import datetime

from rackhouse.apply.clusters import joined
from rackhouse.apply.open import OpenRack
from rackhouse.kit.errors import Missing, RackhouseError
from rackhouse.kit.text import did_you_mean
from rackhouse.operations.cluster.examined import examined
from rackhouse.operations.cluster.judge import away, judge
from rackhouse.rack.verdict import Finding

_PATIENCE = 30.0  # seconds for one that answers slowly


async def check_up(
    house: OpenRack, now: datetime, names: Collection[str] = ()
) -> tuple[Finding, ...]:
    """Those of these names, else every one. Missing: one of them has not joined."""
    known = joined(house.store)
    for name in names:
        if name not in known:
            what = f"{name} has not joined.{did_you_mean(name, known)}"
            raise Missing(what, fix=f"joined: {', '.join(known) or 'none'}")
    found = await asyncio.gather(*(_one(house, name, now) for name in names or known))
    return tuple(finding for each in found for finding in each)


async def _one(house: OpenRack, name: str, now: datetime) -> tuple[Finding, ...]:
    try:
        async with asyncio.timeout(_PATIENCE):
            return judge(await examined(house, name, now), now)
    except TimeoutError:
        what = f"it does not answer within {_PATIENCE:g} s"
        return (away(name, what, "look at its servers: `rackhouse doctor NODE`"),)
    except RackhouseError as error:
        return (away(name, error.what, error.fix),)
