"""What was released on clusters since this rack last looked: remembered, lest an apply undo it.

A cluster that is away teaches nothing; the plan says that it is.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from rackhouse.apply.clusters import joined
from rackhouse.apply.moved import moved
from rackhouse.apply.open import live_apps
from rackhouse.delivery.onrack.records import Record, Records, live
from rackhouse.kit.errors import RackhouseError
from rackhouse.resources.core import Hidden
from rackhouse.store.protocol import ReleaseRow, ReleaseStatus, Store
from rackhouse.targets.kube.kubeconfig import read
from rackhouse.targets.kube.server import Server

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack


async def learned(house: OpenRack, now: datetime) -> OpenRack:
    """The rack with what serves on the clusters that joined, as far as these can be asked."""
    reached, where = joined(house.store), moved(house.store)
    news = [
        await _of(house.store, reached[cluster], [it for it in where if where[it] == cluster])
        for cluster in sorted(reached.keys() & where.values())
    ]
    return replace(house, apps=live_apps(house.store, now)) if any(news) else house


async def _of(store: Store, kubeconfig: Hidden, names: list[str]) -> bool:
    server = Server(read(kubeconfig.reveal()))
    try:
        found = await asyncio.gather(*(Records(server, name).all() for name in names))
    except RackhouseError:
        return False
    finally:
        await server.close()
    news = [_note(store, name, records) for name, records in zip(names, found, strict=True)]
    return any(news)


def _note(store: Store, name: str, records: list[Record]) -> bool:
    """Make what serves the live one here too; False where it is, or where this rack has brought a
    newer one, of which there is no record yet.
    """
    last, rows = live(records), {row.number: row for row in store.releases(name)}
    now = [row.number for row in rows.values() if row.status is ReleaseStatus.LIVE]
    if last is None or last.number in now or max(now, default=0) > records[-1].number:
        return False
    release = last.app.release
    if last.number not in rows:
        row = ReleaseRow(
            application=name,
            number=last.number,
            status=ReleaseStatus.NEW,
            digest=release.digest if release else "",
            app=last.text,
            made=last.made,
            by=last.by,
        )
        store.add_release(row)
    store.set_release_status(name, last.number, ReleaseStatus.LIVE)
    return True
