"""`rollback`: an earlier release goes live again, as it was."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from rackhouse.app.codec import decode
from rackhouse.apply.outcome import Observer
from rackhouse.delivery.deploy import Deployed
from rackhouse.delivery.live import go_live
from rackhouse.delivery.lock import delivering
from rackhouse.delivery.releases import live_folder
from rackhouse.kit.errors import Missing
from rackhouse.store.protocol import ReleaseRow, ReleaseStatus

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack


async def rollback(
    house: OpenRack, application: str, number: int | None, *, observer: Observer, now: datetime
) -> Deployed:
    """Bring release `number` live, or the last that served before this one.

    Missing when there is no such release to go back to; it lists those that there are.
    """
    live_folder(house, application)  # Missing when there is no such application
    with delivering(house.paths, f"rollback {application}", now):
        row = _chosen(house, application, number)
        app = decode(row.app)
        what = f"rollback {application} to r{row.number}"
        arrived = await go_live(house, {application: app}, what=what, observer=observer)
    arrived.raise_for_failure()
    return Deployed(application=application, release=row.number)


def _chosen(house: OpenRack, application: str, number: int | None) -> ReleaseRow:
    rows = house.store.releases(application)
    served = [row for row in rows if row.status is ReleaseStatus.OLD]
    there = [
        row for row in served if (house.paths.releases / application / f"r{row.number}").is_dir()
    ]
    for row in reversed(there):
        if number is None or row.number == number:
            return row
    names = ", ".join(f"r{row.number}" for row in there)
    raise Missing(
        f"{application} has no earlier release" + (f" r{number}" if number else ""),
        fix=f"there are: {names}" if names else "deploy something first",
    )
