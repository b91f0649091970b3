"""Asks a cluster how it is: its lists, all at once. Reads; changes nothing.

An answer is kept for a moment, so that many readers are one to the cluster.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from rackhouse.console.cluster.reading import Answers, Manifest, read
from rackhouse.console.cluster.scene import Scene
from rackhouse.kit.errors import RackhouseError
from rackhouse.targets.kube.kubeconfig import read as access
from rackhouse.targets.kube.server import NOTHING, Server

PATIENCE = 20.0  # seconds for a slow answer; one that is away says so within five
_FRESH, _STALE = 3.0, 30.0  # seconds: between them ten times as long as it took to answer

_LISTS = {
    "Node": "/api/v1/nodes",
    "Pod": "/api/v1/pods",
    "PersistentVolumeClaim": "/api/v1/persistentvolumeclaims",
    "Namespace": "/api/v1/namespaces",
    "Event": "/api/v1/events",
    "Deployment": "/apis/apps/v1/deployments",
    "StatefulSet": "/apis/apps/v1/statefulsets",
    "DaemonSet": "/apis/apps/v1/daemonsets",
    "CronJob": "/apis/batch/v1/cronjobs",
    "Ingress": "/apis/networking.k8s.io/v1/ingresses",
    "NetworkPolicy": "/apis/networking.k8s.io/v1/networkpolicies",
}
_WARNINGS = {"fieldSelector": "type=Warning"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was seen, or `why` nothing was. `at`: Unix seconds, when it was asked; `until` then it
    is not asked again.
    """

    at: float
    until: float
    scene: Scene | None = None
    why: str = ""


@dataclass
class Looking:
    """The latest look at each cluster."""

    rack: Callable[[], str]
    clock: Callable[[], float]
    _looks: dict[str, Look] = field(default_factory=dict)
    _locks: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def at(self, cluster: str, kubeconfig: str) -> Look:
        """How it is now, or was a moment ago."""
        async with self._locks.setdefault(cluster, asyncio.Lock()):
            last = self._looks.get(cluster)
            if last is None or not last.at <= self.clock() < last.until:
                self._looks[cluster] = last = await self._look(kubeconfig)
            return last

    async def _look(self, kubeconfig: str) -> Look:
        began = self.clock()
        scene, why = None, ""
        try:
            async with asyncio.timeout(PATIENCE):
                found = await ask(kubeconfig)
            scene = await asyncio.to_thread(read, self.rack(), found)
        except TimeoutError:
            why = f"it gives no answer within {PATIENCE:g} s"
        except RackhouseError as error:
            why = error.what
        now = self.clock()
        rest = min(_STALE, max(_FRESH, 10 * (now - began)))  # a large cluster is asked less often
        return Look(at=now, until=now + rest, scene=scene, why=why)


async def ask(kubeconfig: str) -> Answers:
    """Every list, by kind. The errors of `Server`."""
    server = Server(access(kubeconfig))
    try:
        lists = await asyncio.gather(*(_list(server, *each) for each in _LISTS.items()))
    finally:
        await server.close()
    return dict(zip(_LISTS, lists, strict=True))


async def _list(server: Server, kind: str, path: str) -> list[Manifest]:
    """The items of a list do not say their kind again."""
    query = _WARNINGS if kind == "Event" else NOTHING
    return [{"kind": kind, **each} async for each in server.listed(path, query=query)]
