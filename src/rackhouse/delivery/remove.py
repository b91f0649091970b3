"""`remove`: an application leaves. Its data stays until it is purged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from rackhouse.apply.outcome import Observer
from rackhouse.delivery.lock import delivering
from rackhouse.kit.errors import Missing
from rackhouse.kit.text import did_you_mean, plural
from rackhouse.resources.core import Id

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What is left: kept data, or what was purged."""

    application: str
    purged: bool
    data: int  # things that hold data

    def __str__(self) -> str:
        if self.purged:
            return f"{self.application} and all of its data are gone"
        if not self.data:
            return f"{self.application} is gone; it had no data"
        return (
            f"{self.application} is gone; {plural(self.data, 'thing')} with its data stay"
            f" (remove them with `rackhouse remove {self.application} --purge`)"
        )


async def remove(
    house: OpenRack, application: str, *, purge: bool, observer: Observer, now: datetime
) -> Removed:
    """Take the application down; with `purge`, delete its data too. Missing when there is none."""
    row = house.store.application(application)
    if row is None or (row.removed and not purge):
        known = [other.name for other in house.store.applications() if not other.removed]
        raise Missing(
            f"there is no application {application!r}.{did_you_mean(application, known)}",
            fix="see `rackhouse status`",
        )
    with delivering(house.paths, f"remove {application}", now):
        wanted = house.wanted(without=(application,))
        async with house.world(wanted) as world:
            seen = (await world.look()).seen
        kept = frozenset[Id](
            id
            for id, thing in seen.items()
            if thing.stamp is not None and thing.stamp.owner == application and thing.stamp.keep
        )
        house.store.put_application(replace(row, removed=True))
        outcome = await house.apply(
            f"remove {application}",
            wanted=wanted,
            observer=observer,
            purge=kept if purge else (),
        )
        outcome.raise_for_failure()
        if purge:
            house.store.drop_application(application)
    return Removed(application=application, purged=purge, data=len(kept))
