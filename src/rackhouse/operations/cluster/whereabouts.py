"""On which cluster an application is, and the way to its API server. Asks no cluster.

Commands of a rack without clusters ask it, too: what speaks to one is imported when one is there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from rackhouse.apply.clusters import joined
from rackhouse.apply.moved import moved
from rackhouse.apply.open import OpenRack
from rackhouse.kit.errors import Missing

if TYPE_CHECKING:
    from rackhouse.targets.kube.server import Server

NAME = "app.kubernetes.io/name"  # the label of an application's pods


def whereabouts(house: OpenRack) -> Mapping[str, str]:
    """The cluster of each application that is on one, also half: nothing of it is here."""
    known = joined(house.store)
    named = {it.name: it.cluster for it in house.rack.applications if it.cluster in known}
    if named:
        here = {stamp.owner for stamp in house.store.stamps("machine").values()}
        released = house.apps.keys() - here
        named = {name: cluster for name, cluster in named.items() if name in released}
    return {**named, **moved(house.store)}


def cluster_of(house: OpenRack, application: str) -> str:
    """The cluster that an application is on, or that it is a preview on; "" for none."""
    places = whereabouts(house)
    parent = application.rpartition("--")[2]
    found = places.get(application, "")
    return found if found or application in house.apps else places.get(parent, "")


def way_to(house: OpenRack, cluster: str) -> Server:
    """The API server of a cluster; to be closed. Missing: it has been forgotten since."""
    from rackhouse.targets.kube.kubeconfig import read
    from rackhouse.targets.kube.server import Server

    known = joined(house.store)
    if cluster not in known:
        fix = f"rackhouse cluster add {cluster}"
        raise Missing(f"{cluster} has not joined, or was forgotten", fix=fix)
    return Server(read(known[cluster].reveal()))


@asynccontextmanager
async def server_of(house: OpenRack, cluster: str) -> AsyncIterator[Server]:
    """The same, closed at the end of the block."""
    server = way_to(house, cluster)
    try:
        yield server
    finally:
        await server.close()
