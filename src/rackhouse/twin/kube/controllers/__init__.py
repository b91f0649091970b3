"""What makes pods of deployments: small, pure of time, driven step by step.

Each controller is a function of the cluster that does what there is to do now. `step` runs all of
them once, `settle` until nothing more happens, `drive` for as long as the twin is served.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.controllers import (
    claims,
    collector,
    crds,
    daemons,
    deployments,
    jobs,
    namespaces,
    replicas,
    services,
    stateful,
    tallies,
)
from rackhouse.twin.kube.nodes import kubelet, scheduler

_BUSY, _IDLE = 0.02, 0.5  # seconds between two steps

_ALL: tuple[Callable[[Cluster], None], ...] = (
    crds.step,
    namespaces.step,
    deployments.step,
    replicas.step,
    stateful.step,
    daemons.step,
    jobs.step,
    claims.step,
    scheduler.step,
    kubelet.step,
    services.step,
    tallies.step,
    collector.step,
)


def step(cluster: Cluster) -> bool:
    """Everyone once. Whether anything came of it, or is on its way."""
    before = cluster.store.number
    for control in _ALL:
        control(cluster)
    return cluster.store.number != before or kubelet.busy(cluster)


def settle(cluster: Cluster, most: int = 500) -> None:
    """Until nothing more happens by itself. Raises RuntimeError where it never ends."""
    for _ in range(most):
        if not step(cluster):
            return
    raise RuntimeError(f"the twin of Kubernetes did not settle in {most} steps")


async def drive(cluster: Cluster) -> None:
    """Step for ever."""
    while True:
        again = step(cluster)
        await (asyncio.sleep(_BUSY) if again else cluster.store.more(_IDLE))
