"""What is measured of a cluster, for `doctor`: asked of its API server. Changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rackhouse.apply.open import OpenRack
from rackhouse.desired.kube.platform import DATA
from rackhouse.desired.platform import copied
from rackhouse.kit.errors import RackhouseError
from rackhouse.operations.cluster.standings import standing
from rackhouse.operations.cluster.whereabouts import server_of
from rackhouse.targets.kube.server import Server
from rackhouse.targets.kube.vitals import Vitals, vitals

Live = Mapping[str, Any]
_POSTGRES = f"/apis/postgresql.cnpg.io/v1/namespaces/{DATA}/clusters"
_COPIES = f"/apis/{copied.API}/namespaces/{DATA}/objectstores"
_SYSTEM = "kube-system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A disk, and how full it is: a claim of a namespace, or a node's own."""

    name: str
    used: int
    capacity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """All of it. `applications` has why each that does not serve does not; `pods` those of this
    rack's namespaces and of the system's. `copies` is what is wrong with PostgreSQL's, if anything.
    """

    name: str
    version: str
    vitals: Vitals
    nodes: Sequence[Live] = ()
    pods: Sequence[Live] = ()
    disks: Sequence[Filled] = ()
    postgres: Sequence[Live] = ()
    copies: str = ""
    applications: Mapping[str, str] = field(default_factory=dict)


async def examined(house: OpenRack, name: str, now: datetime) -> Cluster:
    """Unavailable, or why not, where it cannot be asked."""
    async with server_of(house, name) as server:
        told = await vitals(server.access)
        row = await standing(house, name)
        nodes = await _all(server, "/api/v1/nodes")
        pods, disks, postgres, copies = await asyncio.gather(
            _pods(server, house.rack.name),
            _disks(server, [it["metadata"]["name"] for it in nodes]),
            _all(server, _POSTGRES),
            _copies(server, house, name, now),
        )
    return Cluster(
        name=name,
        version=row.version,
        vitals=told,
        nodes=nodes,
        pods=pods,
        disks=disks,
        postgres=postgres,
        copies=copies,
        applications={it.application: it.why for it in row.applications if it.why},
    )


async def _all(server: Server, path: str, **query: str) -> list[Live]:
    return [it async for it in server.listed(path, query=query)]


async def _pods(server: Server, rack: str) -> list[Live]:
    label = f"rackhouse.dev/rack={rack}"
    ours = await _all(server, "/api/v1/namespaces", labelSelector=label)
    names = {it["metadata"]["name"] for it in ours} | {_SYSTEM}
    every = await _all(server, "/api/v1/pods")
    return [it for it in every if it["metadata"]["namespace"] in names]


async def _disks(server: Server, nodes: Sequence[str]) -> list[Filled]:
    """As kubelets measure them. One that does not answer is passed over: its node is not ready."""
    told = await asyncio.gather(*(_summary(server, it) for it in nodes))
    return [each for found in told for each in found]


async def _summary(server: Server, node: str) -> list[Filled]:
    try:
        found = await server.ask("GET", f"/api/v1/nodes/{node}/proxy/stats/summary")
    except RackhouseError:
        return []
    disks = [_filled(f"the disk of {node}", (found.get("node") or {}).get("fs") or {})]
    for pod in found.get("pods") or ():
        for volume in pod.get("volume") or ():
            if claim := volume.get("pvcRef"):
                name = f"the volume {claim['name']} of {claim['namespace']}"
                disks.append(_filled(name, volume))
    return [it for it in disks if it.capacity]


def _filled(name: str, told: Live) -> Filled:
    capacity = int(told.get("capacityBytes") or 0)
    free = int(told.get("availableBytes") or 0)
    return Filled(name=name, used=capacity - free, capacity=capacity)


async def _copies(server: Server, house: OpenRack, cluster: str, now: datetime) -> str:
    said = copied.copied(house.rack, cluster)
    if said is None:
        return ""
    store = await server.ask("GET", f"{_COPIES}/{copied.NAME}", fine=(404,))
    return copied.trouble(copied.window(store or {}, copied.folder(house.rack)), said, now)
