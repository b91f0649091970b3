"""A cluster in memory that is served, with pods that run, for tests of what is said in them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rackhouse.targets.kube.kubeconfig import read
from rackhouse.targets.kube.server import Server
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.nodes.node import Node, join
from rackhouse.twin.kube.serving import serve

PATIENCE = 20.0
NAMESPACE, SELECTOR = "default", "app.kubernetes.io/name=hello"
PODS = f"/api/v1/namespaces/{NAMESPACE}/pods"
_ACCOUNT = {"metadata": {"name": "default"}}


@dataclass(frozen=True)
class Living:
    """The cluster, and the way in."""

    cluster: Cluster
    server: Server

    async def runs(self, name: str, image: str = "hello:1") -> None:
        """A pod of the application is there, and runs."""
        about = {"name": name, "labels": {"app.kubernetes.io/name": "hello"}}
        spec = {"containers": [{"name": "web", "image": image}]}
        accounts = f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts"
        await self.server.send("POST", accounts, body=_ACCOUNT)
        await self.server.ask("POST", PODS, body={"metadata": about, "spec": spec})
        async with asyncio.timeout(PATIENCE):
            while (await self.pod(name)).get("status", {}).get("phase") != "Running":
                await asyncio.sleep(0.02)

    async def pod(self, name: str) -> Any:
        """As it is now."""
        return await self.server.ask("GET", f"{PODS}/{name}")

    async def says(self, name: str, *lines: str) -> None:
        """Its container says these, all at one moment."""
        uid, moment = (await self.pod(name))["metadata"]["uid"], self.cluster.clock()
        for line in lines:
            self.cluster.logs.say(uid, "web", line, moment)


@asynccontextmanager
async def living(folder: Path) -> AsyncIterator[Living]:
    """Served on the loopback until the end of the block."""
    cluster = Cluster()
    join(cluster, Node(name="n-1"))
    with serve(cluster, folder) as served:
        server = Server(read(served.kubeconfig()))
        try:
            yield Living(cluster, server)
        finally:
            await server.close()
