"""`rollback`: an earlier release goes live again, as it was."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from rackhouse.app.codec import decode
from rackhouse.apply.outcome import Observer
from rackhouse.delivery.deploy import Deployed, bring
from rackhouse.delivery.lock import delivering
from rackhouse.delivery.releases import Made, live_folder
from rackhouse.kit.errors import Missing
from rackhouse.store.protocol import ReleaseRow, ReleaseStatus

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack


async def rollback(
    house: OpenRack, application: str, number: int | None, *, observer: Observer, now: datetime
) -> Deployed:
    """Bring release `number` live, or the last that served before this one was made.

    Missing when there is no such release to go back to; it lists those that there are.
    """
    live_folder(house, application)  # Missing when there is no such application
    with delivering(house, f"rollback {application}", now) as current:
        row = _chosen(current, application, number)
        made = Made(app=decode(row.app), row=row)
        return await bring(current, made, "rollback to", observer=observer)


def _chosen(house: OpenRack, application: str, number: int | None) -> ReleaseRow:
    rows = house.store.releases(application)
    now = next(row.number for row in rows if row.status is ReleaseStatus.LIVE)
    there = [row for row in rows if row.status is ReleaseStatus.OLD]
    for row in reversed(there):
        if row.number == number or (number is None and row.number < now):
            return row
    names = ", ".join(f"r{row.number}" for row in there)
    raise Missing(
        f"{application} has no earlier release" + (f" r{number}" if number else ""),
        fix=f"there are: {names}"
        if names
        else f"r{now} is live, and is the only one that there is",
    )
